package mail

import (
	"context"
	"time"

	"thuoc/internal/db"
)

// State is how the queue stands, for the page of an administrator.
type State struct {
	Waiting int       `db:"waiting"` // letters not sent yet
	Oldest  time.Time `db:"oldest"`  // since when the longest waiting one waits; zero when none does
}

// Look counts the letters.
func Look(ctx context.Context, q *db.Q) (State, error) {
	return db.One[State](ctx, q, "SELECT count(*) AS waiting, min(added) AS oldest FROM mail WHERE sent IS NULL")
}

// LastSent gives when a letter whose key begins so was last sent: zero when none was, or none is remembered any more.
func LastSent(ctx context.Context, q *db.Q, prefix string) (time.Time, error) {
	return db.One[time.Time](ctx, q, "SELECT max(sent) FROM mail WHERE substr(key, 1, ?) = ?", len(prefix), prefix)
}
