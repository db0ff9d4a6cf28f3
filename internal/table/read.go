package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"thuoc/internal/fault"
)

// maxBytes bounds a file made by people: a hundred times the largest such table in use.
const maxBytes = 64 << 20

// Read reads a CSV file against the columns asked for. The first line holds the names; the separator is whichever of
// comma, semicolon and tab that line has more of, or the one a first line "sep=;" names. Blank rows are passed over.
//
// The decimal sign is the point. In a file separated by semicolons, as Vietnamese Excel writes it, a decimal comma is
// read too, but not both signs in one file, and thousands are never grouped: "1.234" could be either number, and a
// guess would be silent.
//
// The error is of reading itself, or that the file is too large; the faults of the content stand in [Table.Err].
func Read(r io.Reader, file string, columns ...Column) (*Table, error) {
	data, err := readAll(r, file)
	if err != nil {
		return nil, err
	}
	t := &Table{File: file, Columns: columns, cells: make([]int, len(columns))}
	t.parse(data)
	return t, nil
}

// Record is one row of a file read without columns: the line on which it begins and its cells as they stand, spaces
// around them dropped.
type Record struct {
	Line  int
	Cells []string
}

// ReadRecords reads a CSV file as Read does, except that no columns are asked for: the header may stand below a title,
// and rows may have fewer or more cells than it. The error is of reading, or the faults of the file.
func ReadRecords(r io.Reader, file string) ([]Record, error) {
	data, err := readAll(r, file)
	if err != nil {
		return nil, err
	}
	t := &Table{File: file}
	p, ok := t.parser(data)
	if !ok {
		return nil, t.Err()
	}
	var all []Record
	for {
		cells, line, ok := p.next()
		if !ok {
			return all, t.Err()
		}
		all = append(all, Record{Line: line, Cells: cells})
	}
}

func readAll(r io.Reader, file string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(data) > maxBytes {
		return nil, fault.New(fault.TooLarge, "%s is over %d MB.", file, maxBytes>>20)
	}
	return data, nil
}

// parser begins to walk the records of a file, unless it is no text.
func (t *Table) parser(data []byte) (*parser, bool) {
	data, ok := t.text(data)
	if !ok {
		return nil, false
	}
	data, separator, skipped := separatorOf(data)
	cr := csv.NewReader(bytes.NewReader(data))
	cr.Comma = separator
	cr.FieldsPerRecord = -1
	return &parser{Table: t, csv: cr, data: data, skipped: skipped}, true
}

func (t *Table) parse(data []byte) {
	p, ok := t.parser(data)
	if !ok {
		return
	}
	header, line, ok := p.next()
	if !ok {
		if len(t.faults) == 0 {
			t.add(fault.Item{What: fault.T("The file is empty."), Remedy: fault.T("Export the table again, with its header.")})
		}
		return
	}
	p.header(header, line)
	for {
		cells, line, ok := p.next()
		if !ok {
			break
		}
		p.row(cells, line)
	}
	if len(t.Rows) == 0 && len(t.faults) == 0 {
		t.add(fault.Item{Line: line, What: fault.T("There is no row below the header."),
			Remedy: fault.T("Export the table again, with its rows.")})
	}
	p.numbers()
	t.Rows = slices.DeleteFunc(t.Rows, Row.garbled)
}

// garbled tells whether a row held bytes that are not UTF-8: its names cannot be looked up, and that they are not found
// is no further fault.
func (r Row) garbled() bool {
	return slices.ContainsFunc(r.Text, func(s string) bool { return strings.ContainsRune(s, utf8.RuneError) })
}

// text takes the byte-order mark off and checks that the bytes are UTF-8. A file in another Unicode form holds no
// table for us; one with stray bytes is read on, so that its other faults show too.
func (t *Table) text(data []byte) ([]byte, bool) {
	utf8Remedy := fault.T("In Excel, save it as “CSV UTF-8 (Comma delimited)”.")
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		t.add(fault.Item{Line: 1, Column: 1, What: fault.T("The file is UTF-16, not UTF-8."), Remedy: utf8Remedy})
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if i := invalidUTF8(data); i >= 0 {
		before := data[:i]
		start := bytes.LastIndexByte(before, '\n') + 1
		t.add(fault.Item{
			Line:   bytes.Count(before, []byte("\n")) + 1,
			Column: utf8.RuneCount(data[start:i]) + 1,
			What:   fault.T("The byte 0x%X is not UTF-8 (the first of %d lines).", data[i], invalidLines(data)),
			Remedy: utf8Remedy,
		})
		data = bytes.ToValidUTF8(data, []byte("\ufffd"))
	}
	return data, true
}

// invalidUTF8 gives the place of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

func invalidLines(data []byte) int {
	n := 0
	for line := range bytes.Lines(data) {
		if !utf8.Valid(line) {
			n++
		}
	}
	return n
}

// separatorOf finds the separator, and takes away a first line "sep=;" (Excel's), telling how many lines it took.
func separatorOf(data []byte) (rest []byte, separator rune, skipped int) {
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	if s, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "sep="); ok && (s == ";" || s == ",") {
		return rest, rune(s[0]), 1
	}
	quoted := false
	var count [3]int // of separators
	for _, b := range bytes.TrimLeft(data, "\r\n") {
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\n' && !quoted:
			return data, oftenest(count), 0
		case !quoted:
			if i := strings.IndexByte(separators, b); i >= 0 {
				count[i]++
			}
		}
	}
	return data, oftenest(count), 0
}

// separators are the signs that may stand between cells. Among equals the first is taken, but a tab before any, since
// no name holds one.
const separators = ",;\t"

func oftenest(count [3]int) rune {
	best := 0
	for i, n := range count {
		if n > count[best] || separators[i] == '\t' && n > 0 && n == count[best] {
			best = i
		}
	}
	return rune(separators[best])
}

// parser walks the records of one file.
type parser struct {
	*Table
	csv     *csv.Reader
	data    []byte
	skipped int   // lines taken away before data begins
	start   int64 // where the record last read begins in data
	width   int   // cells of the header
}

// atEnd tells whether the record last read was the last of the file.
func (p *parser) atEnd() bool { return p.csv.InputOffset() >= int64(len(p.data)) }

// next gives the next record that is not blank and the line it begins on. A broken record is reported and passed over.
func (p *parser) next() (cells []string, line int, ok bool) {
	for {
		p.start = p.csv.InputOffset()
		cells, err := p.csv.Read()
		if err == io.EOF {
			return nil, 0, false
		}
		if bad, is := errors.AsType[*csv.ParseError](err); is {
			p.broken(bad)
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if slices.ContainsFunc(cells, func(c string) bool { return c != "" }) {
			line, _ := p.csv.FieldPos(0)
			return cells, line + p.skipped, true
		}
	}
}

func (p *parser) broken(e *csv.ParseError) {
	it := fault.Item{Line: e.StartLine + p.skipped,
		What:   fault.T("A quotation mark stands inside a cell."),
		Remedy: fault.T("Put the whole cell in quotation marks and double those inside it.")}
	if p.atEnd() && bytes.Count(p.data[p.start:], []byte(`"`))%2 == 1 {
		it.What = fault.T("A quotation mark is opened and never closed; the rest of the file cannot be read.")
		it.Remedy = fault.T("Close the quotation mark, or export the file again if it was cut off.")
	}
	p.add(it)
}

// header finds each column asked for among the names of the first line.
func (p *parser) header(names []string, line int) {
	p.width = len(names)
	for i := range p.cells {
		p.cells[i] = -1
	}
	for cell, name := range names {
		i := slices.IndexFunc(p.Columns, func(c Column) bool { return strings.EqualFold(c.Name, name) })
		switch {
		case i < 0 && name != "":
			p.add(fault.Item{Line: line, Column: cell + 1, Field: name, What: fault.T("This column is not known."),
				Remedy: fault.T("Rename it to one of: %s; or remove it.", p.names())})
		case i >= 0 && p.cells[i] >= 0:
			p.add(fault.Item{Line: line, Column: cell + 1, Field: name, What: fault.T("This column stands there twice."),
				Remedy: fault.T("Keep one of the two columns.")})
		case i >= 0:
			p.cells[i] = cell
		}
	}
	for i, c := range p.Columns {
		if p.cells[i] < 0 && !c.Optional {
			p.add(fault.Item{Line: line, Field: c.Name, What: fault.T("This column is missing."),
				Remedy: fault.T("Add a column with this name to the header. The columns are: %s.", p.names())})
		}
	}
}

func (p *parser) names() string {
	var names []string
	for _, c := range p.Columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// row takes a record in, or reports that it has not the cells of the header. A short last record without a line end
// is what a cut-off file looks like.
func (p *parser) row(cells []string, line int) {
	extra := len(cells) > p.width && !slices.ContainsFunc(cells[p.width:], func(c string) bool { return c != "" })
	switch {
	case len(cells) == p.width || extra:
	case len(cells) < p.width && p.atEnd() && !bytes.HasSuffix(p.data, []byte("\n")):
		p.add(fault.Item{Line: line, Column: len(cells),
			What:   fault.T("The file ends inside a row: %d of %d cells. It was cut off.", len(cells), p.width),
			Remedy: fault.T("Copy or export the file again.")})
		return
	default:
		p.add(fault.Item{Line: line, Column: min(len(cells), p.width+1),
			What:   fault.T("The row has %d cells, the header has %d.", len(cells), p.width),
			Remedy: fault.T("Give every row the cells of the header; put a cell that holds “%c” in quotation marks.", p.csv.Comma)})
		return
	}
	r := p.newRow(line)
	for i, cell := range p.cells {
		if cell < 0 {
			continue
		}
		r.Text[i] = cells[cell]
		if r.Text[i] == "" && !p.Columns[i].Optional {
			p.Report(r, i, fault.T("The cell is empty."), fault.T("Fill it in, or remove the row."))
		}
	}
	p.Rows = append(p.Rows, r)
}
