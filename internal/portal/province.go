package portal

import (
	"slices"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// provincePage is one of the 34 provinces: what it came from, its parts, and a joined value.
type provincePage struct {
	Title, Lead string
	Year        ui.Form
	Merged      bool
	Parts       []partRow
	PartsFigure *figure
	Joined      string
	Refused     string
	Stats       []stat
	Topics      *figure
	TopicTable  topicTable
	Series      *figure
	BreakList   []breakRow
	Facts       []fact
}

// partRow is a former province of a province.
type partRow struct {
	provinceRow
	People string
}

func (p *Portal) province(v *view) (*page, error) {
	v.frame = present
	a := atlases[present]()
	place, err := v.place(a)
	if err != nil {
		return nil, err
	}
	c, err := v.content()
	if err != nil {
		return nil, err
	}
	n := c.Root()
	cell := c.Present.Cell(n.Code, place.Code)
	state := place
	if now, ok := gazetteer.ByID(place.ID, p.Today()); ok {
		state = now // its kind may have changed since
	}
	parts := partsOf(place)
	body := provincePage{Title: v.full(state), Merged: len(parts) > 1, Year: ui.Form{Action: v.bare(), Label: v.t("Choose a year"), Selects: []ui.Select{v.years()}},
		Joined: v.joinNote(c), Facts: v.placeFacts(place, state)}
	body.Lead = v.lineage(place, parts)
	body.Parts = v.partRows(c, n, parts)
	pf := v.finish(v.partsFigure(c, n, place, parts, cell), c)
	body.PartsFigure = pf
	if cell != nil && cell.OK() {
		body.Stats = v.joinedStats(c, n, cell)
	} else if cell != nil {
		body.Refused = c.Reason(cell.Why).In(v.lang)
	}
	body.Topics, body.TopicTable = v.topicsOf(c, a, place)
	s, err := v.seriesFigure(c, a, n.Code, []gazetteer.Place{place})
	if err != nil {
		return nil, err
	}
	body.Series, body.BreakList = v.finish(s.figure, c), s.breaks
	return &page{template: "province", title: v.t("%s %d", body.Title, c.Year), name: body.Title, desc: body.Lead, nav: "profiles", figures: []*figure{pf, body.Topics, s.figure}, live: true, body: body,
		crumbs: []ui.Link{{Href: v.to("profiles", "").with(func(w *view) { w.frame = present }).address(), Text: v.t("Province profiles")}}}, nil
}

// partsOf lists the former provinces of a province; one that was not merged is its own only part.
func partsOf(place gazetteer.Place) []gazetteer.Place {
	var parts []gazetteer.Place
	for _, l := range gazetteer.Parts(place) {
		parts = append(parts, l.Place)
	}
	if parts == nil {
		if own, ok := gazetteer.ByID(place.ID, formerDay); ok {
			parts = append(parts, own)
		}
	}
	return parts
}

// lineage says what a province came from.
func (v *view) lineage(place gazetteer.Place, parts []gazetteer.Place) string {
	if len(parts) == 1 {
		return v.t("%s was not merged on 1 July 2025; its results are its own.", v.name(place))
	}
	var names string
	for i, q := range parts {
		switch {
		case i == 0:
		case i == len(parts)-1:
			names += v.t(" and ")
		default:
			names += ", "
		}
		names += v.name(q)
	}
	return v.t("%s was made on 1 July 2025 from %s. No survey has covered it as one province yet.", v.name(place), names)
}

func (v *view) partRows(c *edition.Content, n *edition.Node, parts []gazetteer.Place) []partRow {
	w := v.with(func(w *view) { w.frame = former })
	a := atlases[former]()
	var rows []partRow
	for _, q := range parts {
		x := c.Former.Cell(n.Code, q.Code)
		if x == nil {
			continue
		}
		r := partRow{provinceRow: w.row(c, n, a, x)}
		if c.Joined != nil {
			for _, basis := range []gazetteer.Basis{gazetteer.AverageRevised, gazetteer.Average} {
				if people, ok := gazetteer.PopulationOf(q, c.Joined.PopulationYear, basis); ok {
					r.People = lang.Count(v.lang, int(people.Thousands*1000+0.5))
					break
				}
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// partsFigure draws the parts beside the joined value.
func (v *view) partsFigure(c *edition.Content, n *edition.Node, place gazetteer.Place, parts []gazetteer.Place, joined *edition.Cell) *figure {
	f := &figure{Figure: ui.Figure{ID: "cac-phan", Title: v.partsTitle(c, n, parts), Subtitle: v.measure(n, c.Year)}}
	var cells []edition.Cell
	for _, q := range parts {
		if x := c.Former.Cell(n.Code, q.Code); x != nil {
			cells = append(cells, *x)
		}
	}
	f.Note = v.errorNote(c, cells)
	var rows []chart.IntervalRow
	f.records = func() *table.Records {
		r := &table.Records{Header: cellHeader}
		for _, q := range parts {
			if x := c.Former.Cell(n.Code, q.Code); x != nil {
				r.Rows = append(r.Rows, v.cellRow(c, n, v.name(q), x))
			}
		}
		if joined != nil && len(parts) > 1 {
			r.Rows = append(r.Rows, v.cellRow(c, n, v.t("%s, joined", v.name(place)), joined))
		}
		return r
	}
	for _, q := range parts {
		if x := c.Former.Cell(n.Code, q.Code); x != nil && x.OK() {
			rows = append(rows, chart.IntervalRow{Name: v.name(q), Text: v.num(x.Value), Note: v.groupName(c, x.Group), Est: estimate(n, x)})
		}
	}
	if joined != nil && joined.OK() && len(parts) > 1 {
		rows = append(rows, chart.IntervalRow{Name: v.t("%s, joined", v.name(place)), Text: v.num(joined.Value), Est: estimate(n, joined), Strong: true})
	}
	if len(rows) == 0 {
		return f
	}
	draw := func(width float64) *chart.Scene { return chart.Intervals("c", rows, nil, width, f.Title, v.lang) }
	f.scene = func() *chart.Scene { return draw(fileWidth) }
	if v.format == "" || v.format == "embed" {
		f.Drawings = wideAndNarrow(draw)
	}
	return f
}

// partsTitle says whether the parts differ, where all errors are known: every pair is tested, and the test allows for the
// number of pairs.
func (v *view) partsTitle(c *edition.Content, n *edition.Node, parts []gazetteer.Place) string {
	var list []*edition.Cell
	for _, q := range parts {
		x := c.Former.Cell(n.Code, q.Code)
		if x == nil || !x.OK() {
			return v.t("Not every part has a score")
		}
		list = append(list, x)
	}
	if len(list) == 1 {
		return v.t("%s in %d", v.num(list[0].Value), c.Year)
	}
	slices.SortFunc(list, func(p, q *edition.Cell) int { return compareFloat(q.Value, p.Value) })
	a := atlases[former]()
	switch k := contrastsOf(list); {
	case k.known < k.pairs:
		return v.t("Parts from %s to %s, error unknown", v.num(list[len(list)-1].Value), v.num(list[0].Value))
	case k.clear == 1:
		return v.t("%s was ahead of %s", v.name(a.byCode[k.first.Unit]), v.name(a.byCode[k.second.Unit]))
	case k.clear > 1:
		return v.t("%d of %d differences exceed their error", k.clear, k.known)
	}
	return v.t("The parts do not differ clearly")
}

// joinedStats are the head of a joined province.
func (v *view) joinedStats(c *edition.Content, n *edition.Node, x *edition.Cell) []stat {
	list := []stat{{Term: v.t("Joined value (%s)", v.scale(n)), Value: v.num(x.Value), Aside: v.t("not UNDP's"), Big: true}}
	if x.Known() {
		list = append(list, stat{Term: v.t("Interval at %s", v.level()), Value: v.span(x.Lo, x.Hi), Aside: v.t("± %s", v.num(x.Hi-x.Value))})
	} else {
		list = append(list, stat{Term: v.t("Interval"), Value: v.t("not known"), Aside: v.t("no error was published")})
	}
	if x.RankLo > 0 {
		list = append(list, stat{Term: v.t("Range of ranks"), Value: v.ranks(x), Aside: v.t("of %d, at 95%%", x.Of)})
	}
	return list
}

// placeFacts are people and area of a province of today.
func (v *view) placeFacts(place, state gazetteer.Place) []fact {
	var list []fact
	if km2, ok := gazetteer.Area(place); ok {
		list = append(list, fact{v.t("Area"), v.t("%s km²", lang.Number(v.lang, km2, 0))})
	}
	for _, basis := range []gazetteer.Basis{gazetteer.Average, gazetteer.AverageRevised} {
		for _, p := range slices.Backward(gazetteer.Populations(place)) {
			if p.Basis == basis && len(list) < 2 {
				list = append(list, fact{v.t("Average population %d", p.Year), lang.Count(v.lang, int(p.Thousands*1000+0.5))})
			}
		}
	}
	return append(list, fact{v.t("Region"), place.Region.In(v.lang)}, fact{v.t("Code"), place.Code})
}
