package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"thuoc/internal/geo"
	"thuoc/internal/lang"
)

// units colours a map as a page would: groups in turn, one in five uncertain, one without data.
func units(f geo.Frame) map[string]Unit {
	out := map[string]Unit{}
	for i, t := range geo.TilesOf(f).Units {
		out[t.Code] = Unit{Fill: Groups[1+i%4], Uncertain: i%5 == 0, Href: "/ho-so/" + t.Code, Name: t.Name + ": 43,21 điểm", Label: t.Name, Value: "43,21"}
	}
	delete(out, "01")
	return out
}

// scenes is one of every kind, at both widths.
func scenes() map[string]*Scene {
	out := map[string]*Scene{}
	for _, w := range []float64{358, 720} {
		size := map[float64]string{358: "-narrow", 720: "-wide"}[w]
		for _, f := range []geo.Frame{geo.Former, geo.Present} {
			out["map-"+string(f)+size] = Map("m", geo.Coarse(f).Lay(w), units(f), "Bản đồ điểm tổng hợp", lang.Vi)
			out["tiles-"+string(f)+size] = TileMap("t", geo.TilesOf(f), units(f), "Bản đồ ô điểm tổng hợp", w, lang.Vi)
		}
		out["intervals"+size] = Intervals("i", rows(), []float64{43.4, 42.1, 40.7}, w, "Điểm và khoảng tin cậy", lang.Vi)
		out["strip"+size] = Strip("s", stripDots(), Estimate{Value: 40.7, SE: 0.79}, w, "Khoảng cách giữa các tỉnh", lang.Vi)
		out["compare"+size] = Compare("d", differences(), w, "Chênh lệch với Vĩnh Long", lang.Vi)
		out["groups"+size] = GroupBars("b", groupRows(), Groups[1:], w, "Xác suất nhóm", lang.Vi)
		out["profile"+size] = Profile("p", profileRows(), w, "Hồ sơ", lang.Vi)
		out["distribution"+size] = Distribution("n", scores(), func(v float64) Role { return Groups[1+int(max(0, min(3, (v-38)/2.5)))] }, 40.72, "Trà Vinh 40,72", w, "Phân bố điểm của 61 tỉnh", lang.Vi)
		out["multiples"+size] = Multiples("x", panels(), []Break{{Year: 2018}}, false, w, "Tám nội dung qua các năm", lang.Vi)
		out["series"+size] = Series("y", runs(), []Break{{Year: 2018, Label: "Khung mới: tám nội dung", Past: true}, {Year: 2021, Label: "3.2, 6.4 tính lại"}}, w, "Điểm qua các năm", lang.Vi)
	}
	framed := *out["map-province-63-wide"]
	framed.Legend = []Key{{Fill: GroupHigh, Text: "Cao nhất: 43,4–47,9"}, {Fill: GroupLow, Uncertain: true, Text: "Thấp nhất, chưa chắc"}}
	out["map-framed"] = framed.Framed("Điểm tổng hợp năm 2022 cao nhất ở Quảng Ninh", "Chỉ số PAPI tổng hợp, thang 10–80, năm 2022, chia bốn nhóm theo tứ phân vị", []string{"Nguồn: UNDP và các đơn vị thực hiện PAPI. 16.117 người trả lời, 61 tỉnh, thành phố."})
	out["profile"] = ProfileBar("p", Estimate{Value: 40.7, SE: 0.79}, []Segment{{38.8, 40.7, GroupLow}, {40.8, 42.1, GroupMidLow}, {42.2, 43.3, GroupMidHi}, {43.4, 47.9, GroupHigh}}, []float64{39, 41, 42, 43, 44, 47}, 260, "Trà Vinh")
	out["interval"] = Interval("c", Estimate{Value: 42, SE: 0.5}, 38, 48, 220, []float64{43.4}, "42,00 ± 0,98")
	out["interval-unknown"] = Interval("u", Estimate{Value: 42, SE: math.NaN()}, 38, 48, 220, nil, "42,00, sai số không công bố")
	out["share"] = GroupBar("g", []float64{0.5, 0.3, 0.2, 0}, Groups[1:], 90, "Xác suất nhóm")
	out["spark"] = Sparkline("k", runs()[0].Points, nil, 96, 28, "2011–2024")
	return out
}

func rows() []IntervalRow {
	out := []IntervalRow{{Name: "Thấp nhất", Fill: GroupLow, Head: true}}
	for i, name := range []string{"Trà Vinh", "Thừa Thiên Huế", "Bà Rịa - Vũng Tàu", "Thành phố Hồ Chí Minh"} {
		out = append(out, IntervalRow{Name: name, Text: "40,72", Note: "hạng 30–61", Est: Estimate{Value: 40.7 + float64(i), SE: 0.3 * float64(i)}, Strong: i == 0})
	}
	return out
}

func differences() []Difference {
	return []Difference{
		{Name: "Tham gia của người dân ở cấp cơ sở", Text: "+0,31 ± 0,24", Est: Estimate{Value: 0.31, SE: 0.12}, Clear: true},
		{Name: "Công khai, minh bạch", Text: "−0,09 ± 0,22", Est: Estimate{Value: -0.09, SE: 0.11}},
		{Name: "Kiểm soát tham nhũng", Text: "−0,44 ± 0,27", Est: Estimate{Value: -0.44, SE: 0.14}, Clear: true},
		{Name: "Quản trị điện tử", Text: "+0,10, sai số không công bố", Est: Estimate{Value: 0.1, SE: math.NaN()}},
	}
}

func groupRows() []GroupRow {
	return []GroupRow{
		{Name: "Trà Vinh", Shares: []float64{0.55, 0.3, 0.15, 0}, Text: "Thấp nhất, 55 %", Strong: true},
		{Name: "Quảng Ninh", Shares: []float64{0, 0, 0.02, 0.98}, Text: "Cao nhất, 98 %"},
		{Name: "Thừa Thiên Huế", Shares: []float64{0, 0.04, 0.31, 0.65}, Text: "Cao nhất, 65 %"},
	}
}

func profileRows() []ProfileRow {
	groups := []Segment{{38.8, 40.7, GroupLow}, {40.8, 42.1, GroupMidLow}, {42.2, 43.3, GroupMidHi}, {43.4, 47.9, GroupHigh}}
	var out []ProfileRow
	for i, name := range []string{"Tham gia của người dân ở cấp cơ sở", "Công khai, minh bạch trong việc ra quyết định", "Quản trị môi trường"} {
		out = append(out, ProfileRow{Name: name, Text: "40,72, Thấp nhất", Est: Estimate{Value: 40.7 + 2*float64(i), SE: []float64{0.79, 0, 0.4}[i]}, Groups: groups, Others: scores()})
	}
	return out
}

func scores() []float64 {
	var out []float64
	for i := range 61 {
		out = append(out, 42.5+3*math.Sin(float64(i)*1.7)+float64(i%7)*0.3)
	}
	return out
}

func panels() []Panel {
	var out []Panel
	for i := range 8 {
		r := runs()
		for k := range r[0].Points {
			r[0].Points[k].Value += float64(i%3) * 1.5
		}
		out = append(out, Panel{Name: strconv.Itoa(i+1) + " Công khai, minh bạch trong việc ra quyết định", Text: "5,01, chưa khác biệt rõ", Runs: r})
	}
	return out
}

func stripDots() []StripDot {
	var out []StripDot
	for i := range 61 {
		out = append(out, StripDot{Value: 38.8 + math.Mod(float64(i)*1.37, 9), Fill: Groups[1+i%4], Name: "Tỉnh", Strong: i == 7, Label: map[int]string{7: "Trà Vinh", 1: "Quảng Ninh"}[i]})
	}
	return out
}

func runs() []Run {
	var a, b []YearValue
	for y := 2011; y <= 2024; y++ {
		v := 33 + float64(y%5)
		if y == 2014 {
			v = math.NaN()
		}
		if y >= 2018 {
			v += 7
		}
		a, b = append(a, YearValue{y, v, map[bool]float64{true: 0.7}[y >= 2022]}), append(b, YearValue{Year: y, Value: v + 0.4})
	}
	return []Run{{Name: "Trà Vinh", Text: "41,00", Points: a, Role: Line1}, {Name: "Trung vị các tỉnh", Points: b, Role: Quiet, Dash: true}}
}

// TestArchipelagosOnEveryMap: absolute, for every map, every medium that text can be read in, and both forms of a page.
func TestArchipelagosOnEveryMap(t *testing.T) {
	part := func(svg, class string) string {
		_, after, _ := strings.Cut(svg, `<g class="`+class+`"`)
		inside, _, _ := strings.Cut(after, `<g class="n"`)
		return inside
	}
	for name, s := range scenes() {
		if !strings.HasPrefix(name, "map-") && !strings.HasPrefix(name, "tiles-") {
			continue
		}
		outs := map[string]string{"page": s.SVG(), "file": s.File()}
		if strings.HasPrefix(name, "map-") && !strings.HasSuffix(name, "-narrow") {
			outs["wide place"], outs["narrow place"] = part(s.SVG(), "w"), part(s.SVG(), "n")
		}
		for medium, out := range outs {
			for _, want := range []string{">Quần đảo Hoàng Sa<", ">(thành phố Đà Nẵng)<", ">Quần đảo Trường Sa<", ">(tỉnh Khánh Hòa)<"} {
				if strings.HasPrefix(name, "tiles-") {
					want = strings.Trim(want, "<>")
				}
				if !strings.Contains(out, want) {
					t.Errorf("%s, %s: %q is missing", name, medium, want)
				}
			}
			if strings.HasPrefix(name, "map-") && strings.Count(out, "h0M") < 40 {
				t.Errorf("%s, %s: the islands are not drawn", name, medium)
			}
		}
	}
}

// TestArchipelagosOnPictures: the dots are really painted, in the colour of the owner.
func TestArchipelagosOnPictures(t *testing.T) {
	for _, f := range []geo.Frame{geo.Former, geo.Present} {
		for _, w := range []float64{358, 720} {
			sheet := geo.Coarse(f).Lay(w)
			u := units(f)
			data, err := Map("m", sheet, u, "t", lang.Vi).PNG(2)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			for _, is := range sheet.Islands {
				r, g, b, _ := img.At(int(is.Dots[0].X*2), int(is.Dots[0].Y*2)).RGBA()
				want := palette[u[is.Code].Fill]
				if uint8(r>>8) != want.R || uint8(g>>8) != want.G || uint8(b>>8) != want.B {
					t.Errorf("%s at %g: the first dot of %s is %x %x %x", f, w, is.Name.VI, r>>8, g>>8, b>>8)
				}
			}
		}
	}
}

func TestScenesAreWellFormedAndCarryNoStyle(t *testing.T) {
	for name, s := range scenes() {
		for _, out := range []string{s.SVG(), s.File()} {
			dec := xml.NewDecoder(strings.NewReader(out))
			for {
				tok, err := dec.Token()
				if errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if e, ok := tok.(xml.StartElement); ok {
					for _, a := range e.Attr {
						if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
							t.Errorf("%s: <%s %s>", name, e.Name.Local, a.Name.Local)
						}
						if a.Value == "NaN" || strings.Contains(a.Value, "Inf") {
							t.Errorf("%s: <%s %s=%q>", name, e.Name.Local, a.Name.Local, a.Value)
						}
					}
				}
			}
		}
		if s.Title == "" {
			t.Errorf("%s has no accessible name", name)
		}
	}
}

// TestTextStaysOnTheSheet measures every text with the face's own metrics.
func TestTextStaysOnTheSheet(t *testing.T) {
	var check func(name string, s *Scene, marks []mark)
	check = func(name string, s *Scene, marks []mark) {
		for _, m := range marks {
			switch m := m.(type) {
			case link:
				check(name, s, m.marks)
			case group:
				check(name, s, m.marks)
			case moved:
				check(name, &Scene{Width: s.Width - m.x, Height: s.Height - m.y}, m.marks)
			case text:
				w := TextWidth(m.body, m.size, m.bold)
				left := m.x - map[anchor]float64{middle: w / 2, end: w}[m.anchor]
				if left < -1 || left+w > s.Width+1 || m.y-m.size*0.8 < -1 || m.y > s.Height+1 {
					t.Errorf("%s: %q runs from %.0f to %.0f at %.0f on a sheet of %.0f × %.0f", name, m.body, left, left+w, m.y, s.Width, s.Height)
				}
			}
		}
	}
	for name, s := range scenes() {
		check(name, s, s.marks)
	}
}

// TestGolden keeps the page form of the small kinds to the letter: a change of a mark is a change of what people see.
// Write them anew with UPDATE=1 and look at them.
func TestGolden(t *testing.T) {
	for _, name := range []string{"interval", "interval-unknown", "profile", "share", "spark"} {
		got := scenes()[name].SVG()
		file := filepath.Join("testdata", name+".svg")
		if os.Getenv("UPDATE") == "1" {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s changed; look at it and write it anew with UPDATE=1:\n%s", name, got)
		}
	}
}

func TestPicturesAreDeterministic(t *testing.T) {
	a, err := scenes()["strip-wide"].PNG(2)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := scenes()["strip-wide"].PNG(2)
	if !bytes.Equal(a, b) {
		t.Error("the same scene gave two pictures")
	}
}

// TestAnyNumbers: no input, however strange, hangs a drawing, moves a mark off its sheet, or writes a number that is
// none.
func TestAnyNumbers(t *testing.T) {
	odd := rapid.OneOf(rapid.Float64Range(-1e9, 1e9), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e-12, math.MaxFloat64, -math.MaxFloat64}))
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(odd, 0, 6).Draw(t, "values")
		se := odd.Draw(t, "se")
		w := rapid.Float64Range(120, 1200).Draw(t, "width")
		e := Estimate{Value: odd.Draw(t, "value"), SE: se, Printed: 1.645}
		var (
			rows    []IntervalRow
			strip   []StripDot
			points  []YearValue
			diffs   []Difference
			profile []ProfileRow
		)
		for i, x := range v {
			rows = append(rows, IntervalRow{Name: "A", Est: Estimate{Value: x, SE: se}, Head: i == 0})
			strip = append(strip, StripDot{Value: x, Fill: GroupLow})
			points = append(points, YearValue{Year: 2011 + i, Value: x, SE: se})
			diffs = append(diffs, Difference{Name: "A", Est: Estimate{Value: x, SE: se}, Clear: i%2 == 0})
			profile = append(profile, ProfileRow{Name: "A", Est: Estimate{Value: x, SE: se}, Others: v, Groups: []Segment{{x, x, GroupLow}, {0, 1, GroupHigh}}})
		}
		series := []Run{{Name: "A", Points: points, Role: Line1}, {Name: "B", Role: Quiet}}
		for _, s := range []*Scene{
			Interval("a", e, odd.Draw(t, "lo"), odd.Draw(t, "hi"), w, v, "A"), Intervals("b", rows, v, w, "A", lang.Vi), Strip("c", strip, e, w, "A", lang.Vi),
			Series("d", series, []Break{{Year: 2013, Label: "B", Past: true}}, w, "A", lang.Vi), Sparkline("e", points, nil, w, 30, "A"), Compare("f", diffs, w, "A", lang.Vi),
			Profile("g", profile, w, "A", lang.Vi), Distribution("h", v, func(float64) Role { return GroupLow }, e.Value, "A", w, "A", lang.Vi),
			Multiples("i", []Panel{{Name: "A", Runs: series}, {Name: "B"}}, []Break{{Year: 2013}}, true, w, "A", lang.Vi), GroupBar("j", v, make([]Role, len(v)), w, "A"),
		} {
			for _, bad := range []string{"NaN", "Inf", "922337203685477580"} {
				if strings.Contains(s.SVG(), bad) {
					t.Fatalf("%s writes %s: %s", s.ID, bad, s.SVG())
				}
			}
			if !(s.Width > 0 && s.Height > 0 && s.Height < 1e5) {
				t.Fatalf("%s is %g × %g", s.ID, s.Width, s.Height)
			}
			onSheet(t, s, s.marks, at{})
		}
	})
}

// onSheet holds every mark but text to the sheet, with a few pixels for strokes.
func onSheet(t *rapid.T, s *Scene, marks []mark, origin at) {
	hold := func(points ...at) {
		for _, p := range points {
			if x, y := p.x+origin.x, p.y+origin.y; !(x > -8 && y > -8 && x < s.Width+8 && y < s.Height+8) {
				t.Fatalf("%s: a mark at (%g, %g) on %g × %g", s.ID, x, y, s.Width, s.Height)
			}
		}
	}
	for _, m := range marks {
		switch m := m.(type) {
		case link:
			onSheet(t, s, m.marks, origin)
		case group:
			onSheet(t, s, m.marks, origin)
		case moved:
			onSheet(t, s, m.marks, at{origin.x + m.x, origin.y + m.y})
		case line:
			hold(m.points...)
		case rect:
			hold(m.ring()...)
		case circle:
			hold(m.at)
		case hatch:
			hold(slices.Concat(m.rings...)...)
		}
	}
}

func TestTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(-1000, 1000).Draw(t, "lo")
		hi := lo + rapid.Float64Range(0.01, 1000).Draw(t, "span")
		n := rapid.IntRange(2, 12).Draw(t, "n")
		ticks := Scale{Lo: lo, Hi: hi}.Ticks(n)
		if len(ticks) > 3*n+2 {
			t.Fatalf("%d ticks where about %d were asked", len(ticks), n)
		}
		for i, v := range ticks {
			if v < lo-1e-6 || v > hi+1e-6 || i > 0 && v <= ticks[i-1] {
				t.Fatalf("ticks %v on %g … %g", ticks, lo, hi)
			}
		}
	})
}

func TestPathIsShort(t *testing.T) {
	for _, tt := range []struct {
		ring []at
		want string
	}{
		{[]at{{0, 0}, {1, 0}, {1.5, 0.5}, {1.5, -3}, {11.7, 7}}, "M0 0l1 0 .5.5 0-3.5 10.2 10z"},
		{[]at{{10.04, 2}, {10.01, 2}, {9.9, 2.3}}, "M10 2l-.1.3z"},
	} {
		w := &svgWriter{}
		if w.path([][]at{tt.ring}, true); string(w.out) != tt.want {
			t.Errorf("%v: %s, want %s", tt.ring, w.out, tt.want)
		}
	}
}

// TestPathReadsBack parses written paths by SVG's own rules: what is drawn is what was meant, to a twentieth of a pixel
// and without drift.
func TestPathReadsBack(t *testing.T) {
	number := regexp.MustCompile(`-?(\d+(\.\d+)?|\.\d+)`)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		ring := make([]at, n)
		for i := range ring {
			ring[i] = at{rapid.Float64Range(-2000, 2000).Draw(t, "x"), rapid.Float64Range(-50, 50).Draw(t, "y")}
		}
		w := &svgWriter{}
		w.path([][]at{ring}, false)
		var got []float64
		for _, s := range number.FindAllString(string(w.out), -1) {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		if len(got)%2 != 0 {
			t.Fatalf("%s: %d numbers", w.out, len(got))
		}
		x, y, k := 0.0, 0.0, 0
		for i, p := range ring {
			if i > 0 && tenths(p.x) == tenths(ring[i-1].x) && tenths(p.y) == tenths(ring[i-1].y) {
				continue
			}
			x, y, k = x+got[k], y+got[k+1], k+2
			if math.Abs(x-p.x) > 0.0501 || math.Abs(y-p.y) > 0.0501 {
				t.Fatalf("point %d is (%g, %g), want (%g, %g) in %s", i, x, y, p.x, p.y, w.out)
			}
		}
	})
}

// BenchmarkMapSVG: the 63 coarse provinces; bound 5 ms.
func BenchmarkMapSVG(b *testing.B) {
	sheet, u := geo.Coarse(geo.Former).Lay(720), units(geo.Former)
	for b.Loop() {
		Map("m", sheet, u, "t", lang.Vi).SVG()
	}
}

// BenchmarkMapPNG: the same as a picture of 1440 × 1490 pixels; bound 300 ms.
func BenchmarkMapPNG(b *testing.B) {
	sheet, u := geo.Coarse(geo.Former).Lay(720), units(geo.Former)
	for b.Loop() {
		if _, err := Map("m", sheet, u, "t", lang.Vi).PNG(2); err != nil {
			b.Fatal(err)
		}
	}
}
