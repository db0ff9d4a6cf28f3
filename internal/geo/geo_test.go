package geo

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

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

// TestFramesTouchNoUnit: a frame over land would hide a province, on a narrow sheet and in the crop of a wide one, in
// the shipped sets and in finer ones.
func TestFramesTouchNoUnit(t *testing.T) {
	sets := []*Set{Coarse(Former), Coarse(Present)}
	for name, frame := range map[string]Frame{"vn-34.topo.json": Present, "vn-63.topo.json": Former} {
		data, err := os.ReadFile(reference.Path(t, "data/maps/"+name))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Read(trial(frame, data), data, nil)
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, s)
	}
	for _, s := range sets {
		narrow, wide := s.Lay(390), s.Lay(720)
		clear(t, s.Frame, narrow.Shapes, narrow.Islands, narrow.Width, narrow.Height)
		clear(t, s.Frame, wide.Shapes, wide.Crop.Islands, wide.Crop.Width, wide.Crop.Height)
	}
}

// clear holds frames to stand on a sheet and free of points on land.
func clear(t *testing.T, frame Frame, shapes []Shape, islands []Islands, width, height float64) {
	t.Helper()
	for _, is := range islands {
		f := is.Frame
		if f == nil || f.X < 0 || f.Y < 0 || f.X+f.W > width+1 || f.Y+f.H > height+1 {
			t.Errorf("%s: the frame of %s is %v on %g × %g", frame, is.Name.VI, f, width, height)
			continue
		}
		for _, p := range is.Dots {
			if !f.holds(p) {
				t.Errorf("%s: a dot of %s leaves its frame", frame, is.Name.VI)
			}
		}
		for _, s := range shapes {
			for _, ring := range s.Rings {
				if slices.ContainsFunc(ring, f.holds) {
					t.Errorf("%s: the frame of %s covers a point of unit %s", frame, is.Name.VI, s.Code)
				}
			}
		}
	}
}

func (r Rect) holds(p Point) bool { return p.X > r.X && p.X < r.X+r.W && p.Y > r.Y && p.Y < r.Y+r.H }

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

// TestSheetsHoldTheirShapes: nothing is drawn off the sheet, every unit keeps a part to see and to press, and a
// border of two areas stays one line.
func TestSheetsHoldTheirShapes(t *testing.T) {
	for _, frame := range []Frame{Former, Present} {
		for _, width := range []float64{280, 390, 720, 1280} {
			sheet := Coarse(frame).Lay(width)
			borders := map[Point]int{}
			for _, s := range sheet.Shapes {
				if len(s.Rings) == 0 {
					t.Errorf("%s at %g: %s has vanished", frame, width, s.Code)
				}
				for _, ring := range slices.Concat(s.Rings, s.Far) {
					for _, p := range ring {
						borders[p]++
						if p.X < 0 || p.Y < 0 || p.X > sheet.Width || p.Y > sheet.Height {
							t.Fatalf("%s at %g: %s leaves the sheet at %v", frame, width, s.Code, p)
						}
					}
				}
			}
			shared := 0
			for _, n := range borders {
				if n > 1 {
					shared++
				}
			}
			if shared < len(borders)/4 {
				t.Errorf("%s at %g: only %d of %d points are shared by neighbours", frame, width, shared, len(borders))
			}
		}
	}
}

// TestProjection holds the formula to numbers worked by hand: at 720 units the wide sheet shows 16° of longitude at
// cos 16°, so 46.81 units a degree of latitude.
func TestProjection(t *testing.T) {
	p := project(wide, 720)
	if got := p.at(Point{102, 23.5}); math.Hypot(got.X, got.Y) > 1e-9 {
		t.Errorf("the corner lies at %v", got)
	}
	if got := p.at(Point{118, 22.5}); math.Abs(got.X-720) > 1e-9 || math.Abs(got.Y-46.8137) > 1e-3 {
		t.Errorf("118° E, 22.5° N lies at %v", got)
	}
}

// TestSimplify: ends stay, what is left was there before, and no point dropped lies further off than the tolerance.
func TestSimplify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "n")
		line := make([]Point, n)
		for i := range line {
			line[i] = Point{rapid.Float64Range(0, 50).Draw(t, "x"), rapid.Float64Range(0, 50).Draw(t, "y")}
		}
		tolerance := rapid.Float64Range(0, 10).Draw(t, "tolerance")
		thin := simplify(line, tolerance)
		if n > 0 && (thin[0] != line[0] || thin[len(thin)-1] != line[n-1]) {
			t.Fatal("an end moved")
		}
		k := 0
		for _, p := range line {
			if k < len(thin) && p == thin[k] {
				k++
				continue
			}
			if d := distance(p, thin[k-1], thin[k]); d > tolerance+1e-9 {
				t.Fatalf("%v lies %g off, tolerance %g", p, d, tolerance)
			}
		}
		if k != len(thin) {
			t.Fatal("points that were not there")
		}
	})
}

func TestFrameOn(t *testing.T) {
	for date, want := range map[string]Frame{"2025-06-30": Former, "2025-07-01": Present, "2011-01-01": Former} {
		if got := FrameOn(clock.MustDate(date)); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
}

func trial(frame Frame, data []byte) Manifest {
	return Manifest{Name: lang.Names{VI: "Thử", EN: "Trial"}, Licence: "MIT", Source: "trial", Frame: frame, Checksum: checksum(data)}
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
		s, err := Read(trial(frame, data), data, codes)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := len(s.Lay(800).Shapes); got != len(codes) {
			t.Errorf("%s: %d shapes, want %d", name, got, len(codes))
		}
	}
}

// TestOwnIslandsOfASet: a set that brings finer points is drawn with them, one that brings none with ours.
func TestOwnIslandsOfASet(t *testing.T) {
	data, err := os.ReadFile(reference.Path(t, "data/maps/vn-34-web.topo.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(trial(Present, data), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []float64{390, 800} {
		for i, is := range s.Lay(width).Islands {
			if got, want := len(is.Dots), []int{46, 140}[i]; got != want {
				t.Errorf("%s at %g: %d dots, want the set's %d", is.Name.VI, width, got, want)
			}
			if n := len(Coarse(Present).Lay(width).Islands[i].Dots); n != len(Archipelagos[i].at) {
				t.Errorf("%s at %g: %d dots of our own", is.Name.VI, width, n)
			}
		}
	}
}

// square is a set of one square area, sound in all; tests break one thing at a time.
const square = `{"type":"Topology","arcs":[[[105,20],[106,20],[106,21]],[[106,21],[105,21],[105,20]]],"objects":{"provinces":{"geometries":[
	{"type":"Polygon","arcs":[[0,1]],"properties":{"code":"01"}}]}}}`

func TestReadNamesEveryFaultAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Manifest)
		data   string
		codes  []string
		want   []string
	}{
		"sound":     {data: square, codes: []string{"01"}},
		"no checks": {func(m *Manifest) { m.Checksum = "" }, square, nil, []string{"does not give sha256"}},
		"other day": {func(m *Manifest) { m.From = "2024-01-01" }, square, nil, []string{"another map was in force: province-63"}},
		"backwards": {func(m *Manifest) { m.From, m.To = "2026-02-01", "2026-01-01" }, square, nil, []string{"ends before it begins"}},
		"open ring": {data: strings.Replace(square, "[[0,1]]", "[[0,0]]", 1), want: []string{"A ring of area 01 does not close"}},
		"no ring":   {data: strings.Replace(square, "[[0,1]]", "[[]]", 1), want: []string{"ring without arcs"}},
		"no part":   {data: strings.Replace(square, "[[0,1]]", "[]", 1), want: []string{"no part"}},
		"strayed island": {data: strings.Replace(square, `{"provinces"`, `{"quan_dao":{"geometries":[{"type":"Point","coordinates":[112,16],"properties":{"code":"56"}}]},"provinces"`, 1),
			want: []string{"does not lie in the archipelago"}},
		"many": {func(m *Manifest) { *m = Manifest{Frame: "counties", From: "July", Checksum: "00"} },
			`{"type":"Topology","arcs":[[[0,0],[1,1]],[[500,0],[1,1]]],"objects":{"provinces":{"geometries":[
			{"type":"Polygon","arcs":[[0,9]],"properties":{"code":"01"}},
			{"type":"Polygon","arcs":[[0]],"properties":{"code":"01"}},
			{"type":"Point","arcs":[],"properties":{"code":"77"}},
			{"type":"Polygon","arcs":[[0]],"properties":{}}]}}}`, []string{"01", "02"},
			[]string{"name.vi", "licence", "source", "frame", "from", "sha256", "leaves the globe", "arc 9", "stands twice", "not a polygon",
				"has no code", "77 is not a unit", "Unit 02 has no area"}},
	} {
		m := trial(Present, []byte(tt.data))
		if tt.change != nil {
			tt.change(&m)
		}
		_, err := Read(m, []byte(tt.data), tt.codes)
		var all strings.Builder
		for _, it := range fault.Items(err) {
			all.WriteString(it.Field + ": " + it.What.String() + "\n")
		}
		if (err != nil) != (len(tt.want) > 0) {
			t.Errorf("%s: error %v", name, err)
		}
		for _, want := range tt.want {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%s: no fault says %q; got\n%s", name, want, all.String())
			}
		}
	}
}

// TestSmallFileCannotDrawMuch: a file of kilobytes that names one long arc over and over would fill the memory.
func TestSmallFileCannotDrawMuch(t *testing.T) {
	arc := "[[105,20]" + strings.Repeat(",[106,20],[105,21]", 5_000) + ",[105,20]]"
	data := `{"type":"Topology","arcs":[` + arc + `],"objects":{"provinces":{"geometries":[{"type":"Polygon","arcs":[[0` +
		strings.Repeat(",0", 5_000) + `]],"properties":{"code":"01"}}]}}}`
	if _, err := Read(trial(Present, []byte(data)), []byte(data), nil); !strings.Contains(fmt.Sprint(err), "than can be drawn") {
		t.Errorf("got %v", err)
	}
}

func TestManifestNamesAMisspeltKey(t *testing.T) {
	if _, err := ParseManifest([]byte(`{"name":{"vi":"A","en":"A"},"license":"MIT"}`)); !strings.Contains(fmt.Sprint(errors.Unwrap(err)), "license") {
		t.Errorf("got %v", err)
	}
}

func FuzzTopoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"Topology","arcs":[[[0,0],[1,1],[2,0]]],"objects":{"provinces":{"geometries":[{"type":"Polygon","arcs":[[0]],"properties":{"code":"01"}}]}}}`))
	f.Add([]byte(`{"type":"Topology","arcs":[[[0,0],[1,1]]],"transform":{"scale":[1e308,1e308],"translate":[0,0]},"objects":{"communes":{"geometries":[{"type":"MultiPolygon","arcs":[[[-1,-9223372036854775808]]],"properties":{"code":"1"}}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read(trial(Present, data), data, nil)
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

// BenchmarkLay: the coarse 63 provinces at 800 units; bound 3 ms (done once a set and width, then kept).
func BenchmarkLay(b *testing.B) {
	s := Coarse(Former)
	for b.Loop() {
		s.Lay(800)
	}
}
