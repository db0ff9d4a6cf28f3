package lang

import (
	"fmt"

	"thuoc/internal/clock"
)

// Date writes a civil date: 22/11/2026 in Vietnamese, 22 Nov 2026 in English. The zero date is empty.
func Date(l Lang, d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s%s%d", dayMonth(l, d), dateGap(l), d.Year)
}

// DateRange writes a period, the year once where both ends share it: 04/08 – 30/10/2025, 4 Aug – 30 Oct 2025.
func DateRange(l Lang, from, to clock.Date) string {
	if from.Year == to.Year && !from.IsZero() {
		return dayMonth(l, from) + " – " + Date(l, to)
	}
	return Date(l, from) + " – " + Date(l, to)
}

func dayMonth(l Lang, d clock.Date) string {
	if l == En {
		return fmt.Sprintf("%d %s", d.Day, d.Month.String()[:3])
	}
	return fmt.Sprintf("%02d/%02d", d.Day, d.Month)
}

func dateGap(l Lang) string {
	if l == En {
		return " "
	}
	return "/"
}
