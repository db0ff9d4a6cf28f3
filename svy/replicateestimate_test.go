package svy

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestReplicateEstimates: the table of a jackknife has the linearised table's values, counts and degrees of freedom, for
// totals its errors as well, and for means and ratios those of the replicates one by one.
func TestReplicateEstimates(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawSample(rt, 2, 4, false)
		p := must(s.design.JKn())
		p.Centre = Centre(rapid.IntRange(0, 1).Draw(rt, "centre"))
		for _, stat := range []Stat{StatMean, StatTotal} {
			want := s.sums.Estimates(stat, Method{})
			for i, e := range must(p.Estimates(s.sums, stat, Method{})) {
				w := want[i]
				if e.N != w.N || e.Domain != w.Domain || !same(e.Value, w.Value) || e.Status != NoVariance && e.DF != w.DF {
					rt.Fatalf("%s: %+v, linearised %+v", stat, e, w)
				}
				x := must(p.Mean(s.sums, 0, e.Domain))
				if stat == StatTotal {
					x = must(p.Total(s.sums, 0, e.Domain))
					if w.Status == OK && (!near(e.SE, w.SE, 1e-9) || w.Deff < 1e9 && !near(e.Deff, w.Deff, 1e-9)) {
						rt.Errorf("total ± %g with deff %g, linearised %g and %g", e.SE, e.Deff, w.SE, w.Deff)
					}
				}
				if e.N > 0 && !same(e.SE, p.SE(x)) {
					rt.Errorf("%s ± %g, from the replicates %g", stat, e.SE, p.SE(x))
				}
				if e.Status == OK && !near(e.Hi-e.Lo, 2*TQuantile(0.95, e.DF)*e.SE, 1e-9) {
					rt.Errorf("%s: interval %g to %g", stat, e.Lo, e.Hi)
				}
			}
		}
	})
}

// same compares numbers that may be missing on both sides.
func same(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || near(a, b, 1e-9) }

// TestReplicateEstimatesRefuse degrees of freedom without a meaning, sums of another design, and quantiles of a
// jackknife.
func TestReplicateEstimatesRefuse(t *testing.T) {
	d := must(New(Spec{Weights: []float64{1, 1, 1}}))
	cells := must(d.Cells(Factor{}))
	y := NewColumn("y", []float64{1, 2, 3})
	sums := must(cells.Scan(y))
	p := must(d.JKn())
	for _, rule := range []DFRule{DFSatterthwaite, DFPooled} {
		if _, err := p.Estimates(sums, StatMean, Method{DF: rule}); err == nil {
			t.Errorf("df %d passes", rule)
		}
		if _, err := p.Ratios(cells, y, y, Method{DF: rule}); err == nil {
			t.Errorf("df %d of a ratio passes", rule)
		}
	}
	if _, err := p.Quantiles(cells, y, QMath, []float64{0.5}, Method{}); err == nil {
		t.Error("a jackknife takes quantiles")
	}
	other := must(New(Spec{Weights: []float64{1, 1, 1}}))
	if _, err := must(other.JKn()).Estimates(sums, StatMean, Method{}); err == nil {
		t.Error("sums of another design pass")
	}
}
