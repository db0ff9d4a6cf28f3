// Package audit writes down who did what to what and when, in a log that cannot be changed in silence.
//
// It promises that an entry exists exactly when the change it speaks of was committed; that an entry holds ids and a
// keyed digest and never personal data, so that a person can be forgotten and the log stays whole; that every entry is
// sealed into a chain of SHA-256 hashes within seconds; and that Verify names every entry that was changed, removed or
// moved after that, and the cutting off of the end up to the last head that was written down outside. A chain that
// only its owner can check proves little: the head is printed in every edition and mailed out every day.
package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"time"

	"thuoc/internal/db"
)

// Log writes entries.
type Log struct{ key []byte }

// keySize is the least length of the key, that of the digest.
const keySize = sha256.Size

// New makes a log with the key of its digests: at least 32 random bytes that are kept outside the database.
func New(key []byte) (*Log, error) {
	if len(key) < keySize {
		return nil, fmt.Errorf("audit: the key has %d bytes, %d are needed", len(key), keySize)
	}
	return &Log{key: key}, nil
}

// Entry is one thing done.
type Entry struct {
	Actor   string // who: the id of an account, or "system"
	Action  string // what: noun.verb, "edition.publish"
	Object  string // to what: an id, or kind:id
	Content []byte // what was written, in a form that can be made again; only its keyed digest is kept
}

// signal is the topic that wakes the sealer of this process.
const signal = "audit"

// Append adds an entry to the transaction that makes the change.
func (l *Log) Append(ctx context.Context, q *db.Q, e Entry) error {
	for _, f := range []struct{ name, value string }{{"actor", e.Actor}, {"action", e.Action}, {"object", e.Object}} {
		if !impersonal(f.value) {
			return fmt.Errorf("audit: the %s of an entry must be an id and nothing of a person", f.name)
		}
	}
	id := q.NewID()
	_, err := q.Exec(ctx, "INSERT INTO audit (id, at, actor, action, object, digest) VALUES (?, ?, ?, ?, ?, ?)",
		id, q.Now(), e.Actor, e.Action, e.Object, l.digest(id, e.Content))
	q.Signal(signal)
	return err
}

var (
	idPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,79}$`)
	hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
	longNumber  = regexp.MustCompile(`[0-9]{9}`) // a telephone number, an identity card
)

// impersonal tells whether a text is made of ids: it has no blank, no @, no capital and no Vietnamese letter as a name
// or an address has, and no long number that is not part of a made id.
func impersonal(text string) bool {
	for part := range strings.SplitSeq(text, ":") {
		if db.ValidID(part) || hashPattern.MatchString(part) {
			continue
		}
		if !idPattern.MatchString(part) || longNumber.MatchString(part) {
			return false
		}
	}
	return true
}

// digest is HMAC-SHA-256 over the entry's id and the content. The id makes the digests of equal contents differ, so
// that a log does not tell who shares a telephone number.
func (l *Log) digest(id string, content []byte) []byte {
	h := hmac.New(sha256.New, l.key)
	h.Write([]byte(id + ":"))
	h.Write(content)
	return h.Sum(nil)
}

// Confirms tells whether an entry was written about exactly this content.
func (l *Log) Confirms(r Row, content []byte) bool {
	return hmac.Equal(r.Digest, l.digest(r.ID, content))
}

// Row is an entry as it stands in the log.
type Row struct {
	ID     string    `db:"id"`
	At     time.Time `db:"at"`
	Actor  string    `db:"actor"`
	Action string    `db:"action"`
	Object string    `db:"object"`
	Digest []byte    `db:"digest"`
	Seq    *int64    `db:"seq"` // the place in the chain; nil until it is sealed
	Hash   []byte    `db:"hash"`
}

const columns = "id, at, actor, action, object, digest, seq, hash"

// Filter narrows what List gives; an empty field does not.
type Filter struct {
	Actor, Action, Object string
	Before                string // the id of the last entry of the page before
	Limit                 int
}

// List gives entries, the newest first.
func List(ctx context.Context, q *db.Q, f Filter) ([]Row, error) {
	where, args := []string{"1 = 1"}, []any{}
	for _, c := range []struct{ test, value string }{
		{"actor = ?", f.Actor}, {"action = ?", f.Action}, {"object = ?", f.Object}, {"id < ?", f.Before},
	} {
		if c.value != "" {
			where, args = append(where, c.test), append(args, c.value)
		}
	}
	return db.All[Row](ctx, q, "SELECT "+columns+" FROM audit WHERE "+strings.Join(where, " AND ")+" ORDER BY id DESC LIMIT ?",
		append(args, f.Limit)...)
}

// Unsealed counts the entries that wait for the sealer.
func Unsealed(ctx context.Context, q *db.Q) (int, error) {
	return db.One[int](ctx, q, "SELECT count(*) FROM audit WHERE seq IS NULL")
}
