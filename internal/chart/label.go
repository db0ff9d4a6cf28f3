package chart

import (
	"cmp"
	"math"
	"slices"

	"thuoc/internal/geo"
)

// capital is named before all other units: on a map of the country its name must not give way.
const capital = "01"

func first(code string) int {
	if code == capital {
		return 1
	}
	return 0
}

// onLand tells whether a rectangle lies on any shape.
func onLand(r rect, shapes []geo.Shape) bool {
	for i := range shapes {
		if b := shapes[i].Box; r.x < b.X+b.W && b.X < r.x+r.w && r.y < b.Y+b.H && b.Y < r.y+r.h && touches(r, shapes[i].Rings) {
			return true
		}
	}
	return false
}

// touches tells whether a rectangle lies on rings.
func touches(r rect, rings [][]geo.Point) bool {
	for _, ring := range rings {
		for _, p := range ring {
			if p.X > r.x && p.X < r.x+r.w && p.Y > r.y && p.Y < r.y+r.h {
				return true
			}
		}
		if geo.Inside(geo.Point{X: r.x + r.w/2, Y: r.y + r.h/2}, ring) {
			return true
		}
	}
	return false
}

func meetsAny(r rect, others []rect) bool {
	for i := range others {
		if r.meets(&others[i]) {
			return true
		}
	}
	return false
}

// labels names as many areas as find room, the roomiest first: inside, or beside the coast or the border where no
// land lies. No label touches another, an obstacle or the edge of the sheet.
func labels(shapes []geo.Shape, units map[string]Unit, size float64, sheet rect, obstacles []rect) []mark {
	all := slices.Clone(shapes)
	slices.SortStableFunc(all, func(a, b geo.Shape) int {
		return cmp.Or(first(b.Code)-first(a.Code), cmp.Compare(b.Room, a.Room))
	})
	taken := slices.Clone(obstacles)
	var out []mark
	for _, shape := range all {
		u := units[shape.Code]
		if u.Label == "" {
			continue
		}
		for _, t := range candidates(shape, u, size) {
			box := t.box().grow(1)
			if box.x < sheet.x || box.x+box.w > sheet.x+sheet.w || box.y < sheet.y || box.y+box.h > sheet.y+sheet.h {
				continue
			}
			if meetsAny(box, taken) || t.role == Ink2 && onLand(box, all) {
				continue
			}
			out, taken = append(out, t), append(taken, box)
			break
		}
	}
	return out
}

// candidates gives the places a name may stand, best first: at the inner point where it fits (it may run over the
// border by a part of its width), else outside, in the ink of the ground.
func candidates(s geo.Shape, u Unit, size float64) []text {
	var out []text
	w := TextWidth(u.Label, size, false)
	fill := u.Fill
	if fill == "" {
		fill = NoData
	}
	if w/2 <= s.Room*2.1+6 && s.Room > size*0.45 {
		role, rim := inkOn(fill)
		if w/2 > s.Room*1.25 || rim == noHalo || u.Uncertain { // it leaves the fill, or lies on diagonals
			role, rim = overEdge(role, rim)
		}
		out = append(out, text{at: at{s.Label.X, s.Label.Y + size*0.36}, body: u.Label, size: size, anchor: middle, role: role, halo: rim})
	}
	for _, side := range s.Sides {
		for _, dy := range []float64{0.36, -0.4, 1.1} {
			out = append(out,
				text{at: at{side.East.X + 4, side.East.Y + dy*size}, body: u.Label, size: size, role: Ink2},
				text{at: at{side.West.X - 4, side.West.Y + dy*size}, body: u.Label, size: size, anchor: end, role: Ink2})
		}
	}
	return out
}

// overEdge gives the ink and the halo of a text that lies partly on other ground than its fill.
func overEdge(role Role, rim halo) (Role, halo) {
	switch {
	case role == OnMid, rim == darkHalo:
		return OnDark, darkHalo
	case role == Ink:
		return Ink, groundHalo
	}
	return OnLight, lightHalo
}

// around is the box of points, grown.
func around(points []geo.Point, grow float64) rect {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		x0, x1, y0, y1 = min(x0, p.X), max(x1, p.X), min(y0, p.Y), max(y1, p.Y)
	}
	return rect{x: x0, y: y0, w: x1 - x0, h: y1 - y0}.grow(grow)
}
