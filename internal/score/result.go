package score

import (
	"iter"
	"math"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/svy"
)

// Result is an index computed for the units of one year.
type Result struct {
	Def    *Definition
	Year   int
	Compat string // the compatibility in use, "" = proper
	WhatIf bool   // fits were let in: nothing of this may be printed as a result
	Units  []string
	Rows   []Row                    // node by node in tree order, alternatives last; in a node the units in their order
	Groups map[string][]GroupLimits // by code, best group first; only for grouped levels
	Stats  map[string]Distribution  // by code

	// AssumedSE gives, by code, the standard error that group probabilities assume for the few units whose error is not
	// known: the median of the known ones. Whoever shows a probability of such a code says so.
	AssumedSE map[string]float64

	National  map[string]Figure // published national figures by code; they are estimates of their own, not means of units
	codes     map[string]int    // the place of a node among the rows
	units     map[string]int    // the place of a unit within a node
	estimates *Estimates        // what the survey leaves were estimated from; nil for published figures
}

// cell names one node of one unit.
type cell struct{ code, unit string }

// place gives the index of a cell in Rows.
func (r *Result) place(code, unit string) (int, bool) {
	i, ok := r.codes[code]
	j, framed := r.units[unit]
	return i*len(r.Units) + j, ok && framed
}

// Row is one node of one unit. Absent numbers are NaN, absent counts and ranks 0.
type Row struct {
	Unit, Code string
	Level      string // the id of the node's level
	Value      float64
	Mark       Mark // of the value: the weakest of what it was built on; empty without a value
	Status     Status
	Why        fault.Text // why there is no value, or why it is partial or not recomputed; empty otherwise
	Source     string     // key of the source of the published cell
	Note       string     // a known defect of the published cell
	Published  float64    // the published value of this cell, whether or not Value was recomputed
	N          int

	SE         float64
	DF         float64 // degrees of freedom of SE where it was estimated from answers; 0 = none, or not estimated so
	Interval   Interval
	ErrorWhy   fault.Text // why the error is not known; empty when it is
	Group      *GroupLimits
	GroupShare []float64 // probability of each group, best first; nil where an error is not known
	Rank       int       // 1 = best; equal values share the better rank
	RankedOf   int       // units with a value
	RankLo     int       // the ranks that the true rank may have, at Options.Ranks.Level
	RankHi     int
	Change     *Change // nil without a former result

	linear *svy.Linear // the sampling units behind Value; nil when it was not estimated from answers
}

// Interval holds limits with the level they truly have, whatever the publisher prints over them.
type Interval struct{ Lo, Hi, Level float64 }

// Known tells whether there is an interval.
func (i Interval) Known() bool { return i.Level > 0 }

// GroupLimits is one group of one node: the smallest and largest value in it.
type GroupLimits struct {
	ID     string
	Names  lang.Names
	Lo, Hi float64
	Units  int // with a value
	Absent int // without one, counted here because the rule fills the bottom with them
}

// Distribution is how the units of one node spread. It says nothing of the population: a national figure is not the
// mean of its provinces.
type Distribution struct {
	N                      int
	Mean, Median, Min, Max float64
}

// Verdict is what may be said of a difference between two years.
type Verdict string

// The verdicts.
const (
	Rose          Verdict = "up"
	Fell          Verdict = "down"
	Stood         Verdict = "still"          // below the threshold of a relative rule
	NoEvidence    Verdict = "no-evidence"    // the test does not tell the difference from chance
	NotTestable   Verdict = "not-testable"   // an error is not known, or the rule does not hold for this level
	NotComparable Verdict = "not-comparable" // the definition changed in between; the difference is not given
)

// Change compares a row with the former result. For a verdict of NotComparable only From and Why are given.
type Change struct {
	Year     int
	Code     string  // the node's code in the former definition
	From     float64 // the former value
	Abs, Rel float64 // difference in points; relative to the former value
	SE       float64 // of Abs: through the shared sampling units of the two years, or as if these were independent
	DF, P    float64 // of the test through shared units: degrees of freedom, two-sided p-value; else 0 and NaN
	PFamily  float64 // P adjusted for the false discovery rate over the units of the node (Benjamini and Hochberg)
	Rule     string  // the id of the change rule
	Verdict  Verdict
	Why      fault.Text // for NotTestable and NotComparable, and the assumption of a test
	Reason   lang.Names // for NotComparable: what changed in the definition
}

// Row finds one row.
func (r *Result) Row(code, unit string) (Row, bool) {
	i, ok := r.place(code, unit)
	if !ok {
		return Row{}, false
	}
	return r.Rows[i], true
}

// Level gives the rows of one level in their order.
func (r *Result) Level(id string) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for _, row := range r.Rows {
			if row.Level == id && !yield(row) {
				return
			}
		}
	}
}

// OK tells whether the row has a value.
func (r Row) OK() bool { return !math.IsNaN(r.Value) }

// Difference is the recomputed value minus the published one; NaN when one of them is absent.
func (r Row) Difference() float64 { return r.Value - r.Published }
