// Package target answers what a promise of a better score or rank is worth: what it would take to keep it, which few parts
// of the index would have to rise by how much, and how likely it is to come true by itself.
//
// It promises that the others are never held still: every unit moves as the index's own history says, and every score
// carries its error; that a rank is never aimed at without the score that stands for it; that a stated chance is one
// that a simulation with known truth confirms; and that the sums of a plan are checked and not believed. Pure.
package target

import (
	"math"
	"slices"

	"thuoc/internal/fault"
)

// Kind is the way in which a target is put.
type Kind string

// The kinds that plans use.
const (
	Points Kind = "points"    // a score of at least Value
	Change Kind = "change"    // a rise by at least Value
	Hold   Kind = "hold"      // not below the last score
	Rank   Kind = "rank"      // a rank of Place or better
	Gain   Kind = "rank-gain" // at least Place ranks better than the last
	Group  Kind = "group"     // in the group that ends with rank Place, or a better one
)

// Target is one aim for one node of an index.
type Target struct {
	Kind  Kind
	Value float64 // points, for Points and Change
	Place int     // a rank, a number of ranks, or the last rank of a group
}

// Standing is where the units stand before the plan.
type Standing struct {
	Units   []string
	Values  []float64 // NaN = no value: the unit takes no part
	SE      []float64 // of Values; NaN = not published
	Assumed float64   // the standard error assumed where SE is NaN
}

// se gives the standard error of a unit, published or assumed.
func (s Standing) se(i int) float64 {
	if v := s.SE[i]; v > 0 {
		return v
	}
	return s.Assumed
}

// ranked lists the units that have a value.
func (s Standing) ranked() []int {
	var with []int
	for i, v := range s.Values {
		if !math.IsNaN(v) {
			with = append(with, i)
		}
	}
	return with
}

// Rank gives a unit's rank among those with a value; equal values share the better one. It is 0 without a value.
func (s Standing) Rank(unit int) int {
	if math.IsNaN(s.Values[unit]) {
		return 0
	}
	rank := 1
	for _, v := range s.Values {
		if v > s.Values[unit] {
			rank++
		}
	}
	return rank
}

// aim is a target made absolute for one unit: a score, or a rank among n.
type aim struct {
	score float64
	rank  int // 0 = a score
}

// aim makes the target absolute, or says why it cannot be aimed at.
func (t Target) aim(s Standing, unit int) (aim, error) {
	was, n := s.Values[unit], len(s.ranked())
	if math.IsNaN(was) {
		return aim{}, fault.New(fault.NotFound, "“%s” has no score to start from.", s.Units[unit])
	}
	a := aim{rank: t.Place}
	switch t.Kind {
	case Points:
		return aim{score: t.Value}, nil
	case Change:
		return aim{score: was + t.Value}, nil
	case Hold:
		return aim{score: was}, nil
	case Gain:
		a.rank = s.Rank(unit) - t.Place
	}
	if a.rank < 1 || a.rank > n {
		return aim{}, fault.New(fault.Invalid, "This target asks for rank %d; the ranks go from 1 to %d and the unit stands at %d.", a.rank, n, s.Rank(unit))
	}
	return a, nil
}

// Line is one row of a plan's table of targets.
type Line struct {
	Code                     string
	Baseline, Target, Change float64 // NaN = not stated
}

// Printed is how far apart two numbers may be that were each rounded to two decimals.
const Printed = 0.0101

// Check holds the numbers of a plan's table against each other and against the published scores of the year before: the
// parts add up to the total, target − change is the score that was published. It gives every contradiction.
func Check(total Line, parts []Line, published func(code string) (float64, bool)) []fault.Item {
	var items []fault.Item
	sum, whole := 0.0, true
	for _, l := range parts {
		sum += l.Target
		whole = whole && !math.IsNaN(l.Target)
	}
	// Each part was rounded by half of a hundredth at most.
	if slack := 0.005*float64(len(parts)) + 0.005; whole && len(parts) > 0 && math.Abs(sum-total.Target) > slack {
		items = append(items, fault.Item{Field: total.Code,
			What:   fault.T("The targets of the parts add up to %.2f, the target of the whole is %.2f.", sum, total.Target),
			Remedy: fault.T("Correct the part or the whole, whichever was written wrongly.")})
	}
	for _, l := range slices.Concat([]Line{total}, parts) {
		items = append(items, l.check(published)...)
	}
	return items
}

func (l Line) check(published func(code string) (float64, bool)) []fault.Item {
	var items []fault.Item
	was, known := published(l.Code)
	if implied := l.Target - l.Change; known && !math.IsNaN(implied) && math.Abs(implied-was) > Printed {
		items = append(items, fault.Item{Field: l.Code,
			What:   fault.T("Target minus change is %.2f, the published score of the year before is %.4f.", implied, was),
			Remedy: fault.T("Start from the published score, or name the other source.")})
	}
	if known && !math.IsNaN(l.Baseline) && math.Abs(l.Baseline-was) > Printed {
		items = append(items, fault.Item{Field: l.Code,
			What:   fault.T("The baseline is %.2f, the published score is %.4f.", l.Baseline, was),
			Remedy: fault.T("Start from the published score, or name the other source.")})
	}
	return items
}
