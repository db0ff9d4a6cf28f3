package score_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thuoc/internal/fault"
	"thuoc/internal/published"
	"thuoc/internal/score"
)

// service loads the small index of testdata, which uses every part of the format.
func service(t testing.TB) *score.Definition {
	t.Helper()
	data, err := os.ReadFile("testdata/service.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := score.Load("service.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// given makes figures of one unit without errors.
func given(unit string, values map[string]float64) []score.Figure {
	var out []score.Figure
	for code, v := range values {
		out = append(out, score.Figure{Unit: unit, Code: code, Value: v, SE: math.NaN(), Lo: math.NaN(), Hi: math.NaN()})
	}
	return out
}

func TestService(t *testing.T) {
	full := map[string]float64{"A1": 0.8, "A2": 2, "B1": 90, "B2": 40, "C1": 1, "C2": 0.85, "C3": 1, "C4": 5}
	a1, a2 := 1+59*0.8, 1+59*0.75 // A2: 2 visits between 5 (worst) and 1 (best)
	a := math.Exp((2*math.Log(a1) + math.Log(a2)) / 3)
	for _, c := range []struct {
		name   string
		change map[string]float64 // NaN removes
		want   map[string]float64 // NaN: no value
		status map[string]score.Status
	}{
		{"full", nil, map[string]float64{"A": a, "B": 0.75*24 + 0.25*12, "C": 2 + 2 + 1.5 + 2, "S": a + 21 + 7.5}, nil},
		{"a geometric mean refuses", map[string]float64{"A2": math.NaN()},
			map[string]float64{"A": math.NaN(), "S": math.NaN()}, map[string]score.Status{"A": score.Missing, "S": score.Missing}},
		{"a published whole needs no parts", map[string]float64{"A1": math.NaN(), "A2": math.NaN(), "A": 30},
			map[string]float64{"A": 30, "S": 30 + 21 + 7.5}, map[string]score.Status{"A": score.OK, "S": score.OK}},
		{"weights are shared out again", map[string]float64{"B2": math.NaN()},
			map[string]float64{"B": 24, "S": a + 24 + 7.5}, map[string]score.Status{"B": score.Partial, "S": score.Partial}},
		{"a missing criterion counts 0", map[string]float64{"C1": math.NaN()},
			map[string]float64{"C": 5.5, "S": a + 21 + 5.5}, map[string]score.Status{"C": score.Partial}},
		{"an unknown fact", map[string]float64{"C1": 0.5}, map[string]float64{"C": 5.5, "C1": math.NaN()}, map[string]score.Status{"C1": score.Missing}},
		{"rules have floors and ceilings", map[string]float64{"C2": 0.5, "C3": 30, "C4": 1}, map[string]float64{"C2": 0, "C3": 0, "C4": 1, "C": 3}, nil},
	} {
		values := map[string]float64{}
		for code, v := range full {
			values[code] = v
		}
		for code, v := range c.change {
			if values[code] = v; math.IsNaN(v) {
				delete(values, code)
			}
		}
		r, err := score.Compute(service(t), given("x", values), score.Options{Year: 2026})
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range c.want {
			got := row(t, r, code, "x")
			if got.OK() == math.IsNaN(want) || got.OK() && !near(got.Value, want, 1e-12) {
				t.Errorf("%s: %s is %v, want %v", c.name, code, got.Value, want)
			}
			if !got.OK() && (got.Why.Key == "" || got.Mark != "") {
				t.Errorf("%s: %s has no value and no reason: %+v", c.name, code, got)
			}
		}
		for code, want := range c.status {
			if got := row(t, r, code, "x"); got.Status != want {
				t.Errorf("%s: %s is %s, want %s", c.name, code, got.Status, want)
			}
		}
	}
}

// TestErrors: one part with an error passes it on; several do not, unless the caller states their independence.
func TestErrors(t *testing.T) {
	values := map[string]float64{"A1": 0.8, "A2": 2, "B1": 90, "B2": 40, "C1": 1, "C2": 0.96, "C3": 0, "C4": 2}
	compute := func(se map[string]float64, independent bool) *score.Result {
		figures := given("x", values)
		for i, f := range figures {
			if v, ok := se[f.Code]; ok {
				figures[i].SE = v
			}
		}
		r, err := score.Compute(service(t), figures, score.Options{Independent: independent})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if got := row(t, compute(nil, false), "S", "x"); !math.IsNaN(got.SE) || got.ErrorWhy.String() != "No standard error was published." {
		t.Errorf("no errors: %+v", got)
	}
	se := map[string]float64{"A1": 0.02, "A2": 0.1}
	if got := row(t, compute(se, false), "A", "x"); !math.IsNaN(got.SE) || got.ErrorWhy.String() != "The errors of its parts are known, but not how they vary together." {
		t.Errorf("two errors: %+v", got)
	}
	r := compute(se, true)
	// The slopes by differences: the whole is a smooth function of its parts.
	var variance float64
	for code, e := range se {
		const h = 1e-6
		values[code] += h
		up := row(t, compute(nil, false), "A", "x").Value
		values[code] -= 2 * h
		down := row(t, compute(nil, false), "A", "x").Value
		values[code] += h
		variance += math.Pow(e*(up-down)/(2*h), 2)
	}
	got, s := row(t, r, "A", "x"), row(t, r, "S", "x")
	if !near(got.SE, math.Sqrt(variance), 1e-6) || s.SE != got.SE {
		t.Errorf("SE %v and %v, by differences %v", got.SE, s.SE, math.Sqrt(variance))
	}
	if !near(s.Interval.Hi-s.Value, 1.959964*s.SE, 1e-5) || s.Interval.Level != 0.95 || s.ErrorWhy.Key != "" {
		t.Errorf("%+v", s)
	}
}

func TestRefusals(t *testing.T) {
	d, papi := service(t), open(t, 2023)
	nan := math.NaN()
	_, err := score.Compute(d, []score.Figure{
		{Unit: "x", Code: "A1", Value: 1}, {Unit: "x", Code: "A1", Value: 1}, {Unit: "x", Code: "Z", Value: 1},
		{Code: "A1", Value: 1}, {Unit: "x", Code: "A2", Value: math.Inf(1)}, {Unit: "x", Code: "B1", Value: 1, SE: -1}, {Unit: "y", Code: "A1", Value: nan},
	}, score.Options{Units: []string{"x"}})
	var got []string
	for _, it := range fault.Items(err) {
		got = append(got, it.Field+": "+it.What.String())
	}
	want := []string{"x A1: The figure stands twice.", `x Z: service-2026 has no code "Z".`, "A1: The figure names no unit.",
		"x A2: This is no value.", "x B1: This is no value.", `y A1: There is no unit "y" in the frame.`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for what, opt := range map[string]score.Options{
		"service-2026 is not in force in 2025.":                                  {Year: 2025},
		`service-2026 has no compatibility "x".`:                                 {Compat: "x"},
		"papi-2023 and service-2026 are different indices: they do not compare.": {Previous: &score.Result{Def: papi}},
	} {
		if _, err := score.Compute(d, nil, opt); err == nil || err.Error() != what || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v, want %s", err, what)
		}
	}
	for f, want := range map[*score.Figure]string{
		{Unit: "x", Code: "A1", Value: 45}:  "45 is outside the scale.",
		{Unit: "x", Code: "C1", Value: 0.5}: "The criterion's rule does not know this fact.",
		{Unit: "x", Code: "C4", Value: 50}:  "",
		{Unit: "x", Code: "B1", Value: nan}: "",
	} {
		if it, ok := d.Check(*f); ok != (want == "") || it.What.String() != want {
			t.Errorf("%+v: %v", f, it)
		}
	}
}

// TestSuppressed: what the publisher withheld does not come back through its parts.
func TestSuppressed(t *testing.T) {
	figures := given("x", map[string]float64{"A1": 0.8, "A2": 2})
	figures = append(figures, score.Figure{Unit: "x", Code: "A", Value: math.NaN(), Status: score.Suppressed, Note: "quality"})
	r, err := score.Compute(service(t), figures, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := row(t, r, "A", "x"); got.OK() || got.Status != score.Suppressed || got.Note != "quality" {
		t.Errorf("%+v", got)
	}
}

// TestRankRanges: a range holds its rank; a unit whose error is unknown has none and widens the others' by one place.
func TestRankRanges(t *testing.T) {
	ranks := &score.RankOptions{Draws: 2000, Seed: 1}
	for year, known := range map[int]int{2022: 58, 2023: 61} {
		r := compute(t, year, score.Options{Ranks: ranks}, published.Composite)
		ranged, sharp := 0, 0
		for row := range r.Level("composite") {
			switch {
			case row.RankLo == 0:
				if row.OK() && row.ErrorWhy.Key == "" {
					t.Errorf("%d %s: no range and no reason", year, row.Unit)
				}
				continue
			case row.Rank < row.RankLo || row.Rank > row.RankHi || row.RankHi > row.RankedOf || row.RankHi-row.RankLo < 61-known:
				t.Errorf("%d %s: rank %d, range %d–%d of %d", year, row.Unit, row.Rank, row.RankLo, row.RankHi, row.RankedOf)
			}
			ranged++
			if row.GroupShare != nil {
				sharp++
				var sum float64
				for _, p := range row.GroupShare {
					sum += p
				}
				if !near(sum, 1, 1e-9) {
					t.Errorf("%d %s: group shares add up to %v", year, row.Unit, sum)
				}
			}
		}
		if ranged != known || sharp != known || (r.AssumedSE["PAPI"] > 0) != (year == 2022) {
			t.Errorf("%d: %d ranges, %d with group shares", year, ranged, sharp)
		}
	}
	if got := row(t, compute(t, 2021, score.Options{Ranks: ranks}, published.Composite), "PAPI", "01"); got.RankLo != 0 || got.ErrorWhy.String() != "No standard error was published." {
		t.Errorf("2021: %+v", got)
	}
}

// TestTestedChange holds the proper verdicts of 2022→2023 to the formula, and refuses what cannot be tested.
func TestTestedChange(t *testing.T) {
	r := since(t, 2022, 2023, score.Options{})
	counts := map[score.Verdict]int{}
	for row := range r.Level("composite") {
		ch := row.Change
		counts[ch.Verdict]++
		if math.IsNaN(ch.SE) {
			continue
		}
		was, _ := compute(t, 2022, score.Options{}).Row("PAPI", row.Unit)
		z := (row.Value - was.Value) / math.Sqrt(row.SE*row.SE+was.SE*was.SE)
		want := score.NoEvidence
		if z > 1.959963984540054 {
			want = score.Rose
		} else if z < -1.959963984540054 {
			want = score.Fell
		}
		if ch.Verdict != want || ch.Rule != "tested" || ch.Why.String() != "The test takes the two years as independent." {
			t.Errorf("%s: z %.3f, %+v", row.Unit, z, ch)
		}
	}
	if counts[score.NotTestable] != 7 || counts[score.Rose]+counts[score.Fell]+counts[score.NoEvidence] != 56 {
		t.Errorf("%v", counts) // 3 broken errors of 2022, 2 unscored in each year
	}
	t.Log(counts)
	if d := row(t, r, "D1", "01").Change; d.Verdict != score.NotTestable || math.IsNaN(d.Abs) {
		t.Errorf("a dimension without a published error: %+v", d)
	}
	if c := row(t, since(t, 2021, 2022, score.Options{}), "PAPI", "01").Change; c.Verdict != score.NotComparable || !math.IsNaN(c.Abs) || c.Reason.EN == "" {
		t.Errorf("across a break: %+v", c)
	}
	old := compute(t, 2015, score.Options{})
	if c := row(t, compute(t, 2023, score.Options{Previous: old}), "D1", "01").Change; c.Verdict != score.NotComparable {
		t.Errorf("without the versions between: %+v", c)
	}
}

// TestRankProperties: ranks follow values, ties share the better rank, groups keep the order and hold every unit, and
// nothing depends on the order of the figures.
func TestRankProperties(t *testing.T) {
	d := definition(t, "par-index")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "units")
		var figures []score.Figure
		for i := range n {
			u := fmt.Sprintf("u%02d", i)
			for _, code := range []string{"appraised", "survey"} {
				v := float64(rapid.IntRange(0, 32).Draw(t, code))
				figures = append(figures, score.Figure{Unit: u, Code: code, Value: v, SE: math.NaN()})
			}
		}
		r, err := score.Compute(d, figures, score.Options{})
		if err != nil {
			t.Fatal(err)
		}
		shuffled, err := score.Compute(d, rapid.Permutation(figures).Draw(t, "order"), score.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows := slices.Collect(r.Level("composite"))
		inGroups := 0
		for _, g := range r.Groups["PAR"] {
			inGroups += g.Units
		}
		if inGroups != n {
			t.Fatalf("%d of %d units in groups", inGroups, n)
		}
		for i, a := range rows {
			better := 0
			for _, b := range rows {
				if b.Value > a.Value {
					better++
				}
			}
			if a.Rank != better+1 {
				t.Fatalf("%s: rank %d, %d are better", a.Unit, a.Rank, better)
			}
			if a.Value < a.Group.Lo || a.Value > a.Group.Hi {
				t.Fatalf("%s: %v outside its group %+v", a.Unit, a.Value, a.Group)
			}
			if b := slices.Collect(shuffled.Level("composite"))[i]; b.Value != a.Value || b.Rank != a.Rank || b.Group.ID != a.Group.ID {
				t.Fatalf("order matters: %+v and %+v", a, b)
			}
		}
	})
}

// BenchmarkOpen reads, checks and links the largest definition. Bound: 10 ms.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if _, err := score.Open("papi-2023"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompute scores 63 provinces at all 157 nodes without rank ranges. Bound: 20 ms.
func BenchmarkCompute(b *testing.B) {
	d, list := open(b, 2023), figures(b, 2023)
	for b.Loop() {
		if _, err := score.Compute(d, list, score.Options{Year: 2023, Units: published.Units(), Compat: "papi"}); err != nil {
			b.Fatal(err)
		}
	}
}
