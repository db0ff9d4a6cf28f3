package svy

import (
	"errors"
	"math"
	"slices"
)

// positive refuses weights that no design can have.
func (k *calibrated) positive(weights []float64) error {
	var faults []CalibrationFault
	for row, w := range weights {
		if !(w > 0) && len(faults) < maxFaults {
			faults = append(faults, CalibrationFault{Kind: NotPositive, Row: row, Value: w})
		}
	}
	if len(faults) > 0 {
		return &CalibrationError{faults}
	}
	return nil
}

// trim holds the rows beyond the limits at them and calibrates the others, from their design weights, to what is left
// of the totals; that spreads the excess over them without losing a margin. Rows that then go beyond are held too. It
// ends because rows are only added to those held.
func (k *calibrated) trim(limits [2]float64, scale float64, design, calibrated []float64) ([]float64, error) {
	lo, hi := limits[0], limits[1]
	if hi == 0 {
		hi = math.Inf(1)
	}
	weights := slices.Clone(calibrated)
	held, count := make([]bool, len(weights)), 0
	for rounds := 0; ; rounds++ {
		before := count
		for row, w := range weights {
			if !held[row] && (w < lo || w > hi) {
				held[row], weights[row] = true, min(max(w, lo), hi)
				count++
			}
		}
		if count == before {
			if rounds > 0 {
				k.record("trim", calibrated, weights, rounds, count)
			}
			return weights, nil
		}
		if err := k.spread(scale, design, weights, held); err != nil {
			return nil, err
		}
	}
}

// spread calibrates the rows that are not held to the totals less what the held ones have.
func (k *calibrated) spread(scale float64, design, weights []float64, held []bool) error {
	free, fixed := make([]float64, k.cells()), make([]float64, k.cells())
	for row, cell := range k.cell {
		if held[row] {
			fixed[cell] += weights[row]
		} else {
			free[cell] += design[row]
		}
	}
	left := slices.Clone(k.totals)
	addScaled(left, k.fitted(fixed, nil), -1)
	s, err := k.solve(free, left, scale)
	if e, ok := errors.AsType[*CalibrationError](err); ok {
		for i := range e.Faults {
			e.Faults[i].Kind = TrimTooTight
		}
	}
	if err != nil {
		return err
	}
	for row, cell := range k.cell {
		if !held[row] {
			weights[row] = design[row] * s.scale * s.f[cell]
		}
	}
	return k.positive(weights)
}
