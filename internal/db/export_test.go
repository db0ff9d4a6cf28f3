package db

import (
	"context"
	"database/sql"
	"io/fs"
	"strings"
)

// What the tests of both engines need of the inside.
var (
	CheckVersion  = checkVersion
	CheckPair     = checkPair
	Statements    = statements
	PostgresQuery = postgresQuery
	PostgresDDL   = postgresDDL
	SQLiteDDL     = sqliteDDL
	LoadHistory   = loadHistory
	SchemaFiles   = schemaFiles
)

const (
	DriverVersion = driverVersion
	LibcVersion   = libcVersion
	MaxQueue      = maxQueue
)

// DDL changes the schema of a test's database.
func DDL(ctx context.Context, d *DB, script string) error {
	return d.Update(ctx, func(q *Q) error {
		for _, s := range statements(script) {
			if _, err := q.run.ExecContext(ctx, d.dial.ddl(s)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Pools gives the pools of a database.
func Pools(d *DB) (write, read *sql.DB) { return d.write, d.read }

// Program is a program that knows the migrations of a folder.
type Program struct{ h history }

// NewProgram reads the migrations of a folder.
func NewProgram(dir fs.FS) (Program, error) {
	h, err := loadHistory(dir)
	return Program{h}, err
}

func (p Program) Create(ctx context.Context, cfg Config) error { return create(ctx, cfg, p.h) }

func (p Program) Open(ctx context.Context, cfg Config) (*DB, error) { return open(ctx, cfg, p.h) }

func (p Program) Migrate(ctx context.Context, cfg Config, backups string) ([]string, error) {
	return migrate(ctx, cfg, backups, p.h)
}

func (p Program) Backup(ctx context.Context, d *DB, path string) error {
	return d.backup(ctx, path, p.h)
}

func (p Program) Restore(ctx context.Context, cfg Config, backup string) error {
	return restore(ctx, cfg, backup, p.h)
}

// Lexed puts the tokens of a text together again.
func Lexed(sql string) (whole string, tokens int) {
	for t := range lex(sql) {
		whole += t.text
		tokens++
	}
	return whole, tokens
}

// Bare gives a statement without its comments and its texts, blanks made single, in lower case.
func Bare(sql string) string {
	bare := rewrite(sql, func(t, _ token) string {
		switch t.kind {
		case comment:
			return " "
		case text:
			return "''"
		}
		return strings.ToLower(t.text)
	})
	return strings.Join(strings.Fields(bare), " ")
}
