package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// Measure is one measure of an index as a public edition holds it for a home: where was asked, and what came out. Measures
// of different sources stand side by side and never in one column.
type Measure struct {
	Source  run.Source `json:"source"`
	Index   lang.Names `json:"index"`
	Period  string     `json:"period"`
	Edition string     `json:"edition"`         // its hash
	Public  clock.Date `json:"public,omitzero"` // when this house made it public; zero of published figures it did not release
	Unit    string     `json:"unit"`            // of the index whose results these are, by name

	Areas     []Area     `json:"areas"`                // that were surveyed
	Fieldwork lang.Names `json:"fieldwork,omitzero"`   // when, as its publisher told it; empty where nobody did
	Answers   int        `json:"answers,omitempty"`    // of an own survey, in all areas
	Waves     int        `json:"waves,omitempty"`      // 2 where PSUs and Strata are of this year's survey and the former one together
	PSUs      int        `json:"psus,omitempty"`       // of an own survey: sampling units that were visited
	Strata    int        `json:"strata,omitempty"`     //
	Level     float64    `json:"level,omitempty"`      // coverage of the intervals; 0 where there are none
	Was       string     `json:"was,omitempty"`        // the period with which it is compared; "" for none
	WasHash   string     `json:"was_hash,omitempty"`   // hash of the edition that holds the results of that period
	Parts     []Result   `json:"parts"`                // composite, dimensions and sub-dimensions, in the order of the index
	Own       bool       `json:"own_survey,omitempty"` // of answers that the province itself collected
}

// Area is a place that was surveyed.
type Area struct {
	Name string `json:"name"`
	N    int    `json:"n"` // people who answered there; 0 = not known
}

// Result is what was measured for a part of an index.
type Result struct {
	Code   string        `json:"code"`
	Names  lang.Names    `json:"names"`
	Depth  int           `json:"depth"`           // 0 for the composite, 1 for a dimension
	Value  *float64      `json:"value,omitempty"` // nil where there is none
	Why    lang.Names    `json:"why,omitzero"`    // why there is no value, or no error
	SE     *float64      `json:"se,omitempty"`    // nil where it is not known
	Lo     *float64      `json:"lo,omitempty"`
	Hi     *float64      `json:"hi,omitempty"`
	N      int           `json:"n,omitempty"`   // people it rests on, of a whole the fewest of any of its indicators; 0 where that is not known
	Was    *float64      `json:"was,omitempty"` // the value of Measure.Was
	Change *float64      `json:"change,omitempty"`
	ErrOf  *float64      `json:"change_se,omitempty"` // standard error of Change
	Says   score.Verdict `json:"verdict,omitempty"`   // of the test; "" where nothing was tested
}

// deepest is how far down an index its results are told: the sub-dimensions.
const deepest = 2

// measures gives the newest public results of every index for a home as they were known on the last day of a period, each
// with the place and people that were asked. It reads the public editions and no database beyond the names of places.
func (s *Store) measures(ctx context.Context, home string, p Period) (all []Measure, err error) {
	if s.shelf == nil {
		return nil, nil
	}
	var at place.Version
	var cut clock.Date
	areas := map[string]string{}
	err = s.db.View(ctx, func(q *db.Q) error {
		var there bool
		if cut, there, err = db.Maybe[clock.Date](ctx, q, "SELECT cut FROM report WHERE home = ? AND kind = ? AND period = ? ORDER BY id LIMIT 1", home, p.Kind, p.String()); err != nil || !there {
			return err
		}
		if at, err = place.ByID(ctx, q, home, cut); err != nil {
			return err
		}
		parts, err := place.Children(ctx, q, home, cut)
		for _, c := range append(parts, at) {
			areas[c.Code] = c.Full().VI
		}
		return err
	})
	if err != nil || cut.IsZero() {
		return nil, err
	}
	m := measuring{s.shelf, at, cut, areas}
	own, err := m.own()
	if err != nil {
		return nil, err
	}
	published, err := m.published()
	return append(published, own...), err
}

// measuring reads the measures of one home on one day.
type measuring struct {
	shelf *edition.Shelf
	home  place.Version
	cut   clock.Date
	areas map[string]string // names of the home and its parts by code
}

// papiOut is the month of the next year by whose first day the results of a year are out: 14 April 2021, 10 May 2022 and
// 2 April 2024 are the days on record.
const papiOut = 6

// published gives the newest published PAPI results of the home.
func (m measuring) published() ([]Measure, error) {
	for _, year := range slices.Backward(m.shelf.Years()) {
		if m.cut.Before(clock.Date{Year: year + 1, Month: papiOut, Day: 1}) {
			continue
		}
		c, err := m.shelf.Content(year)
		if err != nil {
			return nil, err
		}
		table, former := &c.Present, !edition.FormerDay.Before(m.cut) // a code names a province of its day
		if former {
			table = &c.Former
		}
		x := m.measure(c, table, m.home.Code, strconv.Itoa(year))
		if x.Parts == nil {
			return nil, nil // no province of the country, as an invented one
		}
		x.Source, x.Fieldwork = run.UNDP, c.Sample.Fieldwork
		if l, ok := m.shelf.OfYear(year); ok {
			x.Public = dayOf(l.Since)
		}
		x.Areas = []Area{{m.areas[m.home.Code], respondents(c, m.home.Code, former)}}
		return []Measure{x}, nil
	}
	return nil, nil
}

// respondents is how many people of a province answered a published survey: of a province of today, those of its parts.
func respondents(c *edition.Content, code string, former bool) (n int) {
	root := c.Root().Code
	if cell := c.Former.Cell(root, code); former || c.Joined == nil {
		if cell != nil {
			n = cell.N
		}
		return n
	}
	for _, part := range c.Joined.Parts {
		if part.Unit != code {
			continue
		}
		cell := c.Former.Cell(root, part.Part)
		if cell == nil || cell.N == 0 {
			return 0 // of one part it is not known
		}
		n += cell.N
	}
	return n
}

// own gives the newest results of every other measure that this home made public.
func (m measuring) own() (all []Measure, err error) {
	mine := slices.DeleteFunc(m.shelf.Others(), func(l edition.Listing) bool { return l.Place != m.home.Place || l.State != edition.Public })
	slices.SortStableFunc(mine, func(a, b edition.Listing) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Family, b.Family), cmp.Compare(b.Period, a.Period))
	})
	same := func(a, b edition.Listing) bool { return a.Source == b.Source && a.Family == b.Family }
	for i, l := range mine {
		if m.cut.Before(m.first(l)) || slices.ContainsFunc(mine[:i], func(o edition.Listing) bool { return same(o, l) && !m.cut.Before(m.first(o)) }) {
			continue // not known then, or there is a later one
		}
		e, err := m.shelf.Find(l.Hash)
		if err != nil {
			return nil, err
		}
		c, err := e.Content()
		if err != nil {
			return nil, err
		}
		x := m.measure(c, &c.Units, unitFor(c, m.home.Code), l.Period)
		x.Source, x.Public = l.Source, dayOf(l.Since)
		if sv := c.Survey; sv != nil {
			x.Own, x.Waves, x.PSUs, x.Strata = true, sv.Waves, sv.PSUs, sv.Strata
			x.Areas = m.surveyed(c)
			for _, a := range x.Areas { // the survey's own count holds the answers of both years
				x.Answers += a.N
			}
		}
		if x.Was == "" {
			if err := m.hold(&x, slices.DeleteFunc(slices.Clone(mine), func(o edition.Listing) bool { return !same(o, l) || o.Period >= l.Period })); err != nil {
				return nil, err
			}
		}
		all = append(all, x)
	}
	return all, nil
}

// first is the day on which results of this period first became public: a correction takes the place of what was known.
func (m measuring) first(l edition.Listing) clock.Date {
	for l.Corrects != "" {
		was, ok := m.shelf.Listed(l.Corrects)
		if !ok {
			break
		}
		l = was
	}
	return dayOf(l.Since)
}

// hold puts the results of the newest former edition beside a measure whose own edition compares with none. Nothing of it is
// tested.
func (m measuring) hold(x *Measure, former []edition.Listing) error {
	if len(former) == 0 {
		return nil
	}
	e, err := m.shelf.Find(former[0].Hash)
	if err != nil {
		return err
	}
	c, err := e.Content()
	if err != nil {
		return err
	}
	x.Was, x.WasHash = former[0].Period, e.ID
	for i := range x.Parts {
		if cell := c.Units.Cell(x.Parts[i].Code, unitFor(c, m.home.Code)); cell != nil && cell.OK() {
			x.Parts[i].Was = &cell.Value
		}
	}
	return nil
}

// unitFor is the unit of an own edition that a home is: the one of its code, or the single one.
func unitFor(c *edition.Content, code string) string {
	if len(c.Units.Units) == 1 {
		return c.Units.Units[0]
	}
	return code
}

// surveyed lists the units of an own survey with how many people answered in each: the most that any part of the index has.
func (m measuring) surveyed(c *edition.Content) (list []Area) {
	for i, code := range c.Units.Units {
		a := Area{Name: code}
		if i < len(c.UnitNames) {
			a.Name = c.UnitNames[i].Names.VI
		}
		a.Name = cmp.Or(m.areas[code], a.Name)
		for _, n := range c.Nodes {
			if cell := c.Units.Cell(n.Code, code); cell != nil {
				a.N = max(a.N, cell.N)
			}
		}
		list = append(list, a)
	}
	order := lang.Collation()
	slices.SortStableFunc(list, func(a, b Area) int { return order(a.Name, b.Name) })
	return list
}

// measure reads the results of a unit down to the sub-dimensions; no parts where the table lacks the unit.
func (m measuring) measure(c *edition.Content, t *edition.Table, unit, period string) Measure {
	x := Measure{Index: c.Names, Period: period, Edition: c.Edition.ID, Unit: cmp.Or(m.areas[unit], unit)}
	depth := map[string]int{"": -1}
	for _, n := range c.Nodes {
		depth[n.Code] = depth[n.Parent] + 1
		cell := t.Cell(n.Code, unit)
		if depth[n.Code] > deepest || n.Idle || cell == nil {
			continue
		}
		r := Result{Code: n.Code, Names: n.Names, Depth: depth[n.Code], N: fewest(n, t, unit)}
		r.read(c, cell)
		if ch := cell.Change; ch.Year > 0 {
			x.Was, x.WasHash = strconv.Itoa(ch.Year), c.Edition.ID
		}
		if cell.Known() {
			x.Level = max(x.Level, cell.Level)
		}
		x.Parts = append(x.Parts, r)
	}
	return x
}

// fewest is how many people a result rests on: its own number, else the smallest that any part beneath it has.
func fewest(n *edition.Node, t *edition.Table, unit string) (least int) {
	cell := t.Cell(n.Code, unit)
	if cell == nil || !cell.OK() {
		return 0
	}
	if least = cell.N; least > 0 {
		return least
	}
	for _, part := range n.Parts {
		if k := fewest(part, t, unit); k > 0 && (least == 0 || k < least) {
			least = k
		}
	}
	return least
}

// read takes a result over from a cell.
func (r *Result) read(c *edition.Content, cell *edition.Cell) {
	known := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return &v
	}
	if !cell.OK() {
		r.Why = c.Reason(cell.Why)
		return
	}
	r.Value = &cell.Value
	if cell.Known() {
		r.SE, r.Lo, r.Hi = &cell.SE, known(cell.Lo), known(cell.Hi)
	} else {
		r.Why = c.Reason(cell.ErrorWhy)
	}
	if ch := cell.Change; ch.Year > 0 {
		r.Was, r.Change, r.ErrOf, r.Says = known(ch.From), known(ch.Abs), known(ch.SE), ch.Verdict
	}
}

// Tested tells whether its change was tested.
func (r Result) Tested() bool {
	return r.Says == score.Rose || r.Says == score.Fell || r.Says == score.NoEvidence
}
