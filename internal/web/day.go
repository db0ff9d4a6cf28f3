package web

import (
	"net/url"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// keyDay is the query key of the day of which a page speaks.
const keyDay = "ngay"

// day is the day that the address asks for, or today.
func (v *visit) day() (clock.Date, error) {
	asked := v.ask(keyDay)
	if asked == "" {
		return v.actor.Day, nil
	}
	day, err := clock.ParseDate(asked)
	if err != nil {
		return day, fault.New(fault.Invalid, "“%s” is no day. Write it as 2025-07-01.", asked)
	}
	return day, nil
}

// onDay is the address of a route on a day; today goes without saying.
func (v *visit) onDay(day clock.Date, name string, args ...string) string {
	if day == v.actor.Day {
		return v.to(name, args...)
	}
	return v.at(url.Values{keyDay: {day.String()}}, name, args...)
}

// dayForm asks for the day of which a page speaks.
type dayForm struct {
	Action, Value string
	Today         string // the page of today; "" where it is that
	Says          string // the day in words
}

// dayForm makes the form of the visit's page.
func (v *visit) dayForm(day clock.Date) dayForm {
	f := dayForm{Action: v.to(v.route.name, v.values()...), Value: day.String(), Says: lang.Date(v.lang, day)}
	if day != v.actor.Day {
		f.Today = f.Action
	}
	return f
}

// lasting writes from which day to which something is so. A start that nobody knows is said to be unknown, with the
// first day on record.
func (v *visit) lasting(since, known, until clock.Date) string {
	var from string
	switch {
	case !since.IsZero():
		from = v.t("from %s", lang.Date(v.lang, since))
	case !known.IsZero():
		from = v.t("start unknown, valid as known on %s", lang.Date(v.lang, known))
	default:
		from = v.t("start unknown")
	}
	if until.IsZero() {
		return from
	}
	return v.t("%s, until %s", from, lang.Date(v.lang, until))
}

// date reads a field that holds a day. One that is needed and empty is left to the store, which says what it is for.
func (f *form) date(name string, faults *[]fault.Item) clock.Date {
	typed := f.get(name)
	if typed == "" {
		return clock.Date{}
	}
	day, err := clock.ParseDate(typed)
	if err != nil {
		*faults = append(*faults, fault.Item{Field: name, What: fault.T("This is not a day."), Remedy: fault.T("Write it as 2025-07-01.")})
	}
	return day
}
