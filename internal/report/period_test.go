package report_test

import (
	"testing"

	"pgregory.net/rapid"

	"thuoc/internal/clock"
	"thuoc/internal/report"
	"thuoc/internal/workday"
)

// national is the cut-off of the national regime with a day for sending a week later.
var national = report.Days{Cut: 14, Due: 21, Roll: report.RollNext}

func parse(t testing.TB, s string) report.Period {
	t.Helper()
	p, err := report.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Six years across Tết and swapped days: last days for sending of January to March reports at day 10 of the month after, and of
// quarters and years under the national cut-off.
func TestCalendarAcrossTet(t *testing.T) {
	monthly := report.Days{Cut: 31, Due: 10, Roll: report.RollNext}
	before := report.Days{Cut: 31, Due: 10, Roll: report.RollBefore}
	stay := report.Days{Cut: 31, Due: 10, Roll: report.RollStay}
	for _, c := range []struct {
		days             report.Days
		period           string
		first, last, due string
	}{
		{monthly, "2021-M01", "2021-01-01", "2021-01-31", "2021-02-17"}, // Tết of 2021: offices closed from 10 to 16 February
		{before, "2021-M01", "2021-01-01", "2021-01-31", "2021-02-09"},
		{stay, "2021-M01", "2021-01-01", "2021-01-31", "2021-02-10"},
		{report.Days{Cut: 31, Due: 3, Roll: report.RollNext}, "2022-M01", "2022-01-01", "2022-01-31", "2022-02-07"},
		{report.Days{Cut: 31, Due: 3, Roll: report.RollBefore}, "2022-M01", "2022-01-01", "2022-01-31", "2022-02-01"}, // never before the cut-off
		{report.Days{Cut: 14, Due: 20, Roll: report.RollNext}, "2023-M01", "2022-12-15", "2023-01-14", "2023-01-27"},
		{monthly, "2024-M01", "2024-01-01", "2024-01-31", "2024-02-15"},
		{report.Days{Cut: 14, Due: 27, Roll: report.RollNext}, "2025-M01", "2024-12-15", "2025-01-14", "2025-02-03"},
		{report.Days{Cut: 31, Due: 14, Roll: report.RollNext}, "2026-M01", "2026-01-01", "2026-01-31", "2026-02-23"},
		{report.Days{Cut: 31, Due: 4, Roll: report.RollNext}, "2024-M04", "2024-04-01", "2024-04-30", "2024-05-04"}, // a Saturday worked for 29 April
		{national, "2021-Q1", "2020-12-15", "2021-03-14", "2021-03-22"},                                             // a Sunday
		{national, "2022-Q2", "2022-03-15", "2022-06-14", "2022-06-21"},
		{national, "2024-Q4", "2024-09-15", "2024-12-14", "2024-12-23"}, // a Saturday
		{national, "2023-H1", "2022-12-15", "2023-06-14", "2023-06-21"},
		{national, "2023-H2", "2023-06-15", "2023-12-14", "2023-12-21"},
		{report.Days{Cut: 31, Due: 15, Roll: report.RollNext}, "2020", "2020-01-01", "2020-12-31", "2021-01-15"},              // as Hà Nội's report 06/BC-UBND on the plan of 2020
		{report.Days{Cut: 31, Back: 1, Due: 5, Roll: report.RollBefore}, "2012-H1", "2011-12-01", "2012-05-31", "2012-06-05"}, // dispatch 2539/UBND-SNV: half years by 05/06
		{report.Days{Cut: 14, Back: 1, Due: 25, Roll: report.RollBefore}, "2012", "2011-11-15", "2012-11-14", "2012-11-23"},   // and years by 25/11, that year a Sunday
		{national, "2025", "2024-12-15", "2025-12-14", "2025-12-22"},
		{report.Days{Cut: 31, Due: 31, Roll: report.RollStay}, "2023-M01", "2023-01-01", "2023-01-31", "2023-02-28"}, // both are the month's last day
		{report.Days{Cut: 31, Back: 1, Due: 5, Roll: report.RollNext}, "2026-Q2", "2026-03-01", "2026-05-31", "2026-06-05"},
	} {
		p := parse(t, c.period)
		first, last := c.days.Span(p)
		due, _ := c.days.DueDay(p)
		if first.String() != c.first || last.String() != c.last || due.String() != c.due {
			t.Errorf("%s: %s – %s, due %s; want %s – %s, due %s", c.period, first, last, due, c.first, c.last, c.due)
		}
	}
}

// Periods of a kind follow each other without a gap and without a day that is told twice, and each is found from its days.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := report.Days{Cut: rapid.IntRange(1, 31).Draw(t, "cut"), Back: rapid.IntRange(0, 1).Draw(t, "back"), Due: rapid.IntRange(1, 31).Draw(t, "due"),
			Roll: rapid.SampledFrom(report.Rolls).Draw(t, "roll")}
		p := report.Period{Kind: rapid.SampledFrom(report.Kinds).Draw(t, "kind"), Year: rapid.IntRange(2021, 2026).Draw(t, "year"), N: 1}
		for range 13 {
			first, last := d.Span(p)
			due, _ := d.DueDay(p)
			if !first.Before(last) || !last.Before(due) {
				t.Fatalf("%s: %s – %s, due %s", p, first, last, due)
			}
			if d.Roll == report.RollNext && !workday.Works(due) {
				t.Fatalf("%s: due on %s, a day of rest", p, due)
			}
			for _, on := range []clock.Date{first, last} {
				if got, ok := d.PeriodAt(p.Kind, on); !ok || got != p {
					t.Fatalf("%s falls into %s, want %s", on, got, p)
				}
			}
			if next, _ := d.Span(p.Next()); next != last.Add(1) {
				t.Fatalf("%s ends on %s and the next begins on %s", p, last, next)
			}
			if back, err := report.ParsePeriod(p.String()); err != nil || back != p || p.Next().Last() != p {
				t.Fatalf("%s is read as %v (%v)", p, back, err)
			}
			p = p.Next()
		}
	})
}

func TestNoPeriod(t *testing.T) {
	for _, s := range []string{"", "2026-Q5", "2026-M13", "2026-M00", "2026-H3", "26", "2026-Q1x", "nay"} {
		if p, err := report.ParsePeriod(s); err == nil {
			t.Errorf("%q is read as %v", s, p)
		}
	}
}

// A half year covers two quarters, and the two of a year cover it.
func TestHalfIsTwoQuarters(t *testing.T) {
	for _, c := range [][3]string{{"2026-H1", "2026-Q1", "2026-Q2"}, {"2026-H2", "2026-Q3", "2026-Q4"}, {"2026", "2026-H1", "2026-H2"}} {
		first, last := national.Span(parse(t, c[0]))
		from, _ := national.Span(parse(t, c[1]))
		_, to := national.Span(parse(t, c[2]))
		if first != from || last != to {
			t.Errorf("%s is %s – %s, its parts %s – %s", c[0], first, last, from, to)
		}
	}
}

func TestLaws(t *testing.T) {
	for _, l := range report.Laws {
		if l.Kind.Names().VI == "" || l.Source == "" || l.Cut == 0 && l.Due == 0 {
			t.Errorf("%s is not whole: %+v", l.ID, l)
		}
	}
	if n := len(report.Occasions()); n != 16 {
		t.Errorf("%d occasions, want 16", n)
	}
}
