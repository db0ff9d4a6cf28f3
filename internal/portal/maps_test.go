package portal

import (
	"image"
	"image/png"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/geo"
)

// mapViews are the states in which a page draws a map: both frames, as areas and as tiles, with errors and without, of
// the composite and of a topic.
var mapViews = []string{
	"nam=2022", "nam=2022&dg=34", "nam=2022&xem=o-vuong", "nam=2022&xem=o-vuong&dg=34", "nam=2024", "nam=2024&nd=D4&dg=34", "nam=2022&nd=1.1.1",
}

// mapOutputs are all ways a map leaves the house, but for pictures.
func mapOutputs(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, view := range mapViews {
		for _, way := range []string{"/?", "/ban-do?", "/ban-do.svg?", "/nhung/ban-do?"} {
			all = append(all, way+view, twinOf(t, way+view))
		}
	}
	return all
}

// TestArchipelagos holds every map output to both archipelagos, each with its name and its owner.
func TestArchipelagos(t *testing.T) {
	for _, address := range mapOutputs(t) {
		l := languageOf(address)
		w := get(t, address)
		if w.Code != http.StatusOK {
			t.Fatalf("%s is answered by %d", address, w.Code)
		}
		for _, a := range geo.Archipelagos {
			for _, want := range []string{a.Name.In(l), a.Owner.In(l)} {
				if !regexp.MustCompile(`<text[^>]*>[^<]*` + want).MatchString(w.Body.String()) { // written, not only named
					t.Errorf("%s lacks %q", address, want)
				}
			}
		}
	}
}

// TestArchipelagosInPictures: what the SVG says of the archipelagos stands in the PNG at the same place as ink.
func TestArchipelagosInPictures(t *testing.T) {
	for _, view := range mapViews {
		svg := get(t, "/ban-do.svg?"+view).Body.String()
		img, err := png.Decode(get(t, "/ban-do.png?"+view).Body)
		if err != nil {
			t.Fatalf("%s: %v", view, err)
		}
		width := number(t, regexp.MustCompile(`<svg[^>]* width="([\d.]+)"`).FindStringSubmatch(svg)[1])
		scale := float64(img.Bounds().Dx()) / width
		for _, a := range geo.Archipelagos {
			for _, words := range []string{a.Name.VI, a.Owner.VI} {
				found := false
				for _, at := range placesOf(t, svg, words) {
					found = found || inked(img, at, scale)
				}
				if !found {
					t.Errorf("%s: the picture has no ink where the drawing says %q", view, words)
				}
			}
		}
	}
}

// label is a text of a drawing: where its line stands, moved by the groups around it, and its size.
type label struct{ x, y, size float64 }

var textPattern = regexp.MustCompile(`<text[^>]* x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)"[^>]*>([^<]*)</text>`)

var movePattern = regexp.MustCompile(`<g transform="translate\(([-\d.]+)[ ,]([-\d.]+)\)">|</?g\b[^>]*>`)

// placesOf finds the texts of a drawing that hold the words.
func placesOf(t *testing.T, svg, words string) []label {
	t.Helper()
	var out []label
	for _, m := range textPattern.FindAllStringSubmatchIndex(svg, -1) {
		if !strings.Contains(svg[m[8]:m[9]], words) {
			continue
		}
		at := label{number(t, svg[m[2]:m[3]]), number(t, svg[m[4]:m[5]]), number(t, svg[m[6]:m[7]])}
		var moves [][2]float64 // of the groups that are open here
		for _, g := range movePattern.FindAllStringSubmatch(svg[:m[0]], -1) {
			switch {
			case strings.HasPrefix(g[0], "</"):
				moves = moves[:len(moves)-1]
			case strings.HasSuffix(g[0], "/>"):
			case g[1] != "":
				moves = append(moves, [2]float64{number(t, g[1]), number(t, g[2])})
			default:
				moves = append(moves, [2]float64{})
			}
		}
		for _, mv := range moves {
			at.x, at.y = at.x+mv[0], at.y+mv[1]
		}
		out = append(out, at)
	}
	return out
}

// inked tells whether a picture has dark points on a light ground just above the line of a text.
func inked(img image.Image, at label, scale float64) bool {
	dark, light := 0, 0
	for dx := -20.0; dx <= 20; dx += 0.5 {
		for dy := -at.size * 0.6; dy <= 0; dy += 0.5 {
			r, g, b, _ := img.At(int(math.Round((at.x+dx)*scale)), int(math.Round((at.y+dy)*scale))).RGBA()
			if sum := r + g + b; sum < 3*0x9000 {
				dark++
			} else if sum > 3*0xC000 {
				light++
			}
		}
	}
	return dark > 20 && light > 20
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
