package gazetteer

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawStrands makes a lineage in which every former place goes wholly somewhere, to one to three heirs.
func drawStrands(t *rapid.T) (strands []Strand, people map[string]float64) {
	people = map[string]float64{}
	heirs := rapid.IntRange(1, 6).Draw(t, "heirs")
	for i := range rapid.IntRange(1, 12).Draw(t, "formers") {
		former := fmt.Sprintf("f%d", i)
		people[former] = float64(rapid.IntRange(1, 100000).Draw(t, "people"))
		parts := map[int]float64{}
		sum := 0.0
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			w := float64(rapid.IntRange(1, 100).Draw(t, "weight"))
			parts[rapid.IntRange(0, heirs-1).Draw(t, "heir")] += w
			sum += w
		}
		for h, w := range parts {
			strands = append(strands, Strand{former, fmt.Sprintf("h%d", h), w / sum})
		}
	}
	return strands, people
}

func figures(of map[string]Converted, people map[string]float64) map[string]Measured {
	m := map[string]Measured{}
	for id, c := range of {
		m[id] = Measured{c.Value, c.SE, people[id]}
	}
	return m
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// TestRoundTripsConserveTotals: whatever the lineage, the map of now has the cases of the map of then, and so has the map
// of then made again from it; and the mean of all people stays what it is.
func TestRoundTripsConserveTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strands, people := drawStrands(t)
		peopleNow := map[string]float64{}
		for _, s := range strands {
			peopleNow[s.Heir] += people[s.Former] * s.Share
		}
		for _, total := range []bool{true, false} {
			then := Series{Figures: map[string]Measured{}, Total: total}
			for id, n := range people {
				then.Figures[id] = Measured{float64(rapid.IntRange(0, 1000).Draw(t, "value")), 1, n}
			}
			now := Series{figures(then.ToHeirs(strands), peopleNow), total}
			again := Series{figures(now.ToFormer(strands, people), people), total}
			want := sumOf(then)
			if got := sumOf(now); !near(got, want) {
				t.Fatalf("total=%v: %v by the map of then, %v by the map of now", total, want, got)
			}
			if got := sumOf(again); !near(got, want) {
				t.Fatalf("total=%v: %v by the map of then, %v there and back", total, want, got)
			}
		}
	})
}

// sumOf is the sum of totals, or the sum of all people's means.
func sumOf(s Series) (sum float64) {
	for _, f := range s.Figures {
		if s.Total {
			sum += f.Value
		} else {
			sum += f.Value * f.Weight
		}
	}
	return sum
}

// TestPartsWiden: whole places joined have the error of the weighted mean; a part has more, and the more the smaller it
// is; an unknown error stays unknown.
func TestPartsWiden(t *testing.T) {
	s := Series{Figures: map[string]Measured{"a": {40, 1, 100}, "b": {44, 1, 300}, "c": {47, 1, 100}}}
	whole := s.ToHeirs([]Strand{{"a", "x", 1}, {"b", "x", 1}})["x"]
	if !near(whole.Value, 43) || !near(whole.SE, math.Sqrt(1+9)/4) {
		t.Errorf("joined: %+v", whole)
	}
	last := 1.0
	for _, share := range []float64{1, 0.9, 0.5, 0.1} {
		part := s.ToHeirs([]Strand{{"b", "y", share}})["y"]
		if part.Value != 44 || part.SE < last || share < 1 && part.SE == last {
			t.Errorf("a part of %v: %+v after %v", share, part, last)
		}
		last = part.SE
	}
	back := s.ToFormer([]Strand{{"p", "a", 1}, {"q", "a", 1}, {"r", "b", 1}}, map[string]float64{"p": 50, "q": 50})
	if back["p"].Value != 40 || !(back["p"].SE > 1) || back["r"].Value != 44 || back["r"].SE != 1 {
		t.Errorf("divided: %+v", back)
	}
	s.Figures["a"] = Measured{40, 0, 100}
	if c := s.ToHeirs([]Strand{{"a", "x", 1}, {"b", "x", 1}})["x"]; !math.IsNaN(c.SE) || !near(c.Value, 43) {
		t.Errorf("an unknown error became %+v", c)
	}
}

// TestRefusals: what is not known is said, with the places.
func TestRefusals(t *testing.T) {
	unknown := math.NaN()
	s := Series{Figures: map[string]Measured{"a": {40, 1, 100}, "b": {44, 1, 0}}}
	for _, tt := range []struct {
		name    string
		strands []Strand
		reason  Reason
		of      []string
	}{
		{"no value", []Strand{{"a", "x", 1}, {"c", "x", 1}, {"d", "x", unknown}}, ValueMissing, []string{"c", "d"}},
		{"no share", []Strand{{"a", "x", unknown}}, ShareUnknown, []string{"a"}},
		{"no people", []Strand{{"a", "x", 1}, {"b", "x", 1}}, WeightUnknown, []string{"b"}},
		{"alone it needs no people", []Strand{{"b", "x", 1}}, Fine, nil},
		{"area without people", []Strand{{"a", "x", 1}, {"c", "x", 0}}, Fine, nil},
	} {
		c := s.ToHeirs(tt.strands)["x"]
		if diff := cmp.Diff(tt.of, c.Of); c.Reason != tt.reason || diff != "" {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
	back := s.ToFormer([]Strand{{"p", "a", 1}, {"q", "a", unknown}, {"q", "b", unknown}, {"r", "z", 1}}, map[string]float64{"p": 1, "q": 1})
	if back["p"].Reason != ShareUnknown || back["p"].Of[0] != "q" || back["q"].Reason != ShareUnknown || back["r"].Reason != ValueMissing {
		t.Errorf("got %+v", back)
	}
	if c := s.ToFormer([]Strand{{"p", "a", 1}, {"q", "a", 1}}, map[string]float64{"p": 1})["p"]; c.Reason != WeightUnknown || c.Of[0] != "q" {
		t.Errorf("got %+v", c)
	}
}
