package badday

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestExportKilled kills a static export half-way. No half site may stand where the site was asked for; the next export
// writes the whole, and takes away what the killed one left.
func TestExportKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a site")
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	site := filepath.Join(parent, "site")
	cmd := exec.Command(path, "edition", "export", "--year", "2012", "--pages", site)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if pages, _ := filepath.Glob(filepath.Join(parent, ".*", "ho-so", "*", "*.html")); len(pages) > 20 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the export has written no page that could be half of a site")
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if _, err := os.Stat(site); !os.IsNotExist(err) {
		t.Errorf("a killed export left something where the site should be: %v", err)
	}
	if out, err := exec.Command(path, "edition", "export", "--year", "2012", "--pages", site).CombinedOutput(); err != nil {
		t.Fatalf("the export after it fails: %v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(site, "ho-so", "tra-vinh", "nam=2012.html")); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "site" {
			t.Errorf("%s is left beside the site", e.Name())
		}
	}
}
