// Package follow keeps after what was promised: it reminds people of what is due, tells whoever stands above them when it
// is late, writes letters that urge, keeps what was ordered open until it is finished, and names those whose name stands
// on a task but who never came.
//
// It promises that nobody is told the same thing twice, whatever stops the program half-way; that nobody is reported
// upward without being told so; that offices are left alone on their days of rest; that the rules of a day in the past
// stay known; and that an order is finished by somebody else than who says it was done.
package follow

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/task"
)

// Options is what a Store works with.
type Options struct {
	DB      *db.DB
	Log     *audit.Log
	Base    string   // the address of the house, for links in letters; "" = letters have none
	Sources []Source // what falls due besides tasks, directives and letters
}

// Store is the following of one database.
type Store struct {
	db      *db.DB
	log     *audit.Log
	base    string
	sources []Source
}

// New makes a Store.
func New(o Options) *Store {
	s := &Store{db: o.DB, log: o.Log, base: o.Base}
	s.sources = append([]Source{{Task, dueTasks}, {Order, dueDirectives}, {Letter, dueUrgings}}, o.Sources...)
	return s
}

// Kind says what falls due.
type Kind string

// The kinds that are there in every house; other packages bring theirs.
const (
	Task   Kind = "task"
	Order  Kind = "directive"
	Letter Kind = "urging" // waits for an answer
)

// Item is one thing that falls due. Whose it is: Agency's, or where that is empty, Place's.
type Item struct {
	ID     string     `db:"id"`
	Place  string     `db:"place"`
	Agency string     `db:"agency"`
	Due    clock.Date `db:"due"`
	Title  string     `db:"title"`
}

// subject is what rights to the item are asked about.
func (i *Item) subject() account.Subject { return account.Subject{Place: i.Place, Agency: i.Agency} }

// Source gives what of a kind is open and falls due from one day to another, both included.
type Source struct {
	Kind Kind
	Due  func(ctx context.Context, q *db.Q, from, to clock.Date) ([]Item, error)
}

func dueTasks(ctx context.Context, q *db.Q, from, to clock.Date) ([]Item, error) {
	owed, err := task.Owed(ctx, q, from, to)
	items := make([]Item, len(owed))
	for i, t := range owed {
		items[i] = Item{ID: t.ID, Place: t.Place, Agency: t.Agency, Due: t.Due, Title: t.Title}
	}
	return items, err
}

// placeOf gives where an agency stands; a thing of an agency often names no place.
func placeOf(ctx context.Context, q *db.Q, on account.Subject) (string, error) {
	if on.Place != "" || on.Agency == "" {
		return on.Place, nil
	}
	return agency.SeatOf(ctx, q, on.Agency)
}

// mayTo asks for a right over both ends of what goes from a place to a unit: nobody writes to a unit that is another's, nor
// learns by writing what it is late with. A unit that is named by place and agency is asked about by both.
func mayTo(ctx context.Context, q *db.Q, actor account.Actor, do account.Action, issuer string, unit account.Subject) error {
	places := []string{issuer}
	if unit.Place != "" {
		places = append(places, unit.Place)
	}
	if unit.Agency != "" {
		seat, err := agency.SeatOf(ctx, q, unit.Agency)
		if err != nil {
			return err
		}
		places = append(places, seat)
	}
	for _, place := range places {
		if err := actor.May(ctx, q, do, account.Subject{Place: place}); err != nil {
			return err
		}
	}
	return nil
}
