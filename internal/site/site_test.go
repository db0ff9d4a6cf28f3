package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"thuoc/internal/fault"
)

func at(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"/":                               "index.html",
		"/en/":                            "en/index.html",
		"/?nam=2023&nd=D1":                "nam=2023,nd=D1.html",
		"/?nd=D1&nam=2023":                "nam=2023,nd=D1.html",
		"/ho-so/tra-vinh":                 "ho-so/tra-vinh/index.html",
		"/ho-so/tra-vinh?nam=2022":        "ho-so/tra-vinh/nam=2022.html",
		"/ban-do.csv?nam=2022&hinh=strip": "ban-do/hinh=strip,nam=2022.csv",
		"/a/thuoc.0123.css":               "a/thuoc.0123.css",
		"/noi-dung/1.1?nam=2022":          "noi-dung/1.1/nam=2022.html",
		"/tim?q=%C4%91%E1%BA%A5t/..":      "tim/q=~c4~91~e1~ba~a5t~2f...html",
		"/so-sanh?tinh=48&tinh=01":        "so-sanh/tinh=01,tinh=48.html",
		"/../../etc/passwd":               "etc/passwd/index.html",
	} {
		if got := Name(at(t, in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"index.html", "a/x.css", "a/x.css"},
		{"ho-so/tra-vinh/nam=2022.html", "a/x.css", "../../a/x.css"},
		{"ho-so/tra-vinh/nam=2022.html", "ho-so/tra-vinh/nam=2023.html", "nam=2023.html"},
		{"en/index.html", "index.html", "../index.html"},
		{"ho-so/a/index.html", "ho-so/b/index.html", "../b/index.html"},
	} {
		if got := relative(c.from, c.to); got != c.want {
			t.Errorf("%s → %s: %s, want %s", c.from, c.to, got, c.want)
		}
	}
}

// portal is a small site with one of everything the real one links by.
func portal(pages map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.String()]
		switch {
		case !ok:
			http.NotFound(w, r)
		case strings.HasPrefix(body, "→"):
			http.Redirect(w, r, strings.TrimPrefix(body, "→"), http.StatusSeeOther)
		default:
			if strings.HasSuffix(r.URL.Path, ".css") {
				w.Header().Set("Content-Type", "text/css")
			} else {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			_, _ = w.Write([]byte(body))
		}
	})
}

func copyAll(t *testing.T, h http.Handler, keep func(*url.URL) bool) (map[string]string, error) {
	t.Helper()
	var lock sync.Mutex
	files := map[string]string{}
	_, err := Copy(t.Context(), h, Options{Start: []string{"/"}, Keep: keep, Workers: 3, Write: func(name string, b []byte) error {
		lock.Lock()
		defer lock.Unlock()
		if _, twice := files[name]; twice {
			t.Errorf("%s was written twice", name)
		}
		files[name] = string(b)
		return nil
	}})
	return files, err
}

func TestCopy(t *testing.T) {
	files, err := copyAll(t, portal(map[string]string{
		"/": `<link rel=stylesheet href="/a/x.css"><a href="/p/a?nam=2022#top">a</a><a href="https://example.org/">out</a><a href="/secret">s</a><svg><use href="/a/i.svg#x"></use></svg>
			<form action="/" aria-label="Year"><input type=hidden name=nd value=D1><select name=nam><option value=2022 selected>2022<option value=2023>2023</select></form>
			<form action="/find"><input name=q></form>`,
		"/a/x.css":         `@font-face{src:url(f.woff2)}`,
		"/a/f.woff2":       `font`,
		"/a/i.svg":         `<svg/>`,
		"/p/a?nam=2022":    `<a href="/">home</a>`,
		"/?nam=2022&nd=D1": `<p>one`,
		"/?nam=2023&nd=D1": `→/p/b`,
		"/p/b":             `<p>two`,
	}), func(u *url.URL) bool { return u.Path != "/secret" })
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"index.html": {`href="a/x.css"`, `href="p/a/nam=2022.html#top"`, `href="https://example.org/"`, `<span>s</span>`, `<use href="a/i.svg#x">`,
			`<details><summary>Year</summary>`, `href="nam=2022,nd=D1.html" aria-current="true"`, `href="nam=2023,nd=D1.html"`},
		"a/x.css":             {"url(f.woff2)"},
		"a/f.woff2":           {"font"},
		"p/a/nam=2022.html":   {`href="../../index.html"`},
		"nam=2023,nd=D1.html": {`url=p/b/index.html`},
		"p/b/index.html":      {"two"},
	} {
		for _, w := range want {
			if !strings.Contains(files[name], w) {
				t.Errorf("%s lacks %s:\n%s", name, w, files[name])
			}
		}
	}
	if strings.Contains(files["index.html"], "<form") {
		t.Error("a form is left that nobody answers")
	}
}

func TestCopyNamesADeadLink(t *testing.T) {
	_, err := copyAll(t, portal(map[string]string{"/": `<a href="/gone">x</a>`}), nil)
	if fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "/gone") {
		t.Errorf("got %v", err)
	}
}

func TestCopyStopsWhenAsked(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := Copy(ctx, portal(map[string]string{"/": "x"}), Options{Start: []string{"/"}, Write: func(string, []byte) error { return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
