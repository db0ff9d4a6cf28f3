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
	o := &outline{}
	o.text(office.Issuer + " báo cáo kết quả thực hiện các kế hoạch cải thiện chỉ số " + period + " (số liệu từ ngày " + date(c.First) + " đến hết ngày " + date(c.Cut) + ") như sau:")
	directed(o, c)
	surveyed(o, c)
	inspected(o, c)
	results(o, c, parts)
	shortcomings(o, c)
	next(o, c)
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
	d.Annexes = append(d.Annexes, sources(consolidatedFigures(c, parts)))
	return d
}

// directed tells who planned and who reported.
func directed(o *outline, c report.Consolidated) {
	o.heading("Công tác chỉ đạo, điều hành")
	o.subheading("Ban hành kế hoạch")
	issued := slices.DeleteFunc(slices.Clone(c.Planned), func(p report.Planned) bool { return p.Number == "" })
	o.text("Tính đến hết ngày " + date(c.Cut) + ", trên hệ thống có " + count(len(c.Planned)) + " kế hoạch của các cơ quan, đơn vị, địa phương, trong đó " + count(len(issued)) + " kế hoạch đã ban hành, có số, ký hiệu" + see(len(c.Planned) > 0, "danh sách tại Phụ lục") + ".")
	o.subheading("Chế độ báo cáo")
	o.text(share(c.Sent, c.Units) + " cơ quan, đơn vị, địa phương đã gửi báo cáo; các số liệu tổng hợp dưới đây tính trên " + count(c.Sent) + " báo cáo này.")
	o.text("Gửi báo cáo quá hạn hoặc đã quá hạn chưa gửi: " + count(len(c.Late)) + "; chưa gửi, còn trong hạn: " + count(len(c.Missing)) + "; bị trả lại để hoàn thiện: " + count(len(c.Returned)) + see(len(c.Late)+len(c.Missing)+len(c.Returned) > 0, "danh sách tại Phụ lục") + ".")
	if n := c.Kept + c.InPart + c.NotKept; n > 0 {
		o.text("Trong " + count(n) + " nội dung cam kết kỳ trước đã được trả lời: đã thực hiện " + share(c.Kept, n) + "; thực hiện một phần " + share(c.InPart, n) + "; chưa thực hiện " + share(c.NotKept, n) + ".")
	}
	o.text(c.Text.Results)
}

func see(there bool, where string) string {
	if !there {
		return ""
	}
	return " (" + where + ")"
}

func surveyed(o *outline, c report.Consolidated) {
	o.heading("Địa bàn khảo sát")
	if len(c.Surveyed) == 0 {
		o.text("Trong kỳ báo cáo, hệ thống không ghi nhận địa bàn khảo sát nào.")
		return
	}
	o.text("Trong kỳ báo cáo, khảo sát được thực hiện tại " + count(len(c.Surveyed)) + " địa bàn: " + strings.Join(c.Surveyed, "; ") + ".")
}

// inspectionMarks are the figures that speak of inspections.
var inspectionMarks = []report.Mark{report.Inspected, report.Reinspected, report.Found, report.Remedied, report.FindingLate, report.FindingFails}

func inspected(o *outline, c report.Consolidated) {
	o.heading("Công tác kiểm tra, tái kiểm tra")
	mine := slices.DeleteFunc(slices.Clone(c.Figures), func(f report.Count) bool { return !slices.Contains(inspectionMarks, f.Mark) || f.Code != "" })
	if len(mine) == 0 {
		o.text("Hệ thống không có số liệu kiểm tra trong kỳ báo cáo.")
		return
	}
	o.blocks = append(o.blocks, countTable(mine, c))
}

func results(o *outline, c report.Consolidated, parts map[string]string) {
	o.heading("Kết quả thực hiện nhiệm vụ")
	o.subheading("Kết quả chung")
	general := slices.DeleteFunc(slices.Clone(c.Figures), func(f report.Count) bool { return slices.Contains(inspectionMarks, f.Mark) || f.Code != "" })
	o.blocks = append(o.blocks, countTable(general, c))
	if len(c.Contents) == 0 {
		return
	}
	o.subheading("Kết quả theo nội dung của chỉ số")
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 5, Align: docx.Center}, {Head: "Nội dung", Share: 37}, {Head: "Số đơn vị báo cáo", Share: 12, Align: docx.Center}, {Head: "Nhiệm vụ", Share: 11, Align: docx.Center},
		{Head: "Hoàn thành", Share: 19, Align: docx.Center}, {Head: "Quá hạn", Share: 16, Align: docx.Center}}, Note: "Một nhiệm vụ có thể thuộc nhiều nội dung; không cộng các dòng thành tổng chung."}
	for i, content := range c.Contents {
		of := func(m report.Mark) report.Count {
			for _, f := range content.Figures {
				if f.Mark == m {
					return f
				}
			}
			return report.Count{}
		}
		given := of(report.Given).Value
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), partNamed(content.Code, parts), strconv.Itoa(content.Units), strconv.Itoa(given), share(of(report.Done).Value, given), share(of(report.Overdue).Value, given)}})
	}
	o.blocks = append(o.blocks, t)
}

// partNamed is the name of a part of the index with its code behind; the code alone where it has no name.
func partNamed(code string, parts map[string]string) string {
	if name := parts[code]; name != "" && name != code {
		return name + " (" + code + ")"
	}
	return code
}

// countTable shows consolidated figures; the period before is shown over the units that have both.
func countTable(figures []report.Count, c report.Consolidated) docx.Table {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Chỉ tiêu", Share: 38}, {Head: "Kỳ này (" + strconv.Itoa(c.Sent) + " đơn vị)", Share: 19, Align: docx.Center},
		{Head: "Kỳ này, đơn vị so sánh được", Share: 19, Align: docx.Center}, {Head: "Kỳ trước, cùng đơn vị", Share: 19, Align: docx.Center}},
		Note: "Số đếm toàn bộ trên " + strconv.Itoa(c.Sent) + "/" + strconv.Itoa(c.Units) + " đơn vị có báo cáo, chốt hết ngày " + date(c.Cut) + ". So sánh với kỳ trước chỉ tính trên các đơn vị có số liệu cả hai kỳ; dấu “–” là không có đơn vị so sánh được."}
	for i, f := range figures {
		now, then := "–", "–"
		if f.HasBefore {
			now, then = share(f.Now, f.BaseNow)+"\n("+strconv.Itoa(f.Compared)+" đơn vị)", share(f.Before, f.BaseThen)
		}
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), f.Names().VI, share(f.Value, f.Base), now, then}})
	}
	return t
}

func shortcomings(o *outline, c report.Consolidated) {
	o.heading("Tồn tại, hạn chế và nguyên nhân")
	o.subheading("Tồn tại, hạn chế")
	o.text(cmp.Or(c.Text.Shortcomings, "Cơ quan tổng hợp không nêu thêm."))
	if n := len(c.Shortcomings); n > 0 {
		o.text(count(n) + " cơ quan, đơn vị tự nêu tồn tại, hạn chế; nội dung tại Phụ lục.")
	}
	o.subheading("Nguyên nhân")
	o.text(cmp.Or(c.Text.Causes, "Cơ quan tổng hợp không nêu thêm."))
	if n := len(c.Causes); n > 0 {
		o.text(count(n) + " cơ quan, đơn vị tự nêu nguyên nhân; nội dung tại Phụ lục là ý kiến của đơn vị, chưa được kiểm chứng.")
	}
}

func next(o *outline, c report.Consolidated) {
	o.heading("Nhiệm vụ trọng tâm thời gian tới")
	for _, x := range c.Text.Next {
		text := strings.TrimRight(x.Text, ". ;")
		if !x.Due.IsZero() {
			text += "; hoàn thành trước ngày " + date(x.Due)
		}
		o.numbered(text + ".")
	}
	if len(c.Text.Next) == 0 {
		o.text("Tiếp tục thực hiện các nhiệm vụ của kế hoạch; đôn đốc các nhiệm vụ quá hạn; kiểm tra việc khắc phục tồn tại, hạn chế.")
	}
	if n := len(c.Next); n > 0 {
		o.text(count(n) + " cơ quan, đơn vị đăng ký nhiệm vụ cho kỳ tới; nội dung tại Phụ lục.")
	}
	if c.Text.Proposals != "" {
		o.heading("Đề xuất, kiến nghị")
		o.text(c.Text.Proposals)
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
			paper := "Chưa ban hành"
			if p.Number != "" {
				paper = p.Number + "\n" + date(p.Date)
			}
			t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(n), p.Unit.Name, p.Title, paper}})
		}
	}
	return docx.Annex{Title: "Danh sách cơ quan, đơn vị, địa phương có kế hoạch", Body: []docx.Block{t}}
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

// consolidatedFigures traces every figure: those of the whole, then by part of the index.
func consolidatedFigures(c report.Consolidated, parts map[string]string) (list []Figure) {
	span := date(c.First) + " – " + date(c.Cut)
	source := "Báo cáo của " + strconv.Itoa(c.Sent) + "/" + strconv.Itoa(c.Units) + " đơn vị, chốt hết ngày " + date(c.Cut)
	list = append(list, Figure{What: "Đơn vị đã gửi báo cáo", Value: strconv.Itoa(c.Sent), Base: strconv.Itoa(c.Units) + " (đơn vị phải báo cáo)", Period: span, Source: "Sổ theo dõi báo cáo trên hệ thống", Hash: c.Hash},
		Figure{What: "Kế hoạch trên hệ thống", Value: strconv.Itoa(len(c.Planned)), Base: "Đếm toàn bộ", Period: "Đến hết ngày " + date(c.Cut), Source: "Danh mục kế hoạch", Hash: c.Hash})
	add := func(f report.Count) {
		list = append(list, traced(f.Figure, parts, span, source))
		if f.HasBefore {
			x := traced(report.Figure{Mark: f.Mark, Code: f.Code, Value: f.Before, Base: f.BaseThen, Of: f.Of}, parts, "Kỳ trước, "+strconv.Itoa(f.Compared)+" đơn vị", "Báo cáo kỳ trước đã chốt của các đơn vị")
			list = append(list, x)
		}
	}
	for _, f := range c.Figures {
		add(f)
	}
	for _, content := range c.Contents {
		for _, f := range content.Figures {
			add(f)
		}
	}
	return list
}
