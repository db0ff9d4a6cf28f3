package column

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/fault"
	"thuoc/svy"
)

const small = "id,prov,w,q1,q2,x\n" +
	"1,01,2.5,1,,10.25\n" +
	"2,01,1,888,5,NA\n" +
	"\"3\",\"a, \"\"b\"\"\r\nc\",3,0,7,-1e3\n" +
	"\n" +
	"4,02,4,250,1.5,0\n"

func read(t *testing.T, text string, want Want) *Data {
	t.Helper()
	d, err := Read(strings.NewReader(text), "f.csv", want)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func values(c svy.Column) []float64 {
	var out []float64
	for i := range c.Len() {
		v := c.At(i)
		if math.IsNaN(v) {
			v = -99
		}
		out = append(out, v)
	}
	return out
}

func TestRead(t *testing.T) {
	d := read(t, small, Want{Labels: []string{"prov"}, Numbers: []string{"w"}, Items: []string{"q*", "x"}, Missing: []string{"888"}})
	var labels []string
	for _, c := range d.Labels["prov"].Codes {
		labels = append(labels, d.Labels["prov"].Label(c))
	}
	got := []any{d.Rows, labels, d.Numbers["w"], d.Items[0].Name, values(d.Items[0]), values(d.Items[1]), values(d.Items[2])}
	want := []any{4, []string{"01", "01", "a, \"b\"\r\nc", "02"}, []float64{2.5, 1, 3, 4}, "q1",
		[]float64{1, -99, 0, 250}, []float64{-99, 5, 7, 1.5}, []float64{10.25, -99, -1000, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var lines []int
	for i := range d.Rows {
		lines = append(lines, d.Line(i))
	}
	if diff := cmp.Diff([]int{2, 3, 4, 7}, lines); diff != "" {
		t.Errorf("lines: %s", diff)
	}
}

func TestReadExcel(t *testing.T) {
	d := read(t, "\ufeffsep=;\r\nw;q1\r\n1,5;2\r\n2;\r\n", Want{Numbers: []string{"w"}, Items: []string{"q1"}})
	if diff := cmp.Diff([]float64{1.5, 2}, d.Numbers["w"]); diff != "" {
		t.Error(diff)
	}
	if d.Line(1) != 4 {
		t.Errorf("line %d", d.Line(1))
	}
}

func TestSameColumnTwice(t *testing.T) {
	d := read(t, "sex,w\n1,1\n2,1\n", Want{Labels: []string{"sex"}, Items: []string{"sex"}, Numbers: []string{"w"}})
	if diff := cmp.Diff([]float64{1, 2}, values(d.Items[0])); diff != "" || len(d.Labels["sex"].Levels) != 2 {
		t.Error(diff, d.Labels)
	}
}

func TestFaults(t *testing.T) {
	want := Want{Labels: []string{"prov"}, Numbers: []string{"w"}, Items: []string{"q1"}}
	for _, c := range []struct{ name, text, fault string }{
		{"empty", "", "f.csv: The file is empty."},
		{"blank lines only", "\n\n", "f.csv: The file is empty."},
		{"no rows", "prov,w,q1\n", "f.csv:1: There is no row below the header."},
		{"no column", "prov,w\n1,1\n", "f.csv:1: q1: This column is missing."},
		{"column twice", "prov,w,q1,w\n1,1,1,1\n", "f.csv:1:4: w: This column stands there twice."},
		{"text", "prov,w,q1\n1,1,1\n1,1,yes\n", "f.csv:3:3: q1: “yes” is not a number."},
		{"text in quotes", "prov,w,q1\n1,1,1\n\"1\n2\",1,yes\n", "f.csv:3:3: q1: “yes” is not a number."},
		{"hexadecimal", "prov,w,q1\n1,0x1p3,1\n", "f.csv:2:2: w: “0x1p3” is not a number."},
		{"text as a weight", "prov,w,q1\n1,x,1\n", "or leave the row out"},
		{"infinity", "prov,w,q1\n1,Inf,1\n", "f.csv:2:2: w: “Inf” is not a number."},
		{"no weight", "prov,w,q1\n1,,1\n", "f.csv:2:2: w: The cell is empty."},
		{"no label", "prov,w,q1\n,1,1\n", "f.csv:2:1: prov: The cell is empty."},
		{"short row", "prov,w,q1\n1,1\n1,1,1\n", "f.csv:2: The row has 2 cells, the header has 3."},
		{"long row", "prov,w,q1\n1,1,1,7,8\n", "f.csv:2: The row has 5 cells, the header has 3."},
		{"cut off", "prov,w,q1\n1,1,1\n1,1", "f.csv:3: The file ends inside a row: 2 of 3 cells. It was cut off."},
		{"open quote", "prov,w,q1\n1,1,1\n\"1,1,1\n1,1,1\n", "f.csv:3: A quotation mark is opened and never closed"},
		{"utf-16", "\xff\xfep\x00", "f.csv:1:1: The file is UTF-16"},
	} {
		_, err := Read(strings.NewReader(c.text), "f.csv", want)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fmt.Sprint(err), c.fault) {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, it := range fault.Items(err) {
			if it.Remedy.Key == "" {
				t.Errorf("%s: no remedy", c.name)
			}
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := Read(strings.NewReader("prov,w,q1\n1,a,b\n1,1\n,1,1\n"), "f.csv", Want{Labels: []string{"prov"}, Numbers: []string{"w"}, Items: []string{"q1"}})
	if n := len(fault.Items(err)); n != 4 {
		t.Errorf("%d faults: %v", n, err)
	}
}

// TestBlocks reads a file of many blocks, with quotation marks, blank lines and values that appear late, and compares it
// with the rows it was made of.
func TestBlocks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	text.WriteString("u,w,few,many,late\n")
	var units []string
	var few, many, late []float64
	for i := range 150_000 {
		u, f, m, l := fmt.Sprintf("u%d", i/37), float64(rnd.IntN(5)), math.Round(rnd.Float64()*1e5)/10, float64(i%3)
		if i > 140_000 {
			l = float64(i) / 2
		}
		quote := u
		if i%1000 == 7 {
			u += "\n,"
			quote = `"` + u + `"`
		}
		if i%5000 == 0 {
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "%s,1,%v,%v,%v\n", quote, f, m, l)
		units, few, many, late = append(units, u), append(few, f), append(many, m), append(late, l)
	}
	for _, size := range []int64{0, int64(text.Len())} {
		d := read(t, text.String(), Want{Labels: []string{"u"}, Numbers: []string{"w"}, Items: []string{"few", "many", "late"}, Size: size})
		if d.Rows != len(units) || d.Items[0].Codes == nil || d.Items[1].Floats == nil || d.Items[2].Floats == nil {
			t.Fatalf("%d rows, columns %v", d.Rows, d.Items[0].Codes == nil)
		}
		for i := range units {
			if got := d.Labels["u"].Label(d.Labels["u"].Codes[i]); got != strings.TrimSpace(units[i]) {
				t.Fatalf("row %d: unit %q, not %q", i, got, units[i])
			}
			if d.Items[0].At(i) != few[i] || d.Items[1].At(i) != many[i] || d.Items[2].At(i) != late[i] {
				t.Fatalf("row %d differs", i)
			}
		}
		lines := strings.Split(text.String(), "\n")
		for _, i := range []int{0, 6, 7, 8, 4999, 5000, 99_999, 149_999} {
			if got := lines[d.Line(i)-1]; !strings.HasPrefix(strings.TrimPrefix(got, `"`), fmt.Sprintf("u%d", i/37)) {
				t.Errorf("row %d is not on line %d (%q)", i, d.Line(i), got)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(small)
	f.Add("prov,w,q1\n1,1,1\n\"1,1,1\n")
	f.Add("prov;w;q1\n1;1,5;1e400\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Read(strings.NewReader(text), "f.csv", Want{Labels: []string{"prov"}, Numbers: []string{"w"}, Items: []string{"q*"}})
		if err != nil {
			return
		}
		if len(d.Labels["prov"].Codes) != d.Rows || len(d.Numbers["w"]) != d.Rows {
			t.Errorf("columns of different lengths")
		}
		for i := range d.Items {
			if d.Items[i].Len() != d.Rows {
				t.Errorf("%s has %d rows of %d", d.Items[i].Name, d.Items[i].Len(), d.Rows)
			}
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"0", "-0", "1.5", "123456789012345678", "1e-320", "+7", ".5", "5.", "1,5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseNumber([]byte(s), false)
		slow, okSlow := parseSlow([]byte(strings.TrimSpace(s)), false)
		if ok != okSlow || ok && got != slow {
			t.Errorf("%q = %v %v, strconv has %v %v", s, got, ok, slow, okSlow)
		}
	})
}
