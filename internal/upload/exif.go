package upload

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"time"
)

// exif is what a camera wrote beside a picture, as far as we ask (CIPA DC-008, Exif 2.32).
type exif struct {
	turn  int // orientation, 1 = upright
	taken time.Time
	place *Point
}

// The tags that are read.
const (
	tagOrientation = 0x0112
	tagDateTime    = 0x0132
	tagExif        = 0x8769
	tagGPS         = 0x8825
	tagTaken       = 0x9003
	tagZone        = 0x9011
	tagLatRef      = 1
	tagLat         = 2
	tagLonRef      = 3
	tagLon         = 4
)

var errExif = errors.New("upload: the EXIF part cannot be read")

// readExif reads the EXIF part of a JPEG file.
func readExif(b []byte) (e exif, err error) {
	e.turn = 1
	raw := exifPart(b)
	if raw == nil {
		return e, errExif
	}
	t := tiff{b: raw}
	switch {
	case bytes.HasPrefix(raw, []byte("II*\x00")):
		t.order = binary.LittleEndian
	case bytes.HasPrefix(raw, []byte("MM\x00*")):
		t.order = binary.BigEndian
	default:
		return e, errExif
	}
	first, ok := t.long(4)
	if !ok {
		return e, errExif
	}
	main := t.directory(first)
	if v, ok := main[tagOrientation].number(); ok && v >= 1 && v <= 8 {
		e.turn = int(v)
	}
	taken, zone := main[tagDateTime].text(), ""
	if at, ok := main[tagExif].number(); ok {
		more := t.directory(at)
		if s := more[tagTaken].text(); s != "" {
			taken, zone = s, more[tagZone].text()
		}
	}
	e.taken = moment(taken, zone)
	if at, ok := main[tagGPS].number(); ok {
		e.place = t.directory(at).point()
	}
	return e, nil
}

// exifPart finds the EXIF bytes among the segments of a JPEG file.
func exifPart(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte("\xff\xd8")) {
		return nil
	}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff && b[1] != 0xda; {
		n := int(binary.BigEndian.Uint16(b[2:])) + 2
		if n < 4 || n > len(b) {
			return nil
		}
		if raw, ok := bytes.CutPrefix(b[4:n], []byte("Exif\x00\x00")); ok && b[1] == 0xe1 {
			return raw
		}
		b = b[n:]
	}
	return nil
}

// vietnam is the zone of a camera that names none.
var vietnam = time.FixedZone("", 7*3600)

// moment reads a camera's time: 2026:05:01 07:30:00, with +07:00 beside it or not.
func moment(s, zone string) time.Time {
	if t, err := time.Parse("2006:01:02 15:04:05 -07:00", s+" "+zone); err == nil {
		return t
	}
	t, err := time.ParseInLocation("2006:01:02 15:04:05", s, vietnam)
	if err != nil {
		return time.Time{}
	}
	return t
}

// tiff is a TIFF structure, which EXIF is.
type tiff struct {
	b     []byte
	order binary.ByteOrder
}

func (t tiff) long(at uint32) (uint32, bool) {
	if uint64(at)+4 > uint64(len(t.b)) {
		return 0, false
	}
	return t.order.Uint32(t.b[at:]), true
}

// entry is one value of a directory: its kind, and its bytes.
type entry struct {
	kind  uint16
	b     []byte
	order binary.ByteOrder
}

type directory map[uint16]entry

// sizes are the bytes of one value of each kind.
var sizes = map[uint16]uint32{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}

// directory reads the entries at a place; one that points outside is left out.
func (t tiff) directory(at uint32) directory {
	d := directory{}
	if uint64(at)+2 > uint64(len(t.b)) {
		return d
	}
	n := int(t.order.Uint16(t.b[at:]))
	for i := range n {
		start := uint64(at) + 2 + uint64(i)*12
		if start+12 > uint64(len(t.b)) {
			break
		}
		raw := t.b[start : start+12]
		kind, count := t.order.Uint16(raw[2:]), t.order.Uint32(raw[4:])
		size := uint64(sizes[kind]) * uint64(count)
		value := raw[8:12]
		if size > 4 {
			from := uint64(t.order.Uint32(raw[8:]))
			if from+size > uint64(len(t.b)) {
				continue
			}
			value = t.b[from : from+size]
		} else if size > 0 {
			value = value[:size]
		}
		d[t.order.Uint16(raw)] = entry{kind, value, t.order}
	}
	return d
}

// number reads a whole number of 16 or 32 bits.
func (e entry) number() (uint32, bool) {
	switch {
	case e.kind == 3 && len(e.b) >= 2:
		return uint32(e.order.Uint16(e.b)), true
	case e.kind == 4 && len(e.b) >= 4:
		return e.order.Uint32(e.b), true
	}
	return 0, false
}

func (e entry) text() string {
	if e.kind != 2 {
		return ""
	}
	return strings.TrimSpace(strings.TrimRight(string(e.b), "\x00"))
}

// degrees reads degrees, minutes and seconds.
func (e entry) degrees() (float64, bool) {
	if e.kind != 5 || len(e.b) < 24 {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for i := range 3 {
		over, under := e.order.Uint32(e.b[8*i:]), e.order.Uint32(e.b[8*i+4:])
		if under == 0 {
			return 0, false
		}
		sum += float64(over) / float64(under) / unit
		unit *= 60
	}
	return sum, true
}

// point reads a place, nil where it is none on earth.
func (d directory) point() *Point {
	lat, ok1 := d[tagLat].degrees()
	lon, ok2 := d[tagLon].degrees()
	if !ok1 || !ok2 || math.Abs(lat) > 90 || math.Abs(lon) > 180 {
		return nil
	}
	if d[tagLatRef].text() == "S" {
		lat = -lat
	}
	if d[tagLonRef].text() == "W" {
		lon = -lon
	}
	return &Point{lat, lon}
}
