package svy

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// pool replaces the SEs of one variable's domains by smoothed ones (DFPooled).
//
// Where a domain has few degrees of freedom its own variance is mostly noise. Within a class of domains the design
// effects are taken as deff_p = δ_p χ²_d/d, with 1/δ_p scaled chi-square over the domains with d0 degrees of freedom
// around 1/δ: the model of Smyth (2004, Statistical Applications in Genetics and Molecular Biology 3:3), here for
// design effects as generalised variance functions have it (Wolter 2007 ch. 7). Then
//
//	x_p = log deff_p + log(d/2) - ψ(d/2)   has mean a and variance τ² + ψ'(d/2),  ψ'(d0/2) = τ²
//	V*_p = V_srs,p (d0 δ + d deff_p)/(d0 + d),   log δ = a + ψ(d0/2) - log(d0/2)
//
// with τ² by DerSimonian & Laird and a weighing by 1/(τ² + ψ'). V*_p has d0 + d degrees of freedom, fewer for the
// error of a itself: those of which ψ'(df/2) = ψ'((d0+d)/2) + (d0/(d0+d))² Var(a).
//
// d is not PSUs less strata: where one stratum holds most of the variance it is near that stratum's n_h-1. A domain's
// own Satterthwaite df is as noisy as its variance, so d is the class's (see classDF).
//
// A domain without a design effect (no variation, no error) keeps its own SE; so does a class with fewer than three.
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
	x, d, noise := make([]float64, k), make([]float64, k), make([]float64, k)
	share := classDF(es, members)
	for j, i := range members {
		d[j] = max(min(1, es[i].DF), share*es[i].DF)
		x[j] = math.Log(es[i].Deff) + math.Log(d[j]/2) - mathext.Digamma(d[j]/2)
		noise[j] = trigamma(d[j] / 2)
	}
	tau2 := betweenVariance(x, noise)
	mean, meanVar := weightedMean(x, noise, tau2)
	prior, centre := math.Inf(1), math.Exp(mean)
	if tau2 > 0 {
		prior = 2 * inverseTrigamma(tau2)
		centre = math.Exp(mean + mathext.Digamma(prior/2) - math.Log(prior/2))
	}
	for j, i := range members {
		e := &es[i]
		srs, keep := e.SE*e.SE/e.Deff, 0.0
		own := 0.0 // ψ' of the posterior's df, if the class were known
		if tau2 > 0 {
			keep = d[j] / (prior + d[j])
			own = trigamma((prior + d[j]) / 2)
		}
		e.SE = math.Sqrt(srs * ((1-keep)*centre + keep*e.Deff))
		e.DF = 2 * inverseTrigamma(own+(1-keep)*(1-keep)*meanVar)
	}
}

// classDF is the degrees of freedom of a class's variances over PSUs less strata. With V_h chi-square,
// E sum V_h²/(n_h+1) = sum (E V_h)²/(n_h-1) and E (V² - 2 sum V_h²/(n_h+1)) = (E V)², so that the sums over the class,
// each domain in units of its V_srs, give Satterthwaite's df of the expected variances instead of the observed.
func classDF(es []Estimate, members []int) float64 {
	var square, parts float64
	for _, i := range members {
		e := &es[i]
		srs := e.SE * e.SE / e.Deff
		u := e.fair / (srs * srs)
		square += e.Deff*e.Deff - 2*u
		parts += u * e.DF
	}
	return min(1, square/parts)
}

// betweenVariance is DerSimonian & Laird's moment estimate (1986).
func betweenVariance(x, noise []float64) float64 {
	mean, _ := weightedMean(x, noise, 0)
	var q, w, w2 float64
	for j := range x {
		wj := 1 / noise[j]
		q += wj * square(x[j]-mean)
		w += wj
		w2 += wj * wj
	}
	return max(0, (q-float64(len(x)-1))/(w-w2/w))
}

// weightedMean weighs by 1/(τ² + noise); it gives the mean and its variance.
func weightedMean(x, noise []float64, tau2 float64) (mean, variance float64) {
	var sum, w float64
	for j := range x {
		wj := 1 / (tau2 + noise[j])
		sum, w = sum+wj*x[j], w+wj
	}
	return sum / w, 1 / w
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
