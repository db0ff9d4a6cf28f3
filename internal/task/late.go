package task

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// LateIn counts the tasks that are overdue on a day, by the place where they are to be done. It asks nobody for rights:
// it is for computations of the house.
func LateIn(ctx context.Context, q *db.Q, on clock.Date) (map[string]int64, error) {
	late := map[string]int64{}
	for t, err := range db.Each[struct {
		Place string `db:"place"`
		Late  int64  `db:"late"`
	}](ctx, q, "SELECT t.place, count(*) AS late FROM task t WHERE t.due < ? AND t.state IN (?, ?, ?) AND "+live+" GROUP BY t.place", on, Waiting, Doing, Returned) {
		if err != nil {
			return nil, err
		}
		late[t.Place] = t.Late
	}
	return late, nil
}
