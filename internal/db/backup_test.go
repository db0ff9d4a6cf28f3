package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

// TestBackupAndRestore goes from each engine to each: a province that outgrows one file moves to a server this way.
func TestBackupAndRestore(t *testing.T) {
	for _, from := range []db.Engine{db.SQLite, db.Postgres} {
		for _, to := range []db.Engine{db.SQLite, db.Postgres} {
			t.Run(fmt.Sprintf("%s to %s", from, to), func(t *testing.T) { moveHouse(t, t.Context(), from, to) })
		}
	}
}

func moveHouse(t *testing.T, ctx context.Context, from, to db.Engine) {
	p := program(t, with(first, "0002_leaf.sql",
		"CREATE TABLE another (thing TEXT NOT NULL REFERENCES thing (id), n BIGINT NOT NULL, PRIMARY KEY (thing, n)) STRICT"))
	old := dbtest.Empty(t, from)
	if err := p.Create(ctx, old); err != nil {
		t.Fatal(err)
	}
	d, err := p.Open(ctx, old)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	x, up := 0.1, "c" // refers to a row that comes later
	err = d.Update(ctx, func(q *db.Q) error {
		add(ctx, q, thing{ID: "c", Name: "Đà Nẵng", N: 1 << 60, X: &x, B: []byte{0, 255}, Yes: true, At: q.Now()})
		add(ctx, q, thing{ID: "b", Name: "", Up: &up})
		_, err := q.Exec(ctx, "INSERT INTO another (thing, n) VALUES (?, ?)", "c", 7)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := p.Backup(ctx, d, file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup can be read by others: %v %v", info.Mode(), err)
	}
	wantFault(t, p.Backup(ctx, d, file), fault.Conflict, "already a file")
	fresh := dbtest.Empty(t, to)
	if err := p.Restore(ctx, fresh, file); err != nil {
		t.Fatal(err)
	}
	wantFault(t, p.Restore(ctx, fresh, file), fault.Conflict, "already a")
	r, err := p.Open(ctx, fresh)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if diff := cmp.Diff(content(t, ctx, d), content(t, ctx, r)); diff != "" {
		t.Error(diff)
	}
	left, _ := filepath.Glob(file + ".*")
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func content(t *testing.T, ctx context.Context, d *db.DB) (all []thing) {
	t.Helper()
	err := d.View(ctx, func(q *db.Q) (err error) {
		if n, err := db.One[int](ctx, q, "SELECT n FROM another WHERE thing = 'c'"); n != 7 || err != nil {
			return fmt.Errorf("the leaf is %d: %v", n, err)
		}
		all, err = db.All[thing](ctx, q, selectThings)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return all
}

// TestBackupWhileServing: each pair of rows is written in one transaction; no backup may hold half a pair.
func TestBackupWhileServing(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				err := d.Update(ctx, func(q *db.Q) error {
					_, err := q.Exec(ctx, "INSERT INTO mail (id, address, subject, body, added) VALUES (?, '', '', '', 0), (?, '', '', '', 0)",
						q.NewID(), q.NewID())
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		dir := t.TempDir()
		last := -1
		for i := range 5 {
			file := filepath.Join(dir, fmt.Sprint(i, ".db"))
			if err := d.Backup(ctx, file); err != nil {
				t.Fatal(err)
			}
			cfg := dbtest.Empty(t, db.SQLite)
			cfg.URL = file
			b := dbtest.Open(t, cfg)
			if err := b.Check(ctx); err != nil {
				t.Error(err)
			}
			err := b.View(ctx, func(q *db.Q) error {
				n, err := db.One[int](ctx, q, "SELECT count(*) FROM mail")
				if n%2 != 0 || n < last {
					t.Errorf("backup %d holds %d rows after %d", i, n, last)
				}
				last = n
				return err
			})
			if err != nil {
				t.Error(err)
			}
			time.Sleep(5 * time.Millisecond)
		}
		close(stop)
		wg.Wait()
	})
}

// TestDamagedBackupIsRefused: a backup cut short is not restored, and nothing is left in its place.
func TestDamagedBackupIsRefused(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			d, _ := dbtest.New(t, db.SQLite)
			file := filepath.Join(t.TempDir(), "backup.db")
			if err := d.Backup(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(file, info.Size()/2); err != nil {
				t.Fatal(err)
			}
			cfg := dbtest.Empty(t, e)
			if err := db.Restore(t.Context(), cfg, file); err == nil {
				t.Error("half a backup was restored")
			}
			if _, err := db.Open(t.Context(), cfg); fault.KindOf(err) != fault.NotFound {
				t.Errorf("something was left: %v", err)
			}
		})
	}
}

// TestNewerBackupIsRefused: an old program does not restore what it does not understand.
func TestNewerBackupIsRefused(t *testing.T) {
	engines(t, func(t *testing.T, ctx context.Context, cfg db.Config) {
		newer, older := program(t, second), program(t, first)
		at := dbtest.Empty(t, db.SQLite)
		if err := newer.Create(ctx, at); err != nil {
			t.Fatal(err)
		}
		wantFault(t, older.Restore(ctx, cfg, at.URL), fault.Conflict, "newer")
	})
}
