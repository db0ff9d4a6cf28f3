package edition

import (
	"context"
	"strconv"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// FreezePlan makes an edition of what a plan promised and how far it has come. period is the day that the edition is of:
// the commitments' own, or that of a public edition which this one corrects; then reason says what changes and why.
func (s *Store) FreezePlan(ctx context.Context, actor account.Actor, c *Commitments, period, reason string) (Release, error) {
	r := Release{Plan: c.Plan.ID, Place: c.Place, Source: OfPlan, Family: c.Plan.ID, Index: CommitmentsIndex, Period: period, State: Frozen, Version: 1}
	var corrects Release
	err := s.o.DB.View(ctx, func(q *db.Q) (err error) {
		if corrects, _, err = publicOf(ctx, q, r.Place, r.Source, r.Family, r.Period); err != nil {
			return err
		}
		return freezable(ctx, q, actor, r)
	})
	if err != nil {
		return r, err
	}
	if corrects.ID == "" && period != c.AsOf.String() {
		return r, fault.New(fault.Conflict, "No edition of %s is public any more; there is nothing to correct.", period)
	}
	if corrects.ID != "" {
		if err := said("reason", reason); err != nil {
			return r, err
		}
	}
	if err := s.compareFormer(ctx, c, corrects); err != nil {
		return r, err
	}
	files, err := c.files()
	if err != nil {
		return r, err
	}
	head, err := s.head(ctx)
	if err != nil {
		return r, err
	}
	r.Head, r.Frozen, r.FrozenBy, r.Reason, r.Corrects = head, s.o.DB.Now().UTC().Truncate(time.Millisecond), actor.User, reason, corrects.ID
	year, _ := strconv.Atoi(period[:4])
	e, err := freeze(Manifest{Format: Format, Index: r.Index, Year: year, MadeBy: actor.User, Code: s.o.Code, Source: OfPlan, Place: r.Place, Period: period,
		Frozen: r.Frozen.Format(time.RFC3339Nano), Plan: c.Plan.ID, Corrects: corrects.Hash, Reason: reason, AuditHead: head}, files)
	if err != nil {
		return r, err
	}
	if err := s.keep(ctx, e); err != nil {
		return r, err
	}
	r.Hash = e.ID
	return r, s.writeDown(ctx, actor, &r)
}

// compareFormer writes what changed since the last public edition of the plan before; the one that is being corrected is
// compared with by the reviewer, not here.
func (s *Store) compareFormer(ctx context.Context, c *Commitments, corrects Release) error {
	var former []Release
	err := s.o.DB.View(ctx, func(q *db.Q) (err error) {
		former, err = db.All[Release](ctx, q, "SELECT "+columnsOf+" FROM edition WHERE plan = ? AND state = ? AND id <> ? AND period < ? ORDER BY period DESC LIMIT 1",
			c.Plan.ID, Public, corrects.ID, c.AsOf.String())
		return err
	})
	if err != nil || len(former) == 0 {
		return err
	}
	e, err := s.open(ctx, former[0].Hash)
	if err != nil {
		return err
	}
	was, err := e.Commitments()
	if err == nil {
		c.count()
		c.since(e.ID, was)
	}
	return err
}

// LatestPublic gives the edition of the newest period of an index that a place has made public, of its own runs; false where
// there is none.
func LatestPublic(ctx context.Context, q *db.Q, place, family string) (Release, bool, error) {
	return db.Maybe[Release](ctx, q, "SELECT "+columnsOf+" FROM edition WHERE place = ? AND family = ? AND state = ? AND run IS NOT NULL ORDER BY period DESC, id DESC LIMIT 1",
		place, family, Public)
}

// NewestPublic gives the newest public edition of every index of a place, by the family of the index.
func NewestPublic(ctx context.Context, q *db.Q, place string) ([]Release, error) {
	return db.All[Release](ctx, q, "SELECT "+columnsOf+` FROM edition e WHERE place = ? AND state = ? AND run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM edition l
		WHERE l.place = e.place AND l.family = e.family AND l.state = e.state AND l.run IS NOT NULL AND (l.period > e.period OR l.period = e.period AND l.id > e.id)) ORDER BY family`,
		place, Public)
}

// OpenPublic opens an edition that is public; whatever its hash, nothing else is opened.
func (s *Store) OpenPublic(ctx context.Context, r Release) (*Edition, error) {
	if r.State != Public {
		return nil, fault.New(fault.NotFound, "There is no such edition.")
	}
	return s.open(ctx, r.Hash)
}
