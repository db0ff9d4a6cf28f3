package svy

import (
	"fmt"
	"slices"
)

// CalibrationMethod is the way from the weights of a sample to weights that meet known totals.
type CalibrationMethod uint8

// The methods. Each multiplies a weight by a factor F of the row's levels only, w* = w F(x'λ), so that Σ w* x meets the
// totals of the indicators x of the levels (Deville & Särndal 1992, JASA 87:376; Deville, Särndal & Sautory 1993,
// JASA 88:1013).
const (
	// CalRake rakes by iterative proportional fitting: margin after margin is brought to its totals until all hold
	// (Deming & Stephan 1940). Its factors are those of CalExponential.
	CalRake CalibrationMethod = iota
	// CalPostStratify divides the total of each level of a single margin by the sum of its weights.
	CalPostStratify
	// CalLinear is the generalised regression estimator, F = 1 + u; with bounds F is cut at them. Without bounds a
	// weight could come out negative: that is refused.
	CalLinear
	// CalExponential is F = exp u, solved by Newton's method.
	CalExponential
	// CalLogit keeps F strictly between bounds L < 1 < U, with A = (U−L)/((1−L)(U−1)):
	// F = (L(U−1) + U(1−L) e^{Au}) / ((U−1) + (1−L) e^{Au}).
	CalLogit
)

var calibrationNames = [...]string{"rake", "poststrat", "linear", "exponential", "logit"}

// String gives the method's name.
func (m CalibrationMethod) String() string { return calibrationNames[m] }

// ParseCalibrationMethod reads a method's name.
func ParseCalibrationMethod(name string) (CalibrationMethod, bool) {
	return parseName[CalibrationMethod](calibrationNames[:], name)
}

// ResidualWeights are the weights of the regression behind the variance of a calibrated design. R's own functions do
// not agree on them: the same raked weights give standard errors up to 6 % apart.
type ResidualWeights uint8

const (
	// ByDesignWeights weighs each row by its weight before calibration (Deville & Särndal 1992; R survey:
	// postStratify, calibrate).
	ByDesignWeights ResidualWeights = iota
	// Unweighted counts each row once (R survey: rake).
	Unweighted
)

var residualNames = [...]string{"design", "unweighted"}

// String gives the convention's name.
func (r ResidualWeights) String() string { return residualNames[r] }

// ParseResidualWeights reads a convention's name.
func ParseResidualWeights(name string) (ResidualWeights, bool) {
	return parseName[ResidualWeights](residualNames[:], name)
}

// Margin is a known distribution of the population: over sexes, ages, provinces, or over the cells of several of these
// crossed (Factor.Cross).
type Margin struct {
	Name   string
	Of     Factor             // the level of each row; every row has one
	Totals map[string]float64 // the population of each level
}

// Calibration says which totals weights are to meet, and how.
type Calibration struct {
	Method  CalibrationMethod
	Margins []Margin // at least one; their totals add up to the same population
	// Bounds are L and U, 0 ≤ L < 1 < U, of CalLogit and, unless both are 0, of CalLinear: the factor of a row stays
	// between them, beside the one factor that first brings the sum of all weights to the population.
	Bounds [2]float64
	// Trim holds the smallest and the largest weight wanted. Rows beyond are held at the limit and the rest calibrated
	// to what is left of the totals, until none is beyond; so both limits and totals are met exactly, or the
	// calibration is refused. Both 0: no limits. A largest of 0 or +Inf: no upper limit.
	Trim [2]float64
	// Residuals is the convention of the variance.
	Residuals ResidualWeights
}

// WeightStep is one step of the trail from the weights of the sample to those of a calibrated design.
type WeightStep struct {
	Name                 string  // "design", "scale", the method's name, "trim"
	Rounds               int     // cycles of raking, steps of Newton's method, rounds of trimming
	MinFactor, MaxFactor float64 // by which the step multiplied weights
	Min, Max, Sum        float64 // of the weights after it
	// Deff is Kish's design effect of the weights after the step, n Σw²/(Σw)²: the loss by unequal weights.
	Deff    float64
	Errors  []float64 // after it, by margin: the largest relative deviation of a level from its total
	Trimmed int       // rows held at a limit of Trim
}

// MarginTolerance is the largest relative deviation from any total that a calibration may leave.
const MarginTolerance = 1e-10

// calibrated is what a calibrated design keeps: enough for residuals and to calibrate again inside each replicate.
type calibrated struct {
	problem
	cell   []int32    // calibration cell of each row
	fit    []float64  // weight of each row in the regression of residuals
	normal normal     // of that regression: Σ fit x x'
	parts  []cellPart // by unit
	trail  []WeightStep
}

// cellPart is what a unit holds of a calibration cell.
type cellPart struct {
	unit, cell  int32
	base, final float64 // sums of weights
}

// Calibrate gives the design with weights that meet known totals. Its estimates and standard errors take the
// calibration into account: the scores of an estimate are those of the residuals of its linearised values on the
// levels of the margins, times the calibrated weights (Deville & Särndal 1992, 3.4; R survey: svyrecvar). They follow
// from sums by unit × calibration cell; replicates made of it are calibrated again one by one.
//
// Impossible wishes are told beforehand and a calibration that does not meet every total within MarginTolerance is
// refused, both as *CalibrationError. A trimmed design takes the limits as given: what trimming would do in other
// samples does not count in its errors.
func (d *Design) Calibrate(c Calibration) (*Design, error) {
	if d.cal != nil {
		return nil, fmt.Errorf("svy: the design is calibrated already; calibrate the design it was made of, to all totals at once")
	}
	p, cell, err := d.feasible(c)
	if err != nil {
		return nil, err
	}
	k := &calibrated{problem: *p, cell: cell}
	weights := slices.Clone(d.weights)
	k.record("design", weights, weights, 0, 0)
	base := k.sums(weights)
	solution, err := k.solve(base, k.totals, 0)
	if err != nil {
		return nil, err
	}
	if solution.scale != 1 {
		weights = k.step("scale", weights, 0, func(int) float64 { return solution.scale })
	}
	weights = k.step(c.Method.String(), weights, solution.rounds, func(row int) float64 { return solution.f[cell[row]] })
	if err := k.positive(weights); err != nil {
		return nil, err
	}
	trimmed, err := k.trim(c.Trim, solution.scale, d.weights, weights)
	if err != nil {
		return nil, err
	}
	out := *d
	out.weights, out.cal = trimmed, k
	return &out, k.keep(&out, d.weights, c.Residuals)
}

// Trail gives the steps from the weights of the sample to those of a calibrated design, nil for any other.
func (d *Design) Trail() []WeightStep {
	if d.cal == nil {
		return nil
	}
	return slices.Clone(d.cal.trail)
}

// sums adds weights up by calibration cell.
func (k *calibrated) sums(weights []float64) []float64 {
	out := make([]float64, k.cells())
	for row, cell := range k.cell {
		out[cell] += weights[row]
	}
	return out
}

// step multiplies weights and records it.
func (k *calibrated) step(name string, weights []float64, rounds int, factor func(row int) float64) []float64 {
	out := make([]float64, len(weights))
	for row, w := range weights {
		out[row] = w * factor(row)
	}
	k.record(name, weights, out, rounds, 0)
	return out
}

// record adds a step to the trail.
func (k *calibrated) record(name string, before, after []float64, rounds, held int) {
	s := WeightStep{Name: name, Rounds: rounds, Trimmed: held, Min: after[0], Max: after[0], Errors: make([]float64, k.margins)}
	s.MinFactor, s.MaxFactor = after[0]/before[0], after[0]/before[0]
	squares := 0.0
	for row, w := range after {
		f := w / before[row]
		s.MinFactor, s.MaxFactor = min(s.MinFactor, f), max(s.MaxFactor, f)
		s.Min, s.Max = min(s.Min, w), max(s.Max, w)
		s.Sum += w
		squares += w * w
	}
	s.Deff = float64(len(after)) * squares / (s.Sum * s.Sum)
	for level, f := range k.fitted(k.sums(after), nil) {
		m := k.levels[level].margin
		s.Errors[m] = max(s.Errors[m], k.deviation(level, f, k.totals))
	}
	k.trail = append(k.trail, s)
}
