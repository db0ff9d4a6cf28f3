package svy

import "math"

// Linear is an estimate with its linearised scores: one a sampling unit, such that the design's variance of the
// scores' total is the variance of the estimate. A Value of NaN is no estimate; its scores do not count.
//
// Scores make errors add up: the scores of a function of estimates are the scores of the estimates weighted by the
// partial derivatives (Woodruff 1971; Binder 1983), and the covariance of two estimates of one design, from whatever
// items, domains or waves, is the design's covariance of their scores. Adding the variances of the parts instead
// leaves out that the parts come from the same people.
type Linear struct {
	Value float64
	N     int       // answers behind the value
	SumW  float64   // their weights
	Unit  []int32   // units of the design with answers (of a calibrated design all), ascending; those not listed score 0
	Z     []float64 // score of each
}

// Mean is the mean of a variable over a domain: m = sum w y / sum w over the answered rows, with the scores
// z_i = (sum_i w y - m sum_i w) / sum w (Taylor linearisation of a ratio).
func (s *Sums) Mean(v, domain int) Linear {
	var l Linear
	s.mean(v, domain, &l)
	return l
}

// Total is the weighted total of a variable over a domain, z_i = sum_i w y.
func (s *Sums) Total(v, domain int) Linear {
	var l Linear
	l.N, l.SumW, l.Value, _ = s.margins(v, domain)
	s.collect(domain, &l, totalScore(v))
	return l
}

// Ratio is the ratio of the totals of two variables over a domain, z_i = sum_i w (y - R x) / sum w x. Both variables
// must have been answered on the same rows: see Paired.
func (s *Sums) Ratio(y, x, domain int) Linear {
	var l Linear
	var wy, wx float64
	l.N, l.SumW, wy, _ = s.margins(y, domain)
	_, _, wx, _ = s.margins(x, domain)
	l.Value = wy / wx
	s.collect(domain, &l, cellScore{y: y, x: x, ratio: l.Value, by: 1 / wx})
	return l
}

// Paired makes the three columns that the ratio y/x and its design effect need: y and x blank where either is missing,
// so that both count the same rows, and their product.
func Paired(y, x Column) [3]Column {
	n := y.Len()
	out := [3]Column{{Name: y.Name + "/" + x.Name}, {Name: x.Name}, {Name: y.Name + "*" + x.Name}}
	for i := range out {
		out[i].Floats = make([]float64, n)
	}
	for i := range n {
		p, q := y.At(i), x.At(i)
		if p != p || q != q {
			p, q = math.NaN(), math.NaN()
		}
		out[0].Floats[i], out[1].Floats[i], out[2].Floats[i] = p, q, p*q
	}
	return out
}

// mean fills l, reusing its slices, and gives sum w y².
func (s *Sums) mean(v, domain int, l *Linear) (wyy float64) {
	var wy float64
	l.N, l.SumW, wy, wyy = s.margins(v, domain)
	l.Value = wy / l.SumW // NaN when nobody answered
	s.collect(domain, l, cellScore{y: v, x: ones, ratio: l.Value, by: 1 / l.SumW})
	return wyy
}

// cellScore says what a cell adds to an estimate: (sum w y - ratio · sum w x) · by.
type cellScore struct {
	y, x      int // variables; x may be ones
	ratio, by float64
}

// ones stands for the variable that is 1 wherever y was answered, so that sum w x is y's sum w.
const ones = -1

func totalScore(v int) cellScore { return cellScore{y: v, x: ones, ratio: 0, by: 1} }

// sums gives sum w y and sum w x by cell.
func (z cellScore) sums(s *Sums) (wy, wx []float64) {
	if z.x == ones {
		return s.vars[z.y].wy, s.vars[z.y].w
	}
	return s.vars[z.y].wy, s.vars[z.x].wy
}

// collect fills the scores of l; those of the cells of one unit are added. In a calibrated design the scores are those
// of residuals, so the sums by the regression's weights are scored as well.
func (s *Sums) collect(domain int, l *Linear, z cellScore) {
	wy, wx := z.sums(s)
	n, unitOf := s.vars[z.y].n, s.cells.unit
	members, cells := []int32(nil), len(unitOf)
	if domain != Whole {
		members = s.cells.of[domain]
		cells = len(members)
	}
	unit, scores := grown(l.Unit, cells), grown(l.Z, cells)
	k, last := 0, int32(-1)
	for i := range cells {
		c := int32(i)
		if members != nil {
			c = members[i]
		}
		if n[c] == 0 {
			continue
		}
		score := (wy[c] - z.ratio*wx[c]) * z.by
		if u := unitOf[c]; u != last {
			unit[k], scores[k], last = u, score, u
			k++
			continue
		}
		scores[k-1] += score
	}
	l.Unit, l.Z = unit[:k], scores[:k]
	if s.fit != nil {
		s.residuals(domain, l, z)
	}
}

// grown gives a slice of a length, in the memory of s where that suffices.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Combine is the linear combination sum c_j l_j with its scores: a contrast, a difference, a sum. N and SumW are those
// of the part with the fewest answers. It is no estimate when a part is none.
func Combine(coef []float64, parts ...Linear) Linear {
	unit, at := unionUnits(parts)
	out := Linear{Unit: unit, Z: make([]float64, len(unit))}
	for j, p := range parts {
		if j == 0 || p.N < out.N {
			out.N, out.SumW = p.N, p.SumW
		}
		out.Value += coef[j] * p.Value
		if math.IsNaN(p.Value) {
			continue
		}
		for i, u := range p.Unit {
			out.Z[at[u]] += coef[j] * p.Z[i]
		}
	}
	return out
}
