package app

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/inspect"
	"thuoc/internal/report"
)

// inspected gives reports what inspections concluded about a unit and what they found: the source of those figures.
func inspected(ctx context.Context, q *db.Q, u report.Unit, s report.Span) (rows []report.Row, err error) {
	results, err := inspect.Stood(ctx, q, account.Subject{Place: u.Place, Agency: u.Agency}, s.First, s.At)
	for _, r := range results {
		rows = append(rows, inspectedRow(r))
	}
	return rows, err
}

// inspectedRow says what an inspection or a finding counts as.
func inspectedRow(r inspect.Result) report.Row {
	row := report.Row{Source: "inspection", Item: r.Item, Code: r.Code, Title: r.Title, State: r.State, Due: r.Due, Marks: string(report.Inspected)}
	again := report.Reinspected
	if r.Finding {
		row.Source, row.Marks, again = "finding", string(report.Found), report.FindingFails
	}
	for _, m := range []struct {
		is   bool
		mark report.Mark
	}{{r.Again, again}, {r.Closed, report.Remedied}, {r.Overdue, report.FindingLate}} { // in one order: it is hashed
		if m.is {
			row.Marks += " " + string(m.mark)
		}
	}
	return row
}
