package svy_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thuoc/svy"
)

func seeded(seed uint64) float64 { return rand.New(rand.NewPCG(seed, 1)).Float64() }

// TestSobolIshigami holds the indices to the function of Ishigami & Homma (1990), whose own are known: with
// sin x1 + 7 sin² x2 + x3⁴/10 sin x1 on (-π, π) the variance is 13.8446, first 0.3139, 0.4424, 0, total 0.5576, 0.4424,
// 0.2437. 20,000 runs, seeded; within 4.5 of the Monte Carlo errors given.
func TestSobolIshigami(t *testing.T) {
	s := svy.Sobol{Inputs: 3, Outputs: 2, Runs: 20_000, Seed: 2, Model: func(in []uint64, out []float64) error {
		var x [3]float64
		for i := range x {
			x[i] = math.Pi * (2*seeded(in[i]) - 1)
		}
		out[0] = math.Sin(x[0]) + 7*math.Pow(math.Sin(x[1]), 2) + 0.1*math.Pow(x[2], 4)*math.Sin(x[0])
		out[1] = 5
		return nil
	}}
	got, err := s.Indices()
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Variance[0]/13.8446-1) > 0.02 || math.Abs(got.Mean[0]-3.5) > 0.1 {
		t.Errorf("mean %v, variance %v", got.Mean[0], got.Variance[0])
	}
	for i, want := range [][2]float64{{0.3139, 0.5576}, {0.4424, 0.4424}, {0, 0.2437}} {
		if d := math.Abs(got.First[i][0] - want[0]); d > 4.5*got.FirstSE[i][0] || got.FirstSE[i][0] > 0.02 {
			t.Errorf("first %d: %.4f ± %.4f, want %.4f", i+1, got.First[i][0], got.FirstSE[i][0], want[0])
		}
		if d := math.Abs(got.Total[i][0] - want[1]); d > 4.5*got.TotalSE[i][0]+1e-3 || got.TotalSE[i][0] > 0.02 {
			t.Errorf("total %d: %.4f ± %.4f, want %.4f", i+1, got.Total[i][0], got.TotalSE[i][0], want[1])
		}
		if got.First[i][1] == got.First[i][1] {
			t.Errorf("an output that does not vary has the index %v", got.First[i][1])
		}
	}
}

// TestSobolRepeats: goroutines change no bit, and an error of the model stops the run.
func TestSobolRepeats(t *testing.T) {
	s := svy.Sobol{Inputs: 2, Outputs: 1, Runs: 200, Seed: 1, Workers: 1, Model: func(in []uint64, out []float64) error {
		out[0] = seeded(in[0]) * seeded(in[1])
		return nil
	}}
	a, _ := s.Indices()
	s.Workers = 5
	b, _ := s.Indices()
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
	s.Model = func([]uint64, []float64) error { return errors.New("no") }
	if _, err := s.Indices(); err == nil {
		t.Error("the model's error was lost")
	}
	if _, err := (svy.Sobol{Inputs: 1, Outputs: 1, Runs: 1}).Indices(); err == nil {
		t.Error("one run accepted")
	}
}

// flatIndex is the mean of so many items, each scored 1…10 over 0…1.
func flatIndex(t testing.TB, items int) *svy.Index {
	t.Helper()
	nodes := []svy.IndexNode{{Code: "index", Scale: [2]float64{1, 10}}}
	for j := range items {
		nodes[0].Parts = append(nodes[0].Parts, j+1)
		nodes = append(nodes, svy.IndexNode{Code: fmt.Sprint(j + 1), Scale: [2]float64{1, 10}, Item: j, Posts: [2]float64{0, 1}})
	}
	x, err := svy.NewIndex(nodes)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestWeightsDecide: of two units that are each best in one of two items, either is first under half of all weights;
// one that is worse than both in everything is last under all.
func TestWeightsDecide(t *testing.T) {
	s := svy.Sensitivity{Index: flatIndex(t, 2), Values: [][]float64{{0.9, 0.3}, {0.3, 0.9}, {0.1, 0.2}}, AnyWeights: true, Seed: 1, Draws: 20_000}
	spread, err := s.Ranks()
	if err != nil {
		t.Fatal(err)
	}
	for u := range 2 {
		if f := spread[u].First(); math.Abs(f-0.5) > 0.016 { // 4.5 Monte Carlo errors
			t.Errorf("unit %d is first under %.3f of the weights", u, f)
		}
	}
	if spread[2].Shares[2] < 1-1e-9 || spread[2].Lo != 3 || spread[2].Hi != 3 || math.Abs(spread[2].Mean-3) > 1e-9 {
		t.Errorf("the last: %+v", spread[2])
	}
	// Within ± 20 % of equal weights 0.9 against 0.8 cannot lose to 0.4 against 0.9.
	s = svy.Sensitivity{Index: flatIndex(t, 2), Values: [][]float64{{0.9, 0.8}, {0.4, 0.9}}, WeightSpread: 0.2, Draws: 2000}
	if spread, err = s.Ranks(); err != nil || spread[0].First() < 1-1e-9 {
		t.Errorf("%+v, %v", spread, err)
	}
}

// TestSamplingErrorAlone: with nothing but sampling error, the shares are the group probabilities of Ranking, which
// draws scores instead of items: 20,000 draws each, within 0.02.
func TestSamplingErrorAlone(t *testing.T) {
	values := [][]float64{{0.5, 0.6}, {0.55, 0.5}, {0.4, 0.6}}
	var errs []svy.Covariance
	se := []float64{}
	for u := range values {
		a, b, r := 0.04+0.01*float64(u), 0.03, 0.5
		cov, err := svy.FullCovariance([]float64{a * a, r * a * b, r * a * b, b * b})
		if err != nil {
			t.Fatal(err)
		}
		errs = append(errs, cov)
		se = append(se, 4.5*math.Sqrt(a*a+b*b+2*r*a*b))
	}
	s := svy.Sensitivity{Index: flatIndex(t, 2), Values: values, Errors: errs, DF: []float64{4, 6, 0}, Draws: 20_000, Seed: 4}
	spread, err := s.Ranks()
	if err != nil {
		t.Fatal(err)
	}
	scores := []float64{}
	for _, v := range values {
		scores = append(scores, 1+4.5*(v[0]+v[1]))
	}
	d, err := svy.Ranking{Values: scores, Cov: svy.Diagonal(se), DF: []float64{4, 6, 0}, Draws: 20_000, Seed: 9}.Draw()
	if err != nil {
		t.Fatal(err)
	}
	groups, _ := d.Groups([]int{1, 2})
	for u := range values {
		for g, want := range groups[u] {
			if got := spread[u].Shares[g]; math.Abs(got-want) > 0.02 {
				t.Errorf("unit %d at rank %d: %.3f, Ranking %.3f", u, g+1, got, want)
			}
		}
	}
}

// TestSourcesShareOut: with all four sources the first-order shares and totals are there for each, and a rank that
// only weights can move has all its variance from them.
func TestSourcesShareOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	s := svy.Sensitivity{Index: flatIndex(t, 3), WeightSpread: 0.9, Aggregations: []svy.Aggregation{svy.Mean, svy.Geometric},
		Normalisations: []svy.Normalisation{svy.FixedPosts, svy.ObservedRange, svy.ZScore, svy.Percentile}, Draws: 300, Seed: 6}
	for range 8 {
		s.Values = append(s.Values, []float64{rng.Float64(), rng.Float64(), rng.Float64()})
		s.Errors = append(s.Errors, svy.Diagonal([]float64{0.05, 0.05, 0.05}))
	}
	got, err := s.Sobol()
	if err != nil {
		t.Fatal(err)
	}
	if len(got.First) != 4 || len(s.Sources()) != 4 {
		t.Fatalf("%d sources", len(got.First))
	}
	last := len(s.Values)
	if v := got.Variance[last]; !(v > 0) {
		t.Errorf("the mean shift does not vary: %v", v)
	}
	for i := range got.Total {
		if v := got.Total[i][last]; !(v > -0.2 && v < 1.3) {
			t.Errorf("%s: total %v", s.Sources()[i], v)
		}
	}
	s = svy.Sensitivity{Index: flatIndex(t, 2), Values: [][]float64{{0.9, 0.3}, {0.3, 0.9}}, AnyWeights: true, Draws: 500}
	if got, err = s.Sobol(); err != nil || math.Abs(got.Total[0][0]-1) > 0.15 || math.Abs(got.First[0][0]-1) > 0.15 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := (svy.Sensitivity{Index: s.Index, Values: s.Values}).Sobol(); err == nil {
		t.Error("nothing varies, and that was accepted")
	}
}

// TestRemoveOne: without the item in which it is best, a unit falls; a node that is a part alone cannot be taken out.
func TestRemoveOne(t *testing.T) {
	s := svy.Sensitivity{Index: flatIndex(t, 2), Values: [][]float64{{1, 0.1}, {0.2, 0.8}, {0.1, 0.2}}}
	got, err := s.RemoveOne()
	if err != nil {
		t.Fatal(err)
	}
	want := []svy.Removal{{Node: 1, Ranks: []int{3, 1, 2}, MeanShift: 4.0 / 3}, {Node: 2, Ranks: []int{1, 2, 3}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got, err = (svy.Sensitivity{Index: flatIndex(t, 1), Values: [][]float64{{1}, {2}}}).RemoveOne(); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestSensitivityProperties: shares add up, ranks without variation are those of the index, units without a score come
// last, and normalising changes no order of a single item.
func TestSensitivityProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "units")
		s := svy.Sensitivity{Index: flatIndexOf(1), Draws: 20, Seed: rapid.Uint64().Draw(t, "seed"),
			Normalisations: []svy.Normalisation{rapid.SampledFrom([]svy.Normalisation{svy.FixedPosts, svy.ObservedRange, svy.ZScore, svy.Percentile}).Draw(t, "how")}}
		for range n {
			v := rapid.Float64Range(0.05, 1).Draw(t, "value")
			if rapid.IntRange(0, 6).Draw(t, "missing") == 0 {
				v = math.NaN()
			}
			s.Values = append(s.Values, []float64{v})
		}
		spread, err := s.Ranks()
		if err != nil {
			t.Fatal(err)
		}
		for u, r := range spread {
			sum := 0.0
			for _, share := range r.Shares {
				sum += share
			}
			better := 1
			for _, v := range s.Values {
				if own := s.Values[u][0]; v[0] > own || own != own && v[0] == v[0] {
					better++
				}
			}
			if math.Abs(sum-1) > 1e-9 || r.Rank != better || r.Lo != better || r.Hi != better {
				t.Fatalf("unit %d of %v: %+v, rank %d", u, s.Values, r, better)
			}
		}
	})
}

func flatIndexOf(items int) *svy.Index {
	nodes := []svy.IndexNode{{Scale: [2]float64{1, 10}, Parts: []int{1}}, {Scale: [2]float64{1, 10}, Posts: [2]float64{0, 1}}}
	x, err := svy.NewIndex(slices.Clip(nodes[:items+1]))
	if err != nil {
		panic(err)
	}
	return x
}

func TestSensitivityFaults(t *testing.T) {
	x := flatIndex(t, 2)
	for name, s := range map[string]svy.Sensitivity{
		"no units":     {Index: x},
		"few items":    {Index: x, Values: [][]float64{{1}}},
		"wide weights": {Index: x, Values: [][]float64{{1, 1}}, WeightSpread: 2},
		"leaf weights": {Index: x, Values: [][]float64{{1, 1}}, WeightNodes: []int{1}},
		"errors":       {Index: x, Values: [][]float64{{1, 1}}, Errors: []svy.Covariance{svy.Diagonal([]float64{1})}},
		"units":        {Index: x, Values: [][]float64{{1, 1}}, Errors: []svy.Covariance{}},
		"draws":        {Index: x, Values: [][]float64{{1, 1}}, Draws: -1},
	} {
		if _, err := s.Ranks(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// BenchmarkSensitivity draws weights of 63 provinces and 112 items 10,000 times, and weights, aggregation, normalisation
// and sampling error 1,000 times. Bounds on 2 cores: 1 s each.
func BenchmarkSensitivity(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := svy.Sensitivity{Index: flatIndex(b, 112), Draws: 10_000}
	for range 63 {
		v := make([]float64, 112)
		for j := range v {
			v[j] = rng.Float64()
		}
		s.Values = append(s.Values, v)
		s.Errors = append(s.Errors, svy.Diagonal(slices.Repeat([]float64{0.03}, 112)))
	}
	weights := s
	weights.Errors, weights.WeightSpread = nil, 0.5
	all := s
	all.Draws, all.WeightSpread = 1000, 0.5
	all.Aggregations = []svy.Aggregation{svy.Mean, svy.Geometric}
	all.Normalisations = []svy.Normalisation{svy.FixedPosts, svy.ZScore}
	for name, s := range map[string]svy.Sensitivity{"weights/10000": weights, "all/1000": all} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Ranks(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
