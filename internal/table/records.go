package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"
)

// Cell is one value for a program to read: a text, a number, or nothing.
type Cell struct {
	text   string
	number bool // text is a number in its shortest exact form
}

// Str makes a text cell. An empty text is an empty string, not nothing, in JSON.
func Str(s string) Cell { return Cell{text: s} }

// Num makes a number cell, with every digit it takes to read the same number back; NaN gives an empty one.
func Num(v float64) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{number: true}
	}
	return Cell{text: strconv.FormatFloat(v, 'f', -1, 64), number: true}
}

// Int makes a cell of a whole number.
func Int(n int) Cell { return Cell{text: strconv.Itoa(n), number: true} }

// Bool makes a cell of true or false.
func Bool(b bool) Cell { return Cell{text: strconv.FormatBool(b), number: true} }

// Known makes a number cell that is empty at 0, where 0 means not known.
func Known(v float64) Cell {
	if v == 0 {
		return None
	}
	return Num(v)
}

// Count makes a cell of a whole number that is empty at 0, where 0 means not known.
func Count(n int) Cell { return Known(float64(n)) }

// None is a cell without a value: empty in CSV, null in JSON.
var None = Cell{number: true}

// Records is a table for programs. Its form is the same in every language: points, no grouping, ISO dates.
type Records struct {
	Header []string
	Rows   [][]Cell // as long as Header
}

// WriteCSV writes the records as CSV with a header (RFC 4180, line feeds, UTF-8 without a mark).
func (r *Records) WriteCSV(w io.Writer) error {
	cw := csv.NewWriter(w)
	if err := cw.Write(r.Header); err != nil {
		return err
	}
	line := make([]string, len(r.Header))
	for _, row := range r.Rows {
		for i, c := range row {
			line[i] = c.text
		}
		if err := cw.Write(line); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// WriteJSON writes the records as an array of objects, one a line, their keys in the order of the header.
func (r *Records) WriteJSON(w io.Writer) error {
	keys := make([][]byte, len(r.Header))
	for i, h := range r.Header {
		keys[i] = append(quote(h), ':')
	}
	var b bytes.Buffer
	b.WriteByte('[')
	for n, row := range r.Rows {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n{")
		for i, c := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(keys[i])
			b.Write(c.json())
		}
		b.WriteByte('}')
	}
	b.WriteString("\n]\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (c Cell) json() []byte {
	switch {
	case !c.number:
		return quote(c.text)
	case c.text == "":
		return []byte("null")
	}
	return []byte(c.text)
}

// quote writes a JSON string with its letters as they are.
func quote(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string cannot fail to encode
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Value gives what the cell holds: nil, a float64, a bool or a string, for files with types of their own.
func (c Cell) Value() any {
	if !c.number {
		return c.text
	}
	if v, err := strconv.ParseFloat(c.text, 64); err == nil {
		return v
	}
	if b, err := strconv.ParseBool(c.text); err == nil {
		return b
	}
	return nil
}
