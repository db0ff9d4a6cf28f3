package upkeep_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/mail"
	"thuoc/internal/upkeep"
)

// broken is a job that fails for good.
type broken struct{}

func (broken) Kind() string { return "test.broken" }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// each gives a store on each engine with a dead job and a letter that waits.
func each(t *testing.T, f func(t *testing.T, s *upkeep.Store, d *db.DB, letter job.Letter)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		log, err := audit.New(bytes.Repeat([]byte{7}, 32))
		must(t, err)
		runner := job.New(d, slog.New(slog.DiscardHandler), 1)
		job.Handle(runner, job.DefaultRetry, func(context.Context, broken) error { return job.Permanent(errors.New("no space")) })
		must(t, d.Update(t.Context(), func(q *db.Q) error {
			if err := mail.Queue(t.Context(), q, mail.Letter{To: "a@tinh.gov.vn", Subject: "s", Body: "b"}); err != nil {
				return err
			}
			return job.Add(t.Context(), q, broken{})
		}))
		_, err = runner.Drain(t.Context())
		must(t, err)
		s := upkeep.New(d, log)
		x, err := s.Look(t.Context(), admin)
		must(t, err)
		if x.Jobs.Dead != 1 || len(x.Dead) != 1 || x.Dead[0].Error != "no space" || x.Mail.Waiting != 1 || x.Mail.Oldest.IsZero() {
			t.Fatalf("the machine stands as %+v", x)
		}
		f(t, s, d, x.Dead[0])
	})
}

var (
	day   = clock.MustDate("2025-07-01")
	admin = account.Actor{User: "0197c2a0-0000-7000-8000-000000000001", Day: day, Grants: []account.Grant{{Role: account.Administrator}}}
	owner = account.Actor{User: "0197c2a0-0000-7000-8000-000000000002", Day: day, Grants: []account.Grant{{Role: account.PlanOwner, Place: "33"}}}
)

// What is mended is mended once and stands in the log.
func TestMend(t *testing.T) {
	for action, mend := range map[string]func(*upkeep.Store, context.Context, account.Actor, string) error{
		"job.revive": (*upkeep.Store).Revive, "job.discard": (*upkeep.Store).Discard,
	} {
		each(t, func(t *testing.T, s *upkeep.Store, _ *db.DB, letter job.Letter) {
			must(t, mend(s, t.Context(), admin, letter.ID))
			if err := mend(s, t.Context(), admin, letter.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s a second time: %v", action, err)
			}
			rows, _, err := s.Entries(t.Context(), admin, audit.Filter{Action: action, Limit: 10})
			must(t, err)
			if len(rows) != 1 || rows[0].Object != "job:"+letter.ID || rows[0].Actor != admin.User {
				t.Errorf("the log says %+v", rows)
			}
			if x, err := s.Look(t.Context(), admin); err != nil || x.Jobs.Dead != 0 || x.Unsealed != 1 {
				t.Errorf("afterwards: %+v, %v", x, err)
			}
			if r, err := s.Verify(t.Context(), admin); err != nil || len(r.Findings) > 0 {
				t.Errorf("the chain: %+v, %v", r, err)
			}
		})
	}
}

// Whoever has no right to the machine learns nothing about it and changes nothing.
func TestNotForEverybody(t *testing.T) {
	each(t, func(t *testing.T, s *upkeep.Store, _ *db.DB, letter job.Letter) {
		for _, a := range []account.Actor{{}, owner} {
			_, look := s.Look(t.Context(), a)
			_, _, read := s.Entries(t.Context(), a, audit.Filter{Limit: 10})
			_, verify := s.Verify(t.Context(), a)
			for what, err := range map[string]error{"look": look, "read": read, "verify": verify, "revive": s.Revive(t.Context(), a, letter.ID), "discard": s.Discard(t.Context(), a, letter.ID)} {
				if fault.KindOf(err) != fault.Forbidden {
					t.Errorf("%s by %q: %v", what, a.User, err)
				}
			}
		}
		if x, err := s.Look(t.Context(), admin); err != nil || x.Jobs.Dead != 1 {
			t.Errorf("something was changed: %+v, %v", x, err)
		}
	})
}

// Who changed a thing last is known under each of its names, and when a head last went out of the house.
func TestLastChange(t *testing.T) {
	each(t, func(t *testing.T, s *upkeep.Store, d *db.DB, letter job.Letter) {
		if x, err := s.Look(t.Context(), admin); err != nil || !x.Mailed.IsZero() {
			t.Errorf("a head was mailed at %v: %v", x.Mailed, err)
		}
		if _, _, at, err := s.LastChange(t.Context(), letter.ID, "job:"+letter.ID); err != nil || !at.IsZero() {
			t.Errorf("changed at %v: %v", at, err)
		}
		must(t, s.Discard(t.Context(), admin, letter.ID))
		must(t, d.Update(t.Context(), func(q *db.Q) error {
			log, err := audit.New(bytes.Repeat([]byte{7}, 32))
			must(t, err)
			return log.Append(t.Context(), q, audit.Entry{Actor: "nobody", Action: "session.refuse", Object: "job:" + letter.ID})
		}))
		actor, name, at, err := s.LastChange(t.Context(), letter.ID, "job:"+letter.ID)
		if err != nil || actor != admin.User || name != "" || at.IsZero() {
			t.Errorf("changed by %s %q at %v: %v", actor, name, at, err)
		}
		must(t, d.Update(t.Context(), func(q *db.Q) error {
			_, err := q.Exec(t.Context(), "INSERT INTO mail (id, key, address, subject, body, added, sent) VALUES (?, ?, '', '', '', ?, ?)", q.NewID(), "audit.anchor 2025-07-01", q.Now(), q.Now())
			return err
		}))
		if x, err := s.Look(t.Context(), admin); err != nil || x.Mailed.IsZero() {
			t.Errorf("a head was mailed at %v: %v", x.Mailed, err)
		}
	})
}
