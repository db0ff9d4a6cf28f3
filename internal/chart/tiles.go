package chart

import (
	"math"
	"strings"

	"thuoc/internal/geo"
	"thuoc/internal/lang"
)

// TileMap draws every unit as a tile of the same size, with its abbreviation and its value; the archipelagos are tiles
// of their own, named below the map together with their owners.
func TileMap(id string, tiles *geo.Tiles, units map[string]Unit, title string, width float64, l lang.Lang) *Scene {
	const gap, most, tallest = 3.0, 62.0, 46.0
	size := min(most, math.Floor((width-gap*float64(tiles.Cols-1))/float64(tiles.Cols)))
	tile := rect{w: size, h: min(size, tallest), r: 4}
	left := (width - float64(tiles.Cols)*(size+gap) + gap) / 2
	s := &Scene{ID: id, Width: width, Height: float64(tiles.Rows)*(tile.h+gap) + 44, Title: title, Linked: true, Table: names(units, l)}
	place := func(t geo.Tile) rect {
		r := tile
		r.x, r.y = left+float64(t.Col)*(size+gap), float64(t.Row)*(tile.h+gap)
		return r
	}
	for _, t := range tiles.Units {
		u := units[t.Code]
		if u.Name == "" {
			u.Name = t.Name
		}
		read := strings.TrimSpace(t.Abbr + " " + u.Value) // a name begins with what the eye reads, for those who speak to the page
		s.add(link{u.Href, read + " – " + u.Name, tileMarks(place(t), u, t.Abbr)})
	}
	y := s.Height - 26
	for i, t := range tiles.Archipelagos {
		a := geo.Archipelagos[i]
		u := units[a.Code]
		short, full := initials(t.Name), a.Name.In(l)+" ("+a.Owner.In(l)+")"
		s.add(link{u.Href, short + " – " + full, tileMarks(place(t), Unit{Fill: u.Fill}, short)})
		s.add(text{at: at{width / 2, y + float64(i)*18}, body: short + ": " + full, size: 12, anchor: middle, role: Ink2})
	}
	return s
}

// tileMarks is one tile: its fill, diagonals, abbreviation, and value where there is room for a second line.
func tileMarks(box rect, u Unit, abbr string) []mark {
	box.role = u.Fill
	if box.role == "" {
		box.role = NoData
	}
	marks := []mark{box}
	role, rim := inkOn(box.role)
	if u.Uncertain {
		inner := rect{x: box.x + 1.5, y: box.y + 1.5, w: box.w - 3, h: box.h - 3} // within the rounded corners
		marks = append(marks, hatch{[][]at{inner.ring()}})
		role, rim = overEdge(role, rim)
	} else {
		rim = noHalo
	}
	x, y := box.x+box.w/2, box.y+box.h/2
	first := text{at: at{x, y + 4.5}, body: abbr, size: 12.5, bold: true, anchor: middle, role: role, halo: rim}
	if u.Value != "" && box.h >= 36 && TextWidth(u.Value, 11.5, false) < box.w-4 {
		first.y = y - 2
		second := first
		second.body, second.size, second.bold, second.y = u.Value, 11.5, false, y+13
		return append(marks, first, second)
	}
	return append(marks, first)
}

// initials shortens a name to the first letters of its words.
func initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		out = append(out, []rune(word)[0])
	}
	return string(out)
}
