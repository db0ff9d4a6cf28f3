package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"thuoc/internal/lang"
)

func render(t *testing.T, body string, data any) (string, error) {
	t.Helper()
	pages, err := Parse(fstest.MapFS{"x.html": {Data: []byte(`{{define "body"}}` + body + `{{end}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := pages.Render("x", &Page{Lang: lang.Vi, Title: "T", Address: "/", Twin: "/en/", Crumbs: []Link{{Text: "T", Current: true}},
		Chrome: Chrome{Home: Link{Href: "/", Text: "Thước"}, Search: "/tim-kiem"}, Live: true, Body: data})
	return string(b), err
}

// TestWholeOrNothing: a page that asks for what is not there is an error, and not one byte of it is given.
func TestWholeOrNothing(t *testing.T) {
	for _, body := range []string{"{{.Body.Missing}}", "{{.Body.k.Missing}}"} {
		got, err := render(t, body, map[string]any{"k": map[string]string{}})
		if err == nil || got != "" {
			t.Errorf("%s renders %d bytes, error %v", body, len(got), err)
		}
	}
}

// TestNothingInline: the layout needs neither inline style nor inline script nor another host.
func TestNothingInline(t *testing.T) {
	page, err := render(t, "<p>x</p>", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{" style=", "<style", " onclick", "javascript:", "http://", "https://"} {
		if strings.Contains(page, bad) {
			t.Errorf("the layout holds %q", bad)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(m[1], "src=") || m[2] != "" {
			t.Errorf("inline script: %s", m[0])
		}
	}
}

// TestBudgets holds what every first visit loads: the stylesheet, the house's script, the fonts.
func TestBudgets(t *testing.T) {
	for name, most := range map[string]int{"css/thuoc.css": 8 << 10, "js/thuoc.js": 10 << 10, "js/htmx.min.js": 13 << 10, "icon/icons.svg": 3 << 10, "css/app.css": 6 << 10, "js/app.js": 3 << 10, "icon/app.svg": 3 << 10} {
		if got := len(Assets()[AssetPath(name)].Brotli()); got > most {
			t.Errorf("%s is %d bytes compressed, the budget is %d", name, got, most)
		}
	}
	own := 0
	for _, name := range []string{"thuoc", "app", "outbox", "phone", "worker"} { // all that is ours, queue and service worker included
		own += len(Assets()[AssetPath("js/"+name+".js")].Brotli())
	}
	if own > 10<<10 {
		t.Errorf("the scripts of the house are %d bytes compressed, the budget is %d", own, 10<<10)
	}
	t.Log("scripts of the house, compressed:", own)
}

func TestServe(t *testing.T) {
	text := strings.Repeat("Thước đo điều người dân trải nghiệm. ", 100)
	body := NewBody("text/html; charset=utf-8", []byte(text))
	for accept, want := range map[string]string{
		"": "", "gzip": "gzip", "gzip, br": "br", "br;q=0, gzip": "gzip", "deflate": "", "br; q=0.5": "br", "br;q=x": "",
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		body.Serve(w, r)
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q is answered by %q", accept, got)
		}
		if got := unpack(t, w.Body.Bytes(), want); got != text {
			t.Errorf("Accept-Encoding %q: another text comes out", accept)
		}
		again := httptest.NewRecorder()
		r.Header.Set("If-None-Match", `W/"x", `+w.Header().Get("ETag"))
		body.Serve(again, r)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("the same tag is answered by %d with %d bytes", again.Code, again.Body.Len())
		}
	}
}

func unpack(t *testing.T, b []byte, coding string) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	switch coding {
	case "br":
		r = brotli.NewReader(r)
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAssets(t *testing.T) {
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", AssetPath("css/thuoc.css"), nil)
	if !ServeAsset(w, r) || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("the stylesheet is answered by %d, %v", w.Code, w.Header())
	}
	for _, m := range regexp.MustCompile(`url\(([^)]+)\)`).FindAllStringSubmatch(w.Body.String(), -1) {
		if _, ok := Assets()[AssetPrefix+m[1]]; !ok {
			t.Errorf("the stylesheet names %s, which is not there", m[1])
		}
	}
	if ServeAsset(httptest.NewRecorder(), httptest.NewRequest("GET", AssetPrefix+"thuoc.css", nil)) {
		t.Error("an asset is served without its hash")
	}
}

// TestIconsOfBothSprites: an icon is found in whichever sprite has it, and one that is none is a defect.
func TestIconsOfBothSprites(t *testing.T) {
	for _, name := range []string{"search", "inbox"} {
		if got := string(icon(name)); !strings.Contains(got, ".svg#"+name) {
			t.Errorf("%s is drawn as %s", name, got)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an icon that is none is drawn")
		}
	}()
	icon("no such icon")
}
