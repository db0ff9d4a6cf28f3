package chart

import (
	_ "embed" // the typeface travels inside the program
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
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

// weight is the index of a face.
func weight(bold bool) int {
	if bold {
		return 1
	}
	return 0
}

// equal is the width that figures and signs share, by face: the face itself has none, so each stands in the middle of
// such a cell, as in the fonts of the page ("VN Tabular").
var equal = [2]uint16{660, 672}

// isFigure tells the characters that are set to equal width.
func isFigure(r rune) bool { return r >= '0' && r <= '9' || r == '+' || r == '−' }

// advances holds the width of every character the faces have, in thousandths of the size: labels are measured for
// every drawing, and asking the font file each time costs more than drawing them.
var advances = sync.OnceValue(func() *[2][0x2300]uint16 {
	var out [2][0x2300]uint16
	for i, f := range faces() {
		var buf sfnt.Buffer
		for r := range rune(len(out[i])) {
			g, err := f.GlyphIndex(&buf, r)
			if err != nil {
				continue
			}
			if a, err := f.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone); err == nil {
				out[i][r] = uint16(a.Round())
			}
			if isFigure(r) {
				out[i][r] = equal[i]
			}
		}
	}
	return &out
})

// TextWidth gives the width in CSS pixels of a text (NFC) set at a size, from the face's own metrics, without kerning,
// figures at equal width.
// A character the face does not have is taken as wide as its letter M.
func TextWidth(s string, size float64, bold bool) float64 {
	widths := &advances()[weight(bold)]
	total := 0
	for _, r := range s {
		if int(r) >= len(widths) {
			r = 'M'
		}
		total += int(widths[r])
	}
	return float64(total) * size / 1000
}

// Wrap breaks a text at spaces into lines no wider than width; a word that is wider stands alone.
func Wrap(s string, size float64, bold bool, width float64) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		joined := word
		if line != "" {
			joined = line + " " + word
		}
		if line != "" && TextWidth(joined, size, bold) > width {
			lines, joined = append(lines, line), word
		}
		line = joined
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// Shorten cuts a text that is wider than its room after a whole character and ends it with an ellipsis.
func Shorten(s string, size float64, bold bool, room float64) string {
	if TextWidth(s, size, bold) <= room+0.5 {
		return s
	}
	short := []rune(s)
	for len(short) > 0 && TextWidth(string(short)+"…", size, bold) > room {
		short = short[:len(short)-1]
	}
	return strings.TrimRight(string(short), " ") + "…"
}
