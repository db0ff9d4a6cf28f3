package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	"thuoc/internal/fault"
)

// schemaFiles is the one timeline of all tables, for both engines. A file that stands in schema/SHIPPED is in
// somebody's database and never changes again.
//
//go:embed schema/*.sql
var schemaFiles embed.FS

// migration is one step of the timeline.
type migration struct {
	Version int    // 1, 2, 3 …
	Name    string // the file's name
	Script  string
	Sum     string // SHA-256 of the script, hex
	Floor   int    // the oldest program, by the last migration it knows, that works on a database with this one
}

// history is every migration a program knows, in order.
type history []migration

var shipped = sync.OnceValues(func() (history, error) {
	sub, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		return nil, err
	}
	return loadHistory(sub)
})

var (
	migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)
	floorLine     = regexp.MustCompile(`(?m)^-- floor: (\d+)$`)
)

// loadHistory reads the migrations of a folder. A script may say "-- floor: 7": programs that know migration 7 work on
// the database that it leaves. Without that line, older programs refuse it.
func loadHistory(dir fs.FS) (history, error) {
	files, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, err
	}
	var h history
	for i, file := range files { // Glob sorts
		m := migrationName.FindStringSubmatch(file)
		if m == nil || m[1] != fmt.Sprintf("%04d", i+1) {
			return nil, fmt.Errorf("db: %s should be migration %04d_name.sql", file, i+1)
		}
		script, err := fs.ReadFile(dir, file)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(script)
		step := migration{Version: i + 1, Name: file, Script: string(script), Sum: hex.EncodeToString(sum[:]), Floor: i + 1}
		if f := floorLine.FindStringSubmatch(step.Script); f != nil {
			step.Floor, _ = strconv.Atoi(f[1])
		}
		h = append(h, step)
	}
	return h, nil
}

// bookkeeping is the table that says which migrations a database has had.
const bookkeeping = `CREATE TABLE migration (
	version BIGINT PRIMARY KEY,
	name    TEXT   NOT NULL,
	sum     TEXT   NOT NULL,
	floor   BIGINT NOT NULL,
	at      BIGINT NOT NULL
) STRICT`

// applied is one row of the bookkeeping.
type applied struct {
	Version int    `db:"version"`
	Name    string `db:"name"`
	Sum     string `db:"sum"`
	Floor   int    `db:"floor"`
}

// appliedMigrations reads the bookkeeping; a database without it is empty.
func appliedMigrations(ctx context.Context, q *Q) ([]applied, error) {
	n, err := One[int](ctx, q, q.d.dial.hasTable, "migration")
	if err != nil || n == 0 {
		return nil, err
	}
	return All[applied](ctx, q, "SELECT version, name, sum, floor FROM migration ORDER BY version")
}

// knows checks that what a database has had is what this program means by it.
func (h history) knows(have []applied) error {
	floor := 0
	for i, a := range have {
		if i >= len(h) {
			floor = max(floor, a.Floor)
		} else if a.Sum != h[i].Sum {
			return fault.New(fault.Conflict,
				"The migration %s of this database is not the one this program knows. Use the program that made it.", a.Name)
		}
	}
	if floor > len(h) {
		return fault.New(fault.Conflict, "The database is newer (schema %d) than this program (schema %d). "+
			"Use the newer program, or restore the backup made before the upgrade.", len(have), len(h))
	}
	return nil
}

// fits checks that this program can work on a database.
func (h history) fits(have []applied) error {
	if err := h.knows(have); err != nil {
		return err
	}
	switch {
	case len(have) == 0:
		return fault.New(fault.NotFound, "The database is empty. Set it up with: thuoc init")
	case len(have) < len(h):
		return fault.New(fault.Conflict, "The database is older (schema %d) than this program (schema %d). "+
			"Bring it up with: thuoc migrate (it makes a backup first)", len(have), len(h))
	}
	return nil
}

// Create makes a new database at the program's schema version. It refuses a place where there is one already.
func Create(ctx context.Context, cfg Config) error {
	h, err := shipped()
	if err != nil {
		return err
	}
	return create(ctx, cfg, h)
}

func create(ctx context.Context, cfg Config, h history) error {
	if cfg.engine() == Postgres {
		return setUp(ctx, cfg, h)
	}
	if _, err := os.Stat(cfg.URL); err == nil {
		return alreadyThere()
	}
	part := cfg
	part.URL += ".part" // a name of its own, so that what a crash leaves half made is never taken for a database
	err := errors.Join(removeDatabase(part.URL), newFile(ctx, part.URL))
	if err == nil {
		err = setUp(ctx, part, h)
	}
	if err == nil {
		err = place(part.URL, cfg.URL)
	}
	return errors.Join(err, removeDatabase(part.URL))
}

func alreadyThere() error {
	return fault.New(fault.Conflict, "There is already a database there. It is left as it is.")
}

// setUp applies every migration to an empty database.
func setUp(ctx context.Context, cfg Config, h history) error {
	d, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer d.Close()
	have, err := d.applied(ctx)
	if err == nil && len(have) > 0 {
		err = alreadyThere()
	}
	if err == nil {
		_, err = d.bringUp(ctx, h)
	}
	return err
}

// newFile makes an empty SQLite file of ours, for nobody else to read.
func newFile(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", dsn(path, "rw", 5000))
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return errors.Join(err, pool.Close())
}

// place gives a finished file its name, on disk with its folder; a file that has the name already stays.
func place(part, path string) error {
	if log, err := os.Stat(part + "-wal"); err == nil && log.Size() > 0 { // what did not fit into the file is still there
		return fault.New(fault.Busy, "The disk is full. Nothing was stored; free some space and try again.")
	}
	err := syncPath(part)
	if err == nil {
		err = os.Link(part, path)
	}
	if errors.Is(err, os.ErrExist) {
		return alreadyThere()
	}
	return errors.Join(err, syncPath(filepath.Dir(path)))
}

// Migrate brings an older database up to this program, one transaction a migration, and gives the names of those it
// applied. When there is something to do it first writes a backup into the folder backups. A migration that fails
// leaves the database as the one before it left it.
func Migrate(ctx context.Context, cfg Config, backups string) ([]string, error) {
	h, err := shipped()
	if err != nil {
		return nil, err
	}
	return migrate(ctx, cfg, backups, h)
}

func migrate(ctx context.Context, cfg Config, backups string, h history) ([]string, error) {
	d, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	have, err := d.applied(ctx)
	if err != nil {
		return nil, err
	}
	if len(have) == 0 {
		return nil, h.fits(have)
	}
	if err := h.knows(have); err != nil || len(have) >= len(h) {
		return nil, err
	}
	name := fmt.Sprintf("before-%04d-%s.db", len(have)+1, cfg.Now().UTC().Format("20060102T150405.000Z"))
	path := filepath.Join(backups, name)
	if err := d.backup(ctx, path, h); err != nil {
		return nil, err
	}
	names, err := d.bringUp(ctx, h)
	if failed, ok := errors.AsType[*fault.Error](err); ok {
		failed.Items = append(failed.Items, fault.Item{What: fault.T("The backup from before is %s.", path),
			Remedy: fault.T("Mend the cause and run thuoc migrate again: it goes on from there.")})
	}
	return names, err
}

func (d *DB) applied(ctx context.Context) (have []applied, err error) {
	err = d.View(ctx, func(q *Q) error {
		have, err = appliedMigrations(ctx, q)
		return err
	})
	return have, err
}

// bringUp applies what is missing. Two programs that start at once may both be here: the key of the bookkeeping lets
// one of them apply a step, and the other looks again.
func (d *DB) bringUp(ctx context.Context, h history) (names []string, err error) {
	pool, done, err := d.dial.migrator(d)
	if err != nil {
		return nil, err
	}
	defer done()
	for range len(h) + maxTries {
		have, err := d.applied(ctx)
		if err != nil {
			return names, err
		}
		if err := h.knows(have); err != nil || len(have) >= len(h) {
			return names, err
		}
		step := h[len(have)]
		switch err := d.apply(ctx, pool, step); {
		case err == nil:
			names = append(names, step.Name)
		case err != errTaken && !d.dial.conflict(err):
			return names, d.explain(err)
		}
	}
	return names, busy(nil)
}

// errTaken tells that another program has applied the migration meanwhile.
var errTaken = errors.New("db: applied by another program")

// apply runs one migration in one transaction.
func (d *DB) apply(ctx context.Context, pool *sql.DB, step migration) error {
	script := statements(step.Script)
	return d.attempt(ctx, pool, d.dial.updating, func(q *Q) error {
		if step.Version == 1 {
			if _, err := q.run.ExecContext(ctx, d.dial.ddl(bookkeeping)); err != nil {
				return err
			}
		}
		_, err := q.Exec(ctx, "INSERT INTO migration (version, name, sum, floor, at) VALUES (?, ?, ?, ?, ?)",
			step.Version, step.Name, step.Sum, step.Floor, q.Now())
		if err != nil && d.dial.symptom(err) == duplicate {
			return errTaken
		}
		if err != nil {
			return err
		}
		for i, s := range script {
			if _, err := q.run.ExecContext(ctx, d.dial.ddl(s)); err != nil {
				return &fault.Error{Err: err, Text: fault.T("The migration %s failed at its statement %d (%s): %s. "+
					"The database is as it was before it.", step.Name, i+1, opening(s), err.Error())}
			}
		}
		return d.dial.sound(ctx, q)
	})
}
