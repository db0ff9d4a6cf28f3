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
			all.Go(func() { w.work(s, admin) })
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
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
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

// work signs in and invites people, one form after the other, until the program does not answer any more.
func (w *invitations) work(s *program.Server, admin string) {
	b, err := s.Browser()
	if err != nil {
		return
	}
	defer b.Close()
	if b.SignIn(admin) != nil {
		return
	}
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
	for target, end := count()+more, time.Now().Add(time.Minute); count() < target; time.Sleep(time.Millisecond) {
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
