package svy

import (
	"errors"
	"fmt"
	"math"
)

// IndexScore is the score of a node. N and SumW are those of the part with the fewest answers.
type IndexScore struct {
	Linear
	// Share of the node's weight that rests on estimates: 1 = all of it. Below 1 parts were missing and the others
	// stand for them: in a Mean or Geometric by their weights; in a Sum by their position between worst and best,
	// which the missing parts are given. 0 where there is no score.
	Share float64
}

// Values scores every node from the estimates alone, by item, without errors: for what-if questions by the ten
// thousand. NaN is a missing item or no score. It fills and returns out, or a new slice where out is too short.
func (x *Index) Values(items, out []float64) ([]float64, error) {
	if len(items) < x.items {
		return nil, fmt.Errorf("svy: the index takes %d items, not %d", x.items, len(items))
	}
	if len(out) < len(x.nodes) {
		out = make([]float64, len(x.nodes))
	}
	out = out[:len(x.nodes)]
	for i := range out {
		out[i] = x.plan[i].constant
	}
	for i := len(out) - 1; i >= 0; i-- { // parts stand behind their node
		n, step := &x.nodes[i], &x.plan[i]
		switch {
		case len(n.Parts) == 0:
			out[i] += step.slope * items[n.Item]
		case n.Method == Geometric || math.IsNaN(out[i]): // something is missing, or only seems to for want of weight
			t := x.sums(n, out)
			out[i] = n.value(&t)
		}
		if i > 0 {
			out[step.whole] += step.coefficient * out[i]
		}
	}
	return out, nil
}

// Compute scores every node for one domain from the domain's estimates, by item; the result is in the order of the
// nodes, whose Linears share one list of units. An item without a value is missing (not asked, suppressed). A
// geometric node with a part that is not positive has no score.
//
// With items whose scores are unit vectors (Unit {i}, Z {1}), the scores of the nodes are their derivatives: what one
// more point of an item adds to each node.
func (x *Index) Compute(items []Linear) ([]IndexScore, error) {
	estimates := make([]float64, len(items))
	for j, it := range items {
		estimates[j] = it.Value
	}
	values, err := x.Values(estimates, nil)
	if err != nil {
		return nil, err
	}
	unit, at := unionUnits(items)
	out := make([]IndexScore, len(x.nodes))
	slab := make([]float64, len(x.nodes)*len(unit))
	for i := len(x.nodes) - 1; i >= 0; i-- {
		n, score := &x.nodes[i], &out[i]
		if score.Value = values[i]; math.IsNaN(values[i]) {
			continue
		}
		score.Unit, score.Z = unit, slab[i*len(unit):(i+1)*len(unit):(i+1)*len(unit)]
		if len(n.Parts) > 0 {
			x.spread(n, values, out, score)
			continue
		}
		item := items[n.Item]
		score.N, score.SumW, score.Share = item.N, item.SumW, 1
		for k, u := range item.Unit {
			score.Z[at[u]] = x.plan[i].slope * item.Z[k]
		}
	}
	return out, nil
}

// Domains scores every node in every domain of sums, in their orders: out[domain][node]. Item j is the mean of variable
// j in the domain; edit, when not nil, is called once a domain, from several goroutines, and may change the items
// before they are scored: suppress one (Value = NaN), or put a median in the place of a mean.
func (x *Index) Domains(s *Sums, edit func(domain int, items []Linear)) ([][]IndexScore, error) {
	out := make([][]IndexScore, len(s.cells.of))
	errs := make([]error, len(out))
	each(len(out), s.cells.design.workers, func(d int) {
		items := s.means(d)
		if edit != nil {
			edit(d, items)
		}
		out[d], errs[d] = x.Compute(items)
	})
	return out, errors.Join(errs...)
}

// means gives the means of all variables over a domain, in few allocations.
func (s *Sums) means(domain int) []Linear {
	k := len(s.cells.of[domain])
	unit, z := make([]int32, k*len(s.vars)), make([]float64, k*len(s.vars))
	items := make([]Linear, len(s.vars))
	for v := range items {
		items[v].Unit, items[v].Z = unit[v*k:v*k:(v+1)*k], z[v*k:v*k:(v+1)*k]
		s.mean(v, domain, &items[v])
	}
	return items
}

// unionUnits lists the units that any of the estimates has scores of, ascending, and the place of each unit there.
func unionUnits(items []Linear) (unit, at []int32) {
	top := int32(-1)
	for _, it := range items {
		if k := len(it.Unit); k > 0 && !math.IsNaN(it.Value) {
			top = max(top, it.Unit[k-1])
		}
	}
	at = make([]int32, top+1)
	for _, it := range items {
		if math.IsNaN(it.Value) {
			continue
		}
		for _, u := range it.Unit {
			at[u] = 1
		}
	}
	for u, there := range at {
		if there != 0 {
			at[u] = int32(len(unit))
			unit = append(unit, int32(u))
		}
	}
	return unit, at
}

// indexPart is a part of a node as the aggregation sees it: on the node's scale where the node rescales.
type indexPart struct {
	weight, value float64
	slope         float64 // of value on the part's own score
	low, high     float64 // its scale
}

// part gives part j of a node; false for one without weight.
func (x *Index) part(n *IndexNode, j int, values []float64) (indexPart, bool) {
	at := n.Parts[j]
	own := x.nodes[at].Scale
	p := indexPart{weight: n.weight(j), value: values[at], slope: 1, low: own[0], high: own[1]}
	if n.Rescale {
		slope, shift := x.onto(n, at)
		p.slope, p.value = slope, shift+slope*values[at]
		p.low, p.high = n.Scale[0], n.Scale[1]
	}
	return p, p.weight > 0
}

// partSums are the sums over the parts of a node that have a weight, of all and of those with a value.
type partSums struct {
	parts, there        int
	weight, weightThere float64
	low, lowThere       float64 // Σ a_j worst_j
	length, lengthThere float64 // Σ a_j (best_j − worst_j)
	weighted, weighLog  float64 // over those with a value: Σ a_j s_j, Σ a_j ln s_j (Geometric)
}

func (x *Index) sums(n *IndexNode, values []float64) (t partSums) {
	for j := range n.Parts {
		p, ok := x.part(n, j, values)
		if !ok {
			continue
		}
		t.parts++
		t.weight += p.weight
		t.low += p.weight * p.low
		t.length += p.weight * (p.high - p.low)
		if math.IsNaN(p.value) {
			continue
		}
		t.there++
		t.weightThere += p.weight
		t.lowThere += p.weight * p.low
		t.lengthThere += p.weight * (p.high - p.low)
		t.weighted += p.weight * p.value
		if n.Method == Geometric {
			t.weighLog += p.weight * math.Log(p.value)
		}
	}
	return t
}

// value aggregates; NaN when too few parts are there. A Sum gives missing parts the position of the others between
// worst and best.
func (n *IndexNode) value(t *partSums) float64 {
	switch {
	case t.there < t.parts && (n.Least == 0 || t.there < n.Least):
		return math.NaN()
	case n.Method == Sum && t.there < t.parts:
		return t.low + t.length/t.lengthThere*(t.weighted-t.lowThere)
	case n.Method == Sum:
		return t.weighted
	case n.Method == Geometric && math.IsInf(t.weighLog, -1):
		return math.NaN()
	case n.Method == Geometric:
		return math.Exp(t.weighLog / t.weightThere)
	}
	return t.weighted / t.weightThere
}

// spread fills the rest of a node's score from its parts: their scores by unit, weighted by the value's derivatives.
func (x *Index) spread(n *IndexNode, values []float64, done []IndexScore, score *IndexScore) {
	t := x.sums(n, values)
	for j, at := range n.Parts {
		p, ok := x.part(n, j, values)
		if !ok || math.IsNaN(p.value) {
			continue
		}
		part := &done[at]
		addScaled(score.Z, part.Z, p.slope*n.derivative(&t, p, score.Value))
		score.Share += p.weight / t.weight * part.Share
		if score.SumW == 0 || part.N < score.N {
			score.N, score.SumW = part.N, part.SumW
		}
	}
}

// derivative of the node's value on the value of a part.
func (n *IndexNode) derivative(t *partSums, p indexPart, value float64) float64 {
	switch n.Method {
	case Sum:
		return p.weight * t.length / t.lengthThere
	case Geometric:
		return p.weight / t.weightThere * value / p.value
	}
	return p.weight / t.weightThere
}

// addScaled adds factor × x to sum.
func addScaled(sum, x []float64, factor float64) {
	for i, v := range x {
		sum[i] += factor * v
	}
}
