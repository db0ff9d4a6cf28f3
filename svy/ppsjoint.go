package svy

import (
	"errors"
	"fmt"
	"math"
)

// PPSEstimator is a variance estimator that uses joint inclusion probabilities.
type PPSEstimator uint8

// The estimators, with z_i the linearised weighted score of PSU i (already divided by π_i).
const (
	// YatesGrundy is ½ ΣΣ (π_i π_j - π_ij)/π_ij (z_i - z_j)² (Sen 1953; Yates & Grundy 1953), for designs of fixed size.
	YatesGrundy PPSEstimator = iota
	// HorvitzThompson is ΣΣ (π_ij - π_i π_j)/π_ij z_i z_j (Horvitz & Thompson 1952); it may be negative.
	HorvitzThompson
)

// JointInclusion is the first stage of a design with the joint inclusion probabilities of its PSUs: the variance of a
// draw without replacement with unequal probabilities, instead of Brewer's approximation (Design.Var).
type JointInclusion struct {
	Estimator PPSEstimator

	design *Design
	check  [][]float64 // of each stratum, n × n: 1 - π_i π_j/π_ij, on the diagonal 1 - π_i
}

// JointInclusion takes the joint inclusion probabilities of two PSUs of a stratum from a function. The design's first
// stage must have Stage.Inclusion; PSUs of different strata are drawn independently. It fails on a probability that is
// not above 0 and at most the smaller of the PSUs' own.
func (d *Design) JointInclusion(joint func(a, b int) float64) (*JointInclusion, error) {
	var errs []error
	p, err := d.jointStrata(func(a, b int, _ stratumProbabilities) float64 {
		pi, both := d.levels[0].pi, joint(a, b)
		if !(both > 0 && both <= min(pi[a], pi[b])*(1+1e-9)) {
			errs = append(errs, fmt.Errorf("svy: joint inclusion probability %g of PSUs %q and %q, whose own are %g and %g",
				both, d.PSULabel(a), d.PSULabel(b), pi[a], pi[b]))
		}
		return 1 - pi[a]*pi[b]/both
	})
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return nil, errors.Join(errs[:min(len(errs), maxFaults)]...)
	}
	return p, nil
}

// HartleyRao approximates the joint inclusion probabilities of a systematic draw over a random order,
//
//	π_i π_j/π_ij ≈ (n - π_i - π_j + Σ π²/n)/(n-1)
//
// with the sum over the stratum's frame (Hartley & Rao 1962, 5.11; R survey: HR). squares gives Σ π² of each first-stage
// stratum's frame, in the order of Strata; nil estimates it by the sum of π over the sample, and Yates–Grundy is then
// Brewer's variance exactly.
func (d *Design) HartleyRao(squares []float64) (*JointInclusion, error) {
	if squares != nil && len(squares) != len(d.levels[0].fraction) {
		return nil, fmt.Errorf("svy: %d sums of squares for %d strata", len(squares), len(d.levels[0].fraction))
	}
	return d.jointStrata(func(a, b int, s stratumProbabilities) float64 {
		sum := s.sum
		if squares != nil {
			sum = squares[s.stratum]
		}
		pi := d.levels[0].pi
		return 1 - (s.n-pi[a]-pi[b]+sum/s.n)/(s.n-1)
	})
}

// stratumProbabilities are the PSUs of a stratum taken together.
type stratumProbabilities struct {
	stratum int
	n, sum  float64 // PSUs; sum of their π
}

func (d *Design) jointStrata(check func(a, b int, s stratumProbabilities) float64) (*JointInclusion, error) {
	l := &d.levels[0]
	if l.pi == nil {
		return nil, errors.New("svy: the design has no inclusion probabilities of its PSUs (Stage.Inclusion)")
	}
	p := &JointInclusion{design: d, check: make([][]float64, len(l.fraction))}
	for h := range p.check {
		first, n := int(l.first[h]), l.size(h)
		s := stratumProbabilities{stratum: h, n: float64(n)}
		for i := range n {
			s.sum += l.pi[first+i]
		}
		m := make([]float64, n*n)
		for i := range n {
			m[i*n+i] = 1 - l.pi[first+i]
			for j := range i {
				m[i*n+j] = check(first+i, first+j, s)
				m[j*n+i] = m[i*n+j]
			}
		}
		p.check[h] = m
	}
	return p, nil
}

// Var is the variance of an estimate; later stages add as in Design.Var. A stratum of one PSU adds (1-π) z² under
// Horvitz–Thompson and nothing under Yates–Grundy, whatever the design's rule for lonely PSUs.
func (p *JointInclusion) Var(l Linear) float64 { return p.Cov(l, l) }

// SE is the standard error of an estimate, the root of Var; NaN where that is negative.
func (p *JointInclusion) SE(l Linear) float64 { return math.Sqrt(p.Var(l)) }

// Cov is the covariance of two estimates.
func (p *JointInclusion) Cov(a, b Linear) float64 {
	d := p.design
	cov := 0.0
	ua, za, ub, zb := a.Unit, a.Z, b.Unit, b.Z
	for j := len(d.levels) - 1; j > 0; j-- {
		l := &d.levels[j]
		cov += d.levelCov(l, ua, za, ub, zb)
		ua, za = l.lift(ua, za)
		ub, zb = l.lift(ub, zb)
	}
	first := &d.levels[0]
	x, y := spreadScores(ua, za, d.PSUs()), spreadScores(ub, zb, d.PSUs())
	for h, m := range p.check {
		from, to := first.first[h], first.first[h+1]
		cov += p.stratum(m, x[from:to], y[from:to])
	}
	return cov
}

// stratum is the covariance within a stratum.
func (p *JointInclusion) stratum(m, x, y []float64) (cov float64) {
	n := len(x)
	for i := range n {
		if p.Estimator == HorvitzThompson {
			cov += m[i*n+i] * x[i] * y[i]
		}
		for j := range i {
			if p.Estimator == HorvitzThompson {
				cov += m[i*n+j] * (x[i]*y[j] + x[j]*y[i])
			} else {
				cov -= m[i*n+j] * (x[i] - x[j]) * (y[i] - y[j])
			}
		}
	}
	return cov
}

// spreadScores lays scores out over all units.
func spreadScores(unit []int32, z []float64, n int) []float64 {
	out := make([]float64, n)
	for i, u := range unit {
		out[u] = z[i]
	}
	return out
}

// JointOfTwo gives the joint inclusion probabilities of two units drawn from a frame by the methods of Brewer (1963),
// Durbin (1967) and Rao (1965), which share them, row by row: with p_i = π_i/2,
//
//	π_ij = 2 p_i p_j/(1 + Σ p_k/(1 - 2 p_k)) · (1/(1 - 2 p_i) + 1/(1 - 2 p_j))
//
// pi are the inclusion probabilities of the whole frame, which sum to 2, each below 1. The diagonal is π_i.
func JointOfTwo(pi []float64) ([][]float64, error) {
	sum, d := 0.0, 1.0
	for i, p := range pi {
		if !(p > 0 && p < 1) {
			return nil, fmt.Errorf("svy: inclusion probability %g of unit %d is not between 0 and 1", p, i+1)
		}
		sum += p
		d += p / 2 / (1 - p)
	}
	if math.Abs(sum-2) > 1e-9 {
		return nil, fmt.Errorf("svy: the inclusion probabilities sum to %g, not to 2", sum)
	}
	out := make([][]float64, len(pi))
	for i, p := range pi {
		out[i] = make([]float64, len(pi))
		for j, q := range pi {
			out[i][j] = p * q / 2 / d * (1/(1-p) + 1/(1-q))
		}
		out[i][i] = p
	}
	return out, nil
}
