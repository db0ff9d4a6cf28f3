package account

import (
	"context"

	"thuoc/internal/db"
)

// Whole gives the actor with every grant in force on their day, also those they have switched away from: for rules that
// ask who somebody is and not as what they act, such as that nobody judges their own.
func (a Actor) Whole(ctx context.Context, q *db.Q) (Actor, error) {
	if a.program {
		return a, nil
	}
	all, err := grantsInForce(ctx, q, a.User, a.Day)
	a.Narrowed, a.Grants = "", append(all, a.Grants...)
	return a, err
}
