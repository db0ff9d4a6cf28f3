package svy

import (
	"fmt"
	"slices"
	"strconv"
)

// Shares passes once over a coded column and gives the weighted histogram of its values by cell, in the form of sums:
// one 0/1 variable a value, in ascending order, named "q051=3", all over the rows that answered. Their means are the
// shares of the answers; running sums of these (Combine) are the distribution function, which is enough for any
// quantile of an ordinal item and its error; and like all sums they merge.
func (c *Cells) Shares(col Column) (*Sums, error) {
	switch {
	case col.Codes == nil:
		return nil, fmt.Errorf("svy: %q has too many different values for shares", col.Name)
	case len(col.Codes) != c.design.Rows():
		return nil, fmt.Errorf("svy: column %q has %d rows, the design %d", col.Name, len(col.Codes), c.design.Rows())
	}
	s := c.shares(c.design.weights, col)
	if c.cal != nil {
		s.fit = c.shares(c.design.cal.fit, col)
	}
	return s, nil
}

// shares sums a column's values by the given weights of the rows.
func (c *Cells) shares(weights []float64, col Column) *Sums {
	values, place := col.values()
	s := &Sums{cells: c, vars: make([]varSums, len(values))}
	cells := len(c.unit)
	n, w := make([]int32, cells), make([]float64, cells)
	for i, v := range values {
		s.vars[i] = varSums{name: col.Name + "=" + strconv.FormatFloat(v, 'f', -1, 64), n: n, w: w, wy: make([]float64, cells)}
		s.vars[i].wyy = s.vars[i].wy
	}
	for cell := range cells {
		for k := c.start[cell]; k < c.start[cell+1]; k++ {
			row := k
			if c.rows != nil {
				row = c.rows[k]
			}
			if p := place[col.Codes[row]]; p >= 0 {
				n[cell]++
				s.vars[p].wy[cell] += weights[row]
			}
		}
		for i := range s.vars {
			w[cell] += s.vars[i].wy[cell]
		}
	}
	return s
}

// values lists the values of a coded column that occur, ascending, and the place of each code among them, -1 for a
// code that means missing.
func (c *Column) values() (values []float64, place [256]int) {
	var used [256]bool
	for _, code := range c.Codes {
		used[code] = true
	}
	for code, v := range c.Values {
		if used[code] && v == v {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	values = slices.Compact(values)
	for code := range place {
		place[code] = -1
		if code < len(c.Values) && c.Values[code] == c.Values[code] {
			place[code], _ = slices.BinarySearch(values, c.Values[code])
		}
	}
	return values, place
}

// Binary tells whether a column holds nothing but 0 and 1 beside missing answers.
func (c *Column) Binary() bool {
	values := c.Floats
	if c.Codes != nil {
		values, _ = c.values()
	}
	return !slices.ContainsFunc(values, func(v float64) bool { return v == v && v != 0 && v != 1 })
}
