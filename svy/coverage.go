package svy

import (
	"fmt"
	"math"
	"slices"
)

// IntervalRule is a way to an interval: how the variance sees the sample, which degrees of freedom it takes, and the
// critical value.
type IntervalRule struct {
	Name      string
	Structure Structure
	Lonely    Lonely
	DF        DFRule
	OneClass  bool    // DFPooled: all provinces pool, not those with as many sampled districts
	Critical  float64 // a fixed critical value instead of t's; +Inf stands for the normal's
}

// IntervalRules are the rules that CoverageTrial compares when none are named. The first is the recommended one, the
// last two are what PAPI prints under a 95 % label, with two guesses at its variance.
func IntervalRules() []IntervalRule {
	return []IntervalRule{
		{Name: "pooled variance, capital apart", Structure: CapitalApart, Lonely: LonelyCollapse, DF: DFPooled},
		{Name: "pooled variance in one class, capital apart", Structure: CapitalApart, Lonely: LonelyCollapse, DF: DFPooled, OneClass: true},
		{Name: "pooled variance, cascade, lonely collapsed", Structure: Cascade, Lonely: LonelyCollapse, DF: DFPooled},
		{Name: "pooled variance, capital among districts", Structure: CapitalAmong, Lonely: LonelyCollapse, DF: DFPooled},
		{Name: "pooled variance, villages as PSUs", Structure: VillagesOnly, Lonely: LonelyCollapse, DF: DFPooled},
		{Name: "t, capital apart", Structure: CapitalApart, Lonely: LonelyCollapse},
		{Name: "t, capital among districts", Structure: CapitalAmong, Lonely: LonelyCollapse},
		{Name: "t, cascade, lonely collapsed", Structure: Cascade, Lonely: LonelyCollapse},
		{Name: "t, cascade, lonely adjusted", Structure: Cascade, Lonely: LonelyAdjust},
		{Name: "t, cascade, lonely left out", Structure: Cascade, Lonely: LonelyRemove},
		{Name: "t, villages as PSUs", Structure: VillagesOnly, Lonely: LonelyCollapse},
		{Name: "Satterthwaite, capital apart", Structure: CapitalApart, Lonely: LonelyCollapse, DF: DFSatterthwaite},
		{Name: "1.96 SE, capital apart", Structure: CapitalApart, Lonely: LonelyCollapse, Critical: math.Inf(1)},
		{Name: "1.645 SE, capital apart", Structure: CapitalApart, Lonely: LonelyCollapse, Critical: 1.644965},
		{Name: "1.645 SE, villages as PSUs", Structure: VillagesOnly, Lonely: LonelyCollapse, Critical: 1.644965},
	}
}

// CoverageTrial counts how often intervals hold the truth when the same survey is taken again and again.
type CoverageTrial struct {
	Simulation  Simulation // Seed is that of the first country
	Populations int        // countries, each drawn anew
	Surveys     int        // of each country
	Level       float64    // of the intervals; 0 means 0.95
	Rules       []IntervalRule
	Seed        uint64
	Workers     int // goroutines; 0 = GOMAXPROCS. It changes no bit of the result.
	// Progress, when not nil, is told after each country how many are done.
	Progress func(countries int)
}

// Coverage is what a rule delivered for the item means of a group of provinces.
type Coverage struct {
	Rule  IntervalRule
	Group string // a class of provinces, or "nation"
	// Share is the share of intervals that held the truth, over items, provinces, surveys and countries.
	Share float64
	// SE is the Monte Carlo error of Share, from the differences between countries (surveys, items and provinces of a
	// country are not independent); NaN for one country.
	SE float64
	// Worst is the share of the item and province in which it was lowest, averaged over countries: with few
	// surveys a country it is low by chance alone.
	Worst float64
	// Width is the mean width of the intervals over that of ±1.96 of the true standard error, which is what an
	// interval would need if the error were known.
	Width float64
	// Intervals counts the intervals behind Share; None those that could not be made (no degrees of freedom, no
	// variance), which are left out.
	Intervals, None int
}

// Run takes the surveys. It fails when the simulation or a rule cannot be carried out.
func (t CoverageTrial) Run() ([]Coverage, error) {
	if t.Populations < 1 || t.Surveys < 2 {
		return nil, fmt.Errorf("svy: coverage of %d countries with %d surveys each: at least 1 and 2", t.Populations, t.Surveys)
	}
	if t.Rules == nil {
		t.Rules = IntervalRules()
	}
	if t.Level == 0 {
		t.Level = 0.95
	}
	tallies := make([][]groupTally, t.Populations) // by country, then rule × group
	for i := range tallies {
		sim := t.Simulation
		sim.Seed += uint64(i)
		p, err := sim.Population()
		if err != nil {
			return nil, err
		}
		if tallies[i], err = t.country(p, mix(t.Seed, uint64(i))); err != nil {
			return nil, err
		}
		if t.Progress != nil {
			t.Progress(i + 1)
		}
	}
	return t.report(tallies), nil
}

// groupTally is what one rule did in one group of one country.
type groupTally struct{ held, made, none, worst, width float64 }

// intervalTally is what one rule did for one item of one province.
type intervalTally struct {
	held, made, none int32
	width            float64
}

// country takes the surveys of one country.
func (t CoverageTrial) country(p *Population, seed uint64) ([]groupTally, error) {
	places := p.Provinces() + 1
	per := places * p.Items()
	all := make([]surveyResult, t.Surveys)
	errs := make([]error, t.Surveys)
	each(t.Surveys, t.Workers, func(i int) {
		all[i], errs[i] = t.survey(p, mix(seed, uint64(i)))
	})
	cells := make([]intervalTally, len(t.Rules)*per)
	value, square := make([]float64, per), make([]float64, per)
	for i, r := range all {
		if errs[i] != nil {
			return nil, errs[i]
		}
		for k, v := range r.off {
			value[k] += v
			square[k] += v * v
		}
		for k := range cells {
			switch half := float64(r.half[k]); {
			case half != half:
				cells[k].none++
			default:
				cells[k].made++
				cells[k].width += half
				if math.Abs(r.off[k%per]) <= half {
					cells[k].held++
				}
			}
		}
	}
	groups := len(t.Simulation.Classes) + 1
	out := make([]groupTally, len(t.Rules)*groups)
	for i := range out {
		out[i].worst = 1
	}
	n := float64(t.Surveys)
	for k, c := range cells {
		province := k % places
		g := &out[k/per*groups+groups-1]
		if province < p.Provinces() {
			g = &out[k/per*groups+p.Class(province)]
		}
		mean := value[k%per] / n
		sd := math.Sqrt((square[k%per] - n*mean*mean) / (n - 1))
		g.none += float64(c.none)
		if c.made == 0 {
			continue
		}
		g.held, g.made = g.held+float64(c.held), g.made+float64(c.made)
		g.worst = min(g.worst, float64(c.held)/float64(c.made))
		g.width += c.width / (TQuantile(0.95, math.Inf(1)) * sd)
	}
	return out, nil
}

// surveyResult is one survey: by item and province (the nation last) the error made, and by rule the half width of
// the interval, NaN where there is none.
type surveyResult struct {
	off  []float64
	half []float32
}

// survey takes one survey and makes its intervals by every rule.
func (t CoverageTrial) survey(p *Population, seed uint64) (surveyResult, error) {
	s := p.Survey(seed, 0)
	places := p.Provinces() + 1
	per := places * p.Items()
	r := surveyResult{off: make([]float64, per), half: make([]float32, len(t.Rules)*per)}
	sums := map[[2]uint8]*Sums{}
	for i, rule := range t.Rules {
		key := [2]uint8{uint8(rule.Structure), uint8(rule.Lonely)}
		if sums[key] == nil {
			made, err := s.sums(rule.Structure, rule.Lonely)
			if err != nil {
				return r, fmt.Errorf("svy: rule %q: %w", rule.Name, err)
			}
			sums[key] = made
		}
		m := Method{Level: t.Level, DF: rule.DF}
		if !rule.OneClass {
			m.Classes = p.likeDesigns()
		}
		for _, e := range sums[key].Estimates(StatMean, m) {
			province := e.Domain
			if province == Whole {
				province = p.Provinces()
			}
			k := e.Var*places + province
			r.off[k] = e.Value - p.Truth(0, e.Var, e.Domain)
			r.half[i*per+k] = float32(rule.half(e, t.Level))
		}
	}
	return r, nil
}

// likeDesigns puts the provinces with as many sampled districts in one class: their variances have the same degrees of
// freedom, and a class should have some provinces to learn from.
func (p *Population) likeDesigns() []int {
	out := make([]int, len(p.class))
	for province, c := range p.class {
		out[province] = p.sim.Classes[c].Districts
	}
	return out
}

// half is half the width of a rule's interval.
func (r IntervalRule) half(e Estimate, level float64) float64 {
	switch {
	case e.Status != OK:
		return math.NaN()
	case math.IsInf(r.Critical, 1):
		return TQuantile(level, r.Critical) * e.SE
	case r.Critical > 0:
		return r.Critical * e.SE
	}
	return (e.Hi - e.Lo) / 2
}

// sums scans the survey under a structure, with provinces as domains. Surveys are taken in parallel, so one scan takes
// one goroutine.
func (s *SimulatedSurvey) sums(as Structure, lonely Lonely) (*Sums, error) {
	spec := s.Spec(as, lonely)
	spec.Workers = 1
	d, err := New(spec)
	if err != nil {
		return nil, err
	}
	c, err := d.Cells(s.Province)
	if err != nil {
		return nil, err
	}
	return c.Scan(s.Items...)
}

// report adds the countries up.
func (t CoverageTrial) report(countries [][]groupTally) []Coverage {
	groups := len(t.Simulation.Classes) + 1
	var out []Coverage
	for i := range countries[0] {
		c := Coverage{Rule: t.Rules[i/groups], Group: "nation", SE: math.NaN()}
		if g := i % groups; g < len(t.Simulation.Classes) {
			c.Group = t.Simulation.Classes[g].Name
		}
		var held, made, width, cells float64
		var shares []float64
		for _, country := range countries {
			g := country[i]
			held, made, width = held+g.held, made+g.made, width+g.width
			c.None += int(g.none)
			c.Worst += g.worst / float64(len(countries))
			cells += g.made / float64(t.Surveys)
			if g.made > 0 {
				shares = append(shares, g.held/g.made)
			}
		}
		c.Share, c.Intervals, c.Width = held/made, int(made), width/float64(t.Surveys)/cells
		if len(shares) > 1 {
			c.SE = standardDeviation(shares) / math.Sqrt(float64(len(shares)))
		}
		out = append(out, c)
	}
	return slices.Clip(out)
}

func standardDeviation(x []float64) float64 {
	mean, ss := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		ss += (v - mean) * (v - mean)
	}
	return math.Sqrt(ss / float64(len(x)-1))
}
