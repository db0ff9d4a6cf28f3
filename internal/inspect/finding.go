package inspect

import (
	"context"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/workday"
)

// Finding is a shortcoming, whose it is, and until when it is to be remedied.
type Finding struct {
	ID         string     `db:"id"`
	Inspection string     `db:"inspection"`
	Visit      string     `db:"visit"`
	Item       string     `db:"item"` // the question it answers; "" for none
	Unit                  // whose it is to remedy
	Code       string     `db:"code"`   // the lever: sub-dimension or indicator; "" for none
	Words      string     `db:"words"`  // what was found
	Remedy     string     `db:"remedy"` // what is to be done
	Due        clock.Date `db:"due"`    // the last day, a working day
	State      Standing   `db:"state"`
	Again      string     `db:"again"` // id of the last inspection that was opened because it was not remedied; "" for none
	Rev        int        `db:"rev"`
	At         time.Time  `db:"at"`
	Actor      string     `db:"actor"`
}

const findingColumns = "f.id, f.inspection, f.visit, f.item, f.place, f.agency, f.code, f.words, f.remedy, f.due, f.state, f.again, f.rev, f.at, f.actor"

// Late tells whether a finding is past its day.
func (f *Finding) Late(on clock.Date) bool { return f.State != Closed && f.Due.Before(on) }

// check gives all faults of a finding.
func (f *Finding) check(on clock.Date) error {
	var items []fault.Item
	wrong := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	if f.Words == "" {
		wrong("words", fault.T("Nothing is said of what was found."), fault.T("Write what was seen, with numbers and days."))
	}
	if f.Remedy == "" {
		wrong("remedy", fault.T("Nothing is asked for."), fault.T("Write what is to be done, so that it can be verified."))
	}
	switch {
	case !on.Before(f.Due):
		wrong("due", fault.T("The day of remedy is not after today."), fault.T("Choose a later day."))
	case !workday.Works(f.Due):
		wrong("due", fault.T("Offices do not work on %s.", f.Due), fault.T("Choose a working day, such as %s.", workday.OnOrAfter(f.Due)))
	}
	return fault.Batch(items)
}

// AddFinding writes down what was found on a visit that has begun. Whose it is: the unit that was visited, where no other
// is named.
func (s *Store) AddFinding(ctx context.Context, actor account.Actor, f Finding) (id string, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		v, i, err := underWay(ctx, q, actor, f.Visit)
		if err != nil {
			return err
		}
		if err := f.check(today(q)); err != nil {
			return err
		}
		if f.Unit == (Unit{}) {
			f.Unit = v.Unit
		}
		if f.Unit, err = i.unit(ctx, q, f.Unit); err != nil {
			return err
		}
		id = q.NewID()
		if _, err := q.Exec(ctx, `INSERT INTO finding (id, inspection, visit, item, place, agency, code, words, remedy, due, state, again, rev, at, actor)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 1, ?, ?)`, id, i.ID, v.ID, f.Item, f.Place, f.Agency, f.Code, f.Words, f.Remedy, f.Due, Open, q.Now(), actor.User); err != nil {
			return err
		}
		return s.happen(ctx, q, actor, id, "found", "", Proofs{})
	})
	return id, err
}

// FindingEvent is one step of a finding's history.
type FindingEvent struct {
	ID    string    `db:"id"`
	At    time.Time `db:"at"`
	Actor string    `db:"actor"`
	Did   string    `db:"did"`
	Note  string    `db:"note"`
	Proofs
}

// Proofs is a file that shows what a step says; empty for none.
type Proofs struct {
	File string `db:"file"` // sha256 of the bytes
	Mime string `db:"mime"`
	Size int64  `db:"size"`
}

// happen keeps a step in a finding's history and in the audit log.
func (s *Store) happen(ctx context.Context, q *db.Q, actor account.Actor, id, did, note string, p Proofs) error {
	if _, err := q.Exec(ctx, "INSERT INTO finding_event (id, finding, at, actor, did, note, file, mime, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		q.NewID(), id, q.Now(), actor.User, did, note, p.File, p.Mime, p.Size); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "finding." + did, Object: "finding:" + id, Content: []byte(note + p.File)})
}

func findingOf(ctx context.Context, q *db.Q, id string) (*Finding, *Inspection, error) {
	f, ok, err := db.Maybe[Finding](ctx, q, "SELECT "+findingColumns+" FROM finding f WHERE f.id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "This finding is not there.")
	}
	if err != nil {
		return nil, nil, err
	}
	i, err := find(ctx, q, f.Inspection)
	return &f, i, err
}

// about is what a right to a step of a finding is asked about: a remedy is its unit's, the rest the inspection's.
func (f *Finding) about(do account.Action, i *Inspection) account.Subject {
	if do == account.RemedyFinding {
		return f.subject()
	}
	return account.Subject{Place: i.Place}
}

// Move is one step of a finding.
type Move struct {
	Finding string
	Rev     int
	Step    Step
	Note    string
	Proofs
}

// Take takes a step with a finding: its owner says that it is remedied and shows it; somebody else closes it, or finds
// that it is not.
func (s *Store) Take(ctx context.Context, actor account.Actor, m Move) error {
	if m.Step == Anew {
		_, err := s.Reopen(ctx, actor, m)
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		_, _, err := s.moved(ctx, q, actor, m)
		return err
	})
}

// moved moves a finding.
func (s *Store) moved(ctx context.Context, q *db.Q, actor account.Actor, m Move) (*Finding, *Inspection, error) {
	f, i, err := findingOf(ctx, q, m.Finding)
	if err != nil {
		return nil, nil, err
	}
	n := slices.IndexFunc(ways, func(w way) bool { return w.step == m.Step })
	if n < 0 {
		return nil, nil, fault.New(fault.Invalid, "“%s” is no step.", string(m.Step))
	}
	w := ways[n]
	if err := actor.May(ctx, q, w.do, f.about(w.do, i)); err != nil {
		return nil, nil, err
	}
	switch {
	case !slices.Contains(w.from, f.State):
		return nil, nil, fault.New(fault.Conflict, "This cannot be done while the finding is %s. Somebody may have moved it meanwhile; look at it again.", f.State.Text())
	case w.reason && m.Note == "":
		return nil, nil, fault.New(fault.Invalid, "Write what was done or what is missing; the other side reads it.")
	case w.another:
		if err := s.another(ctx, q, actor, f); err != nil {
			return nil, nil, err
		}
	}
	changed, err := q.Exec(ctx, "UPDATE finding SET state = ?, rev = rev + 1 WHERE id = ? AND rev = ?", w.to, f.ID, m.Rev)
	if err := db.Meanwhile(changed, err); err != nil {
		return nil, nil, err
	}
	return f, i, s.happen(ctx, q, actor, f.ID, string(m.Step), m.Note, m.Proofs)
}

// another refuses whoever owns a finding: by a role in its unit, or because they said that it is remedied.
func (s *Store) another(ctx context.Context, q *db.Q, actor account.Actor, f *Finding) error {
	said, err := db.One[int](ctx, q, "SELECT count(*) FROM finding_event WHERE finding = ? AND actor = ? AND did = ?", f.ID, actor.User, Remedy)
	if err != nil {
		return err
	}
	own, err := belongs(ctx, q, actor.User, f.Unit)
	if err != nil {
		return err
	}
	if own || said > 0 {
		return fault.New(fault.Forbidden, "Nobody verifies their own remedy. Ask another person who may.")
	}
	return nil
}

// Reopen opens an inspection again, of what was not remedied: all failed findings of that unit from the same inspection
// lead to it. It is prepared with the unit on its list, and needs a decision, a team and checklists of its own.
func (s *Store) Reopen(ctx context.Context, actor account.Actor, m Move) (id string, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		m.Step = Anew
		f, i, err := s.moved(ctx, q, actor, m)
		if err != nil {
			return err
		}
		if free, err := f.unwatched(ctx, q); err != nil {
			return err
		} else if !free {
			return fault.New(fault.Conflict, "It is being inspected again already.")
		}
		on := today(q)
		since := workday.OnOrAfter(on.Add(1))
		until, _ := workday.Add(since, 20)
		again := Inspection{Kind: Again, Joined: i.Joined, Place: i.Place, Plan: i.Plan, Parent: i.ID, Title: i.Title, Since: since, Until: until}
		if id, err = s.insert(ctx, q, actor, again); err != nil {
			return err
		}
		again.ID = id
		if _, err := s.visit(ctx, q, actor, &again, f.Unit, since, false); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "INSERT INTO inspection_theme (inspection, checklist) SELECT ?, checklist FROM inspection_theme WHERE inspection = ?", id, i.ID); err != nil {
			return err
		}
		_, err = q.Exec(ctx, `UPDATE finding SET again = ? WHERE inspection = ? AND place = ? AND agency = ? AND state = ?
			AND (again = '' OR again IN (SELECT e.id FROM inspection e WHERE e.state IN (?, ?)))`, id, i.ID, f.Place, f.Agency, Failed, Concluded, Cancelled)
		return err
	})
	return id, err
}

// unwatched tells whether no inspection looks at a finding again now: none was opened, or it has ended.
func (f *Finding) unwatched(ctx context.Context, q *db.Q) (bool, error) {
	if f.Again == "" {
		return true, nil
	}
	again, err := find(ctx, q, f.Again)
	return again.State.Ended(), err
}

// Unremedied gives the findings of all places that nobody says are remedied and that fall due between two days: whom to
// remind. It asks no right.
func Unremedied(ctx context.Context, q *db.Q, from, to clock.Date) ([]Finding, error) {
	return db.All[Finding](ctx, q, "SELECT "+findingColumns+" FROM finding f WHERE f.state IN (?, ?) AND f.due >= ? AND f.due <= ? ORDER BY f.due, f.id", Open, Failed, from, to)
}
