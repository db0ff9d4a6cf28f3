package db_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"thuoc/internal/db"
)

// TestCreateOnSmallDisk: on a disk without room a database is not made, or it is whole: never is what did not fit taken
// for one.
func TestCreateOnSmallDisk(t *testing.T) {
	made := 0
	for _, size := range []string{"64k", "1200k", "1500k", "1800k", "2100k", "2500k", "8m"} {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("a small file system must be mounted: %v", err)
			}
			t.Skipf("NOTICE: skipped, a small file system cannot be mounted: %v", err)
		}
		cfg := db.Config{URL: filepath.Join(dir, "thuoc.db"), Now: time.Now, Random: rand.Reader}
		if err := db.Create(t.Context(), cfg); err == nil {
			made++
			d, err := db.Open(t.Context(), cfg)
			if err != nil {
				t.Errorf("with %s it was made and cannot be opened: %v", size, err)
			} else if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}
	if made == 0 {
		t.Error("none was made")
	}
}
