package e2e

// half and whole are the periods that are reported, as lists call them.
const (
	half  = "6 tháng đầu năm 2026"
	whole = "Báo cáo năm"
)

// reportsHalf: a commune finds its report open and filled in, drafts what stands beside the figures, and sends it once
// they are frozen.
func (y *year) reportsHalf() {
	h := y.as(communeHead)
	h.clicks("Báo cáo định kỳ")
	h.clicks(half, y.places[0].Full().VI)
	h.shows("số liệu chưa chốt", "Nhiệm vụ phải thực hiện trong kỳ")
	h.clicks("Soạn và gửi")
	h.fills("results", "Đã họp 6 trên 6 thôn.")
	h.fills("shortcomings", "Không")
	h.fills("next-1", "Tiếp tục họp thôn quý III")
	h.fills("next-due-1", "2026-09-30")
	h.submits("Đã họp 6 trên 6 thôn.")

	y.on("2026-06-15") // the figures are those of the 14th
	y.settles()
	h = y.as(communeHead)
	h.clicks(y.places[0].Full().VI)
	h.clicks("Soạn và gửi")
	h.ticks("send", "")
	h.submits("Đã gửi")
}

// judgesHalf: the report goes back with reasons of stated kinds, comes again, is accepted, scored and locked.
func (y *year) judgesHalf() {
	o := y.as(yearOwner)
	o.clicks(y.places[0].Full().VI)
	o.clicks("Trả lại…")
	o.ticks("reasons", "unproven")
	o.ticks("reasons", "vague-next")
	o.fills("words", "Nêu rõ ai làm việc kỳ sau và kèm biên bản.")
	o.submits("Trả lại")

	y.on("2026-06-17")
	h := y.as(communeHead)
	h.clicks(y.places[0].Full().VI)
	h.shows("Nêu rõ ai làm việc kỳ sau", "Nêu kết quả nhưng không có gì chứng minh")
	h.clicks("Đính kèm tệp")
	h.attaches("file", y.file)
	h.submits("da-ky.pdf")
	h.clicks("Soạn và gửi")
	h.fills("results", "Đã họp 6 trên 6 thôn, có biên bản kèm theo.")
	h.fills("next-1", "Công chức văn hóa - xã hội tổ chức họp thôn quý III")
	h.ticks("send", "")
	h.submits("Đã gửi")

	o = y.as(yearOwner)
	o.clicks(y.places[0].Full().VI)
	o.clicks("Chấp nhận")
	o.shows("Đã nhận")
	o.clicks("Chấm điểm báo cáo")
	o.ticks("points-results", "20")
	o.fills("words-results", "Có biên bản kèm theo.")
	o.ticks("points-frank", "8")
	o.fills("words-frank", "Chưa nêu nguyên nhân.")
	o.ticks("points-next", "15")
	o.fills("words-next", "Rõ người, rõ ngày.")
	o.submits("điểm")

	y.on("2026-07-06") // the commune has let its fourteen days pass
	o = y.as(yearOwner)
	o.clicks("Báo cáo định kỳ")
	o.clicks(half, y.places[0].Full().VI)
	o.clicks("Khóa báo cáo")
	o.shows("Đã khóa")
	o.sums(half)
	o.shows("1 trên 65 đơn vị", "Quá hạn", "chưa gửi")
	o.clicks("Dấu hiệu cần xem")
}

// reportsYear: two communes report on the year; the owner puts all together, writes what it makes of it, and freezes.
func (y *year) reportsYear() {
	y.on("2026-12-15")
	y.settles()
	h := y.as(communeHead)
	h.clicks("Báo cáo định kỳ")
	h.clicks(whole, y.places[0].Full().VI)
	h.clicks("Soạn và gửi")
	h.shows("Công chức văn hóa - xã hội tổ chức họp thôn quý III", "Hứa hoàn thành trước 30/09/2026")
	h.ticks("kept-1", "kept")
	h.fills("answer-1", "Họp ngày 12/9, có biên bản.")
	h.tellsYear("Đã họp thôn hai đợt, có biên bản.", "Một thôn họp muộn.", "Thôn chưa bố trí được nhà văn hóa.")
	d := y.as(drawnHead)
	d.clicks("Báo cáo định kỳ")
	d.clicks(whole, y.drawn.Full().VI)
	d.clicks("Soạn và gửi")
	d.tellsYear("Đã khắc phục hai tồn tại sau kiểm tra.", "Niêm yết lịch tiếp dân chậm.", "Đơn vị chưa phân công người.")

	y.on("2026-12-22")
	o := y.as(yearOwner)
	o.sums("Năm 2026")
	o.shows("2 trên 65 đơn vị", "05/KH-UBND")
	o.clicks("Hạn chế (2)")
	o.shows("Một thôn họp muộn.")
	o.clicks("Chốt…")
	o.fills("results", "65 trên 65 xã, phường được giao kế hoạch.")
	o.fills("shortcomings", "Một số xã chưa ban hành kế hoạch riêng.")
	o.fills("causes", "Công tác đôn đốc chưa thường xuyên.")
	o.fills("next-1", "Ban hành kế hoạch năm 2027 trong tháng 3.")
	o.submits("Chốt")
}

// tellsYear fills in the year's report and sends it.
func (c *clerk) tellsYear(results, shortcomings, causes string) {
	c.t.Helper()
	c.fills("results", results)
	c.fills("shortcomings", shortcomings)
	c.fills("causes", causes)
	c.fills("next-1", "Công chức văn hóa - xã hội họp thôn quý I năm 2027")
	c.fills("next-due-1", "2027-03-31")
	c.ticks("send", "")
	c.submits("Đã gửi")
}

// sums goes to where the reports of a period are put together.
func (c *clerk) sums(period string) {
	c.t.Helper()
	c.clicks("Báo cáo định kỳ")
	c.picks("ky", period)
	c.clicks("Tìm")
	c.clicks("Tổng hợp theo ngoại lệ")
}
