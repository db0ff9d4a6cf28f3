package lang

import (
	"math"
	"strconv"
	"strings"
)

// minus is U+2212, as wide as a plus sign; a hyphen is not a minus.
const minus = "−"

// Number writes v with a fixed number of decimals: 1.234,56 in Vietnamese, 1,234.56 in English. A NaN is an absent
// number and gives the empty string; a value that rounds to zero has no sign.
func Number(l Lang, v float64, decimals int) string {
	if math.IsNaN(v) {
		return ""
	}
	digits := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(digits, ".")
	point, group := ",", "."
	if l == En {
		point, group = ".", ","
	}
	var b strings.Builder
	if v < 0 && strings.Trim(digits, "0.") != "" {
		b.WriteString(minus)
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(d)
	}
	if fraction != "" {
		b.WriteString(point + fraction)
	}
	return b.String()
}

// Count writes a whole number: 19.536 in Vietnamese, 19,536 in English.
func Count(l Lang, n int) string { return Number(l, float64(n), 0) }

// Signed writes v with its sign, as a change is written: +0,71, −0,71, and 0,00 without one.
func Signed(l Lang, v float64, decimals int) string {
	s := Number(l, v, decimals)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		return "+" + s
	}
	return s
}

// Percent writes a fraction as a percentage: 0.457 with one decimal is 45,7% in Vietnamese.
func Percent(l Lang, fraction float64, decimals int) string {
	if math.IsNaN(fraction) {
		return ""
	}
	return Number(l, 100*fraction, decimals) + "%"
}

// Range writes an interval with an en dash: 41,1–43,5. Beside a negative limit the dash stands apart, lest it read as
// a minus. It is empty when either limit is absent.
func Range(l Lang, lo, hi float64, decimals int) string {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return ""
	}
	a, b := Number(l, lo, decimals), Number(l, hi, decimals)
	if strings.HasPrefix(a, minus) || strings.HasPrefix(b, minus) {
		return a + " – " + b
	}
	return a + "–" + b
}
