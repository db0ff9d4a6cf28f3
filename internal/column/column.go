// Package column reads large CSV files of answers into the columns of package svy.
//
// It promises one pass over a stream of any size that keeps only the columns asked for, answers in one byte a cell
// where they have few different values; the same columns on any number of goroutines; and that a file is judged
// whole: every fault (to a bound) with file, line, column and remedy, and nothing from a faulty file. Pure: it takes a
// reader, never a path.
package column

import (
	"fmt"
	"io"
	"path"
	"slices"
	"sort"

	"thuoc/internal/fault"
	"thuoc/svy"
)

// Want names the columns to read.
type Want struct {
	Labels  []string // as factors: strata, units, domains
	Numbers []string // as numbers, every cell filled: weights, population sizes
	Items   []string // as variables; a name or a pattern such as q* (path.Match)
	// Missing are tokens that mean "no answer" in Items and in the labels of Domains, compared as text; the empty cell
	// and NA always do.
	Missing []string
	Domains []string // labels that may be missing
	// Size is the length of the stream in bytes where it is known: it saves memory while the columns grow.
	Size int64
	// Progress is called with the number of bytes read, now and then, from one goroutine. It may be nil.
	Progress func(bytes int64)
}

// Data are the columns of one file.
type Data struct {
	File    string
	Rows    int
	Labels  map[string]svy.Factor
	Numbers map[string][]float64
	Items   []svy.Column // in the order asked for; those of a pattern in the order of the file
	lines   []anchor
	parts   []part // of stacked data
}

// anchor says that from a row on, a row's line is row + shift.
type anchor struct{ row, shift int }

// Line gives the 1-based line of the file on which a row begins.
func (d *Data) Line(row int) int {
	i := sort.Search(len(d.lines), func(i int) bool { return d.lines[i].row > row })
	if i == 0 {
		return row + 2
	}
	return row + d.lines[i-1].shift
}

// Read reads a file. The error carries every fault of the content, to a bound, or is that of the stream.
func Read(r io.Reader, file string, want Want) (*Data, error) {
	rd := &reader{in: r, want: want, data: &Data{File: file, Labels: map[string]svy.Factor{}, Numbers: map[string][]float64{}}}
	if err := rd.header(); err != nil {
		return nil, err
	}
	if err := rd.body(); err != nil {
		return nil, err
	}
	if rd.data.Rows == 0 && len(rd.faults) == 0 {
		rd.fault(fault.Item{Line: rd.line, What: fault.T("There is no row below the header."), Remedy: fault.T("Export the table again, with its rows.")})
	}
	if err := fault.Batch(rd.faults); err != nil {
		return nil, err
	}
	rd.finish()
	return rd.data, nil
}

// plan says what to do with the cells of one column of the file.
type plan struct {
	what use
	at   int   // place among the sinks of its kind
	then *plan // a second use of the same column
}

type use uint8

const (
	skip use = iota
	asItem
	asLabel
	asNumber
)

// plans matches the header against the columns wanted.
func (r *reader) plans(header []string) {
	place := map[string]int{}
	for i, name := range header {
		if _, twice := place[name]; twice {
			r.fault(fault.Item{Line: r.line, Column: i + 1, Field: name, What: fault.T("This column stands there twice."), Remedy: fault.T("Keep one of the two columns.")})
			continue
		}
		place[name] = i
	}
	r.plan = make([]plan, len(header))
	add := func(name string, what use, at int) {
		i, ok := place[name]
		if !ok {
			r.fault(fault.Item{Line: r.line, Field: name, What: fault.T("This column is missing."), Remedy: fault.T("Name a column of the header. The columns are: %s.", some(header))})
			return
		}
		if p := &r.plan[i]; p.what != skip {
			p.then = &plan{what, at, p.then}
		} else {
			*p = plan{what: what, at: at}
		}
	}
	for _, name := range r.want.Labels {
		add(name, asLabel, r.addLabel(name))
	}
	for _, name := range r.want.Numbers {
		add(name, asNumber, r.addNumber(name))
	}
	for _, name := range r.expand(header) {
		add(name, asItem, r.addItem(name))
	}
}

// expand lists the items of the patterns; a pattern takes no column that is wanted as a label or a number. A name stands for
// itself even if it looks like a pattern.
func (r *reader) expand(header []string) []string {
	var out []string
	for _, pattern := range r.want.Items {
		if slices.Contains(header, pattern) {
			out = append(out, pattern)
			continue
		}
		n := len(out)
		for _, name := range header {
			ok, _ := path.Match(pattern, name)
			if ok && !slices.Contains(r.want.Labels, name) && !slices.Contains(r.want.Numbers, name) {
				out = append(out, name)
			}
		}
		if len(out) == n {
			out = append(out, pattern) // faulted as a missing column
		}
	}
	return dedup(out)
}

// dedup keeps the first of equal names.
func dedup(names []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

// some lists names, to a bound that a screen bears.
func some(names []string) string {
	const most = 40
	text := ""
	for i, n := range names {
		if i == most {
			return text + fmt.Sprintf(", … (%d)", len(names))
		}
		if i > 0 {
			text += ", "
		}
		text += n
	}
	return text
}

// maxFaults bounds the list of a file in which every row is wrong.
const maxFaults = 100

func (r *reader) fault(it fault.Item) {
	if len(r.faults) < maxFaults {
		it.File = r.data.File
		r.faults = append(r.faults, it)
	}
}
