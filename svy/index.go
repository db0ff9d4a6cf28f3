package svy

import (
	"errors"
	"fmt"
	"math"
	"slices"
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
type Index struct {
	nodes []IndexNode
	items int // one more than the highest item of a leaf
	plan  []indexStep
}

// indexStep is what a node does when nothing is missing: its value is constant + slope × item for a leaf, and for a
// Mean or a Sum constant + Σ of its parts' values, each × the part's coefficient.
type indexStep struct {
	constant, slope float64
	whole           int // the node it is a part of
	coefficient     float64
}

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
	x := &Index{nodes: slices.Clone(nodes), plan: make([]indexStep, len(nodes))}
	for i := range x.nodes {
		x.lay(i)
	}
	return x, nil
}

// lay plans a node.
func (x *Index) lay(i int) {
	n, step := &x.nodes[i], &x.plan[i]
	if len(n.Parts) == 0 {
		x.items = max(x.items, n.Item+1)
		step.slope = (n.Scale[1] - n.Scale[0]) / (n.Posts[1] - n.Posts[0])
		step.constant = n.Scale[0] - step.slope*n.Posts[0]
		return
	}
	total := 1.0
	if n.Method == Mean {
		total = 0
		for j := range n.Parts {
			total += n.weight(j)
		}
	}
	for j, p := range n.Parts {
		slope, shift := x.onto(n, p)
		x.plan[p].whole, x.plan[p].coefficient = i, n.weight(j)/total*slope
		step.constant += n.weight(j) / total * shift
	}
}

// onto gives the way of a part's score to the scale of a node that rescales: shift + slope × score.
func (x *Index) onto(n *IndexNode, part int) (slope, shift float64) {
	if !n.Rescale {
		return 1, 0
	}
	own := x.nodes[part].Scale
	slope = (n.Scale[1] - n.Scale[0]) / (own[1] - own[0])
	return slope, n.Scale[0] - slope*own[0]
}

func (n *IndexNode) check(place, nodes int) error {
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

func (n *IndexNode) weight(part int) float64 {
	if n.Weights == nil {
		return 1
	}
	return n.Weights[part]
}

// Len gives the number of nodes.
func (x *Index) Len() int { return len(x.nodes) }

// Nodes gives a copy of the nodes, to change for a what-if: another weight or aggregation, a part of weight 0.
func (x *Index) Nodes() []IndexNode { return slices.Clone(x.nodes) }

// Node gives the node at a place.
func (x *Index) Node(place int) IndexNode { return x.nodes[place] }
