package follow

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/task"
)

// DirectiveState is how far an order is.
type DirectiveState string

// The states of an order. It is open until somebody else than who reported it done finishes it.
const (
	Open      DirectiveState = "open"
	Reported  DirectiveState = "reported" // said to be done
	Finished  DirectiveState = "finished"
	Withdrawn DirectiveState = "withdrawn"
)

// DirectiveStates lists the states.
var DirectiveStates = []DirectiveState{Open, Reported, Finished, Withdrawn}

var directiveTexts = map[DirectiveState]fault.Text{
	Open: fault.T("still open"), Reported: fault.T("reported done"), Finished: fault.T("finished"), Withdrawn: fault.T("withdrawn"),
}

// Text gives the state in words.
func (s DirectiveState) Text() fault.Text { return directiveTexts[s] }

// Directive is an order of the leaders: what is to be done by which unit until when.
type Directive struct {
	ID       string         `db:"id"`
	Issuer   string         `db:"issuer"`  // id of the place whose leaders gave it
	Meeting  string         `db:"meeting"` // id of the meeting it came from; "" for none
	Said     clock.Date     `db:"said"`
	Speaker  string         `db:"speaker"` // the post that gave it, as in its paper
	Number   string         `db:"number"`  // of the paper; "" where it was said
	Words    string         `db:"words"`
	Place    string         `db:"place"`  // the commune that does it
	Agency   string         `db:"agency"` // or the agency
	Due      clock.Date     `db:"due"`    // zero = none was named
	State    DirectiveState `db:"state"`
	Reporter string         `db:"reporter"` // who last reported it done
	Rev      int            `db:"rev"`
}

const directiveColumns = "d.id, d.issuer, d.meeting, d.said, d.speaker, d.number, d.words, d.place, d.agency, d.due, d.state, d.reporter, d.rev"

// Overdue tells whether an order is late on a day.
func (d *Directive) Overdue(on clock.Date) bool {
	return d.State == Open && !d.Due.IsZero() && d.Due.Before(on)
}

func (d *Directive) check(line int) (items []fault.Item) {
	wrong := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Line: line, Field: field, What: what, Remedy: remedy})
	}
	if d.Words == "" {
		wrong("words", fault.T("The order says nothing."), fault.T("Write what is to be done."))
	}
	if d.Place == "" && d.Agency == "" {
		wrong("unit", fault.T("Nobody has this order."), fault.T("Choose the agency or the commune that does it."))
	}
	if d.Speaker == "" {
		wrong("speaker", fault.T("Nobody gave this order."), fault.T("Write the post that gave it, as in its paper."))
	}
	switch {
	case d.Said.IsZero():
		wrong("said", fault.T("The day is missing."), fault.T("Write the day on which it was given."))
	case !d.Due.IsZero() && d.Due.Before(d.Said):
		wrong("due", fault.T("It is due before it was given."), fault.T("Write a later day, or none."))
	}
	return items
}

// DirectiveEvent is one step of an order's history.
type DirectiveEvent struct {
	At    time.Time `db:"at"`
	Actor string    `db:"actor"`
	Did   string    `db:"did"`
	Note  string    `db:"note"`
}

// DirectivePage is an order with all that is known of it.
type DirectivePage struct {
	Directive
	Events []DirectiveEvent
	Tasks  []string // ids of the tasks that came of it

	// What the actor may do here; whether the state allows it is another question.
	Do, Finish bool
}

// Direct gives orders, all or none: those of a meeting, or one by itself.
func (s *Store) Direct(ctx context.Context, actor account.Actor, orders []Directive) error {
	var items []fault.Item
	for i := range orders {
		items = append(items, orders[i].check(i+1)...)
	}
	if err := fault.Batch(items); err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		for i := range orders {
			d := &orders[i]
			if err := mayTo(ctx, q, actor, account.GiveDirective, d.Issuer, account.Subject{Place: d.Place, Agency: d.Agency}); err != nil {
				return err
			}
			if err := d.fromMeeting(ctx, q); err != nil {
				return err
			}
			d.ID, d.State, d.Rev = q.NewID(), Open, 1
			if _, err := q.Exec(ctx, `INSERT INTO directive (id, issuer, meeting, said, speaker, number, words, place, agency, due, state, reporter, rev)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 1)`, d.ID, d.Issuer, d.Meeting, d.Said, d.Speaker, d.Number, d.Words, d.Place, d.Agency, d.Due, d.State); err != nil {
				return err
			}
			if err := s.noteDirective(ctx, q, actor, d.ID, "give", ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// fromMeeting tells whether the meeting that an order names is one of the place whose leaders gave it.
func (d *Directive) fromMeeting(ctx context.Context, q *db.Q) error {
	if d.Meeting == "" {
		return nil
	}
	m, err := meeting(ctx, q, d.Meeting)
	if err == nil && m.Issuer != d.Issuer {
		err = noMeeting()
	}
	return err
}

func (s *Store) noteDirective(ctx context.Context, q *db.Q, actor account.Actor, id, did, note string) error {
	if _, err := q.Exec(ctx, "INSERT INTO directive_event (id, directive, at, actor, did, note) VALUES (?, ?, ?, ?, ?, ?)", q.NewID(), id, q.Now(), actor.User, did, note); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "directive." + did, Object: "directive:" + id, Content: []byte(note)})
}

// directiveRows is the condition under which the actor may read an order: by the unit that does it, or by the place whose
// leaders gave it.
func directiveRows(actor account.Actor) (where string, args []any) {
	unit, args := actor.Rows(account.ReadFollowing, account.Columns{Place: "d.place", Agency: "d.agency"})
	issuer, more := actor.Rows(account.ReadFollowing, account.Columns{Place: "d.issuer"})
	return "(" + unit + " OR " + issuer + ")", append(args, more...)
}

// Directives lists orders that the actor may read: what is open first, by its last day. With open alone, only those.
func (s *Store) Directives(ctx context.Context, actor account.Actor, open bool, meeting string, limit int) (list []Directive, err error) {
	where, args := directiveRows(actor)
	if open {
		where, args = where+" AND d.state IN (?, ?)", append(args, Open, Reported)
	}
	if meeting != "" {
		where, args = where+" AND d.meeting = ?", append(args, meeting)
	}
	args = append(args, Open, Reported, limit)
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = db.All[Directive](ctx, q, "SELECT "+directiveColumns+" FROM directive d WHERE "+where+
			" ORDER BY CASE d.state WHEN ? THEN 0 WHEN ? THEN 1 ELSE 2 END, coalesce(d.due, '9999'), d.id LIMIT ?", args...)
		return err
	})
	return list, err
}

// Directive reads an order with its history.
func (s *Store) Directive(ctx context.Context, actor account.Actor, id string) (p DirectivePage, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		where, args := directiveRows(actor)
		d, ok, err := db.Maybe[Directive](ctx, q, "SELECT "+directiveColumns+" FROM directive d WHERE d.id = ? AND "+where, append([]any{id}, args...)...)
		if err == nil && !ok {
			err = noDirective()
		}
		if err != nil {
			return err
		}
		p.Directive = d
		if p.Events, err = db.All[DirectiveEvent](ctx, q, "SELECT at, actor, did, note FROM directive_event WHERE directive = ? ORDER BY id", id); err != nil {
			return err
		}
		if p.Tasks, err = db.All[string](ctx, q, "SELECT task FROM directive_task WHERE directive = ? ORDER BY task", id); err != nil {
			return err
		}
		if p.Do, err = may(ctx, q, actor, account.DoTask, account.Subject{Place: d.Place, Agency: d.Agency}); err != nil {
			return err
		}
		p.Finish, err = may(ctx, q, actor, account.FinishDirective, account.Subject{Place: d.Issuer})
		return err
	})
	return p, err
}

func noDirective() error { return fault.New(fault.NotFound, "This order is not there.") }

// may is a right as a yes or no.
func may(ctx context.Context, q *db.Q, actor account.Actor, do account.Action, on account.Subject) (bool, error) {
	err := actor.May(ctx, q, do, on)
	if fault.KindOf(err) == fault.Forbidden {
		return false, nil
	}
	return err == nil, err
}

// DirectiveStep is one step of an order.
type DirectiveStep struct {
	Directive string
	Rev       int
	To        DirectiveState
	Note      string
}

// directiveWays is who may move an order where. Back to open is a return, with what is missing.
var directiveWays = []struct {
	from, to DirectiveState
	did      string
	byUnit   bool // by the unit that does it; else by the place whose leaders gave it
	another  bool // by somebody else than who reported it
	note     fault.Text
}{
	{Open, Reported, "report", true, false, fault.T("Write what was done.")},
	{Reported, Finished, "finish", false, true, fault.Text{}},
	{Reported, Open, "return", false, true, fault.T("Write what is missing; whoever does it will read it.")},
	{Finished, Open, "reopen", false, false, fault.T("Write why it is open again.")},
	{Open, Withdrawn, "withdraw", false, false, fault.T("Write why it is withdrawn.")},
	{Reported, Withdrawn, "withdraw", false, false, fault.T("Write why it is withdrawn.")},
}

// Move takes a step with an order.
func (s *Store) Move(ctx context.Context, actor account.Actor, m DirectiveStep) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		d, ok, err := db.Maybe[Directive](ctx, q, "SELECT "+directiveColumns+" FROM directive d WHERE d.id = ?", m.Directive)
		if err == nil && !ok {
			err = noDirective()
		}
		if err != nil {
			return err
		}
		for _, w := range directiveWays {
			if w.from != d.State || w.to != m.To {
				continue
			}
			do, on := account.FinishDirective, account.Subject{Place: d.Issuer}
			if w.byUnit {
				do, on = account.DoTask, account.Subject{Place: d.Place, Agency: d.Agency}
			}
			if err := actor.May(ctx, q, do, on); err != nil {
				return err
			}
			if w.another && d.Reporter == actor.User {
				return fault.New(fault.Forbidden, "Nobody judges their own work. Ask another person who may.")
			}
			if w.note.Key != "" && m.Note == "" {
				return fault.Batch([]fault.Item{{Field: "note", What: fault.T("This is empty."), Remedy: w.note}})
			}
			if w.byUnit {
				d.Reporter = actor.User
			}
			if err := db.Meanwhile(q.Exec(ctx, "UPDATE directive SET state = ?, reporter = ?, rev = rev + 1 WHERE id = ? AND rev = ?", w.to, d.Reporter, d.ID, m.Rev)); err != nil {
				return err
			}
			return s.noteDirective(ctx, q, actor, d.ID, w.did, m.Note)
		}
		return fault.New(fault.Conflict, "This cannot be done while the order is %s. Somebody may have moved it meanwhile; look at it again.", d.State.Text())
	})
}

// Give gives a task that does a part of an order: the task and that it came of the order, or neither.
func (s *Store) Give(ctx context.Context, actor account.Actor, directive string, t *task.Task, helpers []task.Helper) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		issuer, ok, err := db.Maybe[string](ctx, q, "SELECT issuer FROM directive WHERE id = ?", directive)
		if err == nil && !ok {
			err = noDirective()
		}
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.GiveDirective, account.Subject{Place: issuer}); err != nil {
			return err
		}
		if t.Place == "" {
			t.Place = issuer // where the leaders are who gave the order
		}
		if err := task.Give(ctx, q, s.log, actor, "", t, helpers); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "INSERT INTO directive_task (directive, task) VALUES (?, ?)", directive, t.ID); err != nil {
			return err
		}
		return s.noteDirective(ctx, q, actor, directive, "task", "")
	})
}

func dueDirectives(ctx context.Context, q *db.Q, from, to clock.Date) ([]Item, error) {
	return db.All[Item](ctx, q, "SELECT d.id, d.place, d.agency, d.due, d.words AS title FROM directive d WHERE d.state = ? AND d.due >= ? AND d.due <= ? ORDER BY d.due, d.id", Open, from, to)
}
