package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
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

	"golang.org/x/image/font/sfnt"
	"pgregory.net/rapid"

	"thuoc/internal/geo"
	"thuoc/internal/lang"
)

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
	for _, name := range []string{"interval", "interval-unknown", "profile", "share", "spark", "compare-narrow", "intervals-wide", "distribution-narrow", "series-wide", "groups-wide"} {
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

// TestPictures: every kind at two scales has the size that was asked, the same bytes each time, and the exact colours
// of what it shows.
func TestPictures(t *testing.T) {
	for name, s := range scenes() {
		for _, scale := range []float64{1, 1.5} {
			data, err := s.PNG(scale)
			if err != nil {
				t.Fatal(err)
			}
			if scale == 1 {
				if again, _ := s.PNG(scale); !bytes.Equal(data, again) {
					t.Errorf("%s: the same scene gave two pictures", name)
				}
			}
			img, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if w, h := int(math.Ceil(s.Width*scale)), int(math.Ceil(s.Height*scale)); img.Bounds().Dx() != w || img.Bounds().Dy() != h {
				t.Errorf("%s at %g: %v, want %d × %d", name, scale, img.Bounds().Size(), w, h)
			}
			seen := colours(img)
			for _, role := range shown(s.marks) {
				if !seen[palette[role]] {
					t.Errorf("%s at %g: no pixel in the colour of %s", name, scale, role)
				}
			}
		}
	}
}

func colours(img image.Image) map[color.Color]bool {
	p := img.(*image.Paletted)
	var used [256]bool
	for _, i := range p.Pix {
		used[i] = true
	}
	seen := map[color.Color]bool{}
	for i, c := range p.Palette {
		if used[i] {
			seen[color.NRGBAModel.Convert(c)] = true
		}
	}
	return seen
}

// shown lists the fills that a picture must show: those of areas wide enough for a whole pixel.
func shown(marks []mark) []Role {
	var out []Role
	for _, m := range marks {
		switch m := m.(type) {
		case link:
			out = append(out, shown(m.marks)...)
		case moved:
			out = append(out, shown(m.marks)...)
		case group:
			if m.when == whenWide {
				out = append(out, shown(m.marks)...)
			}
		case polygon:
			out = append(out, m.role)
		case rect:
			if m.w > 4 && m.h > 4 && m.role != Past && m.role != Axis {
				out = append(out, m.role)
			}
		case circle:
			if m.r > 3 && m.role == Surface {
				out = append(out, m.role)
			}
		}
	}
	return out
}

func TestPicturesAreBounded(t *testing.T) {
	data, err := (&Scene{Width: 20_000, Height: 20_000, Title: "A"}).PNG(4)
	if err != nil {
		t.Fatal(err)
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width*c.Height > MaxPixels*101/100 {
		t.Errorf("%d × %d pixels: %v", c.Width, c.Height, err)
	}
}

// TestTextsDoNotOverlap: no text lies on another, in any kind, width, or form of a map.
func TestTextsDoNotOverlap(t *testing.T) {
	for name, s := range scenes() {
		for _, form := range []when{whenWide, whenNarrow} {
			all := texts(s.marks, form, at{})
			for i, a := range all {
				for _, b := range all[:i] {
					x, y := a.box().grow(-1.5), b.box().grow(-1.5)
					if x.meets(&y) {
						t.Errorf("%s, %s: %q and %q overlap", name, form, a.body, b.body)
					}
				}
			}
		}
	}
}

// texts gives the texts that a form shows, where they stand.
func texts(marks []mark, form when, origin at) []text {
	var out []text
	for _, m := range marks {
		switch m := m.(type) {
		case link:
			out = append(out, texts(m.marks, form, origin)...)
		case moved:
			out = append(out, texts(m.marks, form, at{origin.x + m.x, origin.y + m.y})...)
		case group:
			if m.when == form {
				out = append(out, texts(m.marks, form, origin)...)
			}
		case text:
			m.x, m.y = m.x+origin.x, m.y+origin.y
			out = append(out, m)
		}
	}
	return out
}

// TestTablesSayWhatDrawingsSay: a figure that stands alone on a page brings its facts as text.
func TestTablesSayWhatDrawingsSay(t *testing.T) {
	small := []string{"interval", "interval-unknown", "profile", "share", "spark"}
	for name, s := range scenes() {
		if slices.Contains(small, name) {
			continue
		}
		if len(s.Table.Columns) == 0 || len(s.Table.Rows) == 0 {
			t.Errorf("%s has no table", name)
		}
		for _, row := range s.Table.Rows {
			if len(row) != len(s.Table.Columns) {
				t.Errorf("%s: a row of %d cells under %d columns", name, len(row), len(s.Table.Columns))
			}
		}
	}
}

// TestFaceHasEveryLetter: a picture sets no empty box for a letter of Vietnamese or a sign that figures use.
func TestFaceHasEveryLetter(t *testing.T) {
	const letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
	for i, f := range faces() {
		var buf sfnt.Buffer
		for _, r := range letters + strings.ToUpper(letters) + "0123456789 .,:;!?()[]/%+−-–—±×≈≤≥…“”‘’'\"&·°" {
			if g, err := f.GlyphIndex(&buf, r); err != nil || g == 0 {
				t.Errorf("face %d has no %q", i, r)
			}
		}
	}
}

func TestWrapAndShorten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"Thừa", "Thiên", "Huế", "nghiêng", "ở", "Đắk"})).Draw(t, "words"), " ")
		width := rapid.Float64Range(60, 400).Draw(t, "width")
		lines := Wrap(s, 13, false, width)
		if strings.Join(lines, " ") != s {
			t.Fatalf("%q lost words: %q", s, lines)
		}
		for _, l := range append(lines, Shorten(s, 13, false, width)) {
			if TextWidth(l, 13, false) > width+0.5 {
				t.Fatalf("%q is wider than %g", l, width)
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

// BenchmarkMapSVG: the 63 coarse provinces for a page, both forms with their labels; bound 1 ms of processor time,
// of which half is placing labels.
func BenchmarkMapSVG(b *testing.B) {
	sheet, u := geo.Coarse(geo.Former).Lay(720), units(geo.Former)
	for b.Loop() {
		Map("m", sheet, u, "t", lang.Vi).SVG()
	}
}

// BenchmarkSVG: writing the same scene again; bound 0.5 ms.
func BenchmarkSVG(b *testing.B) {
	s := Map("m", geo.Coarse(geo.Former).Lay(720), units(geo.Former), "t", lang.Vi)
	for b.Loop() {
		s.SVG()
	}
}

// BenchmarkIntervalSVG: one cell of a table; bound 10 µs.
func BenchmarkIntervalSVG(b *testing.B) {
	for b.Loop() {
		Interval("c", Estimate{Value: 42, SE: 0.5, Printed: 1.645}, 38, 48, 220, []float64{43.4}, "42,00 ± 0,98").SVG()
	}
}

// BenchmarkMapPNG: the same map as a picture, at 720 × 747 pixels (bound 40 ms) and four times as many (bound 100 ms).
func BenchmarkMapPNG(b *testing.B) {
	sheet, u := geo.Coarse(geo.Former).Lay(720), units(geo.Former)
	for _, scale := range []float64{1, 2} {
		b.Run(fmt.Sprintf("scale=%g", scale), func(b *testing.B) {
			for b.Loop() {
				if _, err := Map("m", sheet, u, "t", lang.Vi).PNG(scale); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestPeople: as many people are marked as the share says, never more than there are, and none for what is no share.
func TestPeople(t *testing.T) {
	for share, want := range map[float64]int{0: 0, 0.04: 0, 0.05: 1, 0.449: 4, 0.45: 5, 0.97: 10, 1: 10, 7: 10, -1: 0} {
		s := People("p", share, "title").SVG()
		if got := strings.Count(s, `<circle class="accent"`); got != want || strings.Count(s, "<circle") != 10 {
			t.Errorf("a share of %g marks %d people, want %d: %s", share, got, want, s)
		}
	}
	if n := OfTen(math.NaN()); n != 0 {
		t.Errorf("what is no number marks %d", n)
	}
}
