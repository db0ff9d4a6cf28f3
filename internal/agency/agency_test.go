package agency

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

// house is a store with a province, 33, two of whose communes are 12103 and 12127, and a city, 31.
type house struct {
	*Store
	t     testing.TB
	d     *db.DB
	clock *dbtest.Clock
}

const (
	province = "00000000-0000-7000-8000-000000000033"
	city     = "00000000-0000-7000-8000-000000000031"
	commune  = "00000000-0000-7000-8000-000000012103"
	another  = "00000000-0000-7000-8000-000000012127"
)

var operator = account.Program("operator", day("2025-07-01"))

func day(s string) clock.Date { return clock.MustDate(s) }

func newHouse(t testing.TB, d *db.DB, c *dbtest.Clock) *house {
	t.Helper()
	log, err := audit.New([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Store: New(Options{DB: d, Log: log}), t: t, d: d, clock: c}
	h.must(d.Update(t.Context(), func(q *db.Q) error { return seedPlaces(t.Context(), q) }))
	return h
}

// seedPlaces writes the few places of the tests, as package place keeps them.
func seedPlaces(ctx context.Context, q *db.Q) error {
	if _, err := q.Exec(ctx, "INSERT INTO place_load (id, kind, actor, added, live) VALUES ('test', 'test', 'system', 0, 0)"); err != nil {
		return err
	}
	for _, p := range []struct {
		id, code, kind, name, parent string
		level                        int
	}{
		{province, "33", "province", "Hưng Yên", "", 1}, {city, "31", "city", "Hải Phòng", "", 1},
		{commune, "12103", "ward", "Mỹ Hào", province, 3}, {another, "12127", "ward", "Đường Hào", province, 3},
	} {
		if _, err := q.Exec(ctx, "INSERT INTO place (id, level, load) VALUES (?, ?, 'test')", p.id, p.level); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, `INSERT INTO place_version (place, since, known, code, level, kind, name, parent, law, key, aliases, load)
			VALUES (?, '2020-01-01', 0, ?, ?, ?, ?, ?, '', '', '', 'test')`, p.id, p.code, p.level, p.kind, p.name, p.parent); err != nil {
			return err
		}
		if p.parent != "" {
			if err := account.PutWithin(ctx, q, p.id, p.parent, day("2020-01-01"), clock.Date{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) fails(err error, kind fault.Kind) {
	h.t.Helper()
	if fault.KindOf(err) != kind || err == nil {
		h.t.Fatalf("%v, want a fault that is %v", err, kind)
	}
}

func (h *house) view(f func(q *db.Q) error) {
	h.t.Helper()
	h.must(h.d.View(h.t.Context(), f))
}

// add adds an agency of the province.
func (h *house) add(name string, bloc Bloc, since string) string {
	h.t.Helper()
	id, err := h.Add(h.t.Context(), operator, Addition{Place: province, Bloc: bloc, Name: name, Since: day(since)})
	h.must(err)
	return id
}

// version gives the version at which an agency stands.
func (h *house) version(id string) (n int64) {
	h.t.Helper()
	h.view(func(q *db.Q) (err error) {
		n, err = db.One[int64](h.t.Context(), q, "SELECT version FROM agency WHERE id = ?", id)
		return err
	})
	return n
}

// named tells what the agency of a name was on a day.
func (h *house) named(name, on string) (a Agency, err error) {
	err = h.d.View(h.t.Context(), func(q *db.Q) (err error) { a, err = Named(h.t.Context(), q, province, name, day(on)); return err })
	return a, err
}

func each(t *testing.T, f func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) { f(newHouse(t, d, c)) })
}

// The reform of 2025 as a province lives it: agencies of then and now are found by name only with a day, and a plan of
// 2021 is led to whoever answers for its tasks today.
func TestAReform(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		tnmt := h.add("Sở Tài nguyên và Môi trường", Department, "2003-08-01")
		nn := h.add("Sở Nông nghiệp và Phát triển nông thôn", Department, "1995-11-01")
		heir := h.add("Sở Nông nghiệp và Môi trường", Department, "2025-03-01")
		unit, err := h.Add(ctx, operator, Addition{Place: province, Bloc: ServiceUnit, Name: "Văn phòng đăng ký đất đai", Parent: tnmt, Since: day("2013-01-01")})
		h.must(err)
		merge := Succession{Former: []Seen{{tnmt, 1}, {nn, 1}}, Heirs: []string{heir}, Since: day("2025-03-01"), Law: "NQ 390/NQ-HĐND"}
		h.fails(h.Succeed(ctx, operator, merge), fault.Conflict) // the land office would be left without a parent
		h.must(h.Revise(ctx, operator, unit, 1, Revision{Parent: &heir, Since: day("2025-03-01"), Law: "NQ 390/NQ-HĐND"}))
		h.must(h.Succeed(ctx, operator, merge))

		if a, err := h.named("SO TAI NGUYEN VA MOI TRUONG", "2025-02-28"); err != nil || a.ID != tnmt || a.Ended != day("2025-02-28") {
			t.Errorf("on its last day: %+v %v", a, err)
		}
		_, err = h.named("Sở Tài nguyên và Môi trường", "2025-03-01")
		h.fails(err, fault.NotFound)
		_, err = h.named("Sở Nông nghiệp và Môi trường", "2025-02-28")
		h.fails(err, fault.NotFound)
		_, err = h.named("Sở Nông nghiệp và Môi trường", "2003-07-31")
		h.fails(err, fault.NotFound)
		h.view(func(q *db.Q) error {
			now, err := Successors(ctx, q, nn, day("2025-07-01"))
			if err != nil || len(now) != 1 || now[0].ID != heir {
				t.Errorf("who answers today: %+v %v", now, err)
			}
			then, err := On(ctx, q, unit, day("2024-05-01"))
			if err != nil || then.Parent != tnmt || then.Until != day("2025-02-28") || !then.Ended.IsZero() {
				t.Errorf("the land office in 2024: %+v %v", then, err)
			}
			return nil
		})
		p, err := h.Get(ctx, operator, heir, day("2025-07-01"))
		h.must(err)
		if len(p.Origins) != 2 || p.Names[p.Origins[0].Agency].Name == "" {
			t.Errorf("where it comes from: %+v", p)
		}
	})
}

func TestTwoEditorsNotice(t *testing.T) {
	each(t, func(h *house) {
		id := h.add("Sở Nội vụ", Department, "2020-01-01")
		_, err := h.AddPost(h.t.Context(), operator, id, 1, NewPost{Title: "Giám đốc", Head: true})
		h.must(err)
		h.fails(h.Revise(h.t.Context(), operator, id, 1, Revision{Name: "Sở Nội vụ mới", Since: day("2025-07-01"), Law: "QĐ 1"}), fault.Conflict)
		h.must(h.Revise(h.t.Context(), operator, id, 2, Revision{Name: "Sở Nội vụ mới", Since: day("2025-07-01"), Law: "QĐ 1"}))
	})
}

func TestWhatCannotBe(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		a := h.add("Sở Nội vụ", Department, "2020-01-01")
		b, err := h.Add(ctx, operator, Addition{Place: province, Bloc: ServiceUnit, Name: "Trung tâm Lưu trữ", Parent: a, Since: day("2020-01-01")})
		h.must(err)
		_, err = h.Add(ctx, operator, Addition{Place: province, Bloc: Department, Name: "sở  nội VỤ", Since: day("2024-01-01")})
		h.fails(err, fault.Conflict)
		_, err = h.Add(ctx, operator, Addition{Bloc: "guild"})
		if h.fails(err, fault.Invalid); len(fault.Items(err)) != 3 {
			t.Errorf("not all faults at once: %v", err)
		}
		law := "QĐ 1"
		h.fails(h.Revise(ctx, operator, a, 1, Revision{Parent: &b, Since: day("2024-01-01"), Law: law}), fault.Invalid)
		h.fails(h.Revise(ctx, operator, a, 1, Revision{Name: "X", Since: day("2020-01-01"), Law: law}), fault.Invalid)
		h.fails(h.Close(ctx, operator, a, 1, Closing{Until: day("2025-01-01"), Law: law}), fault.Conflict)
		h.fails(h.Close(ctx, operator, b, 1, Closing{Until: day("2019-01-01"), Law: law}), fault.Invalid)
		h.must(h.Close(ctx, operator, b, 1, Closing{Until: day("2025-01-01"), Law: law}))
		h.fails(h.Close(ctx, operator, b, 2, Closing{Until: day("2025-02-01"), Law: law}), fault.Conflict)
		h.view(func(q *db.Q) error {
			_, err := Named(ctx, q, province, "Sở Nội vụ", clock.Date{})
			h.fails(err, fault.Invalid)
			return nil
		})
	})
}

// A head on a day is who exercised the post: the holder, or somebody in charge while the holder is away.
func TestHeads(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		id := h.add("Sở Y tế", Department, "2020-01-01")
		post, err := h.AddPost(ctx, operator, id, 1, NewPost{Title: "Giám đốc", Head: true})
		h.must(err)
		deputy, err := h.AddPost(ctx, operator, id, 2, NewPost{Title: "Phó Giám đốc"})
		h.must(err)
		seen := int64(3)
		appoint := func(post, name string, c Capacity, since string) string {
			h.t.Helper()
			tenure, err := h.Appoint(ctx, operator, post, seen, Appointment{Name: name, Capacity: c, Since: day(since), Law: "QĐ " + since})
			h.must(err)
			seen++
			return tenure
		}
		appoint(post, "Nguyễn Văn A", Holder, "2021-01-01")
		charge := appoint(post, "Trần Thị B", InCharge, "2023-05-01")
		h.must(h.EndTenure(ctx, operator, charge, seen, Closing{Until: day("2023-06-30")}))
		seen++
		appoint(post, "Lê Văn C", Holder, "2024-01-01")
		appoint(deputy, "Phạm D", Holder, "2022-01-01")
		appoint(deputy, "Vũ E", Holder, "2022-01-01")
		h.fails(second(h.Appoint(ctx, operator, post, seen, Appointment{Name: "X", Capacity: Holder, Since: day("2023-12-01")})), fault.Conflict)
		_, err = h.AddPost(ctx, operator, id, seen, NewPost{Title: "Chủ tịch", Head: true})
		h.fails(err, fault.Conflict)

		for on, want := range map[string]string{
			"2020-12-31": "", "2021-01-01": "Nguyễn Văn A", "2023-05-01": "Trần Thị B", "2023-06-30": "Trần Thị B",
			"2023-07-01": "Nguyễn Văn A", "2023-12-31": "Nguyễn Văn A", "2024-01-01": "Lê Văn C", "2025-07-01": "Lê Văn C",
		} {
			h.view(func(q *db.Q) error {
				head, err := HeadOn(ctx, q, id, day(on))
				if want == "" {
					h.fails(err, fault.NotFound)
				} else if err != nil || head.Name != want || head.Title != "Giám đốc" {
					h.t.Errorf("on %s: %+v %v, want %s", on, head, err, want)
				}
				return nil
			})
		}
		p, err := h.Get(ctx, operator, id, day("2025-07-01"))
		h.must(err)
		if d := cmp.Diff([]int{3, 2}, []int{len(p.Posts[0].Tenures), len(p.Posts[1].Tenures)}); d != "" {
			h.t.Error(d)
		}
		h.must(h.Close(ctx, operator, id, seen, Closing{Until: day("2025-06-30"), Law: "QĐ 9"}))
		h.view(func(q *db.Q) error {
			_, err := HeadOn(ctx, q, id, day("2025-07-01"))
			h.fails(err, fault.NotFound)
			return nil
		})
	})
}

func second[T any](_ T, err error) error { return err }

// Erasing somebody takes the name from every table and leaves the tenures.
func TestErase(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		id := h.add("Sở Y tế", Department, "2020-01-01")
		post, err := h.AddPost(ctx, operator, id, 1, NewPost{Title: "Giám đốc", Head: true})
		h.must(err)
		_, err = h.Appoint(ctx, operator, post, 2, Appointment{Name: "Nguyễn Thị Hoàng Yến", Capacity: Holder, Since: day("2024-01-01")})
		h.must(err)
		head := func() (head Head) {
			h.view(func(q *db.Q) (err error) { head, err = HeadOn(ctx, q, id, day("2025-01-01")); return err })
			return head
		}
		who := head()
		h.fails(h.Erase(ctx, account.Actor{User: "u", Grants: []account.Grant{{Role: account.PlanOwner, Place: province}}, Day: day("2025-07-01")}, who.Official), fault.Forbidden)
		h.must(h.Erase(ctx, operator, who.Official))
		if after := head(); after.Name != "" || after.Official != who.Official || after.ID != who.ID {
			h.t.Errorf("after erasing: %+v", after)
		}
		h.view(func(q *db.Q) error {
			for r, err := range db.Each[string](ctx, q, "SELECT object FROM audit") {
				if err != nil || strings.Contains(r, "Hoàng") {
					h.t.Errorf("the audit holds %q (%v)", r, err)
				}
			}
			return nil
		})
	})
}

// Somebody known by name who gets an account is called as the account says, also where they held other posts; once the
// account is erased, by nothing.
func TestLink(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		accounts, err := account.New(account.Options{DB: h.d, Log: h.log, Random: rand.Reader, Key: make([]byte, 32), Base: "https://thuoc.example.vn"})
		h.must(err)
		user, _, err := accounts.Invite(ctx, operator, account.Invitation{Person: account.Person{Name: "Trần Thị Bình", Email: "binh@tinh.gov.vn"},
			Grants: []account.Grant{{Role: account.PlanOwner, Place: province, Since: day("2025-07-01")}}})
		h.must(err)
		id := h.add("Sở Y tế", Department, "2020-01-01")
		post, err := h.AddPost(ctx, operator, id, 1, NewPost{Title: "Giám đốc", Head: true})
		h.must(err)
		_, err = h.Appoint(ctx, operator, post, 2, Appointment{Name: "Tran Thi Binh", Capacity: Holder, Since: day("2021-01-01")})
		h.must(err)
		other := h.add("Sở Nội vụ", Department, "2020-01-01")
		elsewhere, err := h.AddPost(ctx, operator, other, 1, NewPost{Title: "Giám đốc", Head: true})
		h.must(err)
		_, err = h.Appoint(ctx, operator, elsewhere, 2, Appointment{Account: user, Capacity: InCharge, Since: day("2024-01-01")})
		h.must(err)
		head := func(agency string) (head Head) {
			h.view(func(q *db.Q) (err error) { head, err = HeadOn(ctx, q, agency, day("2025-01-01")); return err })
			return head
		}
		stranger := head(other).Official
		h.fails(h.Link(ctx, operator, id, 3, stranger, user), fault.NotFound)
		h.must(h.Link(ctx, operator, id, 3, head(id).Official, user))
		for _, agency := range []string{id, other} {
			if got := head(agency); got.Name != "Trần Thị Bình" || got.Account != user || got.Official != stranger {
				h.t.Errorf("%+v", got)
			}
		}
		h.must(accounts.Erase(ctx, operator, user))
		if got := head(id); got.Name != "" || got.Title != "Giám đốc" {
			h.t.Errorf("after erasing the account: %+v", got)
		}
	})
}

// Every change stands in the audit once, by the name of its right; what failed or was refused does not.
func TestAudit(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		id := h.add("Sở Y tế", Department, "2020-01-01")
		post, err := h.AddPost(ctx, operator, id, 1, NewPost{Title: "Giám đốc", Head: true})
		h.must(err)
		h.fails(second(h.AddPost(ctx, operator, id, 1, NewPost{Title: "Khác"})), fault.Conflict)
		reader := account.Actor{User: "u", Grants: []account.Grant{{Role: account.Analyst, Place: province}}, Day: day("2025-07-01")}
		h.fails(second(h.Appoint(ctx, reader, post, 2, Appointment{Name: "A", Capacity: Holder, Since: day("2024-01-01")})), fault.Forbidden)
		second(h.Import(ctx, operator, h.file("Cơ quan\nSở Xây dựng\n"), true))
		second(h.Import(ctx, operator, h.file("Cơ quan\nSở Xây dựng\n"), false))
		var got []string
		h.view(func(q *db.Q) error {
			rows, err := audit.List(ctx, q, audit.Filter{Limit: 100})
			for _, r := range rows {
				got = append(got, r.Action)
			}
			return err
		})
		if d := cmp.Diff([]string{"agency.import", "post.change", "agency.change"}, got); d != "" {
			h.t.Error(d)
		}
	})
}

// A list shows what a question about each of its agencies would allow.
func TestListsFollowRights(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		h.add("Sở Y tế", Department, "2020-01-01")
		mine := h.add("Sở Nội vụ", Department, "2020-01-01")
		_, err := h.Add(ctx, operator, Addition{Place: commune, Bloc: Locality, Name: "UBND phường Mỹ Hào", Since: day("2025-07-01")})
		h.must(err)
		_, err = h.Add(ctx, operator, Addition{Place: city, Bloc: Department, Name: "Sở Y tế", Since: day("2020-01-01")})
		h.must(err)
		for _, c := range []struct {
			who   string
			grant account.Grant
			want  []string
		}{
			{"nobody", account.Grant{}, nil},
			{"the owner of the plan", account.Grant{Role: account.PlanOwner, Place: province}, []string{"Sở Nội vụ", "Sở Y tế", "UBND phường Mỹ Hào"}},
			{"a commune's chair", account.Grant{Role: account.CommuneChair, Place: commune}, []string{"UBND phường Mỹ Hào"}},
			{"a drafter", account.Grant{Role: account.LeadDrafter, Agency: mine}, []string{"Sở Nội vụ"}},
			{"another province", account.Grant{Role: account.PlanOwner, Place: city}, []string{"Sở Y tế"}},
			{"the administrator", account.Grant{Role: account.Administrator}, []string{"Sở Nội vụ", "Sở Y tế", "Sở Y tế", "UBND phường Mỹ Hào"}},
		} {
			actor := account.Actor{User: "u", Grants: []account.Grant{c.grant}, Day: day("2025-07-01")}
			page, total, err := h.List(ctx, actor, Filter{On: day("2025-07-01")})
			h.must(err)
			var got []string
			for _, it := range page {
				got = append(got, it.Name)
				_, err := h.Get(ctx, actor, it.ID, day("2025-07-01"))
				h.must(err)
			}
			if d := cmp.Diff(c.want, got); d != "" || total != len(c.want) {
				h.t.Errorf("%s: %d %s", c.who, total, d)
			}
		}
		page, _, err := h.List(ctx, operator, Filter{On: day("2025-07-01"), Place: province, Within: true, Text: "my hao"})
		if h.must(err); len(page) != 1 {
			h.t.Errorf("searched: %+v", page)
		}
	})
}

// The usual agencies are there before anybody has typed a list, marked as offered, once.
func TestStart(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		n, err := h.Start(ctx, operator, province, day("2025-07-01"))
		h.must(err)
		again, err := h.Start(ctx, operator, province, day("2025-07-01"))
		if h.must(err); n < 20 || again != 0 {
			h.t.Errorf("%d agencies were offered, then %d", n, again)
		}
		a, err := h.named("Sở Nông nghiệp và Môi trường", "2025-07-01")
		h.must(err)
		before, err := h.named("Sở Lao động - Thương binh và Xã hội", "2021-03-01")
		h.must(err)
		if a.Confirmed || a.Since != Reform || !before.Presumed(day("2021-03-01")) || before.Ended != day("2025-02-28") {
			h.t.Errorf("now %+v\nthen %+v", a, before)
		}
		h.view(func(q *db.Q) error {
			heirs, err := Successors(ctx, q, before.ID, day("2025-07-01"))
			if err != nil || len(heirs) != 1 || heirs[0].Name != "Sở Nội vụ" {
				h.t.Errorf("the heir of the labour department: %+v %v", heirs, err)
			}
			return nil
		})
		h.must(h.Confirm(ctx, operator, a.ID, 1, "Sở Nông nghiệp và Môi trường"))
		office, err := h.named("Ban Nội chính Tỉnh ủy", "2025-07-01")
		h.must(err)
		h.must(h.Dismiss(ctx, operator, office.ID, 1))
		h.fails(h.Dismiss(ctx, operator, a.ID, 2), fault.Conflict)
		h.must(second(h.Start(ctx, operator, city, day("2025-01-01"))))
		h.view(func(q *db.Q) error {
			_, err := Named(ctx, q, city, "Thanh tra thành phố", day("2025-01-01"))
			h.must(err)
			_, err = Named(ctx, q, city, "Sở Nông nghiệp và Môi trường", day("2025-01-01"))
			h.fails(err, fault.NotFound)
			return nil
		})
		_, err = h.Start(ctx, operator, commune, day("2025-07-01"))
		h.fails(err, fault.Invalid)
	})
}

// The leads that stand in the program name agencies that Start offers on the same day.
func TestUsualLeads(t *testing.T) {
	for _, on := range []string{"2025-02-28", "2025-03-01"} {
		names := usualNames(day(on))
		leads := UsualLeads(day(on))
		if len(leads) != 29 {
			t.Errorf("%s: %d leads", on, len(leads))
		}
		for _, l := range leads {
			for _, name := range l.Lead {
				if !slices.Contains(names, name) {
					t.Errorf("on %s %s is led by %q, which is not offered", on, l.Code, name)
				}
			}
		}
	}
}
