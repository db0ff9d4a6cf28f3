package svy

import "math"

// Lonely is the rule for a lonely PSU: the only sampled unit of a stratum that was not taken with certainty, so that
// the stratum shows no variation to estimate its variance from.
type Lonely uint8

// The rules. All but LonelyCollapse follow R's survey.lonely.psu.
const (
	// LonelyFail refuses the design, with the list and a proposed collapse.
	LonelyFail Lonely = iota
	// LonelyCertainty takes the unit for a certainty: the stratum adds nothing.
	LonelyCertainty
	// LonelyRemove leaves the stratum out of the variance: it adds nothing.
	LonelyRemove
	// LonelyAdjust measures the unit from the mean of all units: (1-f)(z-zbar)^2, zbar = sum z / sum n_h over the
	// strata with answers of the domain (R survey 4.5; Stata "centered"). R survey 4.1 centres at 0, which for
	// totals counts the level of the stratum as variation.
	LonelyAdjust
	// LonelyAverage gives the stratum the average variance of the others: V H/H_ok over the strata with answers of
	// the domain (R; Stata "scaled").
	LonelyAverage
	// LonelyCollapse joins the stratum to a neighbour, chosen without looking at any answer: the stratum before it
	// in the order of labels within the same group (Spec.Within), else the one after; certainty strata (fraction 1
	// or made by Stage.Certain) take no part. The variance is then conservative (Wolter 2007, ch. 2.5). Population
	// sizes add up.
	LonelyCollapse
)

var lonelyNames = [...]string{"fail", "certainty", "remove", "adjust", "average", "collapse"}

// String gives the rule's name.
func (l Lonely) String() string { return lonelyNames[l] }

// ParseLonely reads a rule's name.
func ParseLonely(name string) (Lonely, bool) { return parseName[Lonely](lonelyNames[:], name) }

// parseName finds a name in a list of names; the zero value stands for an unknown one.
func parseName[T ~uint8](names []string, name string) (T, bool) {
	for i, s := range names {
		if s == name {
			return T(i), true
		}
	}
	return 0, false
}

// Collapse is one stratum joined to another.
type Collapse struct{ Stratum, Into string }

// partners proposes for each lonely stratum the one to join, -1 where there is none, and -2 for the others.
func (l *level) partners() []int {
	out := make([]int, len(l.fraction))
	like := func(h, k int) bool { return l.group[h] == l.group[k] && !l.isCertainty(k) }
	for h := range out {
		out[h] = -2
		if !l.isLonely(h) {
			continue
		}
		out[h] = -1
		for k := h - 1; k >= 0 && out[h] < 0; k-- {
			if like(h, k) {
				out[h] = k
			}
		}
		for k := h + 1; k < len(out) && out[h] < 0; k++ {
			if like(h, k) {
				out[h] = k
			}
		}
	}
	return out
}

// collapse joins each lonely first-stage stratum to its partner. unitOf, the unit of each row or cell, follows the
// units to their new numbers.
func (l level) collapse(unitOf []int32) (level, []Collapse) {
	into := iota32(len(l.fraction))
	root := func(h int32) int32 {
		for into[h] != h {
			h = into[h]
		}
		return h
	}
	var merged []Collapse
	for h, k := range l.partners() {
		if k < 0 {
			continue
		}
		if a, c := root(int32(h)), root(int32(k)); a != c {
			into[a] = c
			merged = append(merged, Collapse{l.strata.Levels[h], l.strata.Levels[k]})
		}
	}
	if merged == nil {
		return l, nil
	}
	return l.join(root, unitOf), merged
}

// join rebuilds a level with its strata joined to their roots. A joined stratum keeps the root's label and group; its
// frame is the sum of the frames, where all have one.
func (l level) join(root func(int32) int32, unitOf []int32) level {
	number := make([]int32, len(l.fraction))
	out := level{factor: l.factor}
	for h := range l.fraction {
		if root(int32(h)) == int32(h) {
			number[h] = int32(len(out.strata.Levels))
			out.strata.Levels = append(out.strata.Levels, l.strata.Levels[h])
			out.group = append(out.group, l.group[h])
		}
	}
	strata := len(out.strata.Levels)
	out.strata.Codes = iota32(strata)
	order := countingSort(iota32(len(l.stratum)), strata, func(u int32) int32 { return number[root(l.stratum[u])] })
	place := make([]int32, len(order))
	out.frame = make([]float64, strata)
	for to, u := range order {
		place[u] = int32(to)
		h := number[root(l.stratum[u])]
		out.stratum = append(out.stratum, h)
		out.code = append(out.code, l.code[u])
		if l.pi != nil {
			out.pi = append(out.pi, l.pi[u])
		}
		out.frame[h] += 1 / l.fraction[l.stratum[u]] // a unit stands for 1/f units of its frame; +Inf without one
	}
	for h, v := range out.frame {
		if math.IsInf(v, 1) {
			out.frame[h] = 0
		}
	}
	out.index(strata)
	out.takeFractions()
	out.weigh(nil)
	for i, u := range unitOf {
		unitOf[i] = place[u]
	}
	return out
}

// settleLonely refuses a design whose lonely PSUs have no rule: all under LonelyFail, those without a partner and
// those below the first stage under LonelyCollapse.
func (d *Design) settleLonely() error {
	if d.lonely != LonelyFail && d.lonely != LonelyCollapse {
		return nil
	}
	var faults []DesignFault
	for j := range d.levels {
		l := &d.levels[j]
		var partner []int
		if j == 0 {
			partner = l.partners()
		}
		for h := range l.fraction {
			if !l.isLonely(h) || l.weight[h] == 0 {
				continue
			}
			f := DesignFault{Kind: LonelyPSU, Stage: j, Stratum: l.strata.Levels[h], Unit: l.label(int(l.first[h])), Row: -1}
			if j == 0 && partner[h] >= 0 {
				f.Other = l.strata.Levels[partner[h]]
			}
			if faults = append(faults, f); len(faults) == maxFaults {
				return &DesignError{faults}
			}
		}
	}
	if len(faults) > 0 {
		return &DesignError{faults}
	}
	return nil
}
