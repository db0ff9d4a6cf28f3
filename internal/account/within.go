package account

import (
	"context"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Within is that a place lies within another from a day to a day; Until is the last day, zero while it has no end.
type Within struct {
	Place, Ancestor string
	Since, Until    clock.Date
}

// PutWithinAll writes down many at once, as PutWithin does one; what is written down already stays as it is. A call
// takes no more than some thousand.
func PutWithinAll(ctx context.Context, q *db.Q, list []Within) error {
	if len(list) == 0 {
		return nil
	}
	var args []any
	for _, w := range list {
		args = append(args, w.Place, w.Ancestor, w.Since, w.Until)
	}
	_, err := q.Exec(ctx, "INSERT INTO within (place, ancestor, since, until) VALUES "+
		strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?),", len(list)), ",")+" ON CONFLICT (place, ancestor, since) DO NOTHING", args...)
	return err
}

// EndWithin writes down the last day on which a place lay within others: all of them that have no end yet.
func EndWithin(ctx context.Context, q *db.Q, place string, until clock.Date) error {
	_, err := q.Exec(ctx, "UPDATE within SET until = ? WHERE place = ? AND until IS NULL", until, place)
	return err
}

// Together tells whether two places are one on a day, or lie in one, or one in the other: whether they share a province.
func Together(ctx context.Context, q *db.Q, a, b string, on clock.Date) (bool, error) {
	const around = "SELECT CAST(? AS TEXT) AS place UNION SELECT ancestor FROM within WHERE place = ? AND since <= ? AND (until IS NULL OR until >= ?)"
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM ("+around+") AS a JOIN ("+around+") AS b ON a.place = b.place", a, a, on, on, b, b, on, on)
	return n > 0, err
}
