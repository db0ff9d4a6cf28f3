package task

import (
	"context"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/lang"
)

// Filter narrows a list of tasks; an empty field does not.
type Filter struct {
	Plan, Parent, Place, Agency, Code, Block string
	States                                   []State
	Text                                     string     // met without marks in title, deliverable and code
	DueBy                                    clock.Date // due on this day or before
	Late                                     clock.Date // overdue on this day
	After                                    Cursor     // where the page before ended
	Limit                                    int        // 0 = 50
}

// Cursor is where a page of a list ends.
type Cursor struct {
	Due clock.Date
	ID  string
}

// conditions gives what the filter asks of the task t.
func (f Filter) conditions() (where []string, args []any) {
	add := func(set bool, test string, values ...any) {
		if set {
			where, args = append(where, test), append(args, values...)
		}
	}
	add(f.Plan != "", "t.plan = ?", f.Plan)
	add(f.Parent != "", "t.parent = ?", f.Parent)
	add(f.Place != "", "t.place = ?", f.Place)
	add(f.Agency != "", "t.agency = ?", f.Agency)
	add(f.Code != "", "t.code = ?", f.Code)
	add(f.Block != "", "t.block = ?", f.Block)
	if len(f.States) > 0 {
		where = append(where, "t.state IN (?"+strings.Repeat(", ?", len(f.States)-1)+")")
		for _, s := range f.States {
			args = append(args, s)
		}
	}
	add(!f.DueBy.IsZero(), "t.due <= ?", f.DueBy)
	add(!f.Late.IsZero(), "t.due < ? AND t.state IN (?, ?, ?)", f.Late, Waiting, Doing, Returned)
	add(f.After.ID != "" && f.After.Due.IsZero(), "t.due IS NULL AND t.id > ?", f.After.ID)
	add(f.After.ID != "" && !f.After.Due.IsZero(), "(t.due IS NULL OR t.due > ? OR (t.due = ? AND t.id > ?))", f.After.Due, f.After.Due, f.After.ID)
	return where, args
}

// List gives the tasks an actor may read, the nearest day first and those without a day last.
func (s *Store) List(ctx context.Context, actor account.Actor, f Filter) ([]Task, error) {
	return s.list(ctx, actor, account.ReadTasks, f)
}

// Mine gives the open tasks that the actor is to do: of their agency, or of their own place.
func (s *Store) Mine(ctx context.Context, actor account.Actor, limit int) ([]Task, error) {
	return s.list(ctx, actor, account.DoTask, Filter{States: []State{Waiting, Doing, Returned}, Limit: limit})
}

// ToJudge gives the tasks that wait for the actor's judgement.
func (s *Store) ToJudge(ctx context.Context, actor account.Actor, limit int) ([]Task, error) {
	return s.list(ctx, actor, account.JudgeTask, Filter{States: []State{Submitted}, Limit: limit})
}

func (s *Store) list(ctx context.Context, actor account.Actor, do account.Action, f Filter) (tasks []Task, err error) {
	may, args := actor.Rows(do, account.Columns{Place: "t.place", Agency: "t.agency"})
	if do == account.ReadTasks {
		helps, more := actor.Rows(do, account.Columns{Agency: "h.agency"})
		may = "(" + may + " OR EXISTS (SELECT 1 FROM task_helper h WHERE h.task = t.id AND " + helps + "))"
		args = append(args, more...)
	}
	asked, values := f.conditions()
	where := append([]string{may, live}, asked...)
	args = append(args, values...)
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		text := "SELECT " + columns + " FROM task t WHERE " + strings.Join(where, " AND ") + " ORDER BY t.due NULLS LAST, t.id"
		if f.Text == "" {
			tasks, err = db.All[Task](ctx, q, text+" LIMIT ?", append(args, limit)...)
			return err
		}
		tasks, err = matching(ctx, q, f.Text, limit, text, args)
		return err
	})
	return tasks, err
}

// matching reads a list until enough of it meets a text. The text is met in Go, because LIKE differs between engines.
func matching(ctx context.Context, q *db.Q, wanted string, limit int, text string, args []any) (found []Task, err error) {
	words := strings.Fields(lang.Fold(wanted))
	for t, err := range db.Each[Task](ctx, q, text, args...) {
		if err != nil {
			return nil, err
		}
		key := t.key()
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(key, w) }) {
			if found = append(found, t); len(found) == limit {
				break
			}
		}
	}
	return found, nil
}

// Tally is how the tasks of one heading stand.
type Tally struct {
	Key   string `db:"key"`
	State State  `db:"state"`
	Tasks int    `db:"tasks"`
	Late  int    `db:"late"`
}

// By is a way to lay out a board.
type By string

// The ways.
const (
	ByAgency By = "agency"
	ByPlace  By = "place"
	ByCode   By = "code"
	ByBlock  By = "block"
)

// Board counts the tasks of a filter by heading and state; late is as of a day.
func (s *Store) Board(ctx context.Context, actor account.Actor, by By, f Filter, on clock.Date) (tallies []Tally, err error) {
	column, ok := map[By]string{ByAgency: "t.agency", ByPlace: "t.place", ByCode: "t.code", ByBlock: "t.block"}[by]
	if !ok {
		column = "t.block"
	}
	may, args := actor.Rows(account.ReadTasks, account.Columns{Place: "t.place", Agency: "t.agency"})
	asked, values := f.conditions()
	where := append([]string{may, live}, asked...)
	args = append([]any{on, Waiting, Doing, Returned}, append(args, values...)...)
	err = s.db.View(ctx, func(q *db.Q) error {
		tallies, err = db.All[Tally](ctx, q, "SELECT "+column+` AS key, t.state, count(*) AS tasks,
			count(*) FILTER (WHERE t.due < ? AND t.state IN (?, ?, ?)) AS late
			FROM task t WHERE `+strings.Join(where, " AND ")+" GROUP BY "+column+", t.state ORDER BY "+column+", t.state", args...)
		return err
	})
	return tallies, err
}

// Copies makes the copies of tasks for places: each place its own, pointing to the one it was copied from. Counts are split
// so that they add up to the goal, or repeated for every place.
func Copies(tasks []Task, places []string, split bool) []Task {
	var copies []Task
	for _, t := range tasks {
		for i, place := range places {
			c := t
			c.ID, c.Parent, c.Place, c.Agency, c.Post, c.Done = "", t.ID, place, "", "", nil
			if split && t.Measure == Count && t.Goal != nil {
				c.Goal = new(share(*t.Goal, i, len(places)))
			}
			copies = append(copies, c)
		}
	}
	return copies
}

// share is the i-th of n whole parts of a goal that add up to it.
func share(goal float64, i, n int) float64 {
	return float64(int(goal)*(i+1)/n - int(goal)*i/n)
}
