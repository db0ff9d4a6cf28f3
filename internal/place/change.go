package place

import (
	"context"
	"encoding/json"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/job"
)

// ChangeKind is what a boundary change does.
type ChangeKind string

// The kinds of change.
const (
	Rename ChangeKind = "rename" // another name
	Retype ChangeKind = "retype" // of another kind: a commune becomes a ward
	Recode ChangeKind = "recode" // another code of the statistics office
	Move   ChangeKind = "move"   // into another parent
	Merge  ChangeKind = "merge"  // two or more become one new place
	Split  ChangeKind = "split"  // one becomes two or more new places
)

// ChangeKinds are all kinds of change, in the order in which people are shown them.
var ChangeKinds = []ChangeKind{Rename, Retype, Recode, Move, Merge, Split}

// Proposal is a boundary change as somebody proposes it.
type Proposal struct {
	Kind ChangeKind `json:"-"`
	On   clock.Date `json:"-"` // the first day on which it holds
	Law  string     `json:"-"` // the legal document

	Places []string       // ids of the places it is about: one, of a merger two or more
	Name   string         `json:",omitempty"` // of Rename
	Type   gazetteer.Kind `json:",omitempty"` // of Retype
	Code   string         `json:",omitempty"` // of Recode
	Parent string         `json:",omitempty"` // of Move: id
	Heirs  []Heir         `json:",omitempty"` // of Merge one, of Split two or more
}

// Heir is a place that a merger or a division makes.
type Heir struct {
	Code   string
	Name   string
	Type   gazetteer.Kind
	Parent string   `json:",omitempty"` // id; "" for a province
	Share  *float64 `json:",omitempty"` // of Split: the fraction of the people that went there; nil where nobody knows
	Basis  Basis    `json:",omitempty"` // what Share is known from
}

// State is how far a change has come.
type State string

// The states of a change.
const (
	Proposed  State = "proposed"
	Approved  State = "approved" // waits for its day
	Applied   State = "applied"
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn"
)

// Change is a boundary change on its way.
type Change struct {
	ID string
	Proposal
	State    State
	Proposer string // id of the account
	Proposed time.Time
	Reviewer string // id of the account; "" before
	Reviewed time.Time
	Remark   string // of the reviewer
	Applied  time.Time
}

// changeRow is a change as it is stored.
type changeRow struct {
	ID       string     `db:"id"`
	Kind     ChangeKind `db:"kind"`
	Since    clock.Date `db:"since"`
	Law      string     `db:"law"`
	What     string     `db:"what"`
	State    State      `db:"state"`
	Proposer string     `db:"proposer"`
	Proposed time.Time  `db:"proposed"`
	Reviewer string     `db:"reviewer"`
	Reviewed time.Time  `db:"reviewed"`
	Remark   string     `db:"remark"`
	Applied  time.Time  `db:"applied"`
}

const changeColumns = "c.id, c.kind, c.since, c.law, c.what, c.state, c.proposer, c.proposed, c.reviewer, c.reviewed, c.remark, c.applied"

func (r changeRow) change() (Change, error) {
	c := Change{ID: r.ID, State: r.State, Proposer: r.Proposer, Proposed: r.Proposed, Reviewer: r.Reviewer, Reviewed: r.Reviewed,
		Remark: r.Remark, Applied: r.Applied}
	err := json.Unmarshal([]byte(r.What), &c.Proposal)
	c.Kind, c.On, c.Law = r.Kind, r.Since, r.Law
	return c, err
}

// Propose stores a change for review and gives its id. All its faults come at once; a place that another open change
// touches is a Conflict.
func (s *Store) Propose(ctx context.Context, actor account.Actor, p Proposal) (id string, err error) {
	what, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := mayAll(ctx, q, actor, account.ProposePlace, p.Places); err != nil {
			return err
		}
		if _, err := check(ctx, q, p, ""); err != nil {
			return err
		}
		id = q.NewID()
		if _, err := q.Exec(ctx, `INSERT INTO place_change (id, kind, since, law, what, state, proposer, proposed, reviewer, remark)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')`, id, p.Kind, p.On, p.Law, string(what), Proposed, actor.User, q.Now()); err != nil {
			return err
		}
		for _, place := range p.Places {
			if _, err := q.Exec(ctx, "INSERT INTO place_change_place (change, place) VALUES (?, ?)", id, place); err != nil {
				return err
			}
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: string(account.ProposePlace), Object: "place_change:" + id, Content: what})
	})
	return id, err
}

// mayAll asks a right over every place; it may nothing over none.
func mayAll(ctx context.Context, q *db.Q, actor account.Actor, do account.Action, places []string) error {
	if len(places) == 0 {
		return actor.May(ctx, q, do, account.Subject{})
	}
	for _, id := range places {
		if err := actor.May(ctx, q, do, account.Subject{Place: id}); err != nil {
			return err
		}
	}
	return nil
}

// Review approves or rejects a change. It is done by somebody else than who proposed it; a rejection needs a remark. An
// approved change is applied at once when its day has come, and otherwise by a job on its day.
func (s *Store) Review(ctx context.Context, actor account.Actor, id string, approve bool, remark string) error {
	err := s.db.Update(ctx, func(q *db.Q) error {
		c, err := open(ctx, q, id, Proposed)
		if err != nil {
			return err
		}
		if err := mayAll(ctx, q, actor, account.ReviewPlace, c.Places); err != nil {
			return err
		}
		if actor.User == c.Proposer {
			return fault.New(fault.Forbidden, "Who proposed a change cannot review it: somebody else must.")
		}
		state := Approved
		if !approve {
			state = Rejected
			if remark == "" {
				return fault.Batch([]fault.Item{{Field: "remark", What: fault.T("There is no reason."), Remedy: fault.T("Say why the change is rejected.")}})
			}
		}
		if err := s.settle(ctx, q, actor, c, state, remark); err != nil || !approve {
			return err
		}
		if today(q).Before(c.On) {
			day := time.Date(c.On.Year, c.On.Month, c.On.Day, 0, 0, 0, 0, job.VietnamTime)
			return job.Add(ctx, q, applyChange{ID: id}, job.At(day), job.Once("place_change:"+id))
		}
		c.Reviewer = actor.User
		return s.apply(ctx, q, c)
	})
	return s.warmed(ctx, err)
}

// Withdraw takes a change back. Only who proposed it may, and only before it is reviewed.
func (s *Store) Withdraw(ctx context.Context, actor account.Actor, id string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		c, err := open(ctx, q, id, Proposed)
		if err != nil {
			return err
		}
		if err := mayAll(ctx, q, actor, account.ProposePlace, c.Places); err != nil {
			return err
		}
		if actor.User != c.Proposer {
			return fault.New(fault.Forbidden, "Only who proposed a change can withdraw it.")
		}
		return s.settle(ctx, q, actor, c, Withdrawn, "")
	})
}

// settle writes down what became of a proposal.
func (s *Store) settle(ctx context.Context, q *db.Q, actor account.Actor, c Change, state State, remark string) error {
	reviewer := actor.User
	if state == Withdrawn {
		reviewer = ""
	}
	_, err := q.Exec(ctx, "UPDATE place_change SET state = ?, reviewer = ?, reviewed = ?, remark = ? WHERE id = ?", state, reviewer, q.Now(), remark, c.ID)
	if err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "place_change." + string(state), Object: "place_change:" + c.ID, Content: []byte(remark)})
}

// open reads a change that must be in a state.
func open(ctx context.Context, q *db.Q, id string, want State) (Change, error) {
	r, ok, err := db.Maybe[changeRow](ctx, q, "SELECT "+changeColumns+" FROM place_change c WHERE c.id = ?", id)
	if err != nil {
		return Change{}, err
	}
	if !ok {
		return Change{}, fault.New(fault.NotFound, "There is no such boundary change.")
	}
	c, err := r.change()
	if err == nil && c.State != want {
		err = fault.New(fault.Conflict, "Somebody was faster: this boundary change is %s already. Read it again.", stateText(c.State))
	}
	return c, err
}

func stateText(s State) fault.Text {
	switch s {
	case Approved:
		return fault.T("approved")
	case Applied:
		return fault.T("applied")
	case Rejected:
		return fault.T("rejected")
	case Withdrawn:
		return fault.T("withdrawn")
	}
	return fault.T("proposed")
}

// Changes lists the changes of a state, or all with "", the latest day first: those the actor may read.
func (s *Store) Changes(ctx context.Context, actor account.Actor, state State, limit int) ([]Change, error) {
	where, args := actor.Rows(account.ReadPlaces, account.Columns{Place: "p.place"})
	if state != "" {
		where, args = where+" AND c.state = ?", append(args, state)
	}
	return read(ctx, s.db, func(q *db.Q) ([]Change, error) {
		rows, err := db.All[changeRow](ctx, q, "SELECT "+changeColumns+` FROM place_change c WHERE EXISTS
			(SELECT 1 FROM place_change_place p WHERE p.change = c.id AND `+where+") ORDER BY c.since DESC, c.id DESC LIMIT ?", append(args, limit)...)
		var list []Change
		for _, r := range rows {
			c, err := r.change()
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
		return list, err
	})
}

// Change gives one change, when the actor may read it.
func (s *Store) Change(ctx context.Context, actor account.Actor, id string) (c Change, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		r, ok, err := db.Maybe[changeRow](ctx, q, "SELECT "+changeColumns+" FROM place_change c WHERE c.id = ?", id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "There is no such boundary change.")
		}
		if c, err = r.change(); err != nil {
			return err
		}
		return mayAll(ctx, q, actor, account.ReadPlaces, c.Places)
	})
	return c, err
}
