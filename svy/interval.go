package svy

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is a confidence interval for a proportion.
type Interval uint8

// The intervals; m is the estimate, s its SE, t the critical value with the estimate's df.
const (
	Wald   Interval = iota // m ± t s; may leave [0, 1]
	Logit                  // as XLogit: the Wald interval of the intercept of a logistic regression is the same (R: svyciprop "logit")
	XLogit                 // logit m ± t s/(m(1-m)), taken back
	ASin                   // sin²(asin √m ± t s/(2√(m(1-m))))
	Beta                   // Korn & Graubard 1998: Clopper–Pearson on the effective sample size
	Wilson                 // Wilson's score interval on n* = m(1-m)/s²
)

var intervalNames = [...]string{"wald", "logit", "xlogit", "asin", "beta", "wilson"}

// String gives the interval's name.
func (i Interval) String() string { return intervalNames[i] }

// ParseInterval reads an interval's name.
func ParseInterval(name string) (Interval, bool) { return parseName[Interval](intervalNames[:], name) }

// ProportionInterval is a confidence interval for a proportion p strictly between 0 and 1, with SE se, df degrees of
// freedom and n answers.
//
// Beta: n* = p(1-p)/se², n_df = n* (t_{n-1}/t_df)², x = p n_df, limits the quantiles α/2 of Beta(x, n_df-x+1) and
// 1-α/2 of Beta(x+1, n_df-x) (Korn & Graubard 1998; R survey: svyciprop "beta").
//
// At p = 0 or 1 the SE is 0 and every one of these breaks: R gives NaN, or an interval of no width. There Estimates
// takes n* = n / d, d the variable's mean design effect over the domains weighted by answers, and gives the one-sided
// interval of Korn & Graubard at the same level: [0, 1-α^(1/n_df)] at 0, [α^(1/n_df), 1] at 1, with
// n_df = n* (t_{n-1}/t_df)² at the one-sided level. The status Boundary says so.
func ProportionInterval(kind Interval, p, se, df float64, n int, level float64) (lo, hi float64) {
	return proportionInterval(kind, p, se, TQuantile(level, df), n, level)
}

// proportionInterval is ProportionInterval with the critical value t of the level and the degrees of freedom.
func proportionInterval(kind Interval, p, se, t float64, n int, level float64) (lo, hi float64) {
	switch kind {
	case Logit, XLogit:
		c, h := math.Log(p/(1-p)), t*se/(p*(1-p))
		return 1 / (1 + math.Exp(h-c)), 1 / (1 + math.Exp(-h-c))
	case ASin:
		c, h := math.Asin(math.Sqrt(p)), t*se/(2*math.Sqrt(p*(1-p)))
		return square(math.Sin(c - h)), square(math.Sin(c + h))
	case Beta:
		size := p * (1 - p) / (se * se) * square(TQuantile(level, float64(n-1))/t)
		return betaQuantile((1-level)/2, size*p, size*(1-p)+1), betaQuantile((1+level)/2, size*p+1, size*(1-p))
	case Wilson:
		size := p * (1 - p) / (se * se)
		c, h := p+t*t/(2*size), t/(2*size)*math.Sqrt(4*size*p*(1-p)+t*t)
		return (c - h) / (1 + t*t/size), (c + h) / (1 + t*t/size)
	}
	return p - t*se, p + t*se
}

// boundaryInterval is the interval at p = 0 or 1, see ProportionInterval.
func boundaryInterval(p, n, df, deff, level float64) (lo, hi float64) {
	oneSided := 2*level - 1 // TQuantile is two-sided: this puts 1-level in one tail
	size := n / deff
	if n > 1 && df > 0 && oneSided > 0 {
		size *= square(TQuantile(oneSided, n-1) / TQuantile(oneSided, df))
	}
	far := math.Pow(1-level, 1/size)
	if p <= 0 {
		return 0, 1 - far
	}
	return far, 1
}

func square(x float64) float64 { return x * x }

// betaQuantile is the quantile of a beta distribution; NaN where it has no parameters.
func betaQuantile(p, a, b float64) float64 {
	if !(a > 0) || !(b > 0) {
		return math.NaN()
	}
	return distuv.Beta{Alpha: a, Beta: b}.Quantile(p)
}
