package portal

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"thuoc/internal/clock"
)

// TestSpellingsAreOnePage: what strangers append to an address, and the order of its keys, make no new page; a herd of
// the same question is answered once.
func TestSpellingsAreOnePage(t *testing.T) {
	p, err := New(Options{Shelf: site().Shelf, Today: func() clock.Date { return clock.MustDate("2026-11-22") }})
	if err != nil {
		t.Fatal(err)
	}
	var herd []string
	for range 50 {
		herd = append(herd, "/ban-do?nam=2022&dg=34", "/ban-do?dg=34&nam=2022", "/ban-do?fbclid=1&nam=2022&dg=34", "/ban-do/?nam=2022&dg=34")
	}
	done := make(chan int)
	for _, address := range herd {
		go func() {
			w := httptest.NewRecorder()
			p.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
			done <- w.Code
		}()
	}
	for range herd {
		if code := <-done; code != http.StatusOK {
			t.Errorf("status %d", code)
		}
	}
	if n := p.cache.Len(); n != 1 {
		t.Errorf("%d answers are kept of one page", n)
	}
}

// TestNobodyWaitsForever: a reader who finds every place taken is told to come back, and when.
func TestNobodyWaitsForever(t *testing.T) {
	shelf := site().Shelf
	shelf.Open()
	synctest.Test(t, func(t *testing.T) {
		p, err := New(Options{Shelf: shelf, Today: func() clock.Date { return clock.MustDate("2026-11-22") }})
		if err != nil {
			t.Fatal(err)
		}
		for range rendersAtOnce {
			if err := p.takePlace(t.Context(), time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest("GET", "/hoi-dap", nil))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("answered by %d, to come back after %q", w.Code, w.Header().Get("Retry-After"))
		}
		p.leavePlace()
		w = httptest.NewRecorder()
		if p.ServeHTTP(w, httptest.NewRequest("GET", "/hoi-dap", nil)); w.Code != http.StatusOK {
			t.Errorf("with a place free the answer is %d", w.Code)
		}
	})
}
