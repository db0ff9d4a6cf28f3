package workday_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"thuoc/internal/clock"
	"thuoc/internal/workday"
)

// Tết of five years: the last working day before it, the first after it, as the decisions of the years have it.
func TestAcrossTet(t *testing.T) {
	for _, c := range []struct{ last, first string }{
		{"2021-02-09", "2021-02-17"},
		{"2022-01-28", "2022-02-07"},
		{"2023-01-19", "2023-01-27"},
		{"2024-02-07", "2024-02-15"},
		{"2025-01-24", "2025-02-03"},
		{"2026-02-13", "2026-02-23"},
	} {
		last, first := clock.MustDate(c.last), clock.MustDate(c.first)
		if got, sure := workday.Add(last, 1); got != first || sure != workday.Decided {
			t.Errorf("one working day after %s is %s (%d), want %s", last, got, sure, first)
		}
		if got, _ := workday.Add(first, -1); got != last {
			t.Errorf("one working day before %s is %s, want %s", first, got, last)
		}
		if n := workday.Between(last, first); n != 1 {
			t.Errorf("%d working days from %s to %s, want 1", n, last, first)
		}
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct {
		date  string
		works bool
		why   string
	}{
		{"2024-04-29", false, "off, worked on 4 May"},
		{"2024-05-04", true, "a Saturday worked for 29 April"},
		{"2025-05-02", false, "off, worked on 26 April"},
		{"2025-04-26", true, "a Saturday worked for 2 May"},
		{"2025-11-24", true, "Culture Day is a holiday only from 2026"},
		{"2026-11-24", false, "Culture Day"},
		{"2026-11-22", false, "a Sunday"},
		{"2026-11-23", true, "a Monday"},
		{"2026-08-22", true, "a Saturday worked for 31 August"},
	} {
		if got := workday.Works(clock.MustDate(c.date)); got != c.works {
			t.Errorf("%s works = %v: %s", c.date, got, c.why)
		}
	}
}

// A deadline across days that are not decided says so.
func TestCertainty(t *testing.T) {
	for _, c := range []struct {
		from string
		want workday.Certainty
	}{{"2026-03-02", workday.Decided}, {"2026-12-30", workday.Derived}, {"2027-02-03", workday.Doubted}, {"2030-03-01", workday.Derived}} {
		if _, sure := workday.Add(clock.MustDate(c.from), 3); sure != c.want {
			t.Errorf("three days from %s: certainty %d, want %d", c.from, sure, c.want)
		}
	}
}

// Counting there and back agrees, a deadline is a working day, and no other day is skipped.
func TestCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 2900).Draw(t, "day"))
		from, n := clock.Of(start), rapid.IntRange(1, 250).Draw(t, "n")
		due, _ := workday.Add(from, n)
		if !workday.Works(due) || workday.Between(from, due) != n || workday.OnOrAfter(due) != due {
			t.Errorf("%d working days after %s: %s, counted %d", n, from, due, workday.Between(from, due))
		}
		if back, _ := workday.Add(due, -n); workday.Works(from) && back != from {
			t.Errorf("%d days there and back: %s is %s", n, from, back)
		}
	})
}
