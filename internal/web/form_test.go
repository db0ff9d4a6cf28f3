package web

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
)

func (h *house) today() clock.Date { return clock.Of(h.app.Now()) }

const inviteAt = "/app/nguoi-dung/moi"

// Every fault comes back at once, linked to its field, with what was entered still there.
func TestFaultsComeBackAtOnce(t *testing.T) {
	h := one(t)
	a := h.admin.post(inviteAt, h.admin.form(inviteAt, url.Values{"name": {""}, "email": {"không phải địa chỉ"}, "phone": {"12"}, "role": {""}}))
	page := a.page(t)
	if a.status != http.StatusUnprocessableEntity {
		t.Fatalf("answered by %d", a.status)
	}
	for _, name := range []string{"name", "email", "phone"} {
		if len(page.All(`.note.bad a[href=#f-`+name+`]`)) != 1 || len(page.All(`#f-`+name+`[aria-invalid=true]`)) != 1 {
			t.Errorf("the fault of %s is not linked to its field", name)
		}
	}
	if v, _ := attr(page.All("#f-phone")[0], "value"); v != "12" {
		t.Errorf("what was entered became %q", v)
	}
}

// What was sent in vain is there again, also after the session has ended; sent well, the draft is gone.
func TestNothingEnteredIsLost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sent := h.admin.form(inviteAt, url.Values{"name": {"Lý Nháp"}, "email": {""}, "phone": {""}})
		h.clock.Advance(9 * time.Hour) // the session is over by now
		a := h.admin.post(inviteAt, sent)
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/app/dang-nhap?tiep=") {
			t.Fatalf("an ended session is answered by %d to %s", a.status, a.to)
		}
		if err := h.admin.get(a.to).page(t).Has(".note.warn", "Nội dung đã nhập vẫn được giữ"); err != nil {
			t.Error(err)
		}
		again := h.person("quantri@tinh.gov.vn")
		page := again.get(inviteAt).page(t)
		if v, _ := attr(page.All("#f-name")[0], "value"); v != "Lý Nháp" {
			t.Errorf("the form holds %q", v)
		}
		if err := page.Has(".note", "mà chưa gửi"); err != nil {
			t.Error(err)
		}
		h.user("khac@tinh.gov.vn", "Người Khác", account.Grant{Role: account.Administrator})
		if other := h.person("khac@tinh.gov.vn").get(inviteAt); strings.Contains(other.text(), "Lý Nháp") {
			t.Error("somebody else sees the draft")
		}
		if a = again.post(inviteAt, again.form(inviteAt, url.Values{"email": {"ly@tinh.gov.vn"}})); a.status != http.StatusSeeOther {
			t.Fatalf("sent again: %d %s", a.status, a.text())
		}
		again.get(a.to) // which says who was invited
		if strings.Contains(again.get(inviteAt).text(), "Lý Nháp") {
			t.Error("the draft outlives its sending")
		}
	})
}

// The script's draft is kept without what is secret, and can be dropped.
func TestDraftOfTheScript(t *testing.T) {
	h := one(t)
	form := h.admin.form(inviteAt, url.Values{"name": {"Đang Gõ"}, "password": {"bí mật"}})
	if a := h.admin.post("/app/nhap", form); a.status != http.StatusNoContent {
		t.Fatalf("answered by %d", a.status)
	}
	shown := h.admin.get(inviteAt)
	if !strings.Contains(shown.text(), "Đang Gõ") || strings.Contains(shown.text(), "bí mật") {
		t.Error("the draft is not what was entered without its secrets")
	}
	if a := h.admin.press(inviteAt, "/nhap/bo"); a.status != http.StatusSeeOther {
		t.Errorf("dropping is answered by %d", a.status)
	}
	if strings.Contains(h.admin.get(inviteAt).text(), "Đang Gõ") {
		t.Error("the dropped draft is still there")
	}
	if a := h.nobody().post("/app/nhap", url.Values{keyField: {"made-up"}, "name": {"x"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a made-up key is answered by %d", a.status)
	}
}

// The same form sent many times at once invites one person, and everybody is led to the same place.
func TestSentTwiceDoneOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sent := h.admin.form(inviteAt, url.Values{"name": {"Một Lần"}, "email": {"motlan@tinh.gov.vn"}})
		var all sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			all.Go(func() { answers[i] = h.admin.post(inviteAt, sent) })
		}
		all.Wait()
		for _, a := range answers {
			if a.status != http.StatusSeeOther || a.to != answers[0].to {
				t.Errorf("answered by %d to %q", a.status, a.to)
			}
		}
		if err := h.admin.get("/app/nguoi-dung?q=mot+lan").page(t).Has("main", "1 người"); err != nil {
			t.Error(err)
		}
	})
}

// Of two who edit at once the second is told, in words, what stands there now; sent again it replaces knowingly.
func TestTwoEditors(t *testing.T) {
	h := one(t)
	id := h.user("hai@tinh.gov.vn", "Tên Cũ")
	at := "/app/nguoi-dung/" + id + "/sua"
	first, second := h.admin.form(at, url.Values{"name": {"Tên Của Người Một"}}), h.admin.form(at, url.Values{"name": {"Tên Của Người Hai"}})
	if a := h.admin.post(at, first); a.status != http.StatusSeeOther {
		t.Fatalf("the first is answered by %d", a.status)
	}
	a := h.admin.post(at, second)
	page := a.page(t)
	if a.status != http.StatusConflict || page.Has("#f-name-n", "Tên Của Người Một") != nil {
		t.Fatalf("the second is answered by %d %s", a.status, a.text())
	}
	if err := page.Has(".note.warn", "Người sửa gần nhất là chính bạn"); err != nil {
		t.Error(err)
	}
	if v, _ := attr(page.All("#f-name")[0], "value"); v != "Tên Của Người Hai" {
		t.Errorf("what the second entered became %q", v)
	}
	if a := h.admin.post(at, h.admin.filled(a, "form.entry", nil)); a.status != http.StatusSeeOther {
		t.Errorf("sent knowingly: %d %s", a.status, a.text())
	}
}

// What has weight asks for a proof first, and leads back to the form with what was entered.
func TestProofLeadsBack(t *testing.T) {
	h := one(t)
	sent := h.admin.form(inviteAt, url.Values{"name": {"Cần Xác Minh"}, "email": {"xm@tinh.gov.vn"}})
	h.clock.Advance(11 * time.Minute)
	a := h.admin.post(inviteAt, sent)
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/app/xac-minh?tiep=") {
		t.Fatalf("answered by %d to %s", a.status, a.to)
	}
	if a = h.admin.post(a.to, h.admin.form(a.to, url.Values{"password": {secret}})); a.status != http.StatusSeeOther || a.to != inviteAt {
		t.Fatalf("the proof is answered by %d to %s: %s", a.status, a.to, a.text())
	}
	if !strings.Contains(h.admin.get(inviteAt).text(), "Cần Xác Minh") {
		t.Error("what was entered is lost")
	}
}

// Wrong tries wait longer and longer, and the page says how long.
func TestGuessingWaits(t *testing.T) {
	h := one(t)
	p := h.nobody()
	var a answer
	for range 12 {
		a = p.post("/app/dang-nhap", url.Values{"login": {"quantri@tinh.gov.vn"}, "password": {"không phải"}})
	}
	if a.status != http.StatusTooManyRequests && a.status != http.StatusServiceUnavailable || a.head.Get("Retry-After") == "" {
		t.Fatalf("the twelfth try is answered by %d %v", a.status, a.head)
	}
	if v, _ := attr(a.page(t).All("#f-login")[0], "value"); v != "quantri@tinh.gov.vn" || len(a.page(t).All("[role=alert]")) != 1 {
		t.Error("the page lost what was typed, or does not say how long to wait")
	}
}

// A form that another site sends is refused, and nobody is led out of the house.
func TestForeignForms(t *testing.T) {
	h := one(t)
	r, err := http.NewRequestWithContext(t.Context(), "POST", h.site.URL+"/app/dang-xuat", nil)
	must(t, err)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := h.admin.do(r); a.status != http.StatusForbidden {
		t.Errorf("answered by %d", a.status)
	}
	for _, next := range []string{"https://evil.example/", "//evil.example/app/", "/app/../../x", "/\\evil.example", "javascript:alert(1)", "/api/v1"} {
		a := h.admin.get("/app/dang-nhap?" + url.Values{nextKey: {next}}.Encode())
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/app/") {
			t.Errorf("%s leads to %d %s", next, a.status, a.to)
		}
	}
	for path, want := range map[string]int{"/app/khong-co": 404, "/en/app/nothing": 404, "/app/dang-xuat": 405} {
		if a := h.admin.get(path); a.status != want {
			t.Errorf("%s is answered by %d", path, a.status)
		}
	}
}

// The first load of a page stays within 75 KB as compressed.
func TestWeight(t *testing.T) {
	h := one(t)
	furnish(t, h)
	for _, path := range []string{"/app/viec-cua-toi", "/app/nguoi-dung", "/app/nhat-ky", "/app/tai-khoan", inviteAt} {
		if n := h.weigh(path); n > 75<<10 {
			t.Errorf("%s weighs %d bytes", path, n)
		} else {
			t.Log(path, n)
		}
	}
}

// A conflict at a button says who was first, and when; so does the page of health what wants mending.
func TestWhoWasFirst(t *testing.T) {
	h := one(t)
	id := h.user("hai@tinh.gov.vn", "Người Hai", account.Grant{Role: account.Administrator})
	other := h.user("moi@tinh.gov.vn", "Người Mới")
	key := h.app.Drafts.Key(id, "/app/nguoi-dung/"+other+"/khoa")
	if a := h.admin.press("/app/nguoi-dung/"+other, "/khoa"); a.status != http.StatusSeeOther {
		t.Fatalf("blocking is answered by %d", a.status)
	}
	a := h.person("hai@tinh.gov.vn").post("/app/nguoi-dung/"+other+"/khoa", url.Values{keyField: {key}})
	if a.status != http.StatusConflict {
		t.Fatalf("blocking a second time is answered by %d %s", a.status, a.text())
	}
	if err := a.page(t).Has("main .lead", "Người sửa gần nhất: Đỗ Quản Trị, lúc"); err != nil {
		t.Error(err)
	}
	page := h.admin.get("/app/he-thong").page(t)
	for where, says := range map[string]string{".list": "không qua TLS", ".panelled": "2 giờ"} {
		found := false
		for _, n := range page.All(where) {
			found = found || strings.Contains(textOf(n), says)
		}
		if !found {
			t.Errorf("no %s says %q", where, says)
		}
	}
}
