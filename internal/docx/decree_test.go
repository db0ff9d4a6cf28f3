package docx

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/clock"
)

//go:embed testdata/decree30.csv
var decree30 string

// made is a document as its file holds it.
type made struct {
	document, styles, header, footer string
}

// write fills the default template and takes the file apart.
func write(t *testing.T, d *Document) made {
	t.Helper()
	return taken(t, defaultTemplate(t).Write(d))
}

func defaultTemplate(t testing.TB) *Template {
	t.Helper()
	tmpl, err := Open(Default())
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func taken(t testing.TB, file []byte) made {
	t.Helper()
	parts := map[string]string{}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(data)
		if err := xml.Unmarshal(data, new(struct{})); err != nil {
			t.Fatalf("%s is no XML: %v", f.Name, err)
		}
	}
	return made{parts["word/document.xml"], parts["word/styles.xml"], parts["word/header1.xml"], parts["word/footer1.xml"]}
}

var (
	paragraphPattern = regexp.MustCompile(`<w:p>(?:<w:pPr>(.*?)</w:pPr>)?(.*?)</w:p>`)
	textPattern      = regexp.MustCompile(`<w:t[^>]*>([^<]*)</w:t>|(<w:br/>)`)
)

// paragraphs gives the texts of an element, in order.
func (m made) paragraphs(element string) (texts []string) {
	for _, p := range paragraphPattern.FindAllStringSubmatch(m.document+m.footer+m.header, -1) {
		if !strings.Contains(p[1], `<w:pStyle w:val="`+element+`"/>`) {
			continue
		}
		var b strings.Builder
		for _, x := range textPattern.FindAllStringSubmatch(p[2], -1) {
			if x[2] != "" {
				b.WriteByte('\n')
			}
			b.WriteString(x[1])
		}
		texts = append(texts, b.String())
	}
	return texts
}

// style gives the XML of a style.
func (m made) style(t *testing.T, element string) string {
	t.Helper()
	x := regexp.MustCompile(`<w:style [^>]*w:styleId="` + element + `">.*?</w:style>`).FindString(m.styles)
	if x == "" {
		t.Fatalf("there is no style %s", element)
	}
	return x
}

func (m made) says(t *testing.T, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(m.document) {
		t.Errorf("the document has no %s", pattern)
	}
}

// TestDecree30 holds every row of the decree's layout against what is written: size, capitals, weight and slope in
// general, and what else the row rules by an assertion of its own.
func TestDecree30(t *testing.T) {
	r := csv.NewReader(strings.NewReader(decree30))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	titled, posted := write(t, decision()), write(t, letter())
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			own, ruled := elements[row[0]]
			if !ruled {
				t.Fatal("the row has no assertion")
			}
			m := titled
			if own.letter {
				m = posted
			}
			general(t, m, row, own)
			if own.also != nil {
				own.also(t, m)
			}
		})
	}
	if len(rows)-1 != len(elements) {
		t.Errorf("%d rows, %d assertions", len(rows)-1, len(elements))
	}
}

// general checks size, capitals, weight and slope.
func general(t *testing.T, m made, row []string, own element) {
	if own.style == "" {
		return
	}
	style := m.style(t, own.style)
	if size, _ := strconv.Atoi(regexp.MustCompile(`<w:sz w:val="(\d+)"/>`).FindStringSubmatch(style)[1]); row[1] != "" {
		low, _ := strconv.Atoi(row[1])
		high, _ := strconv.Atoi(row[2])
		if size < 2*low || size > 2*high {
			t.Errorf("size %d/2, want %d to %d", size, low, high)
		}
	}
	if row[4] != "" && (row[4] == "yes") != strings.Contains(style, "<w:b/>") {
		t.Errorf("bold is to be %s: %s", row[4], style)
	}
	if row[5] != "" && (row[5] == "yes") != strings.Contains(style, "<w:i/>") {
		t.Errorf("italic is to be %s: %s", row[5], style)
	}
	if !strings.Contains(style, `w:ascii="Times New Roman"`) || !strings.Contains(style, `w:cs="Times New Roman"`) {
		t.Error("not in Times New Roman")
	}
	if own.align != "" && !strings.Contains(style, `<w:jc w:val="`+own.align+`"/>`) {
		t.Errorf("not %s: %s", own.align, style)
	}
	texts := m.paragraphs(own.style)
	if own.text != "" && (len(texts) == 0 || texts[0] != own.text) {
		t.Errorf("it says %q, want %q", texts, own.text)
	}
	for _, text := range texts {
		if isUpper := strings.ToUpper(text) == text; own.text != "" && row[3] != "" && (row[3] == "yes") != isUpper {
			t.Errorf("capitals are to be %s: %q", row[3], text)
		}
	}
}

// element is what a row of the decree is checked by.
type element struct {
	style, align, text string
	letter             bool // in the letter, not in the decision
	also               func(*testing.T, made)
}

func page(pattern string) func(*testing.T, made) {
	return func(t *testing.T, m made) { m.says(t, pattern) }
}

// margin checks that every section has a margin of so many millimetres.
func margin(side string, low, high float64) func(*testing.T, made) {
	return func(t *testing.T, m made) {
		all := regexp.MustCompile(`<w:pgMar[^>]* w:`+side+`="(\d+)"`).FindAllStringSubmatch(m.document, -1)
		if len(all) != 3 {
			t.Fatalf("%d sections, want 3", len(all))
		}
		for _, a := range all {
			n, _ := strconv.Atoi(a[1])
			if mm := float64(n) / 1440 * 25.4; mm < low-.05 || mm > high+.05 {
				t.Errorf("%.1f mm", mm)
			}
		}
	}
}

// under checks the line under an element: its length beside the text's.
func under(name string, low, high float64) func(*testing.T, made) {
	return func(t *testing.T, m made) {
		d := decision()
		d.Issuer, d.Subject = "Sở Nội vụ", "Nâng cao Chỉ số PAPI"
		text := strings.ReplaceAll(d.words(name), "\n", " ")
		size := map[string]int{"tieu_ngu": 13, "trich_yeu": 14, "co_quan_ban_hanh": 12}[name]
		if share := d.ruleLength(name) / width(text, size); share < low || share > high {
			t.Errorf("the line is %.2f of the text", share)
		}
		m.says(t, `<w:pStyle w:val="`+name+`"/></w:pPr>.{0,900}?</w:p><w:p><w:pPr><w:pStyle w:val="ke_ngang"/><w:spacing w:after="\d+"/></w:pPr><w:r><mc:AlternateContent.*?prst="line"`)
	}
}

// elements are the rows of the decree with what each is checked by.
var elements = map[string]element{
	"page_size":    {also: page(`<w:pgSz w:w="11906" w:h="16838"/>`)},
	"orientation":  {also: page(`<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`)},
	"margin_top":   {also: margin("top", 20, 25)},
	"margin_left":  {also: margin("left", 30, 35)},
	"margin_right": {also: margin("right", 15, 20)}, "margin_bottom": {also: margin("bottom", 20, 25)},
	"font": {also: func(t *testing.T, m made) {
		if faces := regexp.MustCompile(`w:(?:ascii|hAnsi|cs)="([^"]*)"`).FindAllStringSubmatch(m.styles, -1); len(faces) == 0 {
			t.Error("no font is named")
		} else {
			for _, f := range faces {
				if f[1] != "Times New Roman" {
					t.Errorf("the font %s", f[1])
				}
			}
		}
		if !strings.Contains(m.styles, `<w:color w:val="000000"/>`) {
			t.Error("not black")
		}
	}},
	"page_number": {style: "so_trang", align: "center", also: func(t *testing.T, m made) {
		if !strings.Contains(m.header, "> PAGE <") {
			t.Error("the head bears no page number")
		}
		if n := strings.Count(m.document, `<w:pgNumType w:start="1"/>`); n != 3 || strings.Count(m.document, "<w:titlePg/>") != 3 {
			t.Errorf("%d sections begin at 1 and hide it on their first page, want 3: the document and two appendices", n)
		}
		if strings.Contains(m.document, `w:headerReference w:type="first"`) {
			t.Error("the first page has a head")
		}
	}},
	"quoc_hieu":           {style: "quoc_hieu", align: "center", text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
	"tieu_ngu":            {style: "tieu_ngu", align: "center", text: "Độc lập - Tự do - Hạnh phúc", also: under("tieu_ngu", .97, 1.03)},
	"co_quan_chu_quan":    {style: "co_quan_chu_quan", align: "center", text: "TỈNH HƯNG YÊN"},
	"co_quan_ban_hanh":    {style: "co_quan_ban_hanh", align: "center", text: "ỦY BAN NHÂN DÂN\nTHỊ XÃ MỸ HÀO", also: under("co_quan_ban_hanh", 1./3, .5)},
	"so_ky_hieu":          {style: "so_ky_hieu", align: "center", text: "Số: 07/QĐ-UBND"},
	"dia_danh_ngay_thang": {style: "dia_danh_ngay_thang", align: "center", text: "Mỹ Hào, ngày 05 tháng 02 năm 2026"},
	"ten_loai": {style: "ten_loai", align: "center", text: "QUYẾT ĐỊNH", also: func(t *testing.T, _ made) {
		if kinds := write(t, letter()).paragraphs("ten_loai"); len(kinds) > 0 {
			t.Errorf("a letter bears the name of a kind: %q", kinds)
		}
	}},
	"trich_yeu":               {style: "trich_yeu", align: "center", text: decision().Subject, also: under("trich_yeu", 1./3, .5)},
	"trich_yeu_cong_van":      {style: "trich_yeu_cong_van", align: "center", letter: true, text: "V/v đôn đốc thực hiện nhiệm vụ quá hạn", also: spaced("trich_yeu_cong_van", "before", 120)},
	"kinh_gui":                {style: "kinh_gui", align: "center", letter: true, also: addressed},
	"can_cu":                  {style: "can_cu", also: grounds},
	"noi_dung":                {style: "noi_dung", align: "both", also: bodied},
	"phan_chuong":             {style: "phan_chuong", align: "center", text: "Chương I"},
	"muc_tieu_muc":            {style: "muc_tieu_muc", align: "center", text: "Mục 1"},
	"tieu_de_phan_chuong_muc": {style: "tieu_de_phan_chuong_muc", align: "center", text: "QUY ĐỊNH CHUNG"},
	"dieu":                    {style: "dieu", text: "Điều 1. Ban hành kèm theo Quyết định này Kế hoạch nâng cao Chỉ số PAPI năm 2026.", also: indented("dieu")},
	"khoan":                   {style: "khoan", text: "1. Các cơ quan tại Phụ lục I chịu trách nhiệm thực hiện.", also: indented("khoan")},
	"diem": {style: "diem", text: "a) Hoàn thành trước ngày 30 tháng 6 năm 2026;", also: func(t *testing.T, m made) {
		indented("diem")(t, m)
		if got := Letter(4) + Letter(5) + Letter(6) + Letter(24); got != "dđeaa" {
			t.Errorf("letters of points: %s", got)
		}
	}},
	"quyen_han_nguoi_ky": {style: "quyen_han_nguoi_ky", align: "center", text: "KT. CHỦ TỊCH"},
	"chuc_vu_nguoi_ky":   {style: "chuc_vu_nguoi_ky", align: "center", text: "PHÓ CHỦ TỊCH"},
	"chu_ky":             {also: spaced("chu_ky", "before", 1500)},
	"ho_ten_nguoi_ky":    {style: "ho_ten_nguoi_ky", align: "center", text: "Nguyễn Văn Mẫu"},
	"dau":                {also: page(`PHÓ CHỦ TỊCH</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="chu_ky"/></w:pPr></w:p><w:p><w:pPr><w:pStyle w:val="ho_ten_nguoi_ky"/>`)},
	"noi_nhan_tu":        {style: "noi_nhan_tu", align: "left", text: "Nơi nhận:"},
	"noi_nhan_danh_sach": {style: "noi_nhan_danh_sach", align: "left", text: "- Như Điều 2;", also: func(t *testing.T, m made) {
		if got := m.paragraphs("noi_nhan_danh_sach"); len(got) != 3 || got[2] != "- Lưu: VT, NV. PL.(30)" {
			t.Errorf("recipients %q", got)
		}
	}},
	"phu_luc_so": {style: "phu_luc_so", align: "center", text: "Phụ lục I", also: func(t *testing.T, m made) {
		one := decision()
		one.Annexes = one.Annexes[:1]
		if got := write(t, one).paragraphs("phu_luc_so"); len(got) != 1 || got[0] != "Phụ lục" {
			t.Errorf("a single appendix is headed %q", got)
		}
	}},
	"phu_luc_tieu_de":  {style: "phu_luc_tieu_de", align: "center", text: "PHÂN CÔNG NHIỆM VỤ"},
	"phu_luc_chi_dan":  {style: "phu_luc_chi_dan", align: "center", text: "(Kèm theo Quyết định số 07/QĐ-UBND ngày 05 tháng 02 năm 2026 của Ủy ban nhân dân thị xã Mỹ Hào)"},
	"do_mat":           {style: "do_mat", text: "MẬT"},
	"do_khan":          {style: "do_khan", text: "HỎA TỐC", also: urgency},
	"pham_vi_luu_hanh": {style: "pham_vi_luu_hanh", text: "LƯU HÀNH NỘI BỘ"},
	"nguoi_soan_thao":  {style: "noi_nhan_danh_sach", also: page(`PL\.\(30\)`)},
	"dia_chi_co_quan":  {style: "dia_chi_co_quan", text: decision().Address},
	"ban_sao":          {style: "ban_sao", align: "center", also: copied},
}

func spaced(style, side string, twips int) func(*testing.T, made) {
	return func(t *testing.T, m made) {
		if x := m.style(t, style); !strings.Contains(x, fmt.Sprintf(`w:%s="%d"`, side, twips)) {
			t.Errorf("the space: %s", x)
		}
	}
}

func indented(style string) func(*testing.T, made) {
	return func(t *testing.T, m made) {
		if x := m.style(t, style); !strings.Contains(x, `w:firstLine="720"`) { // 1,27 cm
			t.Errorf("not indented: %s", x)
		}
	}
}

func bodied(t *testing.T, m made) {
	indented("noi_dung")(t, m)
	x := m.style(t, "noi_dung")
	var before, after, line int
	if _, err := fmt.Sscanf(regexp.MustCompile(`w:before="\d+" w:after="\d+" w:line="\d+"`).FindString(x), `w:before="%d" w:after="%d" w:line="%d"`, &before, &after, &line); err != nil {
		t.Fatal(err)
	}
	if before+after < 120 || line < 240 || line > 360 {
		t.Errorf("at least 6 pt between paragraphs, lines from single to 1.5: %s", x)
	}
}

func addressed(t *testing.T, m made) {
	if got := m.paragraphs("kinh_gui_dong"); len(got) != 2 || got[0] != "- Sở Y tế;" || got[1] != "- Ủy ban nhân dân xã Bình An." || m.paragraphs("kinh_gui_nhieu")[0] != "Kính gửi:" {
		t.Errorf("several addressees: %q", got)
	}
	one := letter()
	one.To = one.To[:1]
	if got := write(t, one).paragraphs("kinh_gui"); len(got) != 1 || got[0] != "Kính gửi: Sở Y tế" {
		t.Errorf("one addressee: %q", got)
	}
}

func grounds(t *testing.T, m made) {
	got := m.paragraphs("can_cu")
	if len(got) != 3 || !strings.HasSuffix(got[0], "2025;") || !strings.HasSuffix(got[1], "thị xã;") || !strings.HasSuffix(got[2], "Nội vụ.") {
		t.Errorf("grounds %q", got)
	}
}

func urgency(t *testing.T, _ made) {
	for u, mm := range map[Urgency]int{AtOnce: 30, VeryUrgent: 40, Urgent: 20} {
		d := decision()
		d.Urgency = u
		tw := mm * 14400 / 254
		write(t, d).says(t, fmt.Sprintf(`<w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders><w:top w:val="single" [^>]*w:color="FF0000"/>.*?<w:trHeight w:val="453" w:hRule="exact"/></w:trPr>.*?%s</w:t>`, tw, u))
	}
}

func copied(t *testing.T, _ made) {
	d := decision()
	d.Copy = &Copy{Form: "Sao y", Issuer: "Văn phòng", Number: "3", Symbol: "SY-VP", Place: "Mỹ Hào", Date: clock.Date{Year: 2026, Month: 10, Day: 1},
		Signing: Signing{Position: "Chánh Văn phòng", Name: "Lê Văn Thử"}, Recipients: []string{"Các phòng", "Lưu: VT"}}
	m := write(t, d)
	if got := m.paragraphs("ban_sao"); len(got) != 1 || got[0] != "SAO Y" || !strings.Contains(m.style(t, "ban_sao"), `<w:pBdr><w:top w:val="single"`) {
		t.Errorf("the form of copying: %q", got)
	}
	if got := m.paragraphs("dia_danh_ngay_thang"); len(got) != 2 || got[1] != "Mỹ Hào, ngày 01 tháng 10 năm 2026" {
		t.Errorf("the day of the copy: %q", got)
	}
}
