package account

import (
	"context"
	"encoding/json"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// A ceremony is something that takes two steps with the person's browser between them. What the second step must match is
// kept here under a token that the browser holds, and is used once, whatever comes of it.

// ceremonyLasts is how long the person may take.
const ceremonyLasts = 5 * time.Minute

// newCeremony keeps the first half and gives its token. Halves that nobody came back to are removed on the way.
func (s *Store) newCeremony(ctx context.Context, q *db.Q, kind, user string, data any) (handle string, err error) {
	if _, err := q.Exec(ctx, "DELETE FROM ceremony WHERE ends <= ?", q.Now()); err != nil {
		return "", err
	}
	b, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	handle, kept, err := s.token()
	if err != nil {
		return "", err
	}
	_, err = q.Exec(ctx, "INSERT INTO ceremony (token, kind, user_id, data, ends) VALUES (?, ?, ?, ?, ?)",
		kept, kind, user, string(b), q.Now().Add(ceremonyLasts))
	return handle, err
}

// takeCeremony gives the first half back and removes it, in a transaction of its own. user is "" of one that was begun by
// nobody; it must be the one who comes back.
func (s *Store) takeCeremony(ctx context.Context, kind, user, handle string, data any) error {
	var text string
	err := s.db.Update(ctx, func(q *db.Q) error {
		row, ok, err := db.Maybe[struct {
			User string    `db:"user_id"`
			Data string    `db:"data"`
			Ends time.Time `db:"ends"`
		}](ctx, q, "SELECT user_id, data, ends FROM ceremony WHERE token = ? AND kind = ?", digest(handle), kind)
		if err != nil {
			return err
		}
		if !ok || row.User != user || !q.Now().Before(row.Ends) {
			return fault.New(fault.Gone, "This took too long, or was done already. Begin again.")
		}
		text = row.Data
		_, err = q.Exec(ctx, "DELETE FROM ceremony WHERE token = ?", digest(handle))
		return err
	})
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), data)
}
