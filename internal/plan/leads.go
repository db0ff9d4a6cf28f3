package plan

import (
	"context"

	"thuoc/internal/db"
)

// Leads gives the codes of the index that agencies lead: by one plan of a place, or with "" by all that are in force there.
// It asks nobody for rights: it is for computations of the house.
func Leads(ctx context.Context, q *db.Q, place, plan string) (map[string][]string, error) {
	leads := map[string][]string{}
	for d, err := range db.Each[struct {
		Agency string `db:"agency"`
		Code   string `db:"code"`
	}](ctx, q, `SELECT d.agency, d.code FROM plan_duty d JOIN plan p ON p.id = d.plan WHERE p.place = ? AND (p.id = ? OR ? = '' AND p.state IN (?, ?))
		AND d.part = ? AND d.state = ? ORDER BY d.agency, d.code`, place, plan, plan, Issued, Revised, Lead, Accepted) {
		if err != nil {
			return nil, err
		}
		leads[d.Agency] = append(leads[d.Agency], d.Code)
	}
	return leads, nil
}
