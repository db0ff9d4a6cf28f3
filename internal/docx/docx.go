// Package docx writes the documents of Vietnamese offices as Word files (Office Open XML), laid out by Appendix I of
// Decree 30/2020/NĐ-CP: the national name, who issues, number and sign, place and day, kind and subject, grounds, body,
// recipients, signature, and appendices whose tables repeat their heads.
//
// It promises that a document comes out of a template by one way, whether the template is its own (Default) or an
// office's: fields in double braces are filled, everything else stays byte for byte as the template has it. A template
// that would run something, fetch something or swell when it is opened is refused in words, and so is one that would
// lose content. The same document and template give the same bytes. Pure.
package docx

import "thuoc/internal/clock"

// Document is what an office document says. Texts are plain; the layout is the template's.
type Document struct {
	Parent  string // the agency directly above, written where there is one
	Issuer  string // the agency that issues
	Number  string // "41"; "" leaves room for the registry to write it
	Symbol  string // "KH-UBND"
	Place   string // where it is issued: "Mỹ Hào"
	Date    clock.Date
	Kind    string   // "Kế hoạch"; "" for an official letter (công văn), which bears none
	Subject string   // what it is about, without "V/v"
	To      []string // Kính gửi
	Power   string   // of a decision: in whose power it is taken, "Chủ tịch Ủy ban nhân dân tỉnh Mẫu"
	Grounds []string // "Căn cứ …", without their stops
	Body    []Block

	Signing    Signing
	Recipients []string // Nơi nhận, without dashes and stops; the last is the archive's "Lưu: VT, NC"
	Drafter    string   // initials of who drafted it
	Copies     int      // how many are made; with Drafter
	Address    string   // of the agency, at the foot of the first page

	Secrecy     string // "MẬT", by the law on state secrets; "" for none
	Urgency     Urgency
	Circulation string // "LƯU HÀNH NỘI BỘ"; "" for none

	Annexes []Annex
	Copy    *Copy // of a copied document: the form of copying
}

// Urgency is how urgent a document is.
type Urgency string

// The degrees of urgency, as they are stamped.
const (
	NotUrgent  Urgency = ""
	Urgent     Urgency = "KHẨN"
	VeryUrgent Urgency = "THƯỢNG KHẨN"
	AtOnce     Urgency = "HỎA TỐC"
)

// Signing is who signs, and in which power. The words are those of the page, in any case of letters.
type Signing struct {
	Body     string // in whose name: "Ủy ban nhân dân" gives TM.; "" = as a head, in the own name
	Instead  Form   // how Position signs for For
	For      string // whose place is taken: "Chủ tịch"
	Acting   bool   // Q.: holds the post for the time being
	Position string // "Phó Chủ tịch"
	Name     string // without titles and degrees
}

// Form is how somebody signs for somebody else.
type Form string

// The forms: a deputy for the head, somebody by order, somebody by delegation.
const (
	Himself   Form = ""
	Deputy    Form = "KT."
	ByOrder   Form = "TL."
	Delegated Form = "TUQ."
)

// Annex is an appendix: pages of its own, numbered apart.
type Annex struct {
	Title     string
	Landscape bool // for wide tables
	Body      []Block
}

// Copy is the form in which a document was copied: what stands below the line at its end.
type Copy struct {
	Form       string // "SAO Y", "SAO LỤC", "TRÍCH SAO"
	Issuer     string
	Number     string
	Symbol     string
	Place      string
	Date       clock.Date
	Signing    Signing
	Recipients []string
}

// Block is a part of a body: Paragraph, Table or Witnesses.
type Block interface{ write(*writer) }

// Paragraph is a text in a style. Lead stands before it in bold: the number of an article.
type Paragraph struct {
	Style Style
	Lead  string
	Text  string
}

// Table is a table with a head that is repeated on every page; its rows are never split between pages.
type Table struct {
	Caption string
	Columns []Column
	Rows    []Row
	Note    string // below the table
}

// Column is a column of a table.
type Column struct {
	Head  string
	Share int // of the width, beside the others'
	Align Align
}

// Row is a row of a table. A heading runs over all columns; its first cell is its text.
type Row struct {
	Cells   []string
	Heading bool
	Strong  bool // a total
}

// Align is how the cells of a column stand.
type Align string

// The alignments.
const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
)

// Rows is how many rows the tables of the appendix have, headings apart.
func (a Annex) Rows() (n int) {
	for _, b := range a.Body {
		if t, ok := b.(Table); ok {
			for _, r := range t.Rows {
				if !r.Heading {
					n++
				}
			}
		}
	}
	return n
}
