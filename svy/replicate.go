package svy

import (
	"errors"
	"math"
	"slices"
)

// Replicates re-weight a design many times: replicate r multiplies the weights of PSU i by a factor, and an
// estimate's variance is that of its values over the replicates,
//
//	V = Σ_r c_r (θ_r − centre)²
//
// (Wolter 2007, ch. 3–5). All rows of a PSU share its factor, so factors are kept by PSU and applied to per-PSU sums;
// no matrix of rows × replicates is ever made. Replicates of a calibrated design are calibrated each anew. They are
// immutable and safe for concurrent use.
type Replicates struct {
	// Centre is what the replicates are measured from.
	Centre Centre

	design  *Design
	n       int
	factors []factorRow // by PSU
	ratio   []float64   // of a calibrated design, by calibration cell and replicate: see recalibrate
	coef    []float64   // c_r when centred at the estimate
	method  string
}

// Centre is what replicate estimates are measured from.
type Centre uint8

// The centres.
const (
	// AtMean measures from the mean of the replicates; R survey's default. A bootstrap then divides by R−1.
	AtMean Centre = iota
	// AtEstimate measures from the estimate of the whole sample, which adds the squared bias of the replicates; R
	// survey's mse = TRUE.
	AtEstimate
)

// factorRow holds the factors of one PSU in the replicates from first on; in all others the factor is 1. A jackknife
// changes few.
type factorRow struct {
	first int
	f     []float64
}

// Len gives the number of replicates.
func (p *Replicates) Len() int { return p.n }

// Method names how the replicates were made: "jkn", "brr", "fay:0.5", "raowu".
func (p *Replicates) Method() string { return p.method }

// Factor gives what a replicate multiplies the weights of a PSU with; in a calibrated design, the weights before they
// are calibrated.
func (p *Replicates) Factor(psu, replicate int) float64 {
	row := &p.factors[psu]
	if k := replicate - row.first; k >= 0 && k < len(row.f) {
		return row.f[k]
	}
	return 1
}

// Coefficients gives c_r of each replicate for deviations from the estimate (scale × rscales of R's svrepdesign).
func (p *Replicates) Coefficients() []float64 { return slices.Clone(p.coef) }

// Replicated is an estimate with its value in each replicate. Functions of estimates (an index, a change, a contrast)
// are taken value by value and replicate by replicate.
type Replicated struct {
	Value float64
	R     []float64
}

// Var is the variance of an estimate over the replicates; NaN when a replicate has no value, because leaving it out
// would understate the error.
func (p *Replicates) Var(x Replicated) float64 { return p.Cov(x, x) }

// SE is the standard error of an estimate over the replicates, the root of Var.
func (p *Replicates) SE(x Replicated) float64 { return math.Sqrt(p.Var(x)) }

// Cov is the covariance of two estimates over the replicates, Σ c_r (a_r − centre_a)(b_r − centre_b).
func (p *Replicates) Cov(a, b Replicated) float64 {
	centreA, centreB := p.centre(a), p.centre(b)
	sum := 0.0
	for r, c := range p.coef {
		sum += c * (a.R[r] - centreA) * (b.R[r] - centreB)
	}
	return sum * p.correction()
}

func (p *Replicates) centre(x Replicated) float64 {
	if p.Centre == AtEstimate {
		return x.Value
	}
	sum := 0.0
	for _, v := range x.R {
		sum += v
	}
	return sum / float64(p.n)
}

// correction is R/(R−1) for a bootstrap around its own mean, 1 otherwise.
func (p *Replicates) correction() float64 {
	if p.Centre == AtMean && p.method == raoWuMethod {
		return float64(p.n) / float64(p.n-1)
	}
	return 1
}

// Mean is the mean of a variable over a domain in the whole sample and in each replicate.
func (p *Replicates) Mean(s *Sums, v, domain int) (Replicated, error) {
	if err := p.fits(s); err != nil {
		return Replicated{}, err
	}
	out := Replicated{R: make([]float64, p.n)}
	p.mean(s, v, domain, &out, make([]float64, p.n))
	return out, nil
}

// Total is the weighted total of a variable over a domain in the whole sample and in each replicate.
func (p *Replicates) Total(s *Sums, v, domain int) (Replicated, error) {
	if err := p.fits(s); err != nil {
		return Replicated{}, err
	}
	out := Replicated{R: make([]float64, p.n)}
	p.total(s, v, domain, &out)
	return out, nil
}

// total fills out.
func (p *Replicates) total(s *Sums, v, domain int, out *Replicated) {
	_, _, out.Value, _ = s.margins(v, domain)
	p.shift(s, domain, s.vars[v].wy, out.Value, out.R)
}

// Ratio is the ratio of the totals of two variables, answered on the same rows (see Paired), over a domain in the
// whole sample and in each replicate.
func (p *Replicates) Ratio(s *Sums, y, x, domain int) (Replicated, error) {
	above, err := p.Total(s, y, domain)
	if err != nil {
		return Replicated{}, err
	}
	below, err := p.Total(s, x, domain)
	if err != nil {
		return Replicated{}, err
	}
	above.Value /= below.Value
	for r, b := range below.R {
		above.R[r] /= b
	}
	return above, nil
}

// MeanSEs gives the replicate standard errors of the means of all variables, se[variable][domain] for each of the
// domains (Whole for all rows). It works in parallel and keeps no replicate estimates.
func (p *Replicates) MeanSEs(s *Sums, domains []int) ([][]float64, error) {
	if err := p.fits(s); err != nil {
		return nil, err
	}
	out := make([][]float64, s.Vars())
	each(len(out), p.design.workers, func(v int) {
		out[v] = make([]float64, len(domains))
		x, below := Replicated{R: make([]float64, p.n)}, make([]float64, p.n)
		for i, d := range domains {
			p.mean(s, v, d, &x, below)
			out[v][i] = p.SE(x)
		}
	})
	return out, nil
}

func (p *Replicates) fits(s *Sums) error {
	if s.cells.design != p.design {
		return errors.New("svy: the sums were made with another design than the replicates")
	}
	return nil
}

// mean fills out; below is room for the denominators.
func (p *Replicates) mean(s *Sums, v, domain int, out *Replicated, below []float64) {
	x := &s.vars[v]
	_, sumW, sumWY, _ := s.margins(v, domain)
	out.Value = sumWY / sumW
	p.shift(s, domain, x.w, sumW, below)
	p.shift(s, domain, x.wy, sumWY, out.R)
	for r, w := range below {
		if !(w > emptied*sumW) {
			w = math.NaN()
		}
		out.R[r] /= w
	}
}

// emptied is the share of a domain's weight under which a replicate holds nothing of it but rounding.
const emptied = 1e-12

// shift fills out with the replicates of a domain's total: the total, and (factor − 1) × the sum of each cell.
func (p *Replicates) shift(s *Sums, domain int, sums []float64, total float64, out []float64) {
	if p.ratio != nil {
		p.shiftCalibrated(s, domain, sums, out)
		return
	}
	for r := range out {
		out[r] = total
	}
	s.cells.each(domain, func(cell int32) {
		x := sums[cell]
		if x == 0 {
			return
		}
		row := &p.factors[p.design.PSU(int(s.cells.unit[cell]))]
		to := out[row.first : row.first+len(row.f)]
		for k, f := range row.f {
			to[k] += x * (f - 1)
		}
	})
}
