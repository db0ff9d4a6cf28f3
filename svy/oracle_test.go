package svy_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"sync"
	"testing"

	"thuoc/internal/reference"
	"thuoc/svy"
)

// survey is a year of the synthetic survey (oracle/README.md), by column name.
type survey struct {
	rows   [][]string
	column map[string]int
}

var surveys struct {
	sync.Mutex
	years map[string]survey
}

func loadSurvey(t testing.TB, name string) survey {
	t.Helper()
	surveys.Lock()
	defer surveys.Unlock()
	if s, ok := surveys.years[name]; ok {
		return s
	}
	s := survey{column: map[string]int{}}
	for i, row := range readReference(t, name) {
		if i == 0 {
			for j, h := range row {
				s.column[h] = j
			}
			continue
		}
		s.rows = append(s.rows, row)
	}
	if surveys.years == nil {
		surveys.years = map[string]survey{}
	}
	surveys.years[name] = s
	return s
}

func readReference(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(reference.Path(t, "oracle/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// answers reads an answer file as maps from header to cell.
func answers(t testing.TB, name string) []map[string]string {
	t.Helper()
	rows := readReference(t, name)
	out := make([]map[string]string, len(rows)-1)
	for i, row := range rows[1:] {
		out[i] = map[string]string{}
		for j, h := range rows[0] {
			out[i][h] = row[j]
		}
	}
	return out
}

func (s survey) labels(name string) []string {
	out := make([]string, len(s.rows))
	for i, row := range s.rows {
		out[i] = row[s.column[name]]
	}
	return out
}

func (s survey) factor(name string) svy.Factor { return svy.NewFactor(s.labels(name)) }

func (s survey) floats(name string) []float64 {
	out := make([]float64, len(s.rows))
	for i, cell := range s.labels(name) {
		out[i] = parse(cell)
	}
	return out
}

func (s survey) col(name string) svy.Column { return svy.NewColumn(name, s.floats(name)) }

func (s survey) items() []svy.Column {
	out := make([]svy.Column, 120)
	for i := range out {
		out[i] = s.col(item(i + 1))
	}
	return out
}

func item(i int) string { return fmt.Sprintf("q%03d", i) }

// spec is the design of the survey: R's svydesign(ids=~psu, strata=~stratum, weights=~w).
func (s survey) spec(rule svy.Lonely) svy.Spec {
	return svy.Spec{
		Weights: s.floats("w"), Lonely: rule, Within: s.factor("prov"),
		Stages: []svy.Stage{{Units: s.factor("psu"), Strata: s.factor("stratum")}},
	}
}

func parse(cell string) float64 {
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return math.NaN() // an empty cell, or R's NA
	}
	return v
}

func newDesign(t testing.TB, spec svy.Spec) *svy.Design {
	t.Helper()
	d, err := svy.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func scan(t testing.TB, d *svy.Design, by svy.Factor, cols ...svy.Column) *svy.Sums {
	t.Helper()
	c, err := d.Cells(by)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Scan(cols...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// domain finds a province of the answers; 0 is the nation.
func domain(t testing.TB, s *svy.Sums, prov string) int {
	t.Helper()
	if prov == "0" {
		return svy.Whole
	}
	d, ok := s.Cells().Domain(prov)
	if !ok {
		t.Fatalf("no domain %q", prov)
	}
	return d
}

// tally collects the largest deviations from R, by column, and fails on those beyond the tolerance.
type tally struct {
	t     testing.TB
	worst map[string]float64
	count int
}

func newTally(t testing.TB) *tally {
	k := &tally{t: t, worst: map[string]float64{}}
	t.Cleanup(func() { t.Logf("%d values compared; worst relative deviation by column: %v", k.count, k.worst) })
	return k
}

// near compares a number with R's to a relative tolerance; R's 1e-17 for an exact zero counts as zero.
func (k *tally) near(what, place string, got float64, cell string, rel float64) {
	k.t.Helper()
	want := parse(cell)
	k.count++
	if math.IsNaN(want) || math.IsNaN(got) {
		if math.IsNaN(want) != math.IsNaN(got) {
			k.t.Errorf("%s %s = %v, R has %v", place, what, got, want)
		}
		return
	}
	diff := math.Abs(got - want)
	if diff <= 1e-15 {
		return
	}
	diff /= math.Abs(want)
	k.worst[what] = max(k.worst[what], diff)
	if diff > rel {
		k.t.Errorf("%s %s = %.15g, R has %.15g (relative deviation %.1e > %.0e)", place, what, got, want, diff, rel)
	}
}

func TestOracleMeans(t *testing.T) {
	for _, year := range []string{"y1", "y2"} {
		s := loadSurvey(t, "papi_S_"+year+".csv")
		d := newDesign(t, s.spec(svy.LonelyAdjust))
		sums := scan(t, d, s.factor("prov"), s.items()...)
		k := newTally(t)
		for _, a := range answers(t, "S_prov_"+year+".csv") {
			v, _ := sums.Var(a["q"])
			l := sums.Mean(v, domain(t, sums, a["prov"]))
			place := a["q"] + " in " + a["prov"]
			k.near("mean", place, l.Value, a["mean"], 1e-12)
			k.near("sumw", place, l.SumW, a["sumw"], 1e-12)
			k.near("n", place, float64(l.N), a["n"], 0)
			k.near("se", place, d.SE(l), a["se"], 1e-9)
		}
	}
}
