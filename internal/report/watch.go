package report

import (
	"cmp"
	"math"
	"slices"

	"thuoc/internal/fault"
)

// Sign is a statistic that the watch looks at.
type Sign string

// The signs.
const (
	Bunching  Sign = "bunching"   // what is done comes in at the end of the period
	Flawless  Sign = "flawless"   // a report without anything late, returned or short
	Saturated Sign = "saturated"  // scores that tell nobody apart
	BackDated Sign = "back-dated" // evidence that is older than its task, or younger than it says
)

// Oddity is one statistic of the watch: a number, its base, what would be usual, and whether it stands out. It is never an
// accusation: Blind says what it cannot tell.
type Oddity struct {
	Sign     Sign
	Unit     Party   // of one unit; zero for the whole
	Count    int     // what was counted
	Of       int     // its base
	Expected float64 // what chance alone would give on the average
	P        float64 // how often chance alone gives as much or more; NaN where nothing is tested
	Out      bool    // it stands out, after allowing for how many units were looked at
}

var signTexts = map[Sign]struct{ says, blind fault.Text }{
	Bunching: {fault.T("Submitted in the last three working days before the cut-off"),
		fault.T("It cannot tell whether the work was done late or only told late: a deadline on those days, or one clerk who enters everything at once, looks the same.")},
	Flawless: {fault.T("Units with nothing late, nothing returned and no shortcoming told"),
		fault.T("It cannot tell good work from easy tasks or from reports that leave things out: only an inspection can.")},
	Saturated: {fault.T("Scores at nine tenths of the points or more"),
		fault.T("It cannot tell whether all are good or the rubric is too easy: it tells that the points part nobody from anybody.")},
	BackDated: {fault.T("Dated photos taken before the task was given, over 30 days before they were sent, or after they arrived"),
		fault.T("It cannot tell a borrowed photo from a telephone whose clock is wrong, or from a board that hung there before; photos without a date are not counted.")},
}

// Says gives what is counted, in people's words.
func (s Sign) Says() fault.Text { return signTexts[s].says }

// Blind gives what the sign cannot tell, in people's words.
func (s Sign) Blind() fault.Text { return signTexts[s].blind }

// level is the chance of a false alarm that a sign allows itself over all units together (Bonferroni).
const level = 0.05

// tail gives the chance of k or more successes in n trials, each with the chance p: the exact binomial tail.
func tail(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	sum := 0.0
	for i := n; i >= k; i-- {
		sum += math.Exp(choose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(sum, 1)
}

// choose gives the logarithm of the binomial coefficient.
func choose(n, k int) float64 {
	f := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return f(n) - f(k) - f(n-k)
}

// tally is how many of how many a unit had.
type tally struct {
	unit  Party
	count int
	of    int
}

// mostOdd is how many units of a sign are named.
const mostOdd = 10

// outliers gives the whole, and the units that stand out: that had more than all others' share of it lets expect, by the
// exact binomial test. The unit's own are left out of the share; units with fewer than least are not tested.
func outliers(sign Sign, units []tally, least int) (found []Oddity) {
	whole := Oddity{Sign: sign, P: math.NaN()}
	tested := 0
	for _, u := range units {
		whole.Count, whole.Of = whole.Count+u.count, whole.Of+u.of
		if u.of >= least {
			tested++
		}
	}
	for _, u := range units {
		others := whole.Of - u.of
		if u.of < least || others < least {
			continue
		}
		share := float64(whole.Count-u.count) / float64(others)
		share = max(share, 1/float64(others+2)) // none among the others is no proof that there can be none
		o := Oddity{Sign: sign, Unit: u.unit, Count: u.count, Of: u.of, Expected: share * float64(u.of), P: tail(u.count, u.of, share)}
		if o.Out = o.P*float64(tested) < level; o.Out {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b Oddity) int { return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(a.Unit.Name, b.Unit.Name)) })
	return append([]Oddity{whole}, found[:min(len(found), mostOdd)]...)
}

// graded is a unit by how many of its tasks were settled, and whether its report is without a flaw.
type graded struct {
	unit     Party
	tasks    int
	flawless bool
}

// flawless compares how many reports are without a flaw with how many would be by chance, were every task as good as the
// average one: share is that of tasks without a flaw. It stands out where so many are too many for chance.
func flawless(units []graded, share float64) Oddity {
	o := Oddity{Sign: Flawless, P: math.NaN()}
	var chances []float64
	for _, u := range units {
		if u.tasks == 0 {
			continue
		}
		o.Of++
		if u.flawless {
			o.Count++
		}
		chances = append(chances, math.Pow(share, float64(u.tasks)))
		o.Expected += chances[len(chances)-1]
	}
	if o.Of >= 5 {
		o.P = uneven(o.Count, chances)
		o.Out = o.P < level
	}
	return o
}

// uneven gives the chance of k or more successes in trials of unequal chances: the Poisson binomial tail, summed exactly.
func uneven(k int, chances []float64) float64 {
	is := make([]float64, len(chances)+1)
	is[0] = 1
	for n, p := range chances {
		for i := n + 1; i > 0; i-- {
			is[i] = is[i]*(1-p) + is[i-1]*p
		}
		is[0] *= 1 - p
	}
	sum := 0.0
	for i := len(is) - 1; i >= max(k, 0); i-- {
		sum += is[i]
	}
	return min(sum, 1)
}

// saturation is the share of top scores from which on a rubric tells nobody apart.
const saturation = 0.8

// saturated counts scores, as shares of the points, that are at the top. Nothing is tested: the bound is a rule.
func saturated(scores []float64) Oddity {
	o := Oddity{Sign: Saturated, Of: len(scores), P: math.NaN()}
	for _, s := range scores {
		if s >= 0.9 {
			o.Count++
		}
	}
	o.Expected = saturation * float64(o.Of)
	o.Out = o.Of >= 5 && float64(o.Count) > o.Expected
	return o
}
