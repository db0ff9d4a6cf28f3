package follow

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
)

// Reminder is what somebody was told.
type Reminder struct {
	ID      string     `db:"id"`
	Kind    Kind       `db:"kind"`
	Subject string     `db:"subject"` // id of the thing
	Due     clock.Date `db:"due"`
	Step    int        `db:"step"` // working days after Due; before it, negative
	User    string     `db:"user_id"`
	Rung    Rung       `db:"rung"` // on which the person stands
	Place   string     `db:"place"`
	Agency  string     `db:"agency"`
	Title   string     `db:"title"` // of the thing, as it was called then
	Day     clock.Date `db:"day"`   // on which they were told
	Letter  time.Time  `db:"letter"`
	Seen    time.Time  `db:"seen"` // zero while they have not looked
}

const reminderColumns = "r.id, r.kind, r.subject, r.due, r.step, r.user_id, r.rung, r.place, r.agency, r.title, r.day, r.letter, r.seen"

// Mine gives the reminders of the actor, the latest first; with unseen, those alone they have not looked at.
func (s *Store) Mine(ctx context.Context, actor account.Actor, unseen bool, limit int) (list []Reminder, err error) {
	where := ""
	if unseen {
		where = " AND r.seen IS NULL"
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = db.All[Reminder](ctx, q, "SELECT "+reminderColumns+" FROM reminder r WHERE r.user_id = ?"+where+" ORDER BY r.day DESC, r.due, r.id LIMIT ?", actor.User, limit)
		return err
	})
	return list, err
}

// See notes that the actor has looked at all reminders up to a day's.
func (s *Store) See(ctx context.Context, actor account.Actor, upTo clock.Date) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		_, err := q.Exec(ctx, "UPDATE reminder SET seen = ? WHERE user_id = ? AND seen IS NULL AND day <= ?", q.Now(), actor.User, upTo)
		return err
	})
}

// LogFilter narrows the log of reminders.
type LogFilter struct {
	Day    clock.Date // told on this day; zero = any
	Unseen bool       // nobody has looked at them
	After  string     // id of the last one of the page before
	Limit  int
}

// Told gives the log of what was told to whom, of the units whose following the actor may read, the latest first.
func (s *Store) Told(ctx context.Context, actor account.Actor, f LogFilter) (list []Reminder, err error) {
	may, args := actor.Rows(account.ReadFollowing, account.Columns{Place: "r.place", Agency: "r.agency"})
	where := db.Only(may, args...)
	where.If(!f.Day.IsZero(), "r.day = ?", f.Day)
	where.If(f.Unseen, "r.seen IS NULL")
	where.If(f.After != "", "r.id < ?", f.After)
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = db.All[Reminder](ctx, q, "SELECT "+reminderColumns+" FROM reminder r WHERE "+where.String()+" ORDER BY r.id DESC LIMIT ?", where.Args(f.Limit)...)
		return err
	})
	return list, err
}
