package account

import (
	"context"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
)

// tell writes to somebody that a way to sign in to their account has changed, so that whoever did not change it learns
// of it. Without an e-mail address there is nobody to write to.
func (s *Store) tell(ctx context.Context, q *db.Q, user string, what fault.Text) error {
	p, err := maybePerson(ctx, q, user)
	if err != nil {
		return err
	}
	return s.tellAt(ctx, q, user, p, what)
}

// tellAt is tell at an address that need not be the person's any more.
func (s *Store) tellAt(ctx context.Context, q *db.Q, user string, p Person, what fault.Text) error {
	if p.Email == "" {
		return nil
	}
	now := q.Now()
	subject := fault.T("%s: a change to how you sign in", s.name)
	body := fault.T("Dear %s,\n\n%s It was done at %s (Vietnam time), for your account of %s.\n\n"+
		"If it was you, or an administrator on your behalf, there is nothing to do.\n\n"+
		"If it was not, tell an administrator of your agency at once, and set a new password here:\n\n%s\n",
		p.Name, what, fault.T("%s on %s", now.In(job.VietnamTime).Format("15:04"), today(now)), s.name, s.base+forgotten)
	return mail.Queue(ctx, q, mail.Letter{To: p.Email, Subject: lang.Translate(lang.Vi, subject) + " / " + lang.Translate(lang.En, subject),
		Body: lang.Translate(lang.Vi, body) + "\n----\n\n" + lang.Translate(lang.En, body), Key: newsOf(user) + q.NewID()})
}

// forgotten is where somebody asks for a link to set a new password.
const forgotten = "/app/quen-mat-khau"

// newsOf begins the keys of an account's news: erasing it withdraws those that go to an address it has left, too.
func newsOf(user string) string { return "account.news " + user + " " }

// tellChanges writes that the addresses of an account that is in use were changed: to the old address, which whoever took
// the account over would have left, and to the new one.
func (s *Store) tellChanges(ctx context.Context, q *db.Q, user string, before, after Person) error {
	state, err := db.One[State](ctx, q, "SELECT state FROM account WHERE id = ?", user)
	if err != nil || state != Active {
		return err
	}
	if before.Email != after.Email {
		what := fault.T("The e-mail address of your account was changed.")
		if err := s.tellAt(ctx, q, user, before, what); err != nil {
			return err
		}
		if err := s.tellAt(ctx, q, user, after, what); err != nil {
			return err
		}
	}
	if before.Phone != after.Phone {
		return s.tellAt(ctx, q, user, before, fault.T("The telephone number of your account was changed."))
	}
	return nil
}
