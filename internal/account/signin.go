package account

import (
	"context"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Credentials are what somebody signs in with.
type Credentials struct {
	Login    string // e-mail address or telephone number, however it is written
	Password string
	Code     string // of the authenticator app, or a recovery code; "" at first
	From     Client
}

// wrong is the one answer to a login that is not known and to a password that is not right.
func wrong() error {
	return &fault.Error{Kind: fault.Invalid, Text: fault.T("The name or the password is not right.")}
}

func codeNeeded() error {
	return &fault.Error{Kind: fault.Invalid, Err: ErrCodeNeeded, Text: fault.T("Now give the code of your authenticator app.")}
}

func codeWrong() error {
	return &fault.Error{Kind: fault.Invalid, Err: ErrCodeNeeded, Items: []fault.Item{{Field: "code",
		What: fault.T("The code is not right, or was used already."), Remedy: fault.T("Wait for the next code of the app, or use one of your recovery codes.")}},
		Text: fault.T("The input has faults; nothing was changed.")}
}

// SignIn begins a session, and gives its token and who it stands for. An account with a second step that gave no code is
// ErrCodeNeeded. An unknown login takes the same work, waits the same and gets the same answer as a wrong password.
func (s *Store) SignIn(ctx context.Context, c Credentials) (token string, a Actor, err error) {
	user, kept, err := s.tryLogin(ctx, c)
	if err != nil {
		return "", Actor{}, err
	}
	right, fresh, err := s.hasher.verify(ctx, kept, c.Password)
	if err != nil {
		return "", Actor{}, err
	}
	var refused error
	err = s.db.Update(ctx, func(q *db.Q) (err error) {
		if refused = nil; !right {
			refused = wrong()
			return s.refused(ctx, q, user)
		}
		if refused, err = s.secondStep(ctx, q, user, c); err != nil || refused != nil {
			return err
		}
		if err := s.renew(ctx, q, user, kept, fresh); err != nil {
			return err
		}
		token, a, err = s.enter(ctx, q, user, c.From)
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return "", Actor{}, err
	}
	return token, a, nil
}

// tryLogin counts a try and gives the account that the login names, "" for none, and what is kept of its password.
func (s *Store) tryLogin(ctx context.Context, c Credentials) (user, kept string, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		if user, err = findLogin(ctx, q, c.Login); err != nil {
			return err
		}
		if kept, _, err = db.Maybe[string](ctx, q, "SELECT hash FROM password WHERE user_id = ?", user); err != nil {
			return err
		}
		return s.tryOnce(ctx, q, ofLogin(user, c.Login), ofAddress(c.From.Address))
	})
	return user, kept, err
}

// refused writes down a wrong try at an account that exists.
func (s *Store) refused(ctx context.Context, q *db.Q, user string) error {
	if user == "" {
		return nil
	}
	return s.audit(ctx, q, "nobody", refuseSession, user, nil)
}

// secondStep asks for the code of an account that has one. refused is the answer when it is missing or wrong; the
// transaction then commits, so that the try counts.
func (s *Store) secondStep(ctx context.Context, q *db.Q, user string, c Credentials) (refused, err error) {
	needed, err := hasTOTP(ctx, q, user)
	if err != nil || !needed {
		return nil, err
	}
	if c.Code == "" { // the password was right: asking for the code is no wrong try
		for _, sub := range []subject{ofAccount(user), ofAddress(c.From.Address)} {
			if err := s.takeBack(ctx, q, sub); err != nil {
				return nil, err
			}
		}
		return codeNeeded(), nil
	}
	ok, err := s.useCode(ctx, q, user, c.Code)
	if err != nil || ok {
		return nil, err
	}
	return codeWrong(), s.refused(ctx, q, user)
}

// renew keeps a password at today's cost, unless it was changed meanwhile.
func (s *Store) renew(ctx context.Context, q *db.Q, user, kept, fresh string) error {
	if fresh == "" {
		return nil
	}
	_, err := q.Exec(ctx, "UPDATE password SET hash = ? WHERE user_id = ? AND hash = ?", fresh, user, kept)
	return err
}

// enter lets in somebody who has proven who they are: the account must be active. Their tries are forgotten.
func (s *Store) enter(ctx context.Context, q *db.Q, user string, from Client) (token string, a Actor, err error) {
	state, err := db.One[State](ctx, q, "SELECT state FROM account WHERE id = ?", user)
	if err != nil {
		return "", Actor{}, err
	}
	if state != Active {
		return "", Actor{}, fault.New(fault.Forbidden, "This account is blocked. Ask an administrator of your agency.")
	}
	if err := s.forget(ctx, q, ofAccount(user)); err != nil {
		return "", Actor{}, err
	}
	if err := s.takeBack(ctx, q, ofAddress(from.Address)); err != nil {
		return "", Actor{}, err
	}
	return s.begin(ctx, q, user, from)
}

// Proof is how somebody who is signed in proves once more who they are: by one of the three.
type Proof struct {
	Password string
	Code     string        // of the authenticator app
	Passkey  PasskeyAnswer // to BeginProof
	From     Client
}

// Prove makes the actor Fresh. The session goes on under the token given back.
func (s *Store) Prove(ctx context.Context, a Actor, p Proof) (token string, fresh Actor, err error) {
	if a.Session == "" {
		return "", Actor{}, signedOut()
	}
	judge := func(q *db.Q) (bool, error) { return s.useTOTP(ctx, q, a.User, p.Code) }
	switch {
	case p.Passkey.Handle != "":
		judge, err = s.passkeyProof(ctx, a, p.Passkey)
	case p.Code == "":
		judge, err = s.passwordProof(ctx, a, p)
	default:
		err = s.tryAgain(ctx, a, p.From)
	}
	if err != nil {
		return "", Actor{}, err
	}
	right := false
	err = s.db.Update(ctx, func(q *db.Q) (err error) {
		if right, err = judge(q); err != nil {
			return err
		}
		if !right {
			return s.refused(ctx, q, a.User)
		}
		token, fresh, err = s.proven(ctx, q, a, p.From)
		return err
	})
	if err == nil && !right {
		err = fault.New(fault.Invalid, "That was not right. Try again.")
	}
	if err != nil {
		return "", Actor{}, err
	}
	return token, fresh, nil
}

// tryAgain counts a try of somebody who is signed in.
func (s *Store) tryAgain(ctx context.Context, a Actor, from Client) error {
	return s.db.Update(ctx, func(q *db.Q) error { return s.tryOnce(ctx, q, ofAccount(a.User), ofAddress(from.Address)) })
}

// passwordProof counts a try and judges the password, outside of any transaction.
func (s *Store) passwordProof(ctx context.Context, a Actor, p Proof) (func(*db.Q) (bool, error), error) {
	if err := s.tryAgain(ctx, a, p.From); err != nil {
		return nil, err
	}
	right, _, err := s.rightPassword(ctx, a.User, p.Password)
	return func(*db.Q) (bool, error) { return right, nil }, err
}

// rightPassword tells whether a password is an account's, and whether it has one.
func (s *Store) rightPassword(ctx context.Context, user, plain string) (right, has bool, err error) {
	var kept string
	err = s.db.View(ctx, func(q *db.Q) (err error) {
		kept, has, err = db.Maybe[string](ctx, q, "SELECT hash FROM password WHERE user_id = ?", user)
		return err
	})
	if err == nil {
		right, _, err = s.hasher.verify(ctx, kept, plain)
	}
	return right, has, err
}

// proven writes that the actor has just proven who they are.
func (s *Store) proven(ctx context.Context, q *db.Q, a Actor, from Client) (token string, fresh Actor, err error) {
	if err := s.forget(ctx, q, ofAccount(a.User)); err != nil {
		return "", Actor{}, err
	}
	if err := s.takeBack(ctx, q, ofAddress(from.Address)); err != nil {
		return "", Actor{}, err
	}
	if token, fresh, err = s.rotate(ctx, q, a, "proven", q.Now()); err != nil {
		return "", Actor{}, err
	}
	return token, fresh, s.audit(ctx, q, a.User, proveSession, a.Session, nil)
}
