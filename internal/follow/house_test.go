package follow_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/task"
)

const (
	province, elsewhere = "province", "elsewhere"
	health, abroad      = "agency-of-health", "agency-of-elsewhere"
)

var today = clock.MustDate("2026-06-15") // a Monday

// house is a province with its people: each is known by what they are.
type house struct {
	*follow.Store
	tasks *task.Store
	db    *db.DB
	log   *audit.Log
}

func commune(n int) string { return fmt.Sprintf("commune-%03d", n) }

// open makes a province of some communes, each with an official and a chair.
func open(t testing.TB, d *db.DB, communes int) house {
	t.Helper()
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	h := house{follow.New(follow.Options{DB: d, Log: log, Base: "https://thuoc.example.vn"}), task.New(task.Options{DB: d, Log: log}), d, log}
	must(t, d.Update(t.Context(), func(q *db.Q) error {
		_, err := q.Exec(t.Context(), "INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES (?, ?, 'department', NULL, '', 1, 1), (?, ?, 'department', NULL, '', 1, 1)",
			health, province, abroad, elsewhere)
		for i := range communes {
			if err == nil {
				err = account.PutWithin(t.Context(), q, commune(i), province, clock.MustDate("2025-07-01"), clock.Date{})
			}
		}
		return err
	}))
	h.add(t, "owner", account.PlanOwner, province, "")
	h.add(t, "chair", account.ProvincialChair, province, "")
	h.add(t, "drafter", account.LeadDrafter, "", health)
	h.add(t, "head", account.LeadHead, "", health)
	h.add(t, "foreign", account.PlanOwner, elsewhere, "")
	for i := range communes {
		h.add(t, fmt.Sprintf("official-%03d", i), account.CommuneOfficial, commune(i), "")
		h.add(t, fmt.Sprintf("chair-%03d", i), account.CommuneChair, commune(i), "")
	}
	return h
}

// add gives the house somebody with a role, who has taken up the account.
func (h house) add(t testing.TB, user string, role account.Role, place, agency string) {
	t.Helper()
	must(t, h.db.Update(t.Context(), func(q *db.Q) error {
		if _, err := q.Exec(t.Context(), "INSERT INTO account (id, state, added) VALUES (?, 'active', 0)", user); err != nil {
			return err
		}
		if _, err := q.Exec(t.Context(), "INSERT INTO person (user_id, name, email, phone, version, folded, sort) VALUES (?, ?, ?, NULL, 1, '', ?)",
			user, "Ông "+user, user+"@tinh.example.vn", []byte{1}); err != nil {
			return err
		}
		_, err := q.Exec(t.Context(), "INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked, revoked_by) VALUES (?, ?, ?, ?, ?, '2025-07-01', NULL, 0, '', NULL, '')",
			user, user, role, place, agency)
		return err
	}))
}

func as(user string, role account.Role, place, agency string) account.Actor {
	return account.Actor{User: user, Day: today, Grants: []account.Grant{{Role: role, Place: place, Agency: agency}}}
}

var (
	owner   = as("owner", account.PlanOwner, province, "")
	chair   = as("chair", account.ProvincialChair, province, "")
	drafter = as("drafter", account.LeadDrafter, "", health)
	foreign = as("foreign", account.PlanOwner, elsewhere, "")
)

// give gives tasks.
func (h house) give(t testing.TB, tasks ...task.Task) {
	t.Helper()
	must(t, h.tasks.Add(t.Context(), owner, "plan", tasks))
}

// count counts rows.
func (h house) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	must(t, h.db.View(t.Context(), func(q *db.Q) (err error) {
		n, err = db.One[int](t.Context(), q, query, args...)
		return err
	}))
	return n
}

func (h house) remind(ctx context.Context, t testing.TB, day clock.Date) int {
	t.Helper()
	n, err := h.Remind(ctx, day)
	must(t, err)
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, kind fault.Kind, err error) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("got %v, want a fault of kind %s", err, kind)
	}
}
