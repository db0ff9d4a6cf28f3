package task

import (
	"cmp"
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
	IDs                                      []any      // these tasks alone, by their ids
	From                                     clock.Date // due on this day or after
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

// conditions gives what the filter asks of the task t, and that the actor may do something to it. Tasks that the actor's
// agency coordinates may be read too.
func (f Filter) conditions(actor account.Actor, do account.Action) (where []string, args []any) {
	may, args := actor.Rows(do, account.Columns{Place: "t.place", Agency: "t.agency"})
	if helps, more := actor.Rows(do, account.Columns{Agency: "h.agency"}); do == account.ReadTasks && len(more) > 0 {
		may = "(" + may + " OR t.id IN (SELECT h.task FROM task_helper h WHERE " + helps + "))"
		args = append(args, more...)
	}
	where = []string{may, live}
	add := func(set bool, test string, values ...any) {
		if set {
			where, args = append(where, test), append(args, values...)
		}
	}
	add(f.Plan != "", "t.plan = ?", f.Plan)
	add(f.Parent != "", "t.parent = ?", f.Parent)
	add(len(f.IDs) > 0, "t.id IN ("+db.Marks(len(f.IDs))+")", f.IDs...)
	add(f.Place != "", "t.place = ?", f.Place)
	add(f.Agency != "", "t.agency = ?", f.Agency)
	add(f.Code != "", "t.code = ?", f.Code)
	add(f.Block != "", "t.block = ?", f.Block)
	if len(f.States) > 0 {
		where = append(where, "t.state IN ("+db.Marks(len(f.States))+")")
		for _, s := range f.States {
			args = append(args, s)
		}
	}
	add(!f.From.IsZero(), "t.due >= ?", f.From)
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
	err = s.db.View(ctx, func(q *db.Q) error {
		tasks, err = list(ctx, q, actor, do, f)
		return err
	})
	return tasks, err
}

// list reads a page in two parts, each in the order of an index: the tasks with a day, then those without.
func list(ctx context.Context, q *db.Q, actor account.Actor, do account.Action, f Filter) (tasks []Task, err error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	where, args := f.conditions(actor, do)
	for _, part := range []string{"t.due IS NOT NULL", "t.due IS NULL"} {
		text := " FROM task t WHERE " + part + " AND " + strings.Join(where, " AND ") + " ORDER BY t.due, t.id"
		var more []Task
		if f.Text == "" {
			more, err = db.All[Task](ctx, q, "SELECT "+columns+text+" LIMIT ?", append(args, f.Limit-len(tasks))...)
		} else {
			more, err = matching(ctx, q, f.Text, f.Limit-len(tasks), text, args)
		}
		if tasks = append(tasks, more...); err != nil || len(tasks) == f.Limit {
			return tasks, err
		}
	}
	return tasks, nil
}

// matching reads ids until enough tasks meet a text, and then those tasks. The text is met in Go, because LIKE differs
// between engines.
func matching(ctx context.Context, q *db.Q, wanted string, limit int, text string, args []any) (found []Task, err error) {
	words := strings.Fields(lang.Fold(wanted))
	var ids []any
	for t, err := range db.Each[struct {
		ID  string `db:"id"`
		Key string `db:"key"`
	}](ctx, q, "SELECT t.id, t.key"+text, args...) {
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(t.Key, w) }) {
			if ids = append(ids, t.ID); len(ids) == limit {
				break
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return db.All[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE t.id IN ("+db.Marks(len(ids))+") ORDER BY t.due, t.id", ids...)
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
	ByDay    By = "day" // the last one
)

// Board counts the tasks of a filter by heading and state; late is as of a day.
func (s *Store) Board(ctx context.Context, actor account.Actor, by By, f Filter, on clock.Date) (tallies []Tally, err error) {
	column, ok := map[By]string{ByAgency: "t.agency", ByPlace: "t.place", ByCode: "t.code", ByBlock: "t.block", ByDay: "coalesce(t.due, '')"}[by]
	if !ok {
		column = "t.block"
	}
	where, values := f.conditions(actor, account.ReadTasks)
	args := append([]any{on, Waiting, Doing, Returned}, values...)
	err = s.db.View(ctx, func(q *db.Q) error {
		if f.Text != "" {
			tallies, err = tallied(ctx, q, f.Text, column, " FROM task t WHERE "+strings.Join(where, " AND "), values, on)
			return err
		}
		tallies, err = db.All[Tally](ctx, q, "SELECT "+column+` AS key, t.state, count(*) AS tasks,
			count(*) FILTER (WHERE t.due < ? AND t.state IN (?, ?, ?)) AS late
			FROM task t WHERE `+strings.Join(where, " AND ")+" GROUP BY 1, t.state ORDER BY 1, t.state", args...)
		return err
	})
	return tallies, err
}

// tallied is Board for the tasks that meet a text, which is met in Go as for a list.
func tallied(ctx context.Context, q *db.Q, wanted, column, text string, args []any, on clock.Date) ([]Tally, error) {
	type cell struct {
		key   string
		state State
	}
	words := strings.Fields(lang.Fold(wanted))
	counts := map[cell]*Tally{}
	for t, err := range db.Each[struct {
		Heading string     `db:"heading"`
		State   State      `db:"state"`
		Due     clock.Date `db:"due"`
		Key     string     `db:"key"`
	}](ctx, q, "SELECT "+column+" AS heading, t.state, t.due, t.key"+text, args...) {
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(t.Key, w) }) {
			continue
		}
		at := cell{t.Heading, t.State}
		if counts[at] == nil {
			counts[at] = &Tally{Key: t.Heading, State: t.State}
		}
		counts[at].Tasks++
		if !t.Due.IsZero() && t.Due.Before(on) && (t.State == Waiting || t.State == Doing || t.State == Returned) {
			counts[at].Late++
		}
	}
	var all []Tally
	for _, t := range counts {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b Tally) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.State, b.State)) })
	return all, nil
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
