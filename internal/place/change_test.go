package place

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/job"
)

// person is somebody with a role in a province.
func person(user string, role account.Role, province string) account.Actor {
	return account.Actor{User: user, Day: clock.MustDate("2026-11-01"), Grants: []account.Grant{{Role: role, Place: province}}}
}

var (
	owner   = person("owner", account.PlanOwner, "33.2025")
	chair   = person("chair", account.ProvincialChair, "33.2025")
	another = person("another", account.PlanOwner, "22")
)

const law = "Nghị quyết 999/NQ-UBTVQH16"

// twoStep proposes a change and lets the chair approve it.
func twoStep(t *testing.T, s *Store, p Proposal) string {
	t.Helper()
	id, err := s.Propose(t.Context(), owner, p)
	must(t, err)
	must(t, s.Review(t.Context(), chair, id, true, ""))
	return id
}

// Each kind of change adds what holds from its day and leaves what held before as it was.
func TestChangesAddVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := seeded(t, d, "33", "34", "22")
		clk.Advance(300 * 24 * time.Hour)
		a, b := at(t, s, "12103", "2025-07-01"), at(t, s, "12133", "2025-07-01") // two communes of Hưng Yên
		on := clock.MustDate("2026-03-01")
		day := func(i int) clock.Date { return on.Add(i) }
		twoStep(t, s, Proposal{Kind: Rename, On: day(0), Law: law, Places: []string{a.Place}, Name: "Thử Nghiệm"})
		twoStep(t, s, Proposal{Kind: Retype, On: day(1), Law: law, Places: []string{a.Place}, Type: otherKind(a.Type)})
		twoStep(t, s, Proposal{Kind: Recode, On: day(2), Law: law, Places: []string{a.Place}, Code: "12199"})
		history, err := s.History(t.Context(), a.Place)
		must(t, err)
		type state struct {
			name, code, since, until, law string
			kind                          gazetteer.Kind
		}
		var got []state
		for _, v := range history {
			got = append(got, state{v.Name, v.Code, v.start().String(), v.Until.String(), v.Law, v.Type})
		}
		want := []state{
			{a.Name, "12103", "2025-07-01", "2026-02-28", a.Law, a.Type},
			{"Thử Nghiệm", "12103", "2026-03-01", "2026-03-01", law, a.Type},
			{"Thử Nghiệm", "12103", "2026-03-02", "2026-03-02", law, otherKind(a.Type)},
			{"Thử Nghiệm", "12199", "2026-03-03", "", law, otherKind(a.Type)},
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(state{})); diff != "" {
			t.Error(diff)
		}

		twoStep(t, s, Proposal{Kind: Merge, On: day(3), Law: law, Places: []string{a.Place, b.Place},
			Heirs: []Heir{{Code: "12133", Name: "Hợp Nhất", Type: gazetteer.Commune, Parent: "33.2025"}}})
		merged := at(t, s, "12133", "2026-03-04")
		half := 0.5
		twoStep(t, s, Proposal{Kind: Split, On: day(4), Law: law, Places: []string{merged.Place}, Heirs: []Heir{
			{Code: "12133", Name: "Một", Type: gazetteer.Commune, Parent: "33.2025", Share: &half, Basis: ByPopulation},
			{Code: "12134", Name: "Hai", Type: gazetteer.Commune, Parent: "33.2025", Share: &half, Basis: ByPopulation},
		}})
		heirs, err := s.Heirs(t.Context(), a.Place, day(10))
		must(t, err)
		if len(heirs) != 2 || heirs[0].Version.Name != "Một" || *heirs[0].Share != 0.5 || heirs[1].Version.Code != "12134" {
			t.Errorf("heirs: %+v", heirs)
		}
		for code, name := range map[string]string{"2026-03-03": b.Name, "2026-03-04": "Hợp Nhất", "2026-03-05": "Một"} {
			if v := at(t, s, "12133", code); v.Name != name {
				t.Errorf("12133 on %s is %s, want %s", code, v.Name, name)
			}
		}
		if list := answers(t, s, Query{Text: "hop nhat", On: day(10), Limit: 5}); len(list) != 1 || list[0] != "Xã Hợp Nhất, Tỉnh Hưng Yên (former)" {
			t.Errorf("search: %v", list)
		}
	})
}

func otherKind(k gazetteer.Kind) gazetteer.Kind {
	if k == gazetteer.Ward {
		return gazetteer.Commune
	}
	return gazetteer.Ward
}

// A commune that moves answers to its new province from the day on, and a province's communes go with it into a merger.
func TestMovesTellRights(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := seeded(t, d, "33", "34", "22")
		clk.Advance(300 * 24 * time.Hour)
		on := clock.MustDate("2026-03-01")
		v := at(t, s, "12103", "2025-07-01")
		may := func(a account.Actor, day clock.Date) bool {
			a.Day = day
			return d.View(t.Context(), func(q *db.Q) error {
				return a.May(t.Context(), q, account.ChangePosts, account.Subject{Place: v.Place})
			}) == nil
		}
		twoStep(t, s, Proposal{Kind: Move, On: on, Law: law, Places: []string{v.Place}, Parent: "22"})
		if !may(owner, on.Add(-1)) || may(owner, on) || may(another, on.Add(-1)) || !may(another, on) {
			t.Error("rights did not move with the place")
		}
		clk.Advance(200 * 24 * time.Hour)
		on = clock.MustDate("2026-10-01")
		admin := account.Program("operator", merger)
		id, err := s.Propose(t.Context(), admin, Proposal{Kind: Merge, On: on, Law: law, Places: []string{"22", "33.2025"},
			Heirs: []Heir{{Code: "22", Name: "Duyên Hải", Type: gazetteer.Province}}})
		must(t, err)
		must(t, s.Review(t.Context(), account.Program("system", merger), id, true, ""))
		big := at(t, s, "22", "2026-10-01")
		if inside, err := s.Children(t.Context(), big.Place, on); err != nil || len(inside) != 54+104 {
			t.Errorf("%d communes went along (%v)", len(inside), err)
		}
		if now := at(t, s, "12103", "2026-10-01"); now.Parent != big.Place || may(another, on) || !may(another, on.Add(-1)) {
			t.Errorf("got %+v", now)
		}
	})
}

// What is approved for a later day waits for it.
func TestChangeWaitsForItsDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := seeded(t, d, "33")
		runner := job.New(d, slog.New(slog.DiscardHandler), 1)
		s.Register(runner)
		v := at(t, s, "12103", "2025-07-01")
		on := clock.MustDate("2025-07-03")
		id := twoStep(t, s, Proposal{Kind: Rename, On: on, Law: law, Places: []string{v.Place}, Name: "Thử Nghiệm"})
		stateOf := func() State {
			c, err := s.Change(t.Context(), owner, id)
			must(t, err)
			return c.State
		}
		if _, err := runner.DrainTwice(context.Background()); err != nil || stateOf() != Approved {
			t.Errorf("before its day it is %s (%v)", stateOf(), err)
		}
		clk.Advance(48 * time.Hour)
		if _, err := runner.DrainTwice(context.Background()); err != nil || stateOf() != Applied {
			t.Errorf("on its day it is %s (%v)", stateOf(), err)
		}
		if v := at(t, s, "12103", "2025-07-03"); v.Name != "Thử Nghiệm" {
			t.Errorf("got %+v", v)
		}
	})
}

func TestWhoMayChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33", "22")
		v := at(t, s, "12103", "2025-07-01")
		p := Proposal{Kind: Rename, On: merger.Add(1), Law: law, Places: []string{v.Place}, Name: "Thử Nghiệm"}
		if _, err := s.Propose(t.Context(), another, p); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a stranger proposes: %v", err)
		}
		id, err := s.Propose(t.Context(), owner, p)
		must(t, err)
		kinds := map[string]fault.Kind{}
		try := func(name string, err error) { kinds[name] = fault.KindOf(err) }
		try("own review", s.Review(t.Context(), owner, id, true, ""))
		try("stranger", s.Review(t.Context(), another, id, true, ""))
		try("stranger withdraws", s.Withdraw(t.Context(), chair, id))
		try("no reason", s.Review(t.Context(), chair, id, false, ""))
		_, err = s.Propose(t.Context(), owner, p)
		try("second proposal", err)
		must(t, s.Review(t.Context(), chair, id, false, "Chưa có nghị quyết"))
		try("reviewed twice", s.Review(t.Context(), chair, id, true, ""))
		try("no such", s.Review(t.Context(), chair, "nothing", true, ""))
		want := map[string]fault.Kind{"own review": fault.Forbidden, "stranger": fault.Forbidden, "stranger withdraws": fault.Forbidden,
			"no reason": fault.Invalid, "second proposal": fault.Conflict, "reviewed twice": fault.Conflict, "no such": fault.NotFound}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Error(diff)
		}
		list, err := s.Changes(t.Context(), owner, "", 10)
		if err != nil || len(list) != 1 || list[0].State != Rejected || list[0].Remark != "Chưa có nghị quyết" || list[0].Name != "Thử Nghiệm" {
			t.Errorf("got %+v (%v)", list, err)
		}
		if list, err := s.Changes(t.Context(), account.Actor{}, "", 10); err != nil || list != nil {
			t.Errorf("nobody reads %+v (%v)", list, err)
		}
		id, err = s.Propose(t.Context(), owner, p)
		must(t, err)
		must(t, s.Withdraw(t.Context(), owner, id))
	})
}

// A proposal is told all its faults at once.
func TestProposalFaults(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33", "34")
		a, b := at(t, s, "12103", "2025-07-01"), at(t, s, "12133", "2025-07-01")
		on := merger.Add(1)
		over := 0.9
		for _, tt := range []struct {
			name   string
			p      Proposal
			fields []string
		}{
			{"nothing", Proposal{Kind: Rename, Places: []string{a.Place}}, []string{"law", "since"}},
			{"same name", Proposal{Kind: Rename, On: on, Law: law, Places: []string{a.Place}, Name: a.Name}, []string{"name"}},
			{"no name", Proposal{Kind: Rename, On: on, Places: []string{a.Place}, Name: " x "}, []string{"law", "name"}},
			{"twin", Proposal{Kind: Rename, On: on, Law: law, Places: []string{a.Place}, Name: twinOf(t, s, a)}, []string{"name"}},
			{"overwriting", Proposal{Kind: Rename, On: merger, Law: law, Places: []string{a.Place}, Name: "Mới"}, []string{"since"}},
			{"a district", Proposal{Kind: Rename, On: on, Law: law, Places: []string{"328"}, Name: "Mới"}, []string{"places"}},
			{"a city", Proposal{Kind: Retype, On: on, Law: law, Places: []string{a.Place}, Type: gazetteer.City}, []string{"type"}},
			{"taken code", Proposal{Kind: Recode, On: on, Law: law, Places: []string{a.Place}, Code: b.Code}, []string{"code"}},
			{"bad code", Proposal{Kind: Recode, On: on, Law: law, Places: []string{a.Place}, Code: "12"}, []string{"code"}},
			{"into a commune", Proposal{Kind: Move, On: on, Law: law, Places: []string{a.Place}, Parent: b.Place}, []string{"parent"}},
			{"into what ended", Proposal{Kind: Move, On: on, Law: law, Places: []string{a.Place}, Parent: "34"}, []string{"parent"}},
			{"merger of one", Proposal{Kind: Merge, On: on, Law: law, Places: []string{a.Place}}, []string{"places"}},
			{"mixed merger", Proposal{Kind: Merge, On: on, Law: law, Places: []string{a.Place, "33.2025"}}, []string{"places"}},
			{"bad heirs", Proposal{Kind: Split, On: on, Law: law, Places: []string{a.Place}, Heirs: []Heir{
				{Code: a.Code, Name: "Một", Type: gazetteer.Ward, Parent: "33.2025", Share: &over, Basis: ByPopulation},
				{Code: a.Code, Name: "", Type: gazetteer.Town, Parent: "", Share: &over},
			}}, []string{"heirs.2.name", "heirs.2.type", "heirs.2.code", "heirs.2.parent", "heirs.2.share", "heirs"}},
		} {
			_, err := s.Propose(t.Context(), account.Program("operator", merger), tt.p)
			var fields []string
			for _, item := range fault.Items(err) {
				fields = append(fields, item.Field)
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" {
				t.Errorf("%s: %v: %s", tt.name, err, diff)
			}
		}
	})
}

// twinOf gives the name of another commune of the same kind in the same province.
func twinOf(t *testing.T, s *Store, v Version) string {
	t.Helper()
	list, err := s.Children(t.Context(), v.Parent, merger)
	must(t, err)
	for _, other := range list {
		if other.Type == v.Type && other.Place != v.Place {
			return other.Name
		}
	}
	t.Fatal("no other")
	return ""
}
