package task

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Add gives tasks of a plan, all or none. Each needs the right to give tasks where it is done. With many tasks it writes
// in chunks that are not seen until the last one: six thousand copies for a hundred communes become visible at once.
func (s *Store) Add(ctx context.Context, actor account.Actor, plan string, tasks []Task) error {
	var items []fault.Item
	for i := range tasks {
		items = append(items, tasks[i].check(i+1)...)
	}
	if err := fault.Batch(items); err != nil {
		return err
	}
	return s.give(ctx, actor, plan, tasks, giving{})
}

// giving is what happens beside the writing of tasks: each may be nil.
type giving struct {
	with func(q *db.Q, i int) error // once the i-th task is written
	last func(q *db.Q) error        // in the transaction that makes them visible
	tell func(done, of int)         // after every chunk, with the tasks written so far
}

// give writes checked tasks in chunks and makes them visible at once.
func (s *Store) give(ctx context.Context, actor account.Actor, plan string, tasks []Task, g giving) error {
	if err := s.mayGive(ctx, actor, tasks); err != nil {
		return err
	}
	var batch string
	err := s.db.Update(ctx, func(q *db.Q) error {
		batch = q.NewID()
		_, err := q.Exec(ctx, "INSERT INTO task_batch (id, plan, actor, added, live) VALUES (?, ?, ?, ?, NULL)", batch, plan, actor.User, q.Now())
		return err
	})
	for start := 0; start < len(tasks) && err == nil; start += chunk {
		end := min(start+chunk, len(tasks))
		err = s.db.Update(ctx, func(q *db.Q) error {
			for i := start; i < end; i++ {
				err := insert(ctx, q, batch, plan, &tasks[i])
				if err == nil && g.with != nil {
					err = g.with(q, i)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if g.tell != nil && err == nil {
			g.tell(end, len(tasks))
		}
	}
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		if _, err := q.Exec(ctx, "UPDATE task_batch SET live = ? WHERE id = ?", q.Now(), batch); err != nil {
			return err
		}
		if err := putBlocks(ctx, q, plan, headings(tasks)...); err != nil {
			return err
		}
		if g.last != nil {
			if err := g.last(q); err != nil {
				return err
			}
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "task.add", Object: "batch:" + batch, Content: []byte(plan)})
	})
}

// chunk is how many tasks one transaction writes: well below a quarter of a second.
const chunk = 500

// mayGive asks once for every place and agency that gets a task.
func (s *Store) mayGive(ctx context.Context, actor account.Actor, tasks []Task) error {
	return s.db.View(ctx, func(q *db.Q) error {
		asked := map[account.Subject]bool{}
		for i := range tasks {
			on := tasks[i].subject()
			if asked[on] {
				continue
			}
			asked[on] = true
			if err := mayGiveTo(ctx, q, actor, on); err != nil {
				return err
			}
		}
		return nil
	})
}

// mayGiveTo asks for the right to give a task to somebody, who must not be of two provinces.
func mayGiveTo(ctx context.Context, q *db.Q, actor account.Actor, on account.Subject) error {
	if err := actor.May(ctx, q, account.GiveTask, on); err != nil {
		return err
	}
	return agency.Near(ctx, q, on.Place, actor.Day, on.Agency)
}

// Give gives one task of a plan, or of none, with the agencies that coordinate it, all or nothing.
func (s *Store) Give(ctx context.Context, actor account.Actor, plan string, t *Task, helpers []Helper) error {
	return s.db.Update(ctx, func(q *db.Q) error { return Give(ctx, q, s.log, actor, plan, t, helpers) })
}

// Give is Store.Give within a transaction that does more.
func Give(ctx context.Context, q *db.Q, log *audit.Log, actor account.Actor, plan string, t *Task, helpers []Helper) error {
	if err := fault.Batch(t.check(0)); err != nil {
		return err
	}
	if err := mayGiveTo(ctx, q, actor, t.subject()); err != nil {
		return err
	}
	batch := q.NewID()
	if _, err := q.Exec(ctx, "INSERT INTO task_batch (id, plan, actor, added, live) VALUES (?, ?, ?, ?, ?)", batch, plan, actor.User, q.Now(), q.Now()); err != nil {
		return err
	}
	if err := insert(ctx, q, batch, plan, t); err != nil {
		return err
	}
	if err := setHelpers(ctx, q, actor, t, helpers); err != nil {
		return err
	}
	return log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "task.add", Object: "batch:" + batch, Content: []byte(plan)})
}

func insert(ctx context.Context, q *db.Q, batch, plan string, t *Task) error {
	t.ID, t.Plan, t.State, t.FirstDue, t.Rev = q.NewID(), plan, Waiting, t.Due, 1
	_, err := q.Exec(ctx, `INSERT INTO task (id, batch, plan, parent, place, agency, who, beside, post, block, code, title, key, product, effect,
		measure, goal, done, cost, due, when_words, first_due, feeds, note, state, reporter, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 1)`,
		t.ID, batch, t.Plan, t.Parent, t.Place, t.Agency, t.Who, t.Beside, t.Post, t.Block, t.Code, t.Title, t.key(), t.Product, t.Effect,
		t.Measure, t.Goal, t.Done, t.Cost, t.Due, t.When, t.FirstDue, t.Feeds, t.Note, t.State)
	return err
}

// live is the condition that the batch of the task t counts.
const live = "t.batch NOT IN (SELECT b.id FROM task_batch b WHERE b.live IS NULL)"

// find reads a task.
func find(ctx context.Context, q *db.Q, id string) (*Task, error) {
	t, ok, err := db.Maybe[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE t.id = ? AND "+live, id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "This task is not there.")
	}
	return &t, err
}

// Edit changes what a task asks for and who coordinates it, before it is started. Place and agency may change to where the
// actor may give tasks.
func (s *Store) Edit(ctx context.Context, actor account.Actor, t Task, helpers []Helper) error {
	if err := fault.Batch(t.check(0)); err != nil {
		return err
	}
	return s.change(ctx, actor, t.ID, account.GiveTask, "task.edit", func(q *db.Q, was *Task) error {
		if err := mayGiveTo(ctx, q, actor, t.subject()); err != nil {
			return err
		}
		if was.State != Waiting {
			return fault.New(fault.Conflict, "This cannot be done while the task is %s. Somebody may have moved it meanwhile; look at it again.", was.State.Text())
		}
		n, err := q.Exec(ctx, `UPDATE task SET place = ?, agency = ?, block = ?, code = ?, title = ?, key = ?, product = ?, effect = ?, measure = ?,
			goal = ?, cost = ?, due = ?, first_due = ?, rev = rev + 1 WHERE id = ? AND rev = ?`, t.Place, t.Agency, t.Block, t.Code, t.Title, t.key(),
			t.Product, t.Effect, t.Measure, t.Goal, t.Cost, t.Due, t.Due, t.ID, t.Rev)
		if err := db.Meanwhile(n, err); err != nil {
			return err
		}
		if err := setHelpers(ctx, q, actor, &t, helpers); err != nil {
			return err
		}
		if err := putBlocks(ctx, q, was.Plan, t.Block); err != nil {
			return err
		}
		return tell(ctx, q, actor, t.ID, "edit", "", nil)
	})
}

// Page is a task with all that is known of it.
type Page struct {
	Task
	Helpers  []Helper
	Events   []Event
	Evidence []Evidence
	Requests []Request

	// What the actor may do here; whether the state allows it is another question.
	Do, Give, Judge bool
}

// Helper is an agency that coordinates.
type Helper struct {
	Agency string `db:"agency"`
	Words  string `db:"words"`
}

// Get reads a task with its history.
func (s *Store) Get(ctx context.Context, actor account.Actor, id string) (p Page, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		t, err := find(ctx, q, id)
		if err != nil {
			return err
		}
		p.Task = *t
		if p.Helpers, err = db.All[Helper](ctx, q, "SELECT agency, words FROM task_helper WHERE task = ? ORDER BY agency", id); err != nil {
			return err
		}
		if err := mayRead(ctx, q, actor, t, p.Helpers); err != nil {
			return err
		}
		if p.Events, err = db.All[Event](ctx, q, "SELECT id, at, actor, did, note, done FROM task_event WHERE task = ? ORDER BY id", id); err != nil {
			return err
		}
		if p.Evidence, err = db.All[Evidence](ctx, q, "SELECT "+evidenceColumns+" FROM evidence WHERE task = ? ORDER BY id", id); err != nil {
			return err
		}
		if p.Requests, err = db.All[Request](ctx, q, "SELECT "+requestColumns+" FROM task_request WHERE task = ? ORDER BY id", id); err != nil {
			return err
		}
		return p.allow(ctx, q, actor)
	})
	return p, err
}

// allow asks what the actor may do.
func (p *Page) allow(ctx context.Context, q *db.Q, actor account.Actor) error {
	for do, may := range map[account.Action]*bool{account.DoTask: &p.Do, account.GiveTask: &p.Give, account.JudgeTask: &p.Judge} {
		err := actor.May(ctx, q, do, p.subject())
		if err != nil && fault.KindOf(err) != fault.Forbidden {
			return err
		}
		*may = err == nil
	}
	return nil
}

// mayRead tells whether the actor may read a task: by its place or agency, or because their agency coordinates it.
func mayRead(ctx context.Context, q *db.Q, actor account.Actor, t *Task, helpers []Helper) error {
	err := actor.May(ctx, q, account.ReadTasks, t.subject())
	for _, h := range helpers {
		if err == nil || fault.KindOf(err) != fault.Forbidden {
			return err
		}
		err = actor.May(ctx, q, account.ReadTasks, account.Subject{Agency: h.Agency})
	}
	return err
}

// Helpers names the agencies that coordinate, in place of those named before.
func (s *Store) Helpers(ctx context.Context, actor account.Actor, id string, helpers []Helper) error {
	return s.change(ctx, actor, id, account.GiveTask, "task.helpers", func(q *db.Q, t *Task) error {
		return setHelpers(ctx, q, actor, t, helpers)
	})
}

// setHelpers writes down who coordinates a task, in place of those before.
func setHelpers(ctx context.Context, q *db.Q, actor account.Actor, t *Task, helpers []Helper) error {
	place := t.Place
	if place == "" && t.Agency != "" {
		var err error
		if place, err = agency.SeatOf(ctx, q, t.Agency); err != nil {
			return err
		}
	}
	for _, h := range helpers {
		if err := agency.Near(ctx, q, place, actor.Day, h.Agency); err != nil {
			return err
		}
	}
	if _, err := q.Exec(ctx, "DELETE FROM task_helper WHERE task = ?", t.ID); err != nil {
		return err
	}
	return putHelpers(ctx, q, t.ID, helpers)
}

// change runs one change of a task: right, change, audit.
func (s *Store) change(ctx context.Context, actor account.Actor, id string, do account.Action, name string, f func(*db.Q, *Task) error) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		t, err := find(ctx, q, id)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, do, t.subject()); err != nil {
			return err
		}
		if err := f(q, t); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: name, Object: "task:" + id})
	})
}

// Move is one step of a task.
type Move struct {
	Task string
	Rev  int
	Step Step
	Note string
	Done *float64 // of a count or a share, with Report and Submit
}

// Take takes a step. What is confirmed was submitted by somebody else, and its evidence judged sufficient.
func (s *Store) Take(ctx context.Context, actor account.Actor, m Move) error {
	return s.db.Update(ctx, func(q *db.Q) error { return s.take(ctx, q, actor, m) })
}

// TakeAll takes the same step with many tasks, all or none; the faults say which task stands in the way.
func (s *Store) TakeAll(ctx context.Context, actor account.Actor, moves []Move) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		var items []fault.Item
		for i, m := range moves {
			err := s.take(ctx, q, actor, m)
			if err == nil {
				continue
			}
			if fault.KindOf(err) == fault.Internal {
				return err
			}
			items = append(items, fault.Item{Line: i + 1, Field: m.Task, What: fault.TextOf(err), Remedy: fault.T("Take this task out of the selection.")})
		}
		return fault.Batch(items)
	})
}

func (s *Store) take(ctx context.Context, q *db.Q, actor account.Actor, m Move) error {
	t, err := find(ctx, q, m.Task)
	if err != nil {
		return err
	}
	if err := actor.May(ctx, q, m.Step.needs(), t.subject()); err != nil {
		return err
	}
	w, err := wayOf(m.Step, t.State)
	if err != nil {
		return err
	}
	if err := w.check(ctx, q, actor, t, m); err != nil {
		return err
	}
	if m.Done != nil {
		t.Done = m.Done
	}
	if m.Step == Submit {
		t.Reporter = actor.User
	}
	n, err := q.Exec(ctx, "UPDATE task SET state = ?, done = ?, reporter = ?, rev = rev + 1 WHERE id = ? AND rev = ?", w.to, t.Done, t.Reporter, t.ID, m.Rev)
	if err := db.Meanwhile(n, err); err != nil {
		return err
	}
	if err := tell(ctx, q, actor, t.ID, string(m.Step), m.Note, m.Done); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "task." + string(m.Step), Object: "task:" + t.ID, Content: []byte(m.Note)})
}

// check holds a step against what it needs.
func (w way) check(ctx context.Context, q *db.Q, actor account.Actor, t *Task, m Move) error {
	if w.reason && m.Note == "" {
		return fault.New(fault.Invalid, "Write the reason; whoever does the task will read it.")
	}
	if m.Done != nil && (*m.Done < 0 || t.Measure == Percent && *m.Done > 100) {
		return fault.New(fault.Invalid, "What was done is at least 0, and a share at most 100.")
	}
	if w.another {
		own, err := db.One[int](ctx, q, "SELECT count(*) FROM evidence WHERE task = ? AND actor = ?", t.ID, actor.User)
		if err != nil {
			return err
		}
		if own > 0 || t.Reporter == actor.User {
			return fault.New(fault.Forbidden, "Nobody judges their own work. Ask another person who may.")
		}
	}
	if !w.evidence {
		return nil
	}
	enough, err := db.One[int](ctx, q, "SELECT count(*) FROM evidence WHERE task = ? AND verdict = ?", t.ID, Sufficient)
	if err == nil && enough == 0 {
		err = fault.New(fault.Conflict, "No evidence of this task has been judged sufficient yet. Judge it first.")
	}
	return err
}

// tell keeps a step in the task's history.
func tell(ctx context.Context, q *db.Q, actor account.Actor, task, did, note string, done *float64) error {
	_, err := q.Exec(ctx, "INSERT INTO task_event (id, task, at, actor, did, note, done) VALUES (?, ?, ?, ?, ?, ?, ?)",
		q.NewID(), task, q.Now(), actor.User, did, note, done)
	return err
}
