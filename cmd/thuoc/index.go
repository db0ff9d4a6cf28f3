package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

func indexCommand() command {
	return command{
		name:     "index",
		summary:  fault.T("list, show and check index definitions"),
		sub:      []command{indexList(), indexShow(), indexCheck()},
		examples: []string{"thuoc index list", "thuoc index show papi-2023", "thuoc index check my-index.yaml"},
	}
}

func indexList() command {
	return command{
		name: "list", summary: fault.T("list the definitions that come with the program"),
		examples: []string{"thuoc index list", "thuoc index list --format json"},
		setup: func(f *flags) action {
			format := f.format()
			return func(c *call) error { return listIndexes(c, *format) }
		},
	}
}

func listIndexes(c *call, format string) error {
	var all []*score.Definition
	for _, e := range score.Shipped() {
		d, err := score.Open(e.ID)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	return c.write(format, func() *table.Page { return indexesPage(c, all) }, func() *table.Records { return indexesRecords(all) })
}

// marks lists the marks a computed or taken node can bear, in the order of their strength.
var marks = []score.Mark{score.Exact, score.Published, score.Approximate}

// markNames says what the marks are called.
var markNames = map[score.Mark]fault.Text{
	score.Given:       fault.T("given"),
	score.Exact:       fault.T("exact"),
	score.Published:   fault.T("published"),
	score.Approximate: fault.T("approximate"),
}

// countMarks counts the nodes of a definition by mark.
func countMarks(d *score.Definition) map[score.Mark]int {
	n := map[score.Mark]int{}
	for node := range d.Nodes() {
		n[node.Mark]++
	}
	return n
}

func inForce(d *score.Definition) string {
	switch d.Last {
	case 0:
		return fmt.Sprintf("%d–", d.First)
	case d.First:
		return strconv.Itoa(d.First)
	}
	return fmt.Sprintf("%d–%d", d.First, d.Last)
}

func indexesPage(c *call, all []*score.Definition) *table.Page {
	p := &table.Page{
		Title: c.text(fault.T("Index definitions")),
		Columns: []table.Head{{Name: c.text(fault.T("Index"))}, {Name: c.text(fault.T("Years"))}, {Name: c.text(fault.T("exact")), Right: true},
			{Name: c.text(fault.T("published")), Right: true}, {Name: c.text(fault.T("approximate")), Right: true},
			{Name: c.text(fault.T("given")), Right: true}},
		Sections: []table.Section{{}},
	}
	newest := map[string]string{}
	for _, d := range all {
		line := []string{d.ID, inForce(d)}
		for _, m := range append(slices.Clone(marks), score.Given) {
			line = append(line, strconv.Itoa(countMarks(d)[m]))
		}
		p.Sections[0].Rows = append(p.Sections[0].Rows, line)
		newest[d.Family] = d.ID + ": " + d.Names.In(c.lang)
	}
	p.Notes = append(slices.Sorted(maps.Values(newest)), c.text(marksNote))
	return p
}

// marksNote explains the marks.
var marksNote = fault.T("Marks: exact – computed from its parts; published – the published value is taken, because the formula is not public;" +
	" approximate – a fit, for what-if questions only: results take the published value; given – an indicator as its source gave it.")

func indexesRecords(all []*score.Definition) *table.Records {
	r := &table.Records{Header: []string{"id", "family", "first", "last", "nodes", "exact", "published", "approximate", "given", "name_vi", "name_en"}}
	for _, d := range all {
		n, nodes := countMarks(d), 0
		for range d.Nodes() {
			nodes++
		}
		r.Rows = append(r.Rows, []table.Cell{table.Str(d.ID), table.Str(d.Family), table.Int(d.First), table.Count(d.Last), table.Int(nodes),
			table.Int(n[score.Exact]), table.Int(n[score.Published]), table.Int(n[score.Approximate]), table.Int(n[score.Given]),
			table.Str(d.Names.VI), table.Str(d.Names.EN)})
	}
	return r
}

func indexCheck() command {
	return command{
		name: "check", args: "FILE…", summary: fault.T("check definitions of your own: every fault at once, with its line and remedy"),
		examples: []string{"thuoc index check my-index.yaml"},
		setup: func(f *flags) action {
			return func(c *call) error {
				if len(c.args) == 0 {
					return misuse(f.path, fault.T("Name at least one file."))
				}
				return checkFiles(c)
			}
		},
	}
}

// checkFiles loads every file and gathers the faults of all.
func checkFiles(c *call) error {
	var items []fault.Item
	for _, name := range c.args {
		data, err := readFile(name)
		if err != nil {
			return err
		}
		d, err := score.Load(name, data)
		if err != nil {
			items = append(items, fault.Items(err)...)
			continue
		}
		nodes := 0
		for range d.Nodes() {
			nodes++
		}
		fmt.Fprintln(c.out, c.text(fault.T("%s: sound; %s, %d nodes.", name, d.ID, nodes)))
	}
	return fault.Batch(items)
}
