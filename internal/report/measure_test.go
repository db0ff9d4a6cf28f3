package report

import (
	"math"
	"testing"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/edition/editiontest"
	"thuoc/internal/place"
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// part finds the result of a part.
func (m Measure) part(t *testing.T, code string) Result {
	t.Helper()
	for _, r := range m.Parts {
		if r.Code == code {
			return r
		}
	}
	t.Fatalf("%s has no %s", m.Period, code)
	return Result{}
}

func at(shelf *edition.Shelf, id, code, name, cut string) measuring {
	return measuring{shelf, place.Version{Place: id, Code: code}, clock.MustDate(cut), map[string]string{code: name}}
}

// The published results of a province are those that were out on the last day of the period, of the province as it was then,
// with every error and the verdict of the test, never finer than sub-dimensions.
func TestPublishedMeasure(t *testing.T) {
	shelf := edition.Embedded(edition.Made{By: "test"})
	for _, c := range []struct {
		cut, code string
		year      string
	}{{"2024-05-31", "84", "2022"}, {"2024-06-01", "84", "2023"}, {"2025-12-14", "01", "2024"}, {"2025-12-14", "99", ""}} {
		list, err := at(shelf, "x", c.code, "Tỉnh", c.cut).published()
		if err != nil {
			t.Fatal(err)
		}
		if c.year == "" {
			if len(list) > 0 {
				t.Errorf("an invented province has results: %+v", list[0])
			}
			continue
		}
		if len(list) != 1 || list[0].Period != c.year || list[0].Source != run.UNDP || list[0].Own {
			t.Fatalf("%s on %s: %+v", c.code, c.cut, list)
		}
		m := list[0]
		content, err := shelf.Content(int(m.Period[3]-'0') + 2020)
		if err != nil {
			t.Fatal(err)
		}
		if m.Edition != content.Edition.ID {
			t.Errorf("%s bears the edition %s", m.Period, m.Edition)
		}
		table := &content.Former
		if c.cut > "2025-07-01" {
			table = &content.Present
		}
		seen := map[int]int{}
		for _, r := range m.Parts {
			seen[r.Depth]++
			cell := table.Cell(r.Code, c.code)
			if (r.Value == nil) != !cell.OK() || r.Value != nil && *r.Value != cell.Value || r.Says != cell.Change.Verdict {
				t.Errorf("%s of %s is %+v, the edition has %+v", r.Code, m.Period, r, cell)
			}
			if r.SE != nil && *r.SE != cell.SE || r.SE == nil && cell.OK() && cell.Known() {
				t.Errorf("%s of %s bears the error %v, the edition %v", r.Code, m.Period, r.SE, cell.SE)
			}
			if r.Tested() && (r.Change == nil || r.ErrOf == nil || r.Was == nil) {
				t.Errorf("%s of %s is called tested: %+v", r.Code, m.Period, r)
			}
		}
		if seen[0] != 1 || seen[1] != 8 || seen[2] < 25 || seen[3] > 0 {
			t.Errorf("%s has parts by depth %v", m.Period, seen)
		}
		if len(m.Areas) != 1 || m.Areas[0].Name != "Tỉnh" {
			t.Errorf("surveyed: %+v", m.Areas)
		}
	}
}

// An own measure is the newest that was public by the last day of the period: a correction takes the place of what it
// corrects from that one's day on; what was withdrawn or waits is not told, nor what another place measured.
func TestOwnMeasure(t *testing.T) {
	h := editiontest.New(t, db.SQLite)
	day := dayOf(h.Clock.Now())
	m := at(h.Shelf, editiontest.Place, "u1", "Tỉnh Thử", day.String())
	list, err := m.own()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Edition != h.Public.Hash || list[0].Period != "2024" || list[0].Source != run.Own || list[0].Own || len(list[0].Areas) > 0 {
		t.Fatalf("measured: %+v", list)
	}
	if a := list[0].part(t, "A"); a.Value == nil || math.Abs(*a.Value-5.25) > 1e-9 || a.SE == nil || a.N != 300 || a.Was != nil || a.Tested() {
		t.Errorf("A: %+v", a)
	}
	listed, _ := h.Shelf.Listed(h.Public.Hash)
	was, _ := h.Shelf.Listed(h.Corrected.Hash)
	if got := m.first(listed); got != dayOf(was.Since) {
		t.Errorf("the corrected results are known from %s, want %s", got, dayOf(was.Since))
	}
	for _, other := range []measuring{at(h.Shelf, editiontest.Place, "u1", "", day.Add(-1).String()), at(h.Shelf, "elsewhere", "u1", "", day.String())} {
		if list, err := other.own(); err != nil || len(list) > 0 {
			t.Errorf("measured on %s in %s: %+v, %v", other.cut, other.home.Place, list, err)
		}
	}
}

// What a former edition says is held beside results that their own edition compares with nothing, and nothing is tested.
func TestHeldAgainstFormer(t *testing.T) {
	h := editiontest.New(t, db.SQLite)
	m := at(h.Shelf, editiontest.Place, "u1", "Tỉnh Thử", dayOf(h.Clock.Now()).String())
	list, err := m.own()
	if err != nil {
		t.Fatal(err)
	}
	x := list[0]
	former, _ := h.Shelf.Listed(h.Corrected.Hash)
	if err := m.hold(&x, []edition.Listing{former}); err != nil {
		t.Fatal(err)
	}
	if a := x.part(t, "A"); x.WasHash != h.Corrected.Hash || a.Was == nil || *a.Was != 5.5 || a.Change != nil || a.Says != score.Verdict("") {
		t.Errorf("held against %s: %+v", x.WasHash, a)
	}
}
