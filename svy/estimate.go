package svy

import (
	"math"
	"slices"
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

// linear fills l with a mean or a total and gives sum w y².
func (s *Sums) linear(v, domain int, stat Stat, l *Linear) float64 {
	if stat != StatTotal {
		return s.mean(v, domain, l)
	}
	var wyy float64
	l.N, l.SumW, l.Value, wyy = s.margins(v, domain)
	if l.N == 0 {
		l.Value = math.NaN()
	}
	s.collect(domain, l, totalScore(v))
	return wyy
}

// assess gives an estimate its SE, degrees of freedom and the design effect over srs, the variance that simple random
// sampling would give it.
func (d *Design) assess(l *Linear, srs float64, m Method, df float64) Estimate {
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
func (d *Design) centredInOne(l *Linear) bool {
	if len(l.Unit) != 1 || math.Abs(l.Z[0]) > 1e-12*math.Abs(l.Value) {
		return false
	}
	last := d.last()
	return !last.isCertainty(int(last.stratum[l.Unit[0]]))
}

// Variance is the population variance of a variable in a domain, n/(n-1) sum w (y-m)² / sum w over its n answers (R
// survey: svyvar). It is NaN below two answers.
func (s *Sums) Variance(v, domain int) float64 {
	n, w, wy, wyy := s.margins(v, domain)
	if n < 2 {
		return math.NaN()
	}
	return max(0, wyy/w-square(wy/w)) * float64(n) / float64(n-1)
}

// srsVariance is the variance that a simple random sample of as many answers would give a mean or a total:
// S²/n, without replacement times (N-n)/N, with S² = n/(n-1) sum w (y-m)² / sum w and N = sum w (R survey: svymean,
// svyvar). A total has N² times the variance of the mean.
func srsVariance(l *Linear, wyy float64, stat Stat, replace bool) float64 {
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
		half := t.quantile(e.Domain, e.DF) * e.SE
		e.Lo, e.Hi = e.Value-half, e.Value+half
		return
	}
	if e.Value <= 0 || e.Value >= 1 {
		e.Status = Boundary
		e.Lo, e.Hi = boundaryInterval(e.Value, float64(e.N), e.DF, deff, m.level())
		return
	}
	e.Lo, e.Hi = proportionInterval(m.Interval, e.Value, e.SE, t.quantile(e.Domain, e.DF), e.N, m.level())
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
	e := d.assess(&l, math.NaN(), m, df)
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
