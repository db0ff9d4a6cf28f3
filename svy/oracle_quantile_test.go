package svy_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"thuoc/svy"
)

// TestOracleQuantiles holds quantiles and Woodruff's intervals to R's, save three of R's peculiarities, each checked to
// be the whole cause where an answer differs:
//
//   - below the weight of the smallest value R's math, school and hf4 answer with the second smallest (its search for
//     the last running sum ≤ p W falls back to the first row, and then takes the next) or extrapolate; the smallest y
//     with F(y) ≥ p is the first;
//   - at p = 1 hf4 divides 0 by 0; the quantile is the largest value;
//   - hf4 interpolates between equal values with a rounding error, and then y ≤ q loses the rows that equal q.
//
// R's rule shahvaish is unusable as a reference (oracle/README.md) and is not offered.
func TestOracleQuantiles(t *testing.T) {
	s := loadSurvey(t, "papi_S_y1.csv")
	d := newDesign(t, s.spec(svy.LonelyAdjust))
	provinces := s.labels("prov")
	for i, p := range provinces {
		if p != "1" && p != "5" && p != "40" {
			provinces[i] = "" // in no domain, but in the nation
		}
	}
	cells, err := d.Cells(svy.NewFactor(provinces))
	if err != nil {
		t.Fatal(err)
	}
	intervals := map[string]svy.Interval{"mean": svy.Wald, "beta": svy.Beta, "xlogit": svy.XLogit, "asin": svy.ASin}
	columns := map[string]svy.Column{}
	type asked struct{ q, rule, interval string }
	made := map[asked][]svy.Estimate{} // the whole and the domains, each at all probabilities
	k := newTally(t)
	peculiar := 0
	probabilities := []float64{0.05, 0.25, 0.5, 0.75, 0.9}
	for _, a := range answers(t, "S_quant.csv") {
		rule, ok := svy.ParseQuantileRule(a["rule"])
		if !ok {
			continue
		}
		col, ok := columns[a["q"]]
		if !ok {
			col = s.col(a["q"])
			columns[a["q"]] = col
		}
		prov := svy.Whole
		if a["prov"] != "0" {
			prov, _ = cells.Domain(a["prov"])
		}
		p, m := parse(a["p"]), svy.Method{Interval: intervals[a["interval"]]}
		key := asked{a["q"], a["rule"], a["interval"]}
		if made[key] == nil {
			if made[key], err = cells.Quantiles(col, rule, probabilities, m); err != nil {
				t.Fatal(err)
			}
		}
		e := made[key][(prov+1)*len(probabilities)+slices.Index(probabilities, p)]
		place := fmt.Sprintf("%s in %s, %s %s at %s", a["q"], a["prov"], a["rule"], a["interval"], a["p"])
		tolerance := 1e-9
		if rule == svy.QMath || rule == svy.QSchool {
			tolerance = 0
		}
		k.near("est", place, e.Value, a["est"], tolerance)
		if !same(e.Lo, parse(a["lo"])) || !same(e.Hi, parse(a["hi"])) {
			peculiar++
			e.Lo, e.Hi = rWoodruff(t, s, d, cells, col, prov, rule, p, m)
			e.SE = (e.Hi - e.Lo) / (2 * svy.TQuantile(0.95, e.DF))
		}
		k.near("lo", place, e.Lo, a["lo"], 1e-12)
		k.near("hi", place, e.Hi, a["hi"], 1e-12)
		k.near("se", place, e.SE, a["se"], 1e-9)
	}
	if peculiar != 13 {
		t.Errorf("%d cells differ by R's peculiarities, 13 are known", peculiar)
	}
}

func same(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*math.Abs(b)
}

// rWoodruff is Woodruff's interval as R computes it, rounding and all.
func rWoodruff(t *testing.T, s survey, d *svy.Design, cells *svy.Cells, col svy.Column, prov int, rule svy.QuantileRule, p float64, m svy.Method) (lo, hi float64) {
	t.Helper()
	label := ""
	if prov != svy.Whole {
		label = cells.Domains()[prov]
	}
	var rows []int
	for i, l := range s.labels("prov") {
		if y := col.At(i); y == y && (label == "" || l == label) {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		switch x, y := col.At(a), col.At(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	cum, total := make([]float64, len(rows)), 0.0
	long := new(big.Float).SetPrec(64) // R adds in the 80-bit format
	for i, r := range rows {
		long.Add(long, big.NewFloat(d.Weight(r)))
		cum[i], _ = long.Float64()
		total = cum[i]
	}
	read := func(p float64) float64 {
		return rStep(rule, p, total, cum, func(i int) float64 { return col.At(rows[i]) })
	}
	q := read(p)
	sums, err := cells.Scan(col.Map("share", func(y float64) float64 {
		switch {
		case y != y:
			return y
		case y <= q:
			return 1
		}
		return 0
	}))
	if err != nil {
		t.Fatal(err)
	}
	f := sums.Mean(0, prov)
	lo, hi = svy.ProportionInterval(m.Interval, f.Value, d.SE(f), cells.DF(prov), f.N, 0.95)
	return read(lo), read(hi)
}

// rStep is R's qs() with the rules math, school and hf4.
func rStep(rule svy.QuantileRule, p, total float64, cum []float64, y func(int) float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	pos := 0
	for i, c := range cum {
		if c <= p*total {
			pos = i
		}
	}
	next := min(pos+1, len(cum)-1)
	low, up := p-cum[pos]/total, cum[next]/total-p
	switch {
	case rule == svy.HF4:
		g := low / (up + low)
		return y(pos)*(1-g) + y(next)*g
	case low != 0:
		return y(next)
	case rule == svy.QSchool:
		return (y(pos) + y(next)) / 2
	}
	return y(pos)
}
