package sheet

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"thuoc/internal/lang"
	"thuoc/internal/table"
)

// Widths of columns, in characters.
const (
	minWidth = 8
	maxWidth = 60
)

// Write writes sheets as a workbook. The first row of each is its header: bold, on a ground, kept in view. All cells
// are texts, and stay texts when people type into them, so that codes keep their zeros and dates their order. A text
// that a spreadsheet would take for a formula bears an apostrophe before it, which Read takes away again.
func Write(w io.Writer, sheets []Sheet) error {
	book := excelize.NewFile()
	defer book.Close()
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}})
	if err != nil {
		return err
	}
	head, err := book.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true, Color: "FFFFFF"},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F6F5C"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	for i, s := range sheets {
		if i == 0 {
			err = book.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = book.NewSheet(s.Name)
		}
		if err == nil {
			err = writeSheet(book, s, head, text)
		}
		if err != nil {
			return fmt.Errorf("writing the sheet %q: %w", s.Name, err)
		}
	}
	return book.Write(w)
}

func writeSheet(book *excelize.File, s Sheet, head, text int) error {
	sw, err := book.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for i, width := range widths(s) {
		if err := sw.SetColWidth(i+1, i+1, float64(width)); err != nil {
			return err
		}
		if err := sw.SetColStyle(i+1, i+1, text); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, row := range s.Rows {
		style := text
		if i == 0 {
			style = head
		}
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = excelize.Cell{StyleID: style, Value: guarded(c)}
		}
		if err := sw.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// widths gives each column the width of its widest cell, within bounds.
func widths(s Sheet) []int {
	var all []int
	for _, row := range s.Rows {
		for j, c := range row {
			if j == len(all) {
				all = append(all, minWidth)
			}
			all[j] = min(max(all[j], table.Width(c)+2), maxWidth)
		}
	}
	return all
}

// WriteCSV writes a sheet as CSV in the form that Excel opens rightly: UTF-8 with a byte-order mark, texts guarded as
// in Write.
func WriteCSV(w io.Writer, s Sheet) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	cw := csv.NewWriter(w)
	for _, row := range s.Rows {
		cells := make([]string, len(row))
		for j, c := range row {
			cells[j] = guarded(c)
		}
		if err := cw.Write(cells); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// Template gives an empty list with the headings of the fields in a language, needed ones marked, and below them rows
// that show how it is filled in.
func Template(name string, l lang.Lang, fields []Field, examples ...[]string) Sheet {
	head := make([]string, len(fields))
	for i, f := range fields {
		head[i] = f.Head.In(l)
		if f.Needed {
			head[i] += " *"
		}
	}
	return Sheet{Name: name, Rows: append([][]string{head}, examples...)}
}
