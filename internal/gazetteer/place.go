// Package gazetteer knows the places of Việt Nam: provinces, districts and communes with their names, kinds and codes
// on a date, and what became of them on 1 July 2025.
//
// It promises that nothing is found by code or name without a date, because codes were given again (52 was Bình Định
// and is Gia Lai) and names moved (Phú Thọ is three provinces in one); that a place keeps its identity while its name
// or kind changes; and that where a start is not known it says since when it is on record. Pure.
package gazetteer

import (
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
)

// Merger is the day on which 63 provinces became 34, 10,035 communes 3,321, and the districts ended.
var Merger = clock.MustDate("2025-07-01")

// Kind is what a place is. Its level follows from it, but for City, which may be a province or a district.
type Kind string

// The kinds.
const (
	Province      Kind = "province"       // tỉnh
	City          Kind = "city"           // thành phố, under the central government or (until the merger) a province
	UrbanDistrict Kind = "urban-district" // quận
	RuralDistrict Kind = "rural-district" // huyện
	Town          Kind = "town"           // thị xã
	Ward          Kind = "ward"           // phường
	Commune       Kind = "commune"        // xã
	Township      Kind = "township"       // thị trấn
	SpecialZone   Kind = "special-zone"   // đặc khu
)

var kindNames = map[Kind]lang.Names{
	Province:      {VI: "tỉnh", EN: "province"},
	City:          {VI: "thành phố", EN: "city"},
	UrbanDistrict: {VI: "quận", EN: "urban district"},
	RuralDistrict: {VI: "huyện", EN: "rural district"},
	Town:          {VI: "thị xã", EN: "town"},
	Ward:          {VI: "phường", EN: "ward"},
	Commune:       {VI: "xã", EN: "commune"},
	Township:      {VI: "thị trấn", EN: "township"},
	SpecialZone:   {VI: "đặc khu", EN: "special zone"},
}

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{Province, City, UrbanDistrict, RuralDistrict, Town, Ward, Commune, Township, SpecialZone}
}

// Names gives the kind as a word of both languages.
func (k Kind) Names() lang.Names { return kindNames[k] }

// Level is the rank of a place in the state.
type Level uint8

// The levels. Districts ended with the merger.
const (
	ProvinceLevel Level = iota + 1
	DistrictLevel
	CommuneLevel
)

// LevelOf tells the level by the length of a code: two digits, three, five.
func LevelOf(code string) Level {
	switch len(code) {
	case 2:
		return ProvinceLevel
	case 3:
		return DistrictLevel
	}
	return CommuneLevel
}

// Place is a place as it was in one state: under one name, of one kind.
type Place struct {
	ID     string // outlives names, kinds and codes: its first code, with ".2025" where it began with the merger
	Code   string // of the statistics office
	Level  Level
	Kind   Kind
	Name   lang.Names // without the kind: "Trà Vinh"
	Region lang.Names // socio-economic region; provinces only
	Parent string     // ID of the place it belongs to, empty for provinces

	Life  clock.Span // of the place
	State clock.Span // of this name and kind
}

// Full gives the name with its kind: "Tỉnh Trà Vinh", "Tra Vinh province", "Thị xã Mỹ Hào", "My Hao town", "Ward 1".
func (p Place) Full() lang.Names {
	kind := p.Kind.Names()
	first, rest, _ := strings.Cut(kind.VI, " ")
	initial := string([]rune(first)[:1])
	vi := strings.ToUpper(initial) + strings.TrimPrefix(first, initial)
	if rest != "" {
		vi += " " + rest
	}
	en := p.Name.EN + " " + kind.EN
	switch {
	case p.Name.EN != "" && p.Name.EN[0] >= '0' && p.Name.EN[0] <= '9':
		en = strings.ToUpper(kind.EN[:1]) + kind.EN[1:] + " " + p.Name.EN
	case p.Kind == City:
		en = p.Name.EN + " City"
	}
	return lang.Names{VI: vi + " " + p.Name.VI, EN: en}
}
