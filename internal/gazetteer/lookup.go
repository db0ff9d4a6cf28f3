package gazetteer

import (
	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

// reissued are codes that another official list gives to a commune after the merger: the conversion table of the
// statistics office writes 06970 for Ba Chẽ, Decision 19/2025/QD-TTg 06978.
var reissued = map[string]string{"06970": "06978"}

// ByCode finds the place that had a code on a day: two digits are a province, three a district, five a commune. None
// is NotFound. Districts and communes are on record from 1 March 2025.
func ByCode(code string, on clock.Date) (Place, error) {
	if LevelOf(code) == ProvinceLevel {
		return ProvinceByCode(code, on)
	}
	r := units()
	if on.Before(Merger) {
		if i, found := r.beforeCode[code]; found && !on.Before(unitRecord) {
			return r.formerPlace(i), nil
		}
	} else {
		if other, found := reissued[code]; found {
			code = other
		}
		if i, found := r.afterCode[code]; found {
			return r.presentPlace(i, on), nil
		}
	}
	return Place{}, fault.New(fault.NotFound, "No place had the code “%s” on %s.", code, on)
}

// ByID gives the state of a place on a day. Where the place was not there on that day it gives the last state before,
// or else the first. It is false for an ID that is no place's.
func ByID(id string, on clock.Date) (Place, bool) {
	for _, p := range provinces() {
		if p.states[0].ID != id {
			continue
		}
		state := p.states[0]
		for _, s := range p.states {
			if !on.Before(s.State.Start()) {
				state = s
			}
		}
		return state, true
	}
	p, _ := units().on(id, on)
	return p, p.ID != ""
}

// Children lists the places that belonged to a place on a day, by code: the districts of a province until the merger,
// its communes after, the communes of a district.
func Children(of Place, on clock.Date) []Place {
	r := units()
	if on.Before(unitRecord) || of.Life.Ended(on) {
		return nil
	}
	var list []Place
	if !on.Before(Merger) {
		for i := range r.after {
			if r.after[i].province == of.ID {
				list = append(list, r.presentPlace(int32(i), on))
			}
		}
		return list
	}
	for i := range r.before {
		if r.parentOf(&r.before[i]) == of.ID {
			list = append(list, r.formerPlace(int32(i)))
		}
	}
	return list
}
