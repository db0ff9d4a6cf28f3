package chart

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

//go:embed font/be-vietnam-pro-400.ttf
var regularTTF []byte

//go:embed font/be-vietnam-pro-600.ttf
var boldTTF []byte

// faces are Be Vietnam Pro (SIL Open Font License), cut to Vietnamese.
var faces = sync.OnceValue(func() [2]*sfnt.Font {
	var out [2]*sfnt.Font
	for i, data := range [][]byte{regularTTF, boldTTF} {
		f, err := opentype.Parse(data)
		if err != nil {
			panic(err)
		}
		out[i] = f
	}
	return out
})

func faceOf(bold bool) *sfnt.Font {
	if bold {
		return faces()[1]
	}
	return faces()[0]
}

// TextWidth gives the width in CSS pixels of a text set at a size, from the face's own metrics.
func TextWidth(s string, size float64, bold bool) float64 {
	var buf sfnt.Buffer
	f := faceOf(bold)
	total := fixed.Int26_6(0)
	for _, r := range s {
		g, err := f.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		if a, err := f.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone); err == nil {
			total += a
		}
	}
	return float64(total) / 64 * size / 1000
}

// raster paints a scene's marks on pixels.
type raster struct {
	img   *image.RGBA
	scale float64
	faces map[[2]int]font.Face
}

// MaxPixels bounds a picture, whatever scale is asked.
const MaxPixels = 24_000_000

// PNG renders the scene as a picture on white, light theme, at scale pixels a CSS pixel (1 to 4, less where the
// picture would pass MaxPixels).
func (s *Scene) PNG(scale float64) ([]byte, error) {
	scale = max(1, min(4, scale))
	if n := s.Width * s.Height * scale * scale; n > MaxPixels {
		scale *= math.Sqrt(MaxPixels / n)
	}
	r := &raster{
		img:   image.NewRGBA(image.Rect(0, 0, int(math.Ceil(s.Width*scale)), int(math.Ceil(s.Height*scale)))),
		scale: scale,
		faces: map[[2]int]font.Face{},
	}
	draw.Draw(r.img, r.img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, m := range s.marks {
		m.raster(r)
	}
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&out, r.img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// fill paints rings in a source, non-zero winding; holes are cut by even-odd where rings nest, which for areas drawn
// from a topology is the same thing.
func (r *raster) fill(rings [][]at, src image.Image) {
	box := r.box(rings)
	if box.Empty() {
		return
	}
	var z vector.Rasterizer
	z.Reset(box.Dx(), box.Dy())
	for _, ring := range rings {
		for i, p := range ring {
			x, y := float32(p.x*r.scale-float64(box.Min.X)), float32(p.y*r.scale-float64(box.Min.Y))
			if i == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
	}
	z.Draw(r.img, box, src, box.Min)
}

// box is the pixels that rings can touch, within the picture.
func (r *raster) box(rings [][]at) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, ring := range rings {
		for _, p := range ring {
			x0, x1, y0, y1 = min(x0, p.x), max(x1, p.x), min(y0, p.y), max(y1, p.y)
		}
	}
	if x0 > x1 {
		return image.Rectangle{}
	}
	s := r.scale
	return image.Rect(int(math.Floor(x0*s)), int(math.Floor(y0*s)), int(math.Ceil(x1*s))+1, int(math.Ceil(y1*s))+1).Intersect(r.img.Bounds())
}

func (p polygon) raster(r *raster) {
	r.fill(p.rings, image.NewUniform(palette[p.role]))
	for _, ring := range p.rings {
		closed := append(append([]at(nil), ring...), ring[:min(1, len(ring))]...)
		line{points: closed, role: Border, width: 0.6}.raster(r)
	}
}

// diagonals is an endless picture of white 45° lines, the twin of the SVG pattern.
type diagonals struct{ scale float64 }

func (diagonals) ColorModel() color.Model { return color.NRGBAModel }
func (diagonals) Bounds() image.Rectangle { return image.Rect(-1e6, -1e6, 1e6, 1e6) }
func (d diagonals) At(x, y int) color.Color {
	period := 6 * math.Sqrt2 * d.scale
	if math.Mod(float64(x-y)+1e6*period, period) < 1.7*math.Sqrt2*d.scale {
		return color.NRGBA{255, 255, 255, 230}
	}
	return color.NRGBA{}
}

func (h hatch) raster(r *raster) { r.fill(h.rings, diagonals{r.scale}) }

func (c circle) raster(r *raster) {
	const n = 28
	ring := make([]at, n)
	for i := range ring {
		a := 2 * math.Pi * float64(i) / n
		ring[i] = at{c.x + c.r*math.Cos(a), c.y + c.r*math.Sin(a)}
	}
	r.fill([][]at{ring}, image.NewUniform(palette[c.role]))
}

func (q rect) raster(r *raster) {
	if q.r == 0 {
		r.fill([][]at{q.ring()}, image.NewUniform(palette[q.role]))
		return
	}
	rad := min(q.r, q.w/2, q.h/2)
	var ring []at
	for corner, c := range []at{{q.x + q.w - rad, q.y + rad}, {q.x + q.w - rad, q.y + q.h - rad}, {q.x + rad, q.y + q.h - rad}, {q.x + rad, q.y + rad}} {
		for i := range 7 {
			a := math.Pi/2*(float64(corner)-1) + math.Pi/2*float64(i)/6
			ring = append(ring, at{c.x + rad*math.Cos(a), c.y + rad*math.Sin(a)})
		}
	}
	r.fill([][]at{ring}, image.NewUniform(palette[q.role]))
}

func (l line) raster(r *raster) {
	src := image.NewUniform(palette[l.role])
	for i := 1; i < len(l.points); i++ {
		a, b := l.points[i-1], l.points[i]
		if !l.dash {
			r.segment(a, b, l.width, src)
			continue
		}
		length := math.Hypot(b.x-a.x, b.y-a.y)
		for t := 0.0; t < length; t += 7 {
			u := min(t+4, length)
			r.segment(at{a.x + (b.x-a.x)*t/length, a.y + (b.y-a.y)*t/length}, at{a.x + (b.x-a.x)*u/length, a.y + (b.y-a.y)*u/length}, l.width, src)
		}
	}
}

// segment paints one stroke as a thin box, lengthened by half its width so that joints close.
func (r *raster) segment(a, b at, width float64, src image.Image) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return
	}
	half := width / 2
	dx, dy := (b.x-a.x)/length*half, (b.y-a.y)/length*half
	ax, ay, bx, by := a.x-dx, a.y-dy, b.x+dx, b.y+dy
	r.fill([][]at{{{ax - dy, ay + dx}, {bx - dy, by + dx}, {bx + dy, by - dx}, {ax + dy, ay - dx}}}, src)
}

func (t text) raster(r *raster) {
	bold := 0
	if t.bold {
		bold = 1
	}
	key := [2]int{bold, int(math.Round(t.size * r.scale * 4))}
	face := r.faces[key]
	if face == nil {
		var err error
		if face, err = opentype.NewFace(faceOf(t.bold), &opentype.FaceOptions{Size: t.size * r.scale, DPI: 72}); err != nil {
			return
		}
		r.faces[key] = face
	}
	x := t.x
	switch w := TextWidth(t.body, t.size, t.bold); t.anchor {
	case middle:
		x -= w / 2
	case end:
		x -= w
	}
	d := font.Drawer{Dst: r.img, Face: face}
	at := func(dx, dy float64) {
		d.Dot = fixed.Point26_6{X: fixed.Int26_6((x*r.scale + dx) * 64), Y: fixed.Int26_6((t.y*r.scale + dy) * 64)}
		d.DrawString(t.body)
	}
	if t.halo {
		d.Src = image.White
		for _, o := range [][2]float64{{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, 1}, {-1, 1}, {1, -1}} {
			at(o[0]*r.scale, o[1]*r.scale)
		}
	}
	d.Src = image.NewUniform(palette[t.role])
	at(0, 0)
}

func (l link) raster(r *raster) {
	for _, m := range l.marks {
		m.raster(r)
	}
}
