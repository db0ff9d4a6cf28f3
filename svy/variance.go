package svy

import "math"

// Var is the design-based variance of an estimate,
//
//	V = sum_h (1-f_h) n_h/(n_h-1) sum_i (z_hi - zbar_h)^2  [+ sum_h f_h sum_i V_2(h,i)]
//
// with n_h the designed units of stratum h, also those without answers (z = 0), and V_2 the same formula on the units
// of the next stage inside unit i, so on to the last stage (R survey: onestrat, multistage; Särndal, Swensson &
// Wretman 1992, 4.3). Where units have inclusion probabilities (Stage.Inclusion), 1-f_h and f_h are the unit's own
// 1-π_i and π_i (Brewer 2002, ch. 9; R survey: pps = "brewer"). Lonely PSUs follow the design's rule. It is never
// negative; it is NaN when the rule leaves nothing to estimate it from.
func (d *Design) Var(l Linear) float64 { return d.variance(l.Unit, l.Z).sum }

// SE is the standard error of an estimate, the root of Var.
func (d *Design) SE(l Linear) float64 { return math.Sqrt(d.Var(l)) }

// strataVariance is a variance V = sum_h V_h with what its degrees of freedom follow from.
type strataVariance struct {
	sum    float64
	square float64 // sum_h V_h²/(n_h-1), Satterthwaite's
	fair   float64 // sum_h V_h²/(n_h+1), of which the expectation is sum_h (E V_h)²/(n_h-1) for chi-square V_h
}

// satterthwaite is V² / sum_h V_h²/(n_h-1).
func (v strataVariance) satterthwaite() float64 { return v.sum * v.sum / v.square }

// variance gives V and its parts.
func (d *Design) variance(unit []int32, z []float64) (v strataVariance) {
	for j := len(d.levels) - 1; j >= 0; j-- {
		l := &d.levels[j]
		d.levelVariance(l, unit, z, &v)
		if j > 0 {
			unit, z = l.lift(unit, z)
		}
	}
	return v
}

// lift adds the scores of a level up into the units of the level above.
func (l *level) lift(unit []int32, z []float64) (up []int32, sum []float64) {
	for i, u := range unit {
		p := l.parent[l.stratum[u]]
		if k := len(up) - 1; k >= 0 && up[k] == p {
			sum[k] += z[i]
			continue
		}
		up, sum = append(up, p), append(sum, z[i])
	}
	return up, sum
}

// run gives the stratum of unit[i], the end of the units there and the sum of their scores.
func (l *level) run(unit []int32, z []float64, i int) (h int32, end int, sum float64) {
	h = l.stratum[unit[i]]
	limit := l.first[h+1]
	for end = i; end < len(unit) && unit[end] < limit; end++ {
		sum += z[end]
	}
	return h, end, sum
}

// parentRun gives the end of the units whose strata lie in one unit of the level above; all of them at the first.
func (l *level) parentRun(unit []int32, i int) int {
	if l.parent == nil {
		return len(unit)
	}
	p := l.parent[l.stratum[unit[i]]]
	for i < len(unit) && l.parent[l.stratum[unit[i]]] == p {
		i++
	}
	return i
}

// levelVariance adds a level's part of a variance to v.
func (d *Design) levelVariance(l *level, unit []int32, z []float64, v *strataVariance) {
	for from := 0; from < len(unit); {
		to := l.parentRun(unit, from)
		rule := d.lonelyRule(l, unit[from:to], z[from:to])
		for i := from; i < to; {
			h, end, sum := l.run(unit, z, i)
			by := &l.by[h]
			centre, scale := sum*by.unit, by.scale
			if by.unit == 1 || rule.domain {
				centre, scale = rule.centre(l, h, end-i, centre)
			}
			if scale != 0 {
				vh := scale * rule.factor * l.squares(h, unit[i:end], z[i:end], centre)
				v.sum += vh
				v.square += vh * vh * by.df
				v.fair += vh * vh * by.fair
			}
			i = end
		}
		from = to
	}
}

// squares is sum (z-centre)² over the units of a stratum, those not listed having z = 0; under PPS each times 1-π.
func (l *level) squares(h int32, unit []int32, z []float64, centre float64) (ss float64) {
	if l.pi != nil {
		return l.crossPPS(h, unit, z, centre, unit, z, centre)
	}
	ss = float64(l.size(int(h))-len(z)) * centre * centre
	for _, x := range z {
		ss += (x - centre) * (x - centre)
	}
	return ss
}

// crossPPS is sum (1-π)(a-ca)(b-cb) over the units of a stratum, those not listed having 0.
func (l *level) crossPPS(h int32, ua []int32, za []float64, ca float64, ub []int32, zb []float64, cb float64) (sum float64) {
	i, j := 0, 0
	for u := l.first[h]; u < l.first[h+1]; u++ {
		a, b := 0.0, 0.0
		if i < len(ua) && ua[i] == u {
			a = za[i]
			i++
		}
		if j < len(ub) && ub[j] == u {
			b = zb[j]
			j++
		}
		sum += (1 - l.pi[u]) * (a - ca) * (b - cb)
	}
	return sum
}

// lonelyRule is a lonely-PSU rule applied to one estimate.
type lonelyRule struct {
	rule   Lonely
	domain bool    // strata with one answering unit count as lonely too
	mean   float64 // LonelyAdjust: zbar
	factor float64 // LonelyAverage: H/H_ok
}

// lonelyRule prepares the design's rule for scores that share a parent.
func (d *Design) lonelyRule(l *level, unit []int32, z []float64) lonelyRule {
	r := lonelyRule{rule: d.lonely, factor: 1}
	if d.lonely != LonelyAdjust && d.lonely != LonelyAverage {
		return r
	}
	r.domain = d.domain
	var sum, units, strata, single float64
	for i := 0; i < len(unit); {
		h, end, part := l.run(unit, z, i)
		strata++
		units += float64(l.size(int(h)))
		sum += part
		if r.single(l, h, end-i) {
			single++
		}
		i = end
	}
	r.mean = sum / units
	if d.lonely == LonelyAverage && single > 0 {
		if r.factor = strata / (strata - single); strata == single {
			r.factor = math.NaN()
		}
	}
	return r
}

// single says whether a stratum with answers of k units falls under the rule.
func (r *lonelyRule) single(l *level, h int32, k int) bool {
	return l.isLonely(int(h)) || r.domain && k == 1 && !l.isCertainty(int(h)) && l.size(int(h)) > 1
}

// centre gives what the scores of a stratum with answers of k units are measured from, mean being the mean over all its
// units, and the factor of their squares, 0 where they do not count.
func (r *lonelyRule) centre(l *level, h int32, k int, mean float64) (centre, scale float64) {
	switch single := r.single(l, h, k); {
	case single && r.rule == LonelyAdjust:
		return r.mean, l.by[h].scale
	case single || l.size(int(h)) == 1:
		return 0, 0
	}
	return mean, l.by[h].scale
}

// Cov is the covariance of two estimates of one design by the formula of Var with (z1 - z1bar)(z2 - z2bar).
func (d *Design) Cov(a, b Linear) float64 {
	cov := 0.0
	ua, za, ub, zb := a.Unit, a.Z, b.Unit, b.Z
	for j := len(d.levels) - 1; j >= 0; j-- {
		l := &d.levels[j]
		cov += d.levelCov(l, ua, za, ub, zb)
		if j > 0 {
			ua, za = l.lift(ua, za)
			ub, zb = l.lift(ub, zb)
		}
	}
	return cov
}

func (d *Design) levelCov(l *level, ua []int32, za []float64, ub []int32, zb []float64) (cov float64) {
	for i, j := 0, 0; i < len(ua) && j < len(ub); {
		endA, endB := l.parentRun(ua, i), l.parentRun(ub, j)
		if l.parent != nil {
			if p, q := l.parent[l.stratum[ua[i]]], l.parent[l.stratum[ub[j]]]; p < q {
				i = endA
				continue
			} else if q < p {
				j = endB
				continue
			}
		}
		cov += d.groupCov(l, ua[i:endA], za[i:endA], ub[j:endB], zb[j:endB])
		i, j = endA, endB
	}
	return cov
}

func (d *Design) groupCov(l *level, ua []int32, za []float64, ub []int32, zb []float64) (cov float64) {
	ruleA, ruleB := d.lonelyRule(l, ua, za), d.lonelyRule(l, ub, zb)
	for i, j := 0, 0; i < len(ua) && j < len(ub); {
		h, endA, sumA := l.run(ua, za, i)
		g, endB, sumB := l.run(ub, zb, j)
		if h != g {
			if h < g {
				i = endA
			} else {
				j = endB
			}
			continue
		}
		ca, scale := ruleA.centre(l, h, endA-i, sumA*l.by[h].unit)
		cb, scaleB := ruleB.centre(l, h, endB-j, sumB*l.by[h].unit)
		if scale != 0 && scaleB != 0 {
			cov += scale * l.crossProduct(h, ua[i:endA], za[i:endA], ca, ub[j:endB], zb[j:endB], cb)
		}
		i, j = endA, endB
	}
	return cov * math.Sqrt(ruleA.factor*ruleB.factor)
}

// crossProduct is sum (a-ca)(b-cb) over the units of a stratum, those not listed having 0; under PPS each times 1-π.
func (l *level) crossProduct(h int32, ua []int32, za []float64, ca float64, ub []int32, zb []float64, cb float64) (sum float64) {
	if l.pi != nil {
		return l.crossPPS(h, ua, za, ca, ub, zb, cb)
	}
	n, i, j := l.size(int(h)), 0, 0
	for i < len(ua) || j < len(ub) {
		a, b := 0.0, 0.0
		switch {
		case j == len(ub) || i < len(ua) && ua[i] < ub[j]:
			a = za[i]
			i++
		case i == len(ua) || ub[j] < ua[i]:
			b = zb[j]
			j++
		default:
			a, b = za[i], zb[j]
			i, j = i+1, j+1
		}
		sum += (a - ca) * (b - cb)
		n--
	}
	return sum + float64(n)*ca*cb
}
