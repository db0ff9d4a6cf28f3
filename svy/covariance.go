package svy

import (
	"fmt"
	"math"
)

// Covariance is the covariance matrix of n estimates, either its diagonal alone (independent estimates, as published
// scores are taken to be) or in full. Its zero value holds no estimate. A variance of NaN says that the error of that
// estimate is unknown.
type Covariance struct {
	n    int
	full bool
	v    []float64 // n variances, or n × n row by row
}

// Diagonal makes the covariance of independent estimates from their standard errors, in the estimates' own units.
func Diagonal(se []float64) Covariance {
	v := make([]float64, len(se))
	for i, s := range se {
		v[i] = s * s
	}
	return Covariance{n: len(se), v: v}
}

// FullCovariance makes the covariance of n estimates from its n × n entries, row by row. The entries are kept, not
// copied. It fails when their number is not a square or when they are not symmetric within 1e-9 of the variances.
func FullCovariance(entries []float64) (Covariance, error) {
	n := int(math.Round(math.Sqrt(float64(len(entries)))))
	if n*n != len(entries) {
		return Covariance{}, fmt.Errorf("svy: a covariance matrix has n × n entries, not %d", len(entries))
	}
	c := Covariance{n: n, full: true, v: entries}
	for i := range n {
		for j := range i {
			a, b := c.At(i, j), c.At(j, i)
			if math.Abs(a-b) > 1e-9*math.Sqrt(c.At(i, i)*c.At(j, j)) {
				return Covariance{}, fmt.Errorf("svy: covariance not symmetric: entry (%d,%d) is %g, (%d,%d) is %g", i, j, a, j, i, b)
			}
		}
	}
	return c, nil
}

// Covariances is the covariance matrix of estimates of one design; the entries of an estimate without a value are NaN.
func (d *Design) Covariances(estimates []Linear) Covariance {
	n := len(estimates)
	c := Covariance{n: n, full: true, v: make([]float64, n*n)}
	for i, a := range estimates {
		for j, b := range estimates[:i+1] {
			cov := math.NaN()
			if !math.IsNaN(a.Value) && !math.IsNaN(b.Value) {
				cov = d.Cov(a, b)
			}
			c.v[i*n+j], c.v[j*n+i] = cov, cov
		}
	}
	return c
}

// Len gives the number of estimates.
func (c Covariance) Len() int { return c.n }

// At gives the covariance of estimates i and j, counted from 0.
func (c Covariance) At(i, j int) float64 {
	switch {
	case c.full:
		return c.v[i*c.n+j]
	case i == j:
		return c.v[i]
	}
	return 0
}

// SE gives the standard error of estimate i: the root of its variance.
func (c Covariance) SE(i int) float64 { return math.Sqrt(c.At(i, i)) }

// DiffVar gives the variance of the difference of two estimates, S_ii + S_jj − 2 S_ij, never below 0.
func (c Covariance) DiffVar(i, j int) float64 {
	if i == j {
		return 0
	}
	return max(0, c.At(i, i)+c.At(j, j)-2*c.At(i, j))
}

// pick gives the covariance of the chosen estimates in the chosen order.
func (c Covariance) pick(units []int) Covariance {
	n := len(units)
	if !c.full {
		v := make([]float64, n)
		for i, u := range units {
			v[i] = c.v[u]
		}
		return Covariance{n: n, v: v}
	}
	v := make([]float64, 0, n*n)
	for _, a := range units {
		for _, b := range units {
			v = append(v, c.At(a, b))
		}
	}
	return Covariance{n: n, full: true, v: v}
}

// factor gives a lower triangular L, row by row, with L Lᵀ = c (Cholesky). Singular matrices are common here (two
// estimates that move together), so a pivot that vanishes beside its variance ends its column with zeros; a matrix
// that is not positive semi-definite is refused.
func (c Covariance) factor() ([]float64, error) {
	const vanishing, tolerance = 1e-12, 1e-5
	n := c.n
	l := make([]float64, n*n)
	for j := range n {
		pivot := c.At(j, j) - dot(l[j*n:j*n+j], l[j*n:j*n+j])
		if pivot < -tolerance*c.At(j, j) {
			return nil, fmt.Errorf("svy: covariance not positive semi-definite at estimate %d", j)
		}
		live := pivot > vanishing*c.At(j, j)
		if live {
			l[j*n+j] = math.Sqrt(pivot)
		}
		for i := j + 1; i < n; i++ {
			rest := c.At(i, j) - dot(l[i*n:i*n+j], l[j*n:j*n+j])
			switch {
			case live:
				l[i*n+j] = rest / l[j*n+j]
			case math.Abs(rest) > tolerance*c.SE(i)*c.SE(j):
				return nil, fmt.Errorf("svy: covariance not positive semi-definite at estimates %d and %d", j, i)
			}
		}
	}
	return l, nil
}

// dot is the inner product of two vectors of one length.
func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
