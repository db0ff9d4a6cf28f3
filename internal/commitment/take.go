// Package commitment gathers what a place promised in an issued plan and how far it has come, as an edition for the
// public.
//
// It promises that everything it gathers is of one day and says so; that the values beside a promise are public already
// and carry their errors; and that nobody's name gets out unless the office chooses to name who holds the posts and says
// on which basis: offices answer to the public, and a text that names somebody who is on record is refused with its place.
package commitment

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/task"
)

// Options is what a Store works with.
type Options struct {
	DB       *db.DB
	Plans    *plan.Store
	Editions *edition.Store
}

// Store gathers commitments. It keeps nothing itself: what is frozen is an edition.
type Store struct{ o Options }

// New makes a Store.
func New(o Options) *Store { return &Store{o} }

// Naming is the office's choice of who is named as answering.
type Naming struct {
	Who   edition.Naming
	Basis string // why people are named; needed for that alone
}

func (n Naming) check() error {
	switch {
	case n.Who != edition.NamesPosts && n.Who != edition.NamesNobody && n.Who != edition.NamesPeople:
		return fault.Batch([]fault.Item{{Field: "naming", What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose one of the list.")}})
	case n.Who == edition.NamesPeople && strings.TrimSpace(n.Basis) == "":
		return fault.Batch([]fault.Item{{Field: "naming_basis", What: fault.T("Why people are named is not said."), Remedy: fault.T("Write the rule or decision by which they are, or that each has consented. Everybody reads it.")}})
	}
	return nil
}

// Take freezes an edition of a plan as it stands today. corrects is the day of the public edition that it is to take the
// place of, with the reason; zero for a new one.
func (s *Store) Take(ctx context.Context, actor account.Actor, id string, n Naming, corrects clock.Date, reason string) (edition.Release, error) {
	c, err := s.Gather(ctx, actor, id, n)
	if err != nil {
		return edition.Release{}, err
	}
	period := c.AsOf.String()
	if !corrects.IsZero() {
		period = corrects.String()
	}
	return s.o.Editions.FreezePlan(ctx, actor, c, period, reason)
}

// Gather gives what an edition of a plan would say today. Only a plan that was issued has made promises.
func (s *Store) Gather(ctx context.Context, actor account.Actor, id string, n Naming) (*edition.Commitments, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	p, err := s.o.Plans.Get(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if p.State != plan.Issued && p.State != plan.Revised && p.State != plan.Closed {
		return nil, fault.New(fault.Conflict, "The plan has not been issued. Only what was issued is a commitment.")
	}
	below, err := s.o.Plans.Following(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	g := &gathering{plan: p, below: below, names: map[string]string{}}
	if g.c.Naming = n.Who; n.Who == edition.NamesPeople {
		g.c.NamedBy = strings.TrimSpace(n.Basis)
	}
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.FreezeEdition, account.Subject{Place: p.Place}); err != nil {
			return err
		}
		return g.read(ctx, q)
	})
	if err != nil {
		return nil, err
	}
	if err := s.measure(ctx, g); err != nil {
		return nil, err
	}
	return &g.c, fault.Batch(g.named())
}

// gathering is commitments while they are gathered.
type gathering struct {
	plan   *plan.Plan
	below  []plan.Head
	tasks  []task.Outcome
	names  map[string]string // of agencies
	people []string          // folded names of everybody on record
	latest map[string]edition.Release
	base   place.Version // of the place on the last day of the year the plan starts from
	former place.Version // of the place while there were 63 provinces, or the first where it began since
	c      edition.Commitments
}

// read takes everything that one transaction tells.
func (g *gathering) read(ctx context.Context, q *db.Q) (err error) {
	p, today := g.plan, clock.Of(q.Now().In(job.VietnamTime))
	c := &g.c
	c.Names, c.AsOf, c.Place = edition.CommitmentsName, edition.Day{Date: today}, p.Place
	if g.tasks, err = task.Outcomes(ctx, q, p.ID); err != nil {
		return err
	}
	v, err := place.ByID(ctx, q, p.Place, today)
	if err != nil {
		return err
	}
	c.PlaceName = v.Full()
	if v, err = place.ByID(ctx, q, p.Place, clock.Date{Year: max(p.BaseYear, 2011), Month: 12, Day: 31}); err != nil {
		return err
	}
	g.base = v
	if g.former, err = place.ByID(ctx, q, p.Place, edition.FormerDay); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *db.Q, clock.Date) error{g.readPaper, g.readParts, g.readTasks, g.readCommunes, g.readPeople, g.readLatest} {
		if err := step(ctx, q, today); err != nil {
			return err
		}
	}
	return nil
}

// agency names an agency on a day.
func (g *gathering) agency(ctx context.Context, q *db.Q, id string, on clock.Date) (string, error) {
	if id == "" {
		return "", nil
	}
	if name, ok := g.names[id]; ok {
		return name, nil
	}
	name, err := agency.NameOn(ctx, q, id, on)
	g.names[id] = name
	return name, err
}

func (g *gathering) readPaper(ctx context.Context, q *db.Q, today clock.Date) error {
	p := g.plan
	answers, err := g.agency(ctx, q, p.Agency, today)
	if err != nil {
		return err
	}
	signer, err := agency.PostTitle(ctx, q, p.Signer)
	if err != nil {
		return err
	}
	if signer == "" {
		signer = p.Signer // the post in words
	}
	g.c.Plan = edition.Plan{ID: p.ID, Title: p.Title, Kind: string(p.Kind), Year: p.Year, Until: p.Until, State: string(p.State), Number: p.Number,
		Signed: edition.Day{Date: p.Signed}, Signer: signer, Agency: answers, Paper: p.Paper}
	for _, b := range p.Bases {
		g.c.Plan.Bases = append(g.c.Plan.Bases, edition.Basis{Issuer: b.Issuer, Number: b.Number, Dated: edition.Day{Date: b.Dated}, Title: b.Title})
	}
	return nil
}

// readParts takes who answers for what: the parts in the order of the plan's targets, then those that only a duty or a
// task names.
func (g *gathering) readParts(ctx context.Context, q *db.Q, today clock.Date) error {
	var codes []string
	add := func(code string) {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	duty := map[string][]plan.Duty{}
	// What is only offered to an agency is nobody's promise.
	g.plan.Duties = slices.DeleteFunc(g.plan.Duties, func(d plan.Duty) bool { return d.Offered })
	for _, d := range g.plan.Duties {
		duty[d.Code] = append(duty[d.Code], d)
	}
	worked := map[string]bool{}
	for _, t := range g.tasks {
		for code := range strings.SplitSeq(t.Code, ";") {
			worked[code] = true
		}
	}
	for _, a := range g.plan.Aims {
		if len(duty[a.Code]) > 0 || worked[a.Code] {
			add(a.Code)
		}
	}
	for _, d := range g.plan.Duties {
		add(d.Code)
	}
	for _, t := range g.tasks {
		for code := range strings.SplitSeq(t.Code, ";") {
			add(code)
		}
	}
	for _, code := range codes {
		part := edition.Charge{Code: code}
		for _, d := range duty[code] {
			does, err := g.doing(ctx, q, d, today)
			if err != nil {
				return err
			}
			if d.Part == plan.Lead {
				part.Lead = &does
			} else {
				part.With = append(part.With, does)
			}
		}
		g.c.Parts = append(g.c.Parts, part)
	}
	return nil
}

func (g *gathering) doing(ctx context.Context, q *db.Q, d plan.Duty, today clock.Date) (edition.Doing, error) {
	name, err := g.agency(ctx, q, d.Agency, today)
	if err != nil {
		return edition.Doing{}, err
	}
	does := edition.Doing{Agency: name, Settled: d.State == plan.Accepted}
	if d.Post != "" && g.c.Naming != edition.NamesNobody {
		by, err := agency.AnsweringOn(ctx, q, g.plan.Answering(today), d.Post)
		if err != nil {
			return does, err
		}
		if does.Post = by[d.Post].Title; g.c.Naming == edition.NamesPeople {
			does.Person, does.Since = by[d.Post].Name, edition.Day{Date: by[d.Post].Since}
		}
	}
	if does.Settled { // what is still being talked about is not promised
		does.Words = d.Words
	}
	return does, nil
}

// readTasks takes the tasks, and the agencies in the order in which the plan names them.
func (g *gathering) readTasks(ctx context.Context, q *db.Q, today clock.Date) error {
	var order []string
	add := func(name string) {
		if name != "" && !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	for _, p := range g.c.Parts {
		if p.Lead != nil {
			add(p.Lead.Agency)
		}
	}
	for _, t := range g.tasks {
		name, err := g.agency(ctx, q, t.Agency, today)
		if err != nil {
			return err
		}
		if name == "" {
			name = t.Who
		}
		add(name)
		d := edition.Deed{Code: t.Code, Title: t.Title, Product: t.Product, Agency: name, State: string(t.State), Due: edition.Day{Date: t.Due}, FirstDue: edition.Day{Date: t.FirstDue},
			Late: t.Overdue(today), Measure: string(t.Measure), Goal: t.Goal, Done: t.Task.Done, Shown: t.Shown, Sufficient: t.Sufficient}
		for _, r := range t.Granted {
			d.Reasons = append(d.Reasons, edition.Granted{Ask: string(r.Ask), To: edition.Day{Date: r.Due}, Reason: r.Reason, On: edition.Day{Date: clock.Of(r.Decided.In(job.VietnamTime))}})
		}
		g.c.Tasks = append(g.c.Tasks, d)
	}
	for _, name := range order {
		g.c.Agencies = append(g.c.Agencies, edition.Doer{Agency: name})
	}
	return nil
}

func (g *gathering) readCommunes(ctx context.Context, q *db.Q, today clock.Date) error {
	for _, h := range g.below {
		v, err := place.ByID(ctx, q, h.Place, today)
		if err != nil {
			return err
		}
		x := edition.CommuneIssue{Name: v.Full().VI, Issued: h.State == plan.Issued || h.State == plan.Revised || h.State == plan.Closed}
		if x.Issued {
			x.Number, x.Signed = h.Number, edition.Day{Date: h.Signed}
		}
		g.c.Communes = append(g.c.Communes, x)
	}
	compare := lang.Collation()
	slices.SortStableFunc(g.c.Communes, func(a, b edition.CommuneIssue) int { return compare(a.Name, b.Name) })
	return nil
}

func (g *gathering) readPeople(ctx context.Context, q *db.Q, _ clock.Date) error {
	people, err := account.EveryName(ctx, q)
	if err != nil {
		return err
	}
	officials, err := agency.OfficialNames(ctx, q)
	for _, name := range slices.Concat(people, officials) {
		if words := wordsOf(name); len(words) > 1 {
			g.people = append(g.people, strings.Join(words, " "))
		}
	}
	return err
}

// wordsOf gives the folded words of a text without the marks around them: “(Nguyễn Văn An, Giám đốc)” names somebody too.
func wordsOf(text string) []string {
	return strings.FieldsFunc(lang.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// named finds the texts that name somebody who is on record.
func (g *gathering) named() (items []fault.Item) {
	look := func(field, text string) {
		folded := " " + strings.Join(wordsOf(text), " ") + " "
		for _, name := range g.people {
			if strings.Contains(folded, " "+name+" ") {
				items = append(items, fault.Item{Field: field, What: fault.T("“%s” names a person.", text), Remedy: fault.T("Name the post instead; the public is told of offices.")})
				return
			}
		}
	}
	c := &g.c
	look("title", c.Plan.Title)
	look("signer", c.Plan.Signer)
	for _, b := range c.Plan.Bases {
		look("basis", b.Title)
		look("basis", b.Issuer)
	}
	for _, p := range c.Targets {
		look("target", p.Word)
	}
	for _, p := range c.Parts {
		for _, d := range slices.Concat(p.With, lead(p)) {
			look("duty", d.Words)
			look("duty", d.Post)
		}
	}
	for _, d := range c.Tasks {
		look("task", d.Title)
		look("task", d.Product)
		look("task", d.Agency)
		for _, r := range d.Reasons {
			look("task", r.Reason)
		}
	}
	return items
}

func lead(p edition.Charge) []edition.Doing {
	if p.Lead == nil {
		return nil
	}
	return []edition.Doing{*p.Lead}
}
