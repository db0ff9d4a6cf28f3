package edition_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/edition/editiontest"
	"thuoc/internal/fault"
)

// TestCommitmentsAreCountedAgain: whoever has an edition of a plan can count it again; one count that is another is found
// by the manifest, and, where the manifest was made to fit, by counting.
func TestCommitmentsAreCountedAgain(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			h := editiontest.New(t, e)
			if err := h.Store.Verify(t.Context(), h.Actor("binh", account.PlanOwner), h.Pledge.ID); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(h.Dir, h.Pledge.Hash)
			open, err := edition.Open(os.DirFS(dir))
			if err != nil {
				t.Fatal(err)
			}
			if err := edition.Recompute(open); err != nil {
				t.Fatal(err)
			}
			c, err := open.Commitments()
			if err != nil {
				t.Fatal(err)
			}
			if n := c.Parts[0].Counts; n != (edition.Counts{All: 2, Done: 1, Sufficient: 1, Late: 1}) || c.Parts[1].All != 2 || c.Agencies[0].All != 2 || c.Total().All != 3 {
				t.Errorf("counted %+v, %+v, %+v", c.Parts, c.Agencies, c.Total())
			}
			name := filepath.Join(dir, edition.PartsTable)
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(strings.Replace(string(data), ",2,1,1,", ",2,2,1,", 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := edition.Open(os.DirFS(dir)); err == nil || !strings.Contains(err.Error(), edition.PartsTable) {
				t.Errorf("a changed count: %v", err)
			}
		})
	}
}

// TestPlanTwoPeople: who took an edition of a plan neither reviews nor publishes it; one at a time is on its way; the same
// day corrects, with a reason, and another day leads to the former.
func TestPlanTwoPeople(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			h := editiontest.New(t, e)
			ctx, binh := t.Context(), h.Actor("binh", account.PlanOwner)
			again := editiontest.Commitments(h.Pledge.Plan, clock.MustDate("2025-07-01"), "x")
			if _, err := h.Store.FreezePlan(ctx, binh, again, "2025-06-01", "sửa"); fault.KindOf(err) != fault.Conflict {
				t.Errorf("two on their way: %v", err)
			}
			h.Clock.Advance(editiontest.Opens.Sub(h.Clock.Now()))
			h.Drain()
			if _, err := h.Store.FreezePlan(ctx, binh, again, "2025-06-01", " "); fault.KindOf(err) != fault.Invalid {
				t.Errorf("correcting without a word: %v", err)
			}
			if _, err := h.Store.FreezePlan(ctx, h.Actor("front", account.FrontMonitor), again, "2025-06-01", "sửa"); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("a monitor takes one: %v", err)
			}
			r, err := h.Store.FreezePlan(ctx, binh, again, "2025-06-01", "sửa số nhiệm vụ")
			if err != nil || r.Corrects != h.Pledge.ID {
				t.Fatalf("%+v, %v", r, err)
			}
			seen := edition.Seen{ID: r.ID, Version: r.Version}
			if err := h.Store.Approve(ctx, binh, seen, ""); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("reviewing one's own: %v", err)
			}
			late, err := h.Store.Edition(ctx, binh, h.PledgeEmbargoed.ID)
			if err != nil {
				t.Fatal(err)
			}
			c, err := late.Commitments()
			if err != nil || c.Former != h.Pledge.Hash || c.FormerOn.String() != "2025-06-01" {
				t.Errorf("the later one follows %q of %s: %v", c.Former, c.FormerOn, err)
			}
		})
	}
}

// TestDaysReadBack: a day that a frozen file holds is read back as it was; FuzzDay gives it anything.
func TestDaysReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := edition.Day{Date: clock.MustDate("2000-01-01").Add(rapid.IntRange(0, 60_000).Draw(t, "days"))}
		text, err := d.MarshalText()
		var back edition.Day
		if err != nil || back.UnmarshalText(text) != nil || back != d {
			t.Errorf("%s is read back as %s", d, back)
		}
	})
}

// FuzzDay: whatever stands where a day should, it is a day that writes back as the same, nothing, or an error.
func FuzzDay(f *testing.F) {
	for _, s := range []string{"", "2025-07-01", "2025-02-30", "0000-00-00", "01/07/2025", "2025-7-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var d edition.Day
		if d.UnmarshalText([]byte(s)) != nil {
			return
		}
		if text, err := d.MarshalText(); err != nil || string(text) != s && !d.IsZero() {
			t.Errorf("%q is written as %q (%v)", s, text, err)
		}
	})
}
