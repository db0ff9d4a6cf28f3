package docx

import (
	"fmt"

	"thuoc/internal/clock"
)

// decision is a document that bears every element a titled document can bear.
func decision() *Document {
	d := &Document{Parent: "Tỉnh Hưng Yên", Issuer: "Ủy ban nhân dân thị xã Mỹ Hào", Number: "7", Symbol: "QĐ-UBND", Place: "Mỹ Hào", Date: clock.Date{Year: 2026, Month: 2, Day: 5},
		Kind: "Quyết định", Subject: "Về việc ban hành Kế hoạch nâng cao Chỉ số Hiệu quả quản trị và hành chính công cấp tỉnh năm 2026",
		Power:   "Chủ tịch Ủy ban nhân dân thị xã Mỹ Hào",
		Grounds: []string{"Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025", "Căn cứ Kế hoạch số 41/KH-UBND ngày 19 tháng 02 năm 2021 của Ủy ban nhân dân thị xã", "Theo đề nghị của Trưởng phòng Nội vụ"},
		Body: []Block{Paragraph{Style: Resolves, Text: "QUYẾT ĐỊNH:"},
			Paragraph{Chapter, "", "Chương I"}, Paragraph{Title, "", "QUY ĐỊNH CHUNG"}, Paragraph{Section, "", "Mục 1"},
			Paragraph{Article, "Điều 1.", "Ban hành kèm theo Quyết định này Kế hoạch nâng cao Chỉ số PAPI năm 2026."},
			Paragraph{Clause, "", "1. Các cơ quan tại Phụ lục I chịu trách nhiệm thực hiện."}, Paragraph{Point, "", "a) Hoàn thành trước ngày 30 tháng 6 năm 2026;"},
			Paragraph{Heading, "", "I. MỤC ĐÍCH, YÊU CẦU"}, Paragraph{Subheading, "", "1. Mục đích"}, Paragraph{Text, "", "Khắc phục các nội dung thành phần có điểm thấp & giữ vững <nội dung> đã đạt."},
			Paragraph{Article, "Điều 2.", "Quyết định này có hiệu lực kể từ ngày ký."},
			Paragraph{Text, "", "Trưởng phòng Nội vụ, Thủ trưởng các cơ quan, đơn vị có liên quan chịu trách nhiệm thi hành Quyết định này./."}},
		Signing:    Signing{Instead: Deputy, For: "Chủ tịch", Position: "Phó Chủ tịch", Name: "Nguyễn Văn Mẫu"},
		Recipients: []string{"Như Điều 2", "Ủy ban nhân dân tỉnh (để báo cáo)", "Lưu: VT, NV"}, Drafter: "pl", Copies: 30,
		Address: "Số 1, phường Bần, tỉnh Hưng Yên; thư điện tử: vanphong@vi-du.vn", Secrecy: "Mật", Urgency: AtOnce, Circulation: "Lưu hành nội bộ",
	}
	wide := Table{Caption: "Bảng 1. Phân công", Columns: []Column{{"STT", 1, Center}, {"Nhiệm vụ", 8, Left}, {"Cơ quan chủ trì", 4, Left}, {"Thời hạn", 3, Center}}, Note: "Nguồn: số liệu công bố năm 2025."}
	wide.Rows = append(wide.Rows, Row{Cells: []string{"A. Nội dung 1"}, Heading: true})
	for i := range 45 {
		wide.Rows = append(wide.Rows, Row{Cells: []string{fmt.Sprint(i + 1), "Niêm yết công khai danh sách hộ nghèo, thu chi ngân sách tại trụ sở và nhà văn hóa thôn", "Phòng Nội vụ", "30/6/2026"}})
	}
	d.Annexes = []Annex{{Title: "Phân công nhiệm vụ", Landscape: true, Body: []Block{wide}}, {Title: "Nguồn số liệu", Body: []Block{Paragraph{Text, "", "Không có."}}}}
	return d
}

// letter is a letter to several.
func letter() *Document {
	return &Document{Parent: "Ủy ban nhân dân tỉnh Mẫu", Issuer: "Sở Nội vụ", Symbol: "SNV-CCHC", Place: "Mẫu", Subject: "đôn đốc thực hiện nhiệm vụ quá hạn",
		To: []string{"Sở Y tế", "Ủy ban nhân dân xã Bình An"}, Body: []Block{Paragraph{Text, "", "Sở Nội vụ đề nghị các cơ quan khẩn trương thực hiện./."}},
		Signing: Signing{Instead: ByOrder, For: "Giám đốc", Position: "Trưởng phòng Cải cách hành chính", Name: "Trần Thị Thử"}, Recipients: []string{"Như trên", "Lưu: VT, CCHC"}}
}
