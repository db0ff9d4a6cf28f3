package column

import (
	"math"
	"slices"
	"sort"

	"thuoc/svy"
)

// part is one file of stacked data.
type part struct {
	*Data
	first int // its first row
}

// Stack lays files under each other, as the waves of a panel or the shards of a large file. Labels of one text are one
// label, so a PSU that two files name alike is one PSU. An item that a file lacks is missing in its rows; every file
// must have all labels and numbers.
func Stack(files ...*Data) *Data {
	if len(files) == 1 {
		return files[0]
	}
	out := &Data{File: files[0].File, Labels: map[string]svy.Factor{}, Numbers: map[string][]float64{}}
	var items []string
	for _, f := range files {
		out.parts = append(out.parts, part{f, out.Rows})
		out.Rows += f.Rows
		for name, n := range f.Numbers {
			out.Numbers[name] = append(out.Numbers[name], n...)
		}
		for i := range f.Items {
			items = append(items, f.Items[i].Name)
		}
	}
	for name := range files[0].Labels {
		all := newLabels()
		for _, f := range files {
			l := f.Labels[name]
			all.take(&labels{codes: l.Codes, levels: l.Levels})
		}
		out.Labels[name] = svy.Factor{Codes: all.codes, Levels: all.levels}
	}
	for _, name := range dedup(items) {
		out.Items = append(out.Items, out.stackItem(name))
	}
	return out
}

// stackItem lays an item's columns under each other.
func (d *Data) stackItem(name string) svy.Column {
	var all answers
	for _, p := range d.parts {
		c, ok := p.Item(name)
		if !ok {
			c = svy.Column{Codes: make([]uint8, p.Rows), Values: []float64{math.NaN()}}
		}
		all.takeColumn(&c, d.Rows)
	}
	return all.column(name)
}

// takeColumn appends a finished column.
func (a *answers) takeColumn(c *svy.Column, room int) {
	if c.Codes == nil {
		a.take(&answers{floats: c.Floats, wide: true}, room)
		return
	}
	var used [256]bool
	for _, code := range c.Codes {
		used[code] = true
	}
	var to [256]uint8
	for code, v := range c.Values {
		if a.wide || !used[code] {
			continue
		}
		own, ok := a.code(v)
		if !ok {
			a.widen(room)
		}
		to[code] = own
	}
	for _, code := range c.Codes {
		if a.wide {
			a.floats = append(a.floats, c.Values[code])
		} else {
			a.codes = append(a.codes, to[code])
		}
	}
}

// Item finds an item by its name.
func (d *Data) Item(name string) (svy.Column, bool) {
	i := slices.IndexFunc(d.Items, func(c svy.Column) bool { return c.Name == name })
	if i < 0 {
		return svy.Column{}, false
	}
	return d.Items[i], true
}

// Part gives the place among the stacked files of the one that holds a row, from 0.
func (d *Data) Part(row int) int {
	return max(0, sort.Search(len(d.parts), func(i int) bool { return d.parts[i].first > row })-1)
}

// Place gives the file and the 1-based line of it on which a row begins.
func (d *Data) Place(row int) (file string, line int) {
	if d.parts == nil {
		return d.File, d.Line(row)
	}
	p := d.parts[d.Part(row)]
	return p.Place(row - p.first)
}
