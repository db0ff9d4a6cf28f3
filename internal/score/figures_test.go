package score_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"thuoc/internal/published"
	"thuoc/internal/score"
)

const firstYear, lastYear = 2011, 2024

// open loads the PAPI definition of a year, once.
func open(t testing.TB, year int) *score.Definition {
	t.Helper()
	e, ok := score.InForce("papi", year)
	if !ok {
		t.Fatalf("no PAPI definition in %d", year)
	}
	return definition(t, e.ID)
}

var opened sync.Map

func definition(t testing.TB, id string) *score.Definition {
	t.Helper()
	if d, ok := opened.Load(id); ok {
		return d.(*score.Definition)
	}
	d, err := score.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	opened.Store(id, d)
	return d
}

// figures gives what was published of a year at the named levels (none = all), with the reasons of what was not.
func figures(t testing.TB, year int, levels ...published.Level) []score.Figure {
	t.Helper()
	list, err := published.Figures(year, levels...)
	if err != nil {
		t.Fatal(err)
	}
	absent, err := published.Absences(year)
	if err != nil {
		t.Fatal(err)
	}
	return append(list, slices.DeleteFunc(absent, func(f score.Figure) bool {
		return len(levels) > 0 && !slices.Contains(levels, published.LevelOf(f.Code))
	})...)
}

// compute scores PAPI of a year from what was published at the named levels.
func compute(t testing.TB, year int, opt score.Options, levels ...published.Level) *score.Result {
	t.Helper()
	opt.Year, opt.Units, opt.Absent = year, published.Units(), score.NotPublished
	r, err := score.Compute(open(t, year), figures(t, year, levels...), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// since computes a year and compares it with a former one.
func since(t testing.TB, former, year int, opt score.Options) *score.Result {
	t.Helper()
	opt.Previous = compute(t, former, score.Options{Compat: opt.Compat})
	between, err := score.Chain(open(t, former).ID, open(t, year).ID)
	if err != nil {
		t.Fatal(err)
	}
	opt.Between = between
	return compute(t, year, opt)
}

func row(t testing.TB, r *score.Result, code, unit string) score.Row {
	t.Helper()
	got, ok := r.Row(code, unit)
	if !ok {
		t.Fatalf("no row %s of unit %s", code, unit)
	}
	return got
}

// near tells whether two numbers agree within a tolerance; NaN agrees with nothing.
func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// ulps allows for the last bits of a sum of decimals, where a bound is met exactly.
const ulps = 1e-12
