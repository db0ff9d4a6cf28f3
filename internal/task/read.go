package task

import (
	"regexp"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/sheet"
)

// Written is a task as a list has it, with what only a database can tell still in words.
type Written struct {
	Task  // Who holds the lead, Beside the coordinators as they stand in the list
	Row   sheet.Row
	Named string // the place in the list's words; "" = that of the plan
}

// Read reads the tasks of a table. A deadline that is a day, or a period that ends with one, becomes that day; other
// words are kept, and so are those of a period. Faults are reported to the table. It asks no database.
func Read(t *sheet.Table, year int) []Written {
	var all []Written
	for _, row := range t.Rows {
		w := Written{Row: row, Named: t.Text(row, colPlace), Task: Task{ID: t.Text(row, colID), Block: t.Text(row, colBlock), Code: codes(t.Text(row, colCode)),
			Title: t.Text(row, colTitle), Who: t.Text(row, colWho), Beside: t.Text(row, colWith), Product: t.Text(row, colProduct), Feeds: t.Text(row, colFeeds),
			Note: t.Text(row, colNote), Effect: number(t, row, colEffect), Goal: number(t, row, colGoal), Cost: number(t, row, colCost)}}
		if words := t.Text(row, colDue); words != "" {
			var isDate bool
			w.Due, isDate = Deadline(words, year)
			if _, inFull := sheet.ParseDate(words); !isDate || !inFull {
				w.When = words
			}
		}
		var ok bool
		if w.Measure, ok = parseMeasure(t.Text(row, colMeasure)); !ok {
			t.Report(row, colMeasure, fault.T("“%s” is no measure.", t.Text(row, colMeasure)), fault.T("Write count, percent or yes-no, or leave it empty."))
		}
		if w.Measure == Count && (w.Goal == nil || *w.Goal <= 0) {
			t.Report(row, colGoal, fault.T("A count needs the number that is aimed at."), fault.T("Write how many there are to be."))
		}
		all = append(all, w)
	}
	return all
}

// number reads a number that may bear a plus; an empty cell is nil.
func number(t *sheet.Table, row sheet.Row, key string) *float64 {
	cell := t.Text(row, key)
	if cell == "" {
		return nil
	}
	v, ok := sheet.ParseNumber(strings.TrimPrefix(cell, "+"))
	if !ok {
		t.Report(row, key, fault.T("“%s” is not a number.", cell), fault.T("Write 1234.56 or 1234,56, without marks between thousands."))
		return nil
	}
	return &v
}

// span is several dimensions written as from the first to the last.
var span = regexp.MustCompile(`^D(\d)\s*[-–]\s*D(\d)$`)

// codes brings the parts of an index to one form: parted by ; and without blanks, "D1-D8" as all eight.
func codes(cell string) string {
	var all []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' }) {
		part = strings.TrimSpace(part)
		if m := span.FindStringSubmatch(part); m != nil {
			first, _ := strconv.Atoi(m[1])
			last, _ := strconv.Atoi(m[2])
			for n := first; n <= last; n++ {
				all = append(all, "D"+strconv.Itoa(n))
			}
			continue
		}
		if part != "" {
			all = append(all, part)
		}
	}
	return strings.Join(all, ";")
}
