package edition

import (
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// State is where an edition stands on its way to the public.
type State string

// The states.
const (
	Frozen    State = "frozen"    // made of a run; waits for a review
	Returned  State = "returned"  // sent back: it ends here, and a new one may be frozen
	Reviewed  State = "reviewed"  // waits for publication by a second person
	Embargoed State = "embargoed" // decided, and public from a time on; nothing of it is shown before
	Public    State = "public"
	Corrected State = "corrected" // a later edition took its place; readable by its hash
	Withdrawn State = "withdrawn" // was public and is not any more, for a reason
)

// States are all states, in the order of the way.
var States = []State{Frozen, Returned, Reviewed, Embargoed, Public, Corrected, Withdrawn}

// Step is what somebody does to an edition.
type Step string

// The steps.
const (
	Freeze   Step = "freeze" // makes an edition; of one that is there it is no step
	Approve  Step = "approve"
	Return   Step = "return"
	Publish  Step = "publish" // at once
	Embargo  Step = "embargo" // from a time on
	Lift     Step = "lift"    // of the embargo: the time has come
	Correct  Step = "correct" // a later edition that corrects it became public
	Withdraw Step = "withdraw"
)

// Steps are all steps that an edition can take.
var Steps = []Step{Approve, Return, Publish, Embargo, Lift, Correct, Withdraw}

// transitions is the whole way: what does not stand here cannot be done.
var transitions = map[State]map[Step]State{
	Frozen:    {Approve: Reviewed, Return: Returned},
	Returned:  {},
	Reviewed:  {Publish: Public, Embargo: Embargoed, Return: Returned},
	Embargoed: {Lift: Public, Return: Returned},
	Public:    {Correct: Corrected, Withdraw: Withdrawn},
	Corrected: {Withdraw: Withdrawn},
	Withdrawn: {},
}

// standing says where an edition stands to somebody who wants of it what cannot be done there.
var standing = map[State]fault.Text{
	Frozen:    fault.T("The edition has not been reviewed yet."),
	Returned:  fault.T("The edition was returned. Freeze a new one."),
	Reviewed:  fault.T("The edition has been reviewed and waits for publication."),
	Embargoed: fault.T("The edition is under embargo; it becomes public by itself when its time comes."),
	Public:    fault.T("The edition is public."),
	Corrected: fault.T("The edition has been corrected by a later one."),
	Withdrawn: fault.T("The edition has been withdrawn."),
}

// After gives the state after a step, or a Conflict that says where the edition stands.
func (s State) After(do Step) (State, error) {
	to, ok := transitions[s][do]
	if !ok {
		return s, &fault.Error{Kind: fault.Conflict, Text: standing[s]}
	}
	return to, nil
}

// Release is an edition on its way, as the house keeps it.
type Release struct {
	ID         string     `db:"id"`
	Run        string     `db:"run"`  // id of the run it was frozen from; "" of one of a plan
	Plan       string     `db:"plan"` // id of the plan it was frozen from; "" of one of a run
	Place      string     `db:"place"`
	Source     run.Source `db:"source"`
	Family     string     `db:"family"`
	Index      string     `db:"index_id"`
	Period     string     `db:"period"`
	Hash       string     `db:"hash"` // the edition's name for the world: SHA-256 of its manifest
	Head       string     `db:"head"` // of the audit when it was frozen, as it stands in the manifest
	State      State      `db:"state"`
	Corrects   string     `db:"corrects"` // id of the release it takes the place of; "" for none
	Reason     string     `db:"reason"`   // what it corrects, and why; of a withdrawn one, why it was withdrawn
	FrozenBy   string     `db:"frozen_by"`
	Frozen     time.Time  `db:"frozen"`
	PublicFrom time.Time  `db:"public_from"` // zero until that is decided
	Version    int        `db:"version"`     // rises with every step
}

const columnsOf = "id, coalesce(run, '') AS run, coalesce(plan, '') AS plan, place, source, family, index_id, period, hash, head, state, coalesce(corrects, '') AS corrects, reason, frozen_by, frozen, public_from, version"

// Event is one thing that happened to an edition.
type Event struct {
	At     time.Time    `db:"at"`
	Actor  string       `db:"actor"`  // id of an account, or the name of a program
	Office account.Role `db:"office"` // the role in which they acted; "" for a program
	Step   Step         `db:"step"`   // "freeze" for the first
	Before State        `db:"before"`
	After  State        `db:"after"`
	Note   string       `db:"note"`
}

// Seen names a release as somebody saw it: a step is taken from what was seen, or not at all.
type Seen struct {
	ID      string
	Version int
}
