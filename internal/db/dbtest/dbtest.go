// Package dbtest gives every test a fresh database of its own, on SQLite and, where TEST_POSTGRES names a server, on
// PostgreSQL. Only tests import it. It promises that no test inherits another's rows, that the clock stands still
// until a test moves it, and that ids repeat from run to run.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the server's own connection

	"thuoc/internal/db"
)

var background = context.Background()

// Start is the moment at which every test's clock stands: eight in the morning in Hà Nội on 01/07/2025.
var Start = time.Date(2025, 7, 1, 1, 0, 0, 0, time.UTC)

// Clock is a clock that a test moves by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// ClockAt makes a clock that stands at a moment.
func ClockAt(now time.Time) *Clock { return &Clock{now: now} }

// Now gives the time the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock, backwards by a negative duration.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Each runs a test on a fresh database of each engine. Without a PostgreSQL server it says so, and fails where
// CI=true, so that the second engine is never lost in silence.
func Each(t *testing.T, f func(t *testing.T, d *db.DB, clock *Clock)) {
	t.Helper()
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			d, clock := New(t, e)
			f(t, d, clock)
		})
	}
}

// New opens a fresh database of an engine, at the program's schema, and removes it after the test.
func New(t testing.TB, e db.Engine) (*db.DB, *Clock) {
	t.Helper()
	clock := &Clock{now: Start}
	cfg := Fresh(t, e)
	cfg.Now = clock.Now
	return Open(t, cfg), clock
}

// Open opens a database and closes it after the test.
func Open(t testing.TB, cfg db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Fresh gives the configuration of a database at the program's schema that is not open yet.
func Fresh(t testing.TB, e db.Engine) db.Config {
	t.Helper()
	cfg := place(t, e)
	if e == db.SQLite {
		if err := os.WriteFile(cfg.URL, sqliteTemplate(), 0o600); err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	clone(t, cfg, postgresTemplate())
	return cfg
}

// Empty gives the configuration of a place where there is no database yet: a free file name, or an empty database of
// the server.
func Empty(t testing.TB, e db.Engine) db.Config {
	t.Helper()
	cfg := place(t, e)
	if e == db.Postgres {
		clone(t, cfg, "template0")
	}
	return cfg
}

// place names a database that is not there yet.
func place(t testing.TB, e db.Engine) db.Config {
	t.Helper()
	cfg := db.Config{
		Now:    (&Clock{now: Start}).Now,
		Random: mathrand.NewChaCha8(sha256.Sum256([]byte(t.Name()))),
		Wait:   10 * time.Second,
	}
	if e == db.SQLite {
		cfg.URL = filepath.Join(t.TempDir(), "thuoc.db")
	} else {
		cfg.URL = serverURL(t, "thuoc_x_"+strings.ToLower(rand.Text()))
	}
	return cfg
}

// serverURL gives the address of a database of the test server.
func serverURL(t testing.TB, name string) string {
	t.Helper()
	server := os.Getenv("TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("TEST_POSTGRES must name a PostgreSQL server: postgres://user@127.0.0.1:5432/postgres")
		}
		t.Skip("NOTICE: skipped, TEST_POSTGRES does not name a PostgreSQL server")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// sqliteTemplate is a new database's bytes, made once a test program.
var sqliteTemplate = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "thuoc")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	must(db.Create(background, db.Config{URL: path, Now: (&Clock{now: Start}).Now, Random: rand.Reader}))
	b, err := os.ReadFile(path)
	must(err)
	return b
})

// server is the connection that makes and drops databases.
var server = sync.OnceValue(func() *sql.DB {
	pool, err := sql.Open("pgx", os.Getenv("TEST_POSTGRES"))
	must(err)
	return pool
})

// postgresTemplate is the name of a database at the program's schema, shared by all test programs: its name is the
// schema's hash, so a changed schema makes a new one.
var postgresTemplate = sync.OnceValue(func() string {
	sum := sha256.Sum256(sqliteTemplate())
	name := "thuoc_t_" + hex.EncodeToString(sum[:8])
	var n int
	must(server().QueryRow("SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&n))
	if n > 0 {
		return name
	}
	draft := "thuoc_d_" + strings.ToLower(rand.Text())
	exec("CREATE DATABASE %q TEMPLATE template0 ENCODING 'UTF8'", draft)
	u, err := url.Parse(os.Getenv("TEST_POSTGRES"))
	must(err)
	u.Path = "/" + draft
	must(db.Create(background, db.Config{URL: u.String(), Now: (&Clock{now: Start}).Now, Random: rand.Reader}))
	if _, err := server().Exec(fmt.Sprintf("ALTER DATABASE %q RENAME TO %q", draft, name)); err != nil {
		exec("DROP DATABASE %q", draft) // another test program was first
	}
	return name
})

// clone makes a test's database out of another and drops it after the test.
func clone(t testing.TB, cfg db.Config, template string) {
	t.Helper()
	name := nameOf(cfg)
	if _, err := server().Exec(fmt.Sprintf("CREATE DATABASE %q TEMPLATE %q", name, template)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := server().Exec(fmt.Sprintf("DROP DATABASE %q WITH (FORCE)", name)); err != nil {
			t.Error(err)
		}
	})
}

func nameOf(cfg db.Config) string {
	u, err := url.Parse(cfg.URL)
	must(err)
	return strings.TrimPrefix(u.Path, "/")
}

func exec(format string, args ...any) {
	_, err := server().Exec(fmt.Sprintf(format, args...))
	must(err)
}

// must stops a test program whose ground is missing.
func must(err error) {
	if err != nil {
		panic(errors.Join(errors.New("dbtest"), err))
	}
}
