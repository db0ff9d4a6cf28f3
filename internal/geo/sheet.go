package geo

import (
	"math"
	"slices"
)

// Sheet is a set laid out for a drawing of a given width: shapes in drawing units (CSS pixels), y downward. The
// archipelagos are always part of it.
//
// The projection is equirectangular with 16° N as its true parallel (x = (lon − 101.75)·cos 16°·s, y = (23.75 − lat)·s):
// shapes keep their look over the length of the country and the arithmetic can be checked by hand. It serves
// statistics, not measuring.
type Sheet struct {
	Width, Height float64
	Narrow        bool    // the sea is cropped and the archipelagos stand in frames of their own
	Shapes        []Shape // by code
	Islands       []Islands
	Sea           Point // where the name of the East Sea goes
}

// Shape is one unit's outline.
type Shape struct {
	Code  string
	Rings [][]Point // closed without repeating the first point; holes by the even-odd rule
	Label Point     // an inner point, far from the outline
	Room  float64   // its distance to the outline: what a label has
}

// Islands is an archipelago on a sheet.
type Islands struct {
	Archipelago
	Dots  []Point // drawn at two units or more, in the colour of the administering province
	Label Point   // middle of the first line of its label
	Frame *Rect   // its frame on a narrow sheet, nil at its true position
}

// Rect is a box on a sheet.
type Rect struct{ X, Y, W, H float64 }

// NarrowBelow is the width under which a sheet crops the sea and gives the archipelagos frames of their own.
const NarrowBelow = 560

// extent is what a sheet shows, in degrees.
type extent struct{ west, north, east, south float64 }

var (
	wide   = extent{102.0, 23.5, 118.0, 6.3}
	narrow = extent{102.0, 23.5, 111.1, 8.1}
	// Frames of the narrow sheet lie over sea that no unit touches: east of the Gulf of Tonkin's shore, and off the
	// south-eastern coast.
	narrowFrames = []extent{{107.75, 20.35, 111.0, 17.75}, {107.75, 10.25, 111.0, 8.2}}
)

var squeeze = math.Cos(16 * math.Pi / 180)

// projection maps degrees to a box whose left top corner is (x, y).
type projection struct {
	extent
	scale, x, y float64
}

func project(e extent, width float64) projection {
	return projection{extent: e, scale: width / ((e.east - e.west) * squeeze)}
}

func (p projection) at(q Point) Point {
	return Point{p.x + (q.X-p.west)*squeeze*p.scale, p.y + (p.north-q.Y)*p.scale}
}

// rect gives the box of an extent on the sheet.
func (p projection) rect(e extent) Rect {
	a, b := p.at(Point{e.west, e.north}), p.at(Point{e.east, e.south})
	return Rect{a.X, a.Y, b.X - a.X, b.Y - a.Y}
}

// Lay lays the set out for a width in CSS pixels, simplified to what that width can show: no border moves by more than
// 0.3 of a unit, and a border of two areas stays one line.
func (s *Set) Lay(width float64) *Sheet {
	e, isNarrow := wide, false
	if width < NarrowBelow {
		e, isNarrow = narrow, true
	}
	p := project(e, width)
	sheet := &Sheet{Width: width, Height: math.Ceil((e.north - e.south) * p.scale), Narrow: isNarrow}
	lines := make([][]Point, len(s.arcs))
	for i, arc := range s.arcs {
		lines[i] = simplify(mapped(arc, p.at), 0.3)
	}
	for _, a := range s.areas {
		if shape, ok := s.shape(a, lines, isNarrow); ok {
			sheet.Shapes = append(sheet.Shapes, shape)
		}
	}
	for i, a := range Archipelagos {
		sheet.Islands = append(sheet.Islands, lay(a, i, p, isNarrow))
	}
	sheet.Sea = p.at(Point{112.6, 13.4})
	if isNarrow {
		sheet.Sea = p.at(Point{110.1, 14.6})
	}
	return sheet
}

// lay places an archipelago: at its true position, or scaled into its frame.
func lay(a Archipelago, i int, p projection, isNarrow bool) Islands {
	west, north, east, south := a.box()
	if !isNarrow {
		low := p.at(Point{(west + east) / 2, south})
		return Islands{Archipelago: a, Dots: mapped(a.at, p.at), Label: Point{low.X, low.Y + 20}}
	}
	frame := p.rect(narrowFrames[i])
	const label = 36 // two lines of text under the dots
	inner := projection{extent: extent{west, north, east, south}}
	inner.scale = min((frame.W-16)/((east-west)*squeeze), (frame.H-label-14)/(north-south))
	inner.x = frame.X + (frame.W-(east-west)*squeeze*inner.scale)/2
	inner.y = frame.Y + 8
	return Islands{Archipelago: a, Dots: mapped(a.at, inner.at), Label: Point{frame.X + frame.W/2, frame.Y + frame.H - label + 14}, Frame: &frame}
}

// shape joins an area's arcs into rings. On a narrow sheet parts that belong to an archipelago are left to its frame.
func (s *Set) shape(a Area, lines [][]Point, isNarrow bool) (Shape, bool) {
	out := Shape{Code: a.Code}
	var largest []Point
	most := 0.0
	for _, polygon := range a.polygons {
		for i, refs := range polygon {
			if isNarrow && len(refs) > 0 && offshore(s.arcs[index(refs[0])][0]) {
				break
			}
			ring := join(refs, lines)
			size := math.Abs(area(ring))
			if len(ring) < 3 || size < 0.2 {
				continue
			}
			out.Rings = append(out.Rings, ring)
			if i == 0 && size > most {
				largest, most = ring, size
			}
		}
	}
	if largest == nil {
		return out, false
	}
	out.Label, out.Room = inner(largest)
	return out, true
}

// join walks the references of a ring, leaving out the point at which one arc hands over to the next.
func join(refs []int, lines [][]Point) []Point {
	var ring []Point
	for _, r := range refs {
		line := lines[index(r)]
		if r < 0 {
			line = slices.Clone(line)
			slices.Reverse(line)
		}
		if len(ring) > 0 && len(line) > 0 {
			line = line[1:]
		}
		ring = append(ring, line...)
	}
	if n := len(ring); n > 1 && ring[0] == ring[n-1] {
		ring = ring[:n-1]
	}
	return ring
}

func mapped(points []Point, f func(Point) Point) []Point {
	out := make([]Point, len(points))
	for i, p := range points {
		out[i] = f(p)
	}
	return out
}

// simplify thins a line by Douglas and Peucker (1973): no point dropped lies further than tolerance from the line that
// is left. End points stay, so arcs keep meeting.
func simplify(line []Point, tolerance float64) []Point {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	stack := [][2]int{{0, len(line) - 1}}
	for len(stack) > 0 {
		a, b := stack[len(stack)-1][0], stack[len(stack)-1][1]
		stack = stack[:len(stack)-1]
		far, at := tolerance, -1
		for i := a + 1; i < b; i++ {
			if d := distance(line[i], line[a], line[b]); d > far {
				far, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			stack = append(stack, [2]int{a, at}, [2]int{at, b})
		}
	}
	out := line[:0:0]
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// distance is from p to the segment ab.
func distance(p, a, b Point) float64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p.X-a.X)*dx+(p.Y-a.Y)*dy)/l))
	}
	return math.Hypot(p.X-a.X-t*dx, p.Y-a.Y-t*dy)
}

// area is the signed area of a ring (shoelace formula).
func area(ring []Point) float64 {
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p.X*q.Y - q.X*p.Y
	}
	return sum / 2
}

// inner finds a point far inside a ring, for its label: the best of a grid, by distance to the outline.
func inner(ring []Point) (Point, float64) {
	west, north, east, south := ring[0].X, ring[0].Y, ring[0].X, ring[0].Y
	for _, p := range ring {
		west, east, north, south = min(west, p.X), max(east, p.X), min(north, p.Y), max(south, p.Y)
	}
	const steps = 14
	best, room := ring[0], 0.0
	for i := 1; i < steps; i++ {
		for j := 1; j < steps; j++ {
			p := Point{west + (east-west)*float64(i)/steps, north + (south-north)*float64(j)/steps}
			if !Inside(p, ring) {
				continue
			}
			near := math.Inf(1)
			for k, a := range ring {
				near = min(near, distance(p, a, ring[(k+1)%len(ring)]))
			}
			if near > room {
				best, room = p, near
			}
		}
	}
	return best, room
}

// Inside tells whether a point lies within a ring (even-odd rule).
func Inside(p Point, ring []Point) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < (b.X-a.X)*(p.Y-a.Y)/(b.Y-a.Y)+a.X {
			in = !in
		}
	}
	return in
}
