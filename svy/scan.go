package svy

import (
	"fmt"
	"sync"
)

// blockRows is the number of rows after which a scan starts a new block of cells. A cell is summed by one goroutine in
// the order of its rows, and blocks end at cells, so neither the number of goroutines nor the cutting of a file into
// parts that split no unit changes a bit of a sum.
const blockRows = 1 << 16

// Scan passes once over columns and sums them by cell.
func (c *Cells) Scan(columns ...Column) (*Sums, error) {
	s, err := c.scan(c.design.weights, columns)
	if err == nil && c.cal != nil {
		s.fit, err = c.scan(c.design.cal.fit, columns)
	}
	return s, err
}

// scan sums columns by the given weights of the rows.
func (c *Cells) scan(weights []float64, columns []Column) (*Sums, error) {
	s := &Sums{cells: c, vars: make([]varSums, len(columns))}
	for i := range columns {
		if n := columns[i].Len(); n != c.design.Rows() {
			return nil, fmt.Errorf("svy: column %q has %d rows, the design %d", columns[i].Name, n, c.design.Rows())
		}
		if len(columns[i].Values) > 256 {
			return nil, fmt.Errorf("svy: column %q has %d codes; a coded column has at most 256", columns[i].Name, len(columns[i].Values))
		}
		s.vars[i] = newVarSums(columns[i].Name, len(c.unit))
	}
	blocks := c.blocks()
	if c.rows != nil {
		weights = gather(nil, weights, c.rows)
	}
	n := len(blocks) - 1
	each(len(columns)*n, c.design.workers, func(i int) {
		c.sumBlock(&columns[i/n], weights, &s.vars[i/n], blocks[i%n], blocks[i%n+1])
	})
	return s, nil
}

// sorted holds the rows of a block brought into the order of cells.
type sorted struct {
	codes  []uint8
	floats []float64
}

var scratch = sync.Pool{New: func() any { return new(sorted) }}

// blocks cuts the cells into blocks of about blockRows rows.
func (c *Cells) blocks() []int {
	out := []int{0}
	for cell := range c.unit {
		if int(c.start[cell+1]-c.start[out[len(out)-1]]) >= blockRows {
			out = append(out, cell+1)
		}
	}
	if out[len(out)-1] != len(c.unit) {
		out = append(out, len(c.unit))
	}
	return out
}

// gather copies src in the order of rows, reusing dst.
func gather[T any](dst, src []T, rows []int32) []T {
	dst = grown(dst, len(rows))
	for i, r := range rows {
		dst[i] = src[r]
	}
	return dst
}

// entry is what one code adds to the sums of its cell, per unit of weight; all zero where it means missing, so that
// the inner loop has no branch.
type entry struct {
	ok, y, yy float64
	n         int64
}

func (c *Column) table() *[256]entry {
	t := new([256]entry)
	for i, v := range c.Values {
		if v == v {
			t[i] = entry{1, v, v * v, 1}
		}
	}
	return t
}

// sumBlock sums one column over the cells from…to-1.
func (c *Cells) sumBlock(col *Column, weights []float64, out *varSums, from, to int) {
	low, high := c.start[from], c.start[to]
	weights = weights[low:high]
	buf := scratch.Get().(*sorted)
	defer scratch.Put(buf)
	if col.Codes == nil {
		values := inOrder(&buf.floats, col.Floats, c.rows, low, high)
		for cell := from; cell < to; cell++ {
			a, b := c.start[cell]-low, c.start[cell+1]-low
			out.sumFloats(cell, values[a:b], weights[a:b])
		}
		return
	}
	t := col.table()
	codes := inOrder(&buf.codes, col.Codes, c.rows, low, high)
	for cell := from; cell < to; cell++ {
		a, b := c.start[cell]-low, c.start[cell+1]-low
		out.sumCodes(cell, t, codes[a:b], weights[a:b])
	}
}

// inOrder gives places low…high-1 of a column in the order of cells, copying only where the file is not sorted.
func inOrder[T any](buf *[]T, column []T, rows []int32, low, high int32) []T {
	if rows == nil {
		return column[low:high]
	}
	*buf = gather(*buf, column, rows[low:high])
	return *buf
}

// sumCodes adds the even and the odd rows of a cell apart, which halves the wait for each addition; the order depends
// on the cell alone.
func (v *varSums) sumCodes(cell int, t *[256]entry, codes []uint8, weights []float64) {
	var w0, y0, q0, w1, y1, q1 float64
	var n0, n1 int64
	weights = weights[:len(codes)]
	i := 0
	for ; i+1 < len(codes); i += 2 {
		a, b := &t[codes[i]], &t[codes[i+1]]
		wa, wb := weights[i], weights[i+1]
		w0 += wa * a.ok
		w1 += wb * b.ok
		y0 += wa * a.y
		y1 += wb * b.y
		q0 += wa * a.yy
		q1 += wb * b.yy
		n0 += a.n
		n1 += b.n
	}
	if i < len(codes) {
		a, wa := &t[codes[i]], weights[i]
		w0 += wa * a.ok
		y0 += wa * a.y
		q0 += wa * a.yy
		n0 += a.n
	}
	v.n[cell], v.w[cell], v.wy[cell], v.wyy[cell] = int32(n0+n1), w0+w1, y0+y1, q0+q1
}

func (v *varSums) sumFloats(cell int, values, weights []float64) {
	var sums [2]struct{ w, y, q float64 }
	n := int32(0)
	weights = weights[:len(values)]
	for i, y := range values {
		if y != y {
			continue
		}
		s, w := &sums[i&1], weights[i]
		s.w += w
		s.y += w * y
		s.q += w * (y * y)
		n++
	}
	v.n[cell], v.w[cell] = n, sums[0].w+sums[1].w
	v.wy[cell], v.wyy[cell] = sums[0].y+sums[1].y, sums[0].q+sums[1].q
}
