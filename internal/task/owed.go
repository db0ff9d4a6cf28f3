package task

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Owed gives the running tasks of all places that are due between two days, both included: whom to remind. It asks no right.
func Owed(ctx context.Context, q *db.Q, from, to clock.Date) ([]Task, error) {
	return db.All[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE t.state IN (?, ?, ?) AND t.due >= ? AND t.due <= ? AND "+live+" ORDER BY t.due, t.id",
		Waiting, Doing, Returned, from, to)
}

// Overdue gives what a unit is late with on a day, the longest first, at most so many: an agency wherever its tasks are
// done, or where of names none, a place with those of its tasks that name no agency. It asks no right.
func Overdue(ctx context.Context, q *db.Q, of account.Subject, on clock.Date, limit int) ([]Task, error) {
	whose, unit := "t.agency = ?", of.Agency
	if of.Agency == "" {
		whose, unit = "t.agency = '' AND t.place = ?", of.Place
	}
	return db.All[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE "+whose+" AND t.due < ? AND t.state IN (?, ?, ?) AND "+live+" ORDER BY t.due, t.id LIMIT ?",
		unit, on, Waiting, Doing, Returned, limit)
}

// Holding is what a unit has to do: an agency, wherever its tasks are done, or a commune with those that name no agency.
type Holding struct {
	Place  string    `db:"place"`  // where its tasks are done; of an agency with tasks in many places, one of them
	Agency string    `db:"agency"` // "" = the commune's own
	Tasks  int       `db:"tasks"`  // running
	Late   int       `db:"late"`   // of them past their last day
	Since  time.Time `db:"since"`  // when the first of them was given
}

// Holdings gives what every unit has to do on a day, of those whose tasks the actor may do something to.
func Holdings(ctx context.Context, q *db.Q, actor account.Actor, do account.Action) ([]Holding, error) {
	where, args := actor.Rows(do, account.Columns{Place: "t.place", Agency: "t.agency"})
	return db.All[Holding](ctx, q, `SELECT t.agency, min(t.place) AS place, count(*) AS tasks, count(*) FILTER (WHERE t.due < ?) AS late, min(b.live) AS since
		FROM task t JOIN task_batch b ON b.id = t.batch AND b.live IS NOT NULL
		WHERE t.state IN (?, ?, ?) AND `+where+" GROUP BY t.agency, CASE WHEN t.agency = '' THEN t.place ELSE '' END ORDER BY 1, 2",
		append([]any{actor.Day, Waiting, Doing, Returned}, args...)...)
}

// LastAct gives when any of some people last moved a task; zero when none ever did.
func LastAct(ctx context.Context, q *db.Q, users []string) (last time.Time, err error) {
	var args []any
	for _, u := range users {
		args = append(args, u)
	}
	at, err := db.One[int64](ctx, q, "SELECT coalesce(max(e.at), 0) FROM task_event e WHERE e.actor IN ("+db.Marks(len(users))+")", args...)
	if at > 0 {
		last = time.UnixMilli(at).UTC()
	}
	return last, err
}
