package task

import (
	"context"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Standing is how a task stood at a moment, as its history tells: what was done to it later does not show.
type Standing struct {
	ID, Plan, Code, Title string
	State                 State
	Due, FirstDue         clock.Date
	Given                 time.Time   // when it became visible
	Submitted             time.Time   // the last time; zero where it was not
	Settled               time.Time   // when it was confirmed or cancelled; zero where it is open
	Extensions            []time.Time // when more time was given
	Evidence              []Evidence  // shown by then; a verdict given later is not on it
}

// Stood gives how the tasks of an agency, or where Agency is empty those done in a place, stood at a moment, in the order
// of their ids. What a task asks for is taken as it is now: it is fixed once the task is begun.
func Stood(ctx context.Context, q *db.Q, of account.Subject, at time.Time) ([]Standing, error) {
	where, arg := "t.agency = ?", of.Agency
	if of.Agency == "" {
		where, arg = "t.place = ?", of.Place
	}
	tasks, err := db.All[standingRow](ctx, q, `SELECT t.id, t.plan, t.code, t.title, t.first_due, b.live FROM task t JOIN task_batch b ON b.id = t.batch
		WHERE `+where+" AND b.live <= ? ORDER BY t.id", arg, at)
	if err != nil {
		return nil, err
	}
	all := make([]Standing, len(tasks))
	index := map[string]*Standing{}
	for i, t := range tasks {
		all[i] = Standing{ID: t.ID, Plan: t.Plan, Code: t.Code, Title: t.Title, State: Waiting, Due: t.FirstDue, FirstDue: t.FirstDue, Given: t.Live}
		index[t.ID] = &all[i]
	}
	for part := range slices.Chunk(tasks, 400) {
		if err := replay(ctx, q, part, at, index); err != nil {
			return nil, err
		}
	}
	return all, nil
}

type standingRow struct {
	ID       string     `db:"id"`
	Plan     string     `db:"plan"`
	Code     string     `db:"code"`
	Title    string     `db:"title"`
	FirstDue clock.Date `db:"first_due"`
	Live     time.Time  `db:"live"`
}

// replay lets happen to tasks what happened to them until a moment.
func replay(ctx context.Context, q *db.Q, part []standingRow, at time.Time, index map[string]*Standing) error {
	args := []any{at}
	for _, t := range part {
		args = append(args, t.ID)
	}
	in := "task IN (" + db.Marks(len(part)) + ")"
	for e, err := range db.Each[struct {
		Task string    `db:"task"`
		At   time.Time `db:"at"`
		Did  string    `db:"did"`
	}](ctx, q, "SELECT task, at, did FROM task_event WHERE at <= ? AND "+in+" ORDER BY id", args...) {
		if err != nil {
			return err
		}
		index[e.Task].happen(e.Did, e.At)
	}
	for r, err := range db.Each[struct {
		Task    string     `db:"task"`
		Due     clock.Date `db:"due"`
		Decided time.Time  `db:"decided"`
	}](ctx, q, "SELECT task, due, decided FROM task_request WHERE decided <= ? AND kind = 'extend' AND decision = 'granted' AND "+in+" ORDER BY decided, id", args...) {
		if err != nil {
			return err
		}
		t := index[r.Task]
		t.Due, t.Extensions = r.Due, append(t.Extensions, r.Decided)
	}
	for e, err := range db.Each[Evidence](ctx, q, "SELECT "+evidenceColumns+" FROM evidence WHERE at <= ? AND "+in+" ORDER BY id", args...) {
		if err != nil {
			return err
		}
		if e.Judged.After(at) {
			e.Verdict, e.Reason, e.Judge, e.Judged = "", "", "", time.Time{}
		}
		t := index[e.Task]
		t.Evidence = append(t.Evidence, e)
	}
	return nil
}

// happen takes one step of the history.
func (s *Standing) happen(did string, at time.Time) {
	switch did {
	case string(Start), string(Report), "granted-" + string(Resume):
		s.State = Doing
	case string(Submit):
		s.State, s.Submitted = Submitted, at
	case string(Confirm):
		s.State, s.Settled = Confirmed, at
	case string(Return):
		s.State, s.Settled = Returned, time.Time{}
	case "granted-" + string(Suspend):
		s.State = Suspended
	case "granted-" + string(Cancel):
		s.State, s.Settled = Cancelled, at
	}
}
