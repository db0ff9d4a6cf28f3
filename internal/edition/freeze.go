package edition

import (
	"bytes"
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// Freeze makes an edition of a run: it computes the run again, refuses one that does not come out the same to the last
// bit, and keeps the files under a manifest that names the run, its inputs, who froze it and the head of the audit.
// Where an edition of the same period is public already, the new one corrects it, and reason says what changes and why.
func (s *Store) Freeze(ctx context.Context, actor account.Actor, runID, reason string) (Release, error) {
	r, of, corrects, err := s.mayFreeze(ctx, actor, runID)
	if err != nil {
		return r, err
	}
	if corrects.ID != "" {
		if err := said("reason", reason); err != nil {
			return r, err
		}
	}
	c, check, err := s.o.Runs.Again(ctx, of)
	if err != nil {
		return r, err
	}
	if !check.Same {
		return r, notSame(check)
	}
	files, err := filesOf(c)
	if err != nil {
		return r, err
	}
	head, err := s.head(ctx)
	if err != nil {
		return r, err
	}
	r.Head, r.Frozen, r.FrozenBy, r.Reason, r.Corrects = head, s.o.DB.Now().UTC().Truncate(time.Millisecond), actor.User, reason, corrects.ID
	e, err := freeze(Manifest{Format: Format, Index: of.Index, Year: of.Year(), MadeBy: actor.User, Code: s.o.Code, Source: of.Source, Place: of.Place,
		Period: of.Period, Frozen: r.Frozen.Format(time.RFC3339Nano), Run: &RunRef{of.ID, of.Inputs, of.Results, of.Code},
		Corrects: corrects.Hash, Reason: reason, AuditHead: head}, files)
	if err != nil {
		return r, err
	}
	if err := s.keep(ctx, e); err != nil {
		return r, err
	}
	r.Hash = e.ID
	return r, s.writeDown(ctx, actor, &r)
}

// mayFreeze holds a run against what must be so before it is frozen, and gives a release without files.
func (s *Store) mayFreeze(ctx context.Context, actor account.Actor, runID string) (r Release, of run.Run, corrects Release, err error) {
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		if of, err = run.Find(ctx, q, runID); err != nil {
			return err
		}
		r = Release{Run: of.ID, Place: of.Place, Source: of.Source, Family: of.Family, Index: of.Index, Period: of.Period, State: Frozen, Version: 1}
		if corrects, _, err = publicOf(ctx, q, r.Place, r.Source, r.Family, r.Period); err != nil {
			return err
		}
		return freezable(ctx, q, actor, r)
	})
	return r, of, corrects, err
}

// freezable tells whether an edition may be frozen now: the actor's right, the run's state, and that no edition of the
// same run is on its way or public already.
func freezable(ctx context.Context, q *db.Q, actor account.Actor, r Release) error {
	if err := actor.May(ctx, q, account.FreezeEdition, account.Subject{Place: r.Place}); err != nil {
		return err
	}
	if r.Plan != "" {
		n, err := db.One[int](ctx, q, "SELECT count(*) FROM edition WHERE plan = ? AND state IN (?, ?, ?)", r.Plan, Frozen, Reviewed, Embargoed)
		if err == nil && n > 0 {
			err = fault.New(fault.Conflict, "An edition of this plan is on its way already. Let it be published or returned first.")
		}
		return err
	}
	if err := stillGood(ctx, q, r.Run); err != nil {
		return err
	}
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM edition WHERE run = ? AND state IN (?, ?, ?, ?)", r.Run, Frozen, Reviewed, Embargoed, Public)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "An edition of this run is on its way or public already.")
	}
	return err
}

// writeDown adds the release, if all is still as it was when the files were made.
func (s *Store) writeDown(ctx context.Context, actor account.Actor, r *Release) error {
	return s.o.DB.Update(ctx, func(q *db.Q) error {
		if err := freezable(ctx, q, actor, *r); err != nil {
			return err
		}
		now, _, err := publicOf(ctx, q, r.Place, r.Source, r.Family, r.Period)
		if err != nil {
			return err
		}
		if now.ID != r.Corrects {
			return publishedMeanwhile()
		}
		r.ID = q.NewID()
		_, err = q.Exec(ctx, `INSERT INTO edition (id, run, plan, place, source, family, index_id, period, hash, head, state, corrects, reason, frozen_by, frozen, public_from, version)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.ID, orNull(r.Run), orNull(r.Plan), r.Place, r.Source, r.Family, r.Index, r.Period, r.Hash, r.Head, r.State, orNull(r.Corrects), r.Reason, r.FrozenBy, r.Frozen, r.PublicFrom, r.Version)
		if err != nil {
			return err
		}
		return s.happened(ctx, q, actor, *r, Freeze, "", r.Reason)
	})
}

// orNull is nil for an empty id.
func orNull(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

func publishedMeanwhile() error {
	return fault.New(fault.Conflict, "An edition of this period was published or withdrawn meanwhile. Freeze this run anew, so that it says what it corrects.")
}

// notSame names what came out otherwise when a run was computed again.
func notSame(check run.Check) error {
	e := fault.New(fault.Conflict, "The run does not come out the same when it is computed again: it was made by the program %s, this is %s. Add the run anew.", check.WasBy, check.IsBy)
	for _, d := range check.Differences {
		e.Items = append(e.Items, fault.Item{What: d.Text()})
	}
	return e
}

// head seals the audit and gives its end, to be printed in the manifest.
func (s *Store) head(ctx context.Context) (head string, err error) {
	if _, err := audit.Seal(ctx, s.o.DB); err != nil {
		return "", err
	}
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		h, err := audit.CurrentHead(ctx, q)
		head = h.String()
		return err
	})
	return head, err
}

// keep puts the files of an edition into the file store, the manifest last.
func (s *Store) keep(ctx context.Context, e *Edition) error {
	for _, f := range append(e.Manifest.Files[:len(e.Manifest.Files):len(e.Manifest.Files)], File{Name: ManifestName}) {
		data, _ := e.File(f.Name)
		if _, err := s.o.Blobs.Put(ctx, bytes.NewReader(data)); err != nil {
			return err
		}
	}
	return nil
}
