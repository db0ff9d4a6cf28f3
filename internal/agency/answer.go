package agency

import (
	"context"
	"slices"

	"thuoc/internal/account"
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
func (s *Store) Answering(ctx context.Context, on clock.Date, posts ...string) (by map[string]Answering, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		by, err = AnsweringOn(ctx, q, on, posts...)
		return err
	})
	return by, err
}

// AnsweringOn is the method Answering in a transaction that runs.
func AnsweringOn(ctx context.Context, q *db.Q, on clock.Date, posts ...string) (map[string]Answering, error) {
	by := map[string]Answering{}
	for _, id := range posts {
		p, ok, err := db.Maybe[Post](ctx, q, selectPost+"id = ?", id)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		held, err := tenures(ctx, q, "t.post = ? AND t.since <= ? AND (t.until IS NULL OR t.until >= ?)", id, on, on)
		if err != nil {
			return nil, err
		}
		// Somebody in charge or acting exercises the post while its holder is away.
		slices.SortStableFunc(held, func(a, b Tenure) int {
			return slices.Index(Capacities, b.Capacity) - slices.Index(Capacities, a.Capacity)
		})
		a := Answering{Title: p.Title}
		if len(held) > 0 {
			if err := callByAccount(ctx, q, []*Tenure{&held[0]}); err != nil {
				return nil, err
			}
			a.Name, a.Capacity, a.Since = held[0].Name, held[0].Capacity, held[0].Since
		}
		by[id] = a
	}
	return by, nil
}

// HeadPost gives the post that heads an agency on a day; false where none is on record.
func HeadPost(ctx context.Context, q *db.Q, agency string, on clock.Date) (Post, bool, error) {
	return db.Maybe[Post](ctx, q, selectPost+"agency = ? AND head = 1 AND (since IS NULL OR since <= ?) AND (until IS NULL OR until >= ?) ORDER BY id LIMIT 1", agency, on, on)
}

// AddHead puts the post that heads an agency on record under the title that a plan gives it, without anybody in it: who
// holds it is for the agency to say.
func AddHead(ctx context.Context, q *db.Q, actor account.Actor, agency, title string, on clock.Date) (Post, error) {
	a, err := On(ctx, q, agency, on)
	if err != nil {
		return Post{}, err
	}
	if err := actor.May(ctx, q, account.ChangePosts, a.subject()); err != nil {
		return Post{}, err
	}
	p := Post{ID: q.NewID(), Agency: agency, Title: tidy(title), Head: true}
	if err := insertPost(ctx, q, p); err != nil {
		return Post{}, err
	}
	_, err = q.Exec(ctx, "UPDATE agency SET version = version + 1 WHERE id = ?", agency)
	return p, err
}

// OfAgency tells whether a post is one of an agency.
func OfAgency(ctx context.Context, q *db.Q, post, agency string) (bool, error) {
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM post WHERE id = ? AND agency = ?", post, agency)
	return n > 0, err
}

// PostsOf gives the posts of an agency that are there on a day, the head's first.
func (s *Store) PostsOf(ctx context.Context, agency string, on clock.Date) (posts []Post, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		posts, err = db.All[Post](ctx, q, selectPost+"agency = ? AND (since IS NULL OR since <= ?) AND (until IS NULL OR until >= ?) ORDER BY head DESC, id", agency, on, on)
		return err
	})
	return posts, err
}
