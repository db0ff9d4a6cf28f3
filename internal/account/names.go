package account

import (
	"context"

	"thuoc/internal/db"
)

// Names gives what people are called, by account: who did what is no secret among those who may read what was done. Of
// erased accounts nothing is left.
func (s *Store) Names(ctx context.Context, users ...string) (names map[string]string, err error) {
	names = map[string]string{}
	if len(users) == 0 {
		return names, nil
	}
	var args []any
	for _, u := range users {
		args = append(args, u)
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		for p, err := range db.Each[struct {
			User string `db:"user_id"`
			Name string `db:"name"`
		}](ctx, q, "SELECT user_id, name FROM person WHERE user_id IN ("+db.Marks(len(users))+")", args...) {
			if err != nil {
				return err
			}
			names[p.User] = p.Name
		}
		return nil
	})
	return names, err
}

// EveryName gives what all people with accounts are called: what must not be told to the public.
func EveryName(ctx context.Context, q *db.Q) ([]string, error) {
	return db.All[string](ctx, q, "SELECT name FROM person")
}
