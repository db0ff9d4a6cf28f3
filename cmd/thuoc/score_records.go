package main

import (
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

var scoreHeader = []string{
	"index", "year", "unit", "unit_name", "level", "code", "value", "mark", "status", "why", "published", "n", "source", "note",
	"se", "df", "lo", "hi", "interval_level", "error_why",
	"group", "group_lo", "group_hi", "group_probability", "rank", "ranked_of", "rank_lo", "rank_hi",
	"previous_year", "previous_code", "previous_value", "change", "change_relative", "change_se", "change_df", "change_p", "change_p_adjusted",
	"change_rule", "verdict", "verdict_why",
}

// rows gives the rows that were asked for, in the order of the tree.
func (s *scored) rows() []score.Row {
	var rows []score.Row
	for _, r := range s.Rows {
		if s.wants(r) && (s.unit == "" || r.Unit == s.unit) {
			rows = append(rows, r)
		}
	}
	return rows
}

// wants tells whether a row's node was asked for. Unless a code or level is named it is the top two levels, and for one
// unit the top three.
func (s *scored) wants(r score.Row) bool {
	switch {
	case s.code != "":
		return r.Code == s.code
	case s.level != "":
		return s.level == "all" || s.level == r.Level
	}
	depth := slices.IndexFunc(s.Def.Levels, func(l score.Level) bool { return l.ID == r.Level })
	return depth < 2 || depth == 2 && s.unit != ""
}

// records writes the rows for programs: sentences in English, statuses and verdicts as fixed words.
func (s *scored) records() *table.Records {
	out := &table.Records{Header: scoreHeader}
	for _, r := range s.rows() {
		line := []table.Cell{
			table.Str(s.Def.ID), count(s.Year), table.Str(r.Unit), table.Str(s.frame.name(r.Unit).VI), table.Str(r.Level), table.Str(r.Code),
			table.Num(r.Value), table.Str(string(r.Mark)), table.Str(string(r.Status)), sentenceCell(r.Why), table.Num(r.Published),
			count(r.N), table.Str(r.Source), table.Str(r.Note),
			table.Num(r.SE), positive(r.DF), table.Num(r.Interval.Lo), table.Num(r.Interval.Hi), positive(r.Interval.Level), sentenceCell(r.ErrorWhy),
		}
		line = append(line, s.groupCells(r)...)
		line = append(line, count(r.Rank), count(r.RankedOf), count(r.RankLo), count(r.RankHi))
		out.Rows = append(out.Rows, append(line, changeCells(r.Change)...))
	}
	return out
}

func sentenceCell(t fault.Text) table.Cell {
	if t.Key == "" {
		return table.Str("")
	}
	return table.Str(t.String())
}

func (s *scored) groupCells(r score.Row) []table.Cell {
	if r.Group == nil {
		return []table.Cell{table.Str(""), table.None, table.None, table.None}
	}
	return []table.Cell{table.Str(r.Group.ID), table.Num(r.Group.Lo), table.Num(r.Group.Hi), positive(s.ownGroup(r))}
}

// ownGroup is the probability that a row truly belongs to its group; 0 when it is not known.
func (s *scored) ownGroup(r score.Row) float64 {
	if r.Group == nil || r.GroupShare == nil {
		return 0
	}
	i := slices.IndexFunc(s.Groups[r.Code], func(g score.GroupLimits) bool { return g.ID == r.Group.ID })
	return r.GroupShare[i]
}

func changeCells(ch *score.Change) []table.Cell {
	if ch == nil {
		return []table.Cell{table.None, table.Str(""), table.None, table.None, table.None, table.None, table.None, table.None, table.None,
			table.Str(""), table.Str(""), table.Str("")}
	}
	why := sentenceCell(ch.Why)
	if ch.Reason.EN != "" {
		why = table.Str(ch.Reason.EN)
	}
	return []table.Cell{count(ch.Year), table.Str(ch.Code), table.Num(ch.From), table.Num(ch.Abs), table.Num(ch.Rel), table.Num(ch.SE),
		positive(ch.DF), table.Num(ch.P), table.Num(ch.PFamily), table.Str(ch.Rule), table.Str(string(ch.Verdict)), why}
}
