package docx

import "fmt"

// The columns of the head, in twentieths of a point.
const (
	leftColumn  = 3968
	rightColumn = textWidth - leftColumn
)

// Default is the template that comes with the program: the layout of the decree with every field in its place. It serves
// titled documents and letters alike, since what a document does not bear leaves no trace. Offices begin their own from it.
func Default() []byte {
	return pack([]part{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="` + wordType + `document.main+xml"/><Override PartName="/word/styles.xml" ContentType="` + wordType + `styles+xml"/>` +
			`<Override PartName="/word/settings.xml" ContentType="` + wordType + `settings+xml"/><Override PartName="/word/header1.xml" ContentType="` + wordType + `header+xml"/>` +
			`<Override PartName="/word/footer1.xml" ContentType="` + wordType + `footer+xml"/><Override PartName="/word/footer2.xml" ContentType="` + wordType + `footer+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + relSpace + `"><Relationship Id="rId1" Type="` + officeRel + `officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"word/document.xml", xmlHead + `<w:document xmlns:w="` + mainSpace + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>` + frame() + section + `</w:body></w:document>`},
		{"word/styles.xml", stylesXML()},
		{"word/settings.xml", xmlHead + `<w:settings xmlns:w="` + mainSpace + `"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="vi-VN"/></w:settings>`},
		{"word/header1.xml", xmlHead + `<w:hdr xmlns:w="` + mainSpace + `"><w:p><w:pPr><w:pStyle w:val="so_trang"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`},
		{"word/footer1.xml", xmlHead + `<w:ftr xmlns:w="` + mainSpace + `">` + para("dia_chi_co_quan", "{{dia_chi_co_quan}}") + `</w:ftr>`},
		{"word/footer2.xml", xmlHead + `<w:ftr xmlns:w="` + mainSpace + `"><w:p/></w:ftr>`},
		{corePart, core(&Document{Kind: "Mẫu văn bản"})},
		{"word/_rels/document.xml.rels", xmlHead + `<Relationships xmlns="` + relSpace + `"><Relationship Id="rId1" Type="` + officeRel + `styles" Target="styles.xml"/><Relationship Id="rId2" Type="` + officeRel + `settings" Target="settings.xml"/>` +
			`<Relationship Id="rId3" Type="` + officeRel + `header" Target="header1.xml"/><Relationship Id="rId4" Type="` + officeRel + `footer" Target="footer1.xml"/><Relationship Id="rId5" Type="` + officeRel + `footer" Target="footer2.xml"/></Relationships>`},
	})
}

const (
	wordType  = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	relSpace  = "http://schemas.openxmlformats.org/package/2006/relationships"
	officeRel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// section is the section of the main document: A4, the margins, and the page number in the head from page 2.
var section = fmt.Sprintf(`<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="first" r:id="rId4"/><w:pgSz w:w="%d" w:h="%d"/>`+
	`<w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>`,
	pageWidth, pageHeight, marginTop, marginRight, marginBottom, marginLeft, marginHead, marginHead)

// frame is the body of the default template.
func frame() string {
	field := func(name string) string { return para(name, "{{"+name+"}}") }
	rule := func(name string) string { return para("ghi_chu", "{{ke:"+name+"}}") }
	head := columns(leftColumn, rightColumn,
		field("co_quan_chu_quan")+field("co_quan_ban_hanh")+rule("co_quan_ban_hanh"), para("quoc_hieu", nation)+para("tieu_ngu", motto)+rule("tieu_ngu"),
		field("so_ky_hieu")+field("trich_yeu_cong_van")+field("do_mat")+field("do_khan")+field("pham_vi_luu_hanh"), field("dia_danh_ngay_thang"))
	sign := columns(textWidth/2, textWidth-textWidth/2, para("noi_nhan_tu", "Nơi nhận:")+field("noi_nhan_danh_sach"),
		signatureOf(func(name string) string { return "{{" + name + "}}" }))
	return head + field("ten_loai") + field("trich_yeu") + rule("trich_yeu") + field("kinh_gui") + field("tham_quyen") + field("can_cu") + field("noi_dung") +
		sign + field("ban_sao") + para("ghi_chu", "{{phu_luc}}")
}

// signatureOf is the right side of the end: power, position, room for signature and seal, name.
func signatureOf(value func(name string) string) string {
	var s string
	for _, name := range []string{"quyen_han_nguoi_ky", "chuc_vu_nguoi_ky"} {
		if v := value(name); v != "" {
			s += para(name, v)
		}
	}
	return s + para("chu_ky", "") + para("ho_ten_nguoi_ky", value("ho_ten_nguoi_ky"))
}

// para is one paragraph.
func para(style, text string) string {
	w := new(writer)
	w.paragraph(Style(style), "", text)
	return w.String()
}

// columns is a table without lines, two cells a row, whose rows are not split between pages.
func columns(left, right int, cells ...string) string {
	s := fmt.Sprintf(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="%d"/><w:gridCol w:w="%d"/></w:tblGrid>`, left+right, left, right)
	for i := 0; i < len(cells); i += 2 {
		s += fmt.Sprintf(`<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>%s</w:tc><w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>%s</w:tc></w:tr>`, left, cells[i], right, cells[i+1])
	}
	return s + `</w:tbl>`
}
