package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Every fault of an invitation is named at once, by its field.
func TestInvitationFaults(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, _, err := h.Invite(t.Context(), h.admin, account.Invitation{
			Person: account.Person{Email: "A <a@b.vn>", Phone: "12"},
			Grants: []account.Grant{{Role: "king", Since: since}, {Role: account.LeadHead}, {Role: account.Analyst, Place: "hà nội", Since: since, Until: clock.MustDate("2024-01-01")}},
		})
		var fields []string
		for _, f := range fault.Items(err) {
			fields = append(fields, f.Field)
		}
		if diff := cmp.Diff([]string{"name", "email", "phone", "role", "agency", "since", "place", "until"}, fields); diff != "" {
			t.Error(diff)
		}
		_, _, err = h.Invite(t.Context(), h.admin, account.Invitation{Person: account.Person{Name: "X", Email: "QuanTri@tinh.gov.vn"}})
		if items := fault.Items(err); len(items) != 1 || items[0].Field != "email" || strings.Contains(err.Error(), "quantri") {
			t.Errorf("an address that is taken: %v", err)
		}
	})
}

// Whoever may not, may not: without the role, and with it when they have not proven themselves lately.
func TestChangesNeedARightAndAProof(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		other := h.user("khac@so.gov.vn")
		user := h.user("nv@so.gov.vn", account.Grant{Role: account.PlanOwner, Place: id("p"), Since: since})
		plain := h.signIn("nv@so.gov.vn")
		grant := account.Grant{User: other, Role: account.Analyst, Place: id("p"), Since: since}
		held := plain.Grants[0].ID
		deeds := map[string]func(account.Actor) error{
			"invite": func(a account.Actor) error {
				_, _, err := h.Invite(ctx, a, account.Invitation{Person: account.Person{Name: "X", Phone: "0911111111"}})
				return err
			},
			"grant":   func(a account.Actor) error { _, err := h.GrantRole(ctx, a, grant); return err },
			"revoke":  func(a account.Actor) error { return h.RevokeGrant(ctx, a, held) },
			"block":   func(a account.Actor) error { return h.Block(ctx, a, other) },
			"unblock": func(a account.Actor) error { return h.Unblock(ctx, a, other) },
			"link":    func(a account.Actor) error { _, err := h.SendLink(ctx, a, other); return err },
			"change": func(a account.Actor) error {
				return h.ChangePerson(ctx, a, other, account.Person{Name: "Y", Phone: "0922222222"}, 1)
			},
			"erase": func(a account.Actor) error { return h.Erase(ctx, a, other) },
		}
		for name, deed := range deeds {
			for who, a := range map[string]account.Actor{"nobody": {}, "a plan owner": plain} {
				if err := deed(a); fault.KindOf(err) != fault.Forbidden {
					t.Errorf("%s by %s: %v", name, who, err)
				}
			}
		}
		h.clock.Advance(10 * time.Minute)
		for name, deed := range deeds {
			if name == "revoke" || name == "block" {
				continue // taking a power away must be quick
			}
			is(t, deed(h.admin), account.ErrNotFresh)
		}
		h.admin = h.signIn("quantri@tinh.gov.vn")
		for _, name := range []string{"invite", "grant", "revoke", "block", "unblock", "link", "change", "erase"} {
			if err := deeds[name](h.admin); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := h.GrantRole(ctx, h.admin, account.Grant{User: h.admin.User, Role: account.PlanOwner, Place: id("p"), Since: since})
		wants(t, err, fault.Forbidden) // nobody gives a role to themselves
		wants(t, h.Block(ctx, h.admin, other), fault.Gone)
		_ = user
	})
}

// The last administrator stays one.
func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		wants(t, h.RevokeGrant(ctx, h.admin, h.admin.Grants[0].ID), fault.Conflict)
		wants(t, h.Block(ctx, h.admin, h.admin.User), fault.Conflict)
		wants(t, h.Erase(ctx, h.admin, h.admin.User), fault.Conflict)
		h.user("hai@so.gov.vn", account.Grant{Role: account.Administrator, Since: since})
		must(t, h.RevokeGrant(ctx, h.admin, h.admin.Grants[0].ID))
	})
}

// A blocked account is out at once, by every way in, and comes back as it was.
func TestBlocking(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("khoa@so.gov.vn")
		tok, a, err := h.login("khoa@so.gov.vn", right)
		must(t, err)
		phone := h.addPasskey(a)
		device := h.enrolDevice(a)
		must(t, h.Block(ctx, h.admin, user))
		_, err = h.Actor(ctx, tok)
		is(t, err, account.ErrSignedOut)
		_, err = h.DeviceActor(ctx, device)
		is(t, err, account.ErrSignedOut)
		_, _, err = h.login("khoa@so.gov.vn", right)
		wants(t, err, fault.Forbidden)
		_, _, err = h.login("khoa@so.gov.vn", "wrong "+right)
		wants(t, err, fault.Invalid) // only who has the password is told
		offer, err := h.BeginPasskeySignIn(ctx)
		must(t, err)
		_, _, err = h.PasskeySignIn(ctx, phone.answer(offer), office)
		wants(t, err, fault.Forbidden)
		must(t, h.Unblock(ctx, h.admin, user))
		h.signIn("khoa@so.gov.vn")
		_, err = h.DeviceActor(ctx, device)
		must(t, err)
	})
}

// Two who edit at once: the second is told.
func TestTwoEditors(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		id := h.user("hai@so.gov.vn")
		u, err := h.User(ctx, h.admin, id)
		must(t, err)
		must(t, h.ChangePerson(ctx, h.admin, id, account.Person{Name: "Một", Email: "moi@so.gov.vn"}, u.Version))
		wants(t, h.ChangePerson(ctx, h.admin, id, account.Person{Name: "Hai", Email: "hai@so.gov.vn"}, u.Version), fault.Conflict)
		own := h.signIn("moi@so.gov.vn")
		must(t, h.ChangePerson(ctx, own, id, account.Person{Name: "Một Mình", Email: "moi@so.gov.vn"}, u.Version+1))
		wants(t, h.ChangePerson(ctx, own, h.admin.User, account.Person{Name: "X", Email: "x@so.gov.vn"}, 1), fault.Forbidden)
	})
}

// Lists find people in any writing, sort by given name as Vietnamese do, and show a plan owner the people of their place alone.
func TestUsers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		must(t, h.db.Update(ctx, func(q *db.Q) error {
			return account.PutWithin(ctx, q, id("commune"), id("province"), since, clock.Date{})
		}))
		for _, p := range []struct {
			name, phone, place string
			role               account.Role
		}{
			{"Đặng Thị Ân", "0900000001", "province", account.PlanOwner}, {"Dương Văn Ất", "0900000002", "commune", account.CommuneOfficial},
			{"Ấu Thị Bé", "0900000003", "elsewhere", account.CommuneOfficial}, {"An Văn Cả", "0900000004", "", ""},
		} {
			in := account.Invitation{Person: account.Person{Name: p.name, Phone: p.phone}}
			if p.role != "" {
				in.Grants = []account.Grant{{Role: p.role, Place: id(p.place), Since: since}}
			}
			_, link, err := h.Invite(ctx, h.admin, in)
			must(t, err)
			must(t, h.Accept(ctx, token(link), right))
		}
		names := func(a account.Actor, f account.UserFilter) (names []string) {
			t.Helper()
			page, total, err := h.Users(ctx, a, f)
			must(t, err)
			for _, u := range page {
				names = append(names, u.Name)
			}
			if f.Limit == 0 && total != len(page) {
				t.Errorf("%d of %d", len(page), total)
			}
			return names
		}
		owner := h.signIn("0900000001")
		for _, c := range []struct {
			name string
			a    account.Actor
			f    account.UserFilter
			want []string
		}{
			{"all", h.admin, account.UserFilter{}, []string{"Đặng Thị Ân", "Dương Văn Ất", "Ấu Thị Bé", "An Văn Cả", "Đỗ Quản Trị"}},
			{"a page", h.admin, account.UserFilter{Skip: 1, Limit: 2}, []string{"Dương Văn Ất", "Ấu Thị Bé"}},
			{"beyond the end", h.admin, account.UserFilter{Skip: 9, Limit: 2}, nil},
			{"without marks", h.admin, account.UserFilter{Text: "DANG thi"}, []string{"Đặng Thị Ân"}},
			{"by number", h.admin, account.UserFilter{Text: "0000002"}, []string{"Dương Văn Ất"}},
			{"by role", h.admin, account.UserFilter{Role: account.CommuneOfficial}, []string{"Dương Văn Ất", "Ấu Thị Bé"}},
			{"by place", h.admin, account.UserFilter{Place: id("elsewhere")}, []string{"Ấu Thị Bé"}},
			{"by state", h.admin, account.UserFilter{State: account.Erased}, nil},
			{"a plan owner", owner, account.UserFilter{}, []string{"Đặng Thị Ân", "Dương Văn Ất"}},
			{"an official", h.signIn("0900000002"), account.UserFilter{}, []string{"Dương Văn Ất"}},
			{"nobody", account.Actor{}, account.UserFilter{}, nil},
		} {
			if diff := cmp.Diff(c.want, names(c.a, c.f)); diff != "" {
				t.Errorf("%s:\n%s", c.name, diff)
			}
		}
		_, err := h.User(ctx, owner, h.admin.User)
		wants(t, err, fault.NotFound)
		_, err = h.Grants(ctx, owner, h.admin.User)
		wants(t, err, fault.NotFound)
	})
}

// What other nouns keep of a person goes in the same transaction: either all of it or nothing.
func TestErasingTellsTheOthers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("xoa@so.gov.vn")
		fails := true
		var told []string
		o := options(t, h.db)
		o.Forget = append(o.Forget, func(_ context.Context, _ *db.Q, user string) error {
			if fails {
				return fault.New(fault.Busy, "The database is busy. Nothing was stored; try again in a moment.")
			}
			told = append(told, user)
			return nil
		})
		s := open(t, o)
		wants(t, s.Erase(ctx, h.admin, user), fault.Busy)
		h.signIn("xoa@so.gov.vn")
		fails = false
		must(t, s.Erase(ctx, h.admin, user))
		if diff := cmp.Diff([]string{user}, told); diff != "" {
			t.Error(diff)
		}
	})
}
