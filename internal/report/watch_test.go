package report

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The exact tails, against R 4: pbinom(k - 1, n, p, lower.tail = FALSE), printed to seven digits.
func TestTail(t *testing.T) {
	for _, c := range []struct {
		k, n int
		p    float64
		want float64
	}{{8, 10, 0.5, 0.0546875}, {1, 3, 0.1, 0.271}, {0, 5, 0.3, 1}, {5, 5, 0.3, 0.00243}, {20, 30, 0.4, 0.002853883}, {3, 5, 1, 1}, {1, 4, 0, 0}} {
		if got := tail(c.k, c.n, c.p); math.Abs(got-c.want) > 5e-8 {
			t.Errorf("tail(%d, %d, %v) = %v, want %v", c.k, c.n, c.p, got, c.want)
		}
	}
}

// With equal chances the uneven tail is the binomial one.
func TestUnevenIsBinomialWhenEven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		k, p := rapid.IntRange(0, n).Draw(t, "k"), rapid.Float64Range(0.01, 0.99).Draw(t, "p")
		chances := make([]float64, n)
		for i := range chances {
			chances[i] = p
		}
		if a, b := uneven(k, chances), tail(k, n, p); math.Abs(a-b) > 1e-9 {
			t.Errorf("%d of %d at %v: %v and %v", k, n, p, a, b)
		}
	})
}

func unit(name string) Party { return Party{Name: name} }

// A unit stands out only where all others' share cannot explain it; with everybody alike nobody does.
func TestOutliers(t *testing.T) {
	var alike []tally
	for i := range 30 {
		alike = append(alike, tally{unit(string(rune('a' + i))), 3, 10})
	}
	if found := outliers(Bunching, alike, 5); len(found) != 1 || found[0].Count != 90 || found[0].Of != 300 || found[0].Out {
		t.Errorf("alike: %+v", found)
	}
	odd := append(alike, tally{unit("odd"), 20, 20}, tally{unit("few"), 3, 3})
	found := outliers(Bunching, odd, 5)
	if len(found) != 2 || found[1].Unit.Name != "odd" || !found[1].Out || math.Abs(found[1].Expected-20*93.0/303) > 1e-9 {
		t.Errorf("odd: %+v", found)
	}
	if found := outliers(BackDated, []tally{{unit("a"), 5, 5}}, 3); len(found) != 1 {
		t.Errorf("one unit alone is compared with nobody: %+v", found)
	}
}

// When every unit has the same chance for itself, units are named in at most one of twenty periods.
func TestFalseAlarmsKeepTheirLevel(t *testing.T) {
	alarms, rounds, state := 0, 600, uint64(7)
	next := func() float64 { // a fixed sequence: splitmix64
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return float64((z^z>>31)>>11) / (1 << 53)
	}
	for range rounds {
		var units []tally
		for i := range 40 {
			u := tally{unit: unit(string(rune('a' + i))), of: 12}
			for range u.of {
				if next() < 0.3 {
					u.count++
				}
			}
			units = append(units, u)
		}
		if len(outliers(Bunching, units, 5)) > 1 {
			alarms++
		}
	}
	if share := float64(alarms) / float64(rounds); share > 0.05+3*math.Sqrt(0.05*0.95/float64(rounds)) {
		t.Errorf("a false alarm in %.3f of the rounds", share)
	}
}

func TestFlawless(t *testing.T) {
	many := make([]graded, 40)
	for i := range many {
		many[i] = graded{tasks: 10, flawless: true}
	}
	if o := flawless(many, 0.9); !o.Out || o.Count != 40 || o.Of != 40 || math.Abs(o.Expected-40*math.Pow(0.9, 10)) > 1e-9 {
		t.Errorf("all flawless: %+v", o)
	}
	for i := range many {
		many[i].flawless = i%3 == 0
	}
	if o := flawless(many, 0.9); o.Out {
		t.Errorf("a third flawless at one in three by chance: %+v", o)
	}
	if o := flawless(many[:3], 0.9); o.Out || !math.IsNaN(o.P) {
		t.Errorf("three units are tested: %+v", o)
	}
}

func TestSaturated(t *testing.T) {
	if o := saturated([]float64{1, 1, 0.95, 0.9, 0.92}); !o.Out || o.Count != 5 {
		t.Errorf("%+v", o)
	}
	if o := saturated([]float64{1, 1, 0.95, 0.7, 0.92}); o.Out {
		t.Errorf("four of five are not over four fifths: %+v", o)
	}
	if o := saturated([]float64{1, 1}); o.Out {
		t.Errorf("two scores say nothing: %+v", o)
	}
}
