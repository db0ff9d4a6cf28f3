package main

import (
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// profile shows one unit: its nodes down the tree.
func (s *scored) profile(l lang.Lang) *table.Page {
	p := &table.Page{
		Title: s.frame.Name(s.unit).In(l) + " · " + s.title(s.Def.Root, l),
		Columns: []table.Head{{Name: lang.Translate(l, fault.T("Code"))}, {Name: lang.Translate(l, fault.T("Name"))},
			{Name: lang.Translate(l, fault.T("Value")), Right: true}, {Name: "SE", Right: true},
			{Name: lang.Translate(l, fault.T("interval")), Right: true}, {Name: lang.Translate(l, fault.T("Group"))},
			{Name: lang.Translate(l, fault.T("rank")), Right: true}, {Name: lang.Translate(l, fault.T("change")), Right: true},
			{Name: lang.Translate(l, fault.T("verdict"))}},
		Sections: []table.Section{{}},
	}
	for _, r := range s.rows() {
		n := s.Def.Node(r.Code)
		if n == nil || !s.hasValues(n) {
			continue
		}
		p.Sections[0].Rows = append(p.Sections[0].Rows, s.profileRow(n, r, l))
	}
	p.Notes = s.notes(s.Def.Root, nil, l)
	return p
}

// profileName is how much of a node's name a profile shows.
const profileName = 36

func (s *scored) profileRow(n *score.Node, r score.Row, l lang.Lang) []string {
	name := []rune(n.Names.In(l))
	if len(name) > profileName {
		name = append(name[:profileName-1], '…')
	}
	line := []string{n.Code, string(name), valueOr(l, r), lang.Number(l, r.SE, 2), lang.Range(l, r.Interval.Lo, r.Interval.Hi, 2), "", rankText(r), "", ""}
	if r.Group != nil {
		line[5] = strings.TrimSpace(r.Group.Names.In(l) + " " + s.probability(r, l))
	}
	if r.Change != nil {
		line[7], line[8] = lang.Signed(l, r.Change.Abs, 2), lang.Translate(l, verdictNames[r.Change.Verdict])
	}
	return line
}
