// Package chart draws: a chart is a scene of marks, rendered as SVG for the page, as a standalone SVG file, or as PNG.
//
// It promises that an estimate is never drawn without its interval where one is known, that text stays text and never
// leaves the sheet, that every scene has a sentence for those who cannot see it, that colours come only from the
// palette of the house, and that no inline style is written (a page's content security policy would block it). The
// same scene gives the same bytes. Pure: numbers come in as numbers for positions and as formatted text for people.
package chart

// Scene is a drawing: marks in the order in which they are painted, on a sheet of Width × Height CSS pixels.
type Scene struct {
	ID            string // unique on a page; patterns are named after it
	Width, Height float64
	Title         string // one sentence that says what is drawn; the accessible name
	Desc          string // more for screen readers, may be empty
	Linked        bool   // holds links: the drawing is then a group of links, not one image
	marks         []mark
}

// mark is something that can be painted on both media.
type mark interface {
	svg(w *svgWriter)
	raster(r *raster)
}

// at is a position in CSS pixels.
type at struct{ x, y float64 }

// polygon is filled rings by the even-odd rule; line is a stroked path, open.
type polygon struct {
	rings [][]at
	role  Role
}

type line struct {
	points []at
	role   Role
	width  float64
	dash   bool
}

type rect struct {
	x, y, w, h, r float64
	role          Role
}

type circle struct {
	at
	r    float64
	role Role
}

// hatch paints thin white diagonals inside rings: the sign that a group is not certain.
type hatch struct{ rings [][]at }

type anchor uint8

const (
	start anchor = iota
	middle
	end
)

type text struct {
	at
	body   string
	size   float64
	bold   bool
	italic bool // only the names of seas
	anchor anchor
	role   Role
	halo   bool // a rim of the ground's colour, for labels over areas
}

// link wraps marks: the reader can follow it, and hears its full name.
type link struct {
	href, name string
	marks      []mark
}

func (s *Scene) add(m ...mark) { s.marks = append(s.marks, m...) }

// ring gives a rectangle as a ring.
func (r rect) ring() []at {
	return []at{{r.x, r.y}, {r.x + r.w, r.y}, {r.x + r.w, r.y + r.h}, {r.x, r.y + r.h}}
}
