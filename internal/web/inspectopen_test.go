package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/inspect"
	"thuoc/internal/plan"
	"thuoc/internal/workday"
)

// openFinding holds a planned inspection of a plan that finds something in a commune, and gives the plan and the finding.
func (s *surprise) openFinding(where, words string) (planID, finding string) {
	t := s.t
	t.Helper()
	ctx, as := t.Context(), account.Program("operator", s.today())
	planID, err := s.app.Plans.Create(ctx, as, plan.Plan{Head: plan.Head{Place: inventedHome, Kind: plan.Scheme, Title: "Kế hoạch năm", Year: s.today().Year, Until: s.today().Year}})
	must(t, err)
	id, err := s.app.Inspections.Create(ctx, as, inspect.Inspection{Kind: inspect.Planned, Place: inventedHome, Plan: planID, Title: "Kiểm tra kế hoạch",
		Decision: "1/QĐ", Decided: s.today(), Signer: "Chủ tịch", Since: s.today(), Until: s.today().Add(9)})
	must(t, err)
	list, err := s.app.Inspections.Write(ctx, as, inspect.Checklist{Place: inventedHome, Theme: "Một cửa", Since: s.today(), Items: []inspect.Item{{Sort: inspect.YesNo, Text: "Có?"}}})
	must(t, err)
	must(t, s.app.Inspections.Choose(ctx, as, id, []string{list}))
	chief := s.actorOf("truong@t.vn")
	must(t, s.app.Inspections.Join(ctx, as, inspect.Member{Inspection: id, User: chief.User, Post: "Trưởng đoàn", Chief: true}))
	must(t, s.app.Inspections.AddUnit(ctx, as, id, inspect.Unit{Place: where}, s.today()))
	must(t, s.app.Inspections.Open(ctx, as, id))
	visit, err := s.app.Inspections.Begin(ctx, chief, id, inspect.Unit{Place: where})
	must(t, err)
	due, _ := workday.Add(s.today(), 10)
	finding, err = s.app.Inspections.AddFinding(ctx, chief, inspect.Finding{Visit: visit, Words: words, Remedy: "Niêm yết", Due: due})
	must(t, err)
	return planID, finding
}

// agency adds an agency of the province.
func (s *surprise) agency(name string) string {
	s.t.Helper()
	id, err := s.app.Agencies.Add(s.t.Context(), account.Program("operator", s.today()), agency.Addition{Place: inventedHome, Bloc: agency.Department, Name: name, Since: clock.MustDate("2025-01-01"), Law: "1"})
	must(s.t, err)
	return id
}

// What stays open stands on the page of its plan and of its place, with who is to remedy it and then with who is to verify
// it; nobody of another unit or another province, and nobody who has not signed in, is shown it.
func TestWhatIsOpenIsSeenByWhoseItIs(t *testing.T) {
	s := newSurprise(t)
	const words = "Bảng niêm yết để trống"
	where := inventedHome + "001"
	planID, finding := s.openFinding(where, words)
	s.user("xakhac@t.vn", "Người Xã Khác", account.Grant{Role: account.CommuneChair, Place: inventedHome + "002"})
	s.user("tinhkhac@t.vn", "Người Tỉnh Khác", account.Grant{Role: account.PlanOwner, Place: "48"})
	s.user("sokhac@t.vn", "Người Sở Khác", account.Grant{Role: account.LeadHead, Agency: s.agency("Sở Mẫu")})
	pages := []string{"/app/viec-cua-toi", "/app/ke-hoach/" + planID, "/app/dia-danh/" + where, "/app/dia-danh/" + inventedHome, "/app/kiem-tra"}
	check := func(when string, want map[string][]bool) {
		t.Helper()
		for login, sees := range want {
			p := s.nobody()
			if login != "" {
				p = s.person(login)
			}
			for i, path := range pages {
				if got := strings.Contains(p.get(path).text(), words); got != sees[i] {
					t.Errorf("%s, %q on %s: shown %v, want %v", when, login, path, got, sees[i])
				}
			}
		}
	}
	none := []bool{false, false, false, false, false}
	check("open", map[string][]bool{
		"xa@t.vn":       {true, false, true, true, true}, // its own unit; the plan is not issued, so it reads none of it
		"chu@t.vn":      {false, true, true, true, true},
		"truong@t.vn":   {false, true, true, true, true},
		"xakhac@t.vn":   none,
		"tinhkhac@t.vn": none,
		"sokhac@t.vn":   none,
		"":              none,
	})
	must(t, s.app.Inspections.Take(t.Context(), s.actorOf("xa@t.vn"), inspect.Move{Finding: finding, Rev: 1, Step: inspect.Remedy, Note: "Đã làm"}))
	check("remedied", map[string][]bool{
		"xa@t.vn":       {false, false, true, true, true},
		"chu@t.vn":      {true, true, true, true, true},
		"truong@t.vn":   {true, true, true, true, true},
		"xakhac@t.vn":   none,
		"tinhkhac@t.vn": none,
		"":              none,
	})
	must(t, s.app.Inspections.Take(t.Context(), s.actorOf("chu@t.vn"), inspect.Move{Finding: finding, Rev: 2, Step: inspect.Close}))
	check("closed", map[string][]bool{"xa@t.vn": none, "chu@t.vn": none, "truong@t.vn": none})
	if len(s.errs) > 0 {
		t.Error(s.errs)
	}
}

// The frame of a theme is typed by names; each name that is nobody's is told at once, and nothing is made.
func TestAFrameIsChosenByNames(t *testing.T) {
	s := newSurprise(t)
	s.agency("Sở Đất Đai Mẫu")
	owner := s.person("chu@t.vn")
	a := owner.post("/app/kiem-tra/moi", owner.form("/app/kiem-tra/moi", url.Values{"kind": {"surprise"}, "title": {"Theo chuyên đề"}}))
	if a.status != http.StatusSeeOther {
		t.Fatalf("not prepared: %d %s", a.status, a.text())
	}
	at := a.to + "/boc-tham"
	typed := url.Values{"pool": {"chosen"}, "theme": {"Hồ sơ đất đai"}, "size": {"1"}, "units": {"quyt vang\nXã Nào Đó\nKhông Ai\nsở đất đai mẫu"}}
	if a := owner.post(at+"/danh-sach", owner.form(at+"/danh-sach", typed)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "Xã Nào Đó") || !strings.Contains(a.text(), "Không Ai") {
		t.Errorf("what is nobody's is not told: %d %s", a.status, a.text())
	}
	typed.Set("units", "quyt vang\nsở đất đai mẫu")
	if a := owner.post(at+"/danh-sach", owner.form(at+"/danh-sach", typed)); a.status != http.StatusSeeOther {
		t.Fatalf("no frame is made: %d %s", a.status, a.text())
	}
	text := owner.get(at).text()
	for _, want := range []string{"Xã Quýt Vàng", "Sở Đất Đai Mẫu", "Hồ sơ đất đai", "mọi đơn vị đều tính là 0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page of the frame does not say %q", want)
		}
	}
	if strings.Contains(text, "Cau Xanh") {
		t.Error("who was not chosen stands in the frame")
	}
}
