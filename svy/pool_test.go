package svy

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// TestPooledCoverage: domains whose variance sits almost whole in one stratum of two PSUs, as in a small province of
// PAPI, get intervals that hold the truth in 95 of 100 cases when their design effects differ as the model has it, and
// in a few more when they are all the same (τ² is then estimated too large in half of the cases); PSUs less strata
// give 82. 23,000 intervals that share 400 estimated class means: the Monte Carlo error is under 0.3 points, the
// tolerance 1.2 points below and 3.5 above.
func TestPooledCoverage(t *testing.T) {
	const domains, repeats = 57, 400
	shares := []float64{0.97, 0.02, 0.01} // of the variance, by stratum
	extra := []float64{1, 1, 2}           // n_h - 1
	for name, prior := range map[string]float64{"same design effects": math.Inf(1), "design effects that differ": 6} {
		rng := rand.NewPCG(7, uint64(len(name)))
		normal := rand.New(rng)
		held, heldNominal := 0, 0
		for range repeats {
			es := make([]Estimate, domains)
			for p := range es {
				delta := 3.0
				if !math.IsInf(prior, 1) {
					delta *= prior / distuv.ChiSquared{K: prior, Src: rng}.Rand()
				}
				e := Estimate{Status: OK, DF: 4, Value: math.Sqrt(delta) * normal.NormFloat64()}
				for h, share := range shares {
					v := delta * share * distuv.ChiSquared{K: extra[h], Src: rng}.Rand() / extra[h]
					e.Deff += v
					e.fair += v * v / (extra[h] + 2)
				}
				e.SE = math.Sqrt(e.Deff) // V_srs = 1
				if math.Abs(e.Value) <= TQuantile(0.95, 4)*e.SE {
					heldNominal++
				}
				es[p] = e
			}
			pool(es, nil)
			for _, e := range es {
				if math.Abs(e.Value) <= TQuantile(0.95, e.DF)*e.SE {
					held++
				}
			}
		}
		share, nominal := float64(held)/domains/repeats, float64(heldNominal)/domains/repeats
		t.Logf("%s: pooled %.1f %%, nominal %.1f %%", name, 100*share, 100*nominal)
		if share < 0.938 || share > 0.985 {
			t.Errorf("%s: pooled intervals hold the truth in %.1f %% of the cases", name, 100*share)
		}
		if nominal > 0.86 {
			t.Errorf("%s: nominal intervals hold the truth in %.1f %%: the test has lost its point", name, 100*nominal)
		}
	}
}

// TestPoolLeavesSmallClasses: fewer than three domains, and domains without a design effect, keep their own SE.
func TestPoolLeavesSmallClasses(t *testing.T) {
	own := Estimate{Status: OK, DF: 4, SE: 2, Deff: 3, fair: 8}
	flat := Estimate{Status: OK, DF: 4, SE: 0, Deff: math.NaN()}
	es := []Estimate{own, own, flat, own, own, own}
	es[4].SE, es[4].Deff = 4, 12
	pool(es, []int{0, 0, 1, 1, 1, 1})
	if es[0] != own || es[1] != own || es[2].SE != 0 || es[2].DF != 4 {
		t.Errorf("%+v", es[:3])
	}
	if es[4].SE >= 4 || es[3].SE <= 2 {
		t.Errorf("nothing was pooled: %+v", es[3:])
	}
}
