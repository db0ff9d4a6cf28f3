package svy

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestHadamard checks orders, orthogonality and the first column for every size up to a large design.
func TestHadamard(t *testing.T) {
	for n := 1; n <= 330; n++ {
		m := hadamard(n)
		if len(m) < n || n > 2 && len(m) > n+16 {
			t.Errorf("size %d: order %d", n, len(m))
		}
		if n%11 > 1 && n > 40 {
			continue // orthogonality is cubic: a sample of the large ones will do
		}
		for i := range m {
			if m[i][0] != 1 {
				t.Fatalf("size %d: row %d begins with %d", n, i, m[i][0])
			}
			for j := range i {
				sum := 0
				for k := range m {
					sum += int(m[k][i]) * int(m[k][j])
				}
				if sum != 0 {
					t.Fatalf("size %d: columns %d and %d have product %d", n, i, j, sum)
				}
			}
		}
	}
}

// sample is a stratified cluster design with the sums of one variable, which has gaps, over domains that cut through
// PSUs.
type sample struct {
	design *Design
	sums   *Sums
}

func drawSample(t *rapid.T, minPSUs, maxPSUs int, fpc bool) sample {
	var spec Spec
	var strata, psus, domains []string
	var y, frames []float64
	for h := range rapid.IntRange(1, 6).Draw(t, "strata") {
		n := rapid.IntRange(minPSUs, maxPSUs).Draw(t, "psus")
		frame := float64(n + rapid.IntRange(0, 20).Draw(t, "rest of the frame"))
		for i := range n {
			for range rapid.IntRange(1, 4).Draw(t, "rows") {
				strata = append(strata, string(rune('a'+h)))
				psus = append(psus, string(rune('a'+h))+string(rune('A'+i)))
				domains = append(domains, rapid.SampledFrom([]string{"m", "f"}).Draw(t, "domain"))
				spec.Weights = append(spec.Weights, float64(rapid.IntRange(1, 50).Draw(t, "w"))/4)
				y = append(y, float64(rapid.IntRange(-20, 20).Draw(t, "y"))/2)
				if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
					y[len(y)-1] = math.NaN()
				}
				if fpc {
					frames = append(frames, frame)
				}
			}
		}
	}
	spec.Stages = []Stage{{Units: NewFactor(psus), Strata: NewFactor(strata), FPC: frames}}
	d, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return sample{d, must(must(d.Cells(NewFactor(domains))).Scan(NewColumn("y", y)))}
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

// TestReplicatesOfTotals: for a total, which is linear, the jackknife and balanced replicates give the Taylor variance
// exactly, whatever they are centred at.
func TestReplicatesOfTotals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fpc := rapid.Bool().Draw(rt, "fpc")
		s := drawSample(rt, 2, 5, fpc)
		pairs := drawSample(rt, 2, 2, false)
		rho := rapid.SampledFrom([]float64{0, 0.3, 0.5}).Draw(rt, "rho")
		for domain := Whole; domain < len(s.sums.Cells().Domains()); domain++ {
			want := s.design.Var(s.sums.Total(0, domain))
			if jkn, err := s.design.JKn(); err == nil {
				if got := jkn.Var(must(jkn.Total(s.sums, 0, domain))); !near(got, want, 1e-9) {
					rt.Errorf("jackknife variance %g, Taylor %g", got, want)
				}
			} else if want != 0 {
				rt.Errorf("no jackknife for a design with variance: %v", err)
			}
		}
		for domain := Whole; domain < len(pairs.sums.Cells().Domains()); domain++ {
			brr := must(pairs.design.BRR(rho))
			brr.Centre = Centre(rapid.IntRange(0, 1).Draw(rt, "centre"))
			want := pairs.design.Var(pairs.sums.Total(0, domain))
			if got := brr.Var(must(brr.Total(pairs.sums, 0, domain))); !near(got, want, 1e-9) {
				rt.Errorf("%s variance %g, Taylor %g", brr.Method(), got, want)
			}
		}
	})
}

// TestReplicatesByRow holds the sums' road to the slow one: weights of every row times the factor of its PSU.
func TestReplicatesByRow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawSample(rt, 2, 4, rapid.Bool().Draw(rt, "fpc"))
		p, err := s.design.RaoWu(5, rapid.Uint64().Draw(rt, "seed"))
		if rapid.Bool().Draw(rt, "jackknife") {
			p, err = s.design.JKn()
		}
		if err != nil {
			rt.Skip("nothing varies")
		}
		domain := rapid.IntRange(Whole, len(s.sums.Cells().Domains())-1).Draw(rt, "domain")
		got := must(p.Mean(s.sums, 0, domain))
		for r := range p.Len() {
			var w, wy float64
			for c := range s.sums.cells.unit {
				if domain == Whole || int(s.sums.cells.domain[c]) == domain {
					f := p.Factor(s.design.PSU(int(s.sums.cells.unit[c])), r)
					w += f * s.sums.vars[0].w[c]
					wy += f * s.sums.vars[0].wy[c]
				}
			}
			if want := wy / w; !near(got.R[r], want, 1e-9) && (!math.IsNaN(want) || !math.IsNaN(got.R[r])) {
				rt.Errorf("replicate %d: mean %g, by rows %g", r, got.R[r], want)
			}
		}
	})
}

// TestRaoWuDraws checks the factors by hand, and that they average to 1 over all draws of a small stratum.
func TestRaoWuDraws(t *testing.T) {
	d := must(New(Spec{Weights: []float64{1, 1, 1}, Stages: []Stage{{Units: NewFactor([]string{"a", "b", "c"}), FPC: []float64{12, 12, 12}}}}))
	p := must(d.RaoWuDraws([][]int{{2, 0}, {0, 1}, {0, 1}}))
	lambda := math.Sqrt(0.75)
	for psu, want := range [][2]float64{{1 + 2*lambda, 1 - lambda}, {1 - lambda, 1 + lambda/2}, {1 - lambda, 1 + lambda/2}} {
		for r, w := range want {
			if got := p.Factor(psu, r); !near(got, w, 1e-15) {
				t.Errorf("factor of PSU %d in replicate %d is %g, want %g", psu, r, got, w)
			}
		}
	}
	for name, draws := range map[string][][]int{
		"a PSU too few":     {{1, 1}, {1, 1}},
		"one replicate":     {{1}, {1}, {0}},
		"uneven replicates": {{1, 1}, {1, 1}, {0}},
		"uneven draws":      {{1, 1}, {1, 1}, {0, 1}},
		"no draws":          {{0, 0}, {0, 0}, {0, 0}},
		"a negative count":  {{-1, -1}, {2, 2}, {1, 1}},
	} {
		if _, err := d.RaoWuDraws(draws); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestRaoWuSeed: the bootstrap is a function of its seed, and comes near the Taylor variance of a total.
func TestRaoWuSeed(t *testing.T) {
	var w, y []float64
	var strata []string
	for i := range 60 {
		w, y = append(w, 1+float64(i%3)), append(y, float64(i*i%17))
		strata = append(strata, string(rune('a'+i/10)))
	}
	d := must(New(Spec{Weights: w, Stages: []Stage{{Strata: NewFactor(strata)}}}))
	s := must(must(d.Cells(Factor{})).Scan(NewColumn("y", y)))
	a, b, other := must(d.RaoWu(4000, 9)), must(d.RaoWu(4000, 9)), must(d.RaoWu(4000, 10))
	xa, xb, xo := must(a.Mean(s, 0, Whole)), must(b.Mean(s, 0, Whole)), must(other.Mean(s, 0, Whole))
	if !slices.Equal(xa.R, xb.R) || slices.Equal(xa.R, xo.R) {
		t.Error("replicates do not follow from the seed")
	}
	if got, want := a.SE(must(a.Total(s, 0, Whole))), d.SE(s.Total(0, Whole)); !near(got, want, 0.04) {
		t.Errorf("bootstrap SE %g, Taylor %g", got, want)
	}
}

func TestReplicateRefusals(t *testing.T) {
	strata := NewFactor([]string{"a", "a", "b"})
	lonely := must(New(Spec{Weights: []float64{1, 1, 1}, Lonely: LonelyAdjust, Stages: []Stage{{Strata: strata}}}))
	if _, err := lonely.JKn(); err == nil {
		t.Error("a lonely PSU jackknifes")
	}
	if _, err := lonely.RaoWu(10, 1); err == nil {
		t.Error("a lonely PSU bootstraps")
	}
	removed := must(New(Spec{Weights: []float64{1, 1, 1}, Lonely: LonelyRemove, Stages: []Stage{{Strata: strata}}}))
	if p, err := removed.JKn(); err != nil || p.Len() != 2 || p.Factor(2, 0) != 1 {
		t.Errorf("with the stratum removed: %v", err)
	}
	three := must(New(Spec{Weights: []float64{1, 1, 1}}))
	if _, err := three.BRR(0); err == nil {
		t.Error("three PSUs balance")
	}
	for _, rho := range []float64{-0.1, 1, math.NaN()} {
		if _, err := removed.BRR(rho); err == nil {
			t.Errorf("rho %g passes", rho)
		}
	}
	for _, n := range []int{-1, 1, maxReplicates + 1} {
		if _, err := three.RaoWu(n, 1); err == nil {
			t.Errorf("%d replicates pass", n)
		}
	}
	certain := must(New(Spec{Weights: []float64{1, 1}, Stages: []Stage{{FPC: []float64{2, 2}}}}))
	if _, err := certain.JKn(); err == nil {
		t.Error("a census jackknifes")
	}
	s := must(must(three.Cells(Factor{})).Scan(NewColumn("y", []float64{1, 2, 3})))
	p := must(removed.JKn())
	if _, err := p.Mean(s, 0, Whole); err == nil {
		t.Error("replicates of one design take sums of another")
	}
}

// TestFactorFile: a factor file read back gives the same bits.
func TestFactorFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawSample(rt, 2, 4, rapid.Bool().Draw(rt, "fpc"))
		p, err := s.design.RaoWu(7, rapid.Uint64().Draw(rt, "seed"))
		if rapid.Bool().Draw(rt, "jackknife") {
			p, err = s.design.JKn()
		}
		if err != nil {
			rt.Skip("nothing varies")
		}
		var file strings.Builder
		if err := p.WriteCSV(&file); err != nil {
			rt.Fatal(err)
		}
		q, err := s.design.ReadReplicates(strings.NewReader(file.String()))
		if err != nil {
			rt.Fatal(err)
		}
		if q.Method() != p.Method() || !slices.Equal(q.Coefficients(), p.Coefficients()) {
			rt.Errorf("read back as %s with coefficients %v", q.Method(), q.Coefficients())
		}
		for psu := range s.design.PSUs() {
			for r := range p.Len() {
				if p.Factor(psu, r) != q.Factor(psu, r) {
					rt.Errorf("factor %d of PSU %d is %g, was %g", r, psu, q.Factor(psu, r), p.Factor(psu, r))
				}
			}
		}
	})
}

func TestFactorFileFaults(t *testing.T) {
	d := must(New(Spec{Weights: []float64{1, 1}, Stages: []Stage{{Units: NewFactor([]string{"a", "b"}), Strata: NewFactor([]string{"s", "s"})}}}))
	const head = "stratum,psu,r1,r2\nraowu,coefficient,0.5,0.5\n"
	for want, file := range map[string]string{
		"EOF":                       "",
		"header":                    "psu,r1,r2,r3\n",
		"line 2: not":               "stratum,psu,r1,r2\ns,a,1,1\n",
		"wrong number of fields":    head + "s,a,1\n",
		"line 3: the design has no": head + "s,c,1,1\ns,a,1,1\ns,b,1,1\n",
		"line 4: PSU \"a\" stands":  head + "s,a,1,1\ns,a,1,1\ns,b,1,1\n",
		"PSU \"b\" of stratum":      head + "s,a,1,1\n",
		"line 3, column 4: \"x\"":   head + "s,a,1,x\ns,b,1,1\n",
		"\"NaN\" is not a number":   head + "s,a,1,NaN\ns,b,1,1\n",
	} {
		if _, err := d.ReadReplicates(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func FuzzReadReplicates(f *testing.F) {
	d := must(New(Spec{Weights: []float64{1, 1}, Stages: []Stage{{Units: NewFactor([]string{"a", "b"}), Strata: NewFactor([]string{"s", "s"})}}}))
	f.Add("stratum,psu,r1,r2\nraowu,coefficient,0.5,0.5\ns,a,1,1\ns,b,0,2\n")
	f.Add("stratum,psu,r1,r2\n\"")
	f.Fuzz(func(t *testing.T, file string) {
		p, err := d.ReadReplicates(strings.NewReader(file))
		if err != nil {
			return
		}
		var out strings.Builder
		if err := p.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ReadReplicates(strings.NewReader(out.String())); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
