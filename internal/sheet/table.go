package sheet

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// headWithin is how far down a header is looked for, under a title, a date and a name of an office.
const headWithin = 30

// maxListed bounds the faults that are listed one by one; the rest are counted.
const maxListed = 100

// Field is a column that an import asks for.
type Field struct {
	Key    string     // names it in a Mapping and to the program: "name"
	Head   lang.Names // its heading in a template
	Also   []string   // other headings that mean it; compared folded, as Head is
	Needed bool       // the column must be there, and none of its cells empty
}

// heads gives the folded headings that mean the field.
func (f Field) heads() []string {
	all := []string{headFold(f.Head.VI), headFold(f.Head.EN)}
	for _, s := range f.Also {
		all = append(all, headFold(s))
	}
	return all
}

// headFold is the form in which headings are compared: without marks of the language and of “needed”, and without a
// note in brackets behind the name.
func headFold(s string) string {
	folded := lang.Fold(s)
	if i := strings.IndexByte(folded, '('); i > 0 {
		folded = folded[:i]
	}
	return strings.Trim(folded, " *:.")
}

// Mapping says which heading of a file holds a field, by the field's key: what somebody chose, or what was found. An
// empty heading leaves the column out. It holds no numbers of columns, so that it fits the next file of the same make.
type Mapping map[string]string

// Row is a row below the header.
type Row struct {
	Line  int
	cells []string
}

// Table is a list found in a file: its header was recognised, and its rows stand below.
type Table struct {
	File     string
	Sheet    string   // of a workbook
	Header   int      // line of the header
	Headings []string // as they stand in the file; "" for a column without one
	Mapping  Mapping  // the heading of each field that was found
	Rows     []Row

	fields []Field
	column map[string]int // 0-based, by key
	faults []fault.Item
	more   int
}

// Find finds the list among the sheets of a file: the sheet and the line whose cells name the most fields. What a
// mapping says of a field goes before the field's own names. The error says which columns are missing; rows without a
// needed cell and cells that hold an error of the spreadsheet are faults in [Table.Err].
func Find(file string, sheets []Sheet, fields []Field, chosen Mapping) (*Table, error) {
	t := &Table{File: file, fields: fields, Mapping: Mapping{}}
	var best *Sheet
	most, header := 0, 0
	for i := range sheets {
		s := &sheets[i]
		for j, cells := range s.Rows[:min(len(s.Rows), headWithin)] {
			if n := len(t.match(cells, chosen)); n > most {
				best, most, header = s, n, j
			}
		}
	}
	if best == nil {
		return nil, refuse(file, fault.T("No row names the columns of the list."),
			fault.T("Begin with a row of headings. The columns are: %s.", t.names()))
	}
	t.Sheet, t.Header, t.Headings = best.Name, best.line(header), best.Rows[header]
	t.column = t.match(t.Headings, chosen)
	t.takeHeader(chosen)
	if err := t.Err(); err != nil {
		return nil, err
	}
	for i, cells := range best.Rows[header+1:] {
		t.Rows = append(t.Rows, Row{Line: best.line(header + 1 + i), cells: cells})
	}
	if len(t.Rows) == 0 {
		t.add(fault.Item{Line: t.Header, What: fault.T("There is no row below the header."), Remedy: fault.T("Send the file with its rows.")})
	}
	for _, r := range t.Rows {
		t.check(r)
	}
	return t, nil
}

// match gives the column of each field whose heading is among the cells.
func (t *Table) match(cells []string, chosen Mapping) map[string]int {
	found := map[string]int{}
	folded := make([]string, len(cells))
	for i, c := range cells {
		folded[i] = headFold(c)
	}
	for _, f := range t.fields {
		heads := f.heads()
		if heading, ok := chosen[f.Key]; ok {
			heads = []string{headFold(heading)}
		}
		for _, h := range heads {
			if i := slices.Index(folded, h); h != "" && i >= 0 {
				found[f.Key] = i
				break
			}
		}
	}
	return found
}

// takeHeader notes the mapping and reports headings that are missing or stand twice.
func (t *Table) takeHeader(chosen Mapping) {
	for _, f := range t.fields {
		i, ok := t.column[f.Key]
		if !ok {
			if heading := chosen[f.Key]; heading != "" || f.Needed {
				t.add(fault.Item{Line: t.Header, Field: cmp.Or(heading, f.Head.VI), What: fault.T("This column is missing."),
					Remedy: fault.T("Add it to the header, or say which column holds it. The file has: %s.", strings.Join(t.headings(), ", "))})
			}
			continue
		}
		t.Mapping[f.Key] = t.Headings[i]
		again := slices.IndexFunc(t.Headings[i+1:], func(h string) bool { return headFold(h) == headFold(t.Headings[i]) })
		if again >= 0 {
			t.add(fault.Item{Line: t.Header, Column: i + 2 + again, Field: t.Headings[i],
				What: fault.T("This column stands there twice."), Remedy: fault.T("Keep one of the two columns.")})
		}
	}
}

// headings gives the headings of the file without empty ones.
func (t *Table) headings() []string {
	return slices.DeleteFunc(slices.Clone(t.Headings), func(h string) bool { return h == "" })
}

// names lists the fields' headings.
func (t *Table) names() string {
	var all []string
	for _, f := range t.fields {
		all = append(all, f.Head.VI)
	}
	return strings.Join(all, ", ")
}

// Unused gives the headings of the file that no field took, so that people see what is not read.
func (t *Table) Unused() []string {
	var all []string
	for _, h := range t.headings() {
		used := false
		for _, m := range t.Mapping {
			used = used || m == h
		}
		if !used {
			all = append(all, h)
		}
	}
	return all
}

// spreadsheetError is what a cell shows whose formula cannot be worked out.
var spreadsheetError = regexp.MustCompile(`^#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)$`)

// check reports cells that are needed and empty, and errors of the spreadsheet.
func (t *Table) check(r Row) {
	for _, f := range t.fields {
		switch cell := t.Text(r, f.Key); {
		case cell == "" && f.Needed:
			t.Report(r, f.Key, fault.T("The cell is empty."), fault.T("Fill it in, or remove the row."))
		case cell != "" && cell[0] == '#' && spreadsheetError.MatchString(cell):
			t.Report(r, f.Key, fault.T("The cell shows the error %s of a formula.", cell), fault.T("Mend the formula, or type the value."))
		}
	}
}

// Has tells whether the file has the field.
func (t *Table) Has(key string) bool { _, ok := t.column[key]; return ok }

// Text gives a cell as it stands; "" where the file has no such column.
func (t *Table) Text(r Row, key string) string {
	if i, ok := t.column[key]; ok && i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

// Date gives the date of a cell, and reports one that is none. An empty cell is the zero date.
func (t *Table) Date(r Row, key string) (clock.Date, bool) {
	return value(t, r, key, ParseDate, fault.T("“%s” is not a date.", clip(t.Text(r, key))),
		fault.T("Write day/month/year, such as 01/03/2025."))
}

// Whole gives the whole number of a cell, and reports one that is none. An empty cell is 0.
func (t *Table) Whole(r Row, key string) (int64, bool) {
	return value(t, r, key, ParseWhole, fault.T("“%s” is not a whole number.", clip(t.Text(r, key))),
		fault.T("Write a whole number, such as 240."))
}

// Number gives the number of a cell, and reports one that is none. An empty cell is 0.
func (t *Table) Number(r Row, key string) (float64, bool) {
	return value(t, r, key, ParseNumber, fault.T("“%s” is not a number.", clip(t.Text(r, key))),
		fault.T("Write 1234.56 or 1234,56, without marks between thousands."))
}

// value reads a cell by a reader of values. It says false when the cell is empty or was reported.
func value[T any](t *Table, r Row, key string, parse func(string) (T, bool), what, remedy fault.Text) (v T, ok bool) {
	cell := t.Text(r, key)
	if cell == "" || spreadsheetError.MatchString(cell) {
		return v, false
	}
	if v, ok = parse(cell); !ok {
		t.Report(r, key, what, remedy)
	}
	return v, ok
}

// clip shortens a cell that is quoted in a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Report adds a fault of a field of a row.
func (t *Table) Report(r Row, key string, what, remedy fault.Text) {
	it := fault.Item{Line: r.Line, What: what, Remedy: remedy}
	if i, ok := t.column[key]; ok {
		it.Column, it.Field = i+1, t.Headings[i]
	} else if j := slices.IndexFunc(t.fields, func(f Field) bool { return f.Key == key }); j >= 0 {
		it.Field = t.fields[j].Head.VI
	}
	t.add(it)
}

func (t *Table) add(it fault.Item) {
	if len(t.faults) == maxListed {
		t.more++
		return
	}
	it.File, it.Sheet = t.File, t.Sheet
	t.faults = append(t.faults, it)
}

// Err gives all faults found and reported as one error in the order of the file, or nil. Beyond a hundred, the rest
// are counted in a last line.
func (t *Table) Err() error {
	slices.SortStableFunc(t.faults, func(a, b fault.Item) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	items := slices.Clone(t.faults)
	if t.more > 0 {
		items = append(items, fault.Item{File: t.File, Sheet: t.Sheet, What: fault.T("… and %d more faults.", t.more)})
	}
	return fault.Batch(items)
}
