package app

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/follow"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
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

// owedReports gives the reports that are not sent and fall due: what reminders tell.
func owedReports(ctx context.Context, q *db.Q, from, to clock.Date) ([]follow.Item, error) {
	owed, err := report.Owed(ctx, q, from, to)
	var items []follow.Item
	for _, r := range owed {
		items = append(items, follow.Item{ID: r.ID, Place: r.Place, Agency: r.Agency, Due: r.Due, Title: "Báo cáo " + r.Period().Names().In(lang.Vi)})
	}
	return items, err
}

// openFindings gives the findings that are not remedied and fall due.
func openFindings(ctx context.Context, q *db.Q, from, to clock.Date) ([]follow.Item, error) {
	open, err := inspect.Unremedied(ctx, q, from, to)
	var items []follow.Item
	for _, f := range open {
		items = append(items, follow.Item{ID: f.ID, Place: f.Place, Agency: f.Agency, Due: f.Due, Title: f.Words})
	}
	return items, err
}
