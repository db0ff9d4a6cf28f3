package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/lang"
)

// Mark is what a row counts as: the series of a figure.
type Mark string

// The marks of tasks, of evidence, and of inspections and what they found.
const (
	Given     Mark = "given"     // on the unit's hands at some time of the period
	Done      Mark = "done"      // confirmed in the period
	DoneLate  Mark = "done-late" // of those, submitted after the last day
	Overdue   Mark = "overdue"   // past the last day at the cut-off, and not submitted
	Extended  Mark = "extended"  // more time was given in the period
	Waiting   Mark = "waiting"   // submitted and not judged at the cut-off
	SentBack  Mark = "sent-back" // returned and not submitted again at the cut-off
	Suspended Mark = "suspended" // at the cut-off

	Shown        Mark = "shown"        // evidence shown in the period
	Sufficient   Mark = "sufficient"   // of it, judged sufficient by the cut-off
	Insufficient Mark = "insufficient" // of it, judged insufficient
	Unjudged     Mark = "unjudged"     // of it, not judged by the cut-off

	Inspected    Mark = "inspected"     // inspections concluded in the period
	Reinspected  Mark = "re-inspected"  // of them, inspections again
	Found        Mark = "found"         // findings recorded in the period, or open when it began
	Remedied     Mark = "remedied"      // of them, verified by somebody else by the cut-off
	FindingLate  Mark = "finding-late"  // of them, past the day of remedy at the cut-off
	FindingFails Mark = "finding-fails" // of them, found again by an inspection
)

// serie is what is told of a mark: its name, and the mark whose count is its base.
type serie struct {
	mark  Mark
	names lang.Names
	base  Mark
}

// series are all marks in the order of a report.
var series = []serie{
	{Given, lang.Names{VI: "Nhiệm vụ phải thực hiện trong kỳ", EN: "Tasks in hand in the period"}, ""},
	{Done, lang.Names{VI: "Đã hoàn thành, được xác nhận", EN: "Done and confirmed"}, Given},
	{DoneLate, lang.Names{VI: "Trong đó hoàn thành quá hạn", EN: "Of them, done late"}, Done},
	{Overdue, lang.Names{VI: "Quá hạn chưa hoàn thành", EN: "Overdue and not done"}, Given},
	{Extended, lang.Names{VI: "Được gia hạn trong kỳ", EN: "Given more time in the period"}, Given},
	{Waiting, lang.Names{VI: "Đã nộp, chờ xác nhận", EN: "Submitted, waiting for a judgement"}, Given},
	{SentBack, lang.Names{VI: "Bị trả lại, chưa nộp lại", EN: "Returned, not submitted again"}, Given},
	{Suspended, lang.Names{VI: "Tạm dừng", EN: "Suspended"}, Given},
	{Shown, lang.Names{VI: "Minh chứng gửi trong kỳ", EN: "Evidence shown in the period"}, ""},
	{Sufficient, lang.Names{VI: "Minh chứng được đánh giá đạt", EN: "Evidence judged sufficient"}, Shown},
	{Insufficient, lang.Names{VI: "Minh chứng bị đánh giá chưa đạt", EN: "Evidence judged insufficient"}, Shown},
	{Unjudged, lang.Names{VI: "Minh chứng chưa được đánh giá", EN: "Evidence not judged yet"}, Shown},
	{Inspected, lang.Names{VI: "Cuộc kiểm tra đã kết luận trong kỳ", EN: "Inspections concluded in the period"}, ""},
	{Reinspected, lang.Names{VI: "Trong đó tái kiểm tra", EN: "Of them, inspections again"}, Inspected},
	{Found, lang.Names{VI: "Tồn tại, hạn chế phải khắc phục", EN: "Findings to be remedied"}, ""},
	{Remedied, lang.Names{VI: "Đã khắc phục, được xác minh", EN: "Remedied and verified"}, Found},
	{FindingLate, lang.Names{VI: "Quá hạn khắc phục", EN: "Past the day of remedy"}, Found},
	{FindingFails, lang.Names{VI: "Trong đó có lần xác minh chưa đạt", EN: "Of these, once found not remedied"}, Found},
}

// Names gives a mark in people's words.
func (m Mark) Names() lang.Names {
	for _, s := range series {
		if s.mark == m {
			return s.names
		}
	}
	return lang.Names{VI: string(m), EN: string(m)}
}

// Row is one thing from which figures are computed, as it stood at the cut-off.
type Row struct {
	Source string     `db:"source"` // what it is: "task", "evidence", "inspection", "finding"
	Item   string     `db:"item"`   // its id
	Code   string     `db:"code"`   // the levers, parted by ;
	Title  string     `db:"title"`
	State  string     `db:"state"` // as its own package calls it
	Due    clock.Date `db:"due"`
	Marks  string     `db:"marks"` // what it counts as, parted by blanks
}

// Has tells whether the row counts as something.
func (r Row) Has(m Mark) bool { return slices.Contains(strings.Fields(r.Marks), string(m)) }

// Codes gives the levers of a row.
func (r Row) Codes() (all []string) {
	for code := range strings.SplitSeq(r.Code, ";") {
		if code = strings.TrimSpace(code); code != "" {
			all = append(all, code)
		}
	}
	return all
}

// Span is the days of which a report speaks, and the moment at which it is computed: the end of Cut, or earlier while the
// period lasts.
type Span struct {
	First, Cut clock.Date
	At         time.Time
}

// Source gives the rows of one unit in a span, in an order that does not change. It asks within a transaction and reads
// history, so that the same span gives the same rows whenever it is asked.
type Source func(ctx context.Context, q *db.Q, u Unit, s Span) ([]Row, error)

// Figure is one number of a report: how many rows bear a mark, all or those of one lever.
type Figure struct {
	Mark  Mark
	Code  string // the lever; "" for all
	Value int
	Base  int    // of how many; 0 where the figure is a base itself
	Of    Mark   // what the base counts; "" where there is none
	Hash  string // SHA-256 of the rows it counts
}

// Names gives the figure's name.
func (f Figure) Names() lang.Names { return f.Mark.Names() }

// Figures counts the marks of rows: of all of them, then by lever. Marks of inspections stand there only where there are
// rows of inspections: what is not known is not zero.
func Figures(rows []Row) []Figure {
	figures := count("", rows)
	for _, code := range leversOf(rows) {
		of := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return !slices.Contains(r.Codes(), code) })
		for _, f := range count(code, of) {
			if f.Value > 0 {
				figures = append(figures, f)
			}
		}
	}
	return figures
}

// leversOf lists the levers that rows speak of, in order.
func leversOf(rows []Row) (codes []string) {
	for _, r := range rows {
		codes = append(codes, r.Codes()...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// families says which marks belong to a source that a house may lack.
var families = map[Mark]string{Inspected: "inspection", Reinspected: "inspection", Found: "finding", Remedied: "finding", FindingLate: "finding", FindingFails: "finding"}

// count counts every mark of some rows.
func count(code string, rows []Row) (figures []Figure) {
	values, sums, seen := map[Mark]int{}, map[Mark]hash.Hash{}, map[string]bool{}
	for _, r := range rows {
		seen[r.Source] = true
		for mark := range strings.FieldsSeq(r.Marks) {
			m := Mark(mark)
			if sums[m] == nil {
				sums[m] = sha256.New()
			}
			values[m]++
			r.write(sums[m])
		}
	}
	for _, s := range series {
		if family := families[s.mark]; family != "" && !seen[family] {
			continue
		}
		f := Figure{Mark: s.mark, Code: code, Value: values[s.mark], Of: s.base, Base: values[s.base]}
		if sum := sums[s.mark]; sum != nil {
			f.Hash = hex.EncodeToString(sum.Sum(nil))
		} else {
			f.Hash = hex.EncodeToString(sha256.New().Sum(nil))
		}
		figures = append(figures, f)
	}
	return figures
}

// write writes a row in the form of which hashes are made: one line, its fields quoted.
func (r Row) write(to hash.Hash) {
	fmt.Fprintf(to, "%q %q %q %q %q %q %q\n", r.Source, r.Item, r.Code, r.Title, r.State, r.Due.String(), r.Marks)
}

// hashOf gives the SHA-256 of rows in their order.
func hashOf(rows []Row) string {
	sum := sha256.New()
	for _, r := range rows {
		r.write(sum)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// value gives the number of a mark without a lever.
func value(figures []Figure, m Mark) int {
	for _, f := range figures {
		if f.Mark == m && f.Code == "" {
			return f.Value
		}
	}
	return 0
}
