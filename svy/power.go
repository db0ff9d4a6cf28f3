package svy

import (
	"errors"
	"fmt"
	"math"
)

// Power is the plan of a comparison of two waves (or of two groups): what must be known to say how small a change it
// can show. The zero values of Level and Power are 0.95 and 0.8.
type Power struct {
	SD          float64 // standard deviation of the answers among people; √(p(1-p)) for a share
	N           float64 // answers in each wave
	Deff        float64 // design effect of a wave's mean, against sampling with replacement; 0 means 1
	DF          float64 // degrees of freedom of the change: PSUs less strata of both waves; +Inf = normal
	Overlap     float64 // share of the PSUs that both waves visit, 0…1
	Correlation float64 // of the same PSU's means in the two waves, -1…1
	Level       float64 // of the test's interval: a change is called at p < 1 - Level, two-sided
	Power       float64 // probability that a true change is called
}

// SE is the standard error of the change,
//
//	√(2 S²/n deff (1 - P ρ))
//
// with P the overlap and ρ the correlation (Kish 1965, 12.4): only shared PSUs carry a covariance.
func (p Power) SE() (float64, error) {
	if err := p.check(); err != nil {
		return math.NaN(), err
	}
	deff := p.Deff
	if deff == 0 {
		deff = 1
	}
	return p.SD * math.Sqrt(2/p.N*deff*(1-p.Overlap*p.Correlation)), nil
}

func (p Power) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("svy: power: "+format, args...))
		}
	}
	want(p.SD > 0 && !math.IsInf(p.SD, 1), "standard deviation %g", p.SD)
	want(p.N > 0 && !math.IsInf(p.N, 1), "%g answers", p.N)
	want(p.Deff >= 0 && !math.IsInf(p.Deff, 1), "design effect %g", p.Deff)
	want(p.DF > 0, "%g degrees of freedom", p.DF)
	want(p.Overlap >= 0 && p.Overlap <= 1, "overlap %g", p.Overlap)
	want(p.Correlation >= -1 && p.Correlation <= 1, "correlation %g", p.Correlation)
	want(p.level() > 0 && p.level() < 1, "level %g", p.level())
	want(p.power() > 1-p.level() && p.power() < 1, "power %g at the level %g", p.power(), p.level())
	return errors.Join(errs...)
}

func (p Power) level() float64 {
	if p.Level == 0 {
		return 0.95
	}
	return p.Level
}

func (p Power) power() float64 {
	if p.Power == 0 {
		return 0.8
	}
	return p.Power
}

// MinimumDetectable is the smallest true change that the test calls a change with the given power, in either
// direction; see DetectionPower.
func (p Power) MinimumDetectable() (float64, error) {
	se, err := p.SE()
	if err != nil {
		return math.NaN(), err
	}
	return se * detectable(p.level(), p.power(), p.DF), nil
}

// detectable solves DetectionPower for the change in standard errors, by bisection: the power grows with the change.
func detectable(level, power, df float64) float64 {
	low, high := 0.0, 1.0
	for DetectionPower(high, level, df) < power {
		low, high = high, 2*high
	}
	for range 60 {
		if mid := (low + high) / 2; DetectionPower(mid, level, df) < power {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// DetectionPower is the probability that a two-sided t test at the level calls a true change of that many standard
// errors, when the standard error is estimated with df degrees of freedom: P(|T| > t) for T noncentral t. With
// s² = χ²_df/df it is
//
//	E Φ(change - t s) + Φ(-change - t s)
//
// taken here over x = log s, whose density exp(df (x + 1/2 - e^2x/2)), up to its integral, is so smooth and so quick
// to vanish that the trapezoidal rule is exact to rounding. Adding the two quantiles, t + t_power, the common short-cut,
// is too large for few df.
func DetectionPower(change, level, df float64) float64 {
	t := TQuantile(level, df)
	at := func(s float64) float64 {
		return 0.5 * (math.Erfc((t*s-change)/math.Sqrt2) + math.Erfc((t*s+change)/math.Sqrt2))
	}
	if math.IsInf(df, 1) {
		return at(1)
	}
	const negligible = 1e-18
	step := min(0.05, 0.2/math.Sqrt(df))
	sum, whole := at(1), 1.0 // the density is 1 at its peak, s = 1
	for _, dx := range []float64{step, -step} {
		for x := dx; ; x += dx {
			density := math.Exp(df * (x + 0.5 - math.Exp(2*x)/2))
			if density < negligible {
				break
			}
			sum, whole = sum+density*at(math.Exp(x)), whole+density
		}
	}
	return sum / whole
}
