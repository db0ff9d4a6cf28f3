package cells

import (
	"fmt"
	"iter"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Kind says what the numbers of a column are.
type Kind byte

// The kinds of columns.
const (
	Value       Kind = 'v' // the figure itself
	SE          Kind = 's' // its standard error
	Variance    Kind = 'q' // its variance, where the publisher gave that instead
	Lo          Kind = 'l' // the printed lower limit of its interval
	Hi          Kind = 'h' // the printed upper limit
	Level       Kind = 'c' // the coverage the interval truly has
	Respondents Kind = 'n' // people interviewed in the unit
	Group       Kind = 'g' // the printed group, 1 the highest
)

const (
	maxUnits   = 64      // the bits of Column.has
	maxScale   = 22      // 10^22 is the largest power of ten that is an exact float64
	maxInteger = 1 << 53 // integers below are exact float64 values
)

// Column is one kind of number of one code for every unit that has it.
type Column struct {
	Kind   Kind
	Code   string
	Source string

	has    uint64
	scale  uint8
	base   int64
	width  uint8
	packed []byte
}

// Pack makes a column from decimal texts: texts[i] belongs to unit i, and an empty text means that the unit has no
// cell. It fails on a text that is not a decimal and on one too long to be held exactly.
func Pack(kind Kind, code, source string, texts []string) (Column, error) {
	c := Column{Kind: kind, Code: code, Source: source}
	if len(texts) > maxUnits {
		return c, fmt.Errorf("column %s: %d units; a column holds %d", code, len(texts), maxUnits)
	}
	var read []decimal
	for i, text := range texts {
		if text == "" {
			continue
		}
		d, err := parseDecimal(text)
		if err != nil {
			return c, fmt.Errorf("column %s, unit %d: %w", code, i, err)
		}
		read = append(read, d)
		c.has |= 1 << i
		c.scale = max(c.scale, d.scale)
	}
	ints, err := align(read, c.scale)
	if err != nil {
		return c, fmt.Errorf("column %s: %w", code, err)
	}
	if len(ints) > 0 {
		c.base = slices.Min(ints)
		c.width = uint8(bits.Len64(uint64(slices.Max(ints) - c.base)))
		c.packed = pack(ints, c.base, c.width)
	}
	return c, nil
}

// align brings decimals to one scale.
func align(ds []decimal, scale uint8) ([]int64, error) {
	ints := make([]int64, len(ds))
	for i, d := range ds {
		ints[i] = d.integer
		for range scale - d.scale {
			if ints[i] *= 10; ints[i] <= -maxInteger || ints[i] >= maxInteger {
				return nil, fmt.Errorf("%d/10^%d with %d decimals is too long to be exact", d.integer, d.scale, scale)
			}
		}
	}
	return ints, nil
}

func pack(ints []int64, base int64, width uint8) []byte {
	packed := make([]byte, (len(ints)*int(width)+7)/8)
	for i, v := range ints {
		for b := range int(width) {
			if uint64(v-base)>>b&1 == 1 {
				at := i*int(width) + b
				packed[at/8] |= 1 << (at % 8)
			}
		}
	}
	return packed
}

// Len is the number of cells.
func (c Column) Len() int { return bits.OnesCount64(c.has) }

// Has tells whether a unit has a cell.
func (c Column) Has(unit int) bool { return c.has>>unit&1 == 1 }

// Rank is the number of cells before a unit's own: its place in All.
func (c Column) Rank(unit int) int { return bits.OnesCount64(c.has & (1<<unit - 1)) }

// All yields every cell with the number of its unit, in the order of the units.
func (c Column) All() iter.Seq2[int, float64] {
	return func(yield func(int, float64) bool) {
		power := math.Pow10(int(c.scale))
		rank := 0
		for rest := c.has; rest != 0; rest &= rest - 1 {
			integer := c.base + int64(c.bitsAt(rank*int(c.width)))
			if !yield(bits.TrailingZeros64(rest), float64(integer)/power) {
				return
			}
			rank++
		}
	}
}

// bitsAt reads one packed integer that starts at a bit.
func (c Column) bitsAt(start int) uint64 {
	var v uint64
	for got := 0; got < int(c.width); {
		at := start + got
		v |= uint64(c.packed[at/8]) >> (at % 8) << got
		got += 8 - at%8
	}
	return v & (1<<c.width - 1)
}

// decimal is an integer divided by a power of ten, without superfluous decimals.
type decimal struct {
	integer int64
	scale   uint8
}

// parseDecimal reads "-0.0509", "7" or "2.015616e-05".
func parseDecimal(text string) (decimal, error) {
	plain, exponent, scientific := strings.Cut(text, "e")
	whole, fraction, _ := strings.Cut(plain, ".")
	scale := len(fraction)
	if scientific {
		e, err := strconv.Atoi(exponent)
		if err != nil || e > 0 {
			return decimal{}, fmt.Errorf("%q is not a decimal", text)
		}
		scale -= e
	}
	integer, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		return decimal{}, fmt.Errorf("%q is not a decimal", text)
	}
	for scale > 0 && integer%10 == 0 {
		integer, scale = integer/10, scale-1
	}
	if scale > maxScale || integer <= -maxInteger || integer >= maxInteger {
		return decimal{}, fmt.Errorf("%q is too long to be exact", text)
	}
	return decimal{integer, uint8(scale)}, nil
}
