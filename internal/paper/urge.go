package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/follow"
)

// Letter lays out a letter that urges a unit, with the list of what it was late with on the letter's day.
func Letter(u follow.UrgingPage, office Office, unit string) *docx.Document {
	d := office.document("", office.Archive, "đôn đốc thực hiện nhiệm vụ quá hạn")
	if number, symbol, ok := strings.Cut(u.Number, "/"); ok {
		d.Number, d.Symbol, d.Date = number, symbol, u.Signed
	}
	d.To = []string{unit}
	d.Recipients = append([]string{"Như trên"}, d.Recipients...)
	o := &outline{}
	o.text("Qua theo dõi việc thực hiện nhiệm vụ được giao, đến hết ngày " + date(u.AsOf) + ", " + unit + " còn " + count(len(u.Items)) + " nhiệm vụ đã quá thời hạn nhưng chưa hoàn thành (danh mục tại Phụ lục I).")
	o.text("Để bảo đảm tiến độ chung, " + office.Issuer + " đề nghị " + unit + ":")
	o.numbered("Khẩn trương thực hiện các nhiệm vụ nêu trên; cập nhật kết quả, tài liệu minh chứng trên hệ thống.")
	o.numbered("Đối với nhiệm vụ chưa thể hoàn thành, báo cáo rõ khó khăn, vướng mắc, đề xuất thời hạn mới và người chịu trách nhiệm.")
	if u.Words != "" {
		o.numbered(u.Words)
	}
	d.Body = o.closed("Đề nghị " + unit + " khẩn trương thực hiện và có văn bản trả lời " + office.Issuer + before(u.Due))
	d.Annexes = []docx.Annex{late(u), sources([]Figure{{What: "Nhiệm vụ quá hạn chưa hoàn thành của " + unit, Value: strconv.Itoa(len(u.Items)), Base: "Đếm toàn bộ",
		Period: "Đến hết ngày " + date(u.AsOf), Source: "Danh mục nhiệm vụ trên hệ thống tại thời điểm lập văn bản", Hash: listHash(u.Items)}})}
	return d
}

// listHash is the SHA-256 of the letter's list: a line an item, its fields quoted.
func listHash(items []follow.UrgingItem) string {
	sum := sha256.New()
	for _, x := range items {
		fmt.Fprintf(sum, "%q %q %q %d\n", x.Task, x.Title, x.Due.String(), x.Late)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func before(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return " trước ngày " + date(d)
}

// late is the appendix of late tasks.
func late(u follow.UrgingPage) docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 6, Align: docx.Center}, {Head: "Nhiệm vụ", Share: 58}, {Head: "Thời hạn", Share: 18, Align: docx.Center},
		{Head: "Quá hạn (ngày làm việc)", Share: 18, Align: docx.Center}}, Note: "Số ngày quá hạn tính theo ngày làm việc, từ ngày liền sau thời hạn đến hết ngày " + date(u.AsOf) + "."}
	for i, x := range u.Items {
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), x.Title, date(x.Due), strconv.Itoa(x.Late)}})
	}
	return docx.Annex{Title: "Danh mục nhiệm vụ quá hạn", Body: []docx.Block{t}}
}
