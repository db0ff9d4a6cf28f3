package plan

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Cascade gives every place its own plan under an issued one, as a draft with the same targets, in one transaction: about
// a hundred communes at once. Places that have one already are left alone, so that it may be asked again. It gives how
// many were made. Targets in points, changes and holds are repeated; ranks and groups are the province's own and are not,
// because a commune has no rank among provinces.
func (s *Store) Cascade(ctx context.Context, actor account.Actor, plan string, places []string) (made int, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		made = 0
		parent, err := get(ctx, q, plan)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.WritePlan, parent.subject()); err != nil {
			return err
		}
		if parent.State != Issued {
			return fault.New(fault.Conflict, "Only an issued plan is passed down; this one is %s.", parent.State.Names())
		}
		have, err := db.All[string](ctx, q, "SELECT place FROM plan WHERE parent = ?", plan)
		if err != nil {
			return err
		}
		there := map[string]bool{}
		for _, p := range have {
			there[p] = true
		}
		for _, place := range places {
			if there[place] {
				continue
			}
			there[place] = true
			child := parent.child(place)
			if err := actor.May(ctx, q, account.WritePlan, child.subject()); err != nil {
				return err
			}
			if _, err := s.insert(ctx, q, actor, child); err != nil {
				return err
			}
			made++
		}
		return nil
	})
	return made, err
}

// child is a place's own plan under this one.
func (p *Plan) child(place string) Plan {
	c := Plan{Head: Head{Place: place, Parent: p.ID, Kind: p.Kind, Title: p.Title, Year: p.Year, Until: p.Until, BaseYear: p.BaseYear, Edition: p.Edition}}
	c.Bases = append(c.Bases, Basis{Number: p.Number, Dated: p.Signed, Title: p.Title, Paper: p.Paper})
	for _, a := range p.Aims {
		if !a.relative() {
			c.Aims = append(c.Aims, a)
		}
	}
	return c
}

// Following is how far the plans under one have come: by exception, those that have not issued come first.
func (s *Store) Following(ctx context.Context, actor account.Actor, plan string) ([]Head, error) {
	may, args := actor.Rows(account.ReadPlans, account.Columns{Place: "place", Agency: "agency"})
	return view(ctx, s.db, func(q *db.Q) ([]Head, error) {
		return db.All[Head](ctx, q, "SELECT "+planColumns+" FROM plan WHERE parent = ? AND "+may+
			" ORDER BY CASE WHEN state IN (?, ?) THEN 1 ELSE 0 END, id", append(append([]any{plan}, args...), Issued, Closed)...)
	})
}
