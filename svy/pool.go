package svy

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// pool replaces the SEs of one variable's domains by smoothed ones (DFPooled).
//
// Where a domain has few degrees of freedom its own variance is mostly noise. The logarithms of the design effects
// are modelled as a class mean plus a deviation of the domain, x_p = log deff_p + log(d/2) - ψ(d/2), which is
// unbiased with the sampling variance ψ'(d/2) when d deff_p/E deff_p is chi-square with d = df_p degrees of freedom.
// The deviations' variance τ² is DerSimonian & Laird's, the class mean weighs by 1/(τ² + ψ'), and
//
//	V*_p = V_srs,p exp(a_class + τ²/(τ² + ψ'(d/2)) (x_p - a_class)),
//
// with df_p + d0 degrees of freedom, ψ'(d0/2) = τ², at most the sum of the class's (statistics: the log-variance
// model of generalised variance functions, Wolter 2007 ch. 7; the df as in Smyth 2004). A domain without a design
// effect (no variation, no error) keeps its own; so does a class with fewer than three.
func pool(es []Estimate, classes []int) {
	byClass := map[int][]int{}
	for i, e := range es {
		if e.Status == OK && e.DF > 0 && e.Deff > 0 {
			class := 0
			if classes != nil {
				class = classes[i]
			}
			byClass[class] = append(byClass[class], i)
		}
	}
	for _, members := range byClass {
		if len(members) >= 3 {
			poolClass(es, members)
		}
	}
}

func poolClass(es []Estimate, members []int) {
	k := len(members)
	x, noise := make([]float64, k), make([]float64, k)
	var sumDF float64
	for j, i := range members {
		half := es[i].DF / 2
		x[j] = math.Log(es[i].Deff) + math.Log(half) - mathext.Digamma(half)
		noise[j] = trigamma(half)
		sumDF += es[i].DF
	}
	tau2 := betweenVariance(x, noise)
	mean := weightedMean(x, noise, tau2)
	for j, i := range members {
		e := &es[i]
		srs := e.SE * e.SE / e.Deff
		e.SE = math.Sqrt(srs * math.Exp(mean+tau2/(tau2+noise[j])*(x[j]-mean)))
		if tau2 > 0 {
			e.DF = min(sumDF, e.DF+2*inverseTrigamma(tau2))
		} else {
			e.DF = sumDF
		}
	}
}

// betweenVariance is DerSimonian & Laird's moment estimate (1986).
func betweenVariance(x, noise []float64) float64 {
	mean := weightedMean(x, noise, 0)
	var q, w, w2 float64
	for j := range x {
		wj := 1 / noise[j]
		q += wj * square(x[j]-mean)
		w += wj
		w2 += wj * wj
	}
	return max(0, (q-float64(len(x)-1))/(w-w2/w))
}

func weightedMean(x, noise []float64, tau2 float64) float64 {
	var sum, w float64
	for j := range x {
		wj := 1 / (tau2 + noise[j])
		sum, w = sum+wj*x[j], w+wj
	}
	return sum / w
}

// trigamma is ψ'(x) for x > 0: ψ'(x) = ψ'(x+1) + 1/x² down from the asymptotic series (Abramowitz & Stegun 6.4.12).
func trigamma(x float64) float64 {
	sum := 0.0
	for ; x < 12; x++ {
		sum += 1 / (x * x)
	}
	i := 1 / (x * x)
	return sum + 1/x + i/2 + i/x*(1.0/6-i*(1.0/30-i*(1.0/42-i/30)))
}

// inverseTrigamma solves ψ'(x) = y for x > 0 by Newton's method on 1/ψ', which is nearly linear (Smyth 2004).
func inverseTrigamma(y float64) float64 {
	if y > 1e7 {
		return 1 / math.Sqrt(y)
	}
	if y < 1e-6 {
		return 1 / y
	}
	x := 0.5 + 1/y
	for range 50 {
		tri := trigamma(x)
		h := 1e-5 * x
		slope := (trigamma(x+h) - trigamma(x-h)) / (2 * h)
		step := tri * (1 - tri/y) / slope
		if x += step; math.Abs(step) < 1e-10*x {
			break
		}
	}
	return x
}
