package score_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/fault"
	"thuoc/internal/score"
)

// TestFaulty holds every file of testdata/bad to the faults written in it: comments "# want: FIELD: SENTENCE | FIELD: SENTENCE". A file whose first line says "schema: blind" holds faults that a schema cannot see.
func TestFaulty(t *testing.T) {
	s := schema(t)
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) < 10 {
		t.Fatal(len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i, line := range strings.Split(string(data), "\n") {
				_, all, _ := strings.Cut(line, "# want: ")
				for w := range strings.SplitSeq(all, " | ") {
					if w != "" {
						want = append(want, fmt.Sprintf("%d: %s", i+1, w))
					}
				}
			}
			d, err := score.Load(path, data)
			var got []string
			for _, it := range fault.Items(err) {
				if it.File != path || it.Remedy.Key == "" || it.Line > 0 && it.Column < 1 {
					t.Errorf("no place or no remedy: %+v", it)
				}
				got = append(got, fmt.Sprintf("%d: %s: %s", it.Line, it.Field, it.What))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if d != nil || fault.KindOf(err) != fault.Invalid {
				t.Errorf("definition %v, error kind %v", d, fault.KindOf(err))
			}
			doc, err := instance(data)
			if err != nil {
				return
			}
			blind := bytes.Contains(data, []byte("schema: blind"))
			if err := s.Validate(doc); (err == nil) != blind {
				t.Errorf("the schema says %v; the file says blind: %v", err, blind)
			}
		})
	}
}

// TestWholeFile holds the faults that no file of testdata can carry, and the columns.
func TestWholeFile(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"empty":     {" \n", "x.yaml: The file is empty."},
		"comment":   {"# nothing\n", "x.yaml: The file is empty."},
		"binary":    {"format: \xff\xfe", "x.yaml: The file is not UTF-8 text."},
		"huge":      {strings.Repeat("# \n", 400_000), "x.yaml: The file is larger than 256 KiB, or has more than 10000 lines or keys."},
		"keys":      {strings.Repeat("{a: 1},", 12_000), "x.yaml: The file is larger than 256 KiB, or has more than 10000 lines or keys."},
		"brackets":  {"a: " + strings.Repeat("[", 100_000), "x.yaml: The file nests deeper than 64 levels."},
		"dashes":    {strings.Repeat("- ", 100_000), "x.yaml: The file nests deeper than 64 levels."},
		"indents":   {strings.Repeat(" ", 5000) + "a: 1", "x.yaml: The file nests deeper than 64 levels."},
		"documents": {"format: 1\n---\nformat: 1\n", "x.yaml:3:7: The file holds more than one document."},
		"broken":    {"format: 1\nnames: {vi: \"a\n", "x.yaml:2:13: This is not YAML."},
		"list":      {"- 1\n", "x.yaml:1:1: A mapping is expected here."},
		"column":    {"format: 1\nnames: {vi: \"Chỉ số Đ\", en: 3}\n", "x.yaml:2:29: names.en: Text is expected here."},
	} {
		_, err := score.Load("x.yaml", []byte(c.data))
		var got []string
		for _, it := range fault.Items(err) {
			line := it.Place() + ": "
			if it.Field != "" {
				line += it.Field + ": "
			}
			got = append(got, line+it.What.String())
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// FuzzLoad: whatever the bytes, Load neither panics nor hangs; it gives a definition or faults that each have a remedy.
// What loads also holds to the schema's tree: codes are unique and every node has a level.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/bad/*.yaml", "definitions/papi-2011.yaml", "definitions/sipas.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, p := range paths {
			data, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := score.Load("fuzz.yaml", data)
		if (d == nil) == (err == nil) {
			t.Fatalf("definition %v, error %v", d, err)
		}
		for _, it := range fault.Items(err) {
			if it.What.Key == "" || it.Remedy.Key == "" {
				t.Fatalf("a fault without words: %+v", it)
			}
		}
		if d == nil {
			return
		}
		for n := range d.Nodes() {
			if d.Node(n.Code) != n || n.Level == "" {
				t.Fatalf("node %q at level %q", n.Code, n.Level)
			}
			d.Attainable(n.Code)
		}
	})
}
