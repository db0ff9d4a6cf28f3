package gazetteer

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
)

//go:generate go run ./gen -from ../../../shared/data

//go:embed units.txt
var unitsText string

// unitRecord is the day of the list of districts and communes before the merger: their starts are not on record.
var unitRecord = clock.MustDate("2025-03-01")

// unit is a district or commune of one of the two lists of units.txt, whose header tells the format.
type unit struct {
	code, name string
	kind       Kind   // on the day of its list
	present    bool   // stands in the second list
	changes    string // later kinds with their days, "2026-04-30p"
	province   string // ID
	district   int32  // place in before; -1 for districts and for units after the merger
	continues  bool   // the same place stands in the other list under the same code
	links      []link // into the other list
}

// link is how much of a former unit went where: to is a place in the other list, of the heir or of the former unit.
type link struct {
	to    int32
	share Share
}

// registry is both lists, each in the order of its provinces and codes.
type registry struct {
	before, after         []unit
	beforeCode, afterCode map[string]int32
}

var kindLetters = map[byte]Kind{
	'q': UrbanDistrict, 'h': RuralDistrict, 't': Town, 'c': City, 'p': Ward, 'x': Commune, 'n': Township, 'k': SpecialZone,
}

var shareLetters = map[byte]Share{
	'=': Whole, 'w': Whole, 'p': Part, 'a': AreaOnly, 'l': AllPeople, 'f': AllArea, 's': PeopleOnly,
}

// units reads the table on first use.
var units = sync.OnceValue(readRegistry)

// readRegistry reads the embedded table. A malformed line is a defect of the build.
func readRegistry() *registry {
	lists := strings.Split(unitsText, "\n= ")
	r := &registry{}
	var links []string
	r.before, links = readUnits(lists[1], provinceIDs(unitRecord))
	r.after, _ = readUnits(lists[2], provinceIDs(Merger))
	for i := range r.after {
		r.after[i].present = true
	}
	r.beforeCode, r.afterCode = byCode(r.before), byCode(r.after)
	r.join(links)
	return r
}

func provinceIDs(on clock.Date) map[string]string {
	ids := map[string]string{}
	for _, p := range Provinces(on) {
		ids[p.Code] = p.ID
	}
	return ids
}

// readUnits reads one list and, beside it, the links of each unit as they are written.
func readUnits(list string, provinceIDs map[string]string) (units []unit, links []string) {
	n := strings.Count(list, "\n")
	units, links = make([]unit, 0, n), make([]string, 0, n)
	province, district := "", int32(-1)
	for line := range strings.Lines(list) {
		code, rest, more := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case len(code) == len("2025-03-01"):
			continue
		case !more:
			province, district = provinceIDs[code], -1
			continue
		}
		kind, rest, _ := strings.Cut(rest, " ")
		joined, name, _ := strings.Cut(rest, " ")
		u := unit{code: code, name: name, kind: kindLetters[kind[0]], changes: kind[1:], province: province, district: district}
		if LevelOf(code) == DistrictLevel {
			u.district, district = -1, int32(len(units))
		}
		units, links = append(units, u), append(links, joined)
	}
	return units, links
}

func byCode(units []unit) map[string]int32 {
	m := make(map[string]int32, len(units))
	for i, u := range units {
		m[u.code] = int32(i)
	}
	return m
}

// join turns the written links into links both ways.
func (r *registry) join(written []string) {
	for i, text := range written {
		if text == "-" {
			continue
		}
		former := &r.before[i]
		former.links = make([]link, 0, strings.Count(text, ",")+1)
		for one := range strings.SplitSeq(text, ",") {
			to := r.afterCode[one[1:]]
			heir, share := &r.after[to], shareLetters[one[0]]
			former.links = append(former.links, link{to, share})
			heir.links = append(heir.links, link{int32(i), share})
			if one[0] == '=' {
				former.continues, heir.continues = true, true
			}
		}
	}
}

// formerPlace is a unit of the first list as it was until the merger.
func (r *registry) formerPlace(i int32) Place {
	u := &r.before[i]
	return Place{
		ID: u.code, Code: u.code, Level: LevelOf(u.code), Kind: u.kind, Parent: r.parentOf(u),
		Name: lang.Names{VI: u.name, EN: lang.Unmark(u.name)},
		Life: u.life(), State: clock.Span{Known: unitRecord, To: Merger},
	}
}

// parentOf is the ID of the place that a unit of the first list belonged to.
func (r *registry) parentOf(u *unit) string {
	if u.district >= 0 {
		return r.before[u.district].code
	}
	return u.province
}

// presentPlace is a unit of the second list as it was on a day from the merger on.
func (r *registry) presentPlace(i int32, on clock.Date) Place {
	u := &r.after[i]
	p := Place{
		ID: u.id(), Code: u.code, Level: CommuneLevel, Kind: u.kind, Parent: u.province,
		Name: lang.Names{VI: u.name, EN: lang.Unmark(u.name)},
		Life: u.life(), State: clock.Span{From: Merger},
	}
	const change = len("2026-04-30p")
	for later := range slices.Chunk([]byte(u.changes), change) {
		changed := clock.MustDate(string(later[:change-1]))
		if on.Before(changed) {
			p.State.To = changed
			break
		}
		p.Kind, p.State.From = kindLetters[later[change-1]], changed
	}
	return p
}

// id is the ID of the place: its code, which a place of the second list shares with another of the first unless it is
// the same.
func (u *unit) id() string {
	if u.present && !u.continues {
		return u.code + ".2025"
	}
	return u.code
}

// life is how long the place was or is there.
func (u *unit) life() clock.Span {
	switch {
	case u.continues:
		return clock.Span{Known: unitRecord}
	case u.present:
		return clock.Span{From: Merger}
	}
	return clock.Span{Known: unitRecord, To: Merger}
}

// find gives where a place stands in the two lists, -1 where it does not.
func (r *registry) find(id string) (before, after int32) {
	before, after = -1, -1
	code, _, isNew := strings.Cut(id, ".")
	if i, found := r.beforeCode[code]; found && !isNew {
		before = i
	}
	if i, found := r.afterCode[code]; found && r.after[i].id() == id {
		after = i
	}
	return before, after
}

// on gives the state of a place on a day; where it was not there then, its state nearest before, or else its first,
// and false.
func (r *registry) on(id string, day clock.Date) (p Place, there bool) {
	before, after := r.find(id)
	switch {
	case after >= 0 && !day.Before(Merger):
		return r.presentPlace(after, day), true
	case before >= 0:
		p = r.formerPlace(before)
		return p, p.State.Holds(day)
	case after >= 0:
		return r.presentPlace(after, Merger), false
	}
	return Place{}, false
}
