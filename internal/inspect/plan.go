package inspect

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Create prepares an inspection of a place.
func (s *Store) Create(ctx context.Context, actor account.Actor, i Inspection) (id string, err error) {
	if err := i.check(); err != nil {
		return "", err
	}
	if i.Kind == Again {
		return "", fault.New(fault.Invalid, "An inspection again is opened from what was not remedied.")
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.PlanInspection, account.Subject{Place: i.Place}); err != nil {
			return err
		}
		if err := i.planned(ctx, q); err != nil {
			return err
		}
		id, err = s.insert(ctx, q, actor, i)
		return err
	})
	return id, err
}

func (s *Store) insert(ctx context.Context, q *db.Q, actor account.Actor, i Inspection) (string, error) {
	i.ID = q.NewID()
	_, err := q.Exec(ctx, `INSERT INTO inspection (id, kind, joined, place, plan, parent, title, decision, decided, signer, since, until, state, rev, at, actor)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`, i.ID, i.Kind, i.Joined, i.Place, i.Plan, i.Parent, i.Title, i.Decision, i.Decided, i.Signer,
		i.Since, i.Until, Prepared, q.Now(), actor.User)
	if err != nil {
		return "", err
	}
	return i.ID, s.tell(ctx, q, actor, i.ID, "prepare", "")
}

// Edit changes the words, the basis and the days of an inspection that is being prepared. Its kind and place stay.
func (s *Store) Edit(ctx context.Context, actor account.Actor, i Inspection) error {
	return s.change(ctx, actor, i.ID, account.PlanInspection, "edit", "", func(q *db.Q, was *Inspection) error {
		i.Kind = was.Kind
		if err := i.check(); err != nil {
			return err
		}
		if err := was.in(Prepared); err != nil {
			return err
		}
		n, err := q.Exec(ctx, `UPDATE inspection SET joined = ?, plan = ?, title = ?, decision = ?, decided = ?, signer = ?, since = ?, until = ?, rev = rev + 1
			WHERE id = ? AND rev = ?`, i.Joined, i.Plan, i.Title, i.Decision, i.Decided, i.Signer, i.Since, i.Until, i.ID, i.Rev)
		return db.Meanwhile(n, err)
	})
}

// Open lets a planned inspection begin: it rests on a decision, has a chief, checklists, and somebody to visit.
func (s *Store) Open(ctx context.Context, actor account.Actor, id string) error {
	return s.change(ctx, actor, id, account.PlanInspection, "open", "", func(q *db.Q, i *Inspection) error {
		if err := i.in(Prepared); err != nil {
			return err
		}
		if i.Kind == Surprise {
			return fault.New(fault.Conflict, "A surprise inspection begins with its first visit.")
		}
		if err := ready(ctx, q, i); err != nil {
			return err
		}
		visits, err := visitsOf(ctx, q, id)
		if err != nil {
			return err
		}
		if len(visits) == 0 {
			return fault.New(fault.Conflict, "Add the units to be visited first.")
		}
		return i.move(ctx, q, Opened)
	})
}

// ready tells whether an inspection has what it needs before anybody is visited.
func ready(ctx context.Context, q *db.Q, i *Inspection) error {
	if err := i.based(); err != nil {
		return err
	}
	team, err := teamOf(ctx, q, i.ID)
	if err != nil {
		return err
	}
	chiefs := 0
	for _, m := range team {
		if m.Chief && m.Left.IsZero() {
			chiefs++
		}
	}
	if chiefs != 1 {
		return fault.New(fault.Conflict, "A team has one chief; this one has %d.", chiefs)
	}
	lists, err := db.One[int](ctx, q, "SELECT count(*) FROM inspection_theme WHERE inspection = ?", i.ID)
	if err == nil && lists == 0 {
		err = fault.New(fault.Conflict, "Choose at least one checklist first.")
	}
	return err
}

// Cancel gives up an inspection, with a reason. A sealed draw of it must have been announced or dropped before.
func (s *Store) Cancel(ctx context.Context, actor account.Actor, id, reason string) error {
	if reason == "" {
		return fault.New(fault.Invalid, "Write the reason.")
	}
	return s.change(ctx, actor, id, account.PlanInspection, "cancel", reason, func(q *db.Q, i *Inspection) error {
		if err := i.in(Prepared, Opened); err != nil {
			return err
		}
		d, ok, err := drawOf(ctx, q, id)
		if err != nil {
			return err
		}
		if ok && !d.Sealed.IsZero() && d.Announced.IsZero() && d.Dropped.IsZero() {
			return fault.New(fault.Conflict, "The draw is sealed: announce it, or drop it with a reason, first.")
		}
		return i.move(ctx, q, Cancelled)
	})
}

// AddUnit adds a unit that a planned inspection visits.
func (s *Store) AddUnit(ctx context.Context, actor account.Actor, id string, u Unit, on clock.Date) error {
	return s.change(ctx, actor, id, account.PlanInspection, "unit", "", func(q *db.Q, i *Inspection) error {
		if i.Kind == Surprise {
			return fault.New(fault.Conflict, "Whom a surprise inspection visits is drawn.")
		}
		if err := i.in(Prepared, Opened); err != nil {
			return err
		}
		u, err := i.unit(ctx, q, u)
		if err != nil {
			return err
		}
		team, err := teamOf(ctx, q, id)
		if err != nil {
			return err
		}
		for _, m := range team {
			if err := partial(ctx, q, m.User, u); m.Left.IsZero() && err != nil {
				return err
			}
		}
		_, err = s.visit(ctx, q, actor, i, u, on, false)
		return err
	})
}

// visit writes a visit down.
func (s *Store) visit(ctx context.Context, q *db.Q, actor account.Actor, i *Inspection, u Unit, on clock.Date, begun bool) (string, error) {
	there, err := db.One[int](ctx, q, "SELECT count(*) FROM visit WHERE inspection = ? AND place = ? AND agency = ?", i.ID, u.Place, u.Agency)
	if err != nil {
		return "", err
	}
	if there > 0 {
		return "", fault.New(fault.Conflict, "This unit is on the list already.")
	}
	id, by := q.NewID(), ""
	var began any
	if begun {
		began, by = q.Now(), actor.User
	}
	_, err = q.Exec(ctx, "INSERT INTO visit (id, inspection, place, agency, planned, began, actor) VALUES (?, ?, ?, ?, ?, ?, ?)", id, i.ID, u.Place, u.Agency, on, began, by)
	return id, err
}
