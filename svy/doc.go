// Package svy computes design-based survey statistics: estimates with their standard errors, and what follows from
// them (changes, indices, ranks, groups).
//
// It promises that every number comes with its error and its degrees of freedom, that the same input gives the same
// bits on any number of goroutines, and that randomness enters only by a seed in the arguments. Pure: no I/O, no
// clock.
//
// A [Spec] describes the sample and [New] makes a [Design] of it; [Design.Cells] sorts the rows into domains;
// [Cells.Scan] passes once over the [Column]s and makes [Sums], from which everything follows: whole tables by
// [Sums.Estimates], single estimates with their linearised scores by [Sums.Mean] and its kin. A [Linear] is what
// [Design.Var], [Design.Cov], [Combine], [Design.Difference] and [Index] work on. [Merge] puts sums of shards together.
//
// Notation in the comments: stratum h, its designed PSUs i = 1…n_h, sampled fraction f_h = n_h/N_h, row k with weight
// w and value y. Sources are named by author and year; the README lists them and compares with R.
package svy
