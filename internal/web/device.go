package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

// deviceFor is how long a browser keeps a telephone's token: the longest that browsers allow. How long the token is good
// for, the store decides.
const deviceFor = 400 * 24 * time.Hour

// deviceCookie is the name of the cookie that holds a telephone's token.
func (a *App) deviceCookie() string { return a.sessionCookie() + "_may" }

// devicePage offers one's work to a telephone.
type devicePage struct {
	Title, Lead string
	Form        *form         // asks for a link
	QR          template.HTML // of the link, once there is one
	Link        string
	Until       string
	Back        ui.Link
}

// offerKey is the query key of the link that is offered, closed: loading the page again shows the same one.
const offerKey = "moi"

// offerDevice makes a link for a telephone and shows it, for whoever holds both this browser and the telephone.
func (v *visit) offerDevice() (*page, error) {
	f, err := v.form(v.t("Show the code"))
	if err != nil {
		return nil, err
	}
	f.Action, f.Icon, f.Cancel = v.to("device-offer"), "monitor-smartphone", ui.Link{Href: v.to("me"), Text: v.t("Cancel")}
	body := devicePage{Title: v.t("Add a telephone"), Form: f, Back: ui.Link{Href: v.to("me"), Text: v.t("Back to my account")},
		Lead: v.t("Your telephone then opens your work without signing in each time. It reaches your work alone; everything else still asks for your password.")}
	if !v.posted() {
		if err := v.showOffer(&body); err != nil {
			return nil, err
		}
	}
	return f.send(&page{template: "device", title: body.Title, crumbs: v.toMe(), body: body}, func() (*page, error) {
		link, err := v.app.Accounts.OfferDevice(v.ctx(), v.actor)
		if err != nil {
			return nil, err
		}
		return &page{to: v.at(url.Values{offerKey: {v.app.closed("device", link)}}, "device-offer")}, nil
	})
}

// showOffer shows the link that was made, or says why it cannot be used any more.
func (v *visit) showOffer(body *devicePage) error {
	var link string
	if !v.app.opened("device", v.r.URL.Query().Get(offerKey), &link) {
		return nil
	}
	l, err := v.app.Accounts.Link(v.ctx(), path.Base(link))
	if gone, ok := errors.AsType[*fault.Error](err); ok && gone.Kind == fault.Gone {
		body.Lead = v.text(gone.Text)
		return nil
	}
	if err != nil || l.User != v.actor.User {
		return err
	}
	body.Link, body.Until = link, v.moment(l.Ends)
	body.QR, err = qrCode(link, v.t("QR code for the telephone"))
	return err
}

// enrolDevice is the page that a telephone opens by the link. The link alone grants nothing: its owner proves on the
// telephone who they are.
func (v *visit) enrolDevice() (*page, error) {
	v.actor = account.Actor{} // the link decides whose telephone it becomes, not who happens to be signed in here
	l, err := v.app.Accounts.Link(v.ctx(), v.arg("token"))
	if err == nil && l.Purpose != account.ForDevice {
		err = fault.New(fault.Invalid, "This link is for something else.")
	}
	if err != nil {
		return nil, err
	}
	secret := &ui.Field{Name: "password", Label: v.t("Password"), Kind: "password", Secret: true, Complete: "current-password"}
	f, err := v.form(v.t("Add this telephone"),
		&ui.Field{Name: "label", Label: v.t("Name of this telephone"), Hint: v.t("By this name you find it in your account, to revoke it."), Kind: "text", Value: v.browser(v.r.UserAgent()), Most: 60},
		secret,
		&ui.Field{Name: "code", Label: v.t("Code of your authenticator app"), Hint: v.t("Only where signing in asks you for one."), Kind: "text", Secret: true, Optional: true,
			Complete: "one-time-code", Mode: "numeric", Most: 20})
	if err != nil {
		return nil, err
	}
	lead := v.t("For %s. This telephone will open your work without signing in. Add it only if it is yours and has a screen lock.", l.Person.Name)
	return v.atTheGate(v.gate(v.t("Add this telephone"), lead, f), f, func() (*page, error) {
		token, err := v.app.Accounts.EnrolDevice(v.ctx(), account.DeviceRequest{Link: v.arg("token"), Password: secret.Value,
			Code: f.get("code"), Label: f.get("label"), From: v.client()})
		if err != nil {
			return nil, err
		}
		http.SetCookie(v.w, v.app.cookie(v.app.deviceCookie(), token, deviceFor))
		return v.done(v.to("work"), "This telephone is added. It opens your work without signing in; you can revoke it under My account."), nil
	})
}

// turnedAway says why a telephone is not let in, or nothing where the request does not come from one.
func (v *visit) turnedAway() *ui.Notice {
	if _, err := v.r.Cookie(v.app.deviceCookie()); err != nil {
		return nil
	}
	if !v.route.device {
		return &ui.Notice{Text: v.t("Without signing in, this telephone opens your work alone. Sign in for everything else.")}
	}
	http.SetCookie(v.w, v.app.cookie(v.app.deviceCookie(), "", 0))
	return &ui.Notice{Kind: "warn", Text: v.t("This telephone was revoked, or not used for too long. Sign in; you can add it again under My account.")}
}

// revokeDevice refuses a telephone from now on.
func (v *visit) revokeDevice() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("me"), "The telephone is refused from now on."), v.app.Accounts.RevokeDevice(v.ctx(), v.actor, v.arg("device"))
	})
}
