package e2e

// setsCalendar: the owner says when the communes report, and who is reminded when.
func (y *year) setsCalendar() {
	y.on("2026-03-02")
	o := y.as(yearOwner)
	o.clicks("Báo cáo định kỳ")
	o.clicks("Lịch báo cáo")
	for _, r := range []struct{ kind, name string }{{"half", "6 tháng đầu năm 2026"}, {"year", "Báo cáo năm"}} {
		o.clicks("Đặt lịch báo cáo")
		o.fills("kind", r.kind)
		o.fills("who", "communes")
		o.fills("since", "2026-01-01")
		o.fills("law", "Quyết định 30/QĐ-UBND ngày 27/02/2026")
		o.submits(r.name, "Quyết định 30/QĐ-UBND")
	}
	o.goes("/app/viec-cua-toi")
	o.clicks("Theo dõi, đôn đốc")
	o.clicks("Quy tắc nhắc việc")
	o.shows("Sau hạn 7 ngày làm việc")
	o.clicks("Đặt quy tắc")
	o.fills("steps", "-3; 1; mail\n1; 1; mail\n5; 2; mail\n7; 3")
	o.fills("basis", "Quy chế phối hợp 2026")
	o.submits("Sau hạn 5 ngày làm việc")
}

// isReminded: a commune that is late is reminded, and after it its owner; it sees so, and says that it has seen.
func (y *year) isReminded() {
	y.on("2026-06-01") // the first working day after the last day
	y.settles()
	y.on("2026-06-10") // the seventh, and those between were days on which nobody looked
	y.settles()
	h := y.as(otherHead)
	h.shows(meetings, "Trễ 12 ngày")
	h.clicks("Nhắc việc")
	h.shows(meetings, "quá 1 ngày làm việc", "quá 7 ngày làm việc")
	h.clicks("Đã xem hết")

	o := y.as(yearOwner)
	o.clicks("Nhắc việc")
	o.shows(meetings, "quá 7 ngày làm việc")
	o.clicks("Theo dõi, đôn đốc")
	o.clicks("Nhật ký nhắc việc")
	o.shows(meetings)
}

// isUrged: a letter to who is late, its answer, and that the answer suffices.
func (y *year) isUrged() {
	late := y.places[1].Full().VI
	o := y.as(yearOwner)
	o.clicks("Theo dõi, đôn đốc")
	o.clicks(late, "Đôn đốc")
	o.fills("due", "2026-06-17")
	o.submits(meetings)
	o.clicks("Nhập công văn đã ký")
	o.fills("number", "88/SNV-CCHC")
	o.fills("signed", "2026-06-10")
	o.fills("signer", "Giám đốc Sở Nội vụ")
	o.submits("88/SNV-CCHC")

	h := y.as(otherHead)
	h.clicks("Theo dõi, đôn đốc")
	h.clicks("88/SNV-CCHC", late)
	h.clicks("Trả lời công văn")
	h.fills("answer", "Đã họp 4 trên 5 thôn; thôn còn lại họp ngày 20/6.")
	h.submits("thôn còn lại họp ngày 20/6")

	o = y.as(yearOwner)
	o.clicks("Theo dõi, đôn đốc")
	o.clicks("88/SNV-CCHC", late)
	o.shows("thôn còn lại họp ngày 20/6")
	o.clicks("Trả lời đạt yêu cầu")
}
