package agency

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// Capacity is how somebody exercises a post.
type Capacity string

// The capacities.
const (
	Holder   Capacity = "holder"    // appointed or elected to it
	Acting   Capacity = "acting"    // quyền: exercises it with its title
	InCharge Capacity = "in_charge" // phụ trách: answers for the work while nobody holds it, or instead of who does
)

// Capacities are all capacities in the order of lists.
var Capacities = []Capacity{Holder, Acting, InCharge}

var capacityNames = map[Capacity]lang.Names{
	Holder:   {VI: "Chính thức", EN: "Holder"},
	Acting:   {VI: "Quyền", EN: "Acting"},
	InCharge: {VI: "Phụ trách", EN: "In charge"},
}

// Names gives the capacity's name in both languages.
func (c Capacity) Names() lang.Names { return capacityNames[c] }

// Known tells whether a capacity exists.
func (c Capacity) Known() bool { return capacityNames[c].VI != "" }

// Post is a post of an agency.
type Post struct {
	ID     string     `db:"id"`
	Agency string     `db:"agency"`
	Title  string     `db:"title"`
	Head   bool       `db:"head"`  // who exercises it is head of the agency; one person at a time holds it
	Since  clock.Date `db:"since"` // zero where it is as old as anybody knows
	Until  clock.Date `db:"until"` // the last day; zero while it has no end
}

// Tenure is somebody in a post from a day to a day.
type Tenure struct {
	ID       string
	Post     string
	Official string // id of the person, also after the name was erased
	Account  string // id of the person's account; "" for none
	Name     string // "" of somebody who was erased
	Capacity Capacity
	Since    clock.Date // zero where the start is not known
	KnownOn  clock.Date // where the start is not known: the first day on record
	Until    clock.Date // the last day; zero while it has no end
	Law      string     // the document of appointment
	UntilLaw string     // the document that ended it
}

type tenureRow struct {
	ID       string     `db:"id"`
	Post     string     `db:"post"`
	Official string     `db:"official"`
	Account  string     `db:"account"`
	Name     string     `db:"name"`
	Capacity Capacity   `db:"capacity"`
	Since    clock.Date `db:"since"`
	Known    bool       `db:"known"`
	Until    clock.Date `db:"until"`
	Law      string     `db:"law"`
	UntilLaw string     `db:"until_law"`
}

func (r tenureRow) tenure() Tenure {
	t := Tenure{ID: r.ID, Post: r.Post, Official: r.Official, Account: r.Account, Name: r.Name, Capacity: r.Capacity,
		KnownOn: r.Since, Until: r.Until, Law: r.Law, UntilLaw: r.UntilLaw}
	if r.Known {
		t.Since, t.KnownOn = r.Since, clock.Date{}
	}
	return t
}

const selectTenure = `SELECT t.id, t.post, t.official, coalesce(o.account, '') AS account, coalesce(o.name, '') AS name, t.capacity, t.since, t.known,
	t.until, t.law, t.until_law FROM tenure t LEFT JOIN official o ON o.id = t.official WHERE `

// tenures reads tenures by a condition, the newest first.
func tenures(ctx context.Context, q *db.Q, where string, args ...any) ([]Tenure, error) {
	var all []Tenure
	for r, err := range db.Each[tenureRow](ctx, q, selectTenure+where+" ORDER BY t.since DESC, t.id DESC", args...) {
		if err != nil {
			return nil, err
		}
		all = append(all, r.tenure())
	}
	return all, nil
}

// NewPost is a post to add.
type NewPost struct {
	Title string
	Head  bool
	Since clock.Date // zero where it is as old as anybody knows
}

// AddPost adds a post to an agency and gives its id.
func (s *Store) AddPost(ctx context.Context, actor account.Actor, agency string, seen int64, p NewPost) (id string, err error) {
	var f form
	f.text("title", &p.Title, true)
	if err := fault.Batch(f.faults); err != nil {
		return "", err
	}
	err = s.change(ctx, actor, account.ChangePosts, agency, seen, p, func(q *db.Q, a Agency) error {
		if !a.Ended.IsZero() {
			return fault.New(fault.Conflict, "“%s” ended on %s already.", a.Name, a.Ended)
		}
		n, err := db.One[int](ctx, q, `SELECT count(*) FROM post WHERE agency = ? AND until IS NULL AND (key = ? OR head = 1 AND ? = 1)`,
			agency, lang.Fold(p.Title), p.Head)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "“%s” has this post already, or another one that heads it. Close that one first.", a.Name)
		}
		id = q.NewID()
		return insertPost(ctx, q, Post{ID: id, Agency: agency, Title: p.Title, Head: p.Head, Since: p.Since})
	})
	return id, err
}

func insertPost(ctx context.Context, q *db.Q, p Post) error {
	_, err := q.Exec(ctx, "INSERT INTO post (id, agency, title, key, head, since, until) VALUES (?, ?, ?, ?, ?, ?, NULL)",
		p.ID, p.Agency, p.Title, lang.Fold(p.Title), p.Head, p.Since)
	return err
}

// ClosePost ends a post and the tenures of who held it.
func (s *Store) ClosePost(ctx context.Context, actor account.Actor, post string, seen int64, c Closing) error {
	var f form
	f.text("law", &c.Law, false)
	if c.Until.IsZero() {
		f.add("until", fault.T("This is missing."), fault.T("Fill it in."))
	}
	if err := fault.Batch(f.faults); err != nil {
		return err
	}
	return s.changePost(ctx, actor, post, seen, c, func(q *db.Q, p Post) error {
		if !p.Until.IsZero() || c.Until.Before(p.Since) {
			return fault.New(fault.Conflict, "This post has ended already, or had not begun by then.")
		}
		if err := endTenures(ctx, q, "post = ?", c, post); err != nil {
			return err
		}
		_, err := q.Exec(ctx, "UPDATE post SET until = ? WHERE id = ?", c.Until, post)
		return err
	})
}

// endTenures ends what still runs after a day. A tenure that begins after it would end before its start and is a fault.
func endTenures(ctx context.Context, q *db.Q, where string, c Closing, args ...any) error {
	later, err := db.One[int](ctx, q, "SELECT count(*) FROM tenure WHERE "+where+" AND since > ?", append(args, c.Until)...)
	if err != nil {
		return err
	}
	if later > 0 {
		return fault.New(fault.Conflict, "A tenure begins after %s. End that one first, or choose a later day.", c.Until)
	}
	_, err = q.Exec(ctx, "UPDATE tenure SET until = ?, until_law = ? WHERE (until IS NULL OR until > ?) AND "+where,
		append([]any{c.Until, c.Law, c.Until}, args...)...)
	return err
}

// changePost is the frame of a change of a post: that of its agency.
func (s *Store) changePost(ctx context.Context, actor account.Actor, post string, seen int64, content any, f func(*db.Q, Post) error) error {
	var agency string
	err := s.db.View(ctx, func(q *db.Q) error {
		p, err := postByID(ctx, q, post)
		agency = p.Agency
		return err
	})
	if err != nil {
		return err
	}
	return s.change(ctx, actor, account.ChangePosts, agency, seen, content, func(q *db.Q, _ Agency) error {
		p, err := postByID(ctx, q, post)
		if err != nil {
			return err
		}
		return f(q, p)
	})
}

const selectPost = "SELECT id, agency, title, head, since, until FROM post WHERE "

func postByID(ctx context.Context, q *db.Q, id string) (Post, error) {
	p, ok, err := db.Maybe[Post](ctx, q, selectPost+"id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "There is no such post.")
	}
	return p, err
}

// Appointment puts somebody into a post.
type Appointment struct {
	Official string // id of somebody known already; or else one of the two below
	Account  string // id of an account
	Name     string // a name, of somebody without an account
	Capacity Capacity
	Since    clock.Date // the first day
	Law      string     // the document of appointment
}

// Appoint puts somebody into a post from a day on. A post that heads an agency has one holder at a time: a new holder
// ends the tenures before, on the day before; somebody acting or in charge ends none, for they may stand in for a
// holder who is away.
func (s *Store) Appoint(ctx context.Context, actor account.Actor, post string, seen int64, a Appointment) (tenure string, err error) {
	var f form
	f.text("name", &a.Name, a.Official == "" && a.Account == "")
	f.text("law", &a.Law, false)
	if !a.Capacity.Known() {
		f.add("capacity", fault.T("This is missing."), fault.T("Choose one of the list."))
	}
	if a.Since.IsZero() {
		f.add("since", fault.T("This is missing."), fault.T("Fill it in."))
	}
	if err := fault.Batch(f.faults); err != nil {
		return "", err
	}
	facts := a
	facts.Name = "" // the audit knows people by id
	err = s.changePost(ctx, actor, post, seen, &facts, func(q *db.Q, p Post) error {
		if a.Since.Before(p.Since) || !p.Until.IsZero() && p.Until.Before(a.Since) {
			return fault.New(fault.Invalid, "The post does not exist on %s.", a.Since)
		}
		if p.Head && a.Capacity == Holder {
			if err := endTenures(ctx, q, "post = ?", Closing{Until: a.Since.Add(-1), Law: a.Law}, post); err != nil {
				return err
			}
		}
		official, err := person(ctx, q, a)
		if err != nil {
			return err
		}
		facts.Official, tenure = official, q.NewID()
		_, err = q.Exec(ctx, `INSERT INTO tenure (id, post, official, capacity, since, known, until, law, until_law)
			VALUES (?, ?, ?, ?, ?, 1, ?, ?, '')`, tenure, post, official, a.Capacity, a.Since, p.Until, a.Law)
		return err
	})
	return tenure, err
}

// person gives the official an appointment speaks of, and writes down one who is new.
func person(ctx context.Context, q *db.Q, a Appointment) (id string, err error) {
	if a.Official != "" {
		_, err := db.One[int](ctx, q, "SELECT 1 AS n FROM official WHERE id = ?", a.Official)
		return a.Official, err
	}
	if a.Account != "" {
		id, ok, err := db.Maybe[string](ctx, q, "SELECT id FROM official WHERE account = ?", a.Account)
		if err != nil || ok {
			return id, err
		}
		if _, err := db.One[int](ctx, q, "SELECT 1 AS n FROM account WHERE id = ?", a.Account); err != nil {
			return "", err
		}
		id = q.NewID()
		_, err = q.Exec(ctx, "INSERT INTO official (id, account, name) VALUES (?, ?, '')", id, a.Account)
		return id, err
	}
	id = q.NewID()
	_, err = q.Exec(ctx, "INSERT INTO official (id, account, name) VALUES (?, NULL, ?)", id, a.Name)
	return id, err
}

// EndTenure ends a tenure on a day.
func (s *Store) EndTenure(ctx context.Context, actor account.Actor, tenure string, seen int64, c Closing) error {
	var f form
	f.text("law", &c.Law, false)
	if c.Until.IsZero() {
		f.add("until", fault.T("This is missing."), fault.T("Fill it in."))
	}
	if err := fault.Batch(f.faults); err != nil {
		return err
	}
	var post string
	err := s.db.View(ctx, func(q *db.Q) (err error) {
		post, err = db.One[string](ctx, q, "SELECT post FROM tenure WHERE id = ?", tenure)
		return err
	})
	if err != nil {
		return err
	}
	return s.changePost(ctx, actor, post, seen, c, func(q *db.Q, _ Post) error { return endTenures(ctx, q, "id = ?", c, tenure) })
}

// Link says that somebody known by name has an account now. The name is the account's from then on.
func (s *Store) Link(ctx context.Context, actor account.Actor, agency string, seen int64, official, user string) error {
	return s.change(ctx, actor, account.ChangePosts, agency, seen, map[string]string{"official": official, "account": user}, func(q *db.Q, a Agency) error {
		n, err := db.One[int](ctx, q, `SELECT count(*) FROM tenure t JOIN post p ON p.id = t.post WHERE p.agency = ? AND t.official = ?`, agency, official)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "Nobody of that name held a post of “%s”.", a.Name)
		}
		before, ok, err := db.Maybe[string](ctx, q, "SELECT id FROM official WHERE account = ?", user)
		if err != nil {
			return err
		}
		if !ok {
			_, err := q.Exec(ctx, "UPDATE official SET account = ?, name = '' WHERE id = ? AND account IS NULL", user, official)
			return err
		}
		if before == official {
			return nil
		}
		if _, err := q.Exec(ctx, "UPDATE tenure SET official = ? WHERE official = ?", before, official); err != nil {
			return err
		}
		_, err = q.Exec(ctx, "DELETE FROM official WHERE id = ?", official)
		return err
	})
}

// Erase removes what is known of somebody who held posts: the name, or that an account is theirs. The tenures stay.
func (s *Store) Erase(ctx context.Context, actor account.Actor, official string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		user, err := db.One[string](ctx, q, "SELECT coalesce(account, '') AS account FROM official WHERE id = ?", official)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.EraseUser, account.Subject{User: user}); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "DELETE FROM official WHERE id = ?", official); err != nil {
			return err
		}
		return s.note(ctx, q, actor, account.EraseUser, "official:"+official, nil)
	})
}
