package task

import (
	"context"

	"thuoc/internal/db"
)

// Outcome is a task with how much was shown for it, how much of that suffices, and what was granted about it.
type Outcome struct {
	Task
	Shown, Sufficient int
	Granted           []Request
}

// Outcomes gives every task of a plan as it stands now, in the order in which they were given. It asks no right: it is
// for those who tell the public how a plan stands.
func Outcomes(ctx context.Context, q *db.Q, plan string) ([]Outcome, error) {
	tasks, err := db.All[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE t.plan = ? AND "+live+" ORDER BY t.id", plan)
	if err != nil {
		return nil, err
	}
	all, at := make([]Outcome, len(tasks)), map[string]int{}
	for i, t := range tasks {
		all[i], at[t.ID] = Outcome{Task: t}, i
	}
	for e, err := range db.Each[struct {
		Task       string `db:"task"`
		Shown      int    `db:"shown"`
		Sufficient int    `db:"sufficient"`
	}](ctx, q, `SELECT e.task, count(*) AS shown, count(*) FILTER (WHERE e.verdict = ?) AS sufficient
		FROM evidence e JOIN task t ON t.id = e.task WHERE t.plan = ? GROUP BY e.task`, Sufficient, plan) {
		if err != nil {
			return nil, err
		}
		if i, ok := at[e.Task]; ok {
			all[i].Shown, all[i].Sufficient = e.Shown, e.Sufficient
		}
	}
	for r, err := range db.Each[Request](ctx, q, `SELECT r.id, r.task, r.kind, r.due, r.reason, r.at, r.actor, r.decision, r.note, r.decider, r.decided
		FROM task_request r JOIN task t ON t.id = r.task WHERE t.plan = ? AND r.decision = ? ORDER BY r.id`, plan, "granted") {
		if err != nil {
			return nil, err
		}
		if i, ok := at[r.Task]; ok {
			all[i].Granted = append(all[i].Granted, r)
		}
	}
	return all, nil
}
