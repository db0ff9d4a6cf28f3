package chart

// Key is one entry of a legend: a fill and what it stands for.
type Key struct {
	Fill      Role
	Uncertain bool // with the white diagonals
	Text      string
}

// Framed gives the scene as it leaves the page: its finding and its measure above it, its legend, notes and source
// below, so that a picture which travels alone still says what it shows, of when, and from where.
func (s *Scene) Framed(title, subtitle string, foot []string) *Scene {
	const margin, headSize, subSize, footSize = 20.0, 18.0, 13.0, 11.0
	out := &Scene{ID: s.ID, Width: s.Width + 2*margin, Title: s.Title, Desc: s.Desc, Linked: s.Linked, Table: s.Table}
	y := margin
	paragraph := func(body string, size float64, bold bool, role Role) {
		for _, l := range Wrap(body, size, bold, s.Width) {
			y += size * 1.4
			out.add(text{at: at{margin, y}, body: l, size: size, bold: bold, role: role})
		}
	}
	paragraph(title, headSize, true, Ink)
	paragraph(subtitle, subSize, false, Ink2)
	y = out.legend(s.Legend, margin, y+10, s.Width) + 10
	out.add(moved{margin, y, s.marks})
	y += s.Height + 6
	for _, f := range foot {
		paragraph(f, footSize, false, Ink3)
	}
	out.Height = y + margin
	return out
}

// legend sets keys in a row, and in as many rows as they need; it gives the foot of the last.
func (s *Scene) legend(keys []Key, left, top, width float64) float64 {
	const size, swatch, line = 12.0, 12.0, 20.0
	x, y := left, top
	for _, k := range keys {
		w := swatch + 6 + TextWidth(k.Text, size, false)
		if x > left && x+w > left+width {
			x, y = left, y+line
		}
		box := rect{x: x, y: y + 2, w: swatch, h: swatch, r: 2, role: k.Fill}
		s.add(rect{x: x - 0.7, y: y + 1.3, w: swatch + 1.4, h: swatch + 1.4, r: 2.5, role: Axis}, box)
		if k.Uncertain {
			s.add(hatch{[][]at{box.ring()}})
		}
		s.add(text{at: at{x + swatch + 6, y + 12}, body: k.Text, size: size, role: Ink2})
		x += w + 18
	}
	if len(keys) == 0 {
		return top
	}
	return y + line
}

// moved paints marks at another place.
type moved struct {
	x, y  float64
	marks []mark
}

func (m moved) svg(w *svgWriter) {
	w.raw(`<g transform="translate(`).num(m.x).raw(" ").num(m.y).raw(`)">`)
	for _, k := range m.marks {
		k.svg(w)
	}
	w.raw("</g>")
}

func (m moved) raster(r *raster) {
	r.origin.x, r.origin.y = r.origin.x+m.x, r.origin.y+m.y
	for _, k := range m.marks {
		k.raster(r)
	}
	r.origin.x, r.origin.y = r.origin.x-m.x, r.origin.y-m.y
}
