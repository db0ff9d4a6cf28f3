package target

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Pair is two measurements of one node whose definitions compare, year after year, unit by unit in one order.
type Pair struct {
	From, To []float64 // NaN = no value
}

// Movement is how units move from one year to the next when nobody does anything out of the ordinary, learnt from
// pairs of years. The score y' of a unit a year after y is
//
//	y' = m + a + K·λ·(y − m) + σ·z,   λ = V/(V + se²),   σ² = τ² + K²·λ·se² + se²
//
// m is the mean of the units, a the shift that all share, V the variance of the true scores among units, K how far true
// differences last, τ² the variance of true movement. λ is the reliability of a score: what stands far from the mean
// stands there partly by luck and comes back. The z are the standardised residuals of the history itself. This is the
// empirical Bayes forecast of errors-in-variables regression (Fuller 1987, §1.2; Efron and Morris 1975); the errors of
// two years are taken as independent.
type Movement struct {
	Shifts    []float64 // a of each pair
	Residuals []float64 // z
	Lasting   float64   // K
	Signal    float64   // V
	Drift     float64   // τ
	Spread    float64   // the standard deviation of the residuals in points
}

// minResiduals is the least history a movement is learnt from.
const minResiduals = 20

// Learn learns how units move.
func Learn(s Standing, history []Pair) (*Movement, error) {
	m := &Movement{}
	var level, step []float64
	for _, p := range history {
		l, st, shift := p.deviations()
		if len(l) < 2 {
			continue
		}
		level, step = append(level, l...), append(step, st...)
		m.Shifts = append(m.Shifts, shift)
	}
	if len(level) < minResiduals {
		return nil, errors.New("target: too little history: no two years whose definitions compare")
	}
	noise := s.noise()
	n := float64(len(level))
	vy, cov := dot(level, level)/n, dot(level, step)/n
	m.Signal = max(vy-noise, vy/10)
	slope := 1 + cov/vy
	reliability := m.Signal / (m.Signal + noise)
	m.Lasting = slope / reliability
	m.Residuals = make([]float64, len(level))
	for i := range level {
		m.Residuals[i] = step[i] - (slope-1)*level[i]
	}
	free := n - float64(len(m.Shifts)) - 1
	m.Spread = math.Sqrt(dot(m.Residuals, m.Residuals) / free)
	m.Drift = math.Sqrt(max(0, m.Spread*m.Spread-noise-m.Lasting*m.Lasting*reliability*noise))
	for i := range m.Residuals {
		m.Residuals[i] *= math.Sqrt(n/free) / m.Spread
	}
	return m, nil
}

// grid is how many points of the normal distribution stand for it.
const grid = 199

// Still is what is assumed where the history is too short to learn from: true scores stay as they are, and only the errors
// of the two surveys move the measured ones. It takes nothing from anybody else's index, and so it says too little rather
// than too much of what may come.
func Still(s Standing) *Movement {
	m := &Movement{Shifts: []float64{0}, Lasting: 1, Signal: math.Inf(1)}
	var values []float64
	for _, i := range s.ranked() {
		values = append(values, s.Values[i])
	}
	if n := len(values); n > 2 { // of one or two units nothing tells how much of the difference is luck
		centre(values, mean(values))
		vy := dot(values, values) / float64(n)
		m.Signal = max(vy-s.noise(), vy/10)
	}
	for i := range grid {
		m.Residuals = append(m.Residuals, distuv.UnitNormal.Quantile((float64(i)+.5)/grid))
	}
	spread := math.Sqrt(dot(m.Residuals, m.Residuals) / grid)
	for i := range m.Residuals {
		m.Residuals[i] /= spread
	}
	return m
}

// deviations gives where the units of a pair stood from their mean and how they moved from the mean movement.
func (p Pair) deviations() (level, step []float64, shift float64) {
	for i, from := range p.From {
		if to := p.To[i]; !math.IsNaN(from) && !math.IsNaN(to) {
			level, step = append(level, from), append(step, to-from)
		}
	}
	shift = mean(step)
	centre(level, mean(level))
	centre(step, shift)
	return level, step, shift
}

// noise is the mean square of the standard errors of the units that have a value.
func (s Standing) noise() float64 {
	sum, n := 0.0, 0
	for _, i := range s.ranked() {
		sum += s.se(i) * s.se(i)
		n++
	}
	return sum / float64(max(1, n))
}

// forecast gives the mean of a unit's next score without the common shift, and its standard deviation.
func (m *Movement) forecast(value, centre, se float64) (expected, sd float64) {
	reliability := 1.0
	if !math.IsInf(m.Signal, 1) && se > 0 {
		reliability = m.Signal / (m.Signal + se*se)
	}
	expected = centre + m.Lasting*reliability*(value-centre)
	return expected, math.Sqrt(m.Drift*m.Drift + m.Lasting*m.Lasting*reliability*se*se + se*se)
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(1, len(x)))
}

func centre(x []float64, by float64) {
	for i := range x {
		x[i] -= by
	}
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}
