// Package demo furnishes a house for trying the program: an invented province with people of every role, agencies, an own
// survey with its editions, and a plan in the middle of its year.
//
// It promises that all of it is invented and says so, under a code that no province has or had; that everything came to be
// by the stores' own ways, each step by somebody who may take it; that the same day and the same seed give the same
// province; and that furnishing a furnished house changes nothing.
package demo

import (
	"context"
	"sync"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/inspect"
	"thuoc/internal/job"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/registry"
	"thuoc/internal/report"
	"thuoc/internal/run"
	"thuoc/internal/task"
)

// House is what is furnished: the stores of a house that is opened for trying, on the clock of a Calendar.
type House struct {
	DB       *db.DB
	Blobs    blob.Store
	Log      *audit.Log
	Accounts *account.Store
	Places   *place.Store
	Agencies *agency.Store
	Runs     *run.Store
	Editions *edition.Store
	Pledges  *commitment.Store
	Plans    *plan.Store
	Tasks    *task.Store
	Follow   *follow.Store
	Reports  *report.Store
	Registry *registry.Store

	Inspections *inspect.Store
}

// past is how many days the province looks back on: its plan is in the middle of a year.
const past = 200

// Calendar is the clock of a house while it is furnished. It begins half a year before a moment and is moved up to it, so
// that what was done in that time bears its date.
type Calendar struct {
	mu    sync.Mutex
	start time.Time // the moment that it ends at
	now   time.Time
}

// NewCalendar makes a calendar that ends at a moment.
func NewCalendar(start time.Time) *Calendar {
	return &Calendar{start: start, now: start.AddDate(0, 0, -past)}
}

// Now gives the moment the calendar stands at.
func (c *Calendar) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// reach moves the calendar to so many days before its end; never back.
func (c *Calendar) reach(before int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.start.AddDate(0, 0, -before); t.After(c.now) {
		c.now = t
	}
}

// day gives the day in Việt Nam so many days before the end of the calendar, or after it.
func (c *Calendar) day(before int) clock.Date {
	return clock.Of(c.start.In(job.VietnamTime)).Add(-before)
}

// furnished is the action of the entry with which furnishing ends.
const furnished = "demo.furnish"

// builder furnishes one house.
type builder struct {
	House
	ctx  context.Context
	at   *Calendar
	home string              // id of the province
	who  map[string]*person  // by login
	body map[string]*body    // agencies by name
	base map[string]plan.Aim // where the plan starts, by node
	from edition.Release     // the edition that says so
	top  string              // id of the province's plan

	site onSite // the inspections
}

// Furnish fills a house. The calendar is the clock the house was opened with; it stands at its end afterwards.
func Furnish(ctx context.Context, h House, at *Calendar) error {
	done, err := isFurnished(ctx, h.DB)
	if err != nil || done {
		at.reach(0)
		return err
	}
	b := &builder{House: h, ctx: ctx, at: at, who: map[string]*person{}, body: map[string]*body{}, base: map[string]plan.Aim{}}
	for _, step := range []func() error{b.settle, b.invite, b.organise, b.survey, b.template, b.planning, b.cascade, b.work, b.pursue, b.pledge, b.await} {
		if err := step(); err != nil {
			return err
		}
	}
	at.reach(0)
	err = h.DB.Update(ctx, func(q *db.Q) error {
		return h.Log.Append(ctx, q, audit.Entry{Actor: b.operator().User, Action: furnished, Object: "place:" + b.home})
	})
	if err != nil {
		return err
	}
	if _, err := audit.Seal(ctx, h.DB); err != nil {
		return err
	}
	return h.Editions.Shelve(ctx)
}

// isFurnished tells whether a house was furnished to the end. One that was begun and cut short is a Conflict.
func isFurnished(ctx context.Context, d *db.DB) (bool, error) {
	var ended, begun []audit.Row
	err := d.View(ctx, func(q *db.Q) (err error) {
		if ended, err = audit.List(ctx, q, audit.Filter{Action: furnished, Limit: 1}); err == nil {
			begun, err = audit.List(ctx, q, audit.Filter{Action: "place.invent", Limit: 1})
		}
		return err
	})
	if err == nil && len(ended) == 0 && len(begun) > 0 {
		err = fault.New(fault.Conflict, "The furnishing of this demo was cut short. Remove its folder and begin again.")
	}
	return len(ended) > 0, err
}

// operator is who sets the house up.
func (b *builder) operator() account.Actor {
	return account.Program("operator", clock.Of(b.at.Now().In(job.VietnamTime)))
}
