package task

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Progress is what somebody sends of a task in one go: words, a number, what shows it, and whether that is all.
type Progress struct {
	Task     string
	Key      string // made by the sender: the same progress sent twice arrives once
	Seen     string // id of the last event that the sender had seen; "" sends over what others have sent meanwhile
	Note     string
	Done     *float64
	Submit   bool
	Evidence []Evidence // without keys of their own
}

// NothingSeen is the Seen of a sender who saw a task without a history.
const NothingSeen = "0"

// Send takes progress: all of it or nothing, and once however often it is sent, also long after. A number that somebody
// else has reported meanwhile is a Conflict and stays.
func (s *Store) Send(ctx context.Context, actor account.Actor, p Progress) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		t, err := find(ctx, q, p.Task)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.DoTask, t.subject()); err != nil {
			return err
		}
		if p.Key == "" || len(p.Key) > 64 {
			return fault.New(fault.Invalid, "The form could not be read. Load the page again and send it once more.")
		}
		n, err := q.Exec(ctx, "INSERT INTO task_sent (task, key) VALUES (?, ?) ON CONFLICT (task, key) DO NOTHING", p.Task, p.Key)
		if err != nil || n == 0 {
			return err
		}
		if err := p.crossed(ctx, q, actor); err != nil {
			return err
		}
		for i, e := range p.Evidence {
			e.Key = p.Key + "-" + string(rune('a'+i))
			if err := e.wrong(); err != nil {
				return err
			}
			if err := s.show(ctx, q, actor, t, e); err != nil {
				return err
			}
		}
		step := Report
		if p.Submit {
			step = Submit
		}
		if t.State == Submitted && step == Report && p.Done == nil && len(p.Evidence) > 0 {
			return nil // further evidence of what is being judged moves nothing
		}
		return s.take(ctx, q, actor, Move{Task: p.Task, Rev: t.Rev, Step: step, Note: p.Note, Done: p.Done})
	})
}

// crossed tells whether somebody else reported a number after what the sender had seen.
func (p Progress) crossed(ctx context.Context, q *db.Q, actor account.Actor) error {
	if p.Seen == "" || p.Done == nil {
		return nil
	}
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM task_event WHERE task = ? AND id > ? AND actor <> ? AND done IS NOT NULL", p.Task, p.Seen, actor.User)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "Somebody else reported a number meanwhile. Look at theirs; sent again, yours takes its place.")
	}
	return err
}
