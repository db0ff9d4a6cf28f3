package main

import (
	"slices"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/table"
	"thuoc/svy"
)

// margin is one margin of a margins file: the population by the levels of a column, or of several columns crossed.
type margin struct {
	name    string
	columns []string // of the data
	totals  map[string]float64
	line    map[string]int // of each level
}

// levelSeparator stands between the levels of a margin of several columns, and between their names.
const levelSeparator = "."

// readMargins reads a margins file: margin, level, total. use names the margins wanted, all of them when it is empty.
func readMargins(name string, use []string) ([]margin, error) {
	t, err := readTable(name, table.Column{Name: "margin"}, table.Column{Name: "level"}, table.Column{Name: "total", Kind: table.Number})
	if err != nil {
		return nil, err
	}
	all := gatherMargins(t)
	if err := t.Err(); err != nil {
		return nil, err
	}
	return chooseMargins(all, name, use)
}

// gatherMargins gathers the rows of a margins file by margin, in the order of the file, and reports what is wrong.
func gatherMargins(t *table.Table) []margin {
	const (
		name = iota
		level
		total
	)
	var out []margin
	place := map[string]int{}
	for _, r := range t.Rows {
		if r.Num[total] < 0 {
			t.Report(r, total, fault.T("A population cannot be negative."), fault.T("Write the number of people of the level."))
		}
		if r.Text[name] == "" || r.Text[level] == "" {
			continue // the reader has told
		}
		i, seen := place[r.Text[name]]
		if !seen {
			i = len(out)
			place[r.Text[name]] = i
			out = append(out, margin{name: r.Text[name], columns: strings.Split(r.Text[name], levelSeparator), totals: map[string]float64{}, line: map[string]int{}})
		}
		out[i].totals[r.Text[level]], out[i].line[r.Text[level]] = r.Num[total], r.Line
	}
	t.Unique(name, level)
	return out
}

// chooseMargins takes the margins that use names, each with the columns it may name: cell=agegrp.sex.
func chooseMargins(all []margin, file string, use []string) ([]margin, error) {
	if len(use) == 0 {
		return all, nil
	}
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.name
	}
	var out []margin
	var items []fault.Item
	for _, wanted := range use {
		name, columns, given := strings.Cut(wanted, "=")
		i := slices.Index(names, name)
		if i < 0 {
			items = append(items, fault.Item{File: file, Field: "margin", What: fault.T("There is no margin “%s” in the file.", name),
				Remedy: fault.T("The margins are: %s.", strings.Join(names, ", "))})
			continue
		}
		m := all[i]
		if given {
			m.columns = strings.Split(columns, levelSeparator)
		}
		out = append(out, m)
	}
	return out, fault.Batch(items)
}

// in gives the margin as the rows of the data have it.
func (m margin) in(data *column.Data) svy.Margin {
	var of svy.Factor
	for _, name := range m.columns {
		of = of.Cross(data.Labels[name], levelSeparator)
	}
	return svy.Margin{Name: m.name, Of: of, Totals: m.totals}
}
