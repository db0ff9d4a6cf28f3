package inspect

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
)

// The facts that the house has of every unit, as the terms of a formula name them.
const (
	LateTasks    = "late-tasks"    // tasks past their last day and not submitted
	OpenFindings = "open-findings" // findings of inspections that are not closed
	LateFindings = "late-findings" // of them, past the day of remedy
	Declined     = "declined"      // results that fell since the edition before, where the difference is tested and beyond chance
	MonthsSince  = "months"        // whole months since the last visit of an inspection began; neverMonths where there was none
)

// Facts are all facts in the order of the formula.
var Facts = []string{LateTasks, OpenFindings, LateFindings, Declined, MonthsSince}

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
	return Formula{Place: place, Base: 10, Terms: []draw.Term{{Key: LateTasks, Each: 3, Most: 10}, {Key: OpenFindings, Each: 5, Most: 6}, {Key: LateFindings, Each: 5, Most: 6},
		{Key: Declined, Each: 5, Most: 6}, {Key: MonthsSince, Each: 1, Most: 36}}}
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
	probe := draw.Frame{Form: draw.LastForm, ID: "x", On: f.Since, Day: f.Since, Size: 1, Source: "x", Formula: draw.Formula{Base: f.Base, Terms: f.Terms},
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
