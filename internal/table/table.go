// Package table reads the CSV files people make and writes the tables people and programs read.
//
// It promises that a file is read strictly and judged whole: every fault comes at once, with file, line, column and
// remedy, and a faulty file yields nothing. It reads what Vietnamese Excel writes (byte-order mark, semicolons, decimal
// comma). It promises that machine output (CSV, JSON) is the same in every language, and that a table for people is
// aligned by what the eye sees. Pure: it takes readers and writers, never a path.
package table

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

// maxListed bounds the faults that are listed one by one; the rest are counted.
const maxListed = 100

// Kind says what the cells of a column hold.
type Kind uint8

// The kinds of column.
const (
	Text    Kind = iota // any text, spaces around it dropped
	Number              // a decimal number
	Integer             // a whole number of at most 15 digits, not negative
)

// Column is a column that a reader asks for. Its name is matched without regard to case.
type Column struct {
	Name     string
	Kind     Kind
	Optional bool // the column may be absent, and a cell of it empty
}

// Row is one row of a table, its cells in the order of the columns asked for, not of the file.
type Row struct {
	Line int       // 1-based line of the file on which the row begins
	Text []string  // the cells; "" where empty or absent
	Num  []float64 // the cells of numeric columns; NaN where empty, absent or faulty, and in text columns
}

// Table is a file read against its columns. Rows that lack cells or hold letters that cannot be read are left out;
// a row with any other faulty cell stays, so that the caller's own checks see it and all faults of the file come
// together.
type Table struct {
	File    string // as the person named it
	Columns []Column
	Rows    []Row

	cells  []int // place of each column in the file, 0-based; -1 when absent
	faults []fault.Item
	more   int
}

// Has tells whether the file has the i-th column.
func (t *Table) Has(i int) bool { return t.cells[i] >= 0 }

// Report adds a fault of the i-th column of a row to those the reader found.
func (t *Table) Report(r Row, i int, what, remedy fault.Text) {
	t.add(fault.Item{Line: r.Line, Column: t.cells[i] + 1, Field: t.Columns[i].Name, What: what, Remedy: remedy})
}

// Unique reports every row whose cells in the given columns repeat those of an earlier row. Texts are compared as they
// stand, so the caller brings names to codes first.
func (t *Table) Unique(columns ...int) {
	first := map[string]int{}
	var names []string
	for _, i := range columns {
		names = append(names, t.Columns[i].Name)
	}
	for _, r := range t.Rows {
		var key strings.Builder
		for _, i := range columns {
			fmt.Fprintf(&key, "%q", r.Text[i])
		}
		if line, seen := first[key.String()]; seen {
			t.Report(r, columns[0], fault.T("The same %s as on line %d.", strings.Join(names, ", "), line),
				fault.T("Keep one of the two rows."))
			continue
		}
		first[key.String()] = r.Line
	}
}

// Err gives all faults of the file as one error in the order of the file, or nil. Beyond a hundred, the rest are
// counted in a last line.
func (t *Table) Err() error {
	slices.SortStableFunc(t.faults, func(a, b fault.Item) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	items := t.faults
	if t.more > 0 {
		items = append(items, fault.Item{File: t.File, What: fault.T("… and %d more faults.", t.more)})
	}
	return fault.Batch(items)
}

func (t *Table) add(it fault.Item) {
	if len(t.faults) == maxListed {
		t.more++
		return
	}
	it.File = t.File
	t.faults = append(t.faults, it)
}

// newRow gives an empty row.
func (t *Table) newRow(line int) Row {
	r := Row{Line: line, Text: make([]string, len(t.Columns)), Num: make([]float64, len(t.Columns))}
	for i := range r.Num {
		r.Num[i] = math.NaN()
	}
	return r
}
