package chart

import (
	"math"
	"strconv"
)

// svgWriter writes a scene. With literal colours the file stands alone; without, classes leave them to the page.
type svgWriter struct {
	out     []byte
	id      string
	literal bool
	hatched bool
	linked  bool
}

// SVG renders the scene for a page: classes, no colours, no style. It is embedded as it is; the accessible name is
// the title.
//
// The stylesheet gives every Role its fill (.g1) and its stroke (.k-g1), the haloes .halo, .halo-l and .halo-d their
// stroke, and shows .n instead of .w where the place is narrow.
func (s *Scene) SVG() string { return s.render(false) }

// File renders the scene as an SVG file that stands alone: light theme, white ground, literal colours.
func (s *Scene) File() string { return s.render(true) }

func (s *Scene) render(literal bool) string {
	w := &svgWriter{id: s.ID, literal: literal, linked: s.Linked && !literal, out: make([]byte, 0, 512+len(s.marks)*256)}
	for _, m := range s.marks {
		m.svg(w)
	}
	body := w.out
	w.out = make([]byte, 0, len(body)+1024)
	w.raw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `).num(s.Width).raw(" ").num(s.Height).raw(`"`)
	if literal {
		w.attr("width", s.Width).attr("height", s.Height).raw(` font-family="Be Vietnam Pro, Arial, sans-serif"`)
	} else {
		w.raw(` class="chart"`)
	}
	if w.linked {
		w.raw(` role="group"`)
	} else {
		w.raw(` role="img"`)
	}
	w.raw(` aria-label="`).escape(s.Title).raw(`">`)
	if literal {
		w.raw("<title>").escape(s.Title).raw("</title>")
	}
	if s.Desc != "" {
		w.raw("<desc>").escape(s.Desc).raw("</desc>")
	}
	if w.hatched {
		w.raw(`<defs><pattern id="`).escape(s.ID).raw(`-h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" stroke="#fff" stroke-width="2.8" stroke-opacity=".85"/><path d="M1.65 0V5" stroke="#1A2233" stroke-width=".5" stroke-opacity=".4"/></pattern></defs>`)
	}
	if literal {
		w.raw(`<rect width="100%" height="100%" fill="#FFFFFF"/>`)
	}
	w.out = append(w.out, body...)
	w.raw("</svg>")
	return string(w.out)
}

func (w *svgWriter) raw(s string) *svgWriter {
	w.out = append(w.out, s...)
	return w
}

func (w *svgWriter) num(v float64) *svgWriter {
	w.out, _ = appendTenth(w.out, tenths(v))
	return w
}

func (w *svgWriter) attr(name string, v float64) *svgWriter {
	return w.raw(" ").raw(name).raw(`="`).num(v).raw(`"`)
}

// escape writes text for an element or an attribute.
func (w *svgWriter) escape(s string) *svgWriter {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			w.raw("&amp;")
		case '<':
			w.raw("&lt;")
		case '>':
			w.raw("&gt;")
		case '"':
			w.raw("&#34;")
		default:
			if c >= ' ' { // control characters have no place in a label, and most none in XML
				w.out = append(w.out, c)
			}
		}
	}
	return w
}

// fill writes how a role colours an element's area.
func (w *svgWriter) fill(r Role) *svgWriter {
	if w.literal {
		return w.raw(` fill="`).raw(r.Colour()).raw(`"`)
	}
	return w.raw(` class="`).raw(string(r)).raw(`"`)
}

// stroke writes how a role colours an element's line.
func (w *svgWriter) stroke(r Role, width float64) *svgWriter {
	w.attr("stroke-width", width).raw(` fill="none"`)
	if w.literal {
		return w.raw(` stroke="`).raw(r.Colour()).raw(`"`)
	}
	return w.raw(` class="k-`).raw(string(r)).raw(`"`)
}

func (p polygon) svg(w *svgWriter) {
	w.raw("<path")
	switch {
	case !p.edge:
		w.fill(p.role)
	case w.literal:
		w.fill(p.role).raw(` stroke="`).raw(Border.Colour()).raw(`" stroke-width=".7" stroke-linejoin="round"`)
	default:
		w.raw(` class="`).raw(string(p.role)).raw(` k-`).raw(string(Border)).raw(`"`)
	}
	w.raw(` fill-rule="evenodd" d="`).path(p.rings, true).raw(`"/>`)
}

func (h hatch) svg(w *svgWriter) {
	w.hatched = true
	w.raw(`<path fill="url(#`).escape(w.id).raw(`-h)" d="`).path(h.rings, true).raw(`"/>`)
}

func (l line) svg(w *svgWriter) {
	w.raw("<path").stroke(l.role, l.width)
	if l.dash {
		w.raw(` stroke-dasharray="4 3"`)
	} else if len(l.points) > 2 {
		w.raw(` stroke-linejoin="round" stroke-linecap="round"`)
	}
	w.raw(` d="`).path([][]at{l.points}, false).raw(`"/>`)
}

// svg draws each dot as a stroke without length: its round cap is the disc.
func (d dots) svg(w *svgWriter) {
	w.raw("<path").stroke(d.role, 2*d.r).raw(` stroke-linecap="round" d="`)
	for _, p := range d.points {
		w.path([][]at{{p}}, false).raw("h0")
	}
	w.raw(`"/>`)
}

func (r rect) svg(w *svgWriter) {
	w.raw("<rect").fill(r.role).attr("x", r.x).attr("y", r.y).attr("width", r.w).attr("height", r.h)
	if r.r > 0 {
		w.attr("rx", r.r)
	}
	w.raw("/>")
}

func (c circle) svg(w *svgWriter) {
	w.raw("<circle").fill(c.role).attr("cx", c.x).attr("cy", c.y).attr("r", c.r).raw("/>")
}

func (t text) svg(w *svgWriter) {
	w.raw("<text")
	switch {
	case !w.literal && t.halo != noHalo:
		w.raw(` class="`).raw(string(t.role)).raw(" ").raw(string(t.halo)).raw(`"`)
	case w.literal && t.halo != noHalo:
		w.fill(t.role).raw(` stroke="`).raw(web(rims[t.halo])).raw(`" stroke-width="2.6" paint-order="stroke" stroke-linejoin="round"`)
	default:
		w.fill(t.role)
	}
	w.attr("x", t.x).attr("y", t.y).attr("font-size", t.size)
	if t.bold {
		w.raw(` font-weight="600"`)
	}
	if t.italic {
		w.raw(` font-style="italic"`)
	}
	switch t.anchor {
	case middle:
		w.raw(` text-anchor="middle"`)
	case end:
		w.raw(` text-anchor="end"`)
	}
	w.raw(">").escape(t.body).raw("</text>")
}

func (l link) svg(w *svgWriter) {
	open, named := w.linked && l.href != "", l.name != ""
	if open {
		w.raw(`<a href="`).escape(l.href).raw(`" aria-label="`).escape(l.name).raw(`">`)
	}
	if named {
		w.raw("<g><title>").escape(l.name).raw("</title>")
	}
	for i, m := range l.marks {
		if _, words := m.(text); words && i > 0 {
			w.raw(" ") // two texts are two words
		}
		m.svg(w)
	}
	if named {
		w.raw("</g>")
	}
	if open {
		w.raw("</a>")
	}
}

func (g group) svg(w *svgWriter) {
	switch {
	case w.literal && g.when == whenNarrow:
		return
	case w.literal:
		for _, m := range g.marks {
			m.svg(w)
		}
		return
	}
	w.raw(`<g class="`).raw(string(g.when)).raw(`"`)
	if g.when == whenNarrow {
		w.raw(` display="none"`)
	}
	w.raw(">")
	for _, m := range g.marks {
		m.svg(w)
	}
	w.raw("</g>")
}

// path writes rings as relative moves in tenths of a pixel, with no more signs between numbers than SVG needs: less
// than half the bytes of absolute positions. Points that fall on the one before are left out.
func (w *svgWriter) path(rings [][]at, closed bool) *svgWriter {
	for _, ring := range rings {
		px, py, dot, moved := 0, 0, false, false
		for i, p := range ring {
			x, y := tenths(p.x), tenths(p.y)
			dx, dy := x-px, y-py
			switch {
			case i == 0:
				w.out = append(w.out, 'M')
				dot = false
			case dx == 0 && dy == 0:
				continue
			case !moved:
				w.out = append(w.out, 'l')
				moved, dot = true, false
			default:
				w.gap(dx, dot)
			}
			w.out, dot = appendTenth(w.out, dx)
			w.gap(dy, dot)
			w.out, dot = appendTenth(w.out, dy)
			px, py = x, y
		}
		if closed && len(ring) > 0 {
			w.out = append(w.out, 'z')
		}
	}
	return w
}

// gap parts two numbers where their signs and points do not part them already.
func (w *svgWriter) gap(next int, dot bool) {
	if next >= 0 && !(dot && next > 0 && next < 10) {
		w.out = append(w.out, ' ')
	}
}

func tenths(v float64) int { return int(math.Round(v * 10)) }

// appendTenth writes a count of tenths in the shortest form SVG reads; it tells whether it wrote a point.
func appendTenth(b []byte, v int) ([]byte, bool) {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	if v >= 10 || v == 0 {
		b = strconv.AppendInt(b, int64(v/10), 10)
	}
	if v%10 == 0 {
		return b, false
	}
	return append(b, '.', byte('0'+v%10)), true
}
