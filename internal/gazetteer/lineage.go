package gazetteer

import (
	"cmp"
	"slices"

	"thuoc/internal/clock"
)

// Share says how much of a former place went into another.
type Share string

// The shares. Where people and area went different ways the list of the merger says so.
const (
	Whole      Share = "whole"       // all of it
	Part       Share = "part"        // some of its area and people
	AreaOnly   Share = "area-only"   // some of its area and nobody
	AllPeople  Share = "all-people"  // some of its area and all its people
	AllArea    Share = "all-area"    // all its area and some of its people
	PeopleOnly Share = "people-only" // some of its people and no area
)

// Link joins a place to one that it became or came from.
type Link struct {
	Place Place
	Share Share // of the former place
}

// Heirs lists the places of a day that hold the territory of a place, by code: the place itself while it is there, and
// what it became in the merger afterwards. The heirs of a province are provinces, those of a district and of a commune
// are communes. A place that was not there yet has none.
func Heirs(of Place, on clock.Date) []Link {
	if of.Level == ProvinceLevel {
		return provinceHeirs(of, on)
	}
	r := units()
	if state, there := r.on(of.ID, on); there {
		return []Link{{state, Whole}}
	}
	before, _ := r.find(of.ID)
	if before < 0 || on.Before(Merger) {
		return nil
	}
	var list []Link
	for _, l := range r.heirsOf(before) {
		list = append(list, Link{r.presentPlace(l.to, on), l.share})
	}
	slices.SortFunc(list, func(a, b Link) int { return cmp.Compare(a.Place.Code, b.Place.Code) })
	return list
}

func provinceHeirs(of Place, on clock.Date) []Link {
	var list []Link
	for _, p := range provinces() {
		state, there := p.on(on)
		if there && (state.ID == of.ID || slices.Contains(p.parts, of.ID)) {
			list = append(list, Link{state, Whole})
		}
	}
	return list
}

// heirsOf gives the links of a former unit. Those of a district are those of its communes: a commune of today holds a
// part of it, or all when it is the only one.
func (r *registry) heirsOf(i int32) []link {
	if LevelOf(r.before[i].code) == CommuneLevel || r.before[i].links != nil {
		return r.before[i].links
	}
	var list []link
	for _, u := range r.before[i+1:] {
		if u.district != i {
			break
		}
		for _, l := range u.links {
			if !slices.ContainsFunc(list, func(known link) bool { return known.to == l.to }) {
				list = append(list, link{l.to, Part})
			}
		}
	}
	if len(list) == 1 {
		list[0].share = Whole
	}
	return list
}

// Parts lists the places that became a place in the merger, as they were on the day before, by code. A place that did
// not begin with the merger has none.
func Parts(of Place) []Link {
	if of.Life.From != Merger {
		return nil
	}
	if of.Level == ProvinceLevel {
		return provinceParts(of)
	}
	r := units()
	_, after := r.find(of.ID)
	if after < 0 {
		return nil
	}
	var list []Link
	for _, l := range r.after[after].links {
		list = append(list, Link{r.formerPlace(l.to), l.share})
	}
	slices.SortFunc(list, func(a, b Link) int { return cmp.Compare(a.Place.Code, b.Place.Code) })
	return list
}

func provinceParts(of Place) []Link {
	var list []Link
	for _, p := range provinces() {
		if p.states[0].ID != of.ID {
			continue
		}
		for _, former := range provinces() {
			if slices.Contains(p.parts, former.states[0].ID) {
				list = append(list, Link{former.states[len(former.states)-1], Whole})
			}
		}
	}
	return list
}
