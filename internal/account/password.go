package account

import (
	"context"

	"thuoc/internal/account/password"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// checkPassword names what is wrong with a new password of a person.
func (s *Store) checkPassword(p Person, plain string) error {
	return fault.Batch(password.Check(plain, p.Name, p.Email, p.Phone))
}

// putPassword keeps a hash and writes the audit.
func (s *Store) putPassword(ctx context.Context, q *db.Q, user, hash string) error {
	if _, err := q.Exec(ctx, `INSERT INTO password (user_id, hash, changed) VALUES (?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed = excluded.changed`, user, hash, q.Now()); err != nil {
		return err
	}
	return s.audit(ctx, q, user, setPassword, user, nil)
}

// ChangePassword sets the actor's own password. It asks for the one before; whoever has none must be Fresh. Every other
// session ends, and this one goes on under the token given back.
func (s *Store) ChangePassword(ctx context.Context, a Actor, before, plain string, from Client) (token string, fresh Actor, err error) {
	var p Person
	err = s.db.View(ctx, func(q *db.Q) (err error) {
		if err = a.May(ctx, q, OwnAccount, Subject{User: a.User}); err == nil {
			p, err = maybePerson(ctx, q, a.User)
		}
		return err
	})
	if err == nil {
		err = s.checkPassword(p, plain)
	}
	if err == nil {
		err = s.tryAgain(ctx, a, from)
	}
	if err != nil {
		return "", Actor{}, err
	}
	right, has, err := s.rightPassword(ctx, a.User, before)
	if err == nil && has && !right {
		err = fault.Batch([]fault.Item{{Field: "before", What: fault.T("This is not your password."), Remedy: fault.T("Type the one you sign in with now.")}})
	}
	if err == nil && !has {
		err = Fresh(a, s.now())
	}
	if err != nil {
		return "", Actor{}, err
	}
	hash, err := s.hasher.hash(ctx, plain)
	if err != nil {
		return "", Actor{}, err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.putPassword(ctx, q, a.User, hash); err != nil {
			return err
		}
		if err := s.tell(ctx, q, a.User, fault.T("Your password was changed.")); err != nil {
			return err
		}
		if err := s.endOthers(ctx, q, a, a.User); err != nil {
			return err
		}
		token, fresh, err = s.proven(ctx, q, a, from)
		return err
	})
	return token, fresh, err
}
