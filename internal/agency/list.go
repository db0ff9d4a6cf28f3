package agency

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// Head is who heads an agency on a day, and in which post.
type Head struct {
	Agency string
	Title  string
	Tenure
}

// HeadOn gives who headed an agency on a day: somebody in charge or acting before the holder, for they exercise the
// post while the holder is away. NotFound says that the post was vacant or is not known.
func HeadOn(ctx context.Context, q *db.Q, agency string, on clock.Date) (Head, error) {
	found, err := heads(ctx, q, on, agency)
	if err != nil {
		return Head{}, err
	}
	h, ok := found[agency]
	if !ok {
		return Head{}, fault.New(fault.NotFound, "Who headed this agency on %s is not on record.", on)
	}
	return h, nil
}

type headRow struct {
	tenureRow
	Agency string `db:"agency"`
	Title  string `db:"title"`
}

// heads gives the heads of agencies on a day.
func heads(ctx context.Context, q *db.Q, on clock.Date, agencies ...string) (map[string]Head, error) {
	if on.IsZero() {
		return nil, errNoDate()
	}
	found := map[string]Head{}
	for ids := range slices.Chunk(agencies, 500) {
		args := []any{on, on, on, on}
		for _, id := range ids {
			args = append(args, id)
		}
		for r, err := range db.Each[headRow](ctx, q, `SELECT t.id, t.post, t.official, coalesce(o.account, '') AS account, coalesce(o.name, '') AS name,
			t.capacity, t.since, t.known, t.until, t.law, t.until_law, p.agency, p.title
			FROM tenure t JOIN post p ON p.id = t.post LEFT JOIN official o ON o.id = t.official
			WHERE p.head = 1 AND (p.since IS NULL OR p.since <= ?) AND (p.until IS NULL OR p.until >= ?)
			AND t.since <= ? AND (t.until IS NULL OR t.until >= ?) AND p.agency IN (`+db.Marks(len(ids))+`)
			ORDER BY p.agency, CASE t.capacity WHEN 'in_charge' THEN 0 WHEN 'acting' THEN 1 ELSE 2 END, t.since DESC, t.id DESC`, args...) {
			if err != nil {
				return nil, err
			}
			if _, ok := found[r.Agency]; !ok {
				found[r.Agency] = Head{Agency: r.Agency, Title: r.Title, Tenure: r.tenure()}
			}
		}
	}
	var people []*Tenure
	all := slices.Collect(maps.Values(found))
	for i := range all {
		people = append(people, &all[i].Tenure)
	}
	if err := callByAccount(ctx, q, people); err != nil {
		return nil, err
	}
	for _, h := range all {
		found[h.Agency] = h
	}
	return found, nil
}

// callByAccount gives people with an account the name that the account bears.
func callByAccount(ctx context.Context, q *db.Q, people []*Tenure) error {
	var ids []string
	for _, t := range people {
		if t.Account != "" {
			ids = append(ids, t.Account)
		}
	}
	names, err := account.Names(ctx, q, ids...)
	if err != nil {
		return err
	}
	for _, t := range people {
		if t.Account != "" {
			t.Name = names[t.Account]
		}
	}
	return nil
}

// Filter narrows a list; an empty field does not.
type Filter struct {
	On          clock.Date // the day of which the list speaks; needed
	Place       string     // id of a place: the agencies that serve it
	Within      bool       // with Place: those of the places within it too
	Bloc        Bloc
	Parent      string // id of an agency: those that belong to it
	Unconfirmed bool   // only those offered by the program
	Text        string // a part of the name, marks and case aside
	Skip, Limit int    // of the page; a Limit of 0 means 50
}

// Item is a line of a list.
type Item struct {
	Agency
	Head *Head // who heads it on the day; nil where nobody is on record
}

// List gives the agencies the actor may see, on a day: by bloc, then by name. total counts all that fit the filter.
func (s *Store) List(ctx context.Context, actor account.Actor, f Filter) (page []Item, total int, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err := f.find(ctx, q, actor)
		if err != nil {
			return err
		}
		total = len(all)
		limit := cmp.Or(f.Limit, 50)
		all = all[min(f.Skip, total):min(f.Skip+limit, total)]
		var ids []string
		for _, a := range all {
			ids = append(ids, a.ID)
		}
		at, err := heads(ctx, q, f.On, ids...)
		if err != nil {
			return err
		}
		page = nil
		for _, a := range all {
			it := Item{Agency: a}
			if h, ok := at[a.ID]; ok {
				it.Head = &h
			}
			page = append(page, it)
		}
		return nil
	})
	return page, total, err
}

// find gives all agencies of a filter that the actor may see, in the order of people.
func (f Filter) find(ctx context.Context, q *db.Q, actor account.Actor) ([]Agency, error) {
	where, args := actor.Rows(account.ReadAgencies, account.Columns{Place: "a.place", Agency: "a.id"})
	add := func(cond string, values ...any) { where, args = where+" AND "+cond, append(args, values...) }
	switch {
	case f.Place != "" && f.Within:
		add(`(a.place = ? OR a.place IN (SELECT place FROM within WHERE ancestor = ? AND since <= ? AND (until IS NULL OR until >= ?)))`,
			f.Place, f.Place, f.On, f.On)
	case f.Place != "":
		add("a.place = ?", f.Place)
	}
	if f.Bloc != "" {
		add("a.bloc = ?", f.Bloc)
	}
	if f.Parent != "" {
		add("v.parent = ?", f.Parent)
	}
	if f.Unconfirmed {
		add("a.confirmed = 0")
	}
	all, err := agencies(ctx, q, f.On, where, args...)
	if err != nil {
		return nil, err
	}
	if text := lang.Fold(f.Text); text != "" {
		all = slices.DeleteFunc(all, func(a Agency) bool { return !strings.Contains(lang.Fold(a.Name), text) })
	}
	order := lang.Collation()
	slices.SortStableFunc(all, func(a, b Agency) int {
		return cmp.Or(cmp.Compare(slices.Index(Blocs, a.Bloc), slices.Index(Blocs, b.Bloc)), order(a.Name, b.Name))
	})
	return all, nil
}

// PostPage is a post with everybody who exercised it, the newest first.
type PostPage struct {
	Post
	Tenures []Tenure
}

// Page is what is known of an agency.
type Page struct {
	Agency           // on the day asked, or as it was last remembered before, or first after
	History []Agency // every name and parent it had, oldest first
	Posts   []PostPage
	Origins []Link            // the agencies it took over from
	Heirs   []Link            // those that took over from it
	Names   map[string]Agency // the agencies it speaks of: parent, origins, heirs, as they were last
}

// Get gives what is known of an agency, on a day.
func (s *Store) Get(ctx context.Context, actor account.Actor, id string, on clock.Date) (p Page, err error) {
	if on.IsZero() {
		return p, errNoDate()
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		p = Page{Names: map[string]Agency{}}
		if p.History, err = history(ctx, q, id); err != nil {
			return err
		}
		p.Agency = p.History[0]
		for _, a := range p.History {
			if !on.Before(a.start()) {
				p.Agency = a
			}
		}
		if err := actor.May(ctx, q, account.ReadAgencies, p.subject()); err != nil {
			return err
		}
		if p.Posts, err = postsOf(ctx, q, id); err != nil {
			return err
		}
		if p.Origins, err = Origins(ctx, q, id); err != nil {
			return err
		}
		if p.Heirs, err = Heirs(ctx, q, id); err != nil {
			return err
		}
		return p.name(ctx, q)
	})
	return p, err
}

// history gives every version of an agency, oldest first.
func history(ctx context.Context, q *db.Q, id string) ([]Agency, error) {
	var all []Agency
	for r, err := range db.Each[row](ctx, q, selectAgency+"a.id = ? ORDER BY v.since", id) {
		if err != nil {
			return nil, err
		}
		all = append(all, r.agency())
	}
	if len(all) == 0 {
		return nil, errGone()
	}
	return all, nil
}

// name reads the agencies that the page speaks of.
func (p *Page) name(ctx context.Context, q *db.Q) error {
	ids := []string{p.Parent}
	for _, l := range slices.Concat(p.Origins, p.Heirs) {
		ids = append(ids, l.Agency)
	}
	for _, id := range ids {
		if id == "" {
			continue
		}
		a, err := last(ctx, q, id)
		if err != nil {
			return err
		}
		p.Names[id] = a
	}
	return nil
}

// postsOf gives the posts of an agency, the head first, with who exercised them.
func postsOf(ctx context.Context, q *db.Q, agency string) ([]PostPage, error) {
	posts, err := db.All[Post](ctx, q, selectPost+"agency = ? ORDER BY head DESC, id", agency)
	if err != nil {
		return nil, err
	}
	held, err := tenures(ctx, q, "t.post IN (SELECT id FROM post WHERE agency = ?)", agency)
	if err != nil {
		return nil, err
	}
	var people []*Tenure
	for i := range held {
		people = append(people, &held[i])
	}
	if err := callByAccount(ctx, q, people); err != nil {
		return nil, err
	}
	var all []PostPage
	for _, p := range posts {
		page := PostPage{Post: p}
		for _, t := range held {
			if t.Post == p.ID {
				page.Tenures = append(page.Tenures, t)
			}
		}
		all = append(all, page)
	}
	return all, nil
}
