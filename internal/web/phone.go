package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/limit"
	"thuoc/internal/ui"
)

// phoneRoutes are what a telephone needs besides the pages: they hold nothing of anybody.
var phoneRoutes = []route{
	{name: "worker", method: http.MethodGet, vi: "sw.js", en: "sw.js", handle: (*visit).worker},
	{name: "manifest", method: http.MethodGet, vi: "manifest.webmanifest", en: "manifest.webmanifest", handle: (*visit).manifest},
	{name: "offline", method: http.MethodGet, vi: "mat-mang", en: "offline", handle: (*visit).offline},
}

// The headers by which the service worker knows what it may keep.
const (
	holderHeader = "Thuoc-Who"  // id of whose page this is; nobody where it is nobody's
	keepHeader   = "Thuoc-Keep" // the page may be kept on this telephone, for reading without a network
	nobody       = "-"
)

// shellAssets are what the kept pages are drawn with.
var shellAssets = []string{"css/thuoc.css", "css/app.css", "font/bvp-vn-400.woff2", "font/bvp-vn-600.woff2", "font/vntab-400.woff2", "font/vntab-600.woff2",
	"icon/icons.svg", "icon/app.svg", "icon/mark.svg", noPicture, "js/thuoc.js", "js/app.js", "js/outbox.js", "js/phone.js"}

// noPicture is the sign for a picture that is not kept on the telephone.
const noPicture = "icon/no-picture.svg"

// worker is the service worker: the asset of that name, told what this house keeps for use without a network.
func (v *visit) worker() (*page, error) {
	shell := []string{v.to("offline")}
	for _, name := range shellAssets {
		shell = append(shell, ui.AssetPath(name))
	}
	house, err := json.Marshal(map[string]any{"shell": shell, "offline": v.to("offline"), "out": v.to("sign-out"), "assets": ui.AssetPrefix, "outbox": ui.AssetPath("js/outbox.js"), "picture": ui.AssetPath(noPicture)})
	if err != nil {
		return nil, err
	}
	script := append(append([]byte("const house = "), house...), ";\n"...)
	v.w.Header().Set("Cache-Control", "no-cache")
	ui.NewBody("text/javascript; charset=utf-8", append(script, ui.Assets()[ui.AssetPath("js/worker.js")].Bytes...)).Serve(v.w, v.r)
	return &page{written: true}, nil
}

// manifest lets a telephone put the app among its own.
func (v *visit) manifest() (*page, error) {
	name := "Thước"
	if house := v.app.Name.In(v.lang); house != "" {
		name += " – " + house
	}
	icon := func(file, sizes, sort, purpose string) map[string]string {
		return map[string]string{"src": ui.AssetPath("icon/" + file), "sizes": sizes, "type": sort, "purpose": purpose}
	}
	b, err := json.Marshal(map[string]any{"id": v.to("home"), "name": name, "short_name": "Thước", "lang": string(v.lang), "dir": "ltr", "display": "standalone",
		"start_url": v.to("work"), "scope": v.to("home") + "/", "theme_color": "#1F3D7A", "background_color": "#FBFAF6",
		"icons": []map[string]string{icon("mark.svg", "any", "image/svg+xml", "any"), icon("mark-192.png", "192x192", "image/png", "any"), icon("mark-512.png", "512x512", "image/png", "maskable")}})
	if err != nil {
		return nil, err
	}
	v.w.Header().Set("Cache-Control", "no-cache")
	ui.NewBody("application/manifest+json", b).Serve(v.w, v.r)
	return &page{written: true}, nil
}

// offlinePage is what a telephone shows for a page that it has not kept. It is the same for everybody.
type offlinePage struct {
	Title string
	Work  ui.Link
}

func (v *visit) offline() (*page, error) {
	v.actor = account.Actor{} // it is kept on the telephone whoever holds it
	body := offlinePage{v.t("No network"), ui.Link{Href: v.to("work"), Text: v.t("My work, as kept on this telephone")}}
	return &page{template: "offline", title: body.Title, body: body}, nil
}

// outbox is where the queue of this browser is shown, on the pages that a telephone may open.
func (v *visit) outbox() *ui.Outbox {
	if !v.route.device || v.actor.User == "" {
		return nil
	}
	o := &ui.Outbox{Owner: v.actor.User, At: v.moment(v.app.Now()), SignIn: v.at(url.Values{nextKey: {v.backHere()}}, "sign-in")}
	if v.onTelephone() {
		o.Worker = v.to("worker")
	}
	return o
}

// onTelephone tells whether the browser is an enrolled telephone of the very person who is here.
func (v *visit) onTelephone() bool {
	return v.actor.User != "" && (v.actor.Device != "" || v.deviceOwner() == v.actor.User)
}

// deviceOwner is whose enrolled telephone the browser is; "" for nobody's.
func (v *visit) deviceOwner() string {
	c, err := v.r.Cookie(v.app.deviceCookie())
	if err != nil {
		return ""
	}
	a, err := v.app.Accounts.DeviceActor(v.ctx(), c.Value)
	if err != nil && !errors.Is(err, account.ErrSignedOut) {
		v.app.Report(v.r, err)
	}
	return a.User
}

// holder is whose pages this browser may keep: of who is here, and at the gate of whose telephone it is.
func (v *visit) holder() string {
	return cmp.Or(v.actor.User, v.deviceOwner(), nobody)
}

// mark tells the service worker whose page this is and whether it may be kept: work and tasks, on an enrolled telephone.
// Everywhere else nothing is kept, as on the computer of an office that many use.
func (v *visit) mark(pg *page) {
	if v.route.name == "offline" {
		return
	}
	h := v.w.Header()
	h.Set(holderHeader, v.holder())
	if pg.keep && v.onTelephone() {
		h.Set(keepHeader, "1")
	}
}

// queued tells whether the queue of a browser sends, which reads an answer and no page.
func (v *visit) queued() bool {
	return v.route != nil && (v.route.name == "task-send" || v.route.name == "visit-send") && v.posted() && strings.Contains(v.r.Header.Get("Accept"), "application/json")
}

// ownerKey is the field in which the queue says whose entry it sends.
const ownerKey = "owner"

// The states in which an entry of the queue can be, as the server answers.
const (
	isSent    = "sent"
	isClash   = "clash"   // somebody was first, or the task takes nothing more
	isWrong   = "wrong"   // it cannot be taken as it is
	isOther   = "other"   // it is another account's
	isSignIn  = "signin"  // nobody is signed in
	isRevoked = "revoked" // the telephone is refused
	isWaiting = "waiting" // not now
)

// sendAnswer is what the queue is told.
type sendAnswer struct {
	State string `json:"state"`
	Words string `json:"words"`
	Over  bool   `json:"over,omitempty"` // sent again without what it was entered on, it takes the other's place
}

// answerQueue tells the queue of what failed, in the words that a page would say.
func (v *visit) answerQueue(code int, err error) {
	a := sendAnswer{State: isWrong, Words: v.failBody(err, code).What}
	switch fault.KindOf(err) {
	case fault.Conflict:
		a.State = isClash
	case fault.Busy, fault.Internal:
		a.State = isWaiting
	}
	if _, full := errors.AsType[*limit.Refusal](err); full && code != http.StatusRequestEntityTooLarge {
		a.State = isWaiting
	}
	v.answerJSON(code, a)
}

// turnAwayQueue tells the queue that nobody is let in, and why.
func (v *visit) turnAwayQueue() {
	a := sendAnswer{State: isSignIn, Words: v.t("Your session has ended. What you entered is kept on this device: sign in, and it is sent.")}
	if _, err := v.r.Cookie(v.app.deviceCookie()); err == nil {
		v.turnedAway()
		a = sendAnswer{State: isRevoked, Words: v.t("This telephone was revoked, or not used for too long. What you entered is kept on it: sign in, and it is sent; you can add the telephone again under My account.")}
	}
	v.answerJSON(http.StatusUnauthorized, a)
}

func (v *visit) answerJSON(code int, a sendAnswer) {
	b, err := json.Marshal(a)
	if err != nil {
		panic(err) // a struct of three plain fields
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(code)
	v.w.Write(b)
}
