package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"thuoc/internal/fault"
)

// dialect is all that differs between the engines.
type dialect struct {
	connect           func(context.Context, *DB) error
	closing           func(*DB)
	viewing, updating *sql.TxOptions
	query             func(text string) string // a statement as the engine wants it
	ddl               func(text string) string // a migration's statement as the engine wants it
	conflict          func(error) bool         // another transaction was in the way: trying again helps
	symptom           func(error) symptom
	hasTable          string // counts the tables of a name
	migrator          func(*DB) (pool *sql.DB, done func(), err error)
	sound             func(context.Context, *Q) error // after a migration, before its commit
	copyOut           func(ctx context.Context, d *DB, path string, h history) error
	facts             func(context.Context, *DB) (Facts, error)
}

// dialectOf gives an engine's dialect.
func dialectOf(e Engine) dialect {
	if e == Postgres {
		return dialect{
			connect: connectPostgres, closing: func(*DB) {},
			viewing:  &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
			updating: &sql.TxOptions{Isolation: sql.LevelSerializable},
			query:    postgresQuery, ddl: postgresDDL,
			conflict: postgresConflict, symptom: postgresSymptom,
			hasTable: "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?",
			migrator: func(d *DB) (*sql.DB, func(), error) { return d.write, func() {}, nil },
			sound:    func(context.Context, *Q) error { return nil }, copyOut: copyFromPostgres, facts: postgresFacts,
		}
	}
	return dialect{
		connect: connectSQLite, closing: checkpoint,
		viewing: &sql.TxOptions{ReadOnly: true}, updating: &sql.TxOptions{},
		query: func(text string) string { return text }, ddl: sqliteDDL,
		conflict: sqliteConflict, symptom: sqliteSymptom,
		hasTable: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?",
		migrator: sqliteMigrator, sound: soundSQLite, copyOut: copySQLite, facts: sqliteFacts,
	}
}

// symptom is what an engine's error says, in the words of neither engine.
type symptom uint8

const (
	unknown    symptom = iota
	duplicate          // a unique key is taken
	dangling           // a foreign key points nowhere, or something still points here
	contention         // locked by another, or too many connections
	full               // no space left
	away               // the server does not answer, the file cannot be opened
	damaged            // the file is not a sound database
)

// explain words an engine's error. Any other error passes: a fault, the end of a context, what a caller made.
func (d *DB) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	kind, what := fault.Internal, fault.Text{}
	switch d.dial.symptom(err) {
	case duplicate:
		kind, what = fault.Conflict, fault.T("It exists already.")
	case dangling:
		kind, what = fault.Conflict, fault.T("It refers to something that is gone, or something still refers to it.")
	case contention:
		return busy(err)
	case full:
		kind, what = fault.Busy, fault.T("The disk is full. Nothing was stored; free some space and try again.")
	case away:
		kind, what = fault.Busy, fault.T("The database does not answer. Nothing is lost that was confirmed; try again in a moment.")
	case damaged:
		what = fault.T("The database file is damaged. Stop the program and restore the newest backup.")
	default:
		return err
	}
	return &fault.Error{Kind: kind, Text: what, Err: err}
}

// broken tells whether an error is of the connection and not of a statement.
func broken(err error) bool {
	_, network := errors.AsType[net.Error](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return network || connecting || pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, sql.ErrConnDone)
}

// sqliteDDL writes a migration's statement with SQLite's names of the types.
func sqliteDDL(sql string) string {
	return rewrite(sql, func(t, _ token) string {
		switch {
		case t.is("BYTES"):
			return "BLOB"
		case t.is("DOUBLE"):
			return "REAL"
		case t.is("BIGINT"):
			return "INTEGER"
		}
		return t.text
	})
}

// postgresDDL writes a migration's statement with PostgreSQL's names of the types. Text sorts by its bytes, as it
// does on SQLite; people's order is made in Go, by lang.
func postgresDDL(sql string) string {
	return rewrite(sql, func(t, before token) string {
		switch {
		case t.is("BYTES"):
			return "BYTEA"
		case t.is("DOUBLE"):
			return "DOUBLE PRECISION"
		case t.is("STRICT"):
			return ""
		case t.is("TEXT") && !before.is("AS"):
			return `TEXT COLLATE "C"`
		}
		return t.text
	})
}

// postgresQuery numbers the parameters and uncovers what stands between /*pg and pg*/.
func postgresQuery(sql string) string {
	n := 0
	return rewrite(sql, func(t, _ token) string {
		switch {
		case t.kind == mark:
			n++
			return fmt.Sprintf("$%d", n)
		case t.kind == comment && strings.HasPrefix(t.text, "/*pg "):
			return strings.TrimSuffix(strings.TrimPrefix(t.text, "/*pg "), "pg*/")
		}
		return t.text
	})
}

// rewrite replaces tokens; each is seen with the last one before it that is not blank.
func rewrite(sql string, f func(t, before token) string) string {
	var b strings.Builder
	b.Grow(len(sql) + 16)
	var before token
	for t := range lex(sql) {
		b.WriteString(f(t, before))
		if t.kind != space && t.kind != comment {
			before = t
		}
	}
	return b.String()
}
