package web

import (
	"math"
	"slices"
	"strconv"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/published"
	"thuoc/internal/run"
	"thuoc/internal/target"
)

// planBase is what the numbers of a plan are held against: the results of an index for the plan's place in the year it
// starts from.
type planBase struct {
	family, whole string
	unit          string      // that the plan's place is in them; "" for none
	year          int         // of published results
	house         *houseIndex // nil for published ones
	said          string      // which results they are
	scores        map[string]float64
}

// asks tells whether a node is one that the page of what a target takes asks of: the whole or a dimension.
func (b *planBase) asks(code string) bool {
	if b.house == nil {
		level := published.LevelOf(code)
		return level == published.Composite || level == published.Dimension
	}
	n := b.house.def.Node(code)
	return n != nil && (n == b.house.def.Root || len(b.house.def.Levels) > 1 && n.Level == b.house.def.Levels[1].ID)
}

// basis gathers what is known for a target for a node, and names it for whoever keeps it.
func (b *planBase) basis(code string) (key string, build func() (*target.Basis, error)) {
	if b.house == nil {
		return strconv.Itoa(b.year) + " " + code, func() (*target.Basis, error) { return target.OfPAPI(b.year, code) }
	}
	return b.house.key + code, func() (*target.Basis, error) { return target.Of(b.house.units, b.house.years, code) }
}

func (b *planBase) at(code string) (float64, bool) {
	x, ok := b.scores[code]
	return x, ok
}

// planBases gives the results that a plan starts from: the edition of the house that it names, and the published PAPI of
// its base year where the plan is a province's.
func (v *visit) planBases(p *plan.Plan) (bases []planBase, err error) {
	own, err := v.ownBase(p)
	if err != nil {
		return nil, err
	}
	if own != nil {
		bases = append(bases, *own)
	}
	unit, err := v.provinceCode(p)
	if err != nil || unit == "" || !slices.Contains(run.PublishedYears(), p.BaseYear) {
		return bases, err
	}
	figures, err := published.Figures(p.BaseYear, published.Composite, published.Dimension, published.Subdimension)
	if err != nil {
		return nil, err
	}
	b := planBase{family: run.Family, whole: "PAPI", unit: unit, year: p.BaseYear, said: v.t("the published PAPI of %d", p.BaseYear), scores: map[string]float64{}}
	for _, f := range figures {
		if f.Unit == unit && !math.IsNaN(f.Value) {
			b.scores[f.Code] = f.Value
		}
	}
	return append(bases, b), nil
}

// ownBase gives the results of the house's own edition that a plan names; nil for none.
func (v *visit) ownBase(p *plan.Plan) (*planBase, error) {
	h, err := v.houseIndex(p.Edition)
	if err != nil || h == nil {
		return nil, err
	}
	b := &planBase{family: h.release.Family, whole: h.def.Root.Code, said: h.said(v), scores: map[string]float64{}, house: h}
	if b.unit, err = v.houseUnit(h, p); err != nil {
		return nil, err
	}
	for _, x := range h.values {
		if x.Unit == b.unit && !math.IsNaN(x.Value) {
			b.scores[x.Code] = x.Value
		}
	}
	return b, nil
}

// provinceCode gives the code that a plan's province had in the year the plan starts from; "" where the plan is not a
// province's.
func (v *visit) provinceCode(p *plan.Plan) (string, error) {
	on := clock.Date{Year: max(p.BaseYear, p.Year-1), Month: 7, Day: 1}
	at, err := v.app.Places.ByID(v.ctx(), p.Place, on)
	if fault.KindOf(err) == fault.NotFound && err != nil || at.Level != gazetteer.ProvinceLevel {
		return "", nil
	}
	return at.Code, err
}

// holdAgainst says which numbers of a plan contradict each other or what they start from.
func (v *visit) holdAgainst(body *planPage, p *plan.Plan, bases []planBase) {
	done := map[string]bool{}
	check := func(family, whole string, known func(string) (float64, bool)) {
		done[family] = true
		total, lines := p.Lines(family, whole)
		for _, it := range target.Check(total, lines, known) {
			body.Faults = append(body.Faults, it.Field+": "+v.text(it.What)+" "+v.text(it.Remedy))
		}
	}
	for i := range bases {
		if b := &bases[i]; !done[b.family] {
			body.Against = append(body.Against, b.said)
			check(b.family, b.whole, b.at)
		}
	}
	if !done[run.Family] {
		check(run.Family, "PAPI", func(string) (float64, bool) { return 0, false })
	}
}

// imagination keeps the futures of a node of an index from a measurement on: they are the same at every look.
type imagination struct {
	basis   *target.Basis
	futures *target.Futures
	learnt  bool // how the units move is learnt from their history, and not assumed
}

// imaginations are those that were asked for; there are as many as measurements and nodes.
type imaginations struct {
	mu    sync.Mutex
	known map[string]*imagination
}

// of gives the futures of a node, and makes them where nobody has asked before.
func (m *imaginations) of(key string, build func() (*target.Basis, error)) (*imagination, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if got := m.known[key]; got != nil {
		return got, nil
	}
	b, err := build()
	if err != nil {
		return nil, err
	}
	if m.known == nil {
		m.known = map[string]*imagination{}
	}
	moves, learnt := b.Movement()
	m.known[key] = &imagination{b, moves.Imagine(b.Standing, target.Draws, worthSeed), learnt}
	return m.known[key], nil
}

// luck is the chance that a target is reached though nothing is done for it; "" where nothing can be said.
func (v *visit) luck(a plan.Aim, bases []planBase) string {
	i := slices.IndexFunc(bases, func(b planBase) bool { return b.family == a.Family })
	if i < 0 || bases[i].unit == "" || bases[i].house == nil && published.LevelOf(a.Code) == published.Subdimension {
		return ""
	}
	t := target.Target{Kind: a.Kind}
	switch a.Kind {
	case target.Points, target.Change:
		t.Value = *a.Value
	case target.Rank, target.Gain:
		t.Place = *a.Rank
	case target.Hold:
	default:
		return ""
	}
	m, err := v.app.imagined.of(bases[i].basis(a.Code))
	if err != nil {
		return "" // no such node there, or no error is known of it
	}
	at := m.basis.Unit(bases[i].unit)
	if at < 0 {
		return ""
	}
	r, err := m.futures.Reach(t, at)
	if err != nil {
		return ""
	}
	chance := lang.Percent(v.lang, r.Chance(0), 0)
	if !m.learnt {
		return v.t("by the errors of two surveys alone: %s", chance)
	}
	return v.t("by chance alone: %s", chance)
}
