package plan

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Part is what an agency does for a part of the index.
type Part string

// The parts an agency can have. A part of the index has one lead and any number of the others.
const (
	Lead       Part = "lead"
	Coordinate Part = "coordinate"
	Verify     Part = "verify"
)

// DutyState is how far a duty is settled between the owner of the plan and the agency.
type DutyState string

// The states of a duty. Leads are asked, propose in their own words, and the owner accepts or returns with a reason.
const (
	Asked    DutyState = "asked"
	Proposed DutyState = "proposed"
	Accepted DutyState = "accepted"
	Returned DutyState = "returned"
)

// Duty is what one agency answers for in a plan.
type Duty struct {
	ID      string    `db:"id"`
	Plan    string    `db:"plan"`
	Code    string    `db:"code"`   // dimension or sub-dimension
	Agency  string    `db:"agency"` // id
	Part    Part      `db:"part"`
	Words   string    `db:"words"` // what exactly, in the agency's words or the owner's
	Post    string    `db:"post"`  // id of the post whose holder answers by name; "" = none is on record
	State   DutyState `db:"state"`
	Offered bool      `db:"offered"` // a default by function that nobody has confirmed
	Reason  string    `db:"reason"`  // why it was returned
	Rev     int       `db:"rev"`
}

const dutyColumns = "id, plan, code, agency, part, words, post, state, offered, reason, rev"

// Ask gives duties to agencies: each is asked, and answers for itself. A part of the index keeps one lead; asking another
// one is a Conflict that names the part. For what an agency leads its head answers by name unless another post is named.
// All duties are given or none.
func (s *Store) Ask(ctx context.Context, actor account.Actor, plan string, duties []Duty) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		p, err := s.toSettle(ctx, q, actor, plan)
		if err != nil {
			return err
		}
		if err := checkDuties(p.Duties, duties); err != nil {
			return err
		}
		for _, d := range duties {
			if err := agency.Near(ctx, q, p.Place, actor.Day, d.Agency); err != nil {
				return err
			}
			if err := s.ask(ctx, q, actor, p, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkDuties gives every fault of new duties beside those that are there.
func checkDuties(there, more []Duty) error {
	leads, known := map[string]bool{}, map[[3]string]bool{}
	note := func(d Duty) {
		leads[d.Code] = leads[d.Code] || d.Part == Lead
		known[[3]string{d.Code, d.Agency, string(d.Part)}] = true
	}
	for _, d := range there {
		note(d)
	}
	var items []fault.Item
	for i, d := range more {
		switch {
		case d.Code == "" || d.Agency == "":
			items = append(items, fault.Item{Line: i + 1, What: fault.T("A duty needs a part of the index and an agency."), Remedy: fault.T("Choose both.")})
		case d.Part != Lead && d.Part != Coordinate && d.Part != Verify:
			items = append(items, fault.Item{Line: i + 1, Field: d.Code, What: fault.T("“%s” is no kind of duty.", string(d.Part)), Remedy: fault.T("Write lead, coordinate or verify.")})
		case d.Part == Lead && leads[d.Code]:
			items = append(items, fault.Item{Line: i + 1, Field: d.Code, What: fault.T("%s has a lead already.", d.Code), Remedy: fault.T("Let the other agency coordinate, or take the duty back first.")})
		case known[[3]string{d.Code, d.Agency, string(d.Part)}]:
			items = append(items, fault.Item{Line: i + 1, Field: d.Code, What: fault.T("The agency has this duty already."), Remedy: fault.T("Leave the line out.")})
		}
		note(d)
	}
	return fault.Batch(items)
}

func (s *Store) ask(ctx context.Context, q *db.Q, actor account.Actor, p *Plan, d Duty) error {
	d.ID = q.NewID()
	if err := d.name(ctx, q, p.Answering(actor.Day)); err != nil {
		return err
	}
	if _, err := q.Exec(ctx, `INSERT INTO plan_duty (id, plan, code, agency, part, words, post, state, offered, reason, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', 1)`, d.ID, p.ID, d.Code, d.Agency, d.Part, d.Words, d.Post, Asked, d.Offered); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "duty.ask", Object: "duty:" + d.ID, Content: []byte(d.Agency + " " + d.Code)})
}

// Propose is the agency's answer: what it will do, in its own words, and which post answers for it.
func (s *Store) Propose(ctx context.Context, actor account.Actor, d Duty) error {
	return s.settle(ctx, actor, d, account.ProposeDuty, func(was *Duty, _ *Plan) (account.Subject, error) {
		if was.Offered { // nobody has asked yet
			return account.Subject{}, fault.New(fault.NotFound, "This duty is not there.")
		}
		if was.State == Accepted {
			return account.Subject{}, fault.New(fault.Conflict, "This duty is settled. Ask the owner of the plan to return it first.")
		}
		if d.Words == "" {
			return account.Subject{}, fault.Batch([]fault.Item{{Field: "words", What: fault.T("Write what your agency will do.")}})
		}
		was.Words, was.Post, was.State, was.Reason = d.Words, d.Post, Proposed, ""
		return account.Subject{Agency: was.Agency}, nil
	})
}

// Accept takes the agency's proposal into the plan. A default that was offered is confirmed by it.
func (s *Store) Accept(ctx context.Context, actor account.Actor, d Duty) error {
	return s.settle(ctx, actor, d, account.WritePlan, func(was *Duty, p *Plan) (account.Subject, error) {
		was.State, was.Reason, was.Offered = Accepted, "", false
		return p.subject(), nil
	})
}

// Return gives a proposal back with a reason.
func (s *Store) Return(ctx context.Context, actor account.Actor, d Duty) error {
	return s.settle(ctx, actor, d, account.WritePlan, func(was *Duty, p *Plan) (account.Subject, error) {
		if d.Reason == "" {
			return account.Subject{}, fault.Batch([]fault.Item{{Field: "reason", What: fault.T("Write the reason; the agency will read it.")}})
		}
		if was.State == Asked {
			return account.Subject{}, fault.New(fault.Conflict, "The agency has proposed nothing yet. Take the duty back instead.")
		}
		was.State, was.Reason = Returned, d.Reason
		return p.subject(), nil
	})
}

// settle moves one duty by a step that a function describes and whose subject it names.
func (s *Store) settle(ctx context.Context, actor account.Actor, d Duty, do account.Action, step func(*Duty, *Plan) (account.Subject, error)) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		was, err := dutyOf(ctx, q, d.ID)
		if err != nil {
			return err
		}
		p, err := get(ctx, q, was.Plan)
		if err != nil {
			return err
		}
		on, err := step(&was, p)
		if err != nil {
			return err
		}
		if !p.State.Open() { // what was submitted stays as it was
			return fault.New(fault.Conflict, "The plan is %s; its content cannot be changed. Ask for it to be returned, or open a revision.", p.State.Names())
		}
		if err := was.name(ctx, q, p.Answering(actor.Day)); err != nil {
			return err
		}
		if err := actor.May(ctx, q, do, on); err != nil {
			return err
		}
		n, err := q.Exec(ctx, "UPDATE plan_duty SET words = ?, post = ?, state = ?, offered = ?, reason = ?, rev = rev + 1 WHERE id = ? AND rev = ?",
			was.Words, was.Post, was.State, was.Offered, was.Reason, d.ID, d.Rev)
		if err := db.Meanwhile(n, err); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "duty." + string(was.State), Object: "duty:" + d.ID, Content: []byte(was.Words + was.Reason)})
	})
}
