package follow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/task"
)

// TestReminding follows one task of a commune and one of an agency through their ladders.
func TestReminding(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d, 2)
		due := clock.MustDate("2026-06-18") // Thursday
		h.give(t, task.Task{Title: "Niêm yết thủ tục", Place: commune(0), Due: due}, task.Task{Title: "Rà soát trạm y tế", Place: province, Agency: health, Due: due},
			task.Task{Title: "Của xã bên", Place: commune(1), Due: clock.MustDate("2026-12-01")})
		for _, c := range []struct {
			day  string
			want []string // who is told
		}{
			{"2026-06-15", []string{"drafter", "official-000"}}, // three working days before
			{"2026-06-16", nil}, // told already
			{"2026-06-17", []string{"drafter", "official-000"}},
			{"2026-06-20", nil}, // a Saturday
			{"2026-06-22", []string{"drafter", "official-000"}}, // late; the day itself passed while the house stood still
			{"2026-06-23", []string{"chair-000", "drafter", "head", "official-000"}},
			{"2026-06-29", []string{"chair-000", "drafter", "head", "official-000", "owner"}},
			{"2026-07-09", []string{"chair", "chair-000", "drafter", "head", "official-000", "owner"}},
			{"2026-08-03", nil}, // nobody is told a thing for ever
		} {
			day := clock.MustDate(c.day)
			h.remind(t.Context(), t, day)
			if again := h.remind(t.Context(), t, day); again != 0 {
				t.Errorf("%s: %d reminders were sent twice", c.day, again)
			}
			list, err := h.Told(t.Context(), chair, follow.LogFilter{Day: day, Limit: 100})
			must(t, err)
			var who []string
			for _, r := range list {
				who = append(who, r.User)
			}
			slices.Sort(who)
			if diff := cmp.Diff(c.want, slices.Compact(who)); diff != "" {
				t.Errorf("%s: %s", c.day, diff)
			}
		}
		if n := h.count(t, "SELECT count(*) FROM reminder WHERE title = 'Của xã bên'"); n != 0 {
			t.Errorf("a task due in December was told %d times in June", n)
		}
	})
}

// TestOneLetterADay: somebody with many things gets one letter that names them, without anything that needs no naming.
func TestOneLetterADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d, 1)
		var tasks []task.Task
		for range 25 {
			tasks = append(tasks, task.Task{Title: "Việc của trạm", Place: province, Agency: health, Due: today})
		}
		h.give(t, tasks...)
		h.give(t, task.Task{Title: "Việc của xã", Place: commune(0), Due: today.Add(-3)})
		if n := h.remind(t.Context(), t, today); n != 26 {
			t.Errorf("%d reminders, want 26", n)
		}
		// The day itself is told in the app alone; what is late goes by letter.
		if n := h.count(t, "SELECT count(*) FROM mail"); n != 1 {
			t.Errorf("%d letters, want 1", n)
		}
		h.remind(t.Context(), t, clock.MustDate("2026-06-16"))
		h.remind(t.Context(), t, clock.MustDate("2026-06-16"))
		if n := h.count(t, "SELECT count(*) FROM mail WHERE address = 'drafter@tinh.example.vn'"); n != 1 {
			t.Errorf("%d letters to the drafter on the next day, want 1", n)
		}
		must(t, d.View(t.Context(), func(q *db.Q) error {
			body, err := db.One[string](t.Context(), q, "SELECT body FROM mail WHERE address = 'drafter@tinh.example.vn'")
			if n := strings.Count(body, "- Việc của trạm"); n != 40 || !strings.Contains(body, "và 5 việc khác") || !strings.Contains(body, "https://thuoc.example.vn/app/viec-cua-toi") {
				t.Errorf("the letter names %d tasks in two languages, want 20 each, the rest and the way there:\n%s", n, body)
			}
			return err
		}))
	})
}

// TestNobodyBelow: what is nobody's goes up, to whoever stands above.
func TestNobodyBelow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d, 1)
		must(t, d.Update(t.Context(), func(q *db.Q) error {
			_, err := q.Exec(t.Context(), "UPDATE account SET state = 'blocked' WHERE id IN ('official-000', 'chair-000')")
			return err
		}))
		h.give(t, task.Task{Title: "Việc", Place: commune(0), Due: clock.MustDate("2026-06-18")})
		h.remind(t.Context(), t, today)
		mine, err := h.Mine(t.Context(), owner, true, 10)
		must(t, err)
		if len(mine) != 1 || mine[0].Rung != follow.Owner {
			t.Errorf("the owner is told %+v", mine)
		}
		must(t, h.See(t.Context(), owner, today))
		if mine, err = h.Mine(t.Context(), owner, true, 10); err != nil || len(mine) != 0 {
			t.Errorf("after looking: %+v, %v", mine, err)
		}
		if list, err := h.Told(t.Context(), foreign, follow.LogFilter{Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("another province reads the log: %+v, %v", list, err)
		}
		phantoms, err := h.Phantoms(t.Context(), owner)
		must(t, err)
		if len(phantoms) != 1 || phantoms[0].Why != follow.Nobody || phantoms[0].Tasks != 1 {
			t.Errorf("phantoms %+v", phantoms)
		}
	})
}

// TestRules: a rule holds from its day on, for the place and all within it; what held before stays.
func TestRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d, 2), t.Context()
		only := follow.Ladder{{Days: 0, To: follow.Responsible}}
		refused(t, fault.Forbidden, h.SetRule(ctx, drafter, follow.Rule{Place: province, Since: today, Steps: only}))
		refused(t, fault.Forbidden, h.SetRule(ctx, foreign, follow.Rule{Place: province, Since: today, Steps: only}))
		bad := h.SetRule(ctx, owner, follow.Rule{Place: province, Since: today.Add(-1), Steps: follow.Ladder{{Days: 99, To: follow.Head}, {Days: 1, To: "god"}, {Days: 1, To: follow.Head}}})
		if refused(t, fault.Invalid, bad); len(fault.Items(bad)) != 4 {
			t.Errorf("faults %v, want four", bad)
		}
		must(t, h.SetRule(ctx, owner, follow.Rule{Place: province, Since: clock.MustDate("2026-06-16"), Steps: only, Basis: "CV 12/SNV"}))
		h.give(t, task.Task{Title: "Việc", Place: commune(0), Due: clock.MustDate("2026-06-18")})
		for _, c := range []struct {
			day string
			n   int
		}{{"2026-06-15", 1}, {"2026-06-17", 0}, {"2026-06-18", 1}, {"2026-06-19", 0}, {"2026-06-23", 0}} {
			if n := h.remind(ctx, t, clock.MustDate(c.day)); n != c.n {
				t.Errorf("%s: %d reminders, want %d", c.day, n, c.n)
			}
		}
		rules, err := h.Rules(ctx, owner, province)
		must(t, err)
		if len(rules) != 1 || rules[0].Basis != "CV 12/SNV" || len(rules[0].Steps) != 1 {
			t.Errorf("rules %+v", rules)
		}
	})
}

// TestAnOrdersWay: an order stays open until somebody else than who reported it finishes it.
func TestAnOrdersWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d, 1), t.Context()
		must(t, meet(h, t))
		list, err := h.Directives(ctx, owner, true, "", 10)
		must(t, err)
		if len(list) != 2 {
			t.Fatalf("orders %+v", list)
		}
		o := list[0]
		step := func(a account.Actor, rev int, to follow.DirectiveState, note string) error {
			return h.Move(ctx, a, follow.DirectiveStep{Directive: o.ID, Rev: rev, To: to, Note: note})
		}
		refused(t, fault.Conflict, step(owner, 1, follow.Finished, ""))
		refused(t, fault.Forbidden, step(owner, 1, follow.Reported, "xong"))
		refused(t, fault.Invalid, step(drafter, 1, follow.Reported, ""))
		must(t, step(drafter, 1, follow.Reported, "Đã rà soát 12 trạm"))
		refused(t, fault.Conflict, step(drafter, 1, follow.Reported, "lần nữa"))
		refused(t, fault.Invalid, step(chair, 2, follow.Open, ""))
		must(t, step(chair, 2, follow.Open, "Còn ba trạm"))
		must(t, step(drafter, 3, follow.Reported, "Đủ 15 trạm"))
		refused(t, fault.Conflict, step(chair, 3, follow.Finished, ""))
		both := chair
		both.User = "drafter" // who holds both roles does not finish what they reported
		refused(t, fault.Forbidden, step(both, 4, follow.Finished, ""))
		must(t, step(chair, 4, follow.Finished, ""))
		given := task.Task{Title: "Việc", Agency: health}
		must(t, h.Give(ctx, owner, o.ID, &given, []task.Helper{{Agency: health, Words: "số liệu"}}))
		p, err := h.Directive(ctx, drafter, o.ID)
		must(t, err)
		var did []string
		for _, e := range p.Events {
			did = append(did, e.Did)
		}
		if diff := cmp.Diff([]string{"give", "report", "return", "report", "finish", "task"}, did); diff != "" || !p.Do || p.Finish || len(p.Tasks) != 1 {
			t.Errorf("history: %s; may %v %v, tasks %v", diff, p.Do, p.Finish, p.Tasks)
		}
		_, err = h.Directive(ctx, foreign, o.ID)
		refused(t, fault.NotFound, err)
		if open, err := h.Directives(ctx, owner, true, "", 10); err != nil || len(open) != 1 {
			t.Errorf("open orders %+v, %v", open, err)
		}
	})
}

// TestNoUnitOfAnotherProvince: nobody urges or orders a unit that is not theirs, and so nobody learns what it is late with;
// an order comes of a meeting of its own leaders, and its tasks stand with it or not at all.
func TestNoUnitOfAnotherProvince(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d, 1), t.Context()
		late := clock.MustDate("2026-06-01")
		h.give(t, task.Task{Title: "Việc kín của sở", Place: province, Agency: health, Due: late}, task.Task{Title: "Việc kín của xã", Place: commune(0), Due: late})
		for _, unit := range []account.Subject{{Agency: health}, {Place: commune(0)}, {Place: elsewhere, Agency: health}, {Place: commune(0), Agency: abroad}, {Agency: "made-up"}} {
			_, err := h.Urge(ctx, foreign, follow.Urging{Issuer: elsewhere, Place: unit.Place, Agency: unit.Agency, Due: today.Add(7)})
			refused(t, fault.Forbidden, err)
			refused(t, fault.Forbidden, h.Direct(ctx, foreign, []follow.Directive{{Issuer: elsewhere, Place: unit.Place, Agency: unit.Agency, Said: today, Speaker: "Chủ tịch", Words: "Làm đi"}}))
		}
		id, err := h.Call(ctx, owner, follow.Meeting{Issuer: province, Title: "Họp", Day: today, Chair: "Chủ tịch", Agenda: "Y tế"})
		must(t, err)
		theirs := follow.Directive{Issuer: elsewhere, Meeting: id, Agency: abroad, Said: today, Speaker: "Chủ tịch", Words: "Làm đi"}
		refused(t, fault.NotFound, h.Direct(ctx, foreign, []follow.Directive{theirs}))
		theirs.Meeting = ""
		orders := []follow.Directive{theirs}
		must(t, h.Direct(ctx, foreign, orders))
		own := task.Task{Title: "Việc", Place: commune(0)}
		refused(t, fault.Forbidden, h.Give(ctx, owner, orders[0].ID, &own, nil))
		theirTask := task.Task{Title: "Việc", Agency: health}
		refused(t, fault.Forbidden, h.Give(ctx, chair, orders[0].ID, &theirTask, nil))
		// An order's task that names a helper of another province is not given at all.
		mine := []follow.Directive{{Issuer: province, Agency: health, Said: today, Speaker: "Chủ tịch", Words: "Làm đi"}}
		must(t, h.Direct(ctx, owner, mine))
		tasks, notes := h.count(t, "SELECT count(*) FROM task"), h.count(t, "SELECT count(*) FROM directive_event")
		refused(t, fault.Invalid, h.Give(ctx, owner, mine[0].ID, &theirTask, []task.Helper{{Agency: abroad}}))
		if h.count(t, "SELECT count(*) FROM task") != tasks || h.count(t, "SELECT count(*) FROM task_batch WHERE live IS NULL") != 0 || h.count(t, "SELECT count(*) FROM directive_event") != notes {
			t.Error("a task that was refused left something behind")
		}
	})
}

// meet holds a meeting with two orders.
func meet(h house, t *testing.T) error {
	t.Helper()
	ctx := t.Context()
	_, err := h.Call(ctx, owner, follow.Meeting{Issuer: province})
	if refused(t, fault.Invalid, err); len(fault.Items(err)) != 4 {
		t.Errorf("faults of an empty meeting: %v", err)
	}
	m := follow.Meeting{Issuer: province, Title: "Hội nghị chuyên đề", Code: "D6", Day: today, Chair: "Phó Chủ tịch UBND tỉnh", Agenda: "Y tế cơ sở\nGiáo dục"}
	_, err = h.Call(ctx, drafter, m)
	refused(t, fault.Forbidden, err)
	m.Day = today.Add(1)
	id, err := h.Call(ctx, owner, m)
	must(t, err)
	refused(t, fault.Invalid, h.Close(ctx, owner, id, 1, follow.Held, "Kết luận"))
	m.ID, m.Rev, m.Day = id, 1, today
	_, err = h.Call(ctx, owner, m)
	must(t, err)
	refused(t, fault.Conflict, h.Close(ctx, owner, id, 1, follow.Held, "Kết luận"))
	must(t, h.Close(ctx, owner, id, 2, follow.Held, "Kết luận"))
	_, err = h.Meeting(ctx, foreign, id)
	refused(t, fault.Forbidden, err)
	order := follow.Directive{Issuer: province, Meeting: id, Said: today, Speaker: "Phó Chủ tịch", Words: "Rà soát các trạm y tế", Agency: health, Due: today.Add(10)}
	late := order
	late.Due, late.Words = today.Add(-1), ""
	if err := h.Direct(ctx, owner, []follow.Directive{order, late}); len(fault.Items(err)) != 2 {
		t.Errorf("faults %v, want two", err)
	}
	other := order
	other.Agency, other.Place, other.Due = "", commune(0), clock.Date{}
	return h.Direct(ctx, owner, []follow.Directive{order, other})
}

// TestUrging: a letter keeps what was late on its day, goes out with its number, is answered by the unit and read.
func TestUrging(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d, 1), t.Context()
		draft := follow.Urging{Agency: health, Issuer: province, Due: today.Add(7), Words: "Đề nghị báo cáo."}
		_, err := h.Urge(ctx, owner, draft)
		refused(t, fault.Conflict, err) // late with nothing
		h.give(t, task.Task{Title: "Trễ", Place: province, Agency: health, Due: clock.MustDate("2026-06-12")}, task.Task{Title: "Chưa đến hạn", Place: province, Agency: health, Due: today})
		_, err = h.Urge(ctx, drafter, draft)
		refused(t, fault.Forbidden, err)
		id, err := h.Urge(ctx, owner, draft)
		must(t, err)
		_, err = h.Urging(ctx, drafter, id)
		refused(t, fault.NotFound, err) // a draft is the writer's
		refused(t, fault.Conflict, h.Reply(ctx, drafter, id, 1, "Đã xong"))
		if err := h.Issue(ctx, owner, follow.Urging{ID: id, Rev: 1}); len(fault.Items(err)) != 3 {
			t.Errorf("faults %v, want three", err)
		}
		must(t, h.Issue(ctx, owner, follow.Urging{ID: id, Rev: 1, Number: "88/SNV-CCHC", Signed: today, Signer: "Giám đốc"}))
		if n := h.remind(ctx, t, clock.MustDate("2026-06-17")); n == 0 {
			t.Error("a letter that waits for an answer reminds nobody")
		}
		p, err := h.Urging(ctx, drafter, id)
		must(t, err)
		if len(p.Items) != 1 || p.Items[0].Late != 1 || !p.Reply || p.Write {
			t.Errorf("letter %+v", p)
		}
		waits := func(actor account.Actor) int {
			list, err := h.ToAnswer(ctx, actor, 10)
			must(t, err)
			return len(list)
		}
		if waits(drafter) != 1 || waits(owner) != 0 {
			t.Errorf("the letter waits for %d answers of its unit, %d of its writer", waits(drafter), waits(owner))
		}
		refused(t, fault.Forbidden, h.Reply(ctx, owner, id, 2, "Tự trả lời"))
		must(t, h.Reply(ctx, drafter, id, 2, "Xong trước 20/6"))
		if waits(drafter) != 0 {
			t.Error("an answered letter still waits")
		}
		must(t, h.Settle(ctx, owner, id, 3))
		list, err := h.Urgings(ctx, owner, 10)
		must(t, err)
		if len(list) != 1 || list[0].State != follow.Settled || list[0].Answer != "Xong trước 20/6" {
			t.Errorf("letters %+v", list)
		}
	})
}

// TestPhantoms: who moved a task lately is none.
func TestPhantoms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		h, ctx := open(t, d, 1), t.Context()
		h.give(t, task.Task{Title: "Việc", Place: province, Agency: health}, task.Task{Title: "Việc", Place: commune(0)})
		seen := func(day string) (why []follow.Absence) {
			a := owner
			a.Day = clock.MustDate(day)
			list, err := h.Phantoms(ctx, a)
			must(t, err)
			for _, p := range list {
				why = append(why, p.Why)
			}
			return why
		}
		if got := seen("2025-07-10"); got != nil {
			t.Errorf("within the grace: %v", got)
		}
		mine, err := h.tasks.Mine(ctx, drafter, 1)
		must(t, err)
		must(t, h.tasks.Take(ctx, drafter, task.Move{Task: mine[0].ID, Rev: 1, Step: task.Start}))
		if diff := cmp.Diff([]follow.Absence{follow.Never}, seen("2025-07-31")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]follow.Absence{follow.Never, follow.Silent}, seen("2025-09-30")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestStoppedHalfWay stops the morning's run at moments spread over its length, then lets it end: every reminder and
// every letter is there once.
func TestStoppedHalfWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d, 30)
		var tasks []task.Task
		for i := range 900 {
			tasks = append(tasks, task.Task{Title: "Việc", Place: commune(i % 30), Due: today.Add(-5)})
		}
		h.give(t, tasks...)
		stops := 0
		for wait := time.Millisecond; ; wait += wait / 2 {
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			_, err := h.Remind(ctx, today)
			cancel()
			if err == nil {
				break
			}
			stops++
		}
		reminders := h.count(t, "SELECT count(*) FROM reminder")
		letters := h.count(t, "SELECT count(*) FROM mail")
		if stops < 3 || reminders != 1800 || letters != 60 || h.count(t, "SELECT count(*) FROM reminder WHERE letter IS NULL") != 0 {
			t.Errorf("stopped %d times: %d reminders and %d letters, want 1800 and 60", stops, reminders, letters)
		}
	})
}

// TestOfCommuneAndCommittee: a task that names a commune and its people's committee is one task: it is counted once, and
// the people of either are reminded of it once, also who have a role in both.
func TestOfCommuneAndCommittee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d, 2), t.Context()
		const committee = "committee-000"
		must(t, d.Update(ctx, func(q *db.Q) error {
			if _, err := q.Exec(ctx, "INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES (?, ?, 'locality', NULL, '', 1, 1)", committee, commune(0)); err != nil {
				return err
			}
			_, err := q.Exec(ctx, `INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked, revoked_by)
				VALUES ('both', 'official-000', ?, '', ?, '2025-07-01', NULL, 0, '', NULL, '')`, account.Coordinator, committee)
			return err
		}))
		h.add(t, "clerk", account.LeadDrafter, "", committee)
		h.give(t, task.Task{Title: "Niêm yết", Place: commune(0), Agency: committee, Due: clock.MustDate("2026-06-10")})
		if n := h.remind(ctx, t, today); n != 3 {
			t.Errorf("%d reminders, want one each for the official, the clerk and the chair", n)
		}
		told, err := h.Told(ctx, chair, follow.LogFilter{Day: today, Limit: 100})
		must(t, err)
		var who []string
		for _, r := range told {
			who = append(who, r.User)
		}
		slices.Sort(who)
		if diff := cmp.Diff([]string{"chair-000", "clerk", "official-000"}, who); diff != "" {
			t.Error(diff)
		}
		for name, actor := range map[string]account.Actor{"owner": owner, "official": as("official-000", account.CommuneOfficial, commune(0), ""), "clerk": as("clerk", account.LeadDrafter, "", committee)} {
			list, err := h.Holdings(ctx, actor)
			must(t, err)
			if len(list) != 1 || list[0].Tasks != 1 || list[0].Late != 1 || list[0].Agency != committee || list[0].Place != commune(0) {
				t.Errorf("%s sees %+v, want one task of the committee, late", name, list)
			}
		}
		late := 0
		must(t, d.View(ctx, func(q *db.Q) error {
			all, err := task.LateIn(ctx, q, today)
			for _, n := range all {
				late += int(n)
			}
			return err
		}))
		if late != 1 {
			t.Errorf("%d late tasks are counted by place, want 1", late)
		}
	})
}
