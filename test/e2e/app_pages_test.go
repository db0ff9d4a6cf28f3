package e2e

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"
)

// appKinds are the kinds of page of the working app that links must lead to, by the path with {id} for ids.
var appKinds = map[string][]string{
	administrator: {"viec-cua-toi", "tai-khoan", "tai-khoan/thong-tin", "tai-khoan/mat-khau", "tai-khoan/ma-xac-thuc", "nguoi-dung", "nguoi-dung/moi",
		"nguoi-dung/{id}", "nguoi-dung/{id}/sua", "nguoi-dung/{id}/giao-vai", "nguoi-dung/{id}/xoa", "nhat-ky", "he-thong", "dia-danh", "dia-danh/{id}"},
	analyst: {"lan-tinh", "lan-tinh/so-da-cong-bo", "lan-tinh/{id}", "lan-tinh/{id}/dong-bang", "an-ban", "an-ban/{id}", "an-ban/{id}/khac-biet",
		"thay-doi-dia-gioi", "thay-doi-dia-gioi/{id}"},
	chair: {"an-ban/{id}/thu-hoi"},
}

// outsideKinds are pages that nobody needs to sign in for, and answers to what is wrong.
var outsideKinds = []string{"/app/dang-nhap", "/app/quen-mat-khau", "/app/loi-moi/x", "/app/khong-co"}

// appID is an id in an address: of a row, or the code of a place with the year it began.
var appID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9]{2,5}(\.[0-9]{4})?\b`)

// appKind names the kind of page at a Vietnamese address of the app; "" for what is none.
func appKind(u *url.URL) string {
	path, ok := strings.CutPrefix(u.Path, "/app/")
	if !ok {
		return ""
	}
	return appID.ReplaceAllString(path, "{id}")
}

// perAppKind bounds how many pages of a kind are fetched while crawling: one's own account does not lead everywhere.
const perAppKind = 4

// appCrawl gives an address of every kind of page that somebody's links lead to.
func (h *appHouse) appCrawl(t *testing.T, login string) map[string]string {
	t.Helper()
	b, err := h.Browser()
	if err == nil {
		err = b.SignIn(login)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	met, fetched, queue := map[string]string{}, map[string]int{}, []string{"/app/viec-cua-toi"}
	seen := map[string]bool{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		u, err := url.Parse(h.site + at)
		if err != nil {
			t.Fatal(err)
		}
		kind := appKind(u)
		if seen[at] || kind == "" || fetched[kind] >= perAppKind {
			continue
		}
		seen[at] = true
		if fetched[kind]++; met[kind] == "" {
			met[kind] = at
		}
		page, err := b.Get(at)
		if err != nil {
			t.Errorf("a link leads %s to %v", login, err)
			continue
		}
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			file := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "download" })
			if l := resolve(u, attribute(n, "href")); n.Data == "a" && l != nil && !file {
				queue = append(queue, l.RequestURI())
			}
		}
	}
	return met
}

// pages looks at one page of every kind: two people's languages, four widths, both themes, by keyboard, on paper and
// without scripts.
func (h *appHouse) pages(t *testing.T, library string) {
	var judged sync.Map
	done := map[string]bool{}
	look := func(r *reader, kind, path string) {
		t.Run(strings.ReplaceAll(kind, "/", "-"), func(t *testing.T) {
			done[kind] = true
			a := &audit{t: t, tab: r.tab, library: library, page: instance{kind: "app " + kind, lang: "vi", address: h.site + path}}
			a.sampled(path, &judged)
			a.report()
		})
	}
	nobody := h.reader(t)
	for _, path := range outsideKinds {
		look(nobody, path, path)
	}
	for _, login := range []string{administrator, analyst, chair} {
		met := h.appCrawl(t, login)
		r := h.person(t, login)
		for _, kind := range appKinds[login] {
			if met[kind] == "" {
				t.Errorf("no link leads %s to %s; they lead to %q", login, kind, slices.Sorted(maps.Keys(met)))
			}
		}
		for _, kind := range slices.Sorted(maps.Keys(met)) {
			if !done[kind] && kind != "" {
				look(r, kind, met[kind])
			}
		}
	}
}

// sampled looks at a page at every width in both languages, and runs axe where width, theme or language bring something
// of their own: each of them comes up in every page, not each of their sixteen combinations.
func (a *audit) sampled(path string, judged *sync.Map) {
	for _, l := range []struct {
		name string
		axe  []screen
	}{
		{"vi", []screen{{1280, false}, {390, true}, {320, false}}},
		{"en", []screen{{1280, true}, {360, false}}},
	} {
		a.add("load", nil, a.tab.look(desktop))
		a.add("load", nil, a.tab.visit(a.page.address))
		if l.name == "en" {
			twin, err := ask[string](a.tab, `document.querySelector("a[hreflang=en]").href`)
			a.add("load", nil, err)
			a.add("load", nil, a.tab.visit(twin))
		}
		for _, width := range widths {
			s := screen{width: width}
			a.add(s.String(), nil, a.tab.look(s))
			found, err := a.tab.sideways()
			a.add(l.name+" "+s.String(), found, err)
			if l.name == "vi" {
				a.picture(s)
			}
		}
		for _, s := range l.axe {
			a.add(s.String(), nil, a.tab.look(s))
			found, err := a.tab.axe(a.library)
			a.add(l.name+" "+s.String(), found, err)
		}
		a.add("load", a.tab.found(), nil)
	}
	a.add("load", nil, a.tab.look(desktop))
	a.add("load", nil, a.tab.visit(a.page.address))
	a.use(judged)
}

// emptyCache makes the next visit the first.
func (tb *tab) emptyCache() error {
	return discard(chromedp.Call(tb.ctx, network.ClearBrowserCache, cdp.Empty{}))
}
