package agency

import (
	"context"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/sheet"
)

// body is an agency while a list is planned: on record, or coming in by a line of the list.
type body struct {
	Agency
	line    int    // of the list that first speaks of it; 0 so far
	isNew   bool   // comes in
	parents string // the name of its parent as the line has it, to be found when all lines are read
	posts   map[string]*seat
	head    *seat
}

// seat is a post while a list is planned.
type seat struct {
	id    string
	title string
	isNew bool
	held  []Tenure       // on record
	lines map[string]int // who the list puts there: the line, by folded name and capacity
	taken int            // the line that gives it a holder, where it heads the agency
}

// planner works out what each line of a list makes. It reads the database once and then only its own maps.
type planner struct {
	table  *sheet.Table
	file   File
	newID  func() string
	bodies map[string]*body // by place and folded name
	codes  map[string]string
	names  map[string]string // ids of places within, by folded full name
	lines  []line
	rows   []sheet.Row // of the lines
}

func key(place, name string) string { return place + " " + lang.Fold(name) }

// newPlanner reads what is on record of the place and what lies in it.
func newPlanner(ctx context.Context, q *db.Q, f File, t *sheet.Table) (*planner, error) {
	p := &planner{table: t, file: f, newID: q.NewID, bodies: map[string]*body{}, codes: map[string]string{}, names: map[string]string{}}
	within := "(a.place = ? OR a.place IN (SELECT place FROM within WHERE ancestor = ? AND since <= ? AND (until IS NULL OR until >= ?)))"
	args := []any{f.Place, f.Place, f.On, f.On}
	all, err := agencies(ctx, q, f.On, within, args...)
	if err != nil {
		return nil, err
	}
	byID := map[string]*body{}
	for _, a := range all {
		b := &body{Agency: a, posts: map[string]*seat{}}
		p.bodies[key(a.Place, a.Name)], byID[a.ID] = b, b
	}
	ofThese := "agency IN (SELECT a.id FROM agency a WHERE " + within + ")"
	posts, err := db.All[Post](ctx, q, selectPost+ofThese+" AND (until IS NULL OR until >= ?) ORDER BY id", append(args, f.On)...)
	if err != nil {
		return nil, err
	}
	seats := map[string]*seat{}
	for _, post := range posts {
		b := byID[post.Agency]
		if b == nil {
			continue // of an agency that is not there on the day
		}
		s := &seat{id: post.ID, title: post.Title, lines: map[string]int{}}
		b.posts[lang.Fold(post.Title)], seats[post.ID] = s, s
		if post.Head {
			b.head = s
		}
	}
	held, err := tenures(ctx, q, "t.post IN (SELECT id FROM post WHERE "+ofThese+")", args...)
	if err != nil {
		return nil, err
	}
	people := make([]*Tenure, len(held))
	for i := range held {
		people[i] = &held[i]
	}
	if err := callByAccount(ctx, q, people); err != nil {
		return nil, err
	}
	for _, t := range held {
		if s := seats[t.Post]; s != nil {
			s.held = append(s.held, t)
		}
	}
	return p, p.readPlaces(ctx, q)
}

// readPlaces notes the places that lie directly in the list's own, by name, for localities without a code.
func (p *planner) readPlaces(ctx context.Context, q *db.Q) error {
	own, err := place.ByID(ctx, q, p.file.Place, p.file.On)
	if err != nil {
		return err
	}
	p.codes[""], p.codes[own.Code] = own.Place, own.Place
	children, err := place.Children(ctx, q, p.file.Place, p.file.On)
	if err != nil {
		return err
	}
	for _, v := range children {
		name := lang.Fold(v.Full().VI)
		p.codes[v.Code] = v.Place
		if _, again := p.names[name]; again {
			p.names[name] = "" // two bear it: only a code tells them apart
		} else {
			p.names[name] = v.Place
		}
	}
	return nil
}

// plan works every line out and gives all faults of the list.
func (p *planner) plan(ctx context.Context, q *db.Q) error {
	for _, r := range p.table.Rows {
		if p.table.Text(r, colName) == "" {
			continue // is a fault already
		}
		l, b, ok, err := p.agencyOf(ctx, q, r)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		p.lines, p.rows = append(p.lines, l), append(p.rows, r)
		p.postOf(r, b, &p.lines[len(p.lines)-1])
	}
	p.findParents()
	return p.table.Err()
}

// agencyOf finds or makes the agency a row speaks of.
func (p *planner) agencyOf(ctx context.Context, q *db.Q, r sheet.Row) (l line, b *body, ok bool, err error) {
	var f form
	name, law := p.table.Text(r, colName), p.table.Text(r, colLaw)
	f.text(colName, &name, true)
	f.text(colLaw, &law, false)
	bloc, blocOK := p.blocOf(r, name)
	at, err := p.placeOf(ctx, q, r, name, bloc)
	if err != nil {
		return l, nil, false, err
	}
	since, _ := p.table.Date(r, colSince)
	p.report(r, f)
	if !blocOK || at == "" || len(f.faults) > 0 {
		return l, nil, false, nil
	}
	l = line{line: r.Line, place: at, bloc: bloc, name: name, law: law, since: since, known: !since.IsZero()}
	b = p.bodies[key(at, name)]
	switch {
	case b == nil:
		b = &body{Agency: Agency{ID: p.newID(), Place: at, Bloc: bloc, Name: name, Since: since, Law: law}, isNew: true, posts: map[string]*seat{},
			line: r.Line, parents: p.table.Text(r, colParent)}
		p.bodies[key(at, name)] = b
		l.addAgency = true
		if since.IsZero() {
			l.since = p.file.On
		}
		if p.file.On.Before(since) {
			p.table.Report(r, colSince, fault.T("The day lies after %s, of which the list speaks.", p.file.On),
				fault.T("Correct the day, or send the list as of a later day."))
		}
	case b.line == 0:
		b.line, b.parents = r.Line, p.table.Text(r, colParent)
		l.confirm = !b.Confirmed
		p.agrees(r, b, since)
	default:
		p.repeats(r, b, since)
	}
	l.agency, l.seen = b.ID, b.Version
	return l, b, true, nil
}

// report hands the faults of a form over to the list.
func (p *planner) report(r sheet.Row, f form) {
	for _, it := range f.faults {
		p.table.Report(r, it.Field, it.What, it.Remedy)
	}
}

// blocOf reads the bloc of a row, or tells it by the name.
func (p *planner) blocOf(r sheet.Row, name string) (Bloc, bool) {
	cell := p.table.Text(r, colBloc)
	if cell == "" {
		bloc, ok := BlocOf(name)
		if !ok {
			if b := p.anyNamed(name); b != nil {
				return b.Bloc, true
			}
			p.table.Report(r, colBloc, fault.T("The bloc is missing, and the name does not tell it."), blocRemedy())
		}
		return bloc, ok
	}
	bloc, ok := parseBloc(cell)
	if !ok {
		p.table.Report(r, colBloc, fault.T("“%s” is no bloc.", cell), blocRemedy())
	}
	return bloc, ok
}

func blocRemedy() fault.Text {
	return fault.T("Write one of: %s, %s, %s, %s, %s.", Department.Names(), Locality.Names(), ServiceUnit.Names(), Front.Names(), Party.Names())
}

// anyNamed finds an agency of the list's own place by name.
func (p *planner) anyNamed(name string) *body { return p.bodies[key(p.file.Place, name)] }

// placeOf finds the place a row's agency serves: by its code, a locality's by its name too, else the list's own.
func (p *planner) placeOf(ctx context.Context, q *db.Q, r sheet.Row, name string, bloc Bloc) (string, error) {
	code := p.table.Text(r, colPlace)
	if code == "" && bloc == Locality && len(p.names) > 0 {
		bare := strings.TrimPrefix(strings.TrimPrefix(lang.Fold(name), "uy ban nhan dan "), "ubnd ")
		if id := p.names[bare]; id != "" {
			return id, nil
		}
		p.table.Report(r, colPlace, fault.T("Which place this locality serves is not said, and no place here has the name on %s.", p.file.On),
			fault.T("Write the code of the commune or ward."))
		return "", nil
	}
	id, known := p.codes[code]
	if !known {
		v, err := place.At(ctx, q, code, p.file.On)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return "", err
		}
		if err == nil {
			n, err := db.One[int](ctx, q, `SELECT count(*) FROM within WHERE place = ? AND ancestor = ? AND since <= ? AND (until IS NULL OR until >= ?)`,
				v.Place, p.file.Place, p.file.On, p.file.On)
			if err != nil {
				return "", err
			}
			if n > 0 {
				id = v.Place
			}
		}
		p.codes[code] = id
	}
	if id == "" {
		p.table.Report(r, colPlace, fault.T("No place here had the code “%s” on %s.", code, p.file.On), fault.T("Write the code the place had on that day."))
	}
	return id, nil
}

// agrees reports where a row says otherwise than what is on record of an agency.
func (p *planner) agrees(r sheet.Row, b *body, since clock.Date) {
	remedy := fault.T("Change it on the agency's page first, or leave the cell empty.")
	if cell := p.table.Text(r, colBloc); cell != "" {
		if bloc, ok := parseBloc(cell); ok && bloc != b.Bloc {
			p.table.Report(r, colBloc, fault.T("On record the agency belongs to another bloc: %s.", b.Bloc.Names()), remedy)
		}
	}
	switch {
	case since.IsZero():
	case (b.Confirmed || !b.Since.IsZero()) && since != b.Since:
		p.table.Report(r, colSince, fault.T("On record the agency has another first day, or none is known."), remedy)
	case b.Since.IsZero() && b.KnownOn.Before(since):
		p.table.Report(r, colSince, fault.T("The agency is on record since %s, before that day.", b.KnownOn), fault.T("Correct the day."))
	}
}

// repeats reports where a row says otherwise than an earlier row of the same agency.
func (p *planner) repeats(r sheet.Row, b *body, since clock.Date) {
	remedy := fault.T("Write the same on every line of the agency, or only on the first.")
	if cell := p.table.Text(r, colBloc); cell != "" {
		if bloc, ok := parseBloc(cell); ok && bloc != b.Bloc {
			p.table.Report(r, colBloc, fault.T("Line %d says otherwise.", b.line), remedy)
		}
	}
	if cell := p.table.Text(r, colParent); cell != "" && lang.Fold(cell) != lang.Fold(b.parents) {
		p.table.Report(r, colParent, fault.T("Line %d says otherwise.", b.line), remedy)
	}
	if !since.IsZero() && since != b.Since {
		p.table.Report(r, colSince, fault.T("Line %d says otherwise.", b.line), remedy)
	}
}

// findParents finds the agencies named as parents, when all lines are read.
func (p *planner) findParents() {
	owner := map[string]*body{}
	for _, b := range p.bodies {
		owner[b.ID] = b
	}
	for i := range p.lines {
		l, r := &p.lines[i], p.rows[i]
		b := owner[l.agency]
		if b.line != r.Line || b.parents == "" {
			continue
		}
		parent := p.bodies[key(l.place, b.parents)]
		if parent == nil {
			parent = p.anyNamed(b.parents)
		}
		switch {
		case parent == nil:
			p.table.Report(r, colParent, fault.T("There is no agency “%s” here on %s.", b.parents, p.file.On),
				fault.T("Write its name as it stands on record, or add a line for it."))
		case b.isNew:
			l.parent, b.Parent = parent.ID, parent.ID
		case parent.ID != b.Parent:
			p.table.Report(r, colParent, fault.T("On record the agency belongs to another one, or to none."),
				fault.T("Change it on the agency's page first, or leave the cell empty."))
		}
	}
	for i, l := range p.lines {
		up := owner[l.agency]
		for depth := 0; up != nil && up.Parent != "" && l.addAgency; depth++ {
			if up = owner[up.Parent]; depth == 16 {
				p.table.Report(p.rows[i], colParent, fault.T("An agency cannot belong to itself, nor to one that belongs to it."), fault.T("Correct the parent agency."))
				break
			}
		}
	}
}

// count sums up what the lines make.
func (p *planner) count(rep *Report) {
	for _, l := range p.lines {
		for _, c := range []struct {
			is bool
			n  *int
		}{{l.idle(), &rep.Same}, {l.addAgency, &rep.Agencies}, {l.confirm, &rep.Confirms}, {l.addPost, &rep.Posts}, {l.addTenure, &rep.Tenures}} {
			if c.is {
				*c.n++
			}
		}
		rep.Ends += l.endsTenure
	}
}
