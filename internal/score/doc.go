// Package score holds index definitions as data and computes scores from figures by them.
//
// It promises that a definition is read strictly (all faults at once, with file and line), that a result carries the
// mark of the weakest node it was built on (exact, published, approximate), and that no approximate figure ever
// enters a printed result. Pure: no I/O, no clock; randomness only by a seed in the arguments.
package score
