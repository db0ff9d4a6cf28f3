package portal

import (
	"net/http/httptest"
	"testing"
)

// BenchmarkCached answers a page that was asked for before. Bound: 50 µs, a hundredth of what a reader may wait.
func BenchmarkCached(b *testing.B) {
	get(b, "/nhom-ket-qua?nam=2022", "Accept-Encoding", "br")
	r := httptest.NewRequest("GET", "/nhom-ket-qua?nam=2022", nil)
	r.Header.Set("Accept-Encoding", "br")
	b.ReportAllocs()
	for b.Loop() {
		site().ServeHTTP(httptest.NewRecorder(), r)
	}
}

// BenchmarkHome renders the map home and compresses it. Bound: 50 ms.
func BenchmarkHome(b *testing.B) { anew(b, "/?nam=2022") }

// BenchmarkGroups renders the table of 63 intervals and compresses it. Bound: 50 ms.
func BenchmarkGroups(b *testing.B) { anew(b, "/nhom-ket-qua?nam=2022") }

// BenchmarkProfile renders a province's profile and compresses it. Bound: 50 ms.
func BenchmarkProfile(b *testing.B) { anew(b, "/ho-so/tra-vinh?nam=2022") }

// anew answers an address as if nobody had asked before; the editions are open.
func anew(b *testing.B, address string) {
	get(b, address)
	for b.Loop() {
		b.StopTimer()
		site().cache.Forget()
		b.StartTimer()
		get(b, address, "Accept-Encoding", "br")
	}
}
