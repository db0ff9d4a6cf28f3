package portal

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// status is the answer's status for each kind of error.
var status = map[fault.Kind]int{
	fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound, fault.Forbidden: http.StatusForbidden,
	fault.Conflict: http.StatusConflict, fault.Gone: http.StatusGone, fault.TooLarge: http.StatusRequestURITooLong,
	fault.Busy: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// failPage is what the page of an error shows.
type failPage struct {
	Title  string
	What   string
	Items  []string
	Ways   []ui.Link
	Search string
}

// fail is the one place where an error becomes a page, in the language of the address.
func (p *Portal) fail(w http.ResponseWriter, r *http.Request, err error) {
	code := status[fault.KindOf(err)]
	if errors.Is(err, errMethod) {
		code = http.StatusMethodNotAllowed
	}
	v := &view{target: target{route: routeOf("home"), lang: languageOf(r.URL.Path)}, portal: p}
	body := failPage{Title: v.failTitle(code), Search: v.to("search", "").address(),
		Ways: []ui.Link{{Href: v.to("home", "").address(), Text: v.t("Map")}, {Href: v.to("groups", "").address(), Text: v.t("Groups")}, {Href: v.to("profiles", "").address(), Text: v.t("Province profiles")}}}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind != fault.Internal {
		body.What = lang.Translate(v.lang, e.Text)
		for _, it := range e.Items {
			body.Items = append(body.Items, strings.TrimSpace(lang.Translate(v.lang, it.What)+" "+lang.Translate(v.lang, it.Remedy)))
		}
	} else {
		p.Report(r, err)
		body.What = v.t("The fault is on our side and has been recorded. Please try again later.")
	}
	h := w.Header()
	ui.Secure(h, false)
	h.Set("Cache-Control", "no-store")
	if code == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	page, err := p.write("fail", &ui.Page{Lang: v.lang, Title: body.Title, Address: r.URL.RequestURI(), Canonical: p.Base + r.URL.RequestURI(), Twin: askedTwin(r.URL), Chrome: v.chrome(""), Body: body})
	if err != nil {
		p.Report(r, err)
		http.Error(w, body.Title, code)
		return
	}
	page.ServeStatus(w, r, code)
}

// askedTwin is an address as it stands, asked in the other language: it may fail there as well, in that language's words.
func askedTwin(u *url.URL) string {
	twin := "/" + english + u.EscapedPath()
	if languageOf(u.Path) == lang.En {
		twin = "/" + strings.TrimLeft(strings.TrimPrefix(u.EscapedPath(), "/"+english), "/")
	}
	if t, ok := resolve(u.Path); ok {
		twin = (&view{target: t}).twin()
	}
	if u.RawQuery != "" {
		twin += "?" + u.RawQuery
	}
	return twin
}

func languageOf(path string) lang.Lang {
	if path == "/"+english || strings.HasPrefix(path, "/"+english+"/") {
		return lang.En
	}
	return lang.Vi
}

func (v *view) failTitle(code int) string {
	switch code {
	case http.StatusNotFound:
		return v.t("Not found")
	case http.StatusGone:
		return v.t("Withdrawn")
	case http.StatusServiceUnavailable:
		return v.t("Too busy just now")
	case http.StatusInternalServerError:
		return v.t("Something went wrong")
	}
	return v.t("This address cannot be read")
}
