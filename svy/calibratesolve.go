package svy

import (
	"math"
	"slices"
)

// problem is a calibration by cells: all rows of a cell share their levels, so they share their factor.
type problem struct {
	method  CalibrationMethod
	bounds  [2]float64
	margins int
	levels  []calLevel // of all margins
	totals  []float64  // of each level
	at      []int32    // levels of each cell: margins entries a cell
}

// calLevel is one level of a margin.
type calLevel struct {
	margin      int
	name, label string // of the margin, of the level
}

func (p *problem) cells() int { return len(p.at) / p.margins }

func (p *problem) levelsOf(cell int) []int32 { return p.at[cell*p.margins : (cell+1)*p.margins] }

// cross numbers the combinations of levels that occur and gives the cell of each row.
func (p *problem) cross(codes [][]int32) []int32 {
	of, first := groupRows(len(codes[0]), codes[0], nil)
	for _, c := range codes[1:] {
		of, first = groupRows(len(c), of, c)
	}
	for _, row := range first {
		for m := range codes {
			p.at = append(p.at, codes[m][row])
		}
	}
	return of
}

// fitted adds the weights of the cells, times their factors unless nil, up by level.
func (p *problem) fitted(n, f []float64) []float64 {
	out := make([]float64, len(p.levels))
	for cell, w := range n {
		if f != nil {
			w *= f[cell]
		}
		for _, level := range p.levelsOf(cell) {
			out[level] += w
		}
	}
	return out
}

// deviation is how far a level is from its total, relative to it; for a total of 0, relative to its margin.
func (p *problem) deviation(level int, fitted float64, totals []float64) float64 {
	off, scale := math.Abs(fitted-totals[level]), totals[level]
	if off == 0 {
		return 0
	}
	if scale == 0 {
		scale = p.population(totals)
	}
	return off / math.Abs(scale)
}

// population is the sum of the first margin, which all margins share.
func (p *problem) population(totals []float64) (sum float64) {
	for level, t := range totals {
		if p.levels[level].margin == 0 {
			sum += t
		}
	}
	return sum
}

// misfit finds the level furthest from its total.
func (p *problem) misfit(n, f, totals []float64) (worst float64, fault CalibrationFault) {
	for level, sum := range p.fitted(n, f) {
		if e := p.deviation(level, sum, totals); !(e < worst) && (e > 0 || e != e) {
			worst = e
			fault = CalibrationFault{Kind: NotMet, Row: -1, Margin: p.levels[level].name, Level: p.levels[level].label, Value: sum, Want: totals[level]}
		}
		if worst != worst {
			return math.Inf(1), fault
		}
	}
	return worst, fault
}

// solution holds the factors of the cells: scale brings the sum of weights to the population, f the levels to their
// totals.
type solution struct {
	scale  float64
	f      []float64
	rounds int
}

// maxCycles and maxSteps bound the iterations. Raking takes a handful of cycles, and Newton's method fewer steps; what
// does not converge in so many does not converge.
const (
	maxCycles = 1000
	maxSteps  = 100
)

// exact is the deviation at which an iteration stops; it also stops once a deviation within MarginTolerance no longer
// shrinks.
const exact = 1e-13

// solve finds the factors that bring weights by cell to the totals. A scale of 0 is that of these weights.
func (p *problem) solve(n, totals []float64, scale float64) (solution, error) {
	if scale == 0 {
		sum := 0.0
		for _, w := range n {
			sum += w
		}
		if scale = p.population(totals) / sum; math.Abs(scale-1) < 1e-15 {
			scale = 1
		}
	}
	s := solution{scale: scale, f: make([]float64, len(n))}
	scaled := make([]float64, len(n))
	for cell, w := range n {
		s.f[cell], scaled[cell] = 1, w*scale
	}
	var err error
	switch p.method {
	case CalRake, CalPostStratify:
		s.rounds, err = p.rake(scaled, totals, s.f)
	default:
		s.rounds, err = p.newton(scaled, totals, s.f)
	}
	return s, err
}

// rake is iterative proportional fitting. It judges all margins after a full cycle, not the change between cycles,
// which is small as well where raking creeps towards nothing.
func (p *problem) rake(n, totals, f []float64) (cycles int, err error) {
	last, fault := p.misfit(n, f, totals)
	for cycles = 0; last > exact && cycles < maxCycles; cycles++ {
		for m := range p.margins {
			sum := p.fitted(n, f)
			for cell := range n {
				if level := p.levelsOf(cell)[m]; sum[level] > 0 {
					f[cell] *= totals[level] / sum[level]
				}
			}
		}
		worst, at := p.misfit(n, f, totals)
		if worst >= last && worst <= MarginTolerance {
			return cycles + 1, nil
		}
		last, fault = worst, at
	}
	if last > MarginTolerance {
		return cycles, &CalibrationError{[]CalibrationFault{fault}}
	}
	return cycles, nil
}

// newton solves Σ n F(x'λ) x = totals for λ by Newton's method with the Jacobian Σ n F'(x'λ) x x', halving a step as
// long as the misfit grows (Deville & Särndal 1992, section 2). Levels that others determine are left out of the
// Jacobian: where the totals agree they are met all the same, and where they do not, the misfit says so.
func (p *problem) newton(n, totals, f []float64) (steps int, err error) {
	lambda := make([]float64, len(p.levels))
	worst, fault := p.misfit(n, f, totals)
	for steps = 0; worst > exact && steps < maxSteps; steps++ {
		better := false
		// Factors at their bounds have no slope. Where that leaves no way on, the slopes inside the bounds show one.
		for _, slope := range []func(float64) float64{p.slope, p.innerSlope} {
			delta, err := p.direction(n, f, totals, slope)
			for step := 1.0; err == nil && step > 1e-9 && !better; step /= 2 {
				next := slices.Clone(lambda)
				addScaled(next, delta, step)
				g := p.factors(next)
				if e, at := p.misfit(n, g, totals); e < worst {
					better, worst, fault, lambda = true, e, at, next
					copy(f, g)
				}
			}
			if better || p.method != CalLinear || worst <= MarginTolerance {
				break
			}
		}
		if !better {
			break
		}
	}
	if worst > MarginTolerance {
		return steps, &CalibrationError{[]CalibrationFault{fault}}
	}
	return steps, nil
}

// direction is Newton's: the Jacobian's inverse times what the totals lack.
func (p *problem) direction(n, f, totals []float64, slope func(f float64) float64) ([]float64, error) {
	weights, gap := make([]float64, len(n)), slices.Clone(totals)
	for cell := range n {
		weights[cell] = n[cell] * slope(f[cell])
	}
	addScaled(gap, p.fitted(n, f), -1)
	jacobian, err := p.normal(weights)
	if err != nil {
		return nil, err
	}
	return jacobian.solve(gap), nil
}

// score is x'λ of a cell.
func (p *problem) score(lambda []float64, cell int) (sum float64) {
	for _, level := range p.levelsOf(cell) {
		sum += lambda[level]
	}
	return sum
}

// factors gives F(x'λ) of each cell.
func (p *problem) factors(lambda []float64) []float64 {
	out := make([]float64, p.cells())
	for cell := range out {
		out[cell] = p.value(p.score(lambda, cell))
	}
	return out
}

// value is F(u).
func (p *problem) value(u float64) float64 {
	lo, hi := p.bounds[0], p.bounds[1]
	switch {
	case p.method == CalExponential:
		return math.Exp(u)
	case p.method == CalLinear && hi == 0:
		return 1 + u
	case p.method == CalLinear:
		return min(max(1+u, lo), hi)
	}
	a := (hi - lo) / ((1 - lo) * (hi - 1))
	x, y := 1.0, 1.0 // e^{Au} as x/y, neither of them large
	if u < 0 {
		x = math.Exp(a * u)
	} else {
		y = math.Exp(-a * u)
	}
	f := (lo*(hi-1)*y + hi*(1-lo)*x) / ((hi-1)*y + (1-lo)*x)
	return min(max(f, lo), hi)
}

// slope is F'(u) as a function of F(u).
func (p *problem) slope(f float64) float64 {
	lo, hi := p.bounds[0], p.bounds[1]
	switch {
	case p.method == CalExponential:
		return f
	case p.method == CalLogit:
		return (f - lo) * (hi - f) / ((1 - lo) * (hi - 1))
	case hi > 0 && (f <= lo || f >= hi):
		return 0
	}
	return 1
}

// innerSlope is the slope that CalLinear has between its bounds.
func (p *problem) innerSlope(float64) float64 { return 1 }

// normal is a factored matrix of normal equations, Σ q x x' over the cells with the indicators x of their levels.
type normal struct {
	p int
	l []float64 // lower triangle by rows; a column of zeros where a level is determined by those before it
}

func (p *problem) normal(q []float64) (normal, error) {
	size := len(p.levels)
	m := make([]float64, size*size)
	for cell, w := range q {
		of := p.levelsOf(cell)
		for _, i := range of {
			for _, j := range of {
				m[int(i)*size+int(j)] += w
			}
		}
	}
	l, err := Covariance{n: size, full: true, v: m}.factor()
	return normal{size, l}, err
}

// solve gives b with Σ q x x' b = t, 0 for levels that others determine.
func (m normal) solve(t []float64) []float64 {
	b := slices.Clone(t)
	for i := range b {
		row := m.l[i*m.p : i*m.p+i+1]
		if row[i] == 0 {
			b[i] = 0
			continue
		}
		b[i] = (b[i] - dot(row[:i], b)) / row[i]
	}
	for i := m.p - 1; i >= 0; i-- {
		if m.l[i*m.p+i] == 0 {
			b[i] = 0
			continue
		}
		b[i] /= m.l[i*m.p+i]
		for j := range i {
			b[j] -= m.l[i*m.p+j] * b[i]
		}
	}
	return b
}
