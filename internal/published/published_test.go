package published

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/fault"
	"thuoc/internal/reference"
	"thuoc/internal/score"
)

// rows reads a CSV file of the reference folder as maps from column name to cell.
func rows(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(reference.Path(t, "data/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, column := range all[0] {
			row[column] = line[i]
		}
		list = append(list, row)
	}
	return list
}

// number reads a CSV cell, NaN for an empty one.
func number(t testing.TB, text string) float64 {
	t.Helper()
	if text == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func figures(t testing.TB, year int, wanted ...Level) []score.Figure {
	t.Helper()
	list, err := Figures(year, wanted...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func byCell(t testing.TB, year int) map[Cell]score.Figure {
	t.Helper()
	m := map[Cell]score.Figure{}
	for _, f := range figures(t, year) {
		m[Cell{year, f.Unit, f.Code}] = f
	}
	return m
}

// csvUnits gives the codes by the English province names of papi_scores.csv.
func csvUnits(t *testing.T) map[string]string {
	units := map[string]string{}
	for _, row := range rows(t, "provinces_63.csv") {
		units[row["name_en"]] = row["code"]
	}
	units["Ho Chi Minh City"], units["Thua Thien Hue"] = units["Ho Chi Minh"], units["Hue"]
	return units
}

// TestEveryPublishedNumber compares every cell of the source with what Figures gives: nothing more, nothing less, and
// the same float64.
func TestEveryPublishedNumber(t *testing.T) {
	units := csvUnits(t)
	got := map[int]map[Cell]score.Figure{}
	for _, y := range Years() {
		got[y.Year] = byCell(t, y.Year)
	}
	values := 0
	for _, row := range rows(t, "papi_scores.csv") {
		if row["province"] == "VIETNAM" {
			continue
		}
		year, _ := strconv.Atoi(row["year"])
		code, kind, _ := strings.Cut(strings.ReplaceAll(row["code"], "PAPI_W", "PAPI-W"), "_")
		cell := Cell{year, units[row["province"]], strings.ReplaceAll(code, "PAPI-W", "PAPI_W")}
		f, found := got[year][cell]
		want := number(t, row["value"])
		switch kind {
		case "SE":
			if !found || f.SE != want { // 0 where the source is broken
				t.Errorf("%v: SE %v, want %v", cell, f.SE, want)
			}
		case "VAR":
			if !found || math.Abs(f.SE*f.SE-want) > 1e-15 {
				t.Errorf("%v: SE² %v, want %v", cell, f.SE*f.SE, want)
			}
		case "":
			if row["level"] == "observations" {
				n, err := Respondents(year)
				if err != nil || n[cell.Unit] != int(want) {
					t.Errorf("%v: %d respondents, want %v", cell, n[cell.Unit], want)
				}
				continue
			}
			values++
			checkValue(t, cell, f, row)
		}
	}
	total := 0
	for _, m := range got {
		total += len(m)
	}
	if total != values {
		t.Errorf("%d figures, the source has %d values", total, values)
	}
}

func checkValue(t *testing.T, cell Cell, f score.Figure, row map[string]string) {
	t.Helper()
	lo, hi := number(t, row["lo"]), number(t, row["hi"])
	if lo == hi { // a broken cell: no limits
		lo, hi = math.NaN(), math.NaN()
	}
	if f.Value != number(t, row["value"]) || !same(f.Lo, lo) || !same(f.Hi, hi) || f.Group != row["group"] || f.Status != score.OK {
		t.Errorf("%v: got %+v, the source has %v", cell, f, row)
	}
	if row["n"] != "" && strconv.Itoa(f.N) != row["n"] {
		t.Errorf("%v: n %d, want %s", cell, f.N, row["n"])
	}
	if !strings.HasPrefix(row["source"], f.Source) || f.Source == "" {
		t.Errorf("%v: source %q, want %q", cell, f.Source, row["source"])
	}
	if string(LevelOf(f.Code)) != strings.Split(row["level"], "_")[0] {
		t.Errorf("%v: level %s, want %s", cell, LevelOf(f.Code), row["level"])
	}
}

// TestCounts holds the number of figures of every year and level, so that a loss shows without the source at hand.
func TestCounts(t *testing.T) {
	want := map[int][4]int{
		2011: {63, 378, 1386}, 2012: {63, 378, 1386}, 2013: {63, 378, 1386}, 2014: {61, 366, 1342}, 2015: {63, 378, 1386},
		2016: {63, 378, 1386}, 2017: {63, 378, 1386}, 2018: {61, 500, 1748, 7108}, 2019: {126, 504, 1827, 7666},
		2020: {63, 504, 1827}, 2021: {60, 480, 1680}, 2022: {61, 496, 1735, 7309}, 2023: {61, 488, 1708, 7320}, 2024: {61, 488, 1708},
	}
	if got := len(Years()); got != len(want) {
		t.Errorf("%d years, want %d", got, len(want))
	}
	for year, counts := range want {
		all := 0
		for i, level := range levels {
			got := len(figures(t, year, level))
			if got != counts[i] {
				t.Errorf("%d %s: %d figures, want %d", year, level, got, counts[i])
			}
			all += got
		}
		if got := len(figures(t, year)); got != all {
			t.Errorf("%d: %d figures, its levels have %d", year, got, all)
		}
	}
}

func TestOrder(t *testing.T) {
	var codes []string
	for _, f := range figures(t, 2019) {
		if len(codes) == 0 || codes[len(codes)-1] != f.Code {
			codes = append(codes, f.Code)
		}
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(codes))); len(distinct) != len(codes) {
		t.Error("a code stands in two places")
	}
	if want := []string{"PAPI", "PAPI_W", "D1", "1.1", "1.1.1", "1.1.2", "1.2"}; !slices.Equal(codes[:len(want)], want) {
		t.Errorf("codes begin %v, want %v", codes[:len(want)], want)
	}
	if list := figures(t, 2019); list[0].Unit != "01" || list[62].Unit != "96" {
		t.Errorf("the composites begin with unit %s and end with %s", list[0].Unit, list[62].Unit)
	}
}

func TestTraVinh2022(t *testing.T) {
	f := byCell(t, 2022)[Cell{2022, "84", "PAPI"}]
	if math.Abs(f.Value-40.7172) > 5e-5 || math.Abs(f.SE-0.7948) > 5e-5 || f.Group != "low" || f.N != 192 || f.Level != 0.9 || f.Source != "S1#2022" {
		t.Errorf("got %+v", f)
	}
}

// TestIntervals: every printed interval is score ± 1.644965 SE, and the level kept with it is what that covers.
func TestIntervals(t *testing.T) {
	printed := map[int]int{}
	for _, y := range Years() {
		for _, f := range figures(t, y.Year, Composite) {
			if math.IsNaN(f.Lo) {
				if f.Level != 0 {
					t.Errorf("%d %s: a level without an interval", y.Year, f.Unit)
				}
				continue
			}
			printed[y.Year]++
			half := (f.Hi - f.Lo) / 2
			if math.Abs(half/f.SE-1.644965) > 2e-5 {
				t.Errorf("%d %s: multiplier %v", y.Year, f.Unit, half/f.SE)
			}
			if math.Abs(math.Erf(half/f.SE/math.Sqrt2)-f.Level) > 5e-5 || f.Level != 0.9 || y.Interval != (Interval{0.95, 0.9}) {
				t.Errorf("%d %s: level %v, the year says %v", y.Year, f.Unit, f.Level, y.Interval)
			}
		}
	}
	for year, n := range map[int]int{2019: 126, 2022: 58, 2023: 61} {
		if printed[year] != n {
			t.Errorf("%d: %d intervals, want %d", year, printed[year], n)
		}
	}
}

func TestUnknownYear(t *testing.T) {
	for _, year := range []int{0, 2010, 2025} {
		if _, err := Figures(year); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Figures(%d): %v", year, err)
		}
		if _, err := Absences(year); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Absences(%d): %v", year, err)
		}
		if _, err := Respondents(year); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Respondents(%d): %v", year, err)
		}
	}
}

// BenchmarkFigures decodes the largest year, 9,577 figures of all levels. Bound: 5 ms.
func BenchmarkFigures(b *testing.B) {
	for b.Loop() {
		if _, err := Figures(2023); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEveryYear decodes all 58,383 figures. Bound: 15 ms.
func BenchmarkEveryYear(b *testing.B) {
	for b.Loop() {
		for _, y := range Years() {
			if _, err := Figures(y.Year); err != nil {
				b.Fatal(err)
			}
		}
	}
}
