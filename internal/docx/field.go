package docx

import (
	"fmt"
	"strconv"
	"strings"
)

// Field is a place in a template that a document fills: {{name}} in the template's text. Vietnamese is what stands there.
type Field struct {
	Name   string
	Says   string // what is written there, in Vietnamese
	Block  bool   // takes a paragraph of its own, which is replaced by several, or by a table
	Needed bool   // without it a document would lose what it says
}

// Fields are all fields there are, in the order of the page. A paragraph that holds one field alone, whose value is empty,
// is left out of the document. Beside them, {{ke:name}} in a paragraph of its own draws the line under the field of that
// name, in the length that the decree asks for.
var Fields = []Field{
	{Name: "co_quan_chu_quan", Says: "Tên cơ quan chủ quản trực tiếp"},
	{Name: "co_quan_ban_hanh", Says: "Tên cơ quan ban hành"},
	{Name: "so_ky_hieu", Says: "“Số: 41/KH-UBND”"},
	{Name: "so", Says: "Số của văn bản"},
	{Name: "ky_hieu", Says: "Ký hiệu của văn bản"},
	{Name: "dia_danh_ngay_thang", Says: "“Mỹ Hào, ngày 19 tháng 02 năm 2021”"},
	{Name: "dia_danh", Says: "Địa danh"},
	{Name: "ngay_thang", Says: "“ngày 19 tháng 02 năm 2021”"},
	{Name: "trich_yeu_cong_van", Says: "“V/v …” của công văn"},
	{Name: "do_mat", Says: "Dấu chỉ độ mật, trong khung", Block: true},
	{Name: "do_khan", Says: "Dấu chỉ độ khẩn, trong khung", Block: true},
	{Name: "pham_vi_luu_hanh", Says: "Chỉ dẫn phạm vi lưu hành, trong khung", Block: true},
	{Name: "ten_loai", Says: "Tên loại văn bản"},
	{Name: "trich_yeu", Says: "Trích yếu nội dung"},
	{Name: "kinh_gui", Says: "Kính gửi và các nơi nhận", Block: true},
	{Name: "tham_quyen", Says: "Thẩm quyền ban hành quyết định"},
	{Name: "can_cu", Says: "Các căn cứ ban hành, mỗi căn cứ một dòng", Block: true},
	{Name: "noi_dung", Says: "Toàn bộ nội dung văn bản", Block: true, Needed: true},
	{Name: "noi_nhan_danh_sach", Says: "Danh sách nơi nhận, mỗi nơi một dòng", Block: true},
	{Name: "quyen_han_nguoi_ky", Says: "TM., KT., TL., TUQ."},
	{Name: "chuc_vu_nguoi_ky", Says: "Chức vụ của người ký"},
	{Name: "ho_ten_nguoi_ky", Says: "Họ và tên của người ký"},
	{Name: "dia_chi_co_quan", Says: "Địa chỉ, thư điện tử, điện thoại của cơ quan"},
	{Name: "ban_sao", Says: "Hình thức sao, ở cuối bản sao", Block: true},
	{Name: "phu_luc", Says: "Các phụ lục; là đoạn cuối cùng của mẫu", Block: true, Needed: true},
}

// fieldNamed finds a field.
func fieldNamed(name string) (Field, bool) {
	for _, f := range Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// nation is the national name and motto: they stand in every template as they are.
const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
)

// words gives the value of a field that stands within a line.
func (d *Document) words(name string) string {
	switch name {
	case "quoc_hieu":
		return nation
	case "tieu_ngu":
		return motto
	case "co_quan_chu_quan":
		return balanced(upper(d.Parent), 12, leftColumn/20)
	case "co_quan_ban_hanh":
		return balanced(upper(d.Issuer), 12, leftColumn/20)
	case "so_ky_hieu":
		return numberLine(d.Number, d.Symbol)
	case "so":
		return d.Number
	case "ky_hieu":
		return d.Symbol
	case "dia_danh_ngay_thang":
		return d.Place + ", " + Day(d.Date)
	case "dia_danh":
		return d.Place
	case "ngay_thang":
		return Day(d.Date)
	case "ten_loai":
		return upper(d.Kind)
	case "trich_yeu":
		return d.subject(d.Kind != "", "")
	case "trich_yeu_cong_van":
		return d.subject(d.Kind == "", "V/v ")
	case "tham_quyen":
		return upper(d.Power)
	case "quyen_han_nguoi_ky":
		return d.Signing.power()
	case "chuc_vu_nguoi_ky":
		return d.Signing.position()
	case "ho_ten_nguoi_ky":
		return d.Signing.Name
	case "dia_chi_co_quan":
		return d.Address
	}
	return ""
}

// subject is what the document is about, where it stands in a document of this kind.
func (d *Document) subject(here bool, before string) string {
	if !here || d.Subject == "" {
		return ""
	}
	return before + d.Subject
}

// block writes the value of a field that takes paragraphs of its own.
func (d *Document) block(w *writer, name string) {
	switch name {
	case "do_mat":
		if d.Secrecy != "" {
			w.framed("do_mat", upper(d.Secrecy), 0, 8, "FF0000")
		}
	case "do_khan":
		if mm := map[Urgency]int{AtOnce: 30, VeryUrgent: 40, Urgent: 20}[d.Urgency]; mm > 0 {
			w.framed("do_khan", string(d.Urgency), mm, 8, "FF0000")
		}
	case "pham_vi_luu_hanh":
		if d.Circulation != "" {
			w.framed("pham_vi_luu_hanh", upper(d.Circulation), 0, 8, "000000")
		}
	case "kinh_gui":
		addressees(w, d.To)
	case "can_cu":
		for _, g := range stopped(d.Grounds) {
			w.paragraph("can_cu", "", g)
		}
	case "noi_dung":
		d.body(w)
	case "noi_nhan_danh_sach":
		recipients(w, d.Recipients, d.drafter())
	case "ban_sao":
		d.Copy.write(w)
	}
}

// body writes the blocks; the last paragraph stays on one page with the signature, which never stands alone.
func (d *Document) body(w *writer) {
	for i, b := range d.Body {
		p, ok := b.(Paragraph)
		if ok && i == len(d.Body)-1 && p.Lead == "" {
			w.paragraph(p.Style, `<w:keepNext/>`, p.Text)
			continue
		}
		b.write(w)
	}
}

// addressees is "Kính gửi": one on its line, several a line each.
func addressees(w *writer, to []string) {
	switch len(to) {
	case 0:
	case 1:
		w.paragraph("kinh_gui", "", "Kính gửi: "+strings.TrimRight(to[0], ".; "))
	default:
		w.paragraph("kinh_gui_nhieu", "", "Kính gửi:")
		for i, t := range stopped(to) {
			props := ""
			if i == len(to)-1 {
				props = `<w:spacing w:after="240"/>`
			}
			w.paragraph("kinh_gui_dong", props, "- "+t)
		}
	}
}

// drafter is the mark of who drafted and how many copies are made: "PL.(300)".
func (d *Document) drafter() string {
	if d.Drafter == "" {
		return ""
	}
	mark := upper(d.Drafter) + "."
	if d.Copies > 0 {
		mark += "(" + strconv.Itoa(d.Copies) + ")"
	}
	return mark
}

// recipients writes the list under "Nơi nhận"; the mark of the drafter follows the archive's line.
func recipients(w *writer, list []string, mark string) {
	for i, r := range stopped(list) {
		if i == len(list)-1 && mark != "" {
			r += " " + mark
		}
		w.paragraph("noi_nhan_danh_sach", "", "- "+r)
	}
}

// ruleLength is how long the line under a field is, in points: under the motto as long as it, elsewhere between a third
// and half of the text, at most of one line of its column.
func (d *Document) ruleLength(name string) float64 {
	const part = 0.42
	text := strings.ReplaceAll(d.words(name), "\n", " ")
	switch name {
	case "tieu_ngu":
		return width(text, 13)
	case "co_quan_ban_hanh":
		return part * min(width(text, 12), float64(leftColumn)/20)
	}
	return part * min(width(text, 14), textWidth/20)
}

// write writes the form of copying: the line, the form, who copied and signs.
func (c *Copy) write(w *writer) {
	if c == nil {
		return
	}
	w.paragraph("ban_sao", "", upper(c.Form))
	inner := &Document{Issuer: c.Issuer, Number: c.Number, Symbol: c.Symbol, Place: c.Place, Date: c.Date, Signing: c.Signing}
	fmt.Fprintf(w, `%s`, columns(leftColumn, rightColumn,
		para("co_quan_ban_hanh", inner.words("co_quan_ban_hanh"))+para("so_ky_hieu", inner.words("so_ky_hieu")),
		para("dia_danh_ngay_thang", inner.words("dia_danh_ngay_thang"))))
	to := &writer{width: w.width}
	to.paragraph("noi_nhan_tu", "", "Nơi nhận:")
	recipients(to, c.Recipients, "")
	w.WriteString(columns(textWidth/2, textWidth-textWidth/2, to.String(), signatureOf(inner.words)))
	w.paragraph("ke_ngang", "", "")
}
