package draw

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

var update = flag.Bool("update", false, "write the golden file anew: only when the format gets another number")

// country is a frame of n units whose weights differ widely.
func country(n, size int) Frame {
	f := Frame{Form: firstForm, ID: "0198f0a0-0000-7000-8000-000000000001", On: clock.MustDate("2026-11-20"), Day: clock.MustDate("2026-11-25"), Size: size,
		Source:  "Giải đặc biệt xổ số kiến thiết miền Bắc",
		Formula: Formula{Base: 2, Terms: []Term{{"late-tasks", 3, 10}, {"open-findings", 5, 6}, {"months", 1, 36}, {"fall", 20, 1}}}}
	for i := range n {
		f.Units = append(f.Units, Unit{ID: fmt.Sprintf("u%05d", i*7919%100_000), Code: fmt.Sprintf("%05d", i), Name: fmt.Sprintf("Xã Mẫu %d", i+1),
			Facts: []int64{int64(i % 13), int64(i * i % 5), int64(i % 41), int64(i / 3 % 2)}})
	}
	return f
}

// secretOf is a secret for tests.
func secretOf(name string) Secret { return sha256.Sum256([]byte(name)) }

// themed is a frame of the last form: of a theme, with a fact that was read from editions.
func themed(n, size int) Frame {
	f := country(n, size)
	f.Form, f.Theme = LastForm, "Các đơn vị giải quyết hồ sơ đất đai"
	f.Bases = []Basis{{"fall", strings.Repeat("0123456789abcdef", 4), "2025", int64(n / 2)}, {Key: "fall"}}
	return f
}

// The golden files fix the forms and the selection for ever: files that were published are held against them.
func TestGolden(t *testing.T) {
	for name, f := range map[string]Frame{"v1.txt": country(20, 5), "v2.txt": themed(20, 5)} {
		t.Run(name, func(t *testing.T) { holdGolden(t, name, New(f, secretOf("golden"), "04719")) })
	}
}

func holdGolden(t *testing.T, name string, p *Proof) {
	golden := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(golden, p.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(p.Bytes())); diff != "" {
		t.Error(diff)
	}
	back, err := Parse(name, want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Error(diff)
	}
	if all := back.Verify(p.Commitment); !Holds(all) {
		t.Error(all)
	}
}

// The draw over all communes of the country comes out the same on every machine.
func TestCountryIsReplayedBitForBit(t *testing.T) {
	p := New(country(3321, 100), secretOf("country"), "882013")
	const want = "41605545"
	if got := hex.EncodeToString(sum(p.Bytes()))[:8]; got != want {
		t.Errorf("the proof's hash begins %s, not %s", got, want)
	}
}

func sum(b []byte) []byte { s := sha256.Sum256(b); return s[:] }

// frames draws small frames.
func frames(t *rapid.T) Frame {
	f := themed(rapid.IntRange(1, 12).Draw(t, "units"), 1)
	if rapid.Bool().Draw(t, "first form") {
		f.Form, f.Theme, f.Bases = firstForm, "", nil
	}
	f.Size = rapid.IntRange(1, len(f.Units)).Draw(t, "size")
	for i := range f.Units {
		f.Units[i].Facts[0] = rapid.Int64Range(0, 20).Draw(t, "fact")
	}
	return f
}

func TestOrderOfTheFrameDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := frames(t)
		g := f
		g.Units = rapid.Permutation(slices.Clone(f.Units)).Draw(t, "order")
		a, b := New(f, secretOf("s"), "12345"), New(g, secretOf("s"), "12345")
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Fatal("another order gives another draw")
		}
		seen := slices.Clone(a.Drawn)
		slices.Sort(seen)
		if len(slices.Compact(seen)) != f.Size {
			t.Fatal("a unit was drawn twice")
		}
	})
}

// Whatever is exchanged after the commitment shows.
func TestNothingChangesAfterTheCommitment(t *testing.T) {
	exchanges := map[string]func(p *Proof){
		"the secret":     func(p *Proof) { p.Secret[31] ^= 1 },
		"a fact":         func(p *Proof) { p.Frame.Units[0].Facts[3] ^= 1 },
		"a name":         func(p *Proof) { p.Frame.Units[0].Name += "x" },
		"a unit":         func(p *Proof) { p.Frame.Units[0].ID += "x" },
		"the formula":    func(p *Proof) { p.Frame.Formula.Base++ },
		"a cap":          func(p *Proof) { p.Frame.Formula.Terms[0].Most++ },
		"the source":     func(p *Proof) { p.Frame.Source += " khác" },
		"the day":        func(p *Proof) { p.Frame.Day = p.Frame.Day.Add(1) },
		"the draw below": func(p *Proof) { p.Frame.Before = strings.Repeat("0", 64) },
		"the theme":      func(p *Proof) { p.Frame.Theme += " khác" },
		"the edition":    func(p *Proof) { p.Frame.Bases[0].Edition = strings.Repeat("0", 64) },
		"what is tested": func(p *Proof) { p.Frame.Bases[0].Tested++ },
		"the public no.": func(p *Proof) { p.Number = "04718" },
		"a weight":       func(p *Proof) { p.Frame.Formula.Terms[3].Each++ },
		"the size":       func(p *Proof) { p.Frame.Size++ },
		"what was drawn": func(p *Proof) { p.Drawn[0], p.Drawn[1] = p.Drawn[1], p.Drawn[0] },
		"the commitment": func(p *Proof) { p.Commitment = strings.Repeat("0", 64) },
	}
	for name, exchange := range exchanges {
		p := New(themed(20, 5), secretOf("golden"), "04719")
		before := p.Commitment
		exchange(p)
		if Holds(p.Verify(before)) {
			t.Errorf("%s was exchanged and the proof holds", name)
		}
		if name != "what was drawn" && name != "the public no." { // and a commitment made to fit is not the published one; the number is looked up
			p.Commitment = Commit(&p.Frame, p.Secret).String()
			q := New(p.Frame, p.Secret, p.Number)
			if name != "the commitment" && Holds(q.Verify(before)) {
				t.Errorf("%s was exchanged, the commitment was made anew, and the proof holds", name)
			}
		}
	}
}

// Another public number gives another draw: who holds the secret cannot know it beforehand.
func TestTheNumberDecides(t *testing.T) {
	seen := map[string]int{}
	for n := range 2000 {
		p := New(country(20, 1), secretOf("golden"), fmt.Sprintf("%05d", n))
		seen[p.Drawn[0]]++
	}
	if len(seen) < 18 {
		t.Errorf("2000 numbers drew only %d of 20 units", len(seen))
	}
}

// exact gives the chances of successive sampling by going through every way.
func exact(weights []int64, size int) []float64 {
	chances := make([]float64, len(weights))
	var walk func(left []int64, taken int, p float64)
	walk = func(left []int64, taken int, p float64) {
		total := int64(0)
		for _, w := range left {
			total += w
		}
		for i, w := range left {
			if w == 0 {
				continue
			}
			q := p * float64(w) / float64(total)
			chances[i] += q
			if taken+1 < size {
				next := slices.Clone(left)
				next[i] = 0
				walk(next, taken+1, q)
			}
		}
	}
	walk(weights, 0, 1)
	return chances
}

// Frequencies of 60,000 draws are those of successive sampling within five standard errors, and the stated chances within
// 0.02 of the exact ones in a frame of eight.
func TestFrequencies(t *testing.T) {
	f := country(8, 3)
	f.Sort()
	want, stated := exact(f.Weights(), 3), f.Chances()
	const rounds = 60_000
	counts := make([]float64, len(f.Units))
	c := Commit(&f, secretOf("frequencies"))
	for n := range rounds {
		for _, pick := range pickFrom(&f, newStream(c, secretOf("frequencies"), fmt.Sprint(10_000+n))) {
			counts[pick.Unit]++
		}
	}
	for i, p := range want {
		if got, se := counts[i]/rounds, math.Sqrt(p*(1-p)/rounds); math.Abs(got-p) > 5*se {
			t.Errorf("unit %d: %.4f of the draws, exactly %.4f ± %.4f", i, got, p, se)
		}
		if math.Abs(stated[i]-p) > 0.02 {
			t.Errorf("unit %d: stated %.4f, exactly %.4f", i, stated[i], p)
		}
	}
}

// In a frame of 120 units the stated chances are within 0.002 of what simulation gives, besides its own error of five
// standard errors.
func TestStatedChances(t *testing.T) {
	f := country(120, 30)
	f.Sort()
	stated := f.Chances()
	const rounds = 20_000
	counts := make([]float64, len(f.Units))
	c, s := Commit(&f, secretOf("chances")), secretOf("chances")
	for n := range rounds {
		for _, pick := range pickFrom(&f, newStream(c, s, fmt.Sprint(10_000+n))) {
			counts[pick.Unit]++
		}
	}
	total := 0.0
	for i, p := range stated {
		total += p
		if got := counts[i] / rounds; math.Abs(got-p) > 0.002+5*math.Sqrt(p*(1-p)/rounds) {
			t.Errorf("unit %d: %.4f of the draws, stated %.4f", i, got, p)
		}
	}
	if math.Abs(total-30) > 1e-6 {
		t.Errorf("the chances add up to %v", total)
	}
}

func TestNumber(t *testing.T) {
	for typed, want := range map[string]string{"04719": "04719", " 04.719 ": "04719", "8F0a-77": "8f0a77", "Số 5": "", "123": "", "": "", "１２３４５": ""} {
		got, err := Number(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is read as %q, %v", typed, got, err)
		}
	}
}

func TestFaultyFrames(t *testing.T) {
	for name, spoil := range map[string]func(f *Frame){
		"twice":         func(f *Frame) { f.Units[1] = f.Units[0] },
		"too many":      func(f *Frame) { f.Size = 21 },
		"none":          func(f *Frame) { f.Size = 0 },
		"a tab":         func(f *Frame) { f.Units[3].Name = "Xã\tMẫu" },
		"no fact":       func(f *Frame) { f.Units[3].Facts = f.Units[3].Facts[:3] },
		"below 0":       func(f *Frame) { f.Units[3].Facts = []int64{0, 0, -1, 0} },
		"nobody's":      func(f *Frame) { f.Formula.Base = 0 },
		"heavy":         func(f *Frame) { f.Formula.Terms[0].Each = MostWeight },
		"day before":    func(f *Frame) { f.Day = f.On.Add(-1) },
		"no source":     func(f *Frame) { f.Source = "" },
		"a term twice":  func(f *Frame) { f.Formula.Terms[1].Key = "late-tasks" },
		"a false chain": func(f *Frame) { f.Before = "abc" },
		"no form":       func(f *Frame) { f.Form = 3 },
		"a theme of v1": func(f *Frame) { f.Form, f.Bases = firstForm, nil },
		"a theme in 2":  func(f *Frame) { f.Theme = "hai\ndòng" },
		"no edition":    func(f *Frame) { f.Bases[0].Edition = "abc" },
		"no such term":  func(f *Frame) { f.Bases[1].Key = "beauty" },
		"over-tested":   func(f *Frame) { f.Bases[0].Tested = 21 },
	} {
		f := themed(20, 5)
		if err := f.Check(); err != nil {
			t.Fatal(err)
		}
		spoil(&f)
		if err := f.Check(); fault.KindOf(err) != fault.Invalid || len(fault.Items(err)) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzParse holds the reader to its promise: whatever comes, it refuses in words or reads what Bytes writes.
func FuzzParse(f *testing.F) {
	f.Add(New(country(4, 2), secretOf("fuzz"), "12345").Bytes())
	whole := New(themed(4, 2), secretOf("fuzz"), "12345").Bytes()
	f.Add(whole)
	f.Add(bytes.ReplaceAll(whole, []byte("\n"), []byte("\r\n")))
	f.Add(whole[:len(whole)/2])
	f.Add(bytes.Replace(whole, []byte("size\t2"), []byte("size\t02"), 1))
	f.Add([]byte(domainOf(LastForm) + "size\t-1\nunit\t\t\t\t\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("f", data)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(p.Bytes(), data) {
			t.Fatal("what was read is not written again")
		}
		p.Verify("")
	})
}

// The program that the description of the format shows agrees with this one: it was written from the description alone.
func TestIndependentProgram(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not here")
	}
	doc, err := os.ReadFile("../../docs/draw-format.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(doc)
	if code == nil {
		t.Fatal("the description has no program")
	}
	dir := t.TempDir()
	for name, n := range map[string]int{"small.txt": 20, "country.txt": 3321} {
		p := New(themed(n, n/5), secretOf(name), "04719")
		file := filepath.Join(dir, name)
		for expect, data := range map[string][]byte{"holds": p.Bytes(), "DOES NOT HOLD": bytes.Replace(p.Bytes(), []byte("public\t04719"), []byte("public\t04718"), 1)} {
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(python, "-c", string(code[1]), file).CombinedOutput()
			if err != nil && expect == "holds" || !strings.Contains(string(out), expect) {
				t.Errorf("%s: want %q, got %v: %s", name, expect, err, out)
			}
		}
	}
}

// Bound: commit, draw and prove 3,321 communes in at most 1 s.
func BenchmarkCountry(b *testing.B) {
	f, s := country(3321, 332), secretOf("bench")
	for b.Loop() {
		New(f, s, "04719").Bytes()
	}
}

// Bound: read and verify the file of 3,321 communes in at most 1 s.
func BenchmarkVerify(b *testing.B) {
	data := New(country(3321, 332), secretOf("bench"), "04719").Bytes()
	for b.Loop() {
		p, err := Parse("f", data)
		if err != nil || !Holds(p.Verify("")) {
			b.Fatal(err)
		}
	}
}
