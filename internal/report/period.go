package report

import (
	"fmt"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/workday"
)

// Kind is how long a period is.
type Kind string

// The kinds. The first half of a year is told by a report of its own; the second by another one, or by the year's report alone,
// as a rule of the calendar says.
const (
	Month   Kind = "month"
	Quarter Kind = "quarter"
	Half    Kind = "half"
	Year    Kind = "year"
)

// Kinds are all kinds, the shortest first.
var Kinds = []Kind{Month, Quarter, Half, Year}

var kindNames = map[Kind]lang.Names{
	Month: {VI: "Báo cáo tháng", EN: "Monthly report"}, Quarter: {VI: "Báo cáo quý", EN: "Quarterly report"},
	Half: {VI: "Báo cáo 6 tháng", EN: "Half-year report"}, Year: {VI: "Báo cáo năm", EN: "Yearly report"},
}

// Names gives the kind of report in people's words.
func (k Kind) Names() lang.Names { return kindNames[k] }

// perYear is how many periods of a kind end in a year.
func (k Kind) perYear() int { return map[Kind]int{Month: 12, Quarter: 4, Half: 2, Year: 1}[k] }

// answers gives the kinds whose promises a report answers: half years and years follow each other, every other kind itself.
func (k Kind) answers() []any {
	if k == Half || k == Year {
		return []any{Half, Year}
	}
	return []any{k}
}

// Period is the N-th period of a kind that ends in a year; N counts from 1.
type Period struct {
	Kind Kind
	Year int
	N    int
}

// String writes the period as it is kept: 2026-M05, 2026-Q2, 2026-H1, 2026.
func (p Period) String() string {
	switch p.Kind {
	case Month:
		return fmt.Sprintf("%04d-M%02d", p.Year, p.N)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", p.Year, p.N)
	case Half:
		return fmt.Sprintf("%04d-H%d", p.Year, p.N)
	}
	return fmt.Sprintf("%04d", p.Year)
}

// ParsePeriod reads a period as String writes it.
func ParsePeriod(s string) (Period, error) {
	var p Period
	for _, form := range []struct {
		kind   Kind
		format string
	}{{Month, "%d-M%d"}, {Quarter, "%d-Q%d"}, {Half, "%d-H%d"}, {Year, "%d"}} {
		p = Period{Kind: form.kind, N: 1}
		into := []any{&p.Year, &p.N}
		if form.kind == Year {
			into = into[:1]
		}
		if _, err := fmt.Sscanf(s, form.format, into...); err == nil && p.N >= 1 && p.N <= p.Kind.perYear() && p.String() == s {
			return p, nil
		}
	}
	return Period{}, fault.New(fault.NotFound, "“%s” is no period of reports.", s)
}

// Names gives the period in people's words.
func (p Period) Names() lang.Names {
	switch p.Kind {
	case Month:
		return lang.Names{VI: fmt.Sprintf("tháng %d năm %d", p.N, p.Year), EN: fmt.Sprintf("%s %d", time.Month(p.N), p.Year)}
	case Quarter:
		return lang.Names{VI: fmt.Sprintf("quý %s năm %d", [...]string{"I", "II", "III", "IV"}[p.N-1], p.Year), EN: fmt.Sprintf("quarter %d of %d", p.N, p.Year)}
	case Half:
		return lang.Names{VI: fmt.Sprintf("6 tháng %s năm %d", [...]string{"đầu", "cuối"}[p.N-1], p.Year), EN: fmt.Sprintf("the %s half of %d", [...]string{"first", "second"}[p.N-1], p.Year)}
	}
	return lang.Names{VI: fmt.Sprintf("năm %d", p.Year), EN: fmt.Sprintf("the year %d", p.Year)}
}

// lastMonth is the calendar month with which the period ends.
func (p Period) lastMonth() time.Month {
	return time.Month(map[Kind]int{Month: p.N, Quarter: 3 * p.N, Half: 6 * p.N, Year: 12}[p.Kind])
}

// anchor is the first day of the period's last month: the rule in force on it is the rule of the period.
func (p Period) anchor() clock.Date { return clock.Date{Year: p.Year, Month: p.lastMonth(), Day: 1} }

// Next gives the period of the same kind after this one.
func (p Period) Next() Period {
	if p.N++; p.N > p.Kind.perYear() {
		p.Year, p.N = p.Year+1, 1
	}
	return p
}

// compared gives the periods with which this one may be compared, the best first: that before it, and of a half year the
// same half of the year before, where second halves have no report.
func (p Period) compared() []Period {
	if last := p.Last(); p.Kind == Half {
		return []Period{last, last.Last()}
	}
	return []Period{p.Last()}
}

// Last gives the period of the same kind before this one.
func (p Period) Last() Period {
	if p.N--; p.N < 1 {
		p.Year, p.N = p.Year-1, p.Kind.perYear()
	}
	return p
}

// Roll says where a last day goes that offices do not work on.
type Roll string

// The ways.
const (
	RollNext   Roll = "next"   // the next working day (Civil Code 2015, article 148.5)
	RollBefore Roll = "before" // the last working day before
	RollStay   Roll = "stay"   // it stays
)

// Rolls are all ways.
var Rolls = []Roll{RollNext, RollBefore, RollStay}

// Days are the days of a period under a calendar: cut-off and last day for sending, as days of a month. A day that a month
// does not have is its last one.
type Days struct {
	Cut  int  `db:"cut"`  // of the period's last month, or of an earlier one
	Back int  `db:"back"` // how many months before the period's last one the cut-off lies; 0 or 1
	Due  int  `db:"due"`  // in the month of the cut-off where it is a later day than Cut, otherwise in the month after
	Roll Roll `db:"roll"`
}

// CutOff gives the last day of which a period's figures speak.
func (d Days) CutOff(p Period) clock.Date {
	return dayIn(p.Year, p.lastMonth()-time.Month(d.Back), d.Cut)
}

// Span gives the first and the last day of a period: it begins where the one before was cut off.
func (d Days) Span(p Period) (first, last clock.Date) {
	return d.CutOff(p.Last()).Add(1), d.CutOff(p)
}

// DueDay gives the last day for sending, and how sure the calendar of holidays is of it. It lies after the cut-off.
func (d Days) DueDay(p Period) (clock.Date, workday.Certainty) {
	cut := d.CutOff(p)
	month := p.lastMonth() - time.Month(d.Back)
	if d.Due <= d.Cut {
		month++
	}
	day := dayIn(p.Year, month, d.Due)
	if !cut.Before(day) { // both were the last day of a short month
		day = cut.Add(1)
	}
	due := day
	switch d.Roll {
	case RollNext:
		due = workday.OnOrAfter(day)
	case RollBefore:
		for !workday.Works(due) && cut.Before(due.Add(-1)) {
			due = due.Add(-1)
		}
	}
	_, sure := workday.Add(day.Add(-1), 1)
	return due, sure
}

// dayIn gives a day of a month, the month's last where it has no such day. Months count on across years.
func dayIn(year int, month time.Month, day int) clock.Date {
	last := clock.Of(time.Date(year, month+1, 0, 12, 0, 0, 0, time.UTC))
	last.Day = min(day, last.Day)
	return last
}

// PeriodAt gives the period of a kind that a day falls into under a calendar.
func (d Days) PeriodAt(k Kind, on clock.Date) (Period, bool) {
	p := Period{Kind: k, Year: on.Year, N: 1}
	for range 2*k.perYear() + 2 {
		first, last := d.Span(p)
		if !on.Before(first) && !last.Before(on) {
			return p, true
		}
		p = p.Next()
	}
	return Period{}, false
}
