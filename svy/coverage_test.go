package svy_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"thuoc/svy"
)

// TestCoverageOfPAPI is `make coverage` in small: what intervals deliver in the 57 small provinces of PAPI's design.
// 60 surveys of two countries, 13,680 intervals a rule that are not independent: between seeds the shares vary by about
// half a point, the tolerances are three points. Pooled variances must deliver what they say; what is printed under a
// 95 % label today must not pass.
func TestCoverageOfPAPI(t *testing.T) {
	s := svy.PAPISimulation()
	s.Items, s.Waves, s.Spread = 4, 1, 0.5
	rules := svy.IntervalRules()
	all, err := svy.CoverageTrial{Simulation: s, Populations: 2, Surveys: 30, Rules: []svy.IntervalRule{rules[0], rules[len(rules)-1]}, Seed: 1}.Run()
	if err != nil {
		t.Fatal(err)
	}
	share := map[[2]string]float64{}
	for _, c := range all {
		t.Logf("%s, %s: %.1f ± %.1f %%, width %.2f", c.Rule.Name, c.Group, 100*c.Share, 100*c.SE, c.Width)
		share[[2]string{c.Rule.Name, c.Group}] = c.Share
		if c.None != 0 {
			t.Errorf("%d intervals could not be made", c.None)
		}
	}
	if got := share[[2]string{rules[0].Name, "small"}]; got < 0.93 || got > 0.99 {
		t.Errorf("%s holds the truth in %.1f %% of the small provinces", rules[0].Name, 100*got)
	}
	if got := share[[2]string{rules[len(rules)-1].Name, "small"}]; got > 0.75 {
		t.Errorf("%s holds the truth in %.1f %% of the small provinces", rules[len(rules)-1].Name, 100*got)
	}
}

// TestCoverageRepeats: the number of goroutines changes no bit, and a country alone has no Monte Carlo error.
func TestCoverageRepeats(t *testing.T) {
	s := smallSimulation()
	s.Items = 2
	trial := svy.CoverageTrial{Simulation: s, Populations: 1, Surveys: 5, Seed: 3, Workers: 1}
	a, err := trial.Run()
	if err != nil {
		t.Fatal(err)
	}
	trial.Workers = 4
	b, err := trial.Run()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a, b, cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
	if !math.IsNaN(a[0].SE) {
		t.Errorf("Monte Carlo error %v from one country", a[0].SE)
	}
	if _, err := (svy.CoverageTrial{Simulation: s, Populations: 1, Surveys: 1}).Run(); err == nil {
		t.Error("one survey accepted")
	}
}

// TestPerfectIntervals: where every interval must hold the truth, the share is one; where none can, it is zero.
func TestPerfectIntervals(t *testing.T) {
	s := smallSimulation()
	s.Items = 2
	rules := []svy.IntervalRule{{Name: "wide", Lonely: svy.LonelyCollapse, Critical: 1e9}, {Name: "narrow", Lonely: svy.LonelyCollapse, Critical: 1e-9}}
	all, err := svy.CoverageTrial{Simulation: s, Populations: 1, Surveys: 4, Rules: rules}.Run()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range all {
		if want := float64(1 - i/3); c.Share != want {
			t.Errorf("%s, %s: %v", c.Rule.Name, c.Group, c.Share)
		}
	}
}
