package inspect

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/place"
	"thuoc/internal/task"
)

// The facts that the house has of every commune, as the terms of a formula name them.
const (
	LateTasks    = "late-tasks"    // tasks past their last day and not submitted
	OpenFindings = "open-findings" // findings of inspections that are not closed
	LateFindings = "late-findings" // of them, past the day of remedy
	MonthsSince  = "months"        // whole months since the last visit of an inspection began; neverMonths where there was none
)

// Facts are all facts in the order of the formula.
var Facts = []string{LateTasks, OpenFindings, LateFindings, MonthsSince}

// neverMonths stands for "never inspected": as much as five years.
const neverMonths = 60

// Formula is the formula of the weights of draws, in force from a day on.
type Formula struct {
	ID       string     `db:"id"` // "" for the one that comes with the house
	Place    string     `db:"place"`
	Since    clock.Date `db:"since"`
	Decision string     `db:"decision"` // the paper that set it
	Base     int64      `db:"base"`
	Raw      string     `db:"terms"`
	At       time.Time  `db:"at"`
	Actor    string     `db:"actor"`
	Terms    []draw.Term
}

// usual is the formula that a house has until it sets its own: a commune with ten late tasks and two open findings that
// was not seen for two years weighs about seven times as much as one without any.
func usual(place string) Formula {
	return Formula{Place: place, Base: 10, Terms: []draw.Term{{Key: LateTasks, Each: 3, Most: 10}, {Key: OpenFindings, Each: 5, Most: 6}, {Key: LateFindings, Each: 5, Most: 6}, {Key: MonthsSince, Each: 1, Most: 36}}}
}

// Formulas gives the formulas of a place, the latest first, ending with the one that comes with the house.
func (s *Store) Formulas(ctx context.Context, actor account.Actor, at string) (all []Formula, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.ReadInspections, account.Subject{Place: at}); err != nil {
			return err
		}
		all, err = formulas(ctx, q, at)
		return err
	})
	return all, err
}

func formulas(ctx context.Context, q *db.Q, at string) ([]Formula, error) {
	all, err := db.All[Formula](ctx, q, "SELECT id, place, since, decision, base, terms, at, actor FROM risk_formula WHERE place = ? ORDER BY since DESC, id DESC", at)
	for i := range all {
		if err := json.Unmarshal([]byte(all[i].Raw), &all[i].Terms); err != nil {
			return nil, fmt.Errorf("inspect: the formula %s: %w", all[i].ID, err)
		}
	}
	return append(all, usual(at)), err
}

// FormulaOn gives the one of the formulas that is in force on a day.
func FormulaOn(all []Formula, on clock.Date) Formula {
	for _, f := range all {
		if !on.Before(f.Since) {
			return f
		}
	}
	return all[len(all)-1]
}

// SetFormula sets the formula from a day on. Draws that are prepared keep the one they were prepared with.
func (s *Store) SetFormula(ctx context.Context, actor account.Actor, f Formula) error {
	var items []fault.Item
	if f.Since.IsZero() {
		items = append(items, fault.Item{Field: "since", What: fault.T("This is not a day."), Remedy: fault.T("Write it as 2025-07-01.")})
	}
	if f.Decision == "" {
		items = append(items, fault.Item{Field: "decision", What: fault.T("The formula rests on no paper."), Remedy: fault.T("Write the number and date of the paper that sets it.")})
	}
	for _, t := range f.Terms {
		if !slices.Contains(Facts, t.Key) {
			items = append(items, fault.Item{Field: t.Key, What: fault.T("The house has no fact “%s”.", t.Key), Remedy: fault.T("Choose one of the list.")})
		}
	}
	probe := draw.Frame{ID: "x", On: f.Since, Day: f.Since, Size: 1, Source: "x", Formula: draw.Formula{Base: f.Base, Terms: f.Terms},
		Units: []draw.Unit{{ID: "x", Name: "x", Facts: make([]int64, len(f.Terms))}}}
	if len(items) == 0 {
		items = append(items, fault.Items(probe.Check())...)
	}
	if err := fault.Batch(items); err != nil {
		return err
	}
	raw, err := json.Marshal(f.Terms)
	if err != nil {
		return fmt.Errorf("inspect: %w", err)
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.SetRisk, account.Subject{Place: f.Place}); err != nil {
			return err
		}
		id := q.NewID()
		if _, err := q.Exec(ctx, "INSERT INTO risk_formula (id, place, since, decision, base, terms, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			id, f.Place, f.Since, f.Decision, f.Base, string(raw), q.Now(), actor.User); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "risk.set", Object: "formula:" + id, Content: raw})
	})
}

// communes prefixes the identity of a place in frames.
const communes = "place:"

// frame makes the frame of the communes of a place on a day, with the facts that the house has of each.
func frame(ctx context.Context, q *db.Q, at string, on clock.Date) (f draw.Frame, err error) {
	all, err := formulas(ctx, q, at)
	if err != nil {
		return f, err
	}
	in := FormulaOn(all, on)
	f = draw.Frame{On: on, Formula: draw.Formula{Base: in.Base, Terms: in.Terms}}
	units, err := place.Children(ctx, q, at, on)
	if err != nil {
		return f, err
	}
	known, err := facts(ctx, q, on)
	if err != nil {
		return f, err
	}
	for _, u := range units {
		unit := draw.Unit{ID: communes + u.Place, Code: u.Code, Name: u.Full().VI}
		for _, t := range f.Formula.Terms {
			n, ok := known[t.Key][u.Place]
			if !ok && t.Key == MonthsSince {
				n = neverMonths
			}
			unit.Facts = append(unit.Facts, n)
		}
		f.Units = append(f.Units, unit)
	}
	return f, nil
}

// facts gives what is known of places on a day, by fact and place.
func facts(ctx context.Context, q *db.Q, on clock.Date) (map[string]map[string]int64, error) {
	known := map[string]map[string]int64{OpenFindings: {}, LateFindings: {}, MonthsSince: {}}
	var err error
	if known[LateTasks], err = task.LateIn(ctx, q, on); err != nil {
		return nil, err
	}
	for f, err := range db.Each[struct {
		Place string     `db:"place"`
		Due   clock.Date `db:"due"`
	}](ctx, q, "SELECT place, due FROM finding WHERE state <> ?", Closed) {
		if err != nil {
			return nil, err
		}
		known[OpenFindings][f.Place]++
		if f.Due.Before(on) {
			known[LateFindings][f.Place]++
		}
	}
	for v, err := range db.Each[struct {
		Place string    `db:"place"`
		Began time.Time `db:"began"`
	}](ctx, q, "SELECT place, max(began) AS began FROM visit WHERE began IS NOT NULL GROUP BY place") {
		if err != nil {
			return nil, err
		}
		known[MonthsSince][v.Place] = months(dayOf(v.Began), on)
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

// unitOf reads a unit's identity in a frame.
func unitOf(id string) Unit { return Unit{Place: strings.TrimPrefix(id, communes)} }
