package plan

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/sheet"
	"thuoc/internal/target"
)

// Written is a plan as a table of targets has it: the place in words, and the targets with the rows they stand in.
type Written struct {
	Plan
	Row   sheet.Row   // the first that speaks of it
	Named string      // the place in the table's words; "" where the table names none
	Rows  []sheet.Row // of the targets, one each
}

// Day is the day of which a plan speaks: that of its paper, or the first of its year. What it names is looked up there.
func (h *Head) Day() clock.Date {
	if !h.Signed.IsZero() {
		return h.Signed
	}
	return clock.Date{Year: h.Year, Month: 1, Day: 1}
}

// Read reads the plans of a table: rows of the same place, year and paper are one plan. What a row does not say is taken
// from usual, the plan the table is meant for. Faults are reported to the table. A table that is only the targets of one
// plan, without place and year, gives that plan. It asks no database.
func Read(t *sheet.Table, usual Head) []Written {
	r := &reader{table: t, usual: usual, at: map[string]int{}, definitions: map[string]*score.Definition{}}
	for _, row := range t.Rows {
		r.row(row)
	}
	return r.plans
}

type reader struct {
	table       *sheet.Table
	usual       Head
	plans       []Written
	at          map[string]int // of a plan, by place, year and paper
	definitions map[string]*score.Definition
}

// row takes one row in.
func (r *reader) row(row sheet.Row) {
	w, ok := r.head(row)
	a, ok2 := r.aim(row, w)
	if !ok || !ok2 {
		return
	}
	key := strings.Join([]string{lang.Fold(w.Named), w.Number, w.Signed.String(), w.Title}, "\x00")
	if w.Number == "" {
		key += strconv.Itoa(w.Year) // a paper is one plan, whatever years its targets are of
	}
	i, there := r.at[key]
	if !there {
		i = len(r.plans)
		r.at[key] = i
		r.plans = append(r.plans, *w)
	}
	p := &r.plans[i]
	if j := slices.IndexFunc(p.Aims, a.same); j >= 0 {
		r.table.Report(row, colTarget, fault.T("Line %d states the same target.", p.Rows[j].Line), fault.T("Keep one of the two rows."))
		return
	}
	p.Aims, p.Rows = append(p.Aims, a), append(p.Rows, row)
	p.Year, p.Until = min(p.Year, w.Year), max(p.Until, w.Until, a.Year)
	p.BaseYear = cmp.Or(p.BaseYear, w.BaseYear)
	if source := r.table.Text(row, colSource); source != "" && !slices.ContainsFunc(p.Bases, func(b Basis) bool { return b.Title == source }) {
		p.Bases = append(p.Bases, Basis{Title: source})
	}
}

// same tells whether two lines state a target for the same thing.
func (a Aim) same(b Aim) bool {
	return a.Family == b.Family && a.Code == b.Code && a.Kind == b.Kind && a.Year == b.Year
}

// term finds the years of a term: "2021-2026".
var term = regexp.MustCompile(`\b(20\d\d)\s*[-–]\s*(20\d\d)\b`)

// head reads what a row says of its plan.
func (r *reader) head(row sheet.Row) (*Written, bool) {
	t := r.table
	w := &Written{Plan: Plan{Head: r.usual}, Row: row, Named: t.Text(row, colPlace)}
	year, ok := r.year(row, colYear)
	targetYear, ok2 := r.year(row, colTargetYear)
	baseYear, ok3 := r.year(row, colBaselineYear)
	w.Year = cmp.Or(year, w.Year, targetYear)
	w.Until = max(w.Until, w.Year, targetYear)
	if relative, err := strconv.Atoi(t.Text(row, colRelative)); err == nil && relative < w.Year {
		baseYear = cmp.Or(baseYear, relative)
	}
	w.BaseYear = cmp.Or(w.BaseYear, baseYear)
	w.Number = cmp.Or(t.Text(row, colNumber), w.Number)
	dated, _ := t.Date(row, colDated)
	if !dated.IsZero() {
		w.Signed = dated
	}
	if w.Year == 0 && ok && ok2 && ok3 {
		t.Report(row, colYear, fault.T("Of which year the plan is is not said."), fault.T("Add a column for the year of the plan, or choose the plan first."))
		ok = false
	}
	w.Kind = cmp.Or(w.Kind, kindOf(w.Number))
	w.Title = cmp.Or(t.Text(row, colTitle), w.Title, w.Number, strings.TrimSpace("PAPI "+strconv.Itoa(w.Year)))
	return w, ok && ok2 && ok3
}

// year reads a year in four digits; an empty cell is 0.
func (r *reader) year(row sheet.Row, key string) (int, bool) {
	cell := r.table.Text(row, key)
	y, err := strconv.Atoi(cell)
	if cell == "" || err == nil && y >= 2000 && y <= 2100 {
		return y, true
	}
	r.table.Report(row, key, fault.T("“%s” is not a year.", cell), fault.T("Write the year in four digits."))
	return 0, false
}

// kindOf tells by its number what kind of paper a plan is.
func kindOf(number string) Kind {
	switch upper := strings.ToUpper(number); {
	case strings.Contains(upper, "QĐ-"):
		return Decision
	case strings.Contains(upper, "CTR"):
		return Programme
	case strings.Contains(upper, "CT-"):
		return Directive
	case strings.Contains(upper, "/UBND-"):
		return Dispatch
	}
	return Scheme
}

// aim reads the target of a row.
func (r *reader) aim(row sheet.Row, w *Written) (Aim, bool) {
	t := r.table
	family, code, ok := r.node(row, w)
	a := Aim{Family: family, Code: code, Note: t.Text(row, colNote)}
	a.Year, _ = strconv.Atoi(cmp.Or(t.Text(row, colTargetYear), t.Text(row, colYear)))
	if relative := t.Text(row, colRelative); relative != "" {
		if m := term.FindStringSubmatch(relative); m != nil {
			a.Year, _ = strconv.Atoi(m[2])
		}
		if _, err := strconv.Atoi(relative); err != nil {
			a.Note = strings.Trim(relative+"; "+a.Note, "; ")
		}
	}
	mode, known := modeWords[lang.Fold(t.Text(row, colMode))]
	if !known {
		t.Report(row, colMode, fault.T("“%s” does not say what becomes of this part.", t.Text(row, colMode)), fault.T("Write keep, fix, hold or raise, or leave it empty."))
	}
	a.Sorting = mode.sorting
	baseline, ok2 := r.number(row, colBaseline)
	change, ok3 := r.number(row, colChange)
	a.Baseline, a.Change = baseline, change
	if a.Baseline == nil {
		a.Baseline = noted(a.Note, w.BaseYear)
	}
	return a, r.goal(row, mode, &a) && ok && ok2 && ok3 && known
}

// noted finds the result of the base year in a note that begins with it: "2020 = 74.12, first of 10".
func noted(note string, year int) *float64 {
	rest, ok := strings.CutPrefix(note, strconv.Itoa(year)+" = ")
	if !ok || year == 0 {
		return nil
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(rest)
	}
	if v, ok := sheet.ParseNumber(strings.TrimRight(rest[:end], ".")); ok {
		return &v
	}
	return nil
}

// number reads a number that may bear a sign; an empty cell is nil.
func (r *reader) number(row sheet.Row, key string) (*float64, bool) {
	cell := r.table.Text(row, key)
	if cell == "" {
		return nil, true
	}
	v, ok := parseSigned(cell)
	if !ok {
		r.table.Report(row, key, fault.T("“%s” is not a number.", cell), fault.T("Write 4.57, 4,57 or +0.26, without words."))
		return nil, false
	}
	return &v, true
}

// goal reads what is aimed at.
func (r *reader) goal(row sheet.Row, mode modeOf, a *Aim) bool {
	t, cell := r.table, r.table.Text(row, colTarget)
	kind, ok := target.Kind(""), true
	stated := t.Text(row, colKind)
	if stated != "" {
		if kind, ok = parseKind(stated); !ok {
			t.Report(row, colKind, fault.T("“%s” is no kind of target.", stated), fault.T("Write points, change, hold, rank, ranks gained or group."))
			return false
		}
	}
	number, isNumber := amountOf(cell, t.Text(row, colOp), t.Text(row, colUnit))
	switch {
	case mode.hold:
		kind = target.Hold
	case stated != "":
	case cell == "" && a.Change != nil && a.Sorting == "":
		kind, a.Value, a.Change = target.Change, a.Change, nil
	case cell != "" && isNumber:
		kind = target.Points
	case cell != "":
		kind = target.Group
	}
	a.Kind = kind
	switch kind {
	case target.Group:
		a.Word = cell
		return r.given(row, cell != "")
	case target.Rank, target.Gain:
		n, err := strconv.Atoi(number.number)
		if err != nil || n < 1 {
			return r.given(row, false)
		}
		a.Rank, a.Word = &n, number.words(kind)
	case target.Points, target.Change, target.Hold:
		if cell == "" && (kind == target.Hold || a.Value != nil) {
			return true
		}
		v, ok := parseSigned(number.number)
		if !ok {
			return r.given(row, false)
		}
		a.Value, a.Word = &v, number.words(kind)
	}
	return true
}

// given reports a target that is not there or cannot be read.
func (r *reader) given(row sheet.Row, ok bool) bool {
	if !ok {
		r.table.Report(row, colTarget, fault.T("“%s” is no target of this kind.", r.table.Text(row, colTarget)), fault.T("Write the points, the rank, the number of ranks or the group."))
	}
	return ok
}

// node finds which part of which index a row speaks of: by code, by its name, or the whole of the index it names.
func (r *reader) node(row sheet.Row, w *Written) (family, code string, ok bool) {
	t := r.table
	index, code, content := t.Text(row, colIndex), t.Text(row, colCode), t.Text(row, colContent)
	if index == "" && code == "" && content == "" {
		t.Report(row, colCode, fault.T("The row does not say which part of an index it speaks of."), fault.T("Write a code such as D5, or the name of the index."))
		return "", "", false
	}
	family = "papi"
	if index != "" {
		family = familyOf(index)
	}
	d := r.definition(family, cmp.Or(w.BaseYear, w.Year))
	switch {
	case d == nil:
		return family, cmp.Or(code, content, index), true
	case code != "":
		if n := d.Node(strings.ToUpper(code)); n != nil {
			return family, n.Code, true
		}
		if n := d.Node(code); n != nil {
			return family, n.Code, true
		}
	case content != "":
		for n := range d.Nodes() {
			if f := lang.Fold(content); f == lang.Fold(n.Names.VI) || f == lang.Fold(n.Names.EN) {
				return family, n.Code, true
			}
		}
	default:
		return family, d.Root.Code, true
	}
	key := colCode
	if code == "" {
		key = colContent
	}
	t.Report(row, key, fault.T("“%s” is no part of %s.", cmp.Or(code, content), d.ID), fault.T("Write a code of this index, such as %s.", d.Root.Parts[0].Code))
	return family, code, false
}

// definition gives the definition of a family for a year, or the newest one; nil for an index that is not known.
func (r *reader) definition(family string, year int) *score.Definition {
	key := family + strconv.Itoa(year)
	if d, known := r.definitions[key]; known {
		return d
	}
	entry, ok := score.InForce(family, year)
	for _, e := range score.Shipped() {
		if !ok && e.Family == family && (entry.ID == "" || e.First > entry.First) {
			entry = e
		}
	}
	var d *score.Definition
	if entry.ID != "" {
		d, _ = score.Open(entry.ID) // what is shipped opens: the tests of score open all of it
	}
	r.definitions[key] = d
	return d
}
