package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/job"
	"thuoc/internal/report"
)

// reported is what the matrix knows of a scored report.
type reported struct{ id, file, line, reply string }

func init() { // what the matrix walks of reports
	about["report"] = func(m *matrix, _ *route, own bool) string { return pick(own, m.reported, m.farReported).id }
	about["reportfile"] = func(m *matrix, _ *route, own bool) string { return pick(own, m.reported, m.farReported).file }
	about["scoreline"] = func(m *matrix, _ *route, own bool) string { return pick(own, m.reported, m.farReported).line }
	about["scorereply"] = func(m *matrix, _ *route, own bool) string { return pick(own, m.reported, m.farReported).reply }
	about["period"] = func(*matrix, *route, bool) string { return "2025-Q2" }
	for name, do := range map[string]account.Action{"report": account.ReadReports, "report-rows": account.ReadReports, "report-file": account.ReadReports, "report-write": account.WriteReport,
		"report-attach": account.WriteReport, "report-return": account.JudgeReport, "report-accept": account.JudgeReport, "report-score": account.ScoreReport,
		"report-answer": account.SendReport, "report-decide": account.DecideScore, "report-lock": account.JudgeReport} {
		expects[name] = mine(do)
	}
}

// agencyPeople are who writes and who judges the reports of an agency.
func agencyPeople(place, agency string, day clock.Date) (head, owner account.Actor) {
	return account.Actor{User: made("head"), Day: day, Grants: []account.Grant{{Role: account.LeadHead, Agency: agency}}},
		account.Actor{User: made("owner"), Day: day, Grants: []account.Grant{{Role: account.PlanOwner, Place: place}}}
}

// openReports lets the departments of a place owe a quarterly report, and opens what is due.
func (h *house) openReports(place string) {
	h.t.Helper()
	_, owner := agencyPeople(place, "", h.today())
	must(h.t, h.app.Reports.SetRule(h.t.Context(), owner, report.Rule{Home: place, Kind: report.Quarter, Who: report.Departments, Owes: true, Since: clock.MustDate("2025-05-01"),
		Law: "Quyết định 1/QĐ-UBND", Days: report.Days{Cut: 14, Due: 21, Roll: report.RollNext}}))
	_, err := h.app.Reports.Open(h.t.Context(), place)
	must(h.t, err)
}

// reportNow is the report of an agency for the second quarter of 2025.
func (h *house) reportNow(place, agency string) report.Page {
	h.t.Helper()
	_, owner := agencyPeople(place, agency, h.today())
	all, err := h.app.Reports.List(h.t.Context(), owner, report.Filter{Agency: agency, Period: "2025-Q2"})
	must(h.t, err)
	if len(all) != 1 {
		h.t.Fatalf("%d reports of the agency, want 1", len(all))
	}
	p, err := h.app.Reports.Get(h.t.Context(), owner, all[0].ID)
	must(h.t, err)
	return p
}

// giveReports scores a report where the matrix' people are and one elsewhere, with a file and an answer.
func (m *matrix) giveReports() {
	for _, x := range []struct {
		place, agency string
		at            *reported
	}{{made("province"), made("agency"), &m.reported}, {made("another"), made("far agency"), &m.farReported}} {
		m.openReports(x.place)
		ctx, now := m.t.Context(), func() report.Page { return m.reportNow(x.place, x.agency) }
		head, owner := agencyPeople(x.place, x.agency, m.today())
		id := now().ID
		ref, err := m.app.Blobs.Put(ctx, strings.NewReader("%PDF-1.7 "+x.agency))
		must(m.t, err)
		must(m.t, m.app.Reports.AttachFile(ctx, head, report.File{Report: id, Name: "a.pdf", File: ref.SHA256, Mime: "application/pdf", Size: ref.Size}, now().Rev))
		must(m.t, m.app.Reports.Send(ctx, head, id, now().Rev, report.Entry{Text: report.Narrative{Results: "a", Shortcomings: "b", Causes: "c", Next: []report.Promise{{Text: "d", Due: clock.MustDate("2025-09-01")}}}}))
		must(m.t, m.app.Reports.Accept(ctx, owner, id, now().Rev, ""))
		must(m.t, m.app.Reports.Score(ctx, owner, id, now().Rev, []report.Grade{{Rule: "results", Points: 20, Words: "x"}, {Rule: "frank", Points: 8, Words: "x"}, {Rule: "next", Points: 15, Words: "x"}}))
		must(m.t, m.app.Reports.Answer(ctx, head, id, now().Rev, now().Lines[0].ID, "y"))
		*x.at = reported{id, now().Files[0].ID, now().Lines[1].ID, now().Replies[0].ID}
	}
}

// A report goes its way by the pages alone: faults come back with what was entered, promises stand first, two who write
// notice each other.
func TestAReportsWay(t *testing.T) {
	h := one(t)
	h.settle()
	h.user("giamdoc@tinh.gov.vn", "Bùi Thị Lan", account.Grant{Role: account.LeadHead, Agency: made("agency")})
	h.user("soan@tinh.gov.vn", "Đỗ Văn Bút", account.Grant{Role: account.LeadDrafter, Agency: made("agency")})
	h.user("chu@tinh.gov.vn", "Trần Văn Chủ", account.Grant{Role: account.PlanOwner, Place: made("province")})
	h.openReports(made("province"))
	id := h.reportNow(made("province"), made("agency")).ID
	head, drafter, owner := h.person("giamdoc@tinh.gov.vn"), h.person("soan@tinh.gov.vn"), h.person("chu@tinh.gov.vn")
	at := "/app/bao-cao/" + id
	if a := head.get("/app/viec-cua-toi"); !strings.Contains(a.text(), at) {
		t.Error("the report is not among the work of who owes it")
	}
	early := drafter.form(at+"/soan", url.Values{"results": {"Bản của người khác"}})
	if a := head.post(at+"/soan", head.form(at+"/soan", url.Values{"results": {"Đã niêm yết ở 12 thôn"}, "send": {"1"}})); a.status != http.StatusUnprocessableEntity ||
		!strings.Contains(a.text(), "Đã niêm yết ở 12 thôn") || !strings.Contains(a.text(), "Chưa nêu việc kỳ sau.") || !strings.Contains(a.text(), "Chưa có phần hạn chế.") {
		t.Fatalf("a report with holes is answered by %d %s", a.status, a.text())
	}
	whole := url.Values{"results": {"Đã niêm yết ở 12 thôn"}, "shortcomings": {"Còn 3 thôn"}, "next-1": {"Phòng A niêm yết nốt"}, "next-due-1": {"2025-09-01"}, "send": {"1"}}
	if a := head.post(at+"/soan", head.form(at+"/soan", whole)); a.status != http.StatusSeeOther {
		t.Fatalf("a whole report is answered by %d %s", a.status, a.text())
	}
	if a := drafter.post(at+"/soan", early); a.status != http.StatusConflict || !strings.Contains(a.text(), "Bản của người khác") {
		t.Errorf("who was too late is answered by %d", a.status)
	}
	if a := owner.post(at+"/tra-lai", owner.form(at+"/tra-lai", nil)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a return without reasons is answered by %d", a.status)
	}
	if a := owner.post(at+"/tra-lai", owner.form(at+"/tra-lai", url.Values{"reasons": {"vague-next", "unproven"}, "words": {"Nêu rõ người làm"}})); a.status != http.StatusSeeOther {
		t.Errorf("a return is answered by %d", a.status)
	}
	if a := head.get(at); !strings.Contains(a.text(), "Nêu rõ người làm") || !strings.Contains(a.text(), "việc kỳ sau không nêu rõ việc, người hoặc ngày") {
		t.Error("the unit is not told why its report came back")
	}
	if a := head.post(at+"/soan", head.form(at+"/soan", whole)); a.status != http.StatusSeeOther {
		t.Fatalf("sending again is answered by %d %s", a.status, a.text())
	}
	if a := owner.press(at, "/chap-nhan"); a.status != http.StatusSeeOther {
		t.Errorf("accepting is answered by %d", a.status)
	}
	if p := h.reportNow(made("province"), made("agency")); p.State != report.Accepted {
		t.Errorf("the report is %s", p.State)
	}
	for path, words := range map[string]string{"/app/tong-hop-bao-cao/2025-Q2": "1 trên 1 đơn vị", "/app/tong-hop-bao-cao/2025-Q2/dau-hieu": "không bao giờ là kết luận", "/app/lich-bao-cao": "Nghị định 09/2019", "/app/bao-cao?ky=2025-Q2": at, at + "/so-lieu": "SHA-256"} {
		if a := owner.get(path); a.status != http.StatusOK || !strings.Contains(a.text(), words) {
			t.Errorf("%s is answered by %d without “%s”", path, a.status, words)
		}
	}
	if a := owner.get("/app/danh-sach-bao-cao?ky=2025-Q2"); a.status != http.StatusOK || !strings.HasPrefix(a.text(), "PK") {
		t.Errorf("the workbook is answered by %d", a.status)
	}
	if a := head.get("/app/tong-hop-bao-cao/2025-Q2/dau-hieu"); a.status != http.StatusForbidden {
		t.Errorf("the watch is open to the watched: %d", a.status)
	}
	h.clock.Advance(90 * 24 * time.Hour)
	h.openNow(t, made("province"))
	if a := h.person("giamdoc@tinh.gov.vn").get("/app/bao-cao/" + h.next(t, made("agency")) + "/soan"); !strings.Contains(a.text(), "Phòng A niêm yết nốt") {
		t.Error("last time's promise does not stand in the form")
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

func (h *house) openNow(t *testing.T, place string) {
	t.Helper()
	_, err := h.app.Reports.Open(t.Context(), place)
	must(t, err)
}

// next is the id of an agency's report of the third quarter.
func (h *house) next(t *testing.T, agency string) string {
	t.Helper()
	_, owner := agencyPeople(made("province"), agency, clock.Of(h.clock.Now().In(job.VietnamTime)))
	all, err := h.app.Reports.List(t.Context(), owner, report.Filter{Agency: agency, Period: "2025-Q3"})
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("%d reports of the third quarter", len(all))
	}
	return all[0].ID
}
