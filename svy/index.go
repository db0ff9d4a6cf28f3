package svy

import (
	"errors"
	"fmt"
	"math"
)

// Linear is an estimate with its linearised scores: one a sampling unit, such that the design's variance of the
// scores' total is the variance of the estimate. A Value of NaN is no estimate; its Scores do not count.
//
// Scores make errors add up: the scores of a function of estimates are the scores of the estimates weighted by the
// partial derivatives (Woodruff 1971; Binder 1983), and the covariance of two functions is the design's covariance of
// their scores. Adding the variances of the parts instead leaves out that the parts come from the same people.
type Linear struct {
	Value  float64
	Scores []float64
}

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

// IndexScore is the score of a node.
type IndexScore struct {
	Linear
	// Share of the node's weight that rests on estimates: 1 = all of it. Below 1 parts were missing and the others
	// stand for them: in a Mean or Geometric by their weights; in a Sum by their position between worst and best,
	// which the missing parts are given. 0 where there is no score.
	Share float64
}

// Compute scores every node for one unit from the unit's estimates, by item; the result is in the order of the nodes.
// All scores have one length: the units of the design, or those among them that hold the domain. An item without a
// value is missing (not asked, suppressed). A geometric node with a part that is not positive has no score.
//
// With the rows of the identity matrix as the items' scores, the scores of the nodes are their derivatives: what one
// more point of an item adds to each node.
func (x *Index) Compute(items []Linear) ([]IndexScore, error) {
	units := -1
	for i, it := range items {
		switch {
		case math.IsNaN(it.Value):
		case units < 0:
			units = len(it.Scores)
		case units != len(it.Scores):
			return nil, fmt.Errorf("svy: item %d has scores of %d units, others of %d", i, len(it.Scores), units)
		}
	}
	out := make([]IndexScore, len(x.nodes))
	slab := make([]float64, len(x.nodes)*max(0, units))
	for i := len(x.nodes) - 1; i >= 0; i-- { // parts stand behind their node
		n := &x.nodes[i]
		own := slab[i*max(0, units) : (i+1)*max(0, units)]
		switch {
		case len(n.Parts) > 0:
			out[i] = x.aggregate(n, out, own)
		case n.Item >= len(items):
			return nil, fmt.Errorf("svy: index node %q takes item %d of %d", n.Code, n.Item, len(items))
		default:
			out[i] = n.place(items[n.Item], own)
		}
	}
	return out, nil
}

// place takes an estimate from the goalposts of a leaf to its scale.
func (n *IndexNode) place(e Linear, scores []float64) IndexScore {
	if math.IsNaN(e.Value) {
		return IndexScore{Linear: Linear{Value: math.NaN()}}
	}
	slope := (n.Scale[1] - n.Scale[0]) / (n.Posts[1] - n.Posts[0])
	addScaled(scores, e.Scores, slope)
	return IndexScore{Linear{n.Scale[0] + slope*(e.Value-n.Posts[0]), scores}, 1}
}

// indexPart is a part of a node as the aggregation sees it: on the node's scale where the node rescales.
type indexPart struct {
	weight, value  float64
	slope          float64 // of value on the part's own score
	low, high      float64 // its scale
	share          float64
	scores         []float64
	there, matters bool // has a value; has a weight
}

func (x *Index) part(n *IndexNode, j int, done []IndexScore) indexPart {
	at := n.Parts[j]
	own, score := x.nodes[at].Scale, done[at]
	p := indexPart{
		weight: n.weight(j), value: score.Value, slope: 1, low: own[0], high: own[1], share: score.Share, scores: score.Scores,
		there: !math.IsNaN(score.Value), matters: n.weight(j) > 0,
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
	share, weighted, weighLog float64 // over those with a value: Σ a_j share_j, Σ a_j s_j, Σ a_j ln s_j
}

func (t *partSums) add(p indexPart) {
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
	t.share += p.weight * p.share
	t.weighted += p.weight * p.value
	t.weighLog += p.weight * math.Log(p.value)
}

// aggregate makes the score of a node from those of its parts: the value, and the scores of the parts weighted by the
// value's derivatives.
func (x *Index) aggregate(n *IndexNode, done []IndexScore, scores []float64) IndexScore {
	var t partSums
	for j := range n.Parts {
		if p := x.part(n, j, done); p.matters {
			t.add(p)
		}
	}
	least := n.Least
	if least == 0 {
		least = t.parts
	}
	value := math.NaN()
	if t.there >= least {
		value = n.value(&t)
	}
	if math.IsNaN(value) {
		return IndexScore{Linear: Linear{Value: math.NaN()}}
	}
	for j := range n.Parts {
		if p := x.part(n, j, done); p.matters && p.there {
			addScaled(scores, p.scores, p.slope*n.derivative(&t, p, value))
		}
	}
	return IndexScore{Linear{value, scores}, t.share / t.weight}
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
