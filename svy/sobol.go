package svy

import (
	"errors"
	"fmt"
	"math"
)

// Sobol shares the variance of a model's outputs out over its uncertain inputs. An input is anything that can be drawn
// from a seed: a number, a choice, or a whole vector of errors taken as one.
type Sobol struct {
	Inputs, Outputs int
	Runs            int // rows of the two base samples; the model runs Runs × (Inputs + 2) times
	Seed            uint64
	Workers         int // goroutines; 0 = GOMAXPROCS. It changes no bit of the result.
	// Model fills out from a draw of every input: the same seed of an input means the same draw. It is called from
	// several goroutines.
	Model func(inputs []uint64, out []float64) error
}

// SobolIndices are the shares of variance, by output.
type SobolIndices struct {
	Mean, Variance []float64
	// First[i][o] is the share of output o's variance that would go if input i were known: V(E(o|i))/V(o). Total[i][o]
	// is the share that would stay if all others were known, with its interactions: E(V(o|others))/V(o). NaN for an
	// output that does not vary. Estimates may fall a little outside 0…1.
	First, Total     [][]float64
	FirstSE, TotalSE [][]float64 // their Monte Carlo errors
}

// maxSobolValues bounds the memory of a run: the outputs of all runs are kept.
const maxSobolValues = 200_000_000

// Indices runs the model. With base samples A and B and A_i, the sample A with input i from B,
//
//	first: mean f(B) (f(A_i) - f(A)) / V     (Saltelli et al. 2010, Computer Physics Communications 181:259, table 2 b)
//	total: mean (f(A) - f(A_i))² / 2V        (Jansen 1999, Computer Physics Communications 117:35)
//
// with outputs measured from their mean and V from A and B together. Monte Carlo errors are those of a ratio,
// linearised.
func (s Sobol) Indices() (*SobolIndices, error) {
	per := s.Inputs + 2
	if s.Inputs < 1 || s.Outputs < 1 || s.Runs < 2 {
		return nil, fmt.Errorf("svy: %d inputs, %d outputs, %d runs: at least 1, 1 and 2", s.Inputs, s.Outputs, s.Runs)
	}
	if s.Runs > maxSobolValues/per/s.Outputs {
		return nil, fmt.Errorf("svy: %d runs of %d outputs are too many to keep", s.Runs*per, s.Outputs)
	}
	values := make([]float64, s.Runs*per*s.Outputs) // run, then A, B, A_1, A_2…
	errs := make([]error, s.Runs)
	each(s.Runs, s.Workers, func(r int) {
		errs[r] = s.row(r, values[r*per*s.Outputs:(r+1)*per*s.Outputs])
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out := &SobolIndices{Mean: make([]float64, s.Outputs), Variance: make([]float64, s.Outputs)}
	for range s.Inputs {
		out.First, out.Total = append(out.First, make([]float64, s.Outputs)), append(out.Total, make([]float64, s.Outputs))
		out.FirstSE, out.TotalSE = append(out.FirstSE, make([]float64, s.Outputs)), append(out.TotalSE, make([]float64, s.Outputs))
	}
	each(s.Outputs, s.Workers, func(o int) { s.output(o, values, out) })
	return out, nil
}

// row runs the model for one row of the base samples.
func (s Sobol) row(r int, out []float64) error {
	a, b := make([]uint64, s.Inputs), make([]uint64, s.Inputs)
	for i := range a {
		a[i], b[i] = mix(s.Seed, uint64(r), uint64(i), 0), mix(s.Seed, uint64(r), uint64(i), 1)
	}
	for k := range s.Inputs + 2 {
		in := a
		switch {
		case k == 1:
			in = b
		case k > 1:
			in = append([]uint64(nil), a...)
			in[k-2] = b[k-2]
		}
		if err := s.Model(in, out[k*s.Outputs:(k+1)*s.Outputs]); err != nil {
			return err
		}
	}
	return nil
}

// output fills in the indices of one output.
func (s Sobol) output(o int, values []float64, out *SobolIndices) {
	per, n := s.Inputs+2, float64(s.Runs)
	at := func(r, k int) float64 { return values[(r*per+k)*s.Outputs+o] }
	mean, variance, varies := 0.0, 0.0, false
	for r := range s.Runs {
		mean += (at(r, 0) + at(r, 1)) / (2 * n)
		varies = varies || at(r, 0) != at(0, 0) || at(r, 1) != at(0, 0)
	}
	if !varies { // a sum of equal values is not exact: their mean would seem to differ from them
		mean = at(0, 0)
	}
	square := make([]float64, s.Runs)
	for r := range square {
		a, b := at(r, 0)-mean, at(r, 1)-mean
		square[r] = (a*a + b*b) / 2
		variance += square[r] / n
	}
	out.Mean[o], out.Variance[o] = mean, variance
	first, total := make([]float64, s.Runs), make([]float64, s.Runs)
	for i := range s.Inputs {
		for r := range first {
			a, b, x := at(r, 0)-mean, at(r, 1)-mean, at(r, i+2)-mean
			first[r], total[r] = b*(x-a), (a-x)*(a-x)/2
		}
		out.First[i][o], out.FirstSE[i][o] = meanRatio(first, square)
		out.Total[i][o], out.TotalSE[i][o] = meanRatio(total, square)
	}
}

// meanRatio is the ratio of two means and its error; NaN when the second is zero.
func meanRatio(y, x []float64) (ratio, se float64) {
	var sumY, sumX, ss float64
	for i := range y {
		sumY, sumX = sumY+y[i], sumX+x[i]
	}
	if sumX == 0 {
		return math.NaN(), math.NaN()
	}
	ratio = sumY / sumX
	for i := range y {
		d := y[i] - ratio*x[i]
		ss += d * d
	}
	n := float64(len(y))
	return ratio, math.Sqrt(ss*n/(n-1)) / sumX
}
