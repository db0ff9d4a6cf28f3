package portal

import (
	"strings"
	"testing"

	"thuoc/internal/ui/htmlcheck"
)

// FuzzMarkdown: no text can bring anything into a page that runs or loads.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# x", "[a](javascript:alert(1))", "<script>alert(1)</script>", "![x](http://a/b.png)", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "[x]: data:text/html,x\n[x]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		html, err := markdown(text)
		if err != nil {
			return
		}
		d, err := htmlcheck.Parse([]byte(html))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"script", "style", "iframe", "object", "img", "svg", "form"} {
			if len(d.All(bad)) > 0 {
				t.Errorf("%q lets through %s: %s", text, bad, html)
			}
		}
		for _, n := range d.All("[href]") {
			if v, _ := htmlcheck.Attr(n, "href"); strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), "javascript:") || strings.HasPrefix(strings.ToLower(v), "data:") {
				t.Errorf("%q lets through the link %s", text, v)
			}
		}
	})
}
