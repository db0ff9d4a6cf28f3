package task_test

import (
	"testing"

	"thuoc/internal/sheet"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// The last day of a period of 2026 unless it says otherwise; 31/01/2026 and 28/02/2026 are Saturdays.
func TestDeadlines(t *testing.T) {
	for words, want := range map[string]string{
		"2025": "2025-12-31", "năm 2025": "2025-12-31", "2021-2025": "2025-12-31", "giai đoạn 2021–2025": "2025-12-31", "trong năm": "2026-12-31",
		"quý II/2026": "2026-06-30", "Quý 3 năm 2027": "2027-09-30", "Quý IV": "2026-12-31", "Q1/2027": "2027-03-31", "cuối quý I": "2026-03-31",
		"trước 30/6": "2026-06-30", "Trước ngày 30/6/2027": "2027-06-30", "chậm nhất ngày 15.12": "2026-12-15", "30/06/2026": "2026-06-30",
		"2026-06-30": "2026-06-30", "tháng 6": "2026-06-30", "tháng 02/2026": "2026-03-02", "9/2026": "2026-09-30", "hết tháng 01 năm 2026": "2026-02-02",
		"6 tháng đầu năm": "2026-06-30", "6 tháng cuối năm 2025": "2025-12-31", "hoàn thành trước 10/6": "2026-06-10", "ngày 30 tháng 6 năm 2026": "2026-06-30",
		"by the end of 2026": "2026-12-31", "before 30/6/2026": "2026-06-30",
		// Days that are none, and work that comes again and again.
		"30/2": "", "tháng 13": "", "quý V": "", "hằng tháng": "", "hàng quý": "", "thường xuyên": "", "định kỳ 6 tháng": "", "khi có yêu cầu": "", "": "", "10": "",
		"every month": "", "hằng năm, trước 15/12": "", "31/04/2026": "",
	} {
		got, ok := task.Deadline(words, 2026)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q is due on %s (%v), want %q", words, got, ok, want)
		}
	}
}

// Whatever people write, a deadline is a day of the calendar, and without a date in full one on which offices work.
func FuzzDeadline(f *testing.F) {
	for _, s := range []string{"quý II/2026", "trước 30/6", "6 tháng đầu năm", "31/12/2022", "tháng 2", "0/0", "giai đoạn 2021-2025"} {
		f.Add(s, 2026)
	}
	f.Fuzz(func(t *testing.T, words string, year int) {
		year = 2000 + (year&0x7fff)%100
		d, ok := task.Deadline(words, year)
		if !ok {
			return
		}
		if again, ok := task.Deadline(d.String(), year); !ok || again != d {
			t.Errorf("%q gives %s, which reads as %s", words, d, again)
		}
		if _, inFull := sheet.ParseDate(words); !inFull && !workday.Works(d) {
			t.Errorf("%q falls on %s, on which offices rest", words, d)
		}
	})
}
