package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/account/oidctest"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/ui/htmlcheck"
)

// outsideHouse is a house with another house to sign in through.
func outsideHouse(t *testing.T) (*house, *oidctest.Provider) {
	d, now := dbtest.New(t, db.SQLite)
	p := oidctest.New(t, now.Now)
	h := openWith(t, d, now.Now, &account.OIDC{Issuer: p.Server.URL, ClientID: oidctest.Client, Secret: "s", Name: "SSO của tỉnh"})
	h.clock = now
	return h, p
}

// outside goes to the other house, which lets them in, and comes back with what it sent along.
func (p *person) outside(at *oidctest.Provider, address string, change func(url.Values)) answer {
	p.h.t.Helper()
	u, err := url.Parse(address)
	must(p.h.t, err)
	if !strings.HasPrefix(address, at.Server.URL+"/auth?") {
		p.h.t.Fatalf("leads to %s", address)
	}
	at.Asked = u.Query()
	back := url.Values{"state": {at.Asked.Get("state")}, "code": {oidctest.Code}}
	if change != nil {
		change(back)
	}
	return p.get("/app/oidc?" + back.Encode())
}

// linkTo gives the address of the link in a page that begins so.
func (a answer) linkTo(t *testing.T, beginning string) string {
	t.Helper()
	for _, n := range a.page(t).All("main a") {
		if href, _ := htmlcheck.Attr(n, "href"); strings.HasPrefix(href, beginning) {
			return href
		}
	}
	t.Fatalf("no link to %s… in %s", beginning, a.text())
	return ""
}

// Somebody who was invited comes in through the other house, is led to where they wanted, in the language they left in.
func TestSignInOutside(t *testing.T) {
	h, other := outsideHouse(t)
	p := h.nobody()
	gate := p.get("/en/app/sign-in?tiep=%2Fen%2Fapp%2Faccount")
	if !strings.Contains(gate.text(), "Sign in through SSO của tỉnh") {
		t.Fatal("the sign-in page has no way to the other house")
	}
	way := gate.linkTo(t, "/en/app/oidc/go")

	a := p.outside(other, p.get(way).to, nil) // nobody has invited them
	if a.status != http.StatusSeeOther || a.to != "/en/app/sign-in" {
		t.Fatalf("a stranger is answered %d %s", a.status, a.to)
	}
	if page := p.get(a.to); !strings.Contains(page.text(), "No invitation waits for you here.") {
		t.Errorf("a stranger is told %s", page.text())
	}

	_, _, err := h.app.Accounts.Invite(t.Context(), account.Program("operator", h.today()), account.Invitation{Person: account.Person{Name: "Lý Thị Liên", Email: "oidc@so.gov.vn"}})
	must(t, err)
	for name, change := range map[string]func(url.Values){
		"another's state": func(v url.Values) { v.Set("state", "x") },
		"turned back":     func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") },
	} {
		if a := p.outside(other, p.get(way).to, change); a.to != "/en/app/sign-in" {
			t.Errorf("%s: led to %s", name, a.to)
		}
	}
	if a := h.nobody().get("/app/oidc?state=x&code=y"); a.to != "/app/dang-nhap" {
		t.Errorf("an answer nobody asked for leads to %s", a.to)
	}
	a = p.outside(other, p.get(way).to, nil)
	if a.to != "/en/app/account" {
		t.Fatalf("led to %d %s", a.status, a.to)
	}
	if me := p.get(a.to); !strings.Contains(me.text(), "Lý Thị Liên") || !strings.Contains(me.text(), "Joined since") {
		t.Errorf("signed in as %s", me.text())
	}
	if a := p.press("/app/tai-khoan", "/tai-khoan/oidc/go"); a.status != http.StatusConflict {
		t.Errorf("the only way to sign in is left: %d", a.status)
	}
	evil := p.get("/app/oidc/di?tiep=https%3A%2F%2Fevil.example%2F")
	if a := p.outside(other, evil.to, nil); a.to != "/app/viec-cua-toi" {
		t.Errorf("led to %s", a.to)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// Somebody signed in joins their account, comes in by it, and parts again.
func TestJoinOutside(t *testing.T) {
	h, other := outsideHouse(t)
	other.Claims = map[string]any{"sub": "admin"}
	page := h.admin.press("/app/tai-khoan", "/tai-khoan/oidc")
	if page.status != http.StatusOK {
		t.Fatalf("joining is answered %d", page.status)
	}
	a := h.admin.outside(other, page.linkTo(t, other.Server.URL), nil)
	if a.to != "/app/tai-khoan" || !strings.Contains(h.admin.get(a.to).text(), "Đã liên kết từ") {
		t.Fatalf("not joined: %d %s", a.status, a.to)
	}
	p := h.nobody()
	if a := p.outside(other, p.get("/app/oidc/di").to, nil); a.to != "/app/viec-cua-toi" {
		t.Fatalf("not let in: %d %s", a.status, a.to)
	}
	if a := p.press("/app/tai-khoan", "/tai-khoan/oidc/go"); a.to != "/app/tai-khoan" {
		t.Fatalf("not parted: %d %s", a.status, a.text())
	}
	if a := h.nobody().post("/app/tai-khoan/oidc", nil); !strings.HasPrefix(a.to, "/app/dang-nhap") {
		t.Errorf("anybody joins: %d", a.status)
	}
	h.clock.Advance(10 * time.Minute)
	if a := h.admin.press("/app/tai-khoan", "/tai-khoan/oidc"); !strings.HasPrefix(a.to, "/app/xac-minh") {
		t.Errorf("joined without proof: %d %s", a.status, a.to)
	}
}

// Where the other house is away, signing in by password still stands there, with the reason.
func TestOutsideAway(t *testing.T) {
	h, other := outsideHouse(t)
	other.Server.Close()
	p := h.nobody()
	a := p.get("/app/oidc/di")
	if a.to != "/app/dang-nhap" || !strings.Contains(p.get(a.to).text(), "không trả lời") {
		t.Errorf("led to %d %s", a.status, a.to)
	}
}
