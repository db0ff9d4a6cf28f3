package place

import (
	"context"
	"slices"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// At finds the place that had a code on a day: two digits are a province, three a district, five a commune. A code that
// another official list gives to a place is understood too. Before the first day on record the earliest known bearer
// of a code whose start is not known answers, and is Presumed. None is NotFound.
func At(ctx context.Context, q *db.Q, code string, on clock.Date) (Version, error) {
	list, err := versions(ctx, q, `v.code = ? AND `+inForce, code, on, on, on)
	if err == nil && len(list) == 0 {
		list, err = versions(ctx, q, `v.place IN (SELECT a.place FROM place_alias a WHERE a.code = ? AND a.load`+live+`) AND `+inForce,
			code, on, on, on)
	}
	if err != nil {
		return Version{}, err
	}
	if len(list) == 0 {
		return Version{}, fault.New(fault.NotFound, "No place had the code “%s” on %s.", code, on)
	}
	return list[0], nil
}

// ByID gives the version of a place on a day. Where the place was not there on that day it gives the last version
// before, or else the first: what it is remembered as. An id that is no place's is NotFound.
func ByID(ctx context.Context, q *db.Q, id string, on clock.Date) (Version, error) {
	list, err := History(ctx, q, id)
	if err != nil {
		return Version{}, err
	}
	return versionOn(list, on), nil
}

// History gives every version of a place, oldest first. An id that is no place's is NotFound.
func History(ctx context.Context, q *db.Q, id string) ([]Version, error) {
	list, err := versions(ctx, q, `v.place = ? AND v.load`+live+` ORDER BY v.since`, id)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "There is no such place.")
	}
	return list, err
}

// Province gives the id of the province that had a code on a day.
func Province(ctx context.Context, q *db.Q, code string, on clock.Date) (string, error) {
	v, err := At(ctx, q, code, on)
	if err == nil && v.Parent != "" {
		err = fault.New(fault.NotFound, "No province had the code “%s” on %s.", code, on)
	}
	return v.Place, err
}

// Children lists the places that lay directly within a place on a day, by code; "" lists the provinces.
func Children(ctx context.Context, q *db.Q, id string, on clock.Date) ([]Version, error) {
	return versions(ctx, q, `v.parent = ? AND `+inForce+` ORDER BY v.code`, id, on, on, on)
}

// Around lists what a version lay within on a day, the nearest first.
func Around(ctx context.Context, q *db.Q, v Version, on clock.Date) ([]Version, error) {
	var list []Version
	for v.Parent != "" {
		above, err := ByID(ctx, q, v.Parent, on)
		if err != nil {
			return nil, err
		}
		list = append(list, above)
		v = above
	}
	return list, nil
}

// At is the function At in a transaction of its own.
func (s *Store) At(ctx context.Context, code string, on clock.Date) (Version, error) {
	return read(ctx, s.db, func(q *db.Q) (Version, error) { return At(ctx, q, code, on) })
}

// ByID is the function ByID in a transaction of its own.
func (s *Store) ByID(ctx context.Context, id string, on clock.Date) (Version, error) {
	return read(ctx, s.db, func(q *db.Q) (Version, error) { return ByID(ctx, q, id, on) })
}

// Called gives what many places are called on a day, by id and in one reading; each as ByID would give it. An id that is
// no place's is not among them.
func (s *Store) Called(ctx context.Context, on clock.Date, ids ...string) (map[string]Version, error) {
	return read(ctx, s.db, func(q *db.Q) (map[string]Version, error) {
		called := map[string]Version{}
		for part := range slices.Chunk(ids, 200) {
			args := make([]any, len(part))
			for i, id := range part {
				args[i] = id
			}
			list, err := versions(ctx, q, "v.place IN ("+db.Marks(len(part))+") AND v.load"+live+" ORDER BY v.place, v.since", args...)
			if err != nil {
				return nil, err
			}
			for len(list) > 0 {
				n := slices.IndexFunc(list, func(v Version) bool { return v.Place != list[0].Place })
				if n < 0 {
					n = len(list)
				}
				called[list[0].Place], list = versionOn(list[:n], on), list[n:]
			}
		}
		return called, nil
	})
}

// History is the function History in a transaction of its own.
func (s *Store) History(ctx context.Context, id string) ([]Version, error) {
	return read(ctx, s.db, func(q *db.Q) ([]Version, error) { return History(ctx, q, id) })
}

// Children is the function Children in a transaction of its own.
func (s *Store) Children(ctx context.Context, id string, on clock.Date) ([]Version, error) {
	return read(ctx, s.db, func(q *db.Q) ([]Version, error) { return Children(ctx, q, id, on) })
}

// Page is all that is shown of a place on a day, read at one moment.
type Page struct {
	Version Version
	Around  []Version // what it lies or lay in, the nearest first
	History []Version
	Within  []Version // what lay directly within it
	Heirs   []Link    // the places of today that hold its territory, when the place is history today
	Origins []Link    // what it was made of
	People  []People
	Area    Area // zero where not known
}

// Page reads all that is shown of a place on a day.
func (s *Store) Page(ctx context.Context, id string, on clock.Date) (p Page, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if p.History, err = History(ctx, q, id); err != nil {
			return err
		}
		if p.Version, err = ByID(ctx, q, id, on); err != nil {
			return err
		}
		if p.Around, err = Around(ctx, q, p.Version, on); err != nil {
			return err
		}
		if p.Within, err = Children(ctx, q, id, on); err != nil {
			return err
		}
		if last := p.History[len(p.History)-1]; last.Over(today(q)) {
			if p.Heirs, err = Heirs(ctx, q, id, today(q)); err != nil {
				return err
			}
		}
		if p.Origins, err = Origins(ctx, q, id); err != nil {
			return err
		}
		if p.People, err = PeopleOf(ctx, q, id); err != nil {
			return err
		}
		p.Area, err = AreaOf(ctx, q, id)
		return err
	})
	return p, err
}
