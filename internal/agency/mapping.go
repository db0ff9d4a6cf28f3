package agency

import (
	"context"
	"encoding/json"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/sheet"
)

// owners gives under whose names an actor's choice of columns is kept: the person, then the offices they act for, whose
// next colleague finds it there.
func owners(actor account.Actor) []string {
	all := []string{"user:" + actor.User}
	for _, g := range actor.Grants {
		if g.Agency != "" {
			all = append(all, "agency:"+g.Agency)
		}
		if g.Place != "" {
			all = append(all, "place:"+g.Place)
		}
	}
	return all
}

// RememberMapping keeps which columns of a file held what, for a kind of list ("agency", "place"), for the actor and the
// offices they act for.
func RememberMapping(ctx context.Context, q *db.Q, actor account.Actor, kind string, m sheet.Mapping) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	for _, owner := range owners(actor) {
		if _, err := q.Exec(ctx, `INSERT INTO import_mapping (kind, owner, mapping, changed) VALUES (?, ?, ?, ?)
			ON CONFLICT (kind, owner) DO UPDATE SET mapping = excluded.mapping, changed = excluded.changed`,
			kind, owner, string(b), q.Now()); err != nil {
			return err
		}
	}
	return nil
}

// RememberedMapping gives the columns last chosen for a kind of list by the actor, or else by an office they act for;
// nil where there is none.
func RememberedMapping(ctx context.Context, q *db.Q, actor account.Actor, kind string) (sheet.Mapping, error) {
	for _, owner := range owners(actor) {
		text, ok, err := db.Maybe[string](ctx, q, "SELECT mapping FROM import_mapping WHERE kind = ? AND owner = ?", kind, owner)
		if err != nil {
			return nil, err
		}
		if ok {
			var m sheet.Mapping
			return m, json.Unmarshal([]byte(text), &m)
		}
	}
	return nil, nil
}

// Columns is RememberedMapping in a transaction of its own.
func (s *Store) Columns(ctx context.Context, actor account.Actor, kind string) (m sheet.Mapping, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		m, err = RememberedMapping(ctx, q, actor, kind)
		return err
	})
	return m, err
}

// KeepColumns is RememberMapping in a transaction of its own.
func (s *Store) KeepColumns(ctx context.Context, actor account.Actor, kind string, m sheet.Mapping) error {
	return s.db.Update(ctx, func(q *db.Q) error { return RememberMapping(ctx, q, actor, kind, m) })
}
