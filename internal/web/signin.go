package web

import (
	"errors"
	"net/url"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/account/password"
	"thuoc/internal/fault"
	"thuoc/internal/limit"
	"thuoc/internal/ui"
)

// gatePage is a page before the house: a form with what leads elsewhere.
type gatePage struct {
	Title, Lead string
	Form        *form
	Passkey     *keyForm
	Outside     *ui.Link // leads to another house
	Wait        string   // how long to wait after wrong tries
	Ways        []ui.Link
	Trial       *trial // of a house for trying
}

// step is what the first half of signing in has shown, closed and left with the browser while the code is asked for.
type step struct {
	Login, Password string
	Until           time.Time
}

// stepFor is how long the code may take.
const stepFor = 5 * time.Minute

func (v *visit) signIn() (*page, error) {
	next := v.safe(v.ask(nextKey))
	if v.actor.User != "" && !v.posted() {
		return &page{to: next}, nil
	}
	v.actor = account.Actor{} // whoever signs in here is to be known by what they enter now
	if half, ok := v.halfWay(); ok {
		return v.signInCode(half, next)
	}
	login := &ui.Field{Name: "login", Label: v.t("E-mail address or telephone number"), Kind: "text", Complete: "username", Mode: "email", Most: 254}
	secret := &ui.Field{Name: "password", Label: v.t("Password"), Kind: "password", Secret: true, Complete: "current-password"}
	if v.app.Demo != nil {
		login.Value = v.ask(loginKey)
	}
	f, err := v.form(v.t("Sign in"), login, secret)
	if err != nil {
		return nil, err
	}
	pg := v.gate(v.t("Sign in"), "", f, ui.Link{Href: v.to("forgot"), Text: v.t("Forgot the password")}, ui.Link{Href: v.to("draws"), Text: v.t("Draws of inspections")})
	body := pg.body.(gatePage)
	body.Passkey, body.Outside, body.Trial = v.signInKey(next), v.throughOutside(next), v.trial()
	pg.body = body
	return v.atTheGate(pg, f, func() (*page, error) {
		given := account.Credentials{Login: f.get("login"), Password: secret.Value, From: v.client()}
		token, _, err := v.app.Accounts.SignIn(v.ctx(), given)
		if errors.Is(err, account.ErrCodeNeeded) {
			half := step{Login: given.Login, Password: given.Password, Until: v.app.Now().Add(stepFor)}
			return v.codePage(half)
		}
		if err != nil {
			return nil, err
		}
		v.signedIn(token)
		return &page{to: next}, nil
	})
}

// halfWay reads what a form that asks for the code brings back of the first half.
func (v *visit) halfWay() (half step, ok bool) {
	if !v.posted() {
		return half, false
	}
	ok = v.app.opened("step", v.r.PostForm.Get("step"), &half) && v.app.Now().Before(half.Until)
	return half, ok
}

// codeForm asks for the second step.
func (v *visit) codeForm(half step) (*form, *page, error) {
	f, err := v.form(v.t("Go on"),
		&ui.Field{Name: "step", Kind: "hidden", Value: v.app.closed("step", half)},
		&ui.Field{Name: "code", Label: v.t("Code of your authenticator app"), Hint: v.t("Six digits; or one of your recovery codes."), Kind: "text",
			Secret: true, Complete: "one-time-code", Mode: "numeric", Most: 20})
	if err != nil {
		return nil, nil, err
	}
	f.field("step").Value = v.app.closed("step", half)
	pg := v.gate(v.t("One more step"), v.t("Your account asks for a code as well."), f, ui.Link{Href: v.to("sign-in"), Text: v.t("Begin again")})
	return f, pg, nil
}

func (v *visit) codePage(half step) (*page, error) {
	f, pg, err := v.codeForm(half)
	if err == nil {
		f.field("code").Value = ""
	}
	return pg, err
}

func (v *visit) signInCode(half step, next string) (*page, error) {
	f, pg, err := v.codeForm(half)
	if err != nil {
		return nil, err
	}
	return v.atTheGate(pg, f, func() (*page, error) {
		token, _, err := v.app.Accounts.SignIn(v.ctx(), account.Credentials{Login: half.Login, Password: half.Password, Code: f.get("code"), From: v.client()})
		if err != nil {
			return nil, err
		}
		v.signedIn(token)
		return &page{to: next}, nil
	})
}

// atTheGate is send for forms of people who have not signed in: a refusal for too many tries stays on the page, with how
// long to wait, so that nothing typed is lost.
func (v *visit) atTheGate(pg *page, f *form, do func() (*page, error)) (*page, error) {
	next, err := f.send(pg, do)
	if refusal, ok := errors.AsType[*limit.Refusal](err); ok {
		body := pg.body.(gatePage)
		e, _ := errors.AsType[*fault.Error](err)
		body.Wait = v.text(e.Text)
		pg.body, pg.status = body, refusal.Header(v.w.Header())
		return pg, nil
	}
	return next, err
}

func (v *visit) gate(title, lead string, f *form, ways ...ui.Link) *page {
	return &page{template: "gate", title: title, body: gatePage{Title: title, Lead: lead, Form: f, Ways: ways}}
}

func (v *visit) signOut() (*page, error) {
	pg := &page{to: v.to("sign-in"), flash: &ui.Notice{Kind: "done", Text: v.t("You are signed out.")}}
	leave := v.app.cookie(v.app.sessionCookie(), "", 0)
	v.w.Header().Add("Set-Cookie", leave.String())
	if v.actor.Session == "" {
		return pg, nil
	}
	return pg, v.app.Accounts.SignOut(v.ctx(), v.actor)
}

// acceptLink sets the password that a link of invitation or reset is for. Opening the link changes nothing.
func (v *visit) acceptLink() (*page, error) {
	v.actor = account.Actor{} // the link decides whose password it is, not who happens to be signed in here
	l, err := v.app.Accounts.Link(v.ctx(), v.arg("token"))
	if err != nil {
		return nil, err
	}
	if l.Purpose == account.ForDevice {
		return nil, fault.New(fault.Invalid, "This link is for something else.")
	}
	title, lead := v.t("Set your password"), v.t("Welcome, %s. You sign in with %s.", l.Person.Name, l.Person.Login())
	if l.Purpose == account.ForReset {
		title, lead = v.t("Set a new password"), v.t("For %s. Every session and telephone that is signed in now will be signed out.", l.Person.Name)
	}
	secret := &ui.Field{Name: "password", Label: v.t("New password"), Hint: v.passwordRule(), Kind: "password", Secret: true, Complete: "new-password"}
	f, err := v.form(v.t("Set the password"), secret)
	if err != nil {
		return nil, err
	}
	return v.atTheGate(v.gate(title, lead, f), f, func() (*page, error) {
		if err := v.app.Accounts.Accept(v.ctx(), v.arg("token"), secret.Value); err != nil {
			return nil, err
		}
		return v.done(v.to("sign-in"), "Your password is set. Sign in with it."), nil
	})
}

// passwordRule says what a password must be, before somebody tries.
func (v *visit) passwordRule() string {
	return v.t("At least %d characters; a short sentence is easy to keep and hard to guess. Any letters and signs are fine, pasting too.", password.Shortest)
}

// forgot sends a link. What it answers tells nobody whether there is such an account.
func (v *visit) forgot() (*page, error) {
	v.actor = account.Actor{}
	f, err := v.form(v.t("Send me a link"), &ui.Field{Name: "login", Label: v.t("E-mail address or telephone number"), Kind: "text", Complete: "username", Mode: "email", Most: 254})
	if err != nil {
		return nil, err
	}
	pg := v.gate(v.t("Forgot the password"), v.t("We send a link to the e-mail address of your account. Without an e-mail address, ask your administrator for a link."), f,
		ui.Link{Href: v.to("sign-in"), Text: v.t("Back to signing in")})
	return v.atTheGate(pg, f, func() (*page, error) {
		if err := v.app.Accounts.RequestReset(v.ctx(), f.get("login"), v.client()); err != nil {
			return nil, err
		}
		return v.done(v.to("sign-in"), "If there is an active account with an e-mail address under this name, a link is on its way. It works for one hour."), nil
	})
}

// prove asks once more who it is, and leads back to what was being done.
func (v *visit) prove() (*page, error) {
	next := v.safe(v.ask(nextKey))
	me, err := v.whoami()
	if err != nil {
		return nil, err
	}
	secret := &ui.Field{Name: "password", Label: v.t("Password"), Kind: "password", Secret: true, Complete: "current-password"}
	fields := []*ui.Field{secret}
	if me.TOTP {
		secret.Optional = true
		fields = append(fields, &ui.Field{Name: "code", Label: v.t("or a code of your authenticator app"), Kind: "text", Secret: true, Optional: true,
			Complete: "one-time-code", Mode: "numeric", Most: 20})
	}
	f, err := v.form(v.t("Go on"), fields...)
	if err != nil {
		return nil, err
	}
	f.Action = v.at(url.Values{nextKey: {next}}, "prove")
	pg := v.gate(v.t("Prove that it is you"), v.t("What you want to do has weight. Prove once more that it is you; that holds for ten minutes. What you entered is kept."), f)
	body := pg.body.(gatePage)
	body.Outside = v.throughOutside(next) // whoever came through the other house may have no password here
	if body.Passkey, err = v.proofKey(next); err != nil {
		return nil, err
	}
	pg.body = body
	return v.atTheGate(pg, f, func() (*page, error) {
		p := account.Proof{Password: secret.Value, From: v.client()}
		if me.TOTP {
			p.Code = f.get("code")
		}
		token, _, err := v.app.Accounts.Prove(v.ctx(), v.actor, p)
		if err != nil {
			return nil, err
		}
		v.signedIn(token)
		return &page{to: next}, nil
	})
}

// switchRole narrows the session to one role, or widens it to all.
func (v *visit) switchRole() (*page, error) {
	token, _, err := v.app.Accounts.SwitchRole(v.ctx(), v.actor, v.r.PostForm.Get("vai"))
	if err != nil {
		return nil, err
	}
	v.signedIn(token)
	return v.done(v.safe(v.r.PostForm.Get(nextKey)), "You now work with this role."), nil
}
