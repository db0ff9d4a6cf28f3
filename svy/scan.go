package svy

import "fmt"

// blockRows is the number of rows after which a scan starts a new block of cells. A cell is summed by one goroutine in
// the order of its rows, and blocks end at cells, so neither the number of goroutines nor the cutting of a file into
// parts that split no unit changes a bit of a sum.
const blockRows = 1 << 16

// Scan passes once over columns and sums them by cell.
func (c *Cells) Scan(columns ...Column) (*Sums, error) {
	p, err := c.pass(columns)
	if err != nil {
		return nil, err
	}
	s := p.sums(columns...)
	n := len(p.blocks) - 1
	eachWith(len(columns)*n, c.design.workers, newSorted, func(rows *sorted, i int) {
		p.sum(&columns[i/n], i%n, s, i/n, rows)
	})
	return s, nil
}

// pass is a pass over columns in the order of cells.
type pass struct {
	cells   *Cells
	weights []float64 // of the rows in the order of cells
	fit     []float64 // of a calibrated design: likewise the weights of the regression of residuals
	blocks  []int     // first cell of each block, and the number of cells at the end
}

// pass prepares a pass over columns, which must have the rows of the design.
func (c *Cells) pass(columns []Column) (*pass, error) {
	for i := range columns {
		if n := columns[i].Len(); n != c.design.Rows() {
			return nil, fmt.Errorf("svy: column %q has %d rows, the design %d", columns[i].Name, n, c.design.Rows())
		}
		if len(columns[i].Values) > 256 {
			return nil, fmt.Errorf("svy: column %q has %d codes; a coded column has at most 256", columns[i].Name, len(columns[i].Values))
		}
	}
	p := &pass{cells: c, weights: c.design.weights, blocks: c.blocks()}
	if c.rows != nil {
		p.weights = gather(nil, p.weights, c.rows)
	}
	if c.cal == nil {
		return p, nil
	}
	if p.fit = c.design.cal.fit; c.rows != nil {
		p.fit = gather(nil, p.fit, c.rows)
	}
	return p, nil
}

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

// sums makes room for the sums of columns.
func (p *pass) sums(columns ...Column) *Sums {
	s := &Sums{cells: p.cells, vars: make([]varSums, len(columns))}
	for v := range columns {
		s.vars[v] = newVarSums(columns[v].Name, len(p.cells.unit))
	}
	if p.fit != nil {
		s.fit = (&pass{cells: p.cells}).sums(columns...)
	}
	return s
}

// sorted holds the rows of a block brought into the order of cells.
type sorted struct {
	codes  []uint8
	floats []float64
}

func newSorted() *sorted { return new(sorted) }

// sum sums the rows of one block of a column into variable v of some sums.
func (p *pass) sum(col *Column, block int, s *Sums, v int, rows *sorted) {
	c, from, to := p.cells, p.blocks[block], p.blocks[block+1]
	low, high := c.start[from], c.start[to]
	in := span{from: from, start: c.start[from : to+1]}
	if col.Codes == nil {
		in.floats = inOrder(&rows.floats, col.Floats, c.rows, low, high)
	} else {
		in.codes, in.table = inOrder(&rows.codes, col.Codes, c.rows, low, high), col.table()
	}
	in.sum(&s.vars[v], p.weights[low:high])
	if s.fit != nil {
		in.sum(&s.fit.vars[v], p.fit[low:high])
	}
}

// gather copies src in the order of rows, reusing dst.
func gather[T any](dst, src []T, rows []int32) []T {
	dst = grown(dst, len(rows))
	for i, r := range rows {
		dst[i] = src[r]
	}
	return dst
}

// inOrder gives places low…high-1 of a column in the order of cells, copying only where the file is not sorted.
func inOrder[T any](buf *[]T, column []T, rows []int32, low, high int32) []T {
	if rows == nil {
		return column[low:high]
	}
	*buf = gather(*buf, column, rows[low:high])
	return *buf
}

// span is the part of a column that lies in neighbouring cells, in their order: codes with their table, or floats.
type span struct {
	from   int     // first cell
	start  []int32 // place of each cell's first row, and the end of the last cell's; only their distances count
	codes  []uint8
	table  *[256]entry
	floats []float64
}

// sum sums the span by the given weights.
func (p *span) sum(out *varSums, weights []float64) {
	low := p.start[0]
	for i, start := range p.start[1:] {
		a, b := p.start[i]-low, start-low
		if p.codes != nil {
			out.sumCodes(p.from+i, p.table, p.codes[a:b], weights[a:b])
		} else {
			out.sumFloats(p.from+i, p.floats[a:b], weights[a:b])
		}
	}
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

// sumCodes adds the even and the odd rows of a cell apart, which halves the wait for each addition; the order depends
// on the cell alone. Four rows a turn spare the processor three of four checks.
func (v *varSums) sumCodes(cell int, t *[256]entry, codes []uint8, weights []float64) {
	var w0, y0, q0, w1, y1, q1 float64
	var n int64
	weights = weights[:len(codes)]
	i := 0
	for ; i+4 <= len(codes); i += 4 {
		c, w := codes[i:i+4:i+4], weights[i:i+4:i+4]
		a, b := &t[c[0]], &t[c[1]]
		w0 += w[0] * a.ok
		w1 += w[1] * b.ok
		y0 += w[0] * a.y
		y1 += w[1] * b.y
		q0 += w[0] * a.yy
		q1 += w[1] * b.yy
		n += a.n + b.n
		a, b = &t[c[2]], &t[c[3]]
		w0 += w[2] * a.ok
		w1 += w[3] * b.ok
		y0 += w[2] * a.y
		y1 += w[3] * b.y
		q0 += w[2] * a.yy
		q1 += w[3] * b.yy
		n += a.n + b.n
	}
	for ; i < len(codes); i++ {
		a, w := &t[codes[i]], weights[i]
		w0 += w * a.ok
		y0 += w * a.y
		q0 += w * a.yy
		n += a.n
	}
	v.n[cell], v.w[cell], v.wy[cell], v.wyy[cell] = int32(n), w0+w1, y0+y1, q0+q1
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
