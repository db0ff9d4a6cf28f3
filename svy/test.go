package svy

import (
	"cmp"
	"math"
	"slices"
)

// Test is the test of an estimate against zero.
type Test struct {
	Estimate
	T float64 // Value/SE
	P float64 // two-sided, by Student's t with DF degrees of freedom
}

// TestOf tests a linearised estimate (a difference, a contrast) against zero. An estimate with SE 0 cannot be
// tested: T and P are NaN.
func (d *Design) TestOf(l Linear, df float64, m Method) Test {
	e := d.EstimateOf(l, df, m)
	t := Test{Estimate: e, T: math.NaN(), P: math.NaN()}
	if e.SE > 0 {
		t.T = e.Value / e.SE
		t.P = PValue(t.T, e.DF)
	}
	return t
}

// Difference is a - b, tested with the covariance of the two: through shared PSUs where they are waves of a panel of
// areas. a and b are estimates of one design.
func (d *Design) Difference(a, b Linear, df float64, m Method) Test {
	return d.TestOf(Combine([]float64{1, -1}, a, b), df, m)
}

// BenjaminiHochberg adjusts p-values for the false discovery rate over a family: with m tests, the i-th smallest
// becomes min over j ≥ i of p_(j) m/j (Benjamini & Hochberg 1995). NaN is no test and stays NaN.
func BenjaminiHochberg(p []float64) []float64 {
	out := make([]float64, len(p))
	var order []int
	for i, v := range p {
		if out[i] = v; v == v {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(len(order))/float64(rank))
		out[i] = least
	}
	return out
}
