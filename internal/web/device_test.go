package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
)

// telephone is somebody's enrolled telephone.
type telephone struct {
	*person
	id string
}

// telephone enrols one of somebody, in the store.
func (h *house) telephone(login string) telephone {
	h.t.Helper()
	ctx := h.t.Context()
	_, owner, err := h.app.Accounts.SignIn(ctx, account.Credentials{Login: login, Password: secret})
	must(h.t, err)
	link, err := h.app.Accounts.OfferDevice(ctx, owner)
	must(h.t, err)
	token, err := h.app.Accounts.EnrolDevice(ctx, account.DeviceRequest{Link: tokenOf(link), Password: secret, Label: "máy thử"})
	must(h.t, err)
	actor, err := h.app.Accounts.DeviceActor(ctx, token)
	must(h.t, err)
	p := h.nobody()
	at, err := url.Parse(h.site.URL)
	must(h.t, err)
	p.client.Jar.SetCookies(at, []*http.Cookie{h.app.cookie(h.app.deviceCookie(), token, deviceFor)})
	return telephone{p, actor.Device}
}

// offerAt is where a telephone is offered one's work.
const offerAt = "/app/tai-khoan/thiet-bi/them"

// A telephone is offered on the screen, enrolled by its owner's password, opens their work and nothing else, and is
// refused in words once it is revoked.
func TestTelephone(t *testing.T) {
	h := one(t)
	h.user("hoa@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.Administrator})
	hoa := h.person("hoa@tinh.gov.vn")
	a := hoa.post(offerAt, hoa.form(offerAt, nil))
	if a.status != http.StatusSeeOther || strings.Contains(a.to, "thiet-bi/MDE") {
		t.Fatalf("the offer is answered by %d %s", a.status, a.text())
	}
	shown := hoa.get(a.to).page(t)
	if len(shown.All("svg.qr")) != 1 {
		t.Fatal("the code is not shown")
	}
	offered := a.to
	at := strings.TrimPrefix(textOf(shown.All(".copy code")[0]), "http://house.test")

	phone := h.nobody()
	phone.agent = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"
	if phone.get(at).status != http.StatusOK || !gated(phone.get("/app/viec-cua-toi")) {
		t.Fatal("the link alone lets somebody in")
	}
	entered := phone.form(at, nil)
	if entered.Get("label") != "Chrome · Android" {
		t.Errorf("the telephone is called %q", entered.Get("label"))
	}
	entered.Set("password", "không phải")
	if a := phone.post(at, entered); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password is answered by %d", a.status)
	}
	entered.Set("password", secret)
	a = phone.post(at, entered)
	if a.status != http.StatusSeeOther {
		t.Fatalf("enrolling is answered by %d %s", a.status, a.text())
	}
	var kept *http.Cookie
	for _, c := range (&http.Response{Header: a.head}).Cookies() {
		if c.Name == h.app.deviceCookie() {
			kept = c
		}
	}
	if kept == nil || !kept.HttpOnly || kept.SameSite != http.SameSiteLaxMode || kept.MaxAge != int(deviceFor/time.Second) {
		t.Errorf("the telephone keeps %v", kept)
	}
	work := phone.get(a.to)
	if work.status != http.StatusOK || work.page(t).Has("h1", "Việc của tôi") != nil || len(work.page(t).All("form.act[action='/app/dang-xuat']")) != 0 {
		t.Errorf("the telephone sees %d %s", work.status, work.text())
	}
	if a := phone.get("/app/nguoi-dung"); !gated(a) {
		t.Errorf("people and roles are answered to a telephone by %d", a.status)
	} else if err := phone.get(a.to).page(t).Has(".note", "chỉ mở được việc của bạn"); err != nil {
		t.Error(err)
	}
	if a := phone.post(at, entered); a.status != http.StatusGone {
		t.Errorf("the link used again is answered by %d", a.status)
	}
	if err := hoa.get(offered).page(t).Has(".lead", "đã dùng rồi"); err != nil {
		t.Error(err)
	}

	if a := hoa.press("/app/tai-khoan", "/thu-hoi"); a.status != http.StatusSeeOther {
		t.Fatalf("revoking is answered by %d", a.status)
	}
	if a = phone.get("/app/viec-cua-toi"); !gated(a) {
		t.Fatalf("a revoked telephone is answered by %d", a.status)
	}
	if err := phone.get(a.to).page(t).Has(".note.warn", "đã bị thu hồi"); err != nil {
		t.Error(err)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// Each link is good for its own purpose alone.
func TestLinksOfAnotherPurpose(t *testing.T) {
	h := one(t)
	_, admin, err := h.app.Accounts.SignIn(t.Context(), account.Credentials{Login: "quantri@tinh.gov.vn", Password: secret})
	must(t, err)
	device, err := h.app.Accounts.OfferDevice(t.Context(), admin)
	must(t, err)
	_, invitation, err := h.app.Accounts.Invite(t.Context(), admin, account.Invitation{Person: account.Person{Name: "Người Mới", Email: "moi@tinh.gov.vn"}})
	must(t, err)
	for _, at := range []string{"/app/loi-moi/" + tokenOf(device), "/app/thiet-bi/" + tokenOf(invitation)} {
		if a := h.nobody().get(at); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered by %d", at, a.status)
		}
	}
}

// gated tells whether an answer leads to signing in.
func gated(a answer) bool { return seen(a) == gate }
