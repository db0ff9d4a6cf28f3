package web

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/edition"
	"thuoc/internal/score"
)

// Runs and editions are their province's alone.
func init() {
	maps.Copy(expects, map[string]func(account.Role, bool) cell{
		"run": ofPlace(account.ReadRuns), "run-recompute": ofPlace(account.ReadRuns), "run-withdraw": ofPlace(account.AddRun),
		"edition": ofPlace(account.ReadEditions), "edition-diff": ofPlace(account.ReadEditions), "edition-verify": ofPlace(account.ReadEditions),
		"edition-freeze": ofPlace(account.FreezeEdition), "edition-review": ofPlace(account.ReviewEdition),
		"edition-publish": ofPlace(account.PublishEdition), "edition-withdraw": ofPlace(account.WithdrawEdition),
	})
}

// frozen makes an edition of published figures in a place's house, by the operator.
func (h *house) frozen(place string, year int) edition.Release {
	h.t.Helper()
	operator := account.Program("operator", h.today())
	r, err := h.app.Runs.AddPublished(h.t.Context(), operator, place, year)
	must(h.t, err)
	e, err := h.app.Editions.Freeze(h.t.Context(), operator, r.ID, "")
	must(h.t, err)
	return e
}

// team is who leads editions to the public in the home province.
type team struct{ anna, binh, chi *person }

func (h *house) team() team {
	for login, g := range map[string]account.Grant{"anna": {Role: account.Analyst}, "binh": {Role: account.PlanOwner}, "chi": {Role: account.ProvincialChair}} {
		g.Place = made("province")
		h.user(login+"@tinh.gov.vn", strings.ToUpper(login[:1])+login[1:], g)
	}
	return team{h.person("anna@tinh.gov.vn"), h.person("binh@tinh.gov.vn"), h.person("chi@tinh.gov.vn")}
}

// sends fills in the form of a page, sends it, and expects a status.
func (p *person) sends(path string, values url.Values, status int) answer {
	p.h.t.Helper()
	a := p.post(path, p.form(path, values))
	if a.status != status {
		p.h.t.Fatalf("%s: %d, want %d: %s", path, a.status, status, a.text())
	}
	return a
}

// has expects words in a page.
func (p *person) has(path, selector, words string) {
	p.h.t.Helper()
	a := p.get(path)
	if a.status != http.StatusOK {
		p.h.t.Fatalf("%s is answered by %d: %s", path, a.status, a.text())
	}
	if err := a.page(p.h.t).Has(selector, words); err != nil {
		p.h.t.Errorf("%s: %v", path, err)
	}
}

// An edition from the published figures to the public, by the hands it takes, each step a form; and back.
func TestEditionToThePublic(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.team()
		run := w.anna.sends("/app/lan-tinh/so-da-cong-bo", url.Values{"year": {"2011"}}, http.StatusSeeOther).to
		w.anna.has(run, "main", "UNDP công bố")
		w.anna.has(run+"?q=quảng+bình&bac=dimension", "#ket-qua table", "Quảng Bình")
		if a := w.anna.press(run, "tinh-lai"); a.page(t).Has(".note.done", "đến từng bit") != nil {
			t.Errorf("computed again: %s", a.text())
		}
		at := w.anna.sends(run+"/dong-bang", nil, http.StatusSeeOther).to
		w.anna.has(at, ".badge.lua", "chờ duyệt")
		w.anna.has(at+"/khac-biet", "main", "ấn bản đầu tiên")
		if a := w.anna.get(at + "/tham-dinh"); strings.Contains(a.text(), `value="approve"`) {
			t.Error("who froze the edition is offered to approve it")
		}
		own := w.anna.form(at+"/tham-dinh", url.Values{"verdict": {"approve"}})
		if a := w.anna.post(at+"/tham-dinh", own); a.status != http.StatusForbidden || !strings.Contains(a.text(), "Chính bạn đã đóng băng") {
			t.Errorf("one's own edition: %d %s", a.status, a.text())
		}
		w.binh.sends(at+"/tham-dinh", url.Values{"verdict": {""}}, http.StatusUnprocessableEntity)
		first, second := w.binh.form(at+"/tham-dinh", url.Values{"verdict": {"approve"}}), w.chi.form(at+"/tham-dinh", url.Values{"verdict": {"return"}, "note": {"Chưa xong."}})
		if a := w.binh.post(at+"/tham-dinh", first); a.status != http.StatusSeeOther {
			t.Fatalf("approving: %d %s", a.status, a.text())
		}
		if a := w.binh.post(at+"/tham-dinh", first); a.status != http.StatusSeeOther || a.to != at {
			t.Errorf("the same form again: %d to %s", a.status, a.to)
		}
		clash := w.chi.post(at+"/tham-dinh", second)
		if clash.status != http.StatusConflict || clash.page(t).Has(".note.warn", "chờ công bố") != nil || clash.page(t).Has("textarea", "Chưa xong.") != nil {
			t.Errorf("two at once: %d %s", clash.status, clash.text())
		}
		h.publish(w, at)
		w.chi.sends(at+"/thu-hoi", url.Values{"reason": {" "}}, http.StatusUnprocessableEntity)
		w.chi.sends(at+"/thu-hoi", url.Values{"reason": {"Trọng số sai."}}, http.StatusSeeOther)
		w.anna.has(at, ".badge.son", "thu hồi")
		w.anna.has(at, "ol", "Trọng số sai.")
		if len(h.errs) > 0 {
			t.Error(h.errs)
		}
	})
}

// publish leads an edition to the public through an embargo that is taken back, by somebody whose proof has grown old.
func (h *house) publish(w team, at string) {
	h.t.Helper()
	form := w.chi.form(at+"/cong-bo", url.Values{"time": {"08:00"}})
	if a := w.chi.post(at+"/cong-bo", form); a.status != http.StatusUnprocessableEntity || a.page(h.t).Has("#f-day-e", "Thiếu ngày") != nil {
		h.t.Errorf("a time without a day: %d %s", a.status, a.text())
	}
	h.clock.Advance(time.Hour)
	form.Set("time", "")
	if a := w.chi.post(at+"/cong-bo", form); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/app/xac-minh") {
		h.t.Errorf("a proof that has grown old: %d to %s", a.status, a.to)
	}
	proof := w.chi.get(at + "/cong-bo")
	if proof.status != http.StatusSeeOther {
		h.t.Fatalf("publishing asks for no proof: %d", proof.status)
	}
	back := w.chi.sends(proof.to, url.Values{"password": {secret}}, http.StatusSeeOther)
	if !strings.HasSuffix(back.to, at+"/cong-bo") {
		h.t.Errorf("after the proof one is led to %s", back.to)
	}
	w.chi.sends(back.to, url.Values{"day": {""}, "time": {""}}, http.StatusSeeOther)
	w.anna.has(at, ".badge.ngoc", "công khai")
	if a := w.chi.press(at, "kiem-tra"); a.page(h.t).Has(".note.done", "đến từng bit") != nil {
		h.t.Errorf("verified: %s", a.text())
	}
}

// An edition waits for its time, and a run that is withdrawn meanwhile is said beside it.
func TestEmbargoAndWithdrawnRun(t *testing.T) {
	h := one(t)
	w := h.team()
	run := w.anna.sends("/app/lan-tinh/so-da-cong-bo", url.Values{"year": {"2012"}}, http.StatusSeeOther).to
	at := w.anna.sends(run+"/dong-bang", nil, http.StatusSeeOther).to
	w.binh.sends(at+"/tham-dinh", url.Values{"verdict": {"approve"}}, http.StatusSeeOther)
	w.binh.sends(at+"/cong-bo", url.Values{"day": {"2099-01-02"}, "time": {"08:30"}}, http.StatusSeeOther)
	w.anna.has(at, ".facts", "08:30 02/01/2099")
	stale := w.anna.form(run+"/thu-hoi", url.Values{"reason": {"Sai khung mẫu."}})
	w.binh.sends(run+"/thu-hoi", url.Values{"reason": {"Sai trọng số."}}, http.StatusSeeOther)
	if a := w.anna.post(run+"/thu-hoi", stale); a.status != http.StatusConflict {
		t.Errorf("withdrawn twice: %d %s", a.status, a.text())
	}
	w.anna.has(run, ".note.warn", "Sai trọng số.")
	w.anna.has(at, ".note.warn", "Sai trọng số.")

	second := h.frozen(made("province"), 2013)
	operator := account.Program("operator", h.today())
	of, err := h.app.Runs.Get(t.Context(), operator, second.Run)
	must(t, err)
	must(t, h.app.Runs.Withdraw(t.Context(), operator, of.ID, of.Version, "Sai số liệu."))
	a := w.binh.sends("/app/an-ban/"+second.ID+"/tham-dinh", url.Values{"verdict": {"approve"}}, http.StatusConflict)
	if err := a.page(t).Has(".note.warn", "thu hồi"); err != nil {
		t.Error(err)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// A definition is checked with every fault at its place, and nothing of it stays.
func TestCheckDefinition(t *testing.T) {
	h := one(t)
	p := h.admin
	at := "/app/bo-chi-so/kiem-tra"
	source, err := score.Source("papi-2023")
	must(t, err)
	for name, c := range map[string]struct {
		fields map[string]string
		file   string
		status int
		words  []string
	}{
		"sound, pasted":   {map[string]string{"text": string(source)}, "", http.StatusOK, []string{"hợp lệ", "papi-2023"}},
		"sound, as file":  {nil, string(source), http.StatusOK, []string{"x.csv hợp lệ"}},
		"several faults":  {map[string]string{"text": "format: 1\nid: x\nyears: [2030, 2020]\n"}, "", http.StatusUnprocessableEntity, []string{"Hãy thêm khóa tree.", "Hãy thêm khóa units.", "data-h=\"Dòng\">3<"}},
		"nothing":         {nil, "", http.StatusUnprocessableEntity, []string{"cần sửa"}},
		"something else":  {nil, "\x89PNG\r\n\x1a\n", http.StatusUnprocessableEntity, []string{"cần sửa"}},
		"far too large":   {nil, strings.Repeat("a", 3<<20), http.StatusRequestEntityTooLarge, nil},
		"larger than one": {nil, strings.Repeat("a", mostIndex+1), http.StatusRequestEntityTooLarge, []string{"1024 KB"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := p.uploads(at, c.fields, map[string]string{"file": c.file})
			if a.status != c.status {
				t.Errorf("%d, want %d: %s", a.status, c.status, a.text())
			}
			for _, w := range c.words {
				if !strings.Contains(a.text(), w) {
					t.Errorf("without “%s”: %s", w, a.text())
				}
			}
		})
	}
	if _, ok, err := h.app.Drafts.Find(t.Context(), h.adminID(), at); ok || err != nil {
		t.Errorf("what was checked is kept: %v", err)
	}
}

// adminID is the account of the administrator.
func (h *house) adminID() string {
	all, _, err := h.app.Accounts.Users(h.t.Context(), account.Program("operator", h.today()), account.UserFilter{Text: "quantri@tinh.gov.vn"})
	must(h.t, err)
	return all[0].ID
}

// uploads sends a form with files; an empty one is not chosen.
func (p *person) uploads(path string, fields, files map[string]string) answer {
	p.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		must(p.h.t, w.WriteField(name, value))
	}
	for name, text := range files {
		if text == "" {
			continue
		}
		part, err := w.CreateFormFile(name, "x.csv")
		must(p.h.t, err)
		_, err = io.WriteString(part, text)
		must(p.h.t, err)
	}
	must(p.h.t, w.Close())
	r, err := http.NewRequestWithContext(p.h.t.Context(), http.MethodPost, p.h.site.URL+path, &body)
	must(p.h.t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.do(r)
}

const ownIndex = `format: 1
id: own-2024
family: own
names: {vi: "Bộ chỉ số riêng", en: "Own index"}
years: [2020, 2030]
units: any
sources: ["invented"]
levels:
  - {id: composite, names: {vi: "Tổng", en: "All"}}
  - {id: dimension, names: {vi: "Phần", en: "Part"}}
change:
  - {id: tested, rule: tested, level: 0.95}
tree:
  code: T
  names: {vi: "Chỉ số", en: "Index"}
  scale: [2, 20]
  aggregate: {method: sum}
  parts:
    - {code: A, names: {vi: "Phần A", en: "Part A"}, scale: [1, 10], survey: {statistic: mean, variable: v1}}
    - {code: B, names: {vi: "Phần B", en: "Part B"}, scale: [1, 10], survey: {statistic: mean, variable: v2}}
`

// ownAnswers invents answers of two districts; the last sampling unit stands alone in its stratum.
func ownAnswers(lonely bool) string {
	var b strings.Builder
	b.WriteString("w,stratum,psu,unit,v1,v2\n")
	for i := range 160 {
		stratum := i / 40
		if lonely && i >= 150 {
			stratum = 9
		}
		fmt.Fprintf(&b, "%d.5,s%d,p%d,u%d,%d,%d\n", 10+i%3, stratum, i/10, i/80, i*7%10+1, (i*i)%5+1)
	}
	return b.String()
}

// An index is computed from files: all faults at once, in the words of the form, and nothing kept of a failed try.
func TestComputeOwn(t *testing.T) {
	h := one(t)
	w := h.team()
	at := "/app/lan-tinh/tinh-moi"
	fields := func(change map[string]string) map[string]string {
		f := map[string]string{"_khoa": w.anna.form(at, nil).Get("_khoa"), "source": "own", "period": "2024", "by": "unit", "weights": "w", "strata": "stratum", "psu": "psu", "lonely": "fail"}
		maps.Copy(f, change)
		return f
	}
	a := w.anna.uploads(at, fields(map[string]string{"period": "năm nay", "weights": ""}), nil)
	if a.status != http.StatusUnprocessableEntity || len(a.page(t).All(".note.bad li")) < 4 || a.page(t).Has("#f-period-e", "không phải") != nil {
		t.Errorf("without anything: %d %s", a.status, a.text())
	}
	if v, _ := attr(a.page(t).All("#f-strata")[0], "value"); v != "stratum" {
		t.Errorf("what was entered is lost: %q", v)
	}
	a = w.anna.uploads(at, fields(nil), map[string]string{"definition": ownIndex, "answers": ownAnswers(true)})
	if a.status != http.StatusUnprocessableEntity || strings.Contains(a.text(), "--") || a.page(t).Has(".note.bad", "cách xử lý khác") != nil {
		t.Errorf("a lonely sampling unit: %d %s", a.status, a.text())
	}
	a = w.anna.uploads(at, fields(nil), map[string]string{"definition": ownIndex, "answers": strings.ReplaceAll(strings.Replace(ownAnswers(false), "10.5", "x", 1), "12.5", "y")})
	if a.status != http.StatusUnprocessableEntity || len(a.page(t).All(".note.bad li")) < 2 || a.page(t).Has(".note.bad", "x.csv:2") != nil {
		t.Errorf("faulty answers: %d %s", a.status, a.text())
	}
	for ref := range h.blobs.All(t.Context()) {
		t.Errorf("a failed try left %d bytes", ref.Size)
	}
	a = w.anna.uploads(at, fields(nil), map[string]string{"definition": ownIndex, "answers": ownAnswers(false)})
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	w.anna.has(a.to, "main", "tỉnh tự khảo sát")
	w.anna.has(a.to, "#ket-qua table", "Phần A")
	w.anna.has("/app/lan-tinh", "h2", "Tỉnh tự khảo sát")
	if b := w.anna.press(a.to, "tinh-lai"); b.page(t).Has(".note.done", "đến từng bit") != nil {
		t.Errorf("computed again: %s", b.text())
	}
	w.chi.has("/app/bo-chi-so", "main", "papi-2023")
	w.chi.has("/app/bo-chi-so/xem/papi-2023", ".tree", "thiếu một phần")
	w.chi.has("/app/bo-chi-so/so-sanh?tu=papi-2019&den=papi-2023", "main", "không so sánh được")
	w.chi.has("/app/bo-chi-so/so-sanh?tu=papi-2023&den=papi-2011", ".note.warn", "cầu nối")
	if a := w.chi.get(at); a.status != http.StatusForbidden {
		t.Errorf("a chair who may not add runs: %d", a.status)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}
