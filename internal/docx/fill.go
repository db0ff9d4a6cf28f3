package docx

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"thuoc/internal/clock"
)

// Write fills the template with a document and gives the Word file. What the template says itself stays as it is; styles
// that the document needs and the template has not are added in the decree's look; who wrote the template is not told on.
func (t *Template) Write(d *Document) []byte {
	parts := slices.Clone(t.parts)
	for i, p := range parts {
		switch {
		case t.texts[p.name] != nil:
			parts[i].text = fill(t.texts[p.name], d)
		case p.name == stylesPart:
			parts[i].text = withStyles(p.text)
		case p.name == corePart:
			parts[i].text = core(d)
		}
	}
	return pack(parts)
}

const (
	stylesPart = "word/styles.xml"
	corePart   = "docProps/core.xml"
	stylesEnd  = "</w:styles>"
)

// withStyles adds the styles that are not there.
func withStyles(styles string) string {
	var more strings.Builder
	for _, l := range looks {
		if !strings.Contains(styles, `w:styleId="`+l.id+`"`) {
			more.WriteString(l.xml())
		}
	}
	return strings.Replace(styles, stylesEnd, more.String()+stylesEnd, 1)
}

// core is what the file says of itself: its title, who issues it, the day it bears.
func core(d *Document) string {
	day := cmp.Or(d.Date, clock.Date{Year: 1980, Month: 1, Day: 1})
	title := strings.TrimSpace(d.Kind + " " + d.Subject)
	return xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escape(title) + `</dc:title><dc:creator>` + escape(d.Issuer) + `</dc:creator><dc:language>vi-VN</dc:language>` +
		fmt.Sprintf(`<dcterms:created xsi:type="dcterms:W3CDTF">%04d-%02d-%02dT00:00:00Z</dcterms:created></cp:coreProperties>`, day.Year, day.Month, day.Day)
}

// edit replaces a stretch of a part.
type edit struct {
	stretch
	by string
}

// filler fills one part.
type filler struct {
	text  *text
	doc   *Document
	w     writer
	edits []edit
	left  map[int]int // paragraphs that stay, by what holds them
}

// fill gives the part with its fields filled.
func fill(found *text, d *Document) string {
	f := &filler{text: found, doc: d, w: writer{width: textWidth}, left: map[int]int{}}
	for _, p := range found.paragraphs {
		f.left[p.box]++
	}
	for i := range found.paragraphs {
		f.paragraph(&found.paragraphs[i])
	}
	slices.SortFunc(f.edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	at := 0
	for _, e := range f.edits {
		if e.from < at {
			continue // inside a paragraph that is replaced as a whole
		}
		b.WriteString(found.raw[at:e.from])
		b.WriteString(e.by)
		at = e.to
	}
	b.WriteString(found.raw[at:])
	return b.String()
}

// paragraph fills one paragraph.
func (f *filler) paragraph(p *paragraph) {
	marks := p.marks()
	if len(marks) == 0 {
		return
	}
	first := marks[0]
	if p.alone(first) {
		if name, isRule := strings.CutPrefix(first.name, ruleMark); isRule {
			f.replace(p, func() { f.rule(name) })
			return
		}
		field, _ := fieldNamed(first.name)
		switch {
		case first.name == "phu_luc":
			f.annexes(p)
			return
		case field.Block:
			f.replace(p, func() { f.doc.block(&f.w, first.name) })
			return
		case f.doc.words(first.name) == "":
			f.replace(p, func() {})
			return
		}
	}
	f.inline(p, marks)
}

// replace puts what a function writes in the place of a paragraph. Where nothing is written the paragraph goes, unless
// the format asks for one there.
func (f *filler) replace(p *paragraph, write func()) {
	f.w.Reset()
	write()
	by := f.w.String()
	if by == "" {
		if p.after || f.left[p.box] == 1 {
			f.w.paragraph("ke_ngang", "", "")
			by = f.w.String()
		} else {
			f.left[p.box]--
		}
	}
	f.edits = append(f.edits, edit{p.stretch, by})
}

func (f *filler) rule(name string) {
	if f.doc.words(name) != "" {
		after := 40
		if name == "trich_yeu" {
			after = 200 // the grounds or the body begin below
		}
		f.w.rule(f.doc.ruleLength(name), after)
	}
}

// inline fills fields within a text. A field that Word has split over pieces is written into the first of them.
func (f *filler) inline(p *paragraph, marks []mark) {
	offset := 0
	for i, s := range p.pieces {
		if slices.Contains(p.broken, i) {
			offset++
		}
		begin, end := offset, offset+s.to-s.from
		offset = end
		by, at, touched := "", begin, false
		for _, m := range marks {
			if m.to <= begin || m.from >= end {
				continue
			}
			touched = true
			if m.from > at {
				by += f.text.raw[s.from+at-begin : s.from+m.from-begin]
			}
			if m.from >= begin {
				by += inner(f.doc.words(m.name))
			}
			at = min(m.to, end)
		}
		if touched {
			f.edits = append(f.edits, edit{s, by + f.text.raw[s.from+at-begin:s.to]})
		}
	}
}

// inner is a value within a text that is open already.
func inner(value string) string {
	return strings.ReplaceAll(escape(value), "&#xA;", `</w:t><w:br/><w:t xml:space="preserve">`)
}

// annexes writes the appendices in the place of the last paragraph: each has a section of its own, whose pages are
// numbered apart. The section of the body becomes that of the last.
func (f *filler) annexes(p *paragraph) {
	main := f.text.raw[f.text.section.from:f.text.section.to]
	if len(f.doc.Annexes) == 0 {
		f.left[p.box] = 1 // the last paragraph of a document stays
		f.replace(p, func() {})
		return
	}
	f.replace(p, func() {
		ending := main
		for i, a := range f.doc.Annexes {
			f.w.WriteString(`<w:p><w:pPr><w:pStyle w:val="ke_ngang"/>` + ending + `</w:pPr></w:p>`)
			f.annex(i, a)
			ending = annexSection(main, a.Landscape)
		}
		f.edits = append(f.edits, edit{*f.text.section, ending})
	})
	f.w.width = textWidth
}

func (f *filler) annex(i int, a Annex) {
	head := "Phụ lục"
	if len(f.doc.Annexes) > 1 {
		head += " " + Roman(i+1)
	}
	f.w.width = textWidth
	if a.Landscape {
		f.w.width = wideWidth
	}
	f.w.paragraph("phu_luc_so", "", head)
	f.w.paragraph("phu_luc_tieu_de", "", upper(a.Title))
	f.w.paragraph("phu_luc_chi_dan", "", "(Kèm theo "+f.doc.Reference()+")")
	for _, b := range a.Body {
		b.write(&f.w)
	}
}

// child is an element of a section, as it is written.
type child struct{ name, raw string }

// sectionOrder is the order in which the format wants what a section holds; the rest follows.
var sectionOrder = []string{"headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar", "paperSrc", "pgBorders", "lnNumType", "pgNumType"}

// annexSection is the section of the main document with pages numbered from 1, on a new page, across where wanted; the
// foot of its first page is that of every page, since the agency's address stands on the document's first page alone.
func annexSection(main string, landscape bool) string {
	open, kids := sectionOf(main)
	size := fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"/>`, pageWidth, pageHeight)
	if landscape {
		size = fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d" w:orient="landscape"/>`, pageHeight, pageWidth)
	}
	foot := ""
	kids = slices.DeleteFunc(kids, func(c child) bool {
		if c.name == "footerReference" && strings.Contains(c.raw, `"default"`) {
			foot = strings.Replace(c.raw, `"default"`, `"first"`, 1)
		}
		return c.name == "type" || c.name == "pgSz" || c.name == "pgNumType"
	})
	if foot != "" {
		kids = slices.DeleteFunc(kids, func(c child) bool { return c.name == "footerReference" && strings.Contains(c.raw, `"first"`) })
		kids = append(kids, child{"footerReference", foot})
	}
	kids = append(kids, child{"type", `<w:type w:val="nextPage"/>`}, child{"pgSz", size}, child{"pgNumType", `<w:pgNumType w:start="1"/>`})
	slices.SortStableFunc(kids, func(a, b child) int { return cmp.Compare(rank(a.name), rank(b.name)) })
	var b strings.Builder
	b.WriteString(open)
	for _, c := range kids {
		b.WriteString(c.raw)
	}
	return b.String() + `</w:sectPr>`
}

func rank(name string) int {
	if i := slices.Index(sectionOrder, name); i >= 0 {
		return i
	}
	return len(sectionOrder)
}

// sectionOf takes a section apart; it was read whole before.
func sectionOf(raw string) (open string, kids []child) {
	d := xml.NewDecoder(strings.NewReader(raw))
	depth, from := 0, 0
	for before := 0; ; before = int(d.InputOffset()) {
		tok, err := d.RawToken()
		if err != nil {
			break
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				open = raw[:d.InputOffset()]
				if strings.HasSuffix(open, "/>") {
					open = strings.TrimSuffix(open, "/>") + ">"
				}
			} else if depth == 2 {
				from = before
				kids = append(kids, child{name: tok.Name.Local})
			}
		case xml.EndElement:
			if depth == 2 {
				kids[len(kids)-1].raw = raw[from:d.InputOffset()]
			}
			depth--
		}
	}
	return open, kids
}
