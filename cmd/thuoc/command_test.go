package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/docx"
	"thuoc/internal/geo"
	"thuoc/internal/published"
	"thuoc/internal/run"
)

// noEnv is an environment without variables.
func noEnv(string) string { return "" }

// walk visits every command with its path.
func walk(cmd command, path []string, visit func(command, []string)) {
	visit(cmd, path)
	for _, sub := range cmd.sub {
		walk(sub, append(slices.Clip(path), sub.name), visit)
	}
}

// TestEveryCommandHelps: each command answers --help in both languages, with its flags and an example.
func TestEveryCommandHelps(t *testing.T) {
	walk(root(), nil, func(cmd command, path []string) {
		for _, l := range []string{"vi", "en"} {
			var out, talk bytes.Buffer
			code := execute(append(slices.Clone(path), "--help", "--lang", l), noEnv, &out, &talk)
			if code != exitOK || talk.Len() > 0 || len(cmd.examples) == 0 || !strings.Contains(out.String(), "--lang vi|en") {
				t.Errorf("%v --help in %s: code %d, said %q:\n%s", path, l, code, &talk, &out)
			}
		}
	})
}

// TestExamplesRun runs every example of the help as it stands, with the files it names at hand.
func TestExamplesRun(t *testing.T) {
	provinces, err := os.ReadFile("../../internal/geo/sets/vn-34-ne.topo.json")
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := os.ReadFile("../../internal/draw/testdata/v1.txt")
	if err != nil {
		t.Fatal(err)
	}
	boundaries := geo.Coarse(geo.Present).Manifest
	sum := sha256.Sum256(provinces)
	boundaries.Checksum = hex.EncodeToString(sum[:])
	manifest, err := json.Marshal(boundaries)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var definition bytes.Buffer
	if code := execute([]string{"index", "show", "papi-2023", "--source"}, noEnv, &definition, io.Discard); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	const answers = "prov,s,p,w,q1\nA,1,a,1,1\nA,1,b,1,0\nA,1,b,2,1\nB,2,c,1,1\nB,2,d,1,0\nB,2,d,3,1\n"
	for name, text := range map[string]string{
		"my-index.yaml": definition.String(), "values.csv": "unit,code,value\n01,1.1.1,0.5\n",
		"my-survey.yaml": mySurvey, "y1.csv": answers, "y2.csv": answers,
		"margins.csv":            "margin,level,total\nprov,A,100\nprov,B,60\n",
		"provinces-34.json":      string(manifest),
		"agencies.csv":           "Tên cơ quan,Khối,Chức vụ,Họ và tên,Giữ chức vụ từ ngày\nQuỹ Bảo vệ môi trường,Đơn vị sự nghiệp,Giám đốc,Nguyễn Văn A,01/07/2025\n",
		"communes.csv":           "Mã,Tên,Loại,Mã tỉnh,Từ ngày,Văn bản\n11953,Phố Hiến,Phường,33,01/07/2025,Quyết định 19/2025/QĐ-TTg\n",
		"ke-hoach.csv":           "code,baseline_year,target_year,target_op,target\nPAPI,2023,2024,>=,42.41\n",
		"muc-tieu.csv":           "code,target_op,target\nPAPI,>=,42.41\n",
		"provinces-34.topo.json": string(provinces), "boc-tham.txt": string(drawn), "mau-so-noi-vu.docx": string(docx.Default()),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keptBackup(t)
	walk(root(), nil, func(cmd command, _ []string) {
		for _, example := range cmd.examples {
			if cmd.serves || words(example)[1] == "demo" {
				continue // TestDemo starts and stops it
			}
			var out, talk bytes.Buffer
			if code := execute(words(example)[1:], noEnv, &out, &talk); code != exitOK || out.Len() == 0 {
				t.Errorf("%s: code %d, %d bytes, said %q", example, code, out.Len(), &talk)
			}
		}
	})
}

// keptBackup makes the backup and the keys that examples name.
func keptBackup(t *testing.T) {
	t.Helper()
	var dir bytes.Buffer
	for _, line := range []string{"init before --home 33 --on 2025-07-01", "backup --data before backups"} {
		dir.Reset()
		if code := execute(strings.Fields(line), noEnv, &dir, io.Discard); code != exitOK {
			t.Fatalf("%s: code %d", line, code)
		}
	}
	for from, to := range map[string]string{strings.TrimSpace(dir.String()): "backups/thuoc-20250701T010000Z", "before/keys": "keys"} {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
}

// mySurvey is an index of one question.
const mySurvey = `
format: 1
id: mine-2020
family: mine
names: {vi: "Của tôi", en: "Mine"}
years: [2020, 2030]
units: any
sources: ["invented"]
levels: [{id: composite, names: {vi: "Chỉ số", en: "Index"}}, {id: indicator, names: {vi: "Chỉ tiêu", en: "Indicator"}}]
tree:
  code: mine
  names: {vi: "Của tôi", en: "Mine"}
  scale: [0, 10]
  aggregate: {method: arithmetic, rescale: true}
  parts: [{code: q1, names: {vi: "Câu một", en: "Question one"}, survey: {statistic: proportion, variable: q1}}]
`

// words splits an example as a shell does, up to a redirection.
func words(line string) []string {
	line, _, _ = strings.Cut(line, " > ")
	var out []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// fullDisk is a standard output that cannot be written.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestUnwrittenOutputIsAFailure(t *testing.T) {
	var talk bytes.Buffer
	if code := execute([]string{"version"}, noEnv, fullDisk{}, &talk); code != exitFailed || !strings.Contains(talk.String(), "no space left") {
		t.Errorf("code %d, said %q", code, &talk)
	}
}

func TestRuns(t *testing.T) {
	for _, c := range []struct{ codes, want string }{
		{"D1 D2 D3 PAPI", "D1–D3 PAPI"},
		{"D1 1.1 1.2 D2 1.3", "D1 D2 1.1–1.3"},
		{"5.1 5.3 5.4", "5.1 5.3 5.4"},
		{"", ""},
	} {
		if d := cmp.Diff(c.want, strings.Join(runs(strings.Fields(c.codes)), " ")); d != "" {
			t.Error(d)
		}
	}
}

func TestYearSpan(t *testing.T) {
	years := published.Years()
	for _, c := range []struct {
		in          string
		first, last int
		ok          bool
	}{
		{"", years[0].Year, years[len(years)-1].Year, true},
		{"2023", 2023, 2023, true},
		{"2019-2023", 2019, 2023, true},
		{"2023-2019", 2023, 2019, false},
		{"20x3", 0, 0, false},
	} {
		first, last, ok := yearSpan(c.in)
		if ok != c.ok || ok && (first != c.first || last != c.last) {
			t.Errorf("yearSpan(%q) = %d, %d, %v", c.in, first, last, ok)
		}
	}
}

// TestColumnsAreDocumented holds docs/cli.md to the columns that score and data papi write.
func TestColumnsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	papi, err := newCut(2023, 2023, "composite", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Concat(run.Header, papi.records().Header) {
		if !strings.Contains(string(doc), "`"+name+"`") {
			t.Errorf("docs/cli.md does not say what the column %s holds", name)
		}
	}
}
