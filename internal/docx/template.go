package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

// Template is a Word file with fields, looked at and safe to fill.
type Template struct {
	parts []part
	texts map[string]*text // what was found in the parts that hold text, by name
	used  map[string]Spot  // where a field stands first, by its name
}

// Spot is a place in a template: the part of the Word file, "word/document.xml" or that of a head or foot, and the paragraph
// in it, counted from 1 with those of tables.
type Spot struct {
	Part      string
	Paragraph int
}

// Where gives the place where a field stands first; false for one that the template does not show.
func (t *Template) Where(field string) (Spot, bool) {
	at, ok := t.used[field]
	return at, ok
}

// shows tells whether the template has a field.
func (t *Template) shows(field string) bool { _, ok := t.used[field]; return ok }

// Bounds of a template.
const (
	mostBytes  = 8 << 20  // as it is sent
	mostOpened = 48 << 20 // unpacked, in all
	mostParts  = 500
)

// documentPart is where a Word file has its text.
const documentPart = "word/document.xml"

// Open reads a template and refuses in words whatever is wrong with it, all at once: what would run or fetch something,
// what swells when it is opened, fields that are not known, and the want of those without which content would be lost.
func Open(b []byte) (*Template, error) {
	t := &Template{texts: map[string]*text{}, used: map[string]Spot{}}
	if err := t.unpack(b); err != nil {
		return nil, err
	}
	var items []fault.Item
	for _, p := range t.parts {
		items = append(items, danger(p)...)
	}
	if err := fault.Batch(items); err != nil {
		return nil, err
	}
	for _, p := range t.parts {
		if !filled(p.name) {
			continue
		}
		found, err := scan(p.text)
		if err != nil {
			return nil, err
		}
		t.texts[p.name] = found
		items = append(items, t.look(p.name, found)...)
	}
	styled := slices.ContainsFunc(t.parts, func(p part) bool { return p.name == stylesPart && strings.Contains(p.text, stylesEnd) })
	if t.texts[documentPart] == nil || t.texts[documentPart].section == nil || !styled {
		return nil, fault.New(fault.Invalid, "This is not a Word document (.docx). Save the template as .docx and send it again.")
	}
	for _, f := range Fields {
		if f.Needed && !t.shows(f.Name) {
			items = append(items, fault.Item{Field: f.Name, What: fault.T("The field {{%s}} is missing; what stands there would be lost.", f.Name), Remedy: fault.T("Put it on a line of its own.")})
		}
	}
	return t, fault.Batch(items)
}

// Missing gives the fields that a document may bear and the template does not show: advice, since an office may have
// written them out, or keep one template for one kind of document.
func (t *Template) Missing() []Field {
	whole := map[string][]string{"so_ky_hieu": {"so", "ky_hieu"}, "dia_danh_ngay_thang": {"dia_danh", "ngay_thang"}}
	parts := []string{"so", "ky_hieu", "dia_danh", "ngay_thang"}
	return slices.DeleteFunc(slices.Clone(Fields), func(f Field) bool {
		all := whole[f.Name]
		inParts := len(all) > 0 && !slices.ContainsFunc(all, func(p string) bool { return !t.shows(p) })
		return t.shows(f.Name) || inParts || slices.Contains(parts, f.Name)
	})
}

// unpack reads the package within its bounds.
func (t *Template) unpack(b []byte) error {
	if len(b) > mostBytes {
		return fault.New(fault.Invalid, "The file is larger than %d MB. Send a smaller one.", mostBytes>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Text: fault.T("This is not a Word document (.docx). Save the template as .docx and send it again."), Err: err}
	}
	if len(z.File) > mostParts {
		return fault.New(fault.Invalid, "The file holds %d parts, more than a template needs. It is not taken.", len(z.File))
	}
	left, seen := int64(mostOpened), map[string]bool{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if f.Name != path.Clean(f.Name) || strings.HasPrefix(f.Name, "/") || strings.HasPrefix(f.Name, "..") || strings.Contains(f.Name, `\`) || seen[f.Name] {
			return fault.New(fault.Invalid, "The file is damaged. Save it again and send it.")
		}
		seen[f.Name] = true
		data, err := readPart(f, left)
		if err != nil {
			return err
		}
		left -= int64(len(data))
		t.parts = append(t.parts, part{f.Name, string(data)})
	}
	return nil
}

// readPart reads one part; it believes no size that the package states.
func readPart(f *zip.File, left int64) ([]byte, error) {
	r, err := f.Open()
	if err == nil {
		defer r.Close()
		var data []byte
		if data, err = io.ReadAll(io.LimitReader(r, left+1)); err == nil {
			if int64(len(data)) > left {
				return nil, fault.New(fault.Invalid, "Opened, this file would fill over %d MB. It is not taken.", mostOpened>>20)
			}
			return data, nil
		}
	}
	return nil, &fault.Error{Kind: fault.Invalid, Text: fault.T("The file is damaged. Save it again and send it."), Err: err}
}

// danger says what of a part would run, or reach outside the document.
func danger(p part) (items []fault.Item) {
	bad := func(what, remedy fault.Text) {
		items = append(items, fault.Item{File: p.name, What: what, Remedy: remedy})
	}
	name := strings.ToLower(p.name)
	switch {
	case strings.Contains(name, "vbaproject"), strings.Contains(name, "vbadata"), name == "[content_types].xml" && strings.Contains(strings.ToLower(p.text), "macroenabled"):
		bad(fault.T("The template holds macros."), fault.T("Save it as .docx, without macros."))
	case strings.Contains(name, "/activex"), strings.Contains(name, "/embeddings/"), strings.Contains(name, "customui"), strings.Contains(name, "/afchunk"):
		bad(fault.T("The template holds embedded objects."), fault.T("Remove them; pictures may stay."))
	case strings.HasSuffix(name, ".rels"):
		if reachesOut(p.text) {
			bad(fault.T("The template points outside itself, to a page or a file."), fault.T("Remove links and linked pictures."))
		}
	}
	return items
}

// reachesOut tells whether a part of relations names anything outside the package, or cannot be read.
func reachesOut(rels string) bool {
	d := xml.NewDecoder(strings.NewReader(rels))
	for {
		tok, err := d.RawToken()
		if err != nil {
			return !errors.Is(err, io.EOF)
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return true
		case xml.StartElement:
			for _, a := range tok.Attr {
				if a.Name.Local == "TargetMode" && !strings.EqualFold(a.Value, "Internal") || a.Name.Local == "Target" && strings.Contains(a.Value, ":") {
					return true
				}
			}
		}
	}
}

// filled tells whether a part holds text that is filled in.
func filled(name string) bool {
	base, ok := strings.CutPrefix(name, "word/")
	return name == documentPart || ok && !strings.Contains(base, "/") && strings.HasSuffix(base, ".xml") && (strings.HasPrefix(base, "header") || strings.HasPrefix(base, "footer"))
}

// look gives the faults of the fields of a part, each with its paragraph as the line, and notes which fields there are.
func (t *Template) look(name string, found *text) (items []fault.Item) {
	for i, p := range found.paragraphs {
		wrong := func(field string, what, remedy fault.Text) {
			items = append(items, fault.Item{File: name, Line: i + 1, Field: field, What: what, Remedy: remedy})
		}
		for _, m := range p.marks() {
			f, known := fieldNamed(strings.TrimPrefix(m.name, ruleMark))
			isRule := strings.HasPrefix(m.name, ruleMark)
			last := p.top && i == found.lastTop
			switch {
			case m.name == ruleMark+"tieu_ngu" && p.alone(m):
			case !known || isRule && f.Block:
				wrong(m.name, fault.T("There is no field {{%s}}.", m.name), fault.T("Write one of the fields of the list."))
			case (isRule || f.Block) && !p.alone(m):
				wrong(m.name, fault.T("The field {{%s}} takes a line of its own.", m.name), fault.T("Put it into a paragraph without other words."))
			case f.Block && name != documentPart:
				wrong(m.name, fault.T("The field {{%s}} cannot stand in the head or foot of pages.", m.name), fault.T("Put it into the text."))
			case m.name == "phu_luc" && !last:
				wrong(m.name, fault.T("The field {{%s}} is not the last line.", m.name), fault.T("Put it behind everything else."))
			default:
				if !t.shows(m.name) {
					t.used[m.name] = Spot{name, i + 1}
				}
			}
		}
		if p.torn() {
			wrong("", fault.T("Two braces are opened and no field follows: “%s”.", p.start40()), fault.T("Write fields as {{name}}."))
		}
	}
	return items
}
