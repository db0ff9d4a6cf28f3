// Package draft keeps what somebody has entered and not yet sent, and sees to it that what they sent is taken once.
//
// It promises that what was entered into a form is there again when its person comes back to it, on whatever machine,
// also when they were signed out meanwhile; that nobody else can read it, not even out of a copy of the database; that
// the same form sent twice is done once; and that of a form whose sending was cut off somebody is told that its outcome
// is not known. A draft changes nothing that anybody else sees, so it is not audited.
package draft

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// The bounds of what is kept.
const (
	mostBytes  = 64 << 10            // of one draft
	mostDrafts = 50                  // of one person; the oldest give way
	keepFor    = 30 * 24 * time.Hour // a draft nobody came back to
)

// Store keeps drafts and sendings. It is safe for use by many goroutines.
type Store struct {
	db   *db.DB
	seal cipher.AEAD
	sign []byte
}

// New makes the store with a key of at least 32 random bytes that are kept outside the database.
func New(d *db.DB, key []byte) (*Store, error) {
	if len(key) < sha256.Size {
		return nil, fmt.Errorf("draft: the key has %d bytes, %d are needed", len(key), sha256.Size)
	}
	s := &Store{db: d}
	sealing, err := hkdf.Key(sha256.New, key, nil, "thuoc draft seal", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	if s.sign, err = hkdf.Key(sha256.New, key, nil, "thuoc draft sign", sha256.Size); err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	if s.seal, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	return s, nil
}

// Draft is what a form held when it was last kept.
type Draft struct {
	Values url.Values
	Saved  time.Time
}

// bound ties a sealed draft to its place, so that a row moved to another person or address opens nowhere.
func bound(user, address string) []byte { return []byte(user + " " + address) }

// Keep puts what a form of a person holds in the place of what was kept before. The address names the form.
func (s *Store) Keep(ctx context.Context, user, address string, values url.Values) error {
	plain, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("draft: %w", err)
	}
	if len(plain) > mostBytes {
		return fault.New(fault.TooLarge, "The draft is longer than %d KB and could not be kept.", mostBytes>>10)
	}
	body := s.seal.Seal(nil, nil, plain, bound(user, address))
	return s.db.Update(ctx, func(q *db.Q) error {
		_, err := q.Exec(ctx, `INSERT INTO draft (user_id, address, body, saved) VALUES (?, ?, ?, ?)
			ON CONFLICT (user_id, address) DO UPDATE SET body = excluded.body, saved = excluded.saved`, user, address, body, q.Now())
		if err != nil {
			return err
		}
		_, err = q.Exec(ctx, `DELETE FROM draft WHERE user_id = ? AND address NOT IN
			(SELECT address FROM draft WHERE user_id = ? ORDER BY saved DESC, address LIMIT ?)`, user, user, mostDrafts)
		return err
	})
}

// Find gives what was kept of a form, if anything was.
func (s *Store) Find(ctx context.Context, user, address string) (d Draft, ok bool, err error) {
	var row struct {
		Body  []byte    `db:"body"`
		Saved time.Time `db:"saved"`
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		row, ok, err = db.Maybe[struct {
			Body  []byte    `db:"body"`
			Saved time.Time `db:"saved"`
		}](ctx, q, "SELECT body, saved FROM draft WHERE user_id = ? AND address = ?", user, address)
		return err
	})
	if err != nil || !ok {
		return Draft{}, false, err
	}
	plain, err := s.seal.Open(nil, nil, row.Body, bound(user, address))
	if err != nil { // sealed with a key that is gone: as good as no draft
		return Draft{}, false, nil
	}
	if err := json.Unmarshal(plain, &d.Values); err != nil {
		return Draft{}, false, fmt.Errorf("draft: %w", err)
	}
	d.Saved = row.Saved
	return d, true, nil
}

// Drop forgets what was kept of a form.
func (s *Store) Drop(ctx context.Context, user, address string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		_, err := q.Exec(ctx, "DELETE FROM draft WHERE user_id = ? AND address = ?", user, address)
		return err
	})
}
