package follow

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// MeetingState is how far a meeting is.
type MeetingState string

// The states of a meeting.
const (
	Planned MeetingState = "planned"
	Held    MeetingState = "held" // its outcome is written; orders come of it
	Dropped MeetingState = "dropped"
)

var meetingTexts = map[MeetingState]fault.Text{Planned: fault.T("planned"), Held: fault.T("held"), Dropped: fault.T("not held")}

// Text gives the state in words.
func (s MeetingState) Text() fault.Text { return meetingTexts[s] }

// Meeting is a thematic meeting: what is spoken of, and what came of it.
type Meeting struct {
	ID      string       `db:"id"`
	Issuer  string       `db:"issuer"` // id of the place that calls it
	Title   string       `db:"title"`
	Code    string       `db:"code"` // the part of the index it is about; "" = the plan as a whole
	Day     clock.Date   `db:"day"`
	Venue   string       `db:"venue"`
	Chair   string       `db:"chair"`   // the post that leads it
	Agenda  string       `db:"agenda"`  // a line each
	Outcome string       `db:"outcome"` // its conclusion, once it was held
	State   MeetingState `db:"state"`
	Actor   string       `db:"actor"`
	Rev     int          `db:"rev"`
}

const meetingColumns = "m.id, m.issuer, m.title, m.code, m.day, m.venue, m.chair, m.agenda, m.outcome, m.state, m.actor, m.rev"

func (m *Meeting) check() error {
	var items []fault.Item
	wrong := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	if m.Title == "" {
		wrong("title", fault.T("The meeting has no theme."), fault.T("Write what it is about."))
	}
	if m.Day.IsZero() {
		wrong("day", fault.T("The day is missing."), fault.T("Write the day of the meeting."))
	}
	if m.Chair == "" {
		wrong("chair", fault.T("Nobody leads the meeting."), fault.T("Write the post that leads it."))
	}
	if m.Agenda == "" {
		wrong("agenda", fault.T("There is no agenda."), fault.T("Write what is spoken of, a line each."))
	}
	return fault.Batch(items)
}

// Call calls a meeting, or changes one that was not held yet: where ID is set.
func (s *Store) Call(ctx context.Context, actor account.Actor, m Meeting) (id string, err error) {
	if err := m.check(); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.GiveDirective, account.Subject{Place: m.Issuer}); err != nil {
			return err
		}
		if id = m.ID; id == "" {
			id = q.NewID()
			_, err = q.Exec(ctx, `INSERT INTO meeting (id, issuer, title, code, day, venue, chair, agenda, outcome, state, actor, rev)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, 1)`, id, m.Issuer, m.Title, m.Code, m.Day, m.Venue, m.Chair, m.Agenda, Planned, actor.User)
		} else {
			err = db.Meanwhile(q.Exec(ctx, `UPDATE meeting SET title = ?, code = ?, day = ?, venue = ?, chair = ?, agenda = ?, rev = rev + 1
				WHERE id = ? AND issuer = ? AND rev = ? AND state = ?`, m.Title, m.Code, m.Day, m.Venue, m.Chair, m.Agenda, id, m.Issuer, m.Rev, Planned))
		}
		if err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "meeting.call", Object: "meeting:" + id, Content: []byte(m.Title)})
	})
	return id, err
}

// Close ends a meeting: held, with its outcome, or not held, with the reason. The orders that come of it are given by Direct.
func (s *Store) Close(ctx context.Context, actor account.Actor, id string, rev int, to MeetingState, outcome string) error {
	if outcome == "" {
		return fault.Batch([]fault.Item{{Field: "outcome", What: fault.T("This is empty."), Remedy: fault.T("Write what was concluded, or why the meeting was not held.")}})
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		m, err := meeting(ctx, q, id)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.GiveDirective, account.Subject{Place: m.Issuer}); err != nil {
			return err
		}
		if m.State != Planned || to == Planned {
			return fault.New(fault.Conflict, "The meeting is %s already.", m.State.Text())
		}
		if to == Held && actor.Day.Before(m.Day) {
			return fault.Batch([]fault.Item{{Field: "outcome", What: fault.T("The meeting is on %s.", m.Day), Remedy: fault.T("Change its day first, if it was held earlier.")}})
		}
		if err := db.Meanwhile(q.Exec(ctx, "UPDATE meeting SET state = ?, outcome = ?, rev = rev + 1 WHERE id = ? AND rev = ?", to, outcome, id, rev)); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "meeting." + string(to), Object: "meeting:" + id, Content: []byte(outcome)})
	})
}

func meeting(ctx context.Context, q *db.Q, id string) (Meeting, error) {
	m, ok, err := db.Maybe[Meeting](ctx, q, "SELECT "+meetingColumns+" FROM meeting m WHERE m.id = ?", id)
	if err == nil && !ok {
		err = noMeeting()
	}
	return m, err
}

func noMeeting() error { return fault.New(fault.NotFound, "This meeting is not there.") }

// Meeting reads a meeting.
func (s *Store) Meeting(ctx context.Context, actor account.Actor, id string) (m Meeting, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if m, err = meeting(ctx, q, id); err != nil {
			return err
		}
		return actor.May(ctx, q, account.ReadFollowing, account.Subject{Place: m.Issuer})
	})
	return m, err
}

// Meetings lists the meetings that the actor may read, the latest first.
func (s *Store) Meetings(ctx context.Context, actor account.Actor, limit int) (list []Meeting, err error) {
	where, args := actor.Rows(account.ReadFollowing, account.Columns{Place: "m.issuer"})
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = db.All[Meeting](ctx, q, "SELECT "+meetingColumns+" FROM meeting m WHERE "+where+" ORDER BY m.day DESC, m.id DESC LIMIT ?", append(args, limit)...)
		return err
	})
	return list, err
}
