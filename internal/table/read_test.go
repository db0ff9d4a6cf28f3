package table

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"thuoc/internal/fault"
)

var columns = []Column{
	{Name: "unit"},
	{Name: "value", Kind: Number},
	{Name: "n", Kind: Integer, Optional: true},
}

func read(t testing.TB, text string) *Table {
	t.Helper()
	tab, err := Read(strings.NewReader(text), "f.csv", columns...)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestReadGoodFiles(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		text string
		want []Row
	}{
		"plain": {"unit,value,n\n01,43.96,1120\n", []Row{{2, []string{"01", "43.96", "1120"}, []float64{nan, 43.96, 1120}}}},
		"columns in another order, without the optional one, no last line end": {
			"VALUE,Unit\n1e2, Hà Nội ", []Row{{2, []string{"Hà Nội", "1e2", ""}, []float64{nan, 100, nan}}}},
		"Vietnamese Excel: mark, semicolons, decimal comma, CRLF, blank rows of cells": {
			"\ufeffunit;value;n\r\n01;43,96;\r\n;;\r\n02;−1,5;7\r\n;;\r\n", []Row{
				{2, []string{"01", "43,96", ""}, []float64{nan, 43.96, nan}},
				{4, []string{"02", "−1,5", "7"}, []float64{nan, -1.5, 7}}}},
		"semicolons with decimal points":        {"unit;value\n01;1.234\n", []Row{{2, []string{"01", "1.234", ""}, []float64{nan, 1.234, nan}}}},
		"a first line that names the separator": {"sep=;\r\nunit;value\r\n01;5\r\n", []Row{{3, []string{"01", "5", ""}, []float64{nan, 5, nan}}}},
		"a quoted cell over two lines, the next row's line still right": {
			"unit,value\n\"a, \"\"b\"\"\nc\",1\nd,2\n", []Row{
				{2, []string{"a, \"b\"\nc", "1", ""}, []float64{nan, 1, nan}},
				{4, []string{"d", "2", ""}, []float64{nan, 2, nan}}}},
		"empty cells beyond the header": {"unit,value\n01,5,,\n", []Row{{2, []string{"01", "5", ""}, []float64{nan, 5, nan}}}},
	} {
		t.Run(name, func(t *testing.T) {
			tab := read(t, c.text)
			if err := tab.Err(); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, tab.Rows, cmpopts.EquateNaNs()); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestReadFaults holds what a person is told, place by place; the sentences themselves are held by the command line's
// contracts.
func TestReadFaults(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"empty":            {"", []string{"f.csv: The file is empty."}},
		"only a mark":      {"\ufeff\n\n", []string{"f.csv: The file is empty."}},
		"header alone":     {"unit,value\n", []string{"f.csv:1: There is no row below the header."}},
		"UTF-16":           {"\xff\xfeu\x00", []string{"f.csv:1:1: The file is UTF-16, not UTF-8."}},
		"not UTF-8":        {"unit,value\n01,5\nHu\xd5,6\nL\xe0o,7\n", []string{"f.csv:3:3: The byte 0xD5 is not UTF-8 (the first of 2 lines)."}},
		"a missing column": {"unit\n01\n", []string{"f.csv:1: This column is missing."}},
		"a column twice and one unknown": {"unit,value,unit,note\n01,5,02,x\n", []string{
			"f.csv:1:3: This column stands there twice.", "f.csv:1:4: This column is not known."}},
		"ragged rows": {"unit,value\n01\n02,5,6\n03,5\n", []string{
			"f.csv:2:1: The row has 1 cells, the header has 2.", "f.csv:3:3: The row has 3 cells, the header has 2."}},
		"cut off in a row":  {"unit,value\n01,5\n02", []string{"f.csv:3:1: The file ends inside a row: 1 of 2 cells. It was cut off."}},
		"cut off in quotes": {"unit,value\n01,5\n\"02,6\n03,7\n", []string{"f.csv:3: A quotation mark is opened and never closed; the rest of the file cannot be read."}},
		"a stray quotation mark, the rows after it still judged": {"unit,value\n0\"1,5\n02,x\n", []string{
			"f.csv:2: A quotation mark stands inside a cell.", "f.csv:3:2: “x” is not a number."}},
		"all kinds of non-numbers": {"unit,value,n\na,NaN,1\nb,0x10,1.5\nc,1_000,-3\nd,\"1,5\",\ne,Inf,\nf,1e999,1e15\n", []string{
			"f.csv:2:2: “NaN” is not a number.", "f.csv:3:2: “0x10” is not a number.", "f.csv:3:3: “1.5” is not a whole number.",
			"f.csv:4:2: “1_000” is not a number.", "f.csv:4:3: “-3” is not a whole number.", "f.csv:5:2: “1,5” is not a number.",
			"f.csv:6:2: “Inf” is not a number.", "f.csv:7:2: “1e999” is not a number.", "f.csv:7:3: “1e15” is not a whole number."}},
		"both decimal signs in one file": {"unit;value\n01;43,5\n02;43.5\n03;1.234,5\n", []string{
			"f.csv:3:2: “43.5” is not a number.", "f.csv:4:2: “1.234,5” is not a number."}},
		"empty cells": {"unit,value\n,5\n02,\n", []string{"f.csv:2:1: The cell is empty.", "f.csv:3:2: The cell is empty."}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, it := range fault.Items(read(t, c.text).Err()) {
				got = append(got, it.Place()+": "+it.What.String())
				if it.Remedy.Key == "" {
					t.Errorf("%s has no remedy", it.What)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUniqueAndReport(t *testing.T) {
	tab := read(t, "value,unit\n1,a\n2,b\n3,a\n")
	tab.Unique(0)
	tab.Report(tab.Rows[1], 0, fault.T("no such place"), fault.T("name one"))
	want := "The input has faults; nothing was changed.\n" +
		"f.csv:3:2: unit: no such place name one\n" +
		"f.csv:4:2: unit: The same unit as on line 2. Keep one of the two rows."
	if got := tab.Err().Error(); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestFaultsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("unit,value\n")
	for i := range 350 {
		fmt.Fprintf(&b, "%d,x\n", i)
	}
	items := fault.Items(read(t, b.String()).Err())
	if len(items) != maxListed+1 || items[maxListed].What.String() != "… and 250 more faults." {
		t.Errorf("%d items, the last %q", len(items), items[len(items)-1].What)
	}
}

func TestReadStopsAtItsBounds(t *testing.T) {
	_, err := Read(bytes.NewReader(make([]byte, maxBytes+1)), "big.csv", columns...)
	if fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a file over the bound: %v", err)
	}
	broken := errors.New("disk")
	if _, err := Read(iotest.ErrReader(broken), "f.csv", columns...); !errors.Is(err, broken) {
		t.Errorf("a broken disk: %v", err)
	}
}

// TestWrittenIsRead: what WriteCSV writes, Read reads back, whatever stands in the cells.
func TestWrittenIsRead(t *testing.T) {
	cell := rapid.StringMatching(`[a-zđê",;. \n'0-9]{0,6}x`)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "rows")
		rec := Records{Header: []string{"unit", "value", "n"}}
		for range n {
			rec.Rows = append(rec.Rows, []Cell{Str(cell.Draw(t, "unit")), Num(rapid.Float64().Draw(t, "value")), None})
		}
		var b bytes.Buffer
		if err := rec.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		tab, err := Read(&b, "f.csv", columns...)
		if err := errors.Join(err, tab.Err()); err != nil {
			t.Fatal(err)
		}
		for i, r := range tab.Rows {
			if r.Text[0] != strings.TrimSpace(rec.Rows[i][0].text) || Num(r.Num[1]) != rec.Rows[i][1] {
				t.Fatalf("wrote %v, read %v", rec.Rows[i], r)
			}
		}
	})
}

// FuzzRead: no input may panic, and a table without faults holds every cell it promised.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"unit,value\n01,5\n", "\ufeffunit;value;n\r\n01;43,96;\r\n", "sep=;\nunit;value\n", "\"", "unit,value\n\"a", "\xff\xfe", "unit,value\n\xd5,1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := Read(bytes.NewReader(data), "f.csv", columns...)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		for _, it := range fault.Items(tab.Err()) {
			if it.Line > lines || it.Line < 0 || it.Column < 0 {
				t.Fatalf("a fault outside the file: %s of %d lines", it.Place(), lines)
			}
		}
		if tab.Err() != nil {
			return
		}
		for _, r := range tab.Rows {
			if r.Text[0] == "" || math.IsNaN(r.Num[1]) || r.Line < 2 || r.Line > lines {
				t.Fatalf("a row without its cells: %+v", r)
			}
		}
	})
}

// BenchmarkRead reads 63 provinces by 120 indicators. Bound: 10 ms.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("unit,value,n\n")
	for i := range 63 * 120 {
		fmt.Fprintf(&text, "%02d,%g,240\n", i%63, float64(i)/7)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		tab, err := Read(strings.NewReader(text.String()), "f.csv", columns...)
		if err != nil || tab.Err() != nil {
			b.Fatal(err, tab.Err())
		}
	}
}
