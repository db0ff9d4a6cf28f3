package web

import (
	"encoding/base32"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	virtual "github.com/descope/virtualwebauthn"

	"thuoc/internal/account/totp"
)

// Somebody with a passkey proves with it who they are, and is led back to what they were doing.
func TestProofByPasskey(t *testing.T) {
	h := one(t)
	if n := len(h.admin.get("/app/xac-minh").page(t).All("form.passkey")); n != 0 {
		t.Errorf("%d passkeys are asked of somebody who has none", n)
	}
	rp := virtual.RelyingParty{Name: "Thước", ID: "house.test", Origin: "http://house.test"}
	key := virtual.NewCredential(virtual.KeyTypeRSA)
	auth := virtual.NewAuthenticator()
	ask := func(at string) (ceremony, options string) {
		a := h.admin.post(at, nil)
		var q struct {
			Ceremony string          `json:"ceremony"`
			Options  json.RawMessage `json:"options"`
		}
		if err := json.Unmarshal(a.body, &q); err != nil {
			t.Fatalf("%s is answered by %d: %s", at, a.status, a.text())
		}
		return q.Ceremony, string(q.Options)
	}
	ceremony, options := ask("/app/tai-khoan/khoa-truy-cap/hoi")
	made, err := virtual.ParseAttestationOptions(options)
	must(t, err)
	page := h.admin.get("/app/tai-khoan")
	sent := h.admin.filled(page, "form.passkey", url.Values{"label": {"máy tính"}, "nghi_thuc": {ceremony}, "tra_loi": {virtual.CreateAttestationResponse(rp, auth, key, *made)}})
	if a := h.admin.post("/app/tai-khoan/khoa-truy-cap/them", sent); a.status != http.StatusSeeOther {
		t.Fatalf("adding a passkey is answered by %d %s", a.status, a.text())
	}

	h.clock.Advance(11 * time.Minute)
	a := h.admin.get(inviteAt)
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/app/xac-minh?tiep=") {
		t.Fatalf("after eleven minutes: %d %s", a.status, a.to)
	}
	form := h.admin.get(a.to).page(t).All("form.passkey")
	if len(form) != 1 {
		t.Fatalf("%d forms ask for the passkey", len(form))
	}
	action, _ := attr(form[0], "action")
	ceremony, options = ask("/app/xac-minh/khoa/hoi")
	asked, err := virtual.ParseAssertionOptions(options)
	must(t, err)
	key.Counter++
	answer := url.Values{"nghi_thuc": {ceremony}, "tra_loi": {virtual.CreateAssertionResponse(rp, auth, key, *asked)}}
	if a := h.admin.post(action, answer); a.status != http.StatusSeeOther || a.to != inviteAt {
		t.Fatalf("the proof is answered by %d to %s %s", a.status, a.to, a.text())
	}
	if a := h.admin.get(inviteAt); a.status != http.StatusOK {
		t.Errorf("after the proof: %d", a.status)
	}
	if a := h.admin.post(action, answer); a.status != http.StatusGone {
		t.Errorf("the same answer again: %d", a.status)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// Looking at the page of the authenticator app makes no secret; its button does, and a wrong code keeps the one that was
// shown.
func TestAuthenticator(t *testing.T) {
	h := one(t)
	const at = "/app/tai-khoan/ma-xac-thuc"
	if a := h.admin.get(at); a.status != http.StatusOK || len(a.page(t).All("svg.qr")) != 0 {
		t.Fatalf("looking is answered by %d %s", a.status, a.text())
	}
	a := h.admin.post(at, h.admin.form(at, nil))
	shown := strings.ReplaceAll(textOf(a.page(t).All("main code")[0]), " ", "")
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(shown)
	must(t, err)
	a = h.admin.post(at, h.admin.filled(a, "form.entry", url.Values{"code": {"không phải"}}))
	if a.status != http.StatusUnprocessableEntity || strings.ReplaceAll(textOf(a.page(t).All("main code")[0]), " ", "") != shown {
		t.Fatalf("a wrong code is answered by %d", a.status)
	}
	a = h.admin.post(at, h.admin.filled(a, "form.entry", url.Values{"code": {totp.Code(key, totp.Step(h.clock.Now()))}}))
	if a.status != http.StatusSeeOther {
		t.Fatalf("the code is answered by %d %s", a.status, a.text())
	}
	if err := h.admin.get(a.to).page(t).Has(".note.done", "bước xác thực thứ hai"); err != nil {
		t.Error(err)
	}
}
