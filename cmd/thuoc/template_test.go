package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"thuoc/internal/docx"
)

// rewritten gives the default template with one of its parts changed.
func rewritten(t *testing.T, name string, change func(string) string) []byte {
	t.Helper()
	file := docx.Default()
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			data = []byte(change(string(data)))
		}
		w, err := out.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTemplateCheckNamesEveryField: a field that is not known, one that is torn and one that is missing are named together,
// each with its file, part and paragraph.
func TestTemplateCheckNamesEveryField(t *testing.T) {
	t.Chdir(t.TempDir())
	bad := rewritten(t, "word/document.xml", func(s string) string {
		s = strings.Replace(s, "{{trich_yeu}}", "{{trich_yeo}}", 1)
		return strings.Replace(s, "{{phu_luc}}", "{{phu luc", 1)
	})
	if err := os.WriteFile("mau.docx", bad, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, talk bytes.Buffer
	if code := execute([]string{"template", "check", "mau.docx"}, noEnv, &out, &talk); code == exitOK || out.Len() > 0 {
		t.Fatalf("code %d, wrote %q", code, &out)
	}
	said := talk.String()
	for _, want := range []string{"mau.docx/word/document.xml:", "{{trich_yeo}}", "Có hai dấu ngoặc nhọn", "Thiếu trường {{phu_luc}}"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not named in:\n%s", want, said)
		}
	}
	for line := range strings.Lines(said) {
		if strings.Contains(line, "trich_yeo") && strings.Contains(line, "document.xml:0") {
			t.Errorf("no paragraph: %s", line)
		}
	}
}
