package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// kinds are the kinds of page that the crawl must meet, with the instances preferred: long names, many parts, figures
// with and without errors. The addresses are the Vietnamese ones; English twins are found through the pages.
var kinds = []struct{ kind, prefer string }{
	{"ban-do", ""}, {"ban-do 34", ""}, {"ban-do o-vuong", ""}, {"ban-do bang", ""},
	{"nhom-ket-qua", ""}, {"nhom-ket-qua vung", ""}, {"ho-so", ""}, {"ho-so/*", "/tra-vinh"}, {"tinh/*", "ho-chi-minh"},
	{"noi-dung", ""}, {"noi-dung/dimension", "/d4"}, {"noi-dung/subdimension", "/4.1"}, {"noi-dung/indicator", ""},
	{"so-sanh", ""}, {"chuoi-thoi-gian", ""}, {"du-lieu-mo", ""}, {"phuong-phap", ""}, {"hoi-dap", ""}, {"tim-kiem", ""},
	{"tiep-can", ""}, {"nhung ban-do", ""}, {"nhung nhom-ket-qua", ""},
}

// further are states that need an address of their own.
var further = []struct{ kind, address string }{
	{"tiles of 34", "/ban-do?dg=34&xem=o-vuong"},
	{"map of a year without errors", "/ban-do?nam=2011"},
	{"profile of a year without errors", "/ho-so/ba-ria-vung-tau?nam=2013"},
	{"profile of a province not published", "/ho-so/bac-ninh?nam=2021"},
	{"five provinces compared", "/so-sanh?nam=2022&tinh=84,01,77,46,79"},
	{"five provinces over time", "/chuoi-thoi-gian?tinh=84,01,77,46,79"},
	{"search with answers", "/tim-kiem?q=my+hao"},
	{"search without answer", "/tim-kiem?q=zzzz"},
	{"no such page", "/khong-co"},
	{"no such year", "/ban-do?nam=1999"},
}

var (
	indicator    = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9a-z.]+$`)
	subdimension = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)
)

// kindOf names the kind of page at a Vietnamese address; "" for what is no page.
func kindOf(u *url.URL) string {
	path := strings.Trim(u.Path, "/")
	if path == "en" || strings.HasPrefix(path, "en/") || strings.HasPrefix(path, "an-ban/") || strings.HasPrefix(path, "api/") || hasExtension(path) {
		return ""
	}
	embed := ""
	if tail, ok := strings.CutPrefix(path, "nhung/"); ok {
		path, embed = tail, "nhung "
	}
	if path == "" {
		path = "ban-do"
	}
	first, arg, _ := strings.Cut(path, "/")
	switch {
	case first != "noi-dung" && arg != "":
		first += "/*"
	case first == "noi-dung" && indicator.MatchString(arg):
		first = "noi-dung/indicator"
	case first == "noi-dung" && subdimension.MatchString(arg):
		first = "noi-dung/subdimension"
	case first == "noi-dung" && arg != "":
		first = "noi-dung/dimension"
	}
	kind := embed + first
	for _, key := range []string{"xem", "dg", "sap"} {
		if v := u.Query().Get(key); v != "" {
			kind += " " + v
		}
	}
	return kind
}

func hasExtension(path string) bool {
	i := strings.LastIndexByte(path, '.')
	return i >= 0 && slices.Contains([]string{"csv", "xlsx", "svg", "png", "json", "xml", "txt", "zip"}, path[i+1:])
}

// document is what a page's HTML says of itself and where it leads.
type document struct {
	links []*url.URL // of the site
	twin  *url.URL   // the page in the other language
}

// fetch reads a page and its links.
func fetch(address *url.URL) (int, *document, error) {
	r, err := http.Get(address.String())
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	d := &document{}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		return r.StatusCode, d, nil
	}
	root, err := html.Parse(r.Body)
	if err != nil {
		return 0, nil, err
	}
	for n := range root.Descendants() {
		switch n.Data {
		case "a":
			if u := resolve(address, attribute(n, "href")); u != nil {
				d.links = append(d.links, u)
			}
		case "link":
			if attribute(n, "rel") == "alternate" && attribute(n, "hreflang") != "" {
				d.twin = resolve(address, attribute(n, "href"))
			}
		}
	}
	return r.StatusCode, d, nil
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// resolve gives a link's address without its fragment, nil for one that leaves the site.
func resolve(from *url.URL, href string) *url.URL {
	if href == "" || strings.HasPrefix(href, "#") {
		return nil
	}
	u, err := from.Parse(href)
	if err != nil || u.Host != from.Host {
		return nil
	}
	u.Fragment = ""
	return u
}

// instance is one page to look at.
type instance struct {
	kind, lang string
	address    string
}

func (i instance) String() string {
	return strings.NewReplacer("/", "-", "*", "one", "{id}", "one").Replace(i.lang + " " + i.kind)
}

// perKind bounds how many pages of a kind are fetched while crawling.
const perKind = 6

// discover crawls the site from its home page and gives one page of every kind, in both languages. A kind that the crawl
// does not meet is a fault, and so is a link that leads nowhere.
func discover(t *testing.T, site string) []instance {
	t.Helper()
	met := crawl(t, site)
	var out []instance
	for _, k := range kinds {
		list := met[k.kind]
		if len(list) == 0 {
			t.Errorf("no link of the site leads to a page of the kind %q; it has %q", k.kind, slices.Sorted(maps.Keys(met)))
			continue
		}
		at := list[0]
		if i := slices.IndexFunc(list, func(u string) bool { return strings.Contains(u, k.prefer) }); k.prefer != "" && i >= 0 {
			at = list[i]
		}
		out = append(out, inBoth(t, k.kind, at)...)
	}
	for _, f := range further {
		out = append(out, inBoth(t, f.kind, site+f.address)...)
	}
	return out
}

// crawl gives the addresses of every kind, in the order met.
func crawl(t *testing.T, site string) map[string][]string {
	t.Helper()
	met, fetched, queue := map[string][]string{}, map[string]int{}, []string{site + "/"}
	seen := map[string]bool{queue[0]: true}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		kind := kindOf(u)
		met[kind] = append(met[kind], at)
		if fetched[kind]++; fetched[kind] > perKind {
			continue
		}
		status, d, err := fetch(u)
		if err != nil || status != http.StatusOK {
			t.Errorf("a link leads to %s: status %d, %v", at, status, err)
			continue
		}
		for _, l := range d.links {
			if s := l.String(); !seen[s] && kindOf(l) != "" {
				seen[s] = true
				queue = append(queue, s)
			}
		}
	}
	return met
}

// inBoth gives a page and its twin, which must name the page as its own twin.
func inBoth(t *testing.T, kind, address string) []instance {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	pages := []instance{{kind, "vi", address}}
	status, d, err := fetch(u)
	if err != nil {
		t.Fatal(err)
	}
	if status != http.StatusOK && d.twin != nil { // what is not there has no twin; it leads home in the other language
		return append(pages, instance{kind, "en", strings.Replace(address, site(t)+"/", site(t)+"/en/", 1)})
	}
	if d.twin == nil {
		if !strings.HasPrefix(kind, "nhung") {
			t.Errorf("%s names no page in the other language", address)
		}
		return pages
	}
	if _, back, err := fetch(d.twin); err != nil || back.twin == nil || canonical(back.twin) != canonical(u) {
		t.Errorf("the twin of %s is %s, whose twin is %s (%v)", address, d.twin, fmt.Sprint(back.twin), err)
	}
	return append(pages, instance{kind, "en", d.twin.String()})
}

// canonical is an address with its keys in order.
func canonical(u *url.URL) string { return u.Path + "?" + u.Query().Encode() }
