package portal

import (
	"cmp"
	"slices"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
	"thuoc/internal/geo"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// homePage is the map of a topic and a year, with how far apart the provinces are and what changed.
type homePage struct {
	Title, Lead string
	Chips       []ui.Choice
	Form        ui.Form
	Frames      []ui.Choice
	Looks       []ui.Choice
	Map         *figure
	Frame       int    // how many provinces the map has
	Methods     string // address of the page that says why
	People      []peopleRow
	Tiled       bool // tiles leave no room for the legend beside them
	Absent      []absence
	Strip       *figure
	Rows        []provinceRow // of the table
	Changes     []changeRow
	ChangeNote  string
	Five        string
	Joined      string
	Go          ui.Form
	Topics      []topicCard
}

// legendRow is a group with its limits, or another fill of a map with what it stands for.
type legendRow struct {
	Class, Name, Limits string
	fill                chart.Role
	unsure              bool
}

// absence is a province without a value, and why.
type absence struct{ Name, Why string }

// changeRow is one tested change.
type changeRow struct {
	Href, Name, Value string
	Delta             *delta
}

// topicCard is a dimension in short.
type topicCard struct {
	Href, Name, Mark, Median, Range string
}

func (p *Portal) home(v *view) (*page, error) {
	c, n, err := v.subject()
	if err != nil {
		return nil, err
	}
	a, cells, err := v.cells(c, n)
	if err != nil {
		return nil, err
	}
	v.look = cmp.Or(v.look, lookMap)
	m := v.finish(v.mapFigure(c, n, a, cells), c)
	strip := v.finish(v.stripFigure(c, n, a, cells, false), c)
	body := homePage{Title: v.homeTitle(c), Lead: v.homeLead(c, n, cells), Chips: v.chips(c), Frames: v.frames(), Looks: v.looks(), Map: m, Strip: strip,
		Form:   ui.Form{Action: v.bare(), Label: v.t("Choose a year"), Keep: v.keep(keyYear), Selects: []ui.Select{v.years()}},
		Absent: v.absent(c, a, cells), Rows: v.rows(c, n, a, cells), Frame: len(a.list), Methods: v.to("methods", "").address(), Topics: v.topicCards(c), People: v.peopleSay(c),
		Go: ui.Form{Action: v.to("profiles", "").address(), Label: v.t("Go to a province"), Keep: v.goKeep(),
			Selects: []ui.Select{v.unitSelect(a, v.t("Your province"), "", v.t("choose"))}}}
	body.Tiled = v.look != lookMap
	body.Changes, body.ChangeNote, body.Five = v.changes(c, n, a, cells)
	if a.frame == present {
		body.Joined = v.joinNote(c)
	}
	return &page{template: "home", title: m.Title + " – " + v.measure(n, c.Year), name: body.Title, desc: body.Lead, nav: "home", figures: []*figure{m, strip}, body: body, live: true}, nil
}

func (v *view) goKeep() []ui.Choice {
	if v.frame == present {
		return append(v.keep(keyCode, keyLook), ui.Choice{Mark: keyFrame, Value: "34"})[:2]
	}
	return v.keep(keyCode, keyLook)
}

func (v *view) homeTitle(c *edition.Content) string {
	if c.Sample.Respondents == 0 {
		return v.t("Local government in %d as citizens experienced it", c.Year)
	}
	return v.t("Local government in %d as %s citizens experienced it", c.Year, lang.Count(v.lang, c.Sample.Respondents))
}

func (v *view) homeLead(c *edition.Content, n *edition.Node, cells []edition.Cell) string {
	k := count(cells)
	if k.known == 0 {
		return v.t("PAPI %d, %d provinces scored. The error of these scores was not published, so near scores say nothing about who is ahead.", c.Year, k.scored)
	}
	if clear, all := neighbours(cells); 2*clear > all {
		return v.t("PAPI %d, %d provinces scored, %d with a confidence interval.", c.Year, k.scored, k.known)
	}
	return v.t("PAPI %d, %d provinces scored, %d with a confidence interval; provinces with near scores mostly do not differ clearly.", c.Year, k.scored, k.known)
}

func (v *view) looks() []ui.Choice {
	choice := func(look, icon, text string) ui.Choice {
		return ui.Choice{Href: v.with(func(w *view) { w.look = look }).address(), Icon: icon, Text: text, Current: v.look == look}
	}
	return []ui.Choice{choice(lookMap, "map", v.t("Map")), choice(lookTiles, "layout-grid", v.t("Tiles")), choice(lookTable, "table-2", v.t("Table"))}
}

// mapFigure is the map of a node, as areas or as tiles.
func (v *view) mapFigure(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) *figure {
	f := &figure{Figure: ui.Figure{ID: "ban-do", Title: v.finding(a, n, cells), Subtitle: v.mapSubtitle(c, n, a), Note: v.errorNote(c, cells) + " " + v.mapNote(a)},
		Key: v.key(c, n, cells), records: func() *table.Records { return v.cellRecords(c, n, a, cells) }}
	units := v.mapUnits(c, n, a, cells)
	title := f.Title + ". " + f.Subtitle
	draw := func(width float64) *chart.Scene {
		if v.look == lookTiles {
			return chart.TileMap("o", geo.TilesOf(a.geo), units, title, min(width, 640), v.lang)
		}
		return chart.Map("m", v.portal.Bounds(a.geo).Lay(width), units, title, v.lang)
	}
	f.scene = func() *chart.Scene {
		s := draw(fileWidth)
		for _, r := range f.Key {
			s.Legend = append(s.Legend, chart.Key{Fill: r.fill, Uncertain: r.unsure, Text: strings.TrimSpace(r.Name + " " + r.Limits)})
		}
		return s
	}
	if v.format == "" && v.look != lookTable || v.format == "embed" {
		if v.look == lookTiles {
			f.Drawings = wideAndNarrow(draw)
		} else { // one drawing serves every width
			f.Drawings = []drawing{drawn("", draw(wideWidth))}
		}
	}
	return f
}

// mapNote says whose boundaries are drawn, by which licence, and what they are good for.
func (v *view) mapNote(a *atlas) string {
	if v.look == lookTiles {
		return v.t("Tiles: every province is as large as the next; own work, CC0.")
	}
	m := v.portal.Bounds(a.geo).Manifest
	return v.t("Boundaries: %s; source: %s; licence: %s. They illustrate statistics and settle no border.", m.Name.In(v.lang), m.Source, m.Licence)
}

func (v *view) mapSubtitle(c *edition.Content, n *edition.Node, a *atlas) string {
	s := v.measure(n, c.Year)
	if len(n.Limits) > 0 {
		s = v.t("%s; four groups by PAPI's rule", s)
	} else {
		s = v.t("%s; five equal steps", s)
	}
	if a.frame == present {
		return v.t("%s; 34 provinces, joined", v.measure(n, c.Year))
	}
	return s
}

// mapUnits gives every province its colour: its group, or a step of a scale of five where there are no groups.
func (v *view) mapUnits(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) map[string]chart.Unit {
	k := count(cells)
	units := map[string]chart.Unit{}
	for i := range cells {
		x := &cells[i]
		p := a.byCode[x.Unit]
		u := chart.Unit{Fill: chart.NoData, Href: v.placeAddress(a, p, c.Year), Name: v.sayCell(v.name(p), n, c, x), Label: v.name(p), Uncertain: x.Uncertain()}
		if x.OK() {
			u.Value = v.value(n, x.Value)
		}
		switch {
		case x.Group > 0:
			u.Fill = chart.Groups[x.Group]
		case x.OK() && k.top.Value > k.low.Value:
			step := int((x.Value - k.low.Value) / (k.top.Value - k.low.Value) * 5)
			u.Fill = chart.Steps[min(step, 4)]
		}
		units[x.Unit] = u
	}
	return units
}

// stripFigure shows the provinces on one scale, beside a map or over the width of a page.
func (v *view) stripFigure(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell, broad bool) *figure {
	k := count(cells)
	f := &figure{Figure: ui.Figure{ID: "khoang-cach", Level: 2}, records: func() *table.Records { return v.cellRecords(c, n, a, cells) }}
	dots, marked, who := v.dots(c, n, a, cells, k)
	switch measure := v.measure(n, c.Year); {
	case k.scored == 0:
		f.Title, f.Subtitle = v.t("No province has a value"), measure
	case marked.SE > 0:
		f.Title = v.t("The ends are %s apart; a usual error is ± %s", v.apart(n, k.low.Value, k.top.Value), v.num(1.959964*marked.SE))
		f.Subtitle = v.t("%s. A dot is a province; the band is the 95%% interval of %s, whose error is the middle one.", measure, who)
	default:
		f.Title = v.t("The ends are %s apart, error unknown", v.apart(n, k.low.Value, k.top.Value))
		f.Subtitle = v.t("%s. A dot is a province; errors were not published.", measure)
	}
	draw := func(width float64) *chart.Scene { return chart.Strip("s", dots, marked, width, f.Title, v.lang) }
	f.scene = func() *chart.Scene { return draw(fileWidth) }
	switch {
	case v.format != "" && v.format != "embed":
	case broad:
		f.Drawings = wideAndNarrow(draw)
	default:
		f.Drawings = []drawing{drawn("", draw(asideWidth))}
	}
	return f
}

// dots are the provinces of a strip, labelled at both ends; the marked estimate is the province whose error is the
// median, so that the band shows a usual error.
func (v *view) dots(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell, k counts) ([]chart.StripDot, chart.Estimate, string) {
	var dots []chart.StripDot
	var known []*edition.Cell
	for i := range cells {
		x := &cells[i]
		if !x.OK() {
			continue
		}
		if x.Known() {
			known = append(known, x)
		}
		p := a.byCode[x.Unit]
		d := chart.StripDot{Value: x.Value * drawnBy(n), Fill: chart.Groups[x.Group], Href: v.placeAddress(a, p, c.Year), Name: v.sayCell(v.name(p), n, c, x)}
		if x.Group == 0 {
			d.Fill = chart.Accent
		}
		if x == k.top || x == k.low {
			d.Label = v.name(p)
		}
		dots = append(dots, d)
	}
	if len(known) == 0 {
		return dots, chart.Estimate{}, ""
	}
	slices.SortFunc(known, func(p, q *edition.Cell) int { return cmp.Or(cmp.Compare(p.SE, q.SE), cmp.Compare(p.Unit, q.Unit)) })
	middle := known[len(known)/2]
	return dots, estimate(n, middle), v.name(a.byCode[middle.Unit])
}

// stepLegend gives the five equal steps of a node without groups, the highest first; nil for a node with groups.
func (v *view) stepLegend(n *edition.Node, cells []edition.Cell) []legendRow {
	k := count(cells)
	if k.scored == 0 || k.top.Group > 0 || k.top.Value == k.low.Value {
		return nil
	}
	var rows []legendRow
	step := (k.top.Value - k.low.Value) / 5
	for i := 4; i >= 0; i-- {
		lo := k.low.Value + float64(i)*step
		rows = append(rows, legendRow{Class: string(chart.Steps[i]), Name: v.value(n, lo) + "–" + v.value(n, lo+step), fill: chart.Steps[i]})
	}
	return rows
}

// legend gives the groups as they came out, best first, or the steps where there are no groups.
func (v *view) legend(c *edition.Content, n *edition.Node, cells []edition.Cell) []legendRow {
	if rows := v.stepLegend(n, cells); rows != nil {
		return rows
	}
	var rows []legendRow
	for g := len(c.Groups); g >= 1; g-- {
		var lo, hi float64
		k := 0
		for _, x := range cells {
			if x.Group == g {
				if k == 0 {
					lo, hi = x.Value, x.Value
				}
				lo, hi, k = min(lo, x.Value), max(hi, x.Value), k+1
			}
		}
		if k > 0 {
			rows = append(rows, legendRow{Class: string(chart.Groups[g]), Name: v.groupName(c, g), Limits: v.t("%s · %d provinces", v.span(lo, hi), k), fill: chart.Groups[g]})
		}
	}
	return rows
}

// key is the legend of a map: its groups or steps, and the fills for what is not sure and not known.
func (v *view) key(c *edition.Content, n *edition.Node, cells []edition.Cell) []legendRow {
	rows := v.legend(c, n, cells)
	if slices.ContainsFunc(cells, func(x edition.Cell) bool { return x.Uncertain() }) {
		rows = append(rows, legendRow{Class: "g3 unsure", Name: v.t("Hatched: group uncertain"), fill: chart.GroupMidHi, unsure: true})
	}
	if slices.ContainsFunc(cells, func(x edition.Cell) bool { return !x.OK() }) {
		rows = append(rows, legendRow{Class: "g0", Name: v.t("No value"), fill: chart.NoData})
	}
	return rows
}

// absent lists the provinces without a value, each with its reason as far as one is known.
func (v *view) absent(c *edition.Content, a *atlas, cells []edition.Cell) []absence {
	var list []absence
	for _, x := range cells {
		if x.OK() {
			continue
		}
		why := v.t("not published; the reason is not known")
		if r, ok := c.RemarkOf(x.Note); ok {
			why = r.Text.In(v.lang)
		} else if x.Why != "" && a.frame == present {
			why = c.Reason(x.Why).In(v.lang)
		}
		list = append(list, absence{v.name(a.byCode[x.Unit]), why})
	}
	return list
}

// changes lists the provinces whose change since the year before the test supports, the largest first; where nothing can
// be tested it says so and counts the publisher's five per cent, as what they are.
func (v *view) changes(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) (rows []changeRow, note, five string) {
	var moved []*edition.Cell
	up, down := 0, 0
	for i := range cells {
		x := &cells[i]
		if x.Change.Verdict == score.Rose || x.Change.Verdict == score.Fell {
			moved = append(moved, x)
		}
		switch x.Change.Five {
		case score.Rose:
			up++
		case score.Fell:
			down++
		}
	}
	slices.SortFunc(moved, func(p, q *edition.Cell) int { return cmp.Compare(abs(q.Change.Abs), abs(p.Change.Abs)) })
	for _, x := range moved[:min(len(moved), 6)] {
		p := a.byCode[x.Unit]
		rows = append(rows, changeRow{v.placeAddress(a, p, c.Year), v.name(p), v.value(n, x.Value), v.delta(x, c)})
	}
	k := count(cells)
	switch {
	case n.Compare.Verdict == "":
		note = v.t("%d is the first year with results.", c.Year)
	case n.Compare.Verdict != string(score.Same):
		note = v.t("Not comparable with %d: %s", c.Year-1, v.brokenBecause(n))
	case k.tested == 0:
		note = v.t("No error of both years was published, so no change can be tested.")
	case len(moved) == 0:
		note = v.t("No province changed beyond its error.")
	default:
		note = v.t("Only changes larger than their error at 95%%: %d of %d provinces, tested one by one; about %d would show by chance alone.", len(moved), k.tested, (k.tested+10)/20)
	}
	if up+down > 0 {
		five = v.t("By PAPI's own 5%% mark, which is no test: %d provinces up, %d down.", up, down)
	}
	return rows, note, five
}

func abs(x float64) float64 { return max(x, -x) }

// topicCards are the dimensions in short. They need no other year: the home page is the first that is asked for, when no
// other edition is open yet.
func (v *view) topicCards(c *edition.Content) []topicCard {
	var list []topicCard
	for _, n := range c.Level("dimension") {
		if n.Median == nil {
			continue
		}
		list = append(list, topicCard{Href: v.to("content", n.Code).with(func(w *view) { w.year = c.Year }).address(), Name: n.Names.In(v.lang), Mark: n.Code[1:],
			Median: v.value(n, *n.Median), Range: v.span(*n.Lowest, *n.Highest)})
	}
	return list
}

// provinceRow is a province in a table.
type provinceRow struct {
	Href, Name, Region string
	Value, Span, Ranks string
	Group, Class, Sure string
	Delta              *delta
	Interval, Shares   *drawing
	Me                 bool
	cell               *edition.Cell
	place              gazetteer.Place
}

// rows lists the provinces by name.
func (v *view) rows(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) []provinceRow {
	var list []provinceRow
	for i := range cells {
		list = append(list, v.row(c, n, a, &cells[i]))
	}
	compare := lang.Collation()
	slices.SortFunc(list, func(p, q provinceRow) int { return compare(p.Name, q.Name) })
	return list
}

func (v *view) row(c *edition.Content, n *edition.Node, a *atlas, x *edition.Cell) provinceRow {
	p := a.byCode[x.Unit]
	r := provinceRow{Href: v.placeAddress(a, p, c.Year), Name: v.name(p), Region: p.Region.In(v.lang), Value: "–", Ranks: v.ranks(x), cell: x, place: p,
		Me: slices.Contains(v.units, x.Unit)}
	if !x.OK() {
		return r
	}
	r.Value, r.Delta = v.value(n, x.Value), v.delta(x, c)
	if x.Known() {
		r.Span = v.span(x.Lo, x.Hi)
	}
	if x.Group > 0 {
		r.Group, r.Class = v.groupName(c, x.Group), groupClass(x)
		r.Sure = v.chance(x.Sure)
	}
	return r
}

// cellRecords is a node's cells as data.
func (v *view) cellRecords(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) *table.Records {
	r := &table.Records{Header: cellHeader}
	for i := range cells {
		r.Rows = append(r.Rows, v.cellRow(c, n, v.name(a.byCode[cells[i].Unit]), &cells[i]))
	}
	return r
}
