package inspect_test

import (
	"slices"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
)

// TestNobodyOfAnotherProvince: a team is of people who have a role in the province, and whoever names it learns of nobody
// elsewhere.
func TestNobodyOfAnotherProvince(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h, ctx := open(t, d, now), t.Context()
		must(t, d.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, "INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES ('own', ?, 'department', NULL, '', 1, 1)", home)
			if err == nil {
				_, err = q.Exec(ctx, "INSERT INTO account (id, state, added) VALUES ('clerk', 'active', 0)")
			}
			if err == nil {
				_, err = q.Exec(ctx, `INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked, revoked_by)
					VALUES ('g', 'clerk', ?, '', 'own', '2020-01-01', NULL, 0, '', NULL, '')`, account.LeadDrafter)
			}
			return err
		}))
		id, _ := h.begun()
		refused(t, h.Join(ctx, h.owner, inspect.Member{Inspection: id, User: "outsider", Post: "Thành viên"}), fault.Invalid)
		refused(t, h.Join(ctx, h.owner, inspect.Member{Inspection: id, User: "made-up", Post: "Thành viên"}), fault.Invalid)

		known, err := h.Eligible(ctx, h.owner, id, []string{"outsider", "other", "clerk", "made-up"})
		must(t, err)
		if !slices.Equal(known, []string{"other", "clerk"}) {
			t.Errorf("for the team are offered %v", known)
		}
		_, err = h.Eligible(ctx, h.outsider, id, known)
		refused(t, err, fault.Forbidden)
	})
}
