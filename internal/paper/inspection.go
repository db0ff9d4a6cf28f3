package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/inspect"
	"thuoc/internal/job"
)

// Called are the names that the papers of inspections need: of people by account, and of units whose findings are.
type Called struct {
	People map[string]string
	Units  map[inspect.Unit]string
	Plan   string // the plan whose carrying out is checked, as it is cited; "" for none
}

var joinedTo = map[inspect.Joined]string{inspect.Reform: "kiểm tra cải cách hành chính", inspect.PublicDuty: "kiểm tra công vụ", inspect.Both: "kiểm tra cải cách hành chính và kiểm tra công vụ"}

var inspectionKinds = map[inspect.Kind]string{inspect.Planned: "kiểm tra theo kế hoạch", inspect.Surprise: "kiểm tra đột xuất", inspect.Again: "kiểm tra lại"}

// Decision lays out the decision to inspect. Whom a surprise visits stands nowhere in it.
func Decision(i inspect.Decision, office Office, called Called) *docx.Document {
	d := office.document("Quyết định", "QĐ", "Về việc thành lập Đoàn kiểm tra “"+i.Title+"”")
	if number, symbol, ok := strings.Cut(i.Inspection.Decision, "/"); ok {
		d.Number, d.Symbol, d.Date = number, symbol, i.Decided
	}
	d.Power = "Chủ tịch " + office.Issuer
	d.Signing.Body = "" // the chair decides in the own name
	d.Grounds = decisionGrounds(i, called)
	o := &outline{}
	o.add(docx.Resolves, "QUYẾT ĐỊNH:")
	article(o, "Thành lập Đoàn "+inspectionKinds[i.Inspection.Kind]+" “"+i.Title+"”"+beside(i.Joined)+", gồm các ông (bà) có tên sau:")
	o.blocks = append(o.blocks, teamTable(i.Team, called))
	article(o, "Nội dung, đối tượng và thời gian kiểm tra")
	o.numbered("Nội dung kiểm tra: " + themes(i.Themes) + ".")
	o.numbered("Đối tượng kiểm tra: " + visitedUnits(i) + ".")
	o.numbered("Thời gian: từ ngày " + date(i.Since) + " đến hết ngày " + date(i.Until) + ".")
	article(o, "Trưởng đoàn phân công nhiệm vụ cho thành viên; lập biên bản tại từng đơn vị được kiểm tra và báo cáo kết quả sau khi kết thúc kiểm tra.")
	article(o, "Quyết định này có hiệu lực kể từ ngày ký.")
	d.Body = o.closed("Các cơ quan, đơn vị có liên quan và các ông (bà) có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này")
	d.Recipients = append([]string{"Như Điều 1"}, d.Recipients...)
	return d
}

func decisionGrounds(i inspect.Decision, called Called) (grounds []string) {
	if called.Plan != "" {
		grounds = append(grounds, "Căn cứ "+called.Plan)
	}
	if i.Previous != "" {
		grounds = append(grounds, "Căn cứ kết quả kiểm tra theo Quyết định số "+cited(i.Previous))
	}
	return append(grounds, "Xét yêu cầu kiểm tra việc thực hiện nhiệm vụ được giao")
}

func beside(j inspect.Joined) string {
	if j == inspect.Alone {
		return ""
	}
	return ", kết hợp " + joinedTo[j]
}

// article adds the next article.
func article(o *outline, text string) {
	o.part, o.item = o.part+1, 0
	o.blocks = append(o.blocks, docx.Paragraph{Style: docx.Article, Lead: "Điều " + strconv.Itoa(o.part) + ".", Text: text})
}

func teamTable(team []inspect.TeamMember, called Called) docx.Table {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Họ và tên", Share: 36}, {Head: "Chức vụ, đơn vị công tác", Share: 38}, {Head: "Nhiệm vụ", Share: 20, Align: docx.Center}}}
	for n, m := range team {
		does := "Thành viên"
		if m.Chief {
			does = "Trưởng đoàn"
		}
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(n + 1), called.People[m.User], m.Post, does}})
	}
	return t
}

func themes(lists []inspect.Checklist) string {
	var names []string
	for _, c := range lists {
		names = append(names, lower(c.Theme))
	}
	return orElse(strings.Join(names, "; "), "theo đề cương kiểm tra do Trưởng đoàn ban hành")
}

// visitedUnits names whom an inspection visits, unless a draw keeps that from everybody.
func visitedUnits(i inspect.Decision) string {
	switch {
	case i.Drawn:
		return "xác định bằng bốc thăm ngẫu nhiên, chỉ công bố khi Đoàn kiểm tra bắt đầu làm việc tại đơn vị"
	case len(i.Units) == 0:
		return "do Trưởng đoàn xác định và thông báo trước"
	}
	return strings.Join(i.Units, "; ")
}

// Record lays out the record of a visit: who was there, what was asked and answered, what was found, what the unit says.
func Record(r inspect.Record, office Office, called Called) *docx.Document {
	d := office.document("Biên bản", "BB", "Kiểm tra “"+r.Title+"” tại "+r.Unit)
	if number, symbol, ok := strings.Cut(r.Paper.Number, "/"); ok {
		d.Number, d.Symbol = number, symbol
	}
	d.Date = r.Paper.Dated
	d.Signing = docx.Signing{Body: "Đoàn kiểm tra", Position: "Trưởng đoàn", Name: r.Paper.Signer}
	d.Recipients = []string{r.Unit, "Lưu: Hồ sơ Đoàn kiểm tra"}
	o := &outline{}
	o.text("Thực hiện Quyết định " + citedDecision(r.Decision) + ", Đoàn kiểm tra làm việc tại " + r.Unit + begun(r) + ", kết quả như sau:")
	o.heading("Thành phần")
	o.subheading("Đoàn kiểm tra")
	o.blocks = append(o.blocks, teamTable(r.Team, called))
	o.subheading("Đại diện " + r.Unit)
	o.text(orElse(r.Paper.Present, "(ghi họ tên, chức vụ)"))
	o.heading("Kết quả kiểm tra")
	o.blocks = append(o.blocks, answersTable(r.Answers))
	o.text(r.Paper.Words)
	o.heading("Tồn tại, hạn chế và yêu cầu khắc phục")
	if len(r.Findings) == 0 {
		o.text("Đoàn kiểm tra không ghi nhận tồn tại, hạn chế.")
	} else {
		o.blocks = append(o.blocks, findingsTable(r.Findings, func(inspect.Finding) string { return r.Unit }, false))
	}
	o.heading("Ý kiến của đơn vị được kiểm tra")
	o.text(orElse(r.Paper.Opinion, "Đơn vị không có ý kiến khác."))
	o.text("Biên bản được đọc lại cho các thành phần cùng nghe, thống nhất và lập thành 02 bản có giá trị như nhau./.")
	d.Body = append(o.blocks, docx.Witnesses{"Đại diện đơn vị", "Người ghi biên bản"})
	return d
}

func citedDecision(i inspect.Decision) string {
	if i.Inspection.Decision == "" {
		return "thành lập Đoàn kiểm tra"
	}
	return "số " + cited(i.Inspection.Decision) + " ngày " + date(i.Decided)
}

// cited writes the number of a document as the decree does, with a 0 before numbers under 10.
func cited(number string) string {
	n, symbol, _ := strings.Cut(number, "/")
	return docx.Numbered(n, symbol)
}

// begun says when a visit began.
func begun(r inspect.Record) string {
	if r.Began.IsZero() {
		return ""
	}
	at := r.Began.In(job.VietnamTime)
	return fmt.Sprintf(" từ %d giờ %02d phút ngày %s", at.Hour(), at.Minute(), date(clock.Of(at)))
}

func answersTable(answers []inspect.Answered) docx.Table {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Nội dung kiểm tra", Share: 58}, {Head: "Kết quả", Share: 24, Align: docx.Center}, {Head: "Ảnh chụp", Share: 12, Align: docx.Center}}}
	theme, n := "", 0
	for _, a := range answers {
		if a.Theme != theme {
			theme = a.Theme
			t.Rows = append(t.Rows, docx.Row{Heading: true, Cells: []string{theme}})
		}
		n++
		says := a.Answer.Value
		switch {
		case a.Sort == inspect.YesNo && says == "yes":
			says = "Có"
		case a.Sort == inspect.YesNo && says == "no":
			says = "Không"
		case a.Sort == inspect.Photo && len(a.Photos) > 0:
			says = "Đã chụp"
		}
		photos := ""
		if len(a.Photos) > 0 {
			photos = strconv.Itoa(len(a.Photos))
		}
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(n), a.Text, orElse(says, "Chưa ghi nhận"), photos}})
	}
	return t
}

// findingsTable lists what was found, under the units where whose is told.
func findingsTable(list []inspect.Finding, whose func(inspect.Finding) string, named bool) docx.Table {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 5, Align: docx.Center}, {Head: "Tồn tại, hạn chế", Share: 38}, {Head: "Yêu cầu khắc phục", Share: 36}, {Head: "Thời hạn", Share: 14, Align: docx.Center}}}
	if named {
		t.Columns = slices.Insert(t.Columns, 1, docx.Column{Head: "Đơn vị chịu trách nhiệm", Share: 22})
	}
	for n, f := range list {
		cells := []string{strconv.Itoa(n + 1), f.Words, f.Remedy, date(f.Due)}
		if named {
			cells = slices.Insert(cells, 1, whose(f))
		}
		t.Rows = append(t.Rows, docx.Row{Cells: cells})
	}
	return t
}

// Conclusion lays out the notice of what an inspection concludes. "Kết luận" is no kind of document of the decree: it goes
// out as a notice.
func Conclusion(c inspect.Conclusion, office Office, called Called) *docx.Document {
	d := office.document("Thông báo", "TB", "Kết luận kiểm tra “"+c.Title+"”")
	if number, symbol, ok := strings.Cut(c.Paper.Number, "/"); ok {
		d.Number, d.Symbol = number, symbol
	}
	d.Date = c.Paper.Dated
	if c.Paper.Signer != "" {
		d.Signing.Name = c.Paper.Signer
	}
	var found []inspect.Finding
	where := map[string]string{}
	yes, no := 0, 0
	for _, v := range c.Visited {
		yes, no = yes+v.Yes, no+v.No
		for _, f := range v.Findings {
			found, where[f.ID] = append(found, f), v.Unit
		}
	}
	o := &outline{}
	o.text("Thực hiện Quyết định " + citedDecision(c.Decision) + ", Đoàn " + inspectionKinds[c.Inspection.Kind] + beside(c.Joined) + " đã kiểm tra " + count(len(c.Visited)) + " cơ quan, đơn vị từ ngày " + date(c.Since) + " đến hết ngày " + date(c.Until) + ". " + office.Issuer + " thông báo kết luận như sau:")
	o.heading("Kết quả kiểm tra")
	o.text("Nội dung kiểm tra: " + themes(c.Themes) + ".")
	o.blocks = append(o.blocks, visitsTable(c.Visited))
	o.heading("Tồn tại, hạn chế và yêu cầu khắc phục")
	o.text(foundText(len(found)))
	o.heading("Kết luận")
	o.text(c.Paper.Words)
	o.heading("Tổ chức thực hiện")
	o.numbered("Các cơ quan, đơn vị được kiểm tra khắc phục tồn tại, hạn chế đúng thời hạn, gửi tài liệu minh chứng trên hệ thống.")
	o.numbered("Việc khắc phục được người khác xác minh; tồn tại chưa khắc phục được đưa vào kiểm tra lại.")
	d.Body = o.closed("Trên đây là kết luận kiểm tra, đề nghị các cơ quan, đơn vị thực hiện")
	whose := func(f inspect.Finding) string { return orElse(called.Units[f.Unit], where[f.ID]) }
	if len(found) > 0 {
		d.Annexes = append(d.Annexes, docx.Annex{Title: "Tồn tại, hạn chế và yêu cầu khắc phục", Landscape: true, Body: []docx.Block{findingsTable(found, whose, true)}})
	}
	span := date(c.Since) + " – " + date(c.Until)
	trace := func(what string, n int, base string) Figure {
		return Figure{What: what, Value: strconv.Itoa(n), Base: base, Period: span, Source: "Phiếu kiểm tra và biên bản của Đoàn trên hệ thống", Hash: conclusionHash(c)}
	}
	asked := strconv.Itoa(yes+no) + " (câu hỏi có/không đã ghi nhận)"
	figures := []Figure{trace("Cơ quan, đơn vị được kiểm tra", len(c.Visited), "Đếm toàn bộ"), trace("Nội dung trả lời “có”", yes, asked),
		trace("Nội dung trả lời “không”", no, asked), trace("Tồn tại, hạn chế", len(found), "Đếm toàn bộ")}
	for _, v := range c.Visited {
		of := strconv.Itoa(v.Yes+v.No) + " (câu hỏi có/không đã ghi nhận)"
		figures = append(figures, trace("Trả lời “có” – "+v.Unit, v.Yes, of), trace("Trả lời “không” – "+v.Unit, v.No, of), trace("Tồn tại – "+v.Unit, len(v.Findings), "Đếm toàn bộ"))
	}
	d.Annexes = append(d.Annexes, sources(figures))
	return d
}

func foundText(n int) string {
	if n == 0 {
		return "Đoàn kiểm tra không ghi nhận tồn tại, hạn chế."
	}
	return "Đoàn kiểm tra ghi nhận " + count(n) + " tồn tại, hạn chế; nội dung, yêu cầu và thời hạn khắc phục tại Phụ lục I."
}

func visitsTable(visits []inspect.VisitResult) docx.Table {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Cơ quan, đơn vị", Share: 44}, {Head: "Trả lời “có”", Share: 18, Align: docx.Center}, {Head: "Trả lời “không”", Share: 18, Align: docx.Center}, {Head: "Tồn tại", Share: 14, Align: docx.Center}},
		Note: "Tỷ lệ tính trên số câu hỏi có/không đã ghi nhận tại từng đơn vị; không suy rộng cho đơn vị không được kiểm tra."}
	for n, v := range visits {
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(n + 1), v.Unit, share(v.Yes, v.Yes+v.No), share(v.No, v.Yes+v.No), strconv.Itoa(len(v.Findings))}})
	}
	return t
}

// conclusionHash is the SHA-256 of what a conclusion counts: a line a visit, and one a finding, their fields quoted.
func conclusionHash(c inspect.Conclusion) string {
	sum := sha256.New()
	for _, v := range c.Visited {
		fmt.Fprintf(sum, "%q %d %d\n", v.Record.Visit, v.Yes, v.No)
		for _, f := range v.Findings {
			fmt.Fprintf(sum, "%q %q %q %q\n", f.ID, f.Words, f.Remedy, f.Due.String())
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
