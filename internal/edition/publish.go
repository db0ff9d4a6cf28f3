package edition

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/run"
)

// lifting is the job that makes an embargoed edition public when its time has come.
type lifting struct {
	ID string `json:"id"`
}

func (lifting) Kind() string { return "edition.lift" }

// shelving is the job that writes what is public into the folder the portal reads.
type shelving struct{}

func (shelving) Kind() string { return "edition.shelve" }

// Register lets a runner open embargoes and keep the public folder.
func (s *Store) Register(r *job.Runner) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, o lifting) error { return s.liftAtItsTime(ctx, o.ID) })
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ shelving) error { return s.Shelve(ctx) })
	r.Cron(shelving{}, job.Every(time.Hour))
}

// Approve ends a review well. It is done by somebody else than who froze the edition, and never where the run was
// withdrawn meanwhile.
func (s *Store) Approve(ctx context.Context, actor account.Actor, seen Seen, note string) error {
	return s.decide(ctx, actor, account.ReviewEdition, seen, func(q *db.Q, r *Release) error {
		if r.FrozenBy == actor.User {
			return fault.New(fault.Forbidden, "You froze this edition yourself: somebody else reviews it.")
		}
		if err := stillGood(ctx, q, r.Run); err != nil {
			return err
		}
		return s.move(ctx, q, actor, r, Approve, note)
	})
}

// Return sends an edition back that is not public yet. The note says why.
func (s *Store) Return(ctx context.Context, actor account.Actor, seen Seen, note string) error {
	if err := said("note", note); err != nil {
		return err
	}
	return s.decide(ctx, actor, account.ReviewEdition, seen, func(q *db.Q, r *Release) error {
		return s.move(ctx, q, actor, r, Return, note)
	})
}

// Publish makes a reviewed edition public, at once or from a later time on. It is done by a person who has just proved
// who they are, and who did not freeze the edition.
func (s *Store) Publish(ctx context.Context, actor account.Actor, seen Seen, from time.Time, note string) error {
	return s.decide(ctx, actor, account.PublishEdition, seen, func(q *db.Q, r *Release) error {
		if r.FrozenBy == actor.User {
			return fault.New(fault.Forbidden, "You froze this edition yourself: somebody else publishes it.")
		}
		if err := proven(actor, q.Now()); err != nil {
			return err
		}
		if !from.After(q.Now()) {
			r.PublicFrom = q.Now()
			return s.becomePublic(ctx, q, actor, r, Publish, note)
		}
		if err := stillFits(ctx, q, *r); err != nil {
			return err
		}
		if err := stillGood(ctx, q, r.Run); err != nil {
			return err
		}
		r.PublicFrom = from.UTC().Truncate(time.Millisecond)
		if err := s.move(ctx, q, actor, r, Embargo, note); err != nil {
			return err
		}
		return job.Add(ctx, q, lifting{r.ID}, job.At(r.PublicFrom))
	})
}

// proven refuses whoever has not just proved who they are, and programs, which are nobody.
func proven(actor account.Actor, now time.Time) error {
	if actor.Proven.IsZero() {
		return fault.New(fault.Forbidden, "An edition is published by a person who has signed in.")
	}
	return account.Fresh(actor, now)
}

// Withdraw takes an edition from the public. Who asks for it is told the reason.
func (s *Store) Withdraw(ctx context.Context, actor account.Actor, seen Seen, reason string) error {
	if err := said("reason", reason); err != nil {
		return err
	}
	return s.decide(ctx, actor, account.WithdrawEdition, seen, func(q *db.Q, r *Release) error {
		r.Reason = reason
		if err := s.move(ctx, q, actor, r, Withdraw, reason); err != nil {
			return err
		}
		return shelveSoon(ctx, q)
	})
}

// decide runs a decision on a release as the actor saw it. That it stands elsewhere by now is said first: who sends a
// form twice is told that it was done.
func (s *Store) decide(ctx context.Context, actor account.Actor, do account.Action, seen Seen, f func(*db.Q, *Release) error) error {
	return s.o.DB.Update(ctx, func(q *db.Q) error {
		r, err := find(ctx, q, seen.ID)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, do, account.Subject{Place: r.Place}); err != nil {
			return err
		}
		if r.Version != seen.Version {
			return &fault.Error{Kind: fault.Conflict, Text: fault.T("Somebody changed this edition while you were looking at it. Look at it again."),
				Items: []fault.Item{{What: standing[r.State]}}}
		}
		return f(q, &r)
	})
}

// becomePublic makes an edition public and the one it corrects corrected, in one transaction.
func (s *Store) becomePublic(ctx context.Context, q *db.Q, actor account.Actor, r *Release, do Step, note string) error {
	if _, err := r.State.After(do); err != nil {
		return err
	}
	if err := stillFits(ctx, q, *r); err != nil {
		return err
	}
	if r.Corrects != "" {
		old, err := find(ctx, q, r.Corrects)
		if err != nil {
			return err
		}
		if err := s.move(ctx, q, actor, &old, Correct, r.Reason); err != nil {
			return err
		}
	}
	if err := s.move(ctx, q, actor, r, do, note); err != nil {
		return err
	}
	if r.Run != "" {
		if err := run.SettleIn(ctx, q, r.Run); err != nil {
			return err
		}
	}
	return shelveSoon(ctx, q)
}

// stillFits refuses an edition that was frozen when another was public than is now.
func stillFits(ctx context.Context, q *db.Q, r Release) error {
	now, _, err := publicOf(ctx, q, r.Place, r.Source, r.Family, r.Period)
	if err == nil && now.ID != r.Corrects {
		err = publishedMeanwhile()
	}
	return err
}

// stillGood refuses to go on with a run that was withdrawn.
func stillGood(ctx context.Context, q *db.Q, id string) error {
	if id == "" { // of a plan
		return nil
	}
	of, err := run.Find(ctx, q, id)
	if err == nil && of.State == run.Withdrawn {
		err = fault.New(fault.Conflict, "The run has been withdrawn; nothing is made of it any more.")
	}
	return err
}

func shelveSoon(ctx context.Context, q *db.Q) error {
	return job.Add(ctx, q, shelving{}, job.Once("edition.shelve"))
}

// liftAtItsTime makes an embargoed edition public. Run twice, or for one that was called back, it changes nothing; run
// too early, because the clock was set back, it waits again.
func (s *Store) liftAtItsTime(ctx context.Context, id string) error {
	return s.o.DB.Update(ctx, func(q *db.Q) error {
		r, err := find(ctx, q, id)
		if err != nil || r.State != Embargoed {
			return err
		}
		if q.Now().Before(r.PublicFrom) {
			return job.Add(ctx, q, lifting{id}, job.At(r.PublicFrom))
		}
		system := account.Program("system", clock.Of(q.Now().In(job.VietnamTime)))
		return s.becomePublic(ctx, q, system, &r, Lift, "")
	})
}
