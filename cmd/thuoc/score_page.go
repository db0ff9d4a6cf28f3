package main

import (
	"math"
	"slices"
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// unsure is the probability under which a province's group is called unsure.
const unsure = 0.6

// pages lays the result out for people: for one unit its whole tree; for a level, a page for every node whose parts
// stand on that level, the units down and the parts across; for the composite, a page of its own with the change.
func (s *scored) pages(l lang.Lang) []*table.Page {
	switch {
	case s.unit != "":
		return []*table.Page{s.profile(l)}
	case s.code != "":
		return []*table.Page{s.page(s.node(s.code), nil, l)}
	}
	var pages []*table.Page
	if s.level == s.Def.Levels[0].ID {
		pages = append(pages, s.page(s.Def.Root, nil, l))
		for _, a := range s.Def.Alternatives {
			if s.Stats[a.Code].N > 0 {
				pages = append(pages, s.page(s.node(a.Code), nil, l))
			}
		}
	}
	for n := range s.Def.Nodes() {
		if n.Leaf() || s.level != "all" && !s.wantsParts(n) || !s.hasValues(n) {
			continue
		}
		pages = append(pages, s.page(n, n.Parts, l))
	}
	if len(pages) == 0 {
		pages = append(pages, s.page(s.Def.Root, nil, l)) // which says who has no score, and why
	}
	return pages
}

// node finds a node by its code; an alternative composite is one without parts.
func (s *scored) node(code string) *score.Node {
	for _, a := range s.Def.Alternatives {
		if a.Code == code {
			return &score.Node{Code: a.Code, Names: a.Names}
		}
	}
	return s.Def.Node(code)
}

// wantsParts tells whether a node's parts stand on the level asked for.
func (s *scored) wantsParts(n *score.Node) bool {
	if s.level == "" {
		return n == s.Def.Root
	}
	return n.Parts[0].Level == s.level
}

// hasValues tells whether any unit has a value at the node or one of its parts.
func (s *scored) hasValues(n *score.Node) bool {
	if s.Stats[n.Code].N > 0 {
		return true
	}
	return slices.ContainsFunc(n.Parts, func(p *score.Node) bool { return s.Stats[p.Code].N > 0 })
}

// pageColumn is one column of a page: its head and its cell for a row of the node the page is about.
type pageColumn struct {
	table.Head
	cell func(score.Row) string
}

// page shows one node: its units by group and, inside a group, in alphabetical order.
func (s *scored) page(n *score.Node, parts []*score.Node, l lang.Lang) *table.Page {
	columns := s.columns(n, parts, l)
	p := &table.Page{Title: s.title(n, l), Lead: s.lead(n, l)}
	for _, c := range columns {
		p.Columns = append(p.Columns, c.Head)
	}
	for _, g := range s.byGroup(n) {
		section := table.Section{Heading: s.groupHeading(g.limits, l)}
		for _, r := range g.rows {
			line := make([]string, len(columns))
			for i, c := range columns {
				line[i] = c.cell(r)
			}
			section.Rows = append(section.Rows, line)
		}
		p.Sections = append(p.Sections, section)
	}
	p.Notes = s.notes(n, parts, l)
	return p
}

func (s *scored) title(n *score.Node, l lang.Lang) string {
	year := ""
	if s.Year != 0 {
		year = " " + strconv.Itoa(s.Year)
	}
	names := n.Names
	if n == s.Def.Root {
		names = s.Def.Names
	}
	return n.Code + year + " · " + names.In(l)
}

func (s *scored) lead(n *score.Node, l lang.Lang) []string {
	st := s.Stats[n.Code]
	if st.N == 0 {
		return nil
	}
	who := fault.T("%d of %d units have a score.", st.N, len(s.Units))
	if s.frame.Provinces() {
		who = fault.T("%d of %d provinces have a score.", st.N, len(s.Units))
	}
	return []string{lang.Translate(l, fault.T("%s Highest %s, median %s, lowest %s.", who,
		lang.Number(l, st.Max, 2), lang.Number(l, st.Median, 2), lang.Number(l, st.Min, 2)))}
}

// unitHead is what the column of units is called.
func (s *scored) unitHead() fault.Text {
	if s.frame.Provinces() {
		return fault.T("Province")
	}
	return fault.T("Unit")
}

// group is the rows of one group.
type group struct {
	limits *score.GroupLimits // nil for units without a group
	rows   []score.Row
}

// byGroup gives the units that have a value at the node or below it, best group first, in the order of the alphabet;
// those without a value at the node come last.
func (s *scored) byGroup(n *score.Node) []group {
	var groups []group
	for i := range s.Groups[n.Code] {
		groups = append(groups, group{limits: &s.Groups[n.Code][i]})
	}
	rest := group{}
	for _, u := range s.Units {
		r, _ := s.Row(n.Code, u)
		i := slices.IndexFunc(groups, func(g group) bool { return r.Group != nil && g.limits.ID == r.Group.ID })
		switch {
		case i >= 0:
			groups[i].rows = append(groups[i].rows, r)
		case r.OK() || s.anyPart(n, u):
			rest.rows = append(rest.rows, r)
		}
	}
	if len(rest.rows) > 0 {
		groups = append(groups, rest)
	}
	collate := lang.Collation()
	for _, g := range groups {
		slices.SortStableFunc(g.rows, func(a, b score.Row) int { return collate(s.frame.Name(a.Unit).VI, s.frame.Name(b.Unit).VI) })
	}
	return groups
}

func (s *scored) anyPart(n *score.Node, unit string) bool {
	return slices.ContainsFunc(n.Parts, func(p *score.Node) bool {
		r, _ := s.Row(p.Code, unit)
		return r.OK()
	})
}

func (s *scored) groupHeading(g *score.GroupLimits, l lang.Lang) string {
	if g == nil {
		return ""
	}
	size := fault.T("%d units", g.Units)
	if s.frame.Provinces() {
		size = fault.T("%d provinces", g.Units)
	}
	limits := ""
	if g.Units > 0 {
		limits = " · " + lang.Range(l, g.Lo, g.Hi, 2)
	}
	return lang.Translate(l, fault.T("Group %s · %s", g.Names, size)) + limits
}

// columns chooses the columns: the parts, the value, and of its error what is known for any unit.
func (s *scored) columns(n *score.Node, parts []*score.Node, l lang.Lang) []pageColumn {
	number := func(name string, cell func(score.Row) string) pageColumn {
		return pageColumn{table.Head{Name: name, Right: true}, cell}
	}
	columns := []pageColumn{{table.Head{Name: lang.Translate(l, s.unitHead())}, func(r score.Row) string { return s.frame.Name(r.Unit).In(l) }}}
	for _, p := range parts {
		columns = append(columns, number(p.Code, func(r score.Row) string {
			part, _ := s.Row(p.Code, r.Unit)
			return valueOr(l, part)
		}))
	}
	columns = append(columns, number(n.Code, func(r score.Row) string { return valueOr(l, r) }))
	rows := s.of(n)
	if i := slices.IndexFunc(rows, func(r score.Row) bool { return r.Interval.Known() }); i >= 0 {
		name := lang.Translate(l, fault.T("interval %s", lang.Percent(l, rows[i].Interval.Level, 0)))
		columns = append(columns, number(name, func(r score.Row) string { return lang.Range(l, r.Interval.Lo, r.Interval.Hi, 2) }))
	}
	if some(rows, func(r score.Row) bool { return r.GroupShare != nil }) {
		columns = append(columns, number(lang.Translate(l, fault.T("P(group)")), func(r score.Row) string { return s.probability(r, l) }))
	}
	if some(rows, func(r score.Row) bool { return r.RankLo > 0 }) {
		columns = append(columns, number(lang.Translate(l, fault.T("rank")), rankText))
	}
	if parts == nil && some(rows, func(r score.Row) bool { return r.Change != nil }) {
		columns = append(columns, s.changeColumns(l)...)
	}
	if some(rows, func(r score.Row) bool { return r.N > 0 }) {
		columns = append(columns, number("n", func(r score.Row) string { return countOr(l, r.N) }))
	}
	return columns
}

// of gives the rows of a node.
func (s *scored) of(n *score.Node) []score.Row {
	var rows []score.Row
	for _, u := range s.Units {
		r, _ := s.Row(n.Code, u)
		rows = append(rows, r)
	}
	return rows
}

func some(rows []score.Row, is func(score.Row) bool) bool { return slices.ContainsFunc(rows, is) }

func (s *scored) changeColumns(l lang.Lang) []pageColumn {
	former := lang.Translate(l, fault.T("before"))
	for _, r := range s.Rows {
		if r.Change != nil && r.Change.Year != 0 {
			former = strconv.Itoa(r.Change.Year)
			break
		}
	}
	return []pageColumn{
		{table.Head{Name: former, Right: true}, func(r score.Row) string { return lang.Number(l, r.Change.From, 2) }},
		{table.Head{Name: lang.Translate(l, fault.T("change")), Right: true}, func(r score.Row) string { return lang.Signed(l, r.Change.Abs, 2) }},
		{table.Head{Name: lang.Translate(l, fault.T("verdict"))}, func(r score.Row) string { return lang.Translate(l, verdictNames[r.Change.Verdict]) }},
	}
}

// verdictNames says what the verdicts on a change are called.
var verdictNames = map[score.Verdict]fault.Text{
	score.Rose:          fault.T("rose"),
	score.Fell:          fault.T("fell"),
	score.Stood:         fault.T("stood still"),
	score.NoEvidence:    fault.T("within the error"),
	score.NotTestable:   fault.T("not testable"),
	score.NotComparable: fault.T("not comparable"),
}

// valueOr writes a row's value, "–" without one. Shares and other small scales get a decimal more.
func valueOr(l lang.Lang, r score.Row) string {
	if !r.OK() {
		return "–"
	}
	if math.Abs(r.Value) < 1 {
		return lang.Number(l, r.Value, 3)
	}
	return lang.Number(l, r.Value, 2)
}

func countOr(l lang.Lang, n int) string {
	if n == 0 {
		return ""
	}
	return lang.Count(l, n)
}

func rankText(r score.Row) string {
	switch {
	case r.RankLo == 0:
		return ""
	case r.RankLo == r.RankHi:
		return strconv.Itoa(r.RankLo)
	}
	return strconv.Itoa(r.RankLo) + "–" + strconv.Itoa(r.RankHi)
}

// probability writes how sure the group is; a "?" marks one that is unsure.
func (s *scored) probability(r score.Row, l lang.Lang) string {
	p := run.OwnGroup(s.Result, r)
	switch {
	case p == 0:
		return ""
	case p < unsure:
		return "? " + lang.Percent(l, p, 0)
	}
	return lang.Percent(l, p, 0)
}
