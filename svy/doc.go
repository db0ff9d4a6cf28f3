// Package svy computes design-based survey statistics: estimates with their standard errors, and what follows from
// them (changes, ranks, groups).
//
// It promises that every number comes with its error and its degrees of freedom, that the same input gives the same
// bits on any number of goroutines, and that randomness enters only by a seed in the arguments. Pure: no I/O, no
// clock.
package svy
