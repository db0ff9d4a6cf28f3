package gazetteer

import (
	"slices"

	"thuoc/internal/clock"
)

// Share says how much of a former place went into another.
type Share string

// The shares.
const (
	Whole Share = "whole" // all of it
	Part  Share = "part"  // some of its area and people
)

// Link joins a place to one that it became or came from.
type Link struct {
	Place Place
	Share Share // of the former place
}

// Heirs lists the places of a day that hold the territory of a place: the place itself while it is there, and what it
// became in the merger afterwards. A place that was not there yet has none.
func Heirs(of Place, on clock.Date) []Link {
	var list []Link
	for _, p := range provinces() {
		state, there := p.on(on)
		if there && (state.ID == of.ID || slices.Contains(p.parts, of.ID)) {
			list = append(list, Link{state, Whole})
		}
	}
	return list
}

// Parts lists the places that became a place in the merger, as they were on the day before. A place that did not begin
// with the merger has none.
func Parts(of Place) []Link {
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
