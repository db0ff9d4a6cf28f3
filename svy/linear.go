package svy

// Linear is an estimate with its linearised scores, one a unit of the design: what a variance, a covariance, a
// contrast or an index is made of. Two estimates of one design, from whatever items, domains or waves, have the
// covariance of their scores (statistics: Woodruff 1971; Binder 1983).
type Linear struct {
	Value float64 // NaN when nobody answered
	N     int     // answers
	SumW  float64 // their weights
	Unit  []int32 // units with answers, ascending
	Z     []float64
}
