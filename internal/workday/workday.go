// Package workday counts the working days of Vietnamese offices: deadlines in law and in plans are given in them.
//
// It promises that the days of Tết and the other holidays, the days off in their stead and the Saturdays worked for a
// swapped day are those of the year's own decision; and that a date which rests on a holiday not yet decided says so.
// Pure.
package workday

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
)

// Kind is what makes a day worked or free against the week.
type Kind string

// The kinds. Swaps bind civil servants and public employees; others follow their employer.
const (
	Holiday      Kind = "holiday"
	Compensation Kind = "compensation" // for a holiday that fell on a day of rest
	Off          Kind = "off"          // free, worked on another day instead
	Work         Kind = "work"         // a day of rest that is worked for a day off
)

// Certainty is how sure a day of the calendar is.
type Certainty uint8

// The certainties.
const (
	Decided Certainty = iota
	Derived           // follows from the law; the year's decision is not public yet
	Doubted           // the law leaves a choice that has not been made
)

// Day is a day that differs from the week.
type Day struct {
	Date  clock.Date
	Kind  Kind
	Names lang.Names
	Law   string
	Sure  Certainty
}

//go:embed days.txt
var text string

// days are the days of the calendar by date, in order.
var days = sync.OnceValue(func() []Day {
	var all []Day
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		field := strings.Split(line, "|")
		date, kind, _ := strings.Cut(field[0], " ")
		d := Day{Date: clock.MustDate(date), Names: lang.Names{VI: field[1], EN: field[2]}, Law: field[3]}
		d.Sure = Certainty(strings.Count(kind, "?"))
		d.Kind = Kind(strings.TrimRight(kind, "?"))
		all = append(all, d)
	}
	return all
})

// Known gives the first and the last year whose holidays are known.
func Known() (first, last int) {
	all := days()
	return all[0].Date.Year, all[len(all)-1].Date.Year
}

// Find gives what stands in the calendar for a date, if it differs from the week.
func Find(d clock.Date) (Day, bool) {
	all := days()
	i, ok := slices.BinarySearchFunc(all, d, func(day Day, d clock.Date) int { return day.Date.Compare(d) })
	if !ok {
		return Day{}, false
	}
	return all[i], true
}

// Works tells whether offices work on a date.
func Works(d clock.Date) bool {
	if day, ok := Find(d); ok {
		return day.Kind == Work
	}
	w := moment(d).Weekday()
	return w != time.Saturday && w != time.Sunday
}

// Add gives the working day that is n working days after a date, as deadlines are counted: the day of the event itself
// does not count. n may be negative. Sure is the least certainty of the days passed; a year outside the calendar is
// Derived, for its holidays are taken as none.
func Add(d clock.Date, n int) (due clock.Date, sure Certainty) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = clock.Of(moment(d).AddDate(0, 0, step))
		sure = max(sure, certainty(d))
		if Works(d) {
			n--
		}
	}
	return d, sure
}

// Between counts the working days after a date up to another one, which counts; negative when it lies before.
func Between(from, to clock.Date) int {
	if to.Before(from) {
		return -Between(to, from)
	}
	n := 0
	for d := from; d.Before(to); {
		if d = clock.Of(moment(d).AddDate(0, 0, 1)); Works(d) {
			n++
		}
	}
	return n
}

// OnOrAfter gives the first working day from a date on: a deadline that falls on a day of rest ends on the next working
// day (Civil Code 2015, article 148.5).
func OnOrAfter(d clock.Date) clock.Date {
	for !Works(d) {
		d = clock.Of(moment(d).AddDate(0, 0, 1))
	}
	return d
}

func certainty(d clock.Date) Certainty {
	if day, ok := Find(d); ok {
		return day.Sure
	}
	if first, last := Known(); d.Year < first || d.Year > last {
		return Derived
	}
	return Decided
}

func moment(d clock.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
}
