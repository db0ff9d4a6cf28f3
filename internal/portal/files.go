package portal

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// fileOf writes the figure that the view asks for in the view's format.
func (v *view) fileOf(pg *page) (*cached, error) {
	f, err := v.pick(pg)
	if err != nil {
		return nil, err
	}
	a := &cached{name: v.fileName(f)}
	switch v.format {
	case "csv":
		var b bytes.Buffer
		if err := f.records().WriteCSV(&b); err != nil {
			return nil, err
		}
		a.body = ui.NewBody("text/csv; charset=utf-8; header=present", b.Bytes())
	case "xlsx":
		b, err := v.workbook(f)
		if err != nil {
			return nil, err
		}
		a.body = ui.NewBody("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b)
	default:
		if f.scene == nil {
			return nil, fault.New(fault.NotFound, "This figure is a table; it has no picture.")
		}
		s := f.scene().Framed(f.Title, f.Subtitle, f.foot())
		if v.format == "svg" {
			a.body = ui.NewBody("image/svg+xml", []byte(s.File()))
			break
		}
		b, err := s.PNG(2)
		if err != nil {
			return nil, err
		}
		a.body = ui.NewBody("image/png", b)
	}
	return a, nil
}

// fileName names a file without accents: thuoc-nhom-ket-qua-2022-nhom.csv.
func (v *view) fileName(f *figure) string {
	parts := []string{"thuoc"}
	r := v.route
	if r.name == "home" {
		r = routeOf("map")
	}
	parts = append(parts, r.seg(v.lang))
	if v.arg != "" {
		parts = append(parts, strings.ToLower(strings.ReplaceAll(v.arg, "/", "-")))
	}
	if v.code != "" && r.takes(keyCode) {
		parts = append(parts, strings.ToLower(v.code))
	}
	if v.year > 0 {
		parts = append(parts, strconv.Itoa(v.year))
	}
	return strings.Join(append(parts, f.ID), "-") + "." + v.format
}

// workbook writes a figure's records and, on a second sheet, what must be known to read them.
func (v *view) workbook(f *figure) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	data, notes := v.t("Data"), v.t("Read me")
	if err := book.SetSheetName("Sheet1", data); err != nil {
		return nil, err
	}
	rec := f.records()
	head := make([]any, len(rec.Header))
	for i, h := range rec.Header {
		head[i] = h
	}
	if err := book.SetSheetRow(data, "A1", &head); err != nil {
		return nil, err
	}
	for i, row := range rec.Rows {
		line := make([]any, len(row))
		for j, c := range row {
			line[j] = c.Value()
		}
		if err := book.SetSheetRow(data, "A"+strconv.Itoa(i+2), &line); err != nil {
			return nil, err
		}
	}
	if err := book.SetPanes(data, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	if _, err := book.NewSheet(notes); err != nil {
		return nil, err
	}
	for i, s := range []string{f.Title, f.Subtitle, f.Note, f.Source, v.with(func(w *view) { w.format, w.draw = "", "" }).address()} {
		if err := book.SetCellStr(notes, "A"+strconv.Itoa(i+1), s); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err := book.Write(&b)
	return b.Bytes(), err
}

// cellHeader and cellRow are the columns every file of cells has, the same in both languages.
var cellHeader = strings.Fields("year index code topic unit province status value se lo95 hi95 printed_lo printed_hi printed_level n group group_probability rank_lo rank_hi ranked change_from change change_relative change_verdict five_percent_rule source edition")

func (v *view) cellRow(content *edition.Content, n *edition.Node, unit string, c *edition.Cell) []table.Cell {
	level := table.None
	if c.Printed() {
		level = table.Num(content.Interval.Level)
	}
	return []table.Cell{table.Int(content.Year), table.Str(content.Index), table.Str(n.Code), table.Str(n.Names.In(v.lang)), table.Str(c.Unit), table.Str(unit),
		table.Str(string(c.Status)), table.Num(c.Value), table.Num(c.SE), table.Num(c.Lo), table.Num(c.Hi), table.Num(c.PrintedLo), table.Num(c.PrintedHi), level,
		count0(c.N), table.Str(groupID(content, c.Group)), table.Num(c.Sure), count0(c.RankLo), count0(c.RankHi), count0(c.Of),
		count0(c.Change.Year), table.Num(c.Change.Abs), table.Num(c.Change.Rel), table.Str(string(c.Change.Verdict)), table.Str(string(c.Change.Five)),
		table.Str(c.Source), table.Str(content.Edition.ID)}
}

// count0 is a whole number, nothing for 0.
func count0(n int) table.Cell {
	if n == 0 {
		return table.None
	}
	return table.Int(n)
}

func groupID(c *edition.Content, group int) string {
	if group == 0 {
		return ""
	}
	return c.Groups[len(c.Groups)-group].ID
}
