package svy_test

import (
	"fmt"

	"thuoc/svy"
)

// panelOf is a small survey: two districts are strata, two wards in each are PSUs; 0/1 answers to two questions.
func panelOf() (*svy.Design, []svy.Column) {
	design, err := svy.New(svy.Spec{
		Weights: []float64{1, 1, 2, 2, 1, 1, 1, 2},
		Stages: []svy.Stage{{
			Units:  svy.NewFactor([]string{"a", "a", "b", "b", "c", "c", "d", "d"}),
			Strata: svy.NewFactor([]string{"E", "E", "E", "E", "W", "W", "W", "W"}),
		}},
	})
	if err != nil {
		panic(err)
	}
	return design, []svy.Column{
		svy.NewColumn("polite", []float64{1, 1, 0, 1, 1, 0, 1, 1}),
		svy.NewColumn("prompt", []float64{1, 0, 0, 1, 1, 0, 0, 1}),
	}
}

// An index of two shares on a scale of 1 to 10. Its error is above what adding the variances of the two would give,
// because who finds the office polite finds it prompt.
func ExampleIndex() {
	scale := [2]float64{1, 10}
	index, err := svy.NewIndex([]svy.IndexNode{
		{Code: "service", Scale: scale, Parts: []int{1, 2}},
		{Code: "polite", Scale: scale, Item: 0, Posts: [2]float64{0, 1}},
		{Code: "prompt", Scale: scale, Item: 1, Posts: [2]float64{0, 1}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	design, columns := panelOf()
	cells, err := design.Cells(svy.Factor{})
	if err != nil {
		fmt.Println(err)
		return
	}
	sums, err := cells.Scan(columns...)
	if err != nil {
		fmt.Println(err)
		return
	}
	scores, err := index.Compute([]svy.Linear{sums.Mean(0, svy.Whole), sums.Mean(1, svy.Whole)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, s := range scores {
		fmt.Printf("%-8s %.2f ± %.2f\n", index.Node(i).Code, s.Value, design.SE(s.Linear))
	}
	// Output:
	// service  6.73 ± 0.95
	// polite   7.55 ± 1.58
	// prompt   5.91 ± 0.38
}

// Bootstrap replicates of the same survey, and the error of a mean from them.
func ExampleDesign_RaoWu() {
	design, columns := panelOf()
	cells, err := design.Cells(svy.Factor{})
	if err != nil {
		fmt.Println(err)
		return
	}
	sums, err := cells.Scan(columns...)
	if err != nil {
		fmt.Println(err)
		return
	}
	replicates, err := design.RaoWu(1000, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, err := replicates.Mean(sums, 0, svy.Whole)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f, linearised SE %.2f, bootstrap SE %.2f\n", mean.Value, design.SE(sums.Mean(0, svy.Whole)), replicates.SE(mean))
	// Output:
	// 0.727, linearised SE 0.18, bootstrap SE 0.18
}
