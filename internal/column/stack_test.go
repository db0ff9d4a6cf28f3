package column

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestStack: stacking is the same as reading one file that holds the rows of all, whatever the answers' coding.
func TestStack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var texts []string
		all := "psu,w,q\n"
		for range rapid.IntRange(1, 3).Draw(rt, "files") {
			text := ""
			step := rapid.SampledFrom([]float64{1, 0.25, 7.5}).Draw(rt, "step")
			for i := range rapid.IntRange(1, 400).Draw(rt, "rows") {
				answer := fmt.Sprint(step * float64(i))
				if i%11 == 3 {
					answer = ""
				}
				text += fmt.Sprintf("%c,%d,%s\n", 'a'+i%5, 1+i, answer)
			}
			texts = append(texts, "psu,w,q\n"+text)
			all += text
		}
		want := Want{Labels: []string{"psu"}, Numbers: []string{"w"}, Items: []string{"q"}}
		var files []*Data
		for i, text := range texts {
			d, err := Read(strings.NewReader(text), fmt.Sprintf("y%d.csv", i+1), want)
			if err != nil {
				rt.Fatal(err)
			}
			files = append(files, d)
		}
		stacked := Stack(files...)
		whole, err := Read(strings.NewReader(all), "all.csv", want)
		if err != nil {
			rt.Fatal(err)
		}
		q, ok := stacked.Item("q")
		if !ok || stacked.Rows != whole.Rows {
			rt.Fatalf("%d rows of %d, item %v", stacked.Rows, whole.Rows, ok)
		}
		psu, psus := stacked.Labels["psu"], whole.Labels["psu"]
		for row := range whole.Rows {
			a, b := q.At(row), whole.Items[0].At(row)
			if a != b && !(math.IsNaN(a) && math.IsNaN(b)) {
				rt.Errorf("row %d: %g, want %g", row, a, b)
			}
			if psu.Label(psu.Codes[row]) != psus.Label(psus.Codes[row]) || stacked.Numbers["w"][row] != whole.Numbers["w"][row] {
				rt.Errorf("row %d: PSU %s, weight %g", row, psu.Label(psu.Codes[row]), stacked.Numbers["w"][row])
			}
		}
		first, last := files[0].Rows, stacked.Rows-1
		if len(files) > 1 {
			if file, line := stacked.Place(first); file != "y2.csv" || line != 2 {
				rt.Errorf("the first row of the second file is placed at %s:%d", file, line)
			}
		}
		if file, line := stacked.Place(last); file != fmt.Sprintf("y%d.csv", len(files)) || line != files[len(files)-1].Rows+1 {
			rt.Errorf("the last row is placed at %s:%d", file, line)
		}
	})
}

func TestStackFillsWhatAFileLacks(t *testing.T) {
	read := func(text string) *Data {
		d, err := Read(strings.NewReader(text), "f.csv", Want{Items: []string{"q*"}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := Stack(read("q1,q2\n1,2\n"), read("q1,q3\n3,4\n"))
	for name, want := range map[string]string{"q1": "1 3", "q2": "2 NaN", "q3": "NaN 4"} {
		c, ok := d.Item(name)
		if got := fmt.Sprint(c.At(0), c.At(1)); !ok || got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if _, ok := d.Item("q4"); ok {
		t.Error("an item that no file has is found")
	}
}
