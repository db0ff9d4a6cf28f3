package plan

import (
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
)

// The columns of a table of targets, by the keys of their fields.
const (
	colPlace        = "place"
	colYear         = "year"
	colNumber       = "number"
	colDated        = "dated"
	colTitle        = "title"
	colIndex        = "index"
	colCode         = "code"
	colContent      = "content"
	colKind         = "kind"
	colOp           = "op"
	colTarget       = "target"
	colUnit         = "unit"
	colBaseline     = "baseline"
	colChange       = "change"
	colMode         = "mode"
	colBaselineYear = "baseline_year"
	colTargetYear   = "target_year"
	colRelative     = "relative"
	colNote         = "note"
	colSource       = "source"
)

// Fields are the columns of a plan's table of targets, by the headings that plans and lists of plans give them. None is
// needed by itself; a row says by its code, its content or its index which part of which index it speaks of.
var Fields = []sheet.Field{
	{Key: colPlace, Head: lang.Names{VI: "Địa phương", EN: "Place"}, Also: []string{"Tỉnh", "Tỉnh, thành phố", "Đơn vị hành chính"}},
	{Key: colYear, Head: lang.Names{VI: "Năm kế hoạch", EN: "Plan year"}, Also: []string{"plan_year", "Năm"}},
	{Key: colNumber, Head: lang.Names{VI: "Số, ký hiệu", EN: "Document number"}, Also: []string{"Số ký hiệu", "Số/ký hiệu", "Số văn bản", "doc_no"}},
	{Key: colDated, Head: lang.Names{VI: "Ngày ban hành", EN: "Date of the document"}, Also: []string{"Ngày văn bản", "Ngày ký", "doc_date"}},
	{Key: colTitle, Head: lang.Names{VI: "Tên kế hoạch", EN: "Title"}, Also: []string{"Trích yếu"}},
	{Key: colIndex, Head: lang.Names{VI: "Chỉ số", EN: "Index"}, Also: []string{"Bộ chỉ số", "Tên bộ chỉ số"}},
	{Key: colCode, Head: lang.Names{VI: "Mã nội dung", EN: "Code"}, Also: []string{"Mã", "Mã chỉ số", "Mã thành phần", "Ký hiệu"}},
	{Key: colContent, Head: lang.Names{VI: "Nội dung", EN: "Content"},
		Also: []string{"content_vi", "Chỉ số nội dung", "Nội dung thành phần", "Tên chỉ số", "Chỉ tiêu"}},
	{Key: colKind, Head: lang.Names{VI: "Loại mục tiêu", EN: "Kind of target"}, Also: []string{"target_kind"}},
	{Key: colOp, Head: lang.Names{VI: "Dấu so sánh", EN: "Comparison"}, Also: []string{"target_op", "Dấu"}},
	{Key: colTarget, Head: lang.Names{VI: "Mục tiêu", EN: "Target"}, Also: []string{"Điểm mục tiêu", "Điểm phấn đấu", "Phấn đấu", "Mục tiêu phấn đấu"}},
	{Key: colUnit, Head: lang.Names{VI: "Đơn vị tính", EN: "Unit"}, Also: []string{"ĐVT"}},
	{Key: colBaseline, Head: lang.Names{VI: "Kết quả năm trước", EN: "Baseline"}, Also: []string{"Điểm năm trước", "Điểm gốc", "Hiện trạng", "Kết quả năm gốc"}},
	{Key: colChange, Head: lang.Names{VI: "Mức tăng", EN: "Change"}, Also: []string{"Tăng", "Tăng/giảm", "Tăng, giảm", "Thay đổi", "So với năm trước"}},
	{Key: colMode, Head: lang.Names{VI: "Giữ vững hoặc khắc phục", EN: "Keep or fix"}, Also: []string{"mode", "Phân loại", "Giữ vững/khắc phục"}},
	{Key: colBaselineYear, Head: lang.Names{VI: "Năm gốc", EN: "Baseline year"}, Also: []string{"baseline_year"}},
	{Key: colTargetYear, Head: lang.Names{VI: "Năm đạt mục tiêu", EN: "Target year"}, Also: []string{"target_year", "Năm mục tiêu"}},
	{Key: colRelative, Head: lang.Names{VI: "So với", EN: "Relative to"}, Also: []string{"relative_to"}},
	{Key: colNote, Head: lang.Names{VI: "Ghi chú", EN: "Note"}, Also: []string{"note"}},
	{Key: colSource, Head: lang.Names{VI: "Nguồn", EN: "Source"}, Also: []string{"Nguồn số liệu"}},
}

// Template gives a table of targets to fill in, in a language, with three rows that show how.
func Template(l lang.Lang) sheet.Sheet {
	row := func(cells map[string]string) []string {
		all := make([]string, len(Fields))
		for i, f := range Fields {
			all[i] = cells[f.Key]
		}
		return all
	}
	return sheet.Template(lang.Translate(l, fault.T("Targets")), l, Fields,
		row(map[string]string{colIndex: "PAPI", colCode: "PAPI", colTarget: "42,41", colBaseline: "41,32", colChange: "+1,09"}),
		row(map[string]string{colIndex: "PAPI", colCode: "D7", colTarget: "4,29", colMode: modeHold.In(l)}),
		row(map[string]string{colIndex: "PAPI", colCode: "PAPI", colKind: kindNames["rank"].In(l), colTarget: "≤ 20"}))
}
