package portal

import (
	"strings"

	"thuoc/internal/lang"
)

// route is one kind of page with its address in both languages. A page of one thing has the thing as its last segment.
type route struct {
	name   string
	vi, en string // first segment; "" = the root
	arg    bool   // takes a last segment: a province, a code, a file
	many   bool   // the last segment may hold slashes
	keys   string // the query keys it understands, space separated
	page   func(*Portal, *view) (*page, error)
}

// The query keys are the same in both languages, so that an address changes language by its path alone.
const (
	keyYear  = "nam"  // year of the results
	keyCode  = "nd"   // node of the index
	keyFrame = "dg"   // 63 or 34 provinces
	keyLook  = "xem"  // map, tiles or table
	keySort  = "sap"  // order of a table
	keyUnit  = "tinh" // province codes
	keyQuery = "q"
	keyDraw  = "hinh" // which figure of a page a file holds

	keyOwnUnit = "dv"  // unit of an edition of the house's own
	keyPart    = "muc" // node of its index
)

var routes []route

func init() { // the pages link to each other through the table
	routes = []route{
		{name: "home", keys: "nam nd dg xem hinh", page: (*Portal).home},
		{name: "map", vi: "ban-do", en: "map", keys: "nam nd dg xem hinh", page: (*Portal).home},
		{name: "groups", vi: "nhom-ket-qua", en: "groups", keys: "nam nd dg sap tinh hinh", page: (*Portal).groups},
		{name: "profiles", vi: "ho-so", en: "profiles", keys: "nam dg tinh hinh", page: (*Portal).profiles},
		{name: "profile", vi: "ho-so", en: "profiles", arg: true, keys: "nam hinh", page: (*Portal).profile},
		{name: "province", vi: "tinh", en: "provinces", arg: true, keys: "nam hinh", page: (*Portal).province},
		{name: "contents", vi: "noi-dung", en: "topics", keys: "nam", page: (*Portal).contents},
		{name: "content", vi: "noi-dung", en: "topics", arg: true, keys: "nam dg hinh", page: (*Portal).topic},
		{name: "compare", vi: "so-sanh", en: "compare", keys: "nam tinh hinh", page: (*Portal).compare},
		{name: "series", vi: "chuoi-thoi-gian", en: "time-series", keys: "nd dg tinh hinh", page: (*Portal).series},
		{name: "data", vi: "du-lieu-mo", en: "open-data", page: (*Portal).data},
		{name: "file", vi: "an-ban", en: "editions", arg: true, many: true, page: (*Portal).file},
		{name: "owns", vi: "ket-qua-cua-tinh", en: "own-results", page: (*Portal).owns},
		{name: "own", vi: "ket-qua-cua-tinh", en: "own-results", arg: true, keys: "dv muc hinh", page: (*Portal).own},
		{name: "pledges", vi: "cam-ket-va-tien-do", en: "commitments", page: (*Portal).pledges},
		{name: "pledge", vi: "cam-ket-va-tien-do", en: "commitments", arg: true, page: (*Portal).pledge},
		{name: "methods", vi: "phuong-phap", en: "methods", page: (*Portal).methods},
		{name: "faq", vi: "hoi-dap", en: "faq", page: (*Portal).faq},
		{name: "search", vi: "tim-kiem", en: "search", keys: "q", page: (*Portal).search},
		{name: "access", vi: "tiep-can", en: "accessibility", page: (*Portal).access},
	}
}

// english is the first segment of every English address; embedded of those made to stand in other sites.
const english = "en"

var embedded = lang.Names{VI: "nhung", EN: "embed"}

// formats are the files a page can be had as, by the ending of its address.
var formats = []string{"csv", "xlsx", "svg", "png"}

// seg gives a route's first segment in a language.
func (r *route) seg(l lang.Lang) string { return lang.Names{VI: r.vi, EN: r.en}.In(l) }

// takes tells whether the route understands a query key.
func (r *route) takes(key string) bool {
	for k := range strings.FieldsSeq(r.keys) {
		if k == key {
			return true
		}
	}
	return false
}

func routeOf(name string) *route {
	for i := range routes {
		if routes[i].name == name {
			return &routes[i]
		}
	}
	panic("portal: no route " + name)
}

// target is what a path names.
type target struct {
	route  *route
	lang   lang.Lang
	arg    string
	format string // "", one of formats, or "embed"
}

// resolve reads a path; false when it names nothing.
func resolve(path string) (target, bool) {
	t := target{lang: lang.Vi}
	segs := strings.Split(strings.Trim(path, "/"), "/")
	if segs[0] == english {
		t.lang, segs = lang.En, segs[1:]
	}
	if len(segs) > 0 && segs[0] == embedded.In(t.lang) {
		t.format, segs = "embed", segs[1:]
	}
	if len(segs) == 0 || len(segs) == 1 && segs[0] == "" {
		t.route = routeOf("home")
		return t, t.format == ""
	}
	for i := range routes {
		r := &routes[i]
		last, format := cutFormat(segs[len(segs)-1], r)
		switch {
		case format != "" && t.format != "", r.name == "home":
			continue
		case !r.arg && len(segs) == 1 && last == r.seg(t.lang):
		case r.arg && len(segs) == 2 && segs[0] == r.seg(t.lang) && last != "":
			t.arg = last
		case r.many && len(segs) > 2 && segs[0] == r.seg(t.lang):
			t.arg = strings.Join(segs[1:], "/")
		default:
			continue
		}
		t.route = r
		if format != "" {
			t.format = format
		}
		return t, true
	}
	return t, false
}

// cutFormat takes a known ending off the last segment. The files of an edition keep theirs.
func cutFormat(s string, r *route) (string, string) {
	if r.many {
		return s, ""
	}
	for _, f := range formats {
		if base, ok := strings.CutSuffix(s, "."+f); ok {
			return base, f
		}
	}
	return s, ""
}
