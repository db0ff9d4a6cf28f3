package follow

import (
	"context"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// UrgingState is how far a letter that urges is.
type UrgingState string

// The states of a letter.
const (
	Drafted  UrgingState = "drafted"
	Issued   UrgingState = "issued"   // signed and sent; waits for the unit's answer
	Answered UrgingState = "answered" // the answer waits to be read
	Settled  UrgingState = "settled"
)

var urgingTexts = map[UrgingState]fault.Text{
	Drafted: fault.T("drafted"), Issued: fault.T("waiting for an answer"), Answered: fault.T("answered"), Settled: fault.T("settled"),
}

// Text gives the state in words.
func (s UrgingState) Text() fault.Text { return urgingTexts[s] }

// Urging is a letter to a unit about what it is late with.
type Urging struct {
	ID       string      `db:"id"`
	Place    string      `db:"place"`  // the commune it goes to
	Agency   string      `db:"agency"` // or the agency
	Issuer   string      `db:"issuer"` // id of the place that writes
	AsOf     clock.Date  `db:"as_of"`  // the day on which its items were late
	Due      clock.Date  `db:"due"`    // until when an answer is expected
	Words    string      `db:"words"`  // what it asks for
	State    UrgingState `db:"state"`
	Number   string      `db:"number"`
	Signed   clock.Date  `db:"signed"`
	Signer   string      `db:"signer"`
	Paper    string      `db:"paper"` // sha256 of the signed file; "" = none was attached
	Answer   string      `db:"answer"`
	Answerer string      `db:"answerer"`
	Answered time.Time   `db:"answered"`
	Writer   string      `db:"writer"`
	Written  time.Time   `db:"written"`
	Rev      int         `db:"rev"`
}

const urgingColumns = "u.id, u.place, u.agency, u.issuer, u.as_of, u.due, u.words, u.state, u.number, u.signed, u.signer, u.paper, u.answer, u.answerer, u.answered, u.writer, u.written, u.rev"

// UrgingItem is a task a letter speaks of, as it stood on the letter's day.
type UrgingItem struct {
	Task  string     `db:"task"`
	Title string     `db:"title"`
	Due   clock.Date `db:"due"`
	Late  int        `db:"late"` // working days
}

// UrgingPage is a letter with what it speaks of.
type UrgingPage struct {
	Urging
	Items []UrgingItem

	// What the actor may do here; whether the state allows it is another question.
	Write, Reply bool
}

// mostUrged is how many tasks a letter names.
const mostUrged = 200

// Urge drafts a letter to a unit about every task it is late with today. Its list is kept as it stands now.
func (s *Store) Urge(ctx context.Context, actor account.Actor, u Urging) (id string, err error) {
	if err := u.check(actor.Day); err != nil {
		return "", err
	}
	unit := account.Subject{Place: u.Place, Agency: u.Agency}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := mayTo(ctx, q, actor, account.WriteUrging, u.Issuer, unit); err != nil {
			return err
		}
		late, err := task.Overdue(ctx, q, unit, actor.Day, mostUrged)
		if err != nil {
			return err
		}
		if len(late) == 0 {
			return fault.New(fault.Conflict, "This unit is late with nothing today; there is nothing to urge.")
		}
		id = q.NewID()
		if _, err := q.Exec(ctx, `INSERT INTO urging (id, place, agency, issuer, as_of, due, words, state, number, signed, signer, paper, answer, answerer, answered, writer, written, rev)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', NULL, '', '', '', '', NULL, ?, ?, 1)`, id, u.Place, u.Agency, u.Issuer, actor.Day, u.Due, u.Words, Drafted, actor.User, q.Now()); err != nil {
			return err
		}
		for _, t := range late {
			if _, err := q.Exec(ctx, "INSERT INTO urging_item (urging, task, title, due, late) VALUES (?, ?, ?, ?, ?)", id, t.ID, t.Title, t.Due, workday.Between(t.Due, actor.Day)); err != nil {
				return err
			}
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "urging.write", Object: "urging:" + id, Content: []byte(u.Words)})
	})
	return id, err
}

func (u *Urging) check(day clock.Date) error {
	var items []fault.Item
	if u.Place == "" && u.Agency == "" {
		items = append(items, fault.Item{Field: "unit", What: fault.T("The letter goes to nobody."), Remedy: fault.T("Choose the agency or the commune.")})
	}
	if !day.Before(u.Due) {
		items = append(items, fault.Item{Field: "due", What: fault.T("The answer is due too early."), Remedy: fault.T("Write a day after today.")})
	}
	return fault.Batch(items)
}

// Issue notes that a letter was signed and sent.
func (s *Store) Issue(ctx context.Context, actor account.Actor, u Urging) error {
	var items []fault.Item
	for _, f := range []struct {
		field, value string
		what         fault.Text
	}{{"number", u.Number, fault.T("The paper has no number.")}, {"signed", u.Signed.String(), fault.T("The date of signing is missing.")}, {"signer", u.Signer, fault.T("The paper has no signer.")}} {
		if f.value == "" {
			items = append(items, fault.Item{Field: f.field, What: f.what, Remedy: fault.T("Write it as it stands on the signed paper.")})
		}
	}
	if err := fault.Batch(items); err != nil {
		return err
	}
	return s.moveUrging(ctx, actor, u, Drafted, "urging.issue", func(q *db.Q, was *Urging) (int64, error) {
		return q.Exec(ctx, "UPDATE urging SET state = ?, number = ?, signed = ?, signer = ?, paper = ?, rev = rev + 1 WHERE id = ? AND rev = ?",
			Issued, u.Number, u.Signed, u.Signer, u.Paper, u.ID, u.Rev)
	})
}

// Settle notes that the answer to a letter was read and suffices.
func (s *Store) Settle(ctx context.Context, actor account.Actor, id string, rev int) error {
	return s.moveUrging(ctx, actor, Urging{ID: id}, Answered, "urging.settle", func(q *db.Q, was *Urging) (int64, error) {
		return q.Exec(ctx, "UPDATE urging SET state = ?, rev = rev + 1 WHERE id = ? AND rev = ?", Settled, id, rev)
	})
}

// Reply answers a letter for the unit.
func (s *Store) Reply(ctx context.Context, actor account.Actor, id string, rev int, words string) error {
	if words == "" {
		return fault.Batch([]fault.Item{{Field: "answer", What: fault.T("This is empty."), Remedy: fault.T("Write what was done, and until when the rest will be.")}})
	}
	return s.moveUrging(ctx, actor, Urging{ID: id, Answer: words}, Issued, "urging.reply", func(q *db.Q, was *Urging) (int64, error) {
		return q.Exec(ctx, "UPDATE urging SET state = ?, answer = ?, answerer = ?, answered = ?, rev = rev + 1 WHERE id = ? AND rev = ?",
			Answered, words, actor.User, q.Now(), id, rev)
	})
}

// moveUrging takes a step with a letter: by the writing place, or, of an issued letter, by the unit it went to.
func (s *Store) moveUrging(ctx context.Context, actor account.Actor, u Urging, from UrgingState, name string, set func(q *db.Q, was *Urging) (int64, error)) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		was, err := urging(ctx, q, u.ID)
		if err != nil {
			return err
		}
		do, on := account.WriteUrging, account.Subject{Place: was.Issuer}
		if from == Issued {
			do, on = account.DoTask, account.Subject{Place: was.Place, Agency: was.Agency}
		}
		if err := actor.May(ctx, q, do, on); err != nil {
			return err
		}
		if was.State != from {
			return fault.New(fault.Conflict, "The letter is %s. Somebody may have moved it meanwhile; look at it again.", was.State.Text())
		}
		if err := db.Meanwhile(set(q, &was)); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: name, Object: "urging:" + u.ID, Content: []byte(u.Answer + u.Number)})
	})
}

func urging(ctx context.Context, q *db.Q, id string) (Urging, error) {
	u, ok, err := db.Maybe[Urging](ctx, q, "SELECT "+urgingColumns+" FROM urging u WHERE u.id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "This letter is not there.")
	}
	return u, err
}

// urgingRows is the condition under which the actor may read a letter. A draft is the writer's side's alone.
func urgingRows(actor account.Actor) (where string, args []any) {
	issuer, args := actor.Rows(account.WriteUrging, account.Columns{Place: "u.issuer"})
	around, above := actor.Rows(account.ReadFollowing, account.Columns{Place: "u.issuer"})
	unit, more := actor.Rows(account.ReadFollowing, account.Columns{Place: "u.place", Agency: "u.agency"})
	return "(" + issuer + " OR (u.state <> ? AND (" + around + " OR " + unit + ")))", slices.Concat(args, []any{Drafted}, above, more)
}

// Urgings lists letters that the actor may read: what waits first, by its last day.
func (s *Store) Urgings(ctx context.Context, actor account.Actor, limit int) (list []Urging, err error) {
	where, args := urgingRows(actor)
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = db.All[Urging](ctx, q, "SELECT "+urgingColumns+" FROM urging u WHERE "+where+
			" ORDER BY CASE u.state WHEN ? THEN 2 ELSE 1 END, u.due, u.id LIMIT ?", append(args, Settled, limit)...)
		return err
	})
	return list, err
}

// ToAnswer gives the letters that wait for the answer of a unit the actor works for, the nearest last day first.
func (s *Store) ToAnswer(ctx context.Context, actor account.Actor, limit int) (list []Urging, err error) {
	where, args := actor.Rows(account.DoTask, account.Columns{Place: "u.place", Agency: "u.agency"})
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = db.All[Urging](ctx, q, "SELECT "+urgingColumns+" FROM urging u WHERE u.state = ? AND "+where+" ORDER BY u.due, u.id LIMIT ?",
			append(append([]any{Issued}, args...), limit)...)
		return err
	})
	return list, err
}

// Urging reads a letter.
func (s *Store) Urging(ctx context.Context, actor account.Actor, id string) (p UrgingPage, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		where, args := urgingRows(actor)
		u, ok, err := db.Maybe[Urging](ctx, q, "SELECT "+urgingColumns+" FROM urging u WHERE u.id = ? AND "+where, append([]any{id}, args...)...)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "This letter is not there.")
		}
		if err != nil {
			return err
		}
		p.Urging = u
		if p.Items, err = db.All[UrgingItem](ctx, q, "SELECT task, title, due, late FROM urging_item WHERE urging = ? ORDER BY due, task", id); err != nil {
			return err
		}
		if p.Write, err = may(ctx, q, actor, account.WriteUrging, account.Subject{Place: u.Issuer}); err != nil {
			return err
		}
		p.Reply, err = may(ctx, q, actor, account.DoTask, account.Subject{Place: u.Place, Agency: u.Agency})
		return err
	})
	return p, err
}

func dueUrgings(ctx context.Context, q *db.Q, from, to clock.Date) ([]Item, error) {
	return db.All[Item](ctx, q, "SELECT u.id, u.place, u.agency, u.due, u.number AS title FROM urging u WHERE u.state = ? AND u.due >= ? AND u.due <= ? ORDER BY u.due, u.id", Issued, from, to)
}
