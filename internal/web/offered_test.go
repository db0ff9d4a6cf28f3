package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/plan"
	"thuoc/internal/task"
)

// TestNobodySendsWhatWasNotOffered: a form takes no id that its page did not offer, here of another province's plan and of
// another province in whose name to act; what else was entered stays, and nothing is done.
func TestNobodySendsWhatWasNotOffered(t *testing.T) {
	h := one(t)
	h.settle()
	as := account.Program("operator", h.today())
	theirs, err := h.app.Plans.Create(t.Context(), as, plan.Plan{Head: plan.Head{Place: made("another"), Kind: plan.Scheme, Title: "Của tỉnh khác", Year: 2026, Until: 2026}})
	must(t, err)
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: made("province")})
	for path, values := range map[string]url.Values{
		"/app/nhiem-vu/giao": {"title": {"Niêm yết thủ tục"}, "where": {"Hưng Yên"}, "place": {made("province")}, keyPlan: {theirs}},
		"/app/hoi-nghi/moi":  {"title": {"Niêm yết thủ tục"}, "day": {h.today().String()}, "chair": {"Chủ tịch"}, "agenda": {"Y tế"}, "issuer": {made("another")}},
	} {
		a := owner.fill(t, path, values)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "Lựa chọn này không có trong danh sách") || !strings.Contains(a.text(), "Niêm yết thủ tục") {
			t.Errorf("%s: %d %s", path, a.status, a.text())
		}
	}
	if all, err := h.app.Tasks.List(t.Context(), as, task.Filter{}); err != nil || len(all) != 0 {
		t.Errorf("given are %d tasks (%v)", len(all), err)
	}
	if all, err := h.app.Follow.Meetings(t.Context(), as, 10); err != nil || len(all) != 0 {
		t.Errorf("called are %d meetings (%v)", len(all), err)
	}
}
