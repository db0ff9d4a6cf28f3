// Package report keeps the periodic reports of a province: who owes one for which period, with which figures, what was
// written beside them, when it was sent, and what became of it.
//
// It promises that a unit has one report for a period, whatever is cut short; that a report's figures are those of the
// cut-off, computed from rows that are kept with their hash, and are never written by hand; that what a unit promised last
// time is answered before anything else can be sent; that a cause is told in people's words and never claimed by the
// program; that every sending, return and score stays readable after it was superseded; that nobody accepts or scores what
// is their own; and that what looks odd is a number with its base and with what it cannot tell, never an accusation.
package report

import (
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/job"
)

// Options is what a Store works with.
type Options struct {
	DB      *db.DB
	Log     *audit.Log
	Sources []Source       // what figures are computed from, beside tasks and their evidence
	Shelf   *edition.Shelf // the public editions, from which sums tell results and survey areas; nil = none
}

// Store is the reports of one database.
type Store struct {
	db      *db.DB
	log     *audit.Log
	sources []Source
	shelf   *edition.Shelf
}

// New makes a Store.
func New(o Options) *Store {
	return &Store{db: o.DB, log: o.Log, sources: append([]Source{taskRows}, o.Sources...), shelf: o.Shelf}
}

// Unit is who owes a report: an agency, or a place by itself where Agency is empty.
type Unit struct {
	Place  string `db:"place"`
	Agency string `db:"agency"`
}

func (u Unit) subject() account.Subject { return account.Subject{Place: u.Place, Agency: u.Agency} }

// Report is one unit's report for one period.
type Report struct {
	ID     string     `db:"id"`
	Home   string     `db:"home"` // id of the place whose calendar it follows
	Unit              //
	Kind   Kind       `db:"kind"`
	Label  string     `db:"period"` // of the Period, as its String writes it
	From   clock.Date `db:"first"`  // the first day of which it speaks
	Cut    clock.Date `db:"cut"`    // the last one: its figures are those at the end of this day
	Due    clock.Date `db:"due"`    // the last day for sending
	Rule   string     `db:"rule"`   // id of the rule of the calendar by which it is owed
	State  State      `db:"state"`
	Opened time.Time  `db:"opened"`
	Frozen time.Time  `db:"frozen"` // when the figures were frozen; zero before the cut-off
	Hash   string     `db:"hash"`   // SHA-256 of the frozen rows; "" before
	Sent   time.Time  `db:"sent"`   // the first time; punctuality counts from it
	Rev    int        `db:"rev"`
}

const columns = "r.id, r.home, r.place, r.agency, r.kind, r.period, r.first, r.cut, r.due, r.rule, r.state, r.opened, r.frozen, r.hash, r.sent, r.rev"

// Period gives the report's period.
func (r *Report) Period() Period {
	p, _ := ParsePeriod(r.Label) // the store writes no other
	return p
}

// SentOn is the day on which it was first sent; zero while it was not.
func (r *Report) SentOn() clock.Date { return dayOf(r.Sent) }

// Late tells whether on a day the report was overdue, or had been sent after its last day.
func (r *Report) Late(on clock.Date) bool {
	if r.State == Void {
		return false
	}
	if !r.Sent.IsZero() {
		on = r.SentOn()
	}
	return r.Due.Before(on)
}

// dayOf is the civil day of a moment in Vietnam; zero of none.
func dayOf(t time.Time) clock.Date {
	if t.IsZero() {
		return clock.Date{}
	}
	return clock.Of(t.In(job.VietnamTime))
}

// endOf is the moment at which a day in Vietnam is over.
func endOf(d clock.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, job.VietnamTime)
}

// Event is one step of a report's history.
type Event struct {
	ID      string    `db:"id"`
	At      time.Time `db:"at"`
	Actor   string    `db:"actor"`
	Did     string    `db:"did"`
	Reasons string    `db:"reasons"` // of a return: its kinds, parted by blanks
	Note    string    `db:"note"`
	Version string    `db:"version"` // id of the version it speaks of; "" for none
}
