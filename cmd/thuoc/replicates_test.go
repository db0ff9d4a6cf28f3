package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/reference"
)

// bootstrapFile writes the oracle's 200 draws as a factor file.
func bootstrapFile(t *testing.T) string {
	t.Helper()
	draws := linesOf(t, reference.Path(t, "oracle/S_boot_multiplicity.csv"))
	units, replicates := map[string]int{}, len(draws[0]["draws"])
	for _, d := range draws {
		units[d["stratum"]]++
	}
	var b strings.Builder
	b.WriteString("stratum,psu")
	for r := range replicates {
		b.WriteString(",r" + strconv.Itoa(r+1))
	}
	b.WriteString("\nraowu,coefficient" + strings.Repeat(",0.005", replicates) + "\n")
	for _, d := range draws {
		b.WriteString(d["stratum"] + "," + d["psu"])
		n := float64(units[d["stratum"]])
		for _, digit := range d["draws"] {
			b.WriteString("," + strconv.FormatFloat(float64(digit-'0')*n/(n-1), 'g', -1, 64))
		}
		b.WriteByte('\n')
	}
	name := filepath.Join(t.TempDir(), "factors.csv")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestReplicatesOracle meets R's jackknife and bootstrap errors from the files, national and by province, of means and
// quantiles.
func TestReplicatesOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 6 MB of answers eight times")
	}
	data, boot := reference.Path(t, "oracle/papi_S_y1.csv"), "file:"+bootstrapFile(t)
	estimate := func(flags ...string) map[string]map[string]string {
		args := append([]string{"estimate", "--data", data, "--weights", "w", "--strata", "cstratum", "--psu", "cpsu", "--format", "csv"}, flags...)
		var out, talk bytes.Buffer
		if code := execute(args, noEnv, &out, &talk); code != exitOK {
			t.Fatalf("exit code %d: %s", code, talk.String())
		}
		byName := map[string]map[string]string{}
		for _, line := range lines(t, &out) {
			byName[strings.TrimSpace(line["var"]+" "+line["prov"])] = line
		}
		return byName
	}
	nation := map[string]map[string]map[string]string{
		"se_taylor":   estimate("--vars", "q*"),
		"se_jkn":      estimate("--vars", "q*", "--replicates", "jkn"),
		"se_jkn_mse":  estimate("--vars", "q*", "--replicates", "jkn", "--mse"),
		"se_boot":     estimate("--vars", "q*", "--replicates", boot),
		"se_boot_mse": estimate("--vars", "q*", "--replicates", boot, "--mse"),
	}
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_rep.csv")) {
		for column, got := range nation {
			meet(t, column+" of "+want["q"], got[want["q"]]["se"], want[column], 1e-9)
			meet(t, "mean of "+want["q"], got[want["q"]]["estimate"], want["mean"], 1e-12)
		}
	}
	jkn, bootstrap := estimate("--vars", "q*", "--by", "prov", "--replicates", "jkn"), estimate("--vars", "q*", "--by", "prov", "--replicates", boot)
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_rep_prov.csv")) {
		place := want["q"] + " " + want["prov"]
		meet(t, "se_jkn of "+place, jkn[place]["se"], want["se_jkn"], 1e-9)
		meet(t, "se_boot of "+place, bootstrap[place]["se"], want["se_boot"], 1e-9)
	}
	for _, want := range linesOf(t, reference.Path(t, "oracle/S_rep_quant.csv")) {
		got := estimate("--vars", want["q"], "--stat", "quantile", "--p", want["p"], "--replicates", boot)[want["q"]]
		meet(t, "quantile "+want["p"], got["estimate"], want["est"], 0)
		meet(t, "se of quantile "+want["p"], got["se"], want["se_boot"], 1e-9)
	}
}

// BenchmarkReplicates estimates 120 items in 63 provinces with 1,000 bootstrap replicates of 20,000 rows, from the file
// to the table. Bound: 1 s on 2 cores.
func BenchmarkReplicates(b *testing.B) {
	args := []string{"estimate", "--data", reference.Path(b, "oracle/papi_S_y1.csv"), "--weights", "w", "--strata", "cstratum", "--psu", "cpsu",
		"--vars", "q*", "--by", "prov", "--replicates", "raowu:1000:1", "--format", "csv"}
	for b.Loop() {
		var out, talk bytes.Buffer
		if code := execute(args, noEnv, &out, &talk); code != exitOK {
			b.Fatal(talk.String())
		}
	}
}
