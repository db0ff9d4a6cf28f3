package draft

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// sentFor is how long a form that was done is remembered, and so how long a key is good for: a page may stay open over
// a long week-end.
const sentFor = 7 * 24 * time.Hour

// Form is one copy of a form, as it was given to somebody.
type Form struct {
	User    string // whose it is
	Address string // where it stands
	key     []byte
}

// Key makes the key of a copy of a form that is given to a person. It is random, signed, and says whose the copy is: so
// what comes back with it can be kept for them even when they are signed in no longer, and nobody can make one up.
func (s *Store) Key(user, address string) string {
	plain := strings.Join([]string{rand.Text(), s.db.Now().UTC().Format(time.RFC3339), user, address}, " ")
	return base64.RawURLEncoding.EncodeToString(append(s.mac(plain), plain...))
}

func (s *Store) mac(plain string) []byte {
	h := hmac.New(sha256.New, s.sign)
	h.Write([]byte(plain))
	return h.Sum(nil)
}

// Read gives the copy of a form that a key belongs to.
func (s *Store) Read(key string) (Form, error) {
	b, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || len(b) < sha256.Size || !hmac.Equal(b[:sha256.Size], s.mac(string(b[sha256.Size:]))) {
		return Form{}, fault.New(fault.Invalid, "This form is not one of ours. Load the page again.")
	}
	part := strings.SplitN(string(b[sha256.Size:]), " ", 4)
	if len(part) != 4 {
		return Form{}, fault.New(fault.Invalid, "This form is not whole. Load the page again.")
	}
	given, err := time.Parse(time.RFC3339, part[1])
	f := Form{User: part[2], Address: part[3], key: b[:sha256.Size]}
	if err != nil || s.db.Now().Sub(given) > sentFor {
		return f, fault.New(fault.Gone, "This form was opened more than a week ago. Load the page again; what you entered is kept.")
	}
	return f, nil
}

// sending is how a copy of a form stands.
type sending struct {
	Done     bool   `db:"done"`
	Location string `db:"location"`
}

// patience is how long a second sending waits for the first to end, and pause how often it looks.
const (
	patience = 5 * time.Second
	pause    = 50 * time.Millisecond
)

// Once does what a form asks for unless this copy of it was done already, and gives the address to go to then. When do
// fails, the copy may be sent again. A copy sent twice at the same time is done once, and the second gets the first's
// address; one whose first sending was cut off is a Conflict, because nobody knows how far it came. An error beside an
// address means that it was done, and that this could not be written down.
func (s *Store) Once(ctx context.Context, f Form, do func() (location string, err error)) (location string, err error) {
	before, first, err := s.claim(ctx, f)
	if err != nil {
		return "", err
	}
	if !first {
		return s.await(ctx, f, before)
	}
	location, err = do()
	// The outcome must be written down although the person has gone away meanwhile.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		// When even this fails the copy stays claimed, and a second sending is told that the outcome is not known.
		return "", errors.Join(err, s.db.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, "DELETE FROM sending WHERE key = ?", f.key)
			return err
		}))
	}
	return location, s.db.Update(ctx, func(q *db.Q) error {
		if _, err := q.Exec(ctx, "UPDATE sending SET done = 1, location = ? WHERE key = ?", location, f.key); err != nil {
			return err
		}
		_, err := q.Exec(ctx, "DELETE FROM draft WHERE user_id = ? AND address = ?", f.User, f.Address)
		return err
	})
}

// claim writes that a copy is being done; of two who try, one is the first.
func (s *Store) claim(ctx context.Context, f Form) (before sending, first bool, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		n, err := q.Exec(ctx, `INSERT INTO sending (key, user_id, began, done, location) VALUES (?, ?, ?, 0, '')
			ON CONFLICT (key) DO NOTHING`, f.key, f.User, q.Now())
		if first = n == 1; err != nil || first {
			return err
		}
		before, err = db.One[sending](ctx, q, "SELECT done, location FROM sending WHERE key = ?", f.key)
		return err
	})
	return before, first, err
}

// await waits for the first sending of a copy.
func (s *Store) await(ctx context.Context, f Form, now sending) (string, error) {
	for waited := time.Duration(0); !now.Done; waited += pause {
		if waited >= patience {
			return "", fault.New(fault.Conflict, "This form was sent once before and its outcome is not known. Look whether it took effect before you send it again.")
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(pause):
		}
		err := s.db.View(ctx, func(q *db.Q) error {
			var err error
			now, err = db.One[sending](ctx, q, "SELECT done, location FROM sending WHERE key = ?", f.key)
			return err
		})
		if fault.KindOf(err) == fault.NotFound { // it failed and was released: this one may try
			return "", fault.New(fault.Conflict, "The same form was sent twice and the first was refused. Look at what was said there, then send it again.")
		}
		if err != nil {
			return "", err
		}
	}
	return now.Location, nil
}
