package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/follow"
	"thuoc/internal/task"
)

func init() { // what the matrix walks of following
	about["directive"] = func(m *matrix, _ *route, own bool) string { return m.followed(own).directive }
	about["meeting"] = func(m *matrix, _ *route, own bool) string { return m.followed(own).meeting }
	about["urging"] = func(m *matrix, _ *route, own bool) string { return m.followed(own).urging }
	about["step"] = func(*matrix, *route, bool) string { return "withdraw" }
	for name, do := range map[string]account.Action{"directive": account.ReadFollowing, "urging": account.ReadFollowing,
		"urging-issue": account.WriteUrging, "urging-settle": account.WriteUrging} {
		expects[name] = mine(do)
	}
	agencies := []account.Role{account.LeadHead, account.LeadDrafter, account.Coordinator, account.ServiceUnit}
	place := func(do account.Action) func(account.Role, bool) cell { // by a right over the place that leads, not by the unit's
		return func(role account.Role, own bool) cell {
			if own && slices.Contains(do.Holders(), role) && !slices.Contains(agencies, role) {
				return let
			}
			return hidden
		}
	}
	for name, do := range map[string]account.Action{"directive-move": account.FinishDirective, "directive-task": account.GiveDirective,
		"meeting": account.ReadFollowing, "meeting-edit": account.GiveDirective, "meeting-close": account.GiveDirective} {
		expects[name] = place(do)
	}
	expects["urging-reply"] = func(role account.Role, own bool) cell { // the letter went to the agency
		if own && slices.Contains(agencies, role) {
			return let
		}
		return hidden
	}
	expects["urging-new"] = func(account.Role, bool) cell { return hidden } // no unit is named
}

// followed is a meeting, an order and an issued letter of the own province or of another.
type followed struct{ meeting, directive, urging string }

func (m *matrix) followed(own bool) (f followed) {
	ctx, as, at := m.t.Context(), m.operator(), made(pick(own, "province", "another"))
	unit := made(pick(own, "agency", "far agency"))
	meetings, err := m.app.Follow.Meetings(ctx, as, 10)
	must(m.t, err)
	for _, x := range meetings {
		if x.Issuer == at {
			f.meeting = x.ID
		}
	}
	if f.meeting == "" {
		words := pick(own, "Gần", "Người Ở Xa")
		f.meeting, err = m.app.Follow.Call(ctx, as, follow.Meeting{Issuer: at, Title: words, Day: m.today(), Chair: "Phó Chủ tịch", Agenda: words})
		must(m.t, err)
		must(m.t, m.app.Follow.Direct(ctx, as, []follow.Directive{{Issuer: at, Agency: unit, Said: m.today(), Speaker: "Chủ tịch", Words: words}}))
		m.giveTask(task.Task{Place: at, Agency: unit, Title: words, Due: m.today().Add(-30)})
		id, err := m.app.Follow.Urge(ctx, as, follow.Urging{Issuer: at, Agency: unit, Due: m.today().Add(3), Words: words})
		must(m.t, err)
		must(m.t, m.app.Follow.Issue(ctx, as, follow.Urging{ID: id, Rev: 1, Number: "1/SNV", Signed: m.today(), Signer: words}))
	}
	orders, err := m.app.Follow.Directives(ctx, as, false, "", 10)
	must(m.t, err)
	for _, x := range orders {
		if x.Issuer == at {
			f.directive = x.ID
		}
	}
	letters, err := m.app.Follow.Urgings(ctx, as, 10)
	must(m.t, err)
	for _, x := range letters {
		if x.Issuer == at {
			f.urging = x.ID
		}
	}
	return f
}

// Following goes its way through the pages: a late task is seen and urged, the letter answered and settled; a meeting is
// called, concluded, and its order reported, returned, reported and finished, with a task that came of it.
func TestFollowingGoesItsWay(t *testing.T) {
	h := one(t)
	h.settle()
	province, unit := made("province"), made("agency")
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: province})
	head := h.as(t, "gd@so.gov.vn", account.Grant{Role: account.LeadHead, Agency: unit})
	h.giveTask(task.Task{Place: province, Agency: unit, Title: "Rà soát trạm y tế", Due: h.today().Add(-7)})

	a := owner.get("/app/theo-doi")
	if a.status != 200 || !strings.Contains(a.text(), "Đôn đốc") {
		t.Fatalf("following: %d %s", a.status, a.text())
	}
	a = owner.fill(t, "/app/don-doc/moi?"+url.Values{keyAgency: {unit}}.Encode(), url.Values{"due": {h.today().Add(5).String()}})
	letter := a.to
	if a.status != 303 || !strings.HasPrefix(letter, "/app/don-doc/") {
		t.Fatalf("drafting: %d %s %s", a.status, a.to, a.text())
	}
	if a = owner.fill(t, letter+"/phat-hanh", url.Values{}); a.status != 422 {
		t.Errorf("a letter without number: %d", a.status)
	}
	if a = owner.fill(t, letter+"/phat-hanh", url.Values{"number": {"88/SNV-CCHC"}, "signed": {h.today().String()}, "signer": {"Giám đốc"}}); a.status != 303 {
		t.Fatalf("issuing: %d %s", a.status, a.text())
	}
	if a = head.fill(t, letter+"/tra-loi", url.Values{"answer": {"Xong trước thứ Sáu."}}); a.status != 303 {
		t.Fatalf("answering: %d %s", a.status, a.text())
	}
	if a = owner.get(letter); !strings.Contains(a.text(), "Xong trước thứ Sáu.") || !strings.Contains(a.text(), "Rà soát trạm y tế") {
		t.Errorf("the letter: %s", a.text())
	}

	a = owner.fill(t, "/app/hoi-nghi/moi", url.Values{"title": {"Y tế cơ sở"}, "issuer": {province}, "day": {h.today().String()}, "chair": {"Phó Chủ tịch"}, "agenda": {"Một\nHai"}})
	meeting := a.to
	if a.status != 303 {
		t.Fatalf("calling: %d %s", a.status, a.text())
	}
	if a = owner.fill(t, meeting+"/ket-luan", url.Values{"state": {"held"}, "outcome": {"Kết luận của hội nghị"}}); a.status != 303 {
		t.Fatalf("concluding: %d %s", a.status, a.text())
	}
	id := strings.TrimPrefix(meeting, "/app/hoi-nghi/")
	a = owner.fill(t, "/app/chi-dao/moi?hop="+id, url.Values{"words": {"Bổ sung nhân lực trạm"}, "speaker": {"Phó Chủ tịch"}, "said": {h.today().String()}, "unit": {"Sở"}, "agency": {unit}, "due": {h.today().Add(9).String()}})
	if a.status != 303 {
		t.Fatalf("ordering: %d %s", a.status, a.text())
	}
	orders, err := h.app.Follow.Directives(t.Context(), account.Program("operator", h.today()), true, id, 10)
	must(t, err)
	order := "/app/chi-dao/" + orders[0].ID
	for _, s := range []struct {
		who  *person
		step string
		note string
		want int
	}{{head, "report", "", 422}, {head, "report", "Đã xong", 303}, {owner, "return", "Còn thiếu", 303}, {head, "report", "Đủ", 303}, {owner, "finish", "", 303}} {
		if a := s.who.fill(t, order+"/chuyen/"+s.step, url.Values{"note": {s.note}}); a.status != s.want {
			t.Errorf("%s: %d, want %d: %s", s.step, a.status, s.want, a.text())
		}
	}
	if a = owner.get(order); !strings.Contains(a.text(), "Còn thiếu") || !strings.Contains(a.text(), "Đã kết thúc") {
		t.Errorf("the order: %s", a.text())
	}
	if a = owner.get(meeting); !strings.Contains(a.text(), "Bổ sung nhân lực") {
		t.Errorf("the meeting: %s", a.text())
	}

	if a = owner.fill(t, "/app/nhac-viec/quy-tac/dat", url.Values{"place": {province}, "since": {h.today().String()}, "steps": {"-3; 1; mail\nx; 9\n1; 7"}}); a.status != 422 || strings.Count(a.text(), "Dòng ") < 2 {
		t.Errorf("a ladder with faults: %d %s", a.status, a.text())
	}
	if a = owner.fill(t, "/app/nhac-viec/quy-tac/dat", url.Values{"place": {province}, "since": {h.today().String()}, "steps": {"-3; 1; mail\n0; 1\n2; 2; mail"}}); a.status != 303 {
		t.Errorf("a ladder: %d %s", a.status, a.text())
	}
	_, err = h.app.Follow.Remind(t.Context(), h.today())
	must(t, err)
	for _, path := range []string{"/app/nhac-viec", "/app/nhac-viec/nhat-ky", "/app/nhac-viec/quy-tac", "/app/don-doc", "/app/chi-dao?tat-ca=1", "/app/hoi-nghi"} {
		if a := owner.get(path); a.status != 200 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}
