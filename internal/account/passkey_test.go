package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	virtual "github.com/descope/virtualwebauthn"

	"thuoc/internal/account"
	"thuoc/internal/fault"
)

// phone is a telephone that holds passkeys, made in software.
type phone struct {
	t    *testing.T
	auth virtual.Authenticator
	rp   virtual.RelyingParty
	key  virtual.Credential
}

func newPhone(t *testing.T, user string) *phone {
	t.Helper()
	return &phone{t: t, auth: virtual.NewAuthenticatorWithOptions(virtual.AuthenticatorOptions{UserHandle: []byte(user)}),
		rp: virtual.RelyingParty{Name: "Thước", ID: "thuoc.example.vn", Origin: base}, key: virtual.NewCredentialWithImportedKey(virtual.KeyTypeEC2, wholeKey(t))}
}

// wholeKey makes a key whose coordinates have no leading zero: the software telephone would write them too short.
func wholeKey(t *testing.T) []byte {
	t.Helper()
	for {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		point, err := key.PublicKey.Bytes() // 4, x, y
		must(t, err)
		if point[1] != 0 && point[33] != 0 {
			text, err := x509.MarshalPKCS8PrivateKey(key)
			must(t, err)
			return text
		}
	}
}

// register answers an offer to make a passkey.
func (p *phone) register(o account.PasskeyOffer) account.PasskeyAnswer {
	p.t.Helper()
	options, err := virtual.ParseAttestationOptions(string(o.Options))
	must(p.t, err)
	return account.PasskeyAnswer{Handle: o.Handle, Response: []byte(virtual.CreateAttestationResponse(p.rp, p.auth, p.key, *options))}
}

// answer answers an offer to use one. The counter goes up, as that of a real one.
func (p *phone) answer(o account.PasskeyOffer) account.PasskeyAnswer {
	p.t.Helper()
	options, err := virtual.ParseAssertionOptions(string(o.Options))
	must(p.t, err)
	p.key.Counter++
	return account.PasskeyAnswer{Handle: o.Handle, Response: []byte(virtual.CreateAssertionResponse(p.rp, p.auth, p.key, *options))}
}

func (h *house) addPasskey(a account.Actor) *phone {
	h.t.Helper()
	p := newPhone(h.t, a.User)
	offer, err := h.BeginPasskey(h.t.Context(), a)
	must(h.t, err)
	must(h.t, h.FinishPasskey(h.t.Context(), a, "điện thoại", p.register(offer)))
	return p
}

func TestPasskeys(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.user("khoa@so.gov.vn")
		a := h.signIn("khoa@so.gov.vn")
		p := h.addPasskey(a)

		use := func(p *phone) (account.Actor, error) {
			offer, err := h.BeginPasskeySignIn(ctx)
			must(t, err)
			_, a, err := h.PasskeySignIn(ctx, p.answer(offer), office)
			return a, err
		}
		if b, err := use(p); err != nil || b.User != a.User || account.Fresh(b, h.clock.Now()) != nil {
			t.Fatalf("signed in as %+v (%v)", b, err)
		}

		offer, err := h.BeginPasskeySignIn(ctx)
		must(t, err)
		answer := p.answer(offer)
		_, _, err = h.PasskeySignIn(ctx, answer, office)
		must(t, err)
		_, _, err = h.PasskeySignIn(ctx, answer, office)
		wants(t, err, fault.Gone) // an answer counts once

		offer, err = h.BeginPasskeySignIn(ctx)
		must(t, err)
		h.clock.Advance(5 * time.Minute)
		_, _, err = h.PasskeySignIn(ctx, p.answer(offer), office)
		wants(t, err, fault.Gone) // and only for a while

		elsewhere := *p
		elsewhere.rp.Origin = "https://thuoc.example.com"
		_, err = use(&elsewhere)
		wants(t, err, fault.Invalid) // a false house gets nothing
		blind := *p
		blind.auth.Options.UserNotVerified = true
		_, err = use(&blind)
		wants(t, err, fault.Invalid) // a telephone that nobody unlocked neither
		stranger := newPhone(t, a.User)
		_, err = use(stranger)
		wants(t, err, fault.Invalid)
		copied := *p
		copied.key.Counter = 0
		_, err = use(&copied)
		wants(t, err, fault.Forbidden)

		list, err := h.Passkeys(ctx, a, a.User)
		must(t, err)
		if len(list) != 1 || list[0].Label != "điện thoại" || list[0].Used.IsZero() {
			t.Errorf("passkeys: %+v", list)
		}
		wants(t, h.RemovePasskey(ctx, h.signIn("quantri@tinh.gov.vn"), "none"), fault.NotFound)
		a = h.signIn("khoa@so.gov.vn")
		must(t, h.RemovePasskey(ctx, a, list[0].ID))
		_, err = use(p)
		wants(t, err, fault.Invalid)
	})
}

// A passkey proves who somebody is for what cannot easily be undone; the passkey of another does not.
func TestProofByPasskey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.user("mot@so.gov.vn")
		h.user("hai@so.gov.vn")
		one, two := h.signIn("mot@so.gov.vn"), h.signIn("hai@so.gov.vn")
		_, err := h.BeginProof(ctx, one)
		wants(t, err, fault.NotFound)
		p, other := h.addPasskey(one), h.addPasskey(two)
		_, err = h.BeginPasskey(ctx, one)
		must(t, err)
		h.clock.Advance(11 * time.Minute)
		_, err = h.BeginPasskey(ctx, one)
		is(t, err, account.ErrNotFresh)

		offer, err := h.BeginProof(ctx, one)
		must(t, err)
		_, _, err = h.Prove(ctx, one, account.Proof{Passkey: other.answer(offer), From: office})
		wants(t, err, fault.Invalid)
		offer, err = h.BeginProof(ctx, one)
		must(t, err)
		_, _, err = h.Prove(ctx, two, account.Proof{Passkey: p.answer(offer), From: office})
		wants(t, err, fault.Gone)
		offer, err = h.BeginProof(ctx, one)
		must(t, err)
		_, fresh, err := h.Prove(ctx, one, account.Proof{Passkey: p.answer(offer), From: office})
		must(t, err)
		must(t, account.Fresh(fresh, h.clock.Now()))
	})
}

// Without a name in its address a house has no passkeys, and says so.
func TestPasskeysNeedAName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := options(t, h.db)
		o.Base = "http://192.0.2.1:8080"
		s := open(t, o)
		if s.HasPasskeys() || !h.HasPasskeys() {
			t.Error("HasPasskeys does not tell")
		}
		_, err := s.BeginPasskeySignIn(t.Context())
		wants(t, err, fault.NotFound)
	})
}
