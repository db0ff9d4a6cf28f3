package agency

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Names gives the names of agencies on a day, or their last before; an id that is none has no name. What an agency is
// called is no secret: whoever may read a task may read who does it.
func (s *Store) Names(ctx context.Context, on clock.Date, ids ...string) (names map[string]string, err error) {
	names = map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	args := []any{on}
	for _, id := range ids {
		args = append(args, id)
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		for r, err := range db.Each[struct {
			Agency string `db:"agency"`
			Name   string `db:"name"`
		}](ctx, q, "SELECT v.agency, v.name FROM agency_version v WHERE v.since <= ? AND v.agency IN ("+db.Marks(len(ids))+") ORDER BY v.agency, v.since", args...) {
			if err != nil {
				return err
			}
			names[r.Agency] = r.Name
		}
		return nil
	})
	return names, err
}

// Serving gives the agencies of a bloc that serve a place on a day.
func Serving(ctx context.Context, q *db.Q, place string, bloc Bloc, on clock.Date) ([]Agency, error) {
	return agencies(ctx, q, on, "a.place = ? AND a.bloc = ?", place, bloc)
}
