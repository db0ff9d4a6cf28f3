package e2e

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"thuoc/test/program"
)

// demoServer starts the program once for all tests of the package.
var demoServer = sync.OnceValues(func() (*program.Server, error) {
	dir, err := os.MkdirTemp("", "thuoc-e2e")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // a running binary does not need its file
	binary, err := program.Build(dir)
	if err != nil {
		return nil, err
	}
	return program.Serve(binary)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv("THUOC_AXE") != "" {
		if err := errors.Join(closeBrowser(), stopDemo()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

func closeBrowser() error {
	browser, err := chromium()
	if err != nil {
		return nil // the tests have failed by it
	}
	return chromedp.Cancel(browser)
}

func stopDemo() error {
	if os.Getenv("THUOC_SITE") != "" {
		return nil
	}
	s, err := demoServer()
	if err != nil {
		return nil // the tests have failed by it
	}
	return s.Stop()
}

// site gives the address of the demo, or of the server that THUOC_SITE names, without a slash at the end.
func site(t *testing.T) string {
	t.Helper()
	if running := os.Getenv("THUOC_SITE"); running != "" {
		return running
	}
	s, err := demoServer()
	if err != nil {
		t.Fatal(err)
	}
	return s.URL
}

var (
	widths = []int64{1280, 390, 360, 320}
	themes = []bool{false, true}
)

// TestPages looks at one page of every kind in both languages, at every width and in both themes.
func TestPages(t *testing.T) {
	library := axeLibrary(t)
	pages := discover(t, site(t))
	browser := launch(t)
	const tabs = 2
	free := make(chan *tab, tabs)
	for range tabs {
		free <- open(t, browser, site(t))
	}
	var judged sync.Map
	for _, p := range pages {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			tb := <-free
			defer func() { free <- tb }()
			a := &audit{t: t, tab: tb, library: library, page: p}
			a.appearance()
			if p.lang == "vi" {
				a.use(&judged, publicStops)
			}
			a.report()
		})
	}
}

// audit gathers the faults of one page.
type audit struct {
	t       *testing.T
	tab     *tab
	library string
	page    instance
	faults  map[string]*fault // by rule
}

// fault is one rule that a page breaks: how it was looked at, and which elements break it.
type fault struct{ seen, what []string }

// add puts down what a check found.
func (a *audit) add(seen string, found []finding, err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatalf("%s, %s: %v", a.page.address, seen, err)
	}
	if a.faults == nil {
		a.faults = map[string]*fault{}
	}
	for _, f := range found {
		k := a.faults[f.rule]
		if k == nil {
			k = &fault{}
			a.faults[f.rule] = k
		}
		if !slices.Contains(k.seen, seen) {
			k.seen = append(k.seen, seen)
		}
		if what := f.where + ": " + f.detail; !slices.Contains(k.what, what) {
			k.what = append(k.what, what)
		}
	}
}

// appearance loads the page once and looks at it at every width and in both themes.
func (a *audit) appearance() {
	a.add("load", nil, a.tab.look(desktop))
	a.add("load", nil, a.tab.visit(a.page.address))
	for _, dark := range themes {
		for _, width := range widths {
			s := screen{width, dark}
			a.add(s.String(), nil, a.tab.look(s))
			axe := a.tab.axe
			if dark {
				axe = a.tab.colours
			}
			found, err := axe(a.library)
			a.add(s.String(), found, err)
			found, err = a.tab.sideways()
			a.add(s.String(), found, err)
			a.picture(s)
		}
	}
	a.add("load", a.tab.found(), nil)
}

// picture keeps a picture of the page where THUOC_SHOTS says.
func (a *audit) picture(s screen) {
	dir := os.Getenv("THUOC_SHOTS")
	if dir == "" || s.width != 1280 && s.width != 390 {
		return
	}
	b, err := a.tab.shot(nil)
	a.add("picture", nil, err)
	name := strings.ReplaceAll(fmt.Sprintf("%s %s.png", a.page, s), " ", "-")
	a.add("picture", nil, os.WriteFile(filepath.Join(dir, name), b, 0o644))
}

// use works the page: by keyboard, with wider text, on paper, without scripts.
func (a *audit) use(judged *sync.Map, stops int) {
	for _, width := range []int64{320, 1280} {
		s := screen{width: width}
		a.add(s.String(), nil, a.tab.look(s))
		found, err := a.tab.spaced()
		a.add(s.String(), found, err)
	}
	found, err := a.tab.keyboard(judged, stops)
	a.add("keyboard", found, err)
	if !strings.HasPrefix(a.page.kind, "nhung") { // a figure in another site's page has nothing to skip
		a.add("load", nil, a.tab.visit(a.page.address))
		found, err = a.tab.skips()
		a.add("keyboard", found, err)
	}
	found, err = a.tab.printed()
	a.add("print", found, err)
	a.add("screen", nil, a.tab.look(desktop))
	found, err = a.tab.withoutScripts(a.page.address)
	a.add("without scripts", found, err)
}

func (a *audit) report() {
	const shown = 4
	for _, rule := range slices.Sorted(maps.Keys(a.faults)) {
		f := a.faults[rule]
		a.t.Errorf("%s [%s] %s, %d times:\n  %s", strings.TrimPrefix(a.page.address, "http://"+a.tab.host), strings.Join(f.seen, ", "),
			rule, len(f.what), strings.Join(f.what[:min(shown, len(f.what))], "\n  "))
	}
}
