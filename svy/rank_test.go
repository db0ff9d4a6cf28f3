package svy

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thuoc/internal/reference"
)

// oracle reads a CSV of the reference answers as columns of numbers; cells that are not numbers are NaN.
func oracle(t testing.TB, name string) map[string][]float64 {
	t.Helper()
	f, err := os.Open(reference.Path(t, "oracle/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cols := map[string][]float64{}
	for _, row := range rows[1:] {
		for j, cell := range row {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				v = math.NaN()
			}
			cols[rows[0][j]] = append(cols[rows[0][j]], v)
		}
	}
	return cols
}

func draw(t testing.TB, r Ranking) *RankDraws {
	t.Helper()
	d, err := r.Draw()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// must drops an error that would be a defect of the test.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestRankOracle meets R: group probabilities (200,000 normal draws there) within 0.005, rank sets of csranks 1.2.3
// within one rank.
func TestRankOracle(t *testing.T) {
	want := oracle(t, "S_rank.csv")
	n := len(want["est"])
	d := draw(t, Ranking{Values: want["est"], Cov: Diagonal(want["se"]), Draws: 200_000, Seed: 1})
	groups := must(d.Groups(EqualGroups(n, 4)))
	marginal, simultaneous := must(d.Marginal(0.95)), must(d.Simultaneous(0.95))
	for i := range n {
		if got := float64(d.Rank(i)); got != want["rank"][i] {
			t.Errorf("unit %d ranks %g, R says %g", i+1, got, want["rank"][i])
		}
		for g, col := range []string{"p1", "p2", "p3", "p4"} {
			if got := groups[i][g]; math.Abs(got-want[col][i]) > 0.005 {
				t.Errorf("unit %d is in group %d with probability %.4f, R says %.4f", i+1, g+1, got, want[col][i])
			}
		}
		for col, got := range map[string]int{
			"marg_lo": marginal[i].Lo, "marg_hi": marginal[i].Hi, "simul_lo": simultaneous[i].Lo, "simul_hi": simultaneous[i].Hi,
		} {
			if math.Abs(float64(got)-want[col][i]) > 1 {
				t.Errorf("unit %d: %s is %d, csranks says %g", i+1, col, got, want[col][i])
			}
		}
	}
}

// answers are everything that can be asked of a ranking, for comparisons.
type answers struct {
	Ranks        []int
	Groups       [][]float64
	Marginal     []RankSet
	Simultaneous []RankSet
	Above        [][]float64
}

func ask(t testing.TB, r Ranking, level float64) answers {
	t.Helper()
	d := draw(t, r)
	a := answers{
		Groups:       must(d.Groups(EqualGroups(d.N(), 4))),
		Marginal:     must(d.Marginal(level)),
		Simultaneous: must(d.Simultaneous(level)),
	}
	for i := range r.Values {
		a.Ranks = append(a.Ranks, d.Rank(i))
		row := make([]float64, len(r.Values))
		for j := range row {
			row[j] = d.Above(i, j)
		}
		a.Above = append(a.Above, row)
	}
	return a
}

// ranking draws a case: values and errors on a grid, so that ties, exact shifts and exact scalings occur; a common
// component now and then, so that the covariance is full; few df now and then.
func ranking(t *rapid.T) Ranking {
	n := rapid.IntRange(1, 12).Draw(t, "units")
	grid := func(label string, lo, hi int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(rapid.IntRange(lo, hi).Draw(t, label)) / 16
		}
		return x
	}
	r := Ranking{Values: grid("value", -100, 100), Draws: 400, Seed: rapid.Uint64().Draw(t, "seed")}
	se := grid("se", 0, 60)
	r.Cov = Diagonal(se)
	if shared := rapid.IntRange(0, 20).Draw(t, "shared"); shared > 0 {
		full := make([]float64, n*n)
		for i := range n {
			for j := range n {
				full[i*n+j] = float64(shared) / 16
			}
			full[i*n+i] += se[i] * se[i]
		}
		r.Cov = must(FullCovariance(full))
	}
	if rapid.Bool().Draw(t, "few df") {
		r.DF = grid("df", 16, 160)
	}
	return r
}

func TestRankProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := ranking(rt)
		n := len(r.Values)
		a := ask(t, r, 0.9)
		for i := range n {
			sum := 0.0
			for _, p := range a.Groups[i] {
				sum += p
			}
			if math.Abs(sum-1) > 1e-12 {
				rt.Errorf("the group probabilities of unit %d sum to %g", i, sum)
			}
			m, s, rank := a.Marginal[i], a.Simultaneous[i], a.Ranks[i]
			if rank < m.Lo || rank > m.Hi {
				rt.Errorf("the set %v of unit %d misses its rank %d", m, i, rank)
			}
			if s.Lo > m.Lo || s.Hi < m.Hi || s.Lo < 1 || s.Hi > n {
				rt.Errorf("unit %d: simultaneous set %v does not contain the marginal %v", i, s, m)
			}
			for j := range n {
				if r.Cov.DiffVar(i, j) > 0 && math.Abs(a.Above[i][j]+a.Above[j][i]-1) > 1e-12 {
					rt.Errorf("P(%d above %d) and its reverse sum to %g", i, j, a.Above[i][j]+a.Above[j][i])
				}
			}
		}
	})
}

func TestRankWorkersGiveTheSameBits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := ranking(rt)
		r.Draws = rapid.IntRange(100, 2500).Draw(rt, "draws")
		r.Workers = 1
		want := ask(t, r, 0.9)
		r.Workers = rapid.IntRange(2, 7).Draw(rt, "workers")
		if diff := cmp.Diff(want, ask(t, r, 0.9)); diff != "" {
			rt.Errorf("%d workers against one:\n%s", r.Workers, diff)
		}
	})
}

func TestRankOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "units")
		values, se := make([]float64, n), make([]float64, n)
		for i, v := range rapid.Permutation(upTo(n)).Draw(rt, "values") { // distinct: units that tie in everything may swap
			values[i], se[i] = float64(v), float64(rapid.IntRange(1, 40).Draw(rt, "se"))/8
		}
		base := Ranking{Values: values, Cov: Diagonal(se), Draws: 300, Seed: 7}
		perm := rapid.Permutation(upTo(n)).Draw(rt, "perm")
		moved := base
		moved.Values, moved.Cov = pickFloats(values, perm), Diagonal(pickFloats(se, perm))
		a, b := ask(t, base, 0.9), ask(t, moved, 0.9)
		for to, from := range perm {
			if !slices.Equal(b.Groups[to], a.Groups[from]) || b.Marginal[to] != a.Marginal[from] || b.Simultaneous[to] != a.Simultaneous[from] {
				rt.Errorf("unit %d changes when it stands at %d", from, to)
			}
		}
	})
}

func upTo(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}

func pickFloats(x []float64, at []int) []float64 {
	out := make([]float64, len(at))
	for i, j := range at {
		out[i] = x[j]
	}
	return out
}

func TestRankShiftDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := ranking(rt)
		want := ask(t, r, 0.9)
		shift := float64(rapid.IntRange(-1000, 1000).Draw(rt, "shift"))
		r.Values = slices.Clone(r.Values)
		for i := range r.Values {
			r.Values[i] += shift
		}
		if diff := cmp.Diff(want, ask(t, r, 0.9)); diff != "" {
			rt.Errorf("shifted by %g:\n%s", shift, diff)
		}
	})
}

func TestRankWiderErrorsGiveWiderSets(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := ranking(rt)
		narrow := ask(t, r, 0.9)
		for i := range r.Cov.v {
			r.Cov.v[i] *= 16 // standard errors × 4, exact in binary
		}
		wide := ask(t, r, 0.9)
		for i := range r.Values {
			for _, s := range [][2]RankSet{{narrow.Marginal[i], wide.Marginal[i]}, {narrow.Simultaneous[i], wide.Simultaneous[i]}} {
				if s[1].Lo > s[0].Lo || s[1].Hi < s[0].Hi {
					rt.Errorf("unit %d: four times the error takes the set from %v to %v", i, s[0], s[1])
				}
			}
		}
	})
}

// TestRankStepDown holds the fast critical value to a literal reading of the procedure.
func TestRankStepDown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := draw(t, ranking(rt))
		places := upTo(d.N())
		if rapid.Bool().Draw(rt, "marginal") {
			places = places[:1]
		}
		got, want := d.critical(0.9, places, 1), literalCritical(d, 0.9, places)
		if got != want {
			rt.Errorf("critical value %g, by the letter %g", got, want)
		}
	})
}

func literalCritical(d *RankDraws, level float64, places []int) float64 {
	type direction struct{ j, k int }
	keep := map[direction]bool{}
	for _, j := range places {
		for k := range d.N() {
			if k != j {
				keep[direction{j, k}], keep[direction{k, j}] = true, true
			}
		}
	}
	for {
		maxima := make([]float64, len(d.errs[0]))
		for t := range maxima {
			for x := range keep {
				if v := d.cov.DiffVar(x.j, x.k); v > 0 {
					maxima[t] = max(maxima[t], (d.errs[x.j][t]-d.errs[x.k][t])*(1/math.Sqrt(v)))
				}
			}
		}
		slices.Sort(maxima)
		c := maxima[quantileRank(level, len(maxima))-1]
		before := len(keep)
		for x := range keep {
			if d.tstat(x.j, x.k) > c {
				delete(keep, x)
			}
		}
		if len(keep) == before {
			return c
		}
	}
}

// TestRankNormalLimits checks draws against closed forms: P(above) of two units, normal and t, and the marginal
// critical value of two units, which is the two-sided quantile.
func TestRankNormalLimits(t *testing.T) {
	se := []float64{0.6, 0.8} // sd of the difference: 1
	d := draw(t, Ranking{Values: []float64{1, 0}, Cov: Diagonal(se), Draws: 200_000, Seed: 3})
	if got, want := d.Above(0, 1), 0.8413447460685429; math.Abs(got-want) > 1e-15 { // Φ(1)
		t.Errorf("P(above) = %.16f, want %.16f", got, want)
	}
	if got := must(d.Groups([]int{1}))[0][0]; math.Abs(got-0.8413) > 0.004 {
		t.Errorf("the better of two is first in %.4f of draws, want 0.8413", got)
	}
	if got := d.critical(0.95, []int{0}, 1); math.Abs(got-1.9600) > 0.015 {
		t.Errorf("critical value %.4f, want 1.9600", got)
	}
	heavy := draw(t, Ranking{Values: []float64{1, 0}, Cov: Diagonal([]float64{1, 0}), DF: []float64{3, 0}, Draws: 200_000, Seed: 4})
	if got, want := heavy.Above(0, 1), 0.8045; math.Abs(got-want) > 0.004 { // P(t_3 < 1) = 0.80450
		t.Errorf("P(above) with 3 df = %.4f, want %.4f", got, want)
	}
	if got, want := heavy.critical(0.95, []int{0}, 1), 3.1824; math.Abs(got-want) > 0.05 { // t_3 at 0.975
		t.Errorf("critical value with 3 df = %.4f, want %.4f", got, want)
	}
}

func TestRankCovarianceMatters(t *testing.T) {
	// Two units whose errors are the same move together: their order is certain however large the error.
	cov := must(FullCovariance([]float64{4, 4, 0, 4, 4, 0, 0, 0, 4}))
	d := draw(t, Ranking{Values: []float64{3, 2.9, 2.8}, Cov: cov, Seed: 1})
	if got := d.Above(0, 1); got != 1 {
		t.Errorf("P(above) = %g, want 1", got)
	}
	if got := must(d.Marginal(0.95)); got[0] != (RankSet{1, 2}) || got[1] != (RankSet{2, 3}) || got[2] != (RankSet{1, 3}) {
		t.Errorf("sets %v", got)
	}
}

func TestRankLeavesOutWhatCannotBeCompared(t *testing.T) {
	nan := math.NaN()
	d := draw(t, Ranking{
		Values: []float64{5, nan, 4, 3, 2},
		Cov:    Diagonal([]float64{0.1, 0.1, nan, 0.1, 0.1}),
		DF:     []float64{0, 0, 0, 0, nan},
	})
	want := []RankStatus{Ranked, NoValue, NoError, Ranked, NoError}
	for i, w := range want {
		if got := d.Status(i); got != w {
			t.Errorf("unit %d has status %s, want %s", i, got, w)
		}
	}
	if d.N() != 2 || d.Rank(0) != 1 || d.Rank(2) != 0 || d.Rank(3) != 2 {
		t.Errorf("N = %d, ranks %d %d %d", d.N(), d.Rank(0), d.Rank(2), d.Rank(3))
	}
	if got := must(d.Simultaneous(0.95)); got[1] != (RankSet{}) || got[0] != (RankSet{1, 1}) || got[3] != (RankSet{2, 2}) {
		t.Errorf("sets %v", got)
	}
	if groups := must(d.Groups([]int{1})); groups[2] != nil || groups[0][0] != 1 {
		t.Errorf("groups %v", groups)
	}
	if !math.IsNaN(d.Above(0, 1)) {
		t.Error("P(above) of a unit without a value is a number")
	}
}

func TestRankRefusals(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := []float64{1, 2}
	for name, r := range map[string]Ranking{
		"no units":               {},
		"nothing to compare":     {Values: one, Cov: Diagonal([]float64{nan, nan})},
		"covariance too short":   {Values: one, Cov: Diagonal([]float64{1})},
		"df too short":           {Values: one, Cov: Diagonal(one), DF: []float64{1}},
		"negative df":            {Values: one, Cov: Diagonal(one), DF: []float64{1, -1}},
		"infinite value":         {Values: []float64{1, inf}, Cov: Diagonal(one)},
		"infinite error":         {Values: one, Cov: Diagonal([]float64{1, inf})},
		"negative draws":         {Values: one, Cov: Diagonal(one), Draws: -1},
		"too many draws":         {Values: one, Cov: Diagonal(one), Draws: MaxDraws + 1},
		"not positive":           {Values: one, Cov: must(FullCovariance([]float64{1, 2, 2, 1}))},
		"zero variance, not cov": {Values: []float64{1, 2, 3}, Cov: must(FullCovariance([]float64{1, 1, 0, 1, 1, 1, 0, 1, 1}))},
	} {
		if _, err := r.Draw(); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
	if _, err := FullCovariance(make([]float64, 5)); err == nil {
		t.Error("five entries make a matrix")
	}
	if _, err := FullCovariance([]float64{1, 0.5, 0.4, 1}); err == nil {
		t.Error("an asymmetric matrix passes")
	}
	d := draw(t, Ranking{Values: one, Cov: Diagonal(one), Draws: 50})
	for _, level := range []float64{nan, 0, 0.4, 1, 0.99} {
		if _, err := d.Marginal(level); err == nil {
			t.Errorf("a coverage of %g passes with 50 draws", level)
		}
		if _, err := d.Simultaneous(level); err == nil {
			t.Errorf("a simultaneous coverage of %g passes with 50 draws", level)
		}
	}
	for _, cuts := range [][]int{{-1}, {3}, {2, 1}} {
		if _, err := d.Groups(cuts); err == nil {
			t.Errorf("the cuts %v pass", cuts)
		}
	}
}

func TestEqualGroups(t *testing.T) {
	for _, c := range []struct {
		n, g int
		want []int
	}{{63, 4, []int{15, 31, 47}}, {61, 4, []int{15, 30, 45}}, {8, 4, []int{2, 4, 6}}, {3, 1, []int{}}, {2, 4, []int{0, 1, 1}}} {
		if got := EqualGroups(c.n, c.g); !slices.Equal(got, c.want) {
			t.Errorf("EqualGroups(%d, %d) = %v, want %v", c.n, c.g, got, c.want)
		}
	}
}

func TestSmallest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-3, 3), 1, 60).Draw(rt, "x")
		k := rapid.IntRange(1, len(x)).Draw(rt, "k")
		sorted := slices.Sorted(slices.Values(x))
		if got := smallest(slices.Clone(x), k); got != sorted[k-1] {
			rt.Errorf("the %d-th smallest of %v is %g", k, x, got)
		}
	})
}

// provinces is a case of the size of a PAPI year: 63 units whose gaps and errors are of its kind.
func provinces() Ranking {
	values, se := make([]float64, 63), make([]float64, 63)
	for i := range values {
		values[i] = 36 + 12*float64((i*37)%63)/62
		se[i] = 0.4 + 0.9*float64((i*11)%63)/62
	}
	return Ranking{Values: values, Cov: Diagonal(se), Seed: 1}
}

// BenchmarkRanks asks everything of 63 provinces with 10,000 draws. Bound: 0.25 s on 2 cores.
func BenchmarkRanks(b *testing.B) {
	r := provinces()
	full := make([]float64, 63*63)
	for i := range 63 {
		full[i*63+i] = r.Cov.At(i, i)
	}
	few := make([]float64, 63)
	for i := range few {
		few[i] = 5
	}
	for name, r := range map[string]Ranking{
		"published": r,
		"index":     {Values: r.Values, Cov: must(FullCovariance(full)), DF: few, Seed: 1},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask(b, r, 0.95)
			}
		})
	}
}

// BenchmarkRankParts splits BenchmarkRanks by question.
func BenchmarkRankParts(b *testing.B) {
	d := draw(b, provinces())
	for name, do := range map[string]func(){
		"draw":         func() { draw(b, provinces()) },
		"groups":       func() { must(d.Groups([]int{15, 31, 47})) },
		"marginal":     func() { must(d.Marginal(0.95)) },
		"simultaneous": func() { must(d.Simultaneous(0.95)) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				do()
			}
		})
	}
}
