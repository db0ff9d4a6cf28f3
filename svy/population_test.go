package svy_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thuoc/svy"
)

// smallSimulation is a country of two classes that is made in a moment.
func smallSimulation() svy.Simulation {
	s := svy.PAPISimulation()
	s.Classes = []svy.ProvinceClass{
		{Name: "medium", Provinces: 2, Frame: 12, Districts: 6, Answers: 8},
		{Name: "small", Provinces: 4, Frame: 8, Districts: 3, Answers: 8},
	}
	s.Items = 6
	return s
}

func populate(t testing.TB, s svy.Simulation) *svy.Population {
	t.Helper()
	p, err := s.Population()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func distinct(codes []int32) int {
	c := slices.Clone(codes)
	slices.Sort(c)
	return len(slices.Compact(c))
}

// TestPAPISample: the sample has the numbers of units that PAPI publishes.
func TestPAPISample(t *testing.T) {
	s := svy.PAPISimulation()
	s.Items = 2
	p := populate(t, s)
	a := p.Survey(1, 0)
	got := []int{distinct(a.Province.Codes), distinct(a.Stages[0].Codes), distinct(a.Stages[1].Codes), distinct(a.Stages[2].Codes), len(a.Weights)}
	if want := []int{63, 207, 414, 828, 13_632}; !slices.Equal(got, want) {
		t.Errorf("provinces, districts, communes, villages, people: %v, want %v", got, want)
	}
}

// TestSimulationRepeats: a seed gives the same answers each time, another seed another sample of the same truth.
func TestSimulationRepeats(t *testing.T) {
	p, q := populate(t, smallSimulation()), populate(t, smallSimulation())
	byBits := cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
	if d := cmp.Diff(p.Survey(5, 1), q.Survey(5, 1), byBits, cmp.AllowUnexported(svy.SimulatedSurvey{})); d != "" {
		t.Errorf("the same seed differs:\n%s", d)
	}
	if cmp.Equal(p.Survey(5, 0).Items, p.Survey(6, 0).Items, byBits) {
		t.Error("another seed gave the same answers")
	}
	for item := range p.Items() {
		if a, b := p.Truth(1, item, 3), q.Truth(1, item, 3); a != b {
			t.Errorf("truth %v and %v", a, b)
		}
	}
}

// TestWeightsAddUp: with sizes known and a seat at every stage, the weights of a province add up to its people in
// every sample, and every seat is in it.
func TestWeightsAddUp(t *testing.T) {
	p := populate(t, smallSimulation())
	rapid.Check(t, func(t *rapid.T) {
		s := p.Survey(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 1).Draw(t, "wave"))
		sum, capital := make([]float64, p.Provinces()), make([]bool, p.Provinces())
		for i, w := range s.Weights {
			province := s.Province.Codes[i]
			sum[province] += w
			capital[province] = capital[province] || s.Certain[0][i]
		}
		for province, got := range sum {
			if math.Abs(got/p.People(province)-1) > 1e-12 || !capital[province] {
				t.Fatalf("province %d: weights of %v people, %v live there; capital %t", province, got, p.People(province), capital[province])
			}
		}
	})
}

// TestSurveyUnbiased: over 400 samples the mean error of every province mean is within 4.5 of its Monte Carlo errors
// (36 means; seeded), where everybody asked answers.
func TestSurveyUnbiased(t *testing.T) {
	s := smallSimulation()
	s.Missing = 0
	p := populate(t, s)
	const surveys = 400
	n := p.Provinces()
	sum, square := make([]float64, n*p.Items()), make([]float64, n*p.Items())
	for r := range surveys {
		a := p.Survey(uint64(r), 0)
		off, w := make([]float64, n*p.Items()), make([]float64, n)
		for i, weight := range a.Weights {
			province := int(a.Province.Codes[i])
			w[province] += weight
			for j := range a.Items {
				off[j*n+province] += weight * (a.Items[j].At(i) - p.Truth(0, j, province))
			}
		}
		for k, v := range off {
			v /= w[k%n]
			sum[k] += v
			square[k] += v * v
		}
	}
	for k, v := range sum {
		mean := v / surveys
		se := math.Sqrt((square[k]/surveys - mean*mean) / surveys)
		if math.Abs(mean) > 4.5*se {
			t.Errorf("item %d, province %d: off by %v, Monte Carlo error %v", k/n, k%n, mean, se)
		}
	}
}

// TestPanel: units drawn by size stay as Keep says, and the people change.
func TestPanel(t *testing.T) {
	kept := func(keep [3]float64) (shares [3]float64, s, next *svy.SimulatedSurvey) {
		sim := smallSimulation()
		sim.Classes[1].Provinces = 40
		sim.Keep = keep
		p := populate(t, sim)
		s, next = p.Survey(3, 0), p.Survey(3, 1)
		for stage := range shares {
			var drawn, stay float64
			seen := map[int32]bool{}
			for i, u := range s.Stages[stage].Codes {
				above := stage == 0 || slices.Contains(next.Stages[stage-1].Codes, s.Stages[stage-1].Codes[i])
				if s.Certain[stage][i] || seen[u] || !above {
					continue
				}
				seen[u] = true
				drawn++
				if slices.Contains(next.Stages[stage].Codes, u) {
					stay++
				}
			}
			shares[stage] = stay / drawn
		}
		return shares, s, next
	}
	shares, s, next := kept([3]float64{1, 1, 1})
	if shares != [3]float64{1, 1, 1} {
		t.Errorf("kept %v of all", shares)
	}
	same := 0
	for i := range s.Weights {
		if s.Items[0].At(i) == next.Items[0].At(i) && s.Items[3].At(i) == next.Items[3].At(i) {
			same++
		}
	}
	if float64(same) > 0.8*float64(len(s.Weights)) {
		t.Errorf("%d of %d people answered the same in both waves", same, len(s.Weights))
	}
	// A unit that is drawn anew can be drawn again: of villages about one in eight is.
	if shares, _, _ = kept([3]float64{1, 1, 0.5}); shares[0] != 1 || shares[1] != 1 || shares[2] < 0.48 || shares[2] > 0.66 {
		t.Errorf("kept %v, want all, all and about 0.56", shares)
	}
	if shares, _, _ = kept([3]float64{0, 1, 1}); shares[0] > 0.5 {
		t.Errorf("kept %v of districts drawn anew", shares)
	}
}

// TestTilt: when those who say less tend to answer less, the answers tell too much of the others.
func TestTilt(t *testing.T) {
	s := smallSimulation()
	s.Missing, s.Tilt = 0.3, 2
	p := populate(t, s)
	a := p.Survey(1, 0)
	var sum, w float64
	for i, weight := range a.Weights {
		if v := a.Items[1].At(i); v == v {
			sum, w = sum+weight*v, w+weight
		}
	}
	if mean, truth := sum/w, p.Truth(0, 1, svy.Whole); mean > truth-0.03 {
		t.Errorf("mean %v of those who answered, truth %v", mean, truth)
	}
}

// TestSimulationFaults: every fault is told at once.
func TestSimulationFaults(t *testing.T) {
	_, err := svy.Simulation{Classes: []svy.ProvinceClass{{Name: "x", Provinces: 1, Frame: 2, Districts: 3, Answers: 1}},
		Missing: 0.9, Correlation: 2, Components: [3]float64{-1}, Tilt: math.NaN()}.Population()
	if err == nil {
		t.Fatal("accepted")
	}
	if n := len(err.(interface{ Unwrap() []error }).Unwrap()); n != 6 {
		t.Errorf("%d faults, want 6: %v", n, err)
	}
}

// TestInclusionProbabilities: they sum to n, never pass 1, and are in proportion to size below 1.
func TestInclusionProbabilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.Float64Range(0.01, 1000), 1, 30).Draw(t, "sizes")
		n := rapid.IntRange(0, len(sizes)).Draw(t, "n")
		pi, err := svy.InclusionProbabilities(sizes, n)
		if err != nil {
			t.Fatal(err)
		}
		sum, ratio := 0.0, math.NaN()
		for i, p := range pi {
			sum += p
			if p > 1 || p < 0 {
				t.Fatalf("π = %v", p)
			}
			if p < 1 && p > 0 {
				if r := p / sizes[i]; ratio == ratio && !nearly(r, ratio, 1e-9) {
					t.Fatalf("π/size %v and %v", r, ratio)
				} else {
					ratio = r
				}
			}
		}
		if math.Abs(sum-float64(n)) > 1e-9 {
			t.Fatalf("sum %v, n %d", sum, n)
		}
		drawn := svy.DrawSystematic(pi, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)))
		if len(drawn) != n {
			t.Fatalf("drew %d of %d", len(drawn), n)
		}
		for i, p := range pi {
			if p == 1 && !slices.Contains(drawn, i) {
				t.Fatalf("a certainty was not drawn: %v of %v", drawn, pi)
			}
		}
	})
	for _, c := range []struct {
		sizes []float64
		n     int
	}{{[]float64{1, 2}, 3}, {[]float64{1, 0}, 1}, {[]float64{1, math.Inf(1)}, 1}, {[]float64{1}, -1}} {
		if _, err := svy.InclusionProbabilities(c.sizes, c.n); err == nil {
			t.Errorf("%d of %v accepted", c.n, c.sizes)
		}
	}
}

// TestDrawSystematic: units are drawn as often as their probabilities say: 20,000 draws, within 4.5 Monte Carlo errors.
func TestDrawSystematic(t *testing.T) {
	pi, err := svy.InclusionProbabilities([]float64{9, 3, 2, 1, 1, 0.5}, 3)
	if err != nil {
		t.Fatal(err)
	}
	const draws = 20_000
	rng, count := rand.New(rand.NewPCG(1, 2)), make([]float64, len(pi))
	for range draws {
		for _, i := range svy.DrawSystematic(pi, rng) {
			count[i]++
		}
	}
	for i, c := range count {
		if se := math.Sqrt(pi[i] * (1 - pi[i]) / draws); math.Abs(c/draws-pi[i]) > 4.5*se {
			t.Errorf("unit %d drawn in %.4f of the draws, π = %.4f", i, c/draws, pi[i])
		}
	}
}

// ExamplePopulation_Survey takes one wave of a made-up survey like PAPI's and holds an estimate against the truth.
func ExamplePopulation_Survey() {
	country := svy.PAPISimulation()
	country.Items = 1
	p, _ := country.Population()
	answers := p.Survey(1, 0)
	design, _ := svy.New(answers.Spec(svy.CapitalApart, svy.LonelyFail))
	cells, _ := design.Cells(answers.Province)
	sums, _ := cells.Scan(answers.Items...)
	e := sums.Estimates(svy.StatMean, svy.Method{})[0]
	fmt.Printf("%d people, %d PSUs: %.3f to %.3f, truth %.3f\n", e.N, design.PSUs(), e.Lo, e.Hi, p.Truth(0, 0, svy.Whole))
	// Output: 13632 people, 396 PSUs: 1.319 to 1.377, truth 1.320
}
