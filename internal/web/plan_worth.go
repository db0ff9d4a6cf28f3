package web

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/target"
	"thuoc/internal/ui"
)

// The query keys of the page that says what a target would take.
const (
	keyUnit   = "tinh"
	keyYear   = "nam"
	keyNode   = "nd"
	keyKind   = "loai"
	keyNumber = "so"
)

// worthSeed makes the futures of the page the same at every look.
const worthSeed = 2009

// worthPage says what a target would take, and sorts the parts by both rules.
type worthPage struct {
	Title, Lead string
	To          string
	Unit, Year  ui.Select
	Kind        ui.Select
	Number      string
	Asked       bool
	Wrong       string
	Where       string
	Luck        string
	History     string
	Wanted      []wantedRow
	Sets        []setRow
	Focus       []focusRow
}

// wantedRow is what one chance takes.
type wantedRow struct{ Chance, Gain, Score string }

// setRow is a few parts raised together.
type setRow struct {
	Says   string
	Enough bool
	Raises []raiseRow
}

// raiseRow is one part raised.
type raiseRow struct{ Code, Name, By, Seen string }

// focusRow is a part of the index under both rules.
type focusRow struct{ Code, Name, Value, Change, Office, Tested, ToNext string }

func (v *visit) planWorth() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	years := run.PublishedYears()
	year, _ := strconv.Atoi(v.ask(keyYear))
	if !slices.Contains(years, year) {
		year = years[len(years)-1]
		if slices.Contains(years, p.BaseYear) {
			year = p.BaseYear
		}
	}
	body := worthPage{Title: v.t("What would it take?"), To: v.to("plan-worth", p.ID), Number: v.ask(keyNumber),
		Lead: v.t("The other provinces are not held still: each moves as the index's own history says, and every score carries its error.")}
	body.Unit, body.Year, body.Kind = v.unitSelect(v.ask(keyUnit)), yearSelect(v, years, year), v.aimSelect(target.Kind(v.ask(keyKind)))
	if unit := v.ask(keyUnit); unit != "" {
		body.Asked = true
		if err := v.worth(&body, unit, year); err != nil {
			if fault.KindOf(err) == fault.Internal {
				return nil, err
			}
			e, _ := errors.AsType[*fault.Error](err)
			body.Wrong = v.text(e.Text)
		}
	}
	return &page{template: "plan-worth", title: body.Title, crumbs: v.toPlan(p), nav: "plans", body: body}, nil
}

func (v *visit) unitSelect(current string) ui.Select {
	s := ui.Select{Name: keyUnit, Label: v.t("Province"), Options: []ui.Choice{{Text: v.t("Choose…")}}}
	for _, p := range gazetteer.Provinces(gazetteer.Merger.Add(-1)) {
		s.Options = append(s.Options, ui.Choice{Value: p.Code, Text: p.Name.In(v.lang), Current: p.Code == current})
	}
	return s
}

func yearSelect(v *visit, years []int, current int) ui.Select {
	s := ui.Select{Name: keyYear, Label: v.t("Results it starts from")}
	for _, y := range slices.Backward(years) {
		s.Options = append(s.Options, ui.Choice{Value: strconv.Itoa(y), Text: strconv.Itoa(y), Current: y == current})
	}
	return s
}

func (v *visit) aimSelect(current target.Kind) ui.Select {
	s := ui.Select{Name: keyKind, Label: v.t("Kind of target")}
	for _, k := range aimOrder {
		if k != target.Group {
			s.Options = append(s.Options, ui.Choice{Value: string(k), Text: v.text(aimKinds[k]), Current: k == current})
		}
	}
	return s
}

// worth fills the page for a province.
func (v *visit) worth(body *worthPage, unit string, year int) error {
	if err := v.focus(body, unit, year); err != nil {
		return err
	}
	aim := target.Target{Kind: target.Kind(v.ask(keyKind))}
	number, err := strconv.ParseFloat(strings.Replace(v.ask(keyNumber), ",", ".", 1), 64)
	if err != nil && aim.Kind != target.Hold {
		return nil // nothing is aimed at yet
	}
	aim.Value, aim.Place = number, int(number)
	b, err := target.OfPAPI(year, "PAPI")
	if err != nil {
		return err
	}
	place := b.Unit(unit)
	if place < 0 {
		return fault.New(fault.NotFound, "This province has no score of %d.", year)
	}
	m, err := target.Learn(b.Standing, b.History)
	if err != nil {
		return fault.New(fault.NotFound, "No two years before %d compare for %s, so that nothing is known of its movement.", year, "PAPI")
	}
	r, err := m.Imagine(b.Standing, target.Draws, worthSeed).Reach(aim, place)
	if err != nil {
		return err
	}
	v.reach(body, b, r, place)
	return nil
}

// reach writes what a target takes.
func (v *visit) reach(body *worthPage, b *target.Basis, r target.Reach, place int) {
	body.Where = v.t("%s points in %d, rank %d.", lang.Number(v.lang, b.Standing.Values[place], 2), b.Year, b.Standing.Rank(place))
	body.Luck = lang.Percent(v.lang, r.Chance(0), 0)
	var pairs []string
	for _, y := range b.Years {
		pairs = append(pairs, strconv.Itoa(y)+"–"+strconv.Itoa(y+1))
	}
	body.History = v.t("The others move too, as between %s.", strings.Join(pairs, ", "))
	if b.ErrorsOf > 0 {
		body.History += " " + v.t("Errors: where none was published %s is assumed, the median of %d.", lang.Number(v.lang, b.Standing.Assumed, 2), b.ErrorsOf)
	} else {
		body.History += " " + v.t("Errors: those published.")
	}
	for _, chance := range []float64{0.5, 0.8, 0.95} {
		body.Wanted = append(body.Wanted, wantedRow{lang.Percent(v.lang, chance, 0), lang.Signed(v.lang, r.Gain(chance), 2), lang.Number(v.lang, r.Score(chance), 2)})
	}
	for _, set := range target.Sets(b.Levers(place), r, 0.8) {
		row := setRow{Enough: set.Enough, Says: v.t("%s parts raised together: chance %s", count(v, len(set.Raises)), lang.Percent(v.lang, set.Chance, 0))}
		if !set.Enough {
			row.Says = v.t("Five parts raised as far as is feasible do not suffice: chance %s", lang.Percent(v.lang, set.Chance, 0))
		}
		for _, x := range set.Raises {
			row.Raises = append(row.Raises, raiseRow{x.Code, b.Def.Node(x.Code).Names.In(v.lang), lang.Signed(v.lang, x.By, 2), lang.Percent(v.lang, x.Share, 0)})
		}
		body.Sets = append(body.Sets, row)
	}
}

// focus sorts the dimensions by the offices' rule and by the tested one, side by side.
func (v *visit) focus(body *worthPage, unit string, year int) error {
	c, err := run.Published(year)
	if err != nil {
		return err
	}
	words := map[target.Sorting]string{target.Keep: v.t("keep"), target.Fix: v.t("fix"), target.Unclear: v.t("cannot be told")}
	for _, f := range target.Focus(c.Result, "dimension", unit) {
		row := focusRow{Code: f.Row.Code, Name: c.Def.Node(f.Row.Code).Names.In(v.lang), Value: numberOr(v, f.Row.Value), Office: words[f.Office], Tested: words[f.Tested], ToNext: numberOr(v, f.ToNext)}
		if f.Row.Change != nil && !math.IsNaN(f.Row.Change.Abs) {
			row.Change = lang.Signed(v.lang, f.Row.Change.Abs, 4)
		}
		body.Focus = append(body.Focus, row)
	}
	return nil
}

func numberOr(v *visit, x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return lang.Number(v.lang, x, 2)
}
