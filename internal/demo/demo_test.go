package demo

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/docx"
	"thuoc/internal/draw"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/inspect"
	"thuoc/internal/job"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/registry"
	"thuoc/internal/report"
	"thuoc/internal/run"
	"thuoc/internal/task"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start is the day on which the tests try the program: a Monday.
var start = time.Date(2026, 6, 15, 2, 0, 0, 0, time.UTC)

// open gives an empty house for trying, on a calendar.
func open(t testing.TB, e db.Engine, from time.Time) (House, *Calendar) {
	t.Helper()
	at := NewCalendar(from)
	cfg := dbtest.Fresh(t, e)
	cfg.Now = at.Now
	d := dbtest.Open(t, cfg)
	dir := filepath.Join(t.TempDir(), "blobs")
	must(t, blob.CreateDisk(dir))
	disk, err := blob.OpenDisk(dir, at.Now())
	must(t, err)
	t.Cleanup(func() { disk.Close() })
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	people, err := account.New(account.Options{DB: d, Log: log, Now: at.Now, Random: rand.NewChaCha8(sha256.Sum256(nil)), Key: bytes.Repeat([]byte{2}, 32), Cost: Cost})
	must(t, err)
	runs := run.New(run.Options{DB: d, Blobs: disk, Log: log, Code: "test"})
	plans, editions := plan.New(plan.Options{DB: d, Log: log}), edition.New(edition.Options{DB: d, Blobs: disk, Log: log, Runs: runs, Code: "test", Dir: t.TempDir()})
	inspections, err := inspect.New(inspect.Options{DB: d, Log: log, Key: bytes.Repeat([]byte{2}, 32), Random: rand.NewChaCha8(sha256.Sum256([]byte{3})), Editions: editions})
	must(t, err)
	return House{Inspections: inspections, DB: d, Blobs: disk, Log: log, Accounts: people, Places: place.New(place.Options{DB: d, Log: log, Invents: true}),
		Agencies: agency.New(agency.Options{DB: d, Log: log}), Runs: runs,
		Editions: editions, Pledges: commitment.New(commitment.Options{DB: d, Plans: plans, Editions: editions}),
		Plans: plans, Tasks: task.New(task.Options{DB: d, Log: log}), Follow: follow.New(follow.Options{DB: d, Log: log}),
		Reports: report.New(report.Options{DB: d, Log: log}), Registry: registry.New(registry.Options{DB: d, Log: log})}, at
}

// TestFurnish: everybody can sign in, every state of plans and tasks is there, the log is whole, and furnishing twice
// changes nothing.
func TestFurnish(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			h, at := open(t, e, start)
			must(t, Furnish(t.Context(), h, at))
			if !at.Now().Equal(start) {
				t.Errorf("the calendar stands at %v", at.Now())
			}
			signIn(t, h)
			looks(t, h, at)
			told(t, h, at)
			log, err := audit.Verify(t.Context(), h.DB)
			if err != nil || len(log.Findings) > 0 {
				t.Errorf("the log: %+v, %v", log, err)
			}
			before := entries(t, h)
			must(t, Furnish(t.Context(), h, at))
			if after := entries(t, h); after != before {
				t.Errorf("furnishing again wrote %d entries", after-before)
			}
		})
	}
}

// entries counts the rows of the audit log.
func entries(t *testing.T, h House) (n int) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(q *db.Q) (err error) {
		n, err = db.One[int](t.Context(), q, "SELECT count(*) FROM audit")
		return err
	}))
	return n
}

// signIn signs the first holder of every role in.
func signIn(t *testing.T, h House) {
	t.Helper()
	for _, r := range account.Roles {
		_, who, err := h.Accounts.SignIn(t.Context(), account.Credentials{Login: Login(r), Password: Password})
		if err != nil || !who.Has(r) {
			t.Errorf("%s: %+v, %v", r, who.Grants, err)
		}
	}
}

// looks looks at what stands in the house in the middle of the year.
func looks(t *testing.T, h House, at *Calendar) {
	t.Helper()
	all := account.Program("test", at.day(0))
	plans, err := h.Plans.List(t.Context(), all, plan.Filter{Limit: 1000})
	must(t, err)
	states := map[plan.State]int{}
	for _, p := range plans {
		states[p.State]++
	}
	if len(plans) != communes+1 || states[plan.Issued] != 7 || states[plan.Submitted] != 1 || states[plan.Comments] != 1 || states[plan.Draft] != communes-8 {
		t.Errorf("%d plans: %v", len(plans), states)
	}
	top := plans[slices.IndexFunc(plans, func(p plan.Head) bool { return p.Parent == "" })]
	p, err := h.Plans.Get(t.Context(), all, top.ID)
	must(t, err)
	duties, families := map[plan.DutyState]int{}, map[string]int{}
	for _, d := range p.Duties {
		duties[d.State]++
	}
	for _, a := range p.Aims {
		families[a.Family]++
	}
	if len(duties) != 4 || len(families) != 3 || p.Paper == "" {
		t.Errorf("duties %v, targets %v", duties, families)
	}
	tasks, err := h.Tasks.List(t.Context(), all, task.Filter{Limit: 1000})
	must(t, err)
	done, overdue := map[task.State]int{}, 0
	for _, x := range tasks {
		done[x.State]++
		if x.Overdue(at.day(0)) {
			overdue++
		}
	}
	if len(tasks) != 60 || len(done) != len(task.States) || overdue < 8 || overdue > 15 {
		t.Errorf("%d tasks: %v, %d overdue", len(tasks), done, overdue)
	}
	editions, err := h.Editions.List(t.Context(), all, edition.Filter{})
	must(t, err)
	stands := map[edition.State]int{}
	for _, e := range editions {
		stands[e.State]++
		if e.Source != run.Own && e.Source != edition.OfPlan {
			t.Errorf("an edition of source %s", e.Source)
		}
	}
	if stands[edition.Public] != 3 || stands[edition.Corrected] != 1 || stands[edition.Frozen] != 1 {
		t.Errorf("editions: %v", stands)
	}
}

// told tells what reports the province has: some of the first month locked, scored, accepted and sent late, some of the second
// returned and overdue, and those of the running month open.
func told(t *testing.T, h House, at *Calendar) {
	t.Helper()
	owner := account.Program("operator", clock.Of(at.Now().In(job.VietnamTime)))
	all, err := h.Reports.List(t.Context(), owner, report.Filter{Limit: 500})
	must(t, err)
	stands := map[report.State]int{}
	late := 0
	for _, r := range all {
		stands[r.State]++
		if r.Late(owner.Day) {
			late++
		}
	}
	for _, s := range []report.State{report.Due, report.Sent, report.Returned, report.Accepted, report.Scored, report.Locked} {
		if stands[s] == 0 {
			t.Errorf("no report is %s: %v", s, stands)
		}
	}
	if late == 0 {
		t.Error("no report is late")
	}
	papers(t, h, at)
}

// papers looks for the office's template and the signed letter that came back.
func papers(t *testing.T, h House, at *Calendar) {
	t.Helper()
	operator := account.Program("operator", clock.Of(at.Now().In(job.VietnamTime)))
	home, err := h.Places.At(t.Context(), Code, operator.Day)
	must(t, err)
	mine, err := h.Registry.TemplateOn(t.Context(), home.Place, registry.Plan, operator.Day)
	must(t, err)
	file, err := h.Blobs.Open(t.Context(), mine.File)
	must(t, err)
	defer file.Close()
	data, err := io.ReadAll(file)
	must(t, err)
	tmpl, err := docx.Open(data)
	must(t, err)
	if missing := tmpl.Missing(); len(missing) != 1 || missing[0].Name != "dia_chi_co_quan" {
		t.Errorf("the office's template lacks %v", missing)
	}
	letters, err := h.Follow.Urgings(t.Context(), operator, 5)
	must(t, err)
	if len(letters) == 0 {
		t.Fatal("nobody was urged")
	}
	signed, err := h.Registry.Papers(t.Context(), operator, registry.Urging, letters[0].ID)
	must(t, err)
	if len(signed) != 1 || signed[0].Number != letters[0].Number || !strings.HasSuffix(signed[0].Name, ".pdf") {
		t.Errorf("signed files of the letter: %+v", signed)
	}
}

// TestRealHouse: what the demo holds cannot come into a house that was not opened for trying.
func TestRealHouse(t *testing.T) {
	h, at := open(t, db.SQLite, start)
	h.Places = place.New(place.Options{DB: h.DB, Log: h.Log})
	if err := Furnish(t.Context(), h, at); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a real house is furnished: %v", err)
	}
}

// TestAnyDay: the province is in the middle of its year whatever the day.
func TestAnyDay(t *testing.T) {
	for _, day := range []time.Time{time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 2, 28, 20, 0, 0, 0, time.UTC)} {
		h, at := open(t, db.SQLite, day)
		must(t, Furnish(t.Context(), h, at))
		looks(t, h, at)
		told(t, h, at)
	}
}

// BenchmarkFurnish furnishes a house on SQLite. The bound is 2 s.
func BenchmarkFurnish(b *testing.B) {
	for b.Loop() {
		h, at := open(b, db.SQLite, start)
		must(b, Furnish(b.Context(), h, at))
	}
}

// TestPledge: what the demo promises is public, is counted again to the same, and names nobody who is on record.
func TestPledge(t *testing.T) {
	h, at := open(t, db.SQLite, start)
	must(t, Furnish(t.Context(), h, at))
	all, err := h.Editions.List(t.Context(), account.Program("test", at.day(0)), edition.Filter{Source: edition.OfPlan})
	must(t, err)
	sealed(t, h, at)
	if len(all) != 1 || all[0].State != edition.Public {
		t.Fatalf("%+v", all)
	}
	e, err := h.Editions.OpenPublic(t.Context(), all[0])
	must(t, err)
	must(t, edition.Recompute(e))
	c, err := e.Commitments()
	must(t, err)
	if n := c.Total(); n.All != 60 || n.Done == 0 || n.Late == 0 || n.Extended == 0 || n.Sufficient == 0 || len(c.Communes) != communes || c.Issued() != 6 || c.Targets[0].Latest == nil || c.Plan.Number != "12/KH-UBND" {
		t.Errorf("%+v, %d communes, %d issued, %+v", n, len(c.Communes), c.Issued(), c.Targets[0])
	}
	names, err := dbNames(t, h.DB)
	must(t, err)
	for _, f := range e.Manifest.Files {
		data, _ := e.File(f.Name)
		for _, name := range names {
			if strings.Contains(string(data), name) {
				t.Errorf("%s names %s", f.Name, name)
			}
		}
	}
}

// sealed holds what the frame of the sealed draw was made of: communes and departments, and the results that fell of what
// departments lead, with the edition that says so.
func sealed(t *testing.T, h House, at *Calendar) {
	t.Helper()
	all, err := h.Inspections.List(t.Context(), account.Program("test", at.day(0)), inspect.Filter{})
	must(t, err)
	p, err := h.Inspections.Get(t.Context(), account.Program("test", at.day(0)), all[0].ID)
	must(t, err)
	f, err := p.Draw.Frame()
	must(t, err)
	if f.Form != draw.LastForm || p.Draw.Commitment == "" || len(f.Units) <= communes || len(f.Bases) == 0 {
		t.Fatalf("the frame is of form %d, of %d units, read from %+v", f.Form, len(f.Units), f.Bases)
	}
	n, fell := slices.IndexFunc(f.Formula.Terms, func(x draw.Term) bool { return x.Key == inspect.Declined }), int64(0)
	for _, u := range f.Units {
		fell += u.Facts[n]
	}
	if tested := f.Bases[0].Tested; f.Bases[0].Edition == "" || tested == 0 || tested > int64(len(f.Units)-communes) {
		t.Errorf("%d results fell, by %+v", fell, f.Bases)
	}
}

// dbNames is everybody on record.
func dbNames(t *testing.T, d *db.DB) (names []string, err error) {
	t.Helper()
	err = d.View(t.Context(), func(q *db.Q) error {
		names, err = account.EveryName(t.Context(), q)
		return err
	})
	if len(names) < 10 {
		t.Errorf("only %d people are on record", len(names))
	}
	return names, err
}
