package inspect

import (
	"context"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Page is an inspection with all that its reader may know.
type Page struct {
	Inspection
	Team     []Member
	Themes   []Checklist
	Visits   []Visit // that are on the list; of a unit, its own
	Papers   []Paper
	Findings []Finding
	Events   []Event
	Draw     *Draw   // without its secret; nil where there is none, or the reader may not read the whole inspection
	Drawn    []Drawn // for the team, and everybody once it is public
	Member   bool    // the actor is in the team
	Can      map[account.Action]bool
	Reopened []Inspection // that were held again
	Rechecks []Finding    // of an inspection again: what was not remedied, and it looks at
}

// Event is one step of an inspection's history.
type Event struct {
	ID    string    `db:"id"`
	At    time.Time `db:"at"`
	Actor string    `db:"actor"`
	Did   string    `db:"did"`
	Note  string    `db:"note"`
}

// asked are the actions about which a page says whether they are the actor's.
var asked = []account.Action{account.PlanInspection, account.DoInspection, account.ConcludeInspection, account.PrepareDraw, account.SealDraw, account.VerifyFinding}

// Get reads an inspection. Whoever may not read it, but was visited, is given what concerns their own unit.
func (s *Store) Get(ctx context.Context, actor account.Actor, id string) (p Page, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		i, err := find(ctx, q, id)
		if err != nil {
			return err
		}
		p.Inspection = *i
		whole, err := i.can(ctx, q, actor, account.ReadInspections)
		if err != nil {
			return err
		}
		if err := p.visited(ctx, q, actor, whole); err != nil {
			return err
		}
		if p.Themes, err = chosen(ctx, q, id); err != nil || !whole {
			return err
		}
		if p.Team, err = teamOf(ctx, q, id); err != nil {
			return err
		}
		if p.Events, err = db.All[Event](ctx, q, "SELECT id, at, actor, did, note FROM inspection_event WHERE inspection = ? ORDER BY id", id); err != nil {
			return err
		}
		if p.Reopened, err = db.All[Inspection](ctx, q, "SELECT "+columns+" FROM inspection i WHERE i.parent = ? ORDER BY i.id", id); err != nil {
			return err
		}
		return s.allow(ctx, q, actor, &p)
	})
	if err != nil {
		return Page{}, err
	}
	return p, nil
}

// visited reads the visits, papers and findings: all, or those of the actor's own units, of which there must be one.
func (p *Page) visited(ctx context.Context, q *db.Q, actor account.Actor, whole bool) (err error) {
	own, args := "1 = 1", []any(nil)
	if !whole {
		own, args = actor.Rows(account.ReadInspections, account.Columns{Place: "v.place", Agency: "v.agency"})
	}
	if p.Visits, err = db.All[Visit](ctx, q, "SELECT "+visitColumns+" FROM visit v WHERE v.inspection = ? AND "+own+" ORDER BY v.planned, v.id", append([]any{p.ID}, args...)...); err != nil {
		return err
	}
	if !whole {
		own, args = actor.Rows(account.ReadInspections, account.Columns{Place: "f.place", Agency: "f.agency"})
	}
	if p.Findings, err = findings(ctx, q, "f.inspection = ? AND "+own, append([]any{p.ID}, args...)...); err != nil {
		return err
	}
	if p.Rechecks, err = findings(ctx, q, "f.again = ? AND "+own, append([]any{p.ID}, args...)...); err != nil {
		return err
	}
	if !whole && len(p.Visits)+len(p.Findings) == 0 {
		return fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	if p.Papers, err = papersOf(ctx, q, p.ID); err == nil && !whole {
		p.Papers = slices.DeleteFunc(p.Papers, func(x Paper) bool {
			return !slices.ContainsFunc(p.Visits, func(v Visit) bool { return v.ID == x.Visit })
		})
	}
	return err
}

// allow says what the actor may do, and reads the draw.
func (s *Store) allow(ctx context.Context, q *db.Q, actor account.Actor, p *Page) (err error) {
	p.Can = map[account.Action]bool{}
	for _, do := range asked {
		if p.Can[do], err = p.can(ctx, q, actor, do); err != nil {
			return err
		}
	}
	if p.Member, err = inTeam(ctx, q, p.ID, actor.User); err != nil {
		return err
	}
	d, ok, err := drawOf(ctx, q, p.ID)
	if err != nil || !ok {
		return err
	}
	if d.Dropped.IsZero() && !d.Drawn.IsZero() && (p.Member || d.Public()) {
		if p.Drawn, err = s.drawn(ctx, q, actor, &p.Inspection); err != nil {
			return err
		}
	}
	d.Secret = nil
	p.Draw = &d
	return nil
}

// VisitPage is a visit with its questions, answers and findings.
type VisitPage struct {
	Visit
	Inspection Inspection
	Answers    []Answered
	Notes      []Answer
	Findings   []Finding
	Rechecks   []Finding // of an inspection again: what was not remedied by this unit
	Paper      *Paper    // the record, nil until it is written
	Last       string    // id of the last answer; NothingSeen where there is none
	Do         bool      // the actor is in the team, and the inspection is under way
}

// GetVisit reads a visit, for who may read the inspection, and for the unit itself once it has begun.
func (s *Store) GetVisit(ctx context.Context, actor account.Actor, id string) (p VisitPage, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		v, i, err := visitTo(ctx, q, id)
		if err != nil {
			return err
		}
		if err := mayReadVisit(ctx, q, actor, i, v); err != nil {
			return err
		}
		p.Visit, p.Inspection, p.Last = *v, *i, NothingSeen
		themes, err := chosen(ctx, q, i.ID)
		if err != nil {
			return err
		}
		if p.Answers, err = answered(ctx, q, themes, id); err != nil {
			return err
		}
		given, err := answersOf(ctx, q, id)
		if err != nil {
			return err
		}
		for _, a := range given {
			p.Last = a.ID
			if a.Item == "" {
				p.Notes = append(p.Notes, a)
			}
		}
		if p.Findings, err = findings(ctx, q, "f.visit = ?", id); err != nil {
			return err
		}
		if p.Rechecks, err = findings(ctx, q, "f.again = ? AND f.place = ? AND f.agency = ?", i.ID, v.Place, v.Agency); err != nil {
			return err
		}
		papers, err := papersOf(ctx, q, i.ID)
		for _, x := range papers {
			if x.Visit == id {
				p.Paper = &x
			}
		}
		if err != nil {
			return err
		}
		p.Do, err = i.can(ctx, q, actor, account.DoInspection)
		p.Do = p.Do && i.State == Opened && !v.Began.IsZero()
		return err
	})
	if err != nil {
		return VisitPage{}, err
	}
	return p, nil
}

// FindingPage is a finding with its history.
type FindingPage struct {
	Finding
	Of     Inspection
	Events []FindingEvent
	Can    map[Step]bool // what the actor may do, where the state allows it
}

// GetFinding reads a finding, for who may read its inspection, and for its unit.
func (s *Store) GetFinding(ctx context.Context, actor account.Actor, id string) (p FindingPage, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		f, i, err := findingOf(ctx, q, id)
		if err != nil {
			return err
		}
		if err := mayReadFinding(ctx, q, actor, i, f); err != nil {
			return err
		}
		p.Finding, p.Of, p.Can = *f, *i, map[Step]bool{}
		if p.Events, err = db.All[FindingEvent](ctx, q, "SELECT id, at, actor, did, note, file, mime, size FROM finding_event WHERE finding = ? ORDER BY id", id); err != nil {
			return err
		}
		for _, w := range ways {
			err := actor.May(ctx, q, w.do, f.about(w.do, i))
			if err == nil && w.another {
				err = s.another(ctx, q, actor, f)
			}
			if err != nil && fault.KindOf(err) != fault.Forbidden {
				return err
			}
			p.Can[w.step] = err == nil && slices.Contains(w.from, f.State)
			if w.step == Anew && p.Can[Anew] {
				if p.Can[Anew], err = f.unwatched(ctx, q); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return FindingPage{}, err
	}
	return p, nil
}

// mayReadFinding is mayReadVisit for a finding.
func mayReadFinding(ctx context.Context, q *db.Q, actor account.Actor, i *Inspection, f *Finding) error {
	err := i.may(ctx, q, actor, account.ReadInspections)
	if fault.KindOf(err) == fault.Forbidden {
		err = actor.May(ctx, q, account.ReadInspections, f.subject())
	}
	return err
}

// Shown reads one step of a finding that bears a file, for who may read the finding.
func (s *Store) Shown(ctx context.Context, actor account.Actor, event string) (e FindingEvent, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		id, ok, err := db.Maybe[string](ctx, q, "SELECT finding FROM finding_event WHERE id = ? AND file <> ''", event)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "The file is not there, or not any more.")
		}
		if err != nil {
			return err
		}
		f, i, err := findingOf(ctx, q, id)
		if err != nil {
			return err
		}
		if err := mayReadFinding(ctx, q, actor, i, f); err != nil {
			return err
		}
		e, err = db.One[FindingEvent](ctx, q, "SELECT id, at, actor, did, note, file, mime, size FROM finding_event WHERE id = ?", event)
		return err
	})
	return e, err
}
