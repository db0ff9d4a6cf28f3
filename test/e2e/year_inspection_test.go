package e2e

import (
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/place"
)

// The surprise inspection of the walk.
const (
	surprise = "Kiểm tra đột xuất việc họp thôn và tiếp dân"
	lottery  = "48217" // the public number of the day
)

// drawsSurprise: one person makes the frame, another seals it; on the day one enters the public number, another types it
// again and draws.
func (y *year) drawsSurprise() {
	y.on("2026-09-07")
	o := y.as(yearOwner)
	o.clicks("Kiểm tra")
	o.clicks("Bảng kiểm")
	o.fills("theme", "Họp thôn, tiếp dân")
	o.fills("since", "2026-09-01")
	o.fills("items", "Có biên bản họp thôn?\nsố: Số thôn đã họp")
	o.submits("Họp thôn, tiếp dân")
	o.clicks("Kiểm tra")
	o.clicks("Cuộc kiểm tra mới")
	o.ticks("kind", "surprise")
	o.fills("title", surprise)
	o.fills("since", "2026-09-14")
	o.fills("until", "2026-09-30")
	o.fills("decision", "147/QĐ-UBND")
	o.fills("decided", "2026-09-04")
	o.fills("signer", "Chủ tịch UBND tỉnh")
	o.submits(surprise, "147/QĐ-UBND")
	o.teams()
	o.clicks("Bốc thăm đơn vị")
	o.clicks("Lập danh sách bốc thăm…")
	o.fills("size", "1")
	o.fills("day", "2026-09-14")
	o.submits("Xác suất")

	c := y.as(yearChair)
	c.clicks("Kiểm tra")
	c.clicks(surprise)
	c.clicks("Bốc thăm đơn vị")
	c.clicks("Niêm phong")
	c.shows("Đã niêm phong")

	y.on("2026-09-14")
	for _, hand := range []struct{ who, does string }{{yearOwner, "Nhập con số công khai…"}, {yearChair, "Bốc thăm…"}} {
		h := y.as(hand.who)
		h.clicks("Kiểm tra")
		h.clicks(surprise)
		h.clicks("Bốc thăm đơn vị")
		h.clicks(hand.does)
		h.fills("number", lottery)
		h.submits()
	}
}

// teams chooses the checklist and puts the inspector and the analyst into the team of an inspection.
func (c *clerk) teams() {
	c.t.Helper()
	c.clicks("Bảng kiểm", "Chọn")
	c.does(`document.querySelector("form.entry input[name=themes]").checked = true`) // as it is where an inspection is another's again
	c.submits("Họp thôn, tiếp dân")
	for _, m := range []struct{ who, post string }{{"Vũ Thị Thanh Tra", "Trưởng đoàn, Thanh tra tỉnh"}, {"Phạm Thị Phân Tích", "Thành viên, Sở Nội vụ"}} {
		c.clicks("Đoàn kiểm tra", "Thêm")
		c.fills("who", m.who)
		c.fills("post", m.post)
		if m.who == "Vũ Thị Thanh Tra" {
			c.ticks("chief", "")
		}
		c.submits(m.post)
	}
}

// inspects: the team alone knows whom the lot fell on; it visits, asks, finds and records, and anybody can do the draw again.
func (y *year) inspects() {
	f := y.as(yearFront)
	f.clicks("Kiểm tra")
	f.clicks(surprise)
	f.shows("Chỉ đoàn kiểm tra biết")

	i := y.as(yearInspector)
	i.clicks("Kiểm tra")
	i.clicks(surprise)
	i.clicks("Bắt đầu kiểm tra")
	name, err := ask[string](i.tab, `document.querySelector("h1").innerText`)
	i.must(err)
	at := slices.IndexFunc(y.places, func(p place.Version) bool { return p.Full().VI == name })
	if at < 0 {
		i.t.Fatalf("%q is no commune of the province", name)
	}
	y.drawn = y.places[at]
	i.must(y.lets(person{drawnHead, "Triệu Thị Thăm", account.Grant{Role: account.CommuneChair, Place: y.drawn.Place}}))
	i.ticksSheet("Có biên bản họp thôn?", "no")
	i.clicks("Gửi câu trả lời")
	for _, f := range []struct{ words, remedy string }{
		{"Hai thôn không có biên bản họp.", "Họp lại hai thôn, lập biên bản."},
		{"Lịch tiếp dân không niêm yết.", "Niêm yết lịch tiếp dân tại trụ sở."},
	} {
		i.clicks("Ghi tồn tại")
		i.fills("words", f.words)
		i.fills("remedy", f.remedy)
		i.fills("due", "2026-09-28")
		i.fills("code", "1.2")
		i.submits(f.words)
	}
	i.clicks("Lập biên bản")
	i.fills("present", "Triệu Thị Thăm, Chủ tịch UBND")
	i.fills("words", "Đoàn đã xem sổ họp thôn và bảng niêm yết.")
	i.fills("signer", "Trưởng đoàn Vũ Thị Thanh Tra")
	i.submits("Đoàn đã xem sổ họp thôn")
	i.clicks(surprise)
	i.clicks("Bốc thăm đơn vị")
	i.shows("Bằng chứng công khai") // by itself, with the visit to the last that was drawn

	c := y.as(yearChair)
	c.clicks("Kiểm tra")
	c.clicks(surprise)
	c.clicks("Kết luận…")
	c.fills("number", "12/TB-UBND")
	c.fills("words", "Đơn vị đã họp thôn; hai tồn tại phải khắc phục.")
	c.fills("signer", "Chủ tịch UBND tỉnh")
	c.submits("Đã kết luận", "12/TB-UBND")

	anybody := y.stranger()
	anybody.goes("/app/boc-tham")
	anybody.clicks("niêm phong")
	anybody.shows(lottery, "Chương trình này đã bốc thăm lại", name)
}

// ticksSheet answers a question of a checklist by its words.
func (c *clerk) ticksSheet(question, value string) {
	c.t.Helper()
	c.does(`[...document.querySelectorAll("form.send fieldset")].find(f => f.innerText.includes(` + quote(question) + `)).querySelector("input[value=` + value + `]").click()`)
}

// remedies: the commune says that both are remedied; somebody who is not the owner goes and sees: one is, one is not.
func (y *year) remedies() {
	y.on("2026-09-24")
	h := y.as(drawnHead)
	for _, f := range []string{"Hai thôn không có biên bản họp.", "Lịch tiếp dân không niêm yết."} {
		h.clicks(f)
		h.clicks("Báo đã khắc phục…")
		h.fills("note", "Đã khắc phục, có ảnh.")
		h.attaches("photo", y.photo)
		h.submits("chờ xác minh")
		h.lacks("Xác minh…")
		h.goes("/app/viec-cua-toi")
	}
	i := y.as(yearInspector)
	for _, f := range []struct{ words, verdict, note, state string }{
		{"Hai thôn không có biên bản họp.", "close", "Đã xem hai biên bản.", "Đã xác minh, đóng"},
		{"Lịch tiếp dân không niêm yết.", "fail", "Bảng niêm yết chưa có lịch.", "Chưa khắc phục"},
	} {
		i.clicks(f.words)
		i.clicks("Xác minh…")
		i.ticks("verdict", f.verdict)
		i.fills("note", f.note)
		i.submits(f.state)
		i.goes("/app/viec-cua-toi")
	}
}

// inspectsAgain: what was not remedied is inspected again, remedied, and closed.
func (y *year) inspectsAgain() {
	y.on("2026-10-05")
	o := y.as(yearOwner)
	o.clicks("Kiểm tra")
	o.clicks("Lịch tiếp dân không niêm yết.")
	o.clicks("Tái kiểm tra")
	o.shows("Tái kiểm tra", y.drawn.Full().VI)
	o.clicks("Sửa")
	o.fills("decision", "163/QĐ-UBND")
	o.fills("decided", "2026-10-05")
	o.fills("signer", "Chủ tịch UBND tỉnh")
	o.submits("163/QĐ-UBND")
	o.teams()
	o.clicks("Mở cuộc kiểm tra")

	h := y.as(drawnHead)
	h.clicks("Lịch tiếp dân không niêm yết.")
	h.clicks("Báo đã khắc phục…")
	h.fills("note", "Đã niêm yết lịch tiếp dân.")
	h.attaches("photo", y.photo)
	h.submits("chờ xác minh")

	y.on("2026-10-12")
	i := y.as(yearInspector)
	i.clicks("Kiểm tra")
	i.clicks("Tái kiểm tra", surprise)
	i.clicks("Bắt đầu kiểm tra")
	i.ticksSheet("Có biên bản họp thôn?", "yes")
	i.clicks("Gửi câu trả lời")
	i.clicks("Lập biên bản")
	i.fills("present", "Triệu Thị Thăm, Chủ tịch UBND")
	i.fills("words", "Lịch tiếp dân đã niêm yết tại trụ sở.")
	i.fills("signer", "Trưởng đoàn Vũ Thị Thanh Tra")
	i.submits("Lịch tiếp dân đã niêm yết")
	i.goes("/app/viec-cua-toi")
	i.clicks("Lịch tiếp dân không niêm yết.")
	i.clicks("Xác minh…")
	i.ticks("verdict", "close")
	i.fills("note", "Đã thấy lịch tiếp dân.")
	i.submits("Đã xác minh, đóng")

	c := y.as(yearChair)
	c.clicks("Kiểm tra")
	c.clicks("Tái kiểm tra", surprise)
	c.clicks("Kết luận…")
	c.fills("number", "15/TB-UBND")
	c.fills("words", "Tồn tại đã khắc phục.")
	c.fills("signer", "Chủ tịch UBND tỉnh")
	c.submits("Đã kết luận")
}
