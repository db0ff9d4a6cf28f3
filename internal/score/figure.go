package score

// Status says why a figure is, or is not, a number.
type Status string

// The statuses of a figure. Only OK and Partial carry a value.
const (
	OK           Status = "ok"            // a value
	Partial      Status = "partial"       // a value made from fewer parts than the definition names
	NotPublished Status = "not-published" // the publisher gives no value; why is not known
	Suppressed   Status = "suppressed"    // withheld by a rule (too few answers) or by the publisher, with the reason in Note
	Missing      Status = "missing"       // not in the input
)

// Figure is one number of one unit at one node of an index, with all that is known of its error.
//
// Absent numbers are NaN (Value, SE, Lo, Hi) or 0 (N, Level). Lo and Hi are the limits as their publisher printed
// them; Level is the coverage they truly have (0.90 for PAPI's "95 %" of ±1.644965 SE), never the label they carry.
type Figure struct {
	Unit   string  // the unit's code in the frame of the figure's date, e.g. "84" for Trà Vinh before 01/07/2025
	Code   string  // the node's code in the definition of the figure's year
	Value  float64 // in the node's own scale
	SE     float64 // standard error of Value
	Lo, Hi float64 // interval limits
	Level  float64 // true level of the interval, 0 < Level < 1
	N      int     // answers (or respondents) behind Value
	Status Status
	Group  string // the group printed by the publisher, if any
	Source string // key of the source, e.g. "S1"
	Note   string // a known defect of this cell, empty for most
}
