package account

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// OIDC lets people sign in through another house that knows them (OpenID Connect, authorization code with PKCE). That
// house decides about second steps. It makes no accounts here: a person who was invited comes in by the verified e-mail
// address of the invitation, and one who is signed in can join their account to it.
type OIDC struct {
	Issuer   string // "https://sso.tinh.gov.vn"
	ClientID string
	Secret   string
	Name     string       // as people know it, for the button
	HTTP     *http.Client // nil: one that waits ten seconds
}

// ParseOIDC reads a setting, https://client:secret@sso.tinh.gov.vn/realm?name=SSO; "" is no other house. What is wrong is
// said without repeating the setting, which holds a password.
func ParseOIDC(setting string) (*OIDC, error) {
	if setting == "" {
		return nil, nil
	}
	u, err := url.Parse(setting)
	if err != nil || u.Host == "" || u.User == nil || u.User.Username() == "" || u.Scheme != "https" && u.Hostname() != "127.0.0.1" {
		return nil, fault.New(fault.Invalid, "The address of the house to sign in through is not of the form https://client:secret@host/path?name=NAME.")
	}
	o := &OIDC{ClientID: u.User.Username(), Name: u.Query().Get("name")}
	o.Secret, _ = u.User.Password()
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	o.Issuer = u.String()
	return o, nil
}

// provider is the other house. It is asked for its addresses and keys when first needed, so that it may be away when the
// program starts.
type provider struct {
	OIDC
	redirect string
	now      func() time.Time

	mu    sync.Mutex
	known *oidc.Provider // once it answered
}

func newProvider(o *OIDC, base string, now func() time.Time) *provider {
	if o == nil {
		return nil
	}
	p := &provider{OIDC: *o, redirect: base + "/app/oidc", now: now}
	if p.HTTP == nil {
		p.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	return p
}

// OIDCName gives the name of the other house, "" when there is none.
func (s *Store) OIDCName() string {
	if s.provider == nil {
		return ""
	}
	return cmp.Or(s.provider.Name, s.provider.Issuer)
}

// client gives the context in which the other house is asked.
func (p *provider) client(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.HTTP)
}

// ready finds the other house.
func (p *provider) ready(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	if p == nil {
		return nil, nil, fault.New(fault.NotFound, "Signing in through another house is not set up here.")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		known, err := oidc.NewProvider(p.client(ctx), p.Issuer)
		if err != nil {
			return nil, nil, away(err)
		}
		p.known = known
	}
	return p.known, &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: p.known.Endpoint(),
		RedirectURL: p.redirect, Scopes: []string{oidc.ScopeOpenID, "email"}}, nil
}

// away words a house that does not answer as it should.
func away(err error) error {
	return &fault.Error{Kind: fault.Busy, Err: err, Text: fault.T("The house you sign in through does not answer. Try again later, or use your password.")}
}

// outside is the first half of a way through the other house.
type outside struct {
	Verifier string `json:"verifier"` // of PKCE
	Nonce    string `json:"nonce"`
	State    string `json:"state"`
}

const throughOIDC = "oidc"

// BeginOIDC gives the address to send the browser to, and the handle that it keeps in a cookie meanwhile. The zero Actor
// signs in; somebody signed in joins their account, and needs Fresh.
func (s *Store) BeginOIDC(ctx context.Context, a Actor) (address, handle string, err error) {
	_, config, err := s.provider.ready(ctx)
	if err != nil {
		return "", "", err
	}
	var half outside
	for _, secret := range []*string{&half.Verifier, &half.Nonce, &half.State} {
		more := ""
		if *secret, _, err = s.token(); err == nil {
			more, _, err = s.token()
		}
		if err != nil {
			return "", "", err
		}
		*secret += more // a verifier has 43 characters at least (RFC 7636 §4.1)
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if a.User != "" {
			if err := s.mayChange(ctx, q, a, OwnAccount, a.User); err != nil {
				return err
			}
		}
		handle, err = s.newCeremony(ctx, q, throughOIDC, a.User, half)
		return err
	})
	if err != nil {
		return "", "", err
	}
	return config.AuthCodeURL(half.State, oidc.Nonce(half.Nonce), oauth2.S256ChallengeOption(half.Verifier)), handle, nil
}

// OIDCReturn is what comes back from the other house.
type OIDCReturn struct {
	Handle string // from the cookie
	State  string // from the address
	Code   string // from the address
	From   Client
}

// FinishOIDC begins a session for the person whom the other house vouches for, or joins the actor's account to them; then
// the token is "".
func (s *Store) FinishOIDC(ctx context.Context, a Actor, r OIDCReturn) (token string, who Actor, err error) {
	claims, err := s.vouched(ctx, a, r)
	if err != nil {
		return "", Actor{}, err
	}
	subject := mac(s.keys.identity, s.provider.Issuer, claims.Subject)
	err = s.db.Update(ctx, func(q *db.Q) error {
		if a.User != "" {
			who = a
			if err := s.join(ctx, q, a.User, subject); err != nil {
				return err
			}
			return s.tell(ctx, q, a.User, fault.T("Your account was joined to %s.", s.OIDCName()))
		}
		user, known, err := db.Maybe[string](ctx, q, "SELECT user_id FROM oidc_subject WHERE subject = ?", subject)
		if err == nil && !known {
			user, err = s.welcome(ctx, q, claims, subject)
		}
		if err != nil {
			return err
		}
		token, who, err = s.enter(ctx, q, user, r.From)
		return err
	})
	return token, who, err
}

// claims are what the other house says of a person.
type claims struct {
	Subject  string `json:"sub"`
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // a boolean, of some houses the text "true"
}

func (c claims) verified() bool { return c.Verified == true || c.Verified == "true" }

// vouched exchanges the code for the other house's word, and checks it: state, PKCE, signature, issuer, audience, time
// and nonce.
func (s *Store) vouched(ctx context.Context, a Actor, r OIDCReturn) (c claims, err error) {
	known, config, err := s.provider.ready(ctx)
	if err != nil {
		return c, err
	}
	var half outside
	if err := s.takeCeremony(ctx, throughOIDC, a.User, r.Handle, &half); err != nil {
		return c, err
	}
	refused := func(err error) error {
		return &fault.Error{Kind: fault.Forbidden, Err: err, Text: fault.T("The answer of the house you sign in through does not hold. Begin again.")}
	}
	if subtle.ConstantTimeCompare([]byte(half.State), []byte(r.State)) != 1 {
		return c, refused(nil)
	}
	ctx = s.provider.client(ctx)
	answer, err := config.Exchange(ctx, r.Code, oauth2.VerifierOption(half.Verifier))
	if _, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return c, refused(err)
	}
	if err != nil {
		return c, away(err)
	}
	raw, _ := answer.Extra("id_token").(string)
	word, err := known.Verifier(&oidc.Config{ClientID: s.provider.ClientID, Now: s.now}).Verify(ctx, raw)
	if err != nil {
		return c, refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(word.Nonce), []byte(half.Nonce)) != 1 {
		return c, refused(nil)
	}
	return c, word.Claims(&c)
}

// welcome lets in somebody who was invited, by the address that the other house has verified.
func (s *Store) welcome(ctx context.Context, q *db.Q, c claims, subject []byte) (user string, err error) {
	stranger := fault.New(fault.Forbidden, "No invitation waits for you here. Ask an administrator of your agency for one.")
	email, ok := foldEmail(c.Email)
	if !c.verified() || !ok || email == "" || !strings.Contains(email, "@") {
		return "", stranger
	}
	user, ok, err = db.Maybe[string](ctx, q, `SELECT p.user_id FROM person p JOIN account a ON a.id = p.user_id
		WHERE p.email = ? AND a.state = ? AND EXISTS (SELECT 1 FROM link l WHERE l.user_id = a.id AND l.purpose = ?
		AND l.used IS NULL AND l.ends > ?)`, email, Invited, ForInvitation, q.Now())
	if err != nil {
		return "", err
	}
	if !ok {
		return "", stranger
	}
	if _, err := q.Exec(ctx, "UPDATE link SET used = ? WHERE user_id = ? AND used IS NULL", q.Now(), user); err != nil {
		return "", err
	}
	if err := s.setState(ctx, q, Actor{User: user}, OwnAccount, user, Active); err != nil {
		return "", err
	}
	return user, s.join(ctx, q, user, subject)
}

// join remembers how the other house knows an account.
func (s *Store) join(ctx context.Context, q *db.Q, user string, subject []byte) error {
	n, err := q.Exec(ctx, "INSERT INTO oidc_subject (subject, user_id, added) VALUES (?, ?, ?) ON CONFLICT (subject) DO NOTHING",
		subject, user, q.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "Another account is joined to this person already.")
	}
	return s.audit(ctx, q, user, joinOIDC, user, nil)
}

// JoinedOIDC tells since when the actor's account is joined to the other house; the zero time for not.
func (s *Store) JoinedOIDC(ctx context.Context, a Actor) (since time.Time, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		since, _, err = db.Maybe[time.Time](ctx, q, "SELECT max(added) FROM oidc_subject WHERE user_id = ? HAVING count(*) > 0", a.User)
		return err
	})
	return since, err
}

// LeaveOIDC parts the actor's account from the other house. It is refused when there would be no way left to sign in. It
// needs Fresh.
func (s *Store) LeaveOIDC(ctx context.Context, a Actor) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, OwnAccount, a.User); err != nil {
			return err
		}
		others, err := db.One[int](ctx, q, `SELECT (SELECT count(*) FROM password WHERE user_id = ?) +
			(SELECT count(*) FROM passkey WHERE user_id = ?)`, a.User, a.User)
		if err != nil {
			return err
		}
		if others == 0 {
			return fault.New(fault.Conflict, "This is your only way to sign in. Set a password or add a passkey first.")
		}
		if err := remove(ctx, q, a.User, "oidc_subject"); err != nil {
			return err
		}
		if err := s.tell(ctx, q, a.User, fault.T("Your account was parted from %s.", s.OIDCName())); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, leaveOIDC, a.User, nil)
	})
}
