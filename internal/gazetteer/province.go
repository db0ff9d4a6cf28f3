package gazetteer

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

//go:embed provinces.txt
var provincesText string

// provinceRecord is the first day for which the 63 provinces are on record here.
var provinceRecord = clock.MustDate("2011-01-01")

var regions = map[string]lang.Names{
	"red-river":          {VI: "Đồng bằng sông Hồng", EN: "Red River Delta"},
	"northern-highlands": {VI: "Trung du và miền núi phía Bắc", EN: "Northern Midlands and Mountains"},
	"central-coast":      {VI: "Bắc Trung Bộ và Duyên hải miền Trung", EN: "North Central and Central Coast"},
	"north-central":      {VI: "Bắc Trung Bộ", EN: "North Central"},
	"south-central":      {VI: "Duyên hải Nam Trung Bộ và Tây Nguyên", EN: "South Central Coast and Central Highlands"},
	"central-highlands":  {VI: "Tây Nguyên", EN: "Central Highlands"},
	"south-east":         {VI: "Đông Nam Bộ", EN: "Southeast"},
	"mekong":             {VI: "Đồng bằng sông Cửu Long", EN: "Mekong River Delta"},
}

// aliases are further names in use, by province code.
var aliases = map[string][]string{
	"01": {"Hanoi", "TP Hà Nội", "TP. Hà Nội"},
	"31": {"Haiphong", "TP Hải Phòng", "TP. Hải Phòng"},
	"46": {"Huế", "TP Huế", "TP. Huế"},
	"48": {"Danang", "TP Đà Nẵng", "TP. Đà Nẵng"},
	"62": {"Kontum"},
	"66": {"Daklak", "Đắc Lắc", "Đắc Lắk"},
	"67": {"Daknong", "Đắc Nông"},
	"77": {"BR-VT", "BRVT", "Bà Rịa Vũng Tàu"},
	"79": {"HCMC", "TPHCM", "TP HCM", "TP. HCM", "TP.HCM", "TP Hồ Chí Minh", "TP. Hồ Chí Minh", "Sài Gòn", "Saigon"},
	"92": {"TP Cần Thơ", "TP. Cần Thơ"},
}

// province is the states of one province, oldest first, and the IDs of those that became it.
type province struct {
	states []Place
	parts  []string
}

// provinces reads the table, in the order of IDs. A malformed line is a defect of the build.
var provinces = sync.OnceValue(func() []province {
	var list []province
	for line := range strings.Lines(provincesText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		state, parts := provinceState(line)
		if len(list) == 0 || list[len(list)-1].states[0].ID != state.ID {
			list = append(list, province{parts: parts})
		}
		last := &list[len(list)-1]
		last.states = append(last.states, state)
	}
	for _, p := range list {
		life := p.states[0].State
		life.To = p.states[len(p.states)-1].State.To
		for i := range p.states {
			p.states[i].Life = life
		}
	}
	return list
})

// provinceState reads "25.2025 2025-07-01 - province northern-highlands 17+25+26 Phú Thọ".
func provinceState(line string) (Place, []string) {
	words := strings.Fields(line)
	name := strings.Join(words[6:], " ")
	code, _, _ := strings.Cut(words[0], ".")
	p := Place{
		ID: words[0], Code: code, Level: ProvinceLevel, Kind: Kind(words[3]), Region: regions[words[4]],
		Name: lang.Names{VI: name, EN: lang.Unmark(name)},
	}
	if words[1] == "-" {
		p.State.Known = provinceRecord
	} else {
		p.State.From = clock.MustDate(words[1])
	}
	if words[2] != "-" {
		p.State.To = clock.MustDate(words[2])
	}
	if words[5] == "-" {
		return p, nil
	}
	return p, strings.Split(words[5], "+")
}

// on gives the province's state on a day; false when it was not there.
func (p province) on(day clock.Date) (Place, bool) {
	i := slices.IndexFunc(p.states, func(s Place) bool { return s.State.Holds(day) })
	if i < 0 {
		return Place{}, false
	}
	return p.states[i], true
}

// Provinces lists the provinces of a day by code: 63 from the first day on record (1 January 2011), 34 from 1 July 2025.
// Before the record it is empty.
func Provinces(on clock.Date) []Place {
	var list []Place
	for _, p := range provinces() {
		if state, there := p.on(on); there {
			list = append(list, state)
		}
	}
	return list
}

// ProvinceByCode finds the province that had a code on a day; none is NotFound.
func ProvinceByCode(code string, on clock.Date) (Place, error) {
	for _, p := range Provinces(on) {
		if p.Code == code {
			return p, nil
		}
	}
	return Place{}, fault.New(fault.NotFound, "No province had the code “%s” on %s.", code, on)
}

// ProvinceByName finds the province that had a name on a day: Vietnamese or English, with or without marks and its
// kind, or one of the common short forms ("TP.HCM"). A name that the province bore at another time is understood too,
// as long as it is one province ("Huế" in 2020, "Thừa Thiên Huế" in 2026). Any other is NotFound, and where the name
// is that of a former province the error says what it is part of.
func ProvinceByName(name string, on clock.Date) (Place, error) {
	wanted := SearchKey(name)
	for _, p := range Provinces(on) {
		if slices.Contains(provinceKeys(p), wanted) {
			return p, nil
		}
	}
	for _, p := range provinces() {
		if !slices.ContainsFunc(p.states, func(s Place) bool { return slices.Contains(provinceKeys(s), wanted) }) {
			continue
		}
		if state, there := p.on(on); there {
			return state, nil
		}
		if last := p.states[len(p.states)-1]; last.Life.Ended(on) {
			return Place{}, fault.New(fault.NotFound, "“%s” was a province until %s; on %s it is part of %s.",
				last.Name, last.Life.To, on, Heirs(last, on)[0].Place.Name)
		}
	}
	return Place{}, fault.New(fault.NotFound, "No province was called “%s” on %s.", name, on)
}

func provinceKeys(p Place) []string {
	full := p.Full()
	keys := []string{SearchKey(p.Name.VI), SearchKey(full.VI), SearchKey(full.EN)}
	for _, alias := range aliases[p.Code] {
		keys = append(keys, SearchKey(alias))
	}
	return keys
}

// SearchKey folds a name as people type it: without marks, and with i for y, because lists of places write both
// (Quý, Quí).
func SearchKey(name string) string { return strings.ReplaceAll(lang.Fold(name), "y", "i") }
