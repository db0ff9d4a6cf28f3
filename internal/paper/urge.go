package paper

import (
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// Urging is a letter to a unit about its tasks that are late on a day.
type Urging struct {
	Office Office
	Unit   string // whom it urges
	Plan   string // the plan as it is cited: "Kế hoạch số 41/KH-UBND ngày …"; "" where the tasks are of several
	On     clock.Date
	Tasks  []task.Task
	Hash   string // of the list's rows
	Until  clock.Date
}

// Letter lays out an urging letter with the list of what is late.
func Letter(u Urging) *docx.Document {
	d := u.Office.document("", u.Office.Archive, "đôn đốc thực hiện nhiệm vụ quá hạn")
	d.To = []string{u.Unit}
	d.Recipients = append([]string{"Như trên"}, d.Recipients...)
	o := &outline{}
	begin := "Qua theo dõi việc thực hiện nhiệm vụ được giao"
	if u.Plan != "" {
		begin = "Thực hiện " + u.Plan + ", qua theo dõi tiến độ"
	}
	o.text(begin + ", đến hết ngày " + date(u.On) + ", " + u.Unit + " còn " + count(len(u.Tasks)) + " nhiệm vụ đã quá thời hạn nhưng chưa hoàn thành (danh mục tại Phụ lục I).")
	o.text("Để bảo đảm tiến độ chung, " + u.Office.Issuer + " đề nghị " + u.Unit + ":")
	o.numbered("Khẩn trương thực hiện các nhiệm vụ nêu trên; cập nhật kết quả, tài liệu minh chứng trên hệ thống" + before(u.Until) + ".")
	o.numbered("Đối với nhiệm vụ chưa thể hoàn thành, có văn bản báo cáo rõ khó khăn, vướng mắc, đề xuất thời hạn mới và người chịu trách nhiệm" + before(u.Until) + ".")
	d.Body = o.closed("Đề nghị " + u.Unit + " quan tâm, phối hợp thực hiện")
	d.Annexes = []docx.Annex{u.list(), sources([]Figure{{What: "Nhiệm vụ quá hạn chưa hoàn thành của " + u.Unit, Value: strconv.Itoa(len(u.Tasks)), Base: "Đếm toàn bộ",
		Period: "Đến hết ngày " + date(u.On), Source: "Danh mục nhiệm vụ trên hệ thống, trạng thái tại thời điểm lập văn bản", Hash: u.Hash}})}
	return d
}

func before(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return " trước ngày " + date(d)
}

// list is the appendix of late tasks.
func (u Urging) list() docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 5, Align: docx.Center}, {Head: "Nhiệm vụ", Share: 36}, {Head: "Sản phẩm", Share: 20}, {Head: "Thời hạn", Share: 13, Align: docx.Center},
		{Head: "Quá hạn (ngày làm việc)", Share: 10, Align: docx.Center}, {Head: "Trạng thái", Share: 14, Align: docx.Center}}, Note: "Số ngày quá hạn tính theo ngày làm việc, từ ngày liền sau thời hạn đến hết ngày " + date(u.On) + "."}
	for i, x := range u.Tasks {
		limit := date(x.Due)
		if x.Extended() {
			limit += "\n(gia hạn từ " + date(x.FirstDue) + ")"
		}
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), x.Title, x.Product, limit, strconv.Itoa(workday.Between(x.Due, u.On)), strings.TrimSpace(x.State.Names().VI)}})
	}
	return docx.Annex{Title: "Danh mục nhiệm vụ quá hạn", Body: []docx.Block{t}}
}
