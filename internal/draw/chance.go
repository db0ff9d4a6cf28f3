package draw

import "math"

// Chances gives each unit's probability of being among those drawn, in the order of the frame. With one draw, and when
// all are drawn, they are exact. Otherwise successive sampling has no closed form, and they are Rosén's approximation,
// 1 − exp(−w·t) with t such that they add up to the number drawn (B. Rosén, Annals of Mathematical Statistics 43, 1972,
// 373–397). In frames of 8 it is within 0.02 of the exact chance; in a frame of 120 no difference beyond 0.002 was seen
// that 20,000 simulated draws would not show by chance, which is up to 0.02 (both tested). They say how likely a unit was; the draw itself does not use them.
func (f *Frame) Chances() []float64 {
	weights := f.Weights()
	chances := make([]float64, len(weights))
	sum := 0.0
	for _, w := range weights {
		sum += float64(w)
	}
	switch {
	case f.Size >= len(weights):
		for i := range chances {
			chances[i] = 1
		}
		return chances
	case f.Size == 1:
		for i, w := range weights {
			chances[i] = float64(w) / sum
		}
		return chances
	}
	expected := func(t float64) (total float64) {
		for i, w := range weights {
			chances[i] = -math.Expm1(-float64(w) * t)
			total += chances[i]
		}
		return total
	}
	low, high := 0.0, 1/sum
	for expected(high) < float64(f.Size) {
		low, high = high, 2*high
	}
	for range 60 { // halves the span to the last bit
		if t := (low + high) / 2; expected(t) < float64(f.Size) {
			low = t
		} else {
			high = t
		}
	}
	expected(high)
	return chances
}
