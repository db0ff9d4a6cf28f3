package score

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"thuoc/internal/fault"
	"thuoc/svy"
)

// Answers are the answers behind the survey leaves of one wave.
type Answers struct {
	Cells  *svy.Cells                                    // the rows of the design by domain; waves that are to be compared share it
	Units  map[string]int                                // the domain of each unit in this wave
	Column func(variable string) (c svy.Column, ok bool) // by the leaf's variable, one value a row of the design
}

// Estimates are the survey leaves of an index estimated from answers, with what their errors share: the sampling units
// that answered them. They give a result covariances at every level and, for two waves in one design, between them.
type Estimates struct {
	cells  *svy.Cells
	units  map[string]int
	linear map[cell]svy.Linear
	codes  []string // of the leaves estimated, in tree order
}

// Variables lists the variables of the survey leaves, in tree order, each once.
func (d *Definition) Variables() []string {
	var names []string
	for n := range d.Nodes() {
		if n.Survey != nil && n.Survey.Variable != "" && !slices.Contains(names, n.Survey.Variable) {
			names = append(names, n.Survey.Variable)
		}
	}
	return names
}

// Estimate estimates every survey leaf that names its variable, in every unit, each on its own answers: missing codes and
// what the recode drops are no answers. A median's error is Woodruff's (svy.Cells.Quantile). The error lists every leaf
// at fault: a variable that the answers lack, a share whose recode leaves other values than 0 and 1.
func (d *Definition) Estimate(a Answers) (*Estimates, error) {
	e := &Estimates{cells: a.Cells, units: a.Units, linear: map[cell]svy.Linear{}}
	var means []svy.Column
	var meanCodes []string
	var items []fault.Item
	medians := map[string]svy.Column{}
	for n := range d.Nodes() {
		if n.Survey == nil || n.Survey.Variable == "" {
			continue
		}
		column, ok := a.Column(n.Survey.Variable)
		if !ok {
			items = append(items, fault.Item{Field: n.Code, What: fault.T("The answers have no variable %q.", n.Survey.Variable),
				Remedy: fault.T("Name a column of the answers in the definition.")})
			continue
		}
		column = column.Map(n.Code, n.Survey.value)
		e.codes = append(e.codes, n.Code)
		switch n.Survey.Statistic {
		case Median:
			medians[n.Code] = column
			continue
		case Proportion:
			items = append(items, n.checkShare(&column)...)
		}
		means, meanCodes = append(means, column), append(meanCodes, n.Code)
	}
	if err := fault.Batch(items); err != nil {
		return nil, err
	}
	sums, err := a.Cells.Scan(means...)
	if err != nil {
		return nil, fmt.Errorf("estimating %s: %w", d.ID, err)
	}
	for unit, domain := range a.Units {
		for v, code := range meanCodes {
			e.linear[cell{code, unit}] = sums.Mean(v, domain)
		}
		for code, column := range medians {
			e.linear[cell{code, unit}] = a.Cells.Quantile(column, svy.QMath, 0.5, domain, svy.Method{})
		}
	}
	return e, nil
}

// value takes a code of the answer to the value that is estimated; NaN is no answer.
func (s *Survey) value(code float64) float64 {
	if slices.Contains(s.Missing, code) {
		return math.NaN()
	}
	if s.Recode == nil {
		return code
	}
	v, ok := s.Recode.Apply(code)
	if !ok {
		return math.NaN()
	}
	return v
}

// checkShare tells of an answer that is neither 0 nor 1 where a proportion is wanted.
func (n *Node) checkShare(c *svy.Column) []fault.Item {
	for row := range c.Len() {
		if v := c.At(row); v == v && v != 0 && v != 1 { // NaN is no answer
			return []fault.Item{{Field: n.Code, What: fault.T("A proportion is of answers 0 and 1; %s has %s.", n.Survey.Variable, plain(v)),
				Remedy: fault.T("Recode the answers, as in: 1,2 -> 1; 3..5 -> 0.")}}
		}
	}
	return nil
}

// Figures gives the estimates as figures, leaf by leaf in tree order and in a leaf by unit.
func (e *Estimates) Figures() []Figure {
	var out []Figure
	units := slices.Sorted(maps.Keys(e.units))
	for _, code := range e.codes {
		for _, unit := range units {
			l := e.linear[cell{code, unit}]
			f := Figure{Unit: unit, Code: code, Value: l.Value, SE: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), N: l.N, Status: OK}
			if math.IsNaN(l.Value) {
				f.Status = Missing
			} else {
				f.SE = e.cells.Design().SE(l)
			}
			out = append(out, f)
		}
	}
	return out
}

// leafSample gives a leaf's row the sampling units behind it.
func (c *computation) leafSample(row *Row) {
	if c.opt.Estimates == nil || !row.OK() {
		return
	}
	if l, ok := c.opt.Estimates.linear[cell{row.Code, row.Unit}]; ok && !math.IsNaN(l.Value) {
		row.linear, row.DF = &l, c.opt.Estimates.df(row.Unit)
	}
}

// wholeSample gives a computed row the error that follows from the sampling units of its parts: their linearised scores
// weighted by the slopes. Registers and criteria carry no sampling error. It is false when a part that is sampled has
// its error from elsewhere: how it varies with the others is not known.
func (c *computation) wholeSample(nodes []*Node, row *Row, parts []*Row, slopes []float64) bool {
	if c.opt.Estimates == nil {
		return false
	}
	var used []svy.Linear
	var coefficients []float64
	for i, p := range parts {
		switch {
		case !p.OK() || slopes[i] == 0:
		case p.linear != nil:
			used, coefficients = append(used, *p.linear), append(coefficients, slopes[i])
		case nodes[i].sampled():
			return false
		}
	}
	if len(used) == 0 {
		return false
	}
	l := svy.Combine(coefficients, used...)
	l.Value = row.Value // with constants and rescaling
	row.linear, row.DF = &l, c.opt.Estimates.df(row.Unit)
	row.SE = c.opt.Estimates.cells.Design().SE(l)
	return true
}

// alternativeSample gives a second composite its error as wholeSample does.
func (c *computation) alternativeSample(a Alternative, row *Row, rowOf func(string) *Row) {
	var nodes []*Node
	var parts []*Row
	var weights []float64
	for _, t := range a.Weights {
		nodes, parts, weights = append(nodes, c.def.byCode[t.Code]), append(parts, rowOf(t.Code)), append(weights, t.Weight)
	}
	c.wholeSample(nodes, row, parts, weights)
}

// df gives the degrees of freedom of a unit's errors: PSUs less strata with answers of it.
func (e *Estimates) df(unit string) float64 { return e.cells.DF(e.units[unit]) }

// covariance gives the covariance of rows of one node, all estimated from answers, and their degrees of freedom, NaN
// where the error cannot be known; false when a row is not estimated from answers.
func (c *computation) covariance(rows []*Row) (svy.Covariance, []float64, bool) {
	linears, df := make([]svy.Linear, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		if r.linear == nil {
			return svy.Covariance{}, nil, false
		}
		if linears[i], df[i] = *r.linear, r.DF; !(r.SE > 0 && r.DF > 0) {
			df[i] = math.NaN()
		}
	}
	return c.opt.Estimates.cells.Design().Covariances(linears), df, true
}

// Covariance gives the covariance of the scores of two nodes in a unit; false where one was not estimated from answers.
func (r *Result) Covariance(unit, a, b string) (float64, bool) {
	x, okA := r.Row(a, unit)
	y, okB := r.Row(b, unit)
	if !okA || !okB || x.linear == nil || y.linear == nil {
		return 0, false
	}
	return r.estimates.cells.Design().Cov(*x.linear, *y.linear), true
}

// testSampled tests the difference of two rows of one design through their shared PSUs. It is false when they are not of
// one design.
func (ch *Change) testSampled(row, was *Row, e, former *Estimates) bool {
	if row.linear == nil || was.linear == nil || former == nil || e.cells != former.cells {
		return false
	}
	df := e.cells.DF(e.units[row.Unit], former.units[was.Unit])
	t := e.cells.Design().Difference(*row.linear, *was.linear, df, svy.Method{})
	ch.SE, ch.DF, ch.P = t.SE, t.DF, t.P
	return true
}
