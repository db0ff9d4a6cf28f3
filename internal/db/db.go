// Package db is the one door to storage: SQLite in a file, or PostgreSQL, behind one SQL text.
//
// It promises that a statement written once means the same on both engines; that what Update returned nil for is on
// disk; that transactions are serializable, so a rule that was checked inside one still holds when it commits; that
// times are kept as milliseconds UTC and dates as ISO text whatever the engine; and that every error comes back as a
// fault with a kind. Statements use ? for parameters; what may not be written because the engines differ is held by
// TestPortableSQL. No clock and no randomness of its own: both are given in Config.
package db

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"thuoc/internal/fault"
)

// Config says which database, and hands in the outside world.
type Config struct {
	URL    string           // the path of a file (SQLite), or postgres://user@host/name
	Now    func() time.Time // the clock
	Random io.Reader        // bits for ids: crypto/rand.Reader, or a seeded source in tests
	Wait   time.Duration    // how long an Update waits for its turn; 0 means 5 s

	finished bool // the file is a backup: it is read, and nothing is ever written into it or beside it
}

// Engine is what stands behind the door. Domain code never asks.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

func (c Config) engine() Engine {
	if strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://") {
		return Postgres
	}
	return SQLite
}

func (c Config) wait() time.Duration {
	if c.Wait == 0 {
		return 5 * time.Second
	}
	return c.Wait
}

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	cfg    Config
	dial   dialect
	write  *sql.DB // SQLite: one connection that takes the write lock at BEGIN
	read   *sql.DB // SQLite: readers that cannot write; PostgreSQL: the same pool as write
	turns  chan struct{}
	ids    idSource
	topics topics
	meter  meter
}

// Bounds of an Update's wait and of its tries after a conflict with another transaction.
const (
	maxQueue = 256 // Updates waiting for a turn; more are refused at once, so that overload cannot pile up
	maxTries = 12
)

// Open opens an existing database of this program's schema version. It refuses, in words and with the remedy, a
// database that is missing, that belongs to another program, that is older (migrate it) or newer (use the newer
// program), or whose past migrations are not the ones this program knows.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	h, err := shipped()
	if err != nil {
		return nil, err
	}
	return open(ctx, cfg, h)
}

func open(ctx context.Context, cfg Config, h history) (*DB, error) {
	d, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	err = d.View(ctx, func(q *Q) error {
		applied, err := appliedMigrations(ctx, q)
		if err != nil {
			return err
		}
		return h.fits(applied)
	})
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// connect opens the pools of an existing database without looking at its schema.
func connect(ctx context.Context, cfg Config) (*DB, error) {
	d := &DB{cfg: cfg, dial: dialectOf(cfg.engine())}
	d.ids.random = cfg.Random
	if err := d.dial.connect(ctx, d); err != nil {
		return nil, err
	}
	return d, nil
}

// Engine tells what stands behind the door, for the pages of an administrator.
func (d *DB) Engine() Engine { return d.cfg.engine() }

// Now gives the time of the clock this database was opened with.
func (d *DB) Now() time.Time { return d.cfg.Now() }

// NewID makes an identifier: a UUIDv7, so that ids made later sort later.
func (d *DB) NewID() string { return d.ids.next(d.cfg.Now()) }

// Close writes the SQLite log back into its file and closes every connection.
func (d *DB) Close() error {
	d.dial.closing(d)
	err := d.write.Close()
	if d.read != d.write {
		err = errors.Join(err, d.read.Close())
	}
	return err
}

// View runs f on one consistent snapshot. f cannot write. It must page long work: a reader held for minutes keeps
// SQLite's log from being written back.
func (d *DB) View(ctx context.Context, f func(*Q) error) error {
	start := d.cfg.Now()
	defer func() { d.meter.view(d.cfg.Now().Sub(start)) }()
	return d.retry(ctx, func() error { return d.attempt(ctx, d.read, d.dial.viewing, f) })
}

// Update runs f in one serializable transaction and returns nil only when it is durable. When f fails nothing has
// happened. On a conflict with another transaction f runs again, so it must not have effects outside q; use
// Q.Signal for what must follow the commit. One statement's failure fails the whole: a caller that expects a
// duplicate says ON CONFLICT. An Update should last no longer than 250 ms: compute first, write in chunks.
//
// When the connection breaks while committing, the error is Busy and the outcome unknown: the caller's ids make
// a second try harmless.
func (d *DB) Update(ctx context.Context, f func(*Q) error) error {
	if err := d.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-d.turns }()
	start := d.cfg.Now()
	err := d.retry(ctx, func() error { return d.attempt(ctx, d.write, d.dial.updating, f) })
	d.meter.update(d.cfg.Now().Sub(start), err)
	return err
}

// takeTurn waits for one of the places to write. It gives up when too many wait already or the wait is too long.
func (d *DB) takeTurn(ctx context.Context) error {
	select {
	case d.turns <- struct{}{}:
		return nil
	default:
	}
	if d.meter.waiting.Add(1) > maxQueue {
		d.meter.waiting.Add(-1)
		return busy(nil)
	}
	defer d.meter.waiting.Add(-1)
	timer := time.NewTimer(d.cfg.wait())
	defer timer.Stop()
	select {
	case d.turns <- struct{}{}:
		return nil
	case <-timer.C:
		return busy(nil)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retry repeats a transaction that lost against another one, waiting longer each time, as long as an Update may wait. Where
// a lock was in the way the first try has waited so long already.
func (d *DB) retry(ctx context.Context, attempt func() error) error {
	late := time.After(d.cfg.wait())
	for try := 1; ; try++ {
		err := attempt()
		if err == nil || try == maxTries || !d.dial.conflict(err) {
			return d.explain(err)
		}
		d.meter.retries.Add(1)
		select {
		case <-late:
			return d.explain(err)
		case <-time.After(d.ids.jitter(min(time.Millisecond<<try, 250*time.Millisecond))):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// attempt runs f in one transaction.
func (d *DB) attempt(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, f func(*Q) error) error {
	tx, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit this does nothing
	q := &Q{d: d, run: tx, now: d.cfg.Now().UTC().Truncate(time.Millisecond)}
	err = f(q)
	if q.failed != nil && (err == nil || d.dial.conflict(q.failed)) {
		return q.failed // even when f swallowed it: PostgreSQL refuses to commit, so SQLite does too
	}
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	d.topics.publish(q.signals)
	return nil
}

// busy is the fault of a database that cannot take the work now.
func busy(cause error) error {
	return &fault.Error{Kind: fault.Busy, Err: cause,
		Text: fault.T("The database is busy. Nothing was stored; try again in a moment.")}
}

// topics wakes those in this process who wait for a kind of change.
type topics struct {
	mu   sync.Mutex
	subs map[string][]chan struct{}
}

// Subscribe gives a channel that receives after a transaction that signalled the topic has committed in this
// process. Signals coalesce; those of other processes do not arrive, so a subscriber also polls.
func (d *DB) Subscribe(topic string) <-chan struct{} {
	c := make(chan struct{}, 1)
	d.topics.mu.Lock()
	defer d.topics.mu.Unlock()
	if d.topics.subs == nil {
		d.topics.subs = map[string][]chan struct{}{}
	}
	d.topics.subs[topic] = append(d.topics.subs[topic], c)
	return c
}

func (t *topics) publish(names []string) {
	if len(names) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range names {
		for _, c := range t.subs[name] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}
