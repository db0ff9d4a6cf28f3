package column

import (
	"bytes"
	"math"

	"thuoc/internal/fault"
)

// block is the parsed form of a piece of the file.
type block struct {
	rows, lines int
	anchors     []anchor // relative: line of row is row + shift, counted in the block from 1
	faults      []fault.Item
	items       []answers
	labels      []*labels
	numbers     [][]float64
}

func (r *reader) newBlock() *block {
	b := &block{items: make([]answers, len(r.items)), numbers: make([][]float64, len(r.numbers))}
	for range r.labels {
		b.labels = append(b.labels, newLabels())
	}
	return b
}

// reset empties a block for its next use; columns known to be wide start wide.
func (b *block) reset() {
	b.rows, b.lines, b.anchors, b.faults = 0, 0, b.anchors[:0], nil
	for i := range b.items {
		b.items[i].reset(b.items[i].wide)
	}
	for i := range b.labels {
		b.labels[i].reset()
	}
	for i := range b.numbers {
		b.numbers[i] = b.numbers[i][:0]
	}
}

// parser turns the text of a block into columns.
type parser struct {
	*reader
	out *block
}

func (p *parser) parse(text []byte) {
	quotes := bytes.IndexByte(text, '"') >= 0
	shift := 1
	p.out.anchors = append(p.out.anchors, anchor{0, 1})
	for len(text) > 0 {
		if s := p.out.lines + 1 - p.out.rows; s != shift {
			shift = s
			p.out.anchors = append(p.out.anchors, anchor{p.out.rows, s})
		}
		end := lineEnd(text)
		line := text[:end]
		if quotes && bytes.IndexByte(line, '"') >= 0 {
			text = p.quoted(text)
			continue
		}
		text = text[end:]
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		p.out.lines++
		if len(line) > 0 {
			p.row(line, len(text) == 0)
		}
	}
}

// row parses a row without quotation marks.
func (p *parser) row(line []byte, last bool) {
	col, from := 0, 0
	plans, separator := p.plan, p.separator
	for col < len(plans) {
		end := from
		for end < len(line) && line[end] != separator {
			end++
		}
		pl := &plans[col]
		if pl.what == asItem && end == from+1 && line[from]-'0' <= 9 && pl.then == nil && !p.first[line[from]] {
			if a := &p.out.items[pl.at]; !a.wide {
				a.codes = append(a.codes, line[from]-'0')
			} else {
				a.floats = append(a.floats, float64(line[from]-'0'))
			}
		} else if pl.what != skip {
			p.cell(pl, col, line[from:end])
		}
		col++
		if from = end + 1; end == len(line) {
			break
		}
	}
	if from <= len(line) {
		col += bytes.Count(line[from:], []byte{separator}) + 1
	}
	p.endRow(col, last)
}

// quoted parses a row with quotation marks and gives what follows it.
func (p *parser) quoted(text []byte) []byte {
	cells := 0
	p.out.lines++
	rest, ok := p.quotedRow(text, func(i int, cell []byte) {
		if cells++; i < len(p.plan) && p.plan[i].what != skip {
			p.cell(&p.plan[i], i, cell)
		}
	})
	if !ok {
		it := p.openQuote()
		it.Line = p.out.lines
		p.out.faults = append(p.out.faults, it)
		return nil
	}
	p.endRow(cells, len(rest) == 0)
	p.out.lines += max(1, bytes.Count(text[:len(text)-len(rest)], []byte("\n"))) - 1
	return rest
}

// quotedRow cuts a row by the rules of RFC 4180; false when a quotation mark stays open.
func (p *parser) quotedRow(text []byte, do func(i int, cell []byte)) (rest []byte, ok bool) {
	for i := 0; ; i++ {
		var cell []byte
		end := 0
		if len(text) > 0 && text[0] == '"' {
			end = 1
			for {
				k := bytes.IndexByte(text[end:], '"')
				if k < 0 {
					return nil, false
				}
				cell = append(cell, text[end:end+k]...)
				if end += k + 1; end == len(text) || text[end] != '"' {
					break
				}
				cell = append(cell, '"')
				end++
			}
		}
		from := end
		for end < len(text) && text[end] != p.separator && text[end] != '\n' {
			end++
		}
		cell = append(cell, bytes.TrimSuffix(text[from:end], []byte("\r"))...)
		do(i, cell)
		if end == len(text) {
			return nil, true
		}
		text, from = text[end+1:], int(text[end])
		if from == '\n' {
			return text, true
		}
	}
}

func (p *parser) openQuote() fault.Item {
	return fault.Item{
		What:   fault.T("A quotation mark is opened and never closed; the rest of the file cannot be read."),
		Remedy: fault.T("Close the quotation mark, or export the file again if it was cut off."),
	}
}

// endRow judges the number of cells of a row.
func (p *parser) endRow(cells int, last bool) {
	p.out.rows++
	if cells == len(p.plan) {
		return
	}
	it := fault.Item{Line: p.out.lines, What: fault.T("The row has %d cells, the header has %d.", cells, len(p.plan)),
		Remedy: fault.T("Give every row the cells of the header; put a cell that holds “%c” in quotation marks.", rune(p.separator))}
	if last && cells < len(p.plan) {
		it.What = fault.T("The file ends inside a row: %d of %d cells. It was cut off.", cells, len(p.plan))
		it.Remedy = fault.T("Copy or export the file again.")
	}
	p.out.faults = append(p.out.faults, it)
}

// cell gives a cell to the columns that want it.
func (p *parser) cell(pl *plan, col int, cell []byte) {
	for ; pl != nil; pl = pl.then {
		switch pl.what {
		case asItem:
			p.answer(pl.at, col, cell)
		case asLabel:
			p.label(pl.at, col, cell)
		case asNumber:
			v, ok := parseNumber(cell, p.comma)
			if !ok {
				p.bad(p.numberNames[pl.at], col, cell, fault.T("Write a number such as 43.96, or leave the row out."))
			}
			p.out.numbers[pl.at] = append(p.out.numbers[pl.at], v)
		}
	}
}

func (p *parser) answer(at, col int, cell []byte) {
	if p.isMissing(cell) {
		p.out.items[at].add(math.NaN())
		return
	}
	v, ok := parseNumber(cell, p.comma)
	if !ok {
		p.bad(p.itemNames[at], col, cell, fault.T("Write a number such as 43.96, or name the text a missing answer (--missing)."))
	}
	p.out.items[at].add(v)
}

func (p *parser) label(at, col int, cell []byte) {
	cell = bytes.TrimSpace(cell)
	if p.mayMiss[at] {
		if p.isMissing(cell) {
			cell = nil
		}
	} else if len(cell) == 0 {
		p.bad(p.labelNames[at], col, cell, fault.Text{})
	}
	p.out.labels[at].add(cell)
}

func (p *parser) isMissing(cell []byte) bool {
	cell = bytes.TrimSpace(cell)
	if len(cell) == 0 {
		return true
	}
	if !p.first[cell[0]] {
		return false
	}
	for _, t := range p.tokens {
		if bytes.Equal(cell, t) {
			return true
		}
	}
	return false
}

// bad reports a cell that is empty, or is no number and has a remedy for that. A block reports to the bound only.
func (p *parser) bad(name string, col int, cell []byte, remedy fault.Text) {
	if len(p.out.faults) >= maxFaults {
		return
	}
	it := fault.Item{Line: p.out.lines, Column: col + 1, Field: name}
	if len(bytes.TrimSpace(cell)) == 0 {
		it.What, it.Remedy = fault.T("The cell is empty."), fault.T("Fill it in, or remove the row.")
	} else {
		it.What, it.Remedy = fault.T("“%s” is not a number.", clip(cell)), remedy
	}
	p.out.faults = append(p.out.faults, it)
}

// clip shortens a cell for a message.
func clip(cell []byte) string {
	const most = 40
	if r := []rune(string(cell)); len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(cell)
}
