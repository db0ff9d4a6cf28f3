package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"thuoc/test/program"
)

// demo starts the program once for all tests of the package.
var demo = sync.OnceValues(func() (*program.Server, error) {
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
		if s, err := demo(); err == nil {
			if err := s.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "the server did not end well:", err)
				code = max(code, 1)
			}
		}
	}
	os.Exit(code)
}

// site gives the address of the demo, without a slash at the end.
func site(t *testing.T) string {
	t.Helper()
	s, err := demo()
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
				a.use(&judged)
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
	faults  map[finding][]string // where each was seen
}

// add puts down what a check found.
func (a *audit) add(seen string, found []finding, err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatalf("%s, %s: %v", a.page.address, seen, err)
	}
	if a.faults == nil {
		a.faults = map[finding][]string{}
	}
	for _, f := range found {
		if !slices.Contains(a.faults[f], seen) {
			a.faults[f] = append(a.faults[f], seen)
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
			found, err := a.tab.axe(a.library)
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
func (a *audit) use(judged *sync.Map) {
	for _, width := range []int64{320, 1280} {
		s := screen{width: width}
		a.add(s.String(), nil, a.tab.look(s))
		found, err := a.tab.spaced()
		a.add(s.String(), found, err)
	}
	found, err := a.tab.keyboard(judged)
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
	for f, seen := range a.faults {
		a.t.Errorf("%s [%s] %s", strings.TrimPrefix(a.page.address, "http://"+a.tab.host), strings.Join(seen, ", "), f)
	}
}
