package badday

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk gives a folder on a file system of its own with so much room ("64m").
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("a small file system must be mounted: %v", err)
		}
		t.Skipf("NOTICE: skipped, a small file system cannot be mounted: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill writes a file until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 1<<20); len(block) >= 1; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}

// TestDiskFillsUp: the disk fills up while officials work. What cannot be kept is not acknowledged; they are told so with
// what they entered before them; readiness turns, the doctor names it with its remedy, the portal serves on. Once there is
// room everything works as before, without anybody's help.
func TestDiskFillsUp(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	disk := smallDisk(t, "96m")
	dir := filepath.Join(disk, "data")
	if code, _, talk := run(t, "init", dir, "--home", "33", "--on", "2025-07-01"); code != 0 {
		t.Fatalf("init: %s", talk)
	}
	s := startHouse(t, dir)
	b := signedIn(t, s, dir, 1)[0]
	if err := b.Send(inviting, invitation("truoc@example.gov.vn")); err != nil {
		t.Fatal(err)
	}
	fields, err := b.Form(inviting)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(fields, invitation("binh@example.gov.vn"))

	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	page := refusedBusy(t, b, fields)
	if !strings.Contains(page, "Đĩa đã đầy") {
		t.Errorf("it does not say that the disk is full:\n%.600s", page)
	}
	if status, page, err := b.Post(keeping, fields); err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("a draft that cannot be kept is answered by %d, %v:\n%.300s", status, err, page)
	}
	if _, err := b.Get("/app/nguoi-dung"); err != nil {
		t.Errorf("a page, meanwhile: %v", err)
	}
	awaitReady(t, s, http.StatusServiceUnavailable)
	well(t, s)
	if code, out, talk := run(t, "doctor", "--data", dir); code != 1 || !strings.Contains(out+talk, "Free some space") {
		t.Errorf("doctor: code %d\n%s%s", code, out, talk)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, s, http.StatusOK)
	sentAgain(t, b, page, fields)
	if err := s.Stop(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	invitedIn(t, dir, []string{"truoc@example.gov.vn", "binh@example.gov.vn"})
}
