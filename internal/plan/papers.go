package plan

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Papers gives the plans of a year that a place, or what lay in it at the year's end, has issued, in the order of their ids.
func Papers(ctx context.Context, q *db.Q, place string, year int) ([]Head, error) {
	end := clock.Date{Year: year, Month: 12, Day: 31}
	return db.All[Head](ctx, q, "SELECT "+planColumns+` FROM plan WHERE year <= ? AND until >= ? AND state IN (?, ?, ?)
		AND (place = ? OR place IN (SELECT w.place FROM within w WHERE w.ancestor = ? AND w.since <= ? AND (w.until IS NULL OR w.until >= ?))) ORDER BY id`,
		year, year, Issued, Revised, Closed, place, place, end, end)
}
