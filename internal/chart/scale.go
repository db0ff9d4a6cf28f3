package chart

import "math"

// Scale maps values to positions: Lo at From, Hi at To.
type Scale struct{ Lo, Hi, From, To float64 }

// finite tells a value that can be drawn. What is no number, or beyond any score or count, is no value: it is left out
// of drawings as a missing one is.
func finite(v float64) bool { return math.Abs(v) < 1e15 }

// At gives the position of a value; values outside are held at the ends, no number in the middle.
func (s Scale) At(v float64) float64 {
	if !(s.Hi > s.Lo) || math.IsNaN(v) {
		return (s.From + s.To) / 2
	}
	return s.From + (max(s.Lo, min(s.Hi, v))-s.Lo)/(s.Hi-s.Lo)*(s.To-s.From)
}

// Ticks gives round values within the scale, about n of them: steps of 1, 2 or 5 times a power of ten.
func (s Scale) Ticks(n int) []float64 {
	if !(s.Hi > s.Lo) || n < 1 {
		return nil
	}
	raw := (s.Hi - s.Lo) / float64(n)
	step := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{5, 2} {
		if step*m <= raw {
			step *= m
			break
		}
	}
	var out []float64
	first := math.Ceil(s.Lo/step - 1e-9)
	for i := range 4 * n { // a bound for scales so narrow that adding a step changes nothing
		v := (first + float64(i)) * step
		if v > s.Hi+step*1e-9 || i > 0 && v <= out[i-1] {
			break
		}
		out = append(out, v)
	}
	return out
}

// Span widens the smallest and largest of the values by a share of their distance, so that marks do not sit on the
// edge. Values that are not numbers are passed over; without any, it gives 0 to 1.
func Span(margin float64, values ...float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	switch {
	case lo > hi:
		return 0, 1
	case lo == hi:
		return lo - 0.5, hi + 0.5
	}
	return lo - (hi-lo)*margin, hi + (hi-lo)*margin
}
