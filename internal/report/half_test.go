package report_test

import (
	"slices"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/report"
)

// The second half of a year has a report only where a rule in force says so; without one the year answers what its first half
// promised, and the next first half what the year and the second half did. No promise falls between two reports.
func TestHalfYears(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now, 0), t.Context()
		set := func(kind report.Kind, second bool, since string) {
			must(t, h.SetRule(ctx, h.as("owner", account.PlanOwner), report.Rule{Home: home, Kind: kind, Who: report.Departments, Owes: true, Second: second, Days: national,
				Since: clock.MustDate(since), Law: "QĐ 1/QĐ-UBND"}))
		}
		set(report.Half, false, "2025-01-01")
		set(report.Year, false, "2025-01-01")
		set(report.Half, true, "2027-01-01")
		send := func(label, promise, due string) report.Page {
			t.Helper()
			p := h.of(h.base, parse(t, label))
			e := full(p.Promised)
			e.Text.Next = []report.Promise{{Text: promise, Due: clock.MustDate(due)}}
			must(t, h.Send(ctx, h.as("head", account.LeadHead), p.ID, p.Rev, e))
			return p
		}
		promised := func(p report.Page) (texts []string) {
			for _, x := range p.Promised {
				texts = append(texts, x.Text)
			}
			return texts
		}
		h.reach("2026-06-16")
		h.run()
		send("2026-H1", "Việc của nửa đầu", "2026-12-31")
		h.reach("2026-12-16")
		h.run()
		if year := send("2026", "Việc của năm", "2027-12-31"); !slices.Equal(promised(year), []string{"Việc của nửa đầu"}) {
			t.Errorf("the year answers %q", promised(year))
		}
		for _, r := range h.list() {
			if r.Label == "2026-H2" || r.Label == "2025-H2" {
				t.Errorf("a second half was opened that no rule owes: %s", r.Label)
			}
		}
		h.reach("2027-06-16")
		h.run()
		half := send("2027-H1", "Việc nửa đầu 2027", "2028-12-31")
		if !slices.Equal(promised(half), []string{"Việc của năm"}) || half.Against != "2026-H1" {
			t.Errorf("the first half of 2027 answers %q against %q", promised(half), half.Against)
		}
		h.reach("2027-12-16")
		h.run()
		second := send("2027-H2", "Việc nửa cuối 2027", "2028-12-31")
		if second.From != clock.MustDate("2027-06-15") || second.Cut != clock.MustDate("2027-12-14") || second.Against != "2027-H1" || !slices.Equal(promised(second), []string{"Việc nửa đầu 2027"}) {
			t.Errorf("the second half is %s – %s, answers %q against %q", second.From, second.Cut, promised(second), second.Against)
		}
		if year := send("2027", "Việc của năm 2027", "2028-12-31"); !slices.Equal(promised(year), []string{"Việc nửa đầu 2027"}) || year.Against != "2026" {
			t.Errorf("the year 2027 answers %q against %q", promised(year), year.Against)
		}
		h.reach("2028-06-16")
		h.run()
		if half := h.of(h.base, parse(t, "2028-H1")); !slices.Equal(promised(half), []string{"Việc nửa cuối 2027", "Việc của năm 2027"}) || half.From != clock.MustDate("2027-12-15") {
			t.Errorf("the first half of 2028 begins on %s and answers %q", half.From, promised(half))
		}
	})
}
