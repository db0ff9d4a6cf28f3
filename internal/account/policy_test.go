package account

import (
	"testing"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

func day(t *testing.T, s string) clock.Date {
	t.Helper()
	d, err := clock.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A commune that moved from one province to another on a day answers to the new one from that day.
func TestRightsFollowThePlaceOnTheDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		before, after := day(t, "2025-06-30"), day(t, "2025-07-01")
		must(t, d.Update(t.Context(), func(q *db.Q) error {
			if err := PutWithin(t.Context(), q, "commune", "old-province", day(t, "2020-01-01"), before); err != nil {
				return err
			}
			return PutWithin(t.Context(), q, "commune", "new-province", after, clock.Date{})
		}))
		for _, c := range []struct {
			name   string
			grant  Grant
			on     clock.Date
			do     Action
			about  Subject
			allows bool
		}{
			{"its province then", Grant{Role: PlanOwner, Place: "old-province"}, before, ChangePosts, Subject{Place: "commune"}, true},
			{"its province no more", Grant{Role: PlanOwner, Place: "old-province"}, after, ChangePosts, Subject{Place: "commune"}, false},
			{"its province now", Grant{Role: PlanOwner, Place: "new-province"}, after, ChangePosts, Subject{Place: "commune"}, true},
			{"the place itself", Grant{Role: PlanOwner, Place: "commune"}, after, ChangePosts, Subject{Place: "commune"}, true},
			{"upwards not", Grant{Role: PlanOwner, Place: "commune"}, after, ChangePosts, Subject{Place: "new-province"}, false},
			{"another role not", Grant{Role: Interviewer, Place: "new-province"}, after, ChangePosts, Subject{Place: "commune"}, false},
			{"own agency", Grant{Role: LeadHead, Agency: "a"}, after, ChangePosts, Subject{Agency: "a"}, true},
			{"who heads an agency sees it", Grant{Role: LeadHead, Agency: "a"}, after, ReadAgencies, Subject{Agency: "a"}, true},
			{"another agency", Grant{Role: LeadHead, Agency: "a"}, after, ChangePosts, Subject{Agency: "b"}, false},
			{"nobody's is not everybody's", Grant{Role: LeadHead}, after, ChangePosts, Subject{}, false},
			{"everything", Grant{Role: Administrator}, after, EraseUser, Subject{User: "u"}, true},
			{"one's own", Grant{}, after, OwnAccount, Subject{User: "me"}, true},
			{"another's own", Grant{Role: Administrator}, after, OwnAccount, Subject{User: "you"}, false},
		} {
			t.Run(c.name, func(t *testing.T) {
				a := Actor{User: "me", Grants: []Grant{c.grant}, Day: c.on}
				err := d.View(t.Context(), func(q *db.Q) error { return a.May(t.Context(), q, c.do, c.about) })
				if c.allows && err != nil || !c.allows && fault.KindOf(err) != fault.Forbidden {
					t.Errorf("May says %v, want allowed = %v", err, c.allows)
				}
			})
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Whoever is nobody may nothing, and every action has a line in the table.
func TestNobodyMayNothing(t *testing.T) {
	for do := range policy {
		if (Actor{}).MayAnywhere(do) {
			t.Errorf("%s: anybody may", do)
		}
		if where, _ := (Actor{}).Rows(do, Columns{"p", "a", "u"}); where != "1 = 0" {
			t.Errorf("%s: anybody sees rows: %s", do, where)
		}
	}
}
