package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// book makes a workbook by excelize.
func book(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(t testing.TB, f *excelize.File, cell string, v any, format string) {
	t.Helper()
	if err := f.SetCellValue("Sheet1", cell, v); err != nil {
		t.Fatal(err)
	}
	if format == "" {
		return
	}
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
		t.Fatal(err)
	}
}

// TestCellsAsPeopleSeeThem: what a cell reads as does not depend on the country its format was made in.
func TestCellsAsPeopleSeeThem(t *testing.T) {
	const day = 45717 // 01/03/2025 as spreadsheets count days
	for name, c := range map[string]struct {
		value  any
		format string
		want   string
	}{
		"a text":                                {" Sở  Nội\nvụ ", "", "Sở Nội vụ"},
		"a text in decomposed letters":          {"So\u031b\u0309", "", "Sở"},
		"a whole number":                        {1234567, "", "1234567"},
		"a grouped number keeps no marks":       {1234567, "#,##0", "1234567"},
		"a rounded number keeps its digits":     {43.9612, "0.0", "43.9612"},
		"a sum of tenths":                       {0.1 + 0.2, "", "0.3"},
		"a percentage":                          {0.6845, "0.00%", "0.6845"},
		"a code with leading zeros":             {556, "00000", "00556"},
		"a Vietnamese date":                     {day, "dd/mm/yyyy", "01/03/2025"},
		"an American date":                      {day, "m/d/yyyy", "01/03/2025"},
		"a date in words":                       {day, `[$-42A]"Ngày "d" tháng "m" năm "yyyy`, "01/03/2025"},
		"a date with its time":                  {day + 0.3125, "yyyy-mm-dd h:mm:ss", "01/03/2025 07:30"},
		"a time":                                {0.3125, "h:mm", "07:30"},
		"a coloured number is no date":          {5, `[Red]0.0;[Blue]-0.0`, "5"},
		"a number with a word in it, no date":   {5, `0" ngày"`, "5"},
		"a formula-like text comes unguarded":   {"'=1+1", "", "=1+1"},
		"an apostrophe of the language remains": {"'Quán Âm", "", "'Quán Âm"},
	} {
		t.Run(name, func(t *testing.T) {
			data := book(t, func(f *excelize.File) { set(t, f, "A1", c.value, c.format) })
			got, err := Read(bytes.NewReader(data), "f.xlsx")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]Sheet{{Name: "Sheet1", Rows: [][]string{{c.want}}, Lines: []int{1}}}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestBuiltInDates(t *testing.T) {
	for id, want := range map[int]string{14: "01/03/2025", 22: "01/03/2025 00:00", 20: "00:00", 1: "45717", 10: "45717", 49: "45717"} {
		data := book(t, func(f *excelize.File) {
			set(t, f, "A1", 45717, "")
			style, _ := f.NewStyle(&excelize.Style{NumFmt: id})
			_ = f.SetCellStyle("Sheet1", "A1", "A1", style)
		})
		got, err := Read(bytes.NewReader(data), "f.xlsx")
		if err != nil || got[0].Rows[0][0] != want {
			t.Errorf("format %d: %v %v, want %s", id, got, err, want)
		}
	}
}

// TestFormulasAreReadByTheirValues: nothing is worked out; a formula without a stored value is an empty cell.
func TestFormulasAreReadByTheirValues(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		set(t, f, "A1", 2, "")
		set(t, f, "B1", "x", "")
		_ = f.SetCellFormula("Sheet1", "C1", "=A1*2")
	})
	got, err := Read(bytes.NewReader(data), "f.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"2", "x"}}, got[0].Rows); d != "" {
		t.Error(d)
	}
}

func TestSheetsAndLines(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		set(t, f, "B3", "tên", "")
		set(t, f, "C6", "x", "")
		_, _ = f.NewSheet("Ẩn")
		_ = f.SetCellValue("Ẩn", "A1", "list of a form")
		_ = f.SetSheetVisible("Ẩn", false)
		_, _ = f.NewSheet("Trống")
	})
	got, err := Read(bytes.NewReader(data), "f.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	want := []Sheet{{Name: "Sheet1", Rows: [][]string{{"", "tên"}, {"", "", "x"}}, Lines: []int{3, 6}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestCSV(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want [][]string
	}{
		"comma":                    {"a,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"mark and semicolon, CRLF": {"\ufeffa;b\r\n\r\n1,5;2\r\n", [][]string{{"a", "b"}, {"1,5", "2"}}},
		"tab":                      {"a\tb, c\n1\t2\n", [][]string{{"a", "b, c"}, {"1", "2"}}},
		"a title above, rows of any length": {"Danh sách\n\na,b\n1\n'=2,x,y\n",
			[][]string{{"Danh sách"}, {"a", "b"}, {"1"}, {"=2", "x", "y"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read(strings.NewReader(c.text), "f.csv")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got[0].Rows); d != "" {
				t.Error(d)
			}
		})
	}
}

// zipOf makes a zip file of parts.
func zipOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// with gives a good workbook in which one part holds another text.
func with(t testing.TB, part, text string) []byte {
	t.Helper()
	data := book(t, func(f *excelize.File) { set(t, f, "A1", "x", "") })
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, _ := f.Open()
		var b bytes.Buffer
		_, _ = b.ReadFrom(r)
		parts[f.Name] = b.String()
	}
	parts[part] = text
	return zipOf(t, parts)
}

func wide(s string) string { return strings.Join(strings.Split(s, ""), "\x00") + "\x00" }

// TestRefusals: each file that cannot be read is refused in words of its own, with a remedy.
func TestRefusals(t *testing.T) {
	const ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	sheetXML := func(rows string) string {
		return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
	}
	encrypted := book(t, func(f *excelize.File) { set(t, f, "A1", "x", "") })
	encrypted, err := excelize.Encrypt(encrypted, &excelize.Options{Password: "mat khau"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
		want string
	}{
		"empty":                       {nil, fault.Invalid, "The file is empty."},
		"an empty workbook":           {book(t, func(*excelize.File) {}), fault.Invalid, "The file is empty."},
		"password":                    {encrypted, fault.Invalid, "The workbook is protected by a password."},
		"xls":                         {[]byte(ole + wide("Workbook")), fault.Invalid, "This is a workbook of the old format (.xls)."},
		"doc":                         {[]byte(ole + wide("WordDocument")), fault.Invalid, "This is neither an Excel workbook nor a CSV file."},
		"docx":                        {zipOf(t, map[string]string{"[Content_Types].xml": "", "word/document.xml": ""}), fault.Invalid, "This is neither an Excel workbook nor a CSV file."},
		"macros":                      {with(t, "xl/vbaProject.bin", "x"), fault.Invalid, "The workbook holds macros (.xlsm)."},
		"xlsb":                        {zipOf(t, map[string]string{"[Content_Types].xml": "", "xl/workbook.bin": ""}), fault.Invalid, "This is a binary workbook (.xlsb)."},
		"ods":                         {zipOf(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}), fault.Invalid, "This is an OpenDocument file."},
		"pdf":                         {[]byte("%PDF-1.7 …"), fault.Invalid, "This is neither an Excel workbook nor a CSV file."},
		"a picture":                   {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), fault.Invalid, "This is neither an Excel workbook nor a CSV file."},
		"cut off":                     {encrypted[:0:0], fault.Invalid, "The file is empty."},
		"a zip cut off":               {with(t, "x", "y")[:500], fault.Invalid, "The workbook is damaged and cannot be read."},
		"no markup":                   {with(t, "xl/workbook.xml", "<<<"), fault.Invalid, "The workbook is damaged and cannot be read."},
		"UTF-16":                      {[]byte("\xff\xfea\x00"), fault.Invalid, "The file is UTF-16, not UTF-8."},
		"too large":                   {make([]byte, maxBytes+1), fault.TooLarge, ""},
		"a bomb of zeros":             {with(t, "xl/media/image1.png", strings.Repeat("\x00", maxUnpacked+1)), fault.TooLarge, "Unpacked, the workbook is far larger than a list can be."},
		"a bomb of texts":             {with(t, "xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si/>", maxMarks)+"</sst>"), fault.TooLarge, "Unpacked, the workbook is far larger than a list can be."},
		"a text that is far too long": {with(t, "xl/worksheets/sheet1.xml", sheetXML(`<row r="1"><c r="B1" t="inlineStr"><is><t>`+strings.Repeat("x", maxCell+1)+`</t></is></c></row>`)), fault.TooLarge, "The cell holds over 32767 characters."},
		"too many columns":            {with(t, "xl/worksheets/sheet1.xml", sheetXML(`<row r="1"><c r="XFD1" t="str"><v>x</v></c></row>`)), fault.TooLarge, "The row has over 256 columns."},
		"too many rows":               {with(t, "xl/worksheets/sheet1.xml", sheetXML(strings.Repeat(`<row><c t="str"><v>x</v></c></row>`, maxRows+1))), fault.TooLarge, "The sheet has over 50000 rows."},
		"a row beyond the last":       {with(t, "xl/worksheets/sheet1.xml", sheetXML(`<row r="9999999"><c t="str"><v>x</v></c></row>`)), fault.Invalid, "The workbook is damaged and cannot be read."},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(c.data), "f")
			if err == nil || fault.KindOf(err) != c.kind {
				t.Fatalf("%v, want a fault that is %v", err, c.kind)
			}
			if c.want == "" {
				return
			}
			items := fault.Items(err)
			if len(items) != 1 || items[0].What.String() != c.want || items[0].Remedy.Key == "" || items[0].File != "f" {
				t.Errorf("%+v, want %q with a remedy", items, c.want)
			}
		})
	}
}

// TestFarCellsTakeNoMemory: a cell in the last row and column stands in a file of a few bytes.
func TestFarCellsTakeNoMemory(t *testing.T) {
	data := with(t, "xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+
		`<row r="1"><c r="A1" t="str"><v>x</v></c></row><row r="1048576"><c r="A1048576" t="str"><v>y</v></c></row></sheetData></worksheet>`)
	got, err := Read(bytes.NewReader(data), "f.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{1, 1048576}, got[0].Lines); d != "" {
		t.Error(d)
	}
}

var fields = []Field{
	{Key: "name", Head: lang.Names{VI: "Tên cơ quan", EN: "Agency"}, Also: []string{"Đơn vị"}, Needed: true},
	{Key: "since", Head: lang.Names{VI: "Từ ngày", EN: "Since"}},
	{Key: "people", Head: lang.Names{VI: "Dân số", EN: "Population"}},
}

func find(t testing.TB, text string, m Mapping) (*Table, error) {
	t.Helper()
	sheets, err := Read(strings.NewReader(text), "f.csv")
	if err != nil {
		t.Fatal(err)
	}
	return Find("f.csv", sheets, fields, m)
}

func TestFindsTheHeader(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		chosen  Mapping
		want    Mapping
		header  int
		unused  []string
		content string
	}{
		"by folded names below a title": {"DANH SÁCH\nUBND tỉnh,x\nSTT,TEN CO QUAN *,Từ ngày (dd/mm/yyyy)\n1,A,1/3/2025\n", nil,
			Mapping{"name": "TEN CO QUAN *", "since": "Từ ngày (dd/mm/yyyy)"}, 3, []string{"STT"}, "A 2025-03-01"},
		"in English":         {"Agency,since\nA,2025-03-01\n", nil, Mapping{"name": "Agency", "since": "since"}, 1, nil, "A 2025-03-01"},
		"by another name":    {"Đơn vị\nA\n", nil, Mapping{"name": "Đơn vị"}, 1, nil, "A "},
		"by choice":          {"Đơn vị,Bộ phận,Ngày\nA,B,01.03.2025\n", Mapping{"name": "Bộ phận", "since": "Ngày"}, Mapping{"name": "Bộ phận", "since": "Ngày"}, 1, []string{"Đơn vị"}, "B 2025-03-01"},
		"left out by choice": {"Đơn vị,Từ ngày\nA,nonsense\n", Mapping{"since": ""}, Mapping{"name": "Đơn vị"}, 1, []string{"Từ ngày"}, "A "},
	} {
		t.Run(name, func(t *testing.T) {
			tab, err := find(t, c.text, c.chosen)
			if err != nil {
				t.Fatal(err)
			}
			since, _ := tab.Date(tab.Rows[0], "since")
			if d := cmp.Diff([]any{c.want, c.header, c.unused, c.content},
				[]any{tab.Mapping, tab.Header, tab.Unused(), tab.Text(tab.Rows[0], "name") + " " + since.String()}); d != "" {
				t.Error(d)
			}
			if err := tab.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTableFaults(t *testing.T) {
	tab, err := find(t, "Tên cơ quan,Từ ngày,Dân số\n,31/02/2025,1.234\n#REF!,,\"1,234\"\nB,#N/A,12 345\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range tab.Rows {
		tab.Date(r, "since")
		tab.Whole(r, "people")
	}
	want := "The input has faults; nothing was changed.\n" +
		"f.csv:2:1: Tên cơ quan: The cell is empty. Fill it in, or remove the row.\n" +
		"f.csv:2:2: Từ ngày: “31/02/2025” is not a date. Write day/month/year, such as 01/03/2025.\n" +
		"f.csv:2:3: Dân số: “1.234” is not a whole number. Write a whole number, such as 240.\n" +
		"f.csv:3:1: Tên cơ quan: The cell shows the error #REF! of a formula. Mend the formula, or type the value.\n" +
		"f.csv:3:3: Dân số: “1,234” is not a whole number. Write a whole number, such as 240.\n" +
		"f.csv:4:2: Từ ngày: The cell shows the error #N/A of a formula. Mend the formula, or type the value."
	if d := cmp.Diff(want, tab.Err().Error()); d != "" {
		t.Error(d)
	}
}

func TestHeaderFaults(t *testing.T) {
	for text, want := range map[string]string{
		"x,y\n1,2\n":              "f.csv: No row names the columns of the list.",
		"Từ ngày,x\n1/1/2025,2\n": "f.csv:1: This column is missing.",
		"Đơn vị,đơn vị\nA,B\n":    "f.csv:1:2: This column stands there twice.",
		"Đơn vị,Từ ngày\n":        "f.csv:1: There is no row below the header.",
	} {
		tab, err := find(t, text, nil)
		if err == nil {
			err = tab.Err()
		}
		items := fault.Items(err)
		if len(items) != 1 || items[0].Place()+": "+items[0].What.String() != want || items[0].Remedy.Key == "" {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string]string{"43.96": "43.96", "43,96": "43.96", "−1,5": "-1.5", "1 234,5": "1234.5", "1,234": "", "1.234,5": "", "1e5": "", "0x1": "", "NaN": ""} {
		v, ok := ParseNumber(s)
		if got := fmt.Sprint(v); ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %v, %v", s, v, ok)
		}
	}
}

// TestWrittenIsRead: what Write and WriteCSV write, Read reads back, whatever the cells begin with.
func TestWrittenIsRead(t *testing.T) {
	cell := rapid.StringMatching(`[=+@\-']{0,2}[a-zđêẩ0-9,;"]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		rows := append([][]string{{"tên", "mã"}}, rapid.SliceOfN(rapid.SliceOfN(cell, 2, 5), 1, 6).Draw(t, "rows")...)
		for name, write := range map[string]func(*bytes.Buffer) error{
			"xlsx": func(b *bytes.Buffer) error { return Write(b, []Sheet{{Name: "A", Rows: rows}}) },
			"csv":  func(b *bytes.Buffer) error { return WriteCSV(b, Sheet{Rows: rows}) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			got, err := Read(bytes.NewReader(b.Bytes()), "f")
			if err != nil {
				t.Fatal(name, err)
			}
			if d := cmp.Diff(rows, got[0].Rows); d != "" {
				t.Fatal(name, d)
			}
		}
	})
}

// TestNothingWrittenRuns: neither form holds a cell that a spreadsheet would run.
func TestNothingWrittenRuns(t *testing.T) {
	rows := [][]string{{"a"}, {`=HYPERLINK("http://x","y")`}, {"+84 912"}, {"@x"}, {"-x"}, {"\tx"}, {"\rx"}, {"-5"}}
	var b bytes.Buffer
	if err := Write(&b, []Sheet{{Name: "A", Rows: rows}}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cell := fmt.Sprintf("A%d", i+1)
		v, _ := f.GetCellValue("A", cell)
		formulaText, _ := f.GetCellFormula("A", cell)
		if formula(v) || formulaText != "" {
			t.Errorf("%q was written as %q, formula %q", row[0], v, formulaText)
		}
	}
	if panes, err := f.GetPanes("A"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the header is not kept in view: %+v %v", panes, err)
	}
}

// FuzzRead: no file may panic or yield a row that Read would not take.
func FuzzRead(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("\xd0\xcf\x11\xe0"))
	f.Add(book(f, func(b *excelize.File) { set(f, b, "A1", 45717, "dd/mm/yyyy"); set(f, b, "B2", "x", "") }))
	f.Add(with(f, "xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="14" fontId="9" fillId="9" borderId="9"/></cellXfs></styleSheet>`))
	f.Add(with(f, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="2"><c r="B2" s="7" t="s"><v>99</v></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		sheets, err := Read(bytes.NewReader(data), "f")
		if err != nil {
			return
		}
		for _, s := range sheets {
			for i, row := range s.Rows {
				if len(row) == 0 || len(row) > maxColumns || s.line(i) < 1 {
					t.Fatalf("row %d: %q", i, row)
				}
			}
		}
		if tab, err := Find("f", sheets, fields, nil); err == nil {
			_ = tab.Err()
		}
	})
}

// BenchmarkRead reads a workbook of 5,000 rows by 12 columns. Bound: 1 s.
func BenchmarkRead(b *testing.B) {
	rows := [][]string{make([]string, 12)}
	for i := range 5000 {
		row := make([]string, 12)
		for j := range row {
			row[j] = fmt.Sprintf("Ủy ban nhân dân xã %d-%d", i, j)
		}
		rows = append(rows, row)
	}
	for j := range rows[0] {
		rows[0][j] = fmt.Sprint("cột ", j)
	}
	var file bytes.Buffer
	if err := Write(&file, []Sheet{{Name: "A", Rows: rows}}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(file.Bytes()), "f"); err != nil {
			b.Fatal(err)
		}
	}
}
