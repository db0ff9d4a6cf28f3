package main

import (
	"math"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

func indexShow() command {
	return command{
		name: "show", args: "NAME|FILE", summary: fault.T("show the tree of a definition, or its source"),
		examples: []string{"thuoc index show papi-2023", "thuoc index show papi --year 2019 --format csv", "thuoc index show papi-2023 --source > my-index.yaml"},
		setup: func(f *flags) action {
			y := f.year("year", fault.T("of a family such as papi: the definition in force that year"))
			source := f.yes("source", fault.T("print the definition as it is written, to start one of your own"))
			format := f.format()
			return func(c *call) error {
				if len(c.args) != 1 {
					return misuse(f.path, fault.T("Name one index or file."))
				}
				if *source {
					data, err := sourceOf(c.args[0], *y)
					c.out.Write(data)
					return err
				}
				d, err := definitionOf(c.args[0], *y)
				if err != nil {
					return err
				}
				return c.write(*format, func() *table.Page { return treePage(c, d) }, func() *table.Records { return treeRecords(d) })
			}
		},
	}
}

func treePage(c *call, d *score.Definition) *table.Page {
	p := &table.Page{
		Title: d.Names.In(c.lang),
		Lead:  []string{c.text(fault.T("%s, in force %s.", d.ID, inForce(d)))},
		Columns: []table.Head{{Name: c.text(fault.T("Code"))}, {Name: c.text(fault.T("Name"))}, {Name: c.text(fault.T("Mark"))},
			{Name: c.text(fault.T("Scale")), Right: true}},
		Sections: []table.Section{{}},
		Notes:    []string{c.text(marksNote)},
	}
	if s := d.Comments.In(c.lang); s != "" {
		p.Lead = append(p.Lead, s)
	}
	if d.Root != nil {
		p.Sections[0].Rows = treeRows(c, d.Root, 0)
	}
	return p
}

// longestName is how much of a node's name a line of the tree shows.
const longestName = 70

// treeRows lists a node and what is below it, indented by depth.
func treeRows(c *call, n *score.Node, depth int) [][]string {
	name := []rune(n.Names.In(c.lang))
	if len(name) > longestName {
		name = append(name[:longestName-1], '…')
	}
	scale := ""
	if n.Scale.Known() {
		scale = lang.Range(c.lang, n.Scale.Min, n.Scale.Max, decimals(n.Scale.Min, n.Scale.Max))
	}
	rows := [][]string{{strings.Repeat("  ", depth) + n.Code, string(name), c.text(markNames[n.Mark]), scale}}
	for _, p := range n.Parts {
		rows = append(rows, treeRows(c, p, depth+1)...)
	}
	return rows
}

// decimals is how many decimals the numbers need, at most two.
func decimals(values ...float64) int {
	n := 0
	for _, v := range values {
		for n < 2 && math.Abs(v*math.Pow10(n)-math.Round(v*math.Pow10(n))) > 1e-9 {
			n++
		}
	}
	return n
}

func treeRecords(d *score.Definition) *table.Records {
	r := &table.Records{Header: []string{"index", "code", "whole", "level", "mark", "name_vi", "name_en", "scale_min", "scale_max", "direction",
		"weight", "aggregate", "survey", "compares_with_former"}}
	var walk func(n *score.Node, whole string)
	walk = func(n *score.Node, whole string) {
		survey := ""
		if n.Survey != nil {
			survey = string(n.Survey.Statistic)
		}
		lo, hi := table.None, table.None
		if n.Scale.Known() {
			lo, hi = table.Num(n.Scale.Min), table.Num(n.Scale.Max)
		}
		r.Rows = append(r.Rows, []table.Cell{table.Str(d.ID), table.Str(n.Code), table.Str(whole), table.Str(n.Level), table.Str(string(n.Mark)),
			table.Str(n.Names.VI), table.Str(n.Names.EN), lo, hi, table.Str(string(n.Direction)), table.Num(n.Weight),
			table.Str(string(n.Aggregate.Method)), table.Str(survey), table.Str(string(d.Compare(n.Code).Verdict))})
		for _, p := range n.Parts {
			walk(p, n.Code)
		}
	}
	if d.Root != nil {
		walk(d.Root, "")
	}
	return r
}
