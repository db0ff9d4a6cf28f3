// Package task keeps what is to be done for a plan: by whom, until when, with which effect in mind, what was shown for it
// and whether that suffices.
//
// It promises that a task moves only along its stated ways and that nobody confirms their own work; that what was sent
// twice, by a phone that lost its network, arrives once; that the day a task was first due on stays known however often
// it is extended; that tasks which come in together are seen together or not at all; and that every step is kept with
// who took it.
package task

import (
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// Options is what a Store works with.
type Options struct {
	DB  *db.DB
	Log *audit.Log
}

// Store is the tasks of one database.
type Store struct {
	db  *db.DB
	log *audit.Log
}

// New makes a Store.
func New(o Options) *Store { return &Store{db: o.DB, log: o.Log} }

// Measure is how the doing of a task is counted.
type Measure string

// The measures. Without one a task is done or not, as its evidence shows.
const (
	NoMeasure Measure = ""
	Count     Measure = "count"   // Done of Goal
	Percent   Measure = "percent" // Done of 100
	YesNo     Measure = "yes-no"
)

// Task is one task. All but the title may be empty: real plans leave most of it open.
type Task struct {
	ID       string     `db:"id"`
	Plan     string     `db:"plan"`       // id
	Parent   string     `db:"parent"`     // id of the task this one is a copy or part of; "" for none
	Place    string     `db:"place"`      // id of the place where it is done
	Agency   string     `db:"agency"`     // id of the agency that leads
	Who      string     `db:"who"`        // who leads in the plan's words, where they name no agency on record: "sở, ngành"
	Beside   string     `db:"beside"`     // who coordinates, in such words
	Post     string     `db:"post"`       // id of the post whose holder answers by name
	Block    string     `db:"block"`      // the heading of the block it stands under in the plan
	Code     string     `db:"code"`       // the lever: sub-dimension or indicator; several are parted by ;
	Title    string     `db:"title"`      //
	Product  string     `db:"product"`    // the deliverable
	Effect   *float64   `db:"effect"`     // points of the index it is expected to bring, stated before
	Measure  Measure    `db:"measure"`    //
	Goal     *float64   `db:"goal"`       // of a count
	Done     *float64   `db:"done"`       // as last reported
	Cost     *float64   `db:"cost"`       // in million đồng
	Due      clock.Date `db:"due"`        // the last day; zero = none
	When     string     `db:"when_words"` // the deadline in the plan's words, where they say more than a day: "hằng tháng"
	FirstDue clock.Date `db:"first_due"`  // before any extension
	Feeds    string     `db:"feeds"`      // what its result counts for: emulation, the rating of heads, another index
	Note     string     `db:"note"`       //
	State    State      `db:"state"`      //
	Reporter string     `db:"reporter"`   // who submitted it last
	Rev      int        `db:"rev"`
}

const columns = `t.id, t.plan, t.parent, t.place, t.agency, t.who, t.beside, t.post, t.block, t.code, t.title, t.product, t.effect, t.measure,
	t.goal, t.done, t.cost, t.due, t.when_words, t.first_due, t.feeds, t.note, t.state, t.reporter, t.rev`

// Overdue tells whether a task is late on a day.
func (t *Task) Overdue(on clock.Date) bool {
	return !t.Due.IsZero() && t.Due.Before(on) && t.State.Running()
}

// Extended tells whether a task was given more time.
func (t *Task) Extended() bool { return t.FirstDue != t.Due && !t.FirstDue.IsZero() }

// subject is what rights to a task are asked about.
func (t *Task) subject() account.Subject { return account.Subject{Place: t.Place, Agency: t.Agency} }

// check gives all faults of a task's own fields.
func (t *Task) check(line int) (items []fault.Item) {
	wrong := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Line: line, Field: field, What: what, Remedy: remedy})
	}
	if t.Title == "" {
		wrong("title", fault.T("The task has no title."), fault.T("Write what is to be done."))
	}
	if t.Place == "" && t.Agency == "" {
		wrong("agency", fault.T("Nobody has this task."), fault.T("Choose the agency or the commune that leads."))
	}
	switch t.Measure {
	case NoMeasure, YesNo, Percent:
	case Count:
		if t.Goal == nil || *t.Goal <= 0 {
			wrong("goal", fault.T("A count needs the number that is aimed at."), fault.T("Write how many there are to be."))
		}
	default:
		wrong("measure", fault.T("“%s” is no measure.", string(t.Measure)), fault.T("Write count, percent or yes-no, or leave it empty."))
	}
	return items
}

// mostKey bounds what a search meets: an index holds it.
const mostKey = 1000

// key is what a search meets.
func (t *Task) key() string {
	folded := lang.Fold(t.Title + " " + t.Code + " " + t.Product)
	return strings.ToValidUTF8(folded[:min(len(folded), mostKey)], "")
}

// Event is one step of a task's history.
type Event struct {
	ID    string    `db:"id"`
	At    time.Time `db:"at"`
	Actor string    `db:"actor"`
	Did   string    `db:"did"`
	Note  string    `db:"note"`
	Done  *float64  `db:"done"`
}
