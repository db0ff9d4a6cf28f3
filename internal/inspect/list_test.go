package inspect_test

import (
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
)

// What waits is told to whom it waits for: the unit what to remedy, and those who verify what is not their own.
func TestWhoIsToRemedyAndWhoToVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		_, visit := h.begun()
		finding, err := h.AddFinding(ctx, h.chief, inspect.Finding{Visit: visit, Words: "a", Remedy: "b", Due: clock.MustDate("2025-07-11")})
		must(t, err)
		both := h.as("both", account.Inspector, home) // who verifies, and has a role in the unit
		must(t, d.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, `INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked, revoked_by)
				VALUES (?, 'both', ?, ?, '', '2020-01-01', NULL, ?, '', NULL, '')`, q.NewID(), account.CommuneOfficial, commune(1), q.Now())
			return err
		}))
		below := account.Actor{User: "below", Day: h.today(), Grants: []account.Grant{{Role: account.Inspector, Place: commune(1)}}} // not of the place that inspects
		sees := func(a account.Actor, remedy, verify int) {
			t.Helper()
			own, err := h.ToRemedy(ctx, a, 0)
			must(t, err)
			others, err := h.ToVerify(ctx, a, 0)
			must(t, err)
			if len(own) != remedy || len(others) != verify {
				t.Errorf("%s is to remedy %d and to verify %d, want %d and %d", a.User, len(own), len(others), remedy, verify)
			}
		}
		everybody := []account.Actor{h.owner, h.chief, h.other, h.outsider, h.nobody, both, below}
		for _, a := range everybody {
			sees(a, 0, 0)
		}
		sees(h.official, 1, 0)
		must(t, h.Take(ctx, h.official, inspect.Move{Finding: finding, Rev: 1, Step: inspect.Remedy, Note: "Đã làm"}))
		for _, a := range everybody {
			sees(a, 0, map[string]int{"owner": 1, "chief": 1}[a.User])
			if a.User != "owner" && a.User != "chief" {
				refused(t, h.Take(ctx, a, inspect.Move{Finding: finding, Rev: 2, Step: inspect.Close}), fault.Forbidden)
			}
		}
		sees(h.official, 0, 0)
		now.Advance(30 * 24 * 3600e9)
		for _, c := range []struct {
			who   account.Actor
			place string
			open  int
		}{{h.owner, home, 1}, {h.owner, commune(1), 1}, {h.owner, commune(2), 0}, {h.official, home, 1}, {h.other, home, 0}, {h.outsider, home, 0}, {h.nobody, home, 0}} {
			c.who.Day = h.today()
			n, err := h.Tally(ctx, c.who, inspect.Filter{Place: c.place})
			must(t, err)
			if n.Open != c.open || n.Late != c.open || n.Waiting != c.open {
				t.Errorf("%s is told %+v of %s, want %d", c.who.User, n, c.place, c.open)
			}
		}
	})
}

// No inspection reaches beyond its own place: neither a unit nor a plan of another is taken by its id.
func TestAnInspectionStaysInItsPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		id, visit := h.begun()
		refused(t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Place: "elsewhere"}, h.today()), fault.Forbidden)
		refused(t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Agency: "no agency"}, h.today()), fault.NotFound)
		_, err := h.AddFinding(ctx, h.chief, inspect.Finding{Visit: visit, Words: "a", Remedy: "b", Due: clock.MustDate("2025-07-11"), Unit: inspect.Unit{Place: "elsewhere"}})
		refused(t, err, fault.Forbidden)
		_, err = h.Create(ctx, h.owner, inspect.Inspection{Kind: inspect.Planned, Place: home, Plan: "of another", Title: "a", Since: h.today(), Until: h.today()})
		refused(t, err, fault.NotFound)
	})
}
