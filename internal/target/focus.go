package target

import (
	"math"

	"thuoc/internal/score"
)

// Sorting is what a list does with a part of the index.
type Sorting string

// The sortings.
const (
	Keep    Sorting = "keep"
	Fix     Sorting = "fix"
	Unclear Sorting = "unclear" // the figures do not tell
)

// Finding holds one node of a unit under both rules side by side.
type Finding struct {
	Row    score.Row
	Office Sorting // the offices' own rule: what rose against last year is kept, what fell is to be fixed
	Tested Sorting // only where a test tells the change from chance
	// To the next better group: points missing to its lowest member; 0 in the best group, NaN where groups are unknown.
	ToNext float64
}

// Focus sorts the nodes of a level for one unit, from a result that was compared with a former year.
func Focus(r *score.Result, level, unit string) []Finding {
	var found []Finding
	for row := range r.Level(level) {
		if row.Unit == unit {
			f := Judge(row)
			f.ToNext = toNext(r, row)
			found = append(found, f)
		}
	}
	return found
}

// Judge holds one node under both rules; how far the next group is it cannot say.
func Judge(row score.Row) Finding { return Finding{row, office(row), proven(row), math.NaN()} }

// office is the rule by which offices sort their plans: rise or fall against last year, however small.
func office(row score.Row) Sorting {
	switch {
	case row.Change == nil || math.IsNaN(row.Change.Abs) || row.Change.Abs == 0:
		return Unclear
	case row.Change.Abs > 0:
		return Keep
	}
	return Fix
}

// proven is the rule that asks whether the change is one.
func proven(row score.Row) Sorting {
	if row.Change == nil {
		return Unclear
	}
	switch row.Change.Verdict {
	case score.Rose:
		return Keep
	case score.Fell:
		return Fix
	}
	return Unclear
}

// toNext gives the points to the lowest member of the next better group.
func toNext(r *score.Result, row score.Row) float64 {
	groups := r.Groups[row.Code]
	for i, g := range groups {
		if row.Group == nil || g.ID != row.Group.ID {
			continue
		}
		if i == 0 {
			return 0
		}
		return groups[i-1].Lo - row.Value
	}
	return math.NaN()
}

// LastRank gives the last rank of a group of a node: with 16, 16, 15 and 15 units the second group ends with rank 32.
// It is 0 for a group that is not there.
func LastRank(r *score.Result, code, group string) int {
	last := 0
	for _, g := range r.Groups[code] {
		last += g.Units
		if g.ID == group {
			return last
		}
	}
	return 0
}
