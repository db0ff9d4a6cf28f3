package svy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// CalibrationFaultKind says what is wrong with a calibration.
type CalibrationFaultKind uint8

// The faults of a calibration. All but the last three are found before anything is calculated.
const (
	NoMargins    CalibrationFaultKind = iota + 1 // there is nothing to calibrate to
	SeveralCells                                 // post-stratification takes one margin
	BadBounds                                    // bounds are not 0 ≤ L < 1 < U, or the method takes none
	BadTrim                                      // the limits of weights are not 0 ≤ smallest < largest
	BadTotal                                     // a total is negative or not a number
	ZeroTotal                                    // a level with rows has the total 0
	NoLevel                                      // a row has no level
	UnknownLevel                                 // a row has a level without a total
	EmptyLevel                                   // a level with a total has no rows
	UnequalSums                                  // two margins add up to different populations
	BeyondBounds                                 // a level cannot reach its total within the bounds
	NotMet                                       // the totals cannot be met together: the level that is furthest off
	NotPositive                                  // a weight would be 0 or negative
	TrimTooTight                                 // the totals cannot be met within the limits of weights
)

// CalibrationFault is one fault of a calibration with its place. Fields that say nothing for the kind are zero.
type CalibrationFault struct {
	Kind   CalibrationFaultKind
	Row    int // 0-based, of the data; -1 when the fault has none
	Margin string
	Level  string
	Other  string  // UnequalSums: the margin that the sum is compared with
	Value  float64 // what is: the total, the sum, the bound, the weight
	Want   float64 // what it should be, or can be at most or at least
	// Replicate counts from 1 where the fault shows in a replicate only.
	Replicate int
}

// String says the fault in English.
func (f CalibrationFault) String() string {
	s := f.say()
	if f.Replicate > 0 {
		s = fmt.Sprintf("replicate %d: %s", f.Replicate, s)
	}
	return s
}

func (f CalibrationFault) say() string {
	level := fmt.Sprintf("margin %q, level %q", f.Margin, f.Level)
	switch f.Kind {
	case NoMargins:
		return "a calibration needs a margin"
	case SeveralCells:
		return "post-stratification takes one margin; cross them, or rake"
	case BadBounds:
		return fmt.Sprintf("bounds %g and %g; logit needs and linear takes 0 ≤ L < 1 < U, other methods none", f.Value, f.Want)
	case BadTrim:
		return fmt.Sprintf("limits of weights %g and %g; the smaller comes first and is not negative", f.Value, f.Want)
	case BadTotal:
		return fmt.Sprintf("%s: the total %g is not a population", level, f.Value)
	case ZeroTotal:
		return level + ": the total is 0, but rows have the level"
	case NoLevel:
		return fmt.Sprintf("row %d has no level of margin %q", f.Row+1, f.Margin)
	case UnknownLevel:
		return fmt.Sprintf("row %d: %s has no total", f.Row+1, level)
	case EmptyLevel:
		return fmt.Sprintf("%s: no row has the level, but its total is %g", level, f.Value)
	case UnequalSums:
		return fmt.Sprintf("margin %q adds up to %g, margin %q to %g", f.Margin, f.Value, f.Other, f.Want)
	case BeyondBounds:
		return fmt.Sprintf("%s: the total is %g; within the bounds its weights reach %g", level, f.Value, f.Want)
	case NotMet:
		return fmt.Sprintf("the totals cannot be met together; furthest off is %s: %g instead of %g", level, f.Value, f.Want)
	case NotPositive:
		return fmt.Sprintf("row %d would have the weight %g; take bounds, logit or raking", f.Row+1, f.Value)
	}
	return fmt.Sprintf("the totals cannot be met within the limits of weights; furthest off is %s: the other rows reach %g of the %g left to them", level, f.Value, f.Want)
}

// CalibrationError carries every fault of a calibration.
type CalibrationError struct{ Faults []CalibrationFault }

// Error lists the faults in English, one a line.
func (e *CalibrationError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return "svy: " + strings.Join(lines, "\n")
}

// checker collects the faults of a calibration.
type checker struct {
	c      Calibration
	p      *problem
	faults []CalibrationFault
}

func (k *checker) fault(f CalibrationFault) {
	if len(k.faults) < maxFaults {
		k.faults = append(k.faults, f)
	}
}

func (k *checker) err() error {
	if len(k.faults) == 0 {
		return nil
	}
	return &CalibrationError{k.faults}
}

// feasible sorts the rows into calibration cells, after checking what can be checked before anything is calculated.
func (d *Design) feasible(c Calibration) (*problem, []int32, error) {
	k := &checker{c: c, p: &problem{method: c.Method, bounds: c.Bounds, margins: len(c.Margins)}}
	k.checkOptions()
	codes := make([][]int32, len(c.Margins))
	for m, margin := range c.Margins {
		if n := len(margin.Of.Codes); n != d.Rows() {
			return nil, nil, fmt.Errorf("svy: margin %q has %d rows, the design %d", margin.Name, n, d.Rows())
		}
		codes[m] = k.levels(m, margin)
	}
	if err := k.err(); err != nil {
		return nil, nil, err
	}
	cell := k.p.cross(codes)
	k.checkTotals(d.weights, cell)
	return k.p, cell, k.err()
}

func (k *checker) checkOptions() {
	lo, hi := k.c.Bounds[0], k.c.Bounds[1]
	none := lo == 0 && hi == 0
	takes := k.c.Method == CalLogit || k.c.Method == CalLinear && !none
	switch {
	case len(k.c.Margins) == 0:
		k.fault(CalibrationFault{Kind: NoMargins, Row: -1})
	case len(k.c.Margins) > 1 && k.c.Method == CalPostStratify:
		k.fault(CalibrationFault{Kind: SeveralCells, Row: -1})
	}
	if takes && !(lo >= 0 && lo < 1 && hi > 1 && !math.IsInf(hi, 1)) || !takes && !none {
		k.fault(CalibrationFault{Kind: BadBounds, Row: -1, Value: lo, Want: hi})
	}
	if low, high := k.c.Trim[0], k.c.Trim[1]; !(low >= 0 && (high == 0 || high > low)) {
		k.fault(CalibrationFault{Kind: BadTrim, Row: -1, Value: low, Want: high})
	}
}

// levels numbers the levels of a margin in the order of labels, after those of the margins before, and gives the number
// of each row's level.
func (k *checker) levels(m int, margin Margin) []int32 {
	var labels []string
	for label := range margin.Totals {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int { return cmp.Or(CompareLabels(a, b), cmp.Compare(a, b)) })
	number := map[string]int32{}
	for _, label := range labels {
		number[label] = int32(len(k.p.levels))
		total := margin.Totals[label]
		if !(total >= 0) || math.IsInf(total, 1) {
			k.fault(CalibrationFault{Kind: BadTotal, Row: -1, Margin: margin.Name, Level: label, Value: total})
		}
		k.p.levels = append(k.p.levels, calLevel{m, margin.Name, label})
		k.p.totals = append(k.p.totals, total)
	}
	out := make([]int32, len(margin.Of.Codes))
	strange := map[int32]bool{}
	for row, code := range margin.Of.Codes {
		label := margin.Of.Label(code)
		n, known := number[label]
		switch {
		case code < 0:
			k.fault(CalibrationFault{Kind: NoLevel, Row: row, Margin: margin.Name})
		case !known && !strange[code]:
			strange[code] = true
			k.fault(CalibrationFault{Kind: UnknownLevel, Row: row, Margin: margin.Name, Level: label})
		}
		out[row] = n
	}
	return out
}

// sumTolerance is the relative deviation that two margins' sums may have: rounding, and no more than can be met.
const sumTolerance = MarginTolerance / 10

// checkTotals compares totals with each other and with the sample.
func (k *checker) checkTotals(weights []float64, cells []int32) {
	p := k.p
	sums := make([]float64, p.margins)
	for level, t := range p.totals {
		sums[p.levels[level].margin] += t
	}
	for m, sum := range sums {
		if math.Abs(sum-sums[0]) > sumTolerance*sums[0] {
			k.fault(CalibrationFault{Kind: UnequalSums, Row: -1, Margin: k.c.Margins[m].Name, Other: k.c.Margins[0].Name, Value: sum, Want: sums[0]})
		}
	}
	base := make([]float64, p.cells())
	all := 0.0
	for row, cell := range cells {
		base[cell] += weights[row]
		all += weights[row]
	}
	bounded := p.bounds[1] > 0
	for level, f := range p.fitted(base, nil) {
		total, scaled := p.totals[level], f*sums[0]/all
		fault := CalibrationFault{Row: -1, Margin: p.levels[level].name, Level: p.levels[level].label, Value: total}
		switch {
		case f == 0 && total > 0:
			fault.Kind = EmptyLevel
		case f > 0 && total == 0:
			fault.Kind = ZeroTotal
		case bounded && total > p.bounds[1]*scaled:
			fault.Kind, fault.Want = BeyondBounds, p.bounds[1]*scaled
		case bounded && total < p.bounds[0]*scaled:
			fault.Kind, fault.Want = BeyondBounds, p.bounds[0]*scaled
		default:
			continue
		}
		k.fault(fault)
	}
}
