package svy

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// Methods that matter to what is done with the replicates.
const (
	raoWuMethod = "raowu"
	jknMethod   = "jkn"
)

// replicates makes replicates in which every factor is 1, after refusing strata that a replication cannot see: those with
// one PSU that is neither a certainty nor settled by the design's rule as adding nothing.
func (d *Design) replicates(method string, n int) (*Replicates, error) {
	l := &d.levels[0]
	var faults []DesignFault
	for h := range l.fraction {
		if l.isLonely(h) && d.lonely != LonelyCertainty && d.lonely != LonelyRemove {
			faults = append(faults, DesignFault{Kind: LonelyPSU, Row: -1, Stratum: l.strata.Label(int32(h)), Unit: l.label(int(l.first[h]))})
		}
	}
	if len(faults) > 0 {
		return nil, &DesignError{faults[:min(len(faults), maxFaults)]}
	}
	return &Replicates{design: d, method: method, n: n, factors: make([]factorRow, d.PSUs()), coef: make([]float64, n)}, nil
}

// varies tells whether a stratum adds variance: more than one PSU, and not all of the frame.
func (l *level) varies(h int) bool { return l.size(h) > 1 && l.fraction[h] < 1 }

// JKn makes the stratified jackknife: each replicate drops one PSU, its stratum's others take its place with
// n_h/(n_h−1); c = (1−f_h)(n_h−1)/n_h (Wolter 2007, ch. 4.5). It does not suit quantiles.
func (d *Design) JKn() (*Replicates, error) {
	l := &d.levels[0]
	n, factors := 0, 0
	for h := range l.fraction {
		if l.varies(h) {
			n += l.size(h)
			factors += l.size(h) * l.size(h)
		}
	}
	if factors > maxFactors {
		return nil, fmt.Errorf("svy: a jackknife of strata as large as these takes %d factors, more than %d; take a bootstrap", factors, maxFactors)
	}
	if n == 0 {
		return nil, errors.New("svy: no stratum has two PSUs to leave one out")
	}
	p, err := d.replicates(jknMethod, n)
	if err != nil {
		return nil, err
	}
	r := 0
	for h := range l.fraction {
		if !l.varies(h) {
			continue
		}
		k := l.size(h)
		for i := range k {
			f := make([]float64, k)
			for j := range f {
				f[j] = float64(k) / float64(k-1)
			}
			f[i] = 0
			p.factors[int(l.first[h])+i] = factorRow{r, f}
			p.coef[r+i] = (1 - l.fraction[h]) * float64(k-1) / float64(k)
		}
		r += k
	}
	return p, p.recalibrate()
}

// BRR makes balanced repeated replication for designs of two PSUs a stratum: in each replicate one PSU of the pair
// counts 2 − rho times and the other rho times, by the columns of a Hadamard matrix; c = 1/(R(1−rho)²). A rho of 0 is
// plain BRR, 0.3 to 0.5 Fay's method, which leaves every answer some weight and so suits small domains and quantiles
// (Judkins 1990, Journal of Official Statistics 6:223). Finite population corrections are left out, which is
// conservative.
func (d *Design) BRR(rho float64) (*Replicates, error) {
	if !(rho >= 0 && rho < 1) {
		return nil, fmt.Errorf("svy: Fay's rho is %g, not at least 0 and under 1", rho)
	}
	l := &d.levels[0]
	pairs := 0
	var errs []error
	for h := range l.fraction {
		if l.varies(h) {
			pairs++
			if l.size(h) != 2 {
				errs = append(errs, fmt.Errorf("svy: stratum %q has %d PSUs; BRR wants two", l.strata.Label(int32(h)), l.size(h)))
			}
		}
	}
	if pairs == 0 {
		errs = append(errs, errors.New("svy: no stratum has two PSUs to balance"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs[:min(len(errs), maxFaults)]...)
	}
	method := "brr"
	if rho > 0 {
		method = fmt.Sprintf("fay:%g", rho)
	}
	signs := hadamard(pairs + 1)
	p, err := d.replicates(method, len(signs))
	if err != nil {
		return nil, err
	}
	for r := range p.coef {
		p.coef[r] = 1 / (float64(p.n) * (1 - rho) * (1 - rho))
	}
	column := 0
	for h := range l.fraction {
		if !l.varies(h) {
			continue
		}
		column++ // the first column is all +1: it would not balance
		first, second := make([]float64, p.n), make([]float64, p.n)
		for r := range p.n {
			first[r], second[r] = 2-rho, rho
			if signs[r][column] < 0 {
				first[r], second[r] = rho, 2-rho
			}
		}
		p.factors[l.first[h]], p.factors[l.first[h]+1] = factorRow{0, first}, factorRow{0, second}
	}
	return p, p.recalibrate()
}

// RaoWu makes the rescaled bootstrap of Rao, Wu and Yue (1992, Survey Methodology 18:209): each replicate draws n_h − 1
// PSUs of a stratum with replacement. See RaoWuDraws for the factors. Each stratum has a random stream of its own.
func (d *Design) RaoWu(replicates int, seed uint64) (*Replicates, error) {
	if replicates < 2 || replicates > maxReplicates {
		return nil, fmt.Errorf("svy: %d bootstrap replicates, not between 2 and %d", replicates, maxReplicates)
	}
	if replicates > maxFactors/d.PSUs() {
		return nil, fmt.Errorf("svy: %d replicates of %d PSUs are more than %d factors", replicates, d.PSUs(), maxFactors)
	}
	l := &d.levels[0]
	draws := make([][]int, d.PSUs())
	for i := range draws {
		draws[i] = make([]int, replicates)
	}
	master := rand.NewPCG(seed, 0x72616f7775) // any constant: the streams of the strata come from the seed alone
	for h := range l.fraction {
		rng := rand.New(rand.NewPCG(master.Uint64(), master.Uint64()))
		for r := range replicates {
			for range l.size(h) - 1 {
				draws[int(l.first[h])+rng.IntN(l.size(h))][r]++
			}
		}
	}
	return d.RaoWuDraws(draws)
}

// maxReplicates bounds a bootstrap, so that a slip of the keyboard cannot ask for more memory than a machine has.
const maxReplicates = 100_000

// maxFactors bounds the factors of replicates in the same way: 1 GiB.
const maxFactors = 1 << 27

// RaoWuDraws makes the rescaled bootstrap from given draws: draws[psu][r] is how often replicate r drew the PSU, m_h
// times in all in a stratum of n_h. The factor of a PSU drawn t times is
//
//	1 − λ + λ (n_h/m_h) t,  λ = √(m_h (1−f_h)/(n_h−1)),  c = 1/R
//
// which for m_h = n_h − 1 and f_h = 0 is t n_h/(n_h−1).
func (d *Design) RaoWuDraws(draws [][]int) (*Replicates, error) {
	if len(draws) != d.PSUs() || len(draws[0]) < 2 {
		return nil, fmt.Errorf("svy: draws of %d PSUs; the design has %d, and replicates are at least 2", len(draws), d.PSUs())
	}
	p, err := d.replicates(raoWuMethod, len(draws[0]))
	if err != nil {
		return nil, err
	}
	for r := range p.coef {
		p.coef[r] = 1 / float64(p.n)
	}
	l := &d.levels[0]
	var errs []error
	for h := range l.fraction {
		if !l.varies(h) {
			continue
		}
		from, to := int(l.first[h]), int(l.first[h+1])
		m, err := drawn(draws[from:to], p.n)
		if err != nil {
			errs = append(errs, fmt.Errorf("svy: stratum %q: %w", l.strata.Label(int32(h)), err))
			continue
		}
		n := float64(to - from)
		lambda := math.Sqrt(m * (1 - l.fraction[h]) / (n - 1))
		for i := from; i < to; i++ {
			f := make([]float64, p.n)
			for r, t := range draws[i] {
				f[r] = 1 - lambda + lambda*n/m*float64(t)
			}
			p.factors[i] = factorRow{0, f}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs[:min(len(errs), maxFaults)]...)
	}
	return p, p.recalibrate()
}

// drawn gives the number of draws of a stratum, which every replicate must share. With more draws than n_h − 1 and no
// finite population a factor could be negative; that is for the caller to want.
func drawn(draws [][]int, replicates int) (float64, error) {
	m := 0
	for r := range replicates {
		sum := 0
		for i := range draws {
			if len(draws[i]) != replicates || draws[i][r] < 0 {
				return 0, fmt.Errorf("PSU %d has no count for each of the %d replicates", i+1, replicates)
			}
			sum += draws[i][r]
		}
		if r == 0 {
			m = sum
		}
		if sum != m || m == 0 {
			return 0, fmt.Errorf("replicate %d draws %d PSUs, the first %d", r+1, sum, m)
		}
	}
	return float64(m), nil
}
