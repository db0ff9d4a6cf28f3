package place

import (
	"context"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/job"
)

// applyChange is the job that applies an approved change on its day.
type applyChange struct {
	ID string `json:"id"`
}

// Kind names the job.
func (applyChange) Kind() string { return "place.apply" }

// Register lets a runner apply approved changes on their days.
func (s *Store) Register(r *job.Runner) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, args applyChange) error {
		err := s.db.Update(ctx, func(q *db.Q) error {
			c, err := open(ctx, q, args.ID, Approved)
			if err != nil {
				return err
			}
			return s.apply(ctx, q, c)
		})
		err = s.warmed(ctx, err)
		if fault.KindOf(err) == fault.Conflict {
			if done, look := s.isApplied(ctx, args.ID); look == nil && done {
				return nil // by an earlier run of this job
			}
		}
		if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.NotFound {
			return job.Permanent(err) // the places have changed since it was approved: somebody must look
		}
		return err
	})
}

func (s *Store) isApplied(ctx context.Context, id string) (bool, error) {
	return read(ctx, s.db, func(q *db.Q) (bool, error) {
		n, err := db.One[int](ctx, q, "SELECT count(*) FROM place_change WHERE id = ? AND state = ?", id, Applied)
		return n > 0, err
	})
}

// apply adds what a change makes. The places are looked at again, because they may have changed since the proposal.
func (s *Store) apply(ctx context.Context, q *db.Q, c Change) error {
	now, err := check(ctx, q, c.Proposal, c.ID)
	if err != nil {
		return err
	}
	w := writing{ctx: ctx, q: q, c: c, rows: batch{}}
	if err := w.change(now); err != nil {
		return err
	}
	load := fromChange + ":" + c.ID
	if err := openLoad(ctx, q, load, fromChange, c.Reviewer); err != nil {
		return err
	}
	n, err := w.rows.write(ctx, q, load)
	if err == nil && n != w.rows.size() {
		err = fault.New(fault.Conflict, "Something else has changed these places on the same day. Propose the change again.")
	}
	if err == nil {
		err = goLive(ctx, q, load)
	}
	if err == nil {
		_, err = q.Exec(ctx, "UPDATE place_change SET state = ?, applied = ? WHERE id = ?", Applied, q.Now(), c.ID)
	}
	if err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: c.Reviewer, Action: "place_change.applied", Object: "place_change:" + c.ID})
}

func (b batch) size() (n int64) {
	for _, rows := range b {
		n += int64(len(rows))
	}
	return n
}

// writing turns a change into rows.
type writing struct {
	ctx  context.Context
	q    *db.Q
	c    Change
	rows batch
}

func (w *writing) change(now []Version) error {
	v := now[0]
	v.Since, v.KnownOn, v.Law = w.c.On, clock.Date{}, w.c.Law
	switch w.c.Kind {
	case Rename:
		v.Name = w.c.Name
	case Retype:
		v.Type = w.c.Type
	case Recode:
		v.Code = w.c.Code
	case Move:
		v.Parent = w.c.Parent
		if err := w.relocate(v.Place, v.Parent); err != nil {
			return err
		}
	case Merge:
		return w.merge(now)
	case Split:
		return w.split(now[0])
	}
	return w.next(v)
}

// next adds the next version of a place that goes on. It keeps the further names of the last one.
func (w *writing) next(v Version) error {
	names, err := db.All[string](w.ctx, w.q, `SELECT aliases FROM place_version v WHERE v.place = ? AND v.load`+live+`
		ORDER BY v.since DESC LIMIT 1`, v.Place)
	if err != nil {
		return err
	}
	var aliases []string
	if len(names) == 1 && names[0] != "" {
		aliases = strings.Split(names[0], "\n")
	}
	w.rows.addVersion(v, aliases...)
	return nil
}

// relocate tells rights that a place lies elsewhere from the day on.
func (w *writing) relocate(place, parent string) error {
	if err := account.EndWithin(w.ctx, w.q, place, w.c.On.Add(-1)); err != nil || parent == "" {
		return err
	}
	return account.PutWithin(w.ctx, w.q, place, parent, w.c.On, clock.Date{})
}

// found adds a new place and tells rights where it lies.
func (w *writing) found(h Heir, level gazetteer.Level) (string, error) {
	id := w.q.NewID()
	w.rows.add("place", id, level)
	w.rows.addVersion(Version{Place: id, Since: w.c.On, Code: h.Code, Level: level, Type: h.Type, Name: h.Name, Parent: h.Parent, Law: w.c.Law})
	if h.Parent == "" {
		return id, nil
	}
	return id, account.PutWithin(w.ctx, w.q, id, h.Parent, w.c.On, clock.Date{})
}

// end lets a place end.
func (w *writing) end(v Version) error {
	w.rows.add("place_end", v.Place, w.c.On, w.c.Law)
	return account.EndWithin(w.ctx, w.q, v.Place, w.c.On.Add(-1))
}

// merge makes one place of several. What lies in them lies in the new one.
func (w *writing) merge(now []Version) error {
	id, err := w.found(w.c.Heirs[0], now[0].Level)
	if err != nil {
		return err
	}
	for _, v := range now {
		w.rows.add("place_edge", v.Place, id, w.c.On, gazetteer.Whole, 1.0, ByLaw, w.c.Law)
		if err := w.end(v); err != nil {
			return err
		}
		inside, err := Children(w.ctx, w.q, v.Place, w.c.On)
		if err != nil {
			return err
		}
		for _, child := range inside {
			child.Parent, child.Since, child.KnownOn, child.Law = id, w.c.On, clock.Date{}, w.c.Law
			if err := w.next(child); err != nil {
				return err
			}
			if err := w.relocate(child.Place, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// split makes several places of one.
func (w *writing) split(v Version) error {
	for _, h := range w.c.Heirs {
		id, err := w.found(h, v.Level)
		if err != nil {
			return err
		}
		basis, share := h.Basis, any(nil)
		if h.Share == nil {
			basis = Unknown
		} else {
			share = *h.Share
		}
		w.rows.add("place_edge", v.Place, id, w.c.On, gazetteer.Part, share, basis, w.c.Law)
	}
	return w.end(v)
}
