package account

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"thuoc/internal/account/password"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/job"
)

// Options hand in what the store needs of the outside.
type Options struct {
	DB     *db.DB
	Log    *audit.Log
	Now    func() time.Time // nil: the clock of DB
	Random io.Reader        // crypto/rand.Reader, or a seeded source in tests
	Key    []byte           // at least 32 random bytes, kept outside the database: signs links, seals secrets
	Base   string           // where people reach the house, "https://thuoc.example.vn": links begin with it
	Name   string           // how it names itself in letters and authenticator apps; "" is Thước

	Idle     time.Duration // a session not used for so long is over; 0 means 8 h
	Absolute time.Duration // a session is over after so long; 0 means 7 days
	Cost     password.Cost // of passwords; zero means password.Standard
	Hashes   int           // how many passwords are worked on at once, each taking Cost.Memory; 0 means 4

	// Forget are what other nouns do, in the transaction of Erase, to remove what they keep of a person.
	Forget []func(ctx context.Context, q *db.Q, user string) error

	OIDC *OIDC // sign-in through another house; nil for none
}

// Store keeps accounts. It is safe for use by many goroutines.
type Store struct {
	db       *db.DB
	log      *audit.Log
	now      func() time.Time
	random   io.Reader
	base     string
	name     string
	idle     time.Duration
	absolute time.Duration
	hasher   *hasher
	keys     keys
	passkeys *webauthn.WebAuthn // nil where the address has no name
	provider *provider
	forgets  []func(ctx context.Context, q *db.Q, user string) error
}

// keys are the uses of the one key that is handed in, each its own (RFC 5869).
type keys struct{ link, seal, guess, identity []byte }

// New makes the store.
func New(o Options) (*Store, error) {
	if len(o.Key) < sha256.Size {
		return nil, fmt.Errorf("account: the key has %d bytes, %d are needed", len(o.Key), sha256.Size)
	}
	s := &Store{db: o.DB, log: o.Log, now: o.Now, random: &lockedReader{r: o.Random}, base: o.Base, name: o.Name,
		idle: o.Idle, absolute: o.Absolute, forgets: o.Forget}
	if s.now == nil {
		s.now = o.DB.Now
	}
	if s.name == "" {
		s.name = "Thước"
	}
	if s.idle == 0 {
		s.idle = 8 * time.Hour
	}
	if s.absolute == 0 {
		s.absolute = 7 * 24 * time.Hour
	}
	for use, key := range map[string]*[]byte{"link": &s.keys.link, "seal": &s.keys.seal, "guess": &s.keys.guess, "identity": &s.keys.identity} {
		var err error
		if *key, err = hkdf.Key(sha256.New, o.Key, nil, "thuoc account "+use, sha256.Size); err != nil {
			return nil, fmt.Errorf("account: %w", err)
		}
	}
	var err error
	if s.hasher, err = newHasher(o.Cost, o.Hashes, s.random); err != nil {
		return nil, err
	}
	if s.passkeys, err = newWebAuthn(s.base, s.name); err != nil {
		return nil, err
	}
	s.provider = newProvider(o.OIDC, s.base, s.now)
	return s, nil
}

// token makes a secret of 160 bits that somebody will hold, and what of it is kept.
func (s *Store) token() (text string, kept []byte, err error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "", nil, fmt.Errorf("account: %w", err)
	}
	text = base64.RawURLEncoding.EncodeToString(b)
	return text, digest(text), nil
}

// digest is what is kept of a token: whoever reads the database cannot sign in with it.
func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// mac is HMAC-SHA-256 over parts, each with its length, so that no two lists of parts are alike.
func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s,", len(p), p)
	}
	return h.Sum(nil)
}

// today is the day in Vietnam on which rights are asked.
func today(now time.Time) clock.Date { return clock.Of(now.In(job.VietnamTime)) }

// audit writes that the actor did something to an object; content is digested, never kept.
func (s *Store) audit(ctx context.Context, q *db.Q, actor string, do Action, object string, content any) error {
	b, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor, Action: string(do), Object: object, Content: b})
}

// Client is where a request comes from, as the door saw it.
type Client struct {
	Address netip.Addr // of the caller; the zero Addr when it is not known
	Agent   string     // what its program calls itself
}

// agent bounds what a caller can have kept of itself.
func (c Client) agent() string {
	r := []rune(c.Agent)
	return string(r[:min(len(r), 200)])
}

func (c Client) address() string {
	if !c.Address.IsValid() {
		return ""
	}
	return c.Address.Unmap().String()
}
