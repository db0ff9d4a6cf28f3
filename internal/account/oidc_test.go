package account_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/account/oidctest"
	"thuoc/internal/fault"
)

func TestOIDC(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		other := oidctest.New(t, h.clock.Now)
		opts := options(t, h.db)
		opts.OIDC = &account.OIDC{Issuer: other.Server.URL, ClientID: oidctest.Client, Secret: "s", Name: "SSO của tỉnh"}
		s := open(t, opts)

		through := func(a account.Actor, claims map[string]any, change func(*account.OIDCReturn)) (account.Actor, error) {
			t.Helper()
			address, handle, err := s.BeginOIDC(ctx, a)
			must(t, err)
			u, err := url.Parse(address)
			must(t, err)
			other.Asked, other.Claims = u.Query(), claims
			if other.Asked.Get("redirect_uri") != base+"/app/oidc" {
				t.Errorf("sends back to %q", other.Asked.Get("redirect_uri"))
			}
			r := account.OIDCReturn{Handle: handle, State: other.Asked.Get("state"), Code: oidctest.Code, From: office}
			if change != nil {
				change(&r)
			}
			_, who, err := s.FinishOIDC(ctx, a, r)
			return who, err
		}
		nobody := account.Actor{}

		_, err := through(nobody, nil, nil)
		wants(t, err, fault.Forbidden) // known there, not invited here
		h.user("active@so.gov.vn")
		_, err = through(nobody, map[string]any{"email": "active@so.gov.vn"}, nil)
		wants(t, err, fault.Forbidden) // an account with a password is not taken over by an address

		user, _, err := h.Invite(ctx, h.admin, account.Invitation{Person: account.Person{Name: "Lý Thị Liên", Email: "oidc@so.gov.vn"}})
		must(t, err)
		for name, bad := range map[string]map[string]any{
			"address not verified": {"email_verified": false}, "no word of it": {"email_verified": nil}, "for another": {"aud": "another"},
			"expired": {"exp": h.clock.Now().Add(-time.Minute).Unix()}, "nonce of another": {"nonce": "x"}, "from another": {"iss": "https://evil.example"},
			"no address": {"email": ""},
		} {
			if _, err := through(nobody, bad, nil); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = through(nobody, nil, func(r *account.OIDCReturn) { r.State = "x" })
		wants(t, err, fault.Forbidden)
		_, err = through(nobody, nil, func(r *account.OIDCReturn) { r.Handle = "x" })
		wants(t, err, fault.Gone)
		_, err = through(nobody, nil, func(r *account.OIDCReturn) { r.Code = "x" })
		wants(t, err, fault.Forbidden)
		_, err = through(nobody, nil, func(*account.OIDCReturn) { other.Asked.Set("code_challenge", "x") })
		wants(t, err, fault.Forbidden) // PKCE: another's code is worth nothing

		a, err := through(nobody, map[string]any{"email": "OIDC@so.gov.vn", "email_verified": "true"}, nil)
		must(t, err)
		if a.User != user {
			t.Errorf("signed in as %+v", a)
		}
		a, err = through(nobody, map[string]any{"email": "moved@elsewhere.vn"}, nil) // the person is known by now, not the address
		must(t, err)
		if a.User != user {
			t.Errorf("signed in as %+v", a)
		}

		_, err = through(h.admin, map[string]any{"sub": "admin"}, nil)
		must(t, err) // somebody signed in joins
		a, err = through(nobody, map[string]any{"sub": "admin"}, nil)
		must(t, err)
		if a.User != h.admin.User {
			t.Errorf("joined as %+v", a)
		}
		_, err = through(h.admin, nil, nil)
		wants(t, err, fault.Conflict) // joined to somebody else

		since, err := s.JoinedOIDC(ctx, h.admin)
		must(t, err)
		if !since.Equal(h.clock.Now()) {
			t.Errorf("joined since %s", since)
		}
		must(t, s.LeaveOIDC(ctx, h.admin))
		if since, err = s.JoinedOIDC(ctx, h.admin); err != nil || !since.IsZero() {
			t.Errorf("still joined since %s (%v)", since, err)
		}
		_, err = through(nobody, map[string]any{"sub": "admin"}, nil)
		wants(t, err, fault.Forbidden)
		lien, err := through(nobody, nil, nil)
		must(t, err)
		wants(t, s.LeaveOIDC(ctx, lien), fault.Conflict) // nothing else to sign in with

		other.Server.Close()
		late := open(t, opts) // has not met the other house yet
		_, _, err = late.BeginOIDC(ctx, nobody)
		wants(t, err, fault.Busy)
		_, _, err = h.BeginOIDC(ctx, nobody)
		wants(t, err, fault.NotFound)
	})
}

func TestParseOIDC(t *testing.T) {
	o, err := account.ParseOIDC("https://thuoc:s%40crt@sso.tinh.gov.vn/realms/tinh?name=SSO+t%E1%BB%89nh")
	must(t, err)
	want := account.OIDC{Issuer: "https://sso.tinh.gov.vn/realms/tinh", ClientID: "thuoc", Secret: "s@crt", Name: "SSO tỉnh"}
	if *o != want {
		t.Errorf("read %+v", *o)
	}
	if o, err := account.ParseOIDC(""); o != nil || err != nil {
		t.Errorf("nothing is %v (%v)", o, err)
	}
	for _, bad := range []string{"x", "https://sso.tinh.gov.vn", "http://a:verysecret@sso.tinh.gov.vn", "https://:verysecret@h", "https://a:verysecret@/x", "%"} {
		_, err := account.ParseOIDC(bad)
		wants(t, err, fault.Invalid)
		if strings.Contains(err.Error(), "verysecret") {
			t.Errorf("the password is repeated: %v", err)
		}
	}
}
