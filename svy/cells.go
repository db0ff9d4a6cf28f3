package svy

import "fmt"

// Cells is the partition of the rows by unit and domain: one cell holds the rows of one unit that lie in one domain.
// Where domains are unions of units it is the list of units; a domain that cuts through units (men, women) has its
// own cell in each, and so has a calibration cell of a calibrated design. Cells are sorted by unit, then by domain.
type Cells struct {
	design *Design
	labels []string  // of the domains, in the order of labels
	unit   []int32   // of each cell
	domain []int32   // of each cell
	cal    []int32   // calibration cell of each cell; nil unless the design is calibrated
	of     [][]int32 // cells of each domain
	byCal  [][]int32 // the same, the whole first, in the order of calibration cells
	rows   []int32   // rows sorted by cell, in file order within a cell; nil when the file is sorted already
	start  []int32   // first place of each cell in rows, and the number of rows at the end
}

// Cells sorts the rows of a design into domains. by names the domain of each row, missing for rows in none; the zero
// Factor makes no domains, only the whole.
func (d *Design) Cells(by Factor) (*Cells, error) {
	if by.Codes != nil && len(by.Codes) != d.Rows() {
		return nil, fmt.Errorf("svy: the domains have %d rows, the design %d", len(by.Codes), d.Rows())
	}
	c := &Cells{design: d}
	domain := c.number(by, d.Rows())
	cell, first := groupRows(d.Rows(), d.leaf, domain)
	if d.cal != nil {
		cell, first = groupRows(d.Rows(), cell, d.cal.cell)
	}
	order := iota32(len(first))
	if domain != nil {
		order = countingSort(order, len(c.labels)+1, func(g int32) int32 { return domain[first[g]] + 1 })
	}
	order = countingSort(order, d.Units(), func(g int32) int32 { return d.leaf[first[g]] })
	place := make([]int32, len(order))
	for to, g := range order {
		place[g] = int32(to)
		c.unit = append(c.unit, d.leaf[first[g]])
		c.domain = append(c.domain, at(domain, first[g]))
		if d.cal != nil {
			c.cal = append(c.cal, d.cal.cell[first[g]])
		}
	}
	c.layRows(cell, place)
	c.index()
	return c, nil
}

// number gives each row its domain in the order of labels, -1 for none; nil when there are no domains.
func (c *Cells) number(by Factor, n int) []int32 {
	if by.Codes == nil {
		return nil
	}
	rank := by.ranks()
	used := make([]bool, len(rank)+1) // by code from -1 on
	for _, code := range by.Codes {
		used[code+1] = true
	}
	inOrder := make([]int32, len(rank)) // codes by rank
	for code, r := range rank {
		inOrder[r] = int32(code)
	}
	place := make([]int32, len(rank)+1)
	place[0] = -1
	for _, code := range inOrder {
		if used[code+1] {
			place[code+1] = int32(len(c.labels))
			c.labels = append(c.labels, by.Label(code))
		}
	}
	out := make([]int32, n)
	for i, code := range by.Codes {
		out[i] = place[code+1]
	}
	return out
}

// layRows makes start, and rows where the file is not sorted by cell.
func (c *Cells) layRows(cell, place []int32) {
	c.start = make([]int32, len(place)+1)
	sorted, last := true, int32(0)
	for _, g := range cell {
		p := place[g]
		c.start[p+1]++
		sorted = sorted && p >= last
		last = p
	}
	for p := range place {
		c.start[p+1] += c.start[p]
	}
	if sorted {
		return
	}
	next := append([]int32(nil), c.start...)
	c.rows = make([]int32, len(cell))
	for i, g := range cell {
		p := place[g]
		c.rows[next[p]] = int32(i)
		next[p]++
	}
}

func (c *Cells) index() {
	c.of = make([][]int32, len(c.labels))
	for i, d := range c.domain {
		if d >= 0 {
			c.of[d] = append(c.of[d], int32(i))
		}
	}
	if c.cal == nil {
		return
	}
	for domain := Whole; domain < len(c.of); domain++ {
		var cells []int32
		c.each(domain, func(cell int32) { cells = append(cells, cell) })
		c.byCal = append(c.byCal, countingSort(cells, c.design.cal.cells(), func(cell int32) int32 { return c.cal[cell] }))
	}
}

// each visits the cells of a domain in their order.
func (c *Cells) each(domain int, do func(cell int32)) {
	if domain != Whole {
		for _, cell := range c.of[domain] {
			do(cell)
		}
		return
	}
	for cell := range int32(len(c.unit)) {
		do(cell)
	}
}

// at reads a column that may be nil, which stands for no domain.
func at(column []int32, row int32) int32 {
	if column == nil {
		return -1
	}
	return column[row]
}

// Design gives the design whose rows the cells hold.
func (c *Cells) Design() *Design { return c.design }

// Domains gives the labels of the domains in their order (numbers by value, then text).
func (c *Cells) Domains() []string { return c.labels }

// Domain finds a domain by its label.
func (c *Cells) Domain(label string) (int, bool) {
	for i, l := range c.labels {
		if l == label {
			return i, true
		}
	}
	return 0, false
}
