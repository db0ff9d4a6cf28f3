package svy_test

import (
	"fmt"

	"thuoc/svy"
)

// Three places with published scores and standard errors: the first two cannot be told apart.
func ExampleRanking() {
	d, err := svy.Ranking{
		Values: []float64{46.2, 45.9, 40.7},
		Cov:    svy.Diagonal([]float64{0.8, 0.9, 0.8}),
		Seed:   1,
	}.Draw()
	if err != nil {
		fmt.Println(err)
		return
	}
	sets, err := d.Marginal(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for unit, set := range sets {
		fmt.Printf("rank %d, from %d to %d\n", d.Rank(unit), set.Lo, set.Hi)
	}
	fmt.Printf("the first is above the second with probability %.3f\n", d.Above(0, 1))
	// Output:
	// rank 1, from 1 to 2
	// rank 2, from 1 to 2
	// rank 3, from 3 to 3
	// the first is above the second with probability 0.598
}
