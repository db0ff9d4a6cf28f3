package plan_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/plan"
	"thuoc/internal/target"
)

const (
	province, other, commune = "province", "other-province", "commune"
	interior, health, abroad = "agency-of-the-interior", "agency-of-health", "agency-of-elsewhere"
)

// house is a province with its people.
type house struct {
	*plan.Store
	db                                         *db.DB
	owner, chair, vice, lead, monitor, foreign account.Actor
}

func open(t *testing.T, d *db.DB) house {
	t.Helper()
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	day := clock.MustDate("2025-07-01")
	must(t, d.Update(t.Context(), func(q *db.Q) error {
		for _, c := range communes(100) {
			if err := account.PutWithin(t.Context(), q, c, province, day, clock.Date{}); err != nil {
				return err
			}
		}
		return account.PutWithin(t.Context(), q, commune, province, day, clock.Date{})
	}))
	for id, place := range map[string]string{interior: province, health: province, abroad: other} {
		seat(t, d, id, place)
	}
	as := func(user string, role account.Role, place, agency string) account.Actor {
		return account.Actor{User: user, Day: day, Grants: []account.Grant{{Role: role, Place: place, Agency: agency}}}
	}
	return house{plan.New(plan.Options{DB: d, Log: log}), d,
		as("owner", account.PlanOwner, province, interior), as("chair", account.ProvincialChair, province, ""),
		as("vice", account.ProvincialViceChair, province, ""), as("lead", account.LeadHead, "", health),
		as("monitor", account.FrontMonitor, province, ""), as("foreign", account.PlanOwner, other, "")}
}

// seat puts an agency of a place on record.
func seat(t *testing.T, d *db.DB, id, place string) {
	t.Helper()
	must(t, d.Update(t.Context(), func(q *db.Q) error {
		_, err := q.Exec(t.Context(), "INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES (?, ?, 'department', NULL, '', 1, 1)", id, place)
		return err
	}))
}

func communes(n int) (ids []string) {
	for i := range n {
		ids = append(ids, "commune-"+string(rune('a'+i/10))+string(rune('0'+i%10)))
	}
	return ids
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, kind fault.Kind, err error) {
	t.Helper()
	if fault.KindOf(err) != kind || err == nil {
		t.Errorf("got %v, want a fault of kind %s", err, kind)
	}
}

func points(v float64) *float64 { return &v }

func yearly() plan.Plan {
	return plan.Plan{Head: plan.Head{Place: province, Agency: interior, Kind: plan.Scheme, Title: "PAPI 2026", Year: 2026, Until: 2026, BaseYear: 2024},
		Bases: []plan.Basis{{Issuer: "Tỉnh ủy", Number: "12-CTr/TU", Dated: clock.MustDate("2021-03-26"), Title: "Chương trình"}},
		Aims: []plan.Aim{
			{Family: "papi", Code: "PAPI", Kind: target.Points, Value: points(44), Baseline: points(43), Change: points(1)},
			{Family: "papi", Code: "PAPI", Kind: target.Gain, Rank: new(5)},
			{Family: "papi", Code: "D7", Kind: target.Hold, Sorting: target.Keep},
			{Family: "sipas", Code: "SIPAS", Kind: target.Points, Value: points(85)},
		}}
}

func TestAPlansWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id, err := h.Create(ctx, h.owner, yearly())
		must(t, err)
		rev := func() int {
			p, err := h.Get(ctx, h.owner, id)
			must(t, err)
			return p.Rev
		}
		walk := func(who account.Actor, to plan.State, note string) error {
			return h.Go(ctx, who, plan.Move{Plan: id, Rev: rev(), To: to, Note: note})
		}
		_, err = h.Create(ctx, h.foreign, yearly())
		refused(t, fault.Forbidden, err)
		_, err = h.Get(ctx, h.foreign, id)
		refused(t, fault.Forbidden, err)
		refused(t, fault.Conflict, walk(h.owner, plan.Issued, ""))
		refused(t, fault.Conflict, h.Say(ctx, h.monitor, id, "", "too early"))

		must(t, walk(h.owner, plan.Comments, ""))
		must(t, h.Say(ctx, h.monitor, id, "D3", "Which commune answers whom?"))
		refused(t, fault.Forbidden, h.Say(ctx, h.foreign, id, "D3", "?"))
		said, err := h.Comments(ctx, h.owner, id)
		must(t, err)
		refused(t, fault.Forbidden, h.Answer(ctx, h.monitor, said[0].ID, "me?"))
		err = walk(h.owner, plan.Submitted, "")
		if items := fault.Items(err); len(items) != 1 || !strings.Contains(items[0].What.String(), "Which commune answers whom?") {
			t.Errorf("submitted over a comment that waits: %v", err)
		}
		must(t, h.Answer(ctx, h.owner, said[0].ID, "Each its own."))
		refused(t, fault.Conflict, h.Answer(ctx, h.owner, said[0].ID, "Twice."))

		must(t, walk(h.owner, plan.Submitted, ""))
		p, err := h.Get(ctx, h.owner, id)
		must(t, err)
		refused(t, fault.Conflict, h.Save(ctx, h.owner, *p))
		refused(t, fault.Forbidden, walk(h.owner, plan.Approved, ""))
		refused(t, fault.Invalid, walk(h.chair, plan.Draft, ""))
		must(t, walk(h.chair, plan.Draft, "D7 lacks a number"))
		p, err = h.Get(ctx, h.owner, id)
		must(t, err)
		p.Aims[2] = plan.Aim{Family: "papi", Code: "D7", Kind: target.Points, Value: points(4.73)}
		must(t, h.Save(ctx, h.owner, *p))
		refused(t, fault.Conflict, h.Save(ctx, h.owner, *p)) // the rev is old now
		must(t, walk(h.owner, plan.Submitted, ""))
		must(t, walk(h.vice, plan.Approved, ""))
		refused(t, fault.Invalid, walk(h.owner, plan.Issued, ""))
		must(t, h.Go(ctx, h.owner, plan.Move{Plan: id, Rev: rev(), To: plan.Issued, Number: "41/KH-UBND", Signed: clock.MustDate("2026-02-19"), Signer: "post", Paper: "ff"}))

		events, versions, err := h.History(ctx, h.monitor, id)
		must(t, err)
		if len(events) != 6 || len(versions) != 3 {
			t.Fatalf("%d steps and %d versions, want 6 and 3", len(events), len(versions))
		}
		diff, err := plan.Compare(versions[0], versions[1])
		must(t, err)
		if len(diff) != 2 || diff[0].Key != "papi D7 hold" || diff[0].Now != "" || diff[1].Key != "papi D7 points" || diff[1].Was != "" {
			t.Errorf("the second submission differs by %+v, want D7 held no more and D7 in points", diff)
		}
	})
}

// Who submitted does not approve, even when their roles would allow both.
func TestNobodyApprovesTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		both := h.owner
		both.Grants = append(both.Grants, h.chair.Grants...)
		id, err := h.Create(ctx, both, yearly())
		must(t, err)
		must(t, h.Go(ctx, both, plan.Move{Plan: id, Rev: 1, To: plan.Submitted}))
		refused(t, fault.Forbidden, h.Go(ctx, both, plan.Move{Plan: id, Rev: 2, To: plan.Approved}))
		must(t, h.Go(ctx, h.chair, plan.Move{Plan: id, Rev: 2, To: plan.Approved}))
	})
}

func TestDutiesAreSettledByBothSides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id, err := h.Create(ctx, h.owner, yearly())
		must(t, err)
		must(t, h.Ask(ctx, h.owner, id, []plan.Duty{
			{Code: "6.1", Agency: health, Part: plan.Lead, Offered: true}, {Code: "6.1", Agency: interior, Part: plan.Coordinate}}))
		err = h.Ask(ctx, h.owner, id, []plan.Duty{
			{Code: "6.1", Agency: interior, Part: plan.Lead}, {Code: "6.1", Agency: interior, Part: plan.Coordinate}, {Agency: health, Part: plan.Verify}, {Code: "D1", Agency: health, Part: "help"}})
		if items := fault.Items(err); len(items) != 4 {
			t.Errorf("four wrong duties give %d faults: %v", len(items), err)
		}
		read := func(who account.Actor) plan.Duty {
			p, err := h.Get(ctx, who, id)
			must(t, err)
			for _, duty := range p.Duties {
				if duty.Part == plan.Lead {
					return duty
				}
			}
			t.Fatal("no lead")
			return plan.Duty{}
		}
		// What is only offered the owner sees alone; confirmed, it opens the plan to the agency that has it.
		seen := func() int {
			all, err := h.List(ctx, h.lead, plan.Filter{})
			must(t, err)
			return len(all)
		}
		_, err = h.Get(ctx, h.lead, id)
		refused(t, fault.Forbidden, err)
		offered := read(h.owner)
		refused(t, fault.NotFound, h.Propose(ctx, h.lead, plan.Duty{ID: offered.ID, Rev: offered.Rev, Words: "too early"}))
		if p, err := h.Get(ctx, h.monitor, id); err != nil || len(p.Duties) != 1 || !offered.Offered || seen() != 0 {
			t.Errorf("the monitor is shown %+v, the agency %d plans: %v", p.Duties, seen(), err)
		}
		_, err = h.ConfirmOffered(ctx, h.owner, id)
		must(t, err)
		mine := read(h.lead)
		if seen() != 1 {
			t.Error("the agency does not find the plan it was asked in")
		}
		director := h.post(t, health, "Giám đốc")
		refused(t, fault.Invalid, h.Propose(ctx, h.lead, plan.Duty{ID: mine.ID, Rev: mine.Rev, Words: "x", Post: h.post(t, interior, "Giám đốc")}))
		refused(t, fault.Conflict, h.Return(ctx, h.owner, plan.Duty{ID: mine.ID, Rev: mine.Rev, Reason: "nothing was proposed"}))
		refused(t, fault.Forbidden, h.Propose(ctx, h.owner, plan.Duty{ID: mine.ID, Rev: mine.Rev, Words: "for them"}))
		must(t, h.Propose(ctx, h.lead, plan.Duty{ID: mine.ID, Rev: mine.Rev, Words: "Publish the list of the insured", Post: director}))
		refused(t, fault.Conflict, h.Propose(ctx, h.lead, plan.Duty{ID: mine.ID, Rev: mine.Rev, Words: "again"}))
		refused(t, fault.Invalid, h.Return(ctx, h.owner, plan.Duty{ID: mine.ID, Rev: read(h.owner).Rev}))
		must(t, h.Return(ctx, h.owner, plan.Duty{ID: mine.ID, Rev: read(h.owner).Rev, Reason: "Name a month"}))
		must(t, h.Propose(ctx, h.lead, plan.Duty{ID: mine.ID, Rev: read(h.lead).Rev, Words: "Publish it in May", Post: director}))
		must(t, h.Accept(ctx, h.owner, plan.Duty{ID: mine.ID, Rev: read(h.owner).Rev}))
		if got := read(h.lead); got.State != plan.Accepted || got.Offered || got.Words != "Publish it in May" || got.Reason != "" {
			t.Errorf("the duty is %+v", got)
		}
		refused(t, fault.Conflict, h.Propose(ctx, h.lead, plan.Duty{ID: mine.ID, Rev: read(h.lead).Rev, Words: "changed my mind"}))
		must(t, h.Go(ctx, h.owner, plan.Move{Plan: id, Rev: 1, To: plan.Submitted}))
		refused(t, fault.Conflict, h.Return(ctx, h.owner, plan.Duty{ID: mine.ID, Rev: read(h.owner).Rev, Reason: "after it was submitted"}))
	})
}

// post puts a post at the head of an agency on record.
func (h house) post(t *testing.T, agency, title string) string {
	t.Helper()
	id := agency + " " + title
	must(t, h.db.Update(t.Context(), func(q *db.Q) error {
		if _, err := q.Exec(t.Context(), "INSERT INTO agency (id, place, bloc, until_law, confirmed, version) VALUES (?, ?, 'department', '', 1, 1) ON CONFLICT DO NOTHING", agency, province); err != nil {
			return err
		}
		_, err := q.Exec(t.Context(), "INSERT INTO post (id, agency, title, key, head) VALUES (?, ?, ?, '', 1)", id, agency, title)
		return err
	}))
	return id
}

// An issued plan goes down to a hundred communes at once, and to none twice.
// What a plan waits for is told to whom it waits for, and to nobody else.
func TestWhatPlansWaitFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id, err := h.Create(ctx, h.owner, yearly())
		must(t, err)
		waits := func(name string, who account.Actor, want ...string) {
			t.Helper()
			all, err := h.Waits(ctx, who, 10)
			must(t, err)
			var got []string
			for _, w := range all {
				got = append(got, fmt.Sprint(w.Want, " ", w.Count))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s is told of %q, want %q", name, got, want)
			}
		}
		must(t, h.Ask(ctx, h.owner, id, []plan.Duty{{Code: "6.1", Agency: health, Part: plan.Lead}, {Code: "6.2", Agency: health, Part: plan.Lead}}))
		waits("the agency", h.lead, "propose 2")
		waits("the owner", h.owner)
		p, err := h.Get(ctx, h.lead, id)
		must(t, err)
		must(t, h.Propose(ctx, h.lead, plan.Duty{ID: p.Duties[0].ID, Rev: p.Duties[0].Rev, Words: "shorter queues"}))
		must(t, h.Go(ctx, h.owner, plan.Move{Plan: id, Rev: p.Rev, To: plan.Comments}))
		must(t, h.Say(ctx, h.monitor, id, "", "When?"))
		waits("the agency", h.lead, "propose 1")
		waits("the owner", h.owner, "accept 1", "answer 1")
		waits("another's owner", h.foreign)
		said, err := h.Comments(ctx, h.owner, id)
		must(t, err)
		must(t, h.Answer(ctx, h.owner, said[0].ID, "In March."))
		p, err = h.Get(ctx, h.owner, id)
		must(t, err)
		must(t, h.Go(ctx, h.owner, plan.Move{Plan: id, Rev: p.Rev, To: plan.Submitted}))
		waits("the chair", h.chair, "approve 1")
		waits("the owner", h.owner)
	})
}

func TestCascade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id := issued(ctx, t, h)
		made, err := h.Cascade(ctx, h.owner, id, communes(100))
		must(t, err)
		again, err := h.Cascade(ctx, h.owner, id, append(communes(100), commune))
		must(t, err)
		if made != 100 || again != 1 {
			t.Errorf("made %d, then %d; want 100, then 1", made, again)
		}
		_, err = h.Cascade(ctx, h.owner, id, []string{other})
		refused(t, fault.Forbidden, err)
		below, err := h.Following(ctx, h.monitor, id)
		must(t, err)
		one, err := h.Get(ctx, h.owner, below[0].ID)
		must(t, err)
		if len(below) != 101 || len(one.Aims) != 3 || one.Bases[0].Number != "41/KH-UBND" || one.State != plan.Draft {
			t.Errorf("%d plans below; the first is %+v", len(below), one)
		}
		seen, err := h.List(ctx, h.foreign, plan.Filter{})
		must(t, err)
		if len(seen) != 0 {
			t.Errorf("another province sees %d plans", len(seen))
		}
		top, err := h.List(ctx, h.owner, plan.Filter{Top: true})
		must(t, err)
		with, err := h.List(ctx, h.owner, plan.Filter{Top: true, Own: []string{one.Place}})
		must(t, err)
		if len(top) != 1 || top[0].Parent != "" || len(with) != 2 {
			t.Errorf("on top are %d plans, and %d with those of a commune", len(top), len(with))
		}
	})
}

func issued(ctx context.Context, t *testing.T, h house) string {
	t.Helper()
	id, err := h.Create(ctx, h.owner, yearly())
	must(t, err)
	must(t, h.Go(ctx, h.owner, plan.Move{Plan: id, Rev: 1, To: plan.Submitted}))
	must(t, h.Go(ctx, h.chair, plan.Move{Plan: id, Rev: 2, To: plan.Approved}))
	must(t, h.Go(ctx, h.owner, plan.Move{Plan: id, Rev: 3, To: plan.Issued, Number: "41/KH-UBND", Signed: clock.MustDate("2026-02-19"), Signer: "post", Paper: "ff"}))
	return id
}

func TestAllFaultsOfAPlanAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		_, err := h.Create(t.Context(), h.owner, plan.Plan{Head: plan.Head{Year: 26, Until: 25},
			Aims: []plan.Aim{{Code: "PAPI", Kind: target.Points}, {Kind: target.Hold}, {Code: "D1", Kind: "better"}, {Code: "D2", Kind: target.Group}, {Code: "D3", Kind: target.Rank, Rank: new(0)}}})
		if items := fault.Items(err); len(items) != 9 {
			t.Errorf("%d faults, want 9: %v", len(items), err)
		}
	})
}

// From every state something can be done until the plan is closed, and every state can be reached.
func TestStates(t *testing.T) {
	reached := map[plan.State]bool{plan.Draft: true}
	for range plan.States {
		for _, s := range plan.States {
			for _, next := range s.Next() {
				reached[next] = reached[next] || reached[s]
			}
		}
	}
	for _, s := range plan.States {
		if !reached[s] || (len(s.Next()) == 0) != (s == plan.Closed) {
			t.Errorf("%s: reached %v, leads to %v", s, reached[s], s.Next())
		}
	}
}

// TestNothingOfAnotherProvince: a plan names agencies and plans of its own province alone.
func TestNothingOfAnotherProvince(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		theirs := yearly()
		theirs.Place, theirs.Agency = other, abroad
		above, err := h.Create(ctx, h.foreign, theirs)
		must(t, err)
		p := yearly()
		p.Agency = abroad
		_, err = h.Create(ctx, h.owner, p)
		refused(t, fault.Invalid, err)
		p.Agency, p.Parent = interior, above
		_, err = h.Create(ctx, h.owner, p)
		refused(t, fault.NotFound, err)
		p.Parent = "made-up"
		_, err = h.Create(ctx, h.owner, p)
		refused(t, fault.NotFound, err)
		p.Parent = ""
		id, err := h.Create(ctx, h.owner, p)
		must(t, err)
		refused(t, fault.Invalid, h.Ask(ctx, h.owner, id, []plan.Duty{{Code: "D1", Agency: health, Part: plan.Lead}, {Code: "D2", Agency: abroad, Part: plan.Lead}}))
		stands, err := h.Get(ctx, h.owner, id)
		must(t, err)
		if len(stands.Duties) != 0 {
			t.Errorf("of what was refused stand %+v", stands.Duties)
		}
		p = *stands
		p.Agency = abroad
		refused(t, fault.Invalid, h.Save(ctx, h.owner, p))
		p.Agency, p.Parent = interior, above
		refused(t, fault.NotFound, h.Save(ctx, h.owner, p))
	})
}
