package plan

import (
	"context"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/db"
)

// Want is what a plan wants of somebody.
type Want string

// The wants, in the order of a plan's way.
const (
	WantsProposal Want = "propose" // an agency was asked, and has not said what it will do
	WantsVerdict  Want = "accept"  // proposals are to be accepted or returned
	WantsAnswer   Want = "answer"  // comments are to be answered
	WantsApproval Want = "approve" // it was submitted, by somebody else
)

// Waiting is a plan that waits for an actor.
type Waiting struct {
	standing
	Want Want
}

// standing is a plan with how many of its duties or comments wait; 1 for an approval.
type standing struct {
	Plan  string `db:"plan"`
	Title string `db:"title"`
	Count int    `db:"count"`
}

// Waits lists what plans wait for an actor: those of the places of their grants, and those in which an agency of theirs was
// asked; the plans below are work of their own people. At most limit of each kind, the newest first.
func (s *Store) Waits(ctx context.Context, actor account.Actor, limit int) ([]Waiting, error) {
	var places []any
	for _, g := range actor.Grants {
		if g.Place != "" {
			places = append(places, g.Place)
		}
	}
	own := "p.place IN (" + db.Marks(max(len(places), 1)) + ")"
	if len(places) == 0 {
		places = []any{""}
	}
	return view(ctx, s.db, func(q *db.Q) (all []Waiting, err error) {
		for _, w := range []struct {
			want        Want
			from, where string
			do          account.Action
			columns     account.Columns
			args        []any
		}{
			{WantsProposal, "JOIN plan_duty d ON d.plan = p.id", "p.state IN ('draft', 'comments', 'revised') AND d.offered = 0 AND d.state IN ('asked', 'returned')", account.ProposeDuty, account.Columns{Agency: "d.agency"}, nil},
			{WantsVerdict, "JOIN plan_duty d ON d.plan = p.id", "p.state IN ('draft', 'comments', 'revised') AND d.state = 'proposed' AND " + own, account.WritePlan, account.Columns{Place: "p.place"}, places},
			{WantsAnswer, "JOIN plan_comment c ON c.plan = p.id", "c.answered IS NULL AND " + own, account.WritePlan, account.Columns{Place: "p.place"}, places},
			{WantsApproval, "", "p.state = 'submitted' AND " + own + " AND p.submitter <> ?", account.ApprovePlan, account.Columns{Place: "p.place"}, append(places[:len(places):len(places)], actor.User)},
		} {
			may, more := actor.Rows(w.do, w.columns)
			args := append(slices.Concat(w.args, more), limit)
			for r, err := range db.Each[standing](ctx, q, "SELECT p.id AS plan, p.title AS title, count(*) AS count FROM plan p "+w.from+
				" WHERE "+w.where+" AND "+may+" GROUP BY p.id, p.title ORDER BY p.id DESC LIMIT ?", args...) {
				if err != nil {
					return nil, err
				}
				all = append(all, Waiting{r, w.want})
			}
		}
		return all, nil
	})
}
