package portal

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"thuoc/internal/ui"
)

func bodyOf(s string) *cached { return &cached{body: ui.NewBody("text/html", []byte(s))} }

// TestCached: the second answer is the first, and a reader who has it is told so.
func TestCached(t *testing.T) {
	first := get(t, "/nhom-ket-qua?nam=2023")
	r := httptest.NewRequest("GET", "/nhom-ket-qua?nam=2023", nil)
	r.Header.Set("If-None-Match", first.Header().Get("ETag"))
	w := httptest.NewRecorder()
	site().ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("the same page is answered by %d with %d bytes", w.Code, w.Body.Len())
	}
}

// TestCacheForgets: the cache stays within its bound, and what is read again stays.
func TestCacheForgets(t *testing.T) {
	var c cache
	body := strings.Repeat("x", 1<<20)
	for i := range 100 {
		c.put(strings.Repeat("k", i+1), bodyOf(body))
		if _, ok := c.get("k"); !ok {
			t.Fatalf("what is read every time was forgotten after %d others", i)
		}
	}
	total := 0
	for _, m := range []map[string]*cached{c.now, c.before} {
		for _, a := range m {
			total += a.body.Size()
		}
	}
	if total > cacheBytes {
		t.Errorf("the cache holds %d bytes, its bound is %d", total, cacheBytes)
	}
}

// BenchmarkCached answers a page that was asked for before. Bound: 50 µs, a hundredth of what a reader may wait.
func BenchmarkCached(b *testing.B) {
	r := httptest.NewRequest("GET", "/nhom-ket-qua?nam=2022", nil)
	r.Header.Set("Accept-Encoding", "br")
	site().ServeHTTP(httptest.NewRecorder(), r)
	for b.Loop() {
		site().ServeHTTP(httptest.NewRecorder(), r)
	}
}

// BenchmarkHome renders the map home. Bound: 50 ms, with its compression.
func BenchmarkHome(b *testing.B) { benchPage(b, "/") }

// BenchmarkProfile renders a province's profile. Bound: 50 ms, with its compression.
func BenchmarkProfile(b *testing.B) { benchPage(b, "/ho-so/tra-vinh") }

func benchPage(b *testing.B, path string) {
	site().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	for b.Loop() {
		site().cache = cache{}
		r := httptest.NewRequest("GET", path+"?nam=2022", nil)
		r.Header.Set("Accept-Encoding", "br")
		site().ServeHTTP(httptest.NewRecorder(), r)
	}
}
