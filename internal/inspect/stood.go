package inspect

import (
	"context"
	"slices"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/job"
)

// Result is an inspection or a finding of a unit as it stood at the end of a period, for reports: what was done later
// does not show.
type Result struct {
	Item     string // id
	Finding  bool   // else an inspection that was concluded in the period
	Code     string // the lever, of a finding
	Title    string
	State    string     // as State or Standing calls it
	Due      clock.Date // of a finding
	Again    bool       // of an inspection: it was one again; of a finding: somebody found that it was not remedied
	Closed   bool       // of a finding: verified by the end
	Overdue  bool       // of a finding: not closed, and past its day at the end
	Concerns []Unit     // whom an inspection visited
}

// Stood gives what concerns a unit, or where Agency is empty a place, in a period: inspections that visited it and were
// concluded between the first day and the moment at, and findings that are its own, made by then and not closed before the
// period. The place whose house inspects is given all of its inspections. In the order of ids; it asks within the
// caller's transaction and for no rights.
func Stood(ctx context.Context, q *db.Q, of account.Subject, first clock.Date, at time.Time) ([]Result, error) {
	from := time.Date(first.Year, first.Month, first.Day, 0, 0, 0, 0, job.VietnamTime)
	all, err := concludedIn(ctx, q, of, from, at)
	if err != nil {
		return nil, err
	}
	found, err := foundIn(ctx, q, of, from, at)
	return append(all, found...), err
}

// concludedIn gives the inspections.
func concludedIn(ctx context.Context, q *db.Q, of account.Subject, from, at time.Time) (all []Result, err error) {
	rows, err := db.All[Inspection](ctx, q, "SELECT "+columns+` FROM inspection i WHERE i.id IN (SELECT e.inspection FROM inspection_event e
		WHERE e.did = 'end' AND e.at >= ? AND e.at <= ?) AND (i.place = ? OR i.id IN (SELECT v.inspection FROM visit v WHERE v.place = ? OR (v.agency <> '' AND v.agency = ?))) ORDER BY i.id`,
		from, at, of.Place, of.Place, of.Agency)
	if err != nil {
		return nil, err
	}
	for _, i := range rows {
		visits, err := visitsOf(ctx, q, i.ID)
		if err != nil {
			return nil, err
		}
		r := Result{Item: i.ID, Title: i.Title, State: string(Concluded), Again: i.Kind == Again}
		own := i.Place == of.Place && of.Agency == ""
		for _, v := range visits {
			if !v.Began.IsZero() {
				r.Concerns = append(r.Concerns, v.Unit)
				own = own || (v.Agency == of.Agency && (v.Place == of.Place || of.Agency != ""))
			}
		}
		if own {
			all = append(all, r)
		}
	}
	return all, nil
}

// foundIn gives the findings, each as its history tells until the moment.
func foundIn(ctx context.Context, q *db.Q, of account.Subject, from, at time.Time) (all []Result, err error) {
	where, args := "f.place = ? AND f.agency = ''", []any{of.Place}
	if of.Agency != "" {
		where, args = "f.agency = ?", []any{of.Agency}
	}
	rows, err := findings(ctx, q, where+" AND f.at <= ?", append(args, at)...)
	if err != nil {
		return nil, err
	}
	day := dayOf(at)
	for _, f := range rows {
		events, err := db.All[FindingEvent](ctx, q, "SELECT id, at, actor, did, note, file, mime, size FROM finding_event WHERE finding = ? AND at <= ? ORDER BY id", f.ID, at)
		if err != nil {
			return nil, err
		}
		r := Result{Item: f.ID, Finding: true, Code: f.Code, Title: f.Words, State: string(Open), Due: f.Due}
		var closed time.Time
		for _, e := range events {
			for _, w := range ways {
				if string(w.step) == e.Did {
					r.State = string(w.to)
				}
			}
			r.Again = r.Again || e.Did == string(Fail)
			if e.Did == string(Close) {
				closed = e.At
			}
		}
		if r.Closed = !closed.IsZero(); r.Closed && closed.Before(from) {
			continue
		}
		r.Overdue = !r.Closed && f.Due.Before(day)
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Result) int { return strings.Compare(a.Item, b.Item) })
	return all, nil
}
