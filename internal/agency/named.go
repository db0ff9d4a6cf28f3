package agency

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// NameOn gives the name an agency bore on a day; outside its life, that of its last record, so that a list of old work
// still says whose it was; "" for an id that is not there.
func NameOn(ctx context.Context, q *db.Q, id string, on clock.Date) (string, error) {
	a, err := On(ctx, q, id, on)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		if a, err = last(ctx, q, id); fault.KindOf(err) == fault.NotFound && err != nil {
			return "", nil
		}
	}
	return a.Name, err
}

// Match finds the agency that words of a plan mean: of a place, by the name it bore on a day; false where they name none,
// as "sở, ngành" does.
func Match(ctx context.Context, q *db.Q, place, words string, on clock.Date) (id string, ok bool, err error) {
	a, err := Named(ctx, q, place, words, on)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return "", false, nil
	}
	return a.ID, err == nil, err
}
