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
	Legend        []Key  // drawn where the scene is framed; a page has its own
	Table         Table  // the same facts as text, for the table that stands beside every drawing
	marks         []mark
}

// Table is what a scene shows, as text: the first column names the unit. It is empty for the small drawings that stand
// in a table's cell, whose row says the same.
type Table struct {
	Columns []string
	Rows    [][]string
}

// mark is something that can be painted on both media.
type mark interface {
	svg(w *svgWriter)
	raster(r *raster)
}

// at is a position in CSS pixels.
type at struct{ x, y float64 }

// polygon is filled rings by the even-odd rule; edge draws a thin border in the ground's colour, which parts it from
// its neighbours.
type polygon struct {
	rings [][]at
	role  Role
	edge  bool
}

// line is a stroked path, open.
type line struct {
	points []at
	role   Role
	width  float64
	dash   bool
}

// dots are many small discs of one size and colour, one path in all.
type dots struct {
	points []at
	role   Role
	r      float64
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

// hatch paints thin white diagonals inside rings: the sign that a group is not certain. A hairline of ink along each
// keeps it seen on the lightest fill.
type hatch struct{ rings [][]at }

type anchor uint8

const (
	start anchor = iota
	middle
	end
)

// halo is a rim around a text's letters.
type halo string

const (
	noHalo     halo = ""
	groundHalo halo = "halo"   // in the ground's colour, for text over lines and edges of areas
	lightHalo  halo = "halo-l" // white in every theme, for dark text on light fills
	darkHalo   halo = "halo-d" // indigo in every theme, for white text on dark fills
)

type text struct {
	at
	body   string
	size   float64
	bold   bool
	italic bool // only the names of seas
	anchor anchor
	role   Role
	halo   halo
}

// box is the room a text takes: from the top of its capitals to the foot of its descenders.
func (t text) box() rect {
	w := TextWidth(t.body, t.size, t.bold)
	left := t.x
	switch t.anchor {
	case middle:
		left -= w / 2
	case end:
		left -= w
	}
	return rect{x: left, y: t.y - t.size*0.95, w: w, h: t.size * 1.25}
}

// link wraps marks: the reader can follow it, and hears its full name.
type link struct {
	href, name string
	marks      []mark
}

// when says in which places a group of marks is shown on a page. Files and pictures show what a wide page shows.
type when string

const (
	whenWide   when = "w"
	whenNarrow when = "n"
)

// group is marks that only wide, or only narrow places show. The stylesheet decides by the width of the container;
// without a stylesheet the wide ones show.
type group struct {
	when  when
	marks []mark
}

func (s *Scene) add(m ...mark) { s.marks = append(s.marks, m...) }

// ring gives a rectangle as a ring.
func (r rect) ring() []at {
	return []at{{r.x, r.y}, {r.x + r.w, r.y}, {r.x + r.w, r.y + r.h}, {r.x, r.y + r.h}}
}

// meets tells whether two rectangles overlap.
func (r *rect) meets(o *rect) bool {
	return r.x < o.x+o.w && o.x < r.x+r.w && r.y < o.y+o.h && o.y < r.y+r.h
}

// grow widens a rectangle on all sides.
func (r rect) grow(d float64) rect {
	r.x, r.y, r.w, r.h = r.x-d, r.y-d, r.w+2*d, r.h+2*d
	return r
}
