package chart

import (
	"maps"
	"slices"

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
	Value     string // as people read it, drawn on tiles; empty = none
}

var (
	seaName    = lang.Names{VI: "Biển Đông", EN: "East Sea"}
	unitColumn = lang.Names{VI: "Tỉnh, thành phố", EN: "Province"}
)

// Map draws areas coloured by unit on a sheet. A unit that is missing from the table is drawn as without data. Both
// archipelagos stand on it, in the colour of the province that administers them, with name and owner.
//
// One drawing of a wide sheet serves a page at every width. Where the place is narrow, the stylesheet widens it to
// Width/Crop.Width of the place, cuts what runs over, and shows the marks of class n (both archipelagos in frames,
// larger names) instead of those of class w. Files and pictures for narrow places are drawn from a narrow sheet.
func Map(id string, sheet *geo.Sheet, units map[string]Unit, title string, l lang.Lang) *Scene {
	s := &Scene{ID: id, Width: sheet.Width, Height: sheet.Height, Title: title, Linked: true, Table: names(units, l)}
	var far []mark
	for _, shape := range sheet.Shapes {
		u := units[shape.Code]
		if u.Fill == "" {
			u.Fill = NoData
		}
		if len(shape.Far) > 0 {
			far = append(far, polygon{rings: outline(shape.Far), role: u.Fill, edge: true})
		}
		rings := outline(shape.Rings)
		marks := []mark{polygon{rings: rings, role: u.Fill, edge: true}}
		if u.Uncertain {
			marks = append(marks, hatch{rings})
		}
		s.add(link{u.Href, u.Name, marks})
	}
	whole := rect{w: sheet.Width, h: sheet.Height}
	if sheet.Crop == nil {
		s.add(overlay(sheet, whole, sheet.Islands, sheet.Sea, units, 11, l)...)
		return s
	}
	s.add(group{whenWide, append(far, overlay(sheet, whole, sheet.Islands, sheet.Sea, units, 11, l)...)})
	c := sheet.Crop
	s.add(group{whenNarrow, overlay(sheet, rect{w: c.Width, h: c.Height}, c.Islands, c.Sea, units, 14.5, l)})
	return s
}

// overlay is what lies over the areas: both archipelagos, the sea's name, and the units' names where they have room.
func overlay(sheet *geo.Sheet, shown rect, islands []geo.Islands, sea geo.Point, units map[string]Unit, size float64, l lang.Lang) []mark {
	var out []mark
	var taken []rect
	for _, is := range islands {
		marks, box := archipelago(is, units[is.Code], size+1, l)
		out, taken = append(out, marks...), append(taken, box...)
	}
	name := text{at: at{sea.X, sea.Y}, body: seaName.In(l), size: size + 2, italic: true, anchor: middle, role: Sea}
	out, taken = append(out, name), append(taken, name.box().grow(4))
	return append(out, labels(sheet.Shapes, units, size, shown, taken)...)
}

// archipelago draws the dots, the name and the owner of one archipelago, in a frame where it has one; it gives the
// room they take.
func archipelago(is geo.Islands, u Unit, size float64, l lang.Lang) (marks []mark, taken []rect) {
	fill := u.Fill
	if fill == "" {
		fill = NoData
	}
	name, owner := is.Name.In(l), "("+is.Owner.In(l)+")"
	first := text{at: at{is.Label.X, is.Label.Y}, body: name, size: size, bold: true, anchor: middle, role: Ink}
	r, rim := 2.2, 0.7
	if f := is.Frame; f != nil {
		if r = 2; len(is.Dots) > 60 {
			r, rim = 1.2, 0.5
		}
		for first.size > 8 && max(TextWidth(name, first.size, true), TextWidth(owner, first.size, false)) > f.W-8 {
			first.size -= 0.25
		}
		first.y = f.Y + f.H - 1.75*first.size
		box := rect{x: f.X, y: f.Y, w: f.W, h: f.H}
		taken = append(taken, box)
		marks = append(marks, line{points: append(box.ring(), at{f.X, f.Y}), role: Axis, width: 0.8})
	}
	second := first
	second.body, second.bold, second.y, second.role = owner, false, first.y+first.size*1.25, Ink2
	points := outline([][]geo.Point{is.Dots})[0]
	marks = append(marks,
		link{u.Href, name + " " + owner, []mark{dots{points, Outline, r + rim}, dots{points, fill, r}}},
		first, second)
	return marks, append(taken, around(is.Dots, 4), first.box(), second.box())
}

// names is the table of a map: every unit's full sentence, by code.
func names(units map[string]Unit, l lang.Lang) Table {
	t := Table{Columns: []string{unitColumn.In(l)}}
	for _, code := range slices.Sorted(maps.Keys(units)) {
		t.Rows = append(t.Rows, []string{units[code].Name})
	}
	return t
}

func outline(rings [][]geo.Point) [][]at {
	out := make([][]at, len(rings))
	for i, ring := range rings {
		out[i] = make([]at, len(ring))
		for j, p := range ring {
			out[i][j] = at{p.X, p.Y}
		}
	}
	return out
}
