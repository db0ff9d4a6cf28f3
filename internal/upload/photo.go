package upload

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // is read
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // is read

	"thuoc/internal/fault"
)

// The bounds of photos.
const (
	mostPixels = 60_000_000 // of what is sent: above, opening it alone would take the memory of many others
	longSide   = 2560       // of what is kept, in pixels: a notice board stays readable
)

// Photo is a picture made anew.
type Photo struct {
	JPEG  []byte
	Taken time.Time // by the camera's clock, in the zone it says or else Vietnam's; zero where it says nothing
	Place *Point    // nil where the camera says nothing
}

// Point is a place on the earth, in degrees.
type Point struct{ Lat, Lon float64 }

// Clean reads a JPEG, PNG or WebP picture and makes it anew, upright and no larger than is kept. Nothing but the pixels
// passes; what the camera wrote of time and place is given beside it.
func Clean(b []byte) (Photo, error) {
	var p Photo
	if len(b) == 0 {
		return p, fault.New(fault.Invalid, "The file is empty. Choose it again.")
	}
	if len(b) > MostBytes {
		return p, fault.New(fault.Invalid, "The file is larger than %d MB. Send a smaller one.", MostBytes>>20)
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return p, notPicture(b, err)
	}
	if head.Width <= 0 || head.Height <= 0 || head.Width > mostPixels/head.Height {
		return p, fault.New(fault.Invalid, "The picture has %d × %d points, more than %d million. Take it smaller.", head.Width, head.Height, mostPixels/1_000_000)
	}
	picture, format, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return p, notPicture(b, err)
	}
	turn := 1
	if format == "jpeg" {
		var said exif
		said, _ = readExif(b) // what cannot be read is not said
		p.Taken, p.Place, turn = said.taken, said.place, said.turn
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(shrunk(picture), turn), &jpeg.Options{Quality: 85}); err != nil {
		return p, err
	}
	p.JPEG = out.Bytes()
	return p, nil
}

// notPicture words why a file is no picture.
func notPicture(b []byte, err error) error {
	if e := refuse(b); !bytes.HasPrefix(b, []byte("\xff\xd8")) && !bytes.HasPrefix(b, []byte("\x89PNG")) {
		return e
	}
	return &fault.Error{Kind: fault.Invalid, Text: fault.T("The picture is damaged. Take it again, or choose another."), Err: err}
}

// shrunk gives a picture of at most longSide on white: JPEG knows no transparency.
func shrunk(p image.Image) *image.RGBA {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if long := max(w, h); long > longSide {
		w, h = max(1, w*longSide/long), max(1, h*longSide/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), p, p.Bounds(), draw.Over, nil)
	return out
}

// upright turns a picture as EXIF's orientation asks (1 to 8; CIPA DC-008, tag 0x0112): where the pixel of (x, y) of the
// upright picture stands in the one that was taken.
func upright(p *image.RGBA, turn int) *image.RGBA {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	from, ok := map[int]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	}[turn]
	if !ok {
		return p
	}
	box := p.Bounds()
	if turn >= 5 {
		box = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(box)
	for y := range box.Dy() {
		for x := range box.Dx() {
			sx, sy := from(x, y)
			out.SetRGBA(x, y, p.RGBAAt(sx, sy))
		}
	}
	return out
}
