package paper

import (
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/docx"
	"thuoc/internal/report"
)

// Progress lays out the report of one unit for a period: what it promised is answered first, then figures, then its own
// words. Parts names the parts of the index by code.
func Progress(p report.Paper, office Office, parts map[string]string) *docx.Document {
	period := p.Report.Period().Names().VI
	d := office.document("Báo cáo", "BC", "Kết quả thực hiện nhiệm vụ cải thiện chỉ số "+period)
	if p.To.Name != "" {
		d.To = []string{p.To.Name}
	}
	o := &outline{}
	o.text("Thực hiện chế độ báo cáo định kỳ, " + p.Unit.Name + " báo cáo kết quả thực hiện nhiệm vụ " + period + " (số liệu từ ngày " + date(p.Report.From) + " đến hết ngày " + date(p.Report.Cut) + ") như sau:")
	answered(o, p.Answers)
	o.heading("Kết quả thực hiện")
	o.text(p.Text.Results)
	o.blocks = append(o.blocks, unitTable(p))
	if len(p.Disputes) > 0 {
		o.subheading("Số liệu đơn vị có ý kiến khác")
		for _, x := range p.Disputes {
			o.dashed(x.Mark.Names().VI + ": " + x.Words)
		}
	}
	told(o, p.Text)
	d.Body = o.closed("Trên đây là báo cáo kết quả thực hiện nhiệm vụ " + period + " của " + p.Unit.Name)
	d.Annexes = append(d.Annexes, rowsAnnex(p.Rows), sources(unitFigures(p, parts)))
	return d
}

// answered tells what became of the promises of last time.
func answered(o *outline, answers []report.Answered) {
	if len(answers) == 0 {
		return
	}
	o.heading("Kết quả thực hiện các nội dung đã cam kết kỳ trước")
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 5, Align: docx.Center}, {Head: "Nội dung cam kết", Share: 38}, {Head: "Thời hạn", Share: 13, Align: docx.Center}, {Head: "Kết quả", Share: 16, Align: docx.Center}, {Head: "Diễn giải", Share: 28}}}
	for i, a := range answers {
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), a.Text, date(a.Due), a.Kept.Names().VI, a.Words}})
	}
	o.blocks = append(o.blocks, t)
}

// told writes what people wrote beside the figures.
func told(o *outline, n report.Narrative) {
	o.heading("Tồn tại, hạn chế và nguyên nhân")
	if n.Shortcomings == "" && n.Causes == "" {
		o.text("Đơn vị không nêu tồn tại, hạn chế trong kỳ báo cáo.")
	}
	piece(o, "Tồn tại, hạn chế", n.Shortcomings)
	piece(o, "Nguyên nhân", n.Causes)
	o.heading("Nhiệm vụ kỳ tới")
	if len(n.Next) == 0 {
		o.text("Tiếp tục thực hiện các nhiệm vụ đã được giao.")
	}
	for _, x := range n.Next {
		text := strings.TrimRight(x.Text, ". ;")
		if !x.Due.IsZero() {
			text += "; hoàn thành trước ngày " + date(x.Due)
		}
		o.numbered(text + ".")
	}
	if n.Proposals != "" {
		o.heading("Đề xuất, kiến nghị")
		o.text(n.Proposals)
	}
}

// piece writes a passage under its own heading, where there is one.
func piece(o *outline, title, text string) {
	if strings.TrimSpace(text) != "" {
		o.subheading(title)
		o.text(text)
	}
}

// periodBefore names the period with which figures are compared.
func periodBefore(label string) string {
	if p, err := report.ParsePeriod(label); err == nil {
		return p.Names().VI
	}
	return "kỳ trước"
}

// whole gives the figures over all parts of the index.
func whole(figures []report.Figure) []report.Figure {
	return slices.DeleteFunc(slices.Clone(figures), func(f report.Figure) bool { return f.Code != "" })
}

// unitTable is the table of a unit's figures, beside those of the period before where it has them.
func unitTable(p report.Paper) docx.Table {
	before := capital(periodBefore(p.Against))
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Chỉ tiêu", Share: 46}, {Head: "Kỳ này", Share: 24, Align: docx.Center}},
		Note: "Số đếm toàn bộ tại thời điểm hết ngày " + date(p.Report.Cut) + "; tỷ lệ tính trên chỉ tiêu gốc của từng dòng."}
	if len(p.Before) > 0 {
		t.Columns = append(t.Columns, docx.Column{Head: before, Share: 24, Align: docx.Center})
		t.Note += " Chỉ tiêu không có số liệu kỳ trước thì để dấu “–”."
	}
	then := whole(p.Before)
	for i, f := range whole(p.Figures) {
		was := "–"
		for _, b := range then {
			if b.Mark == f.Mark {
				was = share(b.Value, b.Base)
			}
		}
		cells := []string{strconv.Itoa(i + 1), f.Names().VI, share(f.Value, f.Base)}
		if len(p.Before) > 0 {
			cells = append(cells, was)
		}
		t.Rows = append(t.Rows, docx.Row{Cells: cells})
	}
	return t
}

// rowsAnnex lists what the figures count.
func rowsAnnex(rows []report.Row) docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 5, Align: docx.Center}, {Head: "Loại", Share: 11, Align: docx.Center}, {Head: "Nội dung", Share: 40}, {Head: "Chỉ số", Share: 10, Align: docx.Center}, {Head: "Thời hạn", Share: 12, Align: docx.Center}, {Head: "Được tính vào", Share: 24}}}
	for i, r := range rows {
		var marks []string
		for m := range strings.FieldsSeq(r.Marks) {
			marks = append(marks, lower(report.Mark(m).Names().VI))
		}
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), rowKinds[r.Source], r.Title, strings.ReplaceAll(r.Code, ";", ", "), date(r.Due), strings.Join(marks, "; ")}})
	}
	return docx.Annex{Title: "Danh mục đã tính vào số liệu", Landscape: true, Body: []docx.Block{t}}
}

var rowKinds = map[string]string{"task": "Nhiệm vụ", "evidence": "Minh chứng", "inspection": "Kiểm tra", "finding": "Tồn tại"}

// unitFigures traces the figures of a unit's report.
func unitFigures(p report.Paper, parts map[string]string) (list []Figure) {
	span := date(p.Report.From) + " – " + date(p.Report.Cut)
	for _, f := range p.Figures {
		list = append(list, traced(f, parts, span, "Danh mục của đơn vị, chốt hết ngày "+date(p.Report.Cut)))
	}
	for _, f := range whole(p.Before) {
		list = append(list, traced(f, parts, capital(periodBefore(p.Against)), "Báo cáo kỳ đó của đơn vị đã chốt"))
	}
	return list
}

// traced is a figure as the appendix shows it.
func traced(f report.Figure, parts map[string]string, span, source string) Figure {
	what := f.Names().VI
	if f.Code != "" {
		what += " – " + partNamed(f.Code, parts)
	}
	base := "Đếm toàn bộ"
	if f.Of != "" {
		base = strconv.Itoa(f.Base) + " (" + lower(f.Of.Names().VI) + ")"
	}
	return Figure{What: what, Value: strconv.Itoa(f.Value), Base: base, Period: span, Source: source, Hash: f.Hash}
}
