package published

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/lang"
	"thuoc/internal/score"
)

// absentUnits counts the absent codes by province and gives their statuses.
func absentUnits(t *testing.T, year int) map[string]string {
	t.Helper()
	list, err := Absences(year)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	status := map[string]score.Status{}
	for _, f := range list {
		if !math.IsNaN(f.Value) || (f.Note != "") != (f.Status == score.Suppressed) {
			t.Errorf("%d: %+v", year, f)
		}
		count[f.Unit]++
		status[f.Unit] = f.Status
	}
	got := map[string]string{}
	for unit, n := range count {
		got[unit] = string(status[unit]) + " " + strconv.Itoa(n)
	}
	return got
}

// TestAbsences holds the provinces without a score of every year, and the few single cells. Reasons stand only where
// the press gave one: 2021, 2022, 2023.
func TestAbsences(t *testing.T) {
	want := map[int]map[string]string{
		2014: {"24": "not-published 29", "87": "not-published 29"},
		2018: {"22": "not-published 47", "87": "not-published 47", "96": "not-published 2"},
		2021: {"22": "suppressed 37", "24": "suppressed 37", "27": "suppressed 37"},
		2022: {"24": "suppressed 87", "27": "suppressed 75", "95": "not-published 1", "96": "not-published 1"},
		2023: {"22": "suppressed 157", "74": "suppressed 157"},
		2024: {"26": "not-published 37", "82": "not-published 37"},
	}
	for _, y := range Years() {
		if y.Year == 2019 { // 8.3.2 and a few land items: single indicators of provinces that have a score
			continue
		}
		if diff := cmp.Diff(want[y.Year], absentUnits(t, y.Year), cmp.Transformer("nil", func(m map[string]string) map[string]string {
			if len(m) == 0 {
				return nil
			}
			return m
		})); diff != "" {
			t.Errorf("%d: %s", y.Year, diff)
		}
	}
	if got := absentUnits(t, 2019); len(got) != 15 || got["96"] != "not-published 4" || got["79"] != "not-published 1" {
		t.Errorf("2019: %v", got)
	}
}

// TestDimensionDefects adds up the sub-dimensions of all years: exactly the named cells are off, and no others.
func TestDimensionDefects(t *testing.T) {
	var rounding, wrong []Cell
	for _, y := range Years() {
		sums := map[Cell]float64{}
		for _, f := range figures(t, y.Year, Subdimension) {
			sums[Cell{y.Year, f.Unit, "D" + f.Code[:1]}] += f.Value
		}
		for _, f := range figures(t, y.Year, Dimension) {
			cell := Cell{y.Year, f.Unit, f.Code}
			sum, found := sums[cell]
			switch off := math.Abs(f.Value - sum); {
			case !found:
				t.Errorf("%v has no sub-dimensions", cell)
			case off > 2.1e-6:
				wrong = append(wrong, cell)
			case off > 1.9e-6:
				rounding = append(rounding, cell)
			}
		}
	}
	for key, got := range map[string][]Cell{"papi-rounding": rounding, "papi-2022-hanoi-d1": wrong} {
		if diff := cmp.Diff(cellsWith(t, key), inOrder(got)); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

// cellsWith lists the figures whose Note is the key, over all years.
func cellsWith(t *testing.T, key string) []Cell {
	t.Helper()
	var list []Cell
	for _, y := range Years() {
		for _, f := range figures(t, y.Year) {
			if f.Note == key {
				list = append(list, Cell{y.Year, f.Unit, f.Code})
			}
		}
	}
	return inOrder(list)
}

func inOrder(list []Cell) []Cell {
	slices.SortFunc(list, func(a, b Cell) int {
		return slices.Compare([]string{strconv.Itoa(a.Year), a.Unit, a.Code}, []string{strconv.Itoa(b.Year), b.Unit, b.Code})
	})
	return list
}

// TestBrokenErrors finds the standard errors of 0 in the embedded file: exactly the named cells have one.
func TestBrokenErrors(t *testing.T) {
	var broken []Cell
	for _, y := range Years() {
		section, err := file().Section(y.Year)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range section.Columns {
			if c.Kind != 's' {
				continue
			}
			for unit, v := range c.All() {
				if v == 0 {
					broken = append(broken, Cell{y.Year, Units()[unit], c.Code})
				}
			}
		}
	}
	if diff := cmp.Diff(cellsWith(t, "papi-2022-se-zero"), inOrder(broken)); diff != "" {
		t.Error(diff)
	}
}

// TestHanoiDecimals finds the cells of Hà Nội 2022 with at most two decimals. Medians (6.2) and two questions that few
// people answered (2.4.7, 2.4.8) have few decimals everywhere.
func TestHanoiDecimals(t *testing.T) {
	var typed []Cell
	for _, f := range figures(t, 2022, Subdimension, Indicator) {
		_, decimals, _ := strings.Cut(strconv.FormatFloat(f.Value, 'f', -1, 64), ".")
		if f.Unit == "01" && len(decimals) <= 2 && !strings.HasPrefix(f.Code, "6.2.") && f.Code != "2.4.7" && f.Code != "2.4.8" {
			typed = append(typed, Cell{2022, f.Unit, f.Code})
		}
	}
	if diff := cmp.Diff(cellsWith(t, "papi-2022-hanoi-decimals"), inOrder(typed)); diff != "" {
		t.Error(diff)
	}
}

// TestZeros finds the shares of exactly 0 where no other province is below 0.4. Two questions that few people answered
// (2.4.7, 2.4.8) have true ones.
func TestZeros(t *testing.T) {
	var zeros []Cell
	for _, y := range Years() {
		byCode := map[string][]score.Figure{}
		for _, f := range figures(t, y.Year, Indicator) {
			byCode[f.Code] = append(byCode[f.Code], f)
		}
		for code, list := range byCode {
			least := math.Inf(1)
			for _, f := range list {
				if f.Value != 0 {
					least = min(least, f.Value)
				}
			}
			for _, f := range list {
				if f.Value == 0 && least >= 0.4 && code != "2.4.7" && code != "2.4.8" {
					zeros = append(zeros, Cell{y.Year, f.Unit, code})
				}
			}
		}
	}
	if diff := cmp.Diff(cellsWith(t, "papi-2022-zeros"), inOrder(zeros)); diff != "" {
		t.Error(diff)
	}
}

// TestKeptVotes finds the indicators of which nearly every province repeats the value of the year before.
func TestKeptVotes(t *testing.T) {
	type column struct {
		year int
		code string
	}
	values := map[column]map[string]float64{}
	for _, y := range Years() {
		for _, f := range figures(t, y.Year, Indicator) {
			at := column{y.Year, f.Code}
			if values[at] == nil {
				values[at] = map[string]float64{}
			}
			values[at][f.Unit] = f.Value
		}
	}
	var kept []string
	for at, now := range values {
		both, same := 0, 0
		for unit, v := range now {
			if before, ok := values[column{at.year - 1, at.code}][unit]; ok {
				both++
				if v == before {
					same++
				}
			}
		}
		if both > 0 && same*10 >= both*9 {
			kept = append(kept, strconv.Itoa(at.year)+" "+at.code+" "+strconv.Itoa(same)+"/"+strconv.Itoa(both))
		}
	}
	slices.Sort(kept)
	if diff := cmp.Diff([]string{"2023 1.2.3 59/60", "2023 1.2.4 59/60"}, kept); diff != "" {
		t.Error(diff)
	}
}

func TestComposites(t *testing.T) {
	for _, y := range Years() {
		sums := map[string]float64{}
		for _, f := range figures(t, y.Year, Dimension) {
			sums[f.Unit] += f.Value
		}
		scored := 0
		for _, f := range figures(t, y.Year, Composite) {
			if f.Code != "PAPI" {
				continue
			}
			scored++
			if math.Abs(f.Value-sums[f.Unit]) > 5e-6 {
				t.Errorf("%d %s: composite %v, dimensions sum to %v", y.Year, f.Unit, f.Value, sums[f.Unit])
			}
			if (f.Note == compositeSum) != y.Derived {
				t.Errorf("%d %s: note %q", y.Year, f.Unit, f.Note)
			}
		}
		if scored != y.Scored || y.Sample.Provinces != scored {
			t.Errorf("%d: %d scored, the year says %d and its sample %d", y.Year, scored, y.Scored, y.Sample.Provinces)
		}
	}
}

// TestStatistics recomputes what the press printed of the scored provinces. A statistic may be off by more than its
// rounding only where a remark says so.
func TestStatistics(t *testing.T) {
	for _, y := range Years() {
		var scores []float64
		for _, f := range figures(t, y.Year, Composite) {
			if f.Code == "PAPI" {
				scores = append(scores, f.Value)
			}
		}
		slices.Sort(scores)
		sum := 0.0
		for _, v := range scores {
			sum += v
		}
		computed := map[Measure]float64{
			Mean: sum / float64(len(scores)), Median: scores[len(scores)/2],
			Max: scores[len(scores)-1], Min: scores[0],
		}
		if n := len(scores); n%2 == 0 {
			computed[Median] = (scores[n/2-1] + scores[n/2]) / 2
		}
		for _, s := range Statistics(y.Year) {
			agrees := s.Measure == National || math.Abs(s.Value-computed[s.Measure]) < 0.01
			if s.Called != s.Measure {
				agrees = agrees && math.Abs(s.Value-computed[s.Called]) < 0.01
			}
			if agrees != (s.Remark == "") {
				t.Errorf("%+v, computed %v", s, computed[s.Measure])
			}
		}
	}
}

func TestFactsEqualTheSource(t *testing.T) {
	national := map[string]float64{}
	for _, row := range rows(t, "papi_scores.csv") {
		if row["province"] == "VIETNAM" {
			national[row["year"]+row["code"]+row["value"]+row["source"]] = number(t, row["value"])
		}
	}
	if len(national) != len(statistics) {
		t.Errorf("%d national figures, the source has %d", len(statistics), len(national))
	}
	for _, s := range statistics {
		key := strconv.Itoa(s.Year) + s.Code + strconv.FormatFloat(s.Value, 'f', -1, 64) + s.Source
		if national[key] != s.Value {
			t.Errorf("%+v is not in the source", s)
		}
	}
	groups := rows(t, "papi_groups.csv")
	for _, row := range groups {
		year, _ := strconv.Atoi(row["year"])
		i := slices.IndexFunc(Groups(year), func(g Group) bool { return g.Code == row["code"] && g.Key == row["group_en"] })
		if i < 0 {
			t.Errorf("%v is missing", row)
			continue
		}
		g := Groups(year)[i]
		if g.Name.VI != row["group_vi"] || !same(g.Lo, number(t, row["lo"])) || !same(g.Hi, number(t, row["hi"])) ||
			strconv.Itoa(g.Provinces) != row["provinces"] || g.Source != row["source"] {
			t.Errorf("%+v, the source has %v", g, row)
		}
	}
	if len(groups) != len(printedGroups) {
		t.Errorf("%d groups, the source has %d", len(printedGroups), len(groups))
	}
}

func TestSamplesEqualTheSource(t *testing.T) {
	for i, row := range rows(t, "papi_samples.csv") {
		s := samples[i]
		for column, got := range map[string]int{
			"year": s.Year, "cumulative_since_2009": s.Cumulative, "provinces_with_scores": s.Provinces,
			"districts": s.Districts, "communes": s.Communes, "villages": s.Villages,
		} {
			if want, _ := strconv.Atoi(row[column]); got != want {
				t.Errorf("%d %s: %d, want %s", s.Year, column, got, row[column])
			}
		}
		want := strings.TrimSuffix(row["respondents"], "+")
		if s.Basis == ByDifference { // stands in the note of the source
			want, _, _ = strings.Cut(row["note"], " ")
		}
		if s.Basis != NotKnown && strconv.Itoa(s.Respondents) != want || s.Basis == NotKnown && want != "" {
			t.Errorf("%d: %d respondents, want %s", s.Year, s.Respondents, want)
		}
	}
}

// TestSourcesEqualTheSource: every address of the source list stands in ours.
func TestSourcesEqualTheSource(t *testing.T) {
	for _, row := range rows(t, "papi_sources.csv") {
		s, found := SourceOf(row["key"] + "#part")
		if !found {
			t.Errorf("%s is missing", row["key"])
		}
		for word := range strings.FieldsSeq(row["address"]) {
			if (strings.HasPrefix(word, "http") || strings.HasPrefix(word, "github.com")) && !strings.Contains(s.Address, word) {
				t.Errorf("%s: %s is missing in %q", s.Key, word, s.Address)
			}
		}
	}
}

// TestEverythingNamesItsSource: sources, remarks and both languages are there for all that points to them.
func TestEverythingNamesItsSource(t *testing.T) {
	check := func(what string, keys ...string) {
		for _, key := range keys {
			if _, found := SourceOf(key); !found {
				t.Errorf("%s names the unknown source %q", what, key)
			}
		}
	}
	both := func(what string, n lang.Names) {
		if (n.VI == "") != (n.EN == "") {
			t.Errorf("%s lacks a language: %+v", what, n)
		}
	}
	seen := map[string]bool{}
	for _, r := range Remarks() {
		check(r.Key, r.Sources...)
		both(r.Key, r.Text)
		if r.Text.VI == "" || seen[r.Key] || len(r.Years) == 0 {
			t.Errorf("%s: no text, no year, or twice", r.Key)
		}
		seen[r.Key] = true
		for _, c := range r.Cells {
			if !slices.Contains(r.Years, c.Year) {
				t.Errorf("%s: %v is of another year", r.Key, c)
			}
		}
		if r.Kind != Reason && len(r.Cells) > 0 && len(cellsWith(t, r.Key)) == 0 {
			t.Errorf("%s: no figure carries it", r.Key)
		}
	}
	for _, s := range Sources() {
		both(s.Key, s.Title)
	}
	for _, s := range Samples() {
		check("sample", s.Sources...)
		both("sample", s.Note)
	}
	for _, y := range Years() {
		for _, g := range Groups(y.Year) {
			check("group", g.Source)
			both(g.Key, g.Name)
			both(g.Key, g.Note)
		}
		for _, s := range Statistics(y.Year) {
			check("statistic", s.Source)
			if _, found := RemarkOf(s.Remark); s.Remark != "" && !found {
				t.Errorf("%+v names an unknown remark", s)
			}
		}
		for _, f := range figures(t, y.Year) {
			check("figure", f.Source)
			if _, found := RemarkOf(f.Note); f.Note != "" && !found {
				t.Errorf("%+v names an unknown remark", f)
			}
		}
	}
}
