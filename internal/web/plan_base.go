package web

import (
	"math"
	"slices"
	"strconv"
	"sync"

	"thuoc/internal/account"
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
	said          string // which results they are
	scores        map[string]float64
}

func (b *planBase) at(code string) (float64, bool) {
	x, ok := b.scores[code]
	return x, ok
}

// planBases gives the results that a plan starts from: the edition of the house that it names, and the published PAPI of
// its base year where the plan is a province's.
func (v *visit) planBases(p *plan.Plan) (bases []planBase, err error) {
	if p.Edition != "" {
		b, err := v.ownBase(p)
		if err != nil {
			return nil, err
		}
		if b != nil {
			bases = append(bases, *b)
		}
	}
	unit, err := v.provinceCode(p)
	if err != nil || unit == "" || !slices.Contains(run.PublishedYears(), p.BaseYear) {
		return bases, err
	}
	figures, err := published.Figures(p.BaseYear, published.Composite, published.Dimension, published.Subdimension)
	if err != nil {
		return nil, err
	}
	b := planBase{family: run.Family, whole: "PAPI", said: v.t("the published PAPI of %d", p.BaseYear), scores: map[string]float64{}}
	for _, f := range figures {
		if f.Unit == unit && !math.IsNaN(f.Value) {
			b.scores[f.Code] = f.Value
		}
	}
	return append(bases, b), nil
}

// ownBase reads the edition of the house that a plan names. What was published of it is public; who may read the plan may
// read what it starts from.
func (v *visit) ownBase(p *plan.Plan) (*planBase, error) {
	program := account.Program("plan", v.actor.Day)
	r, _, err := v.app.Editions.Get(v.ctx(), program, p.Edition)
	if fault.KindOf(err) == fault.NotFound && err != nil || r.Run == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	of, err := v.app.Runs.Get(v.ctx(), program, r.Run)
	if err != nil {
		return nil, err
	}
	def, err := v.definition(r.Run)
	if err != nil {
		return nil, err
	}
	all, err := v.app.Runs.Results(v.ctx(), of)
	if err != nil {
		return nil, err
	}
	units := map[string]bool{}
	for _, x := range all {
		units[x.Unit] = true
	}
	unit, err := v.provinceCode(p)
	b := &planBase{family: r.Family, whole: def.Root.Code, said: v.t("the edition of %s, period %s", def.Names.In(v.lang), r.Period), scores: map[string]float64{}}
	for _, x := range all {
		if (x.Unit == unit || len(units) == 1) && !math.IsNaN(x.Value) {
			b.scores[x.Code] = x.Value
		}
	}
	return b, err
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

// imagination keeps the futures of a node of the index from a year on: they are the same at every look.
type imagination struct {
	basis   *target.Basis
	futures *target.Futures
}

// imaginations are those that were asked for; there are as many as years and nodes.
type imaginations struct {
	mu    sync.Mutex
	known map[string]*imagination
}

// of gives the futures of a node of PAPI; nil where nothing is known of its movement.
func (m *imaginations) of(year int, code string) *imagination {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := strconv.Itoa(year) + " " + code
	if got, ok := m.known[key]; ok {
		return got
	}
	if m.known == nil {
		m.known = map[string]*imagination{}
	}
	m.known[key] = nil
	b, err := target.OfPAPI(year, code)
	if err != nil {
		return nil
	}
	learned, err := target.Learn(b.Standing, b.History)
	if err != nil {
		return nil
	}
	m.known[key] = &imagination{b, learned.Imagine(b.Standing, target.Draws, worthSeed)}
	return m.known[key]
}

// luck is the chance that a target of a province is reached though nothing is done for it; "" where nothing can be said.
func (v *visit) luck(a plan.Aim, year int, unit string) string {
	if a.Family != run.Family || unit == "" || published.LevelOf(a.Code) == published.Subdimension || !slices.Contains(run.PublishedYears(), year) {
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
	m := v.app.imagined.of(year, a.Code)
	if m == nil {
		return ""
	}
	at := m.basis.Unit(unit)
	if at < 0 {
		return ""
	}
	r, err := m.futures.Reach(t, at)
	if err != nil {
		return ""
	}
	return v.t("by chance alone: %s", lang.Percent(v.lang, r.Chance(0), 0))
}
