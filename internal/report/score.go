package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/workday"
)

// Scheme is a rubric: what a report is scored by, stated beforehand.
type Scheme struct {
	ID       string
	Since    clock.Date // the first cut-off it is for
	Criteria []Criterion
}

// Criterion is one rule of a scheme.
type Criterion struct {
	ID       string
	Names    lang.Names
	Computed bool    // its points follow from days and returns; nobody gives them
	Levels   []Level // the best first
}

// Most is the most points of the criterion.
func (c Criterion) Most() float64 { return c.Levels[0].Points }

// Level is a grade with what earns it.
type Level struct {
	Points float64
	Says   fault.Text
}

// schemes are all rubrics, the oldest first. A rubric that scored a report never changes; a new one begins on a day.
var schemes = []Scheme{{ID: "report-1", Since: clock.MustDate("2020-01-01"), Criteria: []Criterion{
	{ID: "punctual", Computed: true, Names: lang.Names{VI: "Đúng hạn", EN: "Punctuality"}, Levels: []Level{
		{40, fault.T("sent by the last day")}, {30, fault.T("1 or 2 working days late")}, {15, fault.T("3 to 5 working days late")}, {0, fault.T("more than 5 working days late")}}},
	{ID: "first-time", Computed: true, Names: lang.Names{VI: "Không phải làm lại", EN: "Right the first time"}, Levels: []Level{
		{10, fault.T("not returned")}, {5, fault.T("returned once")}, {0, fault.T("returned more than once")}}},
	{ID: "results", Names: lang.Names{VI: "Kết quả", EN: "Results"}, Levels: []Level{
		{20, fault.T("every result is told with its figure or evidence")}, {10, fault.T("some results are")}, {0, fault.T("results are only claimed")}}},
	{ID: "frank", Names: lang.Names{VI: "Hạn chế, nguyên nhân", EN: "Shortcomings and causes"}, Levels: []Level{
		{15, fault.T("what the figures show as short is told, with causes of the unit's own")}, {8, fault.T("a part is told, or the causes are others' alone")}, {0, fault.T("what the figures show as short is passed over")}}},
	{ID: "next", Names: lang.Names{VI: "Việc kỳ sau", EN: "Next steps"}, Levels: []Level{
		{15, fault.T("each names the work, who does it and a day")}, {8, fault.T("some do")}, {0, fault.T("none does")}}},
}}}

// SchemeOn gives the rubric for reports with a cut-off.
func SchemeOn(cut clock.Date) Scheme {
	scheme := schemes[0]
	for _, s := range schemes {
		if !cut.Before(s.Since) {
			scheme = s
		}
	}
	return scheme
}

// Criterion finds a rule of the scheme.
func (s Scheme) Criterion(id string) (Criterion, bool) {
	i := slices.IndexFunc(s.Criteria, func(c Criterion) bool { return c.ID == id })
	if i < 0 {
		return Criterion{}, false
	}
	return s.Criteria[i], true
}

// schemeOf finds a scheme by its id.
func schemeOf(id string) Scheme {
	return schemes[max(0, slices.IndexFunc(schemes, func(s Scheme) bool { return s.ID == id }))]
}

// Line is one line of a score's ledger: a rule, a fact, where it stands, a person, a time, points.
type Line struct {
	ID      string    `db:"id"`
	Report  string    `db:"report"`
	Scheme  string    `db:"scheme"`
	Rule    string    `db:"rule"`
	Points  float64   `db:"points"`
	Most    float64   `db:"most"`
	Fact    string    `db:"fact"`   // of a computed rule as data, see Says; else in the words of who scored
	Source  string    `db:"source"` // what the fact is about: version:ID, answer:ID
	Actor   string    `db:"actor"`
	At      time.Time `db:"at"`
	Decides string    `db:"decides"` // id of the answer it decides; "" for a first score
}

const lineColumns = "id, report, scheme, rule, points, most, fact, source, actor, at, decides"

// Reply is what the unit answers to a line.
type Reply struct {
	ID     string    `db:"id"`
	Line   string    `db:"line"`
	Report string    `db:"report"`
	At     time.Time `db:"at"`
	Actor  string    `db:"actor"`
	Words  string    `db:"words"`
}

const replyColumns = "id, line, report, at, actor, words"

// answerDays is how many days a unit has to answer its score.
const answerDays = 14

// AnswerUntil is the last day on which a score of a day may be answered.
func AnswerUntil(scored time.Time) clock.Date { return dayOf(scored).Add(answerDays) }

// Current gives the lines that count: of each rule the newest, in the order of the scheme.
func Current(lines []Line) (now []Line) {
	for _, l := range lines {
		now = append(slices.DeleteFunc(now, func(o Line) bool { return o.Rule == l.Rule }), l)
	}
	if len(now) > 0 {
		scheme := schemeOf(now[0].Scheme)
		at := func(l Line) int {
			return slices.IndexFunc(scheme.Criteria, func(c Criterion) bool { return c.ID == l.Rule })
		}
		slices.SortStableFunc(now, func(a, b Line) int { return at(a) - at(b) })
	}
	return now
}

// Total adds up lines.
func Total(lines []Line) (points, most float64) {
	for _, l := range Current(lines) {
		points, most = points+l.Points, most+l.Most
	}
	return points, most
}

// Grade is what somebody gives for one judged criterion: a level of it, and why.
type Grade struct {
	Rule   string
	Points float64
	Words  string
}

// Score scores an accepted report: the judged criteria by the grades, the others from days and returns. Every grade needs
// words, the best one too.
func (s *Store) Score(ctx context.Context, actor account.Actor, id string, rev int, grades []Grade) error {
	return s.step(ctx, actor, id, rev, Score, func(q *db.Q, r *Report) error {
		scheme := SchemeOn(r.Cut)
		v, _, err := lastSent(ctx, q, id)
		if err != nil {
			return err
		}
		lines, err := computed(ctx, q, r, scheme)
		if err != nil {
			return err
		}
		judged, items := scheme.judged(grades)
		if err := fault.Batch(items); err != nil {
			return err
		}
		for _, l := range append(lines, judged...) {
			l.Report, l.Scheme, l.Source, l.Actor = id, scheme.ID, "version:"+v.ID, actor.User
			if err := s.line(ctx, q, l); err != nil {
				return err
			}
		}
		return s.did(ctx, q, actor, id, string(Score), event{version: v.ID, note: scheme.ID})
	})
}

// judged makes the lines of the judged criteria, with all faults of the grades.
func (s Scheme) judged(grades []Grade) (lines []Line, items []fault.Item) {
	for _, c := range s.Criteria {
		if c.Computed {
			continue
		}
		i := slices.IndexFunc(grades, func(g Grade) bool { return g.Rule == c.ID })
		if i < 0 || !slices.ContainsFunc(c.Levels, func(l Level) bool { return l.Points == grades[i].Points }) {
			items = append(items, fault.Item{Field: "points-" + c.ID, What: fault.T("No level is chosen."), Remedy: fault.T("Choose one.")})
			continue
		}
		if grades[i].Words == "" {
			items = append(items, fault.Item{Field: "words-" + c.ID, What: fault.T("The reason has no words."), Remedy: fault.T("Write what in the report earns these points, also for the most.")})
		}
		lines = append(lines, Line{Rule: c.ID, Points: grades[i].Points, Most: c.Most(), Fact: grades[i].Words})
	}
	return lines, items
}

// The facts of computed rules, as they are kept.
const (
	punctualFact  = "sent=%s due=%s late=%d"
	firstTimeFact = "returned=%d"
)

// computed makes the lines whose points follow from days and returns.
func computed(ctx context.Context, q *db.Q, r *Report, scheme Scheme) (lines []Line, err error) {
	late := 0
	if r.Due.Before(r.SentOn()) {
		late = max(1, workday.Between(r.Due, r.SentOn()))
	}
	returned, err := db.One[int](ctx, q, "SELECT count(*) FROM report_event WHERE report = ? AND did = ?", r.ID, Return)
	if err != nil {
		return nil, err
	}
	for _, c := range scheme.Criteria {
		l := Line{Rule: c.ID, Most: c.Most()}
		switch c.ID {
		case "punctual":
			l.Fact = fmt.Sprintf(punctualFact, r.SentOn(), r.Due, late)
			l.Points = c.Levels[level3(late, 0, 2, 5)].Points
		case "first-time":
			l.Fact = fmt.Sprintf(firstTimeFact, returned)
			l.Points = c.Levels[min(returned, 2)].Points
		default:
			continue
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// level3 gives how many bounds a number is beyond.
func level3(n int, bounds ...int) (i int) {
	for _, b := range bounds {
		if n > b {
			i++
		}
	}
	return i
}

// Says gives the fact of a line in people's words; ok is false where it is in somebody's own.
func (l Line) Says() (t fault.Text, ok bool) {
	var sent, due string
	var n int
	if _, err := fmt.Sscanf(l.Fact, strings.ReplaceAll(punctualFact, "%s", "%10s"), &sent, &due, &n); err == nil && l.Decides == "" {
		if n == 0 {
			return fault.T("Sent on %s, by the last day %s.", clock.MustDate(sent), clock.MustDate(due)), true
		}
		return fault.T("Sent on %s, due on %s: %d working days late.", clock.MustDate(sent), clock.MustDate(due), n), true
	}
	if _, err := fmt.Sscanf(l.Fact, firstTimeFact, &n); err == nil && l.Decides == "" {
		return fault.T("Returned %d times.", n), true
	}
	return fault.Text{}, false
}

// line keeps a line of the ledger.
func (s *Store) line(ctx context.Context, q *db.Q, l Line) error {
	_, err := q.Exec(ctx, "INSERT INTO score_line ("+lineColumns+") VALUES ("+db.Marks(11)+")",
		q.NewID(), l.Report, l.Scheme, l.Rule, l.Points, l.Most, l.Fact, l.Source, l.Actor, q.Now(), l.Decides)
	return err
}

func linesOf(ctx context.Context, q *db.Q, report string) ([]Line, error) {
	return db.All[Line](ctx, q, "SELECT "+lineColumns+" FROM score_line WHERE report = ? ORDER BY id", report)
}

func repliesOf(ctx context.Context, q *db.Q, report string) ([]Reply, error) {
	return db.All[Reply](ctx, q, "SELECT "+replyColumns+" FROM score_answer WHERE report = ? ORDER BY id", report)
}
