package task

import (
	"thuoc/internal/account"
	"thuoc/internal/fault"
)

// State is where a task stands. That it is overdue or was extended follows from its days and is no state of its own.
type State string

// The states.
const (
	Waiting   State = "waiting" // not started
	Doing     State = "doing"
	Submitted State = "submitted"
	Confirmed State = "confirmed"
	Returned  State = "returned"
	Suspended State = "suspended"
	Cancelled State = "cancelled"
)

// States are all states in their order.
var States = []State{Waiting, Doing, Submitted, Returned, Confirmed, Suspended, Cancelled}

// stateTexts are the states in people's words.
var stateTexts = map[State]fault.Text{
	Waiting: fault.T("not started"), Doing: fault.T("in progress"), Submitted: fault.T("submitted"), Confirmed: fault.T("confirmed"),
	Returned: fault.T("returned"), Suspended: fault.T("suspended"), Cancelled: fault.T("cancelled"),
}

// Text gives the state in people's words.
func (s State) Text() fault.Text { return stateTexts[s] }

// Running tells whether time counts against the task.
func (s State) Running() bool { return s == Waiting || s == Doing || s == Returned }

// Step is something done to a task.
type Step string

// The steps that the two sides take directly; time, pauses and ends are asked for by a Request.
const (
	Start   Step = "start"
	Report  Step = "report" // progress, without a change of state but the first
	Submit  Step = "submit"
	Confirm Step = "confirm"
	Return  Step = "return"
)

// way is how a step leads from a state to another.
type way struct {
	step     Step
	from     []State
	to       State // "" = as it was
	do       account.Action
	another  bool // not by who submitted it or showed evidence for it
	reason   bool
	evidence bool // all of it must be judged, and some of it sufficient
}

// ways is the one table of how tasks move.
var ways = []way{
	{step: Start, from: []State{Waiting}, to: Doing, do: account.DoTask},
	{step: Report, from: []State{Waiting, Doing, Returned}, to: Doing, do: account.DoTask},
	{step: Submit, from: []State{Waiting, Doing, Returned}, to: Submitted, do: account.DoTask},
	{step: Confirm, from: []State{Submitted}, to: Confirmed, do: account.JudgeTask, another: true, evidence: true},
	{step: Return, from: []State{Submitted, Confirmed}, to: Returned, do: account.JudgeTask, another: true, reason: true},
}

// needs is the right that a step asks for, whatever the state: who lacks it is not told how the task stands.
func (s Step) needs() account.Action {
	for _, w := range ways {
		if w.step == s {
			return w.do
		}
	}
	return account.GiveTask
}

// wayOf finds the way of a step from a state.
func wayOf(step Step, from State) (way, error) {
	for _, w := range ways {
		for _, f := range w.from {
			if w.step == step && f == from {
				return w, nil
			}
		}
	}
	return way{}, fault.New(fault.Conflict, "This cannot be done while the task is %s. Somebody may have moved it meanwhile; look at it again.", from.Text())
}

// Steps lists what can be done to a task in a state.
func (s State) Steps() []Step {
	var steps []Step
	for _, w := range ways {
		for _, f := range w.from {
			if f == s {
				steps = append(steps, w.step)
			}
		}
	}
	return steps
}
