package lang

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Entry writes v as somebody enters it into a field: with all its digits and no marks between thousands, so that
// ParseNumber reads the same number again. 1250.125 is 1250,125 in Vietnamese. A NaN gives the empty string.
func Entry(l Lang, v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if l == Vi {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

// The forms of a number without its sign, with the points as in English.
var (
	plain   = regexp.MustCompile(`^\d{1,15}(\.\d+)?$`)
	grouped = regexp.MustCompile(`^[1-9]\d{0,2}(,\d{3}){1,4}(\.\d+)?$`)
)

// ParseNumber reads a number as the people of a language write it: 1.250 is a thousand two hundred and fifty in Vietnamese
// and one and a quarter in English, 1,250 the other way round. What can be read in one way only is read so in either
// language: 12.5, 0.125, 1,234.5. It is false for what is none, for marks at wrong places, and beyond ±10¹⁵.
func ParseNumber(l Lang, s string) (float64, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", minus, "-").Replace(s)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 {
		return 0, false
	}
	turned := strings.NewReplacer(".", ",", ",", ".").Replace(digits) // as the other language writes it
	ways := []string{digits, turned}
	if l == Vi {
		ways = []string{turned, digits}
	}
	for _, w := range ways { // the language's own way first
		if !plain.MatchString(w) && !grouped.MatchString(w) {
			continue
		}
		v, err := strconv.ParseFloat(strings.ReplaceAll(w, ",", ""), 64)
		if err != nil || v > 1e15 {
			return 0, false
		}
		if s[0] == '-' {
			v = -v
		}
		return v, true
	}
	return 0, false
}
