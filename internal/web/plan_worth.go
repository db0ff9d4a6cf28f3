package web

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/run"
	"thuoc/internal/score"
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
	Node, Kind  ui.Select
	Number      string
	Wrong       string
	Where       string
	Luck        string
	LuckSays    string
	History     string
	Wanted      []wantedRow
	Sets        []setRow
	Seen        string // the heading of how often a part was raised as much
	SeenSays    string
	NoSets      string // why no parts are offered
	Focus       []focusRow
	FocusOf     string
}

// worthOf is what the page is asked of.
type worthOf struct {
	planBase
	node string
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
	body := worthPage{Title: v.t("What would it take?"), To: v.to("plan-worth", p.ID), Number: v.ask(keyNumber),
		Lead: v.t("The others are not held still: each moves as the index's own history says, and every score carries its error.")}
	from, err := v.worthFrom(&body, p)
	if err != nil {
		return nil, err
	}
	kind := v.worthAim(&body, p, from.node)
	body.Kind = v.aimSelect(kind)
	if from.unit != "" {
		if err := v.worth(&body, from, kind); err != nil {
			if fault.KindOf(err) == fault.Internal {
				return nil, err
			}
			e, _ := errors.AsType[*fault.Error](err)
			body.Wrong = v.text(e.Text)
		}
	}
	return &page{template: "plan-worth", title: body.Title, crumbs: v.toPlan(p), nav: "plans", body: body}, nil
}

// worthFrom reads which results and which unit are asked of, with the choices: the house's own edition that the plan names
// first, then those the person may read, then the published years.
func (v *visit) worthFrom(body *worthPage, p *plan.Plan) (worthOf, error) {
	asked := v.ask(keyYear)
	years := run.PublishedYears()
	own, err := v.ownEditions(p.Edition)
	if err != nil {
		return worthOf{}, err
	}
	year, _ := strconv.Atoi(asked)
	named := func(id string) bool {
		return slices.ContainsFunc(own, func(r edition.Release) bool { return r.ID == id })
	}
	at := ""
	switch {
	case named(asked):
		at = asked
	case !slices.Contains(years, year) && named(p.Edition):
		at = p.Edition
	case !slices.Contains(years, year) && slices.Contains(years, p.BaseYear):
		year = p.BaseYear
	case !slices.Contains(years, year):
		year = years[len(years)-1]
	}
	h, err := v.houseIndex(at)
	if err != nil {
		return worthOf{}, err
	}
	body.Year = ui.Select{Name: keyYear, Label: v.t("Results it starts from")}
	for _, r := range own {
		body.Year.Options = append(body.Year.Options, ui.Choice{Value: r.ID, Text: v.editionName(r), Current: h != nil && r.ID == at})
	}
	for _, y := range slices.Backward(years) {
		body.Year.Options = append(body.Year.Options, ui.Choice{Value: strconv.Itoa(y), Text: indexTitle(run.Family, strconv.Itoa(y)), Current: h == nil && y == year})
	}
	b := worthOf{planBase: planBase{year: year, house: h}}
	var def *score.Definition
	if h != nil {
		def = h.def
		b.unit, err = v.ownUnit(body, h, p)
	} else if b.unit, err = v.publishedUnit(body, p); err == nil {
		entry, _ := score.InForce(run.Family, year)
		def, err = score.Open(entry.ID)
	}
	if err != nil {
		return b, err
	}
	b.node = v.nodeSelect(body, def, v.ask(keyNode))
	return b, nil
}

// publishedUnit chooses among the provinces before the merger: the one asked for, or the plan's own.
func (v *visit) publishedUnit(body *worthPage, p *plan.Plan) (unit string, err error) {
	if unit = v.ask(keyUnit); unit == "" {
		if unit, err = v.provinceCode(p); err != nil {
			return "", err
		}
	}
	body.Unit = ui.Select{Name: keyUnit, Label: v.t("Province"), Options: []ui.Choice{{Text: v.t("Choose…")}}}
	found := ""
	for _, x := range gazetteer.Provinces(gazetteer.Merger.Add(-1)) {
		body.Unit.Options = append(body.Unit.Options, ui.Choice{Value: x.Code, Text: x.Name.In(v.lang), Current: x.Code == unit})
		if x.Code == unit {
			found = unit
		}
	}
	return found, nil
}

// ownUnit chooses among the units of an index of the house: the one asked for, or the plan's own.
func (v *visit) ownUnit(body *worthPage, h *houseIndex, p *plan.Plan) (unit string, err error) {
	if unit = v.ask(keyUnit); !slices.Contains(h.units, unit) {
		if unit, err = v.houseUnit(h, p); err != nil {
			return "", err
		}
	}
	body.Unit = ui.Select{Name: keyUnit, Label: v.t("Unit")}
	if unit == "" {
		body.Unit.Options = []ui.Choice{{Text: v.t("Choose…")}}
	}
	for _, x := range h.units {
		body.Unit.Options = append(body.Unit.Options, ui.Choice{Value: x, Text: h.names[x], Current: x == unit})
	}
	return unit, nil
}

// worthAim reads what is aimed at; as long as nothing is asked, it is what the plan aims at there.
func (v *visit) worthAim(body *worthPage, p *plan.Plan, node string) target.Kind {
	if v.r.URL.Query().Has(keyKind) {
		return target.Kind(v.ask(keyKind))
	}
	for _, a := range p.Aims {
		switch {
		case a.Code != node || a.Kind == target.Group:
			continue
		case a.Value != nil:
			body.Number = lang.Number(v.lang, *a.Value, 2)
		case a.Rank != nil:
			body.Number = strconv.Itoa(*a.Rank)
		}
		return a.Kind
	}
	return ""
}

// nodeSelect chooses the whole or one of its dimensions, and gives its code.
func (v *visit) nodeSelect(body *worthPage, def *score.Definition, asked string) (code string) {
	code = def.Root.Code
	body.Node = ui.Select{Name: keyNode, Label: v.t("Part of the index")}
	for n := range def.Nodes() {
		if n != def.Root && (len(def.Levels) < 2 || n.Level != def.Levels[1].ID) {
			continue
		}
		if n.Code == asked {
			code = asked
		}
		body.Node.Options = append(body.Node.Options, ui.Choice{Value: n.Code, Text: strings.TrimSpace(n.Code + " " + n.Names.In(v.lang)), Current: n.Code == asked})
	}
	return code
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

// worth fills the page for a unit.
func (v *visit) worth(body *worthPage, from worthOf, kind target.Kind) error {
	if err := v.focus(body, from); err != nil {
		return err
	}
	aim := target.Target{Kind: kind}
	number, err := strconv.ParseFloat(strings.Replace(body.Number, ",", ".", 1), 64)
	if err != nil && aim.Kind != target.Hold {
		return nil // nothing is aimed at yet
	}
	aim.Value, aim.Place = number, int(number)
	m, err := v.app.imagined.of(from.basis(from.node))
	if err != nil {
		return err
	}
	place := m.basis.Unit(from.unit)
	if place < 0 {
		return fault.New(fault.NotFound, "This province has no score of %d.", m.basis.Year)
	}
	r, err := m.futures.Reach(aim, place)
	if err != nil {
		return err
	}
	v.reach(body, m, r, place)
	return nil
}

// reach writes what a target takes.
func (v *visit) reach(body *worthPage, m *imagination, r target.Reach, place int) {
	b := m.basis
	body.Where = v.t("%s points in %d, rank %d.", lang.Number(v.lang, b.Standing.Values[place], 2), b.Year, b.Standing.Rank(place))
	if len(b.Standing.Units) == 1 {
		body.Where = v.t("%s points in %d.", lang.Number(v.lang, b.Standing.Values[place], 2), b.Year)
	}
	body.Luck, body.LuckSays = lang.Percent(v.lang, r.Chance(0), 0), v.moves(m)
	if b.ErrorsOf > 0 {
		body.History = v.t("Errors: where none was published %s is assumed, the median of %d.", lang.Number(v.lang, b.Standing.Assumed, 2), b.ErrorsOf)
	} else {
		body.History = v.t("Errors: those published.")
	}
	for _, chance := range []float64{0.5, 0.8, 0.95} {
		body.Wanted = append(body.Wanted, wantedRow{lang.Percent(v.lang, chance, 0), lang.Signed(v.lang, r.Gain(chance), 2), lang.Number(v.lang, r.Score(chance), 2)})
	}
	levers, seen := b.Levers(place)
	body.Seen = v.t("seen in a year")
	body.SeenSays = v.t("Seen in a year: how often in this history a unit has gained as much in that part in one year. Such gains hold the errors of two surveys, so that true ones are rarer.")
	if !seen {
		body.Seen = v.t("units that far ahead")
		body.SeenSays = v.t("No year's gains are known of the parts. What other units stand above this one today is taken as what can be gained; that nobody has gained it in a year is possible.")
	}
	v.sets(body, b, target.Sets(levers, r, 0.8))
	if len(body.Sets) == 0 && r.Gain(0.8) > 0 {
		body.NoSets = v.t("Which parts to raise cannot be said: neither gains of past years nor other units are known to hold them against.")
	}
}

// moves says how the units are taken to move.
func (v *visit) moves(m *imagination) string {
	var pairs []string
	for _, y := range m.basis.Years {
		pairs = append(pairs, strconv.Itoa(y[0])+"–"+strconv.Itoa(y[1]))
	}
	switch {
	case m.learnt:
		return v.t("The others move too, as between %s.", strings.Join(pairs, ", "))
	case len(pairs) == 0:
		return v.t("No earlier results compare with these, so nothing is known of how scores move. It is assumed that true scores stay as they are and that only the errors of two surveys move them; true changes come on top.")
	}
	return v.t("The history (%s) is too short to learn from. It is assumed that true scores stay as they are and that only the errors of two surveys move them; true changes come on top.", strings.Join(pairs, ", "))
}

// sets writes which few parts reach a target together.
func (v *visit) sets(body *worthPage, b *target.Basis, sets []target.Set) {
	for _, set := range sets {
		row := setRow{Enough: set.Enough, Says: v.t("%s parts raised together: chance %s", count(v, len(set.Raises)), lang.Percent(v.lang, set.Chance, 0))}
		if !set.Enough {
			row.Says = v.t("%s parts raised as far as is feasible do not suffice: chance %s", count(v, len(set.Raises)), lang.Percent(v.lang, set.Chance, 0))
		}
		for _, x := range set.Raises {
			row.Raises = append(row.Raises, raiseRow{x.Code, b.Def.Node(x.Code).Names.In(v.lang), lang.Signed(v.lang, x.By, 2), lang.Percent(v.lang, x.Share, 0)})
		}
		body.Sets = append(body.Sets, row)
	}
}

// focus sorts the dimensions by the offices' rule and by the tested one, side by side.
func (v *visit) focus(body *worthPage, from worthOf) error {
	found, def := []target.Finding(nil), (*score.Definition)(nil)
	if from.house != nil {
		found, def, body.FocusOf = from.house.focusOf(from.unit), from.house.def, from.house.said(v)
	} else {
		c, err := run.Published(from.year)
		if err != nil {
			return err
		}
		found, def, body.FocusOf = target.Focus(c.Result, "dimension", from.unit), c.Def, v.t("the published PAPI of %d", from.year)
	}
	words := map[target.Sorting]string{target.Keep: v.t("keep"), target.Fix: v.t("fix"), target.Unclear: v.t("cannot be told")}
	for _, f := range found {
		row := focusRow{Code: f.Row.Code, Name: def.Node(f.Row.Code).Names.In(v.lang), Value: numberOr(v, f.Row.Value), Office: words[f.Office], Tested: words[f.Tested], ToNext: numberOr(v, f.ToNext)}
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
