package account_test

import (
	"log/slog"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// From the console to a signed-in administrator who invites somebody, who signs in by e-mail and by telephone.
func TestFromNothingToSomebody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if !h.admin.Has(account.Administrator) || len(h.admin.Grants) != 1 {
			t.Fatalf("the first administrator is %+v", h.admin)
		}
		user, link, err := h.Invite(t.Context(), h.admin, account.Invitation{
			Person: account.Person{Name: " Trần  Văn Bền ", Email: "Ben@So.Gov.VN", Phone: "+84 912-345-678"},
			Grants: []account.Grant{{Role: account.PlanOwner, Place: id("province"), Since: since}, {Role: account.Analyst, Place: id("province"), Since: since}},
		})
		must(t, err)
		if _, _, err := h.login("ben@so.gov.vn", right); fault.KindOf(err) != fault.Invalid {
			t.Errorf("somebody invited signed in without a password: %v", err)
		}
		l, err := h.Link(t.Context(), token(link))
		must(t, err)
		if l.Person.Name != "Trần Văn Bền" || l.Purpose != account.ForInvitation || l.User != user {
			t.Errorf("the link shows %+v", l)
		}
		must(t, h.Accept(t.Context(), token(link), right))
		wants(t, h.Accept(t.Context(), token(link), right), fault.Gone)
		for _, login := range []string{"ben@so.gov.vn", "BEN@SO.GOV.VN ", "0912345678", "0912 345 678", "+84912345678"} {
			if _, a, err := h.login(login, right); err != nil || a.User != user || len(a.Grants) != 2 {
				t.Errorf("%s: %+v (%v)", login, a, err)
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		tok, a, err := h.login("quantri@tinh.gov.vn", right)
		must(t, err)
		use := func() error { _, err := h.Actor(ctx, tok); return err }

		for range 20 { // used now and then, it lives past its idle time
			h.clock.Advance(7 * time.Hour)
			must(t, use())
		}
		h.clock.Advance(8 * time.Hour)
		is(t, use(), account.ErrSignedOut)

		tok, a, err = h.login("quantri@tinh.gov.vn", right)
		must(t, err)
		for h.clock.Now().Before(a.Proven.Add(7*24*time.Hour - 6*time.Hour)) {
			h.clock.Advance(6 * time.Hour)
			must(t, use())
		}
		h.clock.Advance(6 * time.Hour)
		is(t, use(), account.ErrSignedOut)

		tok, a, err = h.login("quantri@tinh.gov.vn", right)
		must(t, err)
		must(t, h.SignOut(ctx, a))
		is(t, use(), account.ErrSignedOut)
		is(t, func() error { _, err := h.Actor(ctx, "made up"); return err }(), account.ErrSignedOut)
	})
}

// A token is worth nothing once another took its place: after proving oneself and after switching roles.
func TestTokensRotate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.user("two@so.gov.vn", account.Grant{Role: account.PlanOwner, Place: id("p"), Since: since}, account.Grant{Role: account.Inspector, Place: id("p"), Since: since})
		first, a, err := h.login("two@so.gov.vn", right)
		must(t, err)

		second, narrow, err := h.SwitchRole(ctx, a, a.Grants[1].ID)
		must(t, err)
		if len(narrow.Grants) != 1 || !narrow.Has(account.Inspector) || narrow.Narrowed != a.Grants[1].ID {
			t.Errorf("narrowed to %+v", narrow)
		}
		_, err = h.Actor(ctx, first)
		is(t, err, account.ErrSignedOut)
		if again, err := h.Actor(ctx, second); err != nil || len(again.Grants) != 1 {
			t.Errorf("the narrowing is lost: %+v (%v)", again, err)
		}
		if _, _, err := h.SwitchRole(ctx, narrow, h.admin.Grants[0].ID); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("switched to somebody else's role: %v", err)
		}

		h.clock.Advance(11 * time.Minute)
		stale, err := h.Actor(ctx, second)
		must(t, err)
		is(t, account.Fresh(stale, h.clock.Now()), account.ErrNotFresh)
		if _, _, err := h.Prove(ctx, stale, account.Proof{Password: "wrong " + right, From: office}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("proved by a wrong password: %v", err)
		}
		third, fresh, err := h.Prove(ctx, stale, account.Proof{Password: right, From: office})
		must(t, err)
		must(t, account.Fresh(fresh, h.clock.Now()))
		_, err = h.Actor(ctx, second)
		is(t, err, account.ErrSignedOut)
		wide, all, err := h.SwitchRole(ctx, fresh, "")
		must(t, err)
		if len(all.Grants) != 2 {
			t.Errorf("widened to %+v", all)
		}
		_, err = h.Actor(ctx, third)
		is(t, err, account.ErrSignedOut)
		_, err = h.Actor(ctx, wide)
		must(t, err)
	})
}

func TestRevokingSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("ngoc@so.gov.vn")
		tokA, a, err := h.login("ngoc@so.gov.vn", right)
		must(t, err)
		tokB, b, err := h.login("ngoc@so.gov.vn", right)
		must(t, err)
		list, err := h.Sessions(ctx, a, user)
		must(t, err)
		if len(list) != 2 || list[0].Address != "203.0.113.7" || list[0].Agent != "Firefox" {
			t.Errorf("sessions: %+v", list)
		}
		_, err = h.Sessions(ctx, a, h.admin.User)
		wants(t, err, fault.Forbidden)
		wants(t, h.RevokeSession(ctx, a, h.admin.Session), fault.NotFound)
		must(t, h.RevokeSession(ctx, a, b.Session))
		_, err = h.Actor(ctx, tokB)
		is(t, err, account.ErrSignedOut)
		must(t, h.RevokeSessions(ctx, h.admin, user))
		_, err = h.Actor(ctx, tokA)
		is(t, err, account.ErrSignedOut)
	})
}

// A grant counts from its first day to its last, and not after it was revoked.
func TestGrantsCountOnTheirDays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("le@so.gov.vn",
			account.Grant{Role: account.PlanOwner, Place: id("p"), Since: since},
			account.Grant{Role: account.Analyst, Place: id("p"), Since: since, Until: clock.MustDate("2025-07-01")},
			account.Grant{Role: account.Inspector, Place: id("p"), Since: clock.MustDate("2025-07-02")})
		tok, a, err := h.login("le@so.gov.vn", right)
		must(t, err)
		if len(a.Grants) != 2 || a.Has(account.Inspector) {
			t.Errorf("on the day: %+v", a.Grants)
		}
		must(t, h.RevokeGrant(ctx, h.admin, a.Grants[0].ID))
		wants(t, h.RevokeGrant(ctx, h.admin, a.Grants[0].ID), fault.Conflict)
		a, err = h.Actor(ctx, tok)
		must(t, err)
		if a.Has(account.PlanOwner) {
			t.Error("a revoked grant counts")
		}
		h.clock.Advance(7 * time.Hour)
		_, err = h.Actor(ctx, tok)
		must(t, err)
		h.clock.Advance(7*time.Hour + 59*time.Minute) // 22:59 in Hà Nội
		a, err = h.Actor(ctx, tok)
		must(t, err)
		if !a.Has(account.Analyst) {
			t.Error("a grant does not count on its last day")
		}
		h.clock.Advance(time.Hour + time.Minute) // midnight in Hà Nội
		a, err = h.Actor(ctx, tok)
		must(t, err)
		if a.Has(account.Analyst) || !a.Has(account.Inspector) {
			t.Errorf("the next day: %+v", a.Grants)
		}
		all, err := h.Grants(ctx, h.admin, user)
		must(t, err)
		if len(all) != 3 || all[2].RevokedBy != h.admin.User || all[2].Revoked.IsZero() {
			t.Errorf("history: %+v", all)
		}
	})
}

// Every night what time has ended is removed, and nothing else; running twice changes nothing.
func TestTidy(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		runner := job.New(h.db, slog.New(slog.DiscardHandler), 1)
		h.Register(runner)
		rows := func() (n int) {
			must(t, h.db.View(ctx, func(q *db.Q) (err error) {
				n, err = db.One[int](ctx, q, `SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM ceremony) +
					(SELECT count(*) FROM link) + (SELECT count(*) FROM guess)`)
				return err
			}))
			return n
		}
		_, _, err := h.login("ai@tinh.gov.vn", "x")
		must(t, notBusy(err))
		_, err = h.BeginPasskeySignIn(ctx)
		must(t, err)
		_, err = runner.DrainTwice(ctx)
		must(t, err)
		full := rows()
		h.clock.Advance(4 * time.Hour)
		_, err = runner.DrainTwice(ctx)
		must(t, err)
		if rows() < full-1 {
			t.Errorf("%d rows of %d are left after four hours", rows(), full)
		}
		h.clock.Advance(40 * 24 * time.Hour)
		_, err = runner.DrainTwice(ctx)
		must(t, err)
		if rows() != 0 {
			t.Errorf("%d rows are left after forty days", rows())
		}
	})
}

// notBusy passes a wrong sign-in and stops at one that had to wait.
func notBusy(err error) error {
	if fault.KindOf(err) == fault.Invalid {
		return nil
	}
	return err
}
