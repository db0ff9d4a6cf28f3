package target_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"thuoc/internal/fault"
	"thuoc/internal/target"
)

// five are five units with little noise: a, b, c, d and e at 5, 4, 3, 2 and 1 points, x without a score.
func five() target.Standing {
	nan := math.NaN()
	return target.Standing{Units: []string{"a", "b", "c", "d", "e", "x"}, Values: []float64{5, 4, 3, 2, 1, nan},
		SE: []float64{0.01, 0.01, 0.01, 0.01, 0.01, nan}}
}

// still is a movement in which almost nothing moves.
func still() *target.Movement {
	return &target.Movement{Shifts: []float64{0}, Residuals: []float64{-1, 1}, Lasting: 1, Signal: 2, Drift: 0.001, Spread: 0.001}
}

func TestAims(t *testing.T) {
	f := still().Imagine(five(), 100, 1)
	for _, c := range []struct {
		name  string
		aim   target.Target
		unit  int
		gain  float64 // to reach it in every second future, to a tenth
		rank  int
		wrong fault.Kind
	}{
		{"points", target.Target{Kind: target.Points, Value: 3.5}, 2, 0.5, 0, 0},
		{"change", target.Target{Kind: target.Change, Value: 2}, 4, 2, 0, 0},
		{"hold", target.Target{Kind: target.Hold}, 4, 0, 0, 0},
		{"a rank above", target.Target{Kind: target.Rank, Place: 2}, 2, 1, 2, 0},
		{"its own rank", target.Target{Kind: target.Rank, Place: 3}, 2, 0, 3, 0},
		{"two ranks up", target.Target{Kind: target.Gain, Place: 2}, 3, 2, 2, 0},
		{"a group", target.Target{Kind: target.Group, Place: 1}, 4, 4, 1, 0},
		{"above the first", target.Target{Kind: target.Gain, Place: 5}, 3, 0, 0, fault.Invalid},
		{"below the last", target.Target{Kind: target.Rank, Place: 6}, 3, 0, 0, fault.Invalid},
		{"from nowhere", target.Target{Kind: target.Hold}, 5, 0, 0, fault.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := f.Reach(c.aim, c.unit)
			if c.wrong != 0 {
				if fault.KindOf(err) != c.wrong {
					t.Errorf("got %v, want a fault of kind %s", err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Gain(0.5); math.Abs(got-c.gain) > 0.1 || r.Rank != c.rank {
				t.Errorf("gain %.3f at rank %d, want %.1f at rank %d", got, r.Rank, c.gain, c.rank)
			}
		})
	}
}

// More gain never lowers the chance, a gain asked for a chance gives at least that chance, and sets keep what they state.
func TestChancesAndGainsAgree(t *testing.T) {
	w := newWorld(1, 30)
	s, history := w.standing()
	m, err := target.Learn(s, history)
	if err != nil {
		t.Fatal(err)
	}
	f := m.Imagine(s, 400, 7)
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.IntRange(0, 29).Draw(t, "unit")
		r, err := f.Reach(target.Target{Kind: target.Rank, Place: rapid.IntRange(1, 30).Draw(t, "rank")}, unit)
		if err != nil {
			t.Fatal(err)
		}
		less, more := rapid.Float64Range(-5, 5).Draw(t, "less"), rapid.Float64Range(0, 5).Draw(t, "more")
		if r.Chance(less) > r.Chance(less+more) {
			t.Errorf("chance %v at %v, %v at %v", r.Chance(less), less, r.Chance(less+more), less+more)
		}
		chance := rapid.Float64Range(0.01, 0.99).Draw(t, "chance")
		if r.Chance(r.Gain(chance)) < chance {
			t.Errorf("a gain of %v reaches %v, want %v", r.Gain(chance), r.Chance(r.Gain(chance)), chance)
		}
		var levers []target.Lever
		for i := range rapid.IntRange(0, 8).Draw(t, "levers") {
			gain := rapid.Float64Range(0, 1).Draw(t, "feasible")
			levers = append(levers, target.Lever{Code: string(rune('a' + i)), Value: 1, Best: 10, Worth: 1, Gains: []float64{-gain, 0, gain}})
		}
		for _, set := range target.Sets(levers, r, chance) {
			sum := 0.0
			for _, raise := range set.Raises {
				sum += raise.By
			}
			if len(set.Raises) > 5 || math.Abs(sum-set.Gain) > 1e-9 || set.Chance != r.Chance(set.Gain) || set.Enough && set.Chance < chance {
				t.Errorf("for a chance of %v the set is %+v", chance, set)
			}
		}
	})
}

// The first set is the smallest: no fewer parts have enough feasible gain.
func TestNoSmallerSetSuffices(t *testing.T) {
	r, err := still().Imagine(five(), 100, 1).Reach(target.Target{Kind: target.Change, Value: 1}, 4)
	if err != nil {
		t.Fatal(err)
	}
	var levers []target.Lever
	for i, g := range []float64{0.1, 0.6, 0.2, 0.5, 0.3, 0.05} {
		levers = append(levers, target.Lever{Code: string(rune('a' + i)), Value: 1, Best: 9, Worth: 1, Gains: []float64{g}})
	}
	sets := target.Sets(levers, r, 0.4)
	if len(sets) == 0 || !slices.Equal(codes(sets[0]), []string{"b", "d"}) || len(sets) != 4 {
		t.Errorf("got %+v, want b and d first, then larger sets up to five", sets)
	}
}

func codes(s target.Set) (out []string) {
	for _, r := range s.Raises {
		out = append(out, r.Code)
	}
	return out
}

// The same seed imagines the same futures.
func TestFuturesRepeat(t *testing.T) {
	reach := func() target.Reach {
		r, err := still().Imagine(five(), 50, 3).Reach(target.Target{Kind: target.Rank, Place: 1}, 1)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if a, b := reach(), reach(); a.Gain(0.37) != b.Gain(0.37) || a.Score(0.9) != b.Score(0.9) {
		t.Error("two runs differ")
	}
}

// BenchmarkBackCalculation asks what five ranks would take every province. The bound is 2 s for all 63.
func BenchmarkBackCalculation(b *testing.B) {
	for b.Loop() {
		basis, err := target.OfPAPI(2024, "PAPI")
		if err != nil {
			b.Fatal(err)
		}
		m, err := target.Learn(basis.Standing, basis.History)
		if err != nil {
			b.Fatal(err)
		}
		f := m.Imagine(basis.Standing, target.Draws, 1)
		for unit := range basis.Standing.Units {
			if r, err := f.Reach(target.Target{Kind: target.Gain, Place: 5}, unit); err == nil {
				levers, _ := basis.Levers(unit)
				target.Sets(levers, r, 0.8)
			}
		}
	}
}
