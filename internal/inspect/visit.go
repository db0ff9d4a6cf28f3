package inspect

import (
	"context"
	"slices"
	"strconv"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Visit is a unit that an inspection goes to.
type Visit struct {
	ID         string `db:"id"`
	Inspection string `db:"inspection"`
	Unit
	Planned clock.Date `db:"planned"` // zero where no day is set
	Began   time.Time  `db:"began"`   // zero until the team is there
	Actor   string     `db:"actor"`   // who began it
}

// day is the day of the visit, or another where it has not begun.
func (v *Visit) day(otherwise clock.Date) clock.Date {
	if v.Began.IsZero() {
		return otherwise
	}
	return dayOf(v.Began)
}

const visitColumns = "v.id, v.inspection, v.place, v.agency, v.planned, v.began, v.actor"

func visitsOf(ctx context.Context, q *db.Q, inspection string) ([]Visit, error) {
	return db.All[Visit](ctx, q, "SELECT "+visitColumns+" FROM visit v WHERE v.inspection = ? ORDER BY v.planned, v.id", inspection)
}

// visitTo reads a visit with its inspection.
func visitTo(ctx context.Context, q *db.Q, id string) (*Visit, *Inspection, error) {
	v, ok, err := db.Maybe[Visit](ctx, q, "SELECT "+visitColumns+" FROM visit v WHERE v.id = ?", id)
	if err == nil && !ok {
		err = errGone()
	}
	if err != nil {
		return nil, nil, err
	}
	i, err := find(ctx, q, v.Inspection)
	return &v, i, err
}

// underWay reads a visit that has begun, of an open inspection, for somebody of its team.
func underWay(ctx context.Context, q *db.Q, actor account.Actor, id string) (*Visit, *Inspection, error) {
	v, i, err := visitTo(ctx, q, id)
	if err == nil {
		err = i.may(ctx, q, actor, account.DoInspection)
	}
	if err == nil {
		err = v.under(i)
	}
	return v, i, err
}

// under tells whether a visit has begun and its inspection is open.
func (v *Visit) under(i *Inspection) error {
	if err := i.in(Opened); err != nil {
		return err
	}
	if v.Began.IsZero() {
		return fault.New(fault.Conflict, "The visit has not begun. Say first that the team is there.")
	}
	return nil
}

// Begin says that the team is with a unit: of a planned inspection one that it visits, of a surprise one that was drawn,
// which nobody else is told before this moment.
func (s *Store) Begin(ctx context.Context, actor account.Actor, inspection string, u Unit) (visit string, err error) {
	err = s.change(ctx, actor, inspection, account.DoInspection, "visit", "", func(q *db.Q, i *Inspection) error {
		if err := partial(ctx, q, actor.User, u); err != nil {
			return err
		}
		there, ok, err := db.Maybe[Visit](ctx, q, "SELECT "+visitColumns+" FROM visit v WHERE v.inspection = ? AND v.place = ? AND v.agency = ?", inspection, u.Place, u.Agency)
		switch {
		case err != nil:
			return err
		case ok && !there.Began.IsZero():
			visit = there.ID
			return nil
		case ok:
			if err := i.in(Opened); err != nil {
				return err
			}
			visit = there.ID
			_, err := q.Exec(ctx, "UPDATE visit SET began = ?, actor = ? WHERE id = ?", q.Now(), actor.User, visit)
			return err
		case i.Kind != Surprise:
			return fault.New(fault.NotFound, "This unit is not on the list of the inspection.")
		}
		if visit, err = s.surprise(ctx, q, actor, i, u); err != nil || i.State == Opened {
			return err
		}
		return i.move(ctx, q, Opened)
	})
	return visit, err
}

// surprise begins the visit of a unit that was drawn.
func (s *Store) surprise(ctx context.Context, q *db.Q, actor account.Actor, i *Inspection, u Unit) (string, error) {
	if err := i.in(Prepared, Opened); err != nil {
		return "", err
	}
	if err := ready(ctx, q, i); err != nil {
		return "", err
	}
	drawn, err := s.drawn(ctx, q, actor, i)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(drawn, func(d Drawn) bool { return d.Unit == u }) {
		return "", fault.New(fault.NotFound, "This unit was not drawn.")
	}
	id, err := s.visit(ctx, q, actor, i, u, today(q), true)
	if err != nil || slices.ContainsFunc(drawn, func(d Drawn) bool { return d.Unit != u && d.Visit == "" }) {
		return id, err
	}
	d, _, err := drawOf(ctx, q, i.ID) // with the last visit nothing is left to hide
	if err != nil {
		return "", err
	}
	return id, d.publish(ctx, q, actor.User)
}

// Answer is what was answered to one question, or noted beside them, at one time.
type Answer struct {
	ID    string    `db:"id"`
	Visit string    `db:"visit"`
	Item  string    `db:"item"` // as Checklist.Key gives it; "" for a note
	Value string    `db:"value"`
	File  string    `db:"file"` // sha256 of a photo, cleaned
	Size  int64     `db:"size"`
	Taken time.Time `db:"taken"`
	At    time.Time `db:"at"`
	Actor string    `db:"actor"`
}

const answerColumns = "a.id, a.visit, a.item, a.value, a.file, a.size, a.taken, a.at, a.actor"

// Sheet is what somebody sends of a visit in one go. What is left out stays as it was.
type Sheet struct {
	Visit   string
	Key     string // made by the sender: the same sheet sent twice arrives once
	Seen    string // id of the last answer that the sender had seen; "" sends over what others have sent meanwhile
	Answers []Answer
}

// NothingSeen is the Seen of a sender who saw a visit without answers.
const NothingSeen = "0"

// Send takes a sheet: all of it or nothing, and once however often it is sent. An answer that somebody else has given
// otherwise meanwhile is a Conflict and stays.
func (s *Store) Send(ctx context.Context, actor account.Actor, sent Sheet) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		v, i, err := visitTo(ctx, q, sent.Visit)
		if err != nil {
			return err
		}
		if err := i.may(ctx, q, actor, account.DoInspection); err != nil {
			return err
		}
		if sent.Key == "" || len(sent.Key) > 64 {
			return fault.New(fault.Invalid, "The form could not be read. Load the page again and send it once more.")
		}
		n, err := q.Exec(ctx, "INSERT INTO visit_sent (visit, key) VALUES (?, ?) ON CONFLICT (visit, key) DO NOTHING", v.ID, sent.Key)
		if err != nil || n == 0 {
			return err
		}
		if err := v.under(i); err != nil {
			return err
		}
		if err := s.take(ctx, q, actor, i, sent); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "visit.send", Object: "visit:" + v.ID, Content: []byte(sent.Key)})
	})
}

// take writes the answers that differ from what stands.
func (s *Store) take(ctx context.Context, q *db.Q, actor account.Actor, i *Inspection, sent Sheet) error {
	asked, err := asking(ctx, q, i.ID)
	if err != nil {
		return err
	}
	stands, err := answersOf(ctx, q, sent.Visit)
	if err != nil {
		return err
	}
	last := map[string]Answer{}
	for _, a := range stands {
		last[a.Item] = a
	}
	for _, a := range sent.Answers {
		was := last[a.Item]
		if a.Item != "" && a.File == "" && was.Value == a.Value {
			continue
		}
		if err := a.wrong(asked); err != nil {
			return err
		}
		if a.Item != "" && a.File == "" && sent.Seen != "" && was.ID > sent.Seen && was.Actor != actor.User {
			return fault.New(fault.Conflict, "Somebody else answered a question otherwise meanwhile. Look at theirs; sent again, yours takes its place.")
		}
		if _, err := q.Exec(ctx, "INSERT INTO visit_answer (id, visit, item, value, file, size, taken, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			q.NewID(), sent.Visit, a.Item, a.Value, a.File, a.Size, a.Taken, q.Now(), actor.User); err != nil {
			return err
		}
	}
	return nil
}

// mostAnswer bounds an answer, in characters.
const mostAnswer = 4000

// wrong says why an answer cannot be taken.
func (a Answer) wrong(asked map[string]Item) error {
	it, ok := asked[a.Item]
	switch {
	case len([]rune(a.Value)) > mostAnswer:
		return fault.New(fault.Invalid, "This is longer than %d characters. Say it shorter.", mostAnswer)
	case a.Item == "":
		return nil
	case !ok:
		return fault.New(fault.Conflict, "The inspection does not ask this question.")
	case it.Sort == Photo && a.File == "":
		return fault.New(fault.Invalid, "Attach the file.")
	case it.Sort == YesNo && a.Value != "yes" && a.Value != "no" && a.Value != "":
		return fault.New(fault.Invalid, "Answer yes or no.")
	case it.Sort == Number && a.Value != "":
		if _, err := strconv.ParseFloat(a.Value, 64); err != nil {
			return fault.New(fault.Invalid, "“%s” is not a number.", a.Value)
		}
	}
	return nil
}

// asking gives the questions of an inspection by their keys.
func asking(ctx context.Context, q *db.Q, inspection string) (map[string]Item, error) {
	all, err := chosen(ctx, q, inspection)
	asked := map[string]Item{}
	for _, c := range all {
		for n, it := range c.Items {
			asked[c.Key(n)] = it
		}
	}
	return asked, err
}

func chosen(ctx context.Context, q *db.Q, inspection string) ([]Checklist, error) {
	return lists(ctx, q, "JOIN inspection_theme t ON t.checklist = c.id WHERE t.inspection = ? ORDER BY c.theme", inspection)
}

func answersOf(ctx context.Context, q *db.Q, visit string) ([]Answer, error) {
	return db.All[Answer](ctx, q, "SELECT "+answerColumns+" FROM visit_answer a WHERE a.visit = ? ORDER BY a.id", visit)
}

// Exhibit reads one photo of a visit, for who may read its inspection.
func (s *Store) Exhibit(ctx context.Context, actor account.Actor, id string) (a Answer, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		var ok bool
		a, ok, err = db.Maybe[Answer](ctx, q, "SELECT "+answerColumns+" FROM visit_answer a WHERE a.id = ? AND a.file <> ''", id)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "The file is not there, or not any more.")
		}
		if err != nil {
			return err
		}
		v, i, err := visitTo(ctx, q, a.Visit)
		if err != nil {
			return err
		}
		return mayReadVisit(ctx, q, actor, i, v)
	})
	if err != nil {
		return Answer{}, err
	}
	return a, nil
}

// mayReadVisit tells whether somebody may read of a visit: by the inspection, or because it is to their own unit.
func mayReadVisit(ctx context.Context, q *db.Q, actor account.Actor, i *Inspection, v *Visit) error {
	err := i.may(ctx, q, actor, account.ReadInspections)
	if fault.KindOf(err) == fault.Forbidden {
		err = actor.May(ctx, q, account.ReadInspections, v.subject())
	}
	return err
}
