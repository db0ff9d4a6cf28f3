package geo

import (
	"os"
	"strings"
	"testing"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/reference"
)

func TestShippedSetsHoldEveryUnit(t *testing.T) {
	for frame, want := range map[Frame]int{Former: 63, Present: 34} {
		if got := len(Coarse(frame).Lay(800).Shapes); got != want {
			t.Errorf("%s: %d shapes, want %d", frame, got, want)
		}
		tiles := TilesOf(frame)
		if len(tiles.Units) != want || len(tiles.Archipelagos) != 2 {
			t.Errorf("%s: %d tiles and %d archipelagos", frame, len(tiles.Units), len(tiles.Archipelagos))
		}
		seen := map[[2]int]string{}
		for _, u := range append(tiles.Units, tiles.Archipelagos...) {
			if other, taken := seen[[2]int{u.Col, u.Row}]; taken {
				t.Errorf("%s: %s and %s share a tile", frame, u.Name, other)
			}
			seen[[2]int{u.Col, u.Row}] = u.Name
		}
	}
}

// TestArchipelagosOnEverySheet: absolute, for every set and width.
func TestArchipelagosOnEverySheet(t *testing.T) {
	for _, frame := range []Frame{Former, Present} {
		for _, width := range []float64{280, 320, 390, 559, 560, 800, 1280} {
			sheet := Coarse(frame).Lay(width)
			if len(sheet.Islands) != 2 {
				t.Fatalf("%s at %g: %d archipelagos", frame, width, len(sheet.Islands))
			}
			for _, is := range sheet.Islands {
				if len(is.Dots) < 10 {
					t.Errorf("%s at %g: %s has %d dots", frame, width, is.Name.VI, len(is.Dots))
				}
				for _, p := range append(is.Dots, is.Label) {
					if p.X < 0 || p.Y < 0 || p.X > sheet.Width || p.Y > sheet.Height {
						t.Errorf("%s at %g: %s leaves the sheet at %v", frame, width, is.Name.VI, p)
					}
				}
				if (is.Frame != nil) != (width < NarrowBelow) {
					t.Errorf("%s at %g: %s framed: %v", frame, width, is.Name.VI, is.Frame != nil)
				}
			}
		}
	}
}

// TestFramesTouchNoUnit: a frame over land would hide a province.
func TestFramesTouchNoUnit(t *testing.T) {
	for _, frame := range []Frame{Former, Present} {
		sheet := Coarse(frame).Lay(390)
		for _, is := range sheet.Islands {
			for _, s := range sheet.Shapes {
				for _, ring := range s.Rings {
					for _, p := range ring {
						if f := is.Frame; p.X > f.X && p.X < f.X+f.W && p.Y > f.Y && p.Y < f.Y+f.H {
							t.Fatalf("the frame of %s covers a point of unit %s", is.Name.VI, s.Code)
						}
					}
				}
			}
		}
	}
}

func TestLabelsLieInside(t *testing.T) {
	for _, frame := range []Frame{Former, Present} {
		for _, s := range Coarse(frame).Lay(800).Shapes {
			in := false
			for _, ring := range s.Rings {
				in = in || Inside(s.Label, ring)
			}
			if !in {
				t.Errorf("%s: the label of %s lies outside it", frame, s.Code)
			}
		}
	}
}

func TestFrameOn(t *testing.T) {
	for date, want := range map[string]Frame{"2025-06-30": Former, "2025-07-01": Present, "2011-01-01": Former} {
		if got := FrameOn(clock.MustDate(date)); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
}

func trial(frame Frame) Manifest {
	return Manifest{Name: lang.Names{VI: "Thử", EN: "Trial"}, Licence: "MIT", Source: "trial", Frame: frame, From: "2025-07-01"}
}

// TestImportsFinerSets reads the sets that provinces are likely to bring.
func TestImportsFinerSets(t *testing.T) {
	for name, frame := range map[string]Frame{"vn-34.topo.json": Present, "vn-63-web.topo.json": Former} {
		data, err := os.ReadFile(reference.Path(t, "data/maps/"+name))
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, u := range TilesOf(frame).Units {
			codes = append(codes, u.Code)
		}
		s, err := Read(trial(frame), data, codes)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := len(s.Lay(800).Shapes); got != len(codes) {
			t.Errorf("%s: %d shapes, want %d", name, got, len(codes))
		}
	}
}

func TestReadNamesEveryFaultAtOnce(t *testing.T) {
	bad := `{"type":"Topology","arcs":[[[0,0],[1,1]],[[500,0],[1,1]]],"objects":{"provinces":{"geometries":[
		{"type":"Polygon","arcs":[[0,9]],"properties":{"code":"01"}},
		{"type":"Polygon","arcs":[[0]],"properties":{"code":"01"}},
		{"type":"Point","arcs":[],"properties":{"code":"77"}},
		{"type":"Polygon","arcs":[[0]],"properties":{}}]}}}`
	_, err := Read(Manifest{Frame: "counties", From: "July", Checksum: "00"}, []byte(bad), []string{"01", "02"})
	var got []string
	for _, it := range fault.Items(err) {
		got = append(got, it.Field+": "+it.What.String())
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{"name.vi", "licence", "source", "frame", "from", "sha256", "leaves the globe", "arc 9", "stands twice", "not a polygon",
		"has no code", "77 is not a unit", "Unit 02 has no area"} {
		if !strings.Contains(all, want) {
			t.Errorf("no fault says %q; got\n%s", want, all)
		}
	}
}

func FuzzTopoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"Topology","arcs":[[[0,0],[1,1],[2,0]]],"objects":{"provinces":{"geometries":[{"type":"Polygon","arcs":[[0]],"properties":{"code":"01"}}]}}}`))
	f.Add([]byte(`{"type":"Topology","arcs":[[[0,0],[1,1]]],"transform":{"scale":[1e308,1e308],"translate":[0,0]},"objects":{"communes":{"geometries":[{"type":"MultiPolygon","arcs":[[[-1,-9223372036854775808]]],"properties":{"code":"1"}}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read(trial(Present), data, nil)
		if err != nil {
			return
		}
		for _, width := range []float64{320, 800} {
			if sheet := s.Lay(width); len(sheet.Islands) != 2 {
				t.Fatal("a sheet without the archipelagos")
			}
		}
	})
}

// BenchmarkLay: the coarse 63 provinces at 800 units; bound 10 ms (done once a set and width, then kept).
func BenchmarkLay(b *testing.B) {
	s := Coarse(Former)
	for b.Loop() {
		s.Lay(800)
	}
}
