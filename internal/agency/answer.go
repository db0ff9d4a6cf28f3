package agency

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Answering is who answers by name for something that is a post's: the post, and whoever exercises it on a day.
type Answering struct {
	Title    string
	Name     string     // "" where nobody is on record, or was erased
	Capacity Capacity   //
	Since    clock.Date // of the tenure; zero where it is not known
}

// Answering gives who answers for posts on a day, by post. Who exercises a post of the state is no secret.
func (s *Store) Answering(ctx context.Context, on clock.Date, posts ...string) (map[string]Answering, error) {
	by := map[string]Answering{}
	err := s.db.View(ctx, func(q *db.Q) error {
		for _, id := range posts {
			p, ok, err := db.Maybe[Post](ctx, q, selectPost+"id = ?", id)
			if err != nil || !ok {
				if err != nil {
					return err
				}
				continue
			}
			held, err := tenures(ctx, q, "t.post = ? AND t.since <= ? AND (t.until IS NULL OR t.until >= ?)", id, on, on)
			if err != nil {
				return err
			}
			a := Answering{Title: p.Title}
			if len(held) > 0 {
				if err := callByAccount(ctx, q, []*Tenure{&held[0]}); err != nil {
					return err
				}
				a.Name, a.Capacity, a.Since = held[0].Name, held[0].Capacity, held[0].Since
			}
			by[id] = a
		}
		return nil
	})
	return by, err
}

// PostsOf gives the posts of an agency that are there on a day, the head's first.
func (s *Store) PostsOf(ctx context.Context, agency string, on clock.Date) (posts []Post, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		posts, err = db.All[Post](ctx, q, selectPost+"agency = ? AND (since IS NULL OR since <= ?) AND (until IS NULL OR until >= ?) ORDER BY head DESC, id", agency, on, on)
		return err
	})
	return posts, err
}
