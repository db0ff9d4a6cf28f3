// Package place keeps the administrative units of the country: what each was called, of what kind it was and where it
// lay from a day on, what became of it, and how many people it had.
//
// It promises that nothing is found by code or name without a date; that a place keeps its identity while its code,
// name, kind and parent change; that nothing once written is overwritten: a boundary change, proposed by one person and
// approved by another, adds what holds from its day on; that what comes in together becomes visible together or not at
// all; and that a start nobody knows is kept as such, with the first day on record.
package place

import (
	"context"
	"sync"

	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/gazetteer"
	"thuoc/internal/job"
	"thuoc/internal/lang"
)

// Options is what a Store works with.
type Options struct {
	DB      *db.DB
	Log     *audit.Log
	Invents bool // the house is one for trying the program: it may hold invented places
}

// Store is the places of one database.
type Store struct {
	db      *db.DB
	log     *audit.Log
	invents bool

	reading sync.Mutex // of index: one reads it, the others wait
	index   *index     // for searching; see indexNow
}

// New makes a Store.
func New(o Options) *Store { return &Store{db: o.DB, log: o.Log, invents: o.Invents} }

// Version is what a place was from a day to a day: under one code and name, of one kind, within one parent.
type Version struct {
	Place   string          // id of the place
	Code    string          // of the statistics office
	Level   gazetteer.Level // of the place, for all its life
	Type    gazetteer.Kind
	Name    string     // in Vietnamese, without the kind
	Parent  string     // id of the place it lies in; "" for a province
	Since   clock.Date // the first day; zero where the start is not known
	KnownOn clock.Date // where the start is not known: the first day on record
	Until   clock.Date // the last day; zero while it has no end
	Ends    bool       // with Until the place itself ended
	Law     string     // the document by which it began; "" where none is on record
}

// start is the first day of which the version speaks.
func (v Version) start() clock.Date {
	if v.Since.IsZero() {
		return v.KnownOn
	}
	return v.Since
}

// Holds tells whether the version is on record for a day.
func (v Version) Holds(on clock.Date) bool { return !on.Before(v.start()) && !v.Over(on) }

// Presumed tells that a day is before the first record of a version whose start is not known: it may have been so.
func (v Version) Presumed(on clock.Date) bool { return v.Since.IsZero() && on.Before(v.KnownOn) }

// Over tells whether the version had ended on a day.
func (v Version) Over(on clock.Date) bool { return !v.Until.IsZero() && v.Until.Before(on) }

// Names gives the name in both languages.
func (v Version) Names() lang.Names { return lang.Names{VI: v.Name, EN: lang.Unmark(v.Name)} }

// Full gives the name with its kind: "Thị xã Mỹ Hào", "My Hao town".
func (v Version) Full() lang.Names { return gazetteer.Place{Kind: v.Type, Name: v.Names()}.Full() }

// row is a version as it is stored, with what came after it.
type row struct {
	Place  string          `db:"place"`
	Since  clock.Date      `db:"since"`
	Known  bool            `db:"known"`
	Code   string          `db:"code"`
	Level  gazetteer.Level `db:"level"`
	Kind   gazetteer.Kind  `db:"kind"`
	Name   string          `db:"name"`
	Parent string          `db:"parent"`
	Law    string          `db:"law"`
	Next   clock.Date      `db:"next"`
	Ended  clock.Date      `db:"ended"`
}

// live is the condition that the load of a row counts.
const live = " IN (SELECT id FROM place_load WHERE live IS NOT NULL)"

// columns are those of row, of the table alias v.
const columns = `v.place, v.since, v.known, v.code, v.level, v.kind, v.name, v.parent, v.law,
	(SELECT min(w.since) FROM place_version w WHERE w.place = v.place AND w.since > v.since AND w.load` + live + `) AS next,
	(SELECT e.since FROM place_end e WHERE e.place = v.place AND e.load` + live + `) AS ended`

// inForce is the condition that the version v is that of a day, given three times. Where no start is known, the first
// version on record stands for the time before.
const inForce = `v.load` + live + ` AND (v.since <= ? OR v.known = 0)
	AND NOT EXISTS (SELECT 1 FROM place_version w WHERE w.place = v.place AND w.since > v.since AND w.since <= ? AND w.load` + live + `)
	AND NOT EXISTS (SELECT 1 FROM place_end e WHERE e.place = v.place AND e.since <= ? AND e.load` + live + `)`

func (r row) version() Version {
	v := Version{Place: r.Place, Code: r.Code, Level: r.Level, Type: r.Kind, Name: r.Name, Parent: r.Parent, Law: r.Law}
	if r.Known {
		v.Since = r.Since
	} else {
		v.KnownOn = r.Since
	}
	switch {
	case !r.Next.IsZero():
		v.Until = r.Next.Add(-1)
	case !r.Ended.IsZero():
		v.Until, v.Ends = r.Ended.Add(-1), true
	}
	return v
}

// versions reads the versions that a condition on v names.
func versions(ctx context.Context, q *db.Q, where string, args ...any) ([]Version, error) {
	var list []Version
	for r, err := range db.Each[row](ctx, q, "SELECT "+columns+" FROM place_version v WHERE "+where, args...) {
		if err != nil {
			return nil, err
		}
		list = append(list, r.version())
	}
	return list, nil
}

// today is the day in Việt Nam at the moment of a transaction.
func today(q *db.Q) clock.Date { return clock.Of(q.Now().In(job.VietnamTime)) }

// read runs a reading that gives one value.
func read[T any](ctx context.Context, d *db.DB, f func(*db.Q) (T, error)) (v T, err error) {
	err = d.View(ctx, func(q *db.Q) error {
		v, err = f(q)
		return err
	})
	return v, err
}
