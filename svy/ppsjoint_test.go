package svy_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"thuoc/svy"
)

// TestUnbiasedOverAllSamples draws every sample of two from a small frame by Brewer's method and weighs its variance
// estimate with the probability of the sample: Yates–Grundy and Horvitz–Thompson must give the true variance of the
// total exactly.
func TestUnbiasedOverAllSamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.Float64Range(1, 5), 6, 8).Draw(t, "sizes") // at most 5 of 10: π < 1
		y := rapid.SliceOfN(rapid.Float64Range(-10, 10), len(sizes), len(sizes)).Draw(t, "y")
		pi, err := svy.InclusionProbabilities(sizes, 2)
		if err != nil {
			t.Fatal(err)
		}
		joint, err := svy.JointOfTwo(pi)
		if err != nil {
			t.Skip("a unit taken for certain")
		}
		want, scale := 0.0, 0.0
		var got [2]float64
		for i := range pi {
			row := 0.0
			for j := range pi {
				if i == j {
					continue
				}
				row += joint[i][j]
				if j > i {
					continue
				}
				d := y[i]/pi[i] - y[j]/pi[j]
				want += (pi[i]*pi[j] - joint[i][j]) * d * d
				for k, v := range pairVariances(t, [2]float64{pi[i], pi[j]}, [2]float64{y[i], y[j]}, joint[i][j]) {
					got[k] += joint[i][j] * v
					scale += joint[i][j] * math.Abs(v)
				}
			}
			if math.Abs(row-pi[i]) > 1e-12 {
				t.Fatalf("Σ π_ij = %v, π_i = %v", row, pi[i])
			}
		}
		for k, v := range got {
			if math.Abs(v-want) > 1e-9*(scale+1) {
				t.Fatalf("estimator %d: expectation %v, variance %v", k, v, want)
			}
		}
	})
}

// pairVariances are the estimates by Yates–Grundy and Horvitz–Thompson from a sample of two.
func pairVariances(t *rapid.T, pi, y [2]float64, both float64) (v [2]float64) {
	d, err := svy.New(svy.Spec{Weights: []float64{1 / pi[0], 1 / pi[1]}, Stages: []svy.Stage{{Inclusion: pi[:]}}})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := d.Cells(svy.Factor{})
	s, err := c.Scan(svy.NewColumn("y", y[:]))
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.JointInclusion(func(a, b int) float64 { return both })
	if err != nil {
		t.Fatal(err)
	}
	for k := range v {
		p.Estimator = svy.PPSEstimator(k)
		v[k] = p.Var(s.Total(0, svy.Whole))
	}
	return v
}

// TestEqualProbabilities: where all units of a stratum have the same inclusion probability n/N, Brewer's variance is
// that of simple random sampling with a population size, at every stage, and so is Yates–Grundy with the joint
// probabilities n(n-1)/(N(N-1)).
func TestEqualProbabilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		if !s.fpc {
			t.Skip("no population sizes")
		}
		spec := s.spec()
		plain, err := svy.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		for j := range spec.Stages {
			units, of := map[string]map[string]bool{}, make([]string, len(s.rows))
			for i, r := range s.rows {
				of[i] = strings.Join(r.units[:j], "|") + "/" + strings.Join(r.strata[:j+1], "|")
				if units[of[i]] == nil {
					units[of[i]] = map[string]bool{}
				}
				units[of[i]][r.units[j]] = true
			}
			pi := make([]float64, len(s.rows))
			for i, r := range s.rows {
				pi[i] = float64(len(units[of[i]])) / r.fpc[j]
			}
			spec.Stages[j].FPC, spec.Stages[j].Inclusion = nil, pi
		}
		brewer, err := svy.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		var values [2][]svy.Linear
		for k, d := range []*svy.Design{plain, brewer} {
			c, _ := d.Cells(s.labels(func(r plainRow) string { return r.domain }))
			sums, _ := c.Scan(s.column("y", yOf), s.column("x", xOf))
			for domain := svy.Whole; domain < len(c.Domains()); domain++ {
				values[k] = append(values[k], sums.Mean(1, domain))
			}
		}
		strata := brewer.Strata()
		joint, err := brewer.JointInclusion(func(a, b int) float64 {
			h := strata[brewer.StratumOf(a)]
			n, frame := float64(h.N), frameOf(s, brewer, a)
			return n * (n - 1) / (frame * (frame - 1))
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range values[0] {
			if a.N == 0 {
				continue
			}
			want := plain.Var(a)
			if got := brewer.Var(values[1][i]); !nearly(got, want, 1e-9) {
				t.Fatalf("Brewer %v, with population sizes %v", got, want)
			}
			if got := joint.Var(values[1][i]); math.Abs(got-want) > 1e-9*(math.Abs(want)+1e-3) {
				t.Fatalf("Yates–Grundy %v, with population sizes %v", got, want)
			}
			want = plain.Cov(a, values[0][0])
			if got := brewer.Cov(values[1][i], values[1][0]); math.Abs(got-want) > 1e-9*(math.Abs(want)+1e-3) {
				t.Fatalf("covariance %v, with population sizes %v", got, want)
			}
		}
	})
}

// frameOf is the population size of a PSU's stratum.
func frameOf(s plainSample, d *svy.Design, psu int) float64 {
	for i, r := range s.rows {
		if d.PSU(d.Unit(i)) == psu {
			return r.fpc[0]
		}
	}
	return math.NaN()
}

// TestBrewerIsHartleyRao: with Σ π² estimated from the sample, Yates–Grundy with Hartley & Rao's probabilities is
// Brewer's variance, exactly.
func TestBrewerIsHartleyRao(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "n")
		pi := rapid.SliceOfN(rapid.Float64Range(0.05, 0.95), n, n).Draw(t, "pi")
		y := rapid.SliceOfN(rapid.Float64Range(-5, 5), n, n).Draw(t, "y")
		w := make([]float64, n)
		for i := range w {
			w[i] = 1 / pi[i]
		}
		d, err := svy.New(svy.Spec{Weights: w, Stages: []svy.Stage{{Inclusion: pi}}})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := d.Cells(svy.Factor{})
		s, _ := c.Scan(svy.NewColumn("y", y))
		p, err := d.HartleyRao(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []svy.Linear{s.Total(0, svy.Whole), s.Mean(0, svy.Whole)} {
			if a, b := d.Var(l), p.Var(l); math.Abs(a-b) > 1e-9*(a+1e-9) {
				t.Fatalf("Brewer %v, Hartley–Rao %v", a, b)
			}
		}
	})
}

// TestCascadeWithInclusion: the simulated sample with its certainties and inclusion probabilities, whole and merged from
// provinces, has the same bits; and drawing without replacement leaves less variance than with.
func TestCascadeWithInclusion(t *testing.T) {
	p := populate(t, smallSimulation())
	a := p.Survey(1, 0)
	spec := a.Spec(svy.Cascade, svy.LonelyRemove)
	plain, err := svy.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	for i := range spec.Stages {
		spec.Stages[i].Inclusion = a.Pi[i]
	}
	whole, err := svy.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	want := surveySums(t, whole, a, nil)
	for v := range want.Vars() {
		if with, without := plain.Var(surveySums(t, plain, a, nil).Mean(v, svy.Whole)), whole.Var(want.Mean(v, svy.Whole)); !(without < with) {
			t.Errorf("%s: variance %v without replacement, %v with", want.Name(v), without, with)
		}
	}
	var parts []*svy.Sums
	for province := range p.Provinces() {
		var rows []int
		for i, code := range a.Province.Codes {
			if int(code) == province {
				rows = append(rows, i)
			}
		}
		part := svy.Spec{Lonely: svy.LonelyRemove, Shard: true, Stages: make([]svy.Stage, len(spec.Stages))}
		for _, i := range rows {
			part.Weights = append(part.Weights, spec.Weights[i])
			for j, st := range spec.Stages {
				to := &part.Stages[j]
				to.Units.Codes = append(to.Units.Codes, st.Units.Codes[i])
				if st.Strata.Codes != nil {
					to.Strata.Codes = append(to.Strata.Codes, st.Strata.Codes[i])
				}
				to.Certain, to.Inclusion = append(to.Certain, st.Certain[i]), append(to.Inclusion, st.Inclusion[i])
			}
		}
		d, err := svy.New(part)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, surveySums(t, d, a, rows))
	}
	merged, err := svy.Merge(parts...)
	if err != nil {
		t.Fatal(err)
	}
	for v := range want.Vars() {
		x, y := want.Mean(v, svy.Whole), merged.Mean(v, svy.Whole)
		if !nearly(x.Value, y.Value, 1e-13) || !nearly(whole.Var(x), merged.Design().Var(y), 1e-11) {
			t.Errorf("%s: %v ± %v whole, %v ± %v merged", want.Name(v), x.Value, whole.SE(x), y.Value, merged.Design().SE(y))
		}
	}
}

// surveySums scans the items of all rows, or of some.
func surveySums(t *testing.T, d *svy.Design, a *svy.SimulatedSurvey, rows []int) *svy.Sums {
	t.Helper()
	items := a.Items
	if rows != nil {
		items = nil
		for _, c := range a.Items {
			v := make([]float64, len(rows))
			for k, i := range rows {
				v[k] = c.At(i)
			}
			items = append(items, svy.NewColumn(c.Name, v))
		}
	}
	c, err := d.Cells(svy.Factor{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Scan(items...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestInclusionFaults: what cannot be an inclusion probability is refused with its row.
func TestInclusionFaults(t *testing.T) {
	units := svy.NewFactor([]string{"a", "a", "b"})
	for kind, stage := range map[svy.DesignFaultKind]svy.Stage{
		svy.BadInclusion:     {Units: units, Inclusion: []float64{0.5, 0.5, 1.5}},
		svy.VaryingInclusion: {Units: units, Inclusion: []float64{0.5, 0.4, 0.5}},
		svy.TwoFractions:     {Units: units, Inclusion: []float64{0.5, 0.5, 0.5}, FPC: []float64{9, 9, 9}},
		svy.BadShape:         {Units: units, Inclusion: []float64{0.5}},
	} {
		_, err := svy.New(svy.Spec{Weights: []float64{1, 1, 1}, Stages: []svy.Stage{stage}})
		faults, ok := errors.AsType[*svy.DesignError](err)
		if !ok || faults.Faults[0].Kind != kind || err.Error() == "" {
			t.Errorf("want fault %d, got %v", kind, err)
		}
	}
	d, err := svy.New(svy.Spec{Weights: []float64{1, 1, 1}, Stages: []svy.Stage{{Units: units, Inclusion: []float64{0.5, 0.5, 0.4}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.JointInclusion(func(int, int) float64 { return 0.45 }); err == nil {
		t.Error("a joint probability above a single one was accepted")
	}
	if _, err := d.HartleyRao([]float64{1, 2}); err == nil {
		t.Error("two sums for one stratum were accepted")
	}
	plain, _ := svy.New(svy.Spec{Weights: []float64{1, 1}})
	if _, err := plain.HartleyRao(nil); err == nil {
		t.Error("a design without inclusion probabilities was accepted")
	}
	for _, pi := range [][]float64{{1, 1}, {0.5, 0.5}, {math.NaN(), 1}} {
		if _, err := svy.JointOfTwo(pi); err == nil {
			t.Errorf("%v accepted", pi)
		}
	}
}

// ExampleDesign_HartleyRao estimates the people of a district from three communes drawn by size out of ten: Brewer's
// variance, and Yates & Grundy's with Hartley & Rao's joint probabilities, for which the frame's Σ π² must be known.
func ExampleDesign_HartleyRao() {
	pi := []float64{0.9, 0.5, 0.4}
	d, _ := svy.New(svy.Spec{Weights: []float64{1 / 0.9, 2, 2.5}, Stages: []svy.Stage{{Inclusion: pi}}})
	c, _ := d.Cells(svy.Factor{})
	s, _ := c.Scan(svy.NewColumn("people", []float64{8800, 6300, 3200}))
	total := s.Total(0, svy.Whole)
	p, _ := d.HartleyRao([]float64{1.35})
	fmt.Printf("%.0f people, SE %.0f by Brewer, %.0f by Hartley–Rao\n", total.Value, d.SE(total), p.SE(total))
	// Output: 30378 people, SE 2946 by Brewer, 2501 by Hartley–Rao
}
