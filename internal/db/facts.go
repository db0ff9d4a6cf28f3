package db

import (
	"context"
	"fmt"
	"time"
)

// Facts is what an administrator asks of the database that stands behind the door.
type Facts struct {
	Engine  string    // with its version: "SQLite 3.53.4"
	Schema  int       // how many migrations it has had
	Durable bool      // what is confirmed is on disk
	Sync    string    // the settings that decide that, as the engine names them
	Now     time.Time // the engine's own clock
}

// Facts asks the database.
func (d *DB) Facts(ctx context.Context) (f Facts, err error) {
	have, err := d.applied(ctx)
	if err != nil {
		return f, err
	}
	f, err = d.dial.facts(ctx, d)
	f.Schema = len(have)
	return f, d.explain(err)
}

// sqliteFacts asks the connection that writes. SQLite has no clock of its own.
func sqliteFacts(ctx context.Context, d *DB) (f Facts, err error) {
	var version, journal string
	var synchronous int
	for query, into := range map[string]any{
		"SELECT sqlite_version()": &version, "PRAGMA journal_mode": &journal, "PRAGMA synchronous": &synchronous,
	} {
		if err := d.write.QueryRowContext(ctx, query).Scan(into); err != nil {
			return f, err
		}
	}
	return Facts{Engine: "SQLite " + version, Durable: journal == "wal" && synchronous >= 2,
		Sync: fmt.Sprintf("journal_mode=%s synchronous=%d", journal, synchronous), Now: d.cfg.Now()}, nil
}

// postgresFacts asks the server.
func postgresFacts(ctx context.Context, d *DB) (f Facts, err error) {
	var version, fsync, commit string
	for query, into := range map[string]any{
		"SHOW server_version": &version, "SHOW fsync": &fsync, "SHOW synchronous_commit": &commit, "SELECT clock_timestamp()": &f.Now,
	} {
		if err := d.write.QueryRowContext(ctx, query).Scan(into); err != nil {
			return f, err
		}
	}
	f.Engine, f.Durable = "PostgreSQL "+version, fsync == "on" && commit != "off" && commit != "local"
	f.Sync = fmt.Sprintf("fsync=%s synchronous_commit=%s", fsync, commit)
	return f, nil
}
