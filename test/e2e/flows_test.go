package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"thuoc/internal/clock"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/published"
	"thuoc/internal/score"
)

// reader is a person at the browser: a fresh profile, a wide window, light.
type reader struct {
	*tab
	t    *testing.T
	site string
}

func newReader(t *testing.T, browser context.Context) *reader {
	t.Helper()
	r := &reader{open(t, browser, site(t)), t, site(t)}
	r.must(r.look(desktop))
	return r
}

func (r *reader) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// goes visits an address of the site.
func (r *reader) goes(path string) {
	r.t.Helper()
	r.must(r.visit(r.site + path))
}

// reads gives the text of the main part, spaces of every kind as one blank.
func (r *reader) reads() string {
	r.t.Helper()
	text, err := ask[string](r.tab, `document.querySelector("main").innerText`)
	r.must(err)
	return plain(text)
}

func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// tight takes out all blanks, so that "8,86 %" and "8,86%" are one.
func tight(text string) string { return strings.Join(strings.Fields(text), "") }

// does evaluates an expression that acts on the page.
func (r *reader) does(expression string) {
	r.t.Helper()
	_, err := ask[*bool](r.tab, "("+expression+", true)")
	r.must(err)
}

// presses clicks with the mouse and waits for the new page.
func (r *reader) presses(selector string) {
	r.t.Helper()
	ctx, stop := context.WithTimeout(r.ctx, patience)
	defer stop()
	_, err := chromedp.Run(ctx, chromedp.Click(chromedp.CSS(selector)))
	r.must(err)
}

// follows clicks a link and waits until the browser is at another address.
func (r *reader) follows(selector string) {
	r.t.Helper()
	before := r.at()
	r.presses(selector)
	r.waits(`location.pathname + location.search !== ` + quote(before) + ` && document.readyState === "complete"`)
}

// waits until an expression holds. While a page gives way to another the browser has nothing to ask, which is no fault.
func (r *reader) waits(expression string) {
	r.t.Helper()
	for late := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		holds, err := ask[bool](r.tab, expression)
		if holds {
			return
		}
		if time.Now().After(late) {
			r.t.Fatalf("waiting for %s at %s: %v", expression, r.at(), err)
		}
	}
}

// at is the address without the host.
func (r *reader) at() string {
	r.t.Helper()
	s, err := ask[string](r.tab, `location.pathname + location.search`)
	r.must(err)
	return s
}

func quote(s string) string { return "`" + s + "`" }

// shows fails the test for every text that the main part lacks; blanks do not count.
func (r *reader) shows(wanted ...string) {
	r.t.Helper()
	have := tight(r.reads())
	for _, w := range wanted {
		if !strings.Contains(have, tight(w)) {
			r.t.Errorf("%s does not show %q", r.at(), w)
		}
	}
}

// untroubled fails the test when the browser complained or asked another host.
func (r *reader) untroubled() {
	r.t.Helper()
	for _, f := range r.found() {
		r.t.Error(f)
	}
}

// TestTraVinh is the figure that the house is built round: 40.7172 in 2022, with everything that must be said beside it.
func TestTraVinh(t *testing.T) {
	axeLibrary(t)
	r := newReader(t, launch(t))
	figure := figureOf(t, 2022, "84", "PAPI")
	r.goes("/ho-so/tra-vinh?nam=2022")
	r.shows("40,7172", "90%", "95%", lang.Range(lang.Vi, figure.Lo, figure.Hi, 2), "chưa chắc", "Vĩnh Long")
	proper := lang.Range(lang.Vi, figure.Value-1.96*figure.SE, figure.Value+1.96*figure.SE, 2)
	r.shows(proper)
	if !regexp.MustCompile(`(?i)hạng.{0,30}?\d+\s?[–-]\s?\d+`).MatchString(r.reads()) {
		t.Error("no range of ranks is shown")
	}
	r.follows(`main a[href*="vinh-long"]`)
	r.shows("Trà Vinh", "Bến Tre")
	r.untroubled()
}

func figureOf(t *testing.T, year int, unit, code string) score.Figure {
	t.Helper()
	all, err := published.Figures(year)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.Unit == unit && f.Code == code {
			return f
		}
	}
	t.Fatalf("no figure %s of %s in %d", code, unit, year)
	return score.Figure{}
}

// TestHaNoi: what PAPI called changes from 2019 to 2020, under the rule that called them so.
func TestHaNoi(t *testing.T) {
	axeLibrary(t)
	r := newReader(t, launch(t))
	r.goes("/ho-so/ha-noi?nam=2020")
	r.shows("+8,86%", "+7,70%", "+5,19%", "+5,16%", "5% của PAPI")
	r.untroubled()
}

// TestMyHao: a town that is no more is found without marks, with its province and its heirs.
func TestMyHao(t *testing.T) {
	axeLibrary(t)
	r := newReader(t, launch(t))
	r.goes("/")
	r.follows("a.find")
	r.presses("main input[name=q]")
	for _, key := range "my hao" {
		r.must(r.press(string(key), int64(strings.ToUpper(string(key))[0]), string(key)))
	}
	r.must(r.enter())
	r.waits(`location.search.includes("my+hao") && document.readyState === "complete"`)
	town := townNamed(t, "Mỹ Hào")
	r.shows("Thị xã Mỹ Hào", "Hưng Yên", "30/06/2025")
	for _, heir := range gazetteer.Heirs(town, gazetteer.Merger) {
		r.shows(heir.Place.Name.VI)
	}
	r.untroubled()
}

// townNamed finds a district-level unit of the last day before the merger.
func townNamed(t *testing.T, name string) gazetteer.Place {
	t.Helper()
	for _, m := range gazetteer.Search(name, clock.MustDate("2025-06-30"), 20) {
		if m.Place.Name.VI == name && m.Place.Level == gazetteer.DistrictLevel {
			return m.Place
		}
	}
	t.Fatalf("no town %s", name)
	return gazetteer.Place{}
}

// TestLanguageSwitch: the twin shows the same thing, and its twin is the page one came from.
func TestLanguageSwitch(t *testing.T) {
	axeLibrary(t)
	r := newReader(t, launch(t))
	r.goes("/ho-so/tra-vinh?nam=2022")
	start := r.at()
	r.follows(`.langs a[hreflang=en]`)
	r.shows("40.7172", "Tra Vinh")
	if language, _ := ask[string](r.tab, `document.documentElement.lang`); language != "en" {
		t.Errorf("the English page says it is %q", language)
	}
	r.follows(`.langs a[hreflang=vi]`)
	if r.at() != start {
		t.Errorf("back at %s, not at %s", r.at(), start)
	}
	r.untroubled()
}

// TestReadersSwitches: dark, contrast and larger text are kept from page to page and break nothing.
func TestReadersSwitches(t *testing.T) {
	library := axeLibrary(t)
	r := newReader(t, launch(t))
	r.goes("/")
	for _, press := range []string{"theme", "contrast", "larger", "larger"} {
		r.presses(`[data-act=` + press + `]`)
	}
	r.goes("/nhom-ket-qua?nam=2022")
	state, err := ask[[]string](r.tab, `[...["theme", "contrast", "size"].map(k => document.documentElement.dataset[k] || ""),
		document.querySelector("[data-act=theme]").ariaPressed, document.querySelector("[data-act=contrast]").ariaPressed]`)
	r.must(err)
	if got := strings.Join(state, " "); got != "dark more 2 true true" {
		t.Errorf("the switches are %q after a change of page", got)
	}
	for _, width := range widths {
		r.must(r.look(screen{width: width}))
		for _, check := range []func() ([]finding, error){func() ([]finding, error) { return r.axe(library) }, r.sideways} {
			found, err := check()
			r.must(err)
			for _, f := range found {
				t.Errorf("%d wide, dark, contrast, large: %s", width, f)
			}
		}
	}
	r.untroubled()
}

// TestMapByKeyboard: from the map of a phone's width to a province with the keyboard alone.
func TestMapByKeyboard(t *testing.T) {
	axeLibrary(t)
	r := newReader(t, launch(t))
	r.must(r.look(screen{width: 390}))
	r.goes("/ban-do?nam=2022")
	r.does(`document.querySelector('svg a[href*="tra-vinh"]').focus({focusVisible: true})`)
	said, err := ask[string](r.tab, `document.activeElement.closest("figure").querySelector(".say").textContent`)
	r.must(err)
	if !strings.Contains(said, "Trà Vinh") || !strings.Contains(said, "40,72") {
		t.Errorf("the line under the map says %q", said)
	}
	r.must(r.enter())
	r.waits(`location.pathname.includes("tra-vinh") && document.readyState === "complete"`)
	r.shows("40,7172")
	r.untroubled()
}

// TestMenuOfThePhone opens and leaves the menu with the keyboard.
func TestMenuOfThePhone(t *testing.T) {
	axeLibrary(t)
	r := newReader(t, launch(t))
	r.must(r.look(screen{width: 390}))
	r.goes("/")
	r.does(`document.querySelector("details.menu summary").focus({focusVisible: true})`)
	r.must(r.enter())
	r.waits(`document.querySelector("details.menu").open`)
	r.must(r.tabKey())
	inside, err := ask[bool](r.tab, `!!document.activeElement.closest("details.menu nav")`)
	r.must(err)
	if !inside {
		t.Error("the Tab key does not go into the open menu")
	}
	r.must(r.press("Escape", 27, ""))
	r.waits(`!document.querySelector("details.menu").open && document.activeElement.localName === "summary"`)
	r.untroubled()
}

// TestChoosingAYear: a choice is shown at once with scripts and by the button without; the address holds it and the way
// back leads back.
func TestChoosingAYear(t *testing.T) {
	axeLibrary(t)
	r := newReader(t, launch(t))
	r.goes("/ban-do")
	r.does(`(s => { s.value = "2022"; s.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector("main select[name=nam]"))`)
	r.waits(`location.search.includes("nam=2022") && document.querySelector("main h1").textContent.includes("2022")`)
	r.does(`history.back()`)
	r.waits(`!location.search.includes("nam=2022") && !document.querySelector("main h1").textContent.includes("2022")`)
	r.untroubled()

	r.must(r.scripts(false))
	r.goes("/ban-do")
	r.does(`document.querySelector("main select[name=nam]").value = "2022"`)
	r.presses(`main form:has(select[name=nam]) button`)
	r.waits(`location.search.includes("nam=2022") && document.readyState === "complete"`)
	r.shows("2022")
}
