package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"thuoc/internal/fault"
	"thuoc/internal/reference"
	"thuoc/internal/table"
)

// TestCalibrateOracle meets R's calibrated weights from the files.
func TestCalibrateOracle(t *testing.T) {
	data, margins := reference.Path(t, "oracle/papi_S_y1.csv"), reference.Path(t, "oracle/margins.csv")
	out := filepath.Join(t.TempDir(), "weights.csv")
	weights := map[string]map[string]string{} // by method and id
	for name, flags := range map[string][]string{
		"rake_sex_age":      {"--use", "sex,agegrp", "--method", "rake"},
		"rake_prov_sex_age": {"--use", "prov,sex,agegrp", "--method", "rake"},
		"post_cell":         {"--use", "cell=agegrp.sex", "--method", "poststrat"},
		"cal_linear":        {"--use", "sex,agegrp", "--method", "linear"},
		"cal_raking":        {"--use", "sex,agegrp", "--method", "rake"},
		"cal_logit":         {"--use", "sex,agegrp", "--method", "logit", "--bounds", "0.4,2.5"},
	} {
		var trail, talk bytes.Buffer
		args := append([]string{"calibrate", "--data", data, "--id", "id", "--weights", "w", "--margins", margins, "--out", out, "--format", "csv"}, flags...)
		if code := execute(args, noEnv, &trail, &talk); code != exitOK {
			t.Fatalf("exit code %d: %s", code, talk.String())
		}
		weights[name] = map[string]string{}
		for _, line := range linesOf(t, out) {
			weights[name][line["id"]] = line["calibrated"]
		}
		steps := lines(t, &trail)
		for _, want := range linesOf(t, reference.Path(t, "oracle/S_cal_summary.csv")) {
			if want["method"] == name {
				last := steps[len(steps)-1]
				meet(t, name+", sum", last["sum"], want["sum"], 1e-9)
				meet(t, name+", smallest", last["weight_min"], want["min"], 1e-9)
				meet(t, name+", largest", last["weight_max"], want["max"], 1e-9)
			}
		}
	}
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_cal_weights.csv")) {
		for name, by := range weights {
			meet(t, name+" of "+want["id"], by[want["id"]], want[name], 1e-9)
		}
	}
}

// FuzzMargins: whatever a margins file holds, it is refused with places inside the file, or every margin has levels with
// a population that is not negative.
func FuzzMargins(f *testing.F) {
	for _, s := range []string{"margin,level,total\nsex,f,300\nsex,m,200\n", "margin;level;total\nage.sex;1.2;3,5\n", "level,margin,total\nf,sex,-1\n", "margin,level,total\nsex,f,1\nsex,f,2\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tab, err := table.Read(strings.NewReader(text), "m.csv", table.Column{Name: "margin"}, table.Column{Name: "level"}, table.Column{Name: "total", Kind: table.Number})
		if err != nil {
			t.Fatal(err)
		}
		all := gatherMargins(tab)
		lines := strings.Count(text, "\n") + 1
		for _, it := range fault.Items(tab.Err()) {
			if it.Line < 0 || it.Line > lines {
				t.Fatalf("a fault outside the file: %s of %d lines", it.Place(), lines)
			}
		}
		if tab.Err() != nil {
			return
		}
		for _, m := range all {
			if m.name == "" || len(m.columns) == 0 || len(m.totals) == 0 || len(m.line) != len(m.totals) {
				t.Fatalf("a margin without its parts: %+v", m)
			}
			for level, total := range m.totals {
				if !(total >= 0) || m.line[level] < 2 || m.line[level] > lines {
					t.Fatalf("margin %q, level %q: %g on line %d", m.name, level, total, m.line[level])
				}
			}
		}
	})
}

// TestCalibratedEstimatesOracle meets R's errors after calibration from the files, where the lonely PSUs of the survey
// make no difference between the versions of R: there the factors are linear in the levels.
func TestCalibratedEstimatesOracle(t *testing.T) {
	data, margins := reference.Path(t, "oracle/papi_S_y1.csv"), reference.Path(t, "oracle/margins.csv")
	got := map[string]map[string]string{}
	for name, flags := range map[string][]string{
		"post_cell":  {"--use", "cell=agegrp.sex", "--calibrate", "poststrat"},
		"cal_linear": {"--use", "sex,agegrp", "--calibrate", "linear"},
	} {
		args := append([]string{"estimate", "--data", data, "--weights", "w", "--strata", "stratum", "--psu", "psu", "--lonely", "adjust", "--vars", "q*",
			"--margins", margins, "--format", "csv"}, flags...)
		var out, talk bytes.Buffer
		if code := execute(args, noEnv, &out, &talk); code != exitOK {
			t.Fatalf("exit code %d: %s", code, talk.String())
		}
		for _, line := range lines(t, &out) {
			got[name+" "+line["var"]] = line
		}
	}
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_cal_nat.csv")) {
		if line, ok := got[want["method"]+" "+want["q"]]; ok {
			meet(t, want["method"]+", mean of "+want["q"], line["estimate"], want["mean"], 1e-12)
			meet(t, want["method"]+", se of "+want["q"], line["se"], want["se"], 1e-9)
			delete(got, want["method"]+" "+want["q"])
		}
	}
	if len(got) > 0 {
		t.Errorf("%d estimates have no answer of R", len(got))
	}
}
