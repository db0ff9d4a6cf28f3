package follow_test

import (
	"testing"

	"pgregory.net/rapid"

	"thuoc/internal/clock"
	"thuoc/internal/follow"
	"thuoc/internal/workday"
)

// TestLadderAcrossTet: reminders count working days, so that a thing due right after Tết is spoken of before it.
func TestLadderAcrossTet(t *testing.T) {
	due := clock.MustDate("2026-02-24") // Tuesday; the holiday runs from 14 to 22 February
	for _, c := range []struct {
		today string
		days  int
		says  bool
	}{
		{"2026-02-05", 0, false}, // eight working days before: 6, 9, 10, 11, 12, 13 and 23 February lie between
		{"2026-02-06", -7, true},
		{"2026-02-11", -7, true},
		{"2026-02-12", -3, true},
		{"2026-02-23", -1, true},  // the first day at work
		{"2026-02-24", 0, true},   // the day itself
		{"2026-02-25", 1, true},   //
		{"2026-02-27", 3, true},   // to the head
		{"2026-03-05", 7, true},   // to the owner of the plan
		{"2026-03-17", 15, true},  // to the leaders
		{"2026-03-25", 15, false}, // six working days too late to be sent still
	} {
		step, says := follow.Usual.At(due, clock.MustDate(c.today))
		if says != c.says || says && step.Days != c.days {
			t.Errorf("%s, %d working days before the day: step %d (%v), want %d (%v)", c.today, workday.Between(clock.MustDate(c.today), due), step.Days, says, c.days, c.says)
		}
	}
}

// TestLadderClimbs: as days go by, the step reached never goes back, and every step of the ladder is reached on a day on
// which offices work. A thing due on a day of rest is spoken of on the working day before as due, not as due tomorrow.
func TestLadderClimbs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		due := clock.MustDate("2023-01-02").Add(rapid.IntRange(0, 1400).Draw(t, "due"))
		seen, last := map[int]bool{}, -99
		for n := -40; n <= 40; n++ {
			day := due.Add(n)
			step, says := follow.Usual.At(due, day)
			if !says {
				continue
			}
			if step.Days < last {
				t.Fatalf("due %s: step %d on %s after step %d", due, step.Days, day, last)
			}
			last = step.Days
			if workday.Works(day) {
				seen[step.Days] = true
			}
		}
		want := len(follow.Usual)
		if !workday.Works(due) {
			want--
		}
		if len(seen) != want {
			t.Errorf("due %s: %d of %d steps were reached on working days: %v", due, len(seen), len(follow.Usual), seen)
		}
	})
}
