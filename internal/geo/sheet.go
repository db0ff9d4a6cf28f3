package geo

import (
	"cmp"
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
	Crop          *Crop // on a wide sheet: how a page shows it in a narrow place without a second drawing
}

// Crop is the part of a wide sheet that a narrow place shows, left and top edges shared, with the archipelagos in
// frames within it.
type Crop struct {
	Width, Height float64
	Islands       []Islands
	Sea           Point
}

// Shape is one unit's outline.
type Shape struct {
	Code  string
	Rings [][]Point // closed without repeating the first point; holes by the even-odd rule
	Far   [][]Point // parts in an archipelago, at their true position; none on a narrow sheet
	Label Point     // an inner point, far from the outline
	Room  float64   // its distance to the outline: what a label has
	Box   Rect      // around Rings
	Sides []Side    // of the largest rings, largest first
}

// Side is the outermost corners of a ring, where a label beside it would stand.
type Side struct{ East, West Point }

// bound sets what follows from the rings.
func (s *Shape) bound() {
	if len(s.Rings) == 0 {
		return
	}
	all := around(s.Rings[0])
	for _, ring := range s.Rings[1:] {
		e := around(ring)
		all = extent{min(all.west, e.west), max(all.north, e.north), max(all.east, e.east), min(all.south, e.south)}
	}
	s.Box = Rect{all.west, all.south, all.east - all.west, all.north - all.south} // y points down here
	bySize := slices.SortedStableFunc(slices.Values(s.Rings), func(a, b []Point) int { return cmp.Compare(math.Abs(area(b)), math.Abs(area(a))) })
	byX := func(a, b Point) int { return cmp.Compare(a.X, b.X) }
	for _, ring := range bySize[:min(3, len(bySize))] {
		if math.Abs(area(ring)) < 0.08*math.Abs(area(bySize[0])) {
			break // a far small island would carry the name of the province away
		}
		s.Sides = append(s.Sides, Side{East: slices.MaxFunc(ring, byX), West: slices.MinFunc(ring, byX)})
	}
}

// Islands is an archipelago on a sheet.
type Islands struct {
	Archipelago
	Dots  []Point // drawn at two units or more, in the colour of the administering province
	Label Point   // middle: of the first line of its label at the true position, of the frame's foot in a frame
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
	narrow = extent{102.0, 23.5, 111.1, 7.85}
	// Frames of the narrow sheet lie over sea that no unit touches: east of the Gulf of Tonkin's shore, and off the
	// south-eastern coast.
	narrowFrames       = []extent{{107.3, 19.95, 111.0, 17.4}, {107.25, 10.2, 111.0, 7.95}}
	wideSea, narrowSea = Point{112.6, 13.4}, Point{110.1, 14.6}
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

// around gives the extent of points.
func around(points []Point) extent {
	e := extent{west: math.Inf(1), north: math.Inf(-1), east: math.Inf(-1), south: math.Inf(1)}
	for _, p := range points {
		e.west, e.east = min(e.west, p.X), max(e.east, p.X)
		e.south, e.north = min(e.south, p.Y), max(e.north, p.Y)
	}
	return e
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
		shape := Shape{Code: a.Code, Label: p.at(a.label), Room: a.room * p.scale}
		if shape.Rings, shape.Far = s.rings(a, lines); isNarrow {
			shape.Far = nil
		}
		shape.bound()
		sheet.Shapes = append(sheet.Shapes, shape)
	}
	if isNarrow {
		sheet.Islands, sheet.Sea = s.islandsOn(p, true), p.at(narrowSea)
		return sheet
	}
	sheet.Islands, sheet.Sea = s.islandsOn(p, false), p.at(wideSea)
	r := p.rect(narrow)
	sheet.Crop = &Crop{Width: r.W, Height: r.H, Islands: s.islandsOn(p, true), Sea: p.at(narrowSea)}
	return sheet
}

// islandsOn places both archipelagos, with the set's own features where it brings more than ours.
func (s *Set) islandsOn(p projection, framed bool) []Islands {
	var out []Islands
	for i, a := range Archipelagos {
		if brought := s.islands[a.Code]; len(brought) > len(a.at) {
			a.at = brought
		}
		out = append(out, lay(a, i, p, framed))
	}
	return out
}

// lay places an archipelago: at its true position, or scaled into its frame.
func lay(a Archipelago, i int, p projection, framed bool) Islands {
	e := around(a.at)
	if !framed {
		low := p.at(Point{(e.west + e.east) / 2, e.south})
		return Islands{Archipelago: a, Dots: mapped(a.at, p.at), Label: Point{low.X, low.Y + 20}}
	}
	frame := p.rect(narrowFrames[i])
	label := 0.44 * frame.H // two lines of text under the dots
	inner := projection{extent: e}
	inner.scale = min((frame.W-16)/((e.east-e.west)*squeeze), (frame.H-label-12)/(e.north-e.south))
	inner.x = frame.X + (frame.W-(e.east-e.west)*squeeze*inner.scale)/2
	inner.y = frame.Y + 8
	return Islands{Archipelago: a, Dots: mapped(a.at, inner.at), Label: Point{frame.X + frame.W/2, frame.Y + frame.H}, Frame: &frame}
}

// rings joins an area's arcs, near and far, leaving out specks too small to see.
func (s *Set) rings(a Area, lines [][]Point) (near, far [][]Point) {
	for _, polygon := range a.polygons {
		to := &near
		if offshore(s.arcs[index(polygon[0][0])][0]) {
			to = &far
		}
		for _, refs := range polygon {
			if ring := join(refs, lines); len(ring) >= 3 && math.Abs(area(ring)) >= 0.2 {
				*to = append(*to, ring)
			}
		}
	}
	return near, far
}

// inner finds where an area's label goes: far inside its largest part on land, in degrees. Room is measured as drawn,
// in degrees of latitude.
func (s *Set) inner(a Area) (Point, float64) {
	drawn := projection{extent: extent{}, scale: 1}
	var largest [][]Point
	most := -1.0
	for _, polygon := range a.polygons {
		var rings [][]Point
		for _, refs := range polygon {
			rings = append(rings, simplify(mapped(join(refs, s.arcs), drawn.at), 0.01))
		}
		size := math.Abs(area(rings[0]))
		if offshore(s.arcs[index(polygon[0][0])][0]) {
			size = 0 // an archipelago's label is its own
		}
		if size > most {
			largest, most = rings, size
		}
	}
	p, room := pole(largest)
	return Point{p.X / squeeze, -p.Y}, room
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
