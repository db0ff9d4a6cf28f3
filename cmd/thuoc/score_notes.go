package main

import (
	"maps"
	"slices"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/published"
	"thuoc/internal/score"
)

// notes says what must be known to read a page: how sure its numbers are, what its codes and marks mean, who has no
// score and why, what is wrong at the source, and where the figures come from.
func (s *scored) notes(n *score.Node, parts []*score.Node, l lang.Lang) []string {
	rows := s.pageRows(n, parts)
	notes := s.errorNotes(rows, l)
	if parts == nil {
		notes = append(notes, s.changeNotes(rows, l)...)
	}
	if len(parts) > 0 {
		notes = append(notes, legend(parts, l))
	}
	notes = append(notes, marksOf(rows, l))
	notes = append(notes, s.absentNotes(n, l)...)
	notes = append(notes, remarkNotes(rows, l)...)
	notes = append(notes, s.sampleNotes(l)...)
	return append(notes, s.sourceNote(l))
}

// pageRows gives the rows a page rests on: of its node and its parts, or of one unit's whole tree.
func (s *scored) pageRows(n *score.Node, parts []*score.Node) []score.Row {
	if s.unit != "" {
		return s.rows()
	}
	rows := s.of(n)
	for _, p := range parts {
		rows = append(rows, s.of(p)...)
	}
	return rows
}

// errorNotes says what the interval is, what the range of ranks means, and of what no error is known.
func (s *scored) errorNotes(rows []score.Row, l lang.Lang) []string {
	var notes []string
	if some(rows, func(r score.Row) bool { return r.Interval.Known() }) {
		notes = append(notes, s.intervalNote(l))
	}
	if some(rows, func(r score.Row) bool { return r.RankLo > 0 }) {
		notes = append(notes, lang.Translate(l, fault.T("Rank: the ranks a unit may truly have, at 95% for each unit by itself.")))
	}
	if some(rows, func(r score.Row) bool { return r.GroupShare != nil }) {
		notes = append(notes, lang.Translate(l, fault.T("P(group): the probability that a unit truly belongs to its group; ? under %s.",
			lang.Percent(l, unsure, 0))))
		for _, code := range slices.Sorted(maps.Keys(s.AssumedSE)) {
			notes = append(notes, lang.Translate(l, fault.T("An assumption: where the error of %s is not known, P(group) takes the median of the others, %s.",
				code, lang.Number(l, s.AssumedSE[code], 2))))
		}
	}
	if unknown := codesWithoutError(rows); len(unknown) > 0 {
		notes = append(notes, lang.Translate(l, fault.T("No error is known of %s: no interval, no range of ranks, nothing tested.",
			strings.Join(runs(unknown), ", "))))
	}
	return notes
}

// intervalNote says which interval is printed and how much it truly covers.
func (s *scored) intervalNote(l lang.Lang) string {
	i := slices.IndexFunc(s.Def.Compat, func(c score.Compat) bool { return c.ID == s.Compat })
	if i < 0 && s.sample != nil {
		return lang.Translate(l, fault.T("Interval: score ± t·SE, which covers %s; t has the unit's own degrees of freedom, its PSUs less its strata.",
			lang.Percent(l, 0.95, 0)))
	}
	if i < 0 {
		return lang.Translate(l, fault.T("Interval: score ± %s SE, which covers %s.", lang.Number(l, 1.96, 2), lang.Percent(l, 0.95, 0)))
	}
	c := s.Def.Compat[i]
	return lang.Translate(l, fault.T("Interval: as its publisher prints it, score ± %s SE. It truly covers %s; the print says %s.",
		lang.Number(l, c.Multiplier, 6), lang.Percent(l, c.Level, 0), lang.Percent(l, c.PrintedLevel, 0)))
}

// codesWithoutError lists the codes that have values and no interval for any unit.
func codesWithoutError(rows []score.Row) []string {
	known := map[string]bool{}
	var codes []string
	for _, r := range rows {
		if _, seen := known[r.Code]; !seen && r.OK() {
			codes = append(codes, r.Code)
			known[r.Code] = false
		}
		if r.Interval.Known() {
			known[r.Code] = true
		}
	}
	return slices.DeleteFunc(codes, func(c string) bool { return known[c] })
}

// runs shortens a list of codes, the shorter codes first: D1, 1.1, 1.2, 1.3, D2 becomes D1, D2, 1.1–1.3.
func runs(codes []string) []string {
	codes = slices.Clone(codes)
	slices.SortStableFunc(codes, func(a, b string) int { return strings.Count(a, ".") - strings.Count(b, ".") })
	var out []string
	for i := 0; i < len(codes); {
		j := i
		for j+1 < len(codes) && follows(codes[j], codes[j+1]) {
			j++
		}
		switch {
		case j > i+1:
			out = append(out, codes[i]+"–"+codes[j])
		default:
			out = append(out, codes[i:j+1]...)
		}
		i = j + 1
	}
	return out
}

// follows tells whether b is the code after a: the same but for the last digit, one higher.
func follows(a, b string) bool {
	n := len(a)
	return n > 0 && n == len(b) && a[:n-1] == b[:n-1] && b[n-1] == a[n-1]+1
}

// changeNotes says by which rule changes are called, and of which units or nodes they are not, and why.
func (s *scored) changeNotes(rows []score.Row, l lang.Lang) []string {
	var notes, order []string
	who := map[string][]string{}
	for _, r := range rows {
		ch := r.Change
		if ch == nil || !r.OK() {
			continue
		}
		if rule := s.ruleNote(ch.Rule, l); rule != "" && !slices.Contains(notes, rule) {
			notes = append(notes, rule)
		}
		why := lang.Translate(l, ch.Why)
		if ch.Verdict == score.NotComparable {
			why = lang.Translate(l, fault.T("Not comparable with %d. %s %s", ch.Year, why, ch.Reason.In(l)))
		}
		name := s.frame.Name(r.Unit).In(l)
		if s.unit != "" {
			name = r.Code
		}
		if ch.Why.Key != "" && !slices.Contains(who[why], name) {
			if who[why] == nil {
				order = append(order, why)
			}
			who[why] = append(who[why], name)
		}
	}
	for _, why := range order {
		notes = append(notes, namedNote(why, runs(who[why])))
	}
	return notes
}

// mostNamed is how many units or codes a note names; what holds for more is said without them.
const mostNamed = 8

func namedNote(why string, names []string) string {
	if len(names) > mostNamed {
		return why
	}
	return strings.Join(names, ", ") + ": " + why
}

// ruleNote says when a difference is called a change.
func (s *scored) ruleNote(id string, l lang.Lang) string {
	i := slices.IndexFunc(s.Def.Changes, func(r score.ChangeRule) bool { return r.ID == id })
	switch {
	case id == "":
		return ""
	case i >= 0 && !s.Def.Changes[i].Tested:
		return lang.Translate(l, fault.T("A difference is called a change when it is at least %s of the former value (rule %s).",
			lang.Percent(l, s.Def.Changes[i].Threshold, 0), id))
	}
	return lang.Translate(l, fault.T("A difference is called a change when a test at %s tells it from chance (rule %s).", lang.Percent(l, 0.95, 0), id))
}

// legend gives the codes of a page their names.
func legend(parts []*score.Node, l lang.Lang) string {
	var all []string
	for _, p := range parts {
		all = append(all, p.Code+" "+p.Names.In(l))
	}
	return strings.Join(all, " · ")
}

// marksOf says how the values of the rows were made.
func marksOf(rows []score.Row, l lang.Lang) string {
	var all []string
	for _, m := range append([]score.Mark{score.Given}, marks...) {
		var codes []string
		for _, r := range rows {
			if r.Mark == m && !slices.Contains(codes, r.Code) {
				codes = append(codes, r.Code)
			}
		}
		if len(codes) > 0 {
			all = append(all, lang.Translate(l, markNames[m])+" ("+strings.Join(runs(codes), ", ")+")")
		}
	}
	return lang.Translate(l, fault.T("Marks, the weakest part of each: %s.", strings.Join(all, ", ")))
}

// absentNotes names the units without a value at the node, with the reason where one is known.
func (s *scored) absentNotes(n *score.Node, l lang.Lang) []string {
	byReason := map[string][]string{}
	var reasons []string
	for _, r := range s.of(n) {
		if r.OK() || s.unit != "" && r.Unit != s.unit {
			continue
		}
		why := s.reason(r, l)
		if byReason[why] == nil {
			reasons = append(reasons, why)
		}
		byReason[why] = append(byReason[why], s.frame.Name(r.Unit).In(l))
	}
	var notes []string
	for _, why := range reasons {
		notes = append(notes, lang.Translate(l, fault.T("No score: %s. %s", strings.Join(byReason[why], ", "), why)))
	}
	return notes
}

// reason says why a row has no value.
func (s *scored) reason(r score.Row, l lang.Lang) string {
	if m, ok := published.RemarkOf(r.Note); ok {
		return m.Text.In(l)
	}
	if r.Why.Key != "" && r.Status != score.NotPublished {
		return lang.Translate(l, r.Why)
	}
	return lang.Translate(l, statusNames[r.Status])
}

// statusNames says why a figure is not a number.
var statusNames = map[score.Status]fault.Text{
	score.NotPublished: fault.T("Not published; the reason is not known."),
	score.Suppressed:   fault.T("Withheld."),
	score.Missing:      fault.T("Not among the figures."),
}

// remarkNotes gives the known defects of the cells shown.
func remarkNotes(rows []score.Row, l lang.Lang) []string {
	var keys, notes []string
	for _, r := range rows {
		if r.OK() && r.Note != "" && !slices.Contains(keys, r.Note) {
			keys = append(keys, r.Note)
		}
	}
	for _, key := range keys {
		if m, ok := published.RemarkOf(key); ok {
			notes = append(notes, m.Text.In(l)+" ["+key+"]")
		}
	}
	return notes
}

// sourceNote says where the figures come from.
func (s *scored) sourceNote(l lang.Lang) string {
	if s.file != "" {
		return lang.Translate(l, fault.T("Source: %s, by the definition %s.", s.file, s.Def.ID))
	}
	respondents := lang.Translate(l, fault.T("respondents not known"))
	for _, sample := range published.Samples() {
		if sample.Year == s.Year && sample.Respondents > 0 {
			respondents = lang.Translate(l, fault.T("%s respondents", respondentsText(l, sample)))
		}
	}
	return lang.Translate(l, fault.T("Source: PAPI %d of UNDP, CECODES and VFF-CRT, %s; definition %s. See: thuoc data sources, thuoc index show %s",
		s.Year, respondents, s.Def.ID, s.Def.ID))
}
