package svy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Quantile gives a quantile of a column over a domain in the whole sample and in each replicate. It sorts the answers
// once and goes through them once a replicate. A jackknife does not suit quantiles: it is refused.
func (p *Replicates) Quantile(c *Cells, col Column, rule QuantileRule, prob float64, domain int) (Replicated, error) {
	switch {
	case c.design != p.design:
		return Replicated{}, errors.New("svy: the cells were made with another design than the replicates")
	case col.Len() != c.design.Rows():
		return Replicated{}, fmt.Errorf("svy: column %q has %d rows, the design %d", col.Name, col.Len(), c.design.Rows())
	case p.method == jknMethod:
		return Replicated{}, errors.New("svy: the jackknife is inconsistent for quantiles; take a bootstrap or balanced replicates")
	}
	type answer struct {
		y, w     float64
		psu, row int
	}
	var all []answer
	c.eachRow(domain, func(cell, row int) {
		if y := col.At(row); !math.IsNaN(y) {
			all = append(all, answer{y, c.design.weights[row], c.design.PSU(int(c.unit[cell])), row})
		}
	})
	slices.SortStableFunc(all, func(a, b answer) int { return cmp.Compare(a.y, b.y) })
	quantile := func(factor func(psu, row int) float64) float64 {
		d := distribution{y: make([]float64, 0, len(all)), w: make([]float64, 0, len(all))}
		for _, a := range all {
			if w := a.w * factor(a.psu, a.row); w != 0 {
				d.y, d.w = append(d.y, a.y), append(d.w, w)
			}
		}
		d.sum()
		return d.quantile(rule, prob)
	}
	out := Replicated{Value: quantile(func(int, int) float64 { return 1 }), R: make([]float64, p.n)}
	each(p.n, c.design.workers, func(r int) {
		out.R[r] = quantile(func(psu, row int) float64 { return p.Factor(psu, r) * p.ratioOf(row, r) })
	})
	return out, nil
}
