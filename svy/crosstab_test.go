package svy_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"thuoc/svy"
)

// crossed makes a table of random rows with the given weights, each row a PSU.
func crossed(t rapid.TB, weights []float64, rows []string, values []float64) (*svy.Crosstab, error) {
	t.Helper()
	d, err := svy.New(svy.Spec{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Cells(svy.NewFactor(rows))
	if err != nil {
		t.Fatal(err)
	}
	return c.Crosstab(svy.NewColumn("y", values))
}

// TestSimpleSampleIsPearson: in a simple random sample the generalised design effects are near n/(n-1), so that both
// orders of Rao & Scott are Pearson's own test; shares add up to 1 and are the shares of their rows' means.
func TestSimpleSampleIsPearson(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(60, 200).Draw(t, "n")
		rows, values, weights := make([]string, n), make([]float64, n), make([]float64, n)
		for i := range n {
			weights[i] = 3
			rows[i] = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "row")
			values[i] = float64(rapid.IntRange(0, 2).Draw(t, "value"))
		}
		x, err := crossed(t, weights, rows, values)
		if err != nil {
			t.Skip(err)
		}
		sum := 0.0
		for _, s := range x.Shares {
			sum += s.Value
		}
		rs, err := x.RaoScott()
		if err != nil {
			t.Skip(err) // too many empty cells
		}
		k := float64((len(x.Rows) - 1) * (len(x.Columns) - 1))
		if math.Abs(sum-1) > 1e-12 || x.N != n || rs.First.DF1 != k || x.DF != float64(n-1) {
			t.Fatalf("shares %v, %d answers, df %v and %v", sum, x.N, rs.First.DF1, x.DF)
		}
		if rs.Second.DF1 > k+1e-9 || rs.Second.DF1 < 1-1e-9 || rs.F.DF2 != rs.F.DF1*x.DF {
			t.Fatalf("second order on %v of %v degrees of freedom, F on %v, %v", rs.Second.DF1, k, rs.F.DF1, rs.F.DF2)
		}
		for _, p := range []float64{rs.First.P, rs.Second.P, rs.F.P} {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("p = %v", p)
			}
		}
		// Under independence the mean design effect is n/(n-1); random tables are not far from it.
		if ratio := rs.Pearson / rs.First.Statistic; rs.First.P > 0.2 && math.Abs(ratio-1) > 0.25 {
			t.Fatalf("X² %v, corrected %v", rs.Pearson, rs.First.Statistic)
		}
	})
}

// TestTwoByTwo: with one contrast first and second order agree, and the weights' scale changes nothing.
func TestTwoByTwo(t *testing.T) {
	rows := []string{"a", "a", "a", "a", "b", "b", "b", "b", "b", "b"}
	values := []float64{1, 1, 1, 0, 0, 0, 1, 0, 0, 0}
	weights := []float64{1, 2, 3, 1, 2, 3, 1, 2, 3, 1}
	x, err := crossed(t, weights, rows, values)
	if err != nil {
		t.Fatal(err)
	}
	a, err := x.RaoScott()
	if err != nil {
		t.Fatal(err)
	}
	if !nearly(a.First.Statistic, a.Second.Statistic, 1e-12) || !nearly(a.F.Statistic, a.First.Statistic, 1e-12) || a.F.DF1 != 1 {
		t.Errorf("%+v", a)
	}
	for i := range weights {
		weights[i] *= 1000
	}
	y, _ := crossed(t, weights, rows, values)
	b, _ := y.RaoScott()
	wa, _ := x.Wald()
	wb, _ := y.Wald()
	if !nearly(a.F.P, b.F.P, 1e-9) || !nearly(wa.P, wb.P, 1e-9) {
		t.Errorf("p %v and %v, Wald %v and %v", a.F.P, b.F.P, wa.P, wb.P)
	}
}

// TestCrosstabFaults: nothing to test is said, not computed; so are more differences than degrees of freedom.
func TestCrosstabFaults(t *testing.T) {
	if _, err := crossed(t, []float64{1, 1}, []string{"a", "b"}, []float64{1, 1}); err == nil {
		t.Error("a table of one value was accepted")
	}
	if _, err := crossed(t, []float64{1, 1}, []string{"a", "a"}, []float64{0, 1}); err == nil {
		t.Error("a table of one domain was accepted")
	}
	nan := math.NaN()
	if _, err := crossed(t, []float64{1, 1}, []string{"a", "b"}, []float64{nan, nan}); err == nil {
		t.Error("a table without answers was accepted")
	}
	d, err := svy.New(svy.Spec{Weights: []float64{1, 1, 1, 1, 1, 1}, Stages: []svy.Stage{{Units: svy.NewFactor([]string{"1", "1", "1", "2", "2", "2"})}}})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := d.Cells(svy.NewFactor([]string{"a", "b", "c", "a", "b", "c"}))
	x, err := c.Crosstab(svy.NewColumn("y", []float64{0, 1, 2, 2, 0, 0}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Wald(); err == nil {
		t.Error("four differences were told apart by one degree of freedom")
	}
	if w, err := x.AdjustedWald(); err == nil {
		t.Errorf("%+v", w)
	}
}
