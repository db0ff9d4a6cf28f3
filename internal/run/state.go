package run

import "thuoc/internal/fault"

// State says what a run's results are worth.
type State string

// The states.
const (
	Provisional State = "provisional" // computed, and in no published edition
	Official    State = "official"    // published
	Withdrawn   State = "withdrawn"   // found wrong; kept, with the reason, and never frozen again
)

// Step is what may happen to a run.
type Step string

// The steps.
const (
	Settle Step = "settle" // an edition of it was published
	Retire Step = "retire" // it was found wrong
)

// After gives the state after a step, or a Conflict in words. Settling twice is settling once.
func (s State) After(do Step) (State, error) {
	switch {
	case s == Withdrawn && do == Retire:
		return s, fault.New(fault.Conflict, "The run has been withdrawn already.")
	case s == Withdrawn:
		return s, fault.New(fault.Conflict, "The run has been withdrawn; nothing is made of it any more.")
	case do == Settle:
		return Official, nil
	}
	return Withdrawn, nil
}
