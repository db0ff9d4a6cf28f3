package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Purpose is what a link is for.
type Purpose string

// The purposes.
const (
	ForInvitation Purpose = "invite" // to set the first password
	ForReset      Purpose = "reset"  // to set another one
	ForDevice     Purpose = "device" // to enrol a telephone, by its owner, who proves who they are on it
)

// lasts is how long a link of each purpose can be used.
var lasts = map[Purpose]time.Duration{ForInvitation: 7 * 24 * time.Hour, ForReset: time.Hour, ForDevice: 10 * time.Minute}

// paths are where the doors take links of each purpose; the token follows.
var paths = map[Purpose]string{ForInvitation: "/app/loi-moi/", ForReset: "/app/dat-lai-mat-khau/", ForDevice: "/app/thiet-bi/"}

// A link's token is 16 random bytes, the second it ends in 8, and the HMAC of both: one that was made up or altered is
// refused without asking the database.
const (
	linkRandom = 16
	linkSize   = linkRandom + 8 + sha256.Size
)

// newLink makes a link for an account and forgets the unused ones of that purpose: the newest alone works.
func (s *Store) newLink(ctx context.Context, q *db.Q, user string, p Purpose) (address string, err error) {
	b := make([]byte, linkRandom, linkSize)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "", fmt.Errorf("account: %w", err)
	}
	ends := q.Now().Add(lasts[p]).Truncate(time.Second)
	kept := digest(string(b))
	b = binary.BigEndian.AppendUint64(b, uint64(ends.Unix()))
	b = append(b, mac(s.keys.link, string(b))...)
	if _, err := q.Exec(ctx, "DELETE FROM link WHERE user_id = ? AND purpose = ? AND used IS NULL", user, p); err != nil {
		return "", err
	}
	if _, err := q.Exec(ctx, "INSERT INTO link (token, user_id, purpose, ends) VALUES (?, ?, ?, ?)", kept, user, p, ends); err != nil {
		return "", err
	}
	return s.base + paths[p] + base64.RawURLEncoding.EncodeToString(b), nil
}

// readLink gives what the database knows a token by.
func (s *Store) readLink(token string) (kept []byte, ends time.Time, err error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != linkSize || !hmac.Equal(b[linkRandom+8:], mac(s.keys.link, string(b[:linkRandom+8]))) {
		return nil, ends, fault.New(fault.NotFound, "This link is not one of ours, or not all of it was copied. Copy it again from the letter.")
	}
	ends = time.Unix(int64(binary.BigEndian.Uint64(b[linkRandom:])), 0)
	return digest(string(b[:linkRandom])), ends, nil
}

// Link is what a page shows of a link before it is used.
type Link struct {
	Purpose Purpose
	User    string
	Ends    time.Time
	Person  Person // whose it is
}

// Link looks at a link without using it. Opening it alone changes and grants nothing: mail scanners open links.
func (s *Store) Link(ctx context.Context, token string) (l Link, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		l, err = s.openLink(ctx, q, token)
		return err
	})
	return l, err
}

// openLink gives a link that can be used now, or says in words why it cannot.
func (s *Store) openLink(ctx context.Context, q *db.Q, token string) (l Link, err error) {
	kept, ends, err := s.readLink(token)
	if err != nil {
		return Link{}, err
	}
	row, ok, err := db.Maybe[struct {
		Purpose Purpose   `db:"purpose"`
		User    string    `db:"user_id"`
		Used    time.Time `db:"used"`
	}](ctx, q, "SELECT purpose, user_id, used FROM link WHERE token = ?", kept)
	switch {
	case err != nil:
		return Link{}, err
	case ok && !row.Used.IsZero():
		return Link{}, fault.New(fault.Gone, "This link was used already. Sign in, or ask for a new one.")
	case !q.Now().Before(ends):
		return Link{}, fault.New(fault.Gone, "This link has expired. Ask for a new one.")
	case !ok:
		return Link{}, fault.New(fault.Gone, "This link was replaced by a newer one or taken back. Use the newest letter, or ask for a new link.")
	}
	p, err := maybePerson(ctx, q, row.User)
	return Link{Purpose: row.Purpose, User: row.User, Ends: ends, Person: p}, err
}

// useLink marks a link as used; of two who use it at once, one does.
func (s *Store) useLink(ctx context.Context, q *db.Q, token string) error {
	kept, _, err := s.readLink(token)
	if err != nil {
		return err
	}
	n, err := q.Exec(ctx, "UPDATE link SET used = ? WHERE token = ? AND used IS NULL", q.Now(), kept)
	if err == nil && n == 0 {
		err = fault.New(fault.Gone, "This link was used already. Sign in, or ask for a new one.")
	}
	return err
}
