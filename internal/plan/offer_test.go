package plan_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/plan"
)

// staff puts a place and agencies of it on record, and gives their ids.
func (h house) staff(t *testing.T, names ...string) (ids []string) {
	t.Helper()
	must(t, h.db.Update(t.Context(), func(q *db.Q) error {
		if _, err := q.Exec(t.Context(), "INSERT INTO place_load (id, kind, actor, added, live) VALUES ('test', 'test', 'system', 0, 0)"); err != nil {
			return err
		}
		if _, err := q.Exec(t.Context(), "INSERT INTO place (id, level, load) VALUES (?, 1, 'test')", province); err != nil {
			return err
		}
		_, err := q.Exec(t.Context(), `INSERT INTO place_version (place, since, known, code, level, kind, name, parent, law, key, aliases, load)
			VALUES (?, '2004-01-01', 1, '33', 1, 'province', 'Hưng Yên', '', '', '', '', 'test')`, province)
		return err
	}))
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	agencies := agency.New(agency.Options{DB: h.db, Log: log})
	for _, name := range names {
		id, err := agencies.Add(t.Context(), operator, agency.Addition{Place: province, Bloc: agency.Department, Name: name, Since: clock.MustDate("2008-08-01")})
		must(t, err)
		ids = append(ids, id)
	}
	return ids
}

// The usual leads are offered to the agencies that are on record, once, and nobody is asked before they are confirmed; a
// duty is taken back, and two proposals become one.
func TestUsualLeadsAreOffered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		ids := h.staff(t, "Sở Nội vụ", "Sở Tư pháp", "Sở Y tế", "Sở Giáo dục và Đào tạo")
		id, err := h.Create(ctx, h.owner, yearly())
		must(t, err)
		o, err := h.OfferUsual(ctx, h.owner, id)
		must(t, err)
		read := func() map[string]plan.Duty {
			p, err := h.Get(ctx, h.owner, id)
			must(t, err)
			by := map[string]plan.Duty{}
			for _, x := range p.Duties {
				by[x.Code+" "+x.Agency] = x
			}
			return by
		}
		got := read()
		if o.Duties != len(got) || o.Duties < 10 || len(o.Unnamed) < 5 {
			t.Errorf("%d duties are offered and %d kept; not on record: %q", o.Duties, len(got), o.Unnamed)
		}
		first := got["1.1 "+ids[1]]
		if first.Part != plan.Lead || !first.Offered || first.State != plan.Asked || got["1.1 "+ids[0]].Part != plan.Coordinate {
			t.Errorf("1.1 is kept as %+v and %+v", first, got["1.1 "+ids[0]])
		}
		if two := got["4.2 "+ids[2]]; two.Part != plan.Lead || got["4.2 "+ids[3]].Part != plan.Coordinate {
			t.Errorf("of two leads of 4.2 one leads: %+v", two)
		}
		again, err := h.OfferUsual(ctx, h.owner, id)
		must(t, err)
		if again.Duties != 0 {
			t.Errorf("offered again, %d duties come in", again.Duties)
		}
		_, err = h.OfferUsual(ctx, h.foreign, id)
		refused(t, fault.Forbidden, err)
		_, err = h.ConfirmOffered(ctx, h.monitor, id)
		refused(t, fault.Forbidden, err)
		must(t, h.TakeBack(ctx, h.owner, first.ID, first.Rev))
		refused(t, fault.NotFound, h.TakeBack(ctx, h.owner, first.ID, first.Rev))
		n, err := h.ConfirmOffered(ctx, h.owner, id)
		must(t, err)
		for code, x := range read() {
			if x.Offered {
				t.Errorf("%s is still only offered", code)
			}
		}
		if n != o.Duties-1 {
			t.Errorf("%d duties were confirmed of %d", n, o.Duties-1)
		}
		// Both lead agencies of 4.2 propose; the owner makes one duty of it.
		health := account.Actor{User: "h", Day: h.owner.Day, Grants: []account.Grant{{Role: account.LeadHead, Agency: ids[2]}}}
		school := account.Actor{User: "s", Day: h.owner.Day, Grants: []account.Grant{{Role: account.LeadHead, Agency: ids[3]}}}
		lead, beside := read()["4.2 "+ids[2]], read()["4.2 "+ids[3]]
		must(t, h.Propose(ctx, health, plan.Duty{ID: lead.ID, Rev: lead.Rev, Words: "Đường dây nóng ở mọi bệnh viện"}))
		must(t, h.Propose(ctx, school, plan.Duty{ID: beside.ID, Rev: beside.Rev, Words: "Công khai khoản thu"}))
		refused(t, fault.Invalid, h.Merge(ctx, h.owner, beside.ID, beside.Rev+1, beside.ID))
		refused(t, fault.Conflict, h.Merge(ctx, h.owner, beside.ID, beside.Rev, lead.ID))
		must(t, h.Merge(ctx, h.owner, beside.ID, beside.Rev+1, lead.ID))
		one, still := read()["4.2 "+ids[2]], read()["4.2 "+ids[3]]
		if one.Words != "Đường dây nóng ở mọi bệnh viện\nCông khai khoản thu" || still.Part != plan.Coordinate || still.State != plan.Accepted || still.Words != "" {
			t.Errorf("merged they are %+v and %+v", one, still)
		}
	})
}

// Comments that wait are counted by plan.
func TestUnansweredAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id, err := h.Create(ctx, h.owner, yearly())
		must(t, err)
		must(t, h.Go(ctx, h.owner, plan.Move{Plan: id, Rev: 1, To: plan.Comments}))
		must(t, h.Say(ctx, h.monitor, id, "D1", "Một"))
		must(t, h.Say(ctx, h.monitor, id, "", "Hai"))
		list, err := h.Comments(ctx, h.owner, id)
		must(t, err)
		must(t, h.Answer(ctx, h.owner, list[0].ID, "Tiếp thu"))
		open, err := h.Unanswered(ctx, id, "another")
		must(t, err)
		if open[id] != 1 || len(open) != 1 {
			t.Errorf("waiting: %v", open)
		}
	})
}

// What a plan says of heads in words becomes posts: of the agency that leads each part, with its title where it is on
// record and the plan's where it is not, without anybody made up. Said again it changes nothing.
func TestHeadsAnswerByPost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		ids := h.staff(t, "Sở Nội vụ", "Sở Tư pháp", "Sở Y tế")
		known := h.post(t, ids[1], "Giám đốc")
		id, err := h.Create(ctx, h.owner, yearly())
		must(t, err)
		must(t, h.Ask(ctx, h.owner, id, []plan.Duty{{Code: "1.1", Agency: ids[0], Part: plan.Lead}, {Code: "1.2", Agency: ids[1], Part: plan.Lead}}))
		codes := []string{"D1", "D4", "D7"}
		dry, err := h.NameHeads(ctx, h.owner, id, codes, "người đứng đầu", true)
		must(t, err)
		got, err := h.NameHeads(ctx, h.owner, id, codes, "người đứng đầu", false)
		must(t, err)
		again, err := h.NameHeads(ctx, h.owner, id, codes, "người đứng đầu", false)
		must(t, err)
		if diff := cmp.Diff(dry, got); diff != "" || again.Named+again.Offered+again.Posts != 0 {
			t.Errorf("the dry run says otherwise: %s; again it says %+v", diff, again)
		}
		p, err := h.Get(ctx, h.owner, id)
		must(t, err)
		title := map[string]string{}
		must(t, d.View(ctx, func(q *db.Q) error {
			for _, x := range p.Duties {
				if x.Part != plan.Lead {
					continue
				}
				post, err := agency.PostTitle(ctx, q, x.Post)
				if title[x.Code] = post; err != nil || post == "" {
					t.Errorf("the lead of %s names no post: %v", x.Code, err)
				}
			}
			n, err := db.One[int](ctx, q, "SELECT count(*) FROM tenure")
			if n != 0 {
				t.Errorf("%d people were made up", n)
			}
			return err
		}))
		if title["1.1"] != "người đứng đầu" || title["1.2"] != "Giám đốc" || title["4.2"] != "người đứng đầu" || title["6.1"] != "" || !slices.Equal(got.Without, []string{"D7"}) {
			t.Errorf("posts by part: %v (the one on record is %s); nobody leads %v", title, known, got.Without)
		}
		_, err = h.NameHeads(ctx, h.monitor, id, codes, "người đứng đầu", false)
		refused(t, fault.Forbidden, err)
	})
}
