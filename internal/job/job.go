// Package job does later what a transaction decided now.
//
// It promises that a job added in a transaction exists exactly when that transaction committed; that it is run at least
// once, and again after a crash, a lost machine or a failure; that jobs asked for under one key before they start are
// one job, and that one asked for while it runs is run again; that what fails for good is kept as a dead letter with
// its last error until somebody revives or discards it. Because a job may run twice, handlers are idempotent: what they
// write is written so that a second time changes nothing.
package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Args is what a kind of job is told. It is kept as JSON, so that its fields may be added to and never renamed. It
// holds ids, never personal data.
type Args interface {
	Kind() string // names the kind of job, "edition.export"; it must not change
}

// Option changes how a job is added.
type Option func(*order)

type order struct {
	key *string
	due time.Time
}

// Once gives the job a key: as long as a job of that key has not started, another is the same job with the newer
// args and the earlier time; one that runs is run again; one that is dead is revived.
func Once(key string) Option { return func(o *order) { o.key = &key } }

// At lets the job wait until a time.
func At(t time.Time) Option { return func(o *order) { o.due = t } }

// signal is the topic that wakes the runners of this process.
const signal = "job"

// Add adds a job to a transaction.
func Add(ctx context.Context, q *db.Q, args Args, options ...Option) error {
	body, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("job: %s: %w", args.Kind(), err)
	}
	o := order{due: q.Now()}
	for _, option := range options {
		option(&o)
	}
	_, err = q.Exec(ctx, `INSERT INTO job (id, kind, args, key, asked, due, attempts, holder, lease, added, error)
		VALUES (?, ?, ?, ?, 1, ?, 0, '', 0, ?, '')
		ON CONFLICT (key) DO UPDATE SET args = excluded.args, asked = job.asked + 1, dead = NULL,
		  due = CASE WHEN job.dead IS NULL AND job.due < excluded.due THEN job.due ELSE excluded.due END,
		  attempts = CASE WHEN job.dead IS NULL THEN job.attempts ELSE 0 END`,
		q.NewID(), args.Kind(), string(body), o.key, o.due, q.Now())
	q.Signal(signal)
	return err
}

// Letter is a dead job: it failed for good and waits for a person.
type Letter struct {
	ID       string    `db:"id"`
	Kind     string    `db:"kind"`
	Args     string    `db:"args"` // JSON
	Error    string    `db:"error"`
	Attempts int       `db:"attempts"`
	Added    time.Time `db:"added"`
	Dead     time.Time `db:"dead"`
}

// Dead lists up to limit dead letters, the newest first.
func Dead(ctx context.Context, q *db.Q, limit int) ([]Letter, error) {
	return db.All[Letter](ctx, q, `SELECT id, kind, args, error, attempts, added, dead FROM job
		WHERE dead IS NOT NULL ORDER BY dead DESC, id DESC LIMIT ?`, limit)
}

// Revive lets a dead job be tried again from now.
func Revive(ctx context.Context, q *db.Q, id string) error {
	n, err := q.Exec(ctx, "UPDATE job SET dead = NULL, attempts = 0, due = ? WHERE id = ? AND dead IS NOT NULL", q.Now(), id)
	q.Signal(signal)
	return gone(n, err)
}

// Discard removes a dead job.
func Discard(ctx context.Context, q *db.Q, id string) error {
	return gone(q.Exec(ctx, "DELETE FROM job WHERE id = ? AND dead IS NOT NULL", id))
}

func gone(n int64, err error) error {
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "The job is not there any more, or it is not dead.")
	}
	return err
}

// State is how the work stands, for readiness, metrics and the page of an administrator.
type State struct {
	Waiting int       `db:"waiting"` // due and not started
	Running int       `db:"running"`
	Later   int       `db:"later"` // not due yet
	Dead    int       `db:"dead"`
	Oldest  time.Time `db:"oldest"` // since when the longest waiting one has been due; zero when none waits
}

// Look counts the jobs.
func Look(ctx context.Context, q *db.Q) (State, error) {
	return db.One[State](ctx, q, `SELECT
		  count(*) FILTER (WHERE dead IS NULL AND due <= ? AND holder = '') AS waiting,
		  count(*) FILTER (WHERE dead IS NULL AND holder <> '') AS running,
		  count(*) FILTER (WHERE dead IS NULL AND due > ? AND holder = '') AS later,
		  count(dead) AS dead,
		  min(due) FILTER (WHERE dead IS NULL AND due <= ? AND holder = '') AS oldest
		FROM job`, q.Now(), q.Now(), q.Now())
}
