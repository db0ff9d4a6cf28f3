package account

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Passkey is a key pair in somebody's telephone, computer or security key. It answers only to this house's name, so it
// cannot be given away to a false one, and it asks its owner for a finger, a face or a PIN: it is both steps in one.
type Passkey struct {
	ID    string    `db:"id"`
	Label string    `db:"label"` // as its owner calls it
	Added time.Time `db:"added"`
	Used  time.Time `db:"used"` // zero for never
}

// PasskeyOffer is what the browser is asked (navigator.credentials), and the handle that its answer comes back with.
type PasskeyOffer struct {
	Handle  string
	Options json.RawMessage
}

// PasskeyAnswer is the browser's answer.
type PasskeyAnswer struct {
	Handle   string
	Response []byte // JSON, as PublicKeyCredential.toJSON writes it
}

// The kinds of ceremony with a passkey.
const (
	toRegister = "passkey.add"
	toSignIn   = "passkey.use"
	toProve    = "passkey.prove"
)

// newWebAuthn prepares the protocol for the name in an address. An address without a name, of numbers or empty, has no
// passkeys: the standard binds them to a domain.
func newWebAuthn(base, name string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("account: the address of the house cannot be read: %w", err)
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return nil, nil
	}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
	})
}

// HasPasskeys tells whether this house can take passkeys: whether its address has a name.
func (s *Store) HasPasskeys() bool { return s.passkeys != nil }

func (s *Store) needPasskeys() error {
	if s.passkeys == nil {
		return fault.New(fault.NotFound, "Passkeys cannot be used here: the address of this house has no name.")
	}
	return nil
}

// owner is an account as the protocol sees it.
type owner struct {
	id   string
	name string
	keys []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return []byte(o.id) }
func (o owner) WebAuthnName() string                       { return o.name }
func (o owner) WebAuthnDisplayName() string                { return o.name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

func findOwner(ctx context.Context, q *db.Q, user string) (owner, error) {
	p, err := maybePerson(ctx, q, user)
	if err != nil {
		return owner{}, err
	}
	o := owner{id: user, name: p.Login()}
	texts, err := db.All[string](ctx, q, "SELECT credential FROM passkey WHERE user_id = ? ORDER BY id", user)
	for _, text := range texts {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return owner{}, fmt.Errorf("account: a stored passkey cannot be read: %w", err)
		}
		o.keys = append(o.keys, c)
	}
	return o, err
}

// challenge makes what a passkey signs.
func (s *Store) challenge() ([]byte, error) {
	b := make([]byte, 32)
	_, err := io.ReadFull(s.random, b)
	return b, err
}

// offer keeps the first half of a ceremony and writes its options.
func (s *Store) offer(ctx context.Context, q *db.Q, kind, user string, options any, half *webauthn.SessionData) (o PasskeyOffer, err error) {
	if o.Options, err = json.Marshal(options); err != nil {
		return o, err
	}
	o.Handle, err = s.newCeremony(ctx, q, kind, user, half)
	return o, err
}

// BeginPasskey asks the actor's browser to make a passkey. It needs Fresh.
func (s *Store) BeginPasskey(ctx context.Context, a Actor) (o PasskeyOffer, err error) {
	if err := s.needPasskeys(); err != nil {
		return o, err
	}
	challenge, err := s.challenge()
	if err != nil {
		return o, err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, OwnAccount, a.User); err != nil {
			return err
		}
		who, err := findOwner(ctx, q, a.User)
		if err != nil {
			return err
		}
		options, half, err := s.passkeys.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()),
			func(c *protocol.PublicKeyCredentialCreationOptions) error { c.Challenge = challenge; return nil })
		if err != nil {
			return err
		}
		o, err = s.offer(ctx, q, toRegister, a.User, options, half)
		return err
	})
	return o, err
}

// FinishPasskey keeps the passkey that the browser made, under a name of its owner's.
func (s *Store) FinishPasskey(ctx context.Context, a Actor, label string, answer PasskeyAnswer) error {
	if err := s.needPasskeys(); err != nil {
		return err
	}
	label, err := checkLabel(label)
	if err != nil {
		return err
	}
	var half webauthn.SessionData
	if err := s.takeCeremony(ctx, toRegister, a.User, answer.Handle, &half); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer.Response)
	if err != nil {
		return badPasskey(err)
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, OwnAccount, Subject{User: a.User}); err != nil {
			return err
		}
		who, err := findOwner(ctx, q, a.User)
		if err != nil {
			return err
		}
		key, err := s.passkeys.CreateCredential(who, half, parsed)
		if err != nil {
			return badPasskey(err)
		}
		text, err := json.Marshal(key)
		if err != nil {
			return err
		}
		id := q.NewID()
		n, err := q.Exec(ctx, `INSERT INTO passkey (id, handle, user_id, label, credential, added) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (handle) DO NOTHING`, id, key.ID, a.User, label, string(text), q.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "This passkey is set up already.")
		}
		if err := s.tell(ctx, q, a.User, fault.T("A passkey was added: %s.", label)); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, addPasskey, id, nil)
	})
}

// Passkeys gives an account's passkeys, the newest first: one's own, or an administrator anybody's.
func (s *Store) Passkeys(ctx context.Context, a Actor, user string) (all []Passkey, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, ownOr(a, user, ChangeUser), Subject{User: user}); err != nil {
			return err
		}
		all, err = db.All[Passkey](ctx, q, "SELECT id, label, added, used FROM passkey WHERE user_id = ? ORDER BY id DESC", user)
		return err
	})
	return all, err
}

// RemovePasskey removes a passkey: one's own, or an administrator anybody's. It needs Fresh.
func (s *Store) RemovePasskey(ctx context.Context, a Actor, id string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		user, ok, err := db.Maybe[string](ctx, q, "SELECT user_id FROM passkey WHERE id = ?", id)
		if err != nil {
			return err
		}
		if !ok || a.May(ctx, q, ownOr(a, user, ChangeUser), Subject{User: user}) != nil {
			return fault.New(fault.NotFound, "This passkey was removed already.")
		}
		if err := Fresh(a, q.Now()); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "DELETE FROM passkey WHERE id = ?", id); err != nil {
			return err
		}
		if err := s.tell(ctx, q, user, fault.T("A passkey was removed.")); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, removePasskey, id, nil)
	})
}

// BeginPasskeySignIn asks a browser for any passkey of this house: nobody names themselves first.
func (s *Store) BeginPasskeySignIn(ctx context.Context) (o PasskeyOffer, err error) {
	if err := s.needPasskeys(); err != nil {
		return o, err
	}
	challenge, err := s.challenge()
	if err != nil {
		return o, err
	}
	options, half, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithChallenge(challenge))
	if err != nil {
		return o, err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		o, err = s.offer(ctx, q, toSignIn, "", options, half)
		return err
	})
	return o, err
}

// PasskeySignIn begins a session for the owner of the passkey that answered. No password and no code is asked, and no
// wrong tries of others make its owner wait.
func (s *Store) PasskeySignIn(ctx context.Context, answer PasskeyAnswer, from Client) (token string, a Actor, err error) {
	if err := s.needPasskeys(); err != nil {
		return "", Actor{}, err
	}
	var half webauthn.SessionData
	if err := s.takeCeremony(ctx, toSignIn, "", answer.Handle, &half); err != nil {
		return "", Actor{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer.Response)
	if err != nil {
		return "", Actor{}, badPasskey(err)
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		find := func(_, user []byte) (webauthn.User, error) { return findOwner(ctx, q, string(user)) }
		who, key, err := s.passkeys.ValidatePasskeyLogin(find, half, parsed)
		if err != nil {
			return badPasskey(err)
		}
		if err := usePasskey(ctx, q, key); err != nil {
			return err
		}
		token, a, err = s.enter(ctx, q, string(who.WebAuthnID()), from)
		return err
	})
	return token, a, err
}

// BeginProof asks the actor's browser for one of their passkeys, for Prove.
func (s *Store) BeginProof(ctx context.Context, a Actor) (o PasskeyOffer, err error) {
	if err := s.needPasskeys(); err != nil {
		return o, err
	}
	challenge, err := s.challenge()
	if err != nil {
		return o, err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		who, err := findOwner(ctx, q, a.User)
		if err != nil {
			return err
		}
		if len(who.keys) == 0 {
			return fault.New(fault.NotFound, "There is no passkey yet. Prove who you are in another way.")
		}
		options, half, err := s.passkeys.BeginLogin(who, webauthn.WithChallenge(challenge))
		if err != nil {
			return err
		}
		o, err = s.offer(ctx, q, toProve, a.User, options, half)
		return err
	})
	return o, err
}

// passkeyProof prepares the judgement of an answer to BeginProof.
func (s *Store) passkeyProof(ctx context.Context, a Actor, answer PasskeyAnswer) (func(*db.Q) (bool, error), error) {
	if err := s.needPasskeys(); err != nil {
		return nil, err
	}
	var half webauthn.SessionData
	if err := s.takeCeremony(ctx, toProve, a.User, answer.Handle, &half); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer.Response)
	if err != nil {
		return nil, badPasskey(err)
	}
	return func(q *db.Q) (bool, error) {
		who, err := findOwner(ctx, q, a.User)
		if err != nil {
			return false, err
		}
		key, err := s.passkeys.ValidateLogin(who, half, parsed)
		if err != nil {
			return false, badPasskey(err)
		}
		return true, usePasskey(ctx, q, key)
	}, nil
}

// usePasskey keeps the counter that a passkey has reached. One that went back means that the passkey was copied.
func usePasskey(ctx context.Context, q *db.Q, key *webauthn.Credential) error {
	if key.Authenticator.CloneWarning {
		return fault.New(fault.Forbidden, "This passkey seems to have been copied. Sign in with your password and remove it.")
	}
	text, err := json.Marshal(key)
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, "UPDATE passkey SET credential = ?, used = ? WHERE handle = ?", string(text), q.Now(), key.ID)
	return err
}

// badPasskey words an answer that does not hold.
func badPasskey(err error) error {
	return &fault.Error{Kind: fault.Invalid, Err: err, Text: fault.T("The passkey was not accepted. Try again, or use your password.")}
}
