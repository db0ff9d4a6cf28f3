package chart

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
)

// svgWriter writes a scene. With literal colours the file stands alone; without, classes leave them to the page.
type svgWriter struct {
	strings.Builder
	id      string
	literal bool
	hatched bool
	linked  bool
}

// SVG renders the scene for a page: classes, no colours, no style. It is embedded as it is; the accessible name is
// the title.
func (s *Scene) SVG() string { return s.render(false) }

// File renders the scene as an SVG file that stands alone: light theme, white ground, literal colours.
func (s *Scene) File() string { return s.render(true) }

func (s *Scene) render(literal bool) string {
	w := &svgWriter{id: s.ID, literal: literal, linked: s.Linked}
	body := &svgWriter{id: s.ID, literal: literal, linked: s.Linked}
	for _, m := range s.marks {
		m.svg(body)
	}
	w.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + num(s.Width) + " " + num(s.Height) + `"`)
	if literal {
		w.WriteString(` width="` + num(s.Width) + `" height="` + num(s.Height) + `" font-family="Be Vietnam Pro, Arial, sans-serif"`)
	} else {
		w.WriteString(` class="chart"`)
	}
	if s.Linked && !literal {
		w.WriteString(` role="group" aria-label="` + escape(s.Title) + `">`)
	} else {
		w.WriteString(` role="img" aria-label="` + escape(s.Title) + `">`)
	}
	if s.Desc != "" {
		w.WriteString("<desc>" + escape(s.Desc) + "</desc>")
	}
	if body.hatched {
		w.WriteString(`<defs><pattern id="` + escape(s.ID) + `-h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="#fff" stroke-width="1.7" stroke-opacity=".9"/></pattern></defs>`)
	}
	if literal {
		w.WriteString(`<rect width="100%" height="100%" fill="#FFFFFF"/>`)
	}
	w.WriteString(body.String())
	w.WriteString("</svg>")
	return w.String()
}

// fill and stroke write how a role colours an element.
func (w *svgWriter) fill(r Role) string {
	if w.literal {
		return ` fill="` + r.Colour() + `"`
	}
	return ` class="` + string(r) + `"`
}

func (w *svgWriter) stroke(r Role, width float64) string {
	s := ` stroke-width="` + num(width) + `" fill="none"`
	if w.literal {
		return s + ` stroke="` + r.Colour() + `"`
	}
	return s + ` class="k-` + string(r) + `"`
}

func (p polygon) svg(w *svgWriter) {
	w.WriteString("<path" + w.fill(p.role))
	if w.literal {
		w.WriteString(` stroke="#FFFFFF" stroke-width=".6"`)
	}
	w.WriteString(` fill-rule="evenodd" d="` + path(p.rings, true) + `"/>`)
}

func (h hatch) svg(w *svgWriter) {
	w.hatched = true
	w.WriteString(`<path fill="url(#` + escape(w.id) + `-h)" d="` + path(h.rings, true) + `"/>`)
}

func (l line) svg(w *svgWriter) {
	w.WriteString("<path" + w.stroke(l.role, l.width))
	if l.dash {
		w.WriteString(` stroke-dasharray="4 3"`)
	}
	w.WriteString(` stroke-linejoin="round" stroke-linecap="round" d="` + path([][]at{l.points}, false) + `"/>`)
}

func (r rect) svg(w *svgWriter) {
	w.WriteString("<rect" + w.fill(r.role) + ` x="` + num(r.x) + `" y="` + num(r.y) + `" width="` + num(r.w) + `" height="` + num(r.h) + `"`)
	if r.r > 0 {
		w.WriteString(` rx="` + num(r.r) + `"`)
	}
	w.WriteString("/>")
}

func (c circle) svg(w *svgWriter) {
	w.WriteString("<circle" + w.fill(c.role) + ` cx="` + num(c.x) + `" cy="` + num(c.y) + `" r="` + num(c.r) + `"/>`)
}

func (t text) svg(w *svgWriter) {
	w.WriteString("<text")
	if w.literal {
		w.WriteString(` fill="` + t.role.Colour() + `"`)
		if t.halo {
			w.WriteString(` stroke="#FFFFFF" stroke-width="2.5" paint-order="stroke" stroke-linejoin="round"`)
		}
	} else {
		class := string(t.role)
		if t.halo {
			class += " halo"
		}
		w.WriteString(` class="` + class + `"`)
	}
	w.WriteString(` x="` + num(t.x) + `" y="` + num(t.y) + `" font-size="` + num(t.size) + `"`)
	if t.bold {
		w.WriteString(` font-weight="600"`)
	}
	if t.italic {
		w.WriteString(` font-style="italic"`)
	}
	switch t.anchor {
	case middle:
		w.WriteString(` text-anchor="middle"`)
	case end:
		w.WriteString(` text-anchor="end"`)
	}
	w.WriteString(">" + escape(t.body) + "</text>")
}

func (l link) svg(w *svgWriter) {
	open := w.linked && !w.literal && l.href != ""
	if open {
		w.WriteString(`<a href="` + escape(l.href) + `" aria-label="` + escape(l.name) + `">`)
	}
	if l.name != "" {
		w.WriteString("<g><title>" + escape(l.name) + "</title>")
	}
	for _, m := range l.marks {
		m.svg(w)
	}
	if l.name != "" {
		w.WriteString("</g>")
	}
	if open {
		w.WriteString("</a>")
	}
}

// path writes rings as relative moves of tenths of a pixel: about half the bytes of absolute ones.
func path(rings [][]at, closed bool) string {
	var b strings.Builder
	for _, ring := range rings {
		px, py := 0, 0
		for i, p := range ring {
			x, y := tenths(p.x), tenths(p.y)
			switch {
			case i == 0:
				b.WriteString("M" + tenth(x) + " " + tenth(y))
			case x == px && y == py:
				continue
			default:
				b.WriteString("l" + tenth(x-px) + " " + tenth(y-py))
			}
			px, py = x, y
		}
		if closed && len(ring) > 0 {
			b.WriteByte('z')
		}
	}
	return b.String()
}

func tenths(v float64) int { return int(math.Round(v * 10)) }

// tenth writes a count of tenths in the shortest form SVG reads.
func tenth(v int) string {
	if v%10 == 0 {
		return strconv.Itoa(v / 10)
	}
	s := strconv.Itoa(v / 10)
	if v < 0 && v > -10 {
		s = "-"
	} else if v/10 == 0 {
		s = ""
	}
	return s + "." + strconv.Itoa(max(v, -v)%10)
}

func num(v float64) string { return tenth(tenths(v)) }

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
