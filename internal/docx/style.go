package docx

import (
	"fmt"
	"strings"
)

// Style names how a paragraph looks. The names are the styles' ids in the file, so that an office changes the look of an
// element by changing the style of that name in its template.
type Style string

// The styles of a body.
const (
	Text       Style = "noi_dung"
	Chapter    Style = "phan_chuong"             // "Phần I", "Chương I"
	Section    Style = "muc_tieu_muc"            // "Mục 1"
	Title      Style = "tieu_de_phan_chuong_muc" // of a part, chapter or section
	Article    Style = "dieu"                    // "Điều 1. …"
	Clause     Style = "khoan"                   // "1. …"
	Point      Style = "diem"                    // "a) …"
	Heading    Style = "de_muc"                  // "I. MỤC ĐÍCH, YÊU CẦU"
	Subheading Style = "de_muc_nho"              // "1. Mục đích"
	Resolves   Style = "quyet_nghi"              // "QUYẾT ĐỊNH:"
	Note       Style = "ghi_chu"                 // under a table
)

// Measures of the page in twentieths of a point: A4, with the margins of the decree.
const (
	pageWidth, pageHeight = 11906, 16838
	marginTop             = 1134 // 20 mm
	marginBottom          = 1134
	marginLeft            = 1701 // 30 mm
	marginRight           = 851  // 15 mm
	marginHead            = 567  // of the page number
	indent                = 720  // 1,27 cm
	textWidth             = pageWidth - marginLeft - marginRight
	wideWidth             = pageHeight - marginLeft - marginRight
)

// look is one style. Sizes are in points, spaces in twentieths of a point.
type look struct {
	id, name      string
	size          int
	bold, italic  bool
	align         string
	first         bool // first line indented
	left, hang    int
	before, after int
	line          int // 240 = single
	keep          bool
	outline       int // level in the outline of the document, from 1; 0 = none
	red           bool
	exact         bool // line is an exact height
	above         bool // a line above
}

// looks are the styles by element. Each of decree 30 bears the decree's size, case, style and alignment; size_min and
// size_max of the decree leave a choice, which is the larger one for a body of 14 points and the smaller one at the head.
var looks = []look{
	{id: "quoc_hieu", name: "Quốc hiệu", size: 12, bold: true, align: "center"},
	{id: "tieu_ngu", name: "Tiêu ngữ", size: 13, bold: true, align: "center"},
	{id: "co_quan_chu_quan", name: "Cơ quan chủ quản", size: 12, align: "center"},
	{id: "co_quan_ban_hanh", name: "Cơ quan ban hành", size: 12, bold: true, align: "center"},
	{id: "so_ky_hieu", name: "Số, ký hiệu", size: 13, align: "center", before: 120},
	{id: "dia_danh_ngay_thang", name: "Địa danh, thời gian", size: 13, italic: true, align: "center", before: 120},
	{id: "ten_loai", name: "Tên loại văn bản", size: 14, bold: true, align: "center", before: 360, keep: true},
	{id: "trich_yeu", name: "Trích yếu", size: 14, bold: true, align: "center", keep: true},
	{id: "trich_yeu_cong_van", name: "Trích yếu công văn", size: 12, align: "center", before: 120},
	{id: "kinh_gui", name: "Kính gửi", size: 14, align: "center", before: 240, after: 240},
	{id: "kinh_gui_nhieu", name: "Kính gửi nhiều nơi", size: 14, align: "left", left: 2268, before: 240},
	{id: "kinh_gui_dong", name: "Nơi kính gửi", size: 14, align: "left", left: 3232, hang: 170},
	{id: "tham_quyen", name: "Thẩm quyền ban hành", size: 14, bold: true, align: "center", before: 120, after: 120, keep: true},
	{id: "can_cu", name: "Căn cứ", size: 14, italic: true, align: "both", first: true, after: 120, line: 264},
	{id: "noi_dung", name: "Nội dung", size: 14, align: "both", first: true, after: 120, line: 264},
	{id: "phan_chuong", name: "Phần, chương", size: 14, bold: true, align: "center", before: 120, keep: true, outline: 1},
	{id: "muc_tieu_muc", name: "Mục, tiểu mục", size: 14, bold: true, align: "center", before: 120, keep: true, outline: 2},
	{id: "tieu_de_phan_chuong_muc", name: "Tiêu đề phần, chương, mục", size: 14, bold: true, align: "center", after: 120, keep: true},
	{id: "dieu", name: "Điều", size: 14, bold: true, align: "both", first: true, after: 120, line: 264, outline: 3},
	{id: "khoan", name: "Khoản", size: 14, align: "both", first: true, after: 120, line: 264},
	{id: "diem", name: "Điểm", size: 14, align: "both", first: true, after: 120, line: 264},
	{id: "de_muc", name: "Đề mục", size: 14, bold: true, align: "left", first: true, before: 120, after: 120, line: 264, keep: true, outline: 1},
	{id: "de_muc_nho", name: "Đề mục nhỏ", size: 14, bold: true, align: "left", first: true, after: 120, line: 264, keep: true, outline: 2},
	{id: "quyet_nghi", name: "Quyết định", size: 14, bold: true, align: "center", before: 120, after: 120, keep: true},
	{id: "quyen_han_nguoi_ky", name: "Quyền hạn của người ký", size: 14, bold: true, align: "center", keep: true},
	{id: "chuc_vu_nguoi_ky", name: "Chức vụ của người ký", size: 14, bold: true, align: "center", keep: true},
	{id: "chu_ky", name: "Chỗ ký và đóng dấu", size: 14, align: "center", before: 1500, keep: true},
	{id: "ho_ten_nguoi_ky", name: "Họ và tên người ký", size: 14, bold: true, align: "center"},
	{id: "ky_ghi_ro", name: "Ký, ghi rõ họ tên", size: 13, italic: true, align: "center", keep: true},
	{id: "noi_nhan_tu", name: "Nơi nhận", size: 12, bold: true, italic: true, align: "left", keep: true},
	{id: "noi_nhan_danh_sach", name: "Danh sách nơi nhận", size: 11, align: "left", left: 114, hang: 114},
	{id: "phu_luc_so", name: "Phụ lục", size: 14, bold: true, align: "center", keep: true, outline: 1},
	{id: "phu_luc_tieu_de", name: "Tiêu đề phụ lục", size: 14, bold: true, align: "center", keep: true},
	{id: "phu_luc_chi_dan", name: "Chỉ dẫn phụ lục", size: 14, italic: true, align: "center", after: 240, keep: true},
	{id: "do_mat", name: "Độ mật", size: 13, bold: true, align: "center", red: true},
	{id: "do_khan", name: "Độ khẩn", size: 13, bold: true, align: "center", red: true},
	{id: "pham_vi_luu_hanh", name: "Phạm vi lưu hành", size: 13, bold: true, align: "center"},
	{id: "dia_chi_co_quan", name: "Địa chỉ cơ quan", size: 11, align: "center", above: true},
	{id: "ban_sao", name: "Hình thức sao", size: 14, bold: true, align: "center", before: 240, above: true},
	{id: "so_trang", name: "Số trang", size: 14, align: "center"},
	{id: "ke_ngang", name: "Kẻ ngang", size: 2, align: "center", before: 40, after: 40, line: 40, exact: true},
	{id: "ten_bang", name: "Tên bảng", size: 13, bold: true, align: "left", before: 120, after: 60, keep: true},
	{id: "bang_dau", name: "Đầu bảng", size: 12, bold: true, align: "center", before: 40, after: 40},
	{id: "bang", name: "Ô của bảng", size: 12, align: "left", before: 40, after: 40},
	{id: "ghi_chu", name: "Ghi chú", size: 11, italic: true, align: "both", before: 60, after: 120},
}

// stylesXML is the styles part of the default templates.
func stylesXML() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles xmlns:w="` + mainSpace + `"><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="` + font + `" w:hAnsi="` + font + `" w:eastAsia="` + font + `" w:cs="` + font + `"/><w:color w:val="000000"/>` +
		`<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>` +
		`<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	for _, l := range looks {
		b.WriteString(l.xml())
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

// font is the one face of the decree.
const font = "Times New Roman"

// xml is the style as the file holds it.
func (l look) xml() string {
	var p, r strings.Builder
	if l.keep {
		p.WriteString(`<w:keepNext/>`)
	}
	if l.above {
		p.WriteString(`<w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="000000"/></w:pBdr>`)
	}
	line, rule := l.line, "auto"
	if line == 0 {
		line = 240
	}
	if l.exact {
		rule = "exact"
	}
	fmt.Fprintf(&p, `<w:spacing w:before="%d" w:after="%d" w:line="%d" w:lineRule="%s"/>`, l.before, l.after, line, rule)
	switch {
	case l.first:
		fmt.Fprintf(&p, `<w:ind w:firstLine="%d"/>`, indent)
	case l.hang > 0:
		fmt.Fprintf(&p, `<w:ind w:left="%d" w:hanging="%d"/>`, l.left, l.hang)
	case l.left > 0:
		fmt.Fprintf(&p, `<w:ind w:left="%d"/>`, l.left)
	}
	fmt.Fprintf(&p, `<w:jc w:val="%s"/>`, l.align)
	if l.outline > 0 {
		fmt.Fprintf(&p, `<w:outlineLvl w:val="%d"/>`, l.outline-1)
	}
	fmt.Fprintf(&r, `<w:rFonts w:ascii="%[1]s" w:hAnsi="%[1]s" w:eastAsia="%[1]s" w:cs="%[1]s"/>`, font)
	if l.bold {
		r.WriteString(`<w:b/><w:bCs/>`)
	}
	if l.italic {
		r.WriteString(`<w:i/><w:iCs/>`)
	}
	if l.red {
		r.WriteString(`<w:color w:val="FF0000"/>`)
	}
	fmt.Fprintf(&r, `<w:sz w:val="%[1]d"/><w:szCs w:val="%[1]d"/>`, 2*l.size)
	return fmt.Sprintf(`<w:style w:type="paragraph" w:customStyle="1" w:styleId="%s"><w:name w:val="NĐ30 %s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`,
		l.id, l.name, p.String(), r.String())
}
