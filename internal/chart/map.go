package chart

import (
	"math"

	"thuoc/internal/geo"
	"thuoc/internal/lang"
)

// Unit is what a map says of one area: its fill, whether its group is uncertain, where it leads and its full name
// with its value ("Quảng Trị: 45,27 điểm, nhóm Cao nhất").
type Unit struct {
	Fill      Role
	Uncertain bool // white diagonals: the probability of the printed group is below 60 %
	Href      string
	Name      string // full, for those who hear the map
	Label     string // short, drawn where there is room; empty = none
}

// seaName is the name of the sea on every map.
var seaName = lang.Names{VI: "Biển Đông", EN: "East Sea"}

// Map draws areas coloured by unit on a sheet. A unit that is missing from the table is drawn as without data. Both
// archipelagos stand on it, in the colour of the province that administers them, with name and owner.
func Map(id string, sheet *geo.Sheet, units map[string]Unit, title string, l lang.Lang) *Scene {
	s := &Scene{ID: id, Width: sheet.Width, Height: sheet.Height, Title: title, Linked: true}
	for _, is := range sheet.Islands {
		if is.Frame != nil {
			f := *is.Frame
			s.add(line{points: []at{{f.X, f.Y}, {f.X + f.W, f.Y}, {f.X + f.W, f.Y + f.H}, {f.X, f.Y + f.H}, {f.X, f.Y}}, role: Axis, width: 0.8})
		}
	}
	var labels []text
	for _, shape := range sheet.Shapes {
		u, known := units[shape.Code]
		if !known {
			u.Fill = NoData
		}
		rings := make([][]at, len(shape.Rings))
		for i, ring := range shape.Rings {
			rings[i] = points(ring)
		}
		marks := []mark{polygon{rings, u.Fill}}
		if u.Uncertain {
			marks = append(marks, hatch{rings})
		}
		s.add(link{u.Href, u.Name, marks})
		if t, fits := areaLabel(u, shape); fits {
			labels = append(labels, t)
		}
	}
	for _, is := range sheet.Islands {
		s.archipelago(is, units[is.Code], l, sheet.Narrow)
	}
	s.add(text{at: at{sheet.Sea.X, sheet.Sea.Y}, body: seaName.In(l), size: 13, italic: true, anchor: middle, role: Sea})
	for _, t := range apart(labels) {
		s.add(t)
	}
	return s
}

// areaLabel sets a unit's name at its inner point. A name may run over its border by half its width, not more.
func areaLabel(u Unit, shape geo.Shape) (text, bool) {
	const size = 11
	if u.Label == "" || TextWidth(u.Label, size, false)/2 > shape.Room*2.2+6 || shape.Room < 5 {
		return text{}, false
	}
	return text{at: at{shape.Label.X, shape.Label.Y + 4}, body: u.Label, size: size, anchor: middle, role: Ink, halo: true}, true
}

// apart leaves out labels that would touch one already set; the first come are kept.
func apart(labels []text) []text {
	var kept []text
	var taken []rect
	for _, t := range labels {
		w := TextWidth(t.body, t.size, t.bold)
		box := rect{x: t.x - w/2 - 2, y: t.y - t.size, w: w + 4, h: t.size + 4}
		free := true
		for _, o := range taken {
			if box.x < o.x+o.w && o.x < box.x+box.w && box.y < o.y+o.h && o.y < box.y+box.h {
				free = false
				break
			}
		}
		if free {
			kept, taken = append(kept, t), append(taken, box)
		}
	}
	return kept
}

// archipelago draws the dots, the name and the owner of one archipelago.
func (s *Scene) archipelago(is geo.Islands, u Unit, l lang.Lang, small bool) {
	fill := u.Fill
	if fill == "" {
		fill = NoData
	}
	r := 2.2
	if small {
		r = 1.8
	}
	var dots []mark
	for _, p := range is.Dots {
		dots = append(dots, circle{at{p.X, p.Y}, r + 0.7, Outline})
	}
	for _, p := range is.Dots { // above all rims, so that neighbours keep their colour
		dots = append(dots, circle{at{p.X, p.Y}, r, fill})
	}
	s.add(link{u.Href, is.Name.In(l) + " (" + is.Owner.In(l) + ")", dots})
	size := 12.0
	if small {
		size = 11
		for size > 8 && max(TextWidth(is.Name.In(l), size, true), TextWidth("("+is.Owner.In(l)+")", size, false)) > is.Frame.W-6 {
			size -= 0.5
		}
	}
	s.add(
		text{at: at{is.Label.X, is.Label.Y}, body: is.Name.In(l), size: size, bold: true, anchor: middle, role: Ink},
		text{at: at{is.Label.X, is.Label.Y + size*1.3}, body: "(" + is.Owner.In(l) + ")", size: size - 0.5, anchor: middle, role: Ink2},
	)
}

func points(ring []geo.Point) []at {
	out := make([]at, len(ring))
	for i, p := range ring {
		out[i] = at{p.X, p.Y}
	}
	return out
}

// TileMap draws every unit as a tile of the same size, with its abbreviation; the archipelagos are tiles of their own,
// named below the map together with their owners.
func TileMap(id string, tiles *geo.Tiles, units map[string]Unit, title string, width float64, l lang.Lang) *Scene {
	const gap = 3.0
	size := math.Floor((width - gap*float64(tiles.Cols-1)) / float64(tiles.Cols))
	size = min(size, 62)
	height := min(size, 46)
	left := (width - float64(tiles.Cols)*(size+gap) + gap) / 2
	s := &Scene{ID: id, Width: width, Height: float64(tiles.Rows)*(height+gap) + 44, Title: title, Linked: true}
	draw := func(t geo.Tile, u Unit, abbr, name string) {
		box := rect{x: left + float64(t.Col)*(size+gap), y: float64(t.Row) * (height + gap), w: size, h: height, r: 4, role: u.Fill}
		if box.role == "" {
			box.role = NoData
		}
		marks := []mark{box}
		ink := inkOn(box.role)
		if u.Uncertain {
			w := TextWidth(abbr, 12, true) + 6 // the letters keep a plain ground
			marks = append(marks, hatch{[][]at{inset(box).ring()}}, rect{x: box.x + (size-w)/2, y: box.y + height/2 - 8, w: w, h: 16, r: 3, role: box.role})
		}
		marks = append(marks, text{at: at{box.x + size/2, box.y + height/2 + 4.5}, body: abbr, size: 12, bold: true, anchor: middle, role: ink})
		s.add(link{u.Href, name, marks})
	}
	for _, t := range tiles.Units {
		u := units[t.Code]
		name := u.Name
		if name == "" {
			name = t.Name
		}
		draw(t, u, t.Abbr, name)
	}
	y := s.Height - 26
	for i, t := range tiles.Archipelagos {
		a := geo.Archipelagos[i]
		u := units[a.Code]
		u.Uncertain = false
		short := []string{"HS", "TS"}[i]
		full := a.Name.In(l) + " (" + a.Owner.In(l) + ")"
		draw(t, u, short, full)
		s.add(text{at: at{width / 2, y + float64(i)*18}, body: short + ": " + full, size: 12, anchor: middle, role: Ink2})
	}
	return s
}

// inset keeps a hatch within the rounded corners of a tile.
func inset(r rect) rect { return rect{x: r.x + 1.5, y: r.y + 1.5, w: r.w - 3, h: r.h - 3} }

// inkOn gives the text role that reads on a fill (contrast of ui tokens: at least 4.5).
func inkOn(fill Role) Role {
	switch fill {
	case GroupMidHi, GroupHigh, Step4, Step5:
		return OnDark
	}
	return Ink
}
