package job

import (
	"context"
	"time"
)

// Claimed is a job that a runner of a test holds.
type Claimed = claim

// Claim takes jobs as a runner does that dies right afterwards.
func Claim(ctx context.Context, r *Runner, free int) []Claimed {
	all, err := r.turn(ctx, nil, free)
	if err != nil {
		panic(err)
	}
	return all
}

// Settle writes the end of a run.
func Settle(ctx context.Context, r *Runner, c Claimed, runErr error) error {
	_, err := r.turn(ctx, []outcome{{claim: c, err: runErr}}, 0)
	return err
}

// Twin is another runner of the same kinds.
func Twin(r *Runner) *Runner {
	twin := New(r.db, r.log, r.workers)
	twin.kinds = r.kinds
	return twin
}

// SetRenewal lets a runner renew its leases more often.
func SetRenewal(r *Runner, every time.Duration) { r.renewal = every }
