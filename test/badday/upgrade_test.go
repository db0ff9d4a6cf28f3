package badday

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/test/program"
)

// anOldHouse unpacks the oldest data folder that is kept for upgrades; on PostgreSQL its database is moved there as it is.
func anOldHouse(t *testing.T, e db.Engine) (dir string, open func() *sql.DB) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real program")
	}
	kept, err := filepath.Glob(filepath.Join("..", "upgrade", "testdata", "*.tar.gz"))
	if err != nil || len(kept) == 0 {
		t.Fatalf("no kept folders: %v", err)
	}
	to := t.TempDir()
	if err := unpack(kept[0], to); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(to, "data")
	driver, address := "sqlite", "file:"+filepath.Join(dir, "thuoc.db")
	if e == db.Postgres {
		driver, address = "pgx", dbtest.Empty(t, db.Postgres).URL
		cfg := db.Config{URL: address, Now: time.Now, Random: rand.Reader}
		if err := db.Restore(t.Context(), cfg, filepath.Join(dir, "thuoc.db")); err != nil {
			t.Fatal(err)
		}
		t.Setenv("THUOC_DB", address)
	}
	return dir, func() *sql.DB {
		d, err := sql.Open(driver, address)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// unpack puts an archive down, for its owner alone.
func unpack(file, dir string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		at := filepath.Join(dir, filepath.Clean("/"+h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(at, 0o700)
		} else if b, unread := io.ReadAll(r); unread != nil {
			err = unread
		} else {
			err = os.WriteFile(at, b, 0o600)
		}
		if err != nil {
			return err
		}
	}
}

// engines runs a test on both.
func engines(t *testing.T, f func(*testing.T, db.Engine)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) { f(t, e) })
	}
}

// TestMigrationFails: a statement of a migration cannot be carried out. The ones before it stand, nothing of it does, it is
// told which statement failed, why, where the backup is and how to go on; nobody serves meanwhile. Once the cause is
// mended the same command goes on from there.
func TestMigrationFails(t *testing.T) {
	engines(t, func(t *testing.T, e db.Engine) {
		dir, open := anOldHouse(t, e)
		change(t, open, "CREATE TABLE agency (somebody_elses TEXT)") // a name that a later migration wants
		code, out, talk := run(t, "migrate", "--data", dir)
		backups, err := filepath.Glob(filepath.Join(dir, "backups", "before-*.db"))
		if err != nil || len(backups) != 1 {
			t.Fatalf("backups: %v, %v", backups, err)
		}
		for _, words := range []string{"0004_agency.sql failed at its statement", "already exists", "The database is as it was before it.", backups[0], "run thuoc migrate again"} {
			if !strings.Contains(talk, words) {
				t.Errorf("it does not say %q", words)
			}
		}
		if code != 1 || out != "" {
			t.Errorf("migrate: code %d, %q, said\n%s", code, out, talk)
		}
		version(t, open, 3)
		for _, command := range []string{"serve", "verify"} {
			if code, _, talk := run(t, command, "--data", dir); code != 1 || !strings.Contains(talk, "thuoc migrate") {
				t.Errorf("%s on the half-way: code %d, %s", command, code, talk)
			}
		}
		before, err := sql.Open("sqlite", "file:"+backups[0])
		if err != nil {
			t.Fatal(err)
		}
		version(t, func() *sql.DB { return before }, 1)
		change(t, open, "DROP TABLE agency")
		if code, out, talk := run(t, "migrate", "--data", dir); code != 0 || strings.Contains(out, "0003") || !strings.Contains(out, "Applied: 0004_agency.sql") {
			t.Errorf("migrate again: code %d\n%s%s", code, out, talk)
		}
		if code, _, talk := run(t, "verify", "--data", dir); code != 0 {
			t.Errorf("verify: %s", talk)
		}
	})
}

// change runs a statement in a database.
func change(t *testing.T, open func() *sql.DB, statement string) {
	t.Helper()
	d := open()
	defer d.Close()
	if _, err := d.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// version checks how many migrations a database has had.
func version(t *testing.T, open func() *sql.DB, want int) {
	t.Helper()
	d := open()
	defer d.Close()
	var have int
	if err := d.QueryRow("SELECT count(*) FROM migration").Scan(&have); err != nil || have != want {
		t.Errorf("%d migrations, want %d; %v", have, want, err)
	}
}

// killed starts a command and kills it after a while.
func killed(t *testing.T, after time.Duration, args ...string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), after)
	defer stop()
	cmd := exec.CommandContext(ctx, path, args...) // which kills
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
}

// timed runs a command to its end and tells how long it took.
func timed(t *testing.T, args ...string) time.Duration {
	t.Helper()
	start := time.Now()
	if code, _, talk := run(t, args...); code != 0 {
		t.Fatalf("%s: %s", args[0], talk)
	}
	return time.Since(start)
}

// within gives a moment of a time.
func within(random *mathrand.Rand, took time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(took)))
}

// chance gives moments to kill at, and tells the seed.
func chance(t *testing.T) *mathrand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return mathrand.New(mathrand.NewPCG(seed, 0))
}

// TestMigrateKilled kills migrate at random moments. What it leaves is refused in words or whole; the same command goes on
// from there and ends in a house with everything that belongs into it; the state of before is in a backup.
func TestMigrateKilled(t *testing.T) {
	engines(t, func(t *testing.T, e db.Engine) {
		random := chance(t)
		whole, _ := anOldHouse(t, e)
		took := timed(t, "migrate", "--data", whole)
		for range 2 {
			dir, _ := anOldHouse(t, e)
			killed(t, within(random, took), "migrate", "--data", dir)
			refusedOrWhole(t, dir, "thuoc migrate")
			killed(t, within(random, took), "migrate", "--data", dir)
			refusedOrWhole(t, dir, "thuoc migrate")
			if code, _, talk := run(t, "migrate", "--data", dir); code != 0 {
				t.Errorf("migrate again: %s", talk)
			}
			if !refusedOrWhole(t, dir, "thuoc migrate") {
				t.Error("it is not whole in the end")
			}
			if backups, err := filepath.Glob(filepath.Join(dir, "backups", "before-0002-*.db")); err != nil || len(backups) == 0 {
				t.Errorf("no backup of what was before, %v", err)
			}
		}
	})
}

// TestRestoreKilled kills restore at random moments. What it leaves is refused in words that tell how to begin again, or
// whole; begun again in an empty place, it succeeds.
func TestRestoreKilled(t *testing.T) {
	engines(t, func(t *testing.T, e db.Engine) {
		dir := founded(t)
		code, saved, talk := run(t, "backup", "--keys", "--data", dir, filepath.Join(t.TempDir(), "saved"))
		if code != 0 {
			t.Fatalf("backup: %s", talk)
		}
		random, cut := chance(t), 0
		var took time.Duration
		for round := range 4 {
			empty := func() (dir string) {
				if e == db.Postgres {
					t.Setenv("THUOC_DB", dbtest.Empty(t, db.Postgres).URL)
				}
				return filepath.Join(t.TempDir(), "again")
			}
			again := empty()
			if round == 0 {
				took = timed(t, "restore", "--data", again, strings.TrimSpace(saved))
				again = empty()
			}
			killed(t, within(random, took), "restore", "--data", again, strings.TrimSpace(saved))
			if !refusedOrWhole(t, again, "restore again", "There is no folder", "no data folder") {
				cut++
				if code, _, talk := run(t, "restore", "--data", again, strings.TrimSpace(saved)); code != 0 && !strings.Contains(talk, "is not empty") {
					t.Errorf("over what was left: code %d, %s", code, talk)
				}
				again = empty()
				if code, _, talk := run(t, "restore", "--data", again, strings.TrimSpace(saved)); code != 0 || !refusedOrWhole(t, again) {
					t.Errorf("again: code %d, %s", code, talk)
				}
			}
		}
		t.Logf("%d of 4 were cut short", cut)
	})
}

// refusedOrWhole checks that what a killed command left is either refused by serve, with some words, or serves and is
// whole: everything in it is as it was written, and the places of the country are there.
func refusedOrWhole(t *testing.T, dir string, words ...string) (whole bool) {
	t.Helper()
	if code, _, talk := run(t, "verify", "--data", dir); code != 0 {
		code, _, said := run(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
		if code != 1 || !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(said, w) }) {
			t.Errorf("verify says %s; serve ends with %d and says %s", talk, code, said)
		}
		return false
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s, err := program.ServeHouse(path, dir)
	if err != nil {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(err.Error(), w) }) {
			t.Errorf("serve: %v", err)
		}
		return false
	}
	endsWell(t, s)
	awaitReady(t, s, http.StatusOK)
	h, err := app.Open(t.Context(), config(t, dir, os.Getenv("THUOC_DB")))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if _, err := h.Province(t.Context()); err != nil {
		t.Errorf("it serves without the places of the country: %v", err)
	}
	return true
}
