package svy

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// cascade rewrites the stages of a design with certainty units: a certainty unit becomes a stratum, its units of the
// next stage that stratum's PSUs, and so on until a stage that was sampled; after the last stage each row is a PSU.
// The new stratum is labelled "stratum/unit", its PSUs "stratum/unit/id", so that ids need not be unique over parents.
func (b *builder) cascade() {
	stages := b.spec.Stages
	if len(stages) == 0 || stages[0].Certain == nil {
		return
	}
	shift := make([]int, b.n)
	path := make([]string, b.n)
	for i := range path {
		path[i] = stages[0].Strata.labelAt(i)
		for s := 0; s < len(stages) && shift[i] == s && stages[s].Certain != nil && stages[s].Certain[i]; s++ {
			if s > 0 && stages[s].Strata.Codes != nil {
				path[i] += "/" + stages[s].Strata.labelAt(i)
			}
			path[i] += "/" + stages[s].unitLabel(i)
			shift[i] = s + 1
		}
	}
	b.checkCertain(shift)
	if b.failed() {
		return
	}
	b.shift = shift
	out := make([]Stage, len(stages))
	for j := range out {
		out[j] = shiftStage(stages, shift, path, j)
	}
	b.spec.Stages = out
}

// checkCertain refuses a unit that is a certainty on some rows and sampled on others.
func (b *builder) checkCertain(shift []int) {
	s := b.spec.Stages[0]
	if s.Units.Codes == nil {
		return
	}
	group, first := groupRows(b.n, s.Strata.Codes, s.Units.Codes)
	for i, g := range group {
		if (shift[i] > 0) != (shift[first[g]] > 0) {
			b.fault(DesignFault{Kind: MixedCertainty, Row: i, Unit: s.Units.labelAt(i)})
		}
	}
}

// shiftStage makes stage j of the rewritten design: row i takes it from stage shift[i]+j.
func shiftStage(stages []Stage, shift []int, path []string, j int) Stage {
	n := len(shift)
	strata, units := make([]string, n), make([]string, n)
	fpc, pi := make([]float64, n), make([]float64, n)
	pps := slices.ContainsFunc(stages, func(s Stage) bool { return s.Inclusion != nil })
	for i, by := range shift {
		s := by + j
		fpc[i] = math.Inf(1)
		switch {
		case s >= len(stages):
			units[i] = strconv.Itoa(i + 1)
		default:
			units[i] = stages[s].unitLabel(i)
			strata[i] = stages[s].Strata.labelAt(i)
			if stages[s].FPC != nil {
				fpc[i] = stages[s].FPC[i]
			}
			if stages[s].Inclusion != nil {
				pi[i] = stages[s].Inclusion[i]
			}
		}
		if j == 0 && by > 0 {
			units[i] = path[i] + "/" + units[i]
			strata[i] = strings.TrimSuffix(path[i]+"/"+strata[i], "/")
		}
		if strata[i] == "" {
			strata[i] = "all"
		}
	}
	out := Stage{Units: NewFactor(units), Strata: NewFactor(strata), FPC: fpc}
	if pps {
		out.Inclusion = pi
	}
	return out
}

func (f Factor) labelAt(row int) string {
	if f.Codes == nil {
		return ""
	}
	return f.Label(f.Codes[row])
}

func (s Stage) unitLabel(row int) string {
	if s.Units.Codes == nil {
		return strconv.Itoa(row + 1)
	}
	return s.Units.labelAt(row)
}
