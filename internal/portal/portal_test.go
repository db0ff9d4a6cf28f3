package portal

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/ui/htmlcheck"
)

// site is one portal for all tests: building fourteen editions takes two seconds.
var site = sync.OnceValue(func() *Portal {
	p, err := New(Options{Shelf: edition.Embedded(edition.Made{By: "test", Code: "test"}), Today: func() clock.Date { return clock.MustDate("2026-11-22") }})
	if err != nil {
		panic(err)
	}
	return p
})

// get asks for an address, with headers given as pairs.
func get(t testing.TB, address string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", address, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	site().ServeHTTP(w, r)
	return w
}

func page200(t testing.TB, address string) *htmlcheck.Document {
	t.Helper()
	w := get(t, address)
	if w.Code != http.StatusOK {
		t.Fatalf("%s is answered by %d", address, w.Code)
	}
	d, err := htmlcheck.Parse(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// kinds are one address of every kind of page, in Vietnamese.
var kinds = []string{
	"/", "/?nam=2022", "/?nam=2022&xem=o-vuong", "/?nam=2022&xem=bang", "/?nam=2022&dg=34", "/?nam=2022&nd=1.1.1", "/?nam=2011&nd=D1",
	"/nhom-ket-qua?nam=2022&tinh=84", "/nhom-ket-qua?nam=2024&sap=vung", "/nhom-ket-qua?nam=2019&nd=D4&dg=34",
	"/ho-so", "/ho-so?dg=34", "/ho-so/tra-vinh?nam=2022", "/ho-so/bac-giang?nam=2022", "/ho-so/ha-noi?nam=2020", "/ho-so/soc-trang?nam=2022",
	"/tinh/vinh-long?nam=2022", "/tinh/bac-ninh?nam=2022", "/tinh/ha-noi", "/noi-dung?nam=2022", "/noi-dung/PAPI?nam=2023", "/noi-dung/D1?nam=2022",
	"/noi-dung/D7?nam=2024&dg=34", "/noi-dung/1.1?nam=2022", "/noi-dung/1.1.1?nam=2022", "/noi-dung/2.1?nam=2015",
	"/so-sanh", "/so-sanh?nam=2022&tinh=84", "/so-sanh?nam=2022&tinh=84&tinh=22", "/so-sanh?nam=2023&tinh=01,31,48,79,92",
	"/chuoi-thoi-gian", "/chuoi-thoi-gian?nd=D6&tinh=84&tinh=01", "/chuoi-thoi-gian?dg=34&tinh=86",
	"/du-lieu-mo", "/phuong-phap", "/hoi-dap", "/tiep-can", "/tim-kiem", "/tim-kiem?q=my+hao", "/tim-kiem?q=tham+nhung",
	"/nhung/ban-do?nam=2022", "/nhung/nhom-ket-qua?nam=2022", "/nhung/ho-so/tra-vinh?nam=2022&hinh=theo-nam",
}

// twinOf is an address in the other language.
func twinOf(t testing.TB, address string) string {
	t.Helper()
	return readView(t, address).twin()
}

// readView is what an address says.
func readView(t testing.TB, address string) *view {
	t.Helper()
	r := httptest.NewRequest("GET", address, nil)
	to, ok := resolve(r.URL.Path)
	if !ok {
		t.Fatalf("%s names no page", address)
	}
	v, err := site().read(to, r.URL.Query())
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return v
}

// bothLanguages gives the addresses of every kind of page in both languages.
func bothLanguages(t testing.TB) []string {
	t.Helper()
	all := slices.Clone(kinds)
	for _, a := range kinds {
		all = append(all, twinOf(t, a))
	}
	return all
}

// attr is an attribute that must be there.
func attr(t testing.TB, n *html.Node, name string) string {
	t.Helper()
	v, ok := htmlcheck.Attr(n, name)
	if !ok {
		t.Fatalf("<%s> has no %s", n.Data, name)
	}
	return v
}

// TestEveryPage holds what every page owes its reader, in both languages.
func TestEveryPage(t *testing.T) {
	for _, a := range bothLanguages(t) {
		t.Run(a, func(t *testing.T) {
			w := get(t, a)
			d := page200(t, a)
			whole(t, d)
			nothingForeign(t, d, w.Body.String())
			readable(t, d)
			if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
				t.Errorf("policy %q", csp)
			}
			if embeds := strings.Contains(a, "/nhung/") || strings.Contains(a, "/embed/"); embeds != strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-ancestors *") {
				t.Error("only a page made to be embedded may be framed elsewhere")
			}
		})
	}
}

// whole holds a page's frame: one heading, one main part, a title, a description.
func whole(t *testing.T, d *htmlcheck.Document) {
	t.Helper()
	for _, one := range []string{"h1", "main", "html[lang]"} {
		if _, err := d.One(one); err != nil {
			t.Error(err)
		}
	}
	if n, err := d.One("head title"); err != nil || len(htmlcheck.Text(n)) < 5 {
		t.Errorf("title: %v", err)
	}
	for _, n := range d.All("h1") {
		if htmlcheck.Text(n) == "" {
			t.Error("the heading is empty")
		}
	}
}

// nothingForeign holds that nothing is inline and nothing comes from elsewhere.
func nothingForeign(t *testing.T, d *htmlcheck.Document, text string) {
	t.Helper()
	for _, bad := range []string{" style=", "<style", "javascript:", "NaN", "%!", "&lt;svg", "ZgotmplZ", "(no value)"} {
		if i := strings.Index(text, bad); i >= 0 {
			t.Errorf("it holds %q: …%s…", bad, text[max(0, i-80):min(len(text), i+40)])
		}
	}
	for _, n := range d.All("*") {
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"):
				t.Errorf("<%s %s>: code in an attribute", n.Data, a.Key)
			case a.Key == "src", a.Key == "href", a.Key == "action":
				if !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "//") {
					t.Errorf("<%s %s> leads to another host: %s", n.Data, a.Key, a.Val)
				}
			}
		}
	}
	for _, n := range d.All("script") {
		if src, ok := htmlcheck.Attr(n, "src"); !ok || !strings.HasPrefix(src, "/a/") || htmlcheck.Text(n) != "" {
			t.Errorf("a script that is inline or from elsewhere: %q", src)
		}
	}
}

// fromEdition is how a figure says where it comes from: the published results of years, or an edition.
var fromEdition = regexp.MustCompile(`PAPI 20|(Ấn bản|Edition) [0-9a-f]{12}`)

// readable holds what those need who do not see the page: tables with captions and scopes, drawings with names, ids
// that name one thing, fields with labels.
func readable(t *testing.T, d *htmlcheck.Document) {
	t.Helper()
	for _, table := range d.All("table") {
		if caption := htmlcheck.Within(table, "caption"); len(caption) != 1 || htmlcheck.Text(caption[0]) == "" {
			t.Error("a table without a caption")
		}
		for _, th := range htmlcheck.Within(table, "th") {
			if scope, _ := htmlcheck.Attr(th, "scope"); !slices.Contains([]string{"col", "row", "rowgroup", "colgroup"}, scope) {
				t.Errorf("the head %q of a table has the scope %q", htmlcheck.Text(th), scope)
			}
		}
	}
	for _, svg := range d.All("svg[role=img]") {
		if name, _ := htmlcheck.Attr(svg, "aria-label"); name == "" && !hidden(svg) {
			t.Error("a drawing without a name")
		}
	}
	ids := map[string]bool{}
	for _, n := range d.All("[id]") {
		id := attr(t, n, "id")
		if ids[id] {
			t.Errorf("the id %s stands twice", id)
		}
		ids[id] = true
	}
	for _, n := range slices.Concat(d.All("select"), d.All("input[type=search]")) {
		if _, named := htmlcheck.Attr(n, "aria-label"); !named && !within(n, "label") {
			t.Errorf("<%s> without a label", n.Data)
		}
	}
	for _, f := range d.All("figure") {
		if foot := htmlcheck.Within(f, "figcaption"); len(foot) != 1 || !fromEdition.MatchString(htmlcheck.Text(foot[0])) {
			t.Error("a figure does not say where it comes from")
		}
	}
}

func within(n *html.Node, tag string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == tag {
			return true
		}
	}
	return false
}

// hidden tells whether an element is kept from those who do not see.
func hidden(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if v, _ := htmlcheck.Attr(p, "aria-hidden"); v == "true" {
			return true
		}
	}
	return false
}

// TestOneAddress: every page names one address of its own and one in the other language; the former leads to itself, the
// latter back.
func TestOneAddress(t *testing.T) {
	link := func(address, rel string) string {
		links := page200(t, address).All("link[rel=" + rel + "]")
		if len(links) != 1 {
			t.Fatalf("%s has %d links %s", address, len(links), rel)
		}
		return attr(t, links[0], "href")
	}
	for _, a := range bothLanguages(t) {
		if readView(t, a).format == "embed" {
			continue
		}
		own, twin := link(a, "canonical"), link(a, "alternate")
		if again := link(own, "canonical"); again != own {
			t.Errorf("%s says it is %s, which says it is %s", a, own, again)
		}
		if back := link(twin, "alternate"); back != own {
			t.Errorf("%s: the twin %s leads back to %s, not to %s", a, twin, back, own)
		}
	}
}

// TestEveryTopicOfEveryYear: a node that a later index dropped has its page all the same.
func TestEveryTopicOfEveryYear(t *testing.T) {
	for _, year := range site().Shelf.Years() {
		c, err := site().Shelf.Content(year)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range c.Nodes {
			v := readView(t, fmt.Sprintf("/noi-dung/%s?nam=%d", n.Code, year))
			if _, err := v.route.page(site(), v); err != nil {
				t.Errorf("%d %s: %v", year, n.Code, err)
			}
		}
	}
}
