// Package geo holds the boundaries and tile maps of Viet Nam and lays them out for drawing.
//
// It promises that a boundary set is read with bounds and checked whole, with all its faults at once; that borders
// shared by two areas stay shared however far a drawing is simplified; and that the Hoàng Sa and Trường Sa
// archipelagos, with their names and the provinces that administer them, are part of every sheet it lays out,
// whatever set is drawn. Pure: bytes in, shapes out. Drawing marks is package chart's business.
package geo

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// Frame names the administrative map a set shows.
type Frame string

// The frames. Former is in force until 30 June 2025, Present since 1 July 2025.
const (
	Former  Frame = "province-63"
	Present Frame = "province-34"
)

// FrameOn gives the provincial map in force on a date.
func FrameOn(d clock.Date) Frame {
	if d.Before(clock.MustDate("2025-07-01")) {
		return Former
	}
	return Present
}

// Manifest says what a boundary set is and where it comes from; an imported set must bring one.
type Manifest struct {
	Name     lang.Names `json:"name"`
	Licence  string     `json:"licence"`
	Source   string     `json:"source"`
	Frame    Frame      `json:"frame"`
	From     string     `json:"from"`         // first day of force, ISO; empty = not known
	To       string     `json:"to,omitempty"` // last day of force, ISO; empty = still in force
	Checksum string     `json:"sha256"`       // of the TopoJSON bytes, hexadecimal
}

// Set is a boundary set ready to be laid out. It is immutable and may be used from several goroutines.
type Set struct {
	Manifest
	arcs    [][]Point
	areas   []Area
	islands map[string][]Point // features of the archipelagos that the set brings, by administering province
}

// Read checks a TopoJSON file against its manifest and against the codes its frame must have. All faults come at once.
// With no codes, any codes are taken.
func Read(manifest Manifest, topojson []byte, codes []string) (*Set, error) {
	var c collector
	c.manifest(manifest, topojson)
	s, err := c.decode(topojson)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, a := range s.areas {
		have[a.Code] = true
		if len(codes) > 0 && !slices.Contains(codes, a.Code) {
			c.add("code", fault.T("Area %s is not a unit of this map.", a.Code), fault.T("Use the codes in force on the set's dates."))
		}
	}
	for _, code := range codes {
		if !have[code] {
			c.add("code", fault.T("Unit %s has no area.", code), fault.T("Add its boundary, or import a set of its own dates."))
		}
	}
	if err := fault.Batch(c.items); err != nil {
		return nil, err
	}
	s.Manifest = manifest
	slices.SortFunc(s.areas, func(a, b Area) int { return cmp.Compare(a.Code, b.Code) })
	for i := range s.areas {
		s.areas[i].label, s.areas[i].room = s.inner(s.areas[i])
	}
	return s, nil
}

// ParseManifest reads the JSON manifest of a boundary set, strictly: a misspelt key is refused by name.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, &fault.Error{Kind: fault.Invalid, Text: fault.T("The manifest of the boundary set is not readable JSON."), Err: err}
	}
	return m, nil
}

func (c *collector) manifest(m Manifest, topojson []byte) {
	for _, need := range []struct{ field, value string }{
		{"name.vi", m.Name.VI}, {"name.en", m.Name.EN}, {"licence", m.Licence}, {"source", m.Source},
	} {
		if need.value == "" {
			c.add(need.field, fault.T("The manifest does not give %s.", need.field), fault.T("Say whose boundaries these are and under which licence."))
		}
	}
	if m.Frame != Former && m.Frame != Present {
		c.add("frame", fault.T("The frame %q is not known.", m.Frame), fault.T("Write province-63 or province-34."))
	}
	c.dates(m)
	switch sum := checksum(topojson); m.Checksum {
	case sum:
	case "":
		c.add("sha256", fault.T("The manifest does not give %s.", "sha256"), fault.T("If the file is right, write %s.", sum))
	default:
		c.add("sha256", fault.T("The file is not the one the manifest was written for: its checksum differs."), fault.T("Fetch the file again, or, if it is right, write %s.", sum))
	}
}

// dates checks a manifest's days: readable, in order, and within the frame's time of force.
func (c *collector) dates(m Manifest) {
	days := map[string]clock.Date{}
	for _, d := range []struct{ field, value string }{{"from", m.From}, {"to", m.To}} {
		if d.value == "" {
			continue
		}
		day, err := clock.ParseDate(d.value)
		if err != nil {
			c.add(d.field, fault.T("%q is not a date.", d.value), fault.T("Write dates as 2025-07-01."))
			continue
		}
		days[d.field] = day
		if f := FrameOn(day); (m.Frame == Former || m.Frame == Present) && f != m.Frame {
			c.add(d.field, fault.T("On %s another map was in force: %s.", d.value, f), fault.T("Give a set the dates of its own frame."))
		}
	}
	if from, ok := days["from"]; ok {
		if to, ok := days["to"]; ok && to.Before(from) {
			c.add("to", fault.T("The set ends before it begins."), fault.T("Write dates as 2025-07-01."))
		}
	}
}

// checksum is the SHA-256 of a file, hexadecimal.
func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

//go:embed sets
var shipped embed.FS

// Coarse gives the boundary set that comes with the program: Natural Earth, public domain, coarse, corrected.
func Coarse(f Frame) *Set { return coarse[f]() }

var coarse = map[Frame]func() *Set{
	Former:  sync.OnceValue(func() *Set { return mustShip(Former, "vn-63-ne.topo.json", "", "2025-06-30") }),
	Present: sync.OnceValue(func() *Set { return mustShip(Present, "vn-34-ne.topo.json", "2025-07-01", "") }),
}

func mustShip(f Frame, file, from, to string) *Set {
	data, err := shipped.ReadFile("sets/" + file)
	if err != nil {
		panic(err)
	}
	s, err := Read(Manifest{
		Name:    lang.Names{VI: "Ranh giới khái lược", EN: "Coarse boundaries"},
		Licence: "Public domain",
		Source:  "Natural Earth 1:10m Admin 1, v4.1.0, corrected",
		Frame:   f, From: from, To: to, Checksum: checksum(data),
	}, data, nil)
	if err != nil {
		panic(fmt.Sprintf("geo: the shipped set %s is broken: %v", file, err))
	}
	return s
}
