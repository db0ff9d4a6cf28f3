package chart

import (
	"image/color"
	"maps"
	"slices"
)

// Role is what a mark stands for. It is a class name in the page's SVG (so that light, dark, contrast and print are
// the stylesheet's business) and a literal colour of the light theme in files.
type Role string

// The roles. Fill roles colour areas, line roles colour strokes, ink roles colour text.
const (
	GroupLow    Role = "g1"
	GroupMidLow Role = "g2"
	GroupMidHi  Role = "g3"
	GroupHigh   Role = "g4"
	NoData      Role = "g0"
	Step1       Role = "s1" // sequential, lowest
	Step2       Role = "s2"
	Step3       Role = "s3"
	Step4       Role = "s4"
	Step5       Role = "s5" // highest
	Band        Role = "band"
	Core        Role = "core"
	Tick        Role = "tick"
	Dot         Role = "dot"
	Quiet       Role = "quiet" // units that are context
	Accent      Role = "accent"
	Past        Role = "past" // ground of another territory or method
	Surface     Role = "surface"
	Outline     Role = "outline"
	Grid        Role = "grid"
	Axis        Role = "axis"
	Border      Role = "border"
	Ink         Role = "ink"
	Ink2        Role = "ink2"
	Ink3        Role = "ink3"
	OnLight     Role = "onlight" // text on light fills: dark in every theme
	OnMid       Role = "onmid"   // text on the second-highest fill: white, and dark in the dark theme, where that fill is lighter
	OnDark      Role = "ondark"  // text on dark fills: white in every theme
	Sea         Role = "sea"
	Up          Role = "up" // a difference whose test is clear, with its sign beside it
	Down        Role = "down"
	Line1       Role = "l1"
	Line2       Role = "l2"
	Line3       Role = "l3"
	Line4       Role = "l4"
	Line5       Role = "l5"
)

// Groups are the fills of the four groups, lowest first; index 0 is "no data".
var Groups = [5]Role{NoData, GroupLow, GroupMidLow, GroupMidHi, GroupHigh}

// Steps are the fills of a sequential scale, lowest first.
var Steps = [5]Role{Step1, Step2, Step3, Step4, Step5}

// Lines are the colours of series, at most five; further series are Quiet.
var Lines = [5]Role{Line1, Line2, Line3, Line4, Line5}

// palette gives the light theme's colours. The page's stylesheet holds the same values and their dark twins; a test
// of package ui compares the two.
var palette = map[Role]color.NRGBA{
	GroupLow: hex(0xF2DFA9), GroupMidLow: hex(0x93C6AE), GroupMidHi: hex(0x297D99), GroupHigh: hex(0x1B3768), NoData: hex(0xE3DFD6),
	Step1: hex(0xF8EFD0), Step2: hex(0xBBDAB4), Step3: hex(0x68AFAA), Step4: hex(0x2B7699), Step5: hex(0x1B3768),
	Band: hex(0xC9D3E6), Core: hex(0x6F86B5), Tick: hex(0x16305F), Dot: hex(0x1F3D7A), Quiet: hex(0xB9B6AD), Accent: hex(0x1F3D7A),
	Past: hex(0xF3F0E8), Surface: hex(0xFFFFFF), Outline: hex(0x1A2233), Grid: hex(0xE4DFD3), Axis: hex(0x857F72), Border: hex(0xFFFFFF),
	Ink: hex(0x1A2233), Ink2: hex(0x474F60), Ink3: hex(0x646B7A), OnLight: hex(0x1A2233), OnMid: hex(0xFFFFFF), OnDark: hex(0xFFFFFF), Sea: hex(0x646B7A),
	Up: hex(0x12506F), Down: hex(0x8C4408),
	Line1: hex(0x1F3D7A), Line2: hex(0x618FE1), Line3: hex(0x9B1309), Line4: hex(0xB18F22), Line5: hex(0x40766D),
}

// rims are the colours of haloes in files and pictures.
var rims = map[halo]color.NRGBA{groundHalo: hex(0xFFFFFF), lightHalo: hex(0xFFFFFF), darkHalo: hex(0x17305F)}

// inkOn gives the text role that reads on a fill (contrast at least 4.5) and the halo that keeps it apart from
// diagonals and borders.
func inkOn(fill Role) (Role, halo) {
	switch fill {
	case GroupMidHi, Step4:
		return OnMid, noHalo
	case GroupHigh, Step5:
		return OnDark, darkHalo
	case NoData:
		return Ink, noHalo
	}
	return OnLight, lightHalo
}

// Colour gives the light theme's colour of a role as #RRGGBB.
func (r Role) Colour() string { return web(palette[r]) }

// web writes a colour as #RRGGBB.
func web(c color.NRGBA) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{'#', digits[c.R>>4], digits[c.R&15], digits[c.G>>4], digits[c.G&15], digits[c.B>>4], digits[c.B&15]})
}

// Roles lists every role in a fixed order.
func Roles() []Role { return slices.Sorted(maps.Keys(palette)) }

func hex(v uint32) color.NRGBA { return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }
