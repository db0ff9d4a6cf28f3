package edition

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thuoc/internal/fault"
	"thuoc/internal/score"
)

var made = Made{By: "test", Code: "test"}

func content(t *testing.T, year int) *Content {
	t.Helper()
	e, err := Build(year, made)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Content()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSameInputSameName: the name of an edition is a function of what is in it, and of nothing else.
func TestSameInputSameName(t *testing.T) {
	a, err := Build(2022, made)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build(2022, made)
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != b.ID {
		t.Errorf("two builds of 2022 are %s and %s", a.ID, b.ID)
	}
	other, err := Build(2022, Made{By: "test", Code: "other"})
	if err != nil {
		t.Fatal(err)
	}
	if other.ID == a.ID {
		t.Error("another version of the code gives the same name")
	}
}

// TestFlippedBitIsNamed flips one bit of every file in turn: each time the edition is refused and that file named.
func TestFlippedBitIsNamed(t *testing.T) {
	e, err := Build(2024, made)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Manifest.Files {
		dir := filepath.Join(t.TempDir(), "papi-2024")
		if err := e.Write(dir); err != nil {
			t.Fatal(err)
		}
		if back, err := Open(os.DirFS(dir)); err != nil || back.ID != e.ID {
			t.Fatalf("the written edition does not come back: %v", err)
		}
		at := filepath.Join(dir, filepath.FromSlash(f.Name))
		data, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(at, data, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err = Open(os.DirFS(dir))
		items := fault.Items(err)
		if len(items) != 1 || items[0].File != f.Name {
			t.Errorf("%s: one bit flipped, the faults are %v", f.Name, items)
		}
		_, err = OpenAll(os.DirFS(filepath.Dir(dir)))
		if items := fault.Items(err); len(items) != 1 || !strings.HasSuffix(items[0].File, f.Name) {
			t.Errorf("%s: the folder of editions does not name it: %v", f.Name, err)
		}
	}
}

// TestManifestIsSealed: the manifest lists the other files, and its seal holds the manifest: neither changes, is cut
// short or goes missing unnoticed, even where the manifest would still be readable.
func TestManifestIsSealed(t *testing.T) {
	e, err := Build(2024, made)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	dir := filepath.Join(root, "papi-2024")
	for _, name := range []string{ManifestName, SealName} {
		for how, damage := range map[string]func(at string, b []byte) error{
			"code renamed": func(at string, b []byte) error {
				return os.WriteFile(at, bytes.ReplaceAll(b, []byte(made.Code), []byte("other")), 0o644)
			},
			"bit flipped": func(at string, b []byte) error { b[0] ^= 1; return os.WriteFile(at, b, 0o644) },
			"cut short":   func(at string, b []byte) error { return os.WriteFile(at, b[:len(b)-1], 0o644) },
			"missing":     func(at string, _ []byte) error { return os.Remove(at) },
		} {
			if err := e.Write(dir); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if how == "code renamed" && name == SealName {
				continue
			}
			if err := damage(filepath.Join(dir, name), b); err != nil {
				t.Fatal(err)
			}
			_, err = Open(os.DirFS(dir))
			if items := fault.Items(err); len(items) != 1 || items[0].File != name && items[0].Field != name {
				t.Errorf("%s, %s: %v", name, how, err)
			}
			if _, err = OpenAll(os.DirFS(root)); len(fault.Items(err)) != 1 {
				t.Errorf("%s, %s, in a folder of editions: %v", name, how, err)
			}
		}
	}
}

func TestFilesComeAndGo(t *testing.T) {
	e, err := Build(2024, made)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := e.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "more.csv"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, FormerTable)); err != nil {
		t.Fatal(err)
	}
	_, err = Open(os.DirFS(dir))
	if items := fault.Items(err); len(items) != 2 || items[0].File != FormerTable || items[1].File != "more.csv" {
		t.Errorf("a missing and a strange file give %v", items)
	}
	if _, err := Open(os.DirFS(t.TempDir())); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an empty folder gives %v", err)
	}
}

// TestTraVinh2022 follows one figure: published, with its interval under its true level, its range of ranks, and a
// group that its error leaves open. It is the 48th of 61: the first of the lowest group, by a hair.
func TestTraVinh2022(t *testing.T) {
	c := content(t, 2022).Former.Cell("PAPI", "84")
	switch {
	case math.Abs(c.Value-40.717228) > 5e-6:
		t.Errorf("value %v", c.Value)
	case math.Abs(c.PrintedLo-39.409874) > 1e-6 || math.Abs(c.PrintedHi-42.024582) > 1e-6:
		t.Errorf("printed limits %v to %v", c.PrintedLo, c.PrintedHi)
	case c.Level != 0.95 || math.Abs(c.Hi-c.Value-1.959964*c.SE) > 1e-6:
		t.Errorf("proper limits %v to %v at %v", c.Lo, c.Hi, c.Level)
	case c.RankLo < 2 || c.RankLo > 20 || c.RankHi != 61:
		t.Errorf("ranks %d to %d", c.RankLo, c.RankHi)
	case !c.Uncertain():
		t.Errorf("its group is taken as sure (%v)", c.Sure)
	}
}

// TestHaNoi2020 holds the published changes of Hà Nội from 2019 to 2020: D7 +8.86 %, D4 +7.70 %, D3 +5.19 %, D2 +5.16 %;
// D6, at −3.2 %, counted as standing still.
func TestHaNoi2020(t *testing.T) {
	table := content(t, 2020).Former
	for code, want := range map[string]float64{"D7": 0.0886, "D4": 0.0770, "D3": 0.0519, "D2": 0.0516} {
		c := table.Cell(code, "01").Change
		if math.Abs(c.Rel-want) > 5e-5 || c.Five != score.Rose || c.Year != 2019 {
			t.Errorf("%s changed by %v, %s", code, c.Rel, c.Five)
		}
		if c.Verdict != score.NotTestable {
			t.Errorf("%s: 2020 has no published error, yet the test says %s", code, c.Verdict)
		}
	}
	if c := table.Cell("D6", "01").Change; c.Five != score.Stood {
		t.Errorf("D6: %s", c.Five)
	}
}

// TestJoined checks one joined value by hand and that an unscored part is refused in words.
func TestJoined(t *testing.T) {
	c := content(t, 2022)
	people, ok := populationFor(2022)
	if !ok || people.year != 2020 || c.Joined.PopulationYear != 2020 {
		t.Fatalf("2022 is weighed by %d", people.year)
	}
	var sum, variance, weight float64
	for _, part := range []string{"86", "83", "84"} { // Vĩnh Long, Bến Tre, Trà Vinh
		cell, p := c.Former.Cell("PAPI", part), people.of[part]
		sum, variance, weight = sum+p*cell.Value, variance+p*p*cell.SE*cell.SE, weight+p
	}
	heir := c.Present.Cell("PAPI", "86")
	if math.Abs(heir.Value-sum/weight) > 1e-9 || math.Abs(heir.SE-math.Sqrt(variance)/weight) > 1e-9 {
		t.Errorf("Vĩnh Long joined is %v ± %v, by hand %v ± %v", heir.Value, heir.SE, sum/weight, math.Sqrt(variance)/weight)
	}
	var people34 float64
	for _, p := range c.Joined.Parts {
		if p.Unit == "86" {
			people34 += p.Thousands
		}
	}
	if len(c.Joined.Parts) != 63 || math.Abs(people34-weight) > 1e-9 {
		t.Errorf("%d frozen weights, %v thousand people of Vĩnh Long, by hand %v", len(c.Joined.Parts), people34, weight)
	}
	refused := c.Present.Cell("PAPI", "24")
	if refused.OK() || !strings.Contains(c.Reason(refused.Why).VI, "Bắc Giang") {
		t.Errorf("Bắc Ninh of 2022 is %v because %v", refused.Value, c.Reason(refused.Why))
	}
	if c.Present.Of("1.1.1") != nil {
		t.Error("an indicator is joined")
	}
}

// TestStatusTellsOfValue: a cell has a value exactly when its status says so, and a joined one without it says why.
func TestStatusTellsOfValue(t *testing.T) {
	for _, year := range []int{2011, 2018, 2022, 2024} {
		c := content(t, year)
		for _, table := range []Table{c.Former, c.Present} {
			for _, cell := range table.Cells {
				if cell.OK() == math.IsNaN(cell.Value) {
					t.Errorf("%d %s %s: %v is %s", year, cell.Code, cell.Unit, cell.Value, cell.Status)
				}
			}
		}
		for _, cell := range c.Present.Cells {
			if !cell.OK() && !strings.Contains(c.Reason(cell.Why).EN, "Not joined: no score of ") {
				t.Errorf("%d %s %s: not joined because %q", year, cell.Code, cell.Unit, c.Reason(cell.Why).EN)
			}
		}
	}
}

// TestUnmerged: a province that was not merged keeps its own figures to the last bit.
func TestUnmerged(t *testing.T) {
	c := content(t, 2023)
	for _, code := range []string{"PAPI", "D1", "D8", "1.1"} {
		a, b := c.Former.Cell(code, "01"), c.Present.Cell(code, "01")
		if math.Abs(a.Value-b.Value) > 1e-12 || a.Known() != b.Known() {
			t.Errorf("Hà Nội %s: %v and %v", code, a.Value, b.Value)
		}
	}
}

// TestRoundTrip: cells read back as they were written.
func TestRoundTrip(t *testing.T) {
	for _, year := range Years() {
		c := content(t, year)
		for _, table := range []Table{c.Former, c.Present} {
			if back, err := decode("x", encode(table.Cells)); err != nil || !bytes.Equal(encode(back.Cells), encode(table.Cells)) {
				t.Errorf("%d: %v", year, err)
			}
			if len(table.Cells)%len(table.Units) != 0 {
				t.Errorf("%d: %d cells of %d units", year, len(table.Cells), len(table.Units))
			}
		}
		if len(c.Former.Units) != 63 || len(c.Present.Units) != 34 {
			t.Errorf("%d: %d and %d provinces", year, len(c.Former.Units), len(c.Present.Units))
		}
	}
}

// BenchmarkBuild freezes the newest year. Bound: 0.5 s, so that the first page is there within 2 s of the start.
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		if _, err := Build(Years()[len(Years())-1], made); err != nil {
			b.Fatal(err)
		}
	}
}
