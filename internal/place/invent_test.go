package place

import (
	"testing"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
)

// TestInvent: an invented province is added once and whole, only in a house for trying, and never under a code of the
// country.
func TestInvent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33")
		in := Invention{Code: "99", Name: "Mẫu", Since: merger, Parts: []InventedPart{{"99001", "Mẫu 1", gazetteer.Ward}, {"99002", "Mẫu 2", gazetteer.Commune}}}
		if _, err := s.Invent(t.Context(), system, in); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a real house: %v", err)
		}
		s.invents = true
		for range 2 {
			id, err := s.Invent(t.Context(), system, in)
			must(t, err)
			inside, err := s.Children(t.Context(), id, now)
			must(t, err)
			if v := at(t, s, "99", now.String()); len(inside) != 2 || v.Name != "Mẫu" || at(t, s, "99001", now.String()).Full().VI != "Phường Mẫu 1" {
				t.Errorf("%+v with %d communes", v, len(inside))
			}
		}
		real := at(t, s, "33", now.String())
		inside, err := s.Children(t.Context(), real.Place, now)
		must(t, err)
		in.Code, in.Parts = "98", []InventedPart{{inside[0].Code, "x", gazetteer.Commune}}
		if _, err := s.Invent(t.Context(), system, in); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a commune of another province: %v", err)
		}
		for _, code := range []string{"33", "14"} { // of today, and of before the merger or not in this database
			if _, err := s.Invent(t.Context(), system, Invention{Code: code, Name: "x", Since: merger}); fault.KindOf(err) != fault.Conflict {
				t.Errorf("code %s: %v", code, err)
			}
		}
	})
}
