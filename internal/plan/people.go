package plan

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/db"
)

// People names everybody who moved a plan, commented on it or answered, by account. Whoever may read the plan may.
func (s *Store) People(ctx context.Context, actor account.Actor, id string) (names map[string]string, err error) {
	return view(ctx, s.db, func(q *db.Q) (map[string]string, error) {
		if _, err := read(ctx, q, actor, id); err != nil {
			return nil, err
		}
		who, err := db.All[string](ctx, q, `SELECT author FROM plan WHERE id = ? UNION SELECT actor FROM plan_event WHERE plan = ?
			UNION SELECT actor FROM plan_version WHERE plan = ? UNION SELECT actor FROM plan_comment WHERE plan = ?
			UNION SELECT answerer FROM plan_comment WHERE plan = ?`, id, id, id, id, id)
		if err != nil {
			return nil, err
		}
		return account.Names(ctx, q, who...)
	})
}
