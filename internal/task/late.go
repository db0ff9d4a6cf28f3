package task

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// LateIn counts the tasks that are overdue on a day, by whose they are: an agency, or the place where it is empty. It asks
// nobody for rights: it is for computations of the house.
func LateIn(ctx context.Context, q *db.Q, on clock.Date) (map[account.Subject]int64, error) {
	late := map[account.Subject]int64{}
	for t, err := range db.Each[struct {
		Place  string `db:"place"`
		Agency string `db:"agency"`
		Late   int64  `db:"late"`
	}](ctx, q, "SELECT t.place, t.agency, count(*) AS late FROM task t WHERE t.due < ? AND t.state IN (?, ?, ?) AND "+live+" GROUP BY t.place, t.agency", on, Waiting, Doing, Returned) {
		if err != nil {
			return nil, err
		}
		late[account.Subject{Place: t.Place, Agency: t.Agency}] = t.Late
	}
	return late, nil
}
