package app

import (
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"thuoc/internal/edition"
)

// TestShed: beyond its places a server answers at once that it is busy, with a time to come back; a place is free again
// when its answer begins, not when a slow reader has taken it all.
func TestShed(t *testing.T) {
	arrived, work, answered, read := make(chan bool), make(chan bool), make(chan bool), make(chan bool)
	h := shed(1, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- true
		<-work
		w.Write([]byte("a page"))
		answered <- true
		<-read
	}))
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		return w
	}
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- ask() }()
	<-arrived
	if w := ask(); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("beyond the places the answer is %d with %v", w.Code, w.Header())
	}
	work <- true
	<-answered
	second := make(chan *httptest.ResponseRecorder)
	go func() { second <- ask() }()
	<-arrived // the first is still being read, and the second works already
	work <- true
	<-answered
	close(read)
	for _, w := range []*httptest.ResponseRecorder{<-first, <-second} {
		if w.Code != http.StatusOK || w.Body.String() != "a page" {
			t.Errorf("the answer is %d %q", w.Code, w.Body)
		}
	}
}

// TestDoors: the interface for programs answers under its prefix, the portal everywhere else.
func TestDoors(t *testing.T) {
	a, err := New(Options{Shelf: edition.Embedded(edition.Made{By: "test", Code: "test"}), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for path, kind := range map[string]string{"/api/v1": "application/json", "/api/v1/editions/2024": "application/json", "/api/v1/nothing": "application/problem+json", "/api/v10": "text/html", "/phuong-phap": "text/html"} {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, kind) {
			t.Errorf("%s is answered by %d %q", path, w.Code, got)
		}
	}
}

// machine is a link of the open-data page into the interface for programs.
var machine = regexp.MustCompile(`<(a|link rel="alternate" type="[^"]+") href="(/api/v1[^"]*)"`)

// TestOpenDataLeadsToPrograms: the open-data page names the interface, the catalogue, and of every edition the data
// package and the cube, in the page and in its head, and every one of them answers.
func TestOpenDataLeadsToPrograms(t *testing.T) {
	shelf := edition.Embedded(edition.Made{By: "test", Code: "test"})
	a, err := New(Options{Shelf: shelf, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/du-lieu-mo", "/en/open-data"} {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest("GET", page, nil))
		links := machine.FindAllStringSubmatch(w.Body.String(), -1)
		inHead := 0
		for _, l := range links {
			if l[1] != "a" {
				inHead++
			}
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, httptest.NewRequest("GET", html.UnescapeString(l[2]), nil))
			if w.Code != http.StatusOK {
				t.Errorf("%s leads to %s, answered by %d", page, l[2], w.Code)
			}
		}
		if want := 3 + 2*len(shelf.Years()); inHead != 5 || len(links)-inHead != want {
			t.Errorf("%s has %d links for programs in its head and %d in the page, want 5 and %d", page, inHead, len(links)-inHead, want)
		}
	}
}
