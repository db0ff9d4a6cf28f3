package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"thuoc/internal/clock"
)

// plain brings a cell to the form in which texts are kept and compared: composed letters, single blanks (a line break
// in a cell is one), no marks of width zero, and without the guard that Write puts before texts that look like formulas.
func plain(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		s = noWidth.Replace(norm.NFC.String(s))
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if rest, ok := strings.CutPrefix(s, "'"); ok {
		if rest = strings.TrimLeft(rest, " "); formula(strings.TrimLeft(rest, "'")) { // a blank before it is what Write guarded as well
			return rest
		}
	}
	return s
}

var noWidth = strings.NewReplacer("\u200b", "", "\ufeff", "")

// formula tells whether a spreadsheet would take a text for a formula, in a CSV file or when it is typed again.
func formula(s string) bool {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err != nil
}

// guarded gives a text in the form in which no spreadsheet runs it, and which plain brings back.
func guarded(s string) string {
	if formula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

var dayFirst = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: \d{1,2}:\d{2})?$`)

// ParseDate reads a date as people here write it, day first: 1/3/2025, 01-03-2025, 01.03.2025; or as ISO, 2025-03-01.
// A time after it is dropped. Years have four digits.
func ParseDate(s string) (clock.Date, bool) {
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		s = m[3] + "-" + pad(m[2]) + "-" + pad(m[1])
	}
	d, err := clock.ParseDate(s)
	return d, err == nil
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

var (
	wholeNumber   = regexp.MustCompile(`^[-−]?\d{1,15}$`)
	decimalNumber = regexp.MustCompile(`^[-−]?\d{1,15}([.,]\d+)?$`)
	thousands     = regexp.MustCompile(`^[-−]?\d{1,3},\d{3}$`)
)

// ParseWhole reads a whole number of at most 15 digits, written without marks between thousands; blanks between them
// are passed over.
func ParseWhole(s string) (int64, bool) {
	s = strings.ReplaceAll(s, " ", "")
	if !wholeNumber.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.Replace(s, "−", "-", 1), 10, 64)
	return n, err == nil
}

// ParseNumber reads a number with a decimal point or a decimal comma and no marks between thousands. “1,234” is
// refused, because it is one number to some people and another to others.
func ParseNumber(s string) (float64, bool) {
	s = strings.ReplaceAll(s, " ", "")
	if !decimalNumber.MatchString(s) || thousands.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.NewReplacer("−", "-", ",", ".").Replace(s), 64)
	return v, err == nil
}
