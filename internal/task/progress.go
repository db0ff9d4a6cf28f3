package task

import (
	"cmp"
	"context"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Progress is what somebody sends of a task in one go: words, a number, what shows it, and whether that is all.
type Progress struct {
	Task     string
	Key      string // made by the sender: the same progress sent twice arrives once
	Origin   string // names the browser it was entered in; "" where that is not said
	Seen     string // id of the last event that the sender had seen; "" sends over what others have sent meanwhile
	Note     string
	Done     *float64
	Submit   bool
	Evidence []Evidence // without keys of their own
}

// NothingSeen is the Seen of a sender who saw a task without a history.
const NothingSeen = "0"

// Arrived tells whether the progress of a key was taken before. It asks for no right: who has the key made it.
func (s *Store) Arrived(ctx context.Context, task, key string) (before bool, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		_, before, err = db.Maybe[string](ctx, q, "SELECT key FROM task_sent WHERE task = ? AND key = ?", task, key)
		return err
	})
	return before, err
}

// Send takes progress: all of it or nothing, and once however often it is sent, also long after. A number that was reported
// meanwhile, by somebody else or in another browser, is a Conflict and stays.
func (s *Store) Send(ctx context.Context, actor account.Actor, p Progress) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		t, err := find(ctx, q, p.Task)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.DoTask, t.subject()); err != nil {
			return err
		}
		if p.Key == "" || len(p.Key) > 64 || len(p.Origin) > 64 {
			return fault.New(fault.Invalid, "The form could not be read. Load the page again and send it once more.")
		}
		n, err := q.Exec(ctx, "INSERT INTO task_sent (task, key, origin, event) VALUES (?, ?, ?, '') ON CONFLICT (task, key) DO NOTHING", p.Task, p.Key, p.Origin)
		if err != nil || n == 0 {
			return err
		}
		if err := p.crossed(ctx, q); err != nil {
			return err
		}
		step := Report
		if p.Submit {
			step = Submit
		}
		further := t.State == Submitted && step == Report && p.Done == nil && len(p.Evidence) > 0
		for i, e := range p.Evidence {
			e.Key = p.Key + "-" + string(rune('a'+i))
			if further {
				e.Words = cmp.Or(e.Words, p.Note)
			}
			if err := e.wrong(); err != nil {
				return err
			}
			if err := s.show(ctx, q, actor, t, e); err != nil {
				return err
			}
		}
		if further {
			return nil // of what is being judged; it moves nothing, and the words go with it
		}
		if err := s.take(ctx, q, actor, Move{Task: p.Task, Rev: t.Rev, Step: step, Note: p.Note, Done: p.Done}); err != nil {
			return err
		}
		_, err = q.Exec(ctx, "UPDATE task_sent SET event = (SELECT max(id) FROM task_event WHERE task = ?) WHERE task = ? AND key = ?", p.Task, p.Task, p.Key)
		return err
	})
}

// crossed tells whether a number was reported after what the sender had seen, other than by themselves in the same browser.
func (p Progress) crossed(ctx context.Context, q *db.Q) error {
	if p.Seen == "" || p.Done == nil {
		return nil
	}
	n, err := db.One[int](ctx, q, `SELECT count(*) FROM task_event e WHERE e.task = ? AND e.id > ? AND e.done IS NOT NULL AND NOT EXISTS
		(SELECT 1 FROM task_sent s WHERE s.task = e.task AND s.event = e.id AND s.origin = ? AND s.origin <> '')`, p.Task, p.Seen, p.Origin)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "A number was reported meanwhile, by somebody else or from another device. Look at it; sent again, yours takes its place.")
	}
	return err
}

// LastEvents gives the last event of each of some tasks, by the task: what somebody has seen who is shown them.
func (s *Store) LastEvents(ctx context.Context, tasks []Task) (map[string]string, error) {
	last := map[string]string{}
	if len(tasks) == 0 {
		return last, nil
	}
	ids := make([]any, len(tasks))
	for i := range tasks {
		ids[i] = tasks[i].ID
	}
	err := s.db.View(ctx, func(q *db.Q) error {
		rows, err := db.All[struct {
			Task string `db:"task"`
			Last string `db:"last"`
		}](ctx, q, "SELECT task, max(id) AS last FROM task_event WHERE task IN ("+db.Marks(len(ids))+") GROUP BY task", ids...)
		for _, r := range rows {
			last[r.Task] = r.Last
		}
		return err
	})
	return last, err
}
