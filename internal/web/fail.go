package web

import (
	"errors"
	"net/http"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/limit"
	"thuoc/internal/ui"
)

// status is the answer's status for each kind of error.
var status = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Forbidden: http.StatusForbidden,
	fault.Conflict: http.StatusConflict, fault.Gone: http.StatusGone, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.Busy: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// failPage is what the page of an error shows.
type failPage struct {
	Title, What string
	Items       []string
	Roles       []string // who may do what the actor may not
	Kept        bool     // what was entered is kept
	Ways        []ui.Link
}

// fail is the one place where an error becomes a page.
func (v *visit) fail(err error) {
	switch {
	case errors.Is(err, account.ErrNotFresh):
		v.lead(v.proveFirst(v.backHere()))
		return
	case errors.Is(err, account.ErrSignedOut):
		if v.queued() {
			v.turnAwayQueue()
			return
		}
		http.SetCookie(v.w, v.app.cookie(v.app.sessionCookie(), "", 0))
		pg, failed := v.welcomeBack()
		if failed == nil {
			v.lead(pg)
			return
		}
		err = failed
	}
	v.failAs(status[fault.KindOf(err)], err)
}

// refuse says when to come back, and gives the status of an answer that says so.
func (v *visit) refuse(err error) (status int) {
	if refusal, ok := errors.AsType[*limit.Refusal](err); ok {
		return refusal.Header(v.w.Header())
	}
	v.w.Header().Set("Retry-After", "5")
	return http.StatusServiceUnavailable
}

// failAs is fail with a status of its own.
func (v *visit) failAs(code int, err error) {
	if code == http.StatusServiceUnavailable {
		code = v.refuse(err)
	}
	if v.queued() {
		v.answerQueue(code, err)
		return
	}
	body := v.failBody(err, code)
	answer, failed := v.render(&page{template: "fail", title: body.Title, body: body})
	if failed != nil { // the shell needs the database, and that may be what failed
		v.app.Report(v.r, errors.Join(err, failed))
		v.actor, v.self = account.Actor{}, nil
		if answer, failed = v.render(&page{template: "fail", title: body.Title, body: body}); failed != nil {
			http.Error(v.w, body.Title, code)
			return
		}
	}
	answer.ServeStatus(v.w, v.r, code)
}

// lead sends the person elsewhere; that cannot fail.
func (v *visit) lead(pg *page) {
	v.say(pg.flash)
	http.Redirect(v.w, v.r, pg.to, http.StatusSeeOther)
}

func (v *visit) failBody(err error, code int) failPage {
	body := failPage{Title: v.failTitle(code), Kept: v.kept, Ways: []ui.Link{{Href: v.backHere(), Text: v.t("Back")}, {Href: v.to("work"), Text: v.t("My work")}}}
	if code == http.StatusNotFound || v.actor.User == "" || !v.posted() {
		body.Ways = body.Ways[1:]
	}
	if list := v.listOf(); list != nil && code == http.StatusNotFound {
		body.Ways = append([]ui.Link{*list}, body.Ways...)
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind == fault.Internal {
		v.app.Report(v.r, err)
		body.What = v.t("The fault is on our side and has been recorded. Please try again later.")
		return body
	}
	body.What = v.text(e.Text)
	if e.Kind == fault.Conflict && v.route != nil && v.actor.User != "" {
		body.What = strings.TrimSpace(body.What + " " + v.lastChange())
	}
	for _, it := range e.Items {
		body.Items = append(body.Items, strings.TrimSpace(lang.Translate(v.lang, it.What)+" "+lang.Translate(v.lang, it.Remedy)))
	}
	if e.Kind == fault.Forbidden && v.route != nil {
		for _, r := range v.route.needs.Holders() {
			body.Roles = append(body.Roles, v.roleName(r))
		}
	}
	return body
}

// lastChange says who changed last, and when, what the address is about: after a conflict that is what somebody asks
// first. What the log does not know, or cannot be asked, is left unsaid.
func (v *visit) lastChange() string {
	objects := []string{v.actor.User}
	if names := v.route.names(); len(names) > 0 {
		name := names[len(names)-1]
		id := v.arg(name)
		objects = []string{id, name + ":" + id, "place_" + name + ":" + id}
	}
	actor, name, at, err := v.app.Upkeep.LastChange(v.ctx(), objects...)
	switch {
	case err != nil:
		v.app.Report(v.r, err)
		return ""
	case at.IsZero():
		return ""
	case actor == v.actor.User:
		return v.t("Last changed by yourself, %s.", v.moment(at))
	case name == "":
		return v.t("Last changed by the system, %s.", v.moment(at))
	}
	return v.t("Last changed by %s, %s.", name, v.moment(at))
}

func (v *visit) failTitle(code int) string {
	switch code {
	case http.StatusNotFound, http.StatusGone:
		return v.t("Not found")
	case http.StatusForbidden:
		return v.t("You have no right to this")
	case http.StatusConflict:
		return v.t("Somebody else was first")
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return v.t("Too busy just now")
	case http.StatusInternalServerError:
		return v.t("Something went wrong")
	case http.StatusMethodNotAllowed:
		return v.t("This cannot be done here")
	case http.StatusRequestEntityTooLarge:
		return v.t("Too large")
	}
	return v.t("This could not be done")
}

// lost answers what no route takes: an address that is none, or a method that its address does not know.
func (a *App) lost(l lang.Lang) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{app: a, w: w, r: r, lang: l, route: &route{}} // what is not there has no twin: it leads home
		if err := v.enter(); err != nil && !errors.Is(err, account.ErrSignedOut) {
			v.fail(err)
			return
		}
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := a.mux.Handler(other); strings.HasPrefix(pattern, method+" ") {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			v.failAs(http.StatusMethodNotAllowed, fault.New(fault.Invalid, "Nothing can be done at this address in this way."))
			return
		}
		v.fail(fault.New(fault.NotFound, "There is no page at this address."))
	})
}

// foreign answers a form that another site sent in somebody's name.
func (a *App) foreign(w http.ResponseWriter, r *http.Request) {
	l := lang.Vi
	if strings.HasPrefix(r.URL.Path, EnglishRoot+"/") {
		l = lang.En
	}
	v := &visit{app: a, w: w, r: r, lang: l, route: &route{}}
	v.fail(fault.New(fault.Forbidden, "This form did not come from a page of this site. Open the page here and send it again."))
}

// listOf leads to the list in which a thing that is not there would stand; nil where there is none, or not for this person.
func (v *visit) listOf() *ui.Link {
	if v.route == nil || v.actor.User == "" {
		return nil
	}
	first, _, _ := strings.Cut(v.route.vi, "/")
	for _, m := range menu {
		for _, e := range m.entries {
			if routeOf(e.route).vi == first && e.route != "work" && v.shows(e.route) {
				return &ui.Link{Href: v.to(e.route), Text: e.text(v)}
			}
		}
	}
	return nil
}
