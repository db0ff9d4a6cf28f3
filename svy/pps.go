package svy

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// InclusionProbabilities gives the probabilities π_i = n x_i / Σ x with which n units are drawn in proportion to their
// sizes x. Units so large that π would pass 1 are certainties (π = 1) and the rest is shared among the others, as
// often as it takes. It fails on a size that is not positive and on n outside 0…units.
func InclusionProbabilities(sizes []float64, n int) ([]float64, error) {
	if n < 0 || n > len(sizes) {
		return nil, fmt.Errorf("svy: cannot draw %d of %d units", n, len(sizes))
	}
	total := 0.0
	for i, x := range sizes {
		if !(x > 0) || math.IsInf(x, 1) {
			return nil, fmt.Errorf("svy: the size of unit %d is %g, not a positive number", i+1, x)
		}
		total += x
	}
	pi := make([]float64, len(sizes))
	for again := true; again; {
		again = false
		left, rest := float64(n), total
		for i, x := range sizes {
			if pi[i] == 1 {
				left, rest = left-1, rest-x
			}
		}
		for i, x := range sizes {
			if pi[i] == 1 {
				continue
			}
			if pi[i] = left * x / rest; pi[i] >= 1-1e-12 {
				pi[i], again = 1, true
			}
		}
	}
	return pi, nil
}

// DrawSystematic draws units with the given inclusion probabilities, whose sum is a whole number: systematically over
// a random order (Hartley & Rao 1962). Certainties (π = 1) are always drawn. It gives the places of the drawn units,
// ascending.
func DrawSystematic(pi []float64, rng *rand.Rand) []int {
	in := make([]bool, len(pi))
	next, sum := rng.Float64(), 0.0
	for _, i := range rng.Perm(len(pi)) {
		if pi[i] == 1 {
			in[i] = true
			continue
		}
		if sum += pi[i]; sum > next {
			in[i] = true
			next++
		}
	}
	var out []int
	for i, yes := range in {
		if yes {
			out = append(out, i)
		}
	}
	return out
}
