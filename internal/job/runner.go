package job

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"thuoc/internal/db"
)

// Times of the leases. A runner that dies leaves its jobs to others when their leases end.
const (
	lease   = 60 * time.Second
	renewal = 20 * time.Second
	poll    = time.Second      // how soon work added by another process is seen
	grace   = 20 * time.Second // how long running jobs may finish after Run was told to stop
	ahead   = 4                // jobs held for each worker, so that one commit settles and claims several
)

// Retry says how a kind of job is tried again.
type Retry struct {
	Attempts int           // runs before it is dead
	First    time.Duration // the wait after the first failure; each later one is three times as long
	Most     time.Duration // the longest wait
}

// DefaultRetry gives a job five runs within some seven minutes.
var DefaultRetry = Retry{Attempts: 5, First: 10 * time.Second, Most: time.Hour}

// wait gives the time to the next run after n runs. A job's own id spreads it by up to a fifth, so that jobs that
// failed together do not come back together.
func (r Retry) wait(id string, n int) time.Duration {
	d := r.First
	for range n - 1 {
		d = min(3*d, r.Most)
	}
	h := fnv.New32a()
	fmt.Fprint(h, id, n)
	return d + d*time.Duration(h.Sum32()%1000)/5000
}

// permanent marks an error that no retry can mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent wraps the error of a job that must not be tried again: it becomes a dead letter at once.
func Permanent(err error) error { return permanent{err} }

// kind is how the jobs of one kind are run.
type kind struct {
	run   func(ctx context.Context, args []byte) error
	retry Retry
	cron  Schedule
}

// Runner runs the jobs of the kinds it was given. Kinds that it does not know are left for a program that does.
type Runner struct {
	db      *db.DB
	log     *slog.Logger
	workers int
	kinds   map[string]*kind
	holder  string // this runner in the leases
	renewal time.Duration

	held map[string]context.CancelCauseFunc // owned by the goroutine of Run: claimed and not settled
}

// New makes a runner with a number of workers. Register every kind before Run.
func New(d *db.DB, log *slog.Logger, workers int) *Runner {
	return &Runner{db: d, log: log, workers: workers, kinds: map[string]*kind{}, holder: d.NewID(), renewal: renewal,
		held: map[string]context.CancelCauseFunc{}}
}

// Handle registers the handler of a kind of job. f gets a context that ends when the job's lease is lost or the
// program stops.
func Handle[A Args](r *Runner, retry Retry, f func(context.Context, A) error) {
	var zero A
	r.kinds[zero.Kind()] = &kind{retry: retry, run: func(ctx context.Context, body []byte) error {
		var args A
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&args); err != nil {
			return Permanent(err)
		}
		return f(ctx, args)
	}}
}

// Cron lets a registered kind run by a schedule as well, one at a time over all machines. A time that passed while
// nothing ran is made up for once. A failure that the retries do not mend waits for the next time.
func (r *Runner) Cron(args Args, s Schedule) {
	r.kinds[args.Kind()].cron = s
}

// plant makes sure that every cron kind has its row.
func (r *Runner) plant(ctx context.Context) error {
	return r.db.Update(ctx, func(q *db.Q) error {
		for _, name := range slices.Sorted(maps.Keys(r.kinds)) {
			k := r.kinds[name]
			if k.cron == nil {
				continue
			}
			_, err := q.Exec(ctx, `INSERT INTO job (id, kind, args, key, asked, due, attempts, holder, lease, added, error)
				VALUES (?, ?, '{}', ?, 1, ?, 0, '', 0, ?, '') ON CONFLICT (key) DO NOTHING`,
				q.NewID(), name, "cron:"+name, k.cron(q.Now()), q.Now())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// claim is a job that this runner holds.
type claim struct {
	ID       string `db:"id"`
	Kind     string `db:"kind"`
	Args     string `db:"args"`
	Key      string `db:"key"`
	Asked    int    `db:"asked"`
	Attempts int    `db:"attempts"`
	Due      int64  `db:"due"`
}

// outcome is how a run of a job ended.
type outcome struct {
	claim
	err      error
	released bool // not run to its end because the program stops
}

// do runs one job; a panic is a failure.
func (r *Runner) do(ctx context.Context, c claim) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.kinds[c.Kind].run(ctx, []byte(c.Args))
}

// turn is one transaction that settles what has ended and claims what is due, so that a commit serves many jobs.
func (r *Runner) turn(ctx context.Context, ended []outcome, free int) (claimed []claim, err error) {
	err = r.db.Update(ctx, func(q *db.Q) error {
		claimed = nil
		for _, o := range ended {
			if err := r.settle(ctx, q, o); err != nil {
				return err
			}
		}
		all, err := r.claim(ctx, q, free)
		if err != nil {
			return err
		}
		for _, c := range all {
			switch _, mine := r.held[c.ID]; {
			case mine: // its lease ended while it ran here; claiming it has renewed the lease
			case c.Attempts > r.kinds[c.Kind].retry.Attempts:
				if err := r.settle(ctx, q, outcome{claim: c, err: errVanished}); err != nil {
					return err
				}
			default:
				claimed = append(claimed, c)
			}
		}
		return nil
	})
	return claimed, err
}

// errVanished is the failure of a job whose every run ended with the program.
var errVanished = errors.New("the program stopped each time while this ran")

// claim takes up to free due jobs. A lease further off than any runner gives is of a clock that was set back.
func (r *Runner) claim(ctx context.Context, q *db.Q, free int) ([]claim, error) {
	if free <= 0 || len(r.kinds) == 0 {
		return nil, nil
	}
	now := q.Now()
	args := []any{r.holder, now.Add(lease), now, now, now.Add(2 * lease)}
	for name := range r.kinds {
		args = append(args, name)
	}
	all, err := db.All[claim](ctx, q, `UPDATE job SET holder = ?, lease = ?, attempts = attempts + 1
		WHERE id IN (SELECT id FROM job WHERE dead IS NULL AND due <= ? AND (lease < ? OR lease > ?)
		  AND kind IN (`+db.Marks(len(r.kinds))+`) ORDER BY due, id LIMIT ? /*pg FOR UPDATE SKIP LOCKED pg*/)
		RETURNING id, kind, args, coalesce(key, '') AS key, asked, attempts, due`, append(args, free)...)
	slices.SortFunc(all, func(a, b claim) int {
		if a.Due != b.Due {
			return int(a.Due - b.Due)
		}
		return bytes.Compare([]byte(a.ID), []byte(b.ID))
	})
	return all, err
}

// settle writes down how a run ended. A job whose lease went to another runner is that runner's to settle.
func (r *Runner) settle(ctx context.Context, q *db.Q, o outcome) error {
	k := r.kinds[o.Kind]
	cron := k.cron != nil && o.Key == "cron:"+o.Kind
	_, hopeless := errors.AsType[permanent](o.err)
	final := o.err != nil && (hopeless || o.Attempts >= k.retry.Attempts)
	set := func(what string, args ...any) error {
		_, err := q.Exec(ctx, "UPDATE job SET holder = '', lease = 0, "+what+" WHERE id = ? AND holder = ?", append(args, o.ID, r.holder)...)
		return err
	}
	switch {
	case o.released:
		return set("attempts = attempts - 1")
	case cron && (o.err == nil || final):
		return set("attempts = 0, due = ?, error = ?", k.cron(q.Now()), message(o.err))
	case o.err == nil:
		n, err := q.Exec(ctx, "DELETE FROM job WHERE id = ? AND holder = ? AND asked = ?", o.ID, r.holder, o.Asked)
		if err != nil || n > 0 {
			return err
		}
		return set("attempts = 0, due = ?, error = ''", q.Now()) // asked for again while it ran
	case final:
		return set("dead = ?, error = ?", q.Now(), message(o.err))
	}
	return set("due = ?, error = ?", q.Now().Add(k.retry.wait(o.ID, o.Attempts)), message(o.err))
}

// message gives an error's text, cut to what a page can show.
func message(err error) string {
	if err == nil {
		return ""
	}
	runes := []rune(err.Error())
	return string(runes[:min(len(runes), 2000)])
}
