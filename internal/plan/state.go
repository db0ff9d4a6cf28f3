package plan

import (
	"thuoc/internal/account"
	"thuoc/internal/fault"
)

// State is where a plan stands.
type State string

// The states. A plan that is being revised stays in force as it was last issued.
const (
	Draft     State = "draft"
	Comments  State = "comments" // open to comments of agencies and monitors
	Submitted State = "submitted"
	Approved  State = "approved"
	Issued    State = "issued"
	Revised   State = "revised"
	Closed    State = "closed"
)

// States are all states in their order.
var States = []State{Draft, Comments, Submitted, Approved, Issued, Revised, Closed}

// step is one way from a state to another.
type step struct {
	from, to State
	do       account.Action
	another  bool // not by who submitted
	reason   bool // must be given
	freeze   bool // keeps a version
}

// steps are all ways there are.
var steps = []step{
	{from: Draft, to: Comments, do: account.WritePlan},
	{from: Comments, to: Draft, do: account.WritePlan},
	{from: Draft, to: Submitted, do: account.WritePlan, freeze: true},
	{from: Comments, to: Submitted, do: account.WritePlan, freeze: true},
	{from: Submitted, to: Draft, do: account.ApprovePlan, reason: true},
	{from: Submitted, to: Approved, do: account.ApprovePlan, another: true},
	{from: Approved, to: Issued, do: account.IssuePlan, freeze: true},
	{from: Issued, to: Revised, do: account.WritePlan, reason: true},
	{from: Revised, to: Submitted, do: account.WritePlan, freeze: true},
	{from: Issued, to: Closed, do: account.IssuePlan, reason: true},
}

// way finds the step between two states.
func way(from, to State) (step, error) {
	for _, s := range steps {
		if s.from == from && s.to == to {
			return s, nil
		}
	}
	return step{}, fault.New(fault.Conflict, "A plan that is %s cannot become %s. Somebody may have moved it meanwhile; look at it again.", from.Names(), to.Names())
}

// Needs gives the right that a step between two states needs; "" where there is no such step.
func Needs(from, to State) account.Action {
	w, err := way(from, to)
	if err != nil {
		return ""
	}
	return w.do
}

// Next lists the states a plan can move to, for a page.
func (s State) Next() []State {
	var next []State
	for _, w := range steps {
		if w.from == s {
			next = append(next, w.to)
		}
	}
	return next
}

// Open tells whether the content may be changed.
func (s State) Open() bool { return s == Draft || s == Comments || s == Revised }
