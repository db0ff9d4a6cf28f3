// Package plan keeps the yearly improvement plans of provinces and communes: what is aimed at, who leads and who
// coordinates which part of the index, what it rests on, and every version that was submitted or issued.
//
// It promises that a plan moves only along its stated states and that nobody approves what they submitted themselves;
// that what was submitted is frozen, and that two versions can be held against each other; that a change made over
// somebody else's is refused in words and loses nothing; and that a comment of those who watch stays open until it is
// answered.
package plan

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/target"
)

// Options is what a Store works with.
type Options struct {
	DB  *db.DB
	Log *audit.Log
}

// Store is the plans of one database.
type Store struct {
	db  *db.DB
	log *audit.Log
}

// New makes a Store.
func New(o Options) *Store { return &Store{db: o.DB, log: o.Log} }

// Kind is the kind of paper a plan is.
type Kind string

// The kinds in which plans are found.
const (
	Scheme    Kind = "scheme"    // kế hoạch
	Decision  Kind = "decision"  // quyết định with a plan or programme attached
	Dispatch  Kind = "dispatch"  // công văn, after bad results
	Directive Kind = "directive" // chỉ thị
	Programme Kind = "programme" // chương trình hành động, of the Party too
)

// Kinds are all kinds, the most usual first.
var Kinds = []Kind{Scheme, Decision, Dispatch, Directive, Programme}

// Plan is one plan as it stands.
type Plan struct {
	Head
	Bases  []Basis
	Aims   []Aim
	Duties []Duty
}

// Head is what a list shows of a plan.
type Head struct {
	ID       string `db:"id"`
	Place    string `db:"place"`     // id of the place whose plan it is
	Agency   string `db:"agency"`    // id of the agency that answers for it; "" = not named yet
	Parent   string `db:"parent"`    // id of the plan it carries out; "" for none
	Kind     Kind   `db:"kind"`      //
	Title    string `db:"title"`     //
	Year     int    `db:"year"`      // the first year of the plan
	Until    int    `db:"until"`     // the last
	BaseYear int    `db:"base_year"` // of the results it starts from; 0 = none
	Edition  string `db:"edition"`   // id of the edition that holds them; "" = none
	State    State  `db:"state"`     //
	Rev      int    `db:"rev"`       // grows with every change

	Number    string     `db:"number"` // of the issued paper, "41/KH-UBND"
	Signed    clock.Date `db:"signed"`
	Signer    string     `db:"signer"` // post and name, as they stand on the paper
	Paper     string     `db:"paper"`  // sha256 of the signed file
	Author    string     `db:"author"`
	Submitter string     `db:"submitter"`
}

// Basis is a document a plan rests on.
type Basis struct {
	Issuer string     `db:"issuer" json:"issuer"`
	Number string     `db:"number" json:"number"`
	Dated  clock.Date `db:"dated" json:"dated"`
	Title  string     `db:"title" json:"title"`
	Paper  string     `db:"paper" json:"paper,omitempty"` // sha256 of the file; "" = none
}

// Aim is one target of a plan.
type Aim struct {
	Family   string         `db:"family" json:"family"`               // "papi", "par-index", "sipas", or an index of the province's own
	Code     string         `db:"code" json:"code"`                   // the node
	Year     int            `db:"year" json:"year,omitempty"`         // of the result that is aimed at; 0 = the plan's
	Kind     target.Kind    `db:"kind" json:"kind,omitempty"`         // "" = only sorted
	Value    *float64       `db:"value" json:"value,omitempty"`       // points
	Rank     *int           `db:"rank" json:"rank,omitempty"`         // a rank, a number of ranks, or the last rank of a group
	Word     string         `db:"word" json:"word,omitempty"`         // the group as the plan names it; else the target in words that say more than the number
	Baseline *float64       `db:"baseline" json:"baseline,omitempty"` // as the plan states it
	Change   *float64       `db:"change" json:"change,omitempty"`     // as the plan states it
	Sorting  target.Sorting `db:"sorting" json:"sorting,omitempty"`   // on the list of what to keep or to fix
	Note     string         `db:"note" json:"note,omitempty"`
}

// subject is what rights to a plan are asked about.
func (p *Head) subject() account.Subject { return account.Subject{Place: p.Place, Agency: p.Agency} }

// check gives all faults of a plan's own content.
func (p *Plan) check() error {
	var items []fault.Item
	wrong := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	if p.Title == "" {
		wrong("title", fault.T("The plan has no title."), fault.T("Write what the plan is called on paper."))
	}
	if p.Place == "" {
		wrong("place", fault.T("The plan belongs to no place."), fault.T("Choose the province or commune."))
	}
	if p.Year < 2000 || p.Year > 2100 {
		wrong("year", fault.T("%d is not a year of a plan.", p.Year), fault.T("Write the year in four digits."))
	}
	if p.Until < p.Year {
		wrong("until", fault.T("The plan ends before it begins."), fault.T("Write the same year or a later one."))
	}
	for i, a := range p.Aims {
		if what := a.wrong(); what.Key != "" {
			items = append(items, fault.Item{Line: i + 1, Field: "aim", What: what, Remedy: fault.T("Complete the target or take it out.")})
		}
	}
	return fault.Batch(items)
}

// wrong says what a target lacks.
func (a Aim) wrong() fault.Text {
	switch a.Kind {
	case target.Points, target.Change:
		if a.Value == nil {
			return fault.T("The target for %s states no points.", a.Code)
		}
	case target.Rank, target.Gain:
		if a.Rank == nil || *a.Rank < 1 {
			return fault.T("The target for %s states no rank.", a.Code)
		}
	case target.Group:
		if a.Word == "" {
			return fault.T("The target for %s names no group.", a.Code)
		}
	case target.Hold, "":
	default:
		return fault.T("“%s” is no kind of target.", string(a.Kind))
	}
	if a.Code == "" {
		return fault.T("A target names no part of the index.")
	}
	return fault.Text{}
}

// relative tells whether a target is one among other units and has no points of its own.
func (a Aim) relative() bool {
	return a.Kind == target.Rank || a.Kind == target.Gain || a.Kind == target.Group
}

// Lines gives the numbers of the plan's table for an index, the whole and its parts, as target.Check wants them.
func (p *Plan) Lines(family, whole string) (total target.Line, parts []target.Line) {
	total = target.Line{Baseline: unknown, Target: unknown, Change: unknown} // a plan may aim at parts alone
	for _, a := range p.Aims {
		if a.Family != family || a.relative() {
			continue
		}
		l := target.Line{Code: a.Code, Baseline: orUnknown(a.Baseline), Target: orUnknown(a.Value), Change: orUnknown(a.Change)}
		if a.Kind == target.Change {
			l.Target, l.Change = unknown, orUnknown(a.Value)
		}
		if a.Code == whole {
			total = l
		} else {
			parts = append(parts, l)
		}
	}
	return total, parts
}

// view runs a reading.
func view[T any](ctx context.Context, d *db.DB, f func(*db.Q) (T, error)) (v T, err error) {
	err = d.View(ctx, func(q *db.Q) error {
		v, err = f(q)
		return err
	})
	return v, err
}
