package svy

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// leaf is a leaf from 0 … 1 to a scale.
func leaf(code string, item int, lo, hi float64) IndexNode {
	return IndexNode{Code: code, Item: item, Posts: [2]float64{0, 1}, Scale: [2]float64{lo, hi}}
}

// identity gives estimates whose scores are unit vectors, so that scores of nodes are derivatives.
func identity(values ...float64) []Linear {
	items := make([]Linear, len(values))
	for i, v := range values {
		items[i] = Linear{Value: v, N: 100 + i, SumW: 1, Unit: []int32{int32(i)}, Z: []float64{1}}
	}
	return items
}

// derivative of a score on an item, from scores made by identity.
func derivative(s IndexScore, item int) float64 {
	if k, ok := slices.BinarySearch(s.Unit, int32(item)); ok {
		return s.Z[k]
	}
	return 0
}

func close12(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-12*max(1, math.Abs(a), math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

// TestIndexByHand computes each aggregation, with and without a missing part, against numbers worked out by hand.
func TestIndexByHand(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		node   IndexNode
		values []float64
		want   float64
		deriv  []float64
		share  float64
	}{
		{"mean", IndexNode{Scale: [2]float64{1, 10}}, []float64{0.5, 0.75}, 6.625, []float64{4.5, 4.5}, 1},
		{"weighted mean", IndexNode{Scale: [2]float64{1, 10}, Weights: []float64{3, 1}}, []float64{0.5, 0.75}, 6.0625, []float64{6.75, 2.25}, 1},
		{"mean of what is there", IndexNode{Scale: [2]float64{1, 10}, Weights: []float64{3, 1}, Least: 1}, []float64{nan, 0.75}, 7.75, []float64{0, 9}, 0.25},
		{"too little", IndexNode{Scale: [2]float64{1, 10}}, []float64{nan, 0.75}, nan, nil, 0},
		{"weightless part", IndexNode{Scale: [2]float64{1, 10}, Weights: []float64{0, 1}}, []float64{nan, 0.75}, 7.75, []float64{0, 9}, 1},
		{"sum", IndexNode{Scale: [2]float64{2, 20}, Method: Sum}, []float64{0.5, 0.75}, 13.25, []float64{9, 9}, 1},
		{"sum of what is there", IndexNode{Scale: [2]float64{2, 20}, Method: Sum, Least: 1}, []float64{0.5, nan}, 11, []float64{18, 0}, 0.5},
		{"geometric", IndexNode{Scale: [2]float64{1, 10}, Method: Geometric}, []float64{1. / 9, 7. / 9}, 4, []float64{9, 2.25}, 1}, // √(2·8)
		{"geometric of nothing good", IndexNode{Scale: [2]float64{1, 10}, Method: Geometric}, []float64{-1. / 9, 0.5}, nan, nil, 0},
		{"rescaled", IndexNode{Scale: [2]float64{0, 100}, Rescale: true}, []float64{0.5, 0.75}, 62.5, []float64{50, 50}, 1},
	} {
		c.node.Parts = []int{1, 2}
		x, err := NewIndex([]IndexNode{c.node, leaf("a", 0, 1, 10), leaf("b", 1, 1, 10)})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := must(x.Compute(identity(c.values...)))[0]
		if !close12(got.Value, c.want) || !close12(got.Share, c.share) {
			t.Errorf("%s: score %g of share %g, want %g of %g", c.name, got.Value, got.Share, c.want, c.share)
		}
		for i, d := range c.deriv {
			if !close12(derivative(got, i), d) {
				t.Errorf("%s: derivative on item %d is %g, want %g", c.name, i, derivative(got, i), d)
			}
		}
	}
}

func TestIndexLessIsBetter(t *testing.T) {
	x := must(NewIndex([]IndexNode{{Posts: [2]float64{400, 0}, Scale: [2]float64{0.25, 2.5}}}))
	got := must(x.Compute(identity(100)))[0]
	if !close12(got.Value, 0.25+2.25*0.75) || !close12(derivative(got, 0), -2.25/400) {
		t.Errorf("100 of 400 … 0 scores %g, derivative %g", got.Value, derivative(got, 0))
	}
}

// tree draws an index of three levels over n items.
func tree(t *rapid.T) (*Index, int) {
	n := rapid.IntRange(1, 8).Draw(t, "items")
	groups := min(n, rapid.IntRange(1, 3).Draw(t, "groups"))
	draw := func(code string, method Aggregation) IndexNode {
		lo := float64(rapid.IntRange(1, 5).Draw(t, "worst"))
		return IndexNode{Code: code, Method: method, Scale: [2]float64{lo, lo + float64(rapid.IntRange(1, 9).Draw(t, "length"))}, Rescale: rapid.Bool().Draw(t, "rescale")}
	}
	method := func() Aggregation { return Aggregation(rapid.IntRange(0, 2).Draw(t, "method")) }
	nodes := []IndexNode{draw("root", method())}
	for g := range groups {
		nodes[0].Parts = append(nodes[0].Parts, 1+g)
		nodes = append(nodes, draw("group", method()))
	}
	for i := range n {
		g := &nodes[1+i%groups]
		g.Parts = append(g.Parts, len(nodes))
		g.Weights = append(g.Weights, float64(rapid.IntRange(1, 5).Draw(t, "weight")))
		g.Least = 1
		l := draw("item", Mean)
		l.Item, l.Posts = i, [2]float64{0, 1}
		nodes = append(nodes, l)
	}
	x, err := NewIndex(nodes)
	if err != nil {
		t.Fatal(err)
	}
	return x, n
}

// TestIndexDerivatives holds the scores to the slope of the value, and the value to the affine answer: a point that
// stands at the same share of every item's scale stands there in every node that averages.
func TestIndexDerivatives(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x, n := tree(rt)
		values := make([]float64, n)
		missing := rapid.IntRange(0, 2*n).Draw(rt, "missing")
		for i := range values {
			values[i] = rapid.Float64Range(0.1, 0.9).Draw(rt, "value")
		}
		if missing < n && n > 3 {
			values[missing] = math.NaN()
		}
		at := func(i int, h float64) float64 {
			moved := append([]float64(nil), values...)
			moved[i] += h
			return must(x.Compute(identity(moved...)))[0].Value
		}
		root := must(x.Compute(identity(values...)))[0]
		if math.IsNaN(root.Value) {
			return // a group without any item under a root that wants all
		}
		for i := range values {
			if math.IsNaN(values[i]) {
				if derivative(root, i) != 0 || root.Share >= 1 {
					rt.Errorf("missing item %d has derivative %g, share %g", i, derivative(root, i), root.Share)
				}
				continue
			}
			const h = 1e-5
			if slope := (at(i, h) - at(i, -h)) / (2 * h); math.Abs(slope-derivative(root, i)) > 1e-6*max(1, math.Abs(slope)) {
				rt.Errorf("the derivative on item %d is %g, the slope %g", i, derivative(root, i), slope)
			}
		}
	})
}

// TestIndexScaleEnds: items all at their worst give the worst score of every node that is on the scale of its parts,
// items all at their best the best, whatever is missing.
func TestIndexScaleEnds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		nodes := []IndexNode{{Parts: []int{1, 2, 3}, Method: Aggregation(rapid.IntRange(0, 2).Draw(rt, "method")), Least: 1}}
		for i := range 3 {
			lo := float64(rapid.IntRange(1, 3).Draw(rt, "worst"))
			nodes = append(nodes, leaf("part", i, lo, lo+float64(rapid.IntRange(1, 4).Draw(rt, "length"))))
		}
		if nodes[0].Method == Sum {
			for _, p := range nodes[1:] {
				nodes[0].Scale[0] += p.Scale[0]
				nodes[0].Scale[1] += p.Scale[1]
			}
		} else {
			nodes[0].Scale, nodes[0].Rescale = [2]float64{2, 7}, true
		}
		x := must(NewIndex(nodes))
		for end, v := range []float64{0, 1} {
			items := identity(v, v, v)
			for i := range rapid.IntRange(0, 2).Draw(rt, "missing") {
				items[i].Value = math.NaN()
			}
			if got := must(x.Compute(items))[0].Value; !close12(got, nodes[0].Scale[end]) {
				rt.Errorf("all items at end %d score %g on the scale %v", end, got, nodes[0].Scale)
			}
		}
	})
}

func TestIndexRefusals(t *testing.T) {
	scale := [2]float64{1, 10}
	a, b := leaf("a", 0, 1, 10), leaf("b", 1, 1, 10)
	for name, nodes := range map[string][]IndexNode{
		"at least one node":   {},
		"has no length":       {leaf("a", 0, 2, 2)},
		"have no distance":    {{Scale: scale}},
		"item -1":             {{Item: -1, Posts: scale, Scale: scale}},
		"does not stand":      {{Scale: scale, Parts: []int{0}}},
		"part of 0 nodes":     {{Scale: scale, Parts: []int{1}}, a, b},
		"part of 2 nodes":     {{Scale: scale, Parts: []int{1, 1}}, a},
		"1 weights":           {{Scale: scale, Parts: []int{1, 2}, Weights: []float64{1}}, a, b},
		"weight -1":           {{Scale: scale, Parts: []int{1, 2}, Weights: []float64{1, -1}}, a, b},
		"weights sum to 0":    {{Scale: scale, Parts: []int{1, 2}, Weights: []float64{0, 0}}, a, b},
		"at least 2 of 1":     {{Scale: scale, Parts: []int{1, 2}, Weights: []float64{0, 1}, Least: 2}, a, b},
		"aggregation 9 is no": {{Scale: scale, Parts: []int{1, 2}, Method: 9}, a, b},
	} {
		if _, err := NewIndex(nodes); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	x := must(NewIndex([]IndexNode{{Scale: scale, Parts: []int{1, 2}}, a, b}))
	if _, err := x.Compute(identity(1)); err == nil {
		t.Error("an item too few passes")
	}
}
