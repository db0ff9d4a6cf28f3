package upload_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"thuoc/internal/fault"
	"thuoc/internal/upload"
)

// shot is a JPEG of 40 × 20 with a red left half, taken on its side, with a time, a place and a maker in its EXIF part.
func shot(t testing.TB, orientation uint16) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		for y := range 20 {
			m.Set(x, y, color.White)
			if x < 20 {
				m.Set(x, y, color.RGBA{255, 0, 0, 255})
			}
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	b := plain.Bytes()
	raw := camera(orientation)
	segment := append([]byte{0xff, 0xe1, 0, 0}, append([]byte("Exif\x00\x00"), raw...)...)
	binary.BigEndian.PutUint16(segment[2:], uint16(len(segment)-2))
	return append(append(append([]byte{}, b[:2]...), segment...), b[2:]...)
}

// camera is the EXIF structure: IFD0 with orientation, pointers to the EXIF and the GPS directory.
func camera(orientation uint16) []byte {
	le := binary.LittleEndian
	var b []byte
	short := func(v uint16) { b = le.AppendUint16(b, v) }
	long := func(v uint32) { b = le.AppendUint32(b, v) }
	entry := func(tag, kind uint16, count, value uint32) { short(tag); short(kind); long(count); long(value) }
	b = append(b, "II*\x00"...)
	long(8)
	short(3) // at 8: three entries, ends at 8+2+36+4 = 50
	entry(0x0112, 3, 1, uint32(orientation))
	entry(0x8769, 4, 1, 50)
	entry(0x8825, 4, 1, 88)
	long(0)
	short(1) // at 50: one entry, ends at 68; the text stands at 68, 20 bytes
	entry(0x9003, 2, 20, 68)
	long(0)
	b = append(b, "2026:05:01 07:30:00\x00"...)
	short(4) // at 88: four entries, ends at 142; the numbers stand at 142 and 166
	entry(1, 2, 2, 'N')
	entry(2, 5, 3, 142)
	entry(3, 2, 2, 'E')
	entry(4, 5, 3, 166)
	long(0)
	for _, v := range []uint32{10, 1, 30, 1, 0, 1, 106, 1, 15, 1, 3600, 100} {
		long(v)
	}
	return append(b, "SecretCameraMaker"...)
}

func TestAPhotoIsMadeAnew(t *testing.T) {
	p, err := upload.Clean(shot(t, 6))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 5, 1, 0, 30, 0, 0, time.UTC); !p.Taken.Equal(want) {
		t.Errorf("taken %v, want %v", p.Taken, want)
	}
	if p.Place == nil || p.Place.Lat != 10.5 || p.Place.Lon != 106.26 {
		t.Errorf("taken at %+v", p.Place)
	}
	if bytes.Contains(p.JPEG, []byte("Exif")) || bytes.Contains(p.JPEG, []byte("SecretCameraMaker")) || bytes.Contains(p.JPEG, []byte("2026:05:01")) {
		t.Error("what the camera wrote has passed")
	}
	m, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dx() != 20 || m.Bounds().Dy() != 40 { // 6: the left of what was taken is above
		t.Fatalf("the picture is %v", m.Bounds())
	}
	if r, g, _, _ := m.At(10, 5).RGBA(); r < 0xc000 || g > 0x4000 {
		t.Error("the picture does not stand upright")
	}
}

// Every turn keeps the corner that was red where EXIF says the picture's top left is.
func TestTurns(t *testing.T) {
	for turn, red := range map[uint16]image.Point{1: {2, 2}, 2: {37, 2}, 3: {37, 17}, 4: {2, 17}, 5: {2, 2}, 6: {17, 2}, 7: {17, 37}, 8: {2, 37}} {
		p, err := upload.Clean(shot(t, turn))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			t.Fatal(err)
		}
		if r, g, _, _ := m.At(red.X, red.Y).RGBA(); r < 0xc000 || g > 0x6000 {
			t.Errorf("turn %d: %v of %v is not red", turn, red, m.Bounds())
		}
	}
}

// bomb is a PNG of a few bytes that says it has many pixels.
func bomb(w, h uint32) []byte {
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, w)
	binary.BigEndian.PutUint32(head[4:], h)
	head[8], head[9] = 8, 6
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
	b = append(b, head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:]))
}

func packed(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		f, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		size := 10
		if n == "big" {
			size = 210 << 20
		}
		for part := make([]byte, 1<<20); size > 0; size -= len(part) {
			if _, err := f.Write(part[:min(size, len(part))]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileFiles(t *testing.T) {
	small := image.NewGray(image.Rect(0, 0, 3, 3))
	var ok bytes.Buffer
	if err := png.Encode(&ok, small); err != nil {
		t.Fatal(err)
	}
	if _, err := upload.Clean(ok.Bytes()); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		b     []byte
		photo bool
		says  string
	}{
		"a picture of 100 million points": {bomb(10_000, 10_000), true, "million"}, "one of 4 000 million": {bomb(1<<16, 1<<16), true, "million"},
		"SVG with a script": {[]byte(`<?xml version="1.0"?><svg onload="x()">`), true, "SVG"}, "a page as a photo": {[]byte("<html><script>"), true, "web page"},
		"half a photo": {shot(t, 1)[:400], true, "damaged"}, "an empty photo": {nil, true, "empty"},
		"a program": {[]byte("MZ\x90\x00\x03"), false, "program"}, "a script": {[]byte("#!/bin/sh\nrm"), false, "program"}, "a page": {[]byte("<!DOCTYPE html><p>"), false, "web page"},
		"macros": {packed(t, "word/document.xml", "word/vbaProject.bin"), false, "macros"}, "a bomb": {packed(t, "word/document.xml", "big"), false, "fill"},
		"an archive": {packed(t, "a.txt"), false, "Packed"}, "a broken archive": {[]byte("PK\x03\x04nothing"), false, "damaged"}, "text": {[]byte("hello"), false, "kind"},
	} {
		var err error
		if c.photo {
			_, err = upload.Clean(c.b)
		} else {
			_, err = upload.Look("../../etc/x.pdf", c.b)
		}
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := upload.Look(`C:\Users\a"b/..\Báo cáo "quý".docx`, packed(t, "[Content_Types].xml", "word/document.xml"))
	if err != nil || p.Name != "Báo cáo quý.docx" || !strings.HasSuffix(p.Mime, "wordprocessingml.document") {
		t.Errorf("%+v, %v", p, err)
	}
}

// Nothing that is sent as a photo brings the reader down.
func FuzzClean(f *testing.F) {
	f.Add(shot(f, 6))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Add(bomb(9, 9))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := upload.Clean(b); err == nil && len(p.JPEG) == 0 {
			t.Error("no fault and no picture")
		}
	})
}
