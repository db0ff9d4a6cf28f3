package report_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/report"
	"thuoc/internal/task"
)

// home is the invented province of the tests.
const home = "99"

// quarter is the period of most tests: 15 June to 14 September 2025, due on Monday the 22nd.
var quarter = report.Period{Kind: report.Quarter, Year: 2025, N: 3}

type house struct {
	*report.Store
	t     testing.TB
	db    *db.DB
	clock *dbtest.Clock
	tasks *task.Store
	log   *audit.Log
	base  string // id of an agency
	other string // id of another
}

func open(t testing.TB, d *db.DB, now *dbtest.Clock, communes int) *house {
	t.Helper()
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	h := &house{Store: report.New(report.Options{DB: d, Log: log}), t: t, db: d, clock: now, tasks: task.New(task.Options{DB: d, Log: log}), log: log}
	in := place.Invention{Code: home, Name: "Mẫu", Since: clock.MustDate("2025-01-01")}
	for i := range communes {
		in.Parts = append(in.Parts, place.InventedPart{Code: fmt.Sprintf("99%03d", i+1), Name: fmt.Sprintf("Mẫu %03d", i+1), Type: gazetteer.Commune})
	}
	program := account.Program("operator", clock.MustDate("2025-07-01"))
	_, err = place.New(place.Options{DB: d, Log: log, Invents: true}).Invent(t.Context(), program, in)
	must(t, err)
	agencies := agency.New(agency.Options{DB: d, Log: log})
	for name, at := range map[string]*string{"Sở Y tế": &h.base, "Sở Tài chính": &h.other} {
		*at, err = agencies.Add(t.Context(), program, agency.Addition{Place: home, Bloc: agency.Department, Name: name, Since: clock.MustDate("2025-01-01")})
		must(t, err)
	}
	return h
}

// as is somebody with a role, on the day of the clock.
func (h *house) as(user string, role account.Role) account.Actor {
	g := account.Grant{Role: role, Place: home}
	switch role {
	case account.LeadHead, account.LeadDrafter:
		g = account.Grant{Role: role, Agency: h.base}
	case account.CommuneChair, account.CommuneOfficial:
		g.Place = "99001"
	}
	return account.Actor{User: user, Day: h.today(), Grants: []account.Grant{g}}
}

func (h *house) today() clock.Date { return clock.Of(h.clock.Now().In(job.VietnamTime)) }

// reach moves the clock to eight in the morning of a day.
func (h *house) reach(day string) {
	d := clock.MustDate(day)
	h.clock.Advance(time.Date(d.Year, d.Month, d.Day, 8, 0, 0, 0, job.VietnamTime).Sub(h.clock.Now()))
}

// rule sets the national cut-off with a week for sending.
func (h *house) rule(who report.Who, since string) {
	h.t.Helper()
	must(h.t, h.SetRule(h.t.Context(), h.as("owner", account.PlanOwner), report.Rule{Home: home, Kind: report.Quarter, Who: who, Owes: true, Days: national, Since: clock.MustDate(since), Law: "QĐ 1/QĐ-UBND"}))
}

// run does the jobs of the day, each of them twice.
func (h *house) run() {
	h.t.Helper()
	must(h.t, h.Day(h.t.Context()))
	r := job.New(h.db, slog.New(slog.DiscardHandler), 1)
	h.Register(r)
	_, err := r.DrainTwice(h.t.Context())
	must(h.t, err)
}

func (h *house) list() []report.Report {
	h.t.Helper()
	all, err := h.List(h.t.Context(), h.as("owner", account.PlanOwner), report.Filter{Limit: 500})
	must(h.t, err)
	slices.Reverse(all)
	return all
}

// of gives the report of an agency for a period.
func (h *house) of(agency string, p report.Period) report.Page {
	h.t.Helper()
	for _, r := range h.list() {
		if r.Agency == agency && r.Label == p.String() {
			page, err := h.Get(h.t.Context(), h.as("owner", account.PlanOwner), r.ID)
			must(h.t, err)
			return page
		}
	}
	h.t.Fatalf("no report of %s for %s", agency, p)
	return report.Page{}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, kind fault.Kind, err error) *fault.Error {
	t.Helper()
	e, _ := err.(*fault.Error)
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("got %v, want a fault of kind %s", err, kind)
	}
	return e
}

// fields are those that an error blames.
func fields(err error) (names []string) {
	if e, ok := err.(*fault.Error); ok {
		for _, it := range e.Items {
			names = append(names, it.Field)
		}
	}
	return names
}

func full(promises []report.Promise) report.Entry {
	e := report.Entry{Text: report.Narrative{Results: "Đã làm", Shortcomings: "Chậm một việc", Causes: "Thiếu người",
		Next: []report.Promise{{Text: "Phòng A niêm yết lại", Due: clock.MustDate("2025-12-01")}}}}
	for _, p := range promises {
		e.Answers = append(e.Answers, report.Answered{Promise: p, Kept: report.InPart, Words: "một nửa"})
	}
	return e
}

// give adds a task of the base agency and lets it come to an end, or not.
func (h *house) give(due string, code string) string {
	h.t.Helper()
	tasks := []task.Task{{Place: home, Agency: h.base, Title: "Niêm yết", Code: code, Due: clock.MustDate(due)}}
	must(h.t, h.tasks.Add(h.t.Context(), h.as("owner", account.PlanOwner), "", tasks))
	return tasks[0].ID
}

func (h *house) take(id string, who account.Actor, step task.Step) {
	h.t.Helper()
	p, err := h.tasks.Get(h.t.Context(), h.as("owner", account.PlanOwner), id)
	must(h.t, err)
	must(h.t, h.tasks.Take(h.t.Context(), who, task.Move{Task: id, Rev: p.Rev, Step: step, Note: "x"}))
}

func (h *house) finish(id string) {
	h.t.Helper()
	ctx, doer, judge := h.t.Context(), h.as("drafter", account.LeadDrafter), h.as("inspector", account.Inspector)
	must(h.t, h.tasks.Show(ctx, doer, task.Evidence{Task: id, Key: "k", Sort: task.Photo, File: "ab"}))
	h.take(id, doer, task.Submit)
	p, err := h.tasks.Get(ctx, judge, id)
	must(h.t, err)
	must(h.t, h.tasks.Judge(ctx, judge, p.Evidence[0].ID, task.Sufficient, ""))
	h.take(id, judge, task.Confirm)
}

// Figures are those of the cut-off, whatever happens later and whenever the job runs.
func TestFiguresAreOfTheCutOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h := open(t, d, now, 2)
		h.rule(report.Departments, "2025-01-01")
		done, late, open := h.give("2025-08-01", "2.3"), h.give("2025-08-01", "2.3;D5"), h.give("2025-12-31", "")
		h.reach("2025-07-20")
		h.finish(done)
		h.reach("2025-09-15") // the day after the cut-off; the machine stands still
		h.finish(late)        // too late for this report
		h.take(open, h.as("drafter", account.LeadDrafter), task.Start)
		h.reach("2025-09-18")
		h.run()
		p := h.of(h.base, quarter)
		want := map[report.Mark]int{report.Given: 3, report.Done: 1, report.Overdue: 1, report.Shown: 1, report.Sufficient: 1}
		got := map[report.Mark]int{}
		for _, f := range p.Figures {
			if f.Code == "" && f.Value > 0 {
				got[f.Mark] = f.Value
			}
			if f.Mark == report.Overdue && f.Code == "D5" && f.Value != 1 {
				t.Errorf("%d overdue under D5", f.Value)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if p.Live || p.Hash == "" || !p.Verify() {
			t.Errorf("live %v, hash %q, verified %v", p.Live, p.Hash, p.Verify())
		}
		p.Rows[0].Marks += " extended"
		if p.Verify() {
			t.Error("a changed row was not noticed")
		}
	})
}

// One report a unit and period, whatever is cut short: days and jobs in any order, each of them again and again.
func TestOneReportAUnitAndPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h := open(t, d, now, 4)
		h.rule(report.Departments, "2025-01-01")
		h.rule(report.Communes, "2025-08-01")
		day := clock.MustDate("2025-07-02")
		rapid.Check(t, func(rt *rapid.T) {
			if day = day.Add(rapid.IntRange(0, 12).Draw(rt, "days")); day.Year > 2028 {
				return
			}
			h.reach(day.String())
			r := job.New(d, slog.New(slog.DiscardHandler), 2)
			h.Register(r)
			for range rapid.IntRange(0, 3).Draw(rt, "times") {
				must(t, h.Day(t.Context()))
			}
			switch rapid.IntRange(0, 2).Draw(rt, "how") {
			case 0: // killed before the jobs ran
			case 1:
				_, err := r.DrainTwice(t.Context())
				must(t, err)
			case 2: // an operator opens at once, and the jobs come on top
				_, err := h.Open(t.Context(), home)
				must(t, err)
				_, err = r.Drain(t.Context())
				must(t, err)
			}
		})
		h.run()
		seen := map[string]int{}
		for _, r := range h.list() {
			seen[r.Place+r.Agency+r.Label]++
			if r.Cut.Before(h.today()) == r.Frozen.IsZero() {
				t.Errorf("%s of %s: cut off on %s, frozen %s, today %s", r.Label, r.Place, r.Cut, r.Frozen, h.today())
			}
			if r.Agency == "" && r.Cut.Before(clock.MustDate("2025-09-01")) {
				t.Errorf("a commune owes %s before its rule", r.Label)
			}
		}
		for key, n := range seen {
			if n != 1 {
				t.Errorf("%s: %d reports", key, n)
			}
		}
		if len(seen) < 6 {
			t.Errorf("only %d reports", len(seen))
		}
	})
}

// A report goes its whole way, and nobody judges their own.
func TestAReportsWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now, 2), t.Context()
		h.rule(report.Departments, "2025-01-01")
		h.give("2025-08-01", "2.3")
		h.run()
		p := h.of(h.base, quarter)
		head, drafter, owner := h.as("head", account.LeadHead), h.as("drafter", account.LeadDrafter), h.as("owner", account.PlanOwner)
		if !p.Live || p.State != report.Due {
			t.Errorf("live %v, %s", p.Live, p.State)
		}
		refused(t, fault.Conflict, h.Send(ctx, head, p.ID, p.Rev, full(nil))) // not frozen yet
		must(t, h.Save(ctx, drafter, p.ID, p.Rev, report.Entry{Text: report.Narrative{Results: "Đang viết"}}))
		refused(t, fault.Conflict, h.Save(ctx, head, p.ID, p.Rev, report.Entry{})) // the drafter was first
		h.reach("2025-09-24")
		h.run()
		p = h.of(h.base, quarter)
		if p.State != report.Draft || !p.Late(h.today()) || p.Entry.Text.Results != "Đang viết" {
			t.Errorf("%s, late %v, %q", p.State, p.Late(h.today()), p.Entry.Text.Results)
		}
		refused(t, fault.Forbidden, h.Send(ctx, drafter, p.ID, p.Rev, full(nil)))
		err := h.Send(ctx, head, p.ID, p.Rev, report.Entry{})
		refused(t, fault.Invalid, err)
		if diff := cmp.Diff([]string{"results", "shortcomings", "causes", "next-1"}, fields(err)); diff != "" {
			t.Error(diff)
		}
		must(t, h.Send(ctx, head, p.ID, p.Rev, full(nil)))
		both := owner
		both.Grants = append(both.Grants, head.Grants...)
		both.User = "both"
		rev := func() int { return h.of(h.base, quarter).Rev }
		refused(t, fault.Forbidden, h.Accept(ctx, both, p.ID, rev(), ""))
		refused(t, fault.Forbidden, h.Accept(ctx, head, p.ID, rev(), ""))
		refused(t, fault.Invalid, h.Return(ctx, owner, p.ID, rev(), nil, ""))
		must(t, h.Return(ctx, owner, p.ID, rev(), []report.Reason{report.VagueNext, report.Contradicts}, "Nêu rõ người làm."))
		must(t, h.Send(ctx, head, p.ID, rev(), full(nil)))
		must(t, h.Accept(ctx, owner, p.ID, rev(), ""))
		p = h.of(h.base, quarter)
		if sent := slices.DeleteFunc(slices.Clone(p.Versions), func(v report.Version) bool { return v.Sent.IsZero() }); len(p.Versions) != 3 || len(sent) != 2 {
			t.Errorf("%d versions, %d of them sent", len(p.Versions), len(sent))
		}
		if p.SentOn().String() != "2025-09-24" {
			t.Errorf("sent on %s", p.SentOn())
		}
		paper, err := h.Paper(ctx, owner, p.ID)
		must(t, err)
		if paper.Unit.Name != "Sở Y tế" || !paper.Late || len(paper.Rows) != 1 || paper.Text.Results != "Đã làm" {
			t.Errorf("the paper says %+v", paper)
		}
	})
}

// Points come from a stated rubric; the unit answers, somebody above decides, and the ledger keeps every line.
func TestScoreAnswerDecision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now, 2), t.Context()
		h.rule(report.Departments, "2025-01-01")
		h.reach("2025-09-24") // two working days late
		h.run()
		head, owner, chair := h.as("head", account.LeadHead), h.as("owner", account.PlanOwner), h.as("chair", account.ProvincialChair)
		id := h.of(h.base, quarter).ID
		page := func() report.Page { return h.of(h.base, quarter) }
		must(t, h.Send(ctx, head, id, page().Rev, full(nil)))
		must(t, h.Accept(ctx, owner, id, page().Rev, ""))
		err := h.Score(ctx, owner, id, page().Rev, []report.Grade{{Rule: "results", Points: 7, Words: "x"}, {Rule: "frank", Points: 15}})
		refused(t, fault.Invalid, err)
		if diff := cmp.Diff([]string{"points-results", "words-frank", "points-next"}, fields(err)); diff != "" {
			t.Error(diff)
		}
		grades := []report.Grade{{"results", 20, "Có số liệu"}, {"frank", 8, "Chỉ nêu cấp trên"}, {"next", 15, "Rõ"}}
		refused(t, fault.Forbidden, h.Score(ctx, head, id, page().Rev, grades))
		must(t, h.Score(ctx, owner, id, page().Rev, grades))
		points, most := report.Total(page().Lines)
		if points != 30+10+20+8+15 || most != 100 {
			t.Errorf("%v of %v points", points, most)
		}
		var frank, late report.Line
		for _, l := range page().Lines {
			switch l.Rule {
			case "frank":
				frank = l
			case "punctual":
				late = l
			}
		}
		if says, ok := late.Says(); !ok || lang.Translate(lang.En, says) != "Sent on 24 Sep 2025, due on 22 Sep 2025: 2 working days late." {
			t.Errorf("%q", lang.Translate(lang.En, says))
		}
		refused(t, fault.Conflict, h.Lock(ctx, owner, id, page().Rev)) // the unit may answer
		must(t, h.Answer(ctx, head, id, page().Rev, frank.ID, "Trang 3 nêu lỗi của phòng B."))
		refused(t, fault.Conflict, h.Answer(ctx, head, id, page().Rev, frank.ID, "nữa"))
		h.reach("2025-10-20")
		refused(t, fault.Conflict, h.Answer(ctx, head, id, page().Rev, late.ID, "muộn"))
		refused(t, fault.Conflict, h.Lock(ctx, owner, id, page().Rev)) // nobody has decided
		answer := page().Replies[0].ID
		refused(t, fault.Forbidden, h.Decide(ctx, owner, id, page().Rev, answer, 15, "Đúng"))
		refused(t, fault.Invalid, h.Decide(ctx, chair, id, page().Rev, answer, 16, ""))
		must(t, h.Decide(ctx, chair, id, page().Rev, answer, 15, "Trang 3 có nêu."))
		refused(t, fault.Conflict, h.Decide(ctx, chair, id, page().Rev, answer, 8, "lại"))
		if points, _ := report.Total(page().Lines); points != 90 || len(page().Lines) != 6 {
			t.Errorf("%v points in %d lines", points, len(page().Lines))
		}
		must(t, h.Lock(ctx, owner, id, page().Rev))
		refused(t, fault.Conflict, h.Return(ctx, owner, id, page().Rev, []report.Reason{report.Unproven}, "x"))
	})
}

// What was promised last time is answered first, each promise by itself.
func TestPromisesAreAnsweredFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now, 1), t.Context()
		h.rule(report.Departments, "2025-01-01")
		h.reach("2025-09-16")
		h.run()
		head := h.as("head", account.LeadHead)
		first := full(nil)
		first.Text.Next = append(first.Text.Next, report.Promise{Text: "Phòng B mua máy", Due: clock.MustDate("2025-11-01")})
		must(t, h.Send(ctx, head, h.of(h.base, quarter).ID, h.of(h.base, quarter).Rev, first))
		h.reach("2025-12-16")
		h.run()
		p := h.of(h.base, quarter.Next())
		if len(p.Promised) != 2 {
			t.Fatalf("%d promises to answer, want 2", len(p.Promised))
		}
		e := full(nil)
		e.Text.Next[0].Due = clock.MustDate("2026-03-01")
		e.Answers = []report.Answered{{Promise: p.Promised[1], Kept: report.WasKept, Words: "Đã mua"}}
		err := h.Send(ctx, head, p.ID, p.Rev, e)
		refused(t, fault.Invalid, err)
		if diff := cmp.Diff([]string{"kept-1", "answer-1"}, fields(err)); diff != "" {
			t.Error(diff)
		}
		e.Answers = append(e.Answers, report.Answered{Promise: p.Promised[0], Kept: report.NotKept, Words: "Chưa có tiền"})
		must(t, h.Send(ctx, head, p.ID, p.Rev, e))
		c, err := h.Sum(ctx, h.as("owner", account.PlanOwner), home, quarter.Next())
		must(t, err)
		if c.Kept != 1 || c.NotKept != 1 || c.Units != 2 || c.Sent != 1 || len(c.Missing) != 1 {
			t.Errorf("kept %d, not %d, %d units, %d sent, missing %v", c.Kept, c.NotKept, c.Units, c.Sent, c.Missing)
		}
	})
}

// A rule is superseded and not overwritten; the periods around the change leave no gap.
func TestRulesAreSuperseded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now, 1), t.Context()
		h.rule(report.Departments, "2025-01-01")
		owner := h.as("owner", account.PlanOwner)
		change := report.Rule{Home: home, Kind: report.Quarter, Who: report.Departments, Owes: true, Days: report.Days{Cut: 31, Due: 5, Roll: report.RollNext}, Since: clock.MustDate("2025-10-01"), Law: "QĐ 2/QĐ-UBND"}
		refused(t, fault.Forbidden, h.SetRule(ctx, h.as("x", account.Inspector), change))
		must(t, h.SetRule(ctx, owner, change))
		exempt := report.Rule{Home: home, Kind: report.Quarter, Who: report.OneAgency, Agency: h.other, Since: clock.MustDate("2025-10-01"), Law: "QĐ 3/QĐ-UBND"}
		must(t, h.SetRule(ctx, owner, exempt))
		h.reach("2025-09-20")
		h.run()
		h.reach("2026-01-02")
		h.run()
		p := h.of(h.base, quarter.Next())
		if p.From.String() != "2025-09-15" || p.Cut.String() != "2025-12-31" || p.Due.String() != "2026-01-05" {
			t.Errorf("%s – %s, due %s", p.From, p.Cut, p.Due)
		}
		n := 0
		for _, r := range h.list() {
			if r.Agency == h.other && r.Label == quarter.Next().String() {
				n++
			}
		}
		if n != 0 {
			t.Errorf("the exempted agency has %d reports of the fourth quarter", n)
		}
		rules, err := h.Rules(ctx, owner, home)
		must(t, err)
		if len(rules) != 3 || rules[0].Since.String() != "2025-10-01" || rules[1].Cut != 14 {
			t.Errorf("%d rules: %+v", len(rules), rules)
		}
		err = h.SetRule(ctx, owner, report.Rule{Home: home, Owes: true})
		refused(t, fault.Invalid, err)
		if n := len(fields(err)); n < 6 {
			t.Errorf("only %d faults of an empty rule", n)
		}
	})
}
