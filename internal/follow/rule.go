package follow

import (
	"context"
	"encoding/json"
	"fmt"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Rule is the ladder of a place, from a day until the next rule begins.
type Rule struct {
	ID    string
	Place string
	Since clock.Date
	Steps Ladder
	Basis string // the paper or the reason it rests on
	Actor string
}

type ruleRow struct {
	ID    string     `db:"id"`
	Place string     `db:"place"`
	Since clock.Date `db:"since"`
	Steps string     `db:"steps"`
	Basis string     `db:"basis"`
	Actor string     `db:"actor"`
}

func (r ruleRow) rule() (Rule, error) {
	rule := Rule{ID: r.ID, Place: r.Place, Since: r.Since, Basis: r.Basis, Actor: r.Actor}
	if err := json.Unmarshal([]byte(r.Steps), &rule.Steps); err != nil {
		return rule, fmt.Errorf("follow: rule %s: %w", r.ID, err)
	}
	return rule, nil
}

// SetRule sets the ladder of a place from a day on, which is today or later: what held before stays known.
func (s *Store) SetRule(ctx context.Context, actor account.Actor, r Rule) error {
	items := r.Steps.check()
	if r.Since.Before(actor.Day) {
		items = append(items, fault.Item{Field: "since", What: fault.T("A rule cannot begin in the past."), Remedy: fault.T("Write today or a later day; what held before stays known.")})
	}
	if err := fault.Batch(items); err != nil {
		return err
	}
	steps, err := json.Marshal(r.Steps.sorted())
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.SetReminders, account.Subject{Place: r.Place}); err != nil {
			return err
		}
		id := q.NewID()
		if _, err := q.Exec(ctx, `INSERT INTO reminder_rule (id, place, since, steps, basis, actor, added) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (place, since) DO UPDATE SET id = excluded.id, steps = excluded.steps, basis = excluded.basis, actor = excluded.actor, added = excluded.added`,
			id, r.Place, r.Since, string(steps), r.Basis, actor.User, q.Now()); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "reminder.set", Object: "rule:" + id, Content: steps})
	})
}

// Rules gives the rules of a place, the latest first. None means that the usual ladder holds.
func (s *Store) Rules(ctx context.Context, actor account.Actor, place string) (rules []Rule, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.ReadFollowing, account.Subject{Place: place}); err != nil {
			return err
		}
		rows, err := db.All[ruleRow](ctx, q, "SELECT id, place, since, steps, basis, actor FROM reminder_rule WHERE place = ? ORDER BY since DESC", place)
		for _, r := range rows {
			if err != nil {
				return err
			}
			var rule Rule
			rule, err = r.rule()
			rules = append(rules, rule)
		}
		return err
	})
	return rules, err
}

// ladders finds the ladder of a place on a day: its own, or that of the nearest place around, or the usual one.
type ladders struct {
	day  clock.Date
	own  map[string]Ladder // by place
	of   map[string]Ladder
	most Ladder // every step of all of them: how far to look
}

func laddersOn(ctx context.Context, q *db.Q, day clock.Date) (*ladders, error) {
	l := &ladders{day: day, own: map[string]Ladder{}, of: map[string]Ladder{}, most: Usual}
	rows, err := db.All[ruleRow](ctx, q, "SELECT id, place, since, steps, basis, actor FROM reminder_rule WHERE since <= ? ORDER BY since", day)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		r, err := row.rule()
		if err != nil {
			return nil, err
		}
		l.own[r.Place] = r.Steps // a later row replaces an earlier one
	}
	for _, own := range l.own {
		l.most = append(l.most[:len(l.most):len(l.most)], own...)
	}
	return l, nil
}

// at gives the ladder that holds at a place. The nearest place around is the one that itself lies within the most others.
func (l *ladders) at(ctx context.Context, q *db.Q, place string) (Ladder, error) {
	if own, ok := l.own[place]; ok {
		return own, nil
	}
	if found, ok := l.of[place]; ok {
		return found, nil
	}
	found := Usual
	if len(l.own) > 0 {
		around, err := db.All[string](ctx, q, `SELECT w.ancestor FROM within w WHERE w.place = ? AND w.since <= ? AND (w.until IS NULL OR w.until >= ?)
			ORDER BY (SELECT count(*) FROM within o WHERE o.place = w.ancestor AND o.since <= ? AND (o.until IS NULL OR o.until >= ?)) DESC, w.ancestor`,
			place, l.day, l.day, l.day, l.day)
		if err != nil {
			return nil, err
		}
		for _, a := range around {
			if own, ok := l.own[a]; ok {
				found = own
				break
			}
		}
	}
	l.of[place] = found
	return found, nil
}
