package web

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/job"
	"thuoc/internal/place"
	"thuoc/internal/run"
)

// broken is a job that fails for good.
type broken struct{ Run string }

func (broken) Kind() string { return "edition.export" }

// furnish fills a house with people of several roles, a job that failed for good and a sealed log.
func furnish(t *testing.T, h *house) {
	t.Helper()
	ctx, day := t.Context(), clock.MustDate("2025-07-01")
	province, commune := made("province"), made("commune")
	if found, err := h.app.Places.Search(ctx, place.Query{Text: "tinh hung yen", On: day, Limit: 1}); err == nil && len(found) == 1 {
		province = found[0].Version.Place
	}
	if found, err := h.app.Places.Search(ctx, place.Query{Text: "phuong my hao", On: day, Limit: 1}); err == nil && len(found) == 1 {
		commune = found[0].Version.Place
	}
	h.user("noivu@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: province}, account.Grant{Role: account.Analyst, Place: province})
	h.user("chutich@tinh.gov.vn", "Trần Văn Chính", account.Grant{Role: account.ProvincialChair, Place: province})
	h.user("myhao@tinh.gov.vn", "Lê Thị Đào", account.Grant{Role: account.CommuneOfficial, Place: commune, Until: clock.MustDate("2027-06-30")})
	h.user("thanhtra@tinh.gov.vn", "Phạm Quốc Ân", account.Grant{Role: account.Inspector, Place: province})
	if _, _, err := h.app.Accounts.Invite(ctx, account.Program("operator", day), account.Invitation{Person: account.Person{Name: "Vũ Minh Ước", Phone: "0912345678"}}); err != nil {
		t.Fatal(err)
	}
	figures(t, h, province)
	runner := job.New(h.db, slog.New(slog.DiscardHandler), 1)
	job.Handle(runner, job.DefaultRetry, func(context.Context, broken) error {
		return job.Permanent(errors.New("write editions/2024: no space left on device"))
	})
	must(t, h.db.Update(ctx, func(q *db.Q) error { return job.Add(ctx, q, broken{Run: made("run")}) }))
	if _, err := runner.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Seal(ctx, h.db); err != nil {
		t.Fatal(err)
	}
}

// figures fills a house with runs and editions: a public one, one that waits for its review, and one whose run was wrong.
func figures(t *testing.T, h *house, province string) {
	t.Helper()
	ctx, operator := t.Context(), account.Program("operator", h.today())
	h.app.Home = func(context.Context) (place.Version, error) { return place.Version{Place: province}, nil }
	for _, year := range []int{2023, 2024} {
		h.frozen(province, year)
	}
	wrong, err := h.app.Runs.AddComputed(ctx, operator, run.Computed{Place: province, Source: run.Own, Period: "2024",
		Definition: &run.File{Name: "own.yaml", Data: strings.NewReader(ownIndex)}, Answers: &run.File{Name: "tra-loi-2024.csv", Data: strings.NewReader(ownAnswers(false))},
		Survey: &run.Survey{By: "unit", Weights: "w", Strata: "stratum", PSU: []string{"psu"}, Lonely: "fail"}})
	must(t, err)
	_, err = h.app.Editions.Freeze(ctx, operator, wrong.ID, "")
	must(t, err)
	must(t, h.app.Runs.Withdraw(ctx, operator, wrong.ID, wrong.Version, "Trọng số của hai huyện bị đổi chỗ."))
}
