package svy

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Factor is a column of labels: row i carries Levels[Codes[i]]. A code of -1 is a missing label. Nil Levels mean that
// the label of a code is its decimal number plus one, which names rows without storing a string for each.
type Factor struct {
	Codes  []int32
	Levels []string
}

// NewFactor codes labels in order of first appearance. The empty label is missing.
func NewFactor(labels []string) Factor {
	f := Factor{Codes: make([]int32, len(labels)), Levels: []string{}}
	seen := map[string]int32{"": -1}
	for i, s := range labels {
		c, ok := seen[s]
		if !ok {
			c = int32(len(f.Levels))
			seen[s] = c
			f.Levels = append(f.Levels, s)
		}
		f.Codes[i] = c
	}
	return f
}

// Label gives the label of a code, "" for a missing one.
func (f Factor) Label(code int32) string {
	switch {
	case code < 0:
		return ""
	case f.Levels == nil:
		return strconv.Itoa(int(code) + 1)
	}
	return f.Levels[code]
}

// Cross makes the factor whose labels are the pairs of two factors of the same rows, joined by sep ("5" and "f" give
// "5/f"). A row with either label missing is missing. Crossing with the zero Factor gives the other one back.
func (f Factor) Cross(g Factor, sep string) Factor {
	if f.Codes == nil {
		return g
	}
	if g.Codes == nil {
		return f
	}
	out := Factor{Codes: make([]int32, len(f.Codes)), Levels: []string{}}
	seen := map[[2]int32]int32{}
	for i, a := range f.Codes {
		b := g.Codes[i]
		if a < 0 || b < 0 {
			out.Codes[i] = -1
			continue
		}
		c, ok := seen[[2]int32{a, b}]
		if !ok {
			c = int32(len(out.Levels))
			seen[[2]int32{a, b}] = c
			out.Levels = append(out.Levels, f.Label(a)+sep+g.Label(b))
		}
		out.Codes[i] = c
	}
	return out
}

// ranks gives the place of each code in the natural order of the labels. Codes of a factor without Levels are their own
// ranks.
func (f Factor) ranks() []int32 {
	if f.Levels == nil {
		return iota32(codes(f.Codes))
	}
	order := iota32(len(f.Levels))
	slices.SortFunc(order, func(a, b int32) int { return CompareLabels(f.Levels[a], f.Levels[b]) })
	place := make([]int32, len(order))
	for r, c := range order {
		place[c] = int32(r)
	}
	return place
}

// CompareLabels is the order of labels everywhere in this package: numbers by value and before text, text by bytes,
// and labels made of parts ("5/f") part by part.
func CompareLabels(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, "/")
		y, b, _ = strings.Cut(b, "/")
		if c := comparePart(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func comparePart(a, b string) int {
	if isCount(a) && isCount(b) { // what most labels are
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	numX, numY := errX == nil && !math.IsNaN(x), errY == nil && !math.IsNaN(y)
	switch {
	case numX && numY && x != y:
		return cmp.Compare(x, y)
	case numX != numY && numX:
		return -1
	case numX != numY:
		return 1
	}
	return strings.Compare(a, b)
}

// isCount tells whether a label is a whole number in its usual form, and small enough to be exact.
func isCount(s string) bool {
	if s == "" || len(s) > 15 || s[0] == '0' && len(s) > 1 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
