package paper

import (
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/docx"
	"thuoc/internal/report"
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// measureName is a measure as sentences name it: whose it is, the index and the period.
func measureName(m report.Measure) string {
	switch {
	case m.Source == run.UNDP:
		return "Khảo sát PAPI " + periodName(m.Period)
	case m.Own:
		return "Khảo sát của tỉnh, " + lower(m.Index.VI) + ", " + periodName(m.Period)
	}
	return "Kết quả tự đánh giá, " + lower(m.Index.VI) + ", " + periodName(m.Period)
}

// periodName says "năm" before a year; other periods are as they are written.
func periodName(p string) string {
	if _, err := strconv.Atoi(p); err == nil {
		return "năm " + p
	}
	return "kỳ " + p
}

// editionOf names the edition that holds a measure.
func editionOf(m report.Measure) string {
	who := map[bool]string{true: "Khảo sát của tỉnh", false: "Tự đánh giá"}[m.Own]
	if m.Source == run.UNDP {
		who = "Khảo sát PAPI"
	}
	says := "Bản công bố " + who + " " + periodName(m.Period)
	if !m.Public.IsZero() {
		says += ", công bố ngày " + date(m.Public)
	}
	return says
}

// mostAreas is how many survey areas the body lists; more go into an appendix.
const mostAreas = 15

// surveyed tells where was surveyed, how many answered and when: of the newest public result of each index.
func (o *summing) surveyed() {
	o.heading("Địa bàn khảo sát")
	list := slices.DeleteFunc(slices.Clone(o.Measures), func(m report.Measure) bool { return len(m.Areas) == 0 })
	if len(list) == 0 {
		o.text("Đến hết ngày " + date(o.Cut) + ", hệ thống không có kết quả khảo sát nào đã công bố.")
		return
	}
	var rows []docx.Row
	for _, m := range list {
		says := measureName(m) + ": địa bàn " + m.Areas[0].Name
		if n := len(m.Areas); n > 1 {
			says = measureName(m) + ": " + o.cite(figureOf(m, "Địa bàn khảo sát", strconv.Itoa(n)), count(n)+" địa bàn")
		}
		if m.Answers > 0 {
			says += "; " + o.cite(figureOf(m, "Người trả lời", strconv.Itoa(m.Answers)), number(float64(m.Answers), 0)+" người trả lời")
			where := "; thiết kế mẫu: "
			if m.Waves == 2 {
				where = "; thiết kế mẫu chung của kỳ này và kỳ trước: "
			}
			says += where + o.cite(figureOf(m, "Đơn vị mẫu cấp một", strconv.Itoa(m.PSUs)), count(m.PSUs)+" đơn vị mẫu cấp một") + " thuộc " + o.cite(figureOf(m, "Tầng mẫu", strconv.Itoa(m.Strata)), count(m.Strata)+" tầng")
		}
		if m.Fieldwork.VI != "" {
			says += "; thời gian thực địa: " + m.Fieldwork.VI
		}
		o.dashed(says + ".")
		rows = append(rows, docx.Row{Heading: true, Cells: []string{measureName(m)}})
		for i, a := range m.Areas {
			n := "không công bố"
			if a.N > 0 {
				n = o.cite(figureOf(m, "Người trả lời tại "+a.Name, strconv.Itoa(a.N)), number(float64(a.N), 0))
			}
			rows = append(rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), a.Name, n}})
		}
	}
	if len(rows) > mostAreas {
		o.text("Danh sách địa bàn tại Phụ lục.")
		o.areas = rows
		return
	}
	o.blocks = append(o.blocks, areasTable(rows))
}

func areasTable(rows []docx.Row) docx.Table {
	return docx.Table{Columns: []docx.Column{{Head: "STT", Share: 7, Align: docx.Center}, {Head: "Địa bàn", Share: 63}, {Head: "Số người trả lời", Share: 30, Align: docx.Center}}, Rows: rows,
		Note: "Số người trả lời là số người trả lời ít nhất một nội dung của chỉ số; không suy rộng cho địa bàn không được khảo sát."}
}

func areasAnnex(rows []docx.Row) docx.Annex {
	return docx.Annex{Title: "Địa bàn khảo sát", Body: []docx.Block{areasTable(rows)}}
}

// figureOf is a figure of a measure's edition.
func figureOf(m report.Measure, what, value string) Figure {
	return Figure{What: what, Value: value, Base: "Khảo sát chọn mẫu", Period: periodName(m.Period), Source: editionOf(m), Hash: m.Edition}
}

// verdicts are what a test says of a change. Where nothing was tested that is said, and no change is claimed.
var verdicts = map[score.Verdict]string{score.Rose: "Tăng (đã kiểm định)", score.Fell: "Giảm (đã kiểm định)", score.NoEvidence: "Chưa đủ căn cứ",
	score.NotTestable: "Chưa kiểm định", score.NotComparable: "Không so sánh được", score.Stood: "Chưa kiểm định"}

// measured tells what was measured for each part of the index, each measure in a table of its own.
func (o *summing) measured() {
	o.subheading("Kết quả đo lường theo nội dung của chỉ số")
	if len(o.Measures) == 0 {
		o.text("Đến hết ngày " + date(o.Cut) + ", hệ thống không có kết quả đo lường nào đã công bố.")
		return
	}
	for _, m := range o.Measures {
		was := "Kỳ trước"
		if m.Was != "" {
			was = "Kết quả " + periodName(m.Was)
		}
		t := docx.Table{Caption: measureName(m) + " – " + m.Unit, Columns: []docx.Column{{Head: "Nội dung", Share: 32}, {Head: "Kết quả (điểm)", Share: 11, Align: docx.Center}, {Head: "Sai số chuẩn", Share: 10, Align: docx.Center},
			{Head: "Số người trả lời", Share: 11, Align: docx.Center}, {Head: was, Share: 12, Align: docx.Center}, {Head: "Chênh lệch", Share: 12, Align: docx.Center}, {Head: "Kết luận về thay đổi", Share: 22, Align: docx.Center}}, Note: noteOf(m)}
		for _, r := range m.Parts {
			t.Rows = append(t.Rows, o.result(m, r))
		}
		for _, column := range []int{3, 2} { // what nobody published takes no room
			if !slices.ContainsFunc(t.Rows, func(r docx.Row) bool { return r.Cells[column] != "–" }) {
				t.Note += " Không công bố: " + lower(t.Columns[column].Head) + "."
				t.Columns = slices.Delete(t.Columns, column, column+1)
				for i := range t.Rows {
					t.Rows[i].Cells = slices.Delete(t.Rows[i].Cells, column, column+1)
				}
			}
		}
		o.blocks = append(o.blocks, t)
	}
}

// noteOf says what a table of results rests on and what it cannot tell.
func noteOf(m report.Measure) string {
	return editionOf(m) + "; mã " + short(m.Edition) + ". Kết quả chọn mẫu; số người trả lời của một nội dung gộp là số nhỏ nhất trong các chỉ tiêu của nội dung đó; dấu “–” là không công bố. Chỉ kết luận tăng, giảm khi đã kiểm định; “Chưa đủ căn cứ”: phép kiểm định không phân biệt được chênh lệch với sai số. Báo cáo không xác định nguyên nhân của thay đổi."
}

// result is the row of a part, its figures cited.
func (o *summing) result(m report.Measure, r report.Result) docx.Row {
	name := r.Names.VI + " (" + r.Code + ")"
	cells := []string{strings.Repeat("– ", min(1, max(0, r.Depth-1))) + name, "–", "–", "–", "–", "–", "–"}
	if r.Value == nil {
		cells[6] = orElse(r.Why.VI, "Không có kết quả")
		return docx.Row{Strong: r.Depth < 2, Cells: cells}
	}
	f := figureOf(m, name, number(*r.Value, 2))
	f.Base, cells[1] = "n: không công bố", f.Value
	if r.N > 0 {
		cells[3] = number(float64(r.N), 0)
		f.Base = "n = " + cells[3]
	}
	f.Error = "Sai số: không công bố"
	if r.SE != nil {
		cells[2] = number(*r.SE, 2)
		f.Error = "Sai số chuẩn " + cells[2]
		if r.Lo != nil && r.Hi != nil {
			f.Error += "; khoảng tin cậy " + number(100*m.Level, 0) + "\u00a0%: " + number(*r.Lo, 2) + " – " + number(*r.Hi, 2)
		}
	}
	o.figures = append(o.figures, f)
	if r.Was == nil {
		cells[6] = orElse(verdicts[r.Says], "Không có kỳ so sánh")
		return docx.Row{Strong: r.Depth < 2, Cells: cells}
	}
	cells[4], cells[6] = number(*r.Was, 2), orElse(verdicts[r.Says], "Chưa kiểm định")
	was := Figure{What: name + " – kỳ so sánh", Value: cells[4], Base: "Khảo sát chọn mẫu", Period: periodName(m.Was), Source: "Ghi trong bản công bố của " + periodName(m.Period), Hash: m.WasHash}
	if m.WasHash != m.Edition {
		was.Source = "Bản công bố của " + periodName(m.Was)
	}
	if r.Change != nil {
		cells[5] = signed(*r.Change)
		was.Value += "; chênh lệch " + cells[5]
		if r.ErrOf != nil {
			was.Error = "Sai số chuẩn của chênh lệch " + number(*r.ErrOf, 2)
		}
	}
	o.figures = append(o.figures, was)
	return docx.Row{Strong: r.Depth < 2, Cells: cells}
}
