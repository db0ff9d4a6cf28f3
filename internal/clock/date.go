// Package clock holds civil dates: the days on which laws take force, places change and work falls due.
//
// It promises that a date has no time zone and no hour, that comparing is by calendar, and that it never reads the
// machine's clock. Pure.
package clock

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a civil date of the Gregorian calendar. The zero Date means "not known" or "open".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads an ISO date, "2025-07-01".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date of the form 2025-07-01", s)
	}
	return Of(t), nil
}

// MustDate is ParseDate for dates written in the source; it panics on a malformed one.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Of gives the civil date of a moment in that moment's own location.
func Of(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero tells whether the date is unknown or open.
func (d Date) IsZero() bool { return d == Date{} }

// Compare orders dates by the calendar: negative when d is before e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before tells whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// String renders the date as ISO, empty for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Add gives the date some days later, earlier where days is negative; of the zero Date it is the zero Date.
func (d Date) Add(days int) Date {
	if d.IsZero() {
		return d
	}
	return Of(time.Date(d.Year, d.Month, d.Day+days, 0, 0, 0, 0, time.UTC))
}
