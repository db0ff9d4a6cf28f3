package task

import (
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
)

// The columns of a list of tasks, by the keys of their fields.
const (
	colID      = "id"
	colBlock   = "block"
	colCode    = "code"
	colTitle   = "title"
	colWho     = "who"
	colWith    = "with"
	colProduct = "product"
	colDue     = "due"
	colFeeds   = "feeds"
	colEffect  = "effect"
	colMeasure = "measure"
	colGoal    = "goal"
	colCost    = "cost"
	colPlace   = "place"
	colNote    = "note"
)

// Fields are the columns of a list of tasks, by the headings that plans and their annexes give them.
var Fields = []sheet.Field{
	{Key: colID, Head: lang.Names{VI: "Mã nhiệm vụ", EN: "Task id"}},
	{Key: colBlock, Head: lang.Names{VI: "Khối nhiệm vụ", EN: "Block"}, Also: []string{"block_vi", "Khối", "Nhóm nhiệm vụ", "Nhóm giải pháp", "Nhóm nhiệm vụ, giải pháp"}},
	{Key: colCode, Head: lang.Names{VI: "Mã nội dung", EN: "Code"}, Also: []string{"dimension", "Mã chỉ số", "Chỉ số nội dung", "Nội dung thành phần"}},
	{Key: colTitle, Head: lang.Names{VI: "Nhiệm vụ", EN: "Task"}, Needed: true,
		Also: []string{"task_vi", "step_vi", "Nội dung nhiệm vụ", "Nội dung công việc", "Tên nhiệm vụ", "Công việc", "Nhiệm vụ, giải pháp", "Nội dung"}},
	{Key: colWho, Head: lang.Names{VI: "Cơ quan chủ trì", EN: "Lead"},
		Also: []string{"who_vi", "lead_vi", "Chủ trì", "Đơn vị chủ trì", "Cơ quan, đơn vị chủ trì", "Cơ quan thực hiện", "Đơn vị thực hiện"}},
	{Key: colWith, Head: lang.Names{VI: "Cơ quan phối hợp", EN: "Coordinators"}, Also: []string{"with_vi", "coordinate_vi", "Phối hợp", "Đơn vị phối hợp", "Cơ quan, đơn vị phối hợp"}},
	{Key: colProduct, Head: lang.Names{VI: "Sản phẩm", EN: "Deliverable"}, Also: []string{"proof_vi", "product_vi", "Kết quả đầu ra", "Kết quả", "Sản phẩm, kết quả", "Minh chứng"}},
	{Key: colDue, Head: lang.Names{VI: "Thời hạn", EN: "Deadline"},
		Also: []string{"Thời hạn hoàn thành", "Hạn hoàn thành", "Thời gian hoàn thành", "Thời gian thực hiện", "Thời gian"}},
	{Key: colFeeds, Head: lang.Names{VI: "Kết quả dùng cho", EN: "Feeds"}},
	{Key: colEffect, Head: lang.Names{VI: "Điểm dự kiến tăng", EN: "Expected points"}},
	{Key: colMeasure, Head: lang.Names{VI: "Cách đo", EN: "Measure"}},
	{Key: colGoal, Head: lang.Names{VI: "Số lượng phải đạt", EN: "Goal"}, Also: []string{"Số lượng"}},
	{Key: colCost, Head: lang.Names{VI: "Kinh phí (triệu đồng)", EN: "Cost (million đồng)"}},
	{Key: colPlace, Head: lang.Names{VI: "Mã địa phương", EN: "Place code"}, Also: []string{"Địa phương", "Địa bàn", "Place"}},
	{Key: colNote, Head: lang.Names{VI: "Ghi chú", EN: "Note"}},
}

// Template gives a list of tasks to fill in, in a language, with a row that shows how.
func Template(l lang.Lang) sheet.Sheet {
	return sheet.Template(lang.Translate(l, fault.T("Tasks")), l, Fields,
		[]string{"", "Khối sở, ngành", "D5;D8", "Ứng dụng CNTT, nâng chất lượng giải quyết TTHC", "Sở Nội vụ", "Sở Tư pháp; Sở Tài chính", "Báo cáo", "quý II/2026",
			"", "0,1", Count.Names().In(l), "12", "150", "", ""})
}

var measureNames = map[Measure]lang.Names{Count: {VI: "Số lượng", EN: "Count"}, Percent: {VI: "Tỷ lệ %", EN: "Percent"}, YesNo: {VI: "Có/không", EN: "Yes or no"}}

// Names gives the measure in people's words.
func (m Measure) Names() lang.Names { return measureNames[m] }

// parseMeasure reads a measure in words.
func parseMeasure(s string) (Measure, bool) {
	folded := lang.Fold(s)
	for m, n := range measureNames {
		if folded == lang.Fold(n.VI) || folded == lang.Fold(n.EN) || folded == lang.Fold(string(m)) {
			return m, true
		}
	}
	m, ok := map[string]Measure{"": NoMeasure, "%": Percent, "ty le": Percent, "phan tram": Percent, "dem": Count, "co, khong": YesNo}[folded]
	return m, ok
}

var stateNames = map[State]lang.Names{
	Waiting: {VI: "Chưa bắt đầu", EN: "Not started"}, Doing: {VI: "Đang làm", EN: "In progress"}, Submitted: {VI: "Đã nộp", EN: "Submitted"},
	Confirmed: {VI: "Đã xác nhận", EN: "Confirmed"}, Returned: {VI: "Đã trả lại", EN: "Returned"}, Suspended: {VI: "Tạm dừng", EN: "Suspended"}, Cancelled: {VI: "Đã hủy", EN: "Cancelled"},
}

// Names gives the state in people's words.
func (s State) Names() lang.Names { return stateNames[s] }
