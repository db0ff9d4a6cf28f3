package svy_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"thuoc/svy"
)

// Eight people in four villages of two districts, asked whether they were told what a permit costs. Districts are the
// strata, villages the PSUs; one person did not answer.
func Example() {
	district := svy.NewFactor([]string{"A", "A", "A", "A", "B", "B", "B", "B"})
	village := svy.NewFactor([]string{"1", "1", "2", "2", "3", "3", "4", "4"})
	sex := svy.NewFactor([]string{"f", "m", "f", "m", "f", "m", "f", "m"})
	told := svy.Column{Name: "told", Codes: []uint8{1, 0, 1, 1, 0, 0, 1, 2}, Values: []float64{0, 1, math.NaN()}}

	design, err := svy.New(svy.Spec{
		Weights: []float64{10, 10, 20, 20, 15, 15, 15, 15},
		Stages:  []svy.Stage{{Units: village, Strata: district}},
	})
	if err != nil {
		fmt.Println(err) // every fault at once, lonely PSUs with a proposal
		return
	}
	cells, err := design.Cells(sex) // the domains, which may cut through PSUs
	if err != nil {
		fmt.Println(err)
		return
	}
	sums, err := cells.Scan(told) // one pass; all below follows from the sums
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range sums.Estimates(svy.StatProportion, svy.Method{Interval: svy.Beta}) {
		who := "all"
		if e.Domain != svy.Whole {
			who = cells.Domains()[e.Domain]
		}
		fmt.Printf("%-3s %d answers  %.3f ± %.3f  [%.3f, %.3f]  %g df\n", who, e.N, e.Value, e.SE, e.Lo, e.Hi, e.DF)
	}
	f, m := sums.Mean(0, 0), sums.Mean(0, 1)
	gap := design.Difference(f, m, design.DF(), svy.Method{})
	fmt.Printf("women less men %+.3f ± %.3f, p = %.2f; without their covariance ± %.3f\n",
		gap.Value, gap.SE, gap.P, math.Hypot(design.SE(f), design.SE(m)))
	// Output:
	// all 7 answers  0.619 ± 0.286  [0.001, 1.000]  2 df
	// f   4 answers  0.750 ± 0.253  [0.034, 1.000]  2 df
	// m   3 answers  0.444 ± 0.376  [0.004, 0.987]  2 df
	// women less men +0.306 ± 0.321, p = 0.44; without their covariance ± 0.454
}

// TestReadmeShowsTheExample: the code and the output in the README are the ones that run here.
func TestReadmeShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "func Example() {\n")
	code, output, _ := strings.Cut(body, "\t// Output:\n")
	output, _, _ = strings.Cut(output, "}\n")
	for name, want := range map[string]string{"code": unindent(code, "\t"), "output": unindent(output, "\t// ")} {
		if !strings.Contains(string(readme), "\n"+want+"```") {
			t.Errorf("README.md does not show the %s:\n%s", name, want)
		}
	}
}

func unindent(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, prefix))
	}
	return b.String()
}
