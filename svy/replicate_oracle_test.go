package svy_test

import (
	"strconv"
	"testing"

	"thuoc/svy"
)

// collapsed is the design of the replicate answers: the lonely strata joined beforehand, as the file has them.
func (s survey) collapsed() svy.Spec {
	return svy.Spec{
		Weights: s.floats("w"),
		Stages:  []svy.Stage{{Units: s.factor("cpsu"), Strata: s.factor("cstratum")}},
	}
}

// bootstrap makes the replicates of the oracle's 200 draws.
func bootstrap(t testing.TB, d *svy.Design) *svy.Replicates {
	t.Helper()
	draws := map[string][]int{}
	for _, a := range answers(t, "S_boot_multiplicity.csv") {
		for _, digit := range a["draws"] {
			draws[a["psu"]] = append(draws[a["psu"]], int(digit-'0'))
		}
	}
	byPSU := make([][]int, d.PSUs())
	for i := range byPSU {
		byPSU[i] = draws[d.PSULabel(i)]
	}
	p, err := d.RaoWuDraws(byPSU)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestOracleReplicates meets R's replicate errors, national and by province.
func TestOracleReplicates(t *testing.T) {
	y1 := loadSurvey(t, "papi_S_y1.csv")
	d := newDesign(t, y1.collapsed())
	sums := scan(t, d, y1.factor("prov"), y1.items()...)
	jkn, err := d.JKn()
	if err != nil {
		t.Fatal(err)
	}
	boot := bootstrap(t, d)
	jknMSE, bootMSE := *jkn, *boot
	jknMSE.Centre, bootMSE.Centre = svy.AtEstimate, svy.AtEstimate
	k := newTally(t)
	check := func(a map[string]string, domain int, place string) {
		v, _ := sums.Var(a["q"])
		k.near("se_taylor", place, d.SE(sums.Mean(v, domain)), a["se_taylor"], 1e-9)
		for column, p := range map[string]*svy.Replicates{"se_jkn": jkn, "se_jkn_mse": &jknMSE, "se_boot": boot, "se_boot_mse": &bootMSE} {
			if a[column] == "" {
				continue // the provinces have no mse columns
			}
			x, err := p.Mean(sums, v, domain)
			if err != nil {
				t.Fatal(err)
			}
			k.near(column, place, p.SE(x), a[column], 1e-9)
		}
	}
	for _, a := range answers(t, "S_rep.csv") {
		check(a, svy.Whole, a["q"])
	}
	for _, a := range answers(t, "S_rep_prov.csv") {
		check(a, domain(t, sums, a["prov"]), a["q"]+" in "+a["prov"])
	}
}

// TestReplicatedIndex: the jackknife of the index, a second road to its error, stands a little above the linearised
// one, as it does for means.
func TestReplicatedIndex(t *testing.T) {
	y1 := loadSurvey(t, "papi_S_y1.csv")
	d := newDesign(t, y1.collapsed())
	sums := scan(t, d, y1.factor("prov"), y1.items()[:112]...)
	jkn, err := d.JKn()
	if err != nil {
		t.Fatal(err)
	}
	x := oracleIndex(t)
	linear := scored(t, x, sums)
	for _, prov := range []string{"1", "5", "40"} {
		dom := domain(t, sums, prov)
		items := make([]svy.Replicated, sums.Vars())
		for v := range items {
			if items[v], err = jkn.Mean(sums, v, dom); err != nil {
				t.Fatal(err)
			}
		}
		index := svy.Replicated{R: make([]float64, jkn.Len())}
		one := make([]svy.Linear, len(items))
		for r := -1; r < jkn.Len(); r++ {
			for v := range one {
				if one[v].Value = items[v].Value; r >= 0 {
					one[v].Value = items[v].R[r]
				}
			}
			scores, err := x.Compute(one)
			if err != nil {
				t.Fatal(err)
			}
			if r < 0 {
				index.Value = scores[0].Value
			} else {
				index.R[r] = scores[0].Value
			}
		}
		got, want := jkn.SE(index), d.SE(linear[prov]["index"].Linear)
		if got < want || got > 1.05*want {
			t.Errorf("province %s: jackknife SE of the index %g, linearised %g", prov, got, want)
		}
	}
}

// BenchmarkReplicates makes 1,000 Rao–Wu replicates and the errors of 120 items in 63 provinces and the nation from
// them, at 20,000 rows. Bound: 1 s on 2 cores.
func BenchmarkReplicates(b *testing.B) {
	y1 := loadSurvey(b, "papi_S_y1.csv")
	d := newDesign(b, y1.collapsed())
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
	b.Run("jkn", func(b *testing.B) {
		for b.Loop() {
			p, err := d.JKn()
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.MeanSEs(sums, domains); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestOracleReplicatedQuantiles meets R's bootstrap errors of the quartiles of an amount.
func TestOracleReplicatedQuantiles(t *testing.T) {
	y1 := loadSurvey(t, "papi_S_y1.csv")
	d := newDesign(t, y1.collapsed())
	boot := bootstrap(t, d)
	cells, err := d.Cells(y1.factor("prov"))
	if err != nil {
		t.Fatal(err)
	}
	k := newTally(t)
	for _, a := range answers(t, "S_rep_quant.csv") {
		x, err := boot.Quantile(cells, y1.col(a["q"]), svy.QMath, parse(a["p"]), svy.Whole)
		if err != nil {
			t.Fatal(err)
		}
		place := a["q"] + " at " + a["p"]
		k.near("quantile", place, x.Value, a["est"], 0)
		k.near("se_boot", place, boot.SE(x), a["se_boot"], 1e-9)
	}
	jkn, err := d.JKn()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jkn.Quantile(cells, y1.col("q118"), svy.QMath, 0.5, svy.Whole); err == nil {
		t.Error("the jackknife takes a quantile")
	}
}
