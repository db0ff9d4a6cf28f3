package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// good is a page without any fault. Every case below breaks one thing in it, and the check made for that thing, and no
// other, must find it.
const good = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>A page</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/page.css"><!--head--></head>
<body><a class="skip" href="#main">Skip to content</a>
<header><nav aria-label="Main"><a href="/?1">One page</a> <a href="/?2">Another page</a></nav></header>
<main id="main" tabindex="-1"><h1>A finding</h1><p>Ten words stand here so that something can be read.</p>
<p><a class="more" href="/?3">Read more of this</a></p>
<form action="/"><label>Place <input class="in" name="q"></label> <button>Show</button></form>
<div class="box"><svg width="90" height="40" role="group" aria-label="Map"><a href="/?4" aria-label="Place four"><rect width="40" height="40"/></a></svg></div>
<!--main--></main></body></html>`

const goodCSS = `@page{size:A4;margin:12mm}:root{color-scheme:light dark}
body{margin:16px;font:16px/1.5 sans-serif;background:#fff;color:#111}a{color:#0645ad}nav a,p a{display:inline-block;padding:4px 8px}
.skip{position:absolute;left:0;top:-60px;background:#fff}.skip:focus{top:0}.box{overflow-x:auto}input,button{min-height:32px}
:focus-visible{outline:3px solid #111;outline-offset:1px}svg a:focus-visible rect{stroke:#111;stroke-width:6}svg rect{fill:#9cf}
main:focus{outline:0}
@media screen and (prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#9cf}.skip{background:#111}:focus-visible{outline-color:#eee}svg a:focus-visible rect{stroke:#fff}svg rect{fill:#246}}`

// standIn serves the good page broken as a case says.
func standIn(t *testing.T, old, new, css string) string {
	t.Helper()
	broken := good
	if old != "" {
		if broken = strings.Replace(good, old, new, 1); broken == good {
			t.Fatalf("the page has no %q to break", old)
		}
	}
	mux := http.NewServeMux()
	serve := func(path, kind, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			w.Header().Set("Content-Type", kind)
			w.Write([]byte(body))
		})
	}
	serve("/{$}", "text/html; charset=utf-8", broken)
	serve("/page.css", "text/css", goodCSS+css)
	serve("/icon.svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"/>`)
	serve("/late.js", "text/javascript", `document.addEventListener("DOMContentLoaded", () => { const d = document.createElement("div");
		d.innerHTML = "<p>"+"word ".repeat(30)+"<a href='/?5'>Late link</a></p>"; document.querySelector("main").append(d); })`)
	serve("/trap.js", "text/javascript", `addEventListener("keydown", e => { if (e.key === "Tab" && document.activeElement.matches(".more")) e.preventDefault(); })`)
	serve("/error.js", "text/javascript", `console.error("a complaint")`)
	serve("/throw.js", "text/javascript", `throw new Error("thrown")`)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + "/"
}

var faults = []struct {
	name, old, new, css string
	width               int64
	dark                bool
	want                string // the rule; several with commas between them; "" for a page without fault
}{
	{name: "a good page"},
	{name: "a good page, narrow and dark", width: 320, dark: true},
	{name: "wide content in a box of its own", old: "<svg width=\"90\"", new: "<svg width=\"900\"", width: 320},
	{name: "a picture without words", old: "<!--main-->", new: `<img src="/icon.svg" width="20" height="20">`, want: "axe image-alt"},
	{name: "no contrast in the dark only", css: "@media(prefers-color-scheme:dark){p{color:#333}}", dark: true, want: "axe color-contrast"},
	{name: "a heading left out", old: "<!--main-->", new: "<h3>Deep</h3>", want: "axe heading-order"},
	{name: "a small target", css: ".t{display:inline-block;width:9px;height:9px;padding:0!important;overflow:hidden;color:#0645ad}", old: "<!--main-->",
		new: `<div><a class="t" href="/?6">a</a><a class="t" href="/?7">b</a><a class="t" href="/?8">c</a></div>`, want: "axe target-size"},
	{name: "sideways", old: "<!--main-->", new: `<div class="w">wide</div>`, css: ".w{width:400px}", width: 320, want: "sideways"},
	{name: "text that cannot grow", old: "<!--main-->", new: `<div class="w">Some words in a narrow box</div>`, css: ".w{width:200px;height:1.5em;overflow:hidden}", want: "text-spacing"},
	{name: "another host", old: "<!--main-->", new: `<img alt="" src="http://localhost:9/x.png">`, want: "own-host,policy,loads"},
	{name: "a missing file", old: "<!--main-->", new: `<img alt="" src="/none.png">`, want: "loads"},
	{name: "an inline script", old: "<!--head-->", new: `<script>1</script>`, want: "policy"},
	{name: "an inline style", old: "<p>", new: `<p style="color:#222">`, want: "policy"},
	{name: "a complaint", old: "<!--head-->", new: `<script src="/error.js"></script>`, want: "console"},
	{name: "an exception", old: "<!--head-->", new: `<script src="/throw.js"></script>`, want: "console"},
	{name: "content made by a script", old: "<!--head-->", new: `<script src="/late.js"></script>`, want: "no-script"},
	{name: "a button for scripts only", old: "<!--main-->", new: `<button type="button">Press</button>`, want: "no-script"},
	{name: "a form that only a script sends", old: "<button>Show</button>", new: "", want: "no-script"},
	{name: "no skip link", old: `<a class="skip" href="#main">Skip to content</a>`, want: "skip-link"},
	{name: "a skip link to nowhere", old: `href="#main"`, new: `href="#other"`, want: "skip-link"},
	{name: "an order of its own", old: `<a href="/?2">`, new: `<a tabindex="1" href="/?2">`, want: "tab-order"},
	{name: "a trap", old: "<!--head-->", new: `<script src="/trap.js"></script>`, want: "tab-order"},
	{name: "focus unseen", css: ".more:focus-visible{outline:0}", want: "focus-seen"},
	{name: "focus unseen on the map", css: "svg a:focus-visible{outline:0}svg a:focus-visible rect{stroke:none}", want: "focus-seen"},
	{name: "focus too pale", css: ".more:focus-visible{outline-color:#ddd}", want: "focus-seen"},
	{name: "focus covered", old: "<!--main-->", new: `<div class="lid">lid</div>`, css: ".lid{position:fixed;inset:0;background:#fff}", want: "focus-seen"},
	{name: "a sheet without text", css: "@media print{main{break-before:page;break-after:page}main::after{content:'';display:block;break-before:page;height:20px;background:#000}}", want: "print"},
	{name: "a dark sheet", css: "@media print{body{background:#111}}", want: "print"},
	{name: "not A4", css: "@page{size:letter}", want: "print"},
}

// TestChecksCanFail holds every check to pages with known faults: it finds the one that was made, and nothing else.
func TestChecksCanFail(t *testing.T) {
	library := axeLibrary(t)
	browser := launch(t)
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := standIn(t, c.old, c.new, c.css)
			tb := open(t, browser, address)
			if err := tb.look(screen{max(c.width, 320), c.dark}); err != nil {
				t.Fatal(err)
			}
			if err := tb.visit(address); err != nil {
				t.Fatal(err)
			}
			found := tb.check(t, library, address, c.want)
			if c.want != "" && len(found) == 0 {
				t.Errorf("%s was not found", c.want)
			}
			for _, f := range found {
				if !slices.Contains(strings.Split(c.want, ","), f.rule) {
					t.Errorf("no such fault was made: %s", f)
				}
			}
		})
	}
}

// check runs the check that finds faults of a rule, or all of them without a rule.
func (tb *tab) check(t *testing.T, library, address, rule string) []finding {
	t.Helper()
	var judged sync.Map
	var out []finding
	for _, c := range []struct {
		rules string
		run   func() ([]finding, error)
	}{
		{"own-host loads policy console", func() ([]finding, error) { return tb.found(), nil }},
		{"axe", func() ([]finding, error) { return tb.axe(library) }},
		{"sideways", tb.sideways},
		{"text-spacing", tb.spaced},
		{"tab-order focus-seen", func() ([]finding, error) { return tb.keyboard(&judged, publicStops) }},
		{"skip-link", tb.skips},
		{"print", tb.printed},
		{"no-script", func() ([]finding, error) { return tb.withoutScripts(address) }},
	} {
		kind, _, _ := strings.Cut(strings.Split(rule, ",")[0], " ")
		if !strings.Contains(c.rules, kind) {
			continue
		}
		found, err := c.run()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	return out
}

// axeLibrary gives the source of axe-core, or skips the test where it is not named.
func axeLibrary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("THUOC_AXE")
	if path == "" {
		t.Skip("NOTICE: skipped, these tests need Chromium and axe-core: run `make e2e`")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("THUOC_AXE must name axe-core's axe.min.js: %v", err)
	}
	return string(source)
}
