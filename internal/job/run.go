package job

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"thuoc/internal/db"
)

// errLost and errStopped end the context of a running job.
var (
	errLost    = errors.New("the lease of the job went to another runner")
	errStopped = errors.New("the program stops")
)

// started is a job on its way to a worker.
type started struct {
	claim
	ctx context.Context
}

// Run runs jobs until ctx ends. Then it starts no more, lets the running ones finish for up to 20 s, and gives back
// what it holds.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.plant(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it began
		}
		return err
	}
	room := r.workers * ahead
	work, ended := make(chan started, room), make(chan outcome, room)
	var wg sync.WaitGroup
	for range r.workers {
		wg.Go(func() { r.work(ctx, work, ended) })
	}
	done := r.loop(ctx, work, ended, room)
	close(work)
	if err := r.finish(done, ended); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// work is one worker. Once the program stops it gives back what it has not started.
func (r *Runner) work(ctx context.Context, work <-chan started, ended chan<- outcome) {
	for s := range work {
		if ctx.Err() != nil {
			ended <- outcome{claim: s.claim, released: true}
			continue
		}
		err := r.do(s.ctx, s.claim)
		ended <- outcome{claim: s.claim, err: err, released: err != nil && context.Cause(s.ctx) == errStopped}
	}
}

// loop claims and settles until ctx ends, and gives what has ended and is not settled yet. It alone touches r.held.
func (r *Runner) loop(ctx context.Context, work chan<- started, ended <-chan outcome, room int) (done []outcome) {
	wake := r.db.Subscribe(signal)
	tick, renew := time.NewTicker(poll), time.NewTicker(r.renewal)
	defer tick.Stop()
	defer renew.Stop()
	for ctx.Err() == nil {
		done = append(done, r.drain(ended)...)
		claimed, err := r.turn(ctx, done, room-len(r.held)-len(done))
		switch {
		case err == nil:
			done = nil
		case ctx.Err() == nil:
			r.log.Error("jobs are not moving", "error", err)
		}
		for _, c := range claimed {
			jobCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
			r.held[c.ID] = cancel
			work <- started{c, jobCtx}
		}
		select {
		case o := <-ended:
			done = append(done, r.ended(o))
		case <-wake:
		case <-tick.C:
		case <-renew.C:
			r.renew(ctx)
		case <-ctx.Done():
		}
	}
	return done
}

// finish waits for the running jobs, ends their contexts when the grace is over, and settles everything. A handler
// that does not heed its context is left behind; its lease will end.
func (r *Runner) finish(done []outcome, ended <-chan outcome) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*grace)
	defer cancel()
	limit := time.NewTimer(grace)
	defer limit.Stop()
	for len(r.held) > 0 && ctx.Err() == nil {
		select {
		case o := <-ended:
			done = append(done, r.ended(o))
		case <-limit.C:
			for _, stop := range r.held {
				stop(errStopped)
			}
		case <-ctx.Done():
		}
	}
	if _, err := r.turn(context.WithoutCancel(ctx), done, 0); err != nil {
		return fmt.Errorf("job: the end of %d runs could not be written; they will run again: %w", len(done), err)
	}
	if len(r.held) > 0 {
		return fmt.Errorf("job: %d jobs did not stop", len(r.held))
	}
	return nil
}

// ended takes an outcome over from its worker.
func (r *Runner) ended(o outcome) outcome {
	if release, ok := r.held[o.ID]; ok {
		release(nil)
		delete(r.held, o.ID)
	}
	if o.err != nil && !o.released {
		r.log.Warn("job failed", "kind", o.Kind, "job", o.ID, "attempt", o.Attempts, "error", o.err)
	}
	return o
}

// drain takes over what has ended without waiting.
func (r *Runner) drain(ended <-chan outcome) (all []outcome) {
	for {
		select {
		case o := <-ended:
			all = append(all, r.ended(o))
		default:
			return all
		}
	}
}

// renew lengthens the leases of what is held and ends the runs whose lease is another's.
func (r *Runner) renew(ctx context.Context) {
	ours := map[string]bool{}
	err := r.db.Update(ctx, func(q *db.Q) error {
		still, err := db.All[string](ctx, q, "UPDATE job SET lease = ? WHERE holder = ? RETURNING id", q.Now().Add(lease), r.holder)
		for _, id := range still {
			ours[id] = true
		}
		return err
	})
	if err != nil {
		r.log.Error("leases could not be renewed", "error", err)
		return
	}
	for id, stop := range r.held {
		if !ours[id] {
			stop(errLost)
		}
	}
}

// Drain runs, one after another, everything that is due, also what that adds, and gives how many jobs it was. It is
// for commands and tests; Run is for a program that serves.
func (r *Runner) Drain(ctx context.Context) (jobs int, err error) { return r.drainEach(ctx, r.do) }

// DrainTwice is Drain that runs each job that succeeds a second time, as after a crash between its effect and its end.
// Tests of handlers drain with it: a handler must not mind.
func (r *Runner) DrainTwice(ctx context.Context) (jobs int, err error) {
	return r.drainEach(ctx, func(ctx context.Context, c claim) error {
		if err := r.do(ctx, c); err != nil {
			return err
		}
		return r.do(ctx, c)
	})
}

func (r *Runner) drainEach(ctx context.Context, do func(context.Context, claim) error) (jobs int, err error) {
	if err := r.plant(ctx); err != nil {
		return 0, err
	}
	var done []outcome
	for {
		claimed, err := r.turn(ctx, done, r.workers*ahead)
		if err != nil || len(claimed) == 0 {
			return jobs, err
		}
		done = nil
		for _, c := range claimed {
			jobs++
			done = append(done, r.ended(outcome{claim: c, err: do(ctx, c)}))
		}
	}
}
