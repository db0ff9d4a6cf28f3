package svy

import (
	"math"
	"slices"
	"sync"
)

// Stat is what is estimated of a variable.
type Stat uint8

// The statistics.
const (
	StatMean       Stat = iota
	StatTotal           // sum w y
	StatProportion      // mean of a variable that is 0 or 1, with intervals that stay in [0, 1]
	StatRatio           // ratio of two totals
	StatQuantile
)

var statNames = [...]string{"mean", "total", "proportion", "ratio", "quantile"}

// String gives the statistic's name.
func (s Stat) String() string { return statNames[s] }

// ParseStat reads a statistic's name.
func ParseStat(name string) (Stat, bool) { return parseName[Stat](statNames[:], name) }

// Status says what may be done with an estimate.
type Status string

// The statuses of an estimate.
const (
	OK         Status = "ok"
	NoAnswers  Status = "no-answers"  // nobody in the domain answered: no number
	NoVariance Status = "no-variance" // a value whose error cannot be estimated from this design
	NoInterval Status = "no-interval" // no degrees of freedom, or an interval that leaves the data
	Boundary   Status = "boundary"    // a proportion of 0 or 1: the interval is one-sided (see ProportionInterval)
)

// Estimate is one number with its error. Numbers that do not exist are NaN.
type Estimate struct {
	Var    int // variable, as in the Sums
	Domain int // domain, as in the Cells, or Whole
	N      int // answers
	SumW   float64
	Value  float64
	SE     float64
	DF     float64 // of the interval
	Lo, Hi float64 // interval at the method's level
	Deff   float64 // design effect
	// DesignSE is the SE of the domain's own data; it differs from SE only under DFPooled.
	DesignSE float64
	Status   Status
	fair     float64 // of the variance, see strataVariance
}

// Method says how errors are turned into intervals. Its zero value is R's: 95 % by t with the domain's degrees of
// freedom, design effect without replacement.
type Method struct {
	Level    float64  // of intervals, 0 < Level < 1; 0 means 0.95
	Interval Interval // of proportions
	DF       DFRule
	// Replace compares with simple random sampling with replacement in the design effect.
	Replace bool
	Classes []int // DFPooled: class of each domain, nil = one class
}

func (m Method) level() float64 {
	if m.Level == 0 {
		return 0.95
	}
	return m.Level
}

// Estimates estimates means, totals or proportions of all variables over the whole and every domain: variable by
// variable, the whole first.
func (s *Sums) Estimates(stat Stat, m Method) []Estimate {
	per := len(s.cells.of) + 1
	out := make([]Estimate, len(s.vars)*per)
	df := s.domainDF(m.DF)
	t := newTTable(m.level(), df)
	each(len(s.vars), s.cells.design.workers, func(v int) {
		l := lines.Get().(*Linear)
		defer lines.Put(l)
		s.estimateVar(v, stat, m, df, t, l, out[v*per:(v+1)*per])
	})
	return out
}

// scanBytes bounds the sums that Cells.Estimates holds at a time.
const scanBytes = 64 << 20

// Estimates scans columns and estimates means, totals or proportions of them over the whole and every domain, without
// keeping the sums: a design whose rows are its units has as many sums as the data have answers.
func (c *Cells) Estimates(stat Stat, m Method, columns ...Column) ([]Estimate, error) {
	chunk := max(4, scanBytes/(28*max(1, len(c.unit))))
	var out []Estimate
	for from := 0; from < len(columns); from += chunk {
		s, err := c.Scan(columns[from:min(from+chunk, len(columns))]...)
		if err != nil {
			return nil, err
		}
		es := s.Estimates(stat, m)
		for i := range es {
			es[i].Var += from
		}
		out = append(out, es...)
	}
	return out, nil
}

// Ratios estimates the ratio of the totals of two columns over the whole and every domain; its rows are those where
// both were answered. The design effect is that of the mean of (y - R x)/xbar.
func (c *Cells) Ratios(y, x Column, m Method) ([]Estimate, error) {
	triple := Paired(y, x)
	s, err := c.Scan(triple[:]...)
	if err != nil {
		return nil, err
	}
	df := s.domainDF(m.DF)
	t := newTTable(m.level(), df)
	out := make([]Estimate, len(df))
	for i := range out {
		l := s.Ratio(0, 1, i-1)
		_, _, wyy := s.moments(0, i-1)
		_, wx, wxx := s.moments(1, i-1)
		_, wxy, _ := s.moments(2, i-1)
		srs := l // the residuals have mean 0; their squares add up from the three variables
		srs.Value = 0
		squares := (wyy - 2*l.Value*wxy + l.Value*l.Value*wxx) * square(l.SumW/wx)
		out[i] = c.design.assess(l, srsVariance(srs, squares, StatMean, m.Replace), m, df[i])
		out[i].Domain = i - 1
	}
	if m.DF == DFPooled {
		pool(out[1:], m.Classes)
	}
	for i := range out {
		out[i].interval(StatRatio, m, t, 1)
	}
	return out, nil
}

// moments are a variable's sums over a domain.
func (s *Sums) moments(v, domain int) (w, wy, wyy float64) {
	_, w, wy, wyy = s.margins(v, domain)
	return w, wy, wyy
}

// lines are used again from variable to variable: a table of estimates needs the scores of one at a time.
var lines = sync.Pool{New: func() any { return new(Linear) }}

// domainDF gives the degrees of freedom of the whole and every domain under a rule; Satterthwaite's are each
// estimate's own.
func (s *Sums) domainDF(rule DFRule) []float64 {
	out := make([]float64, len(s.cells.of)+1)
	for i := range out {
		if out[i] = s.cells.DF(i - 1); rule == DFDesign {
			out[i] = s.cells.design.DF()
		}
	}
	return out
}

func (s *Sums) estimateVar(v int, stat Stat, m Method, df []float64, t tTable, l *Linear, out []Estimate) {
	for i := range out {
		wyy := s.linear(v, i-1, stat, l)
		out[i] = s.cells.design.assess(*l, srsVariance(*l, wyy, stat, m.Replace), m, df[i])
		out[i].Var, out[i].Domain = v, i-1
	}
	if m.DF == DFPooled {
		pool(out[1:], m.Classes)
	}
	deff := 1.0
	if stat == StatProportion {
		deff = pooledDeff(out)
	}
	for i := range out {
		out[i].interval(stat, m, t, deff)
	}
}

// linear fills l with a mean or a total and gives sum w y².
func (s *Sums) linear(v, domain int, stat Stat, l *Linear) float64 {
	if stat != StatTotal {
		return s.mean(v, domain, l)
	}
	x := &s.vars[v]
	var wyy float64
	l.N, l.SumW, l.Value, wyy = s.margins(v, domain)
	if l.N == 0 {
		l.Value = math.NaN()
	}
	s.collect(v, domain, l, func(c int32) float64 { return x.wy[c] })
	return wyy
}

// assess gives an estimate its SE, degrees of freedom and the design effect over srs, the variance that simple random
// sampling would give it.
func (d *Design) assess(l Linear, srs float64, m Method, df float64) Estimate {
	nan := math.NaN()
	e := Estimate{N: l.N, SumW: l.SumW, Value: l.Value, SE: nan, DF: df, Lo: nan, Hi: nan, Deff: nan, DesignSE: nan, Status: OK}
	if l.N == 0 {
		e.Value, e.Status = nan, NoAnswers
		return e
	}
	variance := d.variance(l.Unit, l.Z)
	v := variance.sum
	if v != v || d.centredInOne(l) {
		e.Status = NoVariance
		return e
	}
	e.SE = math.Sqrt(v)
	e.DesignSE = e.SE
	if m.DF == DFSatterthwaite {
		e.DF = variance.satterthwaite()
	}
	e.fair = variance.fair
	if e.Deff = v / srs; math.IsInf(e.Deff, 0) {
		e.Deff = nan
	}
	return e
}

// centredInOne tells whether a mean or a ratio rests on one sampled unit: its scores then add up to 0 there, which is
// no estimate of an error but the lack of one.
func (d *Design) centredInOne(l Linear) bool {
	if len(l.Unit) != 1 || math.Abs(l.Z[0]) > 1e-12*math.Abs(l.Value) {
		return false
	}
	last := d.last()
	return !last.isCertainty(int(last.stratum[l.Unit[0]]))
}

// srsVariance is the variance that a simple random sample of as many answers would give a mean or a total:
// S²/n, without replacement times (N-n)/N, with S² = n/(n-1) sum w (y-m)² / sum w and N = sum w (R survey: svymean,
// svyvar). A total has N² times the variance of the mean.
func srsVariance(l Linear, wyy float64, stat Stat, replace bool) float64 {
	n, mean := float64(l.N), l.Value
	if stat == StatTotal {
		mean = l.Value / l.SumW
	}
	s2 := max(0, wyy/l.SumW-mean*mean) * n / (n - 1)
	if s2 < 1e-14*mean*mean { // no more than the rounding of sums of equal values
		return math.NaN()
	}
	v := s2 / n
	if !replace {
		v *= max(0, l.SumW-n) / l.SumW // weights that sum to no more than the sample leave nothing to compare with
	}
	if stat == StatTotal {
		v *= l.SumW * l.SumW
	}
	return v
}

// interval fills Lo and Hi.
func (e *Estimate) interval(stat Stat, m Method, t tTable, deff float64) {
	if e.Status != OK {
		return
	}
	if !(e.DF > 0) {
		e.Status = NoInterval
		return
	}
	if stat != StatProportion {
		half := t.quantile(e.DF) * e.SE
		e.Lo, e.Hi = e.Value-half, e.Value+half
		return
	}
	if e.Value <= 0 || e.Value >= 1 {
		e.Status = Boundary
		e.Lo, e.Hi = boundaryInterval(e.Value, float64(e.N), e.DF, deff, m.level())
		return
	}
	e.Lo, e.Hi = ProportionInterval(m.Interval, e.Value, e.SE, e.DF, e.N, m.level())
}

// pooledDeff is the mean design effect of a variable over its domains, weighted by answers; that of the whole when no
// domain has one, and 1 when nothing has.
func pooledDeff(es []Estimate) float64 {
	var sum, n float64
	for _, part := range [][]Estimate{es[1:], es[:1]} {
		for _, e := range part {
			if e.Deff > 0 {
				sum, n = sum+float64(e.N)*e.Deff, n+float64(e.N)
			}
		}
		if n > 0 {
			return sum / n
		}
	}
	return 1
}

// EstimateOf gives any linearised estimate (a ratio, a contrast, an index) its error and its t interval. df is the
// degrees of freedom under the rules DFDesign and DFDomain; DFSatterthwaite takes them from the scores. It has no
// design effect.
func (d *Design) EstimateOf(l Linear, df float64, m Method) Estimate {
	e := d.assess(l, math.NaN(), m, df)
	if math.IsNaN(l.Value) && e.Status == OK { // a part had no error
		e.Status, e.SE, e.DesignSE = NoVariance, math.NaN(), math.NaN()
	}
	e.interval(StatMean, m, newTTable(m.level(), nil), 1)
	return e
}

// DF is the degrees of freedom of domains taken together: PSUs with a row in one of them less strata with such a PSU
// (R survey: degf of the subset).
func (c *Cells) DF(domains ...int) float64 {
	d := c.design
	if slices.Contains(domains, Whole) {
		return d.DF()
	}
	in := make([]bool, d.PSUs())
	for _, domain := range domains {
		for _, cell := range c.of[domain] {
			in[d.PSU(int(c.unit[cell]))] = true
		}
	}
	df, last := 0, int32(-1)
	for p, yes := range in {
		if !yes {
			continue
		}
		if df++; d.levels[0].stratum[p] != last {
			last = d.levels[0].stratum[p]
			df--
		}
	}
	return float64(df)
}
