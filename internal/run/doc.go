// Package run keeps computations: which inputs, by which code, from which seed, gave which results.
//
// It promises that there is one way from answers to scores, whether a person asks at the console or in the house; that
// a run can be computed again from what it kept, and gives the same bits or a difference that is named cell by cell;
// that what UNDP published, what the province measured and what it says of itself are told apart in the key of every
// run and never stand in one column; and that results bear their error, base, interval with its level, and status.
package run
