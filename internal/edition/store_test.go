package edition

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/run"
)

// house is a store of releases with all it stands on.
type house struct {
	*Store
	t     *testing.T
	runs  *run.Store
	jobs  *job.Runner
	clock *dbtest.Clock
	dir   string
	anna  account.Actor // analyst: freezes
	binh  account.Actor // plan owner: reviews and publishes
	chi   account.Actor // provincial chair: publishes
	vinh  account.Actor // plan owner of another province
}

const hungYen = "province-1"

func newHouse(t *testing.T, d *db.DB, c *dbtest.Clock) *house {
	t.Helper()
	blobs := filepath.Join(t.TempDir(), "blobs")
	must(t, blob.CreateDisk(blobs))
	disk, err := blob.OpenDisk(blobs, c.Now())
	must(t, err)
	t.Cleanup(func() { disk.Close() })
	log, err := audit.New(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	runs := run.New(run.Options{DB: d, Blobs: disk, Log: log, Code: "test"})
	h := &house{t: t, runs: runs, clock: c, dir: t.TempDir(), jobs: job.New(d, slog.New(slog.DiscardHandler), 1)}
	h.Store = New(Options{DB: d, Blobs: disk, Log: log, Runs: runs, Code: "test", Dir: h.dir})
	h.Register(h.jobs)
	actor := func(user string, r account.Role, place string) account.Actor {
		return account.Actor{User: user, Day: clock.MustDate("2025-07-01"), Proven: c.Now(), Grants: []account.Grant{{Role: r, Place: place}}}
	}
	h.anna, h.binh = actor("anna", account.Analyst, hungYen), actor("binh", account.PlanOwner, hungYen)
	h.chi, h.vinh = actor("chi", account.ProvincialChair, hungYen), actor("vinh", account.PlanOwner, "province-2")
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// published adds the published figures of a year.
func (h *house) published(year int) run.Run {
	h.t.Helper()
	r, err := h.runs.AddPublished(h.t.Context(), h.anna, hungYen, year)
	must(h.t, err)
	return r
}

// own computes the province's own figures, as the file says.
func (h *house) own(period, figures string) run.Run {
	h.t.Helper()
	definition, err := os.ReadFile("testdata/own.yaml")
	must(h.t, err)
	r, err := h.runs.AddComputed(h.t.Context(), h.anna, run.Computed{Place: hungYen, Source: run.Own, Period: period,
		Definition: &run.File{Name: "own.yaml", Data: bytes.NewReader(definition)}, Figures: &run.File{Name: "figures.csv", Data: strings.NewReader(figures)}})
	must(h.t, err)
	return r
}

func (h *house) freeze(r run.Run, reason string) Release {
	h.t.Helper()
	e, err := h.Freeze(h.t.Context(), h.anna, r.ID, reason)
	must(h.t, err)
	return e
}

// release gives a release as it stands now.
func (h *house) release(id string) Release {
	h.t.Helper()
	r, _, err := h.Get(h.t.Context(), h.binh, id)
	must(h.t, err)
	return r
}

func (h *house) seen(id string) Seen { return Seen{id, h.release(id).Version} }

// publish leads an edition to the public.
func (h *house) publish(r Release) {
	h.t.Helper()
	must(h.t, h.Approve(h.t.Context(), h.binh, h.seen(r.ID), ""))
	must(h.t, h.Publish(h.t.Context(), h.chi, h.seen(r.ID), time.Time{}, ""))
	h.drain()
}

// drain runs the jobs that are due, every handler twice.
func (h *house) drain() {
	h.t.Helper()
	_, err := h.jobs.DrainTwice(h.t.Context())
	must(h.t, err)
}

// each runs a test in a house of each engine.
func each(t *testing.T, f func(t *testing.T, ctx context.Context, h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) { f(t, t.Context(), newHouse(t, d, c)) })
}

func wants(t *testing.T, what string, err error, kind fault.Kind, words string) {
	t.Helper()
	if fault.KindOf(err) != kind || err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v, want %v: …%s…", what, err, kind, words)
	}
}

// TestTransitions holds the whole table, every state by every step: what is not a way is a Conflict in words.
func TestTransitions(t *testing.T) {
	ways := map[string]State{
		"frozen approve": Reviewed, "frozen return": Returned,
		"reviewed publish": Public, "reviewed embargo": Embargoed, "reviewed return": Returned,
		"embargoed lift": Public, "embargoed return": Returned,
		"public correct": Corrected, "public withdraw": Withdrawn, "corrected withdraw": Withdrawn,
	}
	for _, s := range States {
		for _, do := range Steps {
			got, err := s.After(do)
			want, ok := ways[string(s)+" "+string(do)]
			switch {
			case ok && (err != nil || got != want):
				t.Errorf("%s, %s: %s, %v; want %s", s, do, got, err, want)
			case !ok && (fault.KindOf(err) != fault.Conflict || got != s || err.Error() == ""):
				t.Errorf("%s, %s: %s, %v; want a conflict in words", s, do, got, err)
			}
		}
	}
}

// TestTwoPeople leads one edition to the public and tries everything that must not be on the way.
func TestTwoPeople(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		r := h.published(2022)
		if again := h.published(2022); again.ID != r.ID || r.State != run.Official {
			t.Errorf("the same figures are two runs, %s and %s (%s)", r.ID, again.ID, r.State)
		}
		_, err := h.Freeze(ctx, h.vinh, r.ID, "")
		wants(t, "another province freezes", err, fault.Forbidden, "role")
		e := h.freeze(r, "")
		_, err = h.Freeze(ctx, h.anna, r.ID, "")
		wants(t, "freezing twice", err, fault.Conflict, "on its way")
		wants(t, "publishing unreviewed", h.Publish(ctx, h.chi, h.seen(e.ID), time.Time{}, ""), fault.Conflict, "not been reviewed")
		wants(t, "reviewing one's own", h.Approve(ctx, h.anna, h.seen(e.ID), ""), fault.Forbidden, "yourself")
		wants(t, "another province reviews", h.Approve(ctx, h.vinh, h.seen(e.ID), ""), fault.Forbidden, "role")
		seen := h.seen(e.ID)
		must(t, h.Approve(ctx, h.binh, seen, "đã đối chiếu"))
		wants(t, "two editors", h.Return(ctx, h.chi, seen, "chưa đủ"), fault.Conflict, "while you were looking")
		wants(t, "reviewing twice", h.Approve(ctx, h.binh, h.seen(e.ID), ""), fault.Conflict, "has been reviewed")
		analyst := h.anna
		analyst.Grants = append(analyst.Grants, account.Grant{Role: account.PlanOwner, Place: hungYen})
		wants(t, "publishing one's own", h.Publish(ctx, analyst, h.seen(e.ID), time.Time{}, ""), fault.Forbidden, "yourself")
		h.clock.Advance(11 * time.Minute)
		wants(t, "publishing on an old proof", h.Publish(ctx, h.chi, h.seen(e.ID), time.Time{}, ""), fault.Forbidden, "once more")
		wants(t, "a program publishes", h.Publish(ctx, account.Program("operator", h.chi.Day), h.seen(e.ID), time.Time{}, ""), fault.Forbidden, "signed in")
		h.chi.Proven = h.clock.Now()
		seen = h.seen(e.ID)
		must(t, h.Publish(ctx, h.chi, seen, time.Time{}, ""))
		wants(t, "publishing twice", h.Publish(ctx, h.chi, seen, time.Time{}, ""), fault.Conflict, "is public")
		_, history, err := h.Get(ctx, h.binh, e.ID)
		must(t, err)
		var steps []string
		for _, ev := range history {
			steps = append(steps, ev.Actor+" "+string(ev.Step))
		}
		if want := []string{"anna freeze", "binh approve", "chi publish"}; !slices.Equal(steps, want) {
			t.Errorf("the history is %v", steps)
		}
		h.drain()
		back, err := Open(os.DirFS(filepath.Join(h.dir, e.Hash)))
		must(t, err)
		m := back.Manifest
		if back.ID != e.Hash || m.MadeBy != "anna" || m.Run.Inputs != r.Inputs || m.Source != run.UNDP || m.AuditHead == "" || m.AuditHead != e.Head {
			t.Errorf("the public folder holds %+v", m)
		}
		built, err := Build(2022, Made{})
		must(t, err)
		for _, f := range built.Manifest.Files {
			if i := slices.Index(m.Files, f); i < 0 {
				t.Errorf("%s is not that of the figures inside the program", f.Name)
			}
		}
	})
}
