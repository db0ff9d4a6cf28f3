package task

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Ask is what can be asked of whoever gave a task.
type Ask string

// What can be asked.
const (
	Extend  Ask = "extend"
	Suspend Ask = "suspend"
	Resume  Ask = "resume"
	Cancel  Ask = "cancel"
)

// Request is a question with its decision.
type Request struct {
	ID       string     `db:"id"`
	Task     string     `db:"task"`
	Ask      Ask        `db:"kind"`
	Due      clock.Date `db:"due"` // the day wanted, for Extend
	Reason   string     `db:"reason"`
	At       time.Time  `db:"at"`
	Actor    string     `db:"actor"`
	Decision string     `db:"decision"` // "granted", "refused", "" while it is open
	Note     string     `db:"note"`
	Decider  string     `db:"decider"`
	Decided  time.Time  `db:"decided"`
}

const requestColumns = "id, task, kind, due, reason, at, actor, decision, note, decider, decided"

// wrong says why a request cannot be made of a task.
func (r Request) wrong(t *Task) error {
	var from []State
	switch r.Ask {
	case Extend:
		if r.Due.IsZero() || !t.Due.Before(r.Due) {
			return fault.New(fault.Invalid, "Write a later day than %s.", t.Due)
		}
		from = []State{Waiting, Doing, Returned}
	case Suspend:
		from = []State{Waiting, Doing, Returned}
	case Resume:
		from = []State{Suspended}
	case Cancel:
		from = []State{Waiting, Doing, Returned, Suspended}
	default:
		return fault.New(fault.Invalid, "“%s” cannot be asked for.", string(r.Ask))
	}
	if r.Reason == "" {
		return fault.New(fault.Invalid, "Write the reason; whoever decides will read it.")
	}
	for _, s := range from {
		if s == t.State {
			return nil
		}
	}
	return fault.New(fault.Conflict, "This cannot be asked for while the task is %s.", t.State.Text())
}

// Request asks; one question of a kind may be open at a time.
func (s *Store) Request(ctx context.Context, actor account.Actor, r Request) error {
	return s.change(ctx, actor, r.Task, account.DoTask, "task.request", func(q *db.Q, t *Task) error {
		if err := r.wrong(t); err != nil {
			return err
		}
		open, err := db.One[int](ctx, q, "SELECT count(*) FROM task_request WHERE task = ? AND kind = ? AND decided IS NULL", r.Task, r.Ask)
		if err != nil {
			return err
		}
		if open > 0 {
			return fault.New(fault.Conflict, "This has been asked already and waits for a decision.")
		}
		if _, err := q.Exec(ctx, `INSERT INTO task_request (id, task, kind, due, reason, at, actor, decision, note, decider, decided)
			VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', NULL)`, q.NewID(), r.Task, r.Ask, r.Due, r.Reason, q.Now(), actor.User); err != nil {
			return err
		}
		return tell(ctx, q, actor, r.Task, "ask-"+string(r.Ask), r.Reason, nil)
	})
}

// Decide grants or refuses what was asked; whoever asked does not. A refusal needs a reason.
func (s *Store) Decide(ctx context.Context, actor account.Actor, id string, grant bool, note string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		r, ok, err := db.Maybe[Request](ctx, q, "SELECT "+requestColumns+" FROM task_request WHERE id = ?", id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "This request is not there.")
		}
		t, err := find(ctx, q, r.Task)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.GiveTask, t.subject()); err != nil {
			return err
		}
		switch {
		case r.Actor == actor.User:
			return fault.New(fault.Forbidden, "Who asks does not decide. Ask another person who may.")
		case r.Decision != "":
			return fault.New(fault.Conflict, "This request has been decided already.")
		case !grant && note == "":
			return fault.New(fault.Invalid, "Write the reason; whoever asked will read it.")
		}
		decision := "refused"
		if grant {
			decision = "granted"
			if err := r.wrong(t); err != nil {
				return err // the task has moved since
			}
			if err := s.grant(ctx, q, r); err != nil {
				return err
			}
		}
		if _, err := q.Exec(ctx, "UPDATE task_request SET decision = ?, note = ?, decider = ?, decided = ? WHERE id = ?", decision, note, actor.User, q.Now(), id); err != nil {
			return err
		}
		if err := tell(ctx, q, actor, t.ID, decision+"-"+string(r.Ask), note, nil); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "request." + decision, Object: "request:" + id, Content: []byte(note)})
	})
}

// grant does what was asked.
func (s *Store) grant(ctx context.Context, q *db.Q, r Request) (err error) {
	switch r.Ask {
	case Extend:
		_, err = q.Exec(ctx, "UPDATE task SET due = ?, rev = rev + 1 WHERE id = ?", r.Due, r.Task)
	case Suspend:
		_, err = q.Exec(ctx, "UPDATE task SET state = ?, rev = rev + 1 WHERE id = ?", Suspended, r.Task)
	case Resume:
		_, err = q.Exec(ctx, "UPDATE task SET state = ?, rev = rev + 1 WHERE id = ?", Doing, r.Task)
	case Cancel:
		_, err = q.Exec(ctx, "UPDATE task SET state = ?, rev = rev + 1 WHERE id = ?", Cancelled, r.Task)
	}
	return err
}

// Question is a request that waits for a decision, with its task.
type Question struct {
	Request
	Title string
}

// ToDecide gives the open requests about tasks that the actor may decide, the oldest first; their own are not theirs to
// decide.
func (s *Store) ToDecide(ctx context.Context, actor account.Actor, limit int) (all []Question, err error) {
	may, args := actor.Rows(account.GiveTask, account.Columns{Place: "(t.place || '')", Agency: "(t.agency || '')"}) // from the few open requests to their tasks
	err = s.db.View(ctx, func(q *db.Q) error {
		open, err := db.All[Request](ctx, q, `SELECT r.id, r.task, r.kind, r.due, r.reason, r.at, r.actor, r.decision, r.note, r.decider, r.decided
			FROM task_request r CROSS JOIN task t WHERE t.id = r.task AND r.decided IS NULL AND r.actor <> ? AND `+may+" ORDER BY r.id LIMIT ?",
			append(append([]any{actor.User}, args...), limit)...)
		if err != nil {
			return err
		}
		for _, r := range open {
			t, err := find(ctx, q, r.Task)
			if err != nil {
				return err
			}
			all = append(all, Question{r, t.Title})
		}
		return nil
	})
	return all, err
}
