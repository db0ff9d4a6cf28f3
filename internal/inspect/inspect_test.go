package inspect_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/inspect"
	"thuoc/internal/place"
)

const home = "98" // an invented province

func commune(n int) string { return fmt.Sprintf("%s%03d", home, n) }

// house is inspections over an invented province of twelve communes.
type house struct {
	*inspect.Store
	t                               *testing.T
	db                              *db.DB
	clock                           *dbtest.Clock
	owner, second, chair            account.Actor
	chief, member, official, other  account.Actor
	outsider, administrator, nobody account.Actor
	list                            string // a checklist
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != kind || err == nil {
		t.Errorf("got %v, want a fault of kind %s", err, kind)
	}
}

var key = bytes.Repeat([]byte{7}, 32)

func open(t *testing.T, d *db.DB, now *dbtest.Clock) *house {
	t.Helper()
	log, err := audit.New(key)
	must(t, err)
	s, err := inspect.New(inspect.Options{DB: d, Log: log, Key: key, Random: mathrand.NewChaCha8(sha256.Sum256([]byte(t.Name())))})
	must(t, err)
	h := &house{Store: s, t: t, db: d, clock: now}
	in := place.Invention{Code: home, Name: "Mẫu", Since: clock.MustDate("2025-01-01"), Law: "1"}
	for n := range 12 {
		in.Parts = append(in.Parts, place.InventedPart{Code: commune(n), Name: fmt.Sprintf("Mẫu %c", 'A'+n), Type: gazetteer.Commune})
	}
	_, err = place.New(place.Options{DB: d, Log: log, Invents: true}).Invent(t.Context(), account.Program("operator", h.today()), in)
	must(t, err)
	h.owner, h.second, h.chair = h.as("owner", account.PlanOwner, home), h.as("second", account.PlanOwner, home), h.as("chair", account.ProvincialChair, home)
	h.chief, h.member = h.as("chief", account.Inspector, home), h.as("member", account.Analyst, home)
	h.official, h.other = h.as("official", account.CommuneOfficial, commune(1)), h.as("other", account.CommuneChair, commune(2))
	h.outsider, h.administrator = h.as("outsider", account.PlanOwner, "elsewhere"), h.as("administrator", account.Administrator, "")
	h.list, err = h.Write(t.Context(), h.owner, inspect.Checklist{Place: home, Theme: "Một cửa", Since: h.today(),
		Items: []inspect.Item{{Sort: inspect.YesNo, Text: "Có niêm yết?"}, {Sort: inspect.Number, Text: "Số hồ sơ trễ"}, {Sort: inspect.Photo, Text: "Ảnh bảng"}}})
	must(t, err)
	return h
}

func (h *house) today() clock.Date { return clock.Of(h.clock.Now()) }

// as makes somebody with a role, in the tables too.
func (h *house) as(user string, role account.Role, where string) account.Actor {
	h.t.Helper()
	must(h.t, h.db.Update(h.t.Context(), func(q *db.Q) error {
		if _, err := q.Exec(h.t.Context(), "INSERT INTO account (id, state, added) VALUES (?, 'active', ?)", user, q.Now()); err != nil {
			return err
		}
		_, err := q.Exec(h.t.Context(), `INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked, revoked_by)
			VALUES (?, ?, ?, ?, '', '2020-01-01', NULL, ?, '', NULL, '')`, q.NewID(), user, role, where, q.Now())
		return err
	}))
	return account.Actor{User: user, Day: h.today(), Grants: []account.Grant{{Role: role, Place: where}}}
}

// prepared makes an inspection with a team and a checklist.
func (h *house) prepared(kind inspect.Kind) string {
	h.t.Helper()
	id, err := h.Create(h.t.Context(), h.owner, inspect.Inspection{Kind: kind, Place: home, Title: "Kiểm tra một cửa", Decision: "41/QĐ-UBND", Decided: h.today(),
		Signer: "Chủ tịch", Since: h.today(), Until: h.today().Add(30)})
	must(h.t, err)
	must(h.t, h.Choose(h.t.Context(), h.owner, id, []string{h.list}))
	must(h.t, h.Join(h.t.Context(), h.owner, inspect.Member{Inspection: id, User: "chief", Post: "Trưởng đoàn", Chief: true}))
	must(h.t, h.Join(h.t.Context(), h.owner, inspect.Member{Inspection: id, User: "member", Post: "Thành viên"}))
	return id
}

// drawn makes a surprise inspection whose draw is made.
func (h *house) drawn() string {
	h.t.Helper()
	ctx, id := h.t.Context(), h.prepared(inspect.Surprise)
	must(h.t, h.PrepareDraw(ctx, h.owner, inspect.Lot{Inspection: id, Size: 3, Source: "Giải đặc biệt", Day: h.today().Add(2)}))
	must(h.t, h.Seal(ctx, h.second, id))
	h.clock.Advance(48 * time.Hour)
	must(h.t, h.Reveal(ctx, h.owner, id, "04719"))
	must(h.t, h.Draw(ctx, h.second, id, "04 719"))
	return id
}

func TestADrawTakesTwoPeopleAtEachStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		id := h.prepared(inspect.Surprise)
		lot := inspect.Lot{Inspection: id, Size: 3, Source: "Giải đặc biệt", Day: h.today().Add(2)}
		refused(t, h.PrepareDraw(ctx, h.official, lot), fault.Forbidden)
		refused(t, h.Seal(ctx, h.second, id), fault.Conflict) // nothing is prepared
		must(t, h.PrepareDraw(ctx, h.owner, lot))
		refused(t, h.Seal(ctx, h.owner, id), fault.Forbidden)
		must(t, h.Seal(ctx, h.second, id))
		refused(t, h.PrepareDraw(ctx, h.owner, lot), fault.Conflict)
		refused(t, h.Reveal(ctx, h.owner, id, "04719"), fault.Conflict) // too early
		sealed, err := h.Sealings(ctx, "")
		must(t, err)
		now.Advance(48 * time.Hour)
		refused(t, h.Draw(ctx, h.second, id, "04719"), fault.Conflict) // no number
		must(t, h.Reveal(ctx, h.owner, id, "04719"))
		refused(t, h.Draw(ctx, h.owner, id, "04719"), fault.Forbidden)
		refused(t, h.Draw(ctx, h.second, id, "04718"), fault.Conflict)
		must(t, h.Draw(ctx, h.second, id, "04719"))
		refused(t, h.Reveal(ctx, h.chair, id, "04720"), fault.Conflict) // the draw is made
		must(t, h.Announce(ctx, h.chief, id))
		after, err := h.Sealings(ctx, sealed[0].ID)
		must(t, err)
		p := after[0].Proof
		if p == nil || !draw.Holds(p.Verify(sealed[0].Commitment)) {
			t.Fatalf("the proof does not hold against the commitment of before: %+v", after[0])
		}
		file, err := draw.Parse("f", p.Bytes())
		must(t, err)
		if got := drawIDs(t, h, h.chief, id); !slices.Equal(got, trim(file.Drawn)) {
			t.Errorf("the list is %v, the published file says %v", got, file.Drawn)
		}
		// The next commitment names this one.
		next := h.prepared(inspect.Surprise)
		must(t, h.PrepareDraw(ctx, h.owner, inspect.Lot{Inspection: next, Size: 1, Source: "Giải đặc biệt", Day: h.today().Add(9)}))
		must(t, h.Seal(ctx, h.second, next))
		page, err := h.Get(ctx, h.owner, next)
		must(t, err)
		f, err := page.Draw.Frame()
		must(t, err)
		if f.Before != sealed[0].Commitment {
			t.Errorf("the second commitment names %q, not the first", f.Before)
		}
	})
}

func trim(ids []string) (all []string) {
	for _, id := range ids {
		all = append(all, strings.TrimPrefix(id, "place:"))
	}
	return all
}

func drawIDs(t *testing.T, h *house, a account.Actor, id string) (all []string) {
	t.Helper()
	list, err := h.DrawnUnits(t.Context(), a, id)
	must(t, err)
	for _, u := range list {
		all = append(all, u.Place)
	}
	return all
}

// Until it is announced what was drawn is the team's alone: no other actor is told by anything the store gives, no row
// holds it, and what is on the list is only what has begun.
func TestWhatWasDrawnStaysWithTheTeam(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		id := h.drawn()
		list := drawIDs(t, h, h.chief, id)
		if len(list) != 3 {
			t.Fatalf("drawn: %v", list)
		}
		everybodyElse := []account.Actor{h.owner, h.second, h.chair, h.official, h.other, h.outsider, h.administrator, h.nobody}
		check := func(visible ...string) {
			t.Helper()
			for _, a := range everybodyElse {
				_, err := h.DrawnUnits(ctx, a, id)
				refused(t, err, fault.Forbidden)
				refused(t, h.Announce(ctx, a, id), fault.Forbidden)
				_, err = h.Begin(ctx, a, id, inspect.Unit{Place: list[2]})
				refused(t, err, fault.Forbidden)
				if p, err := h.Get(ctx, a, id); err == nil {
					if p.Drawn != nil || len(p.Visits) > len(visible) || p.Draw != nil && p.Draw.Secret != nil {
						t.Errorf("%s is told %v, %v", a.User, p.Drawn, p.Visits)
					}
				}
				if dec, err := h.DecisionPaper(ctx, a, id); err == nil && len(dec.Units) > len(visible) {
					t.Errorf("the decision tells %s of %v", a.User, dec.Units)
				}
			}
			all, err := h.Sealings(ctx, "")
			must(t, err)
			one, err := h.Sealings(ctx, all[0].ID)
			must(t, err)
			if all[0].Proof != nil || one[0].Proof != nil {
				t.Error("the proof is public before the draw is announced")
			}
			must(t, d.View(ctx, func(q *db.Q) error {
				for _, col := range []string{"visit.place", "finding.place", "inspection_event.note", "audit.object", "job.args"} {
					table, field, _ := strings.Cut(col, ".")
					if table == "job" {
						continue // no job is added by any step of a draw
					}
					rows, err := db.All[string](ctx, q, "SELECT CAST("+field+" AS TEXT) FROM "+table)
					must(t, err)
					for _, text := range rows {
						for _, unit := range list {
							if strings.Contains(text, unit) && !slices.Contains(visible, unit) {
								t.Errorf("%s holds %s", col, unit)
							}
						}
					}
				}
				jobs, err := db.One[int](ctx, q, "SELECT count(*) FROM job")
				if jobs > 0 {
					t.Error("a step of a draw added a job")
				}
				return err
			}))
		}
		check()
		refused(t, h.Join(ctx, h.owner, inspect.Member{Inspection: id, User: "owner", Post: "Để biết danh sách"}), fault.Conflict)
		_, err := h.Begin(ctx, h.member, id, inspect.Unit{Place: list[0]})
		must(t, err)
		check(list[0])
		for n := range 12 { // nobody gets to know by trying
			if c := commune(n); !slices.Contains(list, c) {
				_, err := h.Begin(ctx, h.chief, id, inspect.Unit{Place: c})
				refused(t, err, fault.NotFound)
			}
		}
		for _, u := range list[1:] {
			_, err := h.Begin(ctx, h.chief, id, inspect.Unit{Place: u})
			must(t, err)
		}
		all, err := h.Sealings(ctx, "")
		must(t, err)
		if one, err := h.Sealings(ctx, all[0].ID); err != nil || one[0].Proof == nil {
			t.Errorf("with the last visit the draw is public: %v", err)
		}
	})
}

// A draw that is given up after its number was known is published; one that is sealed cannot be forgotten by cancelling.
func TestADrawThatIsDroppedIsSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		id := h.drawn()
		refused(t, h.Cancel(ctx, h.owner, id, "Hoãn"), fault.Conflict)
		refused(t, h.Drop(ctx, h.second, id, ""), fault.Invalid)
		must(t, h.Drop(ctx, h.second, id, "Đoàn đổi người."))
		all, err := h.Sealings(ctx, "")
		must(t, err)
		one, err := h.Sealings(ctx, all[0].ID)
		must(t, err)
		if one[0].Proof == nil || one[0].Reason == "" {
			t.Errorf("a dropped draw is hidden: %+v", one[0])
		}
		must(t, h.PrepareDraw(ctx, h.owner, inspect.Lot{Inspection: id, Size: 3, Source: "Giải đặc biệt", Day: h.today().Add(2)}))
	})
}

func TestNobodyInspectsTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		id := h.prepared(inspect.Planned)
		must(t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Place: commune(1)}, h.today()))
		refused(t, h.Join(ctx, h.owner, inspect.Member{Inspection: id, User: "official", Post: "Thành viên"}), fault.Conflict)
		must(t, h.Join(ctx, h.owner, inspect.Member{Inspection: id, User: "other", Post: "Thành viên"}))
		refused(t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Place: commune(2)}, h.today()), fault.Conflict)

		surprise := h.prepared(inspect.Surprise)
		must(t, h.Join(ctx, h.owner, inspect.Member{Inspection: surprise, User: "other", Post: "Thành viên"}))
		must(t, h.PrepareDraw(ctx, h.owner, inspect.Lot{Inspection: surprise, Size: 3, Source: "Giải đặc biệt", Day: h.today().Add(2)}))
		refused(t, h.Seal(ctx, h.second, surprise), fault.Conflict) // somebody of the team is of the frame
	})
}

// Whoever was in the last two teams at a unit gives way in the third.
func TestTeamsRotate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		for range 2 {
			id := h.prepared(inspect.Planned)
			must(t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Place: commune(5)}, h.today()))
			must(t, h.Open(ctx, h.owner, id))
			_, err := h.Begin(ctx, h.chief, id, inspect.Unit{Place: commune(5)})
			must(t, err)
			now.Advance(time.Hour)
		}
		id, err := h.Create(ctx, h.owner, inspect.Inspection{Kind: inspect.Planned, Place: home, Title: "Lần ba", Since: h.today(), Until: h.today().Add(9)})
		must(t, err)
		must(t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Place: commune(5)}, h.today()))
		refused(t, h.Join(ctx, h.owner, inspect.Member{Inspection: id, User: "chief", Post: "Trưởng đoàn", Chief: true}), fault.Conflict)
	})
}

// begun makes a planned inspection under way, with a visit to commune 1.
func (h *house) begun() (id, visit string) {
	h.t.Helper()
	ctx := h.t.Context()
	id = h.prepared(inspect.Planned)
	refused(h.t, h.Open(ctx, h.owner, id), fault.Conflict) // nobody to visit
	must(h.t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Place: commune(1)}, h.today()))
	must(h.t, h.Open(ctx, h.owner, id))
	_, err := h.Begin(ctx, h.owner, id, inspect.Unit{Place: commune(1)})
	refused(h.t, err, fault.Forbidden) // not of the team
	visit, err = h.Begin(ctx, h.chief, id, inspect.Unit{Place: commune(1)})
	must(h.t, err)
	return id, visit
}

func TestAnswersArriveOnceAndAreSuperseded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		_, visit := h.begun()
		item := func(n int) string { return fmt.Sprintf("%s:%d", h.list, n) }
		first := inspect.Sheet{Visit: visit, Key: "k1", Seen: inspect.NothingSeen, Answers: []inspect.Answer{{Item: item(1), Value: "no"}, {Item: item(2), Value: "12"}}}
		refused(t, h.Send(ctx, h.official, first), fault.Forbidden)
		must(t, h.Send(ctx, h.chief, first))
		must(t, h.Send(ctx, h.chief, first)) // again
		now.Advance(time.Second)
		refused(t, h.Send(ctx, h.member, inspect.Sheet{Visit: visit, Key: "k2", Seen: inspect.NothingSeen, Answers: []inspect.Answer{{Item: item(1), Value: "yes"}}}), fault.Conflict)
		must(t, h.Send(ctx, h.member, inspect.Sheet{Visit: visit, Key: "k3", Answers: []inspect.Answer{{Item: item(1), Value: "yes"}}}))
		refused(t, h.Send(ctx, h.member, inspect.Sheet{Visit: visit, Key: "k4", Answers: []inspect.Answer{{Item: item(2), Value: "nhiều"}}}), fault.Invalid)
		refused(t, h.Send(ctx, h.member, inspect.Sheet{Visit: visit, Key: "k5", Answers: []inspect.Answer{{Item: "x:1", Value: "1"}}}), fault.Conflict)
		p, err := h.GetVisit(ctx, h.official, visit)
		must(t, err)
		if p.Answers[0].Answer.Value != "yes" || p.Answers[1].Answer.Value != "12" || p.Do {
			t.Errorf("the answers are %+v", p.Answers)
		}
		must(t, d.View(ctx, func(q *db.Q) error {
			n, err := db.One[int](ctx, q, "SELECT count(*) FROM visit_answer")
			if n != 3 {
				t.Errorf("%d answers are kept, want the three that were given", n)
			}
			return err
		}))
	})
}

// A finding goes from its owner to somebody else, fails, is inspected again, and is closed.
func TestAFindingUntilItIsClosed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		id, visit := h.begun()
		f := inspect.Finding{Visit: visit, Words: "Không niêm yết", Remedy: "Niêm yết đủ", Due: clock.MustDate("2025-07-12"), Code: "A1"}
		_, err := h.AddFinding(ctx, h.chief, f) // a Saturday
		refused(t, err, fault.Invalid)
		f.Due = clock.MustDate("2025-07-11")
		_, err = h.AddFinding(ctx, h.owner, f)
		refused(t, err, fault.Forbidden)
		finding, err := h.AddFinding(ctx, h.chief, f)
		must(t, err)
		conclusion := inspect.Paper{Inspection: id, Number: "9/KL", Dated: h.today(), Words: "Kết luận", Signer: "Chủ tịch"}
		refused(t, h.Conclude(ctx, h.owner, conclusion), fault.Conflict) // no record
		must(t, h.Record(ctx, h.member, inspect.Paper{Visit: visit, Dated: h.today(), Present: "Bà Đào", Words: "Đã kiểm tra", Signer: "Trưởng đoàn"}))
		must(t, h.Conclude(ctx, h.owner, conclusion))

		step := func(a account.Actor, do inspect.Step, note string) error {
			p, err := h.GetFinding(ctx, h.owner, finding)
			must(t, err)
			return h.Take(ctx, a, inspect.Move{Finding: finding, Rev: p.Rev, Step: do, Note: note})
		}
		refused(t, step(h.other, inspect.Remedy, "Không phải của tôi"), fault.Forbidden)
		refused(t, step(h.official, inspect.Remedy, ""), fault.Invalid)
		must(t, step(h.official, inspect.Remedy, "Đã niêm yết"))
		refused(t, step(h.official, inspect.Close, ""), fault.Forbidden)
		both := h.official // somebody who verifies, and has a role in the unit
		both.Grants = append(slices.Clone(both.Grants), account.Grant{Role: account.Inspector, Place: home})
		refused(t, step(both, inspect.Close, ""), fault.Forbidden)
		refused(t, step(h.chief, inspect.Fail, ""), fault.Invalid)
		must(t, step(h.chief, inspect.Fail, "Bảng trống"))
		open, err := h.Findings(ctx, h.official, inspect.Filter{States: []inspect.Standing{inspect.Open, inspect.Failed, inspect.Remedied}})
		must(t, err)
		if len(open) != 1 {
			t.Errorf("what is not remedied is not in the list: %v", open)
		}
		p, err := h.GetFinding(ctx, h.owner, finding)
		must(t, err)
		again, err := h.Reopen(ctx, h.owner, inspect.Move{Finding: finding, Rev: p.Rev})
		must(t, err)
		page, err := h.Get(ctx, h.owner, again)
		must(t, err)
		if page.Kind != inspect.Again || page.Parent != id || len(page.Visits) != 1 || len(page.Themes) != 1 || page.State != inspect.Prepared {
			t.Errorf("inspected again as %+v", page)
		}
		refused(t, step(h.owner, inspect.Anew, ""), fault.Conflict)
		if len(page.Rechecks) != 1 || page.Rechecks[0].ID != finding {
			t.Errorf("it does not say what it looks at again: %+v", page.Rechecks)
		}
		must(t, step(h.chief, inspect.Fail, "Vẫn trống"))
		must(t, h.Cancel(ctx, h.owner, again, "Hoãn"))
		p, err = h.GetFinding(ctx, h.owner, finding)
		must(t, err)
		if !p.Can[inspect.Anew] || p.Can[inspect.Close] {
			t.Errorf("once the inspection again has ended: %v", p.Can)
		}
		third, err := h.Reopen(ctx, h.owner, inspect.Move{Finding: finding, Rev: p.Rev})
		must(t, err)
		if page, err = h.Get(ctx, h.official, third); err != nil || len(page.Rechecks) != 1 {
			t.Errorf("the unit is not told what is looked at again: %+v, %v", page.Rechecks, err)
		}
		must(t, step(h.official, inspect.Remedy, "Đã niêm yết lại"))
		must(t, step(h.owner, inspect.Close, ""))
		at := now.Now()
		now.Advance(time.Hour)
		must(t, d.View(ctx, func(q *db.Q) error {
			for _, of := range []account.Subject{{Place: commune(1)}, {Place: home}, {Place: commune(2)}} {
				got, err := inspect.Stood(ctx, q, of, clock.MustDate("2025-07-01"), at)
				must(t, err)
				want := map[string]int{commune(1): 2, home: 1}[of.Place]
				if len(got) != want {
					t.Errorf("%s stood with %+v", of.Place, got)
				}
				if want == 2 && (!got[1].Closed || !got[1].Again || got[1].State != string(inspect.Closed)) {
					t.Errorf("the finding stood as %+v", got[1])
				}
			}
			return nil
		}))
		c, err := h.ConclusionPaper(ctx, h.owner, id)
		must(t, err)
		if c.Paper.Number != "9/KL" || len(c.Visited) != 1 || len(c.Visited[0].Findings) != 1 || c.Visited[0].Unit != "Xã Mẫu B" || len(c.Team) != 2 || !c.Team[0].Chief {
			t.Errorf("the conclusion says %+v", c)
		}
	})
}

// Whoever was not visited sees nothing; whoever was sees what is theirs.
func TestWhoSeesWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		id, visit := h.begun()
		must(t, h.AddUnit(ctx, h.owner, id, inspect.Unit{Place: commune(3)}, h.today()))
		_, err := h.AddFinding(ctx, h.chief, inspect.Finding{Visit: visit, Words: "a", Remedy: "b", Due: clock.MustDate("2025-07-11")})
		must(t, err)
		for _, c := range []struct {
			who   account.Actor
			heads int
		}{{h.owner, 1}, {h.member, 1}, {h.official, 1}, {h.other, 0}, {h.outsider, 0}, {h.administrator, 0}, {h.nobody, 0}} {
			heads, err := h.List(ctx, c.who, inspect.Filter{})
			must(t, err)
			found, err := h.Findings(ctx, c.who, inspect.Filter{})
			must(t, err)
			if len(heads) != c.heads || len(found) != c.heads {
				t.Errorf("%s sees %d inspections, %d findings", c.who.User, len(heads), len(found))
			}
			if units := map[string]int{"official": 1}[c.who.User]; c.heads > 0 && heads[0].Visits != cmp.Or(units, 2) {
				t.Errorf("%s is told of %d visits", c.who.User, heads[0].Visits)
			}
			p, err := h.Get(ctx, c.who, id)
			if c.heads == 0 {
				refused(t, err, fault.Forbidden)
				continue
			}
			must(t, err)
			if c.who.User == "official" && (p.Team != nil || p.Events != nil || len(p.Visits) != 1) {
				t.Errorf("who was visited is told %+v", p)
			}
		}
	})
}

// The formula in force on a day decides, and the facts are those of the day.
func TestFormulas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		_, visit := h.begun()
		for range 3 {
			_, err := h.AddFinding(ctx, h.chief, inspect.Finding{Visit: visit, Words: "a", Remedy: "b", Due: clock.MustDate("2025-07-11")})
			must(t, err)
		}
		f := inspect.Formula{Place: home, Since: h.today().Add(1), Decision: "5/QĐ", Base: 1, Terms: []draw.Term{{Key: inspect.OpenFindings, Each: 7, Most: 2}}}
		refused(t, h.SetFormula(ctx, h.chief, f), fault.Forbidden)
		bad := f
		bad.Terms = []draw.Term{{Key: "beauty", Each: 1, Most: 1}}
		refused(t, h.SetFormula(ctx, h.owner, bad), fault.Invalid)
		must(t, h.SetFormula(ctx, h.owner, f))
		weights := func() (first, second int64) {
			id := h.prepared(inspect.Surprise)
			must(t, h.PrepareDraw(ctx, h.owner, inspect.Lot{Inspection: id, Size: 1, Source: "x", Day: h.today().Add(1)}))
			p, err := h.Get(ctx, h.owner, id)
			must(t, err)
			fr, err := p.Draw.Frame()
			must(t, err)
			w := fr.Weights()
			return w[1], w[2]
		}
		if a, b := weights(); a != 10+3*5 || b != 10+36 { // the house's own: not long ago, and never
			t.Errorf("weights %d and %d by the formula of the house", a, b)
		}
		now.Advance(24 * time.Hour)
		if a, b := weights(); a != 1+14 || b != 1 {
			t.Errorf("weights %d and %d by the formula that was set", a, b)
		}
	})
}
