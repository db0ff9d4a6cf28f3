package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"thuoc/internal/fault"
)

// Backup writes a copy of the database, as it is at one moment, into a new SQLite file, whichever the engine; it may
// run while the program serves. The file is complete and on disk when Backup returns, or not there at all.
func (d *DB) Backup(ctx context.Context, path string) error {
	h, err := shipped()
	if err != nil {
		return err
	}
	return d.backup(ctx, path, h)
}

func (d *DB) backup(ctx context.Context, path string, h history) error {
	if _, err := os.Stat(path); err == nil {
		return fault.New(fault.Conflict, "There is already a file %s. It is left as it is; choose another name.", path)
	}
	part := path + ".part"
	err := removeDatabase(part)
	if err == nil {
		err = d.dial.copyOut(ctx, d, part, h)
	}
	if err == nil {
		err = place(part, path)
	}
	return errors.Join(d.explain(err), removeDatabase(part))
}

// Restore makes the database that cfg names out of a backup. It refuses a place where there is a database already, and
// a backup that is not whole. The database then has the backup's schema version; Migrate brings it up.
func Restore(ctx context.Context, cfg Config, backup string) error {
	h, err := shipped()
	if err != nil {
		return err
	}
	return restore(ctx, cfg, backup, h)
}

func restore(ctx context.Context, cfg Config, backup string, h history) error {
	from, err := connect(ctx, Config{URL: backup, Now: cfg.Now, Random: cfg.Random, finished: true})
	if err != nil {
		return err
	}
	defer from.Close()
	if err := from.Check(ctx); err != nil {
		return err
	}
	have, err := from.applied(ctx)
	if err != nil {
		return err
	}
	if err := h.knows(have); err != nil {
		return err
	}
	if cfg.engine() == SQLite {
		return from.backup(ctx, cfg.URL, h)
	}
	if len(have) > len(h) {
		return fault.New(fault.Conflict, "The backup is newer (schema %d) than this program (schema %d). "+
			"Use the newer program.", len(have), len(h))
	}
	to, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer to.Close()
	there, err := to.applied(ctx)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return fault.New(fault.Conflict, "There is already a database there. It is left as it is.")
	}
	return to.explain(from.copyToPostgres(ctx, cfg.URL, h[:len(have)]))
}

// Check looks through the whole database for damage: SQLite's own structure and every foreign key. PostgreSQL keeps
// foreign keys itself and is checked by its own tools.
func (d *DB) Check(ctx context.Context) error {
	if d.Engine() != SQLite {
		return nil
	}
	return d.View(ctx, func(q *Q) error {
		found, err := All[string](ctx, q, "PRAGMA integrity_check")
		if err != nil {
			return err
		}
		if !slices.Equal(found, []string{"ok"}) {
			return &fault.Error{Err: errors.New(strings.Join(found, "; ")),
				Text: fault.T("The database file is damaged. Stop the program and restore the newest backup.")}
		}
		return soundSQLite(ctx, q)
	})
}

// soundSQLite looks for rows that refer to nothing: migrations run with foreign keys off, as SQLite's procedure for
// changing tables asks (sqlite.org/lang_altertable.html §7).
func soundSQLite(ctx context.Context, q *Q) error {
	tables, err := All[string](ctx, q, `SELECT DISTINCT "table" FROM pragma_foreign_key_check`)
	if err == nil && len(tables) > 0 {
		err = &fault.Error{Text: fault.T("Rows of the table %s refer to rows that are not there.", strings.Join(tables, ", "))}
	}
	return err
}

// copySQLite writes the file anew, without its free pages and without its log, for nobody else to read.
func copySQLite(ctx context.Context, d *DB, path string, _ history) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return err
	}
	name := dsn(d.cfg.URL, "rw", d.cfg.wait().Milliseconds()) // the readers' connections may not, being query-only
	if d.cfg.finished {
		name = finishedDSN(d.cfg.URL)
	}
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, pool.Close())
}

// copyFromPostgres makes a SQLite file of the same schema version and fills it from one snapshot.
func copyFromPostgres(ctx context.Context, d *DB, path string, h history) error {
	have, err := d.applied(ctx)
	if err != nil {
		return err
	}
	if len(have) > len(h) {
		return fault.New(fault.Conflict, "The database is newer (schema %d) than this program (schema %d). "+
			"Use the newer program, or restore the backup made before the upgrade.", len(have), len(h))
	}
	cfg := Config{URL: path, Now: d.cfg.Now, Random: d.cfg.Random}
	if err := create(ctx, cfg, h[:len(have)]); err != nil {
		return err
	}
	to, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer to.Close()
	return d.View(ctx, func(src *Q) error {
		return to.Update(ctx, func(dst *Q) error { return copyTables(ctx, src, dst) })
	})
}

// copyTables copies every row of every table into a new SQLite file.
func copyTables(ctx context.Context, src, dst *Q) error {
	tables, err := tablesOf(ctx, dst)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(tables) { // migrations may have put rows there
		if _, err := dst.run.ExecContext(ctx, t.emptying()); err != nil {
			return err
		}
	}
	for _, t := range tables {
		rows, err := src.run.QueryContext(ctx, t.selecting())
		if err != nil {
			return err
		}
		insert := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", quoteName(t.name), t.list(), Marks(len(t.columns)))
		err = t.each(rows, func(row []any) error {
			_, err := dst.run.ExecContext(ctx, insert, row...)
			return err
		})
		if err != nil {
			return fmt.Errorf("copying %s: %w", t.name, err)
		}
	}
	return nil
}

// copyToPostgres makes the schema and fills it in one transaction, so that a restore is whole or nothing.
func (d *DB) copyToPostgres(ctx context.Context, address string, h history) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // after a commit this does nothing
	script := []string{bookkeeping}
	for _, step := range h {
		script = append(script, statements(step.Script)...)
	}
	for _, s := range script {
		if _, err := tx.Exec(ctx, postgresDDL(s)); err != nil {
			return err
		}
	}
	if err := d.View(ctx, func(q *Q) error { return fillPostgres(ctx, q, tx) }); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// fillPostgres copies every row of every table by PostgreSQL's COPY protocol.
func fillPostgres(ctx context.Context, src *Q, tx pgx.Tx) error {
	tables, err := tablesOf(ctx, src)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(tables) { // migrations may have put rows there
		if _, err := tx.Exec(ctx, t.emptying()); err != nil {
			return err
		}
	}
	for _, t := range tables {
		rows, err := src.run.QueryContext(ctx, t.selecting())
		if err != nil {
			return err
		}
		if err := t.copyIn(ctx, tx, rows); err != nil {
			return fmt.Errorf("copying %s: %w", t.name, err)
		}
	}
	return nil
}

// table is a table of the schema with its columns.
type table struct {
	name    string
	columns []string
}

// tablesOf lists the tables of a SQLite database, those referred to before those that refer.
func tablesOf(ctx context.Context, q *Q) ([]table, error) {
	names, err := All[string](ctx, q,
		"SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name")
	if err != nil {
		return nil, err
	}
	needs := map[string][]string{}
	for _, n := range names {
		if needs[n], err = All[string](ctx, q, `SELECT DISTINCT "table" FROM pragma_foreign_key_list(?) WHERE "table" <> ?`, n, n); err != nil {
			return nil, err
		}
	}
	var tables []table
	done := map[string]bool{}
	for len(tables) < len(names) {
		i := slices.IndexFunc(names, func(n string) bool {
			return !done[n] && !slices.ContainsFunc(needs[n], func(need string) bool { return !done[need] })
		})
		if i < 0 {
			return nil, errors.New("db: tables refer to each other in a circle")
		}
		columns, err := All[string](ctx, q, "SELECT name FROM pragma_table_info(?) ORDER BY cid", names[i])
		if err != nil {
			return nil, err
		}
		done[names[i]] = true
		tables = append(tables, table{names[i], columns})
	}
	return tables, nil
}

func (t table) list() string {
	quoted := make([]string, len(t.columns))
	for i, c := range t.columns {
		quoted[i] = quoteName(c)
	}
	return strings.Join(quoted, ", ")
}

func (t table) selecting() string { return "SELECT " + t.list() + " FROM " + quoteName(t.name) }

func (t table) emptying() string { return "DELETE FROM " + quoteName(t.name) }

// each hands every row to f and closes the rows. The slice is reused.
func (t table) each(rows *sql.Rows, f func([]any) error) error {
	defer rows.Close()
	row, into := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// copyIn streams rows into a PostgreSQL table.
func (t table) copyIn(ctx context.Context, tx pgx.Tx, rows *sql.Rows) error {
	src := &rowStream{rows: rows, row: make([]any, len(t.columns)), into: make([]any, len(t.columns))}
	defer rows.Close()
	for i := range src.row {
		src.into[i] = &src.row[i]
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, src)
	return err
}

// rowStream gives the rows of a query to PostgreSQL's COPY.
type rowStream struct {
	rows      *sql.Rows
	row, into []any
}

func (s *rowStream) Next() bool { return s.rows.Next() }

func (s *rowStream) Values() ([]any, error) { return s.row, s.rows.Scan(s.into...) }

func (s *rowStream) Err() error { return s.rows.Err() }

// removeDatabase removes a SQLite file and what stands beside it.
func removeDatabase(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// syncPath puts a file's bytes, or a folder's names, on disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
