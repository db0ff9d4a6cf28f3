package target_test

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"thuoc/internal/published"
	"thuoc/internal/reference"
	"thuoc/internal/score"
	"thuoc/internal/target"
)

// The plans are those of real provinces; their tables are read where they lie and are not copied.
func planRows(t *testing.T, name string) []map[string]string {
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
	var rows []map[string]string
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, head := range all[0] {
			row[head] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func scores(t *testing.T, year int, unit string) func(string) (float64, bool) {
	t.Helper()
	figures, err := published.Figures(year)
	if err != nil {
		t.Fatal(err)
	}
	return func(code string) (float64, bool) {
		i := slices.IndexFunc(figures, func(f score.Figure) bool { return f.Code == code && f.Unit == unit })
		if i < 0 {
			return 0, false
		}
		return figures[i].Value, true
	}
}

// Đồng Tháp is code 87. Its plans add up, and target minus change is the score that was published the year before, in
// 2022 in all nine rows and in 2024 in those whose change was printed.
func TestRealPlansAddUp(t *testing.T) {
	for _, c := range []struct {
		file string
		base int
	}{{"plan_dongthap_2022.csv", 2021}, {"plan_dongthap_2024.csv", 2023}} {
		t.Run(c.file, func(t *testing.T) {
			var lines []target.Line
			for _, r := range planRows(t, c.file) {
				lines = append(lines, target.Line{Code: r["code"], Baseline: number(r["baseline"]), Target: number(r["target"]), Change: number(r["change"])})
			}
			if len(lines) != 9 {
				t.Fatalf("%d rows", len(lines))
			}
			was := scores(t, c.base, "87")
			if items := target.Check(lines[0], lines[1:], was); len(items) > 0 {
				t.Errorf("the real plan is said to contradict itself: %v", items)
			}
			lines[3].Target += 0.05
			if items := target.Check(lines[0], lines[1:], was); len(items) != 2 {
				t.Errorf("a target raised by 0.05 gives %d faults, want the sum and the row: %v", len(items), items)
			}
		})
	}
}

// Lạng Sơn is code 20. Its lists of 2024 are what the offices' rule makes of 2022 and 2023.
func TestLangSonListsAreTheOfficesRule(t *testing.T) {
	r := compared(t, 2023)
	found := target.Focus(r, "dimension", "20")
	for i, row := range planRows(t, "plan_langson_2024.csv") {
		want := target.Fix
		if row["mode"] != "fix" {
			want = target.Keep
		}
		if found[i].Row.Code != row["code"] || found[i].Office != want {
			t.Errorf("%s is on the plan's list %s, the rule says %s", row["code"], want, found[i].Office)
		}
	}
}

func compared(t *testing.T, year int) *score.Result {
	t.Helper()
	compute := func(y int, opt score.Options) *score.Result {
		entry, _ := score.InForce("papi", y)
		def, err := score.Open(entry.ID)
		if err != nil {
			t.Fatal(err)
		}
		figures, err := published.Figures(y)
		if err != nil {
			t.Fatal(err)
		}
		opt.Year, opt.Units, opt.Absent = y, published.Units(), score.NotPublished
		r, err := score.Compute(def, figures, opt)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	return compute(year, score.Options{Previous: compute(year-1, score.Options{})})
}

// The history that forecasts PAPI is held against what then happened: of all provinces and base years that compare with
// the next one, those said to gain five ranks by luck do so about as often as said.
func TestForecastsHoldAgainstHistory(t *testing.T) {
	for _, c := range []struct {
		aim target.Target
	}{{target.Target{Kind: target.Gain, Place: 5}}, {target.Target{Kind: target.Gain, Place: 1}}, {target.Target{Kind: target.Group, Place: 16}}} {
		said, came, n := 0.0, 0, 0
		for _, base := range []int{2012, 2013, 2014, 2016, 2022, 2023} {
			b, err := target.OfPAPI(base, "PAPI")
			if err != nil {
				t.Fatal(err)
			}
			next, err := target.OfPAPI(base+1, "PAPI")
			if err != nil {
				t.Fatal(err)
			}
			m, err := target.Learn(b.Standing, b.History)
			if err != nil {
				t.Fatal(err)
			}
			f := m.Imagine(b.Standing, 2000, 1)
			for unit := range b.Standing.Units {
				r, err := f.Reach(c.aim, unit)
				if err != nil || math.IsNaN(next.Standing.Values[unit]) {
					continue
				}
				rank := b.Standing.Rank(unit) - c.aim.Place
				if c.aim.Kind == target.Group {
					rank = c.aim.Place
				}
				n++
				said += r.Chance(0)
				came += count(next.Standing.Rank(unit) <= rank)
			}
		}
		t.Logf("%v: %d provinces and years, said %.1f %%, came %.1f %%", c.aim, n, 100*said/float64(n), 100*float64(came)/float64(n))
		if math.Abs(said-float64(came))/float64(n) > 0.06 {
			t.Errorf("%v: said %.0f of %d, came %d", c.aim, said, n, came)
		}
	}
}
