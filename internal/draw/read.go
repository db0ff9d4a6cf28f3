package draw

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

// MostBytes bounds a file.
const MostBytes = 32 << 20

// Parse reads a file that Bytes wrote, and nothing else: a byte that differs from what would be written is a fault at its
// line. The name is for faults. What the file claims is Verify's to judge.
func Parse(name string, data []byte) (*Proof, error) {
	return parse(name, data, (*Proof).Bytes)
}

// ParseFrame reads the bytes of a frame, in the same way.
func ParseFrame(data []byte) (*Frame, error) {
	p, err := parse("", data, func(p *Proof) []byte { return p.Frame.Bytes() })
	if err != nil {
		return nil, err
	}
	return &p.Frame, nil
}

// parse reads what write writes.
func parse(name string, data []byte, write func(*Proof) []byte) (*Proof, error) {
	r := &reader{name: name}
	if len(data) > MostBytes {
		return nil, fault.New(fault.TooLarge, "%s is over %d MB.", name, MostBytes>>20)
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, '\r') >= 0 {
		return nil, r.refuse(1, "", fault.T("The file was changed by a program that saved it: its bytes are not those that were published."))
	}
	p := &Proof{}
	for form := firstForm; form <= LastForm; form++ {
		if bytes.HasPrefix(data, []byte(domainOf(form))) {
			p.Frame.Form = form
		}
	}
	if p.Frame.Form == 0 {
		return nil, r.refuse(1, "", fault.T("This is no file of a draw."))
	}
	for text := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		if r.line++; r.line > 1 {
			if err := r.take(p, strings.Split(text, "\t")); err != nil {
				return nil, err
			}
		}
	}
	if err := p.Frame.Check(); err != nil {
		return nil, r.named(err)
	}
	if line := differs(data, write(p)); line > 0 {
		return nil, r.refuse(line, "", fault.T("The line is not as the format writes it, or not in its place."))
	}
	return p, nil
}

// differs gives the first line in which two files differ; 0 where they are the same.
func differs(a, b []byte) int {
	if bytes.Equal(a, b) {
		return 0
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return bytes.Count(a[:n], []byte("\n")) + 1
}

// reader reads one file.
type reader struct {
	name string
	line int
}

func (r *reader) refuse(line int, field string, what fault.Text) error {
	return fault.Batch([]fault.Item{{File: r.name, Line: line, Field: field, What: what, Remedy: fault.T("Download the file again from where it is published.")}})
}

// named writes the file's name into the faults of its frame.
func (r *reader) named(err error) error {
	for i := range fault.Items(err) {
		it := &fault.Items(err)[i]
		it.File, it.Line = r.name, 0
	}
	return err
}

// take reads one line.
func (r *reader) take(p *Proof, field []string) error {
	key, field := field[0], field[1:]
	wants, ok := shape[key]
	if !ok {
		return r.refuse(r.line, "", fault.T("“%s” begins no line of this format.", shorten(key)))
	}
	if len(field) < wants.fields || !wants.more && len(field) > wants.fields {
		return r.refuse(r.line, key, fault.T("The line has %d fields.", len(field)))
	}
	if bad := wants.read(p, field); bad != "" {
		return r.refuse(r.line, key, fault.T("“%s” cannot stand here.", shorten(bad)))
	}
	return nil
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// shape is what each line holds: how many fields, and what reads them; read gives the field that is wrong.
var shape = map[string]struct {
	fields int
	more   bool
	read   func(p *Proof, field []string) (bad string)
}{
	"draw": {fields: 1, read: func(p *Proof, f []string) string { p.Frame.ID = f[0]; return "" }},
	"date": {fields: 1, read: func(p *Proof, f []string) string { return day(f[0], &p.Frame.On) }},
	"size": {fields: 1, read: func(p *Proof, f []string) string {
		var n int64
		bad := whole(f[0], &n)
		p.Frame.Size = int(n)
		return bad
	}},
	"number": {fields: 2, read: func(p *Proof, f []string) string { p.Frame.Source = f[1]; return day(f[0], &p.Frame.Day) }},
	"before": {fields: 1, read: func(p *Proof, f []string) string { p.Frame.Before = f[0]; return "" }},
	"theme":  {fields: 1, read: func(p *Proof, f []string) string { p.Frame.Theme = f[0]; return "" }},
	"base":   {fields: 1, read: func(p *Proof, f []string) string { return whole(f[0], &p.Frame.Formula.Base) }},
	"term": {fields: 3, read: func(p *Proof, f []string) string {
		t := Term{Key: f[0]}
		bad := whole(f[1], &t.Each) + whole(f[2], &t.Most)
		p.Frame.Formula.Terms = append(p.Frame.Formula.Terms, t)
		return bad
	}},
	"basis": {fields: 4, read: func(p *Proof, f []string) string {
		s := Basis{Key: f[0], Edition: f[1], Period: f[2]}
		bad := whole(f[3], &s.Tested)
		p.Frame.Bases = append(p.Frame.Bases, s)
		return bad
	}},
	"unit": {fields: 4, more: true, read: func(p *Proof, f []string) (bad string) {
		u := Unit{ID: f[0], Code: f[1], Name: f[2]}
		for _, s := range f[4:] { // f[3] is the weight: it follows from the facts
			var n int64
			bad += whole(s, &n)
			u.Facts = append(u.Facts, n)
		}
		p.Frame.Units = append(p.Frame.Units, u)
		return bad
	}},
	"commitment": {fields: 1, read: func(p *Proof, f []string) string {
		if p.Commitment = f[0]; !isHash(f[0]) {
			return f[0]
		}
		return ""
	}},
	"secret": {fields: 1, read: func(p *Proof, f []string) string {
		if !isHash(f[0]) {
			return f[0]
		}
		b, _ := hex.DecodeString(f[0])
		p.Secret = Secret(b)
		return ""
	}},
	"public": {fields: 1, read: func(p *Proof, f []string) string { p.Number = f[0]; return "" }},
	"drawn":  {fields: 2, read: func(p *Proof, f []string) string { p.Drawn = append(p.Drawn, f[1]); return "" }},
	"end":    {read: func(*Proof, []string) string { return "" }},
}

func day(s string, at *clock.Date) (bad string) {
	d, err := clock.ParseDate(s)
	if err != nil {
		return s
	}
	*at = d
	return ""
}

func whole(s string, at *int64) (bad string) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return s
	}
	*at = n
	return ""
}
