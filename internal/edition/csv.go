package edition

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"thuoc/internal/score"
)

// columns are the header of the two tables of cells, in the order of encode and decode.
var columns = func() (names []string) {
	for _, c := range Columns() {
		names = append(names, c.Name)
	}
	return names
}()

// encode writes cells as CSV: points, no grouping, every digit it takes to read the same number back.
func encode(cells []Cell) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(columns)
	for i := range cells {
		w.Write(record(&cells[i]))
	}
	w.Flush()                     // into memory: nothing can fail
	return bytes.Clone(b.Bytes()) // kept for as long as the edition: without the room the buffer grew by
}

// record writes a cell, column by column.
func record(c *Cell) []string {
	return []string{c.Unit, c.Code, string(c.Status), float(c.Value), float(c.SE), float(c.Lo), float(c.Hi), float(c.Level),
		float(c.PrintedLo), float(c.PrintedHi), whole(c.N), string(c.Mark), whole(c.Group), float(c.Sure), floats(c.Shares),
		whole(c.Rank), whole(c.Of), whole(c.RankLo), whole(c.RankHi), whole(c.Change.Year), float(c.Change.From), float(c.Change.Abs),
		float(c.Change.Rel), float(c.Change.SE), string(c.Change.Verdict), string(c.Change.Five), c.Change.Why, c.Why, c.ErrorWhy, c.Note, c.Source}
}

func float(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func floats(list []float64) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = float(v)
	}
	return strings.Join(parts, " ")
}

func whole(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// decode reads what encode wrote.
func decode(name string, data []byte) (Table, error) {
	t := Table{at: map[string]int{}}
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil || strings.Join(head, " ") != strings.Join(columns, " ") {
		return t, fmt.Errorf("edition: %s has other columns", name)
	}
	t.Cells = make([]Cell, 0, bytes.Count(data, []byte{'\n'}))
	known := map[string]string{}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		} else if err != nil {
			return t, fmt.Errorf("edition: %s: %w", name, err)
		}
		f := fields{rec: rec, known: known}
		c := Cell{Unit: f.text(), Code: f.text(), Status: score.Status(f.text()), Value: f.float(), SE: f.float(), Lo: f.float(), Hi: f.float(),
			Level: f.float(), PrintedLo: f.float(), PrintedHi: f.float(), N: f.int(), Mark: score.Mark(f.text()), Group: f.int(), Sure: f.float(),
			Shares: f.floats(), Rank: f.int(), Of: f.int(), RankLo: f.int(), RankHi: f.int(),
			Change: Change{Year: f.int(), From: f.float(), Abs: f.float(), Rel: f.float(), SE: f.float(), Verdict: score.Verdict(f.text()),
				Five: score.Verdict(f.text()), Why: f.text()},
			Why: f.text(), ErrorWhy: f.text(), Note: f.text(), Source: f.text()}
		if f.err != nil {
			return t, fmt.Errorf("edition: %s: %w", name, f.err)
		}
		t.add(c)
	}
}

// add appends a cell and learns the units and the places of the nodes.
func (t *Table) add(c Cell) {
	if _, seen := t.at[c.Code]; !seen {
		t.at[c.Code] = len(t.Cells)
	}
	if len(t.at) == 1 {
		t.Units = append(t.Units, c.Unit)
	}
	t.Cells = append(t.Cells, c)
}

// fields reads a record from left to right and keeps the first error. A text that came before is not kept twice: a table
// of ten thousand cells has some hundred different words.
type fields struct {
	rec   []string
	i     int
	err   error
	known map[string]string
}

func (f *fields) next() string {
	f.i++
	return f.rec[f.i-1]
}

func (f *fields) text() string {
	s := f.next()
	k, ok := f.known[s]
	if !ok {
		k = strings.Clone(s)
		f.known[k] = k
	}
	return k
}

func (f *fields) float() float64 {
	s := f.next()
	if s == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(s, 64)
	f.keep(err)
	return v
}

func (f *fields) int() int {
	s := f.next()
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	f.keep(err)
	return n
}

func (f *fields) floats() []float64 {
	s := f.next()
	if s == "" {
		return nil
	}
	var out []float64
	for p := range strings.SplitSeq(s, " ") {
		v, err := strconv.ParseFloat(p, 64)
		f.keep(err)
		out = append(out, v)
	}
	return out
}

func (f *fields) keep(err error) {
	if f.err == nil {
		f.err = err
	}
}
