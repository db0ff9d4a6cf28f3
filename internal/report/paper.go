package report

import (
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
)

// Party is a unit as papers call it.
type Party struct {
	Unit
	Name string // on the last day of the period
	Bloc string // agency.Bloc; "" of a place
}

// Paper is one unit's report as a document tells it: all of it is frozen, or was sent.
type Paper struct {
	Report  Report
	Unit    Party
	To      Party     // whom it is sent to: the place whose calendar it follows
	Version string    // id of the version that was sent; "" before
	SentAt  time.Time // of that version
	Late    bool

	Answers  []Answered // what was promised last time, answered first
	Figures  []Figure   // of the cut-off, all and by lever; each with the hash of its rows
	Before   []Figure   // those of the period before, where it has a frozen report
	Against  string     // that period, as it is kept
	Rows     []Row      // what the figures count, for the appendix
	Text     Narrative
	Disputes []Dispute
}

// Promise is something to be done next, as a unit wrote it.
type Promise struct {
	ID   string     `json:"id"`   // version/number: the next report answers it by this
	Text string     `json:"text"` // the work, and who does it
	Due  clock.Date `json:"due,omitzero"`
}

// Kept says what became of a promise.
type Kept string

// What can have become of it.
const (
	WasKept   Kept = "kept"
	InPart    Kept = "in-part"
	NotKept   Kept = "not-kept"
	NotAnswer Kept = "" // nobody has said yet
)

var keptNames = map[Kept]lang.Names{
	WasKept: {VI: "Đã thực hiện", EN: "Kept"}, InPart: {VI: "Thực hiện một phần", EN: "Kept in part"}, NotKept: {VI: "Chưa thực hiện", EN: "Not kept"},
	NotAnswer: {VI: "Chưa trả lời", EN: "Not answered"},
}

// Names gives it in people's words.
func (k Kept) Names() lang.Names { return keptNames[k] }

// Answered is a promise of last time with its answer.
type Answered struct {
	Promise
	Kept  Kept   `json:"kept"`
	Words string `json:"words"` // what shows it, or why not
}

// Narrative is what people write beside the figures, as text: the program adds nothing to it and claims no cause.
type Narrative struct {
	Results      string    `json:"results"`
	Shortcomings string    `json:"shortcomings"`
	Causes       string    `json:"causes"`
	Proposals    string    `json:"proposals"`
	Next         []Promise `json:"next"`
}

// Dispute is a figure the unit does not agree with.
type Dispute struct {
	Mark  Mark   `json:"mark"`
	Words string `json:"words"`
}

// Said is a passage of a unit's report.
type Said struct {
	Unit   Party
	Report string // id
	Text   string
}

// Count is a consolidated figure: a sum over the units whose report stands.
type Count struct {
	Figure        // Hash is over the hashes of the units' figures, in the order of their reports
	Before    int // the same in the period before, over Compared units
	BaseThen  int
	Compared  int    // units that have the figure in both periods
	Now       int    // the figure over those units alone
	BaseNow   int    //
	HashThen  string // over the hashes of the units' figures in the period before
	HasBefore bool   // false where no unit can be compared: nothing is said of a change
}

// Planned is a unit with the plan it issued.
type Planned struct {
	Unit   Party
	Plan   string // id
	Title  string
	Number string     // of the paper; "" where it is not issued
	Date   clock.Date // of the paper
}

// Content is what was done and found for one part of the index: a dimension, or a sub-dimension where tasks name one.
type Content struct {
	Code    string
	Figures []Count
	Units   int // that report something under it
}

// Consolidated is the report of all units of a calendar for a period, in the shape of a province's yearly report on its
// plan: who planned, where was surveyed, inspections and inspections again, results by part of the index, shortcomings
// and causes in the units' and the owner's own words, next steps. Every number bears how many units it rests on.
type Consolidated struct {
	Home    Party
	Period  Period
	First   clock.Date
	Cut     clock.Date // the figures are those at the end of this day
	Due     clock.Date
	AsOf    time.Time // when it was put together
	Against string    // the period with which figures are compared, as it is kept; "" where no unit had one
	Units   int       // N: that owe a report
	Sent    int       // n: whose report stands; every figure is over these

	Standing map[State]int // reports by state
	Late     []Exception   // sent late, or not sent and overdue
	Missing  []Exception   // not sent, and not overdue yet
	Returned []Exception
	Disputed []Exception
	Changed  []Change // against the period before, the greatest first
	Watch    []Oddity // for the owner alone; empty on every paper

	Planned  []Planned
	Measures []Measure // the newest public results by index, with where was surveyed; they claim no cause
	Figures  []Count
	Contents []Content // of tasks

	Kept, InPart, NotKept int // promises of last time, over the reports that stand
	Shortcomings          []Said
	Causes                []Said
	Proposals             []Said
	Next                  []Said

	Text   Narrative // the owner's own
	Author string    // account of who froze it; "" while it is only looked at
	Hash   string    // SHA-256 of the frozen whole; "" while it is only looked at
}

// Exception is a unit of which somebody should know.
type Exception struct {
	Unit   Party
	Report string
	State  State
	Days   int        // working days late; 0 where it is not
	Sent   clock.Date // zero where it was not
	Words  []Dispute  // of a dispute
}

// Change is a unit whose figure moved much against the period before.
type Change struct {
	Unit             Party
	Report           string
	Mark             Mark
	Was, Of          int // in the period before: value and base
	Is, Now          int // in this one
	WasShare, Shares float64
}
