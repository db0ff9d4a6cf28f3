package crash

import (
	"bytes"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/test/program"
)

// TestKillForms: eight people send forms of the working pages of the real program; it is killed at random moments. All that
// was acknowledged (a redirect was received) is there, once, after each restart, and the house is whole.
func TestKillForms(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	t.Run("sqlite", func(t *testing.T) { killForms(t, rounds(t)) })
	t.Run("postgres", func(t *testing.T) { killForms(t, max(2, rounds(t)/3), "--db", dbtest.Empty(t, db.Postgres).URL) })
}

func killForms(t *testing.T, rounds int, database ...string) {
	dir := filepath.Join(t.TempDir(), "data")
	binary, err := program.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	command(t, binary, append([]string{"init", dir, "--home", "33", "--on", "2025-07-01"}, database...)...)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	w := &invitations{acked: map[string]bool{}}
	if len(database) == 2 {
		t.Setenv("THUOC_DB", database[1])
	}
	for round := range rounds {
		s, err := program.ServeHouse(binary, dir)
		if err != nil {
			t.Fatal(err)
		}
		admin := fmt.Sprintf("admin%d@example.gov.vn", round)
		awaitHouse(t, s)
		if err := s.Administrator(binary, dir, admin); err != nil {
			t.Fatalf("%v\n%s", err, s.Said())
		}
		var all sync.WaitGroup
		for range 8 {
			b, err := s.Browser()
			if err == nil {
				err = b.SignIn(admin) // one after another, as the bound on tries asks
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, s.Said())
			}
			all.Go(func() { w.work(b) })
		}
		w.await(t, 10+random.IntN(40))
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
		s.Kill() // whose error is that it was killed
		all.Wait()
		w.inspect(t, binary, dir)
	}
	t.Logf("%d invitations acknowledged in %d rounds", len(w.acked), rounds)
}

// awaitHouse waits until the house behind the portal is open.
func awaitHouse(t *testing.T, s *program.Server) {
	t.Helper()
	b, err := s.Browser()
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := b.Get("/app/dang-nhap"); err == nil {
			return
		} else if time.Now().After(end) {
			t.Fatalf("%v\n%s", err, s.Said())
		}
	}
}

// invitations remembers who was acknowledged to be invited.
type invitations struct {
	mu    sync.Mutex
	acked map[string]bool
	next  int
}

func (w *invitations) name() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next++
	return fmt.Sprintf("nguoi%d@example.gov.vn", w.next)
}

// work invites people, one form after the other, until the program does not answer any more.
func (w *invitations) work(b *program.Browser) {
	defer b.Close()
	for {
		address := w.name()
		if b.Send("/app/nguoi-dung/moi", url.Values{"name": {"Trần Thị Bình"}, "email": {address}}) != nil {
			return
		}
		w.mu.Lock()
		w.acked[address] = true
		w.mu.Unlock()
	}
}

func (w *invitations) await(t *testing.T, more int) {
	t.Helper()
	count := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.acked)
	}
	for target, end := count()+more, time.Now().Add(3*time.Minute); count() < target; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the program acknowledges nothing")
		}
	}
}

// inspect looks at what the killed program left, with its own commands.
func (w *invitations) inspect(t *testing.T, binary, dir string) {
	t.Helper()
	command(t, binary, "verify", "db", "audit", "--data", dir)
	list := command(t, binary, "user", "list", "--data", dir, "--format", "csv")
	for address := range w.acked {
		if n := strings.Count(list, ","+address+","); n != 1 {
			t.Errorf("%s was acknowledged and is there %d times", address, n)
		}
	}
}

// command runs a command that must succeed.
func command(t *testing.T, binary string, args ...string) string {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "THUOC_LANG=en")
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		t.Fatalf("thuoc %s: %v\n%s", strings.Join(args, " "), err, &talk)
	}
	return out.String()
}

// TestFormSyncedBeforeAcknowledged traces the real program: between the page of a form and the redirect that
// acknowledges it, the log of the database is synced.
func TestFormSyncedBeforeAcknowledged(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace must be installed")
		}
		t.Skip("NOTICE: skipped, strace is not installed")
	}
	dir, trace := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "trace")
	binary, err := program.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	command(t, binary, "init", dir, "--home", "33", "--on", "2025-07-01")
	traced := filepath.Join(t.TempDir(), "traced") // with -D the process that is started is the program itself
	script := fmt.Sprintf("#!/bin/sh\nexec %s -D -f -y -s 32 -e trace=fsync,fdatasync,write -o %s %s \"$@\"\n", strace, trace, binary)
	if err := os.WriteFile(traced, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := program.ServeHouse(traced, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Kill()
	awaitHouse(t, s)
	if err := s.Administrator(binary, dir, "admin@example.gov.vn"); err != nil {
		t.Fatal(err)
	}
	b, err := s.Browser()
	if err == nil {
		err = b.SignIn("admin@example.gov.vn")
	}
	if err != nil {
		t.Fatal(err)
	}
	const n = 10
	for i := range n {
		time.Sleep(500 * time.Millisecond) // the sealer of the audit, which syncs too, has done its part
		if err := b.Send("/app/nguoi-dung/moi", url.Values{"name": {"Trần Thị Bình"}, "email": {fmt.Sprintf("nguoi%d@example.gov.vn", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	acks, unsynced := formAcks(string(text))
	if acks < n || unsynced > 0 {
		t.Errorf("%d acknowledgements, %d of them without a sync of the log before", acks, unsynced)
	}
	careless := strings.ReplaceAll(string(text), "thuoc.db-wal", "thuoc.db-shm")
	if acks, unsynced := formAcks(careless); acks < n || unsynced != acks {
		t.Errorf("a program that does not sync was not caught: %d acknowledgements, %d unsynced", acks, unsynced)
	}
}

// formAcks counts the redirects in a trace, and those before which the log was not synced since a page was sent.
func formAcks(trace string) (acks, unsynced int) {
	pending, synced := map[string]string{}, false
	for line := range strings.Lines(trace) {
		line = strings.TrimSpace(line)
		switch m := syncCall.FindStringSubmatch(line); {
		case m != nil && strings.Contains(m[3], "unfinished"):
			pending[m[1]] = m[2]
		case m != nil:
			synced = synced || what(m[2]) == "log" && strings.HasSuffix(m[3], "= 0")
		case strings.Contains(line, `"HTTP/1.1 200`):
			synced = false
		case strings.Contains(line, `"HTTP/1.1 303`):
			acks++
			if !synced {
				unsynced++
			}
		default:
			if r := syncResume.FindStringSubmatch(line); r != nil {
				synced = synced || what(pending[r[1]]) == "log"
				delete(pending, r[1])
			}
		}
	}
	return acks, unsynced
}
