package inspect

import (
	"context"
	"strings"
	"time"

	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/place"
	"thuoc/internal/task"
)

// Pool is who stands in the frame of a draw.
type Pool string

// The pools.
const (
	Communes    Pool = "communes"    // all that lie in the place
	Departments Pool = "departments" // all professional agencies of the place: their heads answer for them
	Everybody   Pool = "everybody"   // both
	Chosen      Pool = "chosen"      // those that are named, for a theme that everybody may read
)

// Pools are all pools in the order of lists.
var Pools = []Pool{Communes, Departments, Everybody, Chosen}

// How the identity of a unit begins in frames: a place, or an agency behind the place it serves.
const (
	placePrefix  = "place:"
	agencyPrefix = "agency:"
)

// drawID is a unit's identity in frames.
func (u Unit) drawID() string {
	if u.Agency != "" {
		return agencyPrefix + u.Place + "/" + u.Agency
	}
	return placePrefix + u.Place
}

// unitOf reads a unit's identity in a frame.
func unitOf(id string) Unit {
	if of, ok := strings.CutPrefix(id, agencyPrefix); ok {
		where, who, _ := strings.Cut(of, "/")
		return Unit{Place: where, Agency: who}
	}
	return Unit{Place: strings.TrimPrefix(id, placePrefix)}
}

// frame makes the frame of a lot on a day, with the facts that the house has of each unit.
func frame(ctx context.Context, q *db.Q, i *Inspection, l Lot, d declines) (f draw.Frame, err error) {
	on := today(q)
	all, err := formulas(ctx, q, i.Place)
	if err != nil {
		return f, err
	}
	in := FormulaOn(all, on)
	f = draw.Frame{Form: draw.LastForm, On: on, Size: l.Size, Source: l.Source, Day: l.Day, Theme: l.Theme, Formula: draw.Formula{Base: in.Base, Terms: in.Terms}}
	if f.Units, err = drawable(ctx, q, i, l, on); err != nil {
		return f, err
	}
	known, err := facts(ctx, q, on)
	if err != nil {
		return f, err
	}
	if known[Declined], f.Bases, err = d.of(ctx, q, i, f.Units, f.Formula); err != nil {
		return f, err
	}
	for n := range f.Units {
		u := &f.Units[n]
		for _, t := range f.Formula.Terms {
			fact, ok := known[t.Key][u.ID]
			if !ok && t.Key == MonthsSince {
				fact = neverMonths
			}
			u.Facts = append(u.Facts, fact)
		}
	}
	return f, nil
}

// drawable gives the units of a lot as they stand on a day.
func drawable(ctx context.Context, q *db.Q, i *Inspection, l Lot, on clock.Date) (units []draw.Unit, err error) {
	switch {
	case l.Pool == Chosen && l.Theme == "":
		return nil, fault.Batch([]fault.Item{{Field: "theme", What: fault.T("Nothing says why these units are chosen."), Remedy: fault.T("Write the theme: everybody may read it.")}})
	case l.Pool != Chosen && (l.Theme != "" || len(l.Units) > 0):
		return nil, fault.Batch([]fault.Item{{Field: "theme", What: fault.T("A theme belongs to units that are chosen."), Remedy: fault.T("Choose the units, or leave the theme empty.")}})
	case l.Pool == Chosen:
		for _, u := range l.Units {
			one, err := i.named(ctx, q, u, on)
			if err != nil {
				return nil, err
			}
			units = append(units, one)
		}
		return units, nil
	}
	if l.Pool == Communes || l.Pool == Everybody {
		communes, err := place.Children(ctx, q, i.Place, on)
		if err != nil {
			return nil, err
		}
		for _, c := range communes {
			units = append(units, draw.Unit{ID: Unit{Place: c.Place}.drawID(), Code: c.Code, Name: c.Full().VI})
		}
	}
	if l.Pool == Departments || l.Pool == Everybody {
		departments, err := agency.Serving(ctx, q, i.Place, agency.Department, on)
		if err != nil {
			return nil, err
		}
		for _, a := range departments {
			units = append(units, draw.Unit{ID: Unit{Place: a.Place, Agency: a.ID}.drawID(), Name: a.Name})
		}
	}
	return units, nil
}

// named is a chosen unit as it stands in a frame.
func (i *Inspection) named(ctx context.Context, q *db.Q, u Unit, on clock.Date) (draw.Unit, error) {
	u, err := i.unit(ctx, q, u)
	if err != nil {
		return draw.Unit{}, err
	}
	if u.Agency != "" {
		a, err := agency.On(ctx, q, u.Agency, on)
		return draw.Unit{ID: u.drawID(), Name: a.Name}, err
	}
	p, err := place.ByID(ctx, q, u.Place, on)
	return draw.Unit{ID: u.drawID(), Code: p.Code, Name: p.Full().VI}, err
}

// facts gives what the house knows of units on a day, by fact and by identity in frames. What concerns an agency concerns
// the place it serves too.
func facts(ctx context.Context, q *db.Q, on clock.Date) (map[string]map[string]int64, error) {
	known := map[string]map[string]int64{LateTasks: {}, OpenFindings: {}, LateFindings: {}, MonthsSince: {}}
	count := func(fact string, u Unit, n int64) {
		known[fact][u.drawID()] += n
		if u.Agency != "" {
			known[fact][Unit{Place: u.Place}.drawID()] += n
		}
	}
	late, err := task.LateIn(ctx, q, on)
	if err != nil {
		return nil, err
	}
	for of, n := range late {
		count(LateTasks, Unit{Place: of.Place, Agency: of.Agency}, n)
	}
	for f, err := range db.Each[struct {
		Unit
		Due clock.Date `db:"due"`
	}](ctx, q, "SELECT place, agency, due FROM finding WHERE state <> ?", Closed) {
		if err != nil {
			return nil, err
		}
		count(OpenFindings, f.Unit, 1)
		if f.Due.Before(on) {
			count(LateFindings, f.Unit, 1)
		}
	}
	for v, err := range db.Each[struct {
		Unit
		Began time.Time `db:"began"`
	}](ctx, q, "SELECT place, agency, max(began) AS began FROM visit WHERE began IS NOT NULL GROUP BY place, agency") {
		if err != nil {
			return nil, err
		}
		known[MonthsSince][v.Unit.drawID()] = months(dayOf(v.Began), on)
	}
	return known, nil
}

// months counts the whole months from a day to another.
func months(from, to clock.Date) int64 {
	n := (to.Year-from.Year)*12 + int(to.Month) - int(from.Month)
	if to.Day < from.Day {
		n--
	}
	return int64(max(n, 0))
}
