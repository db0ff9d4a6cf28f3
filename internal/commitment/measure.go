package commitment

import (
	"context"
	"math"
	"slices"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/run"
	"thuoc/internal/target"
)

// readLatest finds the newest public edition of every index that the plan aims at.
func (g *gathering) readLatest(ctx context.Context, q *db.Q, _ clock.Date) error {
	g.latest = map[string]edition.Release{}
	for _, a := range g.plan.Aims {
		if _, known := g.latest[a.Family]; known || a.Family == run.Family {
			continue
		}
		r, ok, err := edition.LatestPublic(ctx, q, g.plan.Place, a.Family)
		if err != nil {
			return err
		}
		if ok {
			g.latest[a.Family] = r
		}
	}
	return nil
}

// measure puts beside every target what was measured last and is public, and the chance that it comes true by itself.
func (s *Store) measure(ctx context.Context, g *gathering) error {
	all := map[string]results{}
	for family, r := range g.latest {
		e, err := s.o.Editions.OpenPublic(ctx, r)
		if err != nil {
			return err
		}
		c, err := e.Content()
		if err != nil {
			return err
		}
		all[family] = results{c, &c.Units, unitOf(c, g.base.Code), r.Period}
	}
	if slices.ContainsFunc(g.plan.Aims, func(a plan.Aim) bool { return a.Family == run.Family }) {
		var err error
		if all[run.Family], err = g.published(); err != nil {
			return err
		}
	}
	for _, a := range g.plan.Aims {
		p := edition.Promise{Family: a.Family, Code: a.Code, Kind: string(a.Kind), Year: a.Year, Baseline: a.Baseline, Value: a.Value, Rank: a.Rank, Word: a.Word, Change: a.Change}
		if r, ok := all[a.Family]; ok {
			p.Latest = r.of(a.Code)
			if n := r.content.Node(a.Code); n != nil {
				p.Name = n.Names
			}
		}
		if a.Family == run.Family {
			p.Luck = g.luck(a)
		}
		g.c.Targets = append(g.c.Targets, p)
	}
	for i := range g.c.Parts {
		g.c.Parts[i].Name = nameOf(all, g.plan.Aims, g.c.Parts[i].Code)
	}
	return nil
}

// nameOf names a part by the first index of the plan that has it.
func nameOf(all map[string]results, aims []plan.Aim, code string) lang.Names {
	for _, a := range aims {
		if r, ok := all[a.Family]; ok {
			if n := r.content.Node(code); n != nil {
				return n.Names
			}
		}
	}
	return lang.Names{}
}

// results is the newest public results of an index for the place.
type results struct {
	content *edition.Content
	table   *edition.Table
	unit    string
	period  string
}

// published are the newest published figures: of the province as it was then, or joined where it began since.
func (g *gathering) published() (results, error) {
	years := run.PublishedYears()
	e, err := edition.Build(years[len(years)-1], edition.Made{})
	if err != nil {
		return results{}, err
	}
	c, err := e.Content()
	if err != nil {
		return results{}, err
	}
	table := &c.Former
	if edition.FormerDay.Before(g.former.Since) { // its code may have been another's then
		table = &c.Present
	}
	return results{c, table, g.former.Code, clock.Date{Year: c.Year, Month: 1, Day: 1}.String()[:4]}, nil
}

// unitOf is the unit of an own edition that the place is: its code, or the single one.
func unitOf(c *edition.Content, code string) string {
	if len(c.Units.Units) == 1 {
		return c.Units.Units[0]
	}
	return code
}

// of gives the value of a part with its error and whether it changed; nil where nothing was measured.
func (r results) of(code string) *edition.Measured {
	x := r.table.Cell(code, r.unit)
	if x == nil || !x.OK() {
		return nil
	}
	m := &edition.Measured{Edition: r.content.Edition.ID, Period: r.period, Value: x.Value, N: x.N}
	if x.Known() {
		m.SE, m.Lo, m.Hi = &x.SE, &x.Lo, &x.Hi
	}
	if ch := x.Change; ch.Year > 0 && !math.IsNaN(ch.Abs) {
		m.From, m.Change, m.Verdict = ch.Year, &ch.Abs, string(ch.Verdict)
	}
	return m
}

// luckSeed makes the futures the same for every edition.
const luckSeed = 2009

// luck is the chance that a target among all provinces comes true while nothing is done, as the index's own history
// moves; nil where that cannot be computed.
func (g *gathering) luck(a plan.Aim) *float64 {
	began := clock.Date{Year: g.plan.BaseYear, Month: 12, Day: 31}.Before(g.base.Since) // it had no score of its own then
	if g.plan.BaseYear == 0 || began || a.Kind == "" || a.Kind == target.Group {
		return nil
	}
	t := target.Target{Kind: a.Kind}
	if a.Value != nil {
		t.Value = *a.Value
	}
	if a.Rank != nil {
		t.Place = *a.Rank
	}
	chance, err := chanceOf(g.plan.BaseYear, a.Code, g.base.Code, t)
	if err != nil {
		return nil // no history compares, or the province had no score: the page says that it was not computed
	}
	return &chance
}

func chanceOf(year int, code, unit string, t target.Target) (float64, error) {
	b, err := target.OfPAPI(year, code)
	if err != nil {
		return 0, err
	}
	i := b.Unit(unit)
	if i < 0 {
		return 0, fault.New(fault.NotFound, "This province has no score of %d.", year)
	}
	m, err := target.Learn(b.Standing, b.History)
	if err != nil {
		return 0, err
	}
	r, err := m.Imagine(b.Standing, target.Draws, luckSeed).Reach(t, i)
	if err != nil {
		return 0, err
	}
	return r.Chance(0), nil
}
