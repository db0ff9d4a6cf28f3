package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/limit"
	"thuoc/internal/ui"
)

// visit is one request: what was asked, by whom, in which language.
type visit struct {
	app   *App
	w     http.ResponseWriter
	r     *http.Request
	route *route
	lang  lang.Lang
	actor account.Actor
	self  *account.User // who is signed in, when it was asked for
	kept  bool          // what was sent is kept as a draft
}

// page is what a handler gives: words and the struct its template reads, or another answer.
type page struct {
	template string
	title    string
	crumbs   []ui.Link // the way to this page, without the page itself
	nav      string    // the entry of the navigation it belongs to
	body     any
	status   int    // 0 = 200
	to       string // go there instead
	flash    *ui.Notice
	data     any  // answer with this as JSON instead
	none     bool // answer with nothing
	keep     bool // an enrolled telephone may keep the page, to be read without a network
	written  bool // the handler has answered by itself: a file
}

// mostForm bounds a form without files, in bytes.
const mostForm = 256 << 10

// serve makes the handler of a route in a language.
func (a *App) serve(rt *route, l lang.Lang) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{app: a, w: w, r: r, route: rt, lang: l}
		pg, err := v.answer()
		if err == nil {
			err = v.write(pg)
		}
		if err != nil {
			v.fail(err)
		}
	})
}

// answer lets the person in, reads the form, and handles. The files of a form are read of nobody who may not send them.
func (v *visit) answer() (*page, error) {
	err := v.enter()
	switch {
	case errors.Is(err, account.ErrSignedOut) && v.route.needs != "":
		if err := v.read(mostForm); err != nil && fault.KindOf(err) != fault.TooLarge {
			return nil, err
		}
		if v.queued() {
			v.turnAwayQueue()
			return &page{written: true}, nil
		}
		return v.welcomeBack()
	case err != nil && !errors.Is(err, account.ErrSignedOut):
		return nil, err
	}
	if v.route.needs != "" && !v.actor.MayAnywhere(v.route.needs) {
		return nil, fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	if err := v.read(max(v.route.upload, mostForm)); err != nil {
		return nil, err
	}
	if v.route.fresh && account.Fresh(v.actor, v.app.Now()) != nil {
		return v.proveFirst(v.r.URL.RequestURI()), nil
	}
	return v.route.handle(v)
}

// read reads what was sent, at most so many bytes: a form, with its files where the route takes some.
func (v *visit) read(most int64) error {
	limit.Body(v.w, v.r, most)
	if !v.posted() {
		return nil
	}
	var err error
	if v.route.upload > 0 && strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		err = v.r.ParseMultipartForm(8 << 20)
	} else {
		err = v.r.ParseForm()
	}
	if err = limit.Explain(err); err != nil && fault.KindOf(err) == fault.Internal {
		err = &fault.Error{Kind: fault.Invalid, Text: fault.T("The form could not be read. Load the page again and send it once more."), Err: err}
	}
	return err
}

// enter finds out who is there: by their session, or where the route is for telephones too, by the telephone.
func (v *visit) enter() (err error) {
	if c, none := v.r.Cookie(v.app.sessionCookie()); none == nil {
		v.actor, err = v.app.Accounts.Actor(v.ctx(), c.Value)
		if !errors.Is(err, account.ErrSignedOut) {
			return err
		}
	}
	if c, none := v.r.Cookie(v.app.deviceCookie()); none == nil && v.route.device {
		v.actor, err = v.app.Accounts.DeviceActor(v.ctx(), c.Value)
		return err
	}
	return account.ErrSignedOut
}

// welcomeBack leads somebody who is signed out to signing in and from there back. What they had entered is kept.
func (v *visit) welcomeBack() (*page, error) {
	back, lost := v.r.URL.RequestURI(), false
	if v.r.Method == http.MethodPost {
		back = v.back()
		if f, err := v.app.Drafts.Read(v.r.PostForm.Get(keyField)); f.User != "" && (err == nil || fault.KindOf(err) == fault.Gone) {
			if err := v.app.Drafts.Keep(v.ctx(), f.User, f.Address, enteredOnly(v.r.PostForm)); err != nil {
				return nil, err
			}
			lost = true
		}
	}
	pg := &page{to: v.at(url.Values{nextKey: {back}}, "sign-in")}
	if said := v.turnedAway(); said != nil {
		pg.flash = said
	}
	if lost {
		pg.flash = &ui.Notice{Kind: "warn", Text: v.t("Your session has ended. What you entered is kept: sign in, and you are led back to it.")}
	} else if pg.flash == nil && v.r.URL.Path != v.to("home") {
		pg.flash = &ui.Notice{Text: v.t("Sign in to go on.")}
	}
	return pg, nil
}

// proveFirst leads to proving who one is, and from there back.
func (v *visit) proveFirst(back string) *page {
	return &page{to: v.at(url.Values{nextKey: {back}}, "prove")}
}

// nextKey is the query key of the address to go on to.
const nextKey = "tiep"

// back is the page of this app that the request came from, as the browser tells it.
func (v *visit) back() string {
	u, err := url.Parse(v.r.Referer())
	if err != nil || u.Host != v.r.Host {
		return v.to("work")
	}
	return v.safe(u.RequestURI())
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// posted tells whether the request sends a form.
func (v *visit) posted() bool { return v.r.Method == http.MethodPost }

// arg gives what the address names.
func (v *visit) arg(name string) string { return v.r.PathValue(name) }

// ask gives a value of the query, at most 200 letters.
func (v *visit) ask(key string) string {
	s := []rune(strings.ToValidUTF8(strings.TrimSpace(v.r.URL.Query().Get(key)), ""))
	return string(s[:min(len(s), 200)])
}

// t writes a sentence in the visit's language.
func (v *visit) t(key string, args ...any) string {
	return lang.Translate(v.lang, fault.T(key, args...))
}

// text writes a sentence that was made elsewhere.
func (v *visit) text(t fault.Text) string { return lang.Translate(v.lang, t) }

// client is where the request comes from.
func (v *visit) client() account.Client {
	return account.Client{Address: v.app.Client(v.r), Agent: v.r.UserAgent()}
}

// me is who is signed in.
func (v *visit) whoami() (account.User, error) {
	if v.self == nil {
		u, err := v.app.Accounts.User(v.ctx(), v.actor, v.actor.User)
		if err != nil {
			return account.User{}, err
		}
		v.self = &u
	}
	return *v.self, nil
}

// done is the answer to a form that took effect: go there, and say what was done.
func (v *visit) done(to, key string, args ...any) *page {
	return &page{to: to, flash: &ui.Notice{Kind: "done", Text: v.t(key, args...)}}
}
