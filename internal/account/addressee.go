package account

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Addressee is somebody whom the house writes to about a thing. Name and Email are personal data: they go into the letter
// and nowhere else.
type Addressee struct {
	User  string `db:"user_id"`
	Name  string `db:"name"`
	Email string `db:"email"` // "" = none is known
}

// AddresseeOf gives how somebody is written to, and whether anything is known of them still.
func AddresseeOf(ctx context.Context, q *db.Q, user string) (a Addressee, ok bool, err error) {
	return db.Maybe[Addressee](ctx, q, "SELECT p.user_id, p.name, coalesce(p.email, '') AS email FROM person p WHERE p.user_id = ?", user)
}

// Addressees gives the people who hold one of some roles over a thing on a day, in a fixed order: by a grant of its
// agency, or by one of its place. With around, a grant of any place that holds its place counts too: the province's for
// a commune. Only people who have taken up their accounts are there.
func Addressees(ctx context.Context, q *db.Q, day clock.Date, on Subject, around bool, roles ...Role) ([]Addressee, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	args := []any{Active, day, day}
	for _, r := range roles {
		args = append(args, r)
	}
	over := "(g.agency <> '' AND g.agency = ?) OR (g.place <> '' AND g.place = ?)"
	args = append(args, on.Agency, on.Place)
	if around {
		over += ` OR g.place IN (SELECT w.ancestor FROM within w WHERE w.place = ? AND w.since <= ? AND (w.until IS NULL OR w.until >= ?))`
		args = append(args, on.Place, day, day)
	}
	return db.All[Addressee](ctx, q, `SELECT DISTINCT a.id AS user_id, p.name, coalesce(p.email, '') AS email
		FROM role_grant g JOIN account a ON a.id = g.user_id JOIN person p ON p.user_id = a.id
		WHERE a.state = ? AND g.revoked IS NULL AND g.since <= ? AND (g.until IS NULL OR g.until >= ?)
		AND g.role IN (`+db.Marks(len(roles))+") AND ("+over+") ORDER BY a.id", args...)
}
