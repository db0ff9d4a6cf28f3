package main

import (
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/internal/target"
)

// chances are those that the page gives beside the one asked for.
var targetChances = []float64{0.5, 0.8, 0.95}

func (a *targetAnswer) page(l lang.Lang) *table.Page {
	text := func(t fault.Text) string { return lang.Translate(l, t) }
	p := &table.Page{
		Title: text(fault.T("%s: the chance of reaching this target by luck alone is %s", a.names.Name(a.basis.Standing.Units[a.place]).In(l), lang.Percent(l, a.reach.Chance(0), 0))),
		Lead:  []string{a.says(l), a.history(l)},
		Columns: []table.Head{{Name: text(fault.T("Wanted chance"))}, {Name: text(fault.T("gain beyond the ordinary")), Right: true},
			{Name: text(fault.T("score that would do")), Right: true}, {Name: text(fault.T("seen in a year")), Right: true}},
		Notes: []string{
			text(fault.T("By luck alone: the province moves as provinces ordinarily do, and both surveys have their error. The score that would do is the measured score that suffices in as many of 100 futures; it is the score target that stands for a rank.")),
			text(fault.T("Seen in a year: how often in this history a province has gained as much in that part in one year. Such gains hold the errors of two surveys, so that true ones are rarer.")),
		},
	}
	var wanted table.Section
	for _, chance := range targetChances {
		wanted.Rows = append(wanted.Rows, []string{lang.Percent(l, chance, 0), lang.Signed(l, a.reach.Gain(chance), 2), lang.Number(l, a.reach.Score(chance), 2)})
	}
	p.Sections = append(p.Sections, wanted)
	for _, set := range a.sets {
		heading := text(fault.T("%s parts raised together: chance %s", lang.Count(l, len(set.Raises)), lang.Percent(l, set.Chance, 0)))
		if !set.Enough {
			heading = text(fault.T("Five parts raised as far as is feasible do not suffice: chance %s", lang.Percent(l, set.Chance, 0)))
		}
		section := table.Section{Heading: heading}
		for _, r := range set.Raises {
			section.Rows = append(section.Rows, []string{r.Code + " " + a.basis.Def.Node(r.Code).Names.In(l), lang.Signed(l, r.By, 2), "", lang.Percent(l, r.Share, 0)})
		}
		p.Sections = append(p.Sections, section)
	}
	return p
}

// says is where the province stands and what it aims at.
func (a *targetAnswer) says(l lang.Lang) string {
	s := a.basis.Standing
	ranked := 0
	for i := range s.Units {
		if s.Rank(i) > 0 {
			ranked++
		}
	}
	where := fault.T("%s of %d: %s points, rank %d of %d.", a.basis.Node.Names.In(l), a.year, lang.Number(l, s.Values[a.place], 2), s.Rank(a.place), ranked)
	aim := fault.T("Aim: a score of at least %s.", lang.Number(l, a.targetAim.Value, 2))
	switch a.targetAim.Kind {
	case target.Change:
		aim = fault.T("Aim: a rise by at least %s.", lang.Number(l, a.targetAim.Value, 2))
	case target.Hold:
		aim = fault.T("Aim: not below this score.")
	case target.Rank, target.Gain, target.Group:
		aim = fault.T("Aim: rank %d or better.", a.reach.Rank)
	}
	return lang.Translate(l, where) + " " + lang.Translate(l, aim)
}

// history is what the chances rest on.
func (a *targetAnswer) history(l lang.Lang) string {
	var years []string
	for _, y := range a.basis.Years {
		years = append(years, strconv.Itoa(y[0])+"–"+strconv.Itoa(y[1]))
	}
	text := lang.Translate(l, fault.T("The others move too, as between %s.", strings.Join(years, ", ")))
	known := lang.Translate(l, fault.T("Errors: those published."))
	switch {
	case a.se > 0:
		known = lang.Translate(l, fault.T("Errors: %s assumed where none was published, as asked.", lang.Number(l, a.se, 2)))
	case a.basis.ErrorsOf > 0:
		known = lang.Translate(l, fault.T("Errors: where none was published %s is assumed, the median of %d.", lang.Number(l, a.basis.Standing.Assumed, 2), a.basis.ErrorsOf))
	}
	return text + " " + known
}

func (a *targetAnswer) records() *table.Records {
	r := &table.Records{Header: []string{"unit", "code", "base_year", "kind", "rank", "row", "chance", "gain", "score", "seen"}}
	add := func(row string, chance, gain float64, rest ...table.Cell) {
		r.Rows = append(r.Rows, append([]table.Cell{table.Str(a.basis.Standing.Units[a.place]), table.Str(a.basis.Node.Code), table.Int(a.year),
			table.Str(string(a.targetAim.Kind)), table.Int(a.reach.Rank), table.Str(row), table.Num(chance), table.Num(gain)}, rest...))
	}
	add("luck", a.reach.Chance(0), 0, table.Str(""), table.Str(""))
	for _, chance := range targetChances {
		add("wanted", chance, a.reach.Gain(chance), table.Num(a.reach.Score(chance)), table.Str(""))
	}
	for i, set := range a.sets {
		for _, raise := range set.Raises {
			add("set-"+string(rune('1'+i))+":"+raise.Code, set.Chance, raise.By, table.Str(""), table.Num(raise.Share))
		}
	}
	return r
}
