package inspect

import (
	"context"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// State is where an inspection stands. That all its visits have their records follows from the records.
type State string

// The states of inspections.
const (
	Prepared  State = "prepared"
	Opened    State = "opened" // of a surprise: with its first visit
	Concluded State = "concluded"
	Cancelled State = "cancelled"
)

// States are all states of inspections in their order.
var States = []State{Prepared, Opened, Concluded, Cancelled}

var stateTexts = map[State]fault.Text{Prepared: fault.T("being prepared"), Opened: fault.T("under way"), Concluded: fault.T("concluded"), Cancelled: fault.T("cancelled")}

// Text gives the state in people's words.
func (s State) Text() fault.Text { return stateTexts[s] }

// Ended tells whether nothing more happens to an inspection itself.
func (s State) Ended() bool { return s == Concluded || s == Cancelled }

// Standing is where a finding stands.
type Standing string

// The states of findings.
const (
	Open     Standing = "open"
	Remedied Standing = "remedied" // says its owner; nobody else has verified it
	Closed   Standing = "closed"   // somebody else has
	Failed   Standing = "failed"   // somebody else found that it is not
)

// Standings are all states of findings in their order.
var Standings = []Standing{Open, Remedied, Failed, Closed}

var standingTexts = map[Standing]fault.Text{Open: fault.T("to be remedied"), Remedied: fault.T("remedied, not verified"), Closed: fault.T("verified and closed"), Failed: fault.T("not remedied")}

// Text gives the state in people's words.
func (s Standing) Text() fault.Text { return standingTexts[s] }

// Step is something done to a finding.
type Step string

// The steps of findings.
const (
	Remedy Step = "remedy"
	Close  Step = "close"
	Fail   Step = "fail"
	Anew   Step = "again" // opens an inspection again
)

// way is how a step leads a finding from a state to another.
type way struct {
	step    Step
	from    []Standing
	to      Standing
	do      account.Action
	another bool // not by its owner, nor by who said that it is remedied
	reason  bool
}

// ways is the one table of how findings move.
var ways = []way{
	{step: Remedy, from: []Standing{Open, Failed}, to: Remedied, do: account.RemedyFinding, reason: true},
	{step: Close, from: []Standing{Remedied}, to: Closed, do: account.VerifyFinding, another: true},
	{step: Fail, from: []Standing{Remedied, Open, Failed}, to: Failed, do: account.VerifyFinding, another: true, reason: true},
	{step: Anew, from: []Standing{Failed}, to: Failed, do: account.PlanInspection, another: true},
}

// Steps lists what can be done to a finding in a state.
func (s Standing) Steps() (steps []Step) {
	for _, w := range ways {
		if slices.Contains(w.from, s) {
			steps = append(steps, w.step)
		}
	}
	return steps
}

// move sets an inspection's state.
func (i *Inspection) move(ctx context.Context, q *db.Q, to State) error {
	n, err := q.Exec(ctx, "UPDATE inspection SET state = ?, rev = rev + 1 WHERE id = ? AND rev = ?", to, i.ID, i.Rev)
	return db.Meanwhile(n, err)
}

// in tells whether an inspection is in one of some states.
func (i *Inspection) in(states ...State) error {
	if slices.Contains(states, i.State) {
		return nil
	}
	return fault.New(fault.Conflict, "This cannot be done while the inspection is %s. Somebody may have moved it meanwhile; look at it again.", i.State.Text())
}
