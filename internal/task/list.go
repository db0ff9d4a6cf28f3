package task

import (
	"context"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/lang"
)

// Filter narrows a list of tasks; an empty field does not.
type Filter struct {
	Plan, Parent, Place, Agency, Code, Block string
	Bloc                                     agency.Bloc // in a block that is given to it
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

// provinceWide is how many places somebody reaches from whom on lists go by the day and not by the place.
const provinceWide = 24

// outlook is what the shape of a query depends on.
type outlook struct {
	// By the day no index on the place is used, for whoever may see most of the tasks has a page together after a few in
	// the order of the days; else none on the day.
	byDay   bool
	pending bool // there are tasks that do not count yet; else nothing is asked of every single one
}

// lookOut finds how an actor's lists are best read at this moment.
func lookOut(ctx context.Context, q *db.Q, actor account.Actor) (o outlook, err error) {
	reach, err := actor.Reaches(ctx, q, provinceWide)
	if err != nil {
		return o, err
	}
	pending, err := db.One[int](ctx, q, "SELECT count(*) FROM task_batch WHERE live IS NULL")
	return outlook{byDay: reach >= provinceWide, pending: pending > 0}, err
}

// conditions gives what the filter asks of the task t, and that the actor may do something to it. Tasks that the actor's
// agency coordinates may be read too.
func (f Filter) conditions(actor account.Actor, do account.Action, o outlook) *db.Where {
	place, due, state := "t.place", "(t.due || '')", "(t.state || '')" // the one or the others without their indexes
	if o.byDay {
		place, due, state = "(t.place || '')", "t.due", "t.state"
	}
	may, args := actor.Rows(do, account.Columns{Place: place, Agency: "t.agency"})
	if helps, more := actor.Rows(do, account.Columns{Agency: "h.agency"}); do == account.ReadTasks && len(more) > 0 {
		may = "(" + may + " OR t.id IN (SELECT h.task FROM task_helper h WHERE " + helps + "))"
		args = append(args, more...)
	}
	where := db.Only(may, args...)
	where.If(o.pending, live)
	where.If(f.Plan != "", "t.plan = ?", f.Plan)
	where.If(f.Parent != "", "t.parent = ?", f.Parent)
	where.If(len(f.IDs) > 0, "t.id IN ("+db.Marks(len(f.IDs))+")", f.IDs...)
	where.If(f.Place != "", "t.place = ?", f.Place)
	where.If(f.Agency != "", "t.agency = ?", f.Agency)
	where.If(f.Code != "", "t.code = ?", f.Code)
	where.If(f.Block != "", "t.block = ?", f.Block)
	where.If(f.Bloc != "", "EXISTS (SELECT 1 FROM task_block b WHERE b.plan = t.plan AND b.title = t.block AND b.bloc = ?)", f.Bloc)
	db.In(where, "t.state", f.States)
	where.If(!f.From.IsZero(), due+" >= ?", f.From)
	where.If(!f.DueBy.IsZero(), due+" <= ?", f.DueBy)
	where.If(!f.Late.IsZero(), due+" < ? AND "+state+" IN (?, ?, ?)", f.Late, Waiting, Doing, Returned)
	where.If(f.After.ID != "" && f.After.Due.IsZero(), "t.due IS NULL AND t.id > ?", f.After.ID)
	where.If(f.After.ID != "" && !f.After.Due.IsZero(), "(t.due IS NULL OR t.due > ? OR (t.due = ? AND t.id > ?))", f.After.Due, f.After.Due, f.After.ID)
	for _, word := range strings.Fields(lang.Fold(f.Text)) {
		where.If(true, `t.key LIKE ? ESCAPE '\'`, "%"+literal.Replace(word)+"%") // both sides are folded: the engines agree
	}
	return where
}

// literal takes from what is searched the meaning that signs have in a pattern.
var literal = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

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

// list reads a page: the tasks with a day, then those without. For whoever reaches a whole province each part is read in
// the order of an index; for others the few tasks of their places or agencies are sorted.
func list(ctx context.Context, q *db.Q, actor account.Actor, do account.Action, f Filter) (tasks []Task, err error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	o, err := lookOut(ctx, q, actor)
	if err != nil {
		return nil, err
	}
	where := f.conditions(actor, do, o)
	read := func(part, order string, limit int) ([]Task, error) {
		return db.All[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE "+part+where.String()+" ORDER BY "+order+" LIMIT ?", where.Args(limit)...)
	}
	if !o.byDay {
		return read("", "CASE WHEN t.due IS NULL THEN 1 ELSE 0 END, t.due, t.id", f.Limit)
	}
	for _, part := range []string{"t.due IS NOT NULL AND ", "t.due IS NULL AND "} {
		more, err := read(part, "t.due, t.id", f.Limit-len(tasks))
		if tasks = append(tasks, more...); err != nil || len(tasks) == f.Limit {
			return tasks, err
		}
	}
	return tasks, nil
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

// headed are the headings of a board: the column that is the key, and the columns of the index by which it is counted.
var headed = map[By]struct{ key, by string }{
	ByAgency: {"agency", "t.place, t.agency, t.state"}, ByPlace: {"place", "t.place, t.agency, t.state"},
	ByBlock: {"block", "t.place, t.agency, t.state, t.block"}, ByCode: {"code", "t.place, t.agency, t.state, t.block, t.code"},
}

// Board counts the tasks of a filter by heading and state; late is as of a day. It counts along an index first, which
// needs no sorting, and adds up what that gives.
func (s *Store) Board(ctx context.Context, actor account.Actor, by By, f Filter, on clock.Date) (tallies []Tally, err error) {
	head, ok := headed[by]
	if !ok {
		head = headed[ByBlock]
	}
	const counts = "count(*) AS tasks, count(*) FILTER (WHERE t.due < ?) AS late FROM task t WHERE "
	err = s.db.View(ctx, func(q *db.Q) error {
		o, err := lookOut(ctx, q, actor)
		if err != nil {
			return err
		}
		o.byDay = o.byDay && by == ByDay
		if by == ByPlace && !o.pending {
			head.by = "t.place, t.state" // task_place alone: half the time
		}
		if by == ByBlock && f.Plan != "" {
			head.by = "t.block, t.state" // task_plan_block alone
		}
		where := f.conditions(actor, account.ReadTasks, o)
		args := append([]any{on}, where.Args()...)
		if by == ByDay {
			tallies, err = db.All[Tally](ctx, q, "SELECT coalesce(t.due, '') AS key, t.state, "+counts+where.String()+
				" GROUP BY 1, t.state ORDER BY 1, t.state", args...)
			return err
		}
		tallies, err = db.All[Tally](ctx, q, "SELECT g."+head.key+" AS key, g.state, CAST(sum(g.tasks) AS BIGINT) AS tasks, CAST(sum(g.late) AS BIGINT) AS late FROM (SELECT "+
			head.by+", "+counts+where.String()+" GROUP BY "+head.by+") AS g GROUP BY 1, g.state ORDER BY 1, g.state", args...)
		return err
	})
	for i := range tallies {
		if !tallies[i].State.Running() {
			tallies[i].Late = 0
		}
	}
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
