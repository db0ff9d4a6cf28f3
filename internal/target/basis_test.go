package target_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"thuoc/internal/score"
	"thuoc/internal/target"
)

// own is an index of a house: a mean of two dimensions, each the mean of two sub-dimensions, one of them rescaled.
const own = `
format: 1
id: own-2025
family: own
names: {vi: "Chỉ số", en: "Index"}
years: [2020, 2100]
units: any
sources: ["test"]
levels:
  - {id: composite, names: {vi: "a", en: "a"}}
  - {id: dimension, names: {vi: "b", en: "b"}}
  - {id: subdimension, names: {vi: "c", en: "c"}}
tree:
  code: W
  names: {vi: "W", en: "W"}
  scale: [2, 20]
  aggregate: {method: sum}
  parts:
    - code: A
      names: {vi: "A", en: "A"}
      scale: [1, 10]
      aggregate: {method: arithmetic, rescale: true}
      parts:
        - {code: A1, names: {vi: "A1", en: "A1"}, scale: [0, 1], survey: {statistic: proportion, variable: q}}
        - {code: A2, names: {vi: "A2", en: "A2"}, scale: [1, 10], survey: {statistic: mean, variable: q}}
    - code: B
      names: {vi: "B", en: "B"}
      scale: [1, 10]
      aggregate: {method: arithmetic}
      parts:
        - {code: B1, names: {vi: "B1", en: "B1"}, weight: 3, scale: [1, 10], survey: {statistic: mean, variable: q}}
        - {code: B2, names: {vi: "B2", en: "B2"}, scale: [1, 10], survey: {statistic: mean, variable: q}}
`

// years makes measurements of the own index for n units.
func years(t *testing.T, n, count int) (units []string, all []*target.Measured) {
	t.Helper()
	def, err := score.Load("own.yaml", []byte(own))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		units = append(units, fmt.Sprintf("u%02d", i))
	}
	for y := range count {
		m := &target.Measured{Year: 2024 + y, Def: def}
		for i := range n {
			for _, code := range []string{"W", "A", "B", "A1", "A2", "B1", "B2"} {
				m.Put(code, i, n, 5+float64(i)/10+r.NormFloat64()/10, 0.1)
			}
		}
		all = append(all, m)
	}
	return units, all
}

// An index of the house answers as PAPI does, with its own errors; where its history is too short that is said.
func TestAnIndexOfTheHouse(t *testing.T) {
	for _, c := range []struct {
		units, years int
		learnt       bool
	}{{30, 2, true}, {30, 1, false}, {5, 3, false}, {1, 2, false}} {
		units, all := years(t, c.units, c.years)
		b, err := target.Of(units, all, "W")
		if err != nil {
			t.Fatal(err)
		}
		m, learnt := b.Movement()
		if learnt != c.learnt || b.ErrorsOf != 0 || len(b.Years) != c.years-1 {
			t.Errorf("%+v: learnt %v from %v, errors of %d", c, learnt, b.Years, b.ErrorsOf)
		}
		r, err := m.Imagine(b.Standing, 2000, 1).Reach(target.Target{Kind: target.Change, Value: 0.1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if chance := r.Chance(0); !(chance > 0 && chance < 1) || math.Abs(r.Chance(r.Gain(.8))-.815) > .02 {
			t.Errorf("%+v: a rise by 0.1 by luck alone %v; the gain of 80 %% gives %v", c, chance, r.Chance(r.Gain(.8)))
		}
		levers, seen := b.Levers(0)
		worth := map[string]float64{}
		for _, l := range levers {
			worth[l.Code] = l.Worth
		}
		for code, want := range map[string]float64{"A1": 4.5, "A2": .5, "B1": .75, "B2": .25} {
			if math.Abs(worth[code]-want) > 1e-9 {
				t.Errorf("a point of %s is worth %v, want %v", code, worth[code], want)
			}
		}
		if seen != c.learnt || c.units > 1 && levers[0].Feasible() <= 0 || c.units == 1 && levers[0].Feasible() != 0 {
			t.Errorf("%+v: gains seen %v; feasible %v", c, seen, levers[0].Feasible())
		}
	}
}

// Where nothing moves but the errors of two surveys, what Still states comes true as often as it says: 80 ± 4 %.
func TestStillSaysWhatHolds(t *testing.T) {
	for _, units := range []int{1, 20} {
		const worlds, se = 600, 0.4
		reached, lucky, tried, luck := 0, 0, 0, 0.0
		r := rand.New(rand.NewPCG(3, uint64(units)))
		for range worlds {
			s := target.Standing{Assumed: se}
			next := make([]float64, units)
			for i := range units {
				truth := r.NormFloat64()
				s.Units, s.SE = append(s.Units, fmt.Sprint(i)), append(s.SE, math.NaN())
				s.Values = append(s.Values, truth+se*r.NormFloat64())
				next[i] = truth + se*r.NormFloat64()
			}
			unit := r.IntN(units)
			reach, err := target.Still(s).Imagine(s, 500, r.Uint64()).Reach(target.Target{Kind: target.Change, Value: 0.3}, unit)
			if err != nil {
				t.Fatal(err)
			}
			luck += reach.Chance(0)
			lucky += count(next[unit] >= s.Values[unit]+.3)
			tried++
			if reach.Gain(.8) > 0 {
				reached += count(next[unit]+reach.Gain(.8) >= s.Values[unit]+.3)
			}
		}
		got, byLuck := float64(reached)/float64(tried), float64(lucky)/float64(tried)
		t.Logf("%d units: %.1f %% where 80 %% were stated; by luck %.1f %% where %.1f %% were stated", units, 100*got, 100*byLuck, 100*luck/float64(tried))
		if math.Abs(got-.8) > .04 || math.Abs(byLuck-luck/float64(tried)) > .04 {
			t.Errorf("%d units: %.1f %% succeed, by luck %.1f %% where %.1f %% were stated", units, 100*got, 100*byLuck, 100*luck/float64(tried))
		}
	}
}
