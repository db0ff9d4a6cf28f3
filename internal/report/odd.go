package report

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/lang"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// watch computes the signs over the reports of a period that stand.
func (s *Store) watch(ctx context.Context, q *db.Q, units []one) (found []Oddity, err error) {
	if len(units) == 0 {
		return nil, nil
	}
	var bunched, dated []tally
	var grades []graded
	flawed, settled, days := 0, 0, 0
	for _, u := range units {
		tasks, err := task.Stood(ctx, q, u.subject(), endOf(u.Cut))
		if err != nil {
			return nil, err
		}
		b, d := tally{unit: u.party}, tally{unit: u.party}
		g, bad := graded{unit: u.party}, 0
		last, _ := workday.Add(u.Cut.Add(1), -lastDays)
		days = max(days, workday.Between(u.From.Add(-1), u.Cut))
		span := Span{u.From, u.Cut, endOf(u.Cut)}
		for i := range tasks {
			b.submission(&tasks[i], u.From, u.Cut, last)
			d.photos(&tasks[i], u.From, u.Cut)
			ended, flaw := ended(&tasks[i], span)
			if ended {
				g.tasks++
			}
			if flaw {
				bad++
			}
		}
		bunched, dated = append(bunched, b), append(dated, d)
		settled, flawed = settled+g.tasks, flawed+bad
		g.flawless = bad == 0 && tellsNothing(u.entry.Text.Shortcomings)
		grades = append(grades, g)
	}
	scores, err := scoresOf(ctx, q, units)
	if err != nil {
		return nil, err
	}
	found = append(found, outliers(Bunching, bunched, 5)...)
	if days > 0 { // were the work of all spread evenly over the period: every unit may bunch, and none stands out
		found[0].Expected = float64(found[0].Of) * lastDays / float64(days)
	}
	found = append(found, flawless(grades, 1-share(flawed, settled)), saturated(scores))
	return append(found, outliers(BackDated, dated, 3)...), nil
}

// lastDays is how many working days before the cut-off count as its end.
const lastDays = 3

// ended tells whether in a span a task came to where it can have a flaw, and whether it has one: done late, overdue, returned
// and not sent again, or with evidence that was judged insufficient.
func ended(s *task.Standing, span Span) (is, flaw bool) {
	begin := endOf(span.First.Add(-1))
	marks := taskMarks(s, begin, span)
	for _, m := range marks {
		is = is || m == Done || m == Overdue || m == SentBack
		flaw = flaw || m == DoneLate || m == Overdue || m == SentBack
	}
	for _, e := range s.Evidence {
		if marks != nil && !e.At.Before(begin) && e.Verdict != "" {
			is, flaw = true, flaw || e.Verdict == task.Insufficient
		}
	}
	return is, flaw
}

// submission counts a task that was submitted last in a period, and whether that was from a day on.
func (t *tally) submission(s *task.Standing, first, cut, last clock.Date) {
	on := dayOf(s.Submitted)
	if on.Before(first) || cut.Before(on) {
		return
	}
	t.of++
	if !on.Before(last) {
		t.count++
	}
}

// oldPhoto is how long before its sending a photo may have been taken.
const oldPhoto = 30 * 24 * time.Hour

// photos counts the photos with a date that were shown in a period, and those whose date cannot well be that of the work.
func (t *tally) photos(s *task.Standing, first, cut clock.Date) {
	for _, e := range s.Evidence {
		if on := dayOf(e.At); e.Taken.IsZero() || on.Before(first) || cut.Before(on) {
			continue
		}
		t.of++
		if e.Taken.Before(s.Given) || e.Taken.Before(e.At.Add(-oldPhoto)) || e.Taken.After(e.At.Add(time.Hour)) {
			t.count++
		}
	}
}

// nothings are the words with which a report says that there is no shortcoming.
var nothings = []string{"khong", "khong co", "khong co han che", "none", "no"}

// tellsNothing tells whether a passage says that there is nothing.
func tellsNothing(text string) bool {
	return text == "" || slices.Contains(nothings, strings.Trim(lang.Fold(text), " ."))
}

// linesIn reads the lines of the ledger of several reports, by their ids.
func linesIn(ctx context.Context, q *db.Q, units []one) (map[string][]Line, error) {
	lines := map[string][]Line{}
	for part := range slices.Chunk(units, 400) {
		var ids []any
		for _, u := range part {
			ids = append(ids, u.ID)
		}
		for l, err := range db.Each[Line](ctx, q, "SELECT "+lineColumns+" FROM score_line WHERE report IN ("+db.Marks(len(ids))+") ORDER BY id", ids...) {
			if err != nil {
				return nil, err
			}
			lines[l.Report] = append(lines[l.Report], l)
		}
	}
	return lines, nil
}

// scoresOf gives the scores of reports as shares of the points, of those that are scored.
func scoresOf(ctx context.Context, q *db.Q, units []one) (shares []float64, err error) {
	lines, err := linesIn(ctx, q, units)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		if points, most := Total(lines[u.ID]); most > 0 {
			shares = append(shares, math.Min(points/most, 1))
		}
	}
	return shares, nil
}
