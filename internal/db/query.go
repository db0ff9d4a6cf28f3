package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"thuoc/internal/fault"
)

// Q is one transaction. It belongs to one goroutine and ends with the function it was given to.
type Q struct {
	d       *DB
	run     runner
	now     time.Time
	failed  error // the first statement that failed; everything after it is refused
	open    bool  // rows are being read
	signals []string
}

// runner is what a transaction and a bare connection have in common.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Now gives the moment of the transaction, UTC to the millisecond: every row it writes bears the same time.
func (q *Q) Now() time.Time { return q.now }

// NewID makes an identifier: a UUIDv7.
func (q *Q) NewID() string { return q.d.ids.next(q.now) }

// Signal wakes the subscribers of a topic once the transaction has committed.
func (q *Q) Signal(topic string) {
	if !slices.Contains(q.signals, topic) {
		q.signals = append(q.signals, topic)
	}
}

// errOpen and errFailed are defects of the caller that one engine alone would forgive.
var (
	errOpen   = errors.New("db: a statement while rows of another are being read")
	errFailed = errors.New("db: a statement after one that failed")
)

// fail remembers the first failure and words it. What has no words bears the statement's first ones, for logs, and
// never its arguments.
func (q *Q) fail(text string, err error) error {
	if q.failed == nil {
		q.failed = err
	}
	if worded := q.d.explain(err); worded != err {
		return worded
	}
	return fmt.Errorf("db: %s: %w", opening(text), err)
}

// opening gives the first words of a statement, for logs.
func opening(text string) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(6, len(words))], " ")
}

// begin checks that a statement may run and translates it.
func (q *Q) begin(text string, args []any) (string, []any, error) {
	if q.failed != nil {
		return "", nil, errors.Join(errFailed, q.failed)
	}
	if q.open {
		return "", nil, q.fail(text, errOpen)
	}
	bound, err := bind(args)
	if err != nil {
		return "", nil, q.fail(text, err)
	}
	return q.d.dial.query(text), bound, nil
}

// Exec runs a statement and gives the number of rows it changed.
func (q *Q) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	native, bound, err := q.begin(text, args)
	if err != nil {
		return 0, err
	}
	res, err := q.run.ExecContext(ctx, native, bound...)
	if err != nil {
		return 0, q.fail(text, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, q.fail(text, err)
	}
	return n, nil
}

// Each yields the rows of a query one by one as T: a struct whose fields bear `db:"column"`, or one scalar. A column
// without a field and a field without a column are errors, so that no value is ever silently missing. No other
// statement may run on q until the loop ends.
func Each[T any](ctx context.Context, q *Q, text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		native, bound, err := q.begin(text, args)
		if err != nil {
			yield(zero, err)
			return
		}
		rows, err := q.run.QueryContext(ctx, native, bound...)
		if err != nil {
			yield(zero, q.fail(text, err))
			return
		}
		q.open = true
		defer func() { rows.Close(); q.open = false }()
		if err := eachRow(rows, yield); err != nil {
			yield(zero, q.fail(text, err))
		}
	}
}

// eachRow hands the rows over until the caller has enough.
func eachRow[T any](rows *sql.Rows, yield func(T, error) bool) error {
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	scan, err := scanner[T](columns)
	if err != nil {
		return err
	}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		if !yield(v, nil) {
			return nil
		}
	}
	return rows.Err()
}

// All gives every row of a query; see Each.
func All[T any](ctx context.Context, q *Q, text string, args ...any) ([]T, error) {
	var all []T
	for v, err := range Each[T](ctx, q, text, args...) {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// One gives the only row of a query; see Each. No row is NotFound, which does not fail the transaction; more than
// one is a defect.
func One[T any](ctx context.Context, q *Q, text string, args ...any) (T, error) {
	v, ok, err := Maybe[T](ctx, q, text, args...)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "This does not exist, or not any more.")
	}
	return v, err
}

// Maybe gives the only row of a query and whether there is one.
func Maybe[T any](ctx context.Context, q *Q, text string, args ...any) (v T, ok bool, err error) {
	for row, err := range Each[T](ctx, q, text, args...) {
		if err != nil {
			return v, false, err
		}
		if ok {
			return v, false, q.fail(text, errors.New("db: more than one row"))
		}
		v, ok = row, true
	}
	return v, ok, nil
}

// Marks gives n parameter marks for an IN list: "?,?,?". An empty list must not reach the database.
func Marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// Meanwhile takes the outcome of a change that names the version it was made on, and makes a fault of one that found no
// row: somebody else was first.
func Meanwhile(n int64, err error) error {
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "Somebody changed this while you were writing. What you wrote is kept; read theirs and send yours again.")
	}
	return err
}
