package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/plan"
	"thuoc/internal/target"
	"thuoc/internal/ui/htmlcheck"
)

// The matrix knows plans: one of the own place and one of another, both open to comments, with a comment and duties.
func init() {
	about["plan"] = func(m *matrix, _ *route, own bool) string { return m.plan(own).ID }
	about["state"] = func(*matrix, *route, bool) string { return string(plan.Submitted) }
	about["line"] = func(*matrix, *route, bool) string { return "0" }
	about["duty"] = func(m *matrix, _ *route, own bool) string { return m.plan(own).Duties[0].ID }
	about["comment"] = func(m *matrix, _ *route, own bool) string {
		list, err := m.app.Plans.Comments(m.t.Context(), m.operator(), m.plan(own).ID)
		must(m.t, err)
		return list[0].ID
	}
	for _, name := range []string{"plan", "plan-head", "plan-move", "plan-history", "plan-comment", "plan-answer", "plan-below", "plan-cascade", "plan-aim", "plan-aim-drop", "plan-duty", "duty", "plan-worth", "plan-export", "plan-below-export", "plan-duty-usual", "plan-duty-confirm", "plan-block"} {
		expects[name] = func(role account.Role, own bool) cell {
			needs := routeOf(name).needs
			if name == "plan-move" {
				needs = account.WritePlan
			}
			agency := []account.Role{account.LeadHead, account.LeadDrafter, account.Coordinator, account.ServiceUnit}
			if own && slices.Contains(needs.Holders(), role) && !slices.Contains(agency, role) {
				return let
			}
			return hidden
		}
	}
}

func (m *matrix) operator() account.Actor { return account.Program("operator", m.today()) }

// plan is a plan of the own province or of another; it is made when it is first asked for.
func (m *matrix) plan(own bool) *plan.Plan {
	at := made(pick(own, "province", "another"))
	list, err := m.app.Plans.List(m.t.Context(), m.operator(), plan.Filter{Place: at})
	must(m.t, err)
	if len(list) == 0 {
		p := plan.Plan{Head: plan.Head{Place: at, Kind: plan.Scheme, Title: pick(own, "Kế hoạch gần", "Người Ở Xa"), Year: 2026, Until: 2026}}
		for range 12 {
			p.Aims = append(p.Aims, plan.Aim{Family: "papi", Code: "PAPI", Kind: target.Hold})
		}
		id, err := m.app.Plans.Create(m.t.Context(), m.operator(), p)
		must(m.t, err)
		asked := made(pick(own, "nobody's agency", "far agency")) // in neither has anybody of the matrix a role
		must(m.t, m.db.Update(m.t.Context(), func(q *db.Q) error {
			_, err := q.Exec(m.t.Context(), `INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES (?, ?, 'department', NULL, '', 1, 1)
				ON CONFLICT (id) DO NOTHING`, asked, at)
			return err
		}))
		must(m.t, m.app.Plans.Ask(m.t.Context(), m.operator(), id, []plan.Duty{{Code: "D1", Agency: asked, Part: plan.Lead}}))
		must(m.t, m.app.Plans.Go(m.t.Context(), m.operator(), plan.Move{Plan: id, Rev: 1, To: plan.Comments}))
		must(m.t, m.app.Plans.Say(m.t.Context(), m.operator(), id, "", "Ý kiến"))
		list = []plan.Head{{ID: id}}
	}
	p, err := m.app.Plans.Get(m.t.Context(), m.operator(), list[0].ID)
	must(m.t, err)
	return p
}

// A plan goes its way through the pages: begun, targets set, an agency asked, commented and answered, submitted, approved
// by another, issued with its signed file, passed down.
func TestAPlanGoesItsWay(t *testing.T) {
	h := one(t)
	province := made("province")
	must(t, h.db.Update(t.Context(), func(q *db.Q) error {
		return account.PutWithin(t.Context(), q, made("commune"), province, clock.MustDate("2025-01-01"), clock.Date{})
	}))
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: province})
	chair := h.as(t, "ctich@tinh.gov.vn", account.Grant{Role: account.ProvincialChair, Place: province})
	front := h.as(t, "mat@tinh.gov.vn", account.Grant{Role: account.FrontMonitor, Place: province})

	wrong := owner.fill(t, "/app/ke-hoach/moi", url.Values{"title": {""}, "place": {province}, "year": {"26"}, "bases": {"12-CTr/TU; 31/02/2021"}})
	if wrong.status != 422 || len(wrong.page(t).All(".note.bad li")) < 1 {
		t.Errorf("a plan with faults is answered by %d: %s", wrong.status, wrong.text())
	}
	begun := owner.fill(t, "/app/ke-hoach/moi", url.Values{"title": {"Kế hoạch PAPI 2026"}, "kind": {"scheme"}, "place": {province}, "year": {"2026"},
		"bases": {"12-CTr/TU; 26/03/2021; Tỉnh ủy; Chương trình"}})
	at := begun.to
	if begun.status != 303 {
		t.Fatalf("the plan was not begun: %d %s", begun.status, begun.text())
	}
	for _, aim := range []url.Values{
		{"family": {"papi"}, "code": {"PAPI"}, "kind": {"points"}, "value": {"44,13"}, "change": {"+1,70"}},
		{"family": {"papi"}, "code": {"PAPI"}, "kind": {"rank-gain"}, "value": {"5"}},
		{"family": {"sipas"}, "code": {"SIPAS"}, "kind": {"points"}, "value": {"85"}},
	} {
		if a := owner.fill(t, at+"/chi-tieu", aim); a.status != 303 {
			t.Fatalf("the target is answered by %d: %s", a.status, a.text())
		}
	}
	shown := owner.get(at)
	if !strings.Contains(shown.text(), "44,13") || len(shown.page(t).All("table")) == 0 {
		t.Errorf("the targets are not shown: %s", shown.text())
	}
	for _, step := range []struct {
		who    *person
		at     string
		values url.Values
		status int
	}{
		{owner, "/chuyen/comments", nil, 303},
		{front, "/gop-y", url.Values{"code": {"D3"}, "words": {"Ai trả lời dân?"}}, 303},
		{owner, "/chuyen/submitted", nil, 422}, // the Front waits for an answer
		{owner, "ANSWER", url.Values{"words": {"Không tiếp thu: đã có bộ phận tiếp dân."}}, 303},
		{owner, "/chuyen/submitted", nil, 303},
		{owner, "/chuyen/approved", nil, 403},
		{chair, "/chuyen/approved", nil, 303},
		{owner, "/chuyen/issued", url.Values{"number": {"41/KH-UBND"}}, 422},
	} {
		if step.at == "ANSWER" {
			_, step.at, _ = strings.Cut(owner.linkTo(t, at, "/gop-y/"), at)
		}
		if a := step.who.fill(t, at+step.at, step.values); a.status != step.status {
			t.Errorf("%s is answered by %d, want %d: %s", step.at, a.status, step.status, a.text())
		}
	}
	issued := owner.fillFile(t, at+"/chuyen/issued", url.Values{"number": {"41/KH-UBND"}, "signed": {"2026-02-19"}, "signer": {"Chủ tịch"}}, "paper", "kh.pdf", pdfOf(""))
	if issued.status != 303 {
		t.Fatalf("issuing is answered by %d: %s", issued.status, issued.text())
	}
	history := chair.get(at + "/lich-su")
	if n := len(history.page(t).All("section")); n != 3 { // the steps, and two frozen versions
		t.Errorf("%d sections of history, want 3", n)
	}
	if worth := owner.get(at + "/can-gi"); !strings.Contains(string(worth.body), `name="so" value="44,13"`) {
		t.Error("what the plan aims at as a whole is not what is asked first")
	}
	if worth := owner.get(at + "/can-gi?tinh=01&nam=2020&loai=rank-gain&so=5"); worth.status != 200 || !strings.Contains(worth.text(), "53%") {
		t.Errorf("what five ranks would take Hà Nội is answered by %d", worth.status)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// as makes somebody with a role and signs them in.
func (h *house) as(t *testing.T, login string, g account.Grant) *person {
	t.Helper()
	h.user(login, "Người "+string(g.Role), g)
	return h.person(login)
}

// linkTo gives the first address on a page that holds a text.
func (p *person) linkTo(t *testing.T, at, part string) string {
	t.Helper()
	for _, a := range p.get(at).page(t).All("a") {
		if href, _ := htmlcheck.Attr(a, "href"); strings.Contains(href, part) {
			return href
		}
	}
	t.Fatalf("%s links to no %s", at, part)
	return ""
}

// fill opens a form, enters values over what stands in it, and sends it.
func (p *person) fill(t *testing.T, at string, values url.Values) answer {
	t.Helper()
	a := p.get(at)
	if a.status != 200 {
		return a
	}
	return p.post(at, p.filled(a, "form.entry", values))
}

// fillFile is fill with a file.
func (p *person) fillFile(t *testing.T, at string, values url.Values, field, name string, data []byte) answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for key, list := range p.form(at, values) {
		for _, v := range list {
			must(t, w.WriteField(key, v))
		}
	}
	f, err := w.CreateFormFile(field, name)
	must(t, err)
	_, err = f.Write(data)
	must(t, err)
	must(t, w.Close())
	r, err := http.NewRequestWithContext(t.Context(), "POST", p.h.site.URL+at, &b)
	must(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.do(r)
}
