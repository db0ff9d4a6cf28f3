package e2e

// publishesResults: the published figures become a run, the run an edition, and the edition public by other hands.
func (y *year) publishesResults() {
	a := y.as(yearAnalyst)
	a.clicks("Các lần tính")
	a.clicks("Số liệu đã công bố")
	a.fills("year", "2024")
	a.submits("PAPI")
	a.clicks("Đóng băng thành ấn bản")
	a.submits("chờ duyệt")

	c := y.as(yearChair)
	c.clicks("Các ấn bản")
	c.clicks("PAPI")
	c.clicks("Duyệt")
	c.ticks("verdict", "approve")
	c.fills("note", "Đã đối chiếu với số đã công bố.")
	c.submits()
	c.clicks("Công bố")
	c.submits("công khai")
}

// writesPlan: the plan of the year with its targets, and who is usually asked for what.
func (y *year) writesPlan() {
	y.on("2026-01-12")
	o := y.as(yearOwner)
	o.clicks("Kế hoạch")
	o.clicks("Kế hoạch mới")
	o.fills("title", "Kế hoạch nâng cao Chỉ số PAPI năm 2026")
	o.fills("base", "2024")
	o.fills("bases", "15-NQ/TU; 20/12/2025; Tỉnh ủy; Nghị quyết về cải cách hành chính")
	o.submits("dự thảo", "15-NQ/TU")
	for _, aim := range []struct{ code, kind, value string }{
		{"PAPI", "points", "46"}, {"D3", "change", "0,2"}, {"1.2", "change", "0,05"},
	} {
		o.clicks("Thêm chỉ tiêu")
		o.fills("code", aim.code)
		o.fills("kind", aim.kind)
		o.fills("value", aim.value)
		o.submits()
	}
	o.shows("từ 46,00 điểm trở lên", "riêng do may rủi", "điểm PAPI năm 2024 đã công bố")
	o.clicks("Cần những gì để đạt?")
	o.shows("45,00 điểm năm 2024", "Mỗi xác suất đòi hỏi gì")
	o.clicks(yearPlan) // the way back
	o.clicks("Gợi ý cơ quan chủ trì")
	o.clicks("Xác nhận cả")
	o.shows(leadAgency, "đã hỏi")
}

// yearPlan is the title of the plan.
const yearPlan = "Kế hoạch nâng cao Chỉ số PAPI năm 2026"

// hearsPlan: the lead agency proposes, the plan's owner returns and accepts, the Front comments and is answered.
func (y *year) hearsPlan() {
	y.on("2026-01-14")
	o := y.as(yearOwner)
	o.clicks("Kế hoạch")
	o.clicks(yearPlan)
	o.clicks("Mở lấy ý kiến")
	o.submits("đang lấy ý kiến")

	l := y.as(yearLead)
	l.shows("nội dung chờ cơ quan bạn đề xuất")
	l.clicks(yearPlan)
	l.clicks(leadAgency, "1.2")
	l.fills("words", "Họp thôn lấy ý kiến ở mọi xã, công khai việc tiếp thu.")
	l.submits("đang chờ duyệt", "Sở Tư pháp") // and who does the rest of the plan

	f := y.as(yearFront)
	f.clicks("Kế hoạch")
	f.clicks(yearPlan)
	f.clicks("Góp ý")
	f.fills("code", "1.2")
	f.fills("words", "Cần hỏi ý kiến người dân trước khi họp.")
	f.submits("Cần hỏi ý kiến người dân")

	o = y.as(yearOwner)
	o.shows("1 đề xuất chờ nhận hoặc trả lại", "1 ý kiến chờ trả lời")
	o.clicks(yearPlan)
	o.clicks("Họp thôn", "1.2")
	o.ticks("do", "accept")
	o.submits("đã nhận")
	o.clicks("Cần hỏi ý kiến người dân", "Trả lời")
	o.fills("words", "Đồng ý; phiếu hỏi ba câu gửi từng hộ từ tháng 3.")
	o.submits("phiếu hỏi ba câu")
}

// issuesPlan: submitted by one, approved by another, issued with its paper.
func (y *year) issuesPlan() {
	y.on("2026-01-26")
	o := y.as(yearOwner)
	o.clicks("Kế hoạch")
	o.clicks(yearPlan)
	o.clicks("Trình")
	o.submits("đã trình")

	c := y.as(yearChair)
	c.shows("đã trình, chờ phê duyệt")
	c.clicks(yearPlan)
	c.clicks("Phê duyệt")
	c.submits("đã phê duyệt")
	c.issues("21/KH-UBND", "2026-01-26", "Chủ tịch UBND tỉnh")
}

// passesDown: every commune has a draft of its own in one step, and one issues it.
func (y *year) passesDown() {
	y.on("2026-01-28")
	o := y.as(yearOwner)
	o.clicks("Kế hoạch")
	o.clicks(yearPlan)
	o.clicks("Kế hoạch cấp dưới")
	o.clicks("Giao kế hoạch xuống mọi xã, phường")
	o.shows("65 nơi đã có kế hoạch, 0 nơi đã ban hành, 0 nơi chưa có")

	y.on("2026-02-02")
	k := y.as(communeClerk)
	k.clicks("Kế hoạch")
	k.clicks(yearPlan)
	k.clicks("Sửa")
	k.fills("bases", "21/KH-UBND; 26/01/2026; UBND tỉnh; "+yearPlan)
	k.submits("21/KH-UBND")
	k.clicks("Trình")
	k.submits("đã trình")
	k.lacks("Phê duyệt")
	h := y.as(communeHead)
	h.clicks(yearPlan)
	h.clicks("Phê duyệt")
	h.submits("đã phê duyệt")
	h.issues("05/KH-UBND", "2026-02-02", "Chủ tịch UBND phường")

	o = y.as(yearOwner)
	o.clicks("Kế hoạch")
	o.clicks("65 nơi có kế hoạch, 1 nơi đã ban hành")
	o.shows(y.places[0].Full().VI, "05/KH-UBND")
}

// issues enters the paper by which an approved plan was issued.
func (c *clerk) issues(number, signed, signer string) {
	c.t.Helper()
	c.clicks("Nhập văn bản ban hành")
	c.fills("number", number)
	c.fills("signed", signed)
	c.fills("signer", signer)
	c.attaches("paper", c.y.file)
	c.submits("đã ban hành", number)
}
