package inspect

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/place"
)

// PaperKind is which paper of an inspection one is.
type PaperKind string

// The papers. A decision stands with the inspection itself.
const (
	RecordPaper     PaperKind = "record"     // of one visit
	ConclusionPaper PaperKind = "conclusion" // of the inspection
)

// Paper is a record or a conclusion as it was written at one time. A later one of the same kind and visit stands in its
// place; all are kept.
type Paper struct {
	ID         string     `db:"id"`
	Inspection string     `db:"inspection"`
	Visit      string     `db:"visit"` // of a record
	Kind       PaperKind  `db:"kind"`
	Number     string     `db:"number"` // "" for a record without one
	Dated      clock.Date `db:"dated"`
	Present    string     `db:"present"` // who was there for the unit, a line each
	Words      string     `db:"words"`   // what was seen, or concluded
	Opinion    string     `db:"opinion"` // of the unit
	Signer     string     `db:"signer"`
	At         time.Time  `db:"at"`
	Actor      string     `db:"actor"`
}

const paperColumns = "p.id, p.inspection, p.visit, p.kind, p.number, p.dated, p.present, p.words, p.opinion, p.signer, p.at, p.actor"

// papersOf reads the papers that stand: the last of each kind and visit.
func papersOf(ctx context.Context, q *db.Q, inspection string) (stand []Paper, err error) {
	all, err := db.All[Paper](ctx, q, "SELECT "+paperColumns+" FROM inspection_paper p WHERE p.inspection = ? ORDER BY p.id", inspection)
	for _, p := range all {
		at := -1
		for n, o := range stand {
			if o.Kind == p.Kind && o.Visit == p.Visit {
				at = n
			}
		}
		if at < 0 {
			stand = append(stand, p)
		} else {
			stand[at] = p
		}
	}
	return stand, err
}

// check gives all faults of a paper.
func (p *Paper) check() error {
	var items []fault.Item
	for field, empty := range map[string]bool{"words": p.Words == "", "signer": p.Signer == "", "dated": p.Dated.IsZero(),
		"number": p.Kind == ConclusionPaper && p.Number == "", "present": p.Kind == RecordPaper && p.Present == ""} {
		if empty {
			items = append(items, fault.Item{Field: field, What: fault.T("This is not filled in."), Remedy: fault.T("The paper needs it.")})
		}
	}
	return fault.Batch(items)
}

// Record writes the record of a visit, by the team, until the inspection is concluded.
func (s *Store) Record(ctx context.Context, actor account.Actor, p Paper) error {
	p.Kind = RecordPaper
	return s.db.Update(ctx, func(q *db.Q) error {
		_, i, err := underWay(ctx, q, actor, p.Visit)
		if err != nil {
			return err
		}
		p.Inspection = i.ID
		return s.write(ctx, q, actor, p)
	})
}

func (s *Store) write(ctx context.Context, q *db.Q, actor account.Actor, p Paper) error {
	if err := p.check(); err != nil {
		return err
	}
	if _, err := q.Exec(ctx, `INSERT INTO inspection_paper (id, inspection, visit, kind, number, dated, present, words, opinion, signer, at, actor)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, q.NewID(), p.Inspection, p.Visit, p.Kind, p.Number, p.Dated, p.Present, p.Words, p.Opinion, p.Signer, q.Now(), actor.User); err != nil {
		return err
	}
	return s.tell(ctx, q, actor, p.Inspection, string(p.Kind), "")
}

// Conclude ends an inspection: every visit that began has its record, and a draw is announced.
func (s *Store) Conclude(ctx context.Context, actor account.Actor, p Paper) error {
	p.Kind, p.Visit = ConclusionPaper, ""
	return s.change(ctx, actor, p.Inspection, account.ConcludeInspection, "end", "", func(q *db.Q, i *Inspection) error {
		if err := i.in(Opened); err != nil {
			return err
		}
		begun, err := db.One[int](ctx, q, "SELECT count(*) FROM visit WHERE inspection = ? AND began IS NOT NULL", i.ID)
		if err != nil {
			return err
		}
		papers, err := papersOf(ctx, q, i.ID)
		if err != nil {
			return err
		}
		if begun == 0 || len(papers) < begun {
			return fault.New(fault.Conflict, "%d of %d visits have their record. Every visit needs one before the conclusion.", len(papers), begun)
		}
		d, ok, err := drawOf(ctx, q, i.ID)
		if err != nil {
			return err
		}
		if ok && d.Dropped.IsZero() && d.Announced.IsZero() {
			return fault.New(fault.Conflict, "Announce the draw before the conclusion.")
		}
		if err := s.write(ctx, q, actor, p); err != nil {
			return err
		}
		return i.move(ctx, q, Concluded)
	})
}

// Decision is what the paper of a decision to inspect says.
type Decision struct {
	Inspection
	Home     string       // name of the place whose office inspects
	Team     []TeamMember // the chief first
	Units    []string     // names of those visited; empty while a draw hides them
	Drawn    bool         // by surprise: the units are drawn
	Themes   []Checklist
	Previous string // of an inspection again: the decision of the one before
}

// TeamMember is somebody of a team in a paper: who an account is, the door says.
type TeamMember struct {
	User, Post string
	Chief      bool
}

// Record is what the record of a visit says.
type Record struct {
	Decision
	Paper    Paper
	Unit     string
	Began    time.Time
	Answers  []Answered
	Findings []Finding
}

// Answered is a question with what stands as its answer.
type Answered struct {
	Theme string
	Key   string
	Item
	Answer Answer // zero where it was not answered
	Photos []Answer
}

// Conclusion is what the conclusion of an inspection says.
type Conclusion struct {
	Decision
	Paper   Paper
	Visited []VisitResult
}

// VisitResult is one visit in a conclusion.
type VisitResult struct {
	Unit     string
	Record   Paper
	Yes, No  int // questions answered with yes, and with no
	Findings []Finding
}

// name gives what a unit was called on a day.
func name(ctx context.Context, q *db.Q, u Unit, on clock.Date) (string, error) {
	if u.Agency != "" {
		return agency.NameOn(ctx, q, u.Agency, on)
	}
	p, err := place.ByID(ctx, q, u.Place, on)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return p.Full().VI, err
}

// DecisionPaper gives what the paper of the decision says.
func (s *Store) DecisionPaper(ctx context.Context, actor account.Actor, id string) (d Decision, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		d, err = decision(ctx, q, actor, id)
		return err
	})
	return d, err
}

func decision(ctx context.Context, q *db.Q, actor account.Actor, id string) (d Decision, err error) {
	i, err := find(ctx, q, id)
	if err != nil {
		return d, err
	}
	if err := i.may(ctx, q, actor, account.ReadInspections); err != nil {
		return d, err
	}
	on := i.Decided
	if on.IsZero() {
		on = i.Since
	}
	d = Decision{Inspection: *i, Drawn: i.Kind == Surprise}
	if d.Home, err = name(ctx, q, Unit{Place: i.Place}, on); err != nil {
		return d, err
	}
	team, err := teamOf(ctx, q, id)
	if err != nil {
		return d, err
	}
	for _, m := range team {
		if m.Left.IsZero() {
			d.Team = append(d.Team, TeamMember{m.User, m.Post, m.Chief})
		}
	}
	visits, err := visitsOf(ctx, q, id)
	if err != nil {
		return d, err
	}
	for _, v := range visits {
		n, err := name(ctx, q, v.Unit, on)
		if err != nil {
			return d, err
		}
		d.Units = append(d.Units, n)
	}
	if d.Themes, err = chosen(ctx, q, id); err != nil || i.Parent == "" {
		return d, err
	}
	before, err := find(ctx, q, i.Parent)
	d.Previous = before.Decision
	return d, err
}

// RecordPaper gives what the record of a visit says: the answers and findings, and the record itself where it is written.
func (s *Store) RecordPaper(ctx context.Context, actor account.Actor, visit string) (r Record, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		v, _, err := visitTo(ctx, q, visit)
		if err != nil {
			return err
		}
		if r.Decision, err = decision(ctx, q, actor, v.Inspection); err != nil {
			return err
		}
		r.Began = v.Began
		if r.Unit, err = name(ctx, q, v.Unit, v.day(r.Since)); err != nil {
			return err
		}
		if r.Answers, err = answered(ctx, q, r.Themes, visit); err != nil {
			return err
		}
		if r.Findings, err = findings(ctx, q, "f.visit = ?", visit); err != nil {
			return err
		}
		papers, err := papersOf(ctx, q, v.Inspection)
		for _, p := range papers {
			if p.Visit == visit {
				r.Paper = p
			}
		}
		return err
	})
	return r, err
}

// answered puts the answers that stand to their questions.
func answered(ctx context.Context, q *db.Q, themes []Checklist, visit string) (all []Answered, err error) {
	given, err := answersOf(ctx, q, visit)
	if err != nil {
		return nil, err
	}
	for _, c := range themes {
		for n, it := range c.Items {
			one := Answered{Theme: c.Theme, Key: c.Key(n), Item: it}
			for _, a := range given {
				switch {
				case a.Item != one.Key:
				case a.File != "":
					one.Photos = append(one.Photos, a)
				default:
					one.Answer = a
				}
			}
			all = append(all, one)
		}
	}
	return all, nil
}

func findings(ctx context.Context, q *db.Q, where string, args ...any) ([]Finding, error) {
	return db.All[Finding](ctx, q, "SELECT "+findingColumns+" FROM finding f WHERE "+where+" ORDER BY f.due, f.id", args...)
}

// ConclusionPaper gives what the conclusion of an inspection says.
func (s *Store) ConclusionPaper(ctx context.Context, actor account.Actor, id string) (c Conclusion, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if c.Decision, err = decision(ctx, q, actor, id); err != nil {
			return err
		}
		papers, err := papersOf(ctx, q, id)
		if err != nil {
			return err
		}
		visits, err := visitsOf(ctx, q, id)
		if err != nil {
			return err
		}
		for _, v := range visits {
			if v.Began.IsZero() {
				continue
			}
			one, err := result(ctx, q, v, c.Themes)
			if err != nil {
				return err
			}
			for _, p := range papers {
				if p.Visit == v.ID {
					one.Record = p
				}
			}
			c.Visited = append(c.Visited, one)
		}
		for _, p := range papers {
			if p.Kind == ConclusionPaper {
				c.Paper = p
			}
		}
		return nil
	})
	return c, err
}

// result reads one visit for a conclusion.
func result(ctx context.Context, q *db.Q, v Visit, themes []Checklist) (one VisitResult, err error) {
	if one.Unit, err = name(ctx, q, v.Unit, dayOf(v.Began)); err != nil {
		return one, err
	}
	answers, err := answered(ctx, q, themes, v.ID)
	if err != nil {
		return one, err
	}
	for _, a := range answers {
		switch {
		case a.Sort == YesNo && a.Answer.Value == "yes":
			one.Yes++
		case a.Sort == YesNo && a.Answer.Value == "no":
			one.No++
		}
	}
	one.Findings, err = findings(ctx, q, "f.visit = ?", v.ID)
	return one, err
}
