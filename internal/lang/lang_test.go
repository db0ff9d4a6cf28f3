package lang

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Đất đai":                 "dat dai",
		"phường Đống Đa":          "phuong dong da",
		"hòa":                     "hoa", // the old placement of the tone mark
		"hoà":                     "hoa", // the new one
		"Bà Rịa - Vũng Tàu":       "ba ria vung tau",
		" Bà  Rịa–Vũng\u00a0Tàu ": "ba ria vung tau",
		"Krông Pa, Ea H’leo":      "krong pa, ea hleo",
		"Ðồng Nai":                "dong nai", // with an eth in the place of Đ
		"PAPI 1.1":                "papi 1.1",
		"":                        "",
		" - ":                     "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := Fold(s); Fold(once) != once {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, once, Fold(once))
		}
	})
}

func TestCollation(t *testing.T) {
	got := []string{"Đồng Nai", "Hà Nội", "Điện Biên", "Dương", "An Giang", "Đắk Lắk", "Ba Vì", "Đà Nẵng", "Ăn", "Ấn"}
	slices.SortFunc(got, Collation())
	want := []string{"An Giang", "Ăn", "Ấn", "Ba Vì", "Dương", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Đồng Nai", "Hà Nội"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Number(Vi, 1234567.891, 2), "1.234.567,89"},
		{Number(En, 1234567.891, 2), "1,234,567.89"},
		{Number(Vi, -1234.5, 1), "−1.234,5"},
		{Number(Vi, -0.001, 2), "0,00"},
		{Number(Vi, 999.5, 0), "1.000"},
		{Number(Vi, math.NaN(), 2), ""},
		{Count(Vi, 19536), "19.536"},
		{Signed(Vi, 0.714, 2), "+0,71"},
		{Signed(En, -0.714, 2), "−0.71"},
		{Signed(Vi, 0.001, 2), "0,00"},
		{Percent(Vi, 0.457, 1), "45,7%"},
		{Percent(En, 0.37, 0), "37%"},
		{Percent(Vi, math.NaN(), 0), ""},
		{Range(Vi, 41.1, 43.46, 1), "41,1–43,5"},
		{Range(En, -1.2, 0.5, 1), "−1.2 – 0.5"},
		{Range(Vi, math.NaN(), 1, 1), ""},
		{Date(Vi, clock.MustDate("2026-11-22")), "22/11/2026"},
		{Date(En, clock.MustDate("2026-11-02")), "2 Nov 2026"},
		{Date(Vi, clock.Date{}), ""},
		{DateRange(Vi, clock.MustDate("2025-08-04"), clock.MustDate("2025-10-30")), "04/08 – 30/10/2025"},
		{DateRange(En, clock.MustDate("2024-12-30"), clock.MustDate("2025-01-02")), "30 Dec 2024 – 2 Jan 2025"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// TestNumberKeepsItsDigits: whatever the language, taking the marks away gives the plain number back.
func TestNumberKeepsItsDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e12, 1e12).Draw(t, "v")
		vi := strings.NewReplacer(".", "", ",", ".", minus, "-").Replace(Number(Vi, v, 3))
		en := strings.NewReplacer(",", "", minus, "-").Replace(Number(En, v, 3))
		if vi != en {
			t.Fatalf("%v is %s in Vietnamese and %s in English", v, vi, en)
		}
	})
}

func TestTranslate(t *testing.T) {
	held := catalogues
	defer func() { catalogues = held }()
	catalogues = map[Lang]func() map[string]entry{
		Vi: func() map[string]entry {
			return parse([]byte(`{"%d rows from %s, %s": "Từ %[2]s có %[1]d dòng, %[3]s", "yes": "có"}`))
		},
		En: func() map[string]entry {
			return parse([]byte(`{"%d rows from %s, %s": {"one": "%d row from %s, %s"}}`))
		},
	}
	text := fault.T("%d rows from %s, %s", 1, Names{VI: "Huế", EN: "Hue"}, fault.T("yes"))
	if got := Translate(Vi, text); got != "Từ Huế có 1 dòng, có" {
		t.Errorf("Vietnamese: %q", got)
	}
	if got := Translate(En, text); got != "1 row from Hue, yes" {
		t.Errorf("English, one: %q", got)
	}
	text.Args[0] = 2
	if got := Translate(En, text); got != "2 rows from Hue, yes" {
		t.Errorf("English, two: %q", got)
	}
	if got := Translate(Vi, fault.T("on %s", clock.MustDate("2025-07-01"))); got != "on 01/07/2025" {
		t.Errorf("a sentence without translation: %q", got)
	}
}

func TestExplain(t *testing.T) {
	err := fault.Batch([]fault.Item{
		{File: "a.csv", Line: 3, Column: 2, Field: "value", What: fault.T("wrong"), Remedy: fault.T("mend it")},
		{What: fault.T("short")},
	})
	want := "The input has faults; nothing was changed.\na.csv:3:2: value: wrong mend it\nshort"
	if got := Explain(En, err.(*fault.Error)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// BenchmarkFold measures folding a commune's full name. Bound: 10 µs, so that 10,035 former communes fold
// in a tenth of a second.
func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Fold("Phường Thống Nhất, Thành phố Buôn Ma Thuột, Tỉnh Đắk Lắk")
	}
}

func TestUnmark(t *testing.T) {
	for in, want := range map[string]string{
		"Thừa Thiên Huế": "Thua Thien Hue", "Đắk Lắk": "Dak Lak", "Bà Rịa - Vũng Tàu": "Ba Ria - Vung Tau",
		"Xã Đak Pơ": "Xa Dak Po", "Phường 1": "Phuong 1", "": "",
	} {
		if got := Unmark(in); got != want {
			t.Errorf("Unmark(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestFoldIgnoresComposition: letters with their marks joined or apart fold alike.
func TestFoldIgnoresComposition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if joined, apart := Fold(norm.NFC.String(s)), Fold(norm.NFD.String(s)); joined != apart {
			t.Fatalf("%q: %q joined, %q apart", s, joined, apart)
		}
	})
	for r := rune(0xC0); r < 0x1F00; r++ {
		if joined, apart := Fold(string(r)), Fold(norm.NFD.String(string(r))); joined != apart {
			t.Errorf("%c: %q joined, %q apart", r, joined, apart)
		}
	}
}

func TestNearest(t *testing.T) {
	among := []string{"Hà Nội", "Hà Nam", "Trà Vinh", "Thừa Thiên Huế", "score", "1.1", "8.3"}
	for word, want := range map[string]string{
		"Ha Noii": "Hà Nội", "tra vihn": "Trà Vinh", "thua thien hue": "Thừa Thiên Huế", "scroe": "score",
		"Đà Nẵng": "", "": "", "8.33": "8.3",
	} {
		if got := Nearest(word, among); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
