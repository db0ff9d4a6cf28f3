// Package oidctest is an OpenID provider in the tests' own process: discovery, keys, and a token endpoint that checks PKCE.
package oidctest

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
	"testing"
	"time"
)

// Code is the one authorisation code that the provider takes, and Client the name that it knows the house by.
const (
	Code   = "the code"
	Client = "thuoc"
)

// Provider is a house that vouches for people. Asked is what the last authorisation asked for; Claims stand over what is
// right in the word about the next person, who is "person 1", oidc@so.gov.vn, verified.
type Provider struct {
	Server *httptest.Server
	Claims map[string]any
	Asked  url.Values

	t   *testing.T
	key *rsa.PrivateKey
	now func() time.Time
}

// New starts a provider that ends with the test.
func New(t *testing.T, now func() time.Time) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{t: t, key: key, now: now}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Server.Close)
	mux.HandleFunc("/.well-known/openid-configuration", p.json(func(*http.Request) any {
		return map[string]any{"issuer": p.Server.URL, "authorization_endpoint": p.Server.URL + "/auth",
			"token_endpoint": p.Server.URL + "/token", "jwks_uri": p.Server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}}
	}))
	mux.HandleFunc("/keys", p.json(func(*http.Request) any {
		return map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}}}
	}))
	mux.HandleFunc("/token", p.json(func(r *http.Request) any {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != Code || b64(sum[:]) != p.Asked.Get("code_challenge") || p.Asked.Get("code_challenge_method") != "S256" {
			return nil
		}
		return map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.word()}
	}))
	return p
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// json answers with what f gives; nil is a code that is worth nothing.
func (p *Provider) json(f func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := f(r)
		if v == nil {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			p.t.Error(err)
		}
	}
}

// word signs what is said of the next person (JWS, RS256).
func (p *Provider) word() string {
	c := map[string]any{"iss": p.Server.URL, "aud": Client, "sub": "person 1", "nonce": p.Asked.Get("nonce"),
		"iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix(), "email": "oidc@so.gov.vn", "email_verified": true}
	maps.Copy(c, p.Claims)
	body, err := json.Marshal(c)
	if err != nil {
		p.t.Error(err)
	}
	text := b64([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Error(err)
	}
	return text + "." + b64(sig)
}
