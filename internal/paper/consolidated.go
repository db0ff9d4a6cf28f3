package paper

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/agency"
	"thuoc/internal/docx"
	"thuoc/internal/report"
)

// Consolidated lays out the report of a province or commune for a half year or a year, in the shape of Hà Nội's report
// 06/BC-UBND: who planned, where was surveyed, inspections and inspections again, results by part of the index, shortcomings
// and causes in their writers' words, next steps.
func Consolidated(c report.Consolidated, office Office, parts map[string]string) *docx.Document {
	period := c.Period.Names().VI
	d := office.document("Báo cáo", "BC", "Kết quả thực hiện các kế hoạch cải thiện chỉ số "+period)
	if c.Hash == "" {
		d.Circulation = "Dự thảo"
	}
	o := &summing{Consolidated: c, parts: parts}
	o.text(office.Issuer + " báo cáo kết quả thực hiện các kế hoạch cải thiện chỉ số " + period + " (số liệu từ ngày " + date(c.First) + " đến hết ngày " + date(c.Cut) + ") như sau:")
	o.directed()
	o.surveyed()
	o.inspected()
	o.results()
	o.shortcomings()
	o.next()
	d.Body = o.closed("Trên đây là báo cáo kết quả thực hiện các kế hoạch cải thiện chỉ số " + period + " của " + office.Issuer)
	if len(c.Planned) > 0 {
		d.Annexes = append(d.Annexes, plannedAnnex(c))
	}
	if late := slices.Concat(c.Late, c.Missing, c.Returned); len(late) > 0 {
		d.Annexes = append(d.Annexes, lateAnnex(c))
	}
	if said := saidAnnex(c); len(said.Body) > 0 {
		d.Annexes = append(d.Annexes, said)
	}
	if len(o.areas) > 0 {
		d.Annexes = append(d.Annexes, areasAnnex(o.areas))
	}
	d.Annexes = append(d.Annexes, sources(o.figures))
	return d
}

// summing is the report of all units while it is laid out.
type summing struct {
	outline
	report.Consolidated
	parts map[string]string // names of the parts of the index by code
	areas []docx.Row        // surveyed, where they are too many for the body
}

// span is the days of which the report speaks.
func (o *summing) span() string { return date(o.First) + " – " + date(o.Cut) }

// tally cites a number that the house counted over its registers, with its base where it has one.
func (o *summing) tally(what string, n, base int, of, source string) string {
	f := Figure{What: what, Value: strconv.Itoa(n), Base: "Đếm toàn bộ", Period: o.span(), Source: source, Hash: o.Hash}
	if base == 0 {
		return o.cite(f, count(n))
	}
	f.Base = strconv.Itoa(base) + " (" + of + ")"
	return o.cite(f, share(n, base))
}

// The registers in which the house counts.
const (
	ofReports = "Sổ theo dõi báo cáo trên hệ thống"
	ofPlans   = "Danh mục kế hoạch trên hệ thống"
	ofWords   = "Báo cáo của các đơn vị đã gửi"
)

// directed tells who planned and who reported.
func (o *summing) directed() {
	o.heading("Công tác chỉ đạo, điều hành")
	o.subheading("Ban hành kế hoạch")
	units := map[report.Unit]bool{}
	for _, p := range o.Planned {
		units[p.Unit.Unit] = true
	}
	o.text("Tính đến hết ngày " + date(o.Cut) + ", " + o.tally("Đơn vị đã ban hành kế hoạch", len(units), o.Units, "đơn vị phải báo cáo", ofPlans) + " cơ quan, đơn vị, địa phương đã ban hành " +
		o.tally("Kế hoạch đã ban hành", len(o.Planned), 0, "", ofPlans) + " kế hoạch" + see(len(o.Planned) > 0, "danh sách tại Phụ lục") + ".")
	o.subheading("Chế độ báo cáo")
	o.text(o.tally("Đơn vị đã gửi báo cáo", o.Sent, o.Units, "đơn vị phải báo cáo", ofReports) + " cơ quan, đơn vị, địa phương đã gửi báo cáo; các số liệu tổng hợp dưới đây tính trên " + count(o.Sent) + " báo cáo này.")
	o.text("Gửi báo cáo quá hạn hoặc đã quá hạn chưa gửi: " + o.tally("Đơn vị gửi báo cáo quá hạn hoặc đã quá hạn chưa gửi", len(o.Late), 0, "", ofReports) +
		"; chưa gửi, còn trong hạn: " + o.tally("Đơn vị chưa gửi báo cáo, còn trong hạn", len(o.Missing), 0, "", ofReports) +
		"; bị trả lại để hoàn thiện: " + o.tally("Báo cáo bị trả lại để hoàn thiện", len(o.Returned), 0, "", ofReports) + see(len(o.Late)+len(o.Missing)+len(o.Returned) > 0, "danh sách tại Phụ lục") + ".")
	if n := o.Kept + o.InPart + o.NotKept; n > 0 {
		of := func(what string, k int) string {
			return o.tally("Nội dung cam kết kỳ trước: "+what, k, n, "nội dung đã được trả lời", ofWords)
		}
		o.text("Trong " + count(n) + " nội dung cam kết kỳ trước đã được trả lời: đã thực hiện " + of("đã thực hiện", o.Kept) + "; thực hiện một phần " + of("thực hiện một phần", o.InPart) + "; chưa thực hiện " + of("chưa thực hiện", o.NotKept) + ".")
	}
	o.text(o.Text.Results)
}

func see(there bool, where string) string {
	if !there {
		return ""
	}
	return " (" + where + ")"
}

// inspectionMarks are the figures that speak of inspections.
var inspectionMarks = []report.Mark{report.Inspected, report.Reinspected, report.Found, report.Remedied, report.FindingLate, report.FindingFails}

func (o *summing) inspected() {
	o.heading("Công tác kiểm tra, tái kiểm tra")
	mine := slices.DeleteFunc(slices.Clone(o.Figures), func(f report.Count) bool { return !slices.Contains(inspectionMarks, f.Mark) || f.Code != "" })
	if len(mine) == 0 {
		o.text("Hệ thống không có số liệu kiểm tra trong kỳ báo cáo.")
		return
	}
	o.counted(mine)
}

func (o *summing) results() {
	o.heading("Kết quả thực hiện")
	o.subheading("Kết quả thực hiện nhiệm vụ")
	general := slices.DeleteFunc(slices.Clone(o.Figures), func(f report.Count) bool { return slices.Contains(inspectionMarks, f.Mark) || f.Code != "" })
	o.counted(general)
	o.measured()
	if len(o.Contents) == 0 {
		return
	}
	o.subheading("Kết quả thực hiện nhiệm vụ theo nội dung của chỉ số")
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 5, Align: docx.Center}, {Head: "Nội dung", Share: 37}, {Head: "Số đơn vị báo cáo", Share: 12, Align: docx.Center}, {Head: "Nhiệm vụ", Share: 11, Align: docx.Center},
		{Head: "Hoàn thành", Share: 19, Align: docx.Center}, {Head: "Quá hạn", Share: 16, Align: docx.Center}}, Note: "Một nhiệm vụ có thể thuộc nhiều nội dung; không cộng các dòng thành tổng chung."}
	for i, content := range o.Contents {
		of := func(m report.Mark) report.Count {
			for _, f := range content.Figures {
				if f.Mark == m {
					o.trace(f)
					return f
				}
			}
			none := report.Count{Figure: report.Figure{Mark: m, Code: content.Code, Of: report.Given}} // no row bears the mark: the rows it is said of are those in hand
			for _, f := range content.Figures {
				if f.Mark == report.Given {
					none.Base, none.Hash = f.Value, f.Hash
				}
			}
			o.trace(none)
			return none
		}
		given := of(report.Given).Value
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), partNamed(content.Code, o.parts), o.tally("Đơn vị báo cáo nhiệm vụ – "+partNamed(content.Code, o.parts), content.Units, o.Sent, "báo cáo đã gửi", ofWords), strconv.Itoa(given),
			share(of(report.Done).Value, given), share(of(report.Overdue).Value, given)}})
	}
	o.blocks = append(o.blocks, t)
}

// trace cites a consolidated figure; with against, that of the period before too.
func (o *summing) trace(f report.Count) {
	o.figures = append(o.figures, traced(f.Figure, o.parts, o.span(), "Báo cáo của "+strconv.Itoa(o.Sent)+"/"+strconv.Itoa(o.Units)+" đơn vị, chốt hết ngày "+date(o.Cut)))
}

// partNamed is the name of a part of the index with its code behind; the code alone where it has no name.
func partNamed(code string, parts map[string]string) string {
	if name := parts[code]; name != "" && name != code {
		return name + " (" + code + ")"
	}
	return code
}

// counted shows consolidated figures; the period before is shown over the units that have both.
func (o *summing) counted(figures []report.Count) {
	before := periodBefore(o.Against)
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Chỉ tiêu", Share: 38}, {Head: "Kỳ này (" + strconv.Itoa(o.Sent) + " đơn vị)", Share: 19, Align: docx.Center}},
		Note: "Số đếm toàn bộ trên " + strconv.Itoa(o.Sent) + "/" + strconv.Itoa(o.Units) + " đơn vị có báo cáo, chốt hết ngày " + date(o.Cut) + "."}
	compared := slices.ContainsFunc(figures, func(f report.Count) bool { return f.HasBefore })
	if compared {
		t.Columns = append(t.Columns, docx.Column{Head: "Kỳ này, đơn vị so sánh được", Share: 19, Align: docx.Center}, docx.Column{Head: capital(before) + ", cùng đơn vị", Share: 19, Align: docx.Center})
		t.Note += " So sánh với " + before + " chỉ tính trên các đơn vị có số liệu cả hai kỳ; dấu “–” là không có đơn vị so sánh được."
	} else {
		t.Note += " Không có đơn vị có số liệu kỳ trước để so sánh."
	}
	for i, f := range figures {
		o.trace(f)
		now, then := "–", "–"
		if f.HasBefore {
			now, then = share(f.Now, f.BaseNow)+"\n("+strconv.Itoa(f.Compared)+" đơn vị)", share(f.Before, f.BaseThen)
			same := ", " + strconv.Itoa(f.Compared) + " đơn vị so sánh được"
			o.figures = append(o.figures, traced(report.Figure{Mark: f.Mark, Value: f.Now, Base: f.BaseNow, Of: f.Of, Hash: f.Hash}, o.parts, o.span()+same, "Báo cáo kỳ này của các đơn vị so sánh được"),
				traced(report.Figure{Mark: f.Mark, Value: f.Before, Base: f.BaseThen, Of: f.Of, Hash: f.HashThen}, o.parts, capital(before)+same, "Báo cáo kỳ trước đã chốt của các đơn vị so sánh được"))
		}
		cells := []string{strconv.Itoa(i + 1), f.Names().VI, share(f.Value, f.Base)}
		if compared {
			cells = append(cells, now, then)
		}
		t.Rows = append(t.Rows, docx.Row{Cells: cells})
	}
	o.blocks = append(o.blocks, t)
}

func (o *summing) shortcomings() {
	o.heading("Tồn tại, hạn chế và nguyên nhân")
	o.subheading("Tồn tại, hạn chế")
	o.text(cmp.Or(o.Text.Shortcomings, "Cơ quan tổng hợp không nêu thêm."))
	if n := len(o.Shortcomings); n > 0 {
		o.text(o.tally("Đơn vị tự nêu tồn tại, hạn chế", n, 0, "", ofWords) + " cơ quan, đơn vị tự nêu tồn tại, hạn chế; nội dung tại Phụ lục.")
	}
	o.subheading("Nguyên nhân")
	o.text(cmp.Or(o.Text.Causes, "Cơ quan tổng hợp không nêu thêm."))
	if n := len(o.Causes); n > 0 {
		o.text(o.tally("Đơn vị tự nêu nguyên nhân", n, 0, "", ofWords) + " cơ quan, đơn vị tự nêu nguyên nhân; nội dung tại Phụ lục là ý kiến của đơn vị, chưa được kiểm chứng.")
	}
}

func (o *summing) next() {
	o.heading("Nhiệm vụ trọng tâm thời gian tới")
	for _, x := range o.Text.Next {
		text := strings.TrimRight(x.Text, ". ;")
		if !x.Due.IsZero() {
			text += "; hoàn thành trước ngày " + date(x.Due)
		}
		o.numbered(text + ".")
	}
	if len(o.Text.Next) == 0 {
		o.text("Tiếp tục thực hiện các nhiệm vụ của kế hoạch; đôn đốc các nhiệm vụ quá hạn; kiểm tra việc khắc phục tồn tại, hạn chế.")
	}
	if n := len(o.Next); n > 0 {
		o.text(o.tally("Nhiệm vụ các đơn vị đăng ký cho kỳ tới", n, 0, "", ofWords) + " nhiệm vụ được các cơ quan, đơn vị đăng ký cho kỳ tới; nội dung tại Phụ lục.")
	}
	if o.Text.Proposals != "" {
		o.heading("Đề xuất, kiến nghị")
		o.text(o.Text.Proposals)
	}
}

func plannedAnnex(c report.Consolidated) docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Cơ quan, đơn vị", Share: 34}, {Head: "Kế hoạch", Share: 36}, {Head: "Số, ngày ban hành", Share: 24, Align: docx.Center}}}
	n := 0
	for _, bloc := range append(slices.Clone(agency.Blocs), "") {
		first := true
		for _, p := range c.Planned {
			if agency.Bloc(p.Unit.Bloc) != bloc {
				continue
			}
			if first {
				t.Rows = append(t.Rows, docx.Row{Heading: true, Cells: []string{orElse(bloc.Names().VI, "Cấp xã")}})
				first = false
			}
			n++
			t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(n), p.Unit.Name, p.Title, p.Number + "\n" + date(p.Date)}})
		}
	}
	return docx.Annex{Title: "Danh sách cơ quan, đơn vị, địa phương đã ban hành kế hoạch", Body: []docx.Block{t}}
}

func lateAnnex(c report.Consolidated) docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Cơ quan, đơn vị", Share: 44}, {Head: "Ngày gửi", Share: 20, Align: docx.Center}, {Head: "Số ngày làm việc quá hạn", Share: 20, Align: docx.Center}},
		Note: "Thời hạn gửi báo cáo: " + date(c.Due) + "."}
	n := 0
	for _, part := range []struct {
		title string
		list  []report.Exception
	}{{"Gửi quá hạn hoặc quá hạn chưa gửi", c.Late}, {"Chưa gửi, còn trong hạn", c.Missing}, {"Bị trả lại để hoàn thiện", c.Returned}} {
		if len(part.list) > 0 {
			t.Rows = append(t.Rows, docx.Row{Heading: true, Cells: []string{part.title}})
		}
		for _, e := range part.list {
			n++
			days := "–"
			if e.Days > 0 {
				days = strconv.Itoa(e.Days)
			}
			t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(n), e.Unit.Name, orElse(date(e.Sent), "Chưa gửi"), days}})
		}
	}
	return docx.Annex{Title: "Tình hình gửi báo cáo", Body: []docx.Block{t}}
}

// saidAnnex gives what units wrote, each under its name: the program adds nothing.
func saidAnnex(c report.Consolidated) docx.Annex {
	a := docx.Annex{Title: "Nội dung do các cơ quan, đơn vị tự báo cáo"}
	for _, part := range []struct {
		title string
		list  []report.Said
	}{{"Tồn tại, hạn chế", c.Shortcomings}, {"Nguyên nhân (theo ý kiến của đơn vị)", c.Causes}, {"Đề xuất, kiến nghị", c.Proposals}, {"Nhiệm vụ đăng ký cho kỳ tới", c.Next}} {
		if len(part.list) == 0 {
			continue
		}
		t := docx.Table{Caption: part.title, Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Cơ quan, đơn vị", Share: 30}, {Head: "Nội dung", Share: 64}}}
		for i, s := range part.list {
			t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), s.Unit.Name, s.Text}})
		}
		a.Body = append(a.Body, t)
	}
	return a
}
