package ui

import (
	"regexp"
	"strings"
	"testing"

	"thuoc/internal/chart"
)

// TestStylesheetColoursEveryRole: a mark whose role the stylesheet forgot is black on a page, and a token that differs
// from the palette makes a picture differ from its page.
func TestStylesheetColoursEveryRole(t *testing.T) {
	data, err := assetFiles.ReadFile("asset/css/thuoc.css")
	if err != nil {
		t.Fatal(err)
	}
	css := string(data)
	first := func(pattern string) string {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(css); m != nil {
			return m[1]
		}
		return ""
	}
	for _, role := range chart.Roles() {
		for class, property := range map[string]string{string(role): "fill", "k-" + string(role): "stroke"} {
			value := first(regexp.QuoteMeta(".chart ."+class+"{"+property+":") + `([^;}]+)`)
			if token, ok := strings.CutPrefix(value, "var("); ok {
				value = first(regexp.QuoteMeta(strings.TrimSuffix(token, ")")) + `:(#[0-9A-Fa-f]+)`)
			}
			if len(value) == 4 {
				value = "#" + strings.Repeat(value[1:2], 2) + strings.Repeat(value[2:3], 2) + strings.Repeat(value[3:4], 2)
			}
			if role == chart.Border { // the ground: paper on a page, white in a file
				continue
			}
			if !strings.EqualFold(value, role.Colour()) {
				t.Errorf(".%s is %q in the stylesheet, %s in the palette", class, value, role.Colour())
			}
		}
	}
	for _, class := range []string{"halo", "halo-l", "halo-d", "k-border", "w", "n"} {
		if !strings.Contains(css, ".chart ."+class) {
			t.Errorf("the stylesheet does not know .%s", class)
		}
	}
}
