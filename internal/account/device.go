package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Device is a telephone that may act for its owner without signing in each time.
type Device struct {
	ID    string    `db:"id"`
	User  string    `db:"user_id"`
	Label string    `db:"label"` // as its owner calls it
	Added time.Time `db:"added"`
	Seen  time.Time `db:"seen"` // last used, to the hour
}

const (
	deviceIdle  = 90 * 24 * time.Hour // a device not used for so long is refused
	deviceTouch = time.Hour
)

// OfferDevice gives the actor a link to open on their telephone. The link alone grants nothing: on the telephone they
// prove who they are. It needs Fresh.
func (s *Store) OfferDevice(ctx context.Context, a Actor) (link string, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, OwnAccount, a.User); err != nil {
			return err
		}
		if link, err = s.newLink(ctx, q, a.User, ForDevice); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, sendLink, a.User, ForDevice)
	})
	return link, err
}

// longestLabel is in characters.
const longestLabel = 60

// checkLabel gives the name of a device or a passkey in the form that is kept.
func checkLabel(label string) (string, error) {
	label = strings.Join(strings.Fields(label), " ")
	if n := utf8.RuneCountInString(label); n > 0 && n <= longestLabel {
		return label, nil
	}
	return "", fault.Batch([]fault.Item{{Field: "label", What: fault.T("The device has no name, or too long a one."),
		Remedy: fault.T("Give it a name of at most %d characters by which you will know it.", longestLabel)}})
}

// DeviceRequest is what a telephone sends to be enrolled.
type DeviceRequest struct {
	Link     string // the token of OfferDevice's link
	Password string // of the link's owner
	Code     string // of their authenticator app, where they have one
	Label    string
	From     Client
}

// EnrolDevice makes a device out of a link and the proof of its owner, and gives the device's token.
func (s *Store) EnrolDevice(ctx context.Context, r DeviceRequest) (token string, err error) {
	if r.Label, err = checkLabel(r.Label); err != nil {
		return "", err
	}
	l, err := s.Link(ctx, r.Link)
	if err != nil {
		return "", err
	}
	if l.Purpose != ForDevice {
		return "", fault.New(fault.Invalid, "This link is for something else.")
	}
	if err := s.tryAgain(ctx, Actor{User: l.User}, r.From); err != nil {
		return "", err
	}
	right, _, err := s.rightPassword(ctx, l.User, r.Password)
	if err != nil {
		return "", err
	}
	var refused error
	err = s.db.Update(ctx, func(q *db.Q) (err error) {
		if refused = nil; !right {
			refused = fault.New(fault.Invalid, "That was not right. Try again.")
			return s.refused(ctx, q, l.User)
		}
		if refused, err = s.secondStep(ctx, q, l.User, Credentials{Code: r.Code, From: r.From}); err != nil || refused != nil {
			return err
		}
		token, err = s.enrol(ctx, q, l.User, r)
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return "", err
	}
	return token, nil
}

// enrol uses the link up and writes the device.
func (s *Store) enrol(ctx context.Context, q *db.Q, user string, r DeviceRequest) (token string, err error) {
	if err := standing(ctx, q, user, Active); err != nil {
		return "", err
	}
	if err := s.useLink(ctx, q, r.Link); err != nil {
		return "", err
	}
	if err := s.forget(ctx, q, ofAccount(user)); err != nil {
		return "", err
	}
	if err := s.takeBack(ctx, q, ofAddress(r.From.Address)); err != nil {
		return "", err
	}
	token, kept, err := s.token()
	if err != nil {
		return "", err
	}
	id := q.NewID()
	if _, err := q.Exec(ctx, "INSERT INTO device (id, token, user_id, label, added, seen) VALUES (?, ?, ?, ?, ?, ?)",
		id, kept, user, r.Label, q.Now(), q.Now()); err != nil {
		return "", err
	}
	return token, s.audit(ctx, q, user, addDevice, id, nil)
}

// DeviceActor gives who a device's token stands for. Such an actor is never Fresh. A token that is not of an enrolled
// device of an active account is ErrSignedOut.
func (s *Store) DeviceActor(ctx context.Context, token string) (a Actor, err error) {
	var d Device
	err = s.db.View(ctx, func(q *db.Q) (err error) {
		var ok bool
		d, ok, err = db.Maybe[Device](ctx, q, `SELECT d.id, d.user_id, d.label, d.added, d.seen FROM device d
			JOIN account a ON a.id = d.user_id WHERE d.token = ? AND a.state = ?`, digest(token), Active)
		if err != nil {
			return err
		}
		if !ok || q.Now().Sub(d.Seen) >= deviceIdle {
			return signedOut()
		}
		a = Actor{User: d.User, Device: d.ID, Day: today(q.Now())}
		a.Grants, err = grantsInForce(ctx, q, d.User, a.Day)
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	if s.now().Sub(d.Seen) < deviceTouch {
		return a, nil
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		_, err := q.Exec(ctx, "UPDATE device SET seen = ? WHERE id = ? AND seen < ?", q.Now(), d.ID, q.Now())
		return err
	})
	if fault.KindOf(err) == fault.Busy {
		err = nil
	}
	return a, err
}

// Devices gives an account's devices, the last used first: one's own, or an administrator anybody's.
func (s *Store) Devices(ctx context.Context, a Actor, user string) (all []Device, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, ownOr(a, user, ChangeUser), Subject{User: user}); err != nil {
			return err
		}
		all, err = db.All[Device](ctx, q, `SELECT d.id, d.user_id, d.label, d.added, d.seen FROM device d
			WHERE d.user_id = ? ORDER BY d.seen DESC, d.id`, user)
		return err
	})
	return all, err
}

// RevokeDevice refuses a device from now on: one's own, or an administrator anybody's.
func (s *Store) RevokeDevice(ctx context.Context, a Actor, id string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		user, ok, err := db.Maybe[string](ctx, q, "SELECT user_id FROM device WHERE id = ?", id)
		if err != nil {
			return err
		}
		if !ok || a.May(ctx, q, ownOr(a, user, ChangeUser), Subject{User: user}) != nil {
			return fault.New(fault.NotFound, "This device was revoked already.")
		}
		if _, err := q.Exec(ctx, "DELETE FROM device WHERE id = ?", id); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, removeDevice, id, nil)
	})
}
