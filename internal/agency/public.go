package agency

import (
	"context"

	"thuoc/internal/db"
)

// PostTitle gives the title of a post by its id; "" for an id that is none.
func PostTitle(ctx context.Context, q *db.Q, id string) (string, error) {
	title, _, err := db.Maybe[string](ctx, q, "SELECT title FROM post WHERE id = ?", id)
	return title, err
}

// OfficialNames gives the names of all officials on record who have no account: what must not be told to the public.
func OfficialNames(ctx context.Context, q *db.Q) ([]string, error) {
	return db.All[string](ctx, q, "SELECT name FROM official WHERE name <> ''")
}
