package docx

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

// text is what was found in a part that holds text. Places are offsets into the part's bytes.
type text struct {
	raw        string
	paragraphs []paragraph
	lastTop    int      // the last paragraph that stands in the body itself
	section    *stretch // the section of the body
	root       int      // end of the root's start tag
}

// stretch is a piece of a part.
type stretch struct{ from, to int }

// paragraph is one paragraph with the pieces of its text. Word splits a text into pieces wherever it likes.
type paragraph struct {
	stretch
	top    bool // stands in the body itself
	box    int  // the cell, head, foot or body it stands in, by number
	after  bool // right behind a table, which would grow together with the next without it
	pieces []stretch
	broken []int // numbers of the pieces before which the line ends or a tab stands
	raw    string
}

// ruleMark begins the name of the field that draws a line.
const ruleMark = "ke:"

var markPattern = regexp.MustCompile(`\{\{([a-z_:]{1,40})\}\}`)

// mark is one field in the joined text of a paragraph.
type mark struct {
	name     string
	from, to int
}

// joined is the text of a paragraph; where the line breaks, no field goes on.
func (p *paragraph) joined() string {
	var b strings.Builder
	for i, s := range p.pieces {
		if slices.Contains(p.broken, i) {
			b.WriteByte('\n')
		}
		b.WriteString(p.raw[s.from:s.to])
	}
	return b.String()
}

func (p *paragraph) marks() (list []mark) {
	s := p.joined()
	for _, m := range markPattern.FindAllStringSubmatchIndex(s, -1) {
		list = append(list, mark{s[m[2]:m[3]], m[0], m[1]})
	}
	return list
}

// alone tells whether a field is all that a paragraph says.
func (p *paragraph) alone(m mark) bool {
	s := p.joined()
	return strings.TrimSpace(s[:m.from]+s[m.to:]) == ""
}

// torn tells whether braces remain that are no field.
func (p *paragraph) torn() bool {
	rest := markPattern.ReplaceAllString(p.joined(), "")
	return strings.Contains(rest, "{{") || strings.Contains(rest, "}}")
}

// start40 is the beginning of the paragraph, for a message.
func (p *paragraph) start40() string {
	r := []rune(p.joined())
	return string(r[:min(len(r), 40)])
}

// safeFields are the computed fields of Word that a template may hold: they read nothing but the document itself.
var safeFields = []string{"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "TOC", "PAGEREF", "REF", "STYLEREF", "SEQ"}

// banned are elements that bring in other files or run something.
var banned = []string{"altChunk", "object", "control", "subDoc", "OLEObject"}

// scanner walks the XML of a part.
type scanner struct {
	d     *xml.Decoder
	out   *text
	stack []string
	open  []int    // indices of the paragraphs that are not closed, the innermost last
	boxes []box    // what holds paragraphs and is not closed, the innermost last
	made  int      // how many of these there were
	codes []string // the words of the computed fields that are not closed
}

// box is something that holds paragraphs.
type box struct {
	number, depth int
	table         bool // its last child is a table
}

var damaged = fault.T("The text of the file is damaged. Save it again and send it.")

// scan finds the paragraphs of a part. It refuses what is not the XML that offices write.
func scan(raw string) (*text, error) {
	s := &scanner{d: xml.NewDecoder(strings.NewReader(raw)), out: &text{raw: raw, lastTop: -1}}
	for before := 0; ; before = int(s.d.InputOffset()) {
		tok, err := s.d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.take(tok, stretch{before, int(s.d.InputOffset())})
		}
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				err = &fault.Error{Kind: fault.Invalid, Text: damaged, Err: err}
			}
			return nil, err
		}
	}
	if len(s.stack) > 0 || s.out.root == 0 {
		return nil, &fault.Error{Kind: fault.Invalid, Text: damaged}
	}
	return s.out, nil
}

// take takes one token in.
func (s *scanner) take(tok xml.Token, at stretch) error {
	switch tok := tok.(type) {
	case xml.Directive:
		return &fault.Error{Kind: fault.Invalid, Text: damaged}
	case xml.StartElement:
		return s.start(tok, at)
	case xml.EndElement:
		return s.end(name(tok.Name), at)
	case xml.CharData:
		s.chars(string(tok), at)
	}
	return nil
}

// name is a name with its prefix, as it is written.
func name(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func (s *scanner) start(tok xml.StartElement, at stretch) error {
	n := name(tok.Name)
	if len(s.stack) == 0 {
		if s.out.root > 0 || !wordSpace(tok) {
			return &fault.Error{Kind: fault.Invalid, Text: fault.T("The text of the file is not in the form that Word saves as .docx. Open it in Word or LibreOffice, save it as .docx and send it again.")}
		}
		s.out.root = at.to
	}
	if len(s.stack) > 200 || slices.Contains(banned, tok.Name.Local) {
		return fault.New(fault.Invalid, "The template holds embedded objects. Remove them; pictures may stay.")
	}
	inside := s.inside()
	switch n {
	case "w:body", "w:tc", "w:hdr", "w:ftr", "w:txbxContent":
		s.made++
		s.boxes = append(s.boxes, box{number: s.made, depth: len(s.stack)})
	case "w:tbl":
		if inside != nil {
			inside.table = true
		}
	case "w:p":
		if inside == nil {
			return &fault.Error{Kind: fault.Invalid, Text: damaged}
		}
		s.out.paragraphs = append(s.out.paragraphs, paragraph{stretch: at, raw: s.out.raw, box: inside.number, after: inside.table, top: s.stack[len(s.stack)-1] == "w:body"})
		s.open, inside.table = append(s.open, len(s.out.paragraphs)-1), false
	case "w:tab", "w:br", "w:cr":
		if i := len(s.open); i > 0 && s.stack[len(s.stack)-1] == "w:r" {
			p := &s.out.paragraphs[s.open[i-1]]
			p.broken = append(p.broken, len(p.pieces))
		}
	case "w:sectPr":
		if len(s.stack) > 0 && s.stack[len(s.stack)-1] == "w:body" {
			s.out.section = &stretch{from: at.from}
		}
	case "w:fldSimple", "w:fldChar":
		if err := s.computed(tok); err != nil {
			return err
		}
	}
	s.stack = append(s.stack, n)
	return nil
}

// inside is the innermost thing that holds paragraphs.
func (s *scanner) inside() *box {
	if len(s.boxes) == 0 {
		return nil
	}
	return &s.boxes[len(s.boxes)-1]
}

// wordSpace tells whether w: means what it means in Word.
func wordSpace(tok xml.StartElement) bool {
	return slices.ContainsFunc(tok.Attr, func(a xml.Attr) bool { return name(a.Name) == "xmlns:w" && a.Value == mainSpace })
}

// computed looks at the computed fields: only those are let in that read nothing but the document.
func (s *scanner) computed(tok xml.StartElement) error {
	for _, a := range tok.Attr {
		switch {
		case name(a.Name) == "w:instr":
			return safeCode(a.Value)
		case name(a.Name) == "w:fldCharType" && a.Value == "begin":
			s.codes = append(s.codes, "")
		case name(a.Name) == "w:fldCharType" && len(s.codes) > 0:
			last := len(s.codes) - 1
			if err := safeCode(s.codes[last]); err != nil {
				return err
			}
			if s.codes[last] = "PAGE"; a.Value == "end" {
				s.codes = s.codes[:last]
			}
		}
	}
	return nil
}

func safeCode(code string) error {
	words := strings.Fields(code)
	if len(words) > 0 && !slices.Contains(safeFields, strings.ToUpper(words[0])) {
		return fault.New(fault.Invalid, "The template holds the computed field %s, which could read other files. Write its text instead.", words[0])
	}
	return nil
}

func (s *scanner) end(n string, at stretch) error {
	if len(s.stack) == 0 || s.stack[len(s.stack)-1] != n {
		return &fault.Error{Kind: fault.Invalid, Text: damaged}
	}
	s.stack = s.stack[:len(s.stack)-1]
	if b := s.inside(); b != nil && b.depth == len(s.stack) {
		s.boxes = s.boxes[:len(s.boxes)-1]
	}
	switch n {
	case "w:p":
		i := s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
		s.out.paragraphs[i].to = at.to
		if s.out.paragraphs[i].top {
			s.out.lastTop = i
		}
	case "w:sectPr":
		if s.out.section != nil && len(s.stack) > 0 && s.stack[len(s.stack)-1] == "w:body" {
			s.out.section.to = at.to
		}
	}
	return nil
}

// chars notes the pieces of a text, and the words of computed fields.
func (s *scanner) chars(data string, at stretch) {
	if len(s.stack) == 0 {
		return
	}
	switch s.stack[len(s.stack)-1] {
	case "w:t":
		if i := len(s.open); i > 0 {
			p := &s.out.paragraphs[s.open[i-1]]
			p.pieces = append(p.pieces, at)
		}
	case "w:instrText":
		if i := len(s.codes); i > 0 {
			s.codes[i-1] += data
		}
	}
}
