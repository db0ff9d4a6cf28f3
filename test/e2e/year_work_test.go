package e2e

import (
	"context"

	"github.com/chromedp/chromedp"
)

// givesTasks: a task of the plan to the lead agency and one to a commune, each with what shows that it is done.
func (y *year) givesTasks() {
	y.on("2026-02-04")
	o := y.as(yearOwner)
	o.clicks("Kế hoạch")
	o.clicks(yearPlan)
	o.clicks("Nhiệm vụ của kế hoạch này")
	for _, g := range []struct{ title, product, where, unit, due string }{
		{"Hướng dẫn mẫu phiếu hỏi ý kiến người dân", "Văn bản hướng dẫn", "", leadAgency, "2026-03-31"},
		{meetings, "Ảnh và biên bản họp", y.places[0].Full().VI, "", "2026-05-29"},
		{meetings, "Ảnh và biên bản họp", y.places[1].Full().VI, "", "2026-05-29"},
	} {
		o.clicks("Giao nhiệm vụ")
		o.fills("title", g.title)
		o.fills("product", g.product)
		o.fills("where", g.where)
		o.fills("unit", g.unit)
		o.fills("due", g.due)
		o.fills("code", "1.2")
		o.chooses("kh", yearPlan+" · 2026 · Tỉnh Lạng Sơn")
		o.submits(g.title, g.product)
		o.clicks("Nhiệm vụ")
	}
}

// meetings is the task of the communes.
const meetings = "Họp thôn lấy ý kiến người dân"

// showsEvidence: an official of a commune sends a photo and submits; it does not suffice at first, and then does.
func (y *year) showsEvidence() {
	y.on("2026-05-18")
	c := y.as(communeClerk)
	c.must(c.look(screen{width: 390}))
	c.reports("Đã họp 6 trên 6 thôn, có ảnh.", "Đã xong: gửi và trình xét duyệt")
	c.waits(`document.querySelector("main").innerText.includes("Đã gửi hết")`)
	c.must(c.look(desktop))

	o := y.as(yearOwner)
	o.clicks(meetings)
	o.shows("Đã họp 6 trên 6 thôn")
	o.clicks("Xét")
	o.ticks("verdict", "insufficient")
	o.fills("reason", "Ảnh không thấy người dự họp; xin gửi thêm biên bản.")
	o.submits("Ảnh không thấy người dự họp")
	o.clicks("Trả lại")
	o.fills("reason", "Thiếu biên bản họp.")
	o.submits("Trả lại")

	y.on("2026-05-20")
	c = y.as(communeClerk)
	c.shows("Trả lại")
	c.clicks(meetings)
	c.shows("Thiếu biên bản họp.")
	c.clicks("Thêm minh chứng")
	c.attaches("file", y.file)
	c.fills("words", "Biên bản họp 6 thôn, có chữ ký.")
	c.submits("Biên bản họp 6 thôn")
	c.reports("Đã bổ sung biên bản.", "Đã xong: gửi và trình xét duyệt")
	c.shows("Đã bổ sung biên bản.")

	o = y.as(yearOwner)
	o.clicks(meetings)
	o.clicks("Biên bản họp 6 thôn", "Xét")
	o.ticks("verdict", "sufficient")
	o.submits("Biên bản họp 6 thôn, có chữ ký. Lý Văn Cơ Sở, 08:00 20/05/2026 193 B đạt")
	o.clicks("Xác nhận")
	o.shows("Hoàn thành")
}

// reports sends progress with a photo by the form of a task, wherever it stands. The page loads itself again once it has arrived.
func (c *clerk) reports(words, button string) {
	c.t.Helper()
	c.does(`(e => { e.value = ` + quote(words) + ` })(document.querySelector("form.send [name=note]"))`)
	ctx, stop := context.WithTimeout(c.ctx, patience)
	defer stop()
	_, err := chromedp.Run(ctx, chromedp.SetUploadFiles(chromedp.CSS("form.send [name=photo]"), []string{c.y.photo}))
	c.must(err)
	c.waits(`document.querySelector("form.send .about").textContent !== ""`) // it was shrunk
	c.clicks(button)
}
