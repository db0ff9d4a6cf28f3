package chart

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// cell is a colour cut to five bits a channel.
type cell = uint16

func cellOf(r, g, b uint8) cell { return cell(r)>>3<<10 | cell(g)>>3<<5 | cell(b)>>3 }

// paletted reduces a picture to 256 colours: every role's colour stands exactly, the blends at edges within seven
// levels of 255 where they are many and at the nearest colour where they are few. Such a picture is a third of the size
// and takes a third of the time to pack.
func paletted(img *image.RGBA) *image.Paletted {
	counts := make([]int, 1<<15)
	for i := 0; i < len(img.Pix); i += 4 {
		counts[cellOf(img.Pix[i], img.Pix[i+1], img.Pix[i+2])]++
	}
	lut, colours := choose(counts)
	out := image.NewPaletted(img.Rect, colours)
	for i := range out.Pix {
		out.Pix[i] = lut[cellOf(img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2])]
	}
	return out
}

// choose gives a palette for a picture of such counts, and the entry of each cell that is in use.
func choose(counts []int) (lut []uint8, colours color.Palette) {
	lut = make([]uint8, len(counts))
	done := make([]bool, len(counts))
	take := func(c cell, exact color.NRGBA) {
		lut[c], done[c] = uint8(len(colours)), true
		colours = append(colours, exact)
	}
	for _, r := range Roles() {
		if exact := palette[r]; !done[cellOf(exact.R, exact.G, exact.B)] {
			take(cellOf(exact.R, exact.G, exact.B), exact)
		}
	}
	var used []cell
	for c, n := range counts {
		if n > 0 && !done[c] {
			used = append(used, cell(c))
		}
	}
	slices.SortStableFunc(used, func(a, b cell) int { return cmp.Compare(counts[b], counts[a]) })
	for _, c := range used {
		centre := color.NRGBA{uint8(c>>10)<<3 | 4, uint8(c>>5)<<3 | 4, uint8(c)<<3 | 4, 255}
		if len(colours) < 256 {
			take(c, centre)
		} else {
			lut[c] = uint8(colours.Index(centre))
		}
	}
	return lut, colours
}
