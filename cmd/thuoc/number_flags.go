package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"thuoc/internal/fault"
)

// number declares a flag that takes a number from low to high.
func (f *flags) number(name string, preset, low, high float64, means fault.Text) *float64 {
	return &(*f.numbers(name, []float64{preset}, low, high, means))[0]
}

// count declares a flag that takes a whole number from low to high.
func (f *flags) count(name string, preset, low, high int, means fault.Text) *int {
	if f.means[name], f.value[name] = means, fmt.Sprintf("%d…%d", low, high); high == math.MaxInt {
		f.value[name] = "N"
	}
	v := &whole{preset, low, high}
	f.set.Var(v, name, "")
	return &v.value
}

// numbers declares a flag that takes as many numbers, from low to high, as its preset has.
func (f *flags) numbers(name string, preset []float64, low, high float64, means fault.Text) *[]float64 {
	span := formatFloat(low) + "…" + formatFloat(high)
	f.means[name], f.value[name] = means, strings.TrimSuffix(strings.Repeat(span+",", len(preset)), ",")
	v := &numbers{preset, low, high}
	f.set.Var(v, name, "")
	return &v.values
}

func formatFloat(x float64) string {
	if math.IsInf(x, 1) {
		return "∞"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// numbers is a flag.Value of so many numbers in a range.
type numbers struct {
	values    []float64
	low, high float64
}

func (v *numbers) String() string {
	out := make([]string, len(v.values))
	for i, x := range v.values {
		out[i] = formatFloat(x)
	}
	return strings.Join(out, ",")
}

func (v *numbers) Set(s string) error {
	parts := fields(s)
	if len(parts) != len(v.values) {
		return errValue
	}
	read := make([]float64, len(parts))
	for i, part := range parts {
		x, err := strconv.ParseFloat(part, 64)
		if err != nil || !(x >= v.low && x <= v.high) || math.IsInf(x, 0) {
			return errValue
		}
		read[i] = x
	}
	copy(v.values, read)
	return nil
}

// whole is a flag.Value of a whole number in a range.
type whole struct{ value, low, high int }

func (v *whole) String() string { return strconv.Itoa(v.value) }

func (v *whole) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < v.low || n > v.high {
		return errValue
	}
	v.value = n
	return nil
}
