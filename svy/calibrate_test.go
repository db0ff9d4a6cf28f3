package svy

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// polled is a small cluster sample of people by sex and age with one variable, which has gaps, and domains that cut
// through PSUs.
type polled struct {
	spec               Spec
	sex, age           []string
	strata, psu, place []string
	y                  []float64
}

func drawPolled(t *rapid.T) polled {
	var p polled
	add := func(stratum, psu, sex, age string) {
		p.strata, p.psu, p.sex, p.age = append(p.strata, stratum), append(p.psu, psu), append(p.sex, sex), append(p.age, age)
		p.place = append(p.place, rapid.SampledFrom([]string{"town", "land"}).Draw(t, "place"))
		p.spec.Weights = append(p.spec.Weights, float64(rapid.IntRange(4, 40).Draw(t, "w"))/4)
		y := float64(rapid.IntRange(-20, 20).Draw(t, "y")) / 2
		if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
			y = math.NaN()
		}
		p.y = append(p.y, y)
	}
	for h := range rapid.IntRange(1, 3).Draw(t, "strata") {
		for i := range rapid.IntRange(2, 4).Draw(t, "psus") {
			stratum, psu := fmt.Sprint(h), fmt.Sprintf("%d/%d", h, i)
			for _, sex := range []string{"f", "m"} {
				add(stratum, psu, sex, rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "age"))
			}
			for range rapid.IntRange(0, 4).Draw(t, "more") {
				add(stratum, psu, rapid.SampledFrom([]string{"f", "m"}).Draw(t, "sex"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "age"))
			}
		}
	}
	p.spec.Stages = []Stage{{Units: NewFactor(p.psu), Strata: NewFactor(p.strata)}}
	return p
}

// margins draws totals that positive weights can meet: those of the sample's weights, each row's times a factor.
func (p polled) margins(t *rapid.T, least, most float64) []Margin {
	sex, age := map[string]float64{}, map[string]float64{}
	for row, w := range p.spec.Weights {
		w *= rapid.Float64Range(least, most).Draw(t, "factor")
		sex[p.sex[row]] += w
		age[p.age[row]] += w
	}
	return []Margin{{"sex", NewFactor(p.sex), sex}, {"age", NewFactor(p.age), age}}
}

var methods = []CalibrationMethod{CalRake, CalLinear, CalExponential, CalLogit}

func drawMethod(t *rapid.T) Calibration {
	c := Calibration{Method: rapid.SampledFrom(methods).Draw(t, "method"), Residuals: ResidualWeights(rapid.IntRange(0, 1).Draw(t, "residuals"))}
	if c.Method == CalLogit || c.Method == CalLinear && rapid.Bool().Draw(t, "bounded") {
		c.Bounds = [2]float64{0.2, 5}
	}
	return c
}

// calibrated draws a sample and calibrates it to totals that are near its own.
func (p polled) calibrated(t *rapid.T, c Calibration) *Design {
	d := must(New(p.spec))
	out, err := d.Calibrate(c)
	if err != nil {
		t.Skip("refused: ", err)
	}
	return out
}

func deviation(d *Design, margins []Margin) (worst float64) {
	for _, m := range margins {
		sum := map[string]float64{}
		for row, code := range m.Of.Codes {
			sum[m.Of.Label(code)] += d.Weight(row)
		}
		for level, total := range m.Totals {
			worst = max(worst, math.Abs(sum[level]-total)/total)
		}
	}
	return worst
}

// TestCalibrationMeetsTotals: what is not refused meets every total, keeps its bounds, and says so in the trail.
// Raking to totals that positive weights can meet is never refused.
func TestCalibrationMeetsTotals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPolled(rt)
		c := drawMethod(rt)
		c.Margins = p.margins(rt, 0.2, 3)
		d, err := must(New(p.spec)).Calibrate(c)
		if err != nil {
			if _, ok := errors.AsType[*CalibrationError](err); !ok || c.Method == CalRake || c.Method == CalExponential {
				rt.Fatalf("%s refuses: %v", c.Method, err)
			}
			return
		}
		if worst := deviation(d, c.Margins); worst > MarginTolerance {
			rt.Errorf("%s: a level is off by %g", c.Method, worst)
		}
		trail := d.Trail()
		last := trail[len(trail)-1]
		if worst := deviation(d, c.Margins); !near(slices.Max(last.Errors), worst, 1e-13) {
			rt.Errorf("the trail says %v, the weights %g", last.Errors, worst)
		}
		if lo, hi := c.Bounds[0], c.Bounds[1]; hi > 0 && (last.MinFactor < lo*(1-1e-12) || last.MaxFactor > hi*(1+1e-12)) {
			rt.Errorf("%s: factors %g to %g", c.Method, last.MinFactor, last.MaxFactor)
		}
	})
}

// TestCalibrationToOwnTotals leaves weights alone.
func TestCalibrationToOwnTotals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPolled(rt)
		c := drawMethod(rt)
		c.Margins = p.margins(rt, 1, 1)
		d := must(must(New(p.spec)).Calibrate(c))
		for row, w := range p.spec.Weights {
			if !near(d.Weight(row), w, 1e-12) {
				rt.Fatalf("%s: row %d weighs %g, before %g", c.Method, row, d.Weight(row), w)
			}
		}
	})
}

// TestCalibrationRoads: raking by margins and by Newton's method give the same weights, and neither the order of rows
// and margins nor the scale of the weights changes them.
func TestCalibrationRoads(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPolled(rt)
		c := drawMethod(rt)
		c.Margins = p.margins(rt, 0.5, 2)
		one := p.calibrated(rt, c)
		if c.Method == CalRake {
			c.Method = CalExponential
		}
		order := rapid.Permutation(slices.Collect(sequence(len(p.y)))).Draw(rt, "order")
		q := polled{spec: Spec{Weights: make([]float64, len(order))}}
		for to, row := range order {
			q.spec.Weights[to] = 8 * p.spec.Weights[row]
			q.psu, q.strata = append(q.psu, p.psu[row]), append(q.strata, p.strata[row])
			q.sex, q.age = append(q.sex, p.sex[row]), append(q.age, p.age[row])
		}
		q.spec.Stages = []Stage{{Units: NewFactor(q.psu), Strata: NewFactor(q.strata)}}
		c.Margins = []Margin{{"age", NewFactor(q.age), c.Margins[1].Totals}, {"sex", NewFactor(q.sex), c.Margins[0].Totals}}
		other := must(must(New(q.spec)).Calibrate(c))
		for to, row := range order {
			if a, b := one.Weight(row), other.Weight(to); !near(a, b, 1e-8) {
				rt.Fatalf("%s: row %d weighs %g and %g", c.Method, row, a, b)
			}
		}
	})
}

func sequence(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// TestTrim keeps limits and totals at once, or refuses.
func TestTrim(t *testing.T) {
	trimmed := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPolled(rt)
		c := drawMethod(rt)
		c.Margins = p.margins(rt, 0.8, 1.3)
		c.Trim = [2]float64{rapid.Float64Range(0, 4).Draw(rt, "smallest"), rapid.Float64Range(5, 14).Draw(rt, "largest")}
		d := p.calibrated(rt, c)
		for row := range p.y {
			if w := d.Weight(row); w < c.Trim[0] || w > c.Trim[1] {
				rt.Errorf("row %d weighs %g", row, w)
			}
		}
		if worst := deviation(d, c.Margins); worst > MarginTolerance {
			rt.Errorf("a level is off by %g", worst)
		}
		if trail := d.Trail(); trail[len(trail)-1].Name == "trim" {
			trimmed++
		}
	})
	if trimmed == 0 {
		t.Error("nothing was ever trimmed")
	}
}

// TestResidualVariance: what the margins explain perfectly has no variance; calibration adds none to it.
func TestResidualVariance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPolled(rt)
		c := drawMethod(rt)
		c.Margins = p.margins(rt, 0.5, 2)
		d := p.calibrated(rt, c)
		explained := make([]float64, len(p.y))
		for row := range explained {
			explained[row] = float64(len(p.age[row])) + 3*float64(p.age[row][0]-'0') - 7*float64(p.sex[row][0]-'f')
		}
		scan := func(d *Design) *Sums { return must(must(d.Cells(Factor{})).Scan(NewColumn("x", explained))) }
		s, plain := scan(d), scan(must(New(p.spec)))
		for name, l := range map[string][2]Linear{"total": {s.Total(0, Whole), plain.Total(0, Whole)}, "mean": {s.Mean(0, Whole), plain.Mean(0, Whole)}} {
			se, before := d.SE(l[0]), plain.Design().SE(l[1])
			if se > 1e-10*(1+math.Abs(l[0].Value)) || se > before+1e-9*(1+math.Abs(l[0].Value)) {
				rt.Errorf("%s: SE of the %s %g, before calibration %g", c.Method, name, se, before)
			}
		}
	})
}

// slowScores takes the residuals row by row from the matrix of indicators: the road the sums cut short.
func slowScores(d *Design, c Calibration, before []float64, z []float64) []float64 {
	var x [][]float64
	for row := range z {
		line := []float64{}
		for _, m := range c.Margins {
			for level := range m.Of.Levels {
				v := 0.0
				if int(m.Of.Codes[row]) == level {
					v = 1
				}
				line = append(line, v)
			}
		}
		x = append(x, line[:len(line)-1]) // the last level is determined by the others
	}
	q := before
	if c.Residuals == Unweighted {
		q = slices.Repeat([]float64{1}, len(z))
	}
	// Gram–Schmidt on the columns weighted by √q: the residual of z/w* on x
	e := make([]float64, len(z))
	for row := range z {
		e[row] = z[row] / d.Weight(row)
	}
	var basis [][]float64
	project := func(v []float64) {
		for range 2 {
			for _, b := range basis {
				in := 0.0
				for i := range v {
					in += q[i] * v[i] * b[i]
				}
				addScaled(v, b, -in)
			}
		}
	}
	for j := range x[0] {
		v := make([]float64, len(z))
		for row := range v {
			v[row] = x[row][j]
		}
		project(v)
		norm := 0.0
		for i := range v {
			norm += q[i] * v[i] * v[i]
		}
		if norm < 1e-12 {
			continue
		}
		for i := range v {
			v[i] /= math.Sqrt(norm)
		}
		basis = append(basis, v)
	}
	project(e)
	out := make([]float64, d.Units())
	for row := range e {
		out[d.Unit(row)] += d.Weight(row) * e[row]
	}
	return out
}

// TestResidualsByRow holds the scores from sums to those from rows, in domains that cut through PSUs, with gaps, both
// conventions and trimming.
func TestResidualsByRow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPolled(rt)
		c := drawMethod(rt)
		c.Margins = p.margins(rt, 0.7, 1.5)
		if rapid.Bool().Draw(rt, "trim") {
			c.Trim = [2]float64{0.5, 12}
		}
		d := p.calibrated(rt, c)
		s := must(must(d.Cells(NewFactor(p.place))).Scan(NewColumn("y", p.y)))
		for domain := Whole; domain < len(s.Cells().Domains()); domain++ {
			l := s.Mean(0, domain)
			if len(l.Unit) < d.Units() {
				continue // nobody answered, or in one unit only: no error, and so it must stay
			}
			z := make([]float64, len(p.y))
			for row, y := range p.y {
				if y == y && (domain == Whole || p.place[row] == s.Cells().Domains()[domain]) {
					z[row] = d.Weight(row) * (y - l.Value) / l.SumW
				}
			}
			want := slowScores(d, c, p.spec.Weights, z)
			for u, score := range l.Z {
				if !near(score, want[u], 1e-9) {
					rt.Fatalf("unit %d scores %g, by row %g", u, score, want[u])
				}
			}
		}
	})
}

// TestReplicatesAreCalibrated holds the replicates of a calibrated design to the slow road: the weights of every row
// times the factor of its PSU, calibrated.
func TestReplicatesAreCalibrated(t *testing.T) {
	compared := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPolled(rt)
		c := drawMethod(rt)
		c.Margins = p.margins(rt, 0.7, 1.5)
		d := p.calibrated(rt, c)
		jkn, err := d.JKn()
		if err != nil {
			return // a replicate lacks a level, or cannot keep the bounds
		}
		s := must(must(d.Cells(NewFactor(p.place))).Scan(NewColumn("y", p.y)))
		col := NewColumn("y", p.y)
		for domain := Whole; domain < len(s.Cells().Domains()); domain++ {
			got := must(jkn.Mean(s, 0, domain))
			total := must(jkn.Total(s, 0, domain))
			for r := range jkn.Len() {
				weights := slowReplicate(rt, p, c, d, jkn, r)
				var w, wy float64
				for row, y := range p.y {
					if y == y && (domain == Whole || p.place[row] == s.Cells().Domains()[domain]) {
						w += weights[row]
						wy += weights[row] * col.At(row)
					}
				}
				if w > 1e-6 && !near(got.R[r], wy/w, 1e-8) || !near(total.R[r], wy, 1e-8) {
					rt.Fatalf("%s, replicate %d: mean %g, total %g; by row %g and %g", c.Method, r, got.R[r], total.R[r], wy/w, wy)
				}
				compared++
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was ever compared")
	}
}

// slowReplicate calibrates the rows of one replicate as a survey of its own. A replicate's weights may be negative
// where a design's may not, so it asks the solver, by row.
func slowReplicate(t *rapid.T, p polled, c Calibration, d *Design, jkn *Replicates, r int) []float64 {
	k := problem{method: c.Method, bounds: c.Bounds, margins: len(c.Margins), levels: d.cal.levels, totals: d.cal.totals}
	n := make([]float64, len(p.y))
	for row, w := range p.spec.Weights {
		n[row] = w * jkn.Factor(d.PSU(d.Unit(row)), r)
		k.at = append(k.at, d.cal.levelsOf(int(d.cal.cell[row]))...)
	}
	s, err := k.solve(n, k.totals, 0)
	if err != nil {
		t.Fatal(err)
	}
	for row := range n {
		n[row] *= s.scale * s.f[row]
	}
	return n
}

// TestCalibrationFaults: what cannot be is named before anything is calculated, all of it at once.
func TestCalibrationFaults(t *testing.T) {
	spec := Spec{Weights: []float64{1, 2, 3, 4}}
	sex, age := NewFactor([]string{"f", "m", "f", "m"}), NewFactor([]string{"1", "1", "2", "2"})
	margin := func(name string, of Factor, totals map[string]float64) Margin { return Margin{name, of, totals} }
	good := margin("sex", sex, map[string]float64{"f": 50, "m": 50})
	for name, c := range map[string]struct {
		c    Calibration
		want []CalibrationFaultKind
	}{
		"no margin":     {Calibration{}, []CalibrationFaultKind{NoMargins}},
		"two cells":     {Calibration{Method: CalPostStratify, Margins: []Margin{good, good}}, []CalibrationFaultKind{SeveralCells}},
		"no bounds":     {Calibration{Method: CalLogit, Margins: []Margin{good}}, []CalibrationFaultKind{BadBounds}},
		"bounds":        {Calibration{Method: CalLinear, Bounds: [2]float64{1.2, 2}, Margins: []Margin{good}}, []CalibrationFaultKind{BadBounds}},
		"stray bounds":  {Calibration{Bounds: [2]float64{0.5, 2}, Margins: []Margin{good}}, []CalibrationFaultKind{BadBounds}},
		"limits":        {Calibration{Trim: [2]float64{3, 2}, Margins: []Margin{good}}, []CalibrationFaultKind{BadTrim}},
		"totals":        {Calibration{Margins: []Margin{margin("sex", sex, map[string]float64{"f": -5, "m": math.NaN()})}}, []CalibrationFaultKind{BadTotal, BadTotal}},
		"labels":        {Calibration{Margins: []Margin{margin("x", NewFactor([]string{"", "a", "b", "b"}), map[string]float64{"a": 5})}}, []CalibrationFaultKind{NoLevel, UnknownLevel}},
		"empty, zero":   {Calibration{Margins: []Margin{margin("sex", sex, map[string]float64{"f": 0, "m": 5, "x": 5})}}, []CalibrationFaultKind{ZeroTotal, EmptyLevel}},
		"sums":          {Calibration{Margins: []Margin{good, margin("age", age, map[string]float64{"1": 50, "2": 51})}}, []CalibrationFaultKind{UnequalSums}},
		"out of bounds": {Calibration{Method: CalLogit, Bounds: [2]float64{0.9, 1.1}, Margins: []Margin{margin("sex", sex, map[string]float64{"f": 90, "m": 10})}}, []CalibrationFaultKind{BeyondBounds, BeyondBounds}},
		"negative":      {Calibration{Method: CalLinear, Margins: []Margin{margin("sex", sex, map[string]float64{"f": 50, "m": 50}), margin("age", age, map[string]float64{"1": 99.9, "2": 0.1})}}, []CalibrationFaultKind{NotPositive}},
		"tight":         {Calibration{Trim: [2]float64{0, 20}, Margins: []Margin{good}}, []CalibrationFaultKind{TrimTooTight}},
	} {
		_, err := must(New(spec)).Calibrate(c.c)
		e, ok := errors.AsType[*CalibrationError](err)
		if !ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []CalibrationFaultKind
		for _, f := range e.Faults {
			got = append(got, f.Kind)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s\n%v", name, diff, err)
		}
	}
}

// TestRakingRefuses what no weights can do: the women are all in one age group, whose total is below theirs.
func TestRakingRefuses(t *testing.T) {
	d := must(New(Spec{Weights: []float64{1, 1, 1, 1}}))
	for _, method := range methods {
		c := Calibration{Method: method, Margins: []Margin{
			{"sex", NewFactor([]string{"f", "f", "m", "m"}), map[string]float64{"f": 60, "m": 40}},
			{"age", NewFactor([]string{"1", "1", "1", "2"}), map[string]float64{"1": 50, "2": 50}},
		}}
		if method == CalLogit {
			c.Bounds = [2]float64{0, 50}
		}
		_, err := d.Calibrate(c)
		e, ok := errors.AsType[*CalibrationError](err)
		if !ok || e.Faults[0].Kind != NotMet && e.Faults[0].Kind != NotPositive {
			t.Errorf("%s: %v", method, err)
		}
	}
}
