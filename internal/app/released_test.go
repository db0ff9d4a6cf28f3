package app

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"thuoc/internal/edition"
)

// TestReleased: what a house releases shows without a restart and without a database: a year appears, a corrected
// edition stays readable by its hash, a withdrawn one answers 410 with the reason, in pages and to programs, and no page
// that was made before outlives it.
func TestReleased(t *testing.T) {
	dir := t.TempDir()
	made := edition.Made{By: "test", Code: "test"}
	shelf := edition.Released(dir, edition.Embedded(made), func(err error) { t.Error(err) })
	a, err := New(Options{Shelf: shelf, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	e, err := edition.Build(2022, edition.Made{By: "house", Code: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Write(filepath.Join(dir, e.ID)); err != nil {
		t.Fatal(err)
	}
	index := func(list ...edition.Listing) {
		t.Helper()
		text, err := json.Marshal(map[string]any{"format": edition.Format, "editions": list})
		if err != nil {
			t.Fatal(err)
		}
		draft := filepath.Join(dir, "draft")
		if err := os.WriteFile(draft, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(draft, filepath.Join(dir, edition.IndexName)); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(path string, status int, words string) {
		t.Helper()
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != status || !strings.Contains(w.Body.String(), words) {
			t.Errorf("%s: %d, want %d with %q", path, w.Code, status, words)
		}
	}
	listing := edition.Listing{Hash: e.ID, State: edition.Public, Source: "undp", Family: "papi", Index: "papi-2022", Period: "2022"}
	file := "/an-ban/" + e.ID + "/manifest.json"
	page, program := "/nhom-ket-qua?nam=2022", "/api/v1/editions/2022"

	ask(page, 200, "Trà Vinh")
	ask(file, 404, "")
	index(listing)
	ask(page, 200, "Trà Vinh")
	ask(file, 200, `"made_by": "house"`)
	ask(program, 200, e.ID)

	listing.State, listing.Ended, listing.Reason = edition.Withdrawn, time.Date(2025, 7, 1, 1, 0, 0, 0, time.UTC), "hai tỉnh bị đổi chỗ"
	index(listing)
	for path, status := range map[string]int{page: 410, file: 410, program: 410, program + "/manifest": 410, "/nhom-ket-qua?nam=2023": 200} {
		words := ""
		if status == 410 {
			words = "hai tỉnh bị đổi chỗ"
		}
		ask(path, status, words)
	}
	ask(page, 410, "Ấn bản kỳ 2022 đã bị thu hồi ngày 01/07/2025")

	listing.State = edition.Corrected
	index(listing)
	ask(page, 200, "Trà Vinh")
	ask(file, 200, `"made_by": "house"`)
}
