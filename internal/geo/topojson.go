package geo

import (
	"encoding/json"
	"math"
	"slices"

	"thuoc/internal/fault"
)

// The bounds of a TopoJSON file. They are far above any set of Viet Nam's provinces or communes and far below what
// would hurt the machine that reads it.
const (
	MaxBytes  = 16 << 20
	maxArcs   = 200_000
	maxPoints = 1_000_000
	maxAreas  = 20_000
	maxDrawn  = 4 * maxPoints // points of all rings: a border counts once a side, and a small file may name one arc often
)

// topology is the part of TopoJSON that is read: quantised arcs and areas that refer to them.
type topology struct {
	Type      string                `json:"type"`
	Arcs      [][][2]float64        `json:"arcs"`
	Transform *transform            `json:"transform"`
	Objects   map[string]collection `json:"objects"`
}

type transform struct {
	Scale     [2]float64 `json:"scale"`
	Translate [2]float64 `json:"translate"`
}

// degrees undoes the quantisation of a position; without a transform it is in degrees already.
func (t *transform) degrees(x, y float64) Point {
	if t == nil {
		return Point{x, y}
	}
	return Point{x*t.Scale[0] + t.Translate[0], y*t.Scale[1] + t.Translate[1]}
}

type collection struct {
	Type       string     `json:"type"`
	Geometries []geometry `json:"geometries"`
}

type geometry struct {
	Type       string          `json:"type"`
	Arcs       json.RawMessage `json:"arcs"`
	Position   json.RawMessage `json:"coordinates"` // of a point
	Properties struct {
		Code string `json:"code"`
		Name string `json:"name"`
	} `json:"properties"`
}

// Point is a position: longitude and latitude in degrees (WGS 84) in a Set, drawing units in a Sheet.
type Point struct{ X, Y float64 }

// offGlobe tells a position that is no longitude and latitude (or no number).
func (p Point) offGlobe() bool { return !(math.Abs(p.X) <= 180 && math.Abs(p.Y) <= 90) }

// Area is an administrative unit's shape: polygons, each of rings, each of references to the arcs of its set. A
// negative reference ^i is arc i backwards.
type Area struct {
	Code     string
	Name     string // as the file names it; names shown to people come from dated tables
	polygons [][][]int
	label    Point   // degrees, an inner point of its largest part on land
	room     float64 // degrees of latitude from there to the outline
}

// decode reads TopoJSON into the collector's care: it checks every reference, so that what follows cannot fail. The
// error is for bytes that cannot be read at all.
func (c *collector) decode(data []byte) (*Set, error) {
	if len(data) > MaxBytes {
		return nil, fault.New(fault.TooLarge, "The boundary file is larger than %d MB.", MaxBytes>>20)
	}
	var t topology
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Text: fault.T("The boundary file is not readable TopoJSON."), Err: err}
	}
	if t.Type != "Topology" {
		c.add("type", fault.T("The file is not a TopoJSON topology."), fault.T("Export the boundaries as TopoJSON."))
	}
	s := &Set{arcs: c.arcs(&t)}
	for _, object := range []string{"provinces", "communes"} {
		if layer, ok := t.Objects[object]; ok {
			s.areas = c.areas(object, layer, s.arcs)
			break
		}
	}
	if len(s.areas) == 0 {
		c.add("objects", fault.T("There is no layer of provinces or communes."), fault.T("Name the layer provinces or communes and give every area a code."))
	}
	s.islands = c.islands(t.Objects["quan_dao"], t.Transform)
	return s, nil
}

// collector gathers the faults of one file, up to a bound.
type collector struct{ items []fault.Item }

func (c *collector) add(field string, what, remedy fault.Text) {
	if len(c.items) < 100 {
		c.items = append(c.items, fault.Item{Field: field, What: what, Remedy: remedy})
	}
}

// arcs undoes quantisation: delta-coded integers to degrees. Without a transform the positions are degrees already.
func (c *collector) arcs(t *topology) [][]Point {
	total := 0
	for _, a := range t.Arcs {
		total += len(a)
	}
	if len(t.Arcs) > maxArcs || total > maxPoints {
		c.add("arcs", fault.T("The file has more arcs or points than can be drawn."), fault.T("Simplify the boundaries before importing them."))
		return nil
	}
	out := make([][]Point, len(t.Arcs))
	for i, a := range t.Arcs {
		line := make([]Point, len(a))
		x, y := 0.0, 0.0
		for j, p := range a {
			x, y = x+p[0], y+p[1]
			if t.Transform == nil {
				x, y = p[0], p[1]
			}
			line[j] = t.Transform.degrees(x, y)
		}
		if slices.ContainsFunc(line, Point.offGlobe) {
			c.add("arcs", fault.T("Arc %d leaves the globe; coordinates are longitude and latitude in degrees.", i), fault.T("Export the boundaries in WGS 84."))
		}
		if len(line) < 2 {
			c.add("arcs", fault.T("Arc %d has fewer than two points.", i), fault.T("Export the boundaries again."))
		}
		out[i] = line
	}
	return out
}

// areas reads one layer. Every area has a code, every code stands once, every reference hits an arc, every ring
// closes.
func (c *collector) areas(object string, layer collection, arcs [][]Point) []Area {
	field := "objects." + object
	if len(layer.Geometries) > maxAreas {
		c.add(field, fault.T("The layer has more areas than Viet Nam has units."), fault.Text{})
		return nil
	}
	seen := map[string]bool{}
	drawn := 0
	out := make([]Area, 0, len(layer.Geometries))
	for i, g := range layer.Geometries {
		a := Area{Code: g.Properties.Code, Name: g.Properties.Name, polygons: c.polygons(field, g)}
		switch {
		case a.Code == "":
			c.add(field, fault.T("Area %d has no code.", i), fault.T("Give every area the code of the statistics office in its property code."))
		case seen[a.Code]:
			c.add(field, fault.T("The code %s stands twice.", a.Code), fault.T("Join the parts of one unit into one multi-polygon."))
		}
		seen[a.Code] = true
		for _, polygon := range a.polygons {
			for _, ring := range polygon {
				drawn += c.ring(field, a.Code, ring, arcs)
			}
		}
		if drawn > maxDrawn {
			c.add(field, fault.T("The file has more arcs or points than can be drawn."), fault.T("Simplify the boundaries before importing them."))
			return nil
		}
		out = append(out, a)
	}
	return out
}

// ring checks one ring's references and that each arc begins where the one before ended; it gives the points drawn.
func (c *collector) ring(field, code string, refs []int, arcs [][]Point) (points int) {
	again := fault.T("Export the boundaries again.")
	for _, r := range refs {
		if index(r) >= len(arcs) {
			c.add(field, fault.T("Area %s refers to arc %d, which the file does not have.", code, index(r)), again)
			return 0
		}
		if len(arcs[index(r)]) == 0 {
			return 0 // named already
		}
		points += len(arcs[index(r)])
	}
	if len(refs) == 0 {
		c.add(field, fault.T("Area %s has a ring without arcs.", code), again)
		return 0
	}
	_, open := ends(arcs, refs[len(refs)-1])
	for _, r := range refs {
		first, last := ends(arcs, r)
		if first != open {
			c.add(field, fault.T("A ring of area %s does not close.", code), again)
			break
		}
		open = last
	}
	return points
}

// ends gives the first and last point of an arc in the direction of a reference.
func ends(arcs [][]Point, ref int) (first, last Point) {
	line := arcs[index(ref)]
	if ref < 0 {
		return line[len(line)-1], line[0]
	}
	return line[0], line[len(line)-1]
}

// islands reads the points a set may bring for the archipelagos' features, by administering province.
func (c *collector) islands(layer collection, t *transform) map[string][]Point {
	const field = "objects.quan_dao"
	out := map[string][]Point{}
	if len(layer.Geometries) > maxAreas {
		c.add(field, fault.T("The file has more arcs or points than can be drawn."), fault.Text{})
		return nil
	}
	for i, g := range layer.Geometries {
		var at [2]float64
		if g.Type != "Point" || json.Unmarshal(g.Position, &at) != nil {
			c.add(field, fault.T("Feature %d of the archipelagos is not a point.", i), fault.T("Give islands and reefs as points, each with the code of its province."))
			continue
		}
		p := t.degrees(at[0], at[1])
		owner := slices.IndexFunc(Archipelagos, func(a Archipelago) bool { return a.Code == g.Properties.Code && a.holds(p) })
		if owner < 0 {
			c.add(field, fault.T("Feature %d of the archipelagos does not lie in the archipelago of province %q.", i, g.Properties.Code),
				fault.T("Hoàng Sa has the code 48, Trường Sa 56."))
			continue
		}
		out[g.Properties.Code] = append(out[g.Properties.Code], p)
	}
	return out
}

func (c *collector) polygons(field string, g geometry) [][][]int {
	var err error
	var polygons [][][]int
	switch g.Type {
	case "Polygon":
		var one [][]int
		err = json.Unmarshal(g.Arcs, &one)
		polygons = [][][]int{one}
	case "MultiPolygon":
		err = json.Unmarshal(g.Arcs, &polygons)
	default:
		c.add(field, fault.T("Area %s is not a polygon.", g.Properties.Code), fault.T("Export areas as polygons or multi-polygons."))
		return nil
	}
	if err == nil && (len(polygons) == 0 || slices.ContainsFunc(polygons, func(p [][]int) bool { return len(p) == 0 })) {
		c.add(field, fault.T("Area %s has no part to draw.", g.Properties.Code), fault.T("Export the boundaries again."))
		return nil
	}
	if err != nil {
		c.add(field, fault.T("The rings of area %s cannot be read.", g.Properties.Code), fault.T("Export the boundaries again."))
		return nil
	}
	return polygons
}

// index gives the arc that a reference names, in either direction.
func index(ref int) int {
	if ref < 0 {
		return ^ref
	}
	return ref
}
