package web

import (
	"net/url"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/task"
)

// A task is given within so many working days, with an agency beside it, for a plan; its page leads back to the plan.
func TestATaskIsGivenWithinWorkingDays(t *testing.T) {
	h := inCountry(t, "2025-08-27T02:00:00Z") // the days after are before a weekend and the National Day
	province := h.placeID("33", "2025-08-27")
	owner := h.as(t, "noivu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: province})
	if a := owner.press("/app/co-quan", province+"/co-quan-thuong-co"); a.status != 303 {
		t.Fatalf("offering agencies is answered by %d", a.status)
	}
	id := h.planOf("33", 2026)
	values := url.Values{"title": {"Công khai ngân sách xã"}, "where": {"Tỉnh Hưng Yên"}, "place": {province}, "within": {"5"}, keyPlan: {id}, "helpers": {"Sở Y tế; cung cấp số liệu\nSở Ma"}}
	wrong := owner.fill(t, "/app/nhiem-vu/giao", values)
	if err := wrong.page(t).Has("main", "Dòng 2"); err != nil || wrong.status != 422 {
		t.Errorf("an agency that is none: %d %v", wrong.status, err)
	}
	values.Set("helpers", "Sở Y tế; cung cấp số liệu")
	given := owner.fill(t, "/app/nhiem-vu/giao", values)
	if given.status != 303 {
		t.Fatalf("giving is answered by %d %s", given.status, given.text())
	}
	all, err := h.app.Tasks.List(t.Context(), account.Program("operator", h.today()), task.Filter{Plan: id})
	must(t, err)
	if len(all) != 1 || all[0].Due.String() != "2025-09-05" {
		t.Errorf("five working days from 27/08/2025 over the National Day end on %v", all)
	}
	pg := owner.get(given.to).page(t)
	for _, want := range []string{"Sở Y tế (cung cấp số liệu)", "Kế hoạch PAPI"} {
		if err := pg.Has("main", want); err != nil {
			t.Error(err)
		}
	}
	if err := owner.get("/app/nhiem-vu?kh="+id).page(t).Has("form.filter select", "Kế hoạch PAPI"); err != nil {
		t.Error(err)
	}
}

// A task that only names an agency is done where the agency is: whoever owns the plans of the place may give it.
func TestATaskOfAnAgencyIsOfItsPlace(t *testing.T) {
	h := inCountry(t, "2025-08-27T02:00:00Z")
	province := h.placeID("33", "2025-08-27")
	owner := h.as(t, "noivu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: province})
	if a := owner.press("/app/co-quan", province+"/co-quan-thuong-co"); a.status != 303 {
		t.Fatalf("offering agencies is answered by %d", a.status)
	}
	given := owner.fill(t, "/app/nhiem-vu/giao", url.Values{"title": {"Công khai ngân sách xã"}, "unit": {"Sở Tài chính"}})
	if given.status != 303 {
		t.Fatalf("giving is answered by %d %s", given.status, given.text())
	}
	all, err := h.app.Tasks.List(t.Context(), account.Program("operator", h.today()), task.Filter{})
	must(t, err)
	if len(all) != 1 || all[0].Place != province {
		t.Errorf("the tasks are %+v, want one of %s", all, province)
	}
}
