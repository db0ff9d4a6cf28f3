package task_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/task"
)

const (
	province, commune, elsewhere = "province", "commune", "elsewhere"
	health, abroad               = "agency-of-health", "agency-of-elsewhere"
)

var today = clock.MustDate("2026-06-15")

type house struct {
	*task.Store
	db                                         *db.DB
	owner, second, lead, official, foreign, in account.Actor
}

func open(t testing.TB, d *db.DB) house {
	t.Helper()
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	must(t, d.Update(t.Context(), func(q *db.Q) error {
		for i := range 100 {
			if err := account.PutWithin(t.Context(), q, fmt.Sprintf("commune-%02d", i), province, today, clock.Date{}); err != nil {
				return err
			}
		}
		for id, place := range map[string]string{health: province, abroad: elsewhere} {
			if _, err := q.Exec(t.Context(), "INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES (?, ?, 'department', NULL, '', 1, 1)", id, place); err != nil {
				return err
			}
		}
		return account.PutWithin(t.Context(), q, commune, province, today, clock.Date{})
	}))
	as := func(user string, role account.Role, place, agency string) account.Actor {
		return account.Actor{User: user, Day: today, Grants: []account.Grant{{Role: role, Place: place, Agency: agency}}}
	}
	return house{task.New(task.Options{DB: d, Log: log}), d,
		as("owner", account.PlanOwner, province, ""), as("second", account.PlanOwner, province, ""), as("lead", account.LeadDrafter, "", health),
		as("official", account.CommuneOfficial, commune, ""), as("foreign", account.PlanOwner, elsewhere, ""), as("inspector", account.Inspector, province, "")}
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

// give adds one task of a commune and gives its id.
func (h house) give(t testing.TB, give task.Task) string {
	t.Helper()
	must(t, h.Add(t.Context(), h.owner, "plan", []task.Task{give}))
	all, err := h.List(t.Context(), h.owner, task.Filter{})
	must(t, err)
	return all[0].ID
}

func (h house) page(t testing.TB, id string) task.Page {
	t.Helper()
	p, err := h.Get(t.Context(), h.owner, id)
	must(t, err)
	return p
}

func TestATasksWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id := h.give(t, task.Task{Place: province, Title: "Công khai bảng giá đất", Code: "2.4", Measure: task.Count, Goal: new(12.0), Due: today})
		must(t, h.Helpers(ctx, h.owner, id, []task.Helper{{Agency: health, Words: "helps"}}))
		id = h.give(t, task.Task{Place: commune, Title: "Niêm yết danh sách hộ nghèo", Code: "2.2", Due: clock.MustDate("2026-06-01")})
		take := func(who account.Actor, step task.Step, note string) error {
			return h.Take(ctx, who, task.Move{Task: id, Rev: h.page(t, id).Rev, Step: step, Note: note})
		}
		_, err := h.Get(ctx, h.foreign, id)
		refused(t, fault.Forbidden, err)
		refused(t, fault.Forbidden, take(h.lead, task.Start, ""))
		refused(t, fault.Conflict, take(h.in, task.Confirm, ""))
		must(t, take(h.official, task.Start, ""))
		must(t, take(h.official, task.Report, "half of the hamlets"))
		photo := task.Evidence{Task: id, Key: "k1", Sort: task.Photo, File: "ab", Mime: "image/jpeg", Size: 9, Words: "the board"}
		for range 3 { // the phone asks again until it hears an answer
			must(t, h.Show(ctx, h.official, photo))
		}
		refused(t, fault.Invalid, h.Show(ctx, h.official, task.Evidence{Task: id, Key: "k2", Sort: task.Link, Link: "javascript:alert(1)"}))
		must(t, take(h.official, task.Submit, "done"))
		must(t, h.Show(ctx, h.official, photo)) // and again after it was submitted
		refused(t, fault.Conflict, take(h.in, task.Confirm, ""))
		shown := h.page(t, id).Evidence
		if len(shown) != 1 {
			t.Fatalf("%d pieces of evidence, want 1", len(shown))
		}
		refused(t, fault.Forbidden, h.Judge(ctx, h.official, shown[0].ID, task.Sufficient, ""))
		refused(t, fault.Invalid, h.Judge(ctx, h.in, shown[0].ID, task.Insufficient, ""))
		must(t, h.Judge(ctx, h.in, shown[0].ID, task.Insufficient, "the board cannot be read"))
		refused(t, fault.Invalid, take(h.in, task.Return, ""))
		must(t, take(h.in, task.Return, "take it again"))
		must(t, h.Show(ctx, h.official, task.Evidence{Task: id, Key: "k3", Sort: task.Photo, File: "cd"}))
		must(t, take(h.official, task.Submit, ""))
		must(t, h.Judge(ctx, h.in, h.page(t, id).Evidence[1].ID, task.Sufficient, ""))
		old := task.Move{Task: id, Rev: 1, Step: task.Confirm}
		refused(t, fault.Conflict, h.Take(ctx, h.in, old))
		must(t, take(h.in, task.Confirm, ""))
		refused(t, fault.Conflict, h.Show(ctx, h.official, task.Evidence{Task: id, Key: "k4", Sort: task.Photo, File: "ef"}))
		if p := h.page(t, id); p.State != task.Confirmed || len(p.Events) != 8 {
			t.Errorf("the task is %s after %d events", p.State, len(p.Events))
		}
	})
}

// A person with both roles still does not confirm what they did.
func TestNobodyConfirmsTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		both := h.official
		both.Grants = append(both.Grants, h.in.Grants...)
		id := h.give(t, task.Task{Place: commune, Title: "x"})
		must(t, h.Show(ctx, both, task.Evidence{Task: id, Key: "k", Sort: task.Figure, Figure: new(1.0)}))
		must(t, h.Take(ctx, both, task.Move{Task: id, Rev: 1, Step: task.Submit}))
		refused(t, fault.Forbidden, h.Judge(ctx, both, h.page(t, id).Evidence[0].ID, task.Sufficient, ""))
		must(t, h.Judge(ctx, h.in, h.page(t, id).Evidence[0].ID, task.Sufficient, ""))
		refused(t, fault.Forbidden, h.Take(ctx, both, task.Move{Task: id, Rev: 2, Step: task.Confirm}))
		must(t, h.Take(ctx, h.in, task.Move{Task: id, Rev: 2, Step: task.Confirm}))
	})
}

func TestTimeIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id := h.give(t, task.Task{Place: commune, Title: "x", Due: today})
		later := clock.MustDate("2026-07-01")
		refused(t, fault.Invalid, h.Request(ctx, h.official, task.Request{Task: id, Ask: task.Extend, Due: today, Reason: "r"}))
		refused(t, fault.Invalid, h.Request(ctx, h.official, task.Request{Task: id, Ask: task.Extend, Due: later}))
		must(t, h.Request(ctx, h.official, task.Request{Task: id, Ask: task.Extend, Due: later, Reason: "flood"}))
		refused(t, fault.Conflict, h.Request(ctx, h.official, task.Request{Task: id, Ask: task.Extend, Due: later, Reason: "flood"}))
		asked := h.page(t, id).Requests[0].ID
		refused(t, fault.Forbidden, h.Decide(ctx, h.official, asked, true, ""))
		must(t, h.Decide(ctx, h.owner, asked, true, ""))
		refused(t, fault.Conflict, h.Decide(ctx, h.second, asked, false, "no"))
		p := h.page(t, id)
		if p.Due != later || p.FirstDue != today || !p.Extended() || p.Overdue(clock.MustDate("2026-06-30")) || !p.Overdue(clock.MustDate("2026-07-02")) {
			t.Errorf("due %s, first %s", p.Due, p.FirstDue)
		}
		for _, c := range []struct {
			ask   task.Ask
			state task.State
		}{{task.Suspend, task.Suspended}, {task.Resume, task.Doing}, {task.Cancel, task.Cancelled}} {
			must(t, h.Request(ctx, h.official, task.Request{Task: id, Ask: c.ask, Reason: "r"}))
			rs := h.page(t, id).Requests
			must(t, h.Decide(ctx, h.owner, rs[len(rs)-1].ID, true, ""))
			if got := h.page(t, id).State; got != c.state {
				t.Errorf("%s made the task %s, want %s", c.ask, got, c.state)
			}
		}
		refused(t, fault.Conflict, h.Request(ctx, h.official, task.Request{Task: id, Ask: task.Cancel, Reason: "again"}))
	})
}

// TestNoAgencyOfAnotherProvince: an agency leads and helps in its own province alone, whoever names it and by whichever right.
func TestNoAgencyOfAnotherProvince(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		head := h.lead
		head.Grants = []account.Grant{{Role: account.LeadHead, Agency: health}}
		for _, c := range []struct {
			name    string
			who     account.Actor
			give    task.Task
			helpers []task.Helper
			kind    fault.Kind
		}{
			{"another province's agency", h.owner, task.Task{Title: "x", Place: commune, Agency: abroad}, nil, fault.Invalid},
			{"no agency", h.owner, task.Task{Title: "x", Place: commune, Agency: "made-up"}, nil, fault.NotFound},
			{"a place of another province", head, task.Task{Title: "x", Place: elsewhere, Agency: health}, nil, fault.Invalid},
			{"a helper of another province", h.owner, task.Task{Title: "x", Place: commune}, []task.Helper{{Agency: abroad}}, fault.Invalid},
			{"a helper of an agency alone", head, task.Task{Title: "x", Agency: health}, []task.Helper{{Agency: abroad}}, fault.Invalid},
		} {
			t.Run(c.name, func(t *testing.T) {
				refused(t, c.kind, h.Give(ctx, c.who, "", &c.give, c.helpers))
				if c.helpers == nil {
					refused(t, c.kind, h.Add(ctx, c.who, "", []task.Task{c.give}))
				}
			})
		}
		if all, err := h.List(ctx, account.Program("operator", today), task.Filter{}); err != nil || len(all) != 0 {
			t.Errorf("of what was refused stand %d tasks (%v)", len(all), err)
		}
		given := task.Task{Title: "x", Place: commune, Agency: health}
		must(t, h.Give(ctx, h.owner, "", &given, []task.Helper{{Agency: health}}))
		refused(t, fault.Invalid, h.Helpers(ctx, h.owner, given.ID, []task.Helper{{Agency: abroad}}))
		changed := given
		changed.Agency = abroad
		refused(t, fault.Invalid, h.Edit(ctx, h.owner, changed, nil))
		refused(t, fault.Invalid, h.Edit(ctx, h.owner, given, []task.Helper{{Agency: abroad}}))
		if p := h.page(t, given.ID); p.Rev != 1 || p.Agency != health || len(p.Helpers) != 1 || p.Helpers[0].Agency != health {
			t.Errorf("after what was refused: %+v", p)
		}
	})
}

// Lists page without gaps, find words without marks, and show each what is theirs.
func TestLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		var tasks []task.Task
		for i := range 25 {
			due := clock.Date{}
			if i%5 > 0 {
				due = clock.Of(time.Date(2026, 6, 10+i%5*3, 0, 0, 0, 0, time.UTC))
			}
			tasks = append(tasks, task.Task{Place: fmt.Sprintf("commune-%02d", i%3), Title: fmt.Sprintf("Đối thoại lần %d", i), Block: "Truyền thông", Due: due})
		}
		must(t, h.Add(ctx, h.owner, "plan", tasks))
		refused(t, fault.Forbidden, h.Add(ctx, h.foreign, "plan", tasks[:1]))
		if items := fault.Items(h.Add(ctx, h.owner, "plan", []task.Task{{Measure: "much"}, {Title: "x", Place: commune, Measure: task.Count}})); len(items) != 4 {
			t.Errorf("%d faults, want 4: %v", len(items), items)
		}
		var ids []string
		f := task.Filter{Limit: 4}
		for {
			page, err := h.List(ctx, h.owner, f)
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, x := range page {
				ids = append(ids, x.ID)
			}
			last := page[len(page)-1]
			f.After = task.Cursor{Due: last.Due, ID: last.ID}
		}
		slices.Sort(ids)
		if n := len(slices.Compact(ids)); len(ids) != 25 || n != 25 {
			t.Errorf("paging gives %d tasks, %d different; want 25", len(ids), n)
		}
		found, err := h.List(ctx, h.owner, task.Filter{Text: "doi thoai 17"})
		must(t, err)
		late, err := h.List(ctx, h.owner, task.Filter{Late: today})
		must(t, err)
		none, err := h.List(ctx, h.foreign, task.Filter{})
		must(t, err)
		if len(found) != 1 || len(late) != 5 || len(none) != 0 {
			t.Errorf("found %d, late %d, another province sees %d; want 1, 5, 0", len(found), len(late), len(none))
		}
		board, err := h.Board(ctx, h.owner, task.ByPlace, task.Filter{}, today)
		must(t, err)
		if len(board) != 3 || board[0].Tasks != 9 {
			t.Errorf("the board is %+v", board)
		}
		for _, text := range []string{"doi thoai 17", "đối thoại", "không có"} { // the words of a list bind its board too
			listed, err := h.List(ctx, h.owner, task.Filter{Text: text, Limit: 100})
			must(t, err)
			tallies, err := h.Board(ctx, h.owner, task.ByPlace, task.Filter{Text: text}, today)
			must(t, err)
			n, late := 0, 0
			for _, x := range tallies {
				n, late = n+x.Tasks, late+x.Late
			}
			if text == "đối thoại" && late != 5 || n != len(listed) {
				t.Errorf("%q: the board counts %d tasks, %d late; the list has %d", text, n, late, len(listed))
			}
		}
	})
}

// Bulk steps are all taken or none, and every task in the way is named.
func TestBulkIsAllOrNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		must(t, h.Add(ctx, h.owner, "plan", []task.Task{{Place: commune, Title: "a"}, {Place: commune, Title: "b"}, {Place: "commune-01", Title: "c"}}))
		all, err := h.List(ctx, h.owner, task.Filter{})
		must(t, err)
		var moves []task.Move
		for _, x := range all {
			moves = append(moves, task.Move{Task: x.ID, Rev: x.Rev, Step: task.Start})
		}
		if items := fault.Items(h.TakeAll(ctx, h.official, moves)); len(items) != 1 || items[0].Line != 3 {
			t.Errorf("the faults are %v, want one, of the third task", items)
		}
		if h.page(t, all[0].ID).State != task.Waiting {
			t.Error("a task was started although the batch was refused")
		}
		must(t, h.TakeAll(ctx, h.official, moves[:2]))
	})
}

// Split goals add up.
func TestCopiesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		goal, n := float64(rapid.IntRange(1, 5000).Draw(t, "goal")), rapid.IntRange(1, 120).Draw(t, "places")
		places := make([]string, n)
		for i := range places {
			places[i] = fmt.Sprint(i)
		}
		sum := 0.0
		for _, c := range task.Copies([]task.Task{{ID: "p", Title: "x", Measure: task.Count, Goal: &goal}}, places, true) {
			sum += *c.Goal
			if c.Parent != "p" {
				t.Errorf("the copy points to %q", c.Parent)
			}
		}
		if sum != goal {
			t.Errorf("%v split for %d places adds up to %v", goal, n, sum)
		}
	})
}

// BenchmarkCascade gives 60 tasks to 100 communes. The bound is 2 s until all 6,000 copies are seen.
func BenchmarkCascade(b *testing.B) {
	d, _ := dbtest.New(b, db.SQLite)
	h := open(b, d)
	var tasks []task.Task
	for i := range 60 {
		tasks = append(tasks, task.Task{ID: fmt.Sprint(i), Title: fmt.Sprintf("Nhiệm vụ %d", i), Code: "2.2", Due: today})
	}
	var places []string
	for i := range 100 {
		places = append(places, fmt.Sprintf("commune-%02d", i))
	}
	for b.Loop() {
		must(b, h.Add(b.Context(), h.owner, "plan", task.Copies(tasks, places, false)))
	}
}
