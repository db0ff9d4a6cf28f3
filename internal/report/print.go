package report

import (
	"cmp"
	"context"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/sheet"
)

// Paper gives what a document tells of a unit's report: the figures that were frozen and the version that was sent last. A
// report that was not sent is a Conflict.
func (s *Store) Paper(ctx context.Context, actor account.Actor, id string) (p Paper, err error) {
	page, err := s.Get(ctx, actor, id)
	if err != nil {
		return p, err
	}
	v, ok := page.SentVersion()
	if !ok || page.Live {
		return p, fault.New(fault.Conflict, "The report has not been sent yet; there is no paper of it.")
	}
	e, err := v.Entry()
	if err != nil {
		return p, err
	}
	p = Paper{Report: page.Report, Version: v.ID, SentAt: v.Sent, Late: page.Due.Before(page.SentOn()), Answers: e.Answers, Figures: page.Figures, Before: page.Before, Against: page.Against,
		Rows: page.Rows, Text: e.Text, Disputes: e.Disputes}
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err := names(ctx, q, page.Home, page.Cut)
		if err != nil {
			return err
		}
		home, err := place.ByID(ctx, q, page.Home, page.Cut)
		p.Unit = Party{Unit: page.Unit, Name: cmp.Or(all[page.Unit].Name, all[Unit{Place: page.Place}].Name), Bloc: all[page.Unit].Bloc}
		p.To = Party{Unit: Unit{Place: page.Home}, Name: home.Full().VI}
		return err
	})
	return p, err
}

// Names gives what the units of a home are called on a day.
func (s *Store) Names(ctx context.Context, home string, on clock.Date) (all map[Unit]Party, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = names(ctx, q, home, on)
		return err
	})
	return all, err
}

// mostListed is how many reports one list gives.
const mostListed = 10_000

// Export gives the reports of a calendar and period that an actor may read as a sheet for sheet.Write.
func (s *Store) Export(ctx context.Context, actor account.Actor, home string, p Period, l lang.Lang) (sheet.Sheet, error) {
	t := func(x fault.Text) string { return lang.Translate(l, x) }
	list := sheet.Sheet{Name: t(fault.T("Reports")), Rows: [][]string{{t(fault.T("Unit")), t(fault.T("Period")), t(fault.T("Cut-off")), t(fault.T("Last day")), t(fault.T("Day of sending")), t(fault.T("State")),
		t(fault.T("Late")), t(fault.T("Points")), t(fault.T("SHA-256 of the figures"))}}}
	for _, x := range series {
		list.Rows[0] = append(list.Rows[0], x.names.In(l))
	}
	reports, err := s.List(ctx, actor, Filter{Home: home, Kind: p.Kind, Period: p.String(), Limit: mostListed})
	if err != nil {
		return list, err
	}
	visible := map[string]bool{}
	for _, r := range reports {
		visible[r.ID] = true
	}
	return list, s.db.View(ctx, func(q *db.Q) error {
		all, err := readAll(ctx, q, home, p)
		if err != nil {
			return err
		}
		lines, err := linesIn(ctx, q, all)
		on := dayOf(q.Now())
		for _, r := range all {
			if visible[r.ID] {
				list.Rows = append(list.Rows, r.cells(t, on, lines[r.ID], l))
			}
		}
		return err
	})
}

// cells writes a line of the list.
func (o *one) cells(t func(fault.Text) string, on clock.Date, lines []Line, l lang.Lang) []string {
	late, points := "", ""
	if o.Late(on) {
		late = t(fault.T("late"))
	}
	if got, most := Total(lines); most > 0 {
		points = lang.Number(l, got, 1)
	}
	row := []string{o.party.Name, o.Label, o.Cut.String(), o.Due.String(), o.SentOn().String(), t(o.State.Text()), late, points, o.Hash}
	for _, s := range series {
		cell := "" // not frozen, or not known here
		if f, ok := figureOf(o.figures, s.mark, ""); ok && o.Hash != "" {
			cell = strconv.Itoa(f.Value)
		}
		row = append(row, cell)
	}
	return row
}
