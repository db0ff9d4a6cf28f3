package account

import (
	"context"
	"math"
	"net/netip"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/limit"
)

// Tries at a secret are counted before the secret is judged, so that many at once cannot pass one count, and taken back
// when it was right. After some free ones each must wait twice as long as the one before, a quarter of an hour at most:
// whoever types somebody's name wrongly on purpose delays them and never locks them out, and a reset link and a passkey
// do not wait at all.

// subject is whose secret is tried, or where from. It is kept as a keyed digest: the table names nobody.
type subject struct {
	kind, key string
	patience  patience
}

// patience is how tries are slowed.
type patience struct {
	free   int64         // tries without a wait
	first  time.Duration // the wait after them; it doubles
	forget time.Duration // after so long without a try the count begins anew
}

const longestWait = 15 * time.Minute

var (
	guesses   = patience{free: 5, first: 30 * time.Second, forget: 24 * time.Hour}
	resets    = patience{free: 3, first: time.Minute, forget: 24 * time.Hour}
	crowds    = patience{free: 50, first: 10 * time.Second, forget: time.Hour} // an office shares one address
	countless = patience{}
)

// ofAccount is the subject of an account's secrets.
func ofAccount(user string) subject { return subject{"account", user, guesses} }

// ofLogin is the subject of a sign-in: the account where there is one, else what was typed, so that both behave alike.
func ofLogin(user, login string) subject {
	if user != "" {
		return ofAccount(user)
	}
	email, phone := foldLogin(login)
	return subject{"login", email + phone, guesses}
}

// ofReset is the subject of asking for a reset.
func ofReset(user, login string) subject {
	s := ofLogin(user, login)
	return subject{"reset " + s.kind, s.key, resets}
}

// ofAddress is the subject of where tries come from; of IPv6 the network of a household (RFC 6177: /64 at least).
func ofAddress(a netip.Addr) subject {
	a = a.Unmap()
	if !a.IsValid() {
		return subject{"address", "", countless}
	}
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	network, _ := a.WithZone("").Prefix(bits) // bits fit the address
	return subject{"address", network.String(), crowds}
}

func (s *Store) subjectKey(sub subject) []byte { return mac(s.keys.guess, sub.kind, sub.key) }

// wait is how long after the n-th try the next may come.
func (p patience) wait(n int64) time.Duration {
	if n < p.free || p == countless {
		return 0
	}
	wait := float64(p.first) * math.Pow(2, float64(n-p.free))
	return time.Duration(min(wait, float64(longestWait)))
}

// tries is one row of the count.
type tries struct {
	N    int64     `db:"tries"`
	Last time.Time `db:"last"`
}

// tryOnce counts a try for every subject, or counts none and refuses in words with the time to wait.
func (s *Store) tryOnce(ctx context.Context, q *db.Q, subjects ...subject) error {
	now := q.Now()
	before := make([]tries, len(subjects))
	for i, sub := range subjects {
		t, _, err := db.Maybe[tries](ctx, q, "SELECT tries, last FROM guess WHERE subject = ?", s.subjectKey(sub))
		if err != nil {
			return err
		}
		if now.Sub(t.Last) >= sub.patience.forget {
			t = tries{}
		}
		// A clock that was set back must not keep people out until it is again what it was.
		if left := t.Last.Add(sub.patience.wait(t.N)).Sub(now); left > 0 && !t.Last.After(now) {
			return tooMany(left)
		}
		before[i] = t
	}
	for i, sub := range subjects {
		if sub.patience == countless {
			continue
		}
		if _, err := q.Exec(ctx, `INSERT INTO guess (subject, tries, last) VALUES (?, ?, ?)
			ON CONFLICT (subject) DO UPDATE SET tries = excluded.tries, last = excluded.last`, s.subjectKey(sub), before[i].N+1, now); err != nil {
			return err
		}
	}
	return nil
}

// tooMany is the refusal of a try that comes too early.
func tooMany(left time.Duration) error {
	if left <= time.Minute {
		return limit.Wait(left, fault.New(fault.Busy, "There were too many wrong tries. Wait %d seconds, then try again.", int(math.Ceil(left.Seconds()))))
	}
	return limit.Wait(left, fault.New(fault.Busy, "There were too many wrong tries. Wait %d minutes, then try again; "+
		"or ask for a link to set a new password.", int(math.Ceil(left.Minutes()))))
}

// takeBack takes a try back that was right.
func (s *Store) takeBack(ctx context.Context, q *db.Q, sub subject) error {
	_, err := q.Exec(ctx, "UPDATE guess SET tries = tries - 1 WHERE subject = ? AND tries > 0", s.subjectKey(sub))
	return err
}

// forget begins a subject's count anew.
func (s *Store) forget(ctx context.Context, q *db.Q, sub subject) error {
	_, err := q.Exec(ctx, "DELETE FROM guess WHERE subject = ?", s.subjectKey(sub))
	return err
}
