package paper

import (
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/plan"
	"thuoc/internal/target"
	"thuoc/internal/task"
)

// PlanPaper is a plan with what its document says beside it. Names are by id, as they were on the plan's day.
type PlanPaper struct {
	Plan     *plan.Plan
	Office   Office
	Agencies map[string]string
	Parts    map[string]string // names of the parts of the index, by code
	Tasks    []task.Task
	Beside   map[string][]string // names of the agencies that coordinate a task, by its id
	Answers  map[string]string   // who answers by name for a duty, post and tenure, by its id
	Edition  string              // the published edition of the baseline, in words; "" where the plan names none
	Hash     string              // of that edition
	Errors   map[string]string   // intervals of the baseline by code: "± 0,35 điểm, mức 95 %"
	Days     map[string]string   // when and by whom the baseline was measured, by code; "" is for all
}

var planKinds = map[plan.Kind]struct{ name, symbol string }{
	plan.Scheme: {"Kế hoạch", "KH"}, plan.Decision: {"Kế hoạch", "KH"}, plan.Dispatch: {"Kế hoạch", "KH"},
	plan.Directive: {"Chỉ thị", "CT"}, plan.Programme: {"Chương trình", "CTr"},
}

// Plan lays out a plan: grounds, purpose, targets, work by part of the index, who carries it out, and appendices of
// assignments, of tasks, of the figures' sources.
func Plan(p PlanPaper) *docx.Document {
	kind := planKinds[p.Plan.Kind]
	d := p.Office.document(kind.name, kind.symbol, p.subject(kind.name))
	if number, symbol, ok := strings.Cut(p.Plan.Number, "/"); ok {
		d.Number, d.Symbol = number, symbol
	}
	if !p.Plan.Signed.IsZero() {
		d.Date = p.Plan.Signed
	}
	for _, b := range p.Plan.Bases {
		d.Grounds = append(d.Grounds, ground(b))
	}
	o := &outline{}
	p.purpose(o)
	p.targets(o)
	p.work(o)
	p.carrying(o)
	d.Body = o.closed("Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, các cơ quan, đơn vị, địa phương phản ánh về " + p.owner() + " để tổng hợp, báo cáo cơ quan có thẩm quyền xem xét, quyết định")
	if len(p.Plan.Duties) > 0 {
		d.Annexes = append(d.Annexes, p.assignments())
	}
	if len(p.Tasks) > 0 {
		d.Annexes = append(d.Annexes, p.tasks())
	}
	if f := p.figures(); len(f) > 0 {
		d.Annexes = append(d.Annexes, sources(f))
	}
	return d
}

// subject is the title without the kind that stands above it.
func (p PlanPaper) subject(kind string) string {
	title := p.Plan.Title
	if rest, ok := strings.CutPrefix(strings.ToLower(title), strings.ToLower(kind)+" "); ok && rest != "" {
		title = title[len(title)-len(rest):]
	}
	return capital(title)
}

// ground writes a document the plan rests on.
func ground(b plan.Basis) string {
	words := []string{"Căn cứ", b.Title}
	if b.Number != "" && !strings.Contains(b.Title, b.Number) {
		words = append(words, "(số "+b.Number)
		if !b.Dated.IsZero() {
			words = append(words, docx.Day(b.Dated))
		}
		if b.Issuer != "" {
			words = append(words, "của "+b.Issuer)
		}
		words[len(words)-1] += ")"
	}
	return strings.Join(words, " ")
}

func (p PlanPaper) owner() string { return orElse(p.Agencies[p.Plan.Agency], p.Office.Issuer) }

func (p PlanPaper) purpose(o *outline) {
	o.heading("Mục đích, yêu cầu")
	o.numbered("Xác định mục tiêu, chỉ tiêu, nhiệm vụ để nâng cao chất lượng các nội dung của chỉ số; làm căn cứ theo dõi, đôn đốc, kiểm tra và đánh giá kết quả thực hiện.")
	o.numbered("Mỗi nội dung có một cơ quan chủ trì, cơ quan phối hợp; mỗi nhiệm vụ có sản phẩm, thời hạn cụ thể; kết quả phải có tài liệu minh chứng và được cơ quan khác xác nhận.")
}

func (p PlanPaper) targets(o *outline) {
	o.heading("Mục tiêu, chỉ tiêu")
	if len(p.Plan.Aims) == 0 {
		o.text("Kế hoạch chưa xác định chỉ tiêu cụ thể.")
		return
	}
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 5, Align: docx.Center}, {Head: "Nội dung", Share: 34}, {Head: "Kết quả" + year(p.Plan.BaseYear), Share: 13, Align: docx.Center},
		{Head: "Chỉ tiêu" + year(p.Plan.Year), Share: 25}, {Head: "Thay đổi", Share: 11, Align: docx.Center}, {Head: "Định hướng", Share: 16, Align: docx.Center}},
		Note: p.baselineNote()}
	for i, a := range p.Plan.Aims {
		was, change := "", ""
		if a.Baseline != nil {
			was = number(*a.Baseline, 2)
		}
		if a.Change != nil {
			change = signed(*a.Change)
		}
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), p.part(a.Code), was, aimText(a), change, plan.SortingNames(a.Sorting).VI}})
	}
	o.blocks = append(o.blocks, t)
}

func year(y int) string {
	if y == 0 {
		return ""
	}
	return " năm " + strconv.Itoa(y)
}

func signed(v float64) string {
	if v > 0 {
		return "+" + number(v, 2)
	}
	return number(v, 2)
}

// baselineNote says how sure the results are from which the plan starts.
func (p PlanPaper) baselineNote() string {
	if !slices.ContainsFunc(p.Plan.Aims, func(a plan.Aim) bool { return a.Baseline != nil }) {
		return ""
	}
	note := "Kết quả gốc ghi theo kế hoạch"
	if p.Edition != "" {
		note += "; bản công bố: " + p.Edition
	}
	if len(p.Errors) == 0 {
		return note + ". Sai số chọn mẫu của kết quả gốc không được công bố hoặc không có trong hệ thống; chênh lệch nhỏ chưa đủ căn cứ để kết luận là có thay đổi."
	}
	return note + ". Sai số của từng kết quả ghi tại Phụ lục Nguồn số liệu."
}

// part names a part of the index.
func (p PlanPaper) part(code string) string {
	return partNamed(code, p.Parts)
}

// aimText writes a target as plans do.
func aimText(a plan.Aim) string {
	points := func(v *float64) string {
		if v == nil {
			return ""
		}
		return number(*v, 2) + " điểm"
	}
	rank := 0
	if a.Rank != nil {
		rank = *a.Rank
	}
	if a.Word != "" && a.Kind != target.Group {
		return a.Word
	}
	switch a.Kind {
	case target.Points:
		return "đạt từ " + points(a.Value) + " trở lên"
	case target.Change:
		return "tăng ít nhất " + points(a.Value)
	case target.Hold:
		return "giữ vững, không thấp hơn kết quả gốc"
	case target.Rank:
		return "xếp hạng " + strconv.Itoa(rank) + " trở lên"
	case target.Gain:
		return "tăng ít nhất " + count(rank) + " bậc"
	case target.Group:
		return "thuộc nhóm “" + a.Word + "” trở lên"
	}
	return ""
}

// codes gives the parts of the index that have duties, in their order.
func (p PlanPaper) codes() (all []string) {
	for _, d := range p.Plan.Duties {
		if !slices.Contains(all, d.Code) {
			all = append(all, d.Code)
		}
	}
	return all
}

// of gives the agencies with a part in a code.
func (p PlanPaper) of(code string, part plan.Part) (names []string) {
	for _, d := range p.Plan.Duties {
		if d.Code == code && d.Part == part {
			names = append(names, orElse(p.Agencies[d.Agency], "(cơ quan không còn trong danh mục)"))
		}
	}
	return names
}

// said gives what agencies will do for a code, in their words: the lead's alone, or all of them under their names.
func (p PlanPaper) said(code string, all bool) (words []string) {
	for _, d := range p.Plan.Duties {
		switch {
		case d.Code != code || d.Words == "":
		case all && d.Part != plan.Lead:
			words = append(words, p.Agencies[d.Agency]+": "+d.Words)
		case all || d.Part == plan.Lead:
			words = append(words, d.Words)
		}
	}
	return words
}

func (p PlanPaper) work(o *outline) {
	o.heading("Nhiệm vụ, giải pháp")
	if len(p.codes()) == 0 && len(p.Tasks) == 0 {
		o.text("Kế hoạch chưa phân công nhiệm vụ.")
	}
	for _, code := range p.codes() {
		o.subheading(p.part(code))
		for _, w := range p.said(code, false) {
			o.dashed(strings.TrimRight(w, ". ;") + ".")
		}
		who := "Cơ quan chủ trì: " + orElse(strings.Join(p.of(code, plan.Lead), ", "), "chưa xác định")
		if with := p.of(code, plan.Coordinate); len(with) > 0 {
			who += "; cơ quan phối hợp: " + strings.Join(with, ", ")
		}
		o.dashed(who + ".")
	}
	if len(p.Tasks) > 0 {
		o.text("Danh mục nhiệm vụ cụ thể, sản phẩm và thời hạn thực hiện tại Phụ lục kèm theo Kế hoạch này.")
	}
}

func (p PlanPaper) carrying(o *outline) {
	o.heading("Tổ chức thực hiện")
	o.numbered("Các cơ quan, đơn vị, địa phương được phân công tại Phụ lục tổ chức thực hiện nhiệm vụ đúng thời hạn, gửi tài liệu minh chứng và báo cáo kết quả theo chế độ báo cáo định kỳ.")
	o.numbered(p.owner() + " theo dõi, đôn đốc, kiểm tra, tổng hợp, báo cáo kết quả thực hiện Kế hoạch.")
}

// answering gives the agencies that lead a code, each with who answers by name for it.
func (p PlanPaper) answering(code string) string {
	all := p.of(code, plan.Lead)
	for _, d := range p.Plan.Duties {
		if by := p.Answers[d.ID]; d.Code == code && d.Part == plan.Lead && by != "" {
			all = append(all, "("+by+")") // a part of the index has one lead
		}
	}
	return strings.Join(all, "\n")
}

func (p PlanPaper) assignments() docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 4, Align: docx.Center}, {Head: "Nội dung của chỉ số", Share: 25}, {Head: "Cơ quan chủ trì (người chịu trách nhiệm)", Share: 18}, {Head: "Cơ quan phối hợp", Share: 18},
		{Head: "Cơ quan thẩm tra", Share: 13}, {Head: "Nội dung thực hiện", Share: 30}}}
	for i, code := range p.codes() {
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), p.part(code), p.answering(code), strings.Join(p.of(code, plan.Coordinate), "\n"),
			strings.Join(p.of(code, plan.Verify), "\n"), strings.Join(p.said(code, true), "\n")}})
	}
	return docx.Annex{Title: "Phân công cơ quan chủ trì, phối hợp", Landscape: true, Body: []docx.Block{t}}
}

// tasks is the list of tasks under the headings of the plan.
func (p PlanPaper) tasks() docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 4, Align: docx.Center}, {Head: "Nhiệm vụ", Share: 32}, {Head: "Nội dung", Share: 9, Align: docx.Center}, {Head: "Cơ quan chủ trì", Share: 17},
		{Head: "Cơ quan phối hợp", Share: 17}, {Head: "Sản phẩm", Share: 17}, {Head: "Thời hạn", Share: 12, Align: docx.Center}}}
	var blocks []string
	for _, x := range p.Tasks {
		if !slices.Contains(blocks, x.Block) {
			blocks = append(blocks, x.Block)
		}
	}
	n := 0
	for i, block := range blocks {
		if len(blocks) > 1 || block != "" {
			t.Rows = append(t.Rows, docx.Row{Heading: true, Cells: []string{docx.Roman(i+1) + ". " + orElse(block, "Nhiệm vụ khác")}})
		}
		for _, x := range p.Tasks {
			if x.Block != block {
				continue
			}
			n++
			with := append([]string(nil), p.Beside[x.ID]...)
			if x.Beside != "" {
				with = append(with, x.Beside)
			}
			t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(n), x.Title, strings.ReplaceAll(x.Code, ";", ", "), orElse(p.Agencies[x.Agency], x.Who), strings.Join(with, "\n"), x.Product, due(x.When, x.Due)}})
		}
	}
	return docx.Annex{Title: "Danh mục nhiệm vụ", Landscape: true, Body: []docx.Block{t}}
}

// due writes a deadline: in the plan's words where they say more than a day.
func due(words string, day clock.Date) string {
	if words != "" {
		return words
	}
	return date(day)
}

// figures are those of the table of targets: what is aimed at, and the result from which it starts.
func (p PlanPaper) figures() (list []Figure) {
	for _, a := range p.Plan.Aims {
		if f, ok := p.aimed(a); ok {
			list = append(list, f)
		}
		if a.Baseline == nil {
			continue
		}
		list = append(list, Figure{What: "Kết quả gốc: " + p.part(a.Code), Value: number(*a.Baseline, 2) + " điểm", Error: orElse(p.Errors[a.Code], "Sai số: không công bố"),
			Period: strings.TrimSpace("Kết quả" + year(p.Plan.BaseYear)), Source: orElse(p.Edition, "Ghi theo kế hoạch; không dẫn bản công bố"), Hash: p.Hash})
	}
	return list
}

// aimed is the figure of a target: nothing was measured of it, and that is said.
func (p PlanPaper) aimed(a plan.Aim) (Figure, bool) {
	var says []string
	if a.Value != nil {
		says = append(says, number(*a.Value, 2)+" điểm")
	}
	if a.Change != nil {
		says = append(says, "thay đổi "+signed(*a.Change))
	}
	return Figure{What: "Chỉ tiêu: " + p.part(a.Code), Value: strings.Join(says, "; "), Base: "Mức phấn đấu, không phải kết quả đo", Period: capital(strings.TrimSpace(year(p.Plan.Year))),
		Source: "Kế hoạch này"}, len(says) > 0
}
