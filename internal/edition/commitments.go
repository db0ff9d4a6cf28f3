package edition

import (
	"encoding/json"
	"fmt"
	"slices"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
	"thuoc/internal/run"
)

// OfPlan is the source of an edition that holds what a plan promised and how far it has come.
const OfPlan run.Source = "plan"

// CommitmentsIndex stands where other editions name their index.
const CommitmentsIndex = "commitments"

// CommitmentsName is what such an edition is the edition of.
var CommitmentsName = lang.Names{VI: "Cam kết và tiến độ", EN: "Commitments and progress"}

// Naming says who is named as answering for a part of the index.
type Naming string

// The namings. Posts are usual; people only where the office chose it and said on which basis.
const (
	NamesPosts  Naming = ""
	NamesNobody Naming = "nobody"
	NamesPeople Naming = "people"
)

// Commitments is what a place promised in an issued plan and how far it had come on a day. It names offices; who holds a
// post it names only under NamesPeople, with the basis. Counts of parts and agencies follow from the tasks: whoever has the edition can count them again.
type Commitments struct {
	Names     lang.Names     `json:"names"`
	AsOf      Day            `json:"as_of"` // the day of everything that is told
	Place     string         `json:"place"` // id
	PlaceName lang.Names     `json:"place_name"`
	Plan      Plan           `json:"plan"`
	Targets   []Promise      `json:"targets"` // in the order of the plan
	Parts     []Charge       `json:"parts"`   // of the index, in the order of the plan
	Naming    Naming         `json:"naming,omitempty"`
	NamedBy   string         `json:"naming_basis,omitempty"` // why people are named: the rule or their consent
	Agencies  []Doer         `json:"agencies"`               // in the order in which the plan names them
	Tasks     []Deed         `json:"tasks"`
	Communes  []CommuneIssue `json:"communes"`         // to which the plan was passed down, by name
	Former    string         `json:"former,omitempty"` // hash of the last public edition of the plan before
	FormerOn  Day            `json:"former_as_of,omitzero"`
	Changes   []Shift        `json:"changes,omitempty"` // since then
}

// Day is a civil date as frozen files write it: 2025-07-01.
type Day struct{ clock.Date }

// MarshalText writes the date as ISO 8601 has it, nothing for the zero one.
func (d Day) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) (err error) {
	if len(text) > 0 {
		d.Date, err = clock.ParseDate(string(text))
	}
	return err
}

// Plan is the paper.
type Plan struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Kind   string  `json:"kind"`
	Year   int     `json:"year"`
	Until  int     `json:"until"`
	State  string  `json:"state"`
	Number string  `json:"number"`
	Signed Day     `json:"signed"`
	Signer string  `json:"signer"` // the post
	Agency string  `json:"agency"` // that answers for it
	Paper  string  `json:"paper_sha256,omitempty"`
	Bases  []Basis `json:"bases,omitempty"`
}

// Basis is a document that the plan rests on.
type Basis struct {
	Issuer string `json:"issuer"`
	Number string `json:"number"`
	Dated  Day    `json:"dated,omitzero"`
	Title  string `json:"title"`
}

// Promise is one target, as the plan states it, with what was measured since.
type Promise struct {
	Family   string     `json:"family"`
	Code     string     `json:"code"`
	Name     lang.Names `json:"name,omitzero"`
	Kind     string     `json:"kind"` // as target.Kind; "" = only sorted
	Year     int        `json:"year,omitempty"`
	Baseline *float64   `json:"baseline,omitempty"`
	Value    *float64   `json:"value,omitempty"`
	Rank     *int       `json:"rank,omitempty"`
	Word     string     `json:"word,omitempty"`
	Change   *float64   `json:"change,omitempty"`
	Luck     *float64   `json:"chance_by_luck,omitempty"` // that it comes true while nothing is done; nil = not computed
	Latest   *Measured  `json:"latest,omitempty"`         // nil = nothing public was measured
}

// Measured is the latest public value, with its error, and whether it changed.
type Measured struct {
	Edition string   `json:"edition"` // hash
	Period  string   `json:"period"`
	Value   float64  `json:"value"`
	SE      *float64 `json:"se,omitempty"`
	Lo      *float64 `json:"lo,omitempty"` // at 95 per cent
	Hi      *float64 `json:"hi,omitempty"`
	N       int      `json:"n,omitempty"`
	From    int      `json:"from_year,omitempty"`
	Change  *float64 `json:"change,omitempty"`
	Verdict string   `json:"verdict,omitempty"` // of the test, as score.Verdict
}

// Charge is a part of the index with who answers for it and how its tasks stand.
type Charge struct {
	Code string     `json:"code"`
	Name lang.Names `json:"name,omitzero"`
	Lead *Doing     `json:"lead,omitempty"` // nil = no agency has been asked
	With []Doing    `json:"with,omitempty"`
	Counts
}

// Doing is what an agency answers for.
type Doing struct {
	Agency  string `json:"agency"`
	Post    string `json:"post,omitempty"`   // that answers; none under NamesNobody
	Person  string `json:"person,omitempty"` // who exercises it, under NamesPeople alone
	Since   Day    `json:"since,omitzero"`   // of that person's tenure
	Words   string `json:"words,omitempty"`
	Settled bool   `json:"settled"` // asked, proposed and accepted
}

// Doer is an agency with how its tasks stand.
type Doer struct {
	Agency string `json:"agency"`
	Counts
}

// Counts is how tasks stand, n of All.
type Counts struct {
	All        int `json:"tasks"`
	Done       int `json:"done"`       // confirmed by somebody else
	Sufficient int `json:"sufficient"` // some of what was shown was judged to suffice
	Submitted  int `json:"submitted"`
	Late       int `json:"late"`
	Extended   int `json:"extended"`
	Suspended  int `json:"suspended"`
	Cancelled  int `json:"cancelled"`
}

// Deed is a task as the public sees it.
type Deed struct {
	Code       string    `json:"code"`
	Title      string    `json:"title"`
	Product    string    `json:"product,omitempty"`
	Agency     string    `json:"agency"`
	State      string    `json:"state"` // as task.State
	Due        Day       `json:"due,omitzero"`
	FirstDue   Day       `json:"first_due,omitzero"`
	Late       bool      `json:"late"`
	Measure    string    `json:"measure,omitempty"`
	Goal       *float64  `json:"goal,omitempty"`
	Done       *float64  `json:"done,omitempty"` // as last reported
	Shown      int       `json:"shown"`          // pieces of evidence
	Sufficient int       `json:"sufficient"`     // of them judged to suffice
	Reasons    []Granted `json:"granted,omitempty"`
}

// Granted is a request that was granted: more time, a pause, an end.
type Granted struct {
	Ask    string `json:"ask"`
	To     Day    `json:"to,omitzero"`
	Reason string `json:"reason"`
	On     Day    `json:"on"`
}

// CommuneIssue is whether a commune has issued its own plan.
type CommuneIssue struct {
	Name   string `json:"name"`
	Issued bool   `json:"issued"`
	Number string `json:"number,omitempty"`
	Signed Day    `json:"signed,omitzero"`
}

// Shift is a count that is not what it was in the former edition.
type Shift struct {
	Of  string `json:"of"`             // a code of Counts, or "issued"
	Key string `json:"part,omitempty"` // a part of the index; "" for the whole
	Was int    `json:"was"`
	Now int    `json:"now"`
}

// Extended tells whether the task was given more time.
func (d *Deed) Extended() bool { return !d.FirstDue.IsZero() && d.FirstDue != d.Due }

// add counts a task.
func (c *Counts) add(d *Deed) {
	for n, is := range map[*int]bool{&c.All: true, &c.Done: d.State == "confirmed", &c.Sufficient: d.Sufficient > 0, &c.Submitted: d.State == "submitted",
		&c.Late: d.Late, &c.Extended: d.Extended(), &c.Suspended: d.State == "suspended", &c.Cancelled: d.State == "cancelled"} {
		if is {
			*n++
		}
	}
}

// Total counts all tasks.
func (c *Commitments) Total() (n Counts) {
	for i := range c.Tasks {
		n.add(&c.Tasks[i])
	}
	return n
}

// Issued counts the communes that have issued their plans.
func (c *Commitments) Issued() (n int) {
	for _, x := range c.Communes {
		if x.Issued {
			n++
		}
	}
	return n
}

// count derives the counts of parts and agencies from the tasks. A task of several parts counts in each.
func (c *Commitments) count() {
	for i := range c.Parts {
		p := &c.Parts[i]
		p.Counts = Counts{}
		for j := range c.Tasks {
			if slices.Contains(codesOf(c.Tasks[j].Code), p.Code) {
				p.add(&c.Tasks[j])
			}
		}
	}
	for i := range c.Agencies {
		a := &c.Agencies[i]
		a.Counts = Counts{}
		for j := range c.Tasks {
			if c.Tasks[j].Agency == a.Agency {
				a.add(&c.Tasks[j])
			}
		}
	}
}

// since derives what changed since a former edition.
func (c *Commitments) since(hash string, was *Commitments) {
	c.Former, c.FormerOn, c.Changes = hash, was.AsOf, nil
	add := func(of, key string, before, now int) {
		if before != now {
			c.Changes = append(c.Changes, Shift{of, key, before, now})
		}
	}
	add("issued", "", was.Issued(), c.Issued())
	compare := func(key string, old, now Counts) {
		add("tasks", key, old.All, now.All)
		add("done", key, old.Done, now.Done)
		add("sufficient", key, old.Sufficient, now.Sufficient)
		add("late", key, old.Late, now.Late)
		add("extended", key, old.Extended, now.Extended)
		add("suspended", key, old.Suspended, now.Suspended)
		add("cancelled", key, old.Cancelled, now.Cancelled)
	}
	compare("", was.Total(), c.Total())
	for _, p := range c.Parts {
		if i := slices.IndexFunc(was.Parts, func(o Charge) bool { return o.Code == p.Code }); i >= 0 {
			compare(p.Code, was.Parts[i].Counts, p.Counts)
		}
	}
}

// Commitments gives what an edition of a plan says.
func (e *Edition) Commitments() (*Commitments, error) {
	c := &Commitments{}
	if e.Manifest.Source != OfPlan {
		return nil, fmt.Errorf("edition: %s is of no plan", e.Short())
	}
	if err := json.Unmarshal(e.files[contentName], c); err != nil {
		return nil, fmt.Errorf("edition: %s: %w", contentName, err)
	}
	return c, nil
}
