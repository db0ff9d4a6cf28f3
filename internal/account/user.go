package account

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
)

// State is how an account stands.
type State string

// The states. An account begins as invited, and is active once its person has set how to sign in.
const (
	Invited State = "invited"
	Active  State = "active"
	Blocked State = "blocked"
	Erased  State = "erased" // nothing is known of the person any more; what they did remains
)

// User is an account as an administrator sees it.
type User struct {
	ID       string    `db:"id"`
	State    State     `db:"state"`
	Added    time.Time `db:"added"`
	Version  int64     `db:"version"` // of the Person; 0 when erased
	Seen     time.Time `db:"seen"`    // when a session was last used; zero for never or long ago
	TOTP     bool      `db:"totp"`
	Passkeys int       `db:"passkeys"`
	Person
	Grants []Grant // in force today
}

// userColumns are read FROM account a LEFT JOIN person p.
const userColumns = `a.id, a.state, a.added, coalesce(p.version, 0) AS version, coalesce(p.name, '') AS name,
	coalesce(p.email, '') AS email, coalesce(p.phone, '') AS phone,
	(SELECT max(s.seen) FROM session s WHERE s.user_id = a.id) AS seen,
	(SELECT count(*) FROM totp t WHERE t.user_id = a.id AND t.confirmed IS NOT NULL) AS totp,
	(SELECT count(*) FROM passkey k WHERE k.user_id = a.id) AS passkeys`

const fromUsers = " FROM account a LEFT JOIN person p ON p.user_id = a.id "

// visible gives the condition under which an account a is one the actor may do something to. Where an account lies is
// where its grants in force lie.
func visible(a Actor, do Action) (where string, args []any) {
	cond, args := a.Rows(do, Columns{Place: "g.place", Agency: "g.agency", User: "a2.id"})
	if cond == everyRow {
		return cond, nil
	}
	return "a.id IN (SELECT a2.id FROM account a2 LEFT JOIN role_grant g ON g.user_id = a2.id AND " + inForce + " WHERE " + cond + ")",
		append([]any{a.Day, a.Day}, args...)
}

// seen checks that the actor may do something to an account; one they may not is not there.
func (s *Store) seen(ctx context.Context, q *db.Q, a Actor, do Action, user string) error {
	where, args := visible(a, do)
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM account a WHERE a.id = ? AND "+where, append([]any{user}, args...)...)
	if err == nil && n == 0 {
		err = errGone()
	}
	return err
}

// mayChange checks the right to change an account, and that the actor is still there.
func (s *Store) mayChange(ctx context.Context, q *db.Q, a Actor, do Action, user string) error {
	if err := a.May(ctx, q, do, Subject{User: user}); err != nil {
		return err
	}
	return Fresh(a, q.Now())
}

// standing checks that an account is in one of some states.
func standing(ctx context.Context, q *db.Q, user string, states ...State) error {
	state, ok, err := db.Maybe[State](ctx, q, "SELECT state FROM account WHERE id = ?", user)
	switch {
	case err != nil:
		return err
	case !ok:
		return errGone()
	case slices.Contains(states, state):
		return nil
	case state == Erased:
		return fault.New(fault.Gone, "This account was erased.")
	}
	return fault.New(fault.Conflict, "The account is not in a state in which this can be done. Load the page again.")
}

// UserFilter narrows what Users gives; an empty field does not.
type UserFilter struct {
	Text   string // in the name, address or number, in any writing
	State  State
	Role   Role   // in force today
	Place  string // id of a place a grant in force is held over
	Agency string // id of an agency a grant in force is held in
	Skip   int    // rows of the pages before
	Limit  int    // 0 means 50
}

// Users gives the accounts an actor may see, by given name, and how many there are in all. Erased ones are given when
// they are asked for by their state.
func (s *Store) Users(ctx context.Context, a Actor, f UserFilter) (page []User, total int, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		ids, err := f.find(ctx, q, a)
		if err != nil {
			return err
		}
		total = len(ids)
		ids = ids[min(f.Skip, total):]
		page = make([]User, min(cmp.Or(f.Limit, 50), len(ids)))
		for i := range page {
			if page[i], err = getUser(ctx, q, a, ids[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return page, total, err
}

// find gives the ids of the filter's accounts in their order. Texts are compared here: no engine knows Vietnamese.
func (f UserFilter) find(ctx context.Context, q *db.Q, a Actor) (ids []string, err error) {
	where, args := visible(a, ReadUsers)
	for _, c := range []struct{ test, value string }{{"a.state = ?", string(f.State)}, {grantWith("role"), string(f.Role)},
		{grantWith("place"), f.Place}, {grantWith("agency"), f.Agency}} {
		if c.value == "" {
			continue
		}
		where += " AND " + c.test
		if strings.Contains(c.test, "role_grant") {
			args = append(args, a.Day, a.Day)
		}
		args = append(args, c.value)
	}
	if f.State == "" {
		where, args = where+" AND a.state <> ?", append(args, Erased)
	}
	wanted := lang.Fold(f.Text)
	type row struct {
		ID     string `db:"id"`
		Folded string `db:"folded"`
	}
	for r, err := range db.Each[row](ctx, q, "SELECT a.id, coalesce(p.folded, '') AS folded"+fromUsers+"WHERE "+where+
		" ORDER BY p.sort NULLS LAST, a.id", args...) {
		if err != nil {
			return nil, err
		}
		if strings.Contains(r.Folded, wanted) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// getUser reads one account.
func getUser(ctx context.Context, q *db.Q, a Actor, id string) (User, error) {
	u, err := db.One[User](ctx, q, "SELECT "+userColumns+fromUsers+"WHERE a.id = ?", id)
	if err != nil {
		return User{}, err
	}
	u.Grants, err = grantsInForce(ctx, q, id, a.Day)
	return u, err
}

// grantWith is the condition that a grant in force has a value.
func grantWith(column string) string {
	return "EXISTS (SELECT 1 FROM role_grant g WHERE g.user_id = a.id AND " + inForce + " AND g." + column + " = ?)"
}

// User gives one account.
func (s *Store) User(ctx context.Context, a Actor, id string) (u User, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := s.seen(ctx, q, a, ReadUsers, id); err != nil {
			return err
		}
		u, err = getUser(ctx, q, a, id)
		return err
	})
	return u, err
}

// Names gives the names of accounts, for pages that show who did something; one that was erased or is not known has
// none. A name is shown to whoever may see the thing that was done.
func Names(ctx context.Context, q *db.Q, ids ...string) (map[string]string, error) {
	names := map[string]string{}
	for chunk := range slices.Chunk(ids, 500) {
		args := make([]any, len(chunk))
		for i, id := range chunk {
			args[i] = id
		}
		rows, err := db.All[struct {
			ID   string `db:"user_id"`
			Name string `db:"name"`
		}](ctx, q, "SELECT user_id, name FROM person WHERE user_id IN ("+db.Marks(len(chunk))+")", args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			names[r.ID] = r.Name
		}
	}
	return names, nil
}

// May is the method of Actor in a transaction of its own.
func (s *Store) May(ctx context.Context, a Actor, do Action, on Subject) error {
	return s.db.View(ctx, func(q *db.Q) error { return a.May(ctx, q, do, on) })
}

// Called is the function Names in a transaction of its own.
func (s *Store) Called(ctx context.Context, ids ...string) (names map[string]string, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		names, err = Names(ctx, q, ids...)
		return err
	})
	return names, err
}

// ChangePerson writes what is known of somebody: one's own, or an administrator anybody's. version is the one that was
// read; when somebody changed the person since, it is a Conflict. Letters and links to an address that is left are
// withdrawn, and both addresses are told. It needs Fresh, because an address is a way in.
func (s *Store) ChangePerson(ctx context.Context, a Actor, user string, p Person, version int64) error {
	p, faults := p.check()
	if err := fault.Batch(faults); err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, ownOr(a, user, ChangeUser), user); err != nil {
			return err
		}
		if err := standing(ctx, q, user, Invited, Active, Blocked); err != nil {
			return err
		}
		if err := free(ctx, q, user, p); err != nil {
			return err
		}
		before, err := maybePerson(ctx, q, user)
		if err != nil {
			return err
		}
		if err := leaveAddress(ctx, q, user, p.Email); err != nil {
			return err
		}
		n, err := q.Exec(ctx, `UPDATE person SET name = ?, email = ?, phone = ?, folded = ?, sort = ?, version = version + 1
			WHERE user_id = ? AND version = ?`, p.Name, orNull(p.Email), orNull(p.Phone), p.folded(), p.sort(), user, version)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "Somebody else changed this account meanwhile. Look at what stands there now, then change it again.")
		}
		if err := s.tellChanges(ctx, q, user, before, p); err != nil {
			return err
		}
		return s.audit(ctx, q, a.User, ChangeUser, user, p)
	})
}

// leaveAddress withdraws letters and links that are on their way to an address which will not be the person's any more.
func leaveAddress(ctx context.Context, q *db.Q, user, email string) error {
	before, err := maybePerson(ctx, q, user)
	if err != nil || before.Email == "" || before.Email == email {
		return err
	}
	if err := mail.Forget(ctx, q, before.Email); err != nil {
		return err
	}
	_, err = q.Exec(ctx, "DELETE FROM link WHERE user_id = ? AND used IS NULL", user)
	return err
}

// ownOr gives OwnAccount to whoever acts on their own account, else the action.
func ownOr(a Actor, user string, do Action) Action {
	if a.User == user && !a.program {
		return OwnAccount
	}
	return do
}

// Block keeps somebody out at once: sessions end, links die, devices are refused. What they did and hold stays.
func (s *Store) Block(ctx context.Context, a Actor, user string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := a.May(ctx, q, ChangeUser, Subject{User: user}); err != nil {
			return err
		}
		if err := standing(ctx, q, user, Invited, Active); err != nil {
			return err
		}
		if err := s.keepAdministrator(ctx, q, user); err != nil {
			return err
		}
		if err := s.setState(ctx, q, a, ChangeUser, user, Blocked); err != nil {
			return err
		}
		return remove(ctx, q, user, "session", "link")
	})
}

// Unblock lets somebody in again. It needs Fresh.
func (s *Store) Unblock(ctx context.Context, a Actor, user string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, ChangeUser, user); err != nil {
			return err
		}
		if err := standing(ctx, q, user, Blocked); err != nil {
			return err
		}
		ways, err := db.One[int](ctx, q, `SELECT (SELECT count(*) FROM password WHERE user_id = ?) +
			(SELECT count(*) FROM passkey WHERE user_id = ?) + (SELECT count(*) FROM oidc_subject WHERE user_id = ?)`, user, user, user)
		if err != nil {
			return err
		}
		to := Active
		if ways == 0 {
			to = Invited
		}
		return s.setState(ctx, q, a, ChangeUser, user, to)
	})
}

// Erase removes everything that is known of somebody: name, addresses, every way to sign in, letters on their way, and
// what Options.Forget removes of other nouns. The account's id stays, and with it what the person did. It cannot be undone. It needs Fresh.
func (s *Store) Erase(ctx context.Context, a Actor, user string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, EraseUser, user); err != nil {
			return err
		}
		if err := standing(ctx, q, user, Invited, Active, Blocked); err != nil {
			return err
		}
		if err := leaveAddress(ctx, q, user, ""); err != nil {
			return err
		}
		if err := mail.ForgetKeyed(ctx, q, newsOf(user)); err != nil {
			return err
		}
		if err := s.keepAdministrator(ctx, q, user); err != nil {
			return err
		}
		if err := s.setState(ctx, q, a, EraseUser, user, Erased); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "UPDATE role_grant SET revoked = ?, revoked_by = ? WHERE user_id = ? AND revoked IS NULL",
			q.Now(), a.User, user); err != nil {
			return err
		}
		if err := s.forget(ctx, q, ofAccount(user)); err != nil {
			return err
		}
		for _, forget := range s.forgets {
			if err := forget(ctx, q, user); err != nil {
				return err
			}
		}
		return remove(ctx, q, user, "session", "link", "device", "password", "totp", "recovery_code", "passkey", "oidc_subject", "ceremony", "person")
	})
}

// setState writes a state and its audit.
func (s *Store) setState(ctx context.Context, q *db.Q, a Actor, do Action, user string, to State) error {
	if _, err := q.Exec(ctx, "UPDATE account SET state = ? WHERE id = ?", to, user); err != nil {
		return err
	}
	return s.audit(ctx, q, a.User, do, user, to)
}

// remove deletes the rows of an account from tables that bear a user_id.
func remove(ctx context.Context, q *db.Q, user string, tables ...string) error {
	for _, table := range tables {
		if _, err := q.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = ?", user); err != nil {
			return err
		}
	}
	return nil
}
