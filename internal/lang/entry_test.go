package lang

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		s      string
		vi, en float64
	}{
		{"12", 12, 12}, {"1.250", 1250, 1.25}, {"1,250", 1.25, 1250}, {"1.250.000", 1250000, 1250000}, {"1,250,000", 1250000, 1250000},
		{"1.234,5", 1234.5, 1234.5}, {"1,234.5", 1234.5, 1234.5}, {"0,5", 0.5, 0.5}, {"0.5", 0.5, 0.5}, {"12.5", 12.5, 12.5}, {"12,5", 12.5, 12.5},
		{"0.125", 0.125, 0.125}, {"0,125", 0.125, 0.125}, {"1 000", 1000, 1000}, {"1 250", 1250, 1250}, {"−3,25", -3.25, -3.25}, {"+1.000", 1000, 1}, {"-1.250,5", -1250.5, -1250.5},
		{"1250.125", 1250.125, 1250.125}, {"40.7172", 40.7172, 40.7172},
	} {
		if got, ok := ParseNumber(Vi, c.s); !ok || got != c.vi {
			t.Errorf("in Vietnamese %s is %v, %v; want %v", c.s, got, ok, c.vi)
		}
		if got, ok := ParseNumber(En, c.s); !ok || got != c.en {
			t.Errorf("in English %s is %v, %v; want %v", c.s, got, ok, c.en)
		}
	}
	for _, s := range []string{"", "-", "nhiều", "1.25.0", "1.2500.000", "12.34,567.8", "1..5", ",5", "5,", "1e3", "NaN", "Inf", "--1", "+-1", "9999999999999999", "1.234,567,890"} {
		for _, l := range []Lang{Vi, En} {
			if v, ok := ParseNumber(l, s); ok {
				t.Errorf("%q is read as %v in %v", s, v, l)
			}
		}
	}
}

// What a field shows is read as the same number again, and so is what a page shows, to its decimals.
func TestNumbersComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom([]Lang{Vi, En}).Draw(t, "lang")
		v := rapid.Float64Range(-1e12, 1e12).Draw(t, "v")
		if got, ok := ParseNumber(l, Entry(l, v)); !ok || got != v {
			t.Fatalf("%v is entered as %s and read as %v, %v", v, Entry(l, v), got, ok)
		}
		n := float64(rapid.Int64Range(-1e12, 1e12).Draw(t, "n"))
		if got, ok := ParseNumber(l, Number(l, n, 0)); !ok || got != n {
			t.Fatalf("%v is shown as %s and read as %v, %v", n, Number(l, n, 0), got, ok)
		}
	})
}
