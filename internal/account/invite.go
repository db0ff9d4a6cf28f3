package account

import (
	"context"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
)

// Invitation asks somebody into the house with the roles they will hold.
type Invitation struct {
	Person
	Grants []Grant // User and ID are set by Invite
}

// Faults names everything that is wrong with an invitation in itself; Invite refuses it then.
func (in Invitation) Faults() []fault.Item {
	_, faults := in.Person.check()
	for _, g := range in.Grants {
		faults = append(faults, g.check()...)
	}
	return faults
}

// Invite makes an account and the link with which its person sets a password. The link goes out by mail where there is
// an address, and is given back so that a screen can show it. Every fault of the form is named at once. It needs Fresh.
func (s *Store) Invite(ctx context.Context, a Actor, in Invitation) (user, link string, err error) {
	if err := fault.Batch(in.Faults()); err != nil {
		return "", "", err
	}
	p, _ := in.Person.check()
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, InviteUser, ""); err != nil {
			return err
		}
		if len(in.Grants) > 0 {
			if err := a.May(ctx, q, GrantRole, Subject{}); err != nil {
				return err
			}
		}
		user = q.NewID()
		if _, err := q.Exec(ctx, "INSERT INTO account (id, state, added) VALUES (?, ?, ?)", user, Invited, q.Now()); err != nil {
			return err
		}
		if err := putPerson(ctx, q, user, p); err != nil {
			return err
		}
		if err := s.audit(ctx, q, a.User, InviteUser, user, p); err != nil {
			return err
		}
		for _, g := range in.Grants {
			g.User = user
			if _, err := s.putGrant(ctx, q, a, g); err != nil {
				return err
			}
		}
		link, err = s.send(ctx, q, user, p, ForInvitation)
		return err
	})
	return user, link, err
}

// First invites an administrator from the console: the first one, or another when all have lost their way in.
func (s *Store) First(ctx context.Context, p Person) (link string, err error) {
	day := today(s.now())
	_, link, err = s.Invite(ctx, Program("operator", day), Invitation{Person: p, Grants: []Grant{{Role: Administrator, Since: day}}})
	return link, err
}

// SendLink makes a new link for somebody who lost theirs: an invitation for an account that waits for its person, a
// reset for one that is active. It goes out by mail and is given back. Nobody sends one to themselves: that is
// RequestReset. It needs Fresh.
func (s *Store) SendLink(ctx context.Context, a Actor, user string) (link string, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, ChangeUser, user); err != nil {
			return err
		}
		if err := standing(ctx, q, user, Invited, Active); err != nil {
			return err
		}
		state, err := db.One[State](ctx, q, "SELECT state FROM account WHERE id = ?", user)
		if err != nil {
			return err
		}
		p, err := maybePerson(ctx, q, user)
		if err != nil {
			return err
		}
		purpose := ForInvitation
		if state == Active {
			purpose = ForReset
		}
		if link, err = s.send(ctx, q, user, p, purpose); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, ChangeUser, user, purpose)
	})
	return link, err
}

// RequestReset sends a reset link to whoever asks for one, if they have an active account with an e-mail address. Nothing
// it returns tells whether they have. Asking often from one address or for one login must wait.
func (s *Store) RequestReset(ctx context.Context, login string, from Client) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		user, err := findLogin(ctx, q, login)
		if err != nil {
			return err
		}
		if err := s.tryOnce(ctx, q, ofReset(user, login), ofAddress(from.Address)); err != nil {
			return err
		}
		state, known, err := db.Maybe[State](ctx, q, "SELECT state FROM account WHERE id = ?", user)
		if err != nil || !known || state != Active {
			return err
		}
		p, err := maybePerson(ctx, q, user)
		if err != nil || p.Email == "" {
			return err
		}
		if _, err := s.send(ctx, q, user, p, ForReset); err != nil {
			return err
		}
		return s.audit(ctx, q, user, OwnAccount, user, ForReset)
	})
}

// send makes a link and, where there is an address, the letter that brings it.
func (s *Store) send(ctx context.Context, q *db.Q, user string, p Person, purpose Purpose) (link string, err error) {
	if link, err = s.newLink(ctx, q, user, purpose); err != nil || p.Email == "" {
		return link, err
	}
	return link, mail.Queue(ctx, q, s.letter(p, link, purpose, q.Now().Add(lasts[purpose])))
}

// letter writes the letter of a link, in Vietnamese and then in English.
func (s *Store) letter(p Person, link string, purpose Purpose, ends time.Time) mail.Letter {
	until := fault.T("%s on %s", ends.In(job.VietnamTime).Format("15:04"), today(ends))
	subject := fault.T("%s: your account", s.name)
	body := fault.T("Dear %s,\n\nyou were given an account of %s. Open this link to set your password:\n\n%s\n\n"+
		"The link works once, until %s (Vietnam time). Your name for signing in: %s\n\n"+
		"If this letter is not meant for you, leave it: nothing happens.\n", p.Name, s.name, link, until, p.Login())
	if purpose == ForReset {
		subject = fault.T("%s: set a new password", s.name)
		body = fault.T("Dear %s,\n\nsomebody asked to set a new password for your account of %s. If it was you, open this link:\n\n%s\n\n"+
			"The link works once, until %s (Vietnam time).\n\nIf it was not you, leave it: your password stays as it is.\n",
			p.Name, s.name, link, until)
	}
	vi, en := lang.Translate(lang.Vi, subject), lang.Translate(lang.En, subject)
	return mail.Letter{To: p.Email, Subject: vi + " / " + en,
		Body: lang.Translate(lang.Vi, body) + "\n----\n\n" + lang.Translate(lang.En, body)}
}

// Accept sets the password that a link of invitation or reset is for, and uses the link up. An invited account becomes
// active; a reset ends every session and forgets devices and failed tries. The person then signs in.
func (s *Store) Accept(ctx context.Context, token, plain string) error {
	l, err := s.Link(ctx, token)
	if err == nil {
		err = s.checkPassword(l.Person, plain)
	}
	if err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, plain)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		l, err := s.openLink(ctx, q, token)
		if err != nil {
			return err
		}
		if err := s.useLink(ctx, q, token); err != nil {
			return err
		}
		return s.accepted(ctx, q, l, hash)
	})
}

// accepted writes what using a link brings.
func (s *Store) accepted(ctx context.Context, q *db.Q, l Link, hash string) error {
	switch l.Purpose {
	case ForInvitation:
		if err := standing(ctx, q, l.User, Invited); err != nil {
			return err
		}
		if err := s.setState(ctx, q, Actor{User: l.User}, OwnAccount, l.User, Active); err != nil {
			return err
		}
	case ForReset:
		if err := standing(ctx, q, l.User, Active); err != nil {
			return err
		}
		if err := remove(ctx, q, l.User, "session", "device"); err != nil {
			return err
		}
		if err := s.forget(ctx, q, ofAccount(l.User)); err != nil {
			return err
		}
		if err := s.tell(ctx, q, l.User, fault.T("Your password was changed.")); err != nil {
			return err
		}
	default:
		return fault.New(fault.Invalid, "This link is for something else.")
	}
	return s.putPassword(ctx, q, l.User, hash)
}
