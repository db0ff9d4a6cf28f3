package report_test

import (
	"fmt"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/report"
	"thuoc/internal/task"
)

// A sum tells exceptions, bears n of N, and compares only what both periods have.
func TestSumByException(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now, 3), t.Context()
		h.rule(report.Departments, "2025-01-01")
		h.rule(report.Communes, "2025-01-01")
		owner, head, chair := h.as("owner", account.PlanOwner), h.as("head", account.LeadHead), h.as("xa", account.CommuneChair)
		for range 3 {
			h.give("2025-12-01", "2.3")
		}
		h.reach("2025-09-16")
		h.run()
		must(t, h.Send(ctx, head, h.of(h.base, quarter).ID, h.of(h.base, quarter).Rev, full(nil)))
		h.reach("2025-12-24") // due on Monday the 22nd
		h.run()
		next := quarter.Next()
		p := h.of(h.base, next)
		e := full(p.Promised)
		e.Text.Next[0].Due = clock.MustDate("2026-02-01")
		e.Disputes = []report.Dispute{{Mark: report.Overdue, Words: "Một việc đã xong"}}
		must(t, h.Send(ctx, head, p.ID, p.Rev, e))
		for _, r := range h.list() {
			if r.Place == "99001" && r.Agency == "" && r.Label == next.String() {
				e := full(nil)
				e.Text.Next[0].Due = clock.MustDate("2026-02-01")
				must(t, h.Send(ctx, chair, r.ID, r.Rev, e))
			}
		}
		c, err := h.Sum(ctx, owner, home, next)
		must(t, err)
		if c.Units != 5 || c.Sent != 2 || len(c.Late) != 5 || len(c.Disputed) != 1 || c.InPart != 1 || len(c.Causes) != 2 {
			t.Errorf("%d units, %d sent, %d late, %d disputed, %d in part, %d causes", c.Units, c.Sent, len(c.Late), len(c.Disputed), c.InPart, len(c.Causes))
		}
		if len(c.Changed) != 1 || c.Changed[0].Mark != report.Overdue || c.Changed[0].Was != 0 || c.Changed[0].Is != 3 {
			t.Errorf("changed: %+v", c.Changed)
		}
		for _, f := range c.Figures {
			if f.Mark == report.Overdue && (f.Value != 3 || f.Base != 3 || f.Compared != 2 || f.Before != 0 || !f.HasBefore) {
				t.Errorf("overdue: %+v", f)
			}
		}
		if len(c.Contents) != 1 || c.Contents[0].Code != "2.3" || c.Contents[0].Units != 1 {
			t.Errorf("contents: %+v", c.Contents)
		}
		if len(c.Watch) == 0 {
			t.Error("the owner sees no watch")
		}
		above, err := h.Sum(ctx, h.as("chair", account.ProvincialChair), home, next)
		must(t, err)
		if len(above.Watch) != 0 {
			t.Error("the watch is the owner's alone")
		}
		_, err = h.Sum(ctx, head, home, next)
		refused(t, fault.Forbidden, err)
		_, err = h.Freeze(ctx, owner, home, next, report.Narrative{})
		refused(t, fault.Invalid, err)
		hash, err := h.Freeze(ctx, owner, home, next, report.Narrative{Results: "Kết quả chung", Shortcomings: "Hạn chế chung"})
		must(t, err)
		kept, ok, err := h.Frozen(ctx, owner, home, next)
		must(t, err)
		if !ok || kept.Hash != hash || kept.Text.Results != "Kết quả chung" || kept.Sent != 2 || len(kept.Watch) != 0 {
			t.Errorf("kept: %v %+v", ok, kept.Text)
		}
		list, err := h.Export(ctx, owner, home, next, "vi")
		must(t, err)
		if len(list.Rows) != 6 || len(list.Rows[1]) != len(list.Rows[0]) {
			t.Errorf("%d rows of %d columns", len(list.Rows), len(list.Rows[0]))
		}
	})
}

// BenchmarkSum puts the reports of 130 units with 30 tasks each together: 130 units × (30 tasks + 30 pieces of evidence) now
// and a period before. Bound: 3 s.
func BenchmarkSum(b *testing.B) {
	d, now := dbtest.New(b, db.SQLite)
	h := open(b, d, now, 128)
	h.rule(report.Departments, "2025-01-01")
	h.rule(report.Communes, "2025-01-01")
	owner := h.as("owner", account.PlanOwner)
	var tasks []task.Task
	for i := range 128 * 30 {
		tasks = append(tasks, task.Task{Place: fmt.Sprintf("99%03d", i/30+1), Title: "Niêm yết", Code: fmt.Sprintf("%d.%d", i%8+1, i%3+1), Due: clock.MustDate("2025-09-01").Add(i % 120)})
	}
	for i := range 60 {
		tasks = append(tasks, task.Task{Place: home, Agency: []string{h.base, h.other}[i%2], Title: "Công khai", Code: "2.3", Due: clock.MustDate("2025-11-01")})
	}
	must(b, h.tasks.Add(b.Context(), owner, "", tasks))
	h.reach("2025-09-10")
	all, err := h.tasks.List(b.Context(), owner, task.Filter{Limit: 5000})
	must(b, err)
	program := account.Program("system", h.today())
	for i, x := range all {
		if i%3 != 0 {
			must(b, h.tasks.Send(b.Context(), program, task.Progress{Task: x.ID, Key: "k", Submit: true, Evidence: []task.Evidence{{Sort: task.Photo, File: "ab", Taken: h.clock.Now()}}}))
		}
	}
	for _, day := range []string{"2025-09-15", "2025-12-15"} {
		h.reach(day)
		if _, err := h.Open(b.Context(), home); err != nil {
			b.Fatal(err)
		}
		for _, r := range h.list() {
			if r.Sent.IsZero() && !r.Frozen.IsZero() {
				p, err := h.Get(b.Context(), owner, r.ID)
				must(b, err)
				e := full(p.Promised)
				e.Text.Next[0].Due = clock.MustDate("2026-03-01")
				must(b, h.Send(b.Context(), program, r.ID, r.Rev, e))
			}
		}
	}
	for b.Loop() {
		c, err := h.Sum(b.Context(), owner, home, quarter.Next())
		if err != nil || c.Units != 130 || c.Sent != 130 {
			b.Fatal(err, c.Units, c.Sent)
		}
	}
}
