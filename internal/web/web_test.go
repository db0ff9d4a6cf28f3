package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
)

// Somebody is invited, sets a password, signs in, finds their work, and signs out.
func TestInvitationToSignOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.admin.post("/app/nguoi-dung/moi", h.admin.form("/app/nguoi-dung/moi", url.Values{"name": {"Nguyễn Thị Hoa"}, "email": {"hoa@tinh.gov.vn"}, "role": {""}, "where": {""}}))
		if a.status != http.StatusSeeOther {
			t.Fatalf("inviting is answered by %d %s", a.status, a.text())
		}
		shown := h.admin.get(a.to)
		link := shown.page(t).All(".note.done code")
		if len(link) != 1 {
			t.Fatalf("the link is not shown: %s", shown.text())
		}
		if again := h.admin.get(a.to); len(again.page(t).All(".note.done")) != 0 {
			t.Error("the link is shown a second time")
		}
		hoa := h.nobody()
		at := "/app/loi-moi/" + tokenOf(textOf(link[0]))
		if err := hoa.get(at).page(t).Has("main .lead", "Xin chào Nguyễn Thị Hoa"); err != nil {
			t.Error(err)
		}
		if a := hoa.post(at, url.Values{"password": {"ngan"}}); a.status != http.StatusUnprocessableEntity || a.page(t).Has("#f-password-e", "ngắn") != nil {
			t.Errorf("a short password is answered by %d", a.status)
		}
		if a := hoa.post(at, url.Values{"password": {secret}}); a.status != http.StatusSeeOther {
			t.Fatalf("setting the password is answered by %d %s", a.status, a.text())
		}
		if a := hoa.get(at); a.status != http.StatusGone {
			t.Errorf("a used link is answered by %d", a.status)
		}
		hoa = h.person("hoa@tinh.gov.vn")
		if err := hoa.get("/app/viec-cua-toi").page(t).Has("h1", "Việc của tôi"); err != nil {
			t.Error(err)
		}
		if a := hoa.post("/app/dang-xuat", nil); a.status != http.StatusSeeOther {
			t.Errorf("signing out is answered by %d", a.status)
		}
		if a := hoa.get("/app/viec-cua-toi"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/app/dang-nhap?tiep=") {
			t.Errorf("after signing out: %d to %s", a.status, a.to)
		}
		if len(h.errs) > 0 {
			t.Error(h.errs)
		}
	})
}

// Every page in both languages, with little and with much to show.
func TestEveryPage(t *testing.T) {
	h := one(t)
	for _, full := range []bool{false, true} {
		if full {
			furnish(t, h)
		}
		id := h.user("a"+map[bool]string{true: "1"}[full]+"@tinh.gov.vn", "Người Mẫu", account.Grant{Role: account.Inspector, Place: made("province")})
		for _, path := range []string{"viec-cua-toi", "tai-khoan", "tai-khoan/thong-tin", "tai-khoan/mat-khau", "tai-khoan/ma-xac-thuc", "nguoi-dung", "nguoi-dung?q=khong+ai&tt=blocked",
			"nguoi-dung/moi", "nguoi-dung/" + id, "nguoi-dung/" + id + "/sua", "nguoi-dung/" + id + "/giao-vai", "nguoi-dung/" + id + "/xoa", "nhat-ky", "nhat-ky?viec=khong", "he-thong", "xac-minh"} {
			a := h.admin.get("/app/" + path)
			if a.status != http.StatusOK {
				t.Errorf("%s is answered by %d: %s", path, a.status, a.text())
				continue
			}
			page := a.page(t)
			if n := len(page.All("h1")); n != 1 {
				t.Errorf("%s has %d h1", path, n)
			}
			twin, _ := attr(page.All("a[hreflang=en]")[0], "href")
			if a := h.admin.get(twin); a.status != http.StatusOK || a.page(t).Has("html[lang=en] h1", "") != nil {
				t.Errorf("the twin of %s is answered by %d", path, a.status)
			}
			if a.head.Get("Cache-Control") != "no-store" || !strings.Contains(a.head.Get("Content-Security-Policy"), "default-src 'self'") {
				t.Errorf("%s has the headers %v", path, a.head)
			}
		}
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// A role over a place is given by the place's name as people type it; of several that answer one must be chosen.
func TestPlaceIsTyped(t *testing.T) {
	h := one(t)
	must(t, h.app.Places.Seed(t.Context(), account.Program("operator", h.today())))
	invite := func(where string, more url.Values) answer {
		values := url.Values{"name": {"Trần Địa Bàn"}, "email": {"diaban@tinh.gov.vn"}, "role": {string(account.Analyst)}, "where": {where}}
		for k, v := range more {
			values[k] = v
		}
		return h.admin.post(inviteAt, h.admin.form(inviteAt, values))
	}
	if a := invite("không có nơi này", nil); a.status != http.StatusUnprocessableEntity || len(a.page(t).All("#f-where[aria-invalid]")) != 1 {
		t.Errorf("a place that is none is answered by %d", a.status)
	}
	a := invite("mỹ", url.Values{"name": {""}})
	if len(a.page(t).All("#f-name[aria-invalid]")) != 1 {
		t.Error("the choice among places hides the fault of the name")
	}
	offered := a.page(t).All("input[type=radio][name=place]")
	if a.status != http.StatusUnprocessableEntity || len(offered) < 2 {
		t.Fatalf("%d places are offered: %d", len(offered), a.status)
	}
	if a := invite("tinh hung yen", nil); a.status != http.StatusSeeOther {
		t.Fatalf("a full name is answered by %d %s", a.status, a.text())
	} else if err := h.admin.get(a.to).page(t).Has(".panelled", "Phân tích số liệu · Tỉnh Hưng Yên"); err != nil {
		t.Error(err)
	}
}
