package account

import (
	"context"
	"errors"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// What a door asks of an error with errors.Is, to lead the person on.
var (
	ErrSignedOut  = errors.New("account: signed out")              // lead to signing in
	ErrNotFresh   = errors.New("account: not proven lately")       // lead to Prove
	ErrCodeNeeded = errors.New("account: a second step is needed") // ask for the code
)

// signedOut is what every token gets that is not, or no longer, one of a session or a device.
func signedOut() error {
	return &fault.Error{Kind: fault.Forbidden, Err: ErrSignedOut, Text: fault.T("You are signed out. Sign in to go on.")}
}

// freshFor is how long a proof of who one is counts for what cannot easily be undone.
const freshFor = 10 * time.Minute

// Fresh tells whether the person proved who they are within ten minutes; otherwise a Forbidden fault that Is ErrNotFresh.
// A program is always fresh, a device never.
func Fresh(a Actor, now time.Time) error {
	if a.program || !a.Proven.IsZero() && now.Sub(a.Proven) < freshFor {
		return nil
	}
	return &fault.Error{Kind: fault.Forbidden, Err: ErrNotFresh,
		Text: fault.T("For this, prove once more that it is you: give your password, a code or your passkey.")}
}

// touchEvery bounds how often using a session is written down.
const touchEvery = time.Minute

// Session is somebody signed in on one browser.
type Session struct {
	ID       string    `db:"id"`
	User     string    `db:"user_id"`
	Narrowed string    `db:"narrowed"` // the grant it is switched to; "" for all
	Address  string    `db:"address"`
	Agent    string    `db:"agent"`
	Added    time.Time `db:"added"`
	Seen     time.Time `db:"seen"` // last used, to the minute
	Proven   time.Time `db:"proven"`
	Ends     time.Time `db:"ends"` // at the latest
}

const sessionColumns = "s.id, s.user_id, s.narrowed, s.address, s.agent, s.added, s.seen, s.proven, s.ends"

// over tells whether a session has ended by itself.
func (s *Store) over(x Session, now time.Time) bool {
	return !now.Before(x.Ends) || now.Sub(x.Seen) >= s.idle
}

// Actor gives who a session's token stands for, with the grants in force today. A token that is not of a living session
// of an active account is ErrSignedOut.
func (s *Store) Actor(ctx context.Context, token string) (a Actor, err error) {
	var x Session
	err = s.db.View(ctx, func(q *db.Q) (err error) {
		var ok bool
		x, ok, err = db.Maybe[Session](ctx, q, "SELECT "+sessionColumns+` FROM session s JOIN account a ON a.id = s.user_id
			WHERE s.token = ? AND a.state = ?`, digest(token), Active)
		if err != nil {
			return err
		}
		if !ok || s.over(x, q.Now()) {
			return signedOut()
		}
		a, err = actorOf(ctx, q, x)
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	return a, s.touch(ctx, x)
}

// actorOf gives who acts in a session.
func actorOf(ctx context.Context, q *db.Q, x Session) (Actor, error) {
	a := Actor{User: x.User, Session: x.ID, Narrowed: x.Narrowed, Proven: x.Proven, Day: today(q.Now())}
	all, err := grantsInForce(ctx, q, x.User, a.Day)
	for _, g := range all {
		if x.Narrowed == "" || g.ID == x.Narrowed {
			a.Grants = append(a.Grants, g)
		}
	}
	return a, err
}

// touch writes down that a session is used, at most once a minute. A database too busy for it is no reason to turn
// somebody away who only reads.
func (s *Store) touch(ctx context.Context, x Session) error {
	if s.now().Sub(x.Seen) < touchEvery {
		return nil
	}
	err := s.db.Update(ctx, func(q *db.Q) error {
		_, err := q.Exec(ctx, "UPDATE session SET seen = ? WHERE id = ? AND seen < ?", q.Now(), x.ID, q.Now())
		return err
	})
	if fault.KindOf(err) == fault.Busy {
		return nil
	}
	return err
}

// begin starts a session of a person who has just proven who they are.
func (s *Store) begin(ctx context.Context, q *db.Q, user string, from Client) (token string, a Actor, err error) {
	token, kept, err := s.token()
	if err != nil {
		return "", Actor{}, err
	}
	now := q.Now()
	x := Session{ID: q.NewID(), User: user, Address: from.address(), Agent: from.agent(), Added: now, Seen: now, Proven: now, Ends: now.Add(s.absolute)}
	if _, err := q.Exec(ctx, `INSERT INTO session (id, token, user_id, narrowed, address, agent, added, seen, proven, ends)
		VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)`, x.ID, kept, user, x.Address, x.Agent, now, now, now, x.Ends); err != nil {
		return "", Actor{}, err
	}
	if err := s.audit(ctx, q, user, beginSession, x.ID, nil); err != nil {
		return "", Actor{}, err
	}
	a, err = actorOf(ctx, q, x)
	return token, a, err
}

// rotate gives the actor's session another token; the one before is worth nothing from then on. set changes the session
// in the same statement.
func (s *Store) rotate(ctx context.Context, q *db.Q, a Actor, set string, value any) (token string, fresh Actor, err error) {
	token, kept, err := s.token()
	if err != nil {
		return "", Actor{}, err
	}
	n, err := q.Exec(ctx, "UPDATE session SET token = ?, "+set+" = ? WHERE id = ?", kept, value, a.Session)
	if err != nil {
		return "", Actor{}, err
	}
	if n == 0 {
		return "", Actor{}, signedOut()
	}
	x, err := db.One[Session](ctx, q, "SELECT "+sessionColumns+" FROM session s WHERE s.id = ?", a.Session)
	if err != nil {
		return "", Actor{}, err
	}
	fresh, err = actorOf(ctx, q, x)
	return token, fresh, err
}

// SwitchRole narrows the actor's session to one grant of theirs, or widens it to all with "". The session goes on under
// the token given back.
func (s *Store) SwitchRole(ctx context.Context, a Actor, grant string) (token string, fresh Actor, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		if grant != "" {
			n, err := db.One[int](ctx, q, "SELECT count(*) FROM role_grant g WHERE g.id = ? AND g.user_id = ? AND "+inForce,
				grant, a.User, today(q.Now()), today(q.Now()))
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.New(fault.Forbidden, "You do not hold this role, or not any more.")
			}
		}
		if token, fresh, err = s.rotate(ctx, q, a, "narrowed", grant); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, narrowSession, a.Session, grant)
	})
	return token, fresh, err
}

// SignOut ends the actor's session.
func (s *Store) SignOut(ctx context.Context, a Actor) error {
	return s.db.Update(ctx, func(q *db.Q) error { return s.end(ctx, q, a, a.Session) })
}

// end removes a session.
func (s *Store) end(ctx context.Context, q *db.Q, a Actor, id string) error {
	if _, err := q.Exec(ctx, "DELETE FROM session WHERE id = ?", id); err != nil {
		return err
	}
	return s.audit(ctx, q, a.User, endSession, id, nil)
}

// Sessions gives an account's living sessions, the last used first: one's own, or an administrator anybody's.
func (s *Store) Sessions(ctx context.Context, a Actor, user string) (living []Session, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, ownOr(a, user, ChangeUser), Subject{User: user}); err != nil {
			return err
		}
		living, err = db.All[Session](ctx, q, "SELECT "+sessionColumns+` FROM session s
			WHERE s.user_id = ? AND s.ends > ? AND s.seen > ? ORDER BY s.seen DESC, s.id`, user, q.Now(), q.Now().Add(-s.idle))
		return err
	})
	return living, err
}

// RevokeSession ends a session at once: one's own, or an administrator anybody's.
func (s *Store) RevokeSession(ctx context.Context, a Actor, id string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		user, ok, err := db.Maybe[string](ctx, q, "SELECT user_id FROM session WHERE id = ?", id)
		if err != nil {
			return err
		}
		if !ok || a.May(ctx, q, ownOr(a, user, ChangeUser), Subject{User: user}) != nil {
			return fault.New(fault.NotFound, "This session has ended already.")
		}
		return s.end(ctx, q, a, id)
	})
}

// RevokeSessions ends every session of an account but the actor's own.
func (s *Store) RevokeSessions(ctx context.Context, a Actor, user string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, ownOr(a, user, ChangeUser), Subject{User: user}); err != nil {
			return err
		}
		return s.endOthers(ctx, q, a, user)
	})
}

func (s *Store) endOthers(ctx context.Context, q *db.Q, a Actor, user string) error {
	others, err := db.All[string](ctx, q, "SELECT id FROM session WHERE user_id = ? AND id <> ?", user, a.Session)
	if err != nil {
		return err
	}
	for _, id := range others {
		if err := s.end(ctx, q, a, id); err != nil {
			return err
		}
	}
	return nil
}

// tidy is the daily job that removes what time has ended.
type tidy struct{}

func (tidy) Kind() string { return "account.tidy" }

// Register lets a runner remove ended sessions, links, half-done steps and old tries every night.
func (s *Store) Register(r *job.Runner) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ tidy) error { return s.tidy(ctx) })
	r.Cron(tidy{}, job.Daily(3, 40))
}

// linkKept is how long a link is remembered after its end, so that whoever opens it is told what became of it.
const linkKept = 30 * 24 * time.Hour

func (s *Store) tidy(ctx context.Context) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		now := q.Now()
		for _, old := range []struct {
			statement string
			before    time.Time
		}{
			{"DELETE FROM session WHERE ends <= ?", now},
			{"DELETE FROM session WHERE seen <= ?", now.Add(-s.idle)},
			{"DELETE FROM ceremony WHERE ends <= ?", now},
			{"DELETE FROM link WHERE ends <= ?", now.Add(-linkKept)},
			{"DELETE FROM guess WHERE last <= ?", now.Add(-guesses.forget)},
		} {
			if _, err := q.Exec(ctx, old.statement, old.before); err != nil {
				return err
			}
		}
		return nil
	})
}
