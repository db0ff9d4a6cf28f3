package cells

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

const magic = "thuoc-cells-1\n"

// Section is the columns of one year.
type Section struct {
	Year    int
	Columns []Column
}

// File is an opened file: its units and where each year lies. It is safe for concurrent use.
type File struct {
	Units []string // a unit's number is its place here

	sources []string
	years   []int
	bodies  [][]byte // one a year, as it lies in the file
}

// Encode writes a file. The same sections give the same bytes.
func Encode(units []string, sections []Section) []byte {
	var sources []string
	for _, s := range sections {
		for _, c := range s.Columns {
			if !slices.Contains(sources, c.Source) {
				sources = append(sources, c.Source)
			}
		}
	}
	out := appendStrings([]byte(magic), units)
	out = appendStrings(out, sources)
	out = binary.AppendUvarint(out, uint64(len(sections)))
	var bodies []byte
	for _, s := range sections {
		body := binary.AppendUvarint(nil, uint64(len(s.Columns)))
		for _, c := range s.Columns {
			body = appendColumn(body, c, slices.Index(sources, c.Source))
		}
		out = binary.AppendUvarint(out, uint64(s.Year))
		out = binary.AppendUvarint(out, uint64(len(body)))
		bodies = append(bodies, body...)
	}
	return append(out, bodies...)
}

func appendStrings(out []byte, list []string) []byte {
	out = binary.AppendUvarint(out, uint64(len(list)))
	for _, s := range list {
		out = appendString(out, s)
	}
	return out
}

func appendString(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

func appendColumn(out []byte, c Column, source int) []byte {
	out = append(out, byte(c.Kind))
	out = appendString(out, c.Code)
	out = binary.AppendUvarint(out, uint64(source))
	out = binary.LittleEndian.AppendUint64(out, c.has)
	out = append(out, c.scale)
	out = binary.AppendVarint(out, c.base)
	out = append(out, c.width)
	return append(out, c.packed...)
}

var errDamaged = errors.New("the file of figures is damaged")

// Open reads a file's directory. The file keeps data and reads from it.
func Open(data []byte) (*File, error) {
	r := reader{rest: data}
	if string(r.take(len(magic))) != magic {
		return nil, fmt.Errorf("%w: it does not begin with %q", errDamaged, magic)
	}
	f := &File{Units: r.strings(), sources: r.strings()}
	var lengths []int
	for range r.count() {
		f.years = append(f.years, r.int())
		lengths = append(lengths, r.int())
	}
	for _, n := range lengths {
		f.bodies = append(f.bodies, r.take(n))
	}
	if r.failed || len(r.rest) > 0 || len(f.Units) > maxUnits || !slices.IsSorted(f.years) {
		return nil, fmt.Errorf("%w: its directory does not fit its length", errDamaged)
	}
	return f, nil
}

// Years lists the years of the file, ascending.
func (f *File) Years() []int { return slices.Clone(f.years) }

// Section reads the columns of a year; a year the file does not have gives none. Numbers stay packed until
// Column.All asks for them.
func (f *File) Section(year int) (Section, error) {
	i, found := slices.BinarySearch(f.years, year)
	if !found {
		return Section{Year: year}, nil
	}
	r := reader{rest: f.bodies[i]}
	s := Section{Year: year}
	for range r.count() {
		s.Columns = append(s.Columns, f.column(&r))
		if r.failed {
			break
		}
	}
	if r.failed || len(r.rest) > 0 {
		return Section{}, fmt.Errorf("%w: its year %d does not fit its length", errDamaged, year)
	}
	return s, nil
}

func (f *File) column(r *reader) Column {
	c := Column{Kind: Kind(r.byte()), Code: r.string()}
	if source := r.int(); source < len(f.sources) {
		c.Source = f.sources[source]
	} else {
		r.failed = true
	}
	if has := r.take(8); has != nil {
		c.has = binary.LittleEndian.Uint64(has)
	}
	c.scale, c.base, c.width = r.byte(), r.varint(), r.byte()
	if c.scale > maxScale || c.width > 53 || c.base <= -maxInteger || c.base >= maxInteger || c.has>>len(f.Units) != 0 {
		r.failed = true
		return c
	}
	c.packed = r.take((c.Len()*int(c.width) + 7) / 8)
	return c
}

// reader takes values off the front of a byte slice; after the first that does not fit it gives zeros and says failed.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if r.failed || n < 0 || n > len(r.rest) {
		r.failed = true
		return nil
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) int() int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > 1<<31 {
		r.failed = true
		return 0
	}
	r.take(n)
	return int(v)
}

// count is an int that no honest file makes larger than the bytes that follow it.
func (r *reader) count() int {
	n := r.int()
	if n > len(r.rest) {
		r.failed = true
		return 0
	}
	return n
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.failed = true
		return 0
	}
	r.take(n)
	return v
}

func (r *reader) string() string { return string(r.take(r.int())) }

func (r *reader) strings() []string {
	var list []string
	for range r.count() {
		list = append(list, r.string())
	}
	return list
}
