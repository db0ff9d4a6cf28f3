package inspect

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Filter narrows lists; an empty field does not.
type Filter struct {
	Plan   string
	Place  string // and what lies within it
	Agency string
	States []Standing
	Limit  int // 0 = 200
}

// Findings lists findings that the actor may read: of inspections in their reach, of their own unit, of inspections whose
// team they are in. The day that is nearest, or longest past, stands first.
func (s *Store) Findings(ctx context.Context, actor account.Actor, f Filter) (all []Finding, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		where, args := f.readable(actor, today(q))
		all, err = listed(ctx, q, f.Limit, where, args)
		return err
	})
	return all, err
}

// Tally is how much is open.
type Tally struct {
	Open    int `db:"open_now"` // not closed
	Late    int `db:"late"`     // of them, past their day
	Waiting int `db:"waiting"`  // of them, to be verified
}

// Tally counts what is open of the findings that a filter gives, however many there are.
func (s *Store) Tally(ctx context.Context, actor account.Actor, f Filter) (t Tally, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		where, args := f.readable(actor, today(q))
		t, err = db.One[Tally](ctx, q, `SELECT count(*) AS open_now, CAST(coalesce(sum(CASE WHEN f.due < ? THEN 1 ELSE 0 END), 0) AS BIGINT) AS late,
			CAST(coalesce(sum(CASE WHEN f.state = ? THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting FROM finding f WHERE `+where+" AND f.state <> ?",
			append(append([]any{today(q), Remedied}, args...), Closed)...)
		return err
	})
	return t, err
}

// ToRemedy lists what is the actor's to remedy.
func (s *Store) ToRemedy(ctx context.Context, actor account.Actor, limit int) (all []Finding, err error) {
	where, args := actor.Rows(account.RemedyFinding, account.Columns{Place: "f.place", Agency: "f.agency"})
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = listed(ctx, q, limit, where+" AND f.state IN (?, ?)", append(args, Open, Failed))
		return err
	})
	return all, err
}

// ToVerify lists what waits for the actor's verification: of inspections within their reach, and nothing that is their own.
func (s *Store) ToVerify(ctx context.Context, actor account.Actor, limit int) (all []Finding, err error) {
	where, args := actor.Rows(account.VerifyFinding, account.Columns{Place: "i.place"})
	err = s.db.View(ctx, func(q *db.Q) error {
		on := today(q)
		all, err = listed(ctx, q, limit, "f.inspection IN (SELECT i.id FROM inspection i WHERE "+where+`) AND f.state = ?
			AND NOT EXISTS (SELECT 1 FROM finding_event e WHERE e.finding = f.id AND e.actor = ? AND e.did = ?) AND NOT EXISTS (SELECT 1 FROM role_grant g WHERE `+holdsRoleIn+")",
			append(args, Remedied, actor.User, Remedy, actor.User, on, on))
		return err
	})
	return all, err
}

// InTeam lists the inspections that have not ended and in whose team the actor is, the first day first.
func (s *Store) InTeam(ctx context.Context, actor account.Actor) (all []Inspection, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = db.All[Inspection](ctx, q, "SELECT "+columns+` FROM inspection i WHERE i.state IN (?, ?)
			AND i.id IN (SELECT m.inspection FROM inspection_member m WHERE m.user_id = ? AND m.left_at IS NULL) ORDER BY i.since, i.id`, Prepared, Opened, actor.User)
		return err
	})
	return all, err
}

// readable is the condition of a filter, as far as the actor may read.
func (f Filter) readable(actor account.Actor, on clock.Date) (string, []any) {
	may, rights := actor.Rows(account.ReadInspections, account.Columns{Place: "f.place", Agency: "f.agency"})
	may, args := reading(actor, may, rights, "f.inspection")
	where := db.Only(may, args...)
	where.If(f.Plan != "", "f.inspection IN (SELECT i.id FROM inspection i WHERE i.plan = ?)", f.Plan)
	where.If(f.Place != "", "(f.place = ? OR f.place IN (SELECT w.place FROM within w WHERE w.ancestor = ? AND w.since <= ? AND (w.until IS NULL OR w.until >= ?)))", f.Place, f.Place, on, on)
	where.If(f.Agency != "", "f.agency = ?", f.Agency)
	db.In(where, "f.state", f.States)
	return where.String(), where.Args()
}

// listed reads findings, the day that is nearest, or longest past, first.
func listed(ctx context.Context, q *db.Q, limit int, where string, args []any) ([]Finding, error) {
	if limit <= 0 {
		limit = 200
	}
	return db.All[Finding](ctx, q, "SELECT "+findingColumns+" FROM finding f WHERE "+where+" ORDER BY f.due, f.id LIMIT ?", append(args, limit)...)
}

// reading widens a condition of what may be read by the inspections in whose team the actor is.
func reading(actor account.Actor, may string, args []any, column string) (string, []any) {
	if actor.User == "" {
		return may, args
	}
	return "(" + may + " OR " + column + " IN (SELECT m.inspection FROM inspection_member m WHERE m.user_id = ? AND m.left_at IS NULL))", append(args, actor.User)
}

// Head is an inspection in a list, with what its reader may know of its visits and findings.
type Head struct {
	Inspection
	Visits int `db:"visits"` // that are on the list
	Begun  int `db:"begun"`
	Found  int `db:"found"` // findings
	Left   int `db:"left_open"`
}

// List gives the inspections that the actor may read, or by which their own unit was visited, the latest first.
func (s *Store) List(ctx context.Context, actor account.Actor, f Filter) (all []Head, err error) {
	may, args := actor.Rows(account.ReadInspections, account.Columns{Place: "i.place"})
	may, args = reading(actor, may, args, "i.id")
	if own, more := actor.Rows(account.ReadInspections, account.Columns{Place: "v.place", Agency: "v.agency"}); len(more) > 0 {
		may = "(" + may + " OR i.id IN (SELECT v.inspection FROM visit v WHERE " + own + "))"
		args = append(args, more...)
	}
	if f.Plan != "" {
		may, args = may+" AND i.plan = ?", append(args, f.Plan)
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	text, counted := "SELECT "+columns, []any(nil)
	for _, c := range []struct{ of, test, as string }{{"visit", "1 = 1", "visits"}, {"visit", "o.began IS NOT NULL", "begun"}, {"finding", "1 = 1", "found"}, {"finding", "o.state <> 'closed'", "left_open"}} {
		own, more := actor.Rows(account.ReadInspections, account.Columns{Place: "o.place", Agency: "o.agency"})
		own, more = reading(actor, own, more, "o.inspection")
		text += ", (SELECT count(*) FROM " + c.of + " o WHERE o.inspection = i.id AND " + c.test + " AND " + own + ") AS " + c.as
		counted = append(counted, more...)
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = db.All[Head](ctx, q, text+" FROM inspection i WHERE "+may+" ORDER BY i.id DESC LIMIT ?", append(append(counted, args...), f.Limit)...)
		return err
	})
	return all, err
}
