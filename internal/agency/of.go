package agency

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Of gives the agencies of a bloc that served a place on a day, in the order of their ids.
func Of(ctx context.Context, q *db.Q, place string, bloc Bloc, on clock.Date) ([]Agency, error) {
	return agencies(ctx, q, on, "a.place = ? AND a.bloc = ?", place, bloc)
}
