// Package sheet reads the workbooks and CSV files that offices keep their lists in, and writes lists as workbooks.
//
// It promises that a file is told by what is in it and not by its name, and that one that cannot be read (encrypted,
// with macros, of an old format, damaged, swollen) is refused in words that say what to do; that reading takes bounded
// memory whatever the file holds; that cells come as people see them: dates as day/month/year, numbers with every digit
// and a point, codes with their leading zeros, formulas by their values; that the header is found by names in either
// language, wherever it stands; that every fault is reported with file, sheet and cell; and that no text it writes is
// taken for a formula. Pure: it takes readers and writers, never a path.
package sheet

import (
	"bytes"
	"fmt"
	"io"

	"thuoc/internal/fault"
	"thuoc/internal/table"
)

// Bounds of a file, about ten times the largest list in use: the 14,149 places of the country.
const (
	maxBytes    = 16 << 20  // of the file as it was sent
	maxUnpacked = 128 << 20 // of all parts of a workbook
	maxParts    = 4096      // of a workbook
	maxMarks    = 2 << 20   // of markup outside the cells, each of which takes memory
	maxText     = 64 << 20  // of all cells
	maxRows     = 50_000
	maxColumns  = 256
	maxCell     = 32_767 // Excel's own
)

// Sheet is a table of texts.
type Sheet struct {
	Name  string // "" for a CSV file
	Rows  [][]string
	Lines []int // the line of the file each row stands on, 1-based; nil where rows follow each other from line 1
}

// line gives the line of the i-th row.
func (s *Sheet) line(i int) int {
	if s.Lines == nil {
		return i + 1
	}
	return s.Lines[i]
}

// add takes a row in unless it is blank.
func (s *Sheet) add(line int, cells []string) {
	for i := range cells {
		cells[i] = plain(cells[i])
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > 0 {
		s.Rows, s.Lines = append(s.Rows, cells), append(s.Lines, line)
	}
}

// Read reads every visible sheet of a workbook, or a CSV file as one sheet without a name; blank rows are passed over.
// The error is of reading itself, or a fault that says what is wrong with the file.
func Read(r io.Reader, file string) ([]Sheet, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(data) > maxBytes {
		return nil, fault.New(fault.TooLarge, "%s is over %d MB.", file, maxBytes>>20)
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK")):
		return readWorkbook(data, file)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, compound(data, file)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
	case bytes.IndexByte(data, 0) >= 0, bytes.HasPrefix(data, []byte("%PDF-")):
		return nil, strange(file)
	}
	return readCSV(data, file)
}

// readCSV reads a CSV file by the strict reader of package table.
func readCSV(data []byte, file string) ([]Sheet, error) {
	records, err := table.ReadRecords(bytes.NewReader(data), file)
	if err != nil {
		return nil, err
	}
	var s Sheet
	for _, rec := range records {
		if err := bounded(file, "", len(s.Rows), rec.Line, rec.Cells); err != nil {
			return nil, err
		}
		s.add(rec.Line, rec.Cells)
	}
	if len(s.Rows) == 0 {
		return nil, refuse(file, fault.T("The file is empty."), fault.T("Send the file with its rows."))
	}
	return []Sheet{s}, nil
}

// bounded refuses a row that is beyond what a list has.
func bounded(file, sheet string, rows, line int, cells []string) error {
	at := fault.Item{File: file, Sheet: sheet, Line: line}
	switch {
	case rows >= maxRows:
		at.What = fault.T("The sheet has over %d rows.", maxRows)
		at.Remedy = fault.T("Divide it into several files.")
		return tooLarge(at)
	case len(cells) > maxColumns:
		at.Column = len(cells)
		at.What = fault.T("The row has over %d columns.", maxColumns)
		at.Remedy = fault.T("Remove the columns that are not part of the list.")
		return tooLarge(at)
	}
	for i, c := range cells {
		if len(c) > maxCell && len([]rune(c)) > maxCell {
			at.Column = i + 1
			at.What = fault.T("The cell holds over %d characters.", maxCell)
			at.Remedy = fault.T("Shorten it.")
			return tooLarge(at)
		}
	}
	return nil
}

func tooLarge(at fault.Item) error {
	return &fault.Error{Kind: fault.TooLarge, Text: fault.T("The input has faults; nothing was changed."), Items: []fault.Item{at}}
}

// refuse is the fault of a file as a whole.
func refuse(file string, what, remedy fault.Text) error {
	return fault.Batch([]fault.Item{{File: file, What: what, Remedy: remedy}})
}

// strange is the fault of a file that is no table at all.
func strange(file string) error {
	return refuse(file, fault.T("This is neither an Excel workbook nor a CSV file."),
		fault.T("Save the list in Excel as “Excel Workbook (*.xlsx)” and send that file."))
}

// compound tells what an old Office file is: Excel puts the encrypted form of a workbook into one too.
func compound(data []byte, file string) error {
	wide := func(s string) []byte {
		var b []byte
		for _, c := range []byte(s) {
			b = append(b, c, 0)
		}
		return b
	}
	switch {
	case bytes.Contains(data, wide("EncryptedPackage")):
		return refuse(file, fault.T("The workbook is protected by a password."),
			fault.T("Remove the password in Excel (File, Info, Protect Workbook) and send it again."))
	case bytes.Contains(data, wide("Workbook")), bytes.Contains(data, wide("Book")):
		return refuse(file, fault.T("This is a workbook of the old format (.xls)."),
			fault.T("Save the list in Excel as “Excel Workbook (*.xlsx)” and send that file."))
	}
	return strange(file)
}
