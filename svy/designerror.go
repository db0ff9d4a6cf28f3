package svy

import (
	"fmt"
	"math"
	"strings"
)

// DesignFaultKind says what is wrong with a specification.
type DesignFaultKind uint8

// The faults of a specification.
const (
	BadShape         DesignFaultKind = iota + 1 // a column has another number of rows than the weights
	BadWeight                                   // a weight is zero, negative, infinite or missing
	MissingLabel                                // a row has no stratum or no unit
	UnitInTwoStrata                             // a PSU id stands in two strata and ids are not nested
	BadFPC                                      // a population size is missing, zero or negative
	VaryingFPC                                  // a stratum has two population sizes
	SmallFPC                                    // a population size is below the number of sampled units
	MixedCertainty                              // a unit is marked certain on some of its rows only
	LonelyPSU                                   // a stratum has one PSU and the rule is to fail
	BadInclusion                                // an inclusion probability is outside 0…1
	VaryingInclusion                            // a unit has two inclusion probabilities
	TwoFractions                                // a stage has population sizes and inclusion probabilities
)

// DesignFault is one fault of a specification with its place. Fields that say nothing for the kind are zero.
type DesignFault struct {
	Kind    DesignFaultKind
	Row     int     // 0-based row of the data where it shows
	Stage   int     // 0-based stage
	Stratum string  // label of the stratum
	Other   string  // UnitInTwoStrata: the stratum seen first; LonelyPSU: the proposed partner, "" when there is none
	Unit    string  // label of the unit
	Value   float64 // the offending weight or FPC
	Want    float64 // VaryingFPC: the value seen first; SmallFPC: the number of sampled units
}

// String says the fault in English.
func (f DesignFault) String() string {
	switch f.Kind {
	case BadShape:
		return fmt.Sprintf("stage %d: a column has %g rows, the weights %g", f.Stage+1, f.Value, f.Want)
	case BadWeight:
		return fmt.Sprintf("row %d: weight %g is not a positive number", f.Row+1, f.Value)
	case MissingLabel:
		return fmt.Sprintf("row %d: no stratum or unit at stage %d", f.Row+1, f.Stage+1)
	case UnitInTwoStrata:
		return fmt.Sprintf("row %d: PSU %q is in stratum %q and in %q; if ids count within strata, say so (Nest)", f.Row+1, f.Unit, f.Other, f.Stratum)
	case BadFPC:
		return fmt.Sprintf("row %d: population size %g of stratum %q at stage %d is not a positive number", f.Row+1, f.Value, f.Stratum, f.Stage+1)
	case VaryingFPC:
		return fmt.Sprintf("row %d: population size %g of stratum %q at stage %d was %g before", f.Row+1, f.Value, f.Stratum, f.Stage+1, f.Want)
	case SmallFPC:
		return fmt.Sprintf("row %d: population size %g of stratum %q at stage %d is below its %g sampled units", f.Row+1, f.Value, f.Stratum, f.Stage+1, f.Want)
	case MixedCertainty:
		return fmt.Sprintf("row %d: unit %q is a certainty on some of its rows only", f.Row+1, f.Unit)
	}
	switch f.Kind {
	case BadInclusion:
		return fmt.Sprintf("row %d: inclusion probability %g of unit %q at stage %d is not between 0 and 1", f.Row+1, f.Value, f.Unit, f.Stage+1)
	case VaryingInclusion:
		return fmt.Sprintf("row %d: inclusion probability %g of unit %q at stage %d was %g before", f.Row+1, f.Value, f.Unit, f.Stage+1, f.Want)
	case TwoFractions:
		return fmt.Sprintf("stage %d has population sizes and inclusion probabilities; give one of them", f.Stage+1)
	}
	s := fmt.Sprintf("stratum %q has one PSU (%q) at stage %d", f.Stratum, f.Unit, f.Stage+1)
	if f.Other != "" {
		s += fmt.Sprintf("; it could be collapsed into stratum %q", f.Other)
	}
	return s
}

// DesignError carries every fault of a specification.
type DesignError struct{ Faults []DesignFault }

// Error lists the faults in English, one a line.
func (e *DesignError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return "svy: " + strings.Join(lines, "\n")
}

// maxFaults bounds the list of a file in which every row is wrong.
const maxFaults = 100

func (b *builder) fault(f DesignFault) {
	if len(b.faults) < maxFaults {
		b.faults = append(b.faults, f)
	}
}

func (b *builder) failed() bool { return len(b.faults) > 0 }
func (b *builder) err() error   { return &DesignError{b.faults} }

func (b *builder) checkShapes() {
	check := func(stage, n int) {
		if n != 0 && n != b.n {
			b.fault(DesignFault{Kind: BadShape, Stage: stage, Value: float64(n), Want: float64(b.n)})
		}
	}
	for i, s := range b.spec.Stages {
		check(i, len(s.Units.Codes))
		check(i, len(s.Strata.Codes))
		check(i, len(s.FPC))
		check(i, len(s.Inclusion))
		if s.FPC != nil && s.Inclusion != nil {
			b.fault(DesignFault{Kind: TwoFractions, Row: -1, Stage: i})
		}
		check(i, len(s.Certain))
	}
	check(0, len(b.spec.Within.Codes))
}

func (b *builder) checkWeights() {
	for i, w := range b.spec.Weights {
		if !(w > 0) || math.IsInf(w, 1) {
			b.fault(DesignFault{Kind: BadWeight, Row: i, Value: w})
		}
	}
}
