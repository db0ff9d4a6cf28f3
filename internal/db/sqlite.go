package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"thuoc/internal/fault"
)

// applicationID marks a SQLite file as ours ("Thuc" in ASCII), so that a file of another program is never touched.
const applicationID = 0x54687563

// oldestSQLite has the fix of the WAL-reset bug, which could lose commits when several connections write and
// checkpoint (sqlite.org/wal.html#walresetbug).
const oldestSQLite = "3.51.3"

// The driver is translated C over modernc.org/libc, which promises no compatibility between its versions: only the
// pair that the driver was released and tested with may run.
const (
	driverVersion = "v1.60.1"
	libcVersion   = "v1.77.1"
)

// dsn gives the driver's name of the file. Every connection is durable at each commit (synchronous=FULL), holds
// foreign keys, and refuses the statements that could damage the file.
func dsn(path, mode string, wait int64, extra ...string) string {
	v := url.Values{
		"mode":          {mode},
		"_busy_timeout": {strconv.FormatInt(wait, 10)},
		"_pragma": {
			"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-8000)",
			"journal_size_limit(67108864)", "temp_store(MEMORY)",
		},
		"_defensive": {"1"}, "_dqs": {"0"}, "_error_rc": {"1"},
	}
	for i := 0; i < len(extra); i += 2 {
		v.Set(extra[i], extra[i+1])
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

// finishedDSN gives the driver's name of a backup. Opened otherwise it would have a log beside it, which a program that is
// killed leaves there; and it may lie on a disk that cannot be written.
func finishedDSN(path string) string {
	v := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"foreign_keys(1)", "cache_size(-8000)", "temp_store(MEMORY)"}, "_dqs": {"0"}, "_error_rc": {"1"}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func connectSQLite(ctx context.Context, d *DB) error {
	path := d.cfg.URL
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return &fault.Error{Kind: fault.NotFound, Err: err, Text: fault.T(
			"There is no database at %s. Check the folder; a new one is made with: thuoc init", path)}
	}
	if err := checkOwner(path); err != nil {
		return err
	}
	if err := checkPair(debug.ReadBuildInfo()); err != nil {
		return err
	}
	d.turns = make(chan struct{}, 1)
	var err error
	if d.cfg.finished {
		d.read, err = sql.Open("sqlite", finishedDSN(path))
		d.write = d.read
		return err
	}
	wait := d.cfg.wait().Milliseconds()
	if d.write, err = sql.Open("sqlite", dsn(path, "rw", wait, "_txlock", "immediate")); err != nil {
		return err
	}
	if d.read, err = sql.Open("sqlite", dsn(path, "rw", wait, "_query_only", "1")); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(1)
	d.read.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	d.read.SetMaxIdleConns(4)
	var version string
	err = d.write.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version)
	if err = cmp.Or(err, checkVersion(version)); err != nil {
		return errors.Join(d.explain(err), d.Close())
	}
	return nil
}

// checkOwner reads the header of a file (sqlite.org/fileformat.html §1.3) before anything opens it: opening would
// already change the journal mode of a database that belongs to another program.
func checkOwner(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:16]) != "SQLite format 3\x00" ||
		binary.BigEndian.Uint32(head[68:]) != applicationID {
		return fault.New(fault.Invalid, "%s is not a database of this program. Check the folder.", path)
	}
	return nil
}

func checkVersion(have string) error {
	if older(have, oldestSQLite) {
		return fmt.Errorf("db: SQLite %s can lose commits (WAL-reset bug): %s or newer is needed", have, oldestSQLite)
	}
	return nil
}

// older compares dotted versions number by number.
func older(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m < n
		}
	}
	return len(x) < len(y)
}

// checkPair refuses a build whose driver and libc were not released together. A build without module information
// (go run of a file, some test binaries) cannot be checked and passes.
func checkPair(info *debug.BuildInfo, ok bool) error {
	if !ok {
		return nil
	}
	want := map[string]string{"modernc.org/sqlite": driverVersion, "modernc.org/libc": libcVersion}
	for _, m := range info.Deps {
		for m.Replace != nil {
			m = m.Replace
		}
		if v, ours := want[m.Path]; ours && m.Version != v {
			return fmt.Errorf("db: built with %s %s, tested with %s: pin the tested pair", m.Path, m.Version, v)
		}
	}
	return nil
}

// sqliteMigrator opens a connection that does not hold foreign keys, because changing a table may pass through states
// that break them; soundSQLite looks before each commit.
func sqliteMigrator(d *DB) (*sql.DB, func(), error) {
	pool, err := sql.Open("sqlite", dsn(d.cfg.URL, "rw", d.cfg.wait().Milliseconds(), "_txlock", "immediate", "_foreign_keys", "0"))
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(1)
	return pool, func() { pool.Close() }, nil
}

// checkpoint writes the log back into the file, so that a closed database is one file.
func checkpoint(d *DB) {
	if d.write != nil && !d.cfg.finished {
		d.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)") // a log that stays is read back at the next start
	}
}

// sqliteCode gives the driver's result code, -1 when the error is not SQLite's.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return -1
}

func sqliteConflict(err error) bool {
	c := sqliteCode(err) & 0xff
	return c == lib.SQLITE_BUSY || c == lib.SQLITE_LOCKED
}

func sqliteSymptom(err error) symptom {
	code := sqliteCode(err)
	switch code {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return duplicate
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return dangling
	}
	switch code & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return contention
	case lib.SQLITE_FULL:
		return full
	case lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR:
		return away
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return damaged
	}
	return unknown
}
