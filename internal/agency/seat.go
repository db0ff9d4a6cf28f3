package agency

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// SeatOf gives the id of the place whose agency one is or was; "" where there is no such agency. It does not depend on a day.
func SeatOf(ctx context.Context, q *db.Q, id string) (string, error) {
	place, _, err := db.Maybe[string](ctx, q, "SELECT place FROM agency WHERE id = ?", id)
	return place, err
}

// Near refuses agencies that are not there, and those that share no province with a place on a day: what is done at a
// place is led and helped by agencies of the place, of what lies around it, or of its neighbours. An empty id is no agency;
// where the place is empty, nothing is refused but what is not there.
func Near(ctx context.Context, q *db.Q, place string, on clock.Date, ids ...string) error {
	for _, id := range ids {
		if id == "" {
			continue
		}
		seat, err := SeatOf(ctx, q, id)
		if err == nil && seat == "" {
			err = fault.New(fault.NotFound, "This agency is not there.")
		}
		if err != nil {
			return err
		}
		if place == "" {
			continue
		}
		near, err := account.Together(ctx, q, place, seat, on)
		if err == nil && !near {
			err = fault.New(fault.Invalid, "This agency serves another province.")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
