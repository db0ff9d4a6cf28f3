// Package upgrade opens data folders of every earlier schema with today's program. The folders are kept for ever: a
// house that was founded years ago must come up without help.
package upgrade

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/test/program"
)

// TestUpgrade takes each kept folder through what an operator does: the new program refuses to serve it in words,
// migrates it after a backup, finds it whole up to the anchor of its time, serves it, and carries it to the other engine.
func TestUpgrade(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	binary, err := program.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob("testdata/*.tar.gz")
	if err != nil || len(kept) == 0 {
		t.Fatalf("no kept folders: %v", err)
	}
	for _, file := range kept {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".tar.gz"), func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, file, dir)
			anchor, err := os.ReadFile(filepath.Join(dir, "anchor"))
			if err != nil {
				t.Fatal(err)
			}
			p := operator{t, binary, filepath.Join(dir, "data"), strings.TrimSpace(string(anchor))}
			p.upgrade()
			p.serve()
			t.Run("to postgres", func(t *testing.T) {
				p.t = t
				p.carry(dbtest.Empty(t, db.Postgres).URL)
			})
		})
	}
}

// operator runs commands on a folder.
type operator struct {
	t                    *testing.T
	binary, data, anchor string
}

func (p operator) run(want int, words string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(p.binary, args...)
	cmd.Env = append(os.Environ(), "THUOC_LANG=en")
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != want || !strings.Contains(out.String()+talk.String(), words) {
		p.t.Fatalf("thuoc %s: code %d, want %d with %q\n%s%s", strings.Join(args, " "), code, want, words, &out, &talk)
	}
	return out.String()
}

func (p operator) upgrade() {
	p.t.Helper()
	p.run(1, "Bring it up with: thuoc migrate", "serve", "--data", p.data)
	p.run(0, "Applied: ", "migrate", "--data", p.data)
	p.run(0, "There is nothing to do", "migrate", "--data", p.data)
	before, err := filepath.Glob(filepath.Join(p.data, "backups", "before-*.db"))
	if err != nil || len(before) != 1 {
		p.t.Errorf("the backup before: %v %v", before, err)
	}
	p.run(0, "", "verify", "--data", p.data, "--anchor", p.anchor)
}

// serve looks whether the house works: its places are there, its letters leave.
func (p operator) serve() {
	p.t.Helper()
	s, err := program.ServeHouse(p.binary, p.data)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(); err != nil {
			p.t.Error(err)
		}
	}()
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		r, err := http.Get(s.URL + "/readyz")
		if err != nil {
			p.t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			p.t.Fatalf("it does not come up:\n%s", s.Said())
		}
	}
	p.run(0, "http://", "user", "add", "--data", p.data, "--role", "analyst", "--name", "Lê Văn An", "--email", "an@example.gov.vn")
}

// carry moves the house to another engine by way of a backup.
func (p operator) carry(database string) {
	p.t.Helper()
	saved := strings.TrimSpace(p.run(0, "", "backup", "--keys", "--data", p.data, filepath.Join(p.t.TempDir(), "saved")))
	again := filepath.Join(p.t.TempDir(), "again")
	p.run(0, "", "restore", "--data", again, "--db", database, saved)
	p.run(0, "", "verify", "--data", again, "--db", database, "--anchor", p.anchor)
	p.run(0, "an@example.gov.vn", "user", "list", "--data", again, "--db", database)
}

// unpack puts a kept folder down, for its owner alone.
func unpack(t *testing.T, file, dir string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || !filepath.IsLocal(h.Name) {
			t.Fatalf("%v %v", h, err)
		}
		at := filepath.Join(dir, h.Name)
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(at, 0o700)
		} else if b, readErr := io.ReadAll(r); readErr != nil {
			err = readErr
		} else {
			err = os.WriteFile(at, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
