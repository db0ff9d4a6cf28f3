package column

import (
	"math"

	"thuoc/svy"
)

// Codes of an answer column while it is read: whole numbers below ints are their own codes, the codes from there on
// stand for other values in order of appearance, and the last is "no answer".
const (
	ints    = 200
	missing = 255
)

// answers is a column of answers, or a block of one. It is coded until it has too many different values.
type answers struct {
	codes  []uint8
	other  []float64 // value of the codes from ints on
	floats []float64 // used once wide
	wide   bool
}

// add takes one answer; NaN is none.
func (a *answers) add(v float64) {
	if a.wide {
		a.floats = append(a.floats, v)
		return
	}
	if code, ok := a.code(v); ok {
		a.codes = append(a.codes, code)
		return
	}
	a.widen(max(cap(a.codes), len(a.codes)+1))
	a.floats = append(a.floats, v)
}

// code finds or makes the code of a value; none is left when there are too many.
func (a *answers) code(v float64) (uint8, bool) {
	if v != v {
		return missing, true
	}
	if n := int(v); v >= 0 && v < ints && float64(n) == v {
		return uint8(n), true
	}
	for i, o := range a.other {
		if o == v {
			return uint8(ints + i), true
		}
	}
	if len(a.other) == missing-ints {
		return 0, false
	}
	a.other = append(a.other, v)
	return uint8(ints + len(a.other) - 1), true
}

func (a *answers) value(code uint8) float64 {
	switch {
	case code < ints:
		return float64(code)
	case code == missing || int(code)-ints >= len(a.other):
		return math.NaN()
	}
	return a.other[code-ints]
}

// widen turns codes into numbers.
func (a *answers) widen(room int) {
	a.floats = make([]float64, len(a.codes), room)
	for i, c := range a.codes {
		a.floats[i] = a.value(c)
	}
	a.codes, a.wide = nil, true
}

// take appends a block.
func (a *answers) take(b *answers, room int) {
	if !a.wide && !b.wide && !a.takeCodes(b) {
		a.widen(room)
	}
	switch {
	case a.wide && b.wide:
		a.floats = append(a.floats, b.floats...)
	case a.wide:
		for _, c := range b.codes {
			a.floats = append(a.floats, b.value(c))
		}
	case b.wide:
		a.widen(room)
		a.floats = append(a.floats, b.floats...)
	}
}

// takeCodes appends a coded block, translating its own codes; false when there are too many values together.
func (a *answers) takeCodes(b *answers) bool {
	if len(b.other) == 0 {
		a.codes = append(a.codes, b.codes...)
		return true
	}
	var to [256]uint8
	for i := range to {
		to[i] = uint8(i)
	}
	for i, v := range b.other {
		code, ok := a.code(v)
		if !ok {
			return false
		}
		to[ints+i] = code
	}
	for _, c := range b.codes {
		a.codes = append(a.codes, to[c])
	}
	return true
}

func (a *answers) reset(wide bool) {
	a.codes, a.other, a.floats, a.wide = a.codes[:0], a.other[:0], a.floats[:0], wide
}

// column hands the answers over. Codes without a value are taken for missing.
func (a *answers) column(name string) svy.Column {
	if a.wide {
		return svy.Column{Name: name, Floats: a.floats}
	}
	values := make([]float64, 256)
	for i := range values {
		values[i] = a.value(uint8(i))
	}
	return svy.Column{Name: name, Codes: a.codes, Values: values}
}

// labels is a column of labels, or a block of one.
type labels struct {
	codes  []int32
	levels []string
	place  map[string]int32
	last   []byte // the label before, and its code: units stand together
	code   int32
}

func newLabels() *labels { return &labels{place: map[string]int32{}, code: -1} }

func (l *labels) add(cell []byte) {
	if len(l.codes) > 0 && string(l.last) == string(cell) {
		l.codes = append(l.codes, l.code)
		return
	}
	l.last = append(l.last[:0], cell...)
	l.code = -1
	if len(cell) > 0 {
		code, ok := l.place[string(cell)]
		if !ok {
			code = int32(len(l.levels))
			l.levels = append(l.levels, string(cell))
			l.place[l.levels[code]] = code
		}
		l.code = code
	}
	l.codes = append(l.codes, l.code)
}

// take appends a block.
func (l *labels) take(b *labels) {
	to := make([]int32, len(b.levels))
	for i, s := range b.levels {
		code, ok := l.place[s]
		if !ok {
			code = int32(len(l.levels))
			l.levels = append(l.levels, s)
			l.place[s] = code
		}
		to[i] = code
	}
	for _, c := range b.codes {
		if c >= 0 {
			c = to[c]
		}
		l.codes = append(l.codes, c)
	}
}

func (l *labels) reset() {
	l.codes, l.levels, l.last, l.code = l.codes[:0], l.levels[:0], l.last[:0], -1
	clear(l.place)
}
