package account

import (
	"context"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Grant is a role somebody holds over a place or an agency, from a day to a day.
type Grant struct {
	ID     string     `db:"id"`
	User   string     `db:"user_id"`
	Role   Role       `db:"role"`
	Place  string     `db:"place"`  // id of a place: it and all that lies within it; "" for none
	Agency string     `db:"agency"` // id of an agency; "" for none
	Since  clock.Date `db:"since"`
	Until  clock.Date `db:"until"` // the last day; zero while it has no end
}

// Actor is who acts, with the grants in force on the day. The zero Actor is anybody: it may nothing.
type Actor struct {
	User     string     // id of the account, or the name of a Program
	Session  string     // id of the session; "" for a program and a device
	Device   string     // id of the device; "" for all else
	Narrowed string     // id of the one grant the person has switched to; "" for all
	Grants   []Grant    // in force; of somebody who has switched to one role, that one alone
	Day      clock.Date // the day on which rights are asked
	Proven   time.Time  // when the person last proved who they are
	program  bool
}

// Program is the house acting by itself or at the console of its machine: "system" for jobs, "operator" for commands.
// It may everything, and the audit bears its name.
func Program(name string, day clock.Date) Actor { return Actor{User: name, Day: day, program: true} }

// Has tells whether a role is among the grants in force.
func (a Actor) Has(r Role) bool {
	for _, g := range a.Grants {
		if g.Role == r {
			return true
		}
	}
	return false
}

// Subject is the thing a question of rights is about: where it lies, whose it is. An empty field is nobody's.
type Subject struct {
	Place  string // id of the place it lies in
	Agency string // id of the agency it belongs to
	User   string // id of the account whose own it is
}

// Columns names the columns of a query that hold what a Subject holds; "" where a list has none.
type Columns struct{ Place, Agency, User string }

// May tells whether the actor may do something to a thing: nil, or a Forbidden fault in words. It asks the database the
// condition that Rows would put into a list.
func (a Actor) May(ctx context.Context, q *db.Q, do Action, on Subject) error {
	where, args := a.Rows(do, Columns{Place: "s.place", Agency: "s.agency", User: "s.user_id"})
	n, err := db.One[int](ctx, q, `SELECT count(*) FROM (SELECT CAST(? AS TEXT) AS place, CAST(? AS TEXT) AS agency,
		CAST(? AS TEXT) AS user_id) AS s WHERE `+where, append([]any{on.Place, on.Agency, on.User}, args...)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	return nil
}

// As tells in which role the actor does something to a thing: the first of the grants in force that allows it. It is ""
// for a program, and where no grant does.
func (a Actor) As(ctx context.Context, q *db.Q, do Action, on Subject) (Role, error) {
	for _, g := range a.Grants {
		one := a
		one.Grants = []Grant{g}
		if err := one.May(ctx, q, do, on); err == nil {
			return g.Role, nil
		} else if fault.KindOf(err) != fault.Forbidden {
			return "", err
		}
	}
	return "", nil
}

// MayAnywhere tells whether some grant of the actor allows an action on something: what a menu needs to know.
func (a Actor) MayAnywhere(do Action) bool {
	if a.program || (a.User != "" && policy[do].self) {
		return true
	}
	for _, g := range a.Grants {
		if policy[do].reach[g.Role] != nothing {
			return true
		}
	}
	return false
}

// everyRow is the condition of whoever may do something to all there is.
const everyRow = "1 = 1"

// Rows gives the condition, with its arguments, under which a row of a list is one the actor may do something to.
func (a Actor) Rows(do Action, c Columns) (where string, args []any) {
	if a.program {
		return everyRow, nil
	}
	var any []string
	add := func(cond string, values ...string) {
		any = append(any, cond)
		for _, v := range values {
			args = append(args, v)
		}
	}
	rule := policy[do]
	if rule.self && a.User != "" && c.User != "" {
		add(c.User+" = ?", a.User)
	}
	for _, g := range a.Grants {
		switch reach := rule.reach[g.Role]; {
		case reach == everything:
			return everyRow, nil
		case reach == ownAgency && g.Agency != "" && c.Agency != "":
			add(c.Agency+" = ?", g.Agency)
		case reach == ownPlace && g.Place != "" && c.Place != "":
			// One list of places, not “= or IN”: an index on the place is then walked once, in its order.
			add(c.Place+` IN (SELECT CAST(? AS TEXT) UNION ALL SELECT place FROM within
				WHERE ancestor = ? AND since <= ? AND (until IS NULL OR until >= ?))`, g.Place, g.Place, a.Day.String(), a.Day.String())
		}
	}
	if len(any) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(any, " OR ") + ")", args
}

// Reaches counts the places that an actor's grants reach, at most so many: whoever sees a whole province is best served by
// the order of a list, whoever sees a commune by its place.
func (a Actor) Reaches(ctx context.Context, q *db.Q, most int) (int, error) {
	if a.program {
		return most, nil
	}
	n := 0
	for _, g := range a.Grants {
		if g.Place == "" {
			continue
		}
		within, err := db.One[int](ctx, q, "SELECT count(*) FROM (SELECT place FROM within WHERE ancestor = ? LIMIT ?) AS w", g.Place, most)
		if err != nil {
			return 0, err
		}
		n += 1 + within
	}
	return min(n, most), nil
}

// PutWithin writes down that a place lies within another from a day to a day, for questions of rights. It belongs to the
// transaction in which the place came to lie there.
func PutWithin(ctx context.Context, q *db.Q, place, ancestor string, since, until clock.Date) error {
	_, err := q.Exec(ctx, `INSERT INTO within (place, ancestor, since, until) VALUES (?, ?, ?, ?)
		ON CONFLICT (place, ancestor, since) DO UPDATE SET until = excluded.until`, place, ancestor, since, until)
	return err
}
