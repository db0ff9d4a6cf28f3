package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"rsc.io/qr"

	"thuoc/internal/account"
	"thuoc/internal/ui"
)

// mePage is one's own account.
type mePage struct {
	Title    string
	User     account.User
	Roles    []heldRow
	Details  string // addresses of the forms
	Password string
	TOTP     string
	Recovery int
	Codes    ui.Act // new recovery codes
	TOTPOff  ui.Act
	Sessions []sessionRow
	Others   *ui.Act // ends every other session
	Devices  []deviceRow
	Offer    string // address of adding a telephone
	Passkeys []passkeyRow
	NewKey   *keyForm // nil where this house can take no passkeys
	Outside  string   // the other house people may sign in through; "" for none
	Joined   string   // since when the account is joined to it; "" for not
	Join     ui.Act
	Leave    ui.Act
}

// heldRow is a role somebody holds.
type heldRow struct {
	Role, Span, Note string
	Over             bool // it grants nothing now
	Revoke           *ui.Act
}

// sessionRow is a browser somebody is signed in on.
type sessionRow struct {
	Browser, Address, Since, Seen string
	This                          bool
	End                           *ui.Act
}

// deviceRow is a telephone that acts for somebody.
type deviceRow struct {
	Label, Since, Seen string
	Revoke             ui.Act
}

func (v *visit) me() (*page, error) {
	me, err := v.whoami()
	if err != nil {
		return nil, err
	}
	body := mePage{Title: v.t("My account"), User: me, Details: v.to("me-details"), Password: v.to("me-password"), TOTP: v.to("totp"), Offer: v.to("device-offer"),
		Codes: v.act(v.t("Make new recovery codes"), "rotate-ccw", "", "recovery"), TOTPOff: v.act(v.t("Turn off"), "x", "danger", "totp-remove")}
	if body.Roles, err = v.held(me.Grants); err != nil {
		return nil, err
	}
	if body.Recovery, err = v.app.Accounts.RecoveryLeft(v.ctx(), v.actor); err != nil {
		return nil, err
	}
	if err := v.passkeys(&body); err != nil {
		return nil, err
	}
	if err := v.joinedOutside(&body); err != nil {
		return nil, err
	}
	if err := v.signedInOn(&body); err != nil {
		return nil, err
	}
	return &page{template: "me", title: body.Title, body: body}, nil
}

// held names the roles of grants that are in force.
func (v *visit) held(grants []account.Grant) ([]heldRow, error) {
	names, err := v.grantNames(grants)
	rows := make([]heldRow, len(grants))
	for i, g := range grants {
		if err == nil {
			rows[i] = heldRow{Role: names[i], Span: v.span(g)}
		}
	}
	return rows, err
}

// signedInOn lists the browsers and telephones of one's own account.
func (v *visit) signedInOn(body *mePage) error {
	sessions, err := v.app.Accounts.Sessions(v.ctx(), v.actor, v.actor.User)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		row := sessionRow{Browser: v.browser(s.Agent), Address: s.Address, Since: v.moment(s.Added), Seen: v.moment(s.Seen), This: s.ID == v.actor.Session}
		if !row.This {
			end := v.act(v.t("End"), "log-out", "", "session-end", s.ID)
			end.Label = v.t("End the session of %s, %s", row.Browser, row.Since)
			row.End = &end
		}
		body.Sessions = append(body.Sessions, row)
	}
	if len(sessions) > 1 {
		others := v.act(v.t("End all others"), "log-out", "danger", "sessions-end")
		body.Others = &others
	}
	devices, err := v.app.Accounts.Devices(v.ctx(), v.actor, v.actor.User)
	for _, d := range devices {
		revoke := v.act(v.t("Revoke"), "x", "danger", "device-revoke", d.ID)
		revoke.Label = v.t("Revoke %s", d.Label)
		body.Devices = append(body.Devices, deviceRow{d.Label, v.moment(d.Added), v.moment(d.Seen), revoke})
	}
	return err
}

// toMe is the way from a form of one's own account.
func (v *visit) toMe() []ui.Link { return []ui.Link{{Href: v.to("me"), Text: v.t("My account")}} }

// formPage is a page that is a form.
type formPage struct {
	Title, Lead string
	Form        *form
	More        ui.Link // what else belongs to it; without an address nothing
}

// personFields are what is known of somebody.
func (v *visit) personFields(p account.Person) []*ui.Field {
	return []*ui.Field{
		{Name: "name", Label: v.t("Full name"), Kind: "text", Value: p.Name, Complete: "name", Most: 120},
		{Name: "email", Label: v.t("E-mail address"), Hint: v.t("For signing in and for letters."), Kind: "email", Value: p.Email, Complete: "email", Mode: "email", Most: 254, Optional: true},
		{Name: "phone", Label: v.t("Telephone number"), Hint: v.t("For signing in. An e-mail address or a telephone number is needed."), Kind: "tel", Value: p.Phone, Complete: "tel", Mode: "tel", Most: 20, Optional: true},
	}
}

func (f *form) person() account.Person {
	return account.Person{Name: f.get("name"), Email: f.get("email"), Phone: f.get("phone")}
}

func (v *visit) ownDetails() (*page, error) {
	return v.changePerson(v.actor.User, v.t("Name and addresses"), v.toMe(), "", v.to("me"))
}

// changePerson is the form of what is known of somebody.
func (v *visit) changePerson(user, title string, way []ui.Link, nav, next string) (*page, error) {
	u, err := v.app.Accounts.User(v.ctx(), v.actor, user)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Save"), v.personFields(u.Person)...)
	if err != nil {
		return nil, err
	}
	f.editing(strconv.FormatInt(u.Version, 10))
	f.Cancel = ui.Link{Href: next, Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: way, nav: nav, body: formPage{Title: title, Form: f}}
	pg, err = f.send(pg, func() (*page, error) {
		version, err := strconv.ParseInt(f.Version, 10, 64)
		if err != nil {
			version = -1 // no version has it: a conflict
		}
		if err := v.app.Accounts.ChangePerson(v.ctx(), v.actor, user, f.person(), version); err != nil {
			return nil, err
		}
		return v.done(next, "Saved."), nil
	})
	if err == nil && f.Clash != "" {
		f.beside(map[string]string{"name": u.Name, "email": u.Email, "phone": u.Phone}, strconv.FormatInt(u.Version, 10))
	}
	return pg, err
}

func (v *visit) ownPassword() (*page, error) {
	before := &ui.Field{Name: "before", Label: v.t("Your password now"), Kind: "password", Secret: true, Complete: "current-password"}
	secret := &ui.Field{Name: "password", Label: v.t("New password"), Hint: v.passwordRule(), Kind: "password", Secret: true, Complete: "new-password"}
	f, err := v.form(v.t("Change the password"), before, secret)
	if err != nil {
		return nil, err
	}
	title := v.t("Change the password")
	f.Cancel = ui.Link{Href: v.to("me"), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toMe(), body: formPage{Title: title, Lead: v.t("Every other browser that is signed in now will be signed out."), Form: f}}
	return f.send(pg, func() (*page, error) {
		token, _, err := v.app.Accounts.ChangePassword(v.ctx(), v.actor, before.Value, secret.Value, v.client())
		if err != nil {
			return nil, err
		}
		v.signedIn(token)
		return v.done(v.to("me"), "Your password is changed."), nil
	})
}

// totpPage shows a secret once and asks for a code of it.
type totpPage struct {
	Title  string
	QR     template.HTML
	Secret string
	Form   *form
}

// totp sets up an authenticator app: the first form makes a secret, the second brings back the first code of it. The
// secret stays with the browser, closed, so that a wrong code does not begin anew.
func (v *visit) totp() (*page, error) {
	var e account.Enrolment
	if v.posted() && v.app.opened("totp", v.r.PostForm.Get("step"), &e) {
		f, pg, err := v.totpForm(e)
		if err != nil {
			return nil, err
		}
		return f.send(pg, func() (*page, error) {
			codes, err := v.app.Accounts.ConfirmTOTP(v.ctx(), v.actor, f.get("code"))
			if err != nil {
				return nil, err
			}
			return v.withCodes(codes, "The second step is on. These recovery codes are shown this once: keep them where your telephone is not. Each works once."), nil
		})
	}
	if v.posted() { // a secret that is never confirmed counts for nothing: making another one is harmless
		e, err := v.app.Accounts.BeginTOTP(v.ctx(), v.actor)
		if err != nil {
			return nil, err
		}
		_, pg, err := v.totpForm(e)
		return pg, err
	}
	f, err := v.form(v.t("Show the code"))
	if err != nil {
		return nil, err
	}
	f.Icon, f.Cancel = "shield-check", ui.Link{Href: v.to("me"), Text: v.t("Cancel")}
	body := formPage{Title: v.t("Authenticator app"), Form: f,
		Lead: v.t("An app on your telephone shows a new code every thirty seconds; signing in then asks for it beside the password. Have the app open before you go on.")}
	return &page{template: "form", title: body.Title, crumbs: v.toMe(), body: body}, nil
}

// totpForm shows a secret and asks for a code of it.
func (v *visit) totpForm(e account.Enrolment) (*form, *page, error) {
	code := &ui.Field{Name: "code", Label: v.t("Code that the app shows now"), Kind: "text", Secret: true, Complete: "one-time-code", Mode: "numeric", Most: 10}
	f, err := v.form(v.t("Turn on"), &ui.Field{Name: "step", Kind: "hidden"}, code)
	if err != nil {
		return nil, nil, err
	}
	f.field("step").Value = v.app.closed("totp", e)
	f.Cancel = ui.Link{Href: v.to("me"), Text: v.t("Cancel")}
	drawn, err := qrCode(e.URI, v.t("QR code for the authenticator app"))
	if err != nil {
		return nil, nil, err
	}
	body := totpPage{Title: v.t("Authenticator app"), QR: drawn, Secret: spaced(e.Secret), Form: f}
	return f, &page{template: "totp", title: body.Title, crumbs: v.toMe(), body: body}, nil
}

// withCodes leads back to one's own account, where recovery codes are shown this once.
func (v *visit) withCodes(codes []string, key string) *page {
	pg := v.done(v.to("me"), key)
	pg.flash.Copy = strings.Join(codes, "  ")
	return pg
}

// spaced writes a secret in groups of four, for whoever types it.
func spaced(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// qrCode draws a text as a QR code: one path of dark squares on white, with the quiet zone of four squares that the
// standard asks for.
func qrCode(text, name string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("web: %w", err)
	}
	var b strings.Builder
	side := code.Size + 8
	fmt.Fprintf(&b, `<svg class="qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path d="`, template.HTMLEscapeString(name), side, side)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

func (v *visit) totpRemove() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("me"), "The second step is off."), v.app.Accounts.RemoveTOTP(v.ctx(), v.actor, v.actor.User)
	})
}

func (v *visit) recoveryCodes() (*page, error) {
	return v.once(func() (*page, error) {
		codes, err := v.app.Accounts.RecoveryCodes(v.ctx(), v.actor)
		return v.withCodes(codes, "Your new recovery codes, shown this once. Those before are worth nothing any more."), err
	})
}

func (v *visit) endSession() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("me"), "The session is ended."), v.app.Accounts.RevokeSession(v.ctx(), v.actor, v.arg("session"))
	})
}

func (v *visit) endSessions() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("me"), "All other sessions are ended."), v.app.Accounts.RevokeSessions(v.ctx(), v.actor, v.actor.User)
	})
}

// home leads to where each official starts.
func (v *visit) home() (*page, error) { return &page{to: v.to("work")}, nil }
