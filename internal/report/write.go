package report

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Entry is what a unit writes in a report: the answers to what it promised last time first, and then the rest.
type Entry struct {
	Answers  []Answered `json:"answers"`
	Text     Narrative  `json:"text"`
	Disputes []Dispute  `json:"disputes"`
}

// Version is an Entry as it was saved.
type Version struct {
	ID     string    `db:"id"`
	Report string    `db:"report"`
	At     time.Time `db:"at"`
	Actor  string    `db:"actor"`
	Body   string    `db:"body"` // JSON
	Sent   time.Time `db:"sent"` // zero where it was saved only
}

const versionColumns = "id, report, at, actor, body, sent"

// Entry reads what was saved.
func (v Version) Entry() (e Entry, err error) {
	if v.Body != "" {
		err = json.Unmarshal([]byte(v.Body), &e)
	}
	return e, err
}

// Bounds of what is written.
const (
	mostLetters  = 8000 // of a passage
	mostPromises = 20
)

// Save keeps what is written so far; anybody of the unit may go on from it. What is missing is no fault yet.
func (s *Store) Save(ctx context.Context, actor account.Actor, id string, rev int, e Entry) error {
	return s.step(ctx, actor, id, rev, Write, func(q *db.Q, r *Report) error {
		if err := fault.Batch(e.bounds()); err != nil {
			return err
		}
		v, err := s.keep(ctx, q, actor, r, e, false)
		if err == nil && r.State == Due {
			r.State = Draft
		}
		if err != nil {
			return err
		}
		return s.did(ctx, q, actor, id, string(Write), event{version: v.ID, content: []byte(v.Body)})
	})
}

// Send sends a report. Its figures must be frozen, every promise of last time answered, and no part be empty; all that is
// missing is told at once.
func (s *Store) Send(ctx context.Context, actor account.Actor, id string, rev int, e Entry) error {
	return s.step(ctx, actor, id, rev, Send, func(q *db.Q, r *Report) error {
		if r.Frozen.IsZero() {
			return fault.New(fault.Conflict, "The figures are frozen at the end of %s; the report can be sent from the day after. What is written is kept.", r.Cut)
		}
		rows, err := frozenRows(ctx, q, r.ID)
		if err != nil {
			return err
		}
		promised, err := promisesBefore(ctx, q, r)
		if err != nil {
			return err
		}
		if err := fault.Batch(append(e.bounds(), e.missing(r, promised, Figures(rows))...)); err != nil {
			return err
		}
		v, err := s.keep(ctx, q, actor, r, e, true)
		if err != nil {
			return err
		}
		if r.Sent.IsZero() {
			r.Sent = q.Now()
		}
		return s.did(ctx, q, actor, id, string(Send), event{version: v.ID, content: []byte(v.Body)})
	})
}

// keep writes a version down.
func (s *Store) keep(ctx context.Context, q *db.Q, actor account.Actor, r *Report, e Entry, sent bool) (v Version, err error) {
	v = Version{ID: q.NewID(), Report: r.ID, At: q.Now(), Actor: actor.User}
	for i := range e.Text.Next {
		e.Text.Next[i].ID = fmt.Sprintf("%s/%d", v.ID, i+1)
	}
	body, err := json.Marshal(e)
	if err != nil {
		return v, err
	}
	v.Body = string(body)
	var at any
	if sent {
		v.Sent, at = q.Now(), q.Now()
	}
	_, err = q.Exec(ctx, "INSERT INTO report_version ("+versionColumns+") VALUES (?, ?, ?, ?, ?, ?)", v.ID, v.Report, v.At, v.Actor, v.Body, at)
	return v, err
}

// bounds gives what is too long.
func (e Entry) bounds() (items []fault.Item) {
	long := func(field, text string) {
		if len([]rune(text)) > mostLetters {
			items = append(items, fault.Item{Field: field, What: fault.T("This is longer than %d letters.", mostLetters), Remedy: fault.T("Shorten it, or attach the rest as a file.")})
		}
	}
	for _, p := range e.passages() {
		long(p.field, p.text)
	}
	for i, a := range e.Answers {
		long(answerField(i), a.Words)
	}
	for i, p := range e.Text.Next {
		long(nextField(i), p.Text)
	}
	if len(e.Text.Next) > mostPromises {
		items = append(items, fault.Item{Field: nextField(0), What: fault.T("There are more than %d next steps.", mostPromises), Remedy: fault.T("Put some together: each is answered for next time.")})
	}
	return items
}

// passage is a field of the narrative.
type passage struct{ field, text string }

func (e Entry) passages() []passage {
	return []passage{{"results", e.Text.Results}, {"shortcomings", e.Text.Shortcomings}, {"causes", e.Text.Causes}, {"proposals", e.Text.Proposals}}
}

// The fields of what is asked several times, as forms name them.
func keptField(i int) string   { return fmt.Sprintf("kept-%d", i+1) }
func answerField(i int) string { return fmt.Sprintf("answer-%d", i+1) }
func nextField(i int) string   { return fmt.Sprintf("next-%d", i+1) }
func dueField(i int) string    { return fmt.Sprintf("next-due-%d", i+1) }

// missing gives all that a report lacks before it can be sent, the promises first.
func (e Entry) missing(r *Report, promised []Promise, figures []Figure) (items []fault.Item) {
	lacks := func(is bool, field string, what, remedy fault.Text) {
		if is {
			items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
		}
	}
	for i, p := range promised {
		at := slices.IndexFunc(e.Answers, func(a Answered) bool { return a.ID == p.ID })
		var a Answered
		if at >= 0 {
			a = e.Answers[at]
		}
		lacks(!slices.Contains([]Kept{WasKept, InPart, NotKept}, a.Kept), keptField(i), fault.T("This promise of last time is not answered."), fault.T("Say whether it was kept."))
		lacks(a.Words == "", answerField(i), fault.T("The answer has no words."), fault.T("Write what shows it, or why not."))
	}
	lacks(e.Text.Results == "", "results", fault.T("The results are missing."), fault.T("Write what was reached."))
	lacks(e.Text.Shortcomings == "", "shortcomings", fault.T("The shortcomings are missing."), fault.T("Write what was not reached; where there is nothing, say so."))
	behind := value(figures, Overdue) + value(figures, DoneLate)
	lacks(e.Text.Causes == "" && behind > 0, "causes", fault.T("%d tasks are overdue or were done late, and no cause is told.", behind), fault.T("Write the causes as you know them."))
	lacks(len(e.Text.Next) == 0, nextField(0), fault.T("No next step is named."), fault.T("Write at least one, with who does it and until when."))
	for i, p := range e.Text.Next {
		lacks(p.Text == "", nextField(i), fault.T("The next step has no words."), fault.T("Write the work and who does it, or clear its day."))
		lacks(p.Due.IsZero(), dueField(i), fault.T("The next step has no day."), fault.T("Write until when."))
		lacks(!p.Due.IsZero() && !r.Cut.Before(p.Due), dueField(i), fault.T("The day lies in the period that is over."), fault.T("Write a later day than %s.", r.Cut))
	}
	for _, d := range e.Disputes {
		lacks(d.Words == "", "dispute", fault.T("It is not said what is wrong with the figure."), fault.T("Write what it should be and what shows it."))
	}
	return items
}

// promisesBefore gives what the unit promised in its last report before this one that was sent: of a year, that of its first
// half where the second has none, and in a half year those of a year and of its second half together.
func promisesBefore(ctx context.Context, q *db.Q, r *Report) (all []Promise, err error) {
	kinds := r.Kind.answers()
	before, err := db.All[Report](ctx, q, "SELECT "+columns+` FROM report r WHERE r.place = ? AND r.agency = ? AND r.kind IN (`+db.Marks(len(kinds))+`) AND r.cut < ? AND r.sent IS NOT NULL
		ORDER BY r.cut DESC, r.kind LIMIT 2`, append(append([]any{r.Place, r.Agency}, kinds...), r.Cut)...)
	for _, b := range before {
		if err != nil || b.Cut != before[0].Cut {
			break
		}
		var v Version
		var e Entry
		if v, _, err = lastSent(ctx, q, b.ID); err == nil {
			e, err = v.Entry()
		}
		all = append(all, e.Text.Next...)
	}
	return all, err
}

// lastSent gives the version that was sent last.
func lastSent(ctx context.Context, q *db.Q, report string) (Version, bool, error) {
	return db.Maybe[Version](ctx, q, "SELECT "+versionColumns+" FROM report_version WHERE report = ? AND sent IS NOT NULL ORDER BY id DESC LIMIT 1", report)
}

// step runs one step of a report: right, state, version, change, state and audit.
func (s *Store) step(ctx context.Context, actor account.Actor, id string, rev int, step Step, f func(*db.Q, *Report) error) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		r, err := find(ctx, q, id)
		if err != nil {
			return err
		}
		w := ways[step]
		if err := actor.May(ctx, q, w.do, r.subject()); err != nil {
			return err
		}
		if w.another {
			if err := apart(ctx, q, actor, r); err != nil {
				return err
			}
		}
		if !r.State.Allows(step) {
			return fault.New(fault.Conflict, "This cannot be done while the report is %s. Somebody may have moved it meanwhile; look at it again.", r.State.Text())
		}
		if r.Rev != rev {
			return db.Meanwhile(0, nil)
		}
		if w.to != "" {
			r.State = w.to
		}
		if err := f(q, r); err != nil {
			return err
		}
		var sent any
		if !r.Sent.IsZero() {
			sent = r.Sent
		}
		_, err = q.Exec(ctx, "UPDATE report SET state = ?, sent = ?, rev = rev + 1 WHERE id = ?", r.State, sent, r.ID)
		return err
	})
}

// apart tells whether the actor has no part in a report: who may write it, as whatever they are, or has written in it, does
// not judge it.
func apart(ctx context.Context, q *db.Q, actor account.Actor, r *Report) error {
	whole, err := actor.Whole(ctx, q)
	if err != nil {
		return err
	}
	err = whole.May(ctx, q, account.WriteReport, r.subject())
	if err != nil && fault.KindOf(err) != fault.Forbidden {
		return err
	}
	wrote, other := db.One[int](ctx, q, "SELECT count(*) FROM report_version WHERE report = ? AND actor = ?", r.ID, actor.User)
	if other != nil {
		return other
	}
	if err == nil || wrote > 0 {
		return fault.New(fault.Forbidden, "Nobody judges the report of their own unit. Ask another person who may.")
	}
	return nil
}
