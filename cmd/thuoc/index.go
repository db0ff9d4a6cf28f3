package main

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
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
		r.Rows = append(r.Rows, []table.Cell{table.Str(d.ID), table.Str(d.Family), table.Int(d.First), count(d.Last), table.Int(nodes),
			table.Int(n[score.Exact]), table.Int(n[score.Published]), table.Int(n[score.Approximate]), table.Int(n[score.Given]),
			table.Str(d.Names.VI), table.Str(d.Names.EN)})
	}
	return r
}

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

// isFile tells whether a person who wrote name for an index meant a file.
func isFile(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".yaml" || ext == ".yml" || strings.ContainsAny(name, `/\`)
}

// sourceOf gives the YAML of an index by the name of a file, of a definition, or of a family with a year (its newest
// when the year is 0).
func sourceOf(name string, year int) ([]byte, error) {
	if isFile(name) {
		return readFile(name)
	}
	id, err := shippedID(name, year)
	if err != nil {
		return nil, err
	}
	return score.Source(id)
}

// definitionOf loads an index by the same names as sourceOf.
func definitionOf(name string, year int) (*score.Definition, error) {
	if isFile(name) {
		data, err := readFile(name)
		if err != nil {
			return nil, err
		}
		return score.Load(name, data)
	}
	id, err := shippedID(name, year)
	if err != nil {
		return nil, err
	}
	return score.Open(id)
}

// shippedID finds the shipped definition that a name means.
func shippedID(name string, year int) (string, error) {
	var known []string
	family := []score.Entry{}
	for _, e := range score.Shipped() {
		if e.ID == name && e.Family != name {
			return e.ID, nil
		}
		if e.Family == name {
			family = append(family, e)
		}
		known = append(known, e.ID)
	}
	switch e, ok := score.InForce(name, year); {
	case ok:
		return e.ID, nil
	case len(family) > 0 && year == 0:
		return family[len(family)-1].ID, nil
	case len(family) > 0:
		return "", fault.New(fault.NotFound, "The index %s has no definition in force in %d. See: thuoc index list", name, year)
	}
	if guess := lang.Nearest(name, known); guess != "" {
		return "", fault.New(fault.NotFound, "There is no index “%s”; did you mean “%s”?", name, guess)
	}
	return "", fault.New(fault.NotFound, "There is no index “%s”. There are: %s; or name a .yaml file.", name, strings.Join(known, ", "))
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
