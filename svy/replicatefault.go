package svy

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// FactorFaultKind says what is wrong with a factor file.
type FactorFaultKind uint8

// The faults of a factor file.
const (
	FactorSyntax       FactorFaultKind = iota + 1 // the file is no CSV, ends early or has a line of another length
	FactorHeader                                  // the header is not stratum,psu,r1,r2,…
	FactorCoefficients                            // the second line does not hold the method and the coefficients
	FactorNumber                                  // a cell is not a number
	FactorStranger                                // a line names a PSU that the design does not have
	FactorTwice                                   // a PSU has two lines
	FactorMissing                                 // a PSU of the design has no line
)

// FactorFault is one fault of a factor file with its place. Fields that say nothing for the kind are zero.
type FactorFault struct {
	Kind         FactorFaultKind
	Line, Column int // from 1; columns are cells
	Stratum, PSU string
	Cell         string // FactorNumber: what it holds; FactorSyntax: what is wrong
}

// String says the fault in English.
func (f FactorFault) String() string {
	line := fmt.Sprintf("line %d: ", f.Line)
	switch f.Kind {
	case FactorHeader:
		return line + "the header is not stratum,psu,r1,r2,…"
	case FactorCoefficients:
		return line + "not the method, the word coefficient and the coefficients"
	case FactorNumber:
		return fmt.Sprintf("line %d, column %d: %q is not a number", f.Line, f.Column, f.Cell)
	case FactorStranger:
		return fmt.Sprintf("%sthe design has no PSU %q in stratum %q", line, f.PSU, f.Stratum)
	case FactorTwice:
		return fmt.Sprintf("%sPSU %q stands twice", line, f.PSU)
	case FactorMissing:
		return fmt.Sprintf("PSU %q of stratum %q has no line", f.PSU, f.Stratum)
	}
	return line + f.Cell
}

// FactorError carries every fault of a factor file.
type FactorError struct{ Faults []FactorFault }

// Error lists the faults in English, one a line.
func (e *FactorError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return "svy: factor file: " + strings.Join(lines, "\n")
}

// unreadable is a line that is no line of the file.
func unreadable(err error) *FactorError {
	f := FactorFault{Kind: FactorSyntax, Line: 1, Cell: err.Error()}
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		f.Line, f.Cell = e.Line, e.Err.Error()
	}
	if err == io.EOF {
		f.Cell = "the file ends here: EOF"
	}
	return &FactorError{[]FactorFault{f}}
}
