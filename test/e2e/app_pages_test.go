package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"thuoc/internal/account"
	"thuoc/internal/demo"
	"thuoc/test/program"
)

// appKinds are the kinds of page of the working app that links must lead to, by the path with {id} for ids, under the role
// whose they are first. The furnished province has something on every one of them.
var appKinds = []struct {
	role  account.Role
	kinds []string
}{
	{account.PlanOwner, []string{"viec-cua-toi", "ke-hoach", "ke-hoach/moi", "ke-hoach/{id}", "ke-hoach/{id}/lich-su", "ke-hoach/{id}/cap-duoi", "ke-hoach/{id}/can-gi",
		"ke-hoach/{id}/sua", "ke-hoach/{id}/chi-tieu", "ke-hoach/{id}/phan-cong", "ke-hoach/{id}/chuyen/revised",
		"nhap-ke-hoach", "nhap-nhiem-vu", "nhiem-vu", "nhiem-vu/bang", "nhiem-vu/lich", "nhiem-vu/giao", "nhiem-vu/{id}", "nhiem-vu/{id}/tra-lai",
		"nhiem-vu/{id}/de-nghi/{id}", "minh-chung/{id}/danh-gia"}},
	{account.LeadHead, []string{"ke-hoach/{id}/gop-y", "nhiem-vu/{id}/de-nghi", "nhiem-vu/{id}/minh-chung", "co-quan/{id}/chuc-vu/{id}/bo-nhiem",
		"co-quan/{id}/chuc-vu/{id}/ket-thuc", "co-quan/{id}/nhiem-ky/{id}/ket-thuc"}},
	{account.CommuneChair, []string{"nhiem-vu/{id}/sua"}},
	{account.Analyst, []string{"lan-tinh", "lan-tinh/so-da-cong-bo", "lan-tinh/tinh-moi", "lan-tinh/{id}", "lan-tinh/{id}/thu-hoi", "an-ban", "an-ban/{id}",
		"an-ban/{id}/khac-biet", "bo-chi-so", "bo-chi-so/so-sanh", "bo-chi-so/kiem-tra", "bo-chi-so/xem/papi-{id}"}},
	{account.ProvincialChair, []string{"an-ban/{id}/tham-dinh", "an-ban/{id}/thu-hoi"}},
	{account.Administrator, []string{"tai-khoan", "tai-khoan/thong-tin", "tai-khoan/mat-khau", "tai-khoan/ma-xac-thuc", "tai-khoan/thiet-bi/them", "nguoi-dung",
		"nguoi-dung/moi", "nguoi-dung/{id}", "nguoi-dung/{id}/sua", "nguoi-dung/{id}/giao-vai", "nguoi-dung/{id}/xoa", "nhat-ky", "he-thong", "dia-danh", "dia-danh/{id}",
		"thay-doi-dia-gioi", "co-quan", "co-quan/moi", "co-quan/{id}", "co-quan/{id}/doi-ten", "co-quan/{id}/ke-thua", "co-quan/{id}/ket-thuc", "co-quan/{id}/chuc-vu/moi",
		"nhap-danh-sach", "nhap-danh-sach/agency", "nhap-danh-sach/place"}},
}

// outsideKinds are pages that nobody needs to sign in for, and answers to what is wrong.
var outsideKinds = []string{"/app/dang-nhap", "/app/quen-mat-khau", "/app/loi-moi/x", "/app/thiet-bi/x", "/app/khong-co"}

// appStates are pages that no link leads to: what a form answers, what is chosen, what is refused. Each is reached by a
// person of a role and looked at as it stands.
var appStates = []struct {
	name  string
	role  account.Role
	reach func(*reader)
}{
	{"a form with faults", account.Administrator, func(r *reader) { r.goes("/app/nguoi-dung/moi"); r.sends(); r.shows("cần sửa") }},
	{"an import with faults", account.PlanOwner, func(r *reader) {
		r.takes("Sở Lạ,khối lạ,Giám đốc,Trần A,32/13/2026")
		r.shows("Cách sửa")
	}},
	{"an import without faults", account.PlanOwner, func(r *reader) {
		r.takes("Sở Lạ,Sở ngành,Giám đốc,Trần A,01/02/2026")
		r.shows("Không có lỗi")
	}},
	{"a step on many tasks", account.PlanOwner, func(r *reader) {
		r.goes("/app/nhiem-vu?tt=submitted")
		r.does(`document.querySelectorAll("input.pickone").forEach((e, i) => { e.checked = i < 3 })`)
		r.answered(`.bulk button[value=confirm]`)
		r.shows("3 nhiệm vụ")
	}},
	{"a picture to add a telephone", account.CommuneOfficial, func(r *reader) {
		r.goes("/app/tai-khoan/thiet-bi/them")
		r.sends()
		r.shows("dùng được một lần")
	}},
	{"a picture for codes", account.Analyst, func(r *reader) { r.goes("/app/tai-khoan/ma-xac-thuc"); r.sends(); r.shows("sáu chữ số") }},
	{"not for this role", account.CommuneOfficial, func(r *reader) { r.goes("/app/nguoi-dung/moi"); r.shows("Chưa có quyền") }},
	{"a task that is not there", account.CommuneOfficial, func(r *reader) {
		r.goes("/app/nhiem-vu/01900000-0000-7000-8000-000000000000")
		r.shows("Không tìm thấy")
	}},
	{"an empty list", account.PlanOwner, func(r *reader) { r.goes("/app/nhiem-vu?q=zzzz"); r.shows("Bỏ lọc") }},
	{"the menu of a phone", account.PlanOwner, func(r *reader) {
		r.goes("/app/viec-cua-toi")
		r.must(r.look(screen{width: 390}))
		r.presses(`.appbar summary`)
	}},
}

// takes sends a list of agencies of one row to be looked through.
func (r *reader) takes(row string) {
	r.t.Helper()
	r.goes("/app/nhap-danh-sach/agency")
	r.does(`(() => { const d = new DataTransfer(); d.items.add(new File(["Tên cơ quan,Khối,Chức vụ,Người giữ,Từ ngày\n` + row + `\n"], "co-quan.csv"));
		document.querySelector("form.entry [name=file]").files = d.files; })()`)
	r.fills("where", "Tỉnh Mẫu (giả định – invented)")
	r.sends()
}

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

// perAppKind bounds how many pages of a kind are fetched while crawling: not every task, plan or post leads everywhere.
const perAppKind = 5

// furnished waits until the invented province behind the demo is furnished, and gives the server with its site.
func furnished(t *testing.T) *appHouse {
	t.Helper()
	s, err := demoServer()
	if err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		r, err := http.Get(s.URL + "/app/dang-nhap")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return &appHouse{Server: s, site: s.URL}
			}
		}
		if time.Now().After(late) {
			t.Fatalf("the province is not furnished: %v\n%s", err, s.Said())
		}
	}
}

// appCrawl gives an address of every kind of page that somebody's links lead to.
func (h *appHouse) appCrawl(t *testing.T, role account.Role) map[string]string {
	t.Helper()
	b, err := h.Browser()
	if err == nil {
		err = b.Send("/app/dang-nhap", url.Values{"login": {demo.Login(role)}, "password": {demo.Password}})
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
		fetched[kind]++
		links, ok := h.links(t, b, u)
		if ok && met[kind] == "" {
			met[kind] = at
		}
		queue = append(queue, links...)
	}
	return met
}

// links are the addresses to which a page leads; false for what is no page, but a picture or a file.
func (h *appHouse) links(t *testing.T, b *program.Browser, at *url.URL) (list []string, ok bool) {
	t.Helper()
	page, err := b.Get(at.RequestURI())
	if err != nil {
		t.Errorf("a link leads to %v", err)
		return nil, false
	}
	if !strings.HasPrefix(page, "<!doctype html>") {
		return nil, false
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		file := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "download" || a.Key == "rel" && a.Val == "noreferrer" })
		if l := resolve(at, attribute(n, "href")); n.Data == "a" && l != nil && !file && l.Path != "/app/dang-nhap" { // who is signed in is led on from there
			list = append(list, l.RequestURI())
		}
	}
	return list, true
}

// TestAppPages looks at one page of every kind of the working app, and at what forms answer: both languages, every width,
// both themes; each make of page also by keyboard, on paper and without scripts.
func TestAppPages(t *testing.T) {
	library := axeLibrary(t)
	h := furnished(t)
	var judged sync.Map
	lanes := make(chan struct{}, 2)
	alone := func(name string, login account.Role, look func(*testing.T, *reader)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lanes <- struct{}{}
			defer func() { <-lanes }()
			r := h.reader(t)
			if login != "" {
				r.signsIn(demo.Login(login), demo.Password)
			}
			look(t, r)
		})
	}
	audited := func(t *testing.T, r *reader, kind, path string, do func(*audit)) {
		t.Run(strings.ReplaceAll(kind, "/", "-"), func(t *testing.T) {
			r.t = t
			a := &audit{t: t, tab: r.tab, library: library, page: instance{kind: "app " + kind, lang: "vi", address: h.site + path}}
			do(a)
			a.report()
		})
		r.t = t
	}
	alone("outside", "", func(t *testing.T, r *reader) {
		for _, path := range outsideKinds {
			audited(t, r, path, path, func(a *audit) { a.sampled(&judged) })
		}
	})
	done := map[string]bool{}
	for _, k := range appKinds {
		met := h.appCrawl(t, k.role)
		for _, kind := range k.kinds {
			if met[kind] == "" {
				t.Errorf("no link leads %s to %s; they lead to %q", k.role, kind, slices.Sorted(maps.Keys(met)))
			}
		}
		var mine []string
		for _, kind := range slices.Sorted(maps.Keys(met)) {
			if own := slices.Contains(k.kinds, kind); kind != "" && !done[kind] && (own || !claimed(kind)) {
				mine, done[kind] = append(mine, kind), true
			}
		}
		for part := range slices.Chunk(mine, 14) { // so that the lanes end together
			alone(fmt.Sprint(k.role, " ", cmp.Or(part[0], "home")), k.role, func(t *testing.T, r *reader) {
				for _, kind := range part {
					audited(t, r, kind, met[kind], func(a *audit) { a.sampled(&judged) })
				}
			})
		}
	}
	for _, s := range appStates {
		alone(s.name, s.role, func(t *testing.T, r *reader) {
			audited(t, r, s.name, "", func(a *audit) { s.reach(r); a.standing() })
		})
	}
}

// claimed tells whether a kind of page is looked at under a role of its own.
func claimed(kind string) bool {
	for _, k := range appKinds {
		if slices.Contains(k.kinds, kind) {
			return true
		}
	}
	return false
}

// appScreens are how axe looks at a page of the app: each width and each theme once.
var appScreens = []screen{{1280, false}, {390, true}}

// appWorked are the kinds of page that are worked too, by keyboard, with wider text, on paper and without scripts: each
// make of page once. The others are made of the same parts, and the gate has only so much time.
var appWorked = []string{"viec-cua-toi", "ke-hoach/{id}", "ke-hoach/{id}/cap-duoi", "nhiem-vu", "nhiem-vu/bang", "nhiem-vu/lich", "nhiem-vu/giao", "nhiem-vu/{id}",
	"minh-chung/{id}/danh-gia", "an-ban/{id}", "lan-tinh/{id}", "bo-chi-so/xem/papi-{id}", "tai-khoan", "nguoi-dung", "dia-danh/{id}", "co-quan/{id}",
	"nhap-danh-sach/agency", "he-thong", "theo-doi", "chi-dao/{id}", "bao-cao/{id}", "kiem-tra/{id}", "ton-tai/{id}", "/app/dang-nhap"}

// standing looks at a page as it stands, without loading it again.
func (a *audit) standing() {
	for _, s := range appScreens {
		a.add(s.String(), nil, a.tab.look(s))
		found, err := a.tab.axe(a.library)
		a.add(s.String(), found, err)
		a.picture(s)
	}
	for _, width := range widths {
		s := screen{width: width}
		a.add(s.String(), nil, a.tab.look(s))
		found, err := a.tab.sideways()
		a.add(s.String(), found, err)
	}
	a.add("load", a.tab.found(), nil)
}

// sampled looks at a page in both languages, and works it where its make is not worked elsewhere. English is looked at where
// it brings something of its own: other words, which are longer, in the narrowest window.
func (a *audit) sampled(judged *sync.Map) {
	a.add("load", nil, a.tab.look(desktop))
	a.add("load", nil, a.tab.visit(a.page.address))
	a.standing()
	twin, err := ask[string](a.tab, `document.querySelector("a[hreflang=en]").href`)
	a.add("load", nil, err)
	a.add("load", nil, a.tab.visit(twin))
	for _, s := range []screen{{320, false}, {1280, false}} {
		a.add("en "+s.String(), nil, a.tab.look(s))
		found, err := a.tab.sideways()
		a.add("en "+s.String(), found, err)
	}
	a.add("load", a.tab.found(), nil)
	if slices.Contains(appWorked, strings.TrimPrefix(a.page.kind, "app ")) {
		found, err := a.tab.axe(a.library)
		a.add("en 1280 light", found, err)
		a.add("load", nil, a.tab.visit(a.page.address))
		a.use(judged, appStops)
	}
}

// emptyCache makes the next visit the first.
func (tb *tab) emptyCache() error {
	return discard(chromedp.Call(tb.ctx, network.ClearBrowserCache, cdp.Empty{}))
}
