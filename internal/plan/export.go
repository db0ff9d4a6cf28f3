package plan

import (
	"context"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/sheet"
	"thuoc/internal/target"
)

// Export gives a plan as the sheets of a workbook for sheet.Write: its targets as Import reads them (taken in again they
// change nothing), who answers for what, and how far the plans under it have come. Names are those of the plan's day;
// what was not there then bears the name of today.
func (s *Store) Export(ctx context.Context, actor account.Actor, id string, l lang.Lang) ([]sheet.Sheet, error) {
	below, err := s.Following(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return view(ctx, s.db, func(q *db.Q) ([]sheet.Sheet, error) {
		p, err := read(ctx, q, actor, id)
		if err != nil {
			return nil, err
		}
		x := &exporter{q: q, lang: l, on: p.Day()}
		aims, err := x.aims(ctx, p)
		if err != nil {
			return nil, err
		}
		duties, err := x.duties(ctx, p)
		if err != nil {
			return nil, err
		}
		following, err := x.following(ctx, below)
		return []sheet.Sheet{aims, duties, following}, err
	})
}

type exporter struct {
	q    *db.Q
	lang lang.Lang
	on   clock.Date
}

func (x *exporter) text(t fault.Text) string { return lang.Translate(x.lang, t) }

// aims is the table of targets; cells of numbers are written as Import reads them.
func (x *exporter) aims(ctx context.Context, p *Plan) (sheet.Sheet, error) {
	at, err := x.place(ctx, p.Place)
	if err != nil {
		return sheet.Sheet{}, err
	}
	table := sheet.Template(x.text(fault.T("Targets")), x.lang, Fields)
	for _, a := range p.Aims {
		cells := map[string]string{colPlace: at, colYear: strconv.Itoa(p.Year), colNumber: p.Number, colDated: x.date(p.Signed), colTitle: p.Title,
			colIndex: nameOfFamily(a.Family), colCode: a.Code, colKind: kindNames[a.Kind].In(x.lang), colTarget: a.Cell(), colBaseline: number(a.Baseline),
			colChange: number(a.Change), colMode: a.mode().In(x.lang), colNote: a.Note}
		if a.Year != 0 {
			cells[colTargetYear] = strconv.Itoa(a.Year)
		}
		if p.BaseYear != 0 {
			cells[colBaselineYear] = strconv.Itoa(p.BaseYear)
		}
		row := make([]string, len(Fields))
		for i, f := range Fields {
			row[i] = cells[f.Key]
		}
		table.Rows = append(table.Rows, row)
	}
	return table, nil
}

// Cell writes the target as people and Import read it: "44.13", "≤ 20", "trung bình cao"; "" where there is none.
func (a Aim) Cell() string {
	switch {
	case a.Word != "":
		return a.Word
	case a.Rank != nil:
		return strconv.Itoa(*a.Rank)
	}
	return number(a.Value)
}

// mode gives the word for what becomes of a part.
func (a Aim) mode() lang.Names {
	switch {
	case a.Kind == target.Hold && a.Sorting == "":
		return modeHold
	case a.Sorting == target.Keep:
		return modeKeep
	case a.Sorting == target.Fix:
		return modeFix
	}
	return lang.Names{}
}

// number writes a number with all its digits.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

func (x *exporter) date(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	if x.lang == lang.En {
		return d.String() // Import reads days before months
	}
	return lang.Date(x.lang, d)
}

// place gives the place of a plan, on its day, as Import finds it again: a province by name, any other by code.
func (x *exporter) place(ctx context.Context, id string) (string, error) {
	v, err := place.ByID(ctx, x.q, id, x.on)
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound:
		return id, nil
	case v.Level == gazetteer.ProvinceLevel:
		return v.Full().In(x.lang), err
	}
	return v.Code, err
}

// name gives a place's name on the plan's day.
func (x *exporter) name(ctx context.Context, id string) (string, error) {
	v, err := place.ByID(ctx, x.q, id, x.on)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return id, nil
	}
	return v.Full().In(x.lang), err
}

func (x *exporter) duties(ctx context.Context, p *Plan) (sheet.Sheet, error) {
	s := sheet.Sheet{Name: x.text(fault.T("Duties"))}
	s.Rows = append(s.Rows, []string{x.text(fault.T("Part of the index")), x.text(fault.T("Agency")), x.text(fault.T("Role")),
		x.text(fault.T("What it will do")), x.text(fault.T("Who answers by name")), x.text(fault.T("State")), x.text(fault.T("Why it was returned"))})
	for _, d := range p.Duties {
		name, err := agency.NameOn(ctx, x.q, d.Agency, x.on)
		if err != nil {
			return s, err
		}
		post, err := agency.PostTitle(ctx, x.q, d.Post)
		if err != nil {
			return s, err
		}
		s.Rows = append(s.Rows, []string{d.Code, name, d.Part.Names().In(x.lang), d.Words, post, d.State.Names().In(x.lang), d.Reason})
	}
	return s, nil
}

func (x *exporter) following(ctx context.Context, below []Head) (sheet.Sheet, error) {
	s := sheet.Sheet{Name: x.text(fault.T("Plans under it"))}
	s.Rows = append(s.Rows, []string{x.text(fault.T("Place or agency")), x.text(fault.T("State")), x.text(fault.T("Document number")), x.text(fault.T("Date of the document"))})
	for _, h := range below {
		name, err := x.name(ctx, h.Place)
		if err != nil {
			return s, err
		}
		s.Rows = append(s.Rows, []string{name, h.State.Names().In(x.lang), h.Number, x.date(h.Signed)})
	}
	return s, nil
}
