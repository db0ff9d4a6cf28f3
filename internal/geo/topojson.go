package geo

import (
	"encoding/json"
	"math"

	"thuoc/internal/fault"
)

// The bounds of a TopoJSON file. They are far above any set of Viet Nam's provinces or communes and far below what
// would hurt the machine that reads it.
const (
	MaxBytes  = 32 << 20
	maxArcs   = 200_000
	maxPoints = 3_000_000
	maxAreas  = 20_000
	maxRefs   = 2_000_000
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

type collection struct {
	Type       string     `json:"type"`
	Geometries []geometry `json:"geometries"`
}

type geometry struct {
	Type       string          `json:"type"`
	Arcs       json.RawMessage `json:"arcs"`
	Properties struct {
		Code string `json:"code"`
		Name string `json:"name"`
	} `json:"properties"`
}

// Point is a position: longitude and latitude in degrees (WGS 84) in a Set, drawing units in a Sheet.
type Point struct{ X, Y float64 }

// Area is an administrative unit's shape: polygons, each of rings, each of references to the arcs of its set. A
// negative reference ^i is arc i backwards.
type Area struct {
	Code     string
	Name     string // as the file names it; names shown to people come from dated tables
	polygons [][][]int
}

// decode reads TopoJSON into the collector's care: it checks every reference, so that what follows cannot fail. The
// error is for bytes that cannot be read at all.
func (c *collector) decode(data []byte) (arcs [][]Point, areas []Area, err error) {
	if len(data) > MaxBytes {
		return nil, nil, fault.New(fault.TooLarge, "The boundary file is larger than %d MB.", MaxBytes>>20)
	}
	var t topology
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, nil, &fault.Error{Kind: fault.Invalid, Text: fault.T("The boundary file is not readable TopoJSON."), Err: err}
	}
	if t.Type != "Topology" {
		c.add("type", fault.T("The file is not a TopoJSON topology."), fault.T("Export the boundaries as TopoJSON."))
	}
	arcs = c.arcs(&t)
	for _, object := range []string{"provinces", "communes"} {
		if layer, ok := t.Objects[object]; ok {
			areas = c.areas(object, layer, len(arcs))
			break
		}
	}
	if len(areas) == 0 {
		c.add("objects", fault.T("There is no layer of provinces or communes."), fault.T("Name the layer provinces or communes and give every area a code."))
	}
	return arcs, areas, nil
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
			if t.Transform == nil {
				line[j] = Point{p[0], p[1]}
				continue
			}
			x, y = x+p[0], y+p[1]
			line[j] = Point{x*t.Transform.Scale[0] + t.Transform.Translate[0], y*t.Transform.Scale[1] + t.Transform.Translate[1]}
		}
		for _, p := range line {
			if !(math.Abs(p.X) <= 180 && math.Abs(p.Y) <= 90) {
				c.add("arcs", fault.T("Arc %d leaves the globe; coordinates are longitude and latitude in degrees.", i), fault.T("Export the boundaries in WGS 84."))
				break
			}
		}
		if len(line) < 2 {
			c.add("arcs", fault.T("Arc %d has fewer than two points.", i), fault.T("Export the boundaries again."))
		}
		out[i] = line
	}
	return out
}

// areas reads one layer. Every area has a code, every code stands once, every reference hits an arc.
func (c *collector) areas(object string, layer collection, arcs int) []Area {
	if len(layer.Geometries) > maxAreas {
		c.add("objects."+object, fault.T("The layer has more areas than Viet Nam has units."), fault.Text{})
		return nil
	}
	seen := map[string]bool{}
	refs := 0
	var out []Area
	for i, g := range layer.Geometries {
		a := Area{Code: g.Properties.Code, Name: g.Properties.Name}
		switch {
		case a.Code == "":
			c.add("objects."+object, fault.T("Area %d has no code.", i), fault.T("Give every area the code of the statistics office in its property code."))
		case seen[a.Code]:
			c.add("objects."+object, fault.T("The code %s stands twice.", a.Code), fault.T("Join the parts of one unit into one multi-polygon."))
		}
		seen[a.Code] = true
		a.polygons = c.polygons(object, g)
		for _, polygon := range a.polygons {
			for _, ring := range polygon {
				refs += len(ring)
				for _, r := range ring {
					if index(r) >= arcs {
						c.add("objects."+object, fault.T("Area %s refers to arc %d, which the file does not have.", a.Code, index(r)), fault.T("Export the boundaries again."))
					}
				}
			}
		}
		if refs > maxRefs {
			c.add("objects."+object, fault.T("The file has more arcs or points than can be drawn."), fault.T("Simplify the boundaries before importing them."))
			return nil
		}
		out = append(out, a)
	}
	return out
}

func (c *collector) polygons(object string, g geometry) [][][]int {
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
		c.add("objects."+object, fault.T("Area %s is not a polygon.", g.Properties.Code), fault.T("Export areas as polygons or multi-polygons."))
		return nil
	}
	if err != nil {
		c.add("objects."+object, fault.T("The rings of area %s cannot be read.", g.Properties.Code), fault.T("Export the boundaries again."))
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
