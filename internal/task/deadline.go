package task

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
	"thuoc/internal/workday"
)

// recurring are words of work that comes again and again, and so has no one last day; folded, as whole words.
var recurring = regexp.MustCompile(`\b(thuong xuyen|hang|moi|dinh ky|lien tuc|ngay sau|daily|weekly|monthly|quarterly|yearly|every|regularly|ongoing)\b`)

// lead are the words before a deadline, folded: "trước ngày", "chậm nhất", "by". “Before” a day is taken as by the end of
// it, as offices count reports that are due “trước ngày 15/12”.
var leadWords = regexp.MustCompile(`^(?:(?:hoan thanh|xong|thuc hien|truoc|cham nhat|den het|den|het|trong|vao|la|cuoi|ngay|muon nhat|by|before|until|end of|the end of)\s+)+`)

// The forms of a period or a day, folded. A missing year is the plan's.
var (
	yearForm    = regexp.MustCompile(`^(?:nam )?(20\d\d)$`)
	termForm    = regexp.MustCompile(`^(?:giai doan |nhiem ky |nam )?20\d\d (20\d\d)$`) // Fold makes the dash a blank
	quarterForm = regexp.MustCompile(`^(?:quy |quarter |q)\s*(i{1,3}|iv|[1-4])(?:\s*[/.]\s*|\s+nam\s+|\s+of\s+|\s+)?(20\d\d)?$`)
	monthForm   = regexp.MustCompile(`^(?:thang )?(\d{1,2})(?:\s*/\s*|\s+nam\s+|\s+)(20\d\d)$|^thang (\d{1,2})$`)
	halfForm    = regexp.MustCompile(`^6 thang (dau|cuoi)(?: nam)?(?: (20\d\d))?$`)
	dayForm     = regexp.MustCompile(`^(\d{1,2})\s*[/.]\s*(\d{1,2})(?:\s*[/.]\s*(20\d\d))?$`)
	longDayForm = regexp.MustCompile(`^(\d{1,2}) thang (\d{1,2})(?: nam (20\d\d))?$`)
)

var romans = map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4}

// Deadline reads a deadline as people write it: a date; or a period, "2025", "quý II/2026", "tháng 6", "trước 30/6",
// "6 tháng đầu năm", which ends with its last day. A last day on which offices rest moves to the next working day. Where
// the year is not said it is that of the plan. It is false for words that name no one day, as "hằng tháng" does.
func Deadline(words string, year int) (clock.Date, bool) {
	if d, ok := sheet.ParseDate(words); ok {
		return d, true // a day in full is meant as it stands
	}
	folded := strings.Trim(lang.Fold(words), " .;")
	if recurring.MatchString(folded) {
		return clock.Date{}, false
	}
	folded = leadWords.ReplaceAllString(folded, "")
	end, ok := lastDay(folded, year)
	if !ok {
		return clock.Date{}, false
	}
	return workday.OnOrAfter(end), true
}

// lastDay gives the last day of a period, or the day itself.
func lastDay(s string, year int) (clock.Date, bool) {
	if m := yearForm.FindStringSubmatch(s); m != nil {
		return endOf(or(m[1], year), 12)
	}
	if m := termForm.FindStringSubmatch(s); m != nil {
		return endOf(or(m[1], year), 12)
	}
	if s == "nam" && year > 0 { // what is left of "cuối năm", "trong năm"
		return endOf(year, 12)
	}
	if m := quarterForm.FindStringSubmatch(s); m != nil {
		quarter, roman := romans[m[1]]
		if !roman {
			quarter = or(m[1], 0)
		}
		return endOf(or(m[2], year), 3*quarter)
	}
	if m := halfForm.FindStringSubmatch(s); m != nil {
		month := 6
		if m[1] == "cuoi" {
			month = 12
		}
		return endOf(or(m[2], year), month)
	}
	if m := monthForm.FindStringSubmatch(s); m != nil {
		return endOf(or(m[2], year), or(m[1]+m[3], 0))
	}
	for _, form := range []*regexp.Regexp{dayForm, longDayForm} {
		if m := form.FindStringSubmatch(s); m != nil {
			return dayOf(or(m[3], year), or(m[2], 0), or(m[1], 0))
		}
	}
	return clock.Date{}, false
}

// or reads a number of a form; what is not there is the usual one.
func or(digits string, usual int) int {
	if n, err := strconv.Atoi(digits); err == nil {
		return n
	}
	return usual
}

// endOf gives the last day of a month.
func endOf(year, month int) (clock.Date, bool) {
	if year < 2000 || month < 1 || month > 12 {
		return clock.Date{}, false
	}
	return clock.Of(time.Date(year, time.Month(month)+1, 0, 12, 0, 0, 0, time.UTC)), true
}

// dayOf gives a day that exists.
func dayOf(year, month, day int) (clock.Date, bool) {
	end, ok := endOf(year, month)
	if !ok || day < 1 || day > end.Day {
		return clock.Date{}, false
	}
	return clock.Date{Year: year, Month: time.Month(month), Day: day}, true
}
