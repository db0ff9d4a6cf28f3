package svy

import "math"

// Column is one variable: one value a row, NaN where it is missing (not asked, don't know, refused). It holds either
// Codes with the Value of each code, which is eight times smaller and as exact, or Floats.
type Column struct {
	Name   string
	Codes  []uint8   // row i has the value Values[Codes[i]]
	Values []float64 // value of each code, at most 256; NaN for a code that means missing
	Floats []float64 // used when Codes is nil
}

// NewColumn makes a column from values, coded when there are at most 256 different ones.
func NewColumn(name string, values []float64) Column {
	c := Column{Name: name, Codes: make([]uint8, len(values))}
	seen := map[uint64]uint8{}
	for i, v := range values {
		bits := math.Float64bits(v)
		if v != v {
			bits = math.Float64bits(math.NaN())
		}
		code, ok := seen[bits]
		if !ok {
			if len(c.Values) == 256 {
				return Column{Name: name, Floats: values}
			}
			code = uint8(len(c.Values))
			seen[bits] = code
			c.Values = append(c.Values, v)
		}
		c.Codes[i] = code
	}
	return c
}

// Len is the number of rows.
func (c *Column) Len() int {
	if c.Codes != nil {
		return len(c.Codes)
	}
	return len(c.Floats)
}

// At gives the value of a row, NaN where it is missing.
func (c *Column) At(row int) float64 {
	if c.Codes != nil {
		return c.Values[c.Codes[row]]
	}
	return c.Floats[row]
}

// Map recodes a column by a function of its values; NaN means missing on both sides. On a coded column the function
// is called once a code.
func (c *Column) Map(name string, f func(float64) float64) Column {
	out := Column{Name: name, Codes: c.Codes}
	if c.Codes != nil {
		out.Values = make([]float64, len(c.Values))
		for i, v := range c.Values {
			out.Values[i] = f(v)
		}
		return out
	}
	out.Floats = make([]float64, len(c.Floats))
	for i, v := range c.Floats {
		out.Floats[i] = f(v)
	}
	return out
}
