package task

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// View is a way to look at tasks that somebody keeps under a name.
type View struct {
	ID    string `db:"id"`
	Name  string `db:"name"`
	Query string `db:"query"` // what stands in the address of the list
}

// The bounds of views.
const (
	mostViews = 20   // of one person
	mostQuery = 1000 // bytes
)

// Views gives the actor's own views by name.
func (s *Store) Views(ctx context.Context, actor account.Actor) (views []View, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		views, err = db.All[View](ctx, q, "SELECT id, name, query FROM task_view WHERE user_id = ? ORDER BY name, id", actor.User)
		return err
	})
	return views, err
}

// KeepView keeps a view of the actor's own.
func (s *Store) KeepView(ctx context.Context, actor account.Actor, v View) error {
	if v.Name == "" || len([]rune(v.Name)) > 60 || len(v.Query) > mostQuery {
		return fault.New(fault.Invalid, "Give the view a name of at most %d characters.", 60)
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		n, err := db.One[int](ctx, q, "SELECT count(*) FROM task_view WHERE user_id = ?", actor.User)
		if err != nil {
			return err
		}
		if n >= mostViews {
			return fault.New(fault.Conflict, "You keep %d views already. Drop one first.", mostViews)
		}
		_, err = q.Exec(ctx, "INSERT INTO task_view (id, user_id, name, query, added) VALUES (?, ?, ?, ?, ?)", q.NewID(), actor.User, v.Name, v.Query, q.Now())
		return err
	})
}

// DropView drops a view of the actor's own.
func (s *Store) DropView(ctx context.Context, actor account.Actor, id string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		n, err := q.Exec(ctx, "DELETE FROM task_view WHERE id = ? AND user_id = ?", id, actor.User)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "This view is not there.")
		}
		return err
	})
}

// Forget drops what is kept for a person alone, when they are erased.
func Forget(ctx context.Context, q *db.Q, user string) error {
	_, err := q.Exec(ctx, "DELETE FROM task_view WHERE user_id = ?", user)
	return err
}
