package main

import (
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/reference"
)

// lines reads a CSV file as maps from header to cell.
func lines(t testing.TB, r io.Reader) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		line := map[string]string{}
		for i, name := range rows[0] {
			line[name] = row[i]
		}
		out = append(out, line)
	}
	return out
}

func linesOf(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return lines(t, f)
}

// TestScoreAnswersOracle scores the synthetic survey of two years from its files and meets R's index: value, error,
// degrees of freedom, covariance, change, p-value and adjusted p-value.
func TestScoreAnswersOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 12 MB of answers")
	}
	folder := t.TempDir()
	args := func(extra ...string) []string {
		return append([]string{"score", "--index", "../../internal/score/testdata/synthetic.yaml", "--weights", "w", "--strata", "stratum", "--psu", "psu",
			"--by", "prov", "--lonely", "adjust", "--format", "csv", "--out", folder}, extra...)
	}
	score := func(extra ...string) []map[string]string {
		var out, talk bytes.Buffer
		if code := execute(args(extra...), func(string) string { return "en" }, &out, &talk); code != exitOK {
			t.Fatalf("exit code %d: %s", code, talk.String())
		}
		return lines(t, &out)
	}
	index := func(rows []map[string]string) map[string]map[string]string {
		out := map[string]map[string]string{}
		for _, r := range rows {
			out[r["unit"]+" "+r["code"]] = r
		}
		return out
	}
	y1, y2 := reference.Path(t, "oracle/papi_S_y1.csv"), reference.Path(t, "oracle/papi_S_y2.csv")

	now := index(score("--data", y2, "--previous", y1))
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_index_diff.csv")) {
		got := now[want["prov"]+" "+want["item"]]
		for mine, theirs := range map[string]string{"change": "est", "change_se": "se", "change_df": "df", "change_p": "p", "change_p_adjusted": "p_bh"} {
			meet(t, want["item"]+" in "+want["prov"]+", "+mine, got[mine], want[theirs], 1e-9)
		}
	}

	one := index(score("--data", y1))
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_index.csv")) {
		got, place := one[want["prov"]+" "+want["item"]], want["item"]+" in "+want["prov"]
		meet(t, place, got["value"], want["est"], 1e-12)
		meet(t, place+", se", got["se"], want["se"], 1e-9)
		meet(t, place+", df", got["df"], want["df"], 0)
	}
	covariance := map[string]string{}
	for _, c := range linesOf(t, filepath.Join(folder, "covariance.csv")) {
		covariance[strings.Join([]string{c["unit"], c["a"], c["b"]}, " ")] = c["covariance"]
		covariance[strings.Join([]string{c["unit"], c["b"], c["a"]}, " ")] = c["covariance"]
	}
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_index_cov.csv")) {
		key := strings.Join([]string{want["prov"], want["a"], want["b"]}, " ")
		meet(t, "covariance of "+key, covariance[key], want["cov"], 1e-9)
	}
	if all := linesOf(t, filepath.Join(folder, "scores.csv")); len(all) != 63*(1+8+32+112) {
		t.Errorf("scores.csv has %d rows", len(all))
	}
}

// meet compares two cells to a relative tolerance.
func meet(t *testing.T, what, got, want string, relative float64) {
	t.Helper()
	a, errA := strconv.ParseFloat(got, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if errA != nil || errB != nil || math.Abs(a-b) > relative*math.Abs(b)+1e-15 {
		t.Errorf("%s = %q, R has %q", what, got, want)
	}
}

// BenchmarkScoreAnswers scores 63 provinces from 20,000 answers against the year before, ranks included, files read and
// tables written. Bound: 1 s on 2 cores.
func BenchmarkScoreAnswers(b *testing.B) {
	args := []string{"score", "--index", "../../internal/score/testdata/synthetic.yaml", "--weights", "w", "--strata", "stratum", "--psu", "psu", "--by", "prov",
		"--lonely", "adjust", "--data", reference.Path(b, "oracle/papi_S_y2.csv"), "--previous", reference.Path(b, "oracle/papi_S_y1.csv")}
	for b.Loop() {
		var talk bytes.Buffer
		if code := execute(args, func(string) string { return "en" }, io.Discard, &talk); code != exitOK {
			b.Fatal(talk.String())
		}
	}
}
