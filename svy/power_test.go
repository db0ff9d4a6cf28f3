package svy_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"thuoc/svy"
)

// TestDetectionPower holds the power to R 4.2.2: q <- qt(.975, df); pt(q, df, 3, lower.tail = FALSE) + pt(-q, df, 3);
// for the normal pnorm(3 - q) + pnorm(-3 - q).
func TestDetectionPower(t *testing.T) {
	for df, want := range map[float64]float64{
		1: 0.186132061606882, 2: 0.387400128526177, 4: 0.619261459402586, 30: 0.827099928467822, math.Inf(1): 0.850838768327056,
	} {
		if got := svy.DetectionPower(3, 0.95, df); math.Abs(got-want) > 1e-9 {
			t.Errorf("df %v: %.15g, want %.15g", df, got, want)
		}
	}
}

// TestMinimumDetectable: R's uniroot on the same power, for an SE of 1.
func TestMinimumDetectable(t *testing.T) {
	for df, want := range map[float64]float64{1: 16.334008869895, 4: 3.7610595538206, 13: 3.03129127935413} {
		p := svy.Power{SD: 1, N: 2, DF: df}
		if got, err := p.MinimumDetectable(); err != nil || math.Abs(got-want) > 1e-7*want {
			t.Errorf("df %v: %.12g, want %.12g (%v)", df, got, want, err)
		}
	}
}

// TestPowerProperties: a true change of nothing is called at the level; more answers, more overlap of areas that
// correlate and more degrees of freedom show smaller changes; what is detectable is detected with the power asked.
func TestPowerProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := svy.Power{
			SD: rapid.Float64Range(0.1, 10).Draw(t, "sd"), N: rapid.Float64Range(10, 5000).Draw(t, "n"),
			Deff: rapid.Float64Range(0.5, 8).Draw(t, "deff"), DF: rapid.Float64Range(1, 200).Draw(t, "df"),
			Overlap: rapid.Float64Range(0, 0.9).Draw(t, "overlap"), Correlation: rapid.Float64Range(0.1, 0.95).Draw(t, "rho"),
			Level: rapid.Float64Range(0.8, 0.99).Draw(t, "level"), Power: rapid.Float64Range(0.5, 0.95).Draw(t, "power"),
		}
		least, err := p.MinimumDetectable()
		se, err2 := p.SE()
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if got := svy.DetectionPower(0, p.Level, p.DF); math.Abs(got-(1-p.Level)) > 1e-8 {
			t.Fatalf("level %v: no change is called in %v", p.Level, got)
		}
		if got := svy.DetectionPower(least/se, p.Level, p.DF); math.Abs(got-p.Power) > 1e-8 {
			t.Fatalf("power %v, asked %v", got, p.Power)
		}
		for name, better := range map[string]svy.Power{
			"answers": func() svy.Power { q := p; q.N *= 2; return q }(),
			"overlap": func() svy.Power { q := p; q.Overlap += 0.1; return q }(),
			"df":      func() svy.Power { q := p; q.DF *= 2; return q }(),
		} {
			if got, err := better.MinimumDetectable(); err != nil || !(got < least) {
				t.Fatalf("more %s: %v, before %v (%v)", name, got, least, err)
			}
		}
	})
}

func TestPowerFaults(t *testing.T) {
	_, err := svy.Power{N: -1, DF: 0, Overlap: 2, Correlation: math.NaN(), Level: 0.95, Power: 0.01}.MinimumDetectable()
	if err == nil {
		t.Fatal("accepted")
	}
	if n := len(err.(interface{ Unwrap() []error }).Unwrap()); n != 6 {
		t.Errorf("%d faults, want 6: %v", n, err)
	}
}

// ExamplePower asks what a small province of 192 answers can show from year to year: a share near one half, a design
// effect of 3, the same areas in both years.
func ExamplePower() {
	p := svy.Power{SD: 0.5, N: 192, Deff: 3, DF: 25, Overlap: 1, Correlation: 0.6}
	least, _ := p.MinimumDetectable()
	p.Overlap = 0
	apart, _ := p.MinimumDetectable()
	fmt.Printf("%.0f points; in other areas each year %.0f\n", 100*least, 100*apart)
	// Output: 16 points; in other areas each year 26
}
