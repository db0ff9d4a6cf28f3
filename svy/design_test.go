package svy_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/svy"
)

func factor(labels string) svy.Factor { return svy.NewFactor(strings.Fields(labels)) }

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

func TestDesignFaults(t *testing.T) {
	two := svy.Stage{Units: factor("1 2 3 4"), Strata: factor("a a b b")}
	for _, c := range []struct {
		name string
		spec svy.Spec
		want svy.DesignFault
	}{
		{"zero weight", svy.Spec{Weights: []float64{1, 0}}, svy.DesignFault{Kind: svy.BadWeight, Row: 1}},
		{"negative weight", svy.Spec{Weights: []float64{1, -2}}, svy.DesignFault{Kind: svy.BadWeight, Row: 1, Value: -2}},
		{"infinite weight", svy.Spec{Weights: []float64{math.Inf(1), 1}}, svy.DesignFault{Kind: svy.BadWeight, Value: math.Inf(1)}},
		{"short column", svy.Spec{Weights: ones(3), Stages: []svy.Stage{two}}, svy.DesignFault{Kind: svy.BadShape, Value: 4, Want: 3}},
		{"no unit", svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: svy.NewFactor([]string{"1", "", "3", "4"})}}}, svy.DesignFault{Kind: svy.MissingLabel, Row: 1}},
		{"PSU in two strata", svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: factor("1 2 1 2"), Strata: factor("a a b b")}}},
			svy.DesignFault{Kind: svy.UnitInTwoStrata, Row: 2, Unit: "1", Stratum: "b", Other: "a"}},
		{"FPC zero", svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: two.Units, Strata: two.Strata, FPC: []float64{5, 5, 0, 0}}}},
			svy.DesignFault{Kind: svy.BadFPC, Row: 2, Stratum: "b"}},
		{"FPC shrinks", svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: two.Units, Strata: two.Strata, FPC: []float64{5, 4, 9, 9}}}},
			svy.DesignFault{Kind: svy.VaryingFPC, Row: 1, Stratum: "a", Value: 4, Want: 5}},
		{"FPC below the sample", svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: two.Units, Strata: two.Strata, FPC: []float64{1.5, 1.5, 9, 9}}}},
			svy.DesignFault{Kind: svy.SmallFPC, Stratum: "a", Value: 1.5, Want: 2}},
		{"half a certainty", svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: factor("1 1 2 2"), Certain: []bool{true, false, false, false}}}},
			svy.DesignFault{Kind: svy.MixedCertainty, Row: 1, Unit: "1"}},
		{"lonely", svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: factor("1 2 3 4"), Strata: factor("a a a b")}}},
			svy.DesignFault{Kind: svy.LonelyPSU, Row: -1, Stratum: "b", Unit: "4", Other: "a"}},
		{"lonely without a partner", svy.Spec{Weights: ones(2), Lonely: svy.LonelyCollapse, Stages: []svy.Stage{{Units: factor("1 1")}}},
			svy.DesignFault{Kind: svy.LonelyPSU, Row: -1, Unit: "1"}},
	} {
		_, err := svy.New(c.spec)
		e, ok := errors.AsType[*svy.DesignError](err)
		if !ok {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, e.Faults[0]); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if e.Error() == "" || strings.Contains(e.Error(), "%!") {
			t.Errorf("%s: %q", c.name, e)
		}
	}
}

// variance of the mean of y under a design.
func variance(t *testing.T, spec svy.Spec, y ...float64) (float64, *svy.Design) {
	t.Helper()
	d := newDesign(t, spec)
	s := scan(t, d, svy.Factor{}, svy.NewColumn("y", y))
	return d.Var(s.Mean(0, svy.Whole)), d
}

// TestCertaintyCascade: a certainty PSU becomes a stratum of its next stage, a certainty unit there again, and after
// the last stage the rows are the units; by hand the same design is written with strata.
func TestCertaintyCascade(t *testing.T) {
	y := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}
	district := factor("A A A A A A B B C C D D")
	commune := factor("1 1 1 2 2 3 1 1 1 2 1 1") // counted within the district
	certain := []bool{true, true, true, true, true, true, false, false, false, false, false, false}
	seat := []bool{true, true, true, false, false, false, false, false, false, false, false, false} // commune 1 of A
	cascaded, d := variance(t, svy.Spec{Weights: ones(12), Stages: []svy.Stage{{Units: district, Certain: certain}, {Units: commune, Certain: seat}}}, y...)
	byHand, _ := variance(t, svy.Spec{Weights: ones(12), Stages: []svy.Stage{{
		Strata: factor("seat seat seat A A A rest rest rest rest rest rest"),
		Units:  factor("r1 r2 r3 A2 A2 A3 B B C C D D"),
	}}}, y...)
	if cascaded != byHand {
		t.Errorf("variance %v, by hand %v", cascaded, byHand)
	}
	if d.PSUs() != 8 || len(d.Strata()) != 3 || d.DF() != 5 {
		t.Errorf("%d PSUs in %d strata", d.PSUs(), len(d.Strata()))
	}
	// With every unit a certainty, the rows of each last unit are a stratum.
	all := make([]bool, 12)
	for i := range all {
		all[i] = true
	}
	full, _ := variance(t, svy.Spec{Weights: ones(12), Stages: []svy.Stage{{Units: factor("A A A A A A B B B B B B"), Certain: all}}}, y...)
	rows, _ := variance(t, svy.Spec{Weights: ones(12), Stages: []svy.Stage{{Strata: factor("A A A A A A B B B B B B")}}}, y...)
	if full != rows {
		t.Errorf("all certain: variance %v, rows in strata %v", full, rows)
	}
}

// TestFullFraction: a stratum sampled whole adds nothing at its stage; its units' next stage adds all.
func TestFullFraction(t *testing.T) {
	y := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	census, _ := variance(t, svy.Spec{Weights: ones(8), Stages: []svy.Stage{{FPC: []float64{8, 8, 8, 8, 8, 8, 8, 8}}}}, y...)
	if census != 0 {
		t.Errorf("a census has variance %v", census)
	}
	two, _ := variance(t, svy.Spec{Weights: ones(8), Stages: []svy.Stage{{Units: factor("1 1 1 1 2 2 2 2"), FPC: []float64{2, 2, 2, 2, 2, 2, 2, 2}}, {}}}, y...)
	strata, _ := variance(t, svy.Spec{Weights: ones(8), Stages: []svy.Stage{{Strata: factor("1 1 1 1 2 2 2 2")}}}, y...)
	if math.Abs(two-strata) > 1e-16 {
		t.Errorf("variance %v, of strata %v", two, strata)
	}
	count, _ := variance(t, svy.Spec{Weights: ones(8), Stages: []svy.Stage{{FPC: []float64{16, 16, 16, 16, 16, 16, 16, 16}}}}, y...)
	fraction, _ := variance(t, svy.Spec{Weights: ones(8), Stages: []svy.Stage{{FPC: []float64{.5, .5, .5, .5, .5, .5, .5, .5}}}}, y...)
	infinite, _ := variance(t, svy.Spec{Weights: ones(8), Stages: []svy.Stage{{}}}, y...)
	if count != fraction || math.Abs(count-infinite/2) > 1e-16 {
		t.Errorf("count %v, fraction %v, half of %v", count, fraction, infinite)
	}
}

// TestNest: ids that count within strata are told apart, and a unique id needs no telling.
func TestNest(t *testing.T) {
	y := []float64{3, 1, 4, 1}
	nested, _ := variance(t, svy.Spec{Weights: ones(4), Nest: true, Stages: []svy.Stage{{Units: factor("1 2 1 2"), Strata: factor("a a b b")}}}, y...)
	unique, _ := variance(t, svy.Spec{Weights: ones(4), Stages: []svy.Stage{{Units: factor("1 2 3 4"), Strata: factor("a a b b")}}}, y...)
	if nested != unique {
		t.Errorf("nested %v, unique %v", nested, unique)
	}
}

// TestCollapse: a lonely stratum joins the one before it within its group, never a certainty, and the frames add up.
func TestCollapse(t *testing.T) {
	spec := svy.Spec{Weights: ones(9), Lonely: svy.LonelyCollapse, Within: factor("p p p p p q q q q"), Stages: []svy.Stage{{
		Strata: factor("1 1 2 3 3 4 5 5 10"), Units: factor("a b c d e f g h i"), FPC: []float64{8, 8, 4, 2, 2, 3, 6, 6, 7},
	}}}
	d := newDesign(t, spec)
	if diff := cmp.Diff([]svy.Collapse{{Stratum: "2", Into: "1"}, {Stratum: "4", Into: "5"}, {Stratum: "10", Into: "5"}}, d.Collapses()); diff != "" {
		t.Error(diff)
	}
	want := []svy.Stratum{{Label: "1", First: 0, N: 3, Fraction: 3. / 12}, {Label: "3", First: 3, N: 2, Fraction: 1}, {Label: "5", First: 5, N: 4, Fraction: 4. / 16}}
	if diff := cmp.Diff(want, d.Strata()); diff != "" {
		t.Error(diff)
	}
	for row, label := range strings.Fields("a b c d e f g h i") {
		if got := d.PSULabel(d.PSU(d.Unit(row))); got != label {
			t.Errorf("row %d is in PSU %q, not %q", row, got, label)
		}
	}
}

// TestCollapseIsTheOraclesOwn: the proposal for the synthetic survey is what its authors chose (cstratum).
func TestCollapseIsTheOraclesOwn(t *testing.T) {
	s := loadSurvey(t, "papi_S_y1.csv")
	own := newDesign(t, s.spec(svy.LonelyCollapse))
	spec := s.spec(svy.LonelyFail)
	spec.Stages[0] = svy.Stage{Units: s.factor("cpsu"), Strata: s.factor("cstratum")}
	theirs := newDesign(t, spec)
	if diff := cmp.Diff(theirs.Strata(), own.Strata()); diff != "" {
		t.Error(diff)
	}
	_, err := svy.New(s.spec(svy.LonelyFail))
	e, ok := errors.AsType[*svy.DesignError](err)
	if !ok || len(e.Faults) != 5 {
		t.Fatalf("the default does not list the five lonely strata: %v", err)
	}
}

// TestShardsJudgedTogether: a stratum of one PSU in a shard is not lonely when another shard has more of it.
func TestShardsJudgedTogether(t *testing.T) {
	part := func(units string, lonely svy.Lonely) *svy.Sums {
		n := len(strings.Fields(units))
		d := newDesign(t, svy.Spec{Weights: ones(n), Shard: true, Lonely: lonely, Stages: []svy.Stage{{Units: factor(units), Strata: factor(strings.Repeat("s ", n))}}})
		return scan(t, d, svy.Factor{}, svy.NewColumn("y", ones(n)))
	}
	if m, err := svy.Merge(part("1", svy.LonelyFail), part("2 3", svy.LonelyFail)); err != nil || m.Design().PSUs() != 3 {
		t.Errorf("merged: %v", err)
	}
	if _, err := svy.Merge(part("1", svy.LonelyFail), part("1", svy.LonelyFail)); err == nil {
		t.Error("a lonely PSU in two shards is still lonely")
	}
}

// TestBoundaryRule: at 0 and 1 the interval is one-sided, lies in [0, 1], narrows with answers and widens with the
// design effect, and with a design effect of 1 and many df it is Clopper and Pearson's 1-α^(1/n).
func TestBoundaryRule(t *testing.T) {
	n := 60
	y, zero := make([]float64, n), make([]float64, n)
	half := make([]string, n)
	for i := range y {
		half[i] = "a"
		if i >= n/2 {
			half[i] = "b"
			y[i] = float64(i % 2)
		}
	}
	d := newDesign(t, svy.Spec{Weights: ones(n)})
	sums := scan(t, d, svy.NewFactor(half), svy.NewColumn("y", y), svy.NewColumn("zero", zero))
	for _, kind := range []svy.Interval{svy.Wald, svy.XLogit, svy.ASin, svy.Beta, svy.Wilson} {
		es := sums.Estimates(svy.StatProportion, svy.Method{Interval: kind})
		a, whole := es[1], es[3]
		if a.Status != svy.Boundary || a.Lo != 0 || !(a.Hi > 0 && a.Hi < 0.25) || a.SE != 0 {
			t.Errorf("%v: no yes among 30: %+v", kind, a)
		}
		if want := 1 - math.Pow(0.05, 1/float64(n)); math.Abs(whole.Hi-want) > 1e-12 {
			t.Errorf("%v: no yes among %d: [%v, %v], Clopper–Pearson ends at %v", kind, n, whole.Lo, whole.Hi, want)
		}
	}
	if e := sums.Estimates(svy.StatMean, svy.Method{})[1]; e.Status != svy.OK || e.Hi != 0 {
		t.Errorf("a mean knows no boundary: %+v", e)
	}
}
