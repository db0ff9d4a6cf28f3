package svy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

// QuantileRule says how a quantile is read off the weighted distribution function F(y) = sum_{y_k ≤ y} w / sum w. On
// ordinal items the rules differ visibly, so the rule belongs in every output. HF1 to HF9 are the nine of Hyndman & Fan
// (1996) with weights as R's svyquantile (4.1 and later) takes them.
type QuantileRule uint8

// The rules.
const (
	QMath   QuantileRule = iota // the smallest y with F(y) ≥ p
	QSchool                     // as math, but the midpoint with the next value where F(y) = p exactly
	HF1                         // math
	HF2                         // school
	HF3                         // where F(y) = p exactly, y if it is the 2nd, 4th… value, else the next
	HF4                         // interpolates F
	HF5                         // interpolates between midpoints (F_k - w_k/2)
	HF6                         // interpolates F_k W/(W + w_n)
	HF7                         // interpolates F_{k-1}/F_{n-1}
	HF8                         // interpolates (F_{k-1}/3 + 2F_k/3) W/(W + w_n/3)
	HF9                         // interpolates (3F_{k-1}/8 + 5F_k/8) W/(W + w_n/4)
)

var quantileNames = [...]string{"math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"}

// String gives the rule's name.
func (r QuantileRule) String() string { return quantileNames[r] }

// ParseQuantileRule reads a rule's name.
func ParseQuantileRule(name string) (QuantileRule, bool) {
	return parseName[QuantileRule](quantileNames[:], name)
}

// distribution is a weighted sample sorted by value.
type distribution struct {
	y, w, cum []float64 // values ascending, their weights and the running sum of these
}

// Quantile gives the p-quantile of values y with weights w, 0 ≤ p ≤ 1; NaN without values. Values that are NaN do not
// count.
func Quantile(rule QuantileRule, y, w []float64, p float64) float64 {
	var d distribution
	for i, v := range y {
		if v == v {
			d.y, d.w = append(d.y, v), append(d.w, w[i])
		}
	}
	order := make([]int, len(d.y))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.y[a], d.y[b]) })
	sorted := distribution{}
	for _, i := range order {
		sorted.y, sorted.w = append(sorted.y, d.y[i]), append(sorted.w, d.w[i])
	}
	sorted.sum()
	return sorted.quantile(rule, p)
}

func (d *distribution) sum() {
	d.cum = make([]float64, len(d.w))
	s := 0.0
	for i, w := range d.w {
		s += w
		d.cum[i] = s
	}
}

func (d *distribution) quantile(rule QuantileRule, p float64) float64 {
	n := len(d.y)
	switch {
	case n == 0 || !(p >= 0 && p <= 1):
		return math.NaN()
	case n == 1:
		return d.y[0]
	case rule <= HF3:
		return d.step(rule, p)
	case rule == HF7:
		return d.interpolate(p, func(k int) float64 { return (d.cum[k] - d.w[k]) / d.cum[n-2] })
	}
	total, last := d.cum[n-1], d.w[n-1]
	var a, stretch float64 // weight of F_k beside F_{k-1}, and what is added to the total
	switch rule {
	case HF4:
		a, stretch = 1, 0
	case HF5:
		a, stretch = 0.5, 0
	case HF6:
		a, stretch = 1, 1
	case HF8:
		a, stretch = 2.0/3, 1.0/3
	case HF9:
		a, stretch = 5.0/8, 1.0/4
	}
	return d.interpolate(p, func(k int) float64 { return (d.cum[k] - (1-a)*d.w[k]) / (total + stretch*last) })
}

// step is the rules that give a value of the data, or the midpoint of two.
func (d *distribution) step(rule QuantileRule, p float64) float64 {
	target := p * d.cum[len(d.cum)-1]
	k := sort.SearchFloat64s(d.cum, target) // first with cum ≥ target
	if k == len(d.y) {
		k--
	}
	next := min(k+1, len(d.y)-1)
	exact := d.cum[k] == target
	switch {
	case exact && (rule == QSchool || rule == HF2):
		return (d.y[k] + d.y[next]) / 2
	case exact && rule == HF3 && d.place(k)%2 == 1:
		return d.y[next]
	}
	return d.y[k]
}

// place is the number of different values up to the k-th.
func (d *distribution) place(k int) int {
	n := 1
	for i := 1; i <= k; i++ {
		if d.y[i] != d.y[i-1] {
			n++
		}
	}
	return n
}

// interpolate reads the value at p from the points (at(k), y_k), flat beyond the ends.
func (d *distribution) interpolate(p float64, at func(k int) float64) float64 {
	n := len(d.y)
	k := sort.Search(n, func(k int) bool { return at(k) > p })
	if k == 0 || k == n {
		return d.y[min(k, n-1)]
	}
	a, b := at(k-1), at(k)
	return d.y[k-1] + (d.y[k]-d.y[k-1])*((p-a)/(b-a))
}

// distributionOf sorts the answered rows of a domain. Equal values keep the order of the cells, and of the file within
// a cell.
func (c *Cells) distributionOf(col *Column, domain int) distribution {
	var d distribution
	c.eachRow(domain, func(_, row int) {
		if v := col.At(row); v == v {
			d.y, d.w = append(d.y, v), append(d.w, c.design.weights[row])
		}
	})
	order := iota32(len(d.y))
	if col.Codes != nil {
		values := slices.Clone(col.Values)
		slices.Sort(values)
		order = countingSort(order, len(values), func(i int32) int32 {
			at, _ := slices.BinarySearch(values, d.y[i])
			return int32(at)
		})
	} else {
		slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(d.y[a], d.y[b]) })
	}
	out := distribution{y: gather(nil, d.y, order), w: gather(nil, d.w, order)}
	out.sum()
	return out
}

// eachRow visits the rows of a domain cell by cell.
func (c *Cells) eachRow(domain int, do func(cell, row int)) {
	visit := func(cell int) {
		for k := c.start[cell]; k < c.start[cell+1]; k++ {
			row := int(k)
			if c.rows != nil {
				row = int(c.rows[k])
			}
			do(cell, row)
		}
	}
	if domain == Whole {
		for cell := range c.unit {
			visit(cell)
		}
		return
	}
	for _, cell := range c.of[domain] {
		visit(int(cell))
	}
}

// Quantiles estimates quantiles of a column over the whole and every domain, probability by probability within a
// domain, the whole first. Intervals are Woodruff's (1952): the interval of F(q), by the method's Interval (R's "mean"
// is Wald), taken back through the same rule; the SE is its width over 2t. A limit that leaves the data is NaN, and so
// is the SE then. The column is sorted once a domain.
func (c *Cells) Quantiles(col Column, rule QuantileRule, p []float64, m Method) ([]Estimate, error) {
	if n := col.Len(); n != c.design.Rows() {
		return nil, fmt.Errorf("svy: column %q has %d rows, the design %d", col.Name, n, c.design.Rows())
	}
	if m.DF == DFPooled {
		return nil, fmt.Errorf("svy: variances of quantiles cannot be pooled by their design effects")
	}
	out := make([]Estimate, (len(c.of)+1)*len(p))
	each(len(c.of)+1, c.design.workers, func(i int) {
		df := c.DF(i - 1)
		if m.DF == DFDesign {
			df = c.design.DF()
		}
		d := c.distributionOf(&col, i-1)
		for j, prob := range p {
			out[i*len(p)+j], _ = c.quantile(&col, &d, rule, prob, i-1, df, m)
			out[i*len(p)+j].Domain = i - 1
		}
	})
	return out, nil
}

// Quantile gives a quantile of a domain with linearised scores for an index or a difference: those of F(q) times
// -dq/dF, the slope being the width of Woodruff's interval over that of F(q)'s, so that their variance is the square
// of Woodruff's SE. Where the interval leaves the data there are no scores and the value is no estimate.
func (c *Cells) Quantile(col Column, rule QuantileRule, p float64, domain int, m Method) Linear {
	d := c.distributionOf(&col, domain)
	e, l := c.quantile(&col, &d, rule, p, domain, c.DF(domain), m)
	if e.Status != OK {
		return Linear{Value: math.NaN(), N: e.N, SumW: e.SumW}
	}
	if se := c.design.SE(l); se > 0 {
		for i := range l.Z {
			l.Z[i] *= -e.SE / se
		}
	}
	l.Value = e.Value
	return l
}

// quantile gives the estimate and the linearised F(q).
func (c *Cells) quantile(col *Column, d *distribution, rule QuantileRule, p float64, domain int, df float64, m Method) (Estimate, Linear) {
	nan := math.NaN()
	q := d.quantile(rule, p)
	f := c.shareUpTo(col, q, domain)
	e := c.design.assess(&f, nan, m, df)
	e.Value, e.Deff = q, nan
	if e.Status != OK {
		return e, f
	}
	if !(e.DF > 0) {
		e.Status, e.SE, e.DesignSE = NoInterval, nan, nan
		return e, f
	}
	lo, hi := ProportionInterval(m.Interval, f.Value, e.SE, e.DF, f.N, m.level())
	e.Lo, e.Hi = d.quantile(rule, lo), d.quantile(rule, hi)
	e.SE = (e.Hi - e.Lo) / (2 * TQuantile(m.level(), e.DF))
	e.DesignSE = e.SE
	if e.SE != e.SE {
		e.Status = NoInterval
	}
	return e, f
}

// shareUpTo is the mean of 1(y ≤ q) over the answered rows of a domain.
func (c *Cells) shareUpTo(col *Column, q float64, domain int) Linear {
	s := c.sumUpTo(c.design.weights, col, q, domain)
	if c.cal != nil {
		s.fit = c.sumUpTo(c.design.cal.fit, col, q, domain)
	}
	return s.Mean(0, domain)
}

// sumUpTo sums 1(y ≤ q) by the given weights of the rows.
func (c *Cells) sumUpTo(weights []float64, col *Column, q float64, domain int) *Sums {
	s := &Sums{cells: c, vars: []varSums{newVarSums(col.Name, len(c.unit))}}
	v := &s.vars[0]
	c.eachRow(domain, func(cell, row int) {
		y := col.At(row)
		if y != y {
			return
		}
		w := weights[row]
		v.n[cell]++
		v.w[cell] += w
		if y <= q {
			v.wy[cell] += w
		}
	})
	return s
}
