package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/task"
)

// taskOfCommune gives two officials of a commune a task, and the id of the first with the path of the task.
func (h *house) taskOfCommune(t task.Task) (dao string, at string) {
	h.t.Helper()
	h.within()
	dao = h.user("xa@tinh.gov.vn", "Lê Thị Đào", account.Grant{Role: account.CommuneOfficial, Place: made("commune")})
	h.user("hai@tinh.gov.vn", "Phạm Văn Hai", account.Grant{Role: account.CommuneOfficial, Place: made("commune")})
	t.Place = made("commune")
	return dao, "/app/nhiem-vu/" + h.giveTask(t)
}

// queue sends as the script of a browser does, and reads what it is told.
func (p *person) queue(at string, values url.Values, files ...part) (int, sendAnswer) {
	p.h.t.Helper()
	p.accept = "application/json"
	defer func() { p.accept = "" }()
	a := p.sendFiles(at+"/tien-do", values, files...)
	var said sendAnswer
	if err := json.Unmarshal(a.body, &said); err != nil {
		p.h.t.Fatalf("the queue is answered by %d %s", a.status, a.text())
	}
	return a.status, said
}

// What the queue of a browser is told: once taken always taken, and every reason in words.
func TestQueue(t *testing.T) {
	h := one(t)
	dao, at := h.taskOfCommune(task.Task{Title: "Niêm yết danh sách hộ nghèo", Measure: task.Count, Goal: new(12.0), Due: clock.MustDate("2025-07-05")})
	id := at[strings.LastIndex(at, "/")+1:]
	phone, hai := h.telephone("xa@tinh.gov.vn"), h.person("hai@tinh.gov.vn")
	entry := func(key, done, seen string) url.Values {
		return url.Values{"key": {key}, "owner": {dao}, "origin": {"phone"}, "done": {done}, "seen": {seen}, "due": {"2025-07-05"}}
	}
	for range 3 { // a number alone is the same number when it is sent again
		if code, said := phone.queue(at, entry("a", "5", task.NothingSeen)); code != 200 || said.State != isSent {
			t.Fatalf("a number is answered by %d %+v", code, said)
		}
	}
	if code, said := hai.queue(at, entry("b", "6", "")); code != http.StatusForbidden || said.State != isOther || said.Words != "" {
		t.Errorf("another's entry is answered by %d %+v", code, said)
	}
	seen := h.taskNow(id).Events[0].ID
	if a := hai.sendFiles(at+"/tien-do", hai.filled(hai.get(at), "form.send", url.Values{"done": {"9"}})); a.status != http.StatusSeeOther {
		t.Fatalf("the plain form is answered by %d", a.status)
	}
	code, said := phone.queue(at, entry("c", "7", seen))
	if code != http.StatusConflict || said.State != isClash || !said.Over || !strings.Contains(said.Words, "Phạm Văn Hai") {
		t.Errorf("a number that crosses another is answered by %d %+v", code, said)
	}
	if code, said := phone.queue(at, entry("d", "nhiều", seen)); code != http.StatusUnprocessableEntity || said.State != isWrong || said.Words == "" {
		t.Errorf("a wrong number is answered by %d %+v", code, said)
	}
	over := entry("c", "7", "")
	over.Set("due", "2025-07-01") // it has been moved since
	if code, said := phone.queue(at, over); code != 200 || said.State != isSent || !strings.Contains(said.Words, "05/07/2025") {
		t.Errorf("sent knowingly it is answered by %d %+v", code, said)
	}
	late := entry("e", "8", "")
	hai.sendFiles(at+"/tien-do", hai.filled(hai.get(at), "form.send", url.Values{"submit": {"1"}}))
	if code, said := phone.queue(at, late); code != http.StatusConflict || said.State != isClash || said.Over || said.Words == "" {
		t.Errorf("what comes too late is answered by %d %+v", code, said)
	}
	if code, said := phone.queue("/app/nhiem-vu/"+made("none"), late); code != http.StatusNotFound || said.State != isWrong || said.Words == "" {
		t.Errorf("a task that is none is answered by %d %+v", code, said)
	}
	if code, said := h.nobody().queue(at, late); code != http.StatusUnauthorized || said.State != isSignIn {
		t.Errorf("nobody is answered by %d %+v", code, said)
	}
	must(t, h.app.Accounts.RevokeDevice(t.Context(), account.Program("operator", h.today()), phone.id))
	if code, said := phone.queue(at, late); code != http.StatusUnauthorized || said.State != isRevoked || !strings.Contains(said.Words, "thu hồi") {
		t.Errorf("a revoked telephone is answered by %d %+v", code, said)
	}
	if p := h.taskNow(id); len(p.Events) != 4 || *p.Done != 7 {
		t.Errorf("%d events, %v done", len(p.Events), *p.Done)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// The card of the work list is a plain form: what is wrong comes back with everything entered, the photo too, which
// nobody else can use.
func TestCardWithoutScript(t *testing.T) {
	h := one(t)
	_, at := h.taskOfCommune(task.Task{Title: "Niêm yết", Measure: task.Percent})
	id := at[strings.LastIndex(at, "/")+1:]
	dao := h.person("xa@tinh.gov.vn")
	const work = "/app/viec-cua-toi"
	if n := len(dao.get(work + "?nv=" + id).page(t).All("#nv-" + id + " details[open] form.send")); n != 1 {
		t.Fatalf("%d open forms on the card that a message leads to", n)
	}
	card := dao.filled(dao.get(work), "form.send", url.Values{"done": {"gần hết"}, "note": {"Đã niêm yết"}, "consent": nil})
	a := dao.sendFiles(at+"/tien-do", card, part{"photo", "a.jpg", jpegOf(t, picture(40, 30))})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "Đã niêm yết") || !strings.Contains(a.text(), "không phải chọn lại") {
		t.Fatalf("a wrong number is answered by %d %s", a.status, textOf(a.page(t).All("main")[0]))
	}
	again := dao.filled(a, "form.send", url.Values{"done": {"80"}, "consent": nil})
	hai := h.person("hai@tinh.gov.vn")
	if a := hai.sendFiles(at+"/tien-do", url.Values{"key": {"x"}, "kept": again["kept"]}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another's photo is answered by %d", a.status)
	}
	if a := dao.sendFiles(at+"/tien-do", again); a.status != http.StatusSeeOther || a.to != work {
		t.Fatalf("corrected it is answered by %d %s", a.status, a.to)
	}
	if p := h.taskNow(id); len(p.Evidence) != 1 || *p.Done != 80 || p.Events[0].Note != "Đã niêm yết" {
		t.Errorf("what arrived is %+v", p)
	}
	hai.sendFiles(at+"/tien-do", hai.filled(hai.get(at), "form.send", url.Values{"submit": {"1"}, "note": {"xong"}}))
	late := again
	late.Set("key", "late")
	late.Del("kept")
	late.Set("note", "chữ của tôi")
	if a := dao.sendFiles(at+"/tien-do", late); a.status != http.StatusConflict || a.page(t).Has("form.send textarea", "chữ của tôi") != nil || len(a.page(t).All("form.send button")) != 0 {
		t.Errorf("what comes too late is answered by %d", a.status)
	}
}

// When and where a photo was taken is read of it, or beside it where the telephone made it smaller, and with consent alone.
func TestPhotosSayWhatTheirSenderAgreedTo(t *testing.T) {
	h := one(t)
	_, at := h.taskOfCommune(task.Task{Title: "Niêm yết"})
	id := at[strings.LastIndex(at, "/")+1:]
	dao := h.person("xa@tinh.gov.vn")
	shot := part{"photo", "a.jpg", jpegOf(t, picture(40, 30))}
	for key, c := range map[string]struct {
		consent, taken, lat string
		says                bool
	}{
		"with": {"1", "2025-06-15T08:14:05+07:00", "16.8163", true}, "without": {"", "2025-06-15T08:14:05+07:00", "16.8163", false},
		"hostile": {"1", "2999-01-01T00:00:00Z", "1e9", false},
	} {
		dao.sendFiles(at+"/tien-do", url.Values{"key": {key}, "consent": {c.consent}, "taken": {c.taken}, "lat": {c.lat}, "lon": {"107.1003"}}, shot)
		e := h.taskNow(id).Evidence
		last := e[len(e)-1]
		if got := !last.Taken.IsZero() && last.Lat != nil; got != c.says || (last.Lat != nil) != c.says {
			t.Errorf("%s: %+v", key, last)
		}
	}
}

// A telephone may keep work and tasks of its owner; a computer at which somebody signed in keeps nothing, and what a
// telephone is given besides holds nothing of anybody. Opening a link, as previews of messages do, changes nothing.
func TestWhatATelephoneKeeps(t *testing.T) {
	h := one(t)
	id, at := h.taskOfCommune(task.Task{Title: "Niêm yết danh sách hộ nghèo"})
	phone, desk := h.telephone("xa@tinh.gov.vn"), h.person("xa@tinh.gov.vn")
	for _, path := range []string{"/app/viec-cua-toi", at} {
		if a := phone.get(path); a.head.Get(keepHeader) != "1" || a.head.Get(holderHeader) != id || len(a.page(t).All("[data-kept][hidden]")) != 1 || len(a.page(t).All("#hang-doi[data-worker]")) != 1 {
			t.Errorf("%s is given to a telephone with %v", path, a.head)
		}
		if a := desk.get(path); a.head.Get(keepHeader) != "" || a.head.Get(holderHeader) != id || len(a.page(t).All("#hang-doi[data-worker]")) != 0 {
			t.Errorf("%s is given to a desk with %v", path, a.head)
		}
		if a := h.nobody().get(path); !gated(a) {
			t.Errorf("%s is shown to anybody: %d", path, a.status)
		}
	}
	if n := len(h.taskNow(at[strings.LastIndex(at, "/")+1:]).Events); n != 0 {
		t.Errorf("looking left %d events", n)
	}
	if a := phone.get(at + "/minh-chung"); a.head.Get(keepHeader) != "" {
		t.Error("a telephone keeps the form of evidence")
	}
	if a := phone.get("/app/dang-nhap"); a.head.Get(holderHeader) != id {
		t.Errorf("at the gate the telephone is %q's", a.head.Get(holderHeader))
	}
	if a := h.nobody().get("/app/dang-nhap"); a.head.Get(holderHeader) != nobody {
		t.Errorf("at the gate anybody is %q", a.head.Get(holderHeader))
	}
	for _, root := range []string{"/app/", "/en/app/"} {
		script := phone.get(root + "sw.js")
		if script.head.Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.HasPrefix(string(script.body), "const house = {") {
			t.Errorf("the service worker begins %.80s", script.body)
		}
		var m struct {
			Start string `json:"start_url"`
			Icons []struct{ Src, Sizes string }
		}
		must(t, json.Unmarshal(phone.get(root+"manifest.webmanifest").body, &m))
		if !strings.HasPrefix(m.Start, root) || len(m.Icons) != 3 {
			t.Errorf("the manifest is %+v", m)
		}
		for _, icon := range m.Icons {
			w := httptest.NewRecorder()
			if h.app.ServeHTTP(w, httptest.NewRequest("GET", icon.Src, nil)); w.Code != http.StatusOK {
				t.Errorf("%s is answered by %d", icon.Src, w.Code)
			}
		}
	}
	for _, path := range []string{"/app/mat-mang", "/en/app/offline"} {
		if a := phone.get(path); a.status != http.StatusOK || a.head.Get(holderHeader) != "" || strings.Contains(a.text(), "Đào") || strings.Contains(a.text(), id) {
			t.Errorf("%s holds something of somebody: %d %v", path, a.status, a.head)
		}
	}
}
