package score_test

import (
	"math"
	"testing"

	"thuoc/internal/fault"
	"thuoc/internal/score"
)

func TestRecode(t *testing.T) {
	missing := math.NaN()
	for _, c := range []struct {
		text, canonical string
		answers         map[float64]float64
	}{
		{"1,2 -> 1; 3..5 -> 0; 888,999 -> missing; else -> value", "1,2 -> 1; 3..5 -> 0; 888,999 -> missing; else -> value",
			map[float64]float64{1: 1, 2: 1, 3: 0, 4.5: 0, 5: 0, 888: missing, 999: missing, 7: 7, missing: missing}},
		{" 1->0.5 ;; -3 .. -1 -> 2;", "1 -> 0.5; -3..-1 -> 2", map[float64]float64{1: 0.5, -2: 2, 0: missing}},
		{"1..3 -> 1; 2 -> 0", "1..3 -> 1; 2 -> 0", map[float64]float64{2: 1}}, // the first rule that matches holds
		{"else -> missing", "else -> missing", map[float64]float64{1: missing}},
	} {
		r, err := score.ParseRecode(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := r.String(); got != c.canonical {
			t.Errorf("%q: canonical %q, want %q", c.text, got, c.canonical)
		}
		for code, want := range c.answers {
			if got, ok := r.Apply(code); ok == math.IsNaN(want) || ok && got != want {
				t.Errorf("%q: %v gives %v, %v; want %v", c.text, code, got, ok, want)
			}
		}
	}
}

func TestRecodeFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "1: A recode has 1 to 200 rules.",
		"1 => 2":                      `1: The rule "1 => 2" has no arrow.`,
		"1 -> 0; x -> 1":              `8: "x" is neither a code nor a range.`,
		"5..3 -> 0":                   `1: "5..3" is neither a code nor a range.`,
		"1, -> 0":                     `1: "" is neither a code nor a range.`,
		"1 -> yes":                    `1: "yes" is no result of a rule.`,
		"1 -> 1e3":                    `1: "1e3" is no result of a rule.`,
		"else -> 1; 2 -> 3":           "11: A rule after else can never hold.",
		"1,2 -> 1; Đúng -> 0":         `10: "Đúng" is neither a code nor a range.`,
		"1 -> 0; 2 -> 1 -> 2; 3 -> 0": `8: "1 -> 2" is no result of a rule.`,
	} {
		_, err := score.ParseRecode(text)
		items := fault.Items(err)
		if len(items) != 1 {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := items[0]; got.Remedy.Key == "" || want != fault.T("%d: %s", got.Column, got.What).String() {
			t.Errorf("%q: %d: %s; want %s", text, got.Column, got.What, want)
		}
	}
}

// FuzzRecode: a recode either has one fault or reads back from its canonical form to the same answers.
func FuzzRecode(f *testing.F) {
	for _, s := range []string{"1,2 -> 1; 3..5 -> 0; 888,999 -> missing; else -> value", "-1.5..+2 -> -.5", "1 -> ", ";;", "else -> missing"} {
		f.Add(s, 2.0)
	}
	f.Fuzz(func(t *testing.T, text string, code float64) {
		r, err := score.ParseRecode(text)
		if err != nil {
			if len(fault.Items(err)) != 1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := score.ParseRecode(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q becomes %q: %v", text, r, err)
		}
		v, ok := r.Apply(code)
		w, same := again.Apply(code)
		if ok != same || v != w || ok && (math.IsNaN(v) || math.IsInf(v, 0) && !math.IsInf(code, 0)) {
			t.Fatalf("%q: %v gives %v, %v; %q gives %v, %v", text, code, v, ok, r, w, same)
		}
	})
}
