package draft

import (
	"context"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/job"
)

// sweep is the daily job that forgets what is old.
type sweep struct{}

// Kind names the job.
func (sweep) Kind() string { return "draft.sweep" }

// Register lets a runner forget every night the drafts nobody came back to, and the keys that are good no longer.
func (s *Store) Register(r *job.Runner) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ sweep) error { return s.sweep(ctx) })
	r.Cron(sweep{}, job.Daily(2, 40))
}

func (s *Store) sweep(ctx context.Context) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		for _, old := range []struct {
			statement string
			age       time.Duration
		}{{"DELETE FROM draft WHERE saved < ?", keepFor}, {"DELETE FROM sending WHERE began < ?", sentFor}} {
			if _, err := q.Exec(ctx, old.statement, q.Now().Add(-old.age)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Forget removes every draft of a person, as erasing them asks.
func Forget(ctx context.Context, q *db.Q, user string) error {
	_, err := q.Exec(ctx, "DELETE FROM draft WHERE user_id = ?", user)
	return err
}
