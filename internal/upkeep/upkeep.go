// Package upkeep is what an administrator sees of the machine and mends: the work that waits and the work that failed
// for good, the mail on its way, the log's chain, the database.
//
// It promises that looking changes nothing, that mending is written into the audit, and that whoever has no right to the
// machine learns nothing about it.
package upkeep

import (
	"context"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/mail"
)

// Store looks and mends.
type Store struct {
	db  *db.DB
	log *audit.Log
}

// New makes the store.
func New(d *db.DB, log *audit.Log) *Store { return &Store{db: d, log: log} }

// mostLetters is how many dead letters are shown, the newest.
const mostLetters = 100

// State is how the machine stands.
type State struct {
	Jobs     job.State
	Dead     []job.Letter // the newest
	Mail     mail.State
	Head     audit.Head // of the log's chain
	Mailed   time.Time  // when a head was last sent to the outside; zero when none was lately
	Unsealed int        // entries of the log that wait for the sealer
	Facts    db.Facts
	Stats    db.Stats
}

// Look gives how the machine stands.
func (s *Store) Look(ctx context.Context, a account.Actor) (x State, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, account.ReadSystem, account.Subject{}); err != nil {
			return err
		}
		if x.Jobs, err = job.Look(ctx, q); err != nil {
			return err
		}
		if x.Dead, err = job.Dead(ctx, q, mostLetters); err != nil {
			return err
		}
		if x.Mail, err = mail.Look(ctx, q); err != nil {
			return err
		}
		if x.Unsealed, err = audit.Unsealed(ctx, q); err != nil {
			return err
		}
		if x.Mailed, err = audit.Mailed(ctx, q); err != nil {
			return err
		}
		x.Head, err = audit.CurrentHead(ctx, q)
		return err
	})
	if err != nil {
		return State{}, err
	}
	x.Stats = s.db.Stats()
	x.Facts, err = s.db.Facts(ctx)
	return x, err
}

// Revive lets a dead job be tried again.
func (s *Store) Revive(ctx context.Context, a account.Actor, id string) error {
	return s.mend(ctx, a, id, "job.revive", job.Revive)
}

// Discard removes a dead job for good.
func (s *Store) Discard(ctx context.Context, a account.Actor, id string) error {
	return s.mend(ctx, a, id, "job.discard", job.Discard)
}

func (s *Store) mend(ctx context.Context, a account.Actor, id, action string, do func(context.Context, *db.Q, string) error) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, account.MendSystem, account.Subject{}); err != nil {
			return err
		}
		if !db.ValidID(id) {
			return fault.New(fault.NotFound, "There is no such job.")
		}
		if err := do(ctx, q, id); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: a.User, Action: action, Object: "job:" + id})
	})
}

// Entries gives the log's entries that a filter leaves, the newest first, to whoever may read the log.
func (s *Store) Entries(ctx context.Context, a account.Actor, f audit.Filter) (rows []audit.Row, names map[string]string, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, account.ReadAudit, account.Subject{}); err != nil {
			return err
		}
		if rows, err = audit.List(ctx, q, f); err != nil {
			return err
		}
		var ids []string
		for _, r := range rows {
			ids = append(ids, r.Actor, r.Object)
		}
		names, err = account.Names(ctx, q, ids...)
		return err
	})
	return rows, names, err
}

// recent is how far back the log is read for the last change of a thing, in entries about it.
const recent = 20

// LastChange gives who changed something last, and when, for the words of a conflict: it asks for no right, so the thing
// must be one that its reader was let in to. Of several names of the thing in the log the latest counts; at is zero when
// the log knows nothing of it.
func (s *Store) LastChange(ctx context.Context, objects ...string) (actor, name string, at time.Time, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		for _, object := range objects {
			rows, err := audit.List(ctx, q, audit.Filter{Object: object, Limit: recent})
			if err != nil {
				return err
			}
			// A sign-in that was refused stands in the log as nobody's: it changed nothing.
			i := slices.IndexFunc(rows, func(r audit.Row) bool { return r.Actor != "nobody" })
			if i >= 0 && rows[i].At.After(at) {
				actor, at = rows[i].Actor, rows[i].At
			}
		}
		names, err := account.Names(ctx, q, actor)
		name = names[actor]
		return err
	})
	return actor, name, at, err
}

// Verify reads the whole log and tells what is wrong with its chain, to whoever may read the log.
func (s *Store) Verify(ctx context.Context, a account.Actor) (r audit.Report, err error) {
	err = s.db.View(ctx, func(q *db.Q) error { return a.May(ctx, q, account.ReadAudit, account.Subject{}) })
	if err != nil {
		return audit.Report{}, err
	}
	return audit.Verify(ctx, s.db)
}
