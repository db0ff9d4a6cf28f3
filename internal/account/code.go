package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"

	"thuoc/internal/account/totp"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Enrolment is what a person puts into an authenticator app.
type Enrolment struct {
	Secret string // to type, base32
	URI    string // to show as a QR code
}

// BeginTOTP makes a secret for the actor's authenticator app. It counts once ConfirmTOTP has seen a code of it. It needs
// Fresh; an account that has a second step removes it first.
func (s *Store) BeginTOTP(ctx context.Context, a Actor) (e Enrolment, err error) {
	secret := make([]byte, totp.SecretSize)
	if _, err := io.ReadFull(s.random, secret); err != nil {
		return e, fmt.Errorf("account: %w", err)
	}
	sealed, err := s.seal(secret, a.User)
	if err != nil {
		return e, err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, OwnAccount, a.User); err != nil {
			return err
		}
		if has, err := hasTOTP(ctx, q, a.User); err != nil || has {
			return errors.Join(err, fault.New(fault.Conflict, "An authenticator app is set up already. Remove it first."))
		}
		p, err := maybePerson(ctx, q, a.User)
		if err != nil {
			return err
		}
		e = Enrolment{Secret: totp.Text(secret), URI: totp.URI(s.name, p.Login(), secret)}
		_, err = q.Exec(ctx, `INSERT INTO totp (user_id, secret, step) VALUES (?, ?, 0)
			ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, step = 0`, a.User, sealed)
		return err
	})
	return e, err
}

// ConfirmTOTP turns the second step on once the app shows the right code, and gives the recovery codes, which are shown
// this once.
func (s *Store) ConfirmTOTP(ctx context.Context, a Actor, code string) (recovery []string, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, OwnAccount, a.User); err != nil {
			return err
		}
		ok, err := s.matchTOTP(ctx, q, a.User, code)
		if err != nil {
			return err
		}
		if !ok {
			return codeWrong()
		}
		n, err := q.Exec(ctx, "UPDATE totp SET confirmed = ? WHERE user_id = ? AND confirmed IS NULL", q.Now(), a.User)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "An authenticator app is set up already. Remove it first.")
		}
		if err := s.audit(ctx, q, a.User, addTOTP, a.User, nil); err != nil {
			return err
		}
		if err := s.tell(ctx, q, a.User, fault.T("The second step of signing in, an authenticator app, was turned on.")); err != nil {
			return err
		}
		recovery, err = s.renewCodes(ctx, q, a.User)
		return err
	})
	return recovery, err
}

// RemoveTOTP turns the second step off, one's own, or an administrator anybody's who lost telephone and codes. It needs
// Fresh.
func (s *Store) RemoveTOTP(ctx context.Context, a Actor, user string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, ownOr(a, user, ChangeUser), user); err != nil {
			return err
		}
		if err := remove(ctx, q, user, "totp", "recovery_code"); err != nil {
			return err
		}
		if err := s.tell(ctx, q, user, fault.T("The second step of signing in, the authenticator app, was turned off.")); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, removeTOTP, user, nil)
	})
}

// RecoveryCodes makes new recovery codes for the actor; those before are worth nothing. It needs Fresh.
func (s *Store) RecoveryCodes(ctx context.Context, a Actor) (recovery []string, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, OwnAccount, a.User); err != nil {
			return err
		}
		if has, err := hasTOTP(ctx, q, a.User); err != nil || !has {
			return errors.Join(err, fault.New(fault.Conflict, "Set up an authenticator app first."))
		}
		if err := s.tell(ctx, q, a.User, fault.T("New recovery codes were made; those before are worth nothing any more.")); err != nil {
			return err
		}
		recovery, err = s.renewCodes(ctx, q, a.User)
		return err
	})
	return recovery, err
}

// RecoveryLeft tells how many recovery codes the actor has left.
func (s *Store) RecoveryLeft(ctx context.Context, a Actor) (n int, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		n, err = db.One[int](ctx, q, "SELECT count(*) FROM recovery_code WHERE user_id = ?", a.User)
		return err
	})
	return n, err
}

// hasTOTP tells whether an account has a second step.
func hasTOTP(ctx context.Context, q *db.Q, user string) (bool, error) {
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM totp WHERE user_id = ? AND confirmed IS NOT NULL", user)
	return n > 0, err
}

// useCode tells whether a text is a code of the account's app or one of its recovery codes, and uses it up.
func (s *Store) useCode(ctx context.Context, q *db.Q, user, code string) (bool, error) {
	if ok, err := s.useTOTP(ctx, q, user, code); err != nil || ok {
		return ok, err
	}
	n, err := q.Exec(ctx, "DELETE FROM recovery_code WHERE user_id = ? AND hash = ?", user, s.recoveryHash(user, code))
	return n > 0, err
}

// useTOTP tells whether a code is right for an account whose second step is on, and uses it up.
func (s *Store) useTOTP(ctx context.Context, q *db.Q, user, code string) (bool, error) {
	if has, err := hasTOTP(ctx, q, user); err != nil || !has {
		return false, err
	}
	return s.matchTOTP(ctx, q, user, code)
}

// matchTOTP judges a code and remembers its step, so that none before it and not itself counts again.
func (s *Store) matchTOTP(ctx context.Context, q *db.Q, user, code string) (bool, error) {
	row, ok, err := db.Maybe[struct {
		Secret []byte `db:"secret"`
		Step   int64  `db:"step"`
	}](ctx, q, "SELECT secret, step FROM totp WHERE user_id = ?", user)
	if err != nil || !ok {
		return false, err
	}
	secret, err := s.open(row.Secret, user)
	if err != nil {
		return false, err
	}
	step, ok := totp.Match(secret, strings.Join(strings.Fields(code), ""), q.Now(), row.Step)
	if !ok {
		return false, nil
	}
	n, err := q.Exec(ctx, "UPDATE totp SET step = ? WHERE user_id = ? AND step < ?", step, user, step)
	return n > 0, err
}

// recoveryCount is how many recovery codes a person has at first.
const recoveryCount = 10

// renewCodes replaces an account's recovery codes by new ones of 50 bits, written as two groups of five.
func (s *Store) renewCodes(ctx context.Context, q *db.Q, user string) (codes []string, err error) {
	if err := remove(ctx, q, user, "recovery_code"); err != nil {
		return nil, err
	}
	for range recoveryCount {
		b := make([]byte, 7)
		if _, err := io.ReadFull(s.random, b); err != nil {
			return nil, fmt.Errorf("account: %w", err)
		}
		text := strings.ToLower(base32.StdEncoding.EncodeToString(b)[:10])
		codes = append(codes, text[:5]+"-"+text[5:])
		if _, err := q.Exec(ctx, "INSERT INTO recovery_code (user_id, hash) VALUES (?, ?)", user, s.recoveryHash(user, text)); err != nil {
			return nil, err
		}
	}
	return codes, s.audit(ctx, q, user, renewCodes, user, nil)
}

// recoveryHash is what is kept of a recovery code, however it is typed.
func (s *Store) recoveryHash(user, code string) []byte {
	typed := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code))
	return mac(s.keys.seal, "recovery", user, typed)
}

// seal hides a secret under a key that is not in the database, bound to the account it belongs to (AES-256-GCM).
func (s *Store) seal(secret []byte, user string) ([]byte, error) {
	gcm, err := s.gcm()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := io.ReadFull(s.random, nonce); err != nil {
		return nil, fmt.Errorf("account: %w", err)
	}
	return gcm.Seal(nonce, nonce, secret, []byte(user)), nil
}

// open undoes seal. It fails with another key: then the people concerned set up their apps anew.
func (s *Store) open(sealed []byte, user string) ([]byte, error) {
	gcm, err := s.gcm()
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errors.New("account: a sealed secret is too short")
	}
	secret, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], []byte(user))
	if err != nil {
		return nil, errors.New("account: a secret was sealed with another key than the one of this house")
	}
	return secret, nil
}

func (s *Store) gcm() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.keys.seal)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
