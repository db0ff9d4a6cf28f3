package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Move is a step of a plan to another state.
type Move struct {
	Plan string
	Rev  int
	To   State
	Note string // the reason, where the step needs one

	// For Issued: the paper as it was signed.
	Number string
	Signed clock.Date
	Signer string // post and name, as they stand on the paper
	Paper  string // sha256 of the signed file
}

// Go takes a step. Submitting and issuing freeze a version, without the duties that nobody has confirmed. A plan with
// comments that wait for an answer is not submitted; what is submitted is approved by somebody else.
func (s *Store) Go(ctx context.Context, actor account.Actor, m Move) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		p, err := get(ctx, q, m.Plan)
		if err != nil {
			return err
		}
		w, err := way(p.State, m.To)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, w.do, p.subject()); err != nil {
			return err
		}
		if err := m.check(w, p, actor); err != nil {
			return err
		}
		if m.To == Submitted {
			if err := answered(ctx, q, p.ID); err != nil {
				return err
			}
		}
		if err := s.step(ctx, q, actor, p, m, w); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "plan." + string(m.To), Object: "plan:" + p.ID, Content: []byte(m.Note + m.Number)})
	})
}

// check gives every fault of a step.
func (m Move) check(w step, p *Plan, actor account.Actor) error {
	var items []fault.Item
	if w.reason && m.Note == "" {
		items = append(items, fault.Item{Field: "note", What: fault.T("This step needs a reason."), Remedy: fault.T("Write it in a sentence; it stays in the history of the plan.")})
	}
	if w.another && actor.User == p.Submitter {
		return fault.New(fault.Forbidden, "Who submitted a plan does not approve it. Ask another person who may.")
	}
	if m.To == Issued {
		if m.Number == "" {
			items = append(items, fault.Item{Field: "number", What: fault.T("The paper has no number."), Remedy: fault.T("Write number and sign, as in 41/KH-UBND.")})
		}
		if m.Signed.IsZero() {
			items = append(items, fault.Item{Field: "signed", What: fault.T("The date of signing is missing."), Remedy: fault.T("Write the date that stands on the paper.")})
		}
		if m.Signer == "" {
			items = append(items, fault.Item{Field: "signer", What: fault.T("The paper has no signer."), Remedy: fault.T("Write post and name as on the paper.")})
		}
		if m.Paper == "" {
			items = append(items, fault.Item{Field: "paper", What: fault.T("The signed file is missing."), Remedy: fault.T("Attach the signed paper as a file.")})
		}
	}
	return fault.Batch(items)
}

func (s *Store) step(ctx context.Context, q *db.Q, actor account.Actor, p *Plan, m Move, w step) error {
	was := p.State
	p.State = m.To
	if m.To == Submitted {
		p.Submitter = actor.User
	}
	if m.To == Issued {
		p.Number, p.Signed, p.Signer, p.Paper = m.Number, m.Signed, m.Signer, m.Paper
	}
	n, err := q.Exec(ctx, "UPDATE plan SET state = ?, number = ?, signed = ?, signer = ?, paper = ?, submitter = ?, rev = rev + 1 WHERE id = ? AND rev = ?",
		p.State, p.Number, p.Signed, p.Signer, p.Paper, p.Submitter, p.ID, m.Rev)
	if err := db.Meanwhile(n, err); err != nil {
		return err
	}
	if _, err := q.Exec(ctx, "INSERT INTO plan_event (id, plan, at, actor, was, now, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
		q.NewID(), p.ID, q.Now(), actor.User, was, m.To, m.Note); err != nil {
		return err
	}
	if w.freeze {
		return s.freeze(ctx, q, actor, p)
	}
	return nil
}

// Frozen is a version as it was kept.
type Frozen struct {
	Number int       `db:"number"`
	At     time.Time `db:"at"`
	Actor  string    `db:"actor"`
	Body   string    `db:"body"` // JSON of Content
	SHA256 string    `db:"sha256"`
}

// Content is what a version holds.
type Content struct {
	Title  string        `json:"title"`
	Kind   Kind          `json:"kind"`
	Place  string        `json:"place"`
	Agency string        `json:"agency"`
	Year   int           `json:"year"`
	Until  int           `json:"until"`
	Base   int           `json:"base_year,omitempty"`
	State  State         `json:"state"`
	Number string        `json:"number,omitempty"`
	Signed string        `json:"signed,omitempty"`
	Signer string        `json:"signer,omitempty"`
	Paper  string        `json:"paper,omitempty"`
	Bases  []Basis       `json:"bases,omitempty"`
	Aims   []Aim         `json:"aims,omitempty"`
	Duties []SettledDuty `json:"duties,omitempty"`
}

// SettledDuty is a duty as a version keeps it.
type SettledDuty struct {
	Code   string    `json:"code"`
	Agency string    `json:"agency"`
	Part   Part      `json:"part"`
	Words  string    `json:"words,omitempty"`
	Post   string    `json:"post,omitempty"`
	State  DutyState `json:"state"`
}

// freeze keeps the plan as it stands now.
func (s *Store) freeze(ctx context.Context, q *db.Q, actor account.Actor, p *Plan) error {
	c := Content{p.Title, p.Kind, p.Place, p.Agency, p.Year, p.Until, p.BaseYear, p.State, p.Number, p.Signed.String(), p.Signer, p.Paper, p.Bases, p.Aims, nil}
	for _, d := range p.confirmed() {
		c.Duties = append(c.Duties, SettledDuty{d.Code, d.Agency, d.Part, d.Words, d.Post, d.State})
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	last, err := db.One[int](ctx, q, "SELECT coalesce(max(number), 0) FROM plan_version WHERE plan = ?", p.ID)
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, "INSERT INTO plan_version (plan, number, at, actor, body, sha256) VALUES (?, ?, ?, ?, ?, ?)",
		p.ID, last+1, q.Now(), actor.User, string(body), hex.EncodeToString(sum[:]))
	return err
}

// Event is one step in a plan's history.
type Event struct {
	ID    string    `db:"id"`
	At    time.Time `db:"at"`
	Actor string    `db:"actor"`
	Was   State     `db:"was"`
	Now   State     `db:"now"`
	Note  string    `db:"note"`
}

// History gives the steps of a plan and its versions, the oldest first.
func (s *Store) History(ctx context.Context, actor account.Actor, id string) (events []Event, versions []Frozen, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if _, err = read(ctx, q, actor, id); err != nil {
			return err
		}
		if events, err = db.All[Event](ctx, q, "SELECT id, at, actor, was, now, note FROM plan_event WHERE plan = ? ORDER BY id", id); err != nil {
			return err
		}
		versions, err = db.All[Frozen](ctx, q, "SELECT number, at, actor, body, sha256 FROM plan_version WHERE plan = ? ORDER BY number", id)
		return err
	})
	return events, versions, err
}
