package cells

import (
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestDecimalsSurvive: whatever decimals go in, the float64 that comes out is the one ParseFloat gives for the text.
func TestDecimalsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(
			rapid.Just(""),
			rapid.StringMatching(`-?[0-9]{1,5}(\.[0-9]{1,9})?`),
			rapid.StringMatching(`[1-9]\.[0-9]{1,7}e-0[1-3]`),
		), 0, maxUnits).Draw(t, "texts")
		in, err := Pack(Value, "1.1", "S1", texts)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(Encode(make([]string, len(texts)), []Section{{Year: 2023, Columns: []Column{in}}}))
		if err != nil {
			t.Fatal(err)
		}
		section, err := f.Section(2023)
		if err != nil {
			t.Fatal(err)
		}
		got := map[int]float64{}
		for unit, v := range section.Columns[0].All() {
			if in.Rank(unit) != len(got) {
				t.Fatalf("unit %d has rank %d, want %d", unit, in.Rank(unit), len(got))
			}
			got[unit] = v
		}
		want := map[int]float64{}
		for unit, text := range texts {
			if text != "" {
				want[unit], _ = strconv.ParseFloat(text, 64)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestPackRefuses(t *testing.T) {
	for _, text := range []string{"five", "1,5", "1e5", "1e", "0.12345678901234567890123", "99999999999999999", "--1", "NaN"} {
		if _, err := Pack(Value, "1.1", "S1", []string{text}); err == nil {
			t.Errorf("%q was packed", text)
		}
	}
	if _, err := Pack(Value, "1.1", "S1", []string{"9007199254740.991", "0.1234567890123"}); err == nil {
		t.Error("two decimals whose common scale is not exact were packed")
	}
	if _, err := Pack(Value, "1.1", "S1", make([]string, maxUnits+1)); err == nil {
		t.Error("more units than bits were packed")
	}
}

func sample(t testing.TB) []byte {
	t.Helper()
	column, err := Pack(Value, "D1", "S1", []string{"5.25", "", "-0.5", "0"})
	if err != nil {
		t.Fatal(err)
	}
	return Encode([]string{"01", "02", "04", "06"}, []Section{{2022, []Column{column}}, {2023, nil}})
}

// TestDamage cuts a file at every length: each cut is an error.
func TestDamage(t *testing.T) {
	whole := sample(t)
	for n := range whole {
		if _, err := Open(whole[:n]); err == nil {
			t.Errorf("opened the first %d of %d bytes", n, len(whole))
		}
	}
	if _, err := Open(append(whole, 0)); err == nil {
		t.Error("opened a file with a byte too many")
	}
}

func TestSectionOfAnotherYearIsEmpty(t *testing.T) {
	f, err := Open(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.Section(1999); err != nil || len(s.Columns) != 0 {
		t.Errorf("1999 gives %v, %v", s, err)
	}
}

// FuzzOpen: no input makes the reader panic, and what opens yields only finite numbers of units it names.
func FuzzOpen(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(data)
		if err != nil {
			return
		}
		for _, year := range file.Years() {
			section, err := file.Section(year)
			if err != nil {
				continue
			}
			for _, c := range section.Columns {
				for unit, v := range c.All() {
					if unit >= len(file.Units) || math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("unit %d of %d has %v", unit, len(file.Units), v)
					}
				}
			}
		}
	})
}
