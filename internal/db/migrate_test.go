package db_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

func itoa(n int) string { return strconv.Itoa(n) }

// TestShippedMigrationsNeverChange: schema/SHIPPED names the migrations that stand in somebody's database, with the
// SHA-256 of their text.
func TestShippedMigrationsNeverChange(t *testing.T) {
	b, err := os.ReadFile("schema/SHIPPED")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(f) != 2 {
			t.Fatalf("SHIPPED: %q is not a sum and a name", line)
		}
		n++
		script, err := fs.ReadFile(db.SchemaFiles, "schema/"+f[1])
		if err != nil {
			t.Errorf("%s was shipped and is gone", f[1])
			continue
		}
		if sum := sha256.Sum256(script); hex.EncodeToString(sum[:]) != f[0] {
			t.Errorf("%s was shipped and has changed: write a new migration instead", f[1])
		}
		if !strings.HasPrefix(f[1], "000"+itoa(n)) && n < 10 {
			t.Errorf("%s is out of order", f[1])
		}
	}
}

func program(t *testing.T, files map[string]string) db.Program {
	t.Helper()
	dir := fstest.MapFS{}
	for name, script := range files {
		dir[name] = &fstest.MapFile{Data: []byte(script)}
	}
	p, err := db.NewProgram(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// with adds files to a folder of migrations.
func with(files map[string]string, more ...string) map[string]string {
	out := maps.Clone(files)
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

var (
	first  = map[string]string{"0001_thing.sql": things + "\nINSERT INTO thing (id, name, n) VALUES ('a', 'kept; as it is', 1);"}
	second = with(first, "0002_more.sql", "ALTER TABLE thing ADD COLUMN note TEXT; -- a word\nCREATE TABLE other (id TEXT PRIMARY KEY) STRICT;")
	broken = with(second, "0003_broken.sql", "CREATE TABLE half (id TEXT PRIMARY KEY) STRICT;\nUPDATE thing SET n = n + 1;\nALTER TABLE nowhere ADD COLUMN x TEXT;")
	mended = with(second, "0003_mended.sql", "-- floor: 2\nCREATE TABLE half (id TEXT PRIMARY KEY) STRICT;")
	fourth = with(mended, "0004_more.sql", "CREATE TABLE last (id TEXT PRIMARY KEY) STRICT;")
)

func engines(t *testing.T, f func(t *testing.T, ctx context.Context, cfg db.Config)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) { f(t, t.Context(), dbtest.Empty(t, e)) })
	}
}

func wantFault(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v (%v), want %q (%v)", err, fault.KindOf(err), words, kind)
	}
}

// TestLifeOfASchema: made, brought up, broken half-way, mended; an old program on the new database, and a new one on
// the old.
func TestLifeOfASchema(t *testing.T) {
	engines(t, func(t *testing.T, ctx context.Context, cfg db.Config) {
		backups := t.TempDir()
		one, two, bad := program(t, first), program(t, second), program(t, broken)
		good, last := program(t, mended), program(t, fourth)
		if err := one.Create(ctx, cfg); err != nil {
			t.Fatal(err)
		}
		wantFault(t, one.Create(ctx, cfg), fault.Conflict, "already a database")
		_, err := two.Open(ctx, cfg)
		wantFault(t, err, fault.Conflict, "thuoc migrate")
		if names, err := two.Migrate(ctx, cfg, backups); err != nil || !slices.Equal(names, []string{"0002_more.sql"}) {
			t.Fatalf("%v %v", names, err)
		}
		if names, err := two.Migrate(ctx, cfg, backups); err != nil || names != nil {
			t.Errorf("a second time: %v %v", names, err)
		}
		_, err = one.Open(ctx, cfg)
		wantFault(t, err, fault.Conflict, "The database is newer (schema 2) than this program (schema 1)")
		_, err = one.Migrate(ctx, cfg, backups)
		wantFault(t, err, fault.Conflict, "newer")

		_, err = bad.Migrate(ctx, cfg, t.TempDir())
		wantFault(t, err, fault.Internal, "0003_broken.sql failed at its statement 3")
		d, err := two.Open(ctx, cfg)
		if err != nil {
			t.Fatalf("after a migration that broke half-way the program before it must work: %v", err)
		}
		d.View(ctx, func(q *db.Q) error {
			if n, err := db.One[int](ctx, q, "SELECT n FROM thing WHERE id = 'a'"); n != 1 || err != nil {
				t.Errorf("half of a broken migration stayed: n is %d, %v", n, err)
			}
			return nil
		})
		d.Close()

		if _, err := good.Migrate(ctx, cfg, t.TempDir()); err != nil {
			t.Fatal(err)
		}
		if d, err = two.Open(ctx, cfg); err != nil {
			t.Fatalf("the third migration says that programs of the second still work: %v", err)
		}
		d.Close()
		if _, err := last.Migrate(ctx, cfg, t.TempDir()); err != nil {
			t.Fatal(err)
		}
		_, err = two.Open(ctx, cfg)
		wantFault(t, err, fault.Conflict, "newer")
		changed := program(t, with(fourth, "0002_more.sql", second["0002_more.sql"]+" "))
		_, err = changed.Open(ctx, cfg)
		wantFault(t, err, fault.Conflict, "0002_more.sql")

		files, _ := filepath.Glob(filepath.Join(backups, "*"))
		if len(files) != 1 || !strings.HasPrefix(filepath.Base(files[0]), "before-0002-") {
			t.Fatalf("the backups before migrating are %q, want one", files)
		}
		back := dbtest.Empty(t, db.SQLite)
		if err := one.Restore(ctx, back, files[0]); err != nil {
			t.Fatal(err)
		}
		if d, err = one.Open(ctx, back); err != nil {
			t.Fatalf("the program before the upgrade must open the backup made before it: %v", err)
		}
		d.Close()
	})
}

// TestTwoMigrators: two programs brought up at once, each finds the work done and none does it twice.
func TestTwoMigrators(t *testing.T) {
	engines(t, func(t *testing.T, ctx context.Context, cfg db.Config) {
		if err := program(t, first).Create(ctx, cfg); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var names []string
		for range 4 {
			backups := t.TempDir()
			p := program(t, fourth)
			wg.Go(func() {
				mine, err := p.Migrate(ctx, cfg, backups)
				mu.Lock()
				defer mu.Unlock()
				names = append(names, mine...)
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		slices.Sort(names)
		if want := []string{"0002_more.sql", "0003_mended.sql", "0004_more.sql"}; !slices.Equal(names, want) {
			t.Errorf("applied %q, want %q", names, want)
		}
	})
}

// TestMigrationKeepsForeignKeys: a migration runs with SQLite's foreign keys off and must still not break one.
func TestMigrationKeepsForeignKeys(t *testing.T) {
	engines(t, func(t *testing.T, ctx context.Context, cfg db.Config) {
		if err := program(t, first).Create(ctx, cfg); err != nil {
			t.Fatal(err)
		}
		p := program(t, with(first, "0002_orphan.sql", "INSERT INTO thing (id, name, n, up) VALUES ('b', 'b', 1, 'nowhere')"))
		if _, err := p.Migrate(ctx, cfg, t.TempDir()); err == nil {
			t.Error("a migration left a reference to nothing")
		}
		d, err := program(t, first).Open(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		d.Close()
	})
}

// TestMigrationThatContradictsItself: a key that a migration takes twice is its own failure and not another program's
// success.
func TestMigrationThatContradictsItself(t *testing.T) {
	engines(t, func(t *testing.T, ctx context.Context, cfg db.Config) {
		if err := program(t, first).Create(ctx, cfg); err != nil {
			t.Fatal(err)
		}
		p := program(t, with(first, "0002_twice.sql", "INSERT INTO thing (id, name, n) VALUES ('b', 'b', 1), ('b', 'c', 1)"))
		_, err := p.Migrate(ctx, cfg, t.TempDir())
		wantFault(t, err, fault.Internal, "0002_twice.sql failed at its statement 1")
	})
}

// TestHalfMadeDatabase: what a crash left while a database was made is in nobody's way.
func TestHalfMadeDatabase(t *testing.T) {
	cfg := dbtest.Empty(t, db.SQLite)
	if err := os.WriteFile(cfg.URL+".part", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := db.Open(t.Context(), cfg)
	wantFault(t, err, fault.NotFound, "thuoc init")
	wantFault(t, program(t, with(first, "0002_bad.sql", "CREATE TABLE")).Create(t.Context(), cfg), fault.Internal, "0002_bad.sql")
	if _, err := os.Stat(cfg.URL); err == nil {
		t.Error("a database that could not be made is there")
	}
	if err := db.Create(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(cfg.URL + "?*")
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestEmptyDatabaseInWords(t *testing.T) {
	cfg := dbtest.Empty(t, db.Postgres)
	_, err := db.Open(t.Context(), cfg)
	wantFault(t, err, fault.NotFound, "thuoc init")
	_, err = db.Migrate(t.Context(), cfg, t.TempDir())
	wantFault(t, err, fault.NotFound, "thuoc init")
}

func TestHistoryIsWithoutGaps(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"a gap":      {"0001_a.sql": "", "0003_c.sql": ""},
		"a double":   {"0001_a.sql": "", "0001_b.sql": ""},
		"a bad name": {"1_a.sql": ""},
	} {
		dir := fstest.MapFS{}
		for f, s := range files {
			dir[f] = &fstest.MapFile{Data: []byte(s)}
		}
		if _, err := db.LoadHistory(dir); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
