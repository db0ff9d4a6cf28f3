package plan

import (
	"context"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/score"
)

// Offered says what an offer of the usual duties came to.
type Offered struct {
	Duties  int
	Unnamed []string // agencies that usually have a duty and are not on record here, each once
}

// OfferUsual gives the parts of the index that have no lead yet to the agencies whose function they usually are. The
// duties are only offered: nobody is asked by them until somebody confirms, changes or drops them. Parts that the index
// of the plan's base does not have are left out; of several leads the first leads and the others coordinate.
func (s *Store) OfferUsual(ctx context.Context, actor account.Actor, plan string) (o Offered, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		o = Offered{}
		p, err := s.toSettle(ctx, q, actor, plan)
		if err != nil {
			return err
		}
		duties, err := p.usual(ctx, q, actor.Day, &o)
		if err != nil {
			return err
		}
		for _, d := range duties {
			if err := s.ask(ctx, q, actor, p, d); err != nil {
				return err
			}
		}
		o.Duties = len(duties)
		return nil
	})
	return o, err
}

// toSettle reads a plan whose duties the actor may give and take at this time.
func (s *Store) toSettle(ctx context.Context, q *db.Q, actor account.Actor, plan string) (*Plan, error) {
	p, err := get(ctx, q, plan)
	if err != nil {
		return nil, err
	}
	if err := actor.May(ctx, q, account.WritePlan, p.subject()); err != nil {
		return nil, err
	}
	if !p.State.Open() {
		return nil, fault.New(fault.Conflict, "The plan is %s; its content cannot be changed. Ask for it to be returned, or open a revision.", p.State.Names())
	}
	return p, nil
}

// usual works out which duties are not given yet.
func (p *Plan) usual(ctx context.Context, q *db.Q, today clock.Date, o *Offered) (duties []Duty, err error) {
	on := p.Answering(today)
	def, err := definitionOf("papi", max(p.BaseYear, p.Year-1))
	if err != nil {
		return nil, err
	}
	has := func(code string, part Part, of string) bool {
		return slices.ContainsFunc(slices.Concat(p.Duties, duties), func(d Duty) bool {
			return d.Code == code && (d.Part == part || part == "") && (of == "" || d.Agency == of)
		})
	}
	for _, l := range agency.UsualLeads(on) {
		if def.Node(l.Code) == nil || has(l.Code, Lead, "") {
			continue
		}
		for i, name := range slices.Concat(l.Lead, l.Coordinate) {
			id, ok, err := agency.Match(ctx, q, p.Place, name, on)
			if err != nil {
				return nil, err
			}
			if !ok {
				if _, known := agency.BlocOf(name); known && !slices.Contains(o.Unnamed, name) {
					o.Unnamed = append(o.Unnamed, name)
				}
				continue
			}
			part := Coordinate
			if i < len(l.Lead) && !has(l.Code, Lead, "") {
				part = Lead
			}
			if !has(l.Code, "", id) {
				duties = append(duties, Duty{Code: l.Code, Agency: id, Part: part, Offered: true})
			}
		}
	}
	return duties, nil
}

// definitionOf gives the definition of a family that is in force in a year, or the newest before.
func definitionOf(family string, year int) (*score.Definition, error) {
	r := &reader{definitions: map[string]*score.Definition{}}
	if d := r.definition(family, year); d != nil {
		return d, nil
	}
	return nil, fault.New(fault.NotFound, "No definition of %s is known.", nameOfFamily(family))
}

// ConfirmOffered confirms all duties of a plan that are only offered: the agencies are asked by it. It gives how many.
func (s *Store) ConfirmOffered(ctx context.Context, actor account.Actor, plan string) (confirmed int, err error) {
	err = s.db.Update(ctx, func(q *db.Q) error {
		if _, err := s.toSettle(ctx, q, actor, plan); err != nil {
			return err
		}
		n, err := q.Exec(ctx, "UPDATE plan_duty SET offered = ?, rev = rev + 1 WHERE plan = ? AND offered = ?", false, plan, true)
		confirmed = int(n)
		if err != nil || n == 0 {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "duty.confirm", Object: "plan:" + plan})
	})
	return confirmed, err
}

// TakeBack takes a duty from an agency.
func (s *Store) TakeBack(ctx context.Context, actor account.Actor, duty string, rev int) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		d, err := dutyOf(ctx, q, duty)
		if err != nil {
			return err
		}
		if _, err := s.toSettle(ctx, q, actor, d.Plan); err != nil {
			return err
		}
		return s.dropDuty(ctx, q, actor, d, rev)
	})
}

// Merge joins what an agency proposed into another duty of the plan: its words are added to the other's, and the agency
// stays beside the other as one that coordinates there, unless it is the same one.
func (s *Store) Merge(ctx context.Context, actor account.Actor, duty string, rev int, into string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		from, err := dutyOf(ctx, q, duty)
		if err != nil {
			return err
		}
		p, err := s.toSettle(ctx, q, actor, from.Plan)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(p.Duties, func(d Duty) bool { return d.ID == into && d.ID != from.ID })
		if i < 0 {
			return fault.New(fault.Invalid, "Choose another duty of this plan to merge it into.")
		}
		if from.Words == "" {
			return fault.New(fault.Conflict, "The agency has proposed nothing that could be merged.")
		}
		to := p.Duties[i]
		if err := s.dropDuty(ctx, q, actor, from, rev); err != nil {
			return err
		}
		words := to.Words
		if words != "" {
			words += "\n"
		}
		if _, err := q.Exec(ctx, "UPDATE plan_duty SET words = ?, offered = ?, rev = rev + 1 WHERE id = ?", words+from.Words, false, to.ID); err != nil {
			return err
		}
		beside := slices.ContainsFunc(p.Duties, func(d Duty) bool { return d.ID != from.ID && d.Agency == from.Agency && d.Code == to.Code })
		if !beside {
			_, err := q.Exec(ctx, `INSERT INTO plan_duty (id, plan, code, agency, part, words, post, state, offered, reason, rev)
				VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, '', 1)`, q.NewID(), p.ID, to.Code, from.Agency, Coordinate, from.Post, Accepted, false)
			if err != nil {
				return err
			}
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "duty.merge", Object: "duty:" + to.ID, Content: []byte(from.Words)})
	})
}

func dutyOf(ctx context.Context, q *db.Q, id string) (Duty, error) {
	d, ok, err := db.Maybe[Duty](ctx, q, "SELECT "+dutyColumns+" FROM plan_duty WHERE id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "This duty is not there.")
	}
	return d, err
}

func (s *Store) dropDuty(ctx context.Context, q *db.Q, actor account.Actor, d Duty, rev int) error {
	n, err := q.Exec(ctx, "DELETE FROM plan_duty WHERE id = ? AND rev = ?", d.ID, rev)
	if err := db.Meanwhile(n, err); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "duty.drop", Object: "duty:" + d.ID, Content: []byte(d.Agency + " " + d.Code)})
}

// Unanswered counts the comments of plans that wait for an answer, by plan; plans without any are not among them.
func (s *Store) Unanswered(ctx context.Context, plans ...string) (map[string]int, error) {
	type row struct {
		Plan string `db:"plan"`
		Open int    `db:"open"`
	}
	return view(ctx, s.db, func(q *db.Q) (map[string]int, error) {
		open := map[string]int{}
		if len(plans) == 0 {
			return open, nil
		}
		args := make([]any, len(plans))
		for i, p := range plans {
			args[i] = p
		}
		rows, err := db.All[row](ctx, q, "SELECT plan, count(*) AS open FROM plan_comment WHERE answered IS NULL AND plan IN ("+db.Marks(len(plans))+") GROUP BY plan", args...)
		for _, r := range rows {
			open[r.Plan] = r.Open
		}
		return open, err
	})
}
