package docx

import (
	"encoding/xml"
	"fmt"
	"strings"
)

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
)

// writer gathers the XML of blocks.
type writer struct {
	strings.Builder
	width int // of the text, in twentieths of a point
	rules int // lines drawn: each needs a number of its own
}

// escape writes a text as XML content; what XML cannot hold becomes �.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

// lines is a text as the content of a run, its lines parted by breaks.
func lines(s string) string {
	return `<w:t xml:space="preserve">` + strings.ReplaceAll(escape(s), "&#xA;", `</w:t><w:br/><w:t xml:space="preserve">`) + `</w:t>`
}

// paragraph writes a paragraph; props stand behind its style, in the order of the format.
func (w *writer) paragraph(style Style, props, text string) {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + string(style) + `"/>` + props + `</w:pPr>`)
	if text != "" {
		w.WriteString(`<w:r>` + lines(text) + `</w:r>`)
	}
	w.WriteString(`</w:p>`)
}

func (p Paragraph) write(w *writer) {
	if p.Lead == "" {
		w.paragraph(p.Style, "", p.Text)
		return
	}
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + string(p.Style) + `"/></w:pPr><w:r><w:rPr><w:b/><w:bCs/></w:rPr>` + lines(p.Lead+" ") +
		`</w:r><w:r><w:rPr><w:b w:val="0"/><w:bCs w:val="0"/></w:rPr>` + lines(p.Text) + `</w:r></w:p>`)
}

func (t Table) write(w *writer) {
	if t.Caption != "" {
		w.paragraph("ten_bang", "", t.Caption)
	}
	widths := t.widths(w.width)
	fmt.Fprintf(w, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblBorders>`, w.width)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		w.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	w.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, x := range widths {
		fmt.Fprintf(w, `<w:gridCol w:w="%d"/>`, x)
	}
	w.WriteString(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Columns {
		w.cell(widths[i], 1, "bang_dau", `<w:jc w:val="center"/>`, c.Head, `<w:vAlign w:val="center"/>`)
	}
	w.WriteString(`</w:tr>`)
	for i, r := range t.Rows {
		props := ""
		if t.Note != "" && i == len(t.Rows)-1 {
			props = `<w:keepNext/>` // the note stays with the table's end
		}
		t.row(w, widths, r, props)
	}
	w.WriteString(`</w:tbl>`)
	w.paragraph(Note, "", t.Note) // a table is followed by a paragraph, else it grows together with the next
}

func (t Table) row(w *writer, widths []int, r Row, props string) {
	w.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	switch {
	case r.Heading:
		text := ""
		if len(r.Cells) > 0 {
			text = r.Cells[0]
		}
		w.cell(w.width, len(t.Columns), "bang_dau", `<w:keepNext/><w:jc w:val="left"/>`, text, "")
	default:
		for i, c := range t.Columns {
			text, style := "", Style("bang")
			if i < len(r.Cells) {
				text = r.Cells[i]
			}
			if r.Strong {
				style = "bang_dau"
			}
			align := c.Align
			if align == "" {
				align = Left
			}
			w.cell(widths[i], 1, style, props+`<w:jc w:val="`+string(align)+`"/>`, text, "")
		}
	}
	w.WriteString(`</w:tr>`)
}

func (w *writer) cell(width, span int, style Style, props, text, more string) {
	fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, width)
	if span > 1 {
		fmt.Fprintf(w, `<w:gridSpan w:val="%d"/>`, span)
	}
	w.WriteString(more + `</w:tcPr>`)
	w.paragraph(style, props, text)
	w.WriteString(`</w:tc>`)
}

// widths shares the width of the page among the columns; the shares' rest goes to the last.
func (t Table) widths(all int) []int {
	sum := 0
	for _, c := range t.Columns {
		sum += max(c.Share, 1)
	}
	widths, left := make([]int, len(t.Columns)), all
	for i, c := range t.Columns {
		widths[i] = max(all*max(c.Share, 1)/sum, narrowest)
		if i == len(t.Columns)-1 {
			widths[i] = left
		}
		left -= widths[i]
	}
	return widths
}

// narrowest is the least width of a column, in twentieths of a point: what "STT" takes in bold on one line.
const narrowest = 630

// framed writes a text in a single frame, of a size in millimetres; width 0 fits the text.
func (w *writer) framed(style Style, text string, width, height int, colour string) {
	if width == 0 {
		width = int(widthMM(text)) + 8
	}
	tw := width * 1440 * 10 / 254
	fmt.Fprintf(w, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>`, tw)
	for _, side := range []string{"top", "left", "bottom", "right"} {
		w.WriteString(`<w:` + side + ` w:val="single" w:sz="8" w:space="0" w:color="` + colour + `"/>`)
	}
	fmt.Fprintf(w, `</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="%d"/></w:tblGrid>`+
		`<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="%d" w:hRule="exact"/></w:trPr>`, tw, height*14400/254)
	w.cell(tw, 1, style, "", text, `<w:vAlign w:val="center"/>`)
	w.WriteString(`</w:tr></w:tbl>`)
	w.paragraph("ke_ngang", "", "")
}

// widthMM is how long a text of 13 points is, in millimetres.
func widthMM(text string) float64 { return width(text, 13) * 25.4 / 72 }

// rule draws a line of a length in points in the middle of its column. It is drawn, as the decree's own samples are, not
// underlined. After is the space below it, in twentieths of a point.
func (w *writer) rule(points float64, after int) {
	w.rules++
	cx := int(points * 12700)
	fmt.Fprintf(w, `<w:p><w:pPr><w:pStyle w:val="ke_ngang"/><w:spacing w:after="%[5]d"/></w:pPr><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">`+
		`<mc:Choice xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" Requires="wps"><w:drawing>`+
		`<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%[1]d" cy="0"/><wp:docPr id="%[2]d" name="Kẻ ngang %[3]d"/>`+
		`<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvCnPr/>`+
		`<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="0"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></wps:spPr>`+
		`<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:line xmlns:v="urn:schemas-microsoft-com:vml" style="width:%.1[4]fpt;height:0" from="0,0" to="%.1[4]fpt,0" strokeweight=".75pt"/></w:pict></mc:Fallback>`+
		`</mc:AlternateContent></w:r></w:p>`, cx, 9000+w.rules, w.rules, points, after)
}

// Witnesses are who signs a record beside the signer: each a title, two a row, with room for signing under it.
type Witnesses []string

func (list Witnesses) write(w *writer) {
	var cells []string
	for _, title := range list {
		cells = append(cells, para("chuc_vu_nguoi_ky", upper(title))+para("ky_ghi_ro", "(Ký, ghi rõ họ tên)")+para("chu_ky", ""))
	}
	if len(cells)%2 > 0 {
		cells = append(cells, para("chu_ky", ""))
	}
	w.WriteString(columns(textWidth/2, textWidth-textWidth/2, cells...))
	w.paragraph("ke_ngang", "", "") // two tables without a paragraph between grow together
}
