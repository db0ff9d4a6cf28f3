package table

import (
	"bufio"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// noteWidth is the display width at which the sentences around a table are broken.
const noteWidth = 100

// Page is a table for people, in one language already: what it is, its rows in sections, and what must be known to
// read it.
type Page struct {
	Title    string
	Lead     []string // sentences under the title
	Columns  []Head
	Sections []Section
	Notes    []string // footnotes, a paragraph each
}

// Head is the head of a column. Numbers stand right, names left.
type Head struct {
	Name  string
	Right bool
}

// Section is a run of rows under a heading; without one, the rows follow on.
type Section struct {
	Heading string
	Rows    [][]string // at most as long as the columns
}

// WriteText writes the page for a terminal: columns aligned by display width, two spaces between them.
func (p *Page) WriteText(w io.Writer) error {
	out := &writer{Writer: bufio.NewWriter(w)}
	if p.Title != "" {
		out.line(p.Title)
	}
	for _, s := range p.Lead {
		out.line(Wrap(s, ""))
	}
	if len(p.Columns) > 0 {
		p.body(out)
	}
	if len(p.Notes) > 0 {
		out.line("")
	}
	for _, s := range p.Notes {
		out.line(Wrap(s, "  "))
	}
	return out.Flush()
}

func (p *Page) body(out *writer) {
	widths := p.widths()
	names := make([]string, len(p.Columns))
	total := 2 * (len(widths) - 1)
	for i, c := range p.Columns {
		names[i] = c.Name
		total += widths[i]
	}
	if p.Title != "" || len(p.Lead) > 0 {
		out.line("")
	}
	out.row(p.Columns, widths, names)
	out.line(strings.Repeat("─", total))
	for i, s := range p.Sections {
		if s.Heading != "" {
			if i > 0 {
				out.line("")
			}
			out.line(s.Heading)
		}
		for _, r := range s.Rows {
			out.row(p.Columns, widths, r)
		}
	}
}

func (p *Page) widths() []int {
	widths := make([]int, len(p.Columns))
	for i, c := range p.Columns {
		widths[i] = Width(c.Name)
	}
	for _, s := range p.Sections {
		for _, r := range s.Rows {
			for i, cell := range r {
				widths[i] = max(widths[i], Width(cell))
			}
		}
	}
	return widths
}

// Width gives the number of terminal columns a text takes: one a letter, whatever marks it bears and however they are
// encoded.
func Width(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			n++
		}
	}
	return n
}

// writer gathers lines; bufio keeps the first error and Flush gives it.
type writer struct{ *bufio.Writer }

// line writes one line in composed form, which terminals draw best, without spaces at its end.
func (w *writer) line(s string) {
	_, _ = w.WriteString(norm.NFC.String(strings.TrimRight(s, " ")) + "\n")
}

func (w *writer) row(columns []Head, widths []int, cells []string) {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		pad := strings.Repeat(" ", widths[i]-Width(cell))
		if columns[i].Right {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	w.line(b.String())
}

// Wrap breaks a paragraph between words so that no line is wider than a hundred terminal columns where words allow;
// the lines after the first are indented.
func Wrap(s, indent string) string {
	var b strings.Builder
	width := 0
	for word := range strings.FieldsSeq(s) {
		n := Width(word)
		switch {
		case width == 0:
		case width+1+n > noteWidth:
			b.WriteString("\n" + indent)
			width = Width(indent)
		default:
			b.WriteString(" ")
			width++
		}
		b.WriteString(word)
		width += n
	}
	return b.String()
}
