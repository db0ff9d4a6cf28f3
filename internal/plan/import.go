package plan

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/place"
	"thuoc/internal/sheet"
)

// kindOfList names tables of targets among the mappings people are remembered by.
const kindOfList = "plan"

// File is a table of targets to take in.
type File struct {
	Name    string        // as the person named it
	Content []byte        // XLSX or CSV
	Plan    string        // id of the plan whose targets they are; "" where the table names its plans, or Usual says
	Usual   Head          // what the table does not say of a new plan: place, year, title
	Mapping sheet.Mapping // the columns chosen; nil: those remembered, or else found by their headings
}

// Report is what a table holds and would change, or has changed.
type Report struct {
	Sheet    string
	Header   int           // line of the header
	Mapping  sheet.Mapping // the heading of each field that was found
	Headings []string      // all of the file, to choose from
	Unused   []string      // those that no field took
	Rows     int
	Plans    []Taken
}

// Taken is one plan of a table.
type Taken struct {
	ID                   string // "" of a new plan in a dry run
	Line                 int    // of the file, where it is first spoken of
	Place                string // id
	Title                string
	Year                 int
	New                  bool
	Added, Changed, Same int // targets

	plan Plan // as it will stand
}

// changes tells whether there is anything to write.
func (t *Taken) changes() bool { return t.New || t.Added+t.Changed > 0 }

// Import takes a table of targets in: whole, or not at all with every fault by sheet, line and column. A plan that is
// there (the one named, or one of the same place, year, paper and title) keeps what the table does not speak of; a target
// for the same part, kind and year takes the table's place. The same table again changes nothing. A dry run says what
// would come of it and writes nothing.
func (s *Store) Import(ctx context.Context, actor account.Actor, f File, dry bool) (rep Report, err error) {
	sheets, err := sheet.Read(bytes.NewReader(f.Content), f.Name)
	if err != nil {
		return rep, err
	}
	read := func(q *db.Q) error {
		rep, err = s.plan(ctx, q, actor, f, sheets)
		return err
	}
	if dry {
		return rep, s.db.View(ctx, read)
	}
	return rep, s.db.Update(ctx, func(q *db.Q) error {
		if err := read(q); err != nil {
			return err
		}
		for i := range rep.Plans {
			if err := s.takeIn(ctx, q, actor, &rep.Plans[i]); err != nil {
				return err
			}
		}
		return agency.RememberMapping(ctx, q, actor, kindOfList, rep.Mapping)
	})
}

// Find finds the table of targets in a file by the columns chosen, those remembered where the file has them, or headings.
func Find(file string, sheets []sheet.Sheet, chosen, remembered sheet.Mapping) (*sheet.Table, error) {
	if chosen == nil && remembered != nil {
		if t, err := sheet.Find(file, sheets, Fields, remembered); err == nil {
			return t, nil
		}
	}
	t, err := sheet.Find(file, sheets, Fields, chosen)
	if err != nil {
		return nil, err
	}
	if !t.Has(colCode) && !t.Has(colContent) && !t.Has(colIndex) {
		return nil, fault.Batch([]fault.Item{{File: file, Sheet: t.Sheet, Line: t.Header,
			What:   fault.T("No column says which part of the index a row speaks of."),
			Remedy: fault.T("Add a column “Code” or “Content”, or say which column holds it. The file has: %s.", strings.Join(t.Headings, ", "))}})
	}
	return t, nil
}

// plan works out what a table makes, and gives all its faults.
func (s *Store) plan(ctx context.Context, q *db.Q, actor account.Actor, f File, sheets []sheet.Sheet) (rep Report, err error) {
	usual := f.Usual
	if f.Plan != "" {
		p, err := get(ctx, q, f.Plan)
		if err != nil {
			return rep, err
		}
		usual = p.Head
	}
	remembered, err := agency.RememberedMapping(ctx, q, actor, kindOfList)
	if err != nil {
		return rep, err
	}
	t, err := Find(f.Name, sheets, f.Mapping, remembered)
	if err != nil {
		return rep, err
	}
	rep = Report{Sheet: t.Sheet, Header: t.Header, Mapping: t.Mapping, Headings: t.Headings, Unused: t.Unused(), Rows: len(t.Rows)}
	m := &matcher{table: t, actor: actor, file: f}
	for _, w := range Read(t, usual) {
		taken, ok, err := m.match(ctx, q, w)
		if err != nil {
			return rep, err
		}
		if ok {
			rep.Plans = append(rep.Plans, taken)
		}
	}
	return rep, t.Err()
}

// matcher holds the plans of a table against those on record.
type matcher struct {
	table *sheet.Table
	actor account.Actor
	file  File
}

func (m *matcher) match(ctx context.Context, q *db.Q, w Written) (taken Taken, ok bool, err error) {
	report := func(key string, what, remedy fault.Text) { m.table.Report(w.Row, key, what, remedy) }
	if w.Named != "" {
		found, err := placeOf(ctx, q, w.Named, w.Day())
		if err != nil {
			return taken, false, err
		}
		if found == "" {
			report(colPlace, fault.T("No place had the name “%s” on %s.", w.Named, w.Day()), fault.T("Write the name or the code it had on that day."))
			return taken, false, nil
		}
		w.Place = found
	}
	if w.Place == "" {
		report(colPlace, fault.T("Whose plan it is is not said."), fault.T("Add a column for the province or commune, or choose the plan first."))
		return taken, false, nil
	}
	was, err := m.onRecord(ctx, q, w)
	if err != nil {
		return taken, false, err
	}
	if m.file.Plan != "" && (was == nil || was.ID != m.file.Plan) {
		report(colNumber, fault.T("This row is of another plan."), fault.T("Take it out, or import the file without choosing a plan."))
		return taken, false, nil
	}
	taken = merged(was, w)
	if taken.changes() && was != nil && !was.State.Open() {
		report(colCode, fault.T("The plan is %s; its content cannot be changed. Ask for it to be returned, or open a revision.", was.State.Names()), fault.Text{})
		return taken, false, nil
	}
	switch err := m.actor.May(ctx, q, account.WritePlan, taken.plan.subject()); {
	case fault.KindOf(err) == fault.Forbidden && err != nil:
		report(colPlace, fault.T("You may not write the plans of this place."), fault.T("Take its rows out, or ask somebody who may."))
		return taken, false, nil
	case err != nil:
		return taken, false, err
	}
	return taken, true, nil
}

// placeOf gives the id of the place that bore a name or a code on a day: a province by any of its names, a lower one by
// its name with that of the province, "Mỹ Hào (Hưng Yên)"; "" where none or several answer.
func placeOf(ctx context.Context, q *db.Q, name string, on clock.Date) (string, error) {
	code := name
	if p, err := gazetteer.ProvinceByName(name, on); err == nil {
		code = p.Code
	} else if p, ok := lower(name, on); ok {
		code = p.Code
	}
	v, err := place.At(ctx, q, code, on)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return v.Place, err
}

// lower finds a place below the province by name. The districts and communes of before the merger are on record from its
// last year only: an older plan means them as they were then.
func lower(name string, on clock.Date) (gazetteer.Place, bool) {
	if _, code := sheet.ParseWhole(name); code {
		return gazetteer.Place{}, false
	}
	if on.Before(gazetteer.Merger) {
		on = gazetteer.Merger.Add(-1)
	}
	found := gazetteer.Search(strings.NewReplacer("(", " ", ")", " ", ",", " ").Replace(name), on, 2)
	if len(found) == 0 || len(found) > 1 && found[0].Place.Level == found[1].Place.Level {
		return gazetteer.Place{}, false
	}
	return found[0].Place, true
}

// onRecord finds the plan that a table speaks of.
func (m *matcher) onRecord(ctx context.Context, q *db.Q, w Written) (*Plan, error) {
	if w.ID != "" {
		p, err := get(ctx, q, w.ID)
		if err != nil || p.Place == w.Place && p.Year == w.Year && p.Title == w.Title {
			return p, err
		}
	}
	found, err := db.All[string](ctx, q, "SELECT id FROM plan WHERE place = ? AND year = ? AND title = ? AND number = ? ORDER BY id", w.Place, w.Year, w.Title, w.Number)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return get(ctx, q, found[0])
}

// merged gives what a plan becomes by a table.
func merged(was *Plan, w Written) Taken {
	taken := Taken{Line: w.Row.Line, Place: w.Place, Title: w.Title, Year: w.Year, New: was == nil, plan: w.Plan}
	if was == nil {
		taken.Added = len(w.Aims)
		return taken
	}
	p := *was
	p.Aims, p.Bases = slices.Clone(was.Aims), slices.Clone(was.Bases)
	p.Until = max(p.Until, w.Until)
	for _, a := range w.Aims {
		i := slices.IndexFunc(p.Aims, a.same)
		switch {
		case i < 0:
			p.Aims = append(p.Aims, a)
			taken.Added++
		case reflect.DeepEqual(a, p.Aims[i]):
			taken.Same++
		default:
			p.Aims[i] = a
			taken.Changed++
		}
	}
	for _, b := range w.Bases {
		if !slices.ContainsFunc(p.Bases, func(c Basis) bool { return b.Title == c.Title }) {
			p.Bases = append(p.Bases, b)
		}
	}
	taken.ID, taken.Title, taken.Year, taken.plan = p.ID, p.Title, p.Year, p
	return taken
}

// takeIn writes one plan of a table.
func (s *Store) takeIn(ctx context.Context, q *db.Q, actor account.Actor, t *Taken) error {
	if !t.changes() {
		return nil
	}
	if t.New {
		id, err := s.insert(ctx, q, actor, t.plan)
		t.ID = id
		return err
	}
	n, err := q.Exec(ctx, "UPDATE plan SET until = ?, rev = rev + 1 WHERE id = ? AND rev = ?", t.plan.Until, t.ID, t.plan.Rev)
	if err := db.Meanwhile(n, err); err != nil {
		return err
	}
	if err := s.writeContent(ctx, q, &t.plan); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "plan.import", Object: "plan:" + t.ID, Content: []byte(t.Title)})
}
