package svy_test

import (
	"math"
	"strconv"
	"testing"

	"thuoc/svy"
)

// margins reads population totals of the oracle; the margin "cell" crosses age groups and sexes.
func margins(t testing.TB, s survey, names ...string) []svy.Margin {
	t.Helper()
	totals := map[string]map[string]float64{}
	for _, a := range answers(t, "margins.csv") {
		if totals[a["margin"]] == nil {
			totals[a["margin"]] = map[string]float64{}
		}
		totals[a["margin"]][a["level"]] = parse(a["total"])
	}
	var out []svy.Margin
	for _, name := range names {
		m := svy.Margin{Name: name, Totals: totals[name]}
		if name == "cell" {
			m.Of = s.factor("agegrp").Cross(s.factor("sex"), ".")
		} else {
			m.Of = s.factor(name)
		}
		out = append(out, m)
	}
	return out
}

// oracleCalibrations are R's calibrations by the names the oracle gives them, each with the convention that R's
// function has for its variance.
func oracleCalibrations(t testing.TB, s survey) map[string]svy.Calibration {
	t.Helper()
	sexAge := margins(t, s, "sex", "agegrp")
	return map[string]svy.Calibration{
		"rake_sex_age":      {Method: svy.CalRake, Margins: sexAge, Residuals: svy.Unweighted},
		"rake_prov_sex_age": {Method: svy.CalRake, Margins: margins(t, s, "prov", "sex", "agegrp"), Residuals: svy.Unweighted},
		"post_cell":         {Method: svy.CalPostStratify, Margins: margins(t, s, "cell")},
		"cal_linear":        {Method: svy.CalLinear, Margins: sexAge},
		"cal_raking":        {Method: svy.CalExponential, Margins: sexAge},
		"cal_logit":         {Method: svy.CalLogit, Margins: sexAge, Bounds: [2]float64{0.4, 2.5}},
	}
}

func calibrate(t testing.TB, d *svy.Design, c svy.Calibration) *svy.Design {
	t.Helper()
	out, err := d.Calibrate(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOracleCalibration meets R's calibrated weights, and the means and standard errors they give.
func TestOracleCalibration(t *testing.T) {
	y1 := loadSurvey(t, "papi_S_y1.csv")
	d := newDesign(t, y1.spec(svy.LonelyAdjust))
	k := newTally(t)
	row := map[string]int{}
	for i, id := range y1.labels("id") {
		row[id] = i
	}
	designs, national := map[string]*svy.Design{}, map[string]*svy.Sums{}
	for name, c := range oracleCalibrations(t, y1) {
		designs[name] = calibrate(t, d, c)
		national[name] = scan(t, designs[name], svy.Factor{}, y1.items()...)
	}
	for _, a := range answers(t, "S_cal_summary.csv") {
		trail := designs[a["method"]].Trail()
		last := trail[len(trail)-1]
		k.near("sum", a["method"], last.Sum, a["sum"], 1e-9)
		k.near("sum of squares", a["method"], last.Deff*last.Sum*last.Sum/float64(d.Rows()), a["sumsq"], 1e-9)
		k.near("min", a["method"], last.Min, a["min"], 1e-9)
		k.near("max", a["method"], last.Max, a["max"], 1e-9)
		for m, e := range last.Errors {
			if e > svy.MarginTolerance {
				t.Errorf("%s: margin %d is off by %g", a["method"], m, e)
			}
		}
	}
	for _, a := range answers(t, "S_cal_weights.csv") {
		for name, c := range designs {
			k.near("weight, "+name, a["id"], c.Weight(row[a["id"]]), a[name], 1e-9)
		}
	}
	// R's raking to three margins stops a little before its end: its weights are good to 1e-10, its means to 1e-11.
	tolerance := map[string]float64{"rake_prov_sex_age": 1e-11}
	for name := range designs {
		if tolerance[name] == 0 {
			tolerance[name] = 1e-12
		}
	}
	for _, a := range answers(t, "S_cal_nat.csv") {
		s := national[a["method"]]
		v, _ := s.Var(a["q"])
		l := s.Mean(v, svy.Whole)
		k.near("mean, "+a["method"], a["q"], l.Value, a["mean"], tolerance[a["method"]])
		k.near("se, "+a["method"], a["q"], errorOfR(s.Design(), l), a["se"], 1e-9)
	}
	provinces := scan(t, designs["rake_prov_sex_age"], y1.factor("prov"), y1.items()...)
	for _, a := range answers(t, "S_cal_prov.csv") {
		v, _ := provinces.Var(a["q"])
		l := provinces.Mean(v, domain(t, provinces, a["prov"]))
		k.near("mean by province", a["q"]+" in "+a["prov"], l.Value, a["mean"], tolerance["rake_prov_sex_age"])
		k.near("se by province", a["q"]+" in "+a["prov"], errorOfR(provinces.Design(), l), a["se"], 1e-9)
	}
}

// errorOfR is the standard error with the lonely PSUs as R survey 4.1 has them under "adjust": measured from 0, not from
// the mean of the scores as R survey 4.5 and LonelyAdjust do. The scores of a mean add up to 0 and the two agree; those
// of residuals do not, unless the factors are themselves linear in the levels.
func errorOfR(d *svy.Design, l svy.Linear) float64 {
	score, sum, units := make([]float64, d.PSUs()), 0.0, 0
	for i, u := range l.Unit {
		score[u] = l.Z[i]
		sum += l.Z[i]
	}
	strata := d.Strata()
	for _, s := range strata {
		units += s.N
	}
	v, mean := d.Var(l), sum/float64(units)
	for _, s := range strata {
		if z := score[s.First]; s.N == 1 {
			v += z*z - (z-mean)*(z-mean)
		}
	}
	return math.Sqrt(v)
}

// BenchmarkCalibration rakes 20,000 rows to 63 provinces, sexes and ages, and estimates 120 items in the nation and the
// provinces with residual errors. Bound: 1 s on 2 cores.
func BenchmarkCalibration(b *testing.B) {
	y1 := loadSurvey(b, "papi_S_y1.csv")
	d := newDesign(b, y1.spec(svy.LonelyAdjust))
	c := svy.Calibration{Margins: margins(b, y1, "prov", "sex", "agegrp")}
	prov, items := y1.factor("prov"), y1.items()
	for b.Loop() {
		cells, err := calibrate(b, d, c).Cells(prov)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := cells.Estimates(svy.StatMean, svy.Method{}, items...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCalibratedReplicates makes Rao–Wu replicates that are each raked to provinces, sexes and ages, and the errors
// of 120 items in the nation and the provinces from them. Bound: 1 s for 200 on 2 cores.
func BenchmarkCalibratedReplicates(b *testing.B) {
	y1 := loadSurvey(b, "papi_S_y1.csv")
	d := calibrate(b, newDesign(b, y1.collapsed()), svy.Calibration{Margins: margins(b, y1, "prov", "sex", "agegrp")})
	sums := scan(b, d, y1.factor("prov"), y1.items()...)
	domains := []int{svy.Whole}
	for i := range sums.Cells().Domains() {
		domains = append(domains, i)
	}
	for _, n := range []int{200, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				p, err := d.RaoWu(n, 1)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.MeanSEs(sums, domains); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
