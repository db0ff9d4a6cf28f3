package score_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/reference"
	"thuoc/internal/score"
	"thuoc/svy"
)

// csvColumns reads a CSV file of the reference answers by column.
func csvColumns(t testing.TB, name string) map[string][]string {
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
	out := map[string][]string{}
	for _, row := range rows[1:] {
		for j, cell := range row {
			out[rows[0][j]] = append(out[rows[0][j]], cell)
		}
	}
	return out
}

func number(cell string) float64 {
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func numbers(cells []string) []float64 {
	out := make([]float64, len(cells))
	for i, c := range cells {
		out[i] = number(c)
	}
	return out
}

// panel is the synthetic survey of two years in one design.
func panel(t testing.TB) map[string][]string {
	t.Helper()
	all := csvColumns(t, "papi_S_y1.csv")
	for name, cells := range csvColumns(t, "papi_S_y2.csv") {
		all[name] = append(all[name], cells...)
	}
	return all
}

// estimates estimates a definition's leaves in each of the given waves of a panel.
func estimates(t testing.TB, def *score.Definition, data map[string][]string, waves ...string) []*score.Estimates {
	t.Helper()
	design, err := svy.New(svy.Spec{
		Weights: numbers(data["w"]), Lonely: svy.LonelyAdjust,
		Stages: []svy.Stage{{Units: svy.NewFactor(data["psu"]), Strata: svy.NewFactor(data["stratum"])}},
	})
	if err != nil {
		t.Fatal(err)
	}
	cells, err := design.Cells(svy.NewFactor(data["year"]).Cross(svy.NewFactor(data["prov"]), "/"))
	if err != nil {
		t.Fatal(err)
	}
	var out []*score.Estimates
	for _, wave := range waves {
		units := map[string]int{}
		for i, label := range cells.Domains() {
			if unit, ok := strings.CutPrefix(label, wave+"/"); ok {
				units[unit] = i
			}
		}
		e, err := def.Estimate(score.Answers{Cells: cells, Units: units, Column: func(name string) (svy.Column, bool) {
			return svy.NewColumn(name, numbers(data[name])), data[name] != nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func synthetic(t testing.TB) *score.Definition {
	t.Helper()
	data, err := os.ReadFile("testdata/synthetic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	def, err := score.Load("synthetic.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

// relative tells whether two numbers agree to a relative tolerance.
func relative(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*math.Abs(b)+1e-15 }

// TestOracleAnswers computes the synthetic index of two years from its answers and meets R's value, error, degrees of
// freedom, change, p-value and adjusted p-value of every dimension and of the composite.
func TestOracleAnswers(t *testing.T) {
	def := synthetic(t)
	years := estimates(t, def, panel(t), "1", "2")
	var results []*score.Result
	for i, e := range years {
		opt := score.Options{Estimates: e, Year: 2020 + i}
		if i > 0 {
			opt.Previous = results[0]
		}
		res, err := score.Compute(def, e.Figures(), opt)
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, res)
	}
	level := csvColumns(t, "S_index.csv")
	for i, prov := range level["prov"] {
		r := row(t, results[0], level["item"][i], prov)
		place := r.Code + " in " + prov
		if want := number(level["est"][i]); !relative(r.Value, want, 1e-12) {
			t.Errorf("%s = %.15g, R has %.15g", place, r.Value, want)
		}
		if want := number(level["se"][i]); !relative(r.SE, want, 1e-9) {
			t.Errorf("SE of %s = %.15g, R has %.15g", place, r.SE, want)
		}
		if want := number(level["df"][i]); r.DF != want {
			t.Errorf("%s has %g df, R %g", place, r.DF, want)
		}
		if half := svy.TQuantile(0.95, r.DF) * r.SE; !relative(r.Interval.Hi, r.Value+half, 1e-12) {
			t.Errorf("the interval of %s ends at %g", place, r.Interval.Hi)
		}
	}
	change := csvColumns(t, "S_index_diff.csv")
	changes := 0
	for i, prov := range change["prov"] {
		r := row(t, results[1], change["item"][i], prov)
		for name, pair := range map[string][2]float64{
			"est": {r.Change.Abs}, "se": {r.Change.SE}, "df": {r.Change.DF}, "p": {r.Change.P}, "p_bh": {r.Change.PFamily},
		} {
			if want := number(change[name][i]); !relative(pair[0], want, 1e-9) {
				t.Errorf("%s of the change of %s in %s = %.15g, R has %.15g", name, r.Code, prov, pair[0], want)
			}
		}
		changed := r.Change.Verdict == score.Rose || r.Change.Verdict == score.Fell
		if changed != (number(change["p_bh"][i]) < 0.05) {
			t.Errorf("the change of %s in %s is called %s at an adjusted p of %s", r.Code, prov, r.Change.Verdict, change["p_bh"][i])
		}
		if changed {
			changes++
		}
	}
	if changes == 0 {
		t.Error("no change at all")
	}
}

// TestAnswersRank: ranks of an index from answers use its own errors with their few degrees of freedom, so that their
// sets are wider than those of a normal error of the same size.
func TestAnswersRank(t *testing.T) {
	def := synthetic(t)
	e := estimates(t, def, csvColumns(t, "papi_S_y1.csv"), "1")[0]
	ranks := &score.RankOptions{Draws: 4000, Seed: 1, Levels: []string{"composite"}}
	few, err := score.Compute(def, e.Figures(), score.Options{Estimates: e, Ranks: ranks})
	if err != nil {
		t.Fatal(err)
	}
	var figures []score.Figure
	for r := range few.Level("composite") {
		figures = append(figures, score.Figure{Unit: r.Unit, Code: r.Code, Value: r.Value, SE: r.SE, Lo: math.NaN(), Hi: math.NaN()})
	}
	var wider, narrower int
	many, err := score.Compute(publishedRoot(t), figures, score.Options{Ranks: ranks})
	if err != nil {
		t.Fatal(err)
	}
	for r := range few.Level("composite") {
		m := row(t, many, r.Code, r.Unit)
		if r.RankLo == 0 || len(r.GroupShare) != 4 {
			t.Fatalf("%s has no rank range", r.Unit)
		}
		switch width := (r.RankHi - r.RankLo) - (m.RankHi - m.RankLo); {
		case width > 0:
			wider++
		case width < 0:
			narrower++
		}
	}
	if wider < 40 || narrower > 5 {
		t.Errorf("with few df %d of 63 sets are wider, %d narrower", wider, narrower)
	}
	if r := row(t, few, "dim1", "1"); r.RankLo != 0 {
		t.Error("a level that was not asked for has rank ranges")
	}
}

// publishedRoot is the synthetic definition with its composite taken as published.
func publishedRoot(t *testing.T) *score.Definition {
	t.Helper()
	data, err := os.ReadFile("testdata/synthetic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "  aggregate: {method: sum}\n", "  mark: published\n", 1)
	def, err := score.Load("synthetic.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return def
}

// small is a definition of one whole over three leaves, and answers to it: 2 units of 2 strata of 2 PSUs.
const small = `
format: 1
id: small-2000
family: small
names: {vi: "Nhỏ", en: "Small"}
years: [2000, 2030]
units: any
sources: ["invented"]
levels:
  - {id: composite, names: {vi: "Tổng hợp", en: "Composite"}}
  - {id: indicator, names: {vi: "Chỉ tiêu", en: "Indicator"}}
missing_codes: [888]
suppress: {answers_below: 3}
tree:
  code: all
  names: {vi: "Tất cả", en: "All"}
  scale: [0, 10]
  aggregate: {method: arithmetic, rescale: true}
  missing: reweigh
  parts:
    - {code: share, names: {vi: "A", en: "A"}, survey: {statistic: proportion, variable: a, recode: "1,2 -> 1; 3..5 -> 0"}}
    - {code: middle, names: {vi: "B", en: "B"}, scale: [0, 100], direction: down, survey: {statistic: median, variable: b}}
    - {code: register, names: {vi: "C", en: "C"}, scale: [0, 1], administrative: {measure: "%"}}
`

func smallAnswers(t *testing.T, a []float64) (*score.Definition, score.Answers) {
	t.Helper()
	def, err := score.Load("small.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	var spec svy.Spec
	var units, strata, psus []string
	var b []float64
	for i := range a {
		unit, stratum, psu := i/(len(a)/2), i/(len(a)/4), i/(len(a)/8)
		units, strata, psus = append(units, strconv.Itoa(unit)), append(strata, strconv.Itoa(stratum)), append(psus, strconv.Itoa(psu))
		spec.Weights = append(spec.Weights, 1+float64(i%3))
		b = append(b, float64(i*i%97))
	}
	spec.Stages = []svy.Stage{{Units: svy.NewFactor(psus), Strata: svy.NewFactor(strata)}}
	design, err := svy.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := design.Cells(svy.NewFactor(units))
	if err != nil {
		t.Fatal(err)
	}
	return def, score.Answers{Cells: cells, Units: map[string]int{"0": 0, "1": 1}, Column: func(name string) (svy.Column, bool) {
		switch name {
		case "a":
			return svy.NewColumn("a", a), true
		case "b":
			return svy.NewColumn("b", b), true
		}
		return svy.Column{}, false
	}}
}

// TestAnswersKinds: recodes, missing codes, medians, suppression and figures from a register beside answers.
func TestAnswersKinds(t *testing.T) {
	answers := make([]float64, 80)
	for i := range answers {
		answers[i] = float64(1 + i%5)
		if i%7 == 0 {
			answers[i] = 888
		}
		if i >= 42 {
			answers[i] = math.NaN() // unit 1 answers twice
		}
	}
	def, a := smallAnswers(t, answers)
	e, err := def.Estimate(a)
	if err != nil {
		t.Fatal(err)
	}
	figures := e.Figures()
	for _, unit := range []string{"0", "1"} {
		figures = append(figures, score.Figure{Unit: unit, Code: "register", Value: 0.5, SE: math.NaN(), Lo: math.NaN(), Hi: math.NaN()})
	}
	res, err := score.Compute(def, figures, score.Options{Estimates: e})
	if err != nil {
		t.Fatal(err)
	}
	share, middle := row(t, res, "share", "0"), row(t, res, "middle", "0")
	want := 0.0
	total := 0.0
	for i := range 40 {
		if i%7 != 0 {
			w := 1 + float64(i%3)
			total += w
			if i%5 < 2 {
				want += w
			}
		}
	}
	if want /= total; !relative(share.Value, want, 1e-14) || share.N != 34 || share.DF != 2 {
		t.Errorf("share %g of %d answers with %g df, want %g of 34 with 2", share.Value, share.N, share.DF, want)
	}
	if s := row(t, res, "share", "1"); s.Status != score.Suppressed || s.OK() {
		t.Errorf("a share of two answers is %s", s.Status)
	}
	all := row(t, res, "all", "0")
	if value := (10*share.Value + 10*(100-middle.Value)/100 + 5) / 3; !relative(all.Value, value, 1e-14) {
		t.Errorf("the whole is %g, want %g", all.Value, value)
	}
	if !(middle.SE > 0) || !(all.SE > 0) || all.DF != 2 {
		t.Errorf("errors: median %g, whole %g with %g df", middle.SE, all.SE, all.DF)
	}
	if bound := 10.0 / 3 * (share.SE + middle.SE/100); all.SE > bound*(1+1e-12) {
		t.Errorf("the whole's error %g is over the sum of its parts' %g", all.SE, bound)
	}
	if other := row(t, res, "all", "1"); other.Status != score.Partial {
		t.Errorf("a whole without one part is %s", other.Status)
	}
}

func TestAnswersFaults(t *testing.T) {
	answers := make([]float64, 80)
	for i := range answers {
		answers[i] = float64(i % 7)
	}
	def, a := smallAnswers(t, answers)
	text := strings.Replace(small, `, recode: "1,2 -> 1; 3..5 -> 0"`, "", 1)
	bare, err := score.Load("small.yaml", []byte(strings.Replace(text, "variable: b", "variable: z", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bare.Estimate(a); err == nil || !strings.Contains(err.Error(), "share: A proportion") || !strings.Contains(err.Error(), "no variable \"z\"") {
		t.Errorf("faults: %v", err)
	}
	if got, want := fmt.Sprint(def.Variables()), "[a b]"; got != want {
		t.Errorf("variables %s, want %s", got, want)
	}
}
