package agency

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Link is what became of an agency, or what it came from.
type Link struct {
	Agency    string     `db:"agency"` // id of the other agency
	Since     clock.Date `db:"since"`  // the first day
	Part      string     `db:"part"`   // what went over, where not all did: "poverty reduction"
	Law       string     `db:"law"`
	Confirmed bool       `db:"confirmed"`
}

// Succession is a merger, a division or a handing-over of tasks on one day.
type Succession struct {
	Former []Seen     // the agencies that gave
	Heirs  []string   // ids of those that took over; a former one may be among them and then goes on
	Since  clock.Date // the first day
	Part   string     // what went over, where not all did; the former agencies then go on
	Law    string     // the document
}

// Seen is an agency at the version somebody looked at.
type Seen struct {
	ID      string
	Version int64
}

// Succeed writes down which agencies took over from which. Former agencies that are not among the heirs end the day
// before, unless only a part went over.
func (s *Store) Succeed(ctx context.Context, actor account.Actor, c Succession) error {
	var f form
	f.text("law", &c.Law, true)
	f.text("part", &c.Part, false)
	if c.Since.IsZero() {
		f.add("since", fault.T("This is missing."), fault.T("Fill it in."))
	}
	if len(c.Former) == 0 || len(c.Heirs) == 0 {
		f.add("heirs", fault.T("A succession needs a former agency and one that takes over."), fault.T("Choose both."))
	}
	if err := fault.Batch(f.faults); err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		heirs := map[string]bool{}
		for _, id := range c.Heirs {
			h, err := On(ctx, q, id, c.Since)
			if err != nil {
				return err
			}
			if err := actor.May(ctx, q, account.ChangeAgency, h.subject()); err != nil {
				return err
			}
			heirs[id] = true
		}
		for _, seen := range c.Former {
			if err := s.hand(ctx, q, actor, seen, heirs, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// hand writes the links of one former agency and ends it where it ends.
func (s *Store) hand(ctx context.Context, q *db.Q, actor account.Actor, seen Seen, heirs map[string]bool, c Succession) error {
	a, err := last(ctx, q, seen.ID)
	if err != nil {
		return err
	}
	if err := actor.May(ctx, q, account.ChangeAgency, a.subject()); err != nil {
		return err
	}
	if err := take(ctx, q, seen.ID, seen.Version); err != nil {
		return err
	}
	for _, heir := range c.Heirs {
		if err := link(ctx, q, seen.ID, Link{Agency: heir, Since: c.Since, Part: c.Part, Law: c.Law, Confirmed: true}); err != nil {
			return err
		}
	}
	if !heirs[seen.ID] && c.Part == "" {
		if err := end(ctx, q, a, Closing{Until: c.Since.Add(-1), Law: c.Law}); err != nil {
			return err
		}
	}
	return s.note(ctx, q, actor, account.ChangeAgency, "agency:"+seen.ID, c)
}

// link writes that an agency took over from another.
func link(ctx context.Context, q *db.Q, former string, l Link) error {
	_, err := q.Exec(ctx, `INSERT INTO succession (former, heir, since, part, law, confirmed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (former, heir, since) DO UPDATE SET part = excluded.part, law = excluded.law, confirmed = excluded.confirmed`,
		former, l.Agency, l.Since, l.Part, l.Law, l.Confirmed)
	return err
}

// Heirs gives the agencies that took over from one, nearest first; each of them may have heirs of its own.
func Heirs(ctx context.Context, q *db.Q, id string) ([]Link, error) {
	return db.All[Link](ctx, q, `SELECT heir AS agency, since, part, law, confirmed FROM succession
		WHERE former = ? ORDER BY since, heir`, id)
}

// Origins gives the agencies that one took over from.
func Origins(ctx context.Context, q *db.Q, id string) ([]Link, error) {
	return db.All[Link](ctx, q, `SELECT former AS agency, since, part, law, confirmed FROM succession
		WHERE heir = ? ORDER BY since, former`, id)
}

// Successors follows the heirs of an agency to those that exist on a day: what a plan of 2021 means by its lead agency now.
// An agency that exists on the day is its own.
func Successors(ctx context.Context, q *db.Q, id string, on clock.Date) ([]Agency, error) {
	var found []Agency
	passed := map[string]bool{}
	for open := []string{id}; len(open) > 0; open = open[1:] {
		if passed[open[0]] {
			continue
		}
		passed[open[0]] = true
		a, err := On(ctx, q, open[0], on)
		if err == nil {
			found = append(found, a)
			continue
		}
		if fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		heirs, err := Heirs(ctx, q, open[0])
		if err != nil {
			return nil, err
		}
		for _, l := range heirs {
			if !on.Before(l.Since) {
				open = append(open, l.Agency)
			}
		}
	}
	return found, nil
}
