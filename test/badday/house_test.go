package badday

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to spoil databases

	"thuoc/internal/app"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/test/program"
)

// founded makes a house with the program and gives its folder.
func founded(t *testing.T, args ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real program")
	}
	dir := filepath.Join(t.TempDir(), "data")
	if code, _, talk := run(t, append([]string{"init", dir, "--home", "33", "--on", "2025-07-01"}, args...)...); code != 0 {
		t.Fatalf("init: %s", talk)
	}
	return dir
}

// startHouse serves a house for the length of a test.
func startHouse(t *testing.T, dir string, args ...string) *program.Server {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s, err := program.ServeHouse(path, dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	endsWell(t, s)
	return s
}

// config opens the house of a folder from the test itself, beside the program.
func config(t *testing.T, dir, database string) app.Config {
	t.Helper()
	c, err := app.Configure(func(s app.Setting) string { return map[string]string{"data": dir, "db": database}[s.Name] }, time.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// status asks for an address and gives the status.
func status(t *testing.T, s *program.Server, path string) (code int, body string) {
	t.Helper()
	r, err := client().Get(s.URL + path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	body, err = whole(r)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r.StatusCode, body
}

// writer writes files and audit entries into a house, as the working pages do, and remembers what was confirmed.
type writer struct {
	begun     atomic.Int64
	mu        sync.Mutex
	confirmed []string // objects of entries
	files     []string
}

func (w *writer) work(ctx context.Context, h *app.House) error {
	for i := 0; i < 100 && ctx.Err() == nil; i++ {
		ref, err := h.Blobs.Put(ctx, strings.NewReader(fmt.Sprintf("file %d", w.begun.Add(1)))) // no two are the same file
		if err != nil {
			return err
		}
		err = h.DB.Update(ctx, func(q *db.Q) error {
			return h.Log.Append(ctx, q, audit.Entry{Actor: "operator", Action: "drill.write", Object: ref.SHA256})
		})
		if err != nil {
			return err
		}
		w.mu.Lock()
		w.confirmed, w.files = append(w.confirmed, ref.SHA256), append(w.files, ref.SHA256)
		w.mu.Unlock()
	}
	return nil
}

func (w *writer) so() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.confirmed)
}

// TestDrill: a backup is taken while the program serves and four others write; it is restored elsewhere and verified; all
// that was confirmed before it began is there, and a second backup beside it shares its files.
func TestDrill(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { drill(t, "", "") })
	t.Run("postgres", func(t *testing.T) {
		drill(t, dbtest.Empty(t, db.Postgres).URL, dbtest.Empty(t, db.Postgres).URL)
	})
}

func drill(t *testing.T, database, elsewhere string) {
	args := func(url string, args ...string) []string {
		if url == "" {
			return args
		}
		return append(args, "--db", url)
	}
	dir := founded(t, args(database)...)
	s := startHouse(t, dir, args(database)...)
	h, err := app.Open(t.Context(), config(t, dir, database))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	w := &writer{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := w.work(ctx, h); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	for len(w.so()) < 40 {
		time.Sleep(time.Millisecond)
	}
	before := w.so()
	saved := filepath.Join(t.TempDir(), "saved")
	code, out, talk := run(t, args(database, "backup", "--data", dir, saved)...)
	if code != 0 {
		t.Fatalf("backup: %s", talk)
	}
	after := len(w.so())
	stop()
	all.Wait()
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	well(t, s)
	t.Logf("%d confirmed before the backup, %d after it", len(before), after)

	time.Sleep(time.Second) // the names of backups tell seconds
	if code, _, talk := run(t, args(database, "backup", "--data", dir, saved)...); code != 0 {
		t.Fatalf("second backup: %s", talk)
	}
	shares(t, saved, before[0])

	again := filepath.Join(t.TempDir(), "again")
	code, _, talk = run(t, args(elsewhere, "restore", "--data", again, "--keys", filepath.Join(dir, "keys"), strings.TrimSpace(out))...)
	if code != 0 {
		t.Fatalf("restore: %s", talk)
	}
	if code, _, talk := run(t, args(elsewhere, "verify", "--data", again)...); code != 0 {
		t.Errorf("verify: %s", talk)
	}
	holds(t, config(t, again, elsewhere), before)
}

// shares checks that the two backups of a folder keep a file once.
func shares(t *testing.T, saved, sum string) {
	t.Helper()
	all, err := app.Backups(saved)
	if err != nil || len(all) != 2 {
		t.Fatalf("backups: %v %v", all, err)
	}
	info, err := os.Stat(filepath.Join(all[1], "blobs", sum[:2], sum[2:]))
	if err != nil {
		t.Fatal(err)
	}
	if n := info.Sys().(*syscall.Stat_t).Nlink; n != 2 {
		t.Errorf("a file of two backups has %d names", n)
	}
}

// holds checks that entries and files are in a house.
func holds(t *testing.T, c app.Config, objects []string) {
	t.Helper()
	h, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, object := range objects {
		err := h.DB.View(t.Context(), func(q *db.Q) error {
			rows, err := audit.List(t.Context(), q, audit.Filter{Object: object, Limit: 2})
			if len(rows) != 1 {
				t.Errorf("%s has %d entries", object, len(rows))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		f, err := h.Blobs.Open(t.Context(), object)
		if err != nil {
			t.Errorf("%s: %v", object, err)
			continue
		}
		f.Close()
	}
}

// TestPortalWithoutDatabase: the database goes away while the program serves. The portal stays as it was, the working
// pages say "later", readiness tells it, the process lives.
func TestPortalWithoutDatabase(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dir := founded(t)
		path, err := binary()
		if err != nil {
			t.Fatal(err)
		}
		s, err := program.ServeHouse(path, dir) // it cannot end well: there is nowhere to write the end of its jobs
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Kill() })
		awaitReady(t, s, http.StatusOK)
		for _, suffix := range []string{"", "-wal", "-shm"} { // whoever cleans up too eagerly
			os.Truncate(filepath.Join(dir, "thuoc.db"+suffix), 0)
			os.Remove(filepath.Join(dir, "thuoc.db"+suffix))
		}
		withoutDatabase(t, s)
	})
	t.Run("postgres", func(t *testing.T) {
		server := dbtest.Empty(t, db.Postgres).URL
		p := newProxy(t, server)
		dir := founded(t, "--db", p.url)
		s := startHouse(t, dir, "--db", p.url)
		awaitReady(t, s, http.StatusOK)
		p.stop()
		withoutDatabase(t, s)
		p.start()
		awaitReady(t, s, http.StatusOK)
	})
}

func withoutDatabase(t *testing.T, s *program.Server) {
	t.Helper()
	awaitReady(t, s, http.StatusServiceUnavailable)
	well(t, s)
	if code, _ := status(t, s, "/healthz"); code != http.StatusOK {
		t.Errorf("/healthz: %d", code)
	}
	if code, _ := status(t, s, "/api/v1/editions/2024"); code != http.StatusOK {
		t.Errorf("/api/v1: %d", code)
	}
	r, err := client().PostForm(s.URL+"/app/dang-nhap", url.Values{"login": {"an@example.gov.vn"}, "password": {"một mật khẩu dài"}})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := whole(r); err != nil || r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "thử lại") {
		t.Errorf("signing in: %d %v %s", r.StatusCode, err, body)
	}
}

// awaitReady waits until readiness answers with a status.
func awaitReady(t *testing.T, s *program.Server, want int) {
	t.Helper()
	var code int
	var body string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if code, body = status(t, s, "/readyz"); code == want {
			return
		}
	}
	t.Fatalf("/readyz answers %d, want %d:\n%s\n%s", code, want, body, s.Said())
}

// TestDatabaseComesLater: a server that starts before its database serves the portal at once, and the rest when the
// database is there.
func TestDatabaseComesLater(t *testing.T) {
	server := dbtest.Empty(t, db.Postgres).URL
	p := newProxy(t, server)
	dir := founded(t, "--db", p.url)
	p.stop()
	s := startHouse(t, dir, "--db", p.url)
	withoutDatabase(t, s)
	p.start()
	awaitReady(t, s, http.StatusOK)
}

// TestInitKilled kills init at random moments. What it leaves is finished by the next init, or was not begun; never does
// half a house serve.
func TestInitKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	cut := 0
	for range 6 {
		dir := filepath.Join(t.TempDir(), "data")
		args := []string{"init", dir, "--home", "33", "--on", "2025-07-01"}
		cmd := exec.Command(path, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		if _, err := os.Stat(filepath.Join(dir, "thuoc.json")); err != nil {
			cut++
			if code, _, talk := run(t, "serve", "--data", dir); code != 1 || !strings.Contains(talk, "thuoc init") {
				t.Errorf("half a house: code %d, %s", code, talk)
			}
			if code, _, talk := run(t, args...); code != 0 {
				t.Errorf("init again: %s", talk)
			}
		}
		if code, _, talk := run(t, "verify", "--data", dir); code != 0 {
			t.Errorf("verify: %s", talk)
		}
	}
	t.Logf("%d of 6 were cut short", cut)
}

// TestOldProgram: a database that a newer program has brought up is refused in words, by every command, and left alone.
func TestOldProgram(t *testing.T) {
	dir := founded(t)
	spoil(t, dir, "INSERT INTO migration (version, name, sum, floor, at) VALUES (9000, '9000_future.sql', 'x', 9000, 0)")
	for _, args := range [][]string{{"serve"}, {"migrate"}, {"verify"}, {"backup", t.TempDir()}} {
		code, _, talk := run(t, append(args, "--data", dir)...)
		if code != 1 || !strings.Contains(talk, "The database is newer") || !strings.Contains(talk, "Use the newer program") {
			t.Errorf("%s: code %d, %s", args[0], code, talk)
		}
	}
}

// spoil runs a statement in the database of a house, as somebody with another program would.
func spoil(t *testing.T, dir, statement string) {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "thuoc.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// TestInitOnFullDisk: a disk without room ends init with that word, and what it left is finished when there is room.
func TestInitOnFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	dir := smallDisk(t, "64k")
	data := filepath.Join(dir, "data")
	args := []string{"init", data, "--home", "33", "--on", "2025-07-01"}
	if code, _, talk := run(t, args...); code != 1 || !strings.Contains(talk, "disk is full") && !strings.Contains(talk, "no space left") {
		t.Errorf("on a full disk: code %d, %s", code, talk)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := run(t, args...); code != 0 {
		t.Errorf("with room again: %s", talk)
	}
	if code, _, talk := run(t, "verify", "--data", data); code != 0 {
		t.Errorf("verify: %s", talk)
	}
}
