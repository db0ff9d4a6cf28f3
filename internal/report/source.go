package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/task"
)

// taskRows gives the tasks of a unit that were in hand in a span, and the evidence shown for them in it.
func taskRows(ctx context.Context, q *db.Q, u Unit, s Span) (rows []Row, err error) {
	tasks, err := task.Stood(ctx, q, u.subject(), s.At)
	if err != nil {
		return nil, err
	}
	begin := endOf(s.First.Add(-1))
	var shown []Row
	for i := range tasks {
		t := &tasks[i]
		if marks := taskMarks(t, begin, s); marks != nil {
			rows = append(rows, Row{Source: "task", Item: t.ID, Code: t.Code, Title: t.Title, State: string(t.State), Due: t.Due, Marks: words(marks)})
		}
		for _, e := range t.Evidence {
			if e.At.Before(begin) {
				continue
			}
			verdict := map[task.Verdict]Mark{task.Sufficient: Sufficient, task.Insufficient: Insufficient, "": Unjudged}[e.Verdict]
			shown = append(shown, Row{Source: "evidence", Item: e.ID, Code: t.Code, Title: t.Title, State: string(e.Verdict), Due: t.Due, Marks: words([]Mark{Shown, verdict})})
		}
	}
	slices.SortFunc(shown, func(a, b Row) int { return strings.Compare(a.Item, b.Item) })
	return append(rows, shown...), nil
}

// taskMarks gives what a task counts as in a span; nil where it was settled before.
func taskMarks(t *task.Standing, begin time.Time, s Span) []Mark {
	if !t.Settled.IsZero() && t.Settled.Before(begin) || t.State == task.Cancelled {
		return nil
	}
	marks := []Mark{Given}
	add := func(is bool, m Mark) {
		if is {
			marks = append(marks, m)
		}
	}
	done := t.State == task.Confirmed
	late := !t.Due.IsZero() && t.Due.Before(dayOf(t.Submitted))
	add(done, Done)
	add(done && late, DoneLate)
	add(t.State.Running() && !t.Due.IsZero() && !endOf(t.Due).After(s.At), Overdue)
	add(slices.ContainsFunc(t.Extensions, func(at time.Time) bool { return !at.Before(begin) }), Extended)
	add(t.State == task.Submitted, Waiting)
	add(t.State == task.Returned, SentBack)
	add(t.State == task.Suspended, Suspended)
	return marks
}

// words writes marks as a row keeps them.
func words(marks []Mark) string {
	all := make([]string, len(marks))
	for i, m := range marks {
		all[i] = string(m)
	}
	return strings.Join(all, " ")
}
