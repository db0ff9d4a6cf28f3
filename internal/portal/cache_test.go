package portal

import (
	"net/http"
	"net/http/httptest"
	"testing"

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
	if len(p.cache.now) != 1 {
		t.Errorf("%d answers are kept of one page", len(p.cache.now))
	}
}
