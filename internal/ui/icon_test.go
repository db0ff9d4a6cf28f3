package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestIconsExist: a page that asks for an icon which is not there answers nobody, and most icons stand in branches that few
// pages take. Those of templates and of buttons made in Go are all met here.
func TestIconsExist(t *testing.T) {
	for _, where := range []struct {
		files string
		named *regexp.Regexp
		least int
	}{
		{"template/*.html", regexp.MustCompile(`\{\{icon "([^"]+)"\}\}`), 8},
		{"../*/page/*.html", regexp.MustCompile(`\{\{icon "([^"]+)"\}\}`), 40},
		{"../web/*.go", regexp.MustCompile(`\bact\([^"\n]*"[^"]*"[^"\n]*\), "([a-z0-9-]+)"`), 10},
	} {
		files, err := filepath.Glob(where.files)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range where.named.FindAllStringSubmatch(string(text), -1) {
				seen[m[1]] = true
				if _, ok := assets().icon[m[1]]; !ok {
					t.Errorf("%s asks for the icon %s, which is in no sprite", f, m[1])
				}
			}
		}
		if len(seen) < where.least {
			t.Errorf("%s name %d icons: the pattern no longer meets them", where.files, len(seen))
		}
	}
}
