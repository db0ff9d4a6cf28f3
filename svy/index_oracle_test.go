package svy_test

import (
	"fmt"
	"math"
	"testing"

	"thuoc/svy"
)

// oracleIndex is the index of the oracle's README: 8 dimensions of 14 items in 4 sub-dimensions of 4, 4, 3 and 3.
func oracleIndex(t testing.TB) *svy.Index {
	t.Helper()
	ten := [2]float64{1, 10}
	nodes := []svy.IndexNode{{Code: "index", Scale: [2]float64{8, 80}, Method: svy.Sum}}
	add := func(parent int, n svy.IndexNode) int {
		nodes[parent].Parts = append(nodes[parent].Parts, len(nodes))
		nodes = append(nodes, n)
		return len(nodes) - 1
	}
	j := 0
	for dim := 1; dim <= 8; dim++ {
		d := add(0, svy.IndexNode{Code: fmt.Sprintf("dim%d", dim), Scale: ten})
		for sub, items := range []int{4, 4, 3, 3} {
			s := add(d, svy.IndexNode{Code: fmt.Sprintf("%d.%d", dim, sub+1), Scale: ten})
			for range items {
				j++
				posts := [2]float64{0, 1}
				switch {
				case j > 100:
					posts[1] = 10
				case j > 50:
					posts = [2]float64{1, float64(3 + (j-1)%3)}
				}
				add(s, svy.IndexNode{Code: item(j), Item: j - 1, Posts: posts, Scale: ten})
			}
		}
	}
	x, err := svy.NewIndex(nodes)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// stack puts the rows of two years under each other.
func stack(a, b survey) survey {
	return survey{rows: append(append([][]string(nil), a.rows...), b.rows...), column: a.column}
}

// scored computes an index in every domain of sums; the inner map is by code.
func scored(t testing.TB, x *svy.Index, sums *svy.Sums) map[string]map[string]svy.IndexScore {
	t.Helper()
	domains, err := x.Domains(sums, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]svy.IndexScore{}
	for d, label := range sums.Cells().Domains() {
		out[label] = map[string]svy.IndexScore{}
		for i, s := range domains[d] {
			out[label][x.Node(i).Code] = s
		}
	}
	return out
}

// TestOracleIndex meets R's index of the synthetic survey: values, errors and covariances at every level, and their
// change between the years through the shared PSUs.
func TestOracleIndex(t *testing.T) {
	x := oracleIndex(t)
	y1, y2 := loadSurvey(t, "papi_S_y1.csv"), loadSurvey(t, "papi_S_y2.csv")
	both := stack(y1, y2)
	design := newDesign(t, both.spec(svy.LonelyAdjust))
	sums := scan(t, design, both.factor("year").Cross(both.factor("prov"), "/"), both.items()[:112]...)
	cells, scores := sums.Cells(), scored(t, x, sums)
	domainOf := func(label string) int { return domain(t, sums, label) }
	k := newTally(t)
	family := map[string][]float64{} // the 63 provinces of an item
	for _, a := range answers(t, "S_index_diff.csv") {
		place := a["item"] + " in " + a["prov"]
		now, before := scores["2/"+a["prov"]][a["item"]].Linear, scores["1/"+a["prov"]][a["item"]].Linear
		change := design.Difference(now, before, cells.DF(domainOf("2/"+a["prov"]), domainOf("1/"+a["prov"])), svy.Method{})
		k.near("change", place, change.Value, a["est"], 1e-9) // a difference: its parts agree to 1e-12
		k.near("change se", place, change.SE, a["se"], 1e-9)
		k.near("change df", place, change.DF, a["df"], 0)
		k.near("p", place, change.P, a["p"], 1e-9)
		apart := math.Sqrt(design.Var(now) + design.Var(before))
		k.near("se of independent years", place, apart, a["se_no_cov"], 1e-9)
		family[a["item"]] = append(family[a["item"]], change.P)
	}
	for name, p := range family {
		family[name] = svy.BenjaminiHochberg(p)
	}
	for _, a := range answers(t, "S_index_diff.csv") {
		rest := family[a["item"]]
		k.near("adjusted p", a["item"]+" in "+a["prov"], rest[0], a["p_bh"], 1e-9)
		family[a["item"]] = rest[1:]
	}

	design = newDesign(t, y1.spec(svy.LonelyAdjust))
	sums = scan(t, design, y1.factor("prov"), y1.items()[:112]...)
	scores = scored(t, x, sums)
	for _, a := range answers(t, "S_index.csv") {
		s := scores[a["prov"]][a["item"]]
		place := a["item"] + " in " + a["prov"]
		k.near("est", place, s.Value, a["est"], 1e-12)
		k.near("se", place, design.SE(s.Linear), a["se"], 1e-9)
		k.near("df", place, sums.Cells().DF(domain(t, sums, a["prov"])), a["df"], 0)
		if s.Share != 1 {
			t.Errorf("%s rests on a share of %g of its items", place, s.Share)
		}
	}
	for _, a := range answers(t, "S_index_cov.csv") {
		p := scores[a["prov"]]
		k.near("cov", a["a"]+", "+a["b"]+" in "+a["prov"], design.Cov(p[a["a"]].Linear, p[a["b"]].Linear), a["cov"], 1e-9)
	}
}

// TestIndexAgainstItemSum: the error of an index is not the sum of its items' variances; R's figure for that sum is
// met too, so that the comparison is of like with like.
func TestIndexAgainstItemSum(t *testing.T) {
	x := oracleIndex(t)
	y1 := loadSurvey(t, "papi_S_y1.csv")
	design := newDesign(t, y1.spec(svy.LonelyAdjust))
	sums := scan(t, design, y1.factor("prov"), y1.items()[:112]...)
	k := newTally(t)
	for _, a := range answers(t, "S_index.csv") {
		d, v := domain(t, sums, a["prov"]), 0.0
		items := make([]svy.Linear, sums.Vars())
		for j := range items { // unit vectors: the scores are derivatives
			items[j] = svy.Linear{Unit: []int32{int32(j)}, Z: []float64{1}}
		}
		derivatives, err := x.Compute(items)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range derivatives {
			if x.Node(i).Code != a["item"] {
				continue
			}
			for at, j := range s.Unit {
				v += s.Z[at] * s.Z[at] * design.Var(sums.Mean(int(j), d))
			}
		}
		k.near("se if added", a["item"]+" in "+a["prov"], math.Sqrt(v), a["se_if_added"], 1e-9)
	}
}

// BenchmarkIndex goes from the sums of two years to the index of 63 provinces at every level with errors, the
// covariances of the provinces' indices, and the tests of their changes under one false discovery rate. Bound: 20 ms on
// 2 cores.
func BenchmarkIndex(b *testing.B) {
	x := oracleIndex(b)
	both := stack(loadSurvey(b, "papi_S_y1.csv"), loadSurvey(b, "papi_S_y2.csv"))
	design := newDesign(b, both.spec(svy.LonelyAdjust))
	sums := scan(b, design, both.factor("year").Cross(both.factor("prov"), "/"), both.items()[:112]...)
	for b.Loop() {
		domains, err := x.Domains(sums, nil)
		if err != nil {
			b.Fatal(err)
		}
		year := map[bool][]svy.Linear{}
		for d, label := range sums.Cells().Domains() {
			for _, s := range domains[d] {
				design.SE(s.Linear)
			}
			year[label[0] == '1'] = append(year[label[0] == '1'], domains[d][0].Linear)
		}
		design.Covariances(year[true])
		p := make([]float64, len(year[true]))
		for i, last := range year[true] {
			p[i] = design.Difference(year[false][i], last, 300, svy.Method{}).P
		}
		svy.BenjaminiHochberg(p)
	}
}

// BenchmarkWhatIf scores 63 provinces under 10,000 sets of weights of the eight dimensions. Bound: 1 s on 2 cores.
func BenchmarkWhatIf(b *testing.B) {
	x := oracleIndex(b)
	nodes, provinces := x.Nodes(), make([][]float64, 63)
	for p := range provinces {
		provinces[p] = make([]float64, 112)
		for j := range provinces[p] {
			provinces[p][j] = float64((p*j)%10) / 10
		}
	}
	out := make([]float64, len(nodes))
	for b.Loop() {
		for k := range 10_000 {
			nodes[0].Weights = []float64{1, 1, 1, 1, 1, 1, 1, 1 + float64(k)/10_000}
			y, err := svy.NewIndex(nodes)
			if err != nil {
				b.Fatal(err)
			}
			for _, items := range provinces {
				if _, err := y.Values(items, out); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
