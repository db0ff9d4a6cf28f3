package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// raster paints a scene's marks on pixels.
type raster struct {
	img     *image.RGBA
	scale   float64
	origin  at // of the marks being painted
	z       vector.Rasterizer
	faces   map[[2]int]font.Face
	stripes []tint // of the diagonals, by x+y
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
	if err := enc.Encode(&out, paletted(r.img)); err != nil {
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
	r.rings(rings, box)
	r.z.Draw(r.img, box, src, box.Min)
}

// rings puts closed rings into the rasterizer, for painting within a box.
func (r *raster) rings(rings [][]at, box image.Rectangle) {
	r.z.Reset(box.Dx(), box.Dy())
	for _, ring := range rings {
		for i, p := range ring {
			x, y := float32((p.x+r.origin.x)*r.scale-float64(box.Min.X)), float32((p.y+r.origin.y)*r.scale-float64(box.Min.Y))
			if i == 0 {
				r.z.MoveTo(x, y)
			} else {
				r.z.LineTo(x, y)
			}
		}
		r.z.ClosePath()
	}
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
	x0, x1, y0, y1 = x0+r.origin.x, x1+r.origin.x, y0+r.origin.y, y1+r.origin.y
	return image.Rect(int(math.Floor(x0*s)), int(math.Floor(y0*s)), int(math.Ceil(x1*s))+1, int(math.Ceil(y1*s))+1).Intersect(r.img.Bounds())
}

func (p polygon) raster(r *raster) {
	r.fill(p.rings, image.NewUniform(palette[p.role]))
	if !p.edge {
		return
	}
	for _, ring := range p.rings {
		closed := append(slices.Clone(ring), ring[:min(1, len(ring))]...)
		line{points: closed, role: Border, width: 0.7}.raster(r)
	}
}

// raster paints 45° lines through a mask of the rings, the twin of the SVG pattern.
func (h hatch) raster(r *raster) {
	box := r.box(h.rings)
	if box.Empty() {
		return
	}
	if r.stripes == nil {
		r.stripes = diagonals(r.img.Rect.Dx()+r.img.Rect.Dy(), r.scale)
	}
	inside := image.NewAlpha(box)
	r.rings(h.rings, box)
	r.z.Draw(inside, box, image.Opaque, image.Point{})
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := r.img.Pix[r.img.PixOffset(box.Min.X, y):]
		for i, a := range inside.Pix[inside.PixOffset(box.Min.X, y) : inside.PixOffset(box.Max.X-1, y)+1] {
			if t := r.stripes[box.Min.X+i+y]; a > 0 && t != (tint{}) {
				t.over(row[4*i:4*i+3], int(a))
			}
		}
	}
}

// tint is how much white and how much ink the diagonals lay over a pixel, of 255.
type tint struct{ white, ink uint8 }

// over paints the tint on a pixel through a cover of 0 to 255.
func (t tint) over(pixel []uint8, cover int) {
	ink := palette[OnLight]
	for c, dark := range []uint8{ink.R, ink.G, ink.B} {
		v := int(pixel[c])
		v += (255 - v) * int(t.white) * cover / (255 * 255)
		v += (int(dark) - v) * int(t.ink) * cover / (255 * 255)
		pixel[c] = uint8(v)
	}
}

// diagonals gives the tints for n values of x+y: white lines of 1.4 at every 5 units, a hairline of ink along each.
func diagonals(n int, scale float64) []tint {
	out := make([]tint, n)
	unit := math.Sqrt2 * scale // of x+y, a unit across the lines
	for i := range out {
		at := math.Mod(float64(i), 5*unit)
		white := max(0, min(1, at+0.5, 1.4*unit-at+0.5))
		ink := max(0, min(1, at-1.4*unit+0.5, 1.9*unit-at+0.5))
		out[i] = tint{uint8(217 * white), uint8(102 * ink)}
	}
	return out
}

func (c circle) raster(r *raster) {
	r.fill([][]at{disc(c.at, c.r)}, image.NewUniform(palette[c.role]))
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

// disc is a circle as a ring.
func disc(c at, radius float64) []at {
	const n = 24
	ring := make([]at, n)
	for i := range ring {
		a := 2 * math.Pi * float64(i) / n
		ring[i] = at{c.x + radius*math.Cos(a), c.y + radius*math.Sin(a)}
	}
	return ring
}

func (d dots) raster(r *raster) {
	for _, p := range d.points {
		r.fill([][]at{disc(p, d.r)}, image.NewUniform(palette[d.role]))
	}
}

func (l line) raster(r *raster) {
	var strokes [][]at
	for i := 1; i < len(l.points); i++ {
		a, b := l.points[i-1], l.points[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		switch {
		case length == 0:
		case l.dash:
			for t := 0.0; t < length; t += 7 {
				u := min(t+4, length)
				strokes = append(strokes, stroke(at{a.x + (b.x-a.x)*t/length, a.y + (b.y-a.y)*t/length},
					at{a.x + (b.x-a.x)*u/length, a.y + (b.y-a.y)*u/length}, l.width))
			}
		default:
			strokes = append(strokes, stroke(a, b, l.width))
			if l.width > 1 && i > 1 {
				joint := disc(a, l.width/2)
				slices.Reverse(joint) // all rings turn one way, or the paint of one would take away another's
				strokes = append(strokes, joint)
			}
		}
	}
	r.fill(strokes, image.NewUniform(palette[l.role]))
}

// stroke is one straight piece of a line as a thin box, a little longer than the piece so that joints close.
func stroke(a, b at, width float64) []at {
	length, half := math.Hypot(b.x-a.x, b.y-a.y), width/2
	dx, dy := (b.x-a.x)/length*half, (b.y-a.y)/length*half
	a, b = at{a.x - dx/2, a.y - dy/2}, at{b.x + dx/2, b.y + dy/2}
	return []at{{a.x - dy, a.y + dx}, {b.x - dy, b.y + dx}, {b.x + dy, b.y - dx}, {a.x + dy, a.y - dx}}
}

// face gives the face of a text at the picture's scale.
func (r *raster) face(t text) (font.Face, error) {
	key := [2]int{weight(t.bold), int(math.Round(t.size * r.scale * 4))}
	if f := r.faces[key]; f != nil {
		return f, nil
	}
	f, err := opentype.NewFace(faces()[key[0]], &opentype.FaceOptions{Size: t.size * r.scale, DPI: 72})
	if err == nil {
		r.faces[key] = f
	}
	return f, err
}

// raster sets the letters once as a mask, and paints through it: the halo in a ring of places, then the text.
func (t text) raster(r *raster) {
	face, err := r.face(t)
	if err != nil {
		return
	}
	t.x, t.y = t.x+r.origin.x, t.y+r.origin.y
	box := t.box().grow(2)
	left, top := math.Floor(box.x*r.scale), math.Floor(box.y*r.scale)
	mask := image.NewAlpha(image.Rect(0, 0, int(math.Ceil(box.w*r.scale))+1, int(math.Ceil(box.h*r.scale))+1))
	start := (t.box().x)*r.scale - left
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: face, Dot: fixed.Point26_6{Y: fixed.Int26_6((t.y*r.scale - top) * 64)}}
	for _, c := range t.body {
		cell := TextWidth(string(c), t.size, t.bold) * r.scale
		d.Dot.X = fixed.Int26_6(start * 64)
		if own, ok := face.GlyphAdvance(c); ok && isFigure(c) {
			d.Dot.X = fixed.Int26_6((start+cell/2)*64) - own/2
		}
		d.DrawString(string(c))
		start += cell
	}
	paint := func(c color.Color, dx, dy float64) {
		to := mask.Rect.Add(image.Pt(int(left)+int(math.Round(dx)), int(top)+int(math.Round(dy))))
		draw.DrawMask(r.img, to, image.NewUniform(c), image.Point{}, mask, image.Point{}, draw.Over)
	}
	if t.halo != noHalo {
		for i := range 12 {
			a := 2 * math.Pi * float64(i) / 12
			paint(rims[t.halo], 1.3*r.scale*math.Cos(a), 1.3*r.scale*math.Sin(a))
		}
	}
	paint(palette[t.role], 0, 0)
}

func (l link) raster(r *raster) {
	for _, m := range l.marks {
		m.raster(r)
	}
}

func (g group) raster(r *raster) {
	if g.when == whenNarrow {
		return
	}
	for _, m := range g.marks {
		m.raster(r)
	}
}
