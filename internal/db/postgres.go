package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"thuoc/internal/fault"
)

// poolSize bounds the connections to a PostgreSQL server; half of them may write at once.
const poolSize = 16

func connectPostgres(ctx context.Context, d *DB) error {
	pool, err := openPostgres(d.cfg)
	if err != nil {
		return err
	}
	d.write, d.read = pool, pool
	d.turns = make(chan struct{}, poolSize/2)
	if err := checkServer(ctx, pool); err != nil {
		return errors.Join(d.explain(err), d.Close())
	}
	return nil
}

func openPostgres(c Config) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(c.URL)
	if err != nil { // the driver hides the password but not the rest; say nothing of the address
		return nil, fault.New(fault.Invalid, "The database address is not of the form postgres://user@host:port/name.")
	}
	cfg.RuntimeParams["application_name"] = "thuoc"
	cfg.RuntimeParams["lock_timeout"] = strconv.FormatInt(c.wait().Milliseconds(), 10) // the server alone would wait for ever
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET synchronous_commit TO on")
		return err
	}))
	pool.SetMaxOpenConns(poolSize)
	pool.SetMaxIdleConns(poolSize)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool, nil
}

// checkServer makes sure that text is what it is on SQLite.
func checkServer(ctx context.Context, pool *sql.DB) error {
	var encoding string
	if err := pool.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fault.New(fault.Invalid,
			"The PostgreSQL database has the encoding %s. Make one with: CREATE DATABASE thuoc TEMPLATE template0 ENCODING 'UTF8'", encoding)
	}
	return nil
}

// state gives the SQLSTATE of a server's error, "" when it is not one.
func state(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

func postgresConflict(err error) bool {
	switch state(err) {
	case "40001", "40P01", "55P03":
		return true
	}
	return false
}

func postgresSymptom(err error) symptom {
	switch s := state(err); {
	case s == "23505":
		return duplicate
	case s == "23503":
		return dangling
	case s == "40001", s == "40P01", s == "55P03", s == "53300":
		return contention
	case s == "53100":
		return full
	case strings.HasPrefix(s, "08"), strings.HasPrefix(s, "57P"), s == "3D000":
		return away
	case s == "XX001", s == "XX002":
		return damaged
	case s == "" && broken(err):
		return away
	}
	return unknown
}

// quoteName writes an identifier of the schema; the names come from our own migrations.
func quoteName(s string) string { return fmt.Sprintf(`"%s"`, strings.ReplaceAll(s, `"`, `""`)) }
