package account_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
)

// otherHouse is an OpenID provider in this process: discovery, keys, and a token endpoint that checks PKCE.
type otherHouse struct {
	t      *testing.T
	server *httptest.Server
	key    *rsa.PrivateKey
	now    func() time.Time
	claims map[string]any // of the next person; over what is right
	asked  url.Values     // of the last authorisation
}

func newOtherHouse(t *testing.T, now func() time.Time) *otherHouse {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	o := &otherHouse{t: t, key: key, now: now}
	mux := http.NewServeMux()
	o.server = httptest.NewServer(mux)
	t.Cleanup(o.server.Close)
	mux.HandleFunc("/.well-known/openid-configuration", o.json(func(*http.Request) any {
		return map[string]any{"issuer": o.server.URL, "authorization_endpoint": o.server.URL + "/auth",
			"token_endpoint": o.server.URL + "/token", "jwks_uri": o.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}}
	}))
	mux.HandleFunc("/keys", o.json(func(*http.Request) any {
		return map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}}}
	}))
	mux.HandleFunc("/token", o.json(func(r *http.Request) any {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "the code" || b64(sum[:]) != o.asked.Get("code_challenge") || o.asked.Get("code_challenge_method") != "S256" {
			return nil
		}
		return map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": o.word()}
	}))
	return o
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (o *otherHouse) json(f func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := f(r)
		if v == nil {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	}
}

// word signs what is said of the next person (JWS, RS256).
func (o *otherHouse) word() string {
	c := map[string]any{"iss": o.server.URL, "aud": "thuoc", "sub": "person 1", "nonce": o.asked.Get("nonce"),
		"iat": o.now().Unix(), "exp": o.now().Add(time.Minute).Unix(), "email": "oidc@so.gov.vn", "email_verified": true}
	maps.Copy(c, o.claims)
	body, err := json.Marshal(c)
	must(o.t, err)
	text := b64([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, o.key, crypto.SHA256, sum[:])
	must(o.t, err)
	return text + "." + b64(sig)
}

func TestOIDC(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		other := newOtherHouse(t, h.clock.Now)
		opts := options(t, h.db)
		opts.OIDC = &account.OIDC{Issuer: other.server.URL, ClientID: "thuoc", Secret: "s", Name: "SSO của tỉnh"}
		s := open(t, opts)

		through := func(a account.Actor, claims map[string]any, change func(*account.OIDCReturn)) (account.Actor, error) {
			t.Helper()
			address, handle, err := s.BeginOIDC(ctx, a)
			must(t, err)
			u, err := url.Parse(address)
			must(t, err)
			other.asked, other.claims = u.Query(), claims
			if other.asked.Get("redirect_uri") != base+"/app/oidc" {
				t.Errorf("sends back to %q", other.asked.Get("redirect_uri"))
			}
			r := account.OIDCReturn{Handle: handle, State: other.asked.Get("state"), Code: "the code", From: office}
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
		_, err = through(nobody, nil, func(*account.OIDCReturn) { other.asked.Set("code_challenge", "x") })
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

		other.server.Close()
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
