package svy_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"thuoc/svy"
)

// TestRatios holds the ratio, its error and its design effect to the residuals (y - R x)/xbar computed row by row.
func TestRatios(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t)
		sums := s.sums(t)
		y, x := s.column("y", yOf), s.column("x", xOf)
		es, err := sums.Cells().Ratios(y, x, svy.Method{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			in := func(r plainRow) bool { return e.Domain == svy.Whole || r.domain == sums.Cells().Domains()[e.Domain] }
			var wy, wx, w float64
			n := 0
			for _, r := range s.rows {
				if in(r) && r.y == r.y {
					wy, wx, w, n = wy+r.w*r.y, wx+r.w*r.x, w+r.w, n+1
				}
			}
			if n == 0 {
				if e.Status != svy.NoAnswers || e.Value == e.Value {
					t.Fatalf("nobody answered: %+v", e)
				}
				continue
			}
			z, squares := make([]float64, len(s.rows)), 0.0
			for i, r := range s.rows {
				if in(r) && r.y == r.y {
					z[i] = r.w * (r.y - wy/wx*r.x) / wx
					squares += r.w * (z[i] / r.w * w) * (z[i] / r.w * w)
				}
			}
			v := slowVariance(s.rows, z, 0, s.stages)
			if e.Status == svy.NoVariance { // all in one unit, where the scores add up to 0
				if v > 1e-20 {
					t.Fatalf("%+v, by rows ± %v", e, math.Sqrt(v))
				}
				continue
			}
			if !nearly(e.Value, wy/wx, 1e-12) || !nearly(e.SE*e.SE, v, 1e-9) {
				t.Fatalf("ratio %+v, by rows %v ± %v", e, wy/wx, math.Sqrt(v))
			}
			srs := squares / w / float64(n-1) * (w - float64(n)) / w
			if e.Deff == e.Deff && v > 1e-20 && w > float64(n) && !nearly(e.Deff, v/srs, 1e-6) {
				t.Fatalf("design effect %v, by rows %v", e.Deff, v/srs)
			}
		}
	})
}

// TestScanInPieces: estimates do not depend on how many columns are summed at a time; nor when each row is a PSU, so that
// there are many cells, nor when the weights are calibrated, so that each column is summed twice.
func TestScanInPieces(t *testing.T) {
	s := loadSurvey(t, "papi_S_y1.csv")
	rows := newDesign(t, svy.Spec{Weights: s.floats("w"), Stages: []svy.Stage{{Strata: s.factor("prov")}}})
	calibrated, err := newDesign(t, svy.Spec{Weights: s.floats("w")}).Calibrate(svy.Calibration{
		Margins: []svy.Margin{{Name: "sex", Of: s.factor("sex"), Totals: map[string]float64{"1": 31e6, "2": 34e6}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*svy.Design{rows, calibrated} {
		compareScans(t, s, d)
	}
}

func compareScans(t *testing.T, s survey, d *svy.Design) {
	t.Helper()
	items := s.items()[110:] // codes and floats
	cells, err := d.Cells(s.factor("prov"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := cells.Estimates(svy.StatMean, svy.Method{}, items...)
	if err != nil {
		t.Fatal(err)
	}
	sums, err := cells.Scan(items...)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range sums.Estimates(svy.StatMean, svy.Method{}) {
		if !sameBits(got[i], want) {
			t.Fatalf("%+v in pieces, %+v at once", got[i], want)
		}
	}
}

// TestSimpleRandomSample: a simple random sample gives the textbook variance s²/n, and with its frame (1-n/N) s²/n.
func TestSimpleRandomSample(t *testing.T) {
	y := []float64{2, 4, 4, 5, 7, 9}
	w := []float64{10, 10, 10, 10, 10, 10}
	mean, ss := 0.0, 0.0
	for _, v := range y {
		mean += v / 6
	}
	for _, v := range y {
		ss += (v - mean) * (v - mean)
	}
	d := newDesign(t, svy.Spec{Weights: w})
	e := scan(t, d, svy.Factor{}, svy.NewColumn("y", y)).Estimates(svy.StatMean, svy.Method{Replace: true})[0]
	if want := math.Sqrt(ss / 5 / 6); math.Abs(e.SE-want) > 1e-15 || math.Abs(e.Deff-1) > 1e-14 || e.DF != 5 {
		t.Errorf("%+v, SE by the textbook %v", e, want)
	}
	d = newDesign(t, svy.Spec{Weights: w, Stages: []svy.Stage{{FPC: []float64{60, 60, 60, 60, 60, 60}}}})
	e = scan(t, d, svy.Factor{}, svy.NewColumn("y", y)).Estimates(svy.StatMean, svy.Method{})[0]
	if want := math.Sqrt(ss / 5 / 6 * 0.9); math.Abs(e.SE-want) > 1e-15 || math.Abs(e.Deff-1) > 1e-14 {
		t.Errorf("with a frame: %+v, SE by the textbook %v", e, want)
	}
}

// TestSatterthwaite: equal strata give all their degrees of freedom, one stratum that holds the variance its own.
func TestSatterthwaite(t *testing.T) {
	strata, psu := factor("a a a b b b"), factor("1 2 3 4 5 6")
	for _, c := range []struct {
		y  []float64
		df float64
	}{{[]float64{1, 2, 3, 1, 2, 3}, 4}, {[]float64{1, 2, 3, 2, 2, 2}, 2}} {
		d := newDesign(t, svy.Spec{Weights: ones(6), Stages: []svy.Stage{{Units: psu, Strata: strata}}})
		e := scan(t, d, svy.Factor{}, svy.NewColumn("y", c.y)).Estimates(svy.StatMean, svy.Method{DF: svy.DFSatterthwaite})[0]
		if math.Abs(e.DF-c.df) > 1e-12 {
			t.Errorf("%v: %v degrees of freedom, not %v", c.y, e.DF, c.df)
		}
	}
}

// TestPooledVariances: on the synthetic survey, whose provinces share their variance components, pooling keeps the
// values, gives more degrees of freedom, and brings the design effects of an item together.
func TestPooledVariances(t *testing.T) {
	s := loadSurvey(t, "papi_S_y1.csv")
	sums := scan(t, newDesign(t, s.spec(svy.LonelyCollapse)), s.factor("prov"), s.col("q001"), s.col("q002"))
	own := sums.Estimates(svy.StatMean, svy.Method{})
	pooled := sums.Estimates(svy.StatMean, svy.Method{DF: svy.DFPooled})
	spread := func(es []svy.Estimate, se func(svy.Estimate) float64) float64 {
		var sum, squares, n float64
		for i, e := range es {
			if e.Domain != svy.Whole {
				x := math.Log(se(e) * se(e) / (own[i].SE * own[i].SE / own[i].Deff))
				sum, squares, n = sum+x, squares+x*x, n+1
			}
		}
		return squares/n - sum/n*sum/n
	}
	for i, e := range pooled {
		if e.Value != own[i].Value || e.DesignSE != own[i].SE {
			t.Fatalf("%+v, unpooled %+v", e, own[i])
		}
		if e.Domain == svy.Whole && e.SE != own[i].SE || e.Domain != svy.Whole && e.DF <= own[i].DF {
			t.Errorf("%+v, unpooled %+v", e, own[i])
		}
	}
	if a, b := spread(pooled, func(e svy.Estimate) float64 { return e.SE }), spread(own, func(e svy.Estimate) float64 { return e.SE }); a > b/2 {
		t.Errorf("log design effects vary by %v pooled, %v unpooled", a, b)
	}
}

// TestQuantileRules holds the rules to values computed by hand on four equal weights, where Hyndman and Fan's formulas
// are those of the unweighted sample.
func TestQuantileRules(t *testing.T) {
	y, w := []float64{10, 20, 30, 40}, []float64{1, 1, 1, 1}
	for _, c := range []struct {
		rule svy.QuantileRule
		p    float64
		want float64
	}{
		{svy.QMath, 0.5, 20}, {svy.QMath, 0.51, 30}, {svy.QMath, 0.01, 10}, {svy.QMath, 0, 10}, {svy.QMath, 1, 40},
		{svy.QSchool, 0.5, 25}, {svy.QSchool, 0.6, 30}, {svy.HF1, 0.25, 10}, {svy.HF2, 0.25, 15},
		{svy.HF3, 0.25, 20}, {svy.HF3, 0.5, 20}, {svy.HF4, 0.6, 24}, {svy.HF4, 0.1, 10}, {svy.HF4, 1, 40},
		{svy.HF5, 0.5, 25}, {svy.HF6, 0.5, 25}, {svy.HF7, 0.5, 25}, {svy.HF8, 0.5, 25}, {svy.HF9, 0.5, 25},
		{svy.HF6, 0.3, 15}, {svy.HF7, 0.1, 13}, {svy.HF5, 0.2, 13},
	} {
		if got := svy.Quantile(c.rule, y, w, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v at %v: %v, by hand %v", c.rule, c.p, got, c.want)
		}
	}
	if q := svy.Quantile(svy.QMath, nil, nil, 0.5); q == q {
		t.Errorf("a quantile of nothing: %v", q)
	}
	if q := svy.Quantile(svy.QMath, []float64{math.NaN(), 3}, []float64{1, 1}, 0.5); q != 3 {
		t.Errorf("a missing value counts: %v", q)
	}
}

// TestQuantileScores: the variance of a quantile's scores is the square of Woodruff's SE.
func TestQuantileScores(t *testing.T) {
	s := loadSurvey(t, "papi_S_y1.csv")
	d := newDesign(t, s.spec(svy.LonelyCollapse))
	cells, err := d.Cells(s.factor("prov"))
	if err != nil {
		t.Fatal(err)
	}
	col := s.col("q118")
	es, err := cells.Quantiles(col, svy.HF7, []float64{0.5}, svy.Method{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		if l := cells.Quantile(col, svy.HF7, 0.5, e.Domain, svy.Method{}); e.Status == svy.OK && (l.Value != e.Value || !nearly(d.SE(l), e.SE, 1e-12)) {
			t.Fatalf("scores give %v ± %v, Woodruff %v ± %v", l.Value, d.SE(l), e.Value, e.SE)
		}
	}
}

// TestWilson: Wilson's interval on an effective sample of n is the textbook's with t for z.
func TestWilson(t *testing.T) {
	p, n := 0.3, 50.0
	lo, hi := svy.ProportionInterval(svy.Wilson, p, math.Sqrt(p*(1-p)/n), math.Inf(1), 50, 0.95)
	const z = 1.959963984540054
	c, h := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	if math.Abs(lo-(c-h)/(1+z*z/n)) > 1e-12 || math.Abs(hi-(c+h)/(1+z*z/n)) > 1e-12 {
		t.Errorf("[%v, %v]", lo, hi)
	}
}

func TestBenjaminiHochberg(t *testing.T) {
	got := svy.BenjaminiHochberg([]float64{0.01, math.NaN(), 0.04, 0.03, 0.2})
	for i, want := range []float64{0.04, math.NaN(), 0.16 / 3, 0.16 / 3, 0.2} {
		if !nearly(got[i], want, 1e-14) {
			t.Errorf("p %d adjusted to %v, not %v", i, got[i], want)
		}
	}
}
