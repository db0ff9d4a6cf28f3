package score_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"thuoc/internal/score"
)

// TestDocumentedExample loads the example of docs/index-format.md and meets the numbers printed there.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/index-format.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	text, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the page has no example")
	}
	d, err := score.Load("docs/index-format.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	figures := given("x", map[string]float64{"A1": 0.83, "A2": 1.8, "B1": 92})
	for i, f := range figures {
		figures[i].SE = map[string]float64{"A1": 0.02, "A2": 0.1, "B1": math.NaN()}[f.Code]
	}
	for _, independent := range []bool{false, true} {
		r, err := score.Compute(d, figures, score.Options{Independent: independent})
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]float64{"A": 43.8, "B": 33.6, "S": 77.4} {
			if got := row(t, r, code, "x"); !near(got.Value, want, 1e-12) {
				t.Errorf("%s is %v, the page says %v", code, got.Value, want)
			}
		}
		if got := row(t, r, "S", "x"); got.Group.ID != "fair" || independent != near(got.SE, 1.4151, 5e-5) || !independent != math.IsNaN(got.SE) {
			t.Errorf("%+v", got)
		}
	}
}
