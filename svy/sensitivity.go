package svy

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Normalisation is the way from an item's estimates to scores on a leaf's scale.
type Normalisation uint8

// The normalisations. All but FixedPosts tie a unit's score to the other units.
const (
	FixedPosts    Normalisation = iota // the goalposts of the index
	ObservedRange                      // from the least to the largest estimate over the units
	ZScore                             // from three standard deviations below the mean over the units to three above
	Percentile                         // the share of the units below, ties half
)

// Source is a source of uncertainty of an index.
type Source uint8

// The sources.
const (
	WeightSource Source = iota
	AggregationSource
	NormalisationSource
	SamplingSource
	sources
)

var sourceNames = [...]string{"weights", "aggregation", "normalisation", "sampling error"}

// String gives the source's name.
func (s Source) String() string { return sourceNames[s] }

// Sensitivity asks how far the ranks of an index hang on choices that could have been made otherwise, and how far on
// the sample. Sources that are not given do not vary. Ranks are those of the root, 1 for the largest; equal scores
// share the better rank, and units without a score (a geometric mean of a part that is not positive, a missing item)
// come after the others.
type Sensitivity struct {
	Index  *Index
	Values [][]float64 // by unit, then item; NaN is missing

	// Weights: of the parts of these nodes, each is multiplied by a factor drawn evenly from 1 ± WeightSpread and then
	// all by one that keeps their sum. WeightSpread is between 0 (no variation) and 1; with AnyWeights the weights are
	// drawn evenly from all that have the sum, whatever their own (a flat Dirichlet distribution). Nil: the root.
	WeightNodes  []int
	WeightSpread float64
	AnyWeights   bool
	// Aggregations are drawn evenly for these nodes, one for all. Nil nodes: the root.
	Aggregations     []Aggregation
	AggregationNodes []int
	// Normalisations are drawn evenly, one for all items.
	Normalisations []Normalisation
	// Errors holds the covariance of the items of each unit; errors are normal, with a t margin where DF (by unit; nil,
	// 0 or +Inf = normal) says so. Units are taken as independent, as provinces of a sample stratified by them are.
	Errors []Covariance
	DF     []float64

	Draws   int // of Ranks; 0 = DefaultDraws. Runs of Sobol: 0 = 1,000
	Seed    uint64
	Workers int
}

// RankSpread is where a unit stood over the draws.
type RankSpread struct {
	Rank   int       // by the index and the estimates as they are
	Shares []float64 // share of the draws at each rank, from 1
	Mean   float64
	Lo, Hi int // the ranks that hold it in 90 % of the draws, 5 % on either side
}

// First is the share of the draws in which the unit is first: with weights as the only source, "first under x % of
// sensible weights".
func (r RankSpread) First() float64 { return r.Shares[0] }

// Sources lists the sources that vary.
func (s Sensitivity) Sources() []Source {
	var out []Source
	for source, on := range []bool{s.WeightSpread > 0 || s.AnyWeights, len(s.Aggregations) > 1, len(s.Normalisations) > 1, s.Errors != nil} {
		if on {
			out = append(out, Source(source))
		}
	}
	return out
}

// Ranks draws all sources that vary and counts where each unit stands.
func (s Sensitivity) Ranks() ([]RankSpread, error) {
	t, err := s.trial()
	if err != nil {
		return nil, err
	}
	draws := s.Draws
	if draws == 0 {
		draws = DefaultDraws
	}
	n := len(s.Values)
	if draws < 1 || draws > MaxDraws {
		return nil, fmt.Errorf("svy: Draws is %d, not between 1 and %d", draws, MaxDraws)
	}
	ranks := make([]uint16, draws*n)
	errs := make([]error, draws)
	each(draws, s.Workers, func(i int) {
		var seeds [sources]uint64
		for k := range seeds {
			seeds[k] = mix(s.Seed, uint64(i), uint64(k))
		}
		r, err := t.ranks(seeds)
		if errs[i] = err; err != nil {
			return
		}
		for u, v := range r {
			ranks[i*n+u] = uint16(v)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out := make([]RankSpread, n)
	for u := range out {
		shares := make([]float64, n)
		for i := range draws {
			shares[ranks[i*n+u]-1] += 1 / float64(draws)
		}
		out[u] = RankSpread{Rank: t.point[u], Shares: shares}
		out[u].summarise()
	}
	return out, nil
}

func (r *RankSpread) summarise() {
	below := 0.0
	for i, share := range r.Shares {
		r.Mean += share * float64(i+1)
		if below += share; r.Lo == 0 && below > 0.05 {
			r.Lo = i + 1
		}
		if r.Hi == 0 && below >= 0.95-1e-12 {
			r.Hi = i + 1
		}
	}
}

// Sobol shares the variance of every unit's rank out over the sources that vary, in the order of Sources. The last
// output, after the units', is the mean shift of all ranks from those of the index as it is (Saisana, Saltelli &
// Tarantola 2005, Journal of the Royal Statistical Society A 168:307).
func (s Sensitivity) Sobol() (*SobolIndices, error) {
	t, err := s.trial()
	if err != nil {
		return nil, err
	}
	varying := s.Sources()
	if len(varying) == 0 {
		return nil, errors.New("svy: nothing varies: give weights, aggregations, normalisations or errors")
	}
	runs := s.Draws
	if runs == 0 {
		runs = 1000
	}
	n := len(s.Values)
	return Sobol{Inputs: len(varying), Outputs: n + 1, Runs: runs, Seed: s.Seed, Workers: s.Workers,
		Model: func(inputs []uint64, out []float64) error {
			var seeds [sources]uint64
			for i, source := range varying {
				seeds[source] = inputs[i]
			}
			ranks, err := t.ranks(seeds)
			if err != nil {
				return err
			}
			out[n] = 0
			for u, r := range ranks {
				out[u] = float64(r)
				out[n] += math.Abs(float64(r-t.point[u])) / float64(n)
			}
			return nil
		}}.Indices()
}

// Removal is what the ranks would be without a node.
type Removal struct {
	Node      int
	Ranks     []int
	MeanShift float64 // mean distance from the ranks with it
}

// RemoveOne takes each node but the root out of the index in turn, the others keeping their weights. Nodes of weight
// 0 and the only parts of a node cannot be missed and are left out.
func (s Sensitivity) RemoveOne() ([]Removal, error) {
	t, err := s.trial()
	if err != nil {
		return nil, err
	}
	var out []Removal
	for whole := range s.Index.nodes {
		n := &s.Index.nodes[whole]
		for j, p := range n.Parts {
			nodes := s.Index.Nodes()
			w := nodeWeights(n)
			if w[j] == 0 {
				continue
			}
			if w[j] = 0; slices.Max(w) == 0 {
				continue
			}
			nodes[whole].Weights, nodes[whole].Least = w, max(0, n.Least-1)
			x, err := NewIndex(nodes)
			if err != nil {
				return nil, err
			}
			ranks, err := rootRanks(x, s.Values)
			if err != nil {
				return nil, err
			}
			r := Removal{Node: p, Ranks: ranks}
			for u, rank := range ranks {
				r.MeanShift += math.Abs(float64(rank-t.point[u])) / float64(len(ranks))
			}
			out = append(out, r)
		}
	}
	return out, nil
}

func nodeWeights(n *IndexNode) []float64 {
	w := make([]float64, len(n.Parts))
	for j := range w {
		w[j] = n.weight(j)
	}
	return w
}

// sensitivityTrial is a Sensitivity ready to draw.
type sensitivityTrial struct {
	Sensitivity
	factors [][]float64 // Cholesky factor of each unit's errors
	point   []int       // ranks as they are
}

func (s Sensitivity) trial() (*sensitivityTrial, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	t := &sensitivityTrial{Sensitivity: s, factors: make([][]float64, len(s.Errors))}
	if s.WeightNodes == nil {
		t.WeightNodes = []int{0}
	}
	if s.AggregationNodes == nil {
		t.AggregationNodes = []int{0}
	}
	errs := make([]error, len(s.Errors))
	each(len(s.Errors), s.Workers, func(u int) {
		t.factors[u], errs[u] = s.Errors[u].factor()
	})
	for u, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("unit %d: %w", u, err)
		}
	}
	var err error
	t.point, err = rootRanks(s.Index, s.Values)
	return t, err
}

func (s Sensitivity) check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("svy: sensitivity: "+format, args...))
	}
	if s.Index == nil || len(s.Values) == 0 || len(s.Values) > math.MaxUint16 {
		return fmt.Errorf("svy: sensitivity: an index and at least one unit, not %d", len(s.Values))
	}
	for u, v := range s.Values {
		if len(v) < s.Index.items {
			bad("unit %d has %d items, the index takes %d", u, len(v), s.Index.items)
		}
	}
	if !(s.WeightSpread >= 0 && s.WeightSpread <= 1) {
		bad("the spread of weights is %g, not between 0 and 1", s.WeightSpread)
	}
	for _, node := range slices.Concat(s.WeightNodes, s.AggregationNodes) {
		if node < 0 || node >= s.Index.Len() || len(s.Index.nodes[node].Parts) == 0 {
			bad("node %d has no parts", node)
		}
	}
	if s.Errors != nil && len(s.Errors) != len(s.Values) || s.DF != nil && len(s.DF) != len(s.Values) {
		bad("%d units, %d covariances, %d degrees of freedom", len(s.Values), len(s.Errors), len(s.DF))
		return errors.Join(errs...)
	}
	for u := range s.Errors {
		if s.Errors[u].Len() != len(s.Values[u]) {
			bad("unit %d has %d items and a covariance of %d", u, len(s.Values[u]), s.Errors[u].Len())
		}
	}
	return errors.Join(errs...)
}

// ranks gives the ranks under one draw of the sources that vary.
func (t *sensitivityTrial) ranks(seeds [sources]uint64) ([]int, error) {
	nodes, values := t.Index.Nodes(), t.Values
	stream := func(s Source) *rand.Rand { return rand.New(rand.NewPCG(seeds[s], uint64(s))) }
	for _, source := range t.Sources() {
		rng := stream(source)
		switch source {
		case WeightSource:
			for _, at := range t.WeightNodes {
				nodes[at].Weights = t.drawWeights(&nodes[at], rng)
			}
		case AggregationSource:
			method := t.Aggregations[rng.IntN(len(t.Aggregations))]
			for _, at := range t.AggregationNodes {
				nodes[at].Method = method
			}
		}
	}
	if t.Errors != nil {
		values = t.drawErrors(stream(SamplingSource))
	}
	if len(t.Normalisations) > 0 {
		how := t.Normalisations[stream(NormalisationSource).IntN(len(t.Normalisations))]
		values = normalise(nodes, values, how)
	}
	x, err := NewIndex(nodes)
	if err != nil {
		return nil, err
	}
	return rootRanks(x, values)
}

// drawWeights draws the weights of a node's parts with the sum they have. Parts of weight 0 keep it.
func (t *sensitivityTrial) drawWeights(n *IndexNode, rng *rand.Rand) []float64 {
	w := nodeWeights(n)
	before, after := 0.0, 0.0
	for j, own := range w {
		before += own
		if own > 0 && t.AnyWeights {
			w[j] = rng.ExpFloat64()
		} else if own > 0 {
			w[j] = own * (1 + t.WeightSpread*(2*rng.Float64()-1))
		}
		after += w[j]
	}
	for j := range w {
		w[j] *= before / after
	}
	return w
}

// drawErrors adds sampling errors to the estimates of all units.
func (t *sensitivityTrial) drawErrors(rng *rand.Rand) [][]float64 {
	out := make([][]float64, len(t.Values))
	for u, v := range t.Values {
		n := len(v)
		normal := make([]float64, n)
		for j := range normal {
			normal[j] = rng.NormFloat64()
		}
		scale := 1.0
		if t.DF != nil && t.DF[u] > 0 && !math.IsInf(t.DF[u], 1) {
			scale = 1 / math.Sqrt(distuv.ChiSquared{K: t.DF[u], Src: rng}.Rand()/t.DF[u])
		}
		out[u] = make([]float64, n)
		for j := range n {
			out[u][j] = v[j] + scale*dot(t.factors[u][j*n:j*n+j+1], normal[:j+1])
		}
	}
	return out
}

// normalise puts the goalposts of every leaf where the estimates of all units have them. An item without variation
// keeps its own.
func normalise(nodes []IndexNode, values [][]float64, how Normalisation) [][]float64 {
	if how == FixedPosts {
		return values
	}
	out := make([][]float64, len(values))
	for u := range out {
		out[u] = slices.Clone(values[u])
	}
	for i := range nodes {
		n := &nodes[i]
		if len(n.Parts) > 0 {
			continue
		}
		var all []float64
		for _, v := range values {
			if x := v[n.Item]; x == x {
				all = append(all, x)
			}
		}
		if len(all) < 2 || slices.Min(all) == slices.Max(all) {
			continue
		}
		slices.Sort(all)
		low, high := all[0], all[len(all)-1]
		switch how {
		case ZScore:
			mean, sd := 0.0, standardDeviation(all)
			for _, x := range all {
				mean += x / float64(len(all))
			}
			low, high = mean-3*sd, mean+3*sd
		case Percentile:
			for u, v := range values {
				out[u][n.Item] = percentile(all, v[n.Item])
			}
			low, high = 0, 1
		}
		if n.Posts[0] > n.Posts[1] { // less is better
			low, high = high, low
		}
		n.Posts = [2]float64{low, high}
	}
	return out
}

// percentile is the share of sorted values below x, ties half; NaN stays.
func percentile(sorted []float64, x float64) float64 {
	if x != x {
		return x
	}
	below, _ := slices.BinarySearch(sorted, x)
	upTo, _ := slices.BinarySearch(sorted, math.Nextafter(x, math.Inf(1)))
	return float64(below+upTo) / 2 / float64(len(sorted))
}

// rootRanks ranks the units by the score of the root.
func rootRanks(x *Index, values [][]float64) ([]int, error) {
	scores := make([]float64, len(values))
	var room []float64
	for u, v := range values {
		var err error
		if room, err = x.Values(v, room); err != nil {
			return nil, err
		}
		if scores[u] = room[0]; math.IsNaN(room[0]) {
			scores[u] = math.Inf(-1)
		}
	}
	sorted := slices.Clone(scores)
	slices.Sort(sorted)
	ranks := make([]int, len(scores))
	for u, v := range scores {
		above, _ := slices.BinarySearch(sorted, math.Nextafter(v, math.Inf(1)))
		ranks[u] = len(sorted) - above + 1
	}
	return ranks, nil
}
