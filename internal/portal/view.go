package portal

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// The frames of provinces: the map until 30 June 2025 and the map since.
const (
	former  = 63
	present = 34
)

// The looks of the home figure.
const (
	lookMap   = "ban-do"
	lookTiles = "o-vuong"
	lookTable = "bang"
)

// The orders of the table of groups.
const (
	sortGroup  = "nhom"
	sortRegion = "vung"
	sortName   = "ten"
)

// mostUnits is how many provinces can be compared at once: more lines than that cannot be told apart.
const mostUnits = 5

// view is one state of one page: what an address says, checked. Zero values are what the address leaves open.
type view struct {
	target
	portal *Portal
	year   int
	open   bool // the address left the year open: it is the newest
	code   string
	frame  int
	look   string
	sort   string
	units  []string
	query  string
	draw   string
	unit   string // of an edition of the house's own
	part   string // node of its index
}

// read checks an address. Keys the page does not know are passed over: strangers append their own.
func (p *Portal) read(t target, values url.Values) (*view, error) {
	v := &view{target: t, portal: p}
	var items []fault.Item
	for key, list := range values {
		if !t.route.takes(key) {
			continue
		}
		for _, s := range list {
			if what := v.take(key, strings.TrimSpace(s)); what.Key != "" {
				items = append(items, fault.Item{Field: key, What: what})
			}
		}
	}
	slices.SortFunc(items, func(a, b fault.Item) int { return strings.Compare(a.Field+a.What.String(), b.Field+b.What.String()) })
	if len(items) > 0 {
		return v, &fault.Error{Kind: fault.Invalid, Text: fault.T("This address asks for something that does not exist."), Items: items}
	}
	return v, nil
}

// take reads one value; the text is what is wrong with it, empty for nothing.
func (v *view) take(key, s string) fault.Text {
	if s == "" {
		return fault.Text{}
	}
	shown := s
	if len(shown) > 40 {
		shown = strings.ToValidUTF8(shown[:40], "") + "…"
	}
	switch key {
	case keyYear:
		n, err := strconv.Atoi(s)
		if err != nil || n < 1000 || n > 9999 {
			return fault.T("“%s” is not a year.", shown)
		}
		v.year = n
	case keyCode:
		if v.code = normalCode(s); v.code == "" {
			return fault.T("“%s” is not the code of a topic.", shown)
		}
	case keyFrame:
		if s != "63" && s != "34" {
			return fault.T("“%s” is no map of provinces; there are 63 and 34.", shown)
		}
		v.frame, _ = strconv.Atoi(s)
	case keyLook:
		if s != lookMap && s != lookTiles && s != lookTable {
			return fault.T("“%s” is no way to look at a map.", shown)
		}
		v.look = s
	case keySort:
		if s != sortGroup && s != sortRegion && s != sortName {
			return fault.T("“%s” is no order of the table.", shown)
		}
		v.sort = s
	case keyUnit:
		return v.takeUnits(s)
	case keyQuery:
		if len(s) > 200 {
			return fault.T("The search is longer than %d letters.", 200)
		}
		v.query = strings.ToValidUTF8(s, "")
	case keyOwnUnit, keyPart:
		if len(s) > 60 || !utf8.ValidString(s) {
			return fault.T("“%s” is no unit and no part of an index.", shown)
		}
		if key == keyPart {
			v.part = s
		} else {
			v.unit = s
		}
	case keyDraw:
		if len(s) > 20 {
			return fault.T("“%s” is no figure of this page.", shown)
		}
		v.draw = s
	}
	return fault.Text{}
}

// takeUnits reads codes, several in one value or the key repeated; a code twice counts once.
func (v *view) takeUnits(s string) fault.Text {
	for code := range strings.SplitSeq(s, ",") {
		if len(code) != 2 || strings.Trim(code, "0123456789") != "" {
			return fault.T("“%s” is not the code of a province.", strings.ToValidUTF8(code[:min(len(code), 40)], ""))
		}
		if !slices.Contains(v.units, code) {
			v.units = append(v.units, code)
		}
	}
	if len(v.units) > mostUnits {
		return fault.T("At most %d provinces can be compared.", mostUnits)
	}
	return fault.Text{}
}

// normalCode brings "2", "d2" and "D2" to "D2", "2.1" to itself; empty for what is no code.
func normalCode(s string) string {
	switch upper := strings.ToUpper(s); {
	case len(s) > 12:
		return ""
	case upper == "PAPI":
		return upper
	case len(s) == 1 && s >= "1" && s <= "9":
		return "D" + s
	case len(s) == 2 && upper[0] == 'D' && s[1] >= '1' && s[1] <= '9':
		return upper
	case strings.Trim(s, "0123456789.") == "" && s[0] != '.' && strings.Contains(s, "."):
		return s
	}
	return ""
}

// with gives a copy of the view with something changed. A year that was left open is named in it, so that what a reader
// chose or keeps stays what it is when a newer year comes.
func (v *view) with(change func(*view)) *view {
	w := *v
	w.units, w.open = slices.Clone(v.units), false
	change(&w)
	return &w
}

// to gives a fresh view of another page in the same language.
func (v *view) to(route, arg string) *view {
	return &view{target: target{route: routeOf(route), lang: v.lang, arg: arg}, portal: v.portal}
}

// address writes the view's canonical address: keys in one order, what is the default left out.
func (v *view) address() string {
	var b strings.Builder
	if v.lang == lang.En {
		b.WriteString("/" + english)
	}
	r := v.route
	if v.format != "" && r.name == "home" {
		r = routeOf("map")
	}
	if v.format == "embed" {
		b.WriteString("/" + embedded.In(v.lang))
	}
	b.WriteString("/" + r.seg(v.lang))
	if v.arg != "" {
		b.WriteString("/" + (&url.URL{Path: v.arg}).EscapedPath())
	}
	if v.format != "" && v.format != "embed" {
		b.WriteString("." + v.format)
	}
	sep := "?"
	add := func(key, value string) {
		if value != "" && v.route.takes(key) {
			b.WriteString(sep + key + "=" + url.QueryEscape(value))
			sep = "&"
		}
	}
	if v.year > 0 && !v.open {
		add(keyYear, strconv.Itoa(v.year))
	}
	if v.code != "PAPI" {
		add(keyCode, v.code)
	}
	if v.frame > 0 && v.frame != former {
		add(keyFrame, strconv.Itoa(v.frame))
	}
	if v.look != lookMap {
		add(keyLook, v.look)
	}
	if v.sort != sortGroup {
		add(keySort, v.sort)
	}
	if len(v.units) > 0 && v.route.takes(keyUnit) {
		b.WriteString(sep + keyUnit + "=" + strings.Join(v.units, ",")) // digits and commas, which need no escape
		sep = "&"
	}
	add(keyOwnUnit, v.unit)
	add(keyPart, v.part)
	add(keyQuery, v.query)
	add(keyDraw, v.draw)
	return b.String()
}

// twin is the same view in the other language.
func (v *view) twin() string {
	return v.with(func(w *view) {
		if w.lang, w.open = lang.En, v.open; v.lang == lang.En {
			w.lang = lang.Vi
		}
	}).address()
}

// t writes a sentence in the view's language.
func (v *view) t(key string, args ...any) string {
	return lang.Translate(v.lang, fault.T(key, args...))
}

// content gives the edition of the view's year, the newest when the address leaves it open.
func (v *view) content() (*edition.Content, error) {
	if v.year == 0 {
		v.year, v.open = v.portal.Shelf.Newest(), true
	}
	return v.portal.Shelf.Content(v.year)
}

// subject gives the edition and the node that the view is about.
func (v *view) subject() (*edition.Content, *edition.Node, error) {
	c, err := v.content()
	if err != nil {
		return nil, nil, err
	}
	n, err := v.node(c)
	return c, n, err
}

// cells gives the provinces of the view's map with their cells at a node.
func (v *view) cells(c *edition.Content, n *edition.Node) (*atlas, []edition.Cell, error) {
	a, cells := v.atlas(), v.table(c).Of(n.Code)
	if cells == nil {
		return nil, nil, fault.New(fault.NotFound, "Indicators are not joined for the 34 provinces: their denominator is not the whole population.")
	}
	return a, cells, nil
}

// node finds the view's node, the composite when the address leaves it open.
func (v *view) node(c *edition.Content) (*edition.Node, error) {
	if v.code == "" {
		v.code = c.Root().Code
	}
	if n := c.Node(v.code); n != nil {
		return n, nil
	}
	return nil, fault.New(fault.NotFound, "The index of %d has no topic %s.", v.year, v.code)
}
