package db_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // for files that are not ours

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

// TestEveryConnectionIsSafe looks at several connections of each pool: a pragma said once reaches one of them only.
func TestEveryConnectionIsSafe(t *testing.T) {
	d, _ := dbtest.New(t, db.SQLite)
	write, read := db.Pools(d)
	for name, c := range map[string]struct {
		pool      *sql.DB
		n         int
		queryOnly string
	}{"writer": {write, 1, "0"}, "readers": {read, 4, "1"}} {
		for range c.n {
			conn, err := c.pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for pragma, want := range map[string]string{
				"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "query_only": c.queryOnly,
			} {
				var got string
				if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s: %s is %s (%v), want %s", name, pragma, got, err, want)
				}
			}
			if _, err := conn.ExecContext(t.Context(), `SELECT "no such column"`); err == nil {
				t.Errorf("%s takes an unknown name for a text", name)
			}
		}
	}
	if n := write.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d writers, want 1", n)
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	for version, ok := range map[string]bool{
		"3.7.0": false, "3.50.9": false, "3.51.2": false, "3.51": false, "3.51.3": true, "3.51.10": true, "3.53.4": true, "4.0.0": true,
	} {
		if err := db.CheckVersion(version); (err == nil) != ok {
			t.Errorf("%s: %v", version, err)
		}
	}
}

// TestPair holds the constants to what the driver's own go.mod asks for, and the check to a build with another libc.
func TestPair(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-json", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	var m struct{ Version, GoMod string }
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	if m.Version != db.DriverVersion {
		t.Errorf("built with the driver %s, the constant says %s", m.Version, db.DriverVersion)
	}
	mod, err := os.ReadFile(m.GoMod)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mod), "modernc.org/libc "+db.LibcVersion+"\n") {
		t.Errorf("the driver %s does not ask for libc %s", m.Version, db.LibcVersion)
	}
	build := func(libc *debug.Module) *debug.BuildInfo {
		return &debug.BuildInfo{Deps: []*debug.Module{{Path: "modernc.org/sqlite", Version: db.DriverVersion}, libc}}
	}
	good := &debug.Module{Path: "modernc.org/libc", Version: db.LibcVersion}
	if err := db.CheckPair(build(good), true); err != nil {
		t.Error(err)
	}
	if db.CheckPair(build(&debug.Module{Path: "modernc.org/libc", Version: "v1.0.0"}), true) == nil {
		t.Error("another libc was accepted")
	}
	if db.CheckPair(build(&debug.Module{Path: "x", Replace: &debug.Module{Path: "modernc.org/libc", Version: "v9.9.9"}}), true) == nil {
		t.Error("a replaced libc was accepted")
	}
}

// TestOpenInWords: every place where there is no database of ours is refused, says why, and is left as it was.
func TestOpenInWords(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "photos.db")
	pool, err := sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec("CREATE TABLE photo (id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	pool.Close()
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, want string
		kind       fault.Kind
	}{
		"missing":         {filepath.Join(t.TempDir(), "typo", "thuoc.db"), "thuoc init", fault.NotFound},
		"another program": {foreign, "not a database of this program", fault.Invalid},
		"garbage":         {garbage, "not a database of this program", fault.Invalid},
	} {
		cfg := dbtest.Empty(t, db.SQLite)
		cfg.URL = c.path
		before, _ := os.ReadFile(c.path)
		_, err := db.Open(t.Context(), cfg)
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != c.kind {
			t.Errorf("%s: got %v (%v), want %q", name, err, fault.KindOf(err), c.want)
		}
		if after, _ := os.ReadFile(c.path); string(after) != string(before) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

// TestBusyFromOutside: another process holds the write lock (a copy tool, a second program).
func TestBusyFromOutside(t *testing.T) {
	cfg := dbtest.Fresh(t, db.SQLite)
	cfg.Wait = 1e6 // 1 ms, so that the tries are over soon
	d := dbtest.Open(t, cfg)
	other, err := sql.Open("sqlite", "file:"+cfg.URL+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(*db.Q) error { return nil }
	if err := d.Update(t.Context(), nothing); fault.KindOf(err) != fault.Busy {
		t.Errorf("got %v, want busy", err)
	}
	if d.Stats().Retries == 0 || d.Stats().Busy != 1 {
		t.Errorf("it was not tried again, or not counted: %+v", d.Stats())
	}
	tx.Rollback()
	if err := d.Update(t.Context(), nothing); err != nil {
		t.Errorf("once the lock is free: %v", err)
	}
}

// TestFull: no page more fits.
func TestFull(t *testing.T) {
	d, _ := dbtest.New(t, db.SQLite)
	if err := db.DDL(t.Context(), d, things); err != nil {
		t.Fatal(err)
	}
	write, _ := db.Pools(d)
	var pages int
	if err := write.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) { write.QueryRow("PRAGMA max_page_count = " + itoa(n)).Scan(new(int)) }
	limit(pages + 1)
	big := func(q *db.Q) error { return add(t.Context(), q, thing{ID: "a", Name: strings.Repeat("x", 1<<20)}) }
	err := d.Update(t.Context(), big)
	if fault.KindOf(err) != fault.Busy || !strings.Contains(err.Error(), "The disk is full") {
		t.Errorf("got %v, want a full disk in words", err)
	}
	limit(1 << 30)
	if err := d.Update(t.Context(), big); err != nil {
		t.Errorf("once there is room: %v", err)
	}
}

// TestDamage: a page overwritten by something else is found by Check.
func TestDamage(t *testing.T) {
	cfg := dbtest.Fresh(t, db.SQLite)
	d := dbtest.Open(t, cfg)
	if err := d.Check(t.Context()); err != nil {
		t.Fatalf("a whole database: %v", err)
	}
	d.Close()
	f, err := os.OpenFile(cfg.URL, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	for page := int64(2); page < info.Size()/4096; page++ {
		f.WriteAt([]byte("something else wrote this"), page*4096)
	}
	f.Close()
	d, err = db.Open(t.Context(), cfg)
	if err == nil {
		defer d.Close()
		err = d.Check(context.WithoutCancel(t.Context()))
	}
	if err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("the damage was not found: %v", err)
	}
}

// TestAway: a PostgreSQL server that does not answer is Busy, in words, and the words hold no password.
func TestAway(t *testing.T) {
	cfg := dbtest.Empty(t, db.SQLite)
	cfg.URL = "postgres://someone:verysecret@127.0.0.1:1/thuoc"
	_, err := db.Open(t.Context(), cfg)
	if fault.KindOf(err) != fault.Busy || strings.Contains(err.Error(), "verysecret") {
		t.Errorf("got %v", err)
	}
	cfg.URL = "postgres://someone:verysecret@[bad"
	_, err = db.Open(t.Context(), cfg)
	if fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "verysecret") {
		t.Errorf("got %v", err)
	}
}
