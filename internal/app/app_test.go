package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
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
