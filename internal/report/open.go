package report

import (
	"context"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// opening is the daily look at which reports are to be opened or frozen; it adds a job a unit.
type opening struct{}

func (opening) Kind() string { return "report.day" }

// unitJob opens the report of one unit for one period, or freezes its figures.
type unitJob struct {
	Home, Place, Agency string
	Report, Period      string // the kind of report, and the period's label
}

func (unitJob) Kind() string { return "report.unit" }

func (u unitJob) key() string {
	return "report.unit:" + u.Place + ":" + u.Agency + ":" + u.Report + ":" + u.Period
}

// lookBack is how many days after a cut-off a house that stood still makes up for what it missed.
const lookBack = 100

// Register lets a runner open reports on the first day of their period and freeze their figures after the cut-off.
func (s *Store) Register(r *job.Runner) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ opening) error { return s.Day(ctx) })
	r.Cron(opening{}, job.Daily(0, 20))
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, u unitJob) error { return s.unit(ctx, u) })
}

// Day adds the jobs of today for every calendar. Once more on the same day it adds what is missing and nothing twice.
func (s *Store) Day(ctx context.Context) error {
	var homes []string
	err := s.db.View(ctx, func(q *db.Q) (err error) {
		homes, err = db.All[string](ctx, q, "SELECT DISTINCT home FROM report_rule ORDER BY home")
		return err
	})
	for _, home := range homes {
		if err == nil {
			err = s.db.Update(ctx, func(q *db.Q) error {
				jobs, err := s.wanting(ctx, q, home)
				for _, u := range jobs {
					if err == nil {
						err = job.Add(ctx, q, u, job.Once(u.key()))
					}
				}
				return err
			})
		}
	}
	return err
}

// Open does at once what the jobs of today would do for one calendar, and gives how many reports it opened or froze.
func (s *Store) Open(ctx context.Context, home string) (n int, err error) {
	var jobs []unitJob
	err = s.db.View(ctx, func(q *db.Q) error {
		jobs, err = s.wanting(ctx, q, home)
		return err
	})
	for part := range slices.Chunk(jobs, 100) {
		if err == nil {
			err = s.db.Update(ctx, func(q *db.Q) error {
				c := &calendar{home: home}
				for _, u := range part {
					if err := s.open(ctx, q, c, u); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	return len(jobs), err
}

// wanting gives the units whose report of a period that has begun is missing, or not frozen though its cut-off is over.
func (s *Store) wanting(ctx context.Context, q *db.Q, home string) (jobs []unitJob, err error) {
	c := &calendar{home: home}
	if err := c.read(ctx, q); err != nil {
		return nil, err
	}
	today := dayOf(q.Now())
	for _, p := range current(c.rules, today) {
		there, err := db.All[standing](ctx, q, "SELECT place, agency, cut, frozen IS NOT NULL AS frozen, state FROM report WHERE home = ? AND kind = ? AND period = ?", home, p.Kind, p.String())
		if err != nil {
			return nil, err
		}
		have := map[Unit]bool{}
		for _, r := range there {
			have[r.Unit] = true
			if !r.Frozen && r.State != Void && r.Cut.Before(today) {
				jobs = append(jobs, unitJob{home, r.Place, r.Agency, string(p.Kind), p.String()})
			}
		}
		units, err := c.owed(ctx, q, p)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if !have[u.Unit] {
				jobs = append(jobs, unitJob{home, u.Place, u.Agency, string(p.Kind), p.String()})
			}
		}
	}
	return jobs, nil
}

type standing struct {
	Unit
	Cut    clock.Date `db:"cut"`
	Frozen bool       `db:"frozen"`
	State  State      `db:"state"`
}

// calendar is the rules of one home with who owes what, as a transaction sees them.
type calendar struct {
	home  string
	rules []Rule
	units map[Period][]Owing
}

func (c *calendar) read(ctx context.Context, q *db.Q) (err error) {
	if c.units == nil {
		c.units = map[Period][]Owing{}
		c.rules, err = rulesOf(ctx, q, c.home)
	}
	return err
}

// owed gives who owes the report of a period as of today, and once it is cut off as of its cut-off.
func (c *calendar) owed(ctx context.Context, q *db.Q, p Period) (units []Owing, err error) {
	if err := c.read(ctx, q); err != nil || c.units[p] != nil {
		return c.units[p], err
	}
	hold := governing(c.rules, p)
	for _, r := range hold {
		on := dayOf(q.Now())
		if _, cut, _ := r.days(c.rules, p); cut.Before(on) {
			on = cut
		}
		of, err := r.owing(ctx, q, c.home, hold, p, on)
		if err != nil {
			return nil, err
		}
		units = append(units, of...)
	}
	c.units[p] = units
	return units, nil
}

// current gives the periods that have begun and were not cut off long ago, under the rules that hold for them.
func current(rules []Rule, today clock.Date) (periods []Period) {
	for _, k := range Kinds {
		for p := (Period{Kind: k, Year: today.Year - 1, N: 1}); p.Year <= today.Year+1; p = p.Next() {
			for _, r := range governing(rules, p) {
				first, cut, _ := r.days(rules, p)
				if r.For(p) && !today.Before(first) && !cut.Add(lookBack).Before(today) {
					periods = append(periods, p)
					break
				}
			}
		}
	}
	return periods
}

// unit runs one unit's job.
func (s *Store) unit(ctx context.Context, u unitJob) error {
	return s.db.Update(ctx, func(q *db.Q) error { return s.open(ctx, q, &calendar{home: u.Home}, u) })
}

// open opens a report, unless it is there, and freezes its figures when the cut-off is over. A second time it changes
// nothing.
func (s *Store) open(ctx context.Context, q *db.Q, c *calendar, u unitJob) error {
	p, err := ParsePeriod(u.Period)
	if err != nil {
		return job.Permanent(err)
	}
	units, err := c.owed(ctx, q, p)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(units, func(o Owing) bool { return o.Unit == Unit{u.Place, u.Agency} })
	if i >= 0 {
		if err := s.insert(ctx, q, c, units[i], p); err != nil {
			return err
		}
	}
	r, ok, err := db.Maybe[Report](ctx, q, "SELECT "+columns+" FROM report r WHERE r.place = ? AND r.agency = ? AND r.kind = ? AND r.period = ?", u.Place, u.Agency, p.Kind, u.Period)
	if err != nil || !ok || !r.Frozen.IsZero() || r.State == Void || !r.Cut.Before(dayOf(q.Now())) {
		return err
	}
	if i < 0 {
		return s.void(ctx, q, &r)
	}
	return s.freeze(ctx, q, &r)
}

// insert opens a report, unless the unit has it.
func (s *Store) insert(ctx context.Context, q *db.Q, c *calendar, o Owing, p Period) error {
	first, cut, due := o.Rule.days(c.rules, p)
	id := q.NewID()
	n, err := q.Exec(ctx, `INSERT INTO report (id, home, place, agency, kind, period, first, cut, due, late, rule, state, opened, frozen, hash, sent, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', NULL, 1) ON CONFLICT (place, agency, kind, period) DO NOTHING`,
		id, c.home, o.Place, o.Agency, p.Kind, p.String(), first, cut, due, endOf(due), o.Rule.ID, Due, q.Now())
	if err != nil || n == 0 {
		return err
	}
	return s.did(ctx, q, system(q), id, "open", event{})
}

// void ends a report that nobody owes any more.
func (s *Store) void(ctx context.Context, q *db.Q, r *Report) error {
	if _, err := q.Exec(ctx, "UPDATE report SET state = ?, rev = rev + 1 WHERE id = ?", Void, r.ID); err != nil {
		return err
	}
	return s.did(ctx, q, system(q), r.ID, "void", event{})
}

// freeze keeps the rows of a report as they stood at the end of the cut-off, with their hash.
func (s *Store) freeze(ctx context.Context, q *db.Q, r *Report) error {
	rows, err := s.rowsOf(ctx, q, r.Unit, Span{r.From, r.Cut, endOf(r.Cut)})
	if err != nil {
		return err
	}
	for start := 0; start < len(rows); start += 50 {
		part := rows[start:min(start+50, len(rows))]
		var args []any
		for i, x := range part {
			args = append(args, r.ID, start+i, x.Source, x.Item, x.Code, x.Title, x.State, x.Due, x.Marks)
		}
		values := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, ?, ?),", len(part)), ",")
		if _, err := q.Exec(ctx, "INSERT INTO report_row (report, nr, source, item, code, title, state, due, marks) VALUES "+values, args...); err != nil {
			return err
		}
	}
	r.Hash, r.Frozen = hashOf(rows), q.Now()
	if _, err := q.Exec(ctx, "UPDATE report SET frozen = ?, hash = ? WHERE id = ?", r.Frozen, r.Hash, r.ID); err != nil {
		return err
	}
	return s.did(ctx, q, system(q), r.ID, "freeze", event{note: r.Hash})
}

// rowsOf asks every source for a unit's rows.
func (s *Store) rowsOf(ctx context.Context, q *db.Q, u Unit, span Span) (rows []Row, err error) {
	for _, source := range s.sources {
		more, err := source(ctx, q, u, span)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// frozenRows reads the rows that were frozen.
func frozenRows(ctx context.Context, q *db.Q, report string) ([]Row, error) {
	return db.All[Row](ctx, q, "SELECT source, item, code, title, state, due, marks FROM report_row WHERE report = ? ORDER BY nr", report)
}

// system is the house acting by itself.
func system(q *db.Q) account.Actor { return account.Program("system", dayOf(q.Now())) }

// event is what the history of a report tells of a step beside its name.
type event struct {
	reasons, note, version string
	content                []byte // for the audit, where it is not the note
}

// did keeps a step in a report's history and in the audit.
func (s *Store) did(ctx context.Context, q *db.Q, actor account.Actor, report, did string, e event) error {
	if _, err := q.Exec(ctx, "INSERT INTO report_event (id, report, at, actor, did, reasons, note, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		q.NewID(), report, q.Now(), actor.User, did, e.reasons, e.note, e.version); err != nil {
		return err
	}
	content := e.content
	if content == nil {
		content = []byte(e.reasons + "\n" + e.note)
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "report." + did, Object: "report:" + report, Content: content})
}

// find reads a report.
func find(ctx context.Context, q *db.Q, id string) (*Report, error) {
	r, ok, err := db.Maybe[Report](ctx, q, "SELECT "+columns+" FROM report r WHERE r.id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "This report is not there.")
	}
	return &r, err
}
