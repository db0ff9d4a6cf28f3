package run

import (
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// Header names the columns of a score's records.
var Header = []string{
	"index", "year", "unit", "unit_name", "level", "code", "value", "mark", "status", "why", "published", "n", "source", "note",
	"se", "df", "lo", "hi", "interval_level", "error_why",
	"group", "group_lo", "group_hi", "group_probability", "rank", "ranked_of", "rank_lo", "rank_hi",
	"previous_year", "previous_code", "previous_value", "change", "change_relative", "change_se", "change_df", "change_p", "change_p_adjusted",
	"change_rule", "verdict", "verdict_why",
}

// Records writes rows of a result for programs: sentences in English, statuses and verdicts as fixed words. It is what
// thuoc score prints as CSV and JSON, and what a run keeps as its results.
func Records(s *score.Result, frame *Frame, rows []score.Row) *table.Records {
	out := &table.Records{Header: Header}
	for _, r := range rows {
		line := []table.Cell{
			table.Str(s.Def.ID), table.Count(s.Year), table.Str(r.Unit), table.Str(frame.Name(r.Unit).VI), table.Str(r.Level), table.Str(r.Code),
			table.Num(r.Value), table.Str(string(r.Mark)), table.Str(string(r.Status)), sentenceCell(r.Why), table.Num(r.Published),
			table.Count(r.N), table.Str(r.Source), table.Str(r.Note),
			table.Num(r.SE), table.Known(r.DF), table.Num(r.Interval.Lo), table.Num(r.Interval.Hi), table.Known(r.Interval.Level), sentenceCell(r.ErrorWhy),
		}
		line = append(line, groupCells(s, r)...)
		line = append(line, table.Count(r.Rank), table.Count(r.RankedOf), table.Count(r.RankLo), table.Count(r.RankHi))
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

func groupCells(s *score.Result, r score.Row) []table.Cell {
	if r.Group == nil {
		return []table.Cell{table.Str(""), table.None, table.None, table.None}
	}
	return []table.Cell{table.Str(r.Group.ID), table.Num(r.Group.Lo), table.Num(r.Group.Hi), table.Known(OwnGroup(s, r))}
}

// OwnGroup is the probability that a row truly belongs to its group; 0 when it is not known.
func OwnGroup(s *score.Result, r score.Row) float64 {
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
	return []table.Cell{table.Count(ch.Year), table.Str(ch.Code), table.Num(ch.From), table.Num(ch.Abs), table.Num(ch.Rel), table.Num(ch.SE),
		table.Known(ch.DF), table.Num(ch.P), table.Num(ch.PFamily), table.Str(ch.Rule), table.Str(string(ch.Verdict)), why}
}
