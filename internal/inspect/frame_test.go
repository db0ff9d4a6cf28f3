package inspect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
)

// department adds an agency of the province.
func (h *house) department(name string) string {
	h.t.Helper()
	log, err := audit.New(key)
	must(h.t, err)
	id, err := agency.New(agency.Options{DB: h.db, Log: log}).Add(h.t.Context(), account.Program("operator", h.today()),
		agency.Addition{Place: home, Bloc: agency.Department, Name: name, Since: clock.MustDate("2025-01-01"), Law: "1"})
	must(h.t, err)
	return id
}

// framed prepares a frame and gives it as it is stored.
func (h *house) framed(id string, l inspect.Lot) *draw.Frame {
	h.t.Helper()
	l.Inspection, l.Source, l.Day = id, "Giải đặc biệt", h.today().Add(2)
	must(h.t, h.PrepareDraw(h.t.Context(), h.owner, l))
	p, err := h.Get(h.t.Context(), h.owner, id)
	must(h.t, err)
	f, err := p.Draw.Frame()
	must(h.t, err)
	return f
}

// A frame holds communes, departments, both, or units chosen for a theme, each with its own facts; nobody is drawn whose
// team would inspect its own; and the public file of a draw of agencies is replayed as any other.
func TestPoolsOfADraw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		land, health := h.department("Sở Đất Mẫu"), h.department("Sở Y Mẫu")
		planned := h.prepared(inspect.Planned)
		must(t, h.AddUnit(ctx, h.owner, planned, inspect.Unit{Agency: land}, h.today()))
		must(t, h.Open(ctx, h.owner, planned))
		visit, err := h.Begin(ctx, h.chief, planned, inspect.Unit{Place: home, Agency: land})
		must(t, err)
		_, err = h.AddFinding(ctx, h.chief, inspect.Finding{Visit: visit, Words: "a", Remedy: "b", Due: clock.MustDate("2025-07-11")})
		must(t, err)

		id := h.prepared(inspect.Surprise)
		for _, c := range []struct {
			lot  inspect.Lot
			want int
		}{
			{inspect.Lot{Size: 3}, 12}, {inspect.Lot{Size: 1, Pool: inspect.Departments}, 2}, {inspect.Lot{Size: 3, Pool: inspect.Everybody}, 14},
			{inspect.Lot{Size: 1, Pool: inspect.Chosen, Theme: "Đất đai", Units: []inspect.Unit{{Place: commune(3)}, {Agency: land}}}, 2},
		} {
			f := h.framed(id, c.lot)
			if len(f.Units) != c.want || f.Theme != c.lot.Theme || f.Form != draw.LastForm {
				t.Errorf("%+v gives %d units of theme %q", c.lot, len(f.Units), f.Theme)
			}
			if len(f.Bases) != 1 || f.Bases[0] != (draw.Basis{Key: inspect.Declined}) {
				t.Errorf("the frame does not say that nothing is tested: %+v", f.Bases)
			}
			for n, u := range f.Units {
				w := f.Weights()[n]
				if strings.HasSuffix(u.ID, land) && w != 10+5 || strings.HasSuffix(u.ID, health) && w != 10+36 {
					t.Errorf("%s weighs %d by %v", u.Name, w, u.Facts)
				}
			}
		}
		for field, l := range map[string]inspect.Lot{"no theme": {Size: 1, Pool: inspect.Chosen, Units: []inspect.Unit{{Place: commune(3)}}}, "nobody": {Size: 1, Pool: inspect.Chosen, Theme: "a"},
			"no pool": {Size: 1, Pool: "friends"}, "a theme of all": {Size: 1, Theme: "a"}, "twice": {Size: 1, Pool: inspect.Chosen, Theme: "a", Units: []inspect.Unit{{Place: commune(3)}, {Place: commune(3)}}}} {
			l.Inspection, l.Source, l.Day = id, "x", h.today().Add(2)
			if err := h.PrepareDraw(ctx, h.owner, l); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", field, err)
			}
		}
		refused(t, h.PrepareDraw(ctx, h.owner, inspect.Lot{Inspection: id, Size: 1, Source: "x", Day: h.today().Add(2), Pool: inspect.Chosen, Theme: "a", Units: []inspect.Unit{{Place: "elsewhere"}}}), fault.Forbidden)

		h.framed(id, inspect.Lot{Size: 2, Pool: inspect.Departments})
		must(t, d.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, `INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked, revoked_by)
				VALUES ('of land', 'member', ?, '', ?, '2020-01-01', NULL, ?, '', NULL, '')`, account.LeadDrafter, land, q.Now())
			return err
		}))
		refused(t, h.Seal(ctx, h.second, id), fault.Conflict)
		must(t, d.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, "DELETE FROM role_grant WHERE id = 'of land'")
			return err
		}))
		must(t, h.Seal(ctx, h.second, id))
		now.Advance(48 * time.Hour)
		must(t, h.Reveal(ctx, h.owner, id, "04719"))
		must(t, h.Draw(ctx, h.second, id, "04719"))
		drawn, err := h.DrawnUnits(ctx, h.chief, id)
		must(t, err)
		for _, u := range drawn {
			if !slices.Contains([]string{land, health}, u.Agency) || u.Place != home {
				t.Errorf("drawn: %+v", u)
			}
			_, err := h.Begin(ctx, h.chief, id, u.Unit)
			must(t, err)
		}
		all, err := h.Sealings(ctx, "")
		must(t, err)
		one, err := h.Sealings(ctx, all[0].ID)
		must(t, err)
		file, err := draw.Parse("f", one[0].Proof.Bytes())
		must(t, err)
		if !draw.Holds(file.Verify(all[0].Commitment)) {
			t.Errorf("the file of a draw of agencies does not hold: %v", file.Verify(all[0].Commitment))
		}
	})
}
