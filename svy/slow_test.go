package svy_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"thuoc/svy"
)

// plainRow is a row as the slow reference reads it: everything by label, nothing coded or summed.
type plainRow struct {
	w      float64
	strata [3]string // by stage
	units  [3]string
	fpc    [3]float64
	domain string
	wave   string
	y, x   float64
}

// plainSample is a sample drawn by rapid, with its stages.
type plainSample struct {
	rows   []plainRow
	stages int
	fpc    bool
}

// slowVariance is the variance of the total of z over the rows, stage by stage from the formula, without a tree:
// V = sum_h (1-f) n/(n-1) sum (z_i - zbar)² + sum_h f sum_i V(i).
func slowVariance(rows []plainRow, z []float64, stage, stages int) float64 {
	if stage == stages {
		return 0
	}
	type unit struct {
		total float64
		rows  []int
	}
	strata := map[string]map[string]*unit{}
	for i, r := range rows {
		h, u := r.strata[stage], r.units[stage]
		if strata[h] == nil {
			strata[h] = map[string]*unit{}
		}
		if strata[h][u] == nil {
			strata[h][u] = &unit{}
		}
		strata[h][u].total += z[i]
		strata[h][u].rows = append(strata[h][u].rows, i)
	}
	v := 0.0
	for _, units := range strata {
		n, f, sum := float64(len(units)), 0.0, 0.0
		for _, u := range units {
			sum += u.total
			if frame := rows[u.rows[0]].fpc[stage]; frame > 1 {
				f = n / frame
			} else {
				f = frame
			}
		}
		if n > 1 {
			ss := 0.0
			for _, u := range units {
				ss += (u.total - sum/n) * (u.total - sum/n)
			}
			v += (1 - f) * n / (n - 1) * ss
		}
		if f == 0 {
			continue
		}
		for _, u := range units {
			var inner []plainRow
			var innerZ []float64
			for _, i := range u.rows {
				inner, innerZ = append(inner, rows[i]), append(innerZ, z[i])
			}
			v += f * slowVariance(inner, innerZ, stage+1, stages)
		}
	}
	return v
}

// slowMean is the mean of a domain and its linearised scores by row.
func slowMean(s plainSample, in func(plainRow) bool, y func(plainRow) float64) (m float64, n int, z []float64) {
	var w, wy float64
	for _, r := range s.rows {
		if v := y(r); in(r) && v == v {
			w, wy, n = w+r.w, wy+r.w*v, n+1
		}
	}
	m = wy / w
	z = make([]float64, len(s.rows))
	for i, r := range s.rows {
		if v := y(r); in(r) && v == v {
			z[i] = r.w * (v - m) / w
		}
	}
	return m, n, z
}

// drawSample makes samples of one to three stages with and without population sizes, domains that cut units, missing
// answers and waves. Every stratum of every stage has two units or more.
func drawSample(t *rapid.T) plainSample {
	s := plainSample{stages: rapid.IntRange(1, 3).Draw(t, "stages"), fpc: rapid.Bool().Draw(t, "fpc")}
	var grow func(stage int, r plainRow)
	grow = func(stage int, r plainRow) {
		if stage == s.stages {
			for range rapid.IntRange(1, 3).Draw(t, "rows") {
				r.w = float64(rapid.IntRange(1, 400).Draw(t, "w")) / 8
				r.y = float64(rapid.IntRange(0, 3).Draw(t, "y"))
				r.x = float64(rapid.IntRange(1, 90).Draw(t, "x")) / 7
				if rapid.IntRange(0, 5).Draw(t, "missing") == 0 {
					r.y = math.NaN()
				}
				r.domain = rapid.SampledFrom([]string{"a", "b", "10", "9", ""}).Draw(t, "domain")
				r.wave = rapid.SampledFrom([]string{"1", "2"}).Draw(t, "wave")
				s.rows = append(s.rows, r)
			}
			return
		}
		for h := range rapid.IntRange(1, 3-stage).Draw(t, "strata") {
			n := rapid.IntRange(2, 3).Draw(t, "units")
			frame := 0.0
			if s.fpc {
				frame = float64(n) + float64(rapid.IntRange(0, 4).Draw(t, "frame"))
			}
			for u := range n {
				r.strata[stage], r.units[stage], r.fpc[stage] = fmt.Sprint(h), fmt.Sprintf("%d-%d", h, u), frame
				grow(stage+1, r)
			}
		}
	}
	grow(0, plainRow{})
	return s
}

func (s plainSample) spec() svy.Spec {
	spec := svy.Spec{Nest: true, Lonely: svy.LonelyRemove}
	for _, r := range s.rows {
		spec.Weights = append(spec.Weights, r.w)
	}
	for j := range s.stages {
		st := svy.Stage{
			Units:  s.labels(func(r plainRow) string { return r.units[j] }),
			Strata: s.labels(func(r plainRow) string { return r.strata[j] }),
		}
		if s.fpc {
			for _, r := range s.rows {
				st.FPC = append(st.FPC, r.fpc[j])
			}
		}
		spec.Stages = append(spec.Stages, st)
	}
	return spec
}

func (s plainSample) labels(of func(plainRow) string) svy.Factor {
	out := make([]string, len(s.rows))
	for i, r := range s.rows {
		out[i] = of(r)
	}
	return svy.NewFactor(out)
}

func (s plainSample) column(name string, of func(plainRow) float64) svy.Column {
	out := make([]float64, len(s.rows))
	for i, r := range s.rows {
		out[i] = of(r)
	}
	return svy.NewColumn(name, out)
}

func yOf(r plainRow) float64 { return r.y }
func xOf(r plainRow) float64 { return r.x }

func (s plainSample) sums(t rapid.TB) *svy.Sums {
	d, err := svy.New(s.spec())
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Cells(s.labels(func(r plainRow) string { return r.domain }))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := c.Scan(s.column("y", yOf), s.column("x", xOf))
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func nearly(a, b, rel float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= rel*max(math.Abs(a), math.Abs(b)) || math.Abs(a-b) < 1e-15
}

// TestFastAgainstSlow computes every mean, total, variance and covariance of random samples from the sums and from the
// formulas.
func TestFastAgainstSlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		sums := s.sums(t)
		d := sums.Design()
		type estimate struct {
			fast svy.Linear
			z    []float64
		}
		var all []estimate
		for domain := svy.Whole; domain < len(sums.Cells().Domains()); domain++ {
			in := func(r plainRow) bool { return domain == svy.Whole || r.domain == sums.Cells().Domains()[domain] }
			for v, y := range []func(plainRow) float64{yOf, xOf} {
				m, n, z := slowMean(s, in, y)
				fast := sums.Mean(v, domain)
				if !nearly(fast.Value, m, 1e-13) || fast.N != n {
					t.Fatalf("mean %v of %d, slow %v of %d", fast.Value, fast.N, m, n)
				}
				if n > 0 {
					all = append(all, estimate{fast, z})
				}
			}
		}
		for i, a := range all {
			slow := slowVariance(s.rows, a.z, 0, s.stages)
			if got := d.Var(a.fast); !nearly(got, slow, 1e-9) || got < 0 {
				t.Fatalf("variance %v, slow %v", got, slow)
			}
			for _, b := range all[:i] {
				sum := make([]float64, len(a.z))
				for k := range sum {
					sum[k] = a.z[k] + b.z[k]
				}
				want := (slowVariance(s.rows, sum, 0, s.stages) - slow - slowVariance(s.rows, b.z, 0, s.stages)) / 2
				if got := d.Cov(a.fast, b.fast); math.Abs(got-want) > 1e-9*(slow+math.Abs(want))+1e-14 {
					t.Fatalf("covariance %v, slow %v", got, want)
				}
			}
		}
	})
}

// TestOrderScaleAndWorkers: the order of the rows and the scale of the weights change nothing but the last bits, the
// number of goroutines not even these.
func TestOrderScaleAndWorkers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		base := s.sums(t).Estimates(svy.StatMean, svy.Method{})
		perm := rapid.Permutation(s.rows).Draw(t, "order")
		factor := float64(rapid.IntRange(1, 1000).Draw(t, "scale")) / 16
		other := plainSample{slices.Clone(perm), s.stages, s.fpc}
		for i := range other.rows {
			other.rows[i].w *= factor
		}
		for i, e := range other.sums(t).Estimates(svy.StatMean, svy.Method{}) {
			b := base[i]
			if e.N != b.N || e.Status != b.Status || !nearly(e.Value, b.Value, 1e-12) || !nearly(e.SE*e.SE, b.SE*b.SE, 1e-9) || e.DF != b.DF {
				t.Fatalf("%+v became %+v", b, e)
			}
		}
		spec := s.spec()
		for _, workers := range []int{1, 2, 7} {
			spec.Workers = workers
			d, err := svy.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			c, _ := d.Cells(s.labels(func(r plainRow) string { return r.domain }))
			sums, _ := c.Scan(s.column("y", yOf), s.column("x", xOf))
			apart := sums.Estimates(svy.StatMean, svy.Method{})
			inOne, _ := c.Estimates(svy.StatMean, svy.Method{}, s.column("y", yOf), s.column("x", xOf))
			for i := range base {
				if !sameBits(apart[i], base[i]) || !sameBits(inOne[i], base[i]) {
					t.Fatalf("%d goroutines: %+v became %+v and %+v", workers, base[i], apart[i], inOne[i])
				}
			}
		}
	})
}

// sameBits compares estimates exactly; %x writes every bit of a number, and NaN as itself.
func sameBits(a, b svy.Estimate) bool { return fmt.Sprintf("%x", a) == fmt.Sprintf("%x", b) }

// TestDomainSums: totals of the domains and of the rows in none add up to the whole, and so do the scores.
func TestDomainSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		for i := range s.rows {
			if s.rows[i].domain == "" {
				s.rows[i].domain = "none"
			}
		}
		sums := s.sums(t)
		for v := range 2 {
			whole, parts := sums.Total(v, svy.Whole), 0.0
			var all []svy.Linear
			var ones []float64
			for d := range sums.Cells().Domains() {
				if part := sums.Total(v, d); part.N > 0 {
					all, ones = append(all, part), append(ones, 1)
					parts += part.Value
				}
			}
			if !nearly(whole.Value, parts, 1e-12) {
				t.Fatalf("total %v, parts %v", whole.Value, parts)
			}
			if a, b := sums.Design().Var(whole), sums.Design().Var(svy.Combine(ones, all...)); !nearly(a, b, 1e-9) {
				t.Fatalf("variance %v, of the parts %v", a, b)
			}
		}
	})
}

// TestShards: shards that split no PSU merge to the bits of the whole; a split PSU to 1e-12.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		whole := s.sums(t)
		shards := rapid.IntRange(2, 4).Draw(t, "shards")
		split := rapid.Bool().Draw(t, "split")
		parts := make([]plainSample, shards)
		home := map[[2]string]int{}
		for _, r := range s.rows {
			psu := [2]string{r.strata[0], r.units[0]}
			if _, ok := home[psu]; !ok || split {
				home[psu] = rapid.IntRange(0, shards-1).Draw(t, "shard")
			}
			p := &parts[home[psu]]
			p.stages, p.fpc = s.stages, s.fpc
			p.rows = append(p.rows, r)
		}
		var sums []*svy.Sums
		for _, p := range parts {
			if len(p.rows) == 0 {
				continue
			}
			spec := p.spec()
			spec.Shard = true
			d, err := svy.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			c, _ := d.Cells(p.labels(func(r plainRow) string { return r.domain }))
			part, _ := c.Scan(p.column("y", yOf), p.column("x", xOf))
			sums = append(sums, part)
		}
		merged, err := svy.Merge(sums...)
		if err != nil {
			t.Fatal(err)
		}
		base := whole.Estimates(svy.StatMean, svy.Method{})
		for i, e := range merged.Estimates(svy.StatMean, svy.Method{}) {
			if !split && !sameBits(e, base[i]) {
				t.Fatalf("%+v became %+v", base[i], e)
			}
			if split && (e.N != base[i].N || !nearly(e.Value, base[i].Value, 1e-12) || !nearly(e.SE*e.SE, base[i].SE*base[i].SE, 1e-9)) {
				t.Fatalf("split: %+v became %+v", base[i], e)
			}
		}
	})
}

// TestShares: the shares of a column are the means of its indicators, whichever way they are counted.
func TestShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		sums := s.sums(t)
		col := s.column("y", yOf)
		shares, err := sums.Cells().Shares(col)
		if err != nil {
			t.Fatal(err)
		}
		for v := range shares.Vars() {
			var value float64
			if _, err := fmt.Sscanf(shares.Name(v), "y=%f", &value); err != nil {
				t.Fatal(err)
			}
			one, err := sums.Cells().Scan(col.Map("is", func(y float64) float64 {
				switch {
				case y != y:
					return y
				case y == value:
					return 1
				}
				return 0
			}))
			if err != nil {
				t.Fatal(err)
			}
			for d := svy.Whole; d < len(sums.Cells().Domains()); d++ {
				a, b := shares.Mean(v, d), one.Mean(0, d)
				if a.N != b.N || !nearly(a.Value, b.Value, 1e-13) || !nearly(sums.Design().Var(a), sums.Design().Var(b), 1e-9) {
					t.Fatalf("%s: %v by histogram, %v by indicator", shares.Name(v), a, b)
				}
			}
		}
	})
}
