package svy

import (
	"errors"
	"fmt"
	"math"
)

// Aggregation is the way a node of an index makes one number of its parts s_j with weights a_j.
type Aggregation uint8

// The aggregations.
const (
	Mean      Aggregation = iota // Σ a_j s_j / Σ a_j
	Sum                          // Σ a_j s_j: with parts on scales of their own, the sum of ranges
	Geometric                    // Π s_j^(a_j / Σ a_j), for positive scores
)

// IndexNode is a node of an index. A node without parts is a leaf: it takes an item's estimate from its goalposts to
// its scale. Others aggregate the scores of their parts.
type IndexNode struct {
	Code  string     // names the node in errors
	Scale [2]float64 // worst and best score, worst < best

	Item  int        // of a leaf: the place of its item
	Posts [2]float64 // of a leaf: the estimates that score Scale[0] and Scale[1]; the first is larger where less is better

	Parts   []int       // places of the parts in Index.Nodes
	Weights []float64   // of the parts, ≥ 0; nil = 1 each
	Method  Aggregation // of the parts
	Rescale bool        // take the parts from their scales to the node's first
	Least   int         // the fewest parts of positive weight to make a score of; 0 = all
}

// Index is a tree of nodes that makes one number of many estimates, with an error at every level. The root is
// Nodes[0]; every other node is the part of exactly one node that stands before it.
//
// The error of a score follows from the scores of its items' units, weighted by the derivatives of the aggregation.
// Adding the variances of the items instead leaves out that the same people answered them.
//
// Goalposts are fixed numbers. Goalposts taken from the data would be estimates themselves and tie all units
// together; they need replicates. Estimates beyond their goalposts are not cut, so that scores stay linear.
type Index struct{ nodes []IndexNode }

// NewIndex builds an index. It reports every fault of its nodes at once.
func NewIndex(nodes []IndexNode) (*Index, error) {
	if len(nodes) == 0 {
		return nil, errors.New("svy: an index has at least one node")
	}
	var errs []error
	uses := make([]int, len(nodes))
	for i, n := range nodes {
		errs = append(errs, n.check(i, len(nodes)))
		for _, p := range n.Parts {
			if p > i && p < len(nodes) {
				uses[p]++
			}
		}
	}
	for i, u := range uses {
		if i > 0 && u != 1 {
			errs = append(errs, fmt.Errorf("svy: index node %q is the part of %d nodes, not of one", nodes[i].Code, u))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Index{nodes}, nil
}

func (n IndexNode) check(place, nodes int) error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("svy: index node %q: %s", n.Code, fmt.Sprintf(format, args...)))
	}
	if !(n.Scale[0] < n.Scale[1]) || math.IsInf(n.Scale[1]-n.Scale[0], 1) {
		bad("scale %g … %g has no length", n.Scale[0], n.Scale[1])
	}
	if len(n.Parts) == 0 {
		if d := n.Posts[1] - n.Posts[0]; d == 0 || math.IsNaN(d) || math.IsInf(d, 0) {
			bad("goalposts %g and %g have no distance", n.Posts[0], n.Posts[1])
		}
		if n.Item < 0 {
			bad("item %d", n.Item)
		}
		return errors.Join(errs...)
	}
	for _, p := range n.Parts {
		if p <= place || p >= nodes {
			bad("part %d does not stand behind it among the %d nodes", p, nodes)
		}
	}
	if n.Weights != nil && len(n.Weights) != len(n.Parts) {
		bad("%d weights for %d parts", len(n.Weights), len(n.Parts))
		return errors.Join(errs...)
	}
	if n.Method > Geometric {
		bad("aggregation %d is not one", n.Method)
	}
	sum, positive := 0.0, 0
	for j := range n.Parts {
		w := n.weight(j)
		if !(w >= 0) || math.IsInf(w, 1) {
			bad("weight %g", w)
		} else if w > 0 {
			sum, positive = sum+w, positive+1
		}
	}
	if positive == 0 || math.IsInf(sum, 1) {
		bad("the weights sum to %g", sum)
	}
	if n.Least < 0 || n.Least > positive {
		bad("at least %d of %d parts", n.Least, positive)
	}
	return errors.Join(errs...)
}

func (n IndexNode) weight(part int) float64 {
	if n.Weights == nil {
		return 1
	}
	return n.Weights[part]
}

// Len gives the number of nodes.
func (x *Index) Len() int { return len(x.nodes) }

// Node gives the node at a place.
func (x *Index) Node(place int) IndexNode { return x.nodes[place] }

// IndexScore is the score of a node. N and SumW are those of the part with the fewest answers.
type IndexScore struct {
	Linear
	// Share of the node's weight that rests on estimates: 1 = all of it. Below 1 parts were missing and the others
	// stand for them: in a Mean or Geometric by their weights; in a Sum by their position between worst and best,
	// which the missing parts are given. 0 where there is no score.
	Share float64
}

// Compute scores every node for one domain from the domain's estimates, by item; the result is in the order of the
// nodes, whose Linears share one list of units. An item without a value is missing (not asked, suppressed). A
// geometric node with a part that is not positive has no score.
//
// With items whose scores are unit vectors (Unit {i}, Z {1}), the scores of the nodes are their derivatives: what one
// more point of an item adds to each node.
func (x *Index) Compute(items []Linear) ([]IndexScore, error) {
	unit, at := unionUnits(items)
	out := make([]IndexScore, len(x.nodes))
	slab := make([]float64, len(x.nodes)*len(unit))
	for i := len(x.nodes) - 1; i >= 0; i-- { // parts stand behind their node
		n := &x.nodes[i]
		own := slab[i*len(unit) : (i+1)*len(unit) : (i+1)*len(unit)]
		switch {
		case len(n.Parts) > 0:
			out[i] = x.aggregate(n, out, own)
		case n.Item >= len(items):
			return nil, fmt.Errorf("svy: index node %q takes item %d of %d", n.Code, n.Item, len(items))
		default:
			out[i] = n.place(items[n.Item], own, at)
		}
		if !math.IsNaN(out[i].Value) {
			out[i].Unit, out[i].Z = unit, own
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

// means gives the means of all variables over a domain, in two allocations.
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

// place takes an estimate from the goalposts of a leaf to its scale.
func (n *IndexNode) place(e Linear, z []float64, at []int32) IndexScore {
	if math.IsNaN(e.Value) {
		return IndexScore{Linear: Linear{Value: math.NaN()}}
	}
	slope := (n.Scale[1] - n.Scale[0]) / (n.Posts[1] - n.Posts[0])
	for i, u := range e.Unit {
		z[at[u]] = slope * e.Z[i]
	}
	return IndexScore{Linear{Value: n.Scale[0] + slope*(e.Value-n.Posts[0]), N: e.N, SumW: e.SumW}, 1}
}

// indexPart is a part of a node as the aggregation sees it: on the node's scale where the node rescales.
type indexPart struct {
	weight, value  float64
	slope          float64 // of value on the part's own score
	low, high      float64 // its scale
	there, matters bool    // has a value; has a weight
	score          *IndexScore
}

func (x *Index) part(n *IndexNode, j int, done []IndexScore) indexPart {
	at := n.Parts[j]
	own, score := x.nodes[at].Scale, &done[at]
	p := indexPart{
		weight: n.weight(j), value: score.Value, slope: 1, low: own[0], high: own[1],
		there: !math.IsNaN(score.Value), matters: n.weight(j) > 0, score: score,
	}
	if n.Rescale {
		p.slope = (n.Scale[1] - n.Scale[0]) / (own[1] - own[0])
		p.value = n.Scale[0] + p.slope*(score.Value-own[0])
		p.low, p.high = n.Scale[0], n.Scale[1]
	}
	return p
}

// partSums are the sums over the parts of a node that have a weight, of all and of those with a value.
type partSums struct {
	parts, there              int
	weight, weightThere       float64
	low, lowThere             float64 // Σ a_j worst_j
	length, lengthThere       float64 // Σ a_j (best_j − worst_j)
	share, weighted, weighLog float64 // over those with a value: Σ a_j share_j, Σ a_j s_j, Σ a_j ln s_j (Geometric)
}

func (t *partSums) add(p indexPart, method Aggregation) {
	t.parts++
	t.weight += p.weight
	t.low += p.weight * p.low
	t.length += p.weight * (p.high - p.low)
	if !p.there {
		return
	}
	t.there++
	t.weightThere += p.weight
	t.lowThere += p.weight * p.low
	t.lengthThere += p.weight * (p.high - p.low)
	t.share += p.weight * p.score.Share
	t.weighted += p.weight * p.value
	if method == Geometric {
		t.weighLog += p.weight * math.Log(p.value)
	}
}

// aggregate makes the score of a node from those of its parts: the value, and the parts' scores by unit weighted by
// the value's derivatives.
func (x *Index) aggregate(n *IndexNode, done []IndexScore, z []float64) IndexScore {
	var t partSums
	for j := range n.Parts {
		if p := x.part(n, j, done); p.matters {
			t.add(p, n.Method)
		}
	}
	least := n.Least
	if least == 0 {
		least = t.parts
	}
	out := IndexScore{Linear: Linear{Value: math.NaN()}}
	if t.there >= least {
		out.Value = n.value(&t)
	}
	if math.IsNaN(out.Value) {
		return out
	}
	out.Share = t.share / t.weight
	for j := range n.Parts {
		p := x.part(n, j, done)
		if !p.matters || !p.there {
			continue
		}
		addScaled(z, p.score.Z, p.slope*n.derivative(&t, p, out.Value))
		if out.SumW == 0 || p.score.N < out.N {
			out.N, out.SumW = p.score.N, p.score.SumW
		}
	}
	return out
}

// value aggregates; a Sum gives missing parts the position of the others between worst and best.
func (n *IndexNode) value(t *partSums) float64 {
	switch n.Method {
	case Sum:
		if t.there == t.parts {
			return t.weighted
		}
		return t.low + t.length/t.lengthThere*(t.weighted-t.lowThere)
	case Geometric:
		if math.IsInf(t.weighLog, -1) {
			return math.NaN()
		}
		return math.Exp(t.weighLog / t.weightThere)
	}
	return t.weighted / t.weightThere
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
