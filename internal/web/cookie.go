package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"thuoc/internal/ui"
)

// sessionCookie is the name of the cookie that holds a session's token. With TLS its name itself forbids the browser to
// take one from another host, from a part of the site, or without TLS.
func (a *App) sessionCookie() string {
	if a.Secure {
		return "__Host-thuoc"
	}
	return "thuoc"
}

const flashCookie = "thuoc_say"

// cookie makes one that scripts cannot read and other sites cannot send along with a form.
func (a *App) cookie(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode}
	if c.MaxAge = int(age.Seconds()); value == "" {
		c.MaxAge = -1
	}
	return c
}

// signedIn gives the browser a session's token. The cookie ends with the browser; the session ends by the store's rules.
func (v *visit) signedIn(token string) {
	http.SetCookie(v.w, v.app.cookie(v.app.sessionCookie(), token, 0))
}

// closed hides a value so that it can be left with a browser: it can neither be read nor altered there, nor be used
// for anything but what it was made for.
func (a *App) closed(use string, value any) string {
	plain, err := json.Marshal(value)
	if err != nil {
		panic(err) // only values of this package's own types come here
	}
	return base64.RawURLEncoding.EncodeToString(a.seal.Seal(nil, nil, plain, []byte(use)))
}

// opened undoes closed; false when it is not one of ours.
func (a *App) opened(use, text string, value any) bool {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	plain, err := a.seal.Open(nil, nil, b, []byte(use))
	return err == nil && json.Unmarshal(plain, value) == nil
}

// outcome is where a form leads once it took effect, and what is said there: it is remembered, closed, with the form,
// so that whoever sends it twice is told the same.
type outcome struct {
	To    string
	Flash *ui.Notice
}

// say leaves a notice with the browser for the next page. It may hold a secret that is shown once, so it is closed.
func (v *visit) say(n *ui.Notice) {
	if n != nil {
		http.SetCookie(v.w, v.app.cookie(flashCookie, v.app.closed("flash", n), time.Minute))
	}
}

// said takes the notice that the page before left.
func (v *visit) said() *ui.Notice {
	c, err := v.r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(v.w, v.app.cookie(flashCookie, "", 0))
	var n ui.Notice
	if !v.app.opened("flash", c.Value, &n) {
		return nil
	}
	return &n
}
