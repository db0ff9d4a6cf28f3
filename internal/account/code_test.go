package account_test

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/account/totp"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// app is somebody's authenticator app.
type app struct {
	h      *house
	secret []byte
}

func (a app) code() string { return totp.Code(a.secret, totp.Step(a.h.clock.Now())) }

// enrolTOTP turns the second step of an account on.
func (h *house) enrolTOTP(a account.Actor) (app, []string) {
	h.t.Helper()
	e, err := h.BeginTOTP(h.t.Context(), a)
	must(h.t, err)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret)
	must(h.t, err)
	if !strings.Contains(e.URI, "secret="+e.Secret) {
		h.t.Errorf("the QR code holds another secret: %s", e.URI)
	}
	phone := app{h, secret}
	recovery, err := h.ConfirmTOTP(h.t.Context(), a, phone.code())
	must(h.t, err)
	return phone, recovery
}

func TestSecondStep(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("buoc2@so.gov.vn")
		a := h.signIn("buoc2@so.gov.vn")
		_, err := h.BeginTOTP(ctx, a)
		must(t, err)
		a = h.signIn("buoc2@so.gov.vn") // not asked for: not confirmed yet
		_, err = h.ConfirmTOTP(ctx, a, "000000")
		wants(t, err, fault.Invalid)
		phone, recovery := h.enrolTOTP(a)
		_, err = h.BeginTOTP(ctx, a)
		wants(t, err, fault.Conflict)

		with := func(code string) error {
			_, _, err := h.SignIn(ctx, account.Credentials{Login: "buoc2@so.gov.vn", Password: right, Code: code, From: office})
			return err
		}
		is(t, with(""), account.ErrCodeNeeded)
		is(t, with(phone.code()), account.ErrCodeNeeded) // used to confirm
		h.clock.Advance(30 * time.Second)
		code := phone.code()
		must(t, with(code[:3]+" "+code[3:]))
		is(t, with(code), account.ErrCodeNeeded) // used
		h.clock.Advance(30 * time.Second)
		early := totp.Code(phone.secret, totp.Step(h.clock.Now())+1)
		must(t, with(early)) // a fast clock
		is(t, with(phone.code()), account.ErrCodeNeeded)

		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		must(t, with(strings.ToUpper(strings.ReplaceAll(recovery[0], "-", " "))))
		is(t, with(recovery[0]), account.ErrCodeNeeded)
		n, err := h.RecoveryLeft(ctx, a)
		must(t, err)
		if n != 9 {
			t.Errorf("%d codes left, want 9", n)
		}
		fresh, err := h.RecoveryCodes(ctx, a)
		must(t, err)
		is(t, with(recovery[1]), account.ErrCodeNeeded)
		must(t, with(fresh[0]))

		h.clock.Advance(time.Minute)
		_, _, err = h.Prove(ctx, a, account.Proof{Code: fresh[1], From: office}) // to prove oneself, the app; the codes are for losing it
		wants(t, err, fault.Invalid)
		_, a, err = h.Prove(ctx, a, account.Proof{Code: phone.code(), From: office})
		must(t, err)
		must(t, h.RemoveTOTP(ctx, a, user))
		must(t, with(""))
	})
}

// A database that was copied does not give the secrets away: each opens under the house's key and for its account alone.
func TestSecretsAreSealed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		phone, _ := h.enrolTOTP(h.admin)
		var kept []byte
		must(t, h.db.View(ctx, func(q *db.Q) (err error) {
			kept, err = db.One[[]byte](ctx, q, "SELECT secret FROM totp")
			return err
		}))
		if strings.Contains(string(kept), string(phone.secret)) {
			t.Error("the secret is kept as it is")
		}
		h.clock.Advance(time.Minute)
		o := options(t, h.db)
		o.Key = []byte("another key of thirty-two bytes!")
		_, _, err := open(t, o).SignIn(ctx, account.Credentials{Login: "quantri@tinh.gov.vn", Password: right, Code: phone.code(), From: office})
		wants(t, err, fault.Internal)
		user := h.user("khac@so.gov.vn")
		must(t, h.db.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, "UPDATE totp SET user_id = ?", user)
			return err
		}))
		_, _, err = h.SignIn(ctx, account.Credentials{Login: "khac@so.gov.vn", Password: right, Code: phone.code(), From: office})
		wants(t, err, fault.Internal)
	})
}

// Whoever lost telephone and codes is helped by an administrator who has proven who they are.
func TestAnAdministratorRemovesALostSecondStep(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("mat@so.gov.vn")
		h.enrolTOTP(h.signIn("mat@so.gov.vn"))
		h.user("khac@so.gov.vn")
		wants(t, h.RemoveTOTP(ctx, h.signIn("khac@so.gov.vn"), user), fault.Forbidden)
		h.clock.Advance(11 * time.Minute)
		is(t, h.RemoveTOTP(ctx, h.admin, user), account.ErrNotFresh)
		must(t, h.RemoveTOTP(ctx, h.signIn("quantri@tinh.gov.vn"), user))
		h.signIn("mat@so.gov.vn")
	})
}
