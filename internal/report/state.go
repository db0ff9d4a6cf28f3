package report

import (
	"thuoc/internal/account"
	"thuoc/internal/fault"
)

// State is where a report stands. That it is late follows from its days and is no state of its own.
type State string

// The states.
const (
	Due      State = "due"      // opened, and nobody has written in it
	Draft    State = "draft"    // being written
	Sent     State = "sent"     //
	Returned State = "returned" // with reasons; to be mended and sent again
	Accepted State = "accepted" //
	Scored   State = "scored"   // for punctuality and quality; the unit may answer
	Locked   State = "locked"   // nothing changes any more
	Void     State = "void"     // nobody owes it: the unit or its duty ended before the cut-off
)

// States are all states in their order.
var States = []State{Due, Draft, Returned, Sent, Accepted, Scored, Locked, Void}

var stateTexts = map[State]fault.Text{
	Due: fault.T("to be written"), Draft: fault.T("being written"), Sent: fault.T("sent"), Returned: fault.T("returned"), Accepted: fault.T("accepted"),
	Scored: fault.T("scored"), Locked: fault.T("locked"), Void: fault.T("not owed any more"),
}

// Text gives the state in people's words.
func (s State) Text() fault.Text { return stateTexts[s] }

// Open tells whether the unit is to write or send.
func (s State) Open() bool { return s == Due || s == Draft || s == Returned }

// Standing tells whether the unit stands behind what was sent: it was sent, and not returned since.
func (s State) Standing() bool { return s == Sent || s == Accepted || s == Scored || s == Locked }

// Step is something done to a report.
type Step string

// The steps.
const (
	Write  Step = "write"
	Attach Step = "attach"
	Send   Step = "send"
	Return Step = "return"
	Accept Step = "accept"
	Score  Step = "score"
	Answer Step = "answer"
	Decide Step = "decide"
	Lock   Step = "lock"
)

// way is how a step leads from some states to another.
type way struct {
	from    []State
	to      State // "" = as it was
	do      account.Action
	another bool // not by somebody of the unit, nor by who wrote or sent it
}

// ways is the one table of how reports move.
var ways = map[Step]way{
	Write:  {from: []State{Due, Draft, Returned}, do: account.WriteReport},
	Attach: {from: []State{Due, Draft, Returned}, do: account.WriteReport},
	Send:   {from: []State{Due, Draft, Returned}, to: Sent, do: account.SendReport},
	Return: {from: []State{Sent, Accepted}, to: Returned, do: account.JudgeReport, another: true},
	Accept: {from: []State{Sent}, to: Accepted, do: account.JudgeReport, another: true},
	Score:  {from: []State{Accepted}, to: Scored, do: account.ScoreReport, another: true},
	Answer: {from: []State{Scored}, do: account.SendReport},
	Decide: {from: []State{Scored}, do: account.DecideScore, another: true},
	Lock:   {from: []State{Scored}, to: Locked, do: account.JudgeReport, another: true},
}

// Needs is the right a step asks for.
func (s Step) Needs() account.Action { return ways[s].do }

// Allows tells whether a step can be taken in a state.
func (s State) Allows(step Step) bool {
	for _, f := range ways[step].from {
		if f == s {
			return true
		}
	}
	return false
}

// Reason is a kind of reason for which a report is returned.
type Reason string

// The kinds of reasons.
const (
	Incomplete   Reason = "incomplete"   // a part is missing or says nothing
	Unanswered   Reason = "unanswered"   // a promise is answered without substance
	Contradicts  Reason = "contradicts"  // words and figures do not agree
	Unproven     Reason = "unproven"     // a result is told that nothing shows
	VagueNext    Reason = "vague-next"   // the next steps name no work, person or day
	WrongPeriod  Reason = "wrong-period" // it speaks of another period
	OtherReasons Reason = "other"
)

// Reasons are all kinds of reasons in the order in which people are shown them.
var Reasons = []Reason{Incomplete, Unanswered, Contradicts, Unproven, VagueNext, WrongPeriod, OtherReasons}

var reasonTexts = map[Reason]fault.Text{
	Incomplete: fault.T("a part is missing or says nothing"), Unanswered: fault.T("a promise of last time is not truly answered"),
	Contradicts: fault.T("words and figures do not agree"), Unproven: fault.T("a result is told that nothing shows"),
	VagueNext: fault.T("the next steps name no work, person or day"), WrongPeriod: fault.T("it speaks of another period"), OtherReasons: fault.T("another reason"),
}

// Text gives the kind of reason in people's words.
func (r Reason) Text() fault.Text { return reasonTexts[r] }
