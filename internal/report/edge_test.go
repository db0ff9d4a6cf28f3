package report

import (
	"slices"
	"testing"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/job"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// moment is a time of a day in Vietnam.
func moment(day string, hour, minute int) time.Time {
	d := clock.MustDate(day)
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, job.VietnamTime)
}

// The period of these tests: 15 June to 14 September 2025, a Sunday.
var (
	firstDay, cutDay = clock.MustDate("2025-06-15"), clock.MustDate("2025-09-14")
	period           = Span{firstDay, cutDay, endOf(cutDay)}
)

// The end of a period is its last three working days: over a weekend it begins on the Wednesday, over Tết before the holidays.
func TestTheEndOfAPeriod(t *testing.T) {
	for cut, want := range map[string]string{"2025-09-14": "2025-09-10", "2025-09-12": "2025-09-10", "2025-09-15": "2025-09-11",
		"2026-02-22": "2026-02-11", "2025-09-02": "2025-08-27"} { // Tết of 2026; the National Day, with the day before it
		if last, _ := workday.Add(clock.MustDate(cut).Add(1), -lastDays); last.String() != want {
			t.Errorf("the end of a period that is cut off on %s begins on %s, want %s", cut, last, want)
		}
	}
}

// A submission counts by its civil day in Vietnam: from the first day of the period to its last, and as late from the first
// of the last three working days on.
func TestSubmissionsAtTheEdge(t *testing.T) {
	last := clock.MustDate("2025-09-10")
	for _, c := range []struct {
		at        time.Time
		of, count int
	}{
		{moment("2025-06-14", 23, 59), 0, 0}, {moment("2025-06-15", 0, 0), 1, 0},
		{moment("2025-09-09", 23, 59), 1, 0}, {moment("2025-09-10", 0, 0), 1, 1},
		{moment("2025-09-14", 23, 59), 1, 1}, {moment("2025-09-15", 0, 0), 0, 0}, {time.Time{}, 0, 0},
	} {
		var got tally
		got.submission(&task.Standing{Submitted: c.at}, firstDay, cutDay, last)
		if got.of != c.of || got.count != c.count {
			t.Errorf("submitted at %v: %d of %d, want %d of %d", c.at, got.count, got.of, c.count, c.of)
		}
	}
}

// A photo is odd when it is older than its task, over thirty days older than its sending, or over an hour younger; to the
// minute. One without a date, or shown in another period, is not counted at all.
func TestPhotosAtTheEdge(t *testing.T) {
	given, sent := moment("2025-06-20", 8, 0), moment("2025-09-01", 8, 0)
	for name, c := range map[string]struct {
		given, taken, sent time.Time
		of, count          int
	}{
		"as the task was given":     {moment("2025-08-20", 8, 0), moment("2025-08-20", 8, 0), sent, 1, 0},
		"a minute before its task":  {moment("2025-08-20", 8, 0), moment("2025-08-20", 7, 59), sent, 1, 1},
		"thirty days old":           {given, sent.Add(-oldPhoto), sent, 1, 0},
		"a minute older":            {given, sent.Add(-oldPhoto - time.Minute), sent, 1, 1},
		"a clock an hour fast":      {given, sent.Add(time.Hour), sent, 1, 0},
		"a clock faster":            {given, sent.Add(time.Hour + time.Minute), sent, 1, 1},
		"without a date":            {given, time.Time{}, sent, 0, 0},
		"shown before the period":   {given, moment("2025-06-01", 8, 0), moment("2025-06-14", 23, 59), 0, 0},
		"shown after the cut-off":   {given, sent, moment("2025-09-15", 0, 0), 0, 0},
		"shown in the last minute":  {given, sent, moment("2025-09-14", 23, 59), 1, 0},
		"shown in the first minute": {moment("2025-06-01", 8, 0), moment("2025-06-14", 8, 0), moment("2025-06-15", 0, 0), 1, 0},
	} {
		var got tally
		got.photos(&task.Standing{Given: c.given, Evidence: []task.Evidence{{At: c.sent, Taken: c.taken}}}, firstDay, cutDay)
		if got.of != c.of || got.count != c.count {
			t.Errorf("%s: %d of %d, want %d of %d", name, got.count, got.of, c.count, c.of)
		}
	}
}

// A task that is not due yet proves nothing of its unit; one that is done has a flaw when it was sent a day late, not when it
// was sent on its last day; evidence that was found insufficient is a flaw, evidence that waits is none.
func TestFlawsAtTheEdge(t *testing.T) {
	due := clock.MustDate("2025-08-29")
	done := func(sent time.Time) task.Standing {
		return task.Standing{State: task.Confirmed, Due: due, Submitted: sent, Settled: sent.Add(time.Hour)}
	}
	shown := func(v task.Verdict) task.Standing {
		return task.Standing{State: task.Doing, Due: clock.MustDate("2025-12-31"), Evidence: []task.Evidence{{At: moment("2025-09-01", 8, 0), Verdict: v}}}
	}
	old := done(moment("2025-06-10", 8, 0))
	for name, c := range map[string]struct {
		task     task.Standing
		is, flaw bool
	}{
		"not due":            {task.Standing{State: task.Doing, Due: cutDay.Add(1)}, false, false},
		"due on the cut-off": {task.Standing{State: task.Doing, Due: cutDay}, true, true},
		"done in time":       {done(moment("2025-08-29", 23, 59)), true, false},
		"done a day late":    {done(moment("2025-08-30", 0, 0)), true, true},
		"settled before":     {old, false, false},
		"returned":           {task.Standing{State: task.Returned, Due: cutDay.Add(9)}, true, true},
		"insufficient":       {shown(task.Insufficient), true, true},
		"sufficient":         {shown(task.Sufficient), true, false},
		"waiting":            {shown(""), false, false},
	} {
		if is, flaw := ended(&c.task, period); is != c.is || flaw != c.flaw {
			t.Errorf("%s: ended %v with a flaw %v, want %v and %v", name, is, flaw, c.is, c.flaw)
		}
	}
}

// A single unit with five submissions is tested, with four it is not; five scores are told of, and exactly four fifths at the
// top are none too many.
func TestSignsAtTheEdge(t *testing.T) {
	others := []tally{{unit: Party{Name: "a"}, of: 40}, {unit: Party{Name: "b"}, of: 40}}
	for of, want := range map[int]int{4: 1, 5: 2} {
		if found := outliers(Bunching, append(others, tally{unit: Party{Name: "c"}, count: of, of: of}), 5); len(found) != want {
			t.Errorf("a unit with %d of %d at the end: %d rows, want %d", of, of, len(found), want)
		}
	}
	for n, want := range map[int]bool{4: false, 5: true} {
		if o := saturated(slices.Repeat([]float64{1}, n)); o.Out != want {
			t.Errorf("%d full scores: %+v", n, o)
		}
	}
	if o := saturated([]float64{0.9, 0.9, 0.9, 0.9, 0.8999}); o.Out || o.Count != 4 {
		t.Errorf("four of five at nine tenths: %+v", o)
	}
	for text, want := range map[string]bool{"": true, " Không. ": true, "Không có hạn chế": true, "Không có hạn chế lớn": false, "Còn 3 thôn": false} {
		if tellsNothing(text) != want {
			t.Errorf("%q tells nothing: %v", text, !want)
		}
	}
}

// Punctuality loses points by working days: none on the last day, and each bound belongs to the better level.
func TestRubricAtTheEdge(t *testing.T) {
	scheme := SchemeOn(cutDay)
	levels, _ := scheme.Criterion("punctual")
	for late, want := range map[int]float64{0: 40, 1: 30, 2: 30, 3: 15, 5: 15, 6: 0, 90: 0} {
		if got := levels.Levels[level3(late, 0, 2, 5)].Points; got != want {
			t.Errorf("%d working days late earns %v, want %v", late, got, want)
		}
	}
	most := 0.0
	for _, c := range scheme.Criteria {
		most += c.Most()
		for i, l := range c.Levels[1:] {
			if l.Points >= c.Levels[i].Points {
				t.Errorf("%s: level %d earns no less than the one above", c.ID, i+1)
			}
		}
	}
	if most != 100 {
		t.Errorf("the rubric has %v points", most)
	}
	friday, saturday := clock.MustDate("2025-09-19"), clock.MustDate("2025-09-20")
	r := Report{Due: friday, Sent: moment("2025-09-19", 23, 59)}
	if r.Late(saturday) {
		t.Error("sent in the last minute is late")
	}
	if r.Sent = moment("2025-09-20", 0, 0); !r.Late(saturday) || workday.Between(friday, r.SentOn()) != 0 {
		t.Error("sent on the Saturday after is in time, or a working day late")
	}
}
