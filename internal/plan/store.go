package plan

import (
	"context"
	"math"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

var unknown = math.NaN()

func orUnknown(v *float64) float64 {
	if v == nil {
		return unknown
	}
	return *v
}

const planColumns = `id, place, agency, parent, kind, title, year, until, base_year, edition, state, rev, number, signed, signer,
	paper, author, submitter`

// Create begins a plan as a draft and gives its id.
func (s *Store) Create(ctx context.Context, actor account.Actor, p Plan) (id string, err error) {
	if err := p.check(); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := mayWrite(ctx, q, actor, &p); err != nil {
			return err
		}
		id, err = s.insert(ctx, q, actor, p)
		return err
	})
	return id, err
}

// mayWrite asks for the right to write a plan as it is to be: its place, its agency and the plan it carries out are of one
// province.
func mayWrite(ctx context.Context, q *db.Q, actor account.Actor, p *Plan) error {
	if err := actor.May(ctx, q, account.WritePlan, p.subject()); err != nil {
		return err
	}
	if err := agency.Near(ctx, q, p.Place, actor.Day, p.Agency); err != nil || p.Parent == "" {
		return err
	}
	above, ok, err := db.Maybe[string](ctx, q, "SELECT place FROM plan WHERE id = ?", p.Parent)
	if err == nil && ok {
		ok, err = account.Together(ctx, q, p.Place, above, actor.Day)
	}
	if err == nil && !ok {
		err = orNotFound(nil)
	}
	return err
}

// insert writes a new draft.
func (s *Store) insert(ctx context.Context, q *db.Q, actor account.Actor, p Plan) (string, error) {
	p.ID, p.State, p.Rev, p.Author = q.NewID(), Draft, 1, actor.User
	_, err := q.Exec(ctx, `INSERT INTO plan (id, place, agency, parent, kind, title, year, until, base_year, edition, state, rev, number,
		signed, signer, paper, added, author, submitter) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, '')`,
		p.ID, p.Place, p.Agency, p.Parent, p.Kind, p.Title, p.Year, p.Until, p.BaseYear, p.Edition, p.State, p.Rev, p.Number, p.Signed, q.Now(), p.Author)
	if err != nil {
		return "", err
	}
	if err := s.writeContent(ctx, q, &p); err != nil {
		return "", err
	}
	return p.ID, s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "plan.create", Object: "plan:" + p.ID, Content: []byte(p.Title)})
}

// Save writes a plan's own content: head, bases and aims; duties move by their own steps. The plan must be open, and rev
// the one that was read; else it is a Conflict and nothing is lost but the place in the queue.
func (s *Store) Save(ctx context.Context, actor account.Actor, p Plan) error {
	if err := p.check(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		was, err := get(ctx, q, p.ID)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.WritePlan, was.subject()); err != nil {
			return err
		}
		if err := mayWrite(ctx, q, actor, &p); err != nil {
			return err
		}
		if !was.State.Open() {
			return fault.New(fault.Conflict, "The plan is %s; its content cannot be changed. Ask for it to be returned, or open a revision.", was.State.Names())
		}
		n, err := q.Exec(ctx, `UPDATE plan SET place = ?, agency = ?, parent = ?, kind = ?, title = ?, year = ?, until = ?, base_year = ?,
			edition = ?, rev = rev + 1 WHERE id = ? AND rev = ?`,
			p.Place, p.Agency, p.Parent, p.Kind, p.Title, p.Year, p.Until, p.BaseYear, p.Edition, p.ID, p.Rev)
		if err := db.Meanwhile(n, err); err != nil {
			return err
		}
		if err := s.writeContent(ctx, q, &p); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "plan.save", Object: "plan:" + p.ID, Content: []byte(p.Title)})
	})
}

// writeContent replaces bases and aims.
func (s *Store) writeContent(ctx context.Context, q *db.Q, p *Plan) error {
	for _, table := range []string{"plan_basis", "plan_aim"} {
		if _, err := q.Exec(ctx, "DELETE FROM "+table+" WHERE plan = ?", p.ID); err != nil {
			return err
		}
	}
	for i, b := range p.Bases {
		if _, err := q.Exec(ctx, "INSERT INTO plan_basis (plan, seq, issuer, number, dated, title, paper) VALUES (?, ?, ?, ?, ?, ?, ?)",
			p.ID, i, b.Issuer, b.Number, b.Dated, b.Title, b.Paper); err != nil {
			return err
		}
	}
	for i, a := range p.Aims {
		if _, err := q.Exec(ctx, `INSERT INTO plan_aim (plan, seq, family, code, year, kind, value, rank, word, baseline, change, sorting, note)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.ID, i, a.Family, a.Code, a.Year, a.Kind, a.Value, a.Rank, a.Word, a.Baseline, a.Change, a.Sorting, a.Note); err != nil {
			return err
		}
	}
	return nil
}

// Get reads a plan with its content.
func (s *Store) Get(ctx context.Context, actor account.Actor, id string) (*Plan, error) {
	return view(ctx, s.db, func(q *db.Q) (*Plan, error) { return read(ctx, q, actor, id) })
}

// read reads a plan as the actor may see it. Duties that are only offered are shown to whoever may write the plan and to
// nobody else: an agency has not been asked by them.
func read(ctx context.Context, q *db.Q, actor account.Actor, id string) (*Plan, error) {
	p, err := get(ctx, q, id)
	if err != nil {
		return nil, err
	}
	err = actor.May(ctx, q, account.WritePlan, p.subject())
	if fault.KindOf(err) == fault.Forbidden && err != nil {
		p.Duties = p.confirmed()
		err = mayRead(ctx, q, actor, p)
	}
	return p, err
}

// confirmed gives the duties of which the agencies know.
func (p *Plan) confirmed() []Duty {
	return slices.DeleteFunc(slices.Clone(p.Duties), func(d Duty) bool { return d.Offered })
}

// mayRead tells whether the actor may read a plan: by place or agency, or because a duty of it is their agency's.
func mayRead(ctx context.Context, q *db.Q, actor account.Actor, p *Plan) error {
	subjects := []account.Subject{p.subject()}
	for _, d := range p.confirmed() {
		subjects = append(subjects, account.Subject{Agency: d.Agency})
	}
	var err error
	for _, on := range subjects {
		if err = actor.May(ctx, q, account.ReadPlans, on); err == nil || fault.KindOf(err) != fault.Forbidden {
			return err
		}
	}
	return err
}

// get reads a plan with its content.
func get(ctx context.Context, q *db.Q, id string) (*Plan, error) {
	head, ok, err := db.Maybe[Head](ctx, q, "SELECT "+planColumns+" FROM plan WHERE id = ?", id)
	if err != nil || !ok {
		return nil, orNotFound(err)
	}
	p := &Plan{Head: head}
	if p.Bases, err = db.All[Basis](ctx, q, "SELECT issuer, number, dated, title, paper FROM plan_basis WHERE plan = ? ORDER BY seq", id); err != nil {
		return nil, err
	}
	if p.Aims, err = db.All[Aim](ctx, q, `SELECT family, code, year, kind, value, rank, word, baseline, change, sorting, note
		FROM plan_aim WHERE plan = ? ORDER BY seq`, id); err != nil {
		return nil, err
	}
	p.Duties, err = db.All[Duty](ctx, q, "SELECT "+dutyColumns+" FROM plan_duty WHERE plan = ? ORDER BY code, part DESC, id", id)
	return p, err
}

func orNotFound(err error) error {
	if err == nil {
		err = fault.New(fault.NotFound, "This plan is not there.")
	}
	return err
}

// Filter narrows a list of plans; an empty field does not.
type Filter struct {
	Place, Parent string
	Year          int
	State         State
	Top           bool // only those that follow from no other, and those of the places in Own
	Own           []string
	Before        string // the id of the last plan of the page before
	Limit         int
}

// List gives the plans an actor may read, the newest first, without their content.
func (s *Store) List(ctx context.Context, actor account.Actor, f Filter) ([]Head, error) {
	may, args := actor.Rows(account.ReadPlans, account.Columns{Place: "p.place", Agency: "p.agency"})
	own, more := actor.Rows(account.ReadPlans, account.Columns{Agency: "d.agency"})
	where := db.Only("("+may+" OR EXISTS (SELECT 1 FROM plan_duty d WHERE d.plan = p.id AND d.offered = 0 AND "+own+"))", append(args, more...)...)
	where.If(f.Place != "", "p.place = ?", f.Place)
	where.If(f.Parent != "", "p.parent = ?", f.Parent)
	where.If(f.Year != 0, "p.year = ?", f.Year)
	where.If(f.State != "", "p.state = ?", f.State)
	where.If(f.Before != "", "p.id < ?", f.Before)
	if f.Top {
		first := "p.parent = ''"
		if len(f.Own) > 0 {
			first = "(" + first + " OR p.place IN (" + db.Marks(len(f.Own)) + "))"
		}
		var of []any
		for _, place := range f.Own {
			of = append(of, place)
		}
		where.If(true, first, of...)
	}
	limit := f.Limit
	if limit == 0 {
		limit = 100
	}
	columns := "p." + strings.ReplaceAll(strings.Join(strings.Fields(planColumns), " "), ", ", ", p.")
	return view(ctx, s.db, func(q *db.Q) ([]Head, error) {
		return db.All[Head](ctx, q, "SELECT "+columns+" FROM plan p WHERE "+where.String()+" ORDER BY p.id DESC LIMIT ?", where.Args(limit)...)
	})
}
