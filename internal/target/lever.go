package target

import (
	"cmp"
	"slices"
)

// Lever is a part of the index that could be raised.
type Lever struct {
	Code  string
	Value float64   // of the unit
	Best  float64   // the best score of any unit
	Worth float64   // points of the whole for a point of the part
	Gains []float64 // what units have gained in a year beyond the ordinary movement, ascending
}

// bold is the share of past gains that a feasible one exceeds: one unit in ten has done as much in a year.
const bold = 0.9

// Feasible is the gain that one unit in ten has made in a year, not beyond the best score seen. The gains of history
// hold the errors of two surveys, so that it is rather too much than too little.
func (l Lever) Feasible() float64 {
	if len(l.Gains) == 0 {
		return 0
	}
	return max(0, min(quantile(l.Gains, bold), l.Best-l.Value))
}

// Share is how often in history a unit has gained as much in a year.
func (l Lever) Share(gain float64) float64 {
	n, _ := slices.BinarySearch(l.Gains, gain)
	return float64(len(l.Gains)-n) / float64(max(1, len(l.Gains)))
}

// Raise is one part raised.
type Raise struct {
	Code  string
	By    float64 // points of the part
	Share float64 // how often in history a unit has gained as much in a year
}

// Set is a few parts raised together.
type Set struct {
	Raises []Raise
	Gain   float64 // points of the whole
	Chance float64 // of reaching the target
	Enough bool    // the gain asked is feasible with these parts
}

// most is how many parts a plan can raise at once and still be one.
const most = 5

// Sets offers ways to a chance of reaching the target: the fewest parts whose feasible gains suffice, and larger sets up
// to five that ask less of each. All parts of a set are raised by the same share of what is feasible. Where five do not
// suffice there is one set: those five, raised as far as is feasible, with the chance that this gives.
func Sets(levers []Lever, r Reach, chance float64) []Set {
	room := slices.Clone(levers)
	room = slices.DeleteFunc(room, func(l Lever) bool { return !(l.Worth*l.Feasible() > 0) })
	slices.SortStableFunc(room, func(a, b Lever) int { return cmp.Compare(b.Worth*b.Feasible(), a.Worth*a.Feasible()) })
	room = room[:min(most, len(room))]
	want := r.Gain(chance)
	if want == 0 || len(room) == 0 {
		return nil
	}
	var sets []Set
	for size := 1; size <= len(room); size++ {
		if set := raise(room[:size], want, r); set.Enough || size == len(room) && len(sets) == 0 {
			sets = append(sets, set)
		}
	}
	return sets
}

// raise raises parts together, by what is wanted or by all that is feasible.
func raise(parts []Lever, want float64, r Reach) Set {
	feasible := 0.0
	for _, l := range parts {
		feasible += l.Worth * l.Feasible()
	}
	effort := min(1, want/feasible)
	set := Set{Enough: feasible >= want, Gain: min(want, feasible)}
	for _, l := range parts {
		by := effort * l.Feasible()
		set.Raises = append(set.Raises, Raise{l.Code, by, l.Share(by)})
	}
	set.Chance = r.Chance(set.Gain)
	return set
}
