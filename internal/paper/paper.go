// Package paper lays out what the house knows as the documents an office signs: plans with their assignments, letters that
// urge, reports of units and of a province, decisions, records and conclusions of inspections.
//
// It promises that a document says nothing its values do not: every figure of the text stands again in an appendix with
// what it counts, its period, its source and the hash of what it was computed from; that no cause is told but in the words
// of whoever wrote it, under their name; that an interval, a base and a day go with a figure wherever they are known, and
// that it is said where they are not. The texts are Vietnamese, in the wording of offices. Pure.
package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/lang"
)

// Office is who issues a document: what stands at its head and its end.
type Office struct {
	Parent     string // the agency directly above; "" for none
	Issuer     string // "Ủy ban nhân dân tỉnh Mẫu"
	Symbol     string // of the issuer within a sign: "UBND", "SNV"
	Place      string // where documents are issued: "Mẫu"
	Number     string // of this document, once the registry has given it
	Date       clock.Date
	Signing    docx.Signing
	Recipients []string // before the archive's line
	Archive    string   // who drafted, in the archive's line: "NC"
}

// document begins a document of the office. Symbol is that of its kind: "KH", "BC"; of a letter, the unit that drafted.
func (o Office) document(kind, symbol, subject string) *docx.Document {
	sign := symbol + "-" + o.Symbol
	if kind == "" { // a letter's sign names the issuer first
		sign = o.Symbol + "-" + symbol
	}
	archive := "Lưu: VT"
	if o.Archive != "" {
		archive += ", " + o.Archive
	}
	return &docx.Document{Parent: o.Parent, Issuer: o.Issuer, Number: o.Number, Symbol: strings.Trim(sign, "-"), Place: o.Place, Date: o.Date, Kind: kind,
		Subject: subject, Signing: o.Signing, Recipients: append(append([]string(nil), o.Recipients...), archive)}
}

// Figure is one figure of a document as the appendix of sources shows it.
type Figure struct {
	What   string // what it counts or measures
	Value  string // as the text says it
	Error  string // its interval and level; "" where it is a full count, which has none
	Base   string // of how many
	Period string // of which days it speaks
	Source string // where it comes from
	Hash   string // SHA-256 of what it was computed from; "" where the source keeps none
}

// ofNothing is the hash of no rows.
var ofNothing = func() string { sum := sha256.Sum256(nil); return hex.EncodeToString(sum[:]) }()

// sources is the appendix of figures.
func sources(figures []Figure) docx.Annex {
	t := docx.Table{Columns: []docx.Column{{Head: "STT", Share: 4, Align: docx.Center}, {Head: "Số liệu", Share: 26}, {Head: "Giá trị", Share: 9, Align: docx.Center}, {Head: "Mẫu số, sai số", Share: 13},
		{Head: "Kỳ số liệu", Share: 15}, {Head: "Nguồn", Share: 18}, {Head: "Mã kiểm chứng (SHA-256)", Share: 16}},
		Note: "Số đếm toàn bộ không có sai số chọn mẫu. Mã kiểm chứng ghi 16 ký tự đầu; hệ thống lưu mã đầy đủ và các dòng dữ liệu đã tính ra số liệu."}
	for i, f := range figures {
		t.Rows = append(t.Rows, docx.Row{Cells: []string{strconv.Itoa(i + 1), f.What, f.Value, orElse(strings.Trim(f.Base+"\n"+f.Error, "\n"), "–"), f.Period, f.Source, orElse(short(f.Hash), "không có")}})
	}
	if slices.ContainsFunc(figures, func(f Figure) bool { return f.Hash == ofNothing }) {
		t.Note += " Mã " + short(ofNothing) + " là mã của danh sách không có dòng nào."
	}
	return docx.Annex{Title: "Nguồn số liệu", Landscape: true, Body: []docx.Block{t}}
}

// short is the beginning of a hash.
func short(hash string) string { return hash[:min(len(hash), 16)] }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// outline gathers a body and numbers its headings: I., 1., a).
type outline struct {
	blocks     []docx.Block
	part, item int
	figures    []Figure // that the text tells, in its order: the appendix of sources lists them
}

// cite keeps a figure for the appendix of sources and gives it as a sentence says it.
func (o *outline) cite(f Figure, says string) string {
	o.figures = append(o.figures, f)
	return says
}

// heading begins a part: "I. MỤC ĐÍCH, YÊU CẦU".
func (o *outline) heading(title string) {
	o.part, o.item = o.part+1, 0
	o.add(docx.Heading, docx.Roman(o.part)+". "+strings.ToUpper(title))
}

// subheading begins a numbered piece in bold.
func (o *outline) subheading(title string) {
	o.item++
	o.add(docx.Subheading, strconv.Itoa(o.item)+". "+title)
}

// numbered adds a numbered sentence.
func (o *outline) numbered(text string) {
	o.item++
	o.add(docx.Clause, strconv.Itoa(o.item)+". "+text)
}

// text adds sentences, a paragraph a line.
func (o *outline) text(lines ...string) {
	for _, l := range lines {
		for part := range strings.SplitSeq(l, "\n") {
			if part = strings.TrimSpace(part); part != "" {
				o.add(docx.Text, part)
			}
		}
	}
}

// dashed adds a line of a list.
func (o *outline) dashed(text string) { o.add(docx.Text, "- "+text) }

func (o *outline) add(style docx.Style, text string) {
	o.blocks = append(o.blocks, docx.Paragraph{Style: style, Text: text})
}

// closed gives the body; a document's last sentence ends with "./.".
func (o *outline) closed(sentence string) []docx.Block {
	o.text(strings.TrimRight(sentence, "./ ") + "./.")
	return o.blocks
}

// number writes a number as Vietnamese texts do.
func number(v float64, decimals int) string { return lang.Number(lang.Vi, v, decimals) }

// count writes a whole number, under 10 with a 0, as offices write amounts in sentences.
func count(n int) string {
	if n < 10 && n >= 0 {
		return fmt.Sprintf("%02d", n)
	}
	return lang.Count(lang.Vi, n)
}

// share writes a part of a base: "12/30 (40,0 %)"; without a base the number alone.
func share(n, base int) string {
	if base == 0 {
		return lang.Count(lang.Vi, n)
	}
	return lang.Count(lang.Vi, n) + "/" + lang.Count(lang.Vi, base) + " (" + number(100*float64(n)/float64(base), 1) + "\u00a0%)"
}

// date writes a day in figures, with a 0 where the decree writes one: "02/7/2026".
func date(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	month := strconv.Itoa(int(d.Month))
	if d.Month <= 2 {
		month = "0" + month
	}
	return fmt.Sprintf("%02d/%s/%d", d.Day, month, d.Year)
}

// lower writes the first letter small, for a name within a sentence.
func lower(s string) string {
	r := []rune(s)
	if len(r) == 0 || len(r) > 1 && strings.ToUpper(string(r[:2])) == string(r[:2]) {
		return s
	}
	return strings.ToLower(string(r[:1])) + string(r[1:])
}

// capital writes the first letter large, for a name that begins a cell.
func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
