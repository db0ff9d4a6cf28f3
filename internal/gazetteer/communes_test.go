package gazetteer

import (
	"strconv"
	"testing"
)

func TestCommuneCountsEqualTheSource(t *testing.T) {
	source := map[string]map[string]string{}
	for _, row := range rows(t, "population_communes.csv") {
		source[row["code"]] = row
	}
	n, counted := 0, 0
	for c := range CommuneCounts() {
		n++
		p, _ := ByID(c.ID, today)
		row := source[p.Code]
		people, _ := strconv.Atoi(row["population"])
		printed, _ := strconv.Atoi(row["population_published"])
		if people > 0 {
			counted++
		}
		if people == printed {
			printed = 0
		}
		area, _ := strconv.ParseFloat(row["area_km2"], 64)
		if c.People != people || c.Printed != printed || c.Area != area || c.Measured != (row["area_basis"] == "geometry") ||
			string(c.Confidence) != row["confidence"] {
			t.Errorf("%s: got %+v, the source has %v", p.Code, c, row)
		}
	}
	if n != 3321 || counted != 2805 {
		t.Errorf("%d communes, %d with people; want 3321 and 2805", n, counted)
	}
}

// TestRecords: every place comes once, its states follow each other, and a document stands behind each known start.
func TestRecords(t *testing.T) {
	seen := map[string]bool{}
	for rec := range Records() {
		first := rec.States[0]
		if seen[first.ID] {
			t.Errorf("%s comes twice", first.ID)
		}
		seen[first.ID] = true
		for i, s := range rec.States {
			if !s.State.From.IsZero() && rec.Laws[i] == "" {
				t.Errorf("%s from %s has no document", s.ID, s.State.From)
			}
			if i > 0 && rec.States[i-1].State.To != s.State.From {
				t.Errorf("%s: a gap before %s", s.ID, s.State.From)
			}
		}
	}
	edges := 0
	for e := range Edges() {
		if !seen[e.Former] || !seen[e.Heir] {
			t.Errorf("%+v joins what is not there", e)
		}
		edges++
	}
	if edges != 10570+63 {
		t.Errorf("%d edges, want the 10,570 of the conversion table and the 63 of the provinces", edges)
	}
}
