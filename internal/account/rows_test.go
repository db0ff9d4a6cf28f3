package account

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	godiff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
)

// world is a small country with things in it, drawn at random, and an actor.
type world struct {
	lies   []stay
	things []Subject
	actor  Actor
}

// stay is a place within another from a day to a day.
type stay struct {
	place, ancestor string
	since, until    clock.Date
}

var someDays = []clock.Date{clock.MustDate("2025-06-30"), clock.MustDate("2025-07-01"), clock.MustDate("2025-07-02"), clock.MustDate("2026-01-01")}

func drawWorld(t *rapid.T) (w world) {
	places, agencies, users := []string{"", "a", "b", "c", "d"}, []string{"", "x", "y"}, []string{"", "me", "you"}
	one := func(from []string, what string) string { return rapid.SampledFrom(from).Draw(t, what) }
	day := func(what string) clock.Date { return rapid.SampledFrom(someDays).Draw(t, what) }
	seen := map[string]bool{}
	for range rapid.IntRange(0, 6).Draw(t, "stays") {
		s := stay{one(places[1:], "place"), one(places[1:], "ancestor"), day("since"), day("until")}
		if rapid.Bool().Draw(t, "open") {
			s.until = clock.Date{}
		}
		if key := s.place + s.ancestor + s.since.String(); !seen[key] {
			seen[key], w.lies = true, append(w.lies, s)
		}
	}
	for range rapid.IntRange(1, 8).Draw(t, "things") {
		w.things = append(w.things, Subject{Place: one(places, "its place"), Agency: one(agencies, "its agency"), User: one(users[1:], "its owner")})
	}
	w.actor = Actor{User: one(users, "actor"), Day: day("day")}
	for range rapid.IntRange(0, 3).Draw(t, "grants") {
		w.actor.Grants = append(w.actor.Grants, Grant{Role: rapid.SampledFrom(Roles).Draw(t, "role"), Place: one(places, "over"), Agency: one(agencies, "in")})
	}
	return w
}

// allows is the rule once more, in Go and one thing at a time: what the SQL must mean.
func (w world) allows(do Action, on Subject) bool {
	if policy[do].self && w.actor.User != "" && w.actor.User == on.User {
		return true
	}
	return slices.ContainsFunc(w.actor.Grants, func(g Grant) bool {
		switch policy[do].reach[g.Role] {
		case everything:
			return true
		case ownAgency:
			return g.Agency != "" && g.Agency == on.Agency
		case ownPlace:
			return g.Place != "" && (g.Place == on.Place || slices.ContainsFunc(w.lies, func(s stay) bool {
				return s.place == on.Place && s.ancestor == g.Place && !w.actor.Day.Before(s.since) && (s.until.IsZero() || !s.until.Before(w.actor.Day))
			}))
		}
		return false
	})
}

// put writes the world into the database; the things stand in role_grant, which has the three columns.
func (w world) put(t *rapid.T, d *db.DB) {
	err := d.Update(t.Context(), func(q *db.Q) error {
		for _, table := range []string{"role_grant", "within", "account"} {
			if _, err := q.Exec(t.Context(), "DELETE FROM "+table); err != nil {
				return err
			}
		}
		for _, user := range []string{"me", "you"} {
			if _, err := q.Exec(t.Context(), "INSERT INTO account (id, state, added) VALUES (?, ?, ?)", user, Active, q.Now()); err != nil {
				return err
			}
		}
		for _, s := range w.lies {
			if err := PutWithin(t.Context(), q, s.place, s.ancestor, s.since, s.until); err != nil {
				return err
			}
		}
		for i, on := range w.things {
			if _, err := q.Exec(t.Context(), `INSERT INTO role_grant (id, user_id, role, place, agency, since, added, added_by, revoked_by)
				VALUES (?, ?, 'thing', ?, ?, '2025-01-01', 0, '', '')`, fmt.Sprint(i), on.User, on.Place, on.Agency); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Of any country, any grants and any day: the list that Rows gives, May asked of each thing, and the rule told once more
// in Go agree about every action, on both engines; and what MayAnywhere hides is allowed on nothing.
func TestRowsAndMayAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		actions := slices.Sorted(maps.Keys(policy))
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			w.put(t, d)
			for _, do := range rapid.SliceOfNDistinct(rapid.SampledFrom(actions), 6, 6, rapid.ID).Draw(t, "actions") {
				w.compare(t, d, do)
			}
		})
	})
}

func (w world) compare(t *rapid.T, d *db.DB, do Action) {
	var want, one, list []string
	err := d.View(t.Context(), func(q *db.Q) (err error) {
		for i, on := range w.things {
			if w.allows(do, on) {
				want = append(want, fmt.Sprint(i))
			}
			if w.actor.May(t.Context(), q, do, on) == nil {
				one = append(one, fmt.Sprint(i))
			}
		}
		where, args := w.actor.Rows(do, Columns{Place: "g.place", Agency: "g.agency", User: "g.user_id"})
		list, err = db.All[string](t.Context(), q, "SELECT g.id FROM role_grant g WHERE "+where+" ORDER BY g.id", args...)
		return err
	})
	if diff := cmp.Or(godiff.Diff(want, one), godiff.Diff(want, list)); err != nil || diff != "" {
		t.Fatalf("%s by %+v: %v\n%s", do, w.actor, err, diff)
	}
	if len(want) > 0 && !w.actor.MayAnywhere(do) {
		t.Fatalf("%s: allowed and hidden", do)
	}
}

// Every action of the table is one that somebody may do, every role in it exists, and every role may do something.
func TestThePolicyIsWhole(t *testing.T) {
	busy := map[Role]bool{}
	for do, rule := range policy {
		if !rule.self && len(rule.reach) == 0 {
			t.Errorf("%s: nobody may", do)
		}
		for role, reach := range rule.reach {
			if !role.Known() || reach == nothing {
				t.Errorf("%s: %q has the reach %d", do, role, reach)
			}
			busy[role] = true
		}
	}
	for _, role := range Roles {
		if !busy[role] {
			t.Errorf("%s may nothing", role)
		}
	}
}

// Who keeps the accounts decides nothing of content, and who decides of content keeps no accounts.
func TestDutiesAreSeparate(t *testing.T) {
	for _, do := range []Action{AddRun, FreezeEdition, ReviewEdition, PublishEdition, WithdrawEdition, ReviewPlace, ProposePlace} {
		if policy[do].reach[Administrator] != nothing {
			t.Errorf("an administrator may %s", do)
		}
	}
	for _, do := range []Action{InviteUser, ChangeUser, EraseUser, GrantRole, RevokeRole} {
		for role := range policy[do].reach {
			if role != Administrator {
				t.Errorf("%s may %s", role, do)
			}
		}
	}
}
