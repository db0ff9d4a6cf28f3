package svy_test

import (
	"fmt"

	"thuoc/svy"
)

// Four people stand for a village of 100, half of them women; three were found at home on a farm, where 60 live.
func ExampleDesign_Calibrate() {
	design, err := svy.New(svy.Spec{Weights: []float64{20, 20, 20, 20}})
	if err != nil {
		fmt.Println(err)
		return
	}
	calibrated, err := design.Calibrate(svy.Calibration{
		Method: svy.CalRake,
		Margins: []svy.Margin{
			{Name: "sex", Of: svy.NewFactor([]string{"f", "f", "m", "m"}), Totals: map[string]float64{"f": 50, "m": 50}},
			{Name: "home", Of: svy.NewFactor([]string{"farm", "farm", "farm", "town"}), Totals: map[string]float64{"farm": 60, "town": 40}},
		},
	})
	if err != nil {
		fmt.Println(err) // the level that cannot be met
		return
	}
	for _, step := range calibrated.Trail() {
		fmt.Printf("%-6s %3.0f people, weights %.0f to %.0f, design effect %.2f\n", step.Name, step.Sum, step.Min, step.Max, step.Deff)
	}
	// Output:
	// design  80 people, weights 20 to 20, design effect 1.00
	// scale  100 people, weights 25 to 25, design effect 1.00
	// rake   100 people, weights 10 to 40, design effect 1.18
}
