package docx

import (
	"fmt"
	"strconv"
	"strings"

	"thuoc/internal/clock"
)

// numberLine is "Số: 41/KH-UBND": numbers under 10 bear a 0; without a number there is room for one.
func numberLine(number, symbol string) string {
	return "Số: " + Numbered(number, symbol)
}

// Numbered joins number and symbol: "05/BC-UBND". A number that is not given yet leaves room for writing it.
func Numbered(number, symbol string) string {
	if n, err := strconv.Atoi(number); err == nil && n < 10 {
		number = fmt.Sprintf("%02d", n)
	}
	if number == "" {
		number = strings.Repeat("\u00a0", 7)
	}
	if symbol == "" {
		return number
	}
	return number + "/" + symbol
}

// Day writes a day in words: "ngày 05 tháng 02 năm 2026". Days under 10 and the months 1 and 2 bear a 0, no other month
// does. A day that is not known yet leaves room for writing it.
func Day(d clock.Date) string {
	if d.IsZero() {
		return "ngày\u00a0\u00a0\u00a0\u00a0\u00a0tháng\u00a0\u00a0\u00a0\u00a0\u00a0năm\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"
	}
	return fmt.Sprintf("ngày %s tháng %s năm %d", day2(d), month2(d), d.Year)
}

func day2(d clock.Date) string { return fmt.Sprintf("%02d", d.Day) }

func month2(d clock.Date) string {
	if d.Month <= 2 {
		return fmt.Sprintf("%02d", d.Month)
	}
	return strconv.Itoa(int(d.Month))
}

// Roman writes a number from 1 in Roman digits.
func Roman(n int) string {
	var b strings.Builder
	for _, r := range []struct {
		value int
		digit string
	}{{100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.value; n -= r.value {
			b.WriteString(r.digit)
		}
	}
	return b.String()
}

// letters are those that number points, in the order of the Vietnamese alphabet as offices use it.
var letters = []string{"a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "x", "y"}

// Letter is the letter of the n-th point, from 1; after the last letter they are doubled.
func Letter(n int) string {
	return strings.Repeat(letters[(n-1)%len(letters)], (n-1)/len(letters)+1)
}

// upper writes capitals.
func upper(s string) string { return strings.ToUpper(s) }

// stopped brings lines to the form of the decree: each ends with ";", the last with ".".
func stopped(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		stop := ";"
		if i == len(lines)-1 {
			stop = "."
		}
		out[i] = strings.TrimRight(strings.TrimSpace(l), ".;, ") + stop
	}
	return out
}

// power gives the lines above the position: "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH".
func (s Signing) power() string {
	var lines []string
	if s.Body != "" {
		lines = append(lines, "TM. "+upper(s.Body))
	}
	if s.Instead != Himself {
		lines = append(lines, string(s.Instead)+" "+upper(s.For))
	}
	return strings.Join(lines, "\n")
}

// position is the line of the post.
func (s Signing) position() string {
	if s.Acting {
		return "Q. " + upper(s.Position)
	}
	return upper(s.Position)
}

// Reference names the document as others cite it: "Kế hoạch số 41/KH-UBND ngày 19 tháng 02 năm 2021 của …". Its kind is
// "Công văn" where it bears none.
func (d *Document) Reference() string {
	kind := d.Kind
	if kind == "" {
		kind = "Công văn"
	}
	return kind + " số " + Numbered(d.Number, d.Symbol) + " " + Day(d.Date) + " của " + d.named()
}

// named is the issuer within a sentence.
func (d *Document) named() string { return strings.TrimSpace(d.Issuer) }
