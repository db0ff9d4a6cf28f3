package portal

import (
	"strconv"

	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// chrome is what stands around every page; current is the route of the entry to mark.
func (v *view) chrome(current string) ui.Chrome {
	link := func(route, text string) ui.Link {
		return ui.Link{Href: v.to(route, "").address(), Text: text, Current: route == current}
	}
	nav := []ui.Link{link("home", v.t("Map")), link("groups", v.t("Groups")), link("profiles", v.t("Province profiles")), link("contents", v.t("Topics")),
		link("compare", v.t("Compare")), link("series", v.t("Over time")), link("data", v.t("Open data")), link("methods", v.t("Methods"))}
	use := []ui.Link{link("data", v.t("Open data")), link("compare", v.t("Compare")), link("series", v.t("Over time")), link("search", v.t("Search"))}
	if len(v.portal.Shelf.Released()) > 0 {
		nav, use = append(nav, link("owns", v.t("Own results"))), append(use, link("owns", v.t("Own results")))
	}
	return ui.Chrome{
		Home:    ui.Link{Href: v.to("home", "").address(), Text: "Thước"},
		Tagline: v.t("What citizens experience, with its error"),
		Owner:   v.t("Published PAPI results 2011–2024. Not a site of UNDP."),
		Search:  v.to("search", "").address(),
		Nav:     nav,
		Foot: []ui.FootColumn{
			{Head: v.t("About these figures"), Text: v.t("Results of the survey PAPI, published by UNDP, CECODES, VFF-CRT and RTA. This site keeps them unchanged and adds what is known of their error.")},
			{Head: v.t("Read"), Links: []ui.Link{link("methods", v.t("Methods")), link("faq", v.t("Questions and answers")), link("contents", v.t("Topics"))}},
			{Head: v.t("Use"), Links: use},
			{Head: v.t("For everybody"), Links: []ui.Link{link("access", v.t("Accessibility")), link("faq", v.t("Why no ranking"))}},
		},
	}
}

// chips are the composite and the dimensions of a year, each the view with that node.
func (v *view) chips(c *edition.Content) []ui.Choice {
	list := []ui.Choice{{Href: v.with(func(w *view) { w.code = "" }).address(), Text: v.t("Composite"), Current: v.code == c.Root().Code}}
	for _, n := range c.Level("dimension") {
		list = append(list, ui.Choice{Href: v.with(func(w *view) { w.code = n.Code }).address(), Mark: n.Code[1:], Text: v.short(n), Current: v.code == n.Code})
	}
	if n := c.Node(v.code); n != nil && n.Level != c.Root().Level && n.Level != "dimension" {
		list = append(list, ui.Choice{Href: v.address(), Mark: n.Code, Text: n.Names.In(v.lang), Current: true})
	}
	return list
}

// shortNames are the dimensions' names where there is little room, by code since 2018; earlier years have the first six.
var shortNames = map[string]lang.Names{
	"D1": {VI: "Tham gia ở cơ sở", EN: "Participation"},
	"D2": {VI: "Công khai, minh bạch", EN: "Transparency"},
	"D3": {VI: "Trách nhiệm giải trình", EN: "Accountability"},
	"D4": {VI: "Kiểm soát tham nhũng", EN: "Control of corruption"},
	"D5": {VI: "Thủ tục hành chính công", EN: "Administrative procedures"},
	"D6": {VI: "Cung ứng dịch vụ công", EN: "Public services"},
	"D7": {VI: "Quản trị môi trường", EN: "Environment"},
	"D8": {VI: "Quản trị điện tử", EN: "E-governance"},
}

// short names a node where there is little room.
func (v *view) short(n *edition.Node) string {
	if s, ok := shortNames[n.Code]; ok {
		return s.In(v.lang)
	}
	if n.Parent == "" {
		return v.t("Composite index")
	}
	return n.Names.In(v.lang)
}

// years is the list of years, newest first.
func (v *view) years() ui.Select {
	s := ui.Select{Name: keyYear, Label: v.t("Year")}
	all := v.portal.Shelf.Years()
	for i := len(all) - 1; i >= 0; i-- {
		y := strconv.Itoa(all[i])
		s.Options = append(s.Options, ui.Choice{Value: y, Text: y, Current: all[i] == v.year})
	}
	return s
}

// frames is the switch between the maps, with the dates each was in force. An indicator is not joined for the provinces
// of today: their map is that of the whole then.
func (v *view) frames() []ui.Choice {
	a := v.atlas()
	toPresent := func(w *view) {
		w.frame, w.units = present, nil
		if c, err := v.content(); err == nil && v.code != "" && c.Present.Of(v.code) == nil {
			w.code = ""
		}
	}
	return []ui.Choice{
		{Href: v.with(func(w *view) { w.frame, w.units = former, nil }).address(), Text: v.t("63 provinces"), Aside: v.t("until 30/06/2025"), Current: a.frame == former},
		{Href: v.with(toPresent).address(), Text: v.t("34 provinces"), Aside: v.t("since 01/07/2025"), Current: a.frame == present},
	}
}

// keep are the values of the view that a form must carry along.
func (v *view) keep(except ...string) []ui.Choice {
	var list []ui.Choice
	add := func(key, value string) {
		for _, e := range except {
			if e == key {
				return
			}
		}
		if value != "" && v.route.takes(key) {
			list = append(list, ui.Choice{Mark: key, Value: value})
		}
	}
	if v.year > 0 {
		add(keyYear, strconv.Itoa(v.year))
	}
	if v.code != "PAPI" {
		add(keyCode, v.code)
	}
	if v.frame == present {
		add(keyFrame, strconv.Itoa(present))
	}
	if v.look != lookMap {
		add(keyLook, v.look)
	}
	if v.sort != sortGroup {
		add(keySort, v.sort)
	}
	for _, u := range v.units {
		add(keyUnit, u)
	}
	return list
}

// bare is the view's address without its query, for a form that sends the query itself.
func (v *view) bare() string {
	w := &view{target: v.target, portal: v.portal}
	return w.address()
}

// unitSelect lists the provinces of a map by name.
func (v *view) unitSelect(a *atlas, label, current, none string) ui.Select {
	s := ui.Select{Name: keyUnit, Label: label}
	if none != "" {
		s.Options = append(s.Options, ui.Choice{Value: "", Text: none, Current: current == ""})
	}
	for _, p := range v.sorted(a) {
		s.Options = append(s.Options, ui.Choice{Value: p.Code, Text: v.name(p), Current: p.Code == current})
	}
	return s
}

// full is a province with its kind.
func (v *view) full(p gazetteer.Place) string { return p.Full().In(v.lang) }
