package score_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/fault"
	"thuoc/internal/published"
	"thuoc/internal/reference"
	"thuoc/internal/score"
)

// TestBreaks holds the bridges to every known break of the series.
func TestBreaks(t *testing.T) {
	const same, recalculated, broken = score.Same, score.Recalculated, score.Broken
	for id, want := range map[string]map[string]score.BridgeVerdict{
		"papi-2016": {"D1": same, "D2": same, "D3": broken, "D4": same, "D5": broken, "D6": same, "PAPI": broken,
			"3.1": broken, "3.2": broken, "3.3": broken, "5.1": broken, "5.4": broken, "6.4": same},
		"papi-2018": {"D1": same, "D2": broken, "D3": broken, "D4": same, "D5": same, "D6": same, "D7": broken, "D8": broken, "PAPI": broken,
			"2.1": broken, "2.2": recalculated, "2.3": recalculated, "2.4": recalculated, "3.3": broken, "7.2": broken, "8.1": broken},
		"papi-2019": {"D1": same, "D5": same, "5.1": same, "7.1": broken, "7.2": same, "D7": broken, "8.1": recalculated, "8.2": recalculated,
			"8.3": broken, "D8": broken, "PAPI": broken, "PAPI_W": broken, "5.1.1": broken, "5.1.2": same},
		"papi-2020": {"8.1": same, "8.3": broken, "D8": broken, "D7": same, "PAPI": broken},
		"papi-2021": {"3.2": recalculated, "D3": recalculated, "5.1": recalculated, "D5": broken, "6.4": recalculated, "D6": recalculated,
			"D8": same, "PAPI": broken},
		"papi-2022": {"8.1": broken, "D8": broken, "D1": same, "D3": same, "D6": same, "PAPI": broken},
		"papi-2023": {"8.1": same, "8.3": same, "8.3.4": broken, "D8": same, "PAPI": same},
		"par-index": {"PAR": broken},
	} {
		d := definition(t, id)
		for code, verdict := range want {
			got := d.Compare(code)
			if got.Verdict != verdict || (verdict == same) != (got.Reason.VI == "" && got.Reason.EN == "") {
				t.Errorf("%s %s: %+v, want %s", id, code, got, verdict)
			}
		}
	}
	if was := definition(t, "papi-2018").Compare("2.3").Was; was != "2.2" {
		t.Errorf("2.3 of 2018 was %s before", was)
	}
}

// TestBridgesAreComplete looks for nodes that came or went without a word. Indicators are followed only where both versions
// list them.
func TestBridgesAreComplete(t *testing.T) {
	for _, e := range score.Shipped() {
		d := definition(t, e.ID)
		if d.Bridge == nil {
			continue
		}
		former := definition(t, d.Bridge.Former)
		carried := map[string]bool{}
		for n := range d.Nodes() {
			c := d.Compare(n.Code)
			if c.Verdict != score.Broken {
				carried[c.Was] = true
			}
			whole := former.Node(parent(n.Code))
			listed := len(n.Code) < 5 || whole != nil && !whole.Leaf()
			if c.Verdict == score.Same && listed && former.Node(c.Was) == nil {
				t.Errorf("%s: %s is new and nothing says so", e.ID, n.Code)
			}
		}
		for _, x := range d.Bridge.Dropped {
			carried[x.Code] = true
			if former.Node(x.Code) == nil {
				t.Errorf("%s: %s cannot be dropped, it was not there", e.ID, x.Code)
			}
		}
		for n := range former.Nodes() {
			if n.Leaf() == (n.Level == "indicator") && n.Level != "indicator" && !carried[n.Code] && d.Node(n.Code) == nil {
				t.Errorf("%s: %s is gone and nothing says so", e.ID, n.Code)
			}
		}
	}
}

func parent(code string) string {
	if i := strings.LastIndexByte(code, '.'); i > 0 {
		return code[:i]
	}
	return ""
}

// TestAttainable: what the exact formulas can give at most.
func TestAttainable(t *testing.T) {
	for _, c := range []struct {
		id, code string
		lo, hi   float64
	}{
		{"papi-2018", "1.1", 0.25, 1.9375}, {"papi-2019", "3.2", 0.33, 3.30}, {"papi-2023", "3.2", 0.33, 1.0725},
		{"papi-2022", "3.3", 0.22, 2.20}, {"papi-2022", "4.1", 0.25, 2.50}, {"papi-2018", "7.1", 1.0 / 3, 10.0 / 3},
		{"papi-2018", "8.1", 0.5, 5}, {"papi-2019", "8.1", 0.33, 3.30}, {"papi-2023", "8.3", 0.334, 3.34},
	} {
		if got := definition(t, c.id).Attainable(c.code); !near(got.Min, c.lo, 1e-12) || !near(got.Max, c.hi, 1e-12) {
			t.Errorf("%s %s: %v, want %v–%v", c.id, c.code, got, c.lo, c.hi)
		}
	}
}

// TestFits holds the largest known error of every fit to all published provinces, and sees that it is not idle.
func TestFits(t *testing.T) {
	fits := 0
	for _, year := range []int{2018, 2019, 2022, 2023} {
		d, r := open(t, year), compute(t, year, score.Options{})
		for n := range d.Nodes() {
			if n.Fit == nil {
				continue
			}
			fits++
			worst := 0.0
			for _, u := range r.Units {
				parts := map[string]float64{}
				for _, p := range n.Parts {
					if got := row(t, r, p.Code, u); got.OK() {
						parts[p.Code] = got.Value
					}
				}
				want := row(t, r, n.Code, u)
				if v, ok := n.Fit.Predict(parts); ok && want.OK() {
					worst = max(worst, math.Abs(v-want.Value))
				}
				if want.Mark == score.Approximate {
					t.Fatalf("%d %s %s: a fit in a result", year, n.Code, u)
				}
			}
			if worst > n.Fit.MaxError || worst < 0.9*n.Fit.MaxError {
				t.Errorf("%d %s: largest error %.5f, stated %v", year, n.Code, worst, n.Fit.MaxError)
			}
		}
	}
	if fits != 53 {
		t.Errorf("%d fits", fits)
	}
}

// TestWhatIf lets the fits in: the result says so, and the mark travels up.
func TestWhatIf(t *testing.T) {
	r := compute(t, 2023, score.Options{WhatIf: true}, published.Indicator)
	if got := row(t, r, "6.3", "01"); got.Mark != score.Approximate || !got.OK() || !r.WhatIf {
		t.Errorf("%+v", got)
	}
	if got := row(t, r, "D7", "01"); got.Mark != score.Approximate {
		t.Errorf("D7: %+v", got)
	}
	if got := row(t, r, "D8", "01"); got.OK() {
		t.Errorf("D8 has 8.1, which has neither formula nor fit: %+v", got)
	}
	for _, got := range compute(t, 2023, score.Options{}, published.Indicator).Rows {
		if got.Mark == score.Approximate || got.Code == "6.3" && got.OK() {
			t.Fatalf("a fit without being asked for: %+v", got)
		}
	}
}

// TestReformIndex adds up the public rows of 2012: total = appraised part + survey part.
func TestReformIndex(t *testing.T) {
	f, err := os.Open(reference.Path(t, "data/par_sipas_visible_rows.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	var figures []score.Figure
	want, rank := map[string]float64{}, map[string]int{}
	for _, row := range rows[1:] {
		if row[0] != "PAR" || row[1] != "2012" {
			continue
		}
		for i, code := range map[int]string{6: "appraised", 7: "survey"} {
			v, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			figures = append(figures, score.Figure{Unit: row[2], Code: code, Value: v, SE: nan, Lo: nan, Hi: nan})
		}
		want[row[2]], _ = strconv.ParseFloat(row[5], 64)
		rank[row[2]], _ = strconv.Atoi(row[4])
	}
	r, err := score.Compute(definition(t, "par-index-2012"), figures, score.Options{Year: 2012})
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 19 {
		t.Fatalf("%d provinces", len(want))
	}
	for unit, total := range want {
		if got := row(t, r, "PAR", unit); !near(got.Value, total, 1e-9) || got.Rank != rank[unit] || got.Mark != score.Exact {
			t.Errorf("%s: %v rank %d, want %v rank %d", unit, got.Value, got.Rank, total, rank[unit])
		}
	}
}

// TestSatisfaction pools the answers of the parts: 300 of 400 and 50 of 100 satisfied are 70 %.
func TestSatisfaction(t *testing.T) {
	d := definition(t, "sipas")
	r, err := score.Compute(d, []score.Figure{
		{Unit: "86", Code: "policy", Value: 0.75, SE: 0.02, Lo: math.NaN(), Hi: math.NaN(), N: 400},
		{Unit: "86", Code: "service", Value: 0.5, SE: 0.05, Lo: math.NaN(), Hi: math.NaN(), N: 100},
		{Unit: "84", Code: "policy", Value: 0.75, SE: math.NaN(), N: 14},
		{Unit: "84", Code: "service", Value: 0.5, SE: math.NaN(), N: 100},
	}, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := row(t, r, "SIPAS", "86"); !near(got.Value, 70, 1e-9) || got.N != 500 || !math.IsNaN(got.SE) || got.ErrorWhy.Key == "" {
		t.Errorf("%+v", got)
	}
	if got := row(t, r, "SIPAS", "84"); got.OK() || got.Status != score.Suppressed || got.Why.String() != "It lacks policy." {
		t.Errorf("%+v", got)
	}
	if got := row(t, r, "policy", "84"); got.OK() || got.Status != score.Suppressed {
		t.Errorf("%+v", got)
	}
	for answer, want := range map[float64]float64{1: 0, 3: 0, 4: 1, 5: 1, 9: math.NaN()} {
		if v, ok := d.Node("policy").Survey.Recode.Apply(answer); ok == math.IsNaN(want) || ok && v != want {
			t.Errorf("answer %v gives %v, %v", answer, v, ok)
		}
	}
}

// TestOwnIndicators scores a survey of one's own by PAPI's definition: exact nodes are computed, the others say why not.
func TestOwnIndicators(t *testing.T) {
	d := definition(t, "papi-2023")
	r, err := score.Compute(d, given("86", map[string]float64{"7.2.1": 0.5, "7.2.2": 0.75, "7.2.3": 0.25, "6.3.1": 1, "8.1.1": 0.1}), score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := row(t, r, "7.2", "86"); !near(got.Value, 1.0/3+1.5, 1e-12) || got.Mark != score.Exact || !math.IsNaN(got.Difference()) {
		t.Errorf("%+v", got)
	}
	for code, why := range map[string]string{
		"6.3": "Its formula is not public, and its fit serves what-if questions alone.",
		"8.1": "Its formula is not public.",
		"7.3": "It lacks 7.3.1, 7.3.2, 7.3.3.",
		"D7":  "It lacks 7.1, 7.3.",
	} {
		if got := row(t, r, code, "86"); got.OK() || got.Status != score.Missing || got.Why.String() != why {
			t.Errorf("%s: %+v", code, got)
		}
	}
}

func TestOpenUnknown(t *testing.T) {
	for _, id := range []string{"papi-1999", "../index.schema", ""} {
		if _, err := score.Open(id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, ok := score.InForce("papi", 2010); ok {
		t.Error("a definition of 2010")
	}
	if _, err := score.Chain("papi-2023", "papi-2022"); err != nil {
		t.Error(err) // backwards there is no chain, and Compute refuses the comparison
	}
}
