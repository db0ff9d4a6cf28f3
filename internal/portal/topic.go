package portal

import (
	"slices"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// topicsPage is the tree of an index: dimensions with their sub-dimensions.
type topicsPage struct {
	Title, Lead string
	Form        ui.Form
	Groups      []topicGroup
}

// topicGroup is a dimension with its parts.
type topicGroup struct {
	Href, Mark, Name, Median, Range string
	Line                            *drawing // the median over the years
	Parts                           []ui.Link
	Changed                         string
}

func (p *Portal) contents(v *view) (*page, error) {
	c, err := v.content()
	if err != nil {
		return nil, err
	}
	body := topicsPage{Title: v.t("Topics of %d", c.Year), Form: ui.Form{Action: v.bare(), Label: v.t("Choose a year"), Selects: []ui.Select{v.years()}},
		Lead: v.t("%d dimensions, %d sub-dimensions, %d indicators. Codes are those of the year: the same code of another year may be another thing.",
			len(c.Level("dimension")), len(c.Level("subdimension")), len(c.Level("indicator")))}
	for _, n := range c.Level("dimension") {
		g := topicGroup{Href: v.nodeAddress(c, n.Code), Mark: n.Code[1:], Name: n.Names.In(v.lang)}
		if n.Median != nil {
			g.Median, g.Range = v.value(n, *n.Median), v.span(*n.Lowest, *n.Highest)
			if g.Line, err = v.medianLine(c, n); err != nil {
				return nil, err
			}
		}
		for _, s := range n.Parts {
			g.Parts = append(g.Parts, ui.Link{Href: v.nodeAddress(c, s.Code), Text: s.Code + " " + s.Names.In(v.lang)})
		}
		g.Changed = v.comparable(n)
		body.Groups = append(body.Groups, g)
	}
	return &page{template: "contents", title: body.Title, desc: body.Lead, nav: "contents", body: body, live: true}, nil
}

// medianLine is the median of a node's provinces over the years, small and without axes.
func (v *view) medianLine(c *edition.Content, n *edition.Node) (*drawing, error) {
	steps, err := v.portal.steps(c, n.Code)
	if err != nil {
		return nil, err
	}
	var breaks []chart.Break
	var values []chart.YearValue
	for i, st := range steps {
		if i > 0 && st.node.Compare.Verdict != string(score.Same) {
			breaks = append(breaks, chart.Break{Year: st.content.Year})
		}
		values = append(values, chart.YearValue{Year: st.content.Year, Value: median(st.content.Former.Of(st.node.Code)) * drawnBy(n)})
	}
	d := drawn("", chart.Sparkline("l"+n.Code, values, breaks, 216, 34,
		v.t("%s: median of the provinces %d–%d", v.short(n), steps[0].content.Year, steps[len(steps)-1].content.Year)))
	return &d, nil
}

func (v *view) nodeAddress(c *edition.Content, code string) string {
	return v.to("content", code).with(func(w *view) { w.year, w.frame = c.Year, v.frame }).address()
}

// comparable says whether a node compares with the year before; empty when it does.
func (v *view) comparable(n *edition.Node) string {
	if n.Compare.Verdict == "" || n.Compare.Verdict == "same" {
		return ""
	}
	return v.brokenBecause(n)
}

// topicPage is one dimension, sub-dimension or indicator.
type topicPage struct {
	Title, Lead string
	Chips       []ui.Choice
	Form        ui.Form
	Facts       []fact
	Note        string
	Broken      string
	Strip       *figure
	Figure      *figure
	Legend      []legendRow
	Parts       []partSummary
	PartsTitle  string
	Series      *figure
	Breaks      []breakRow
	Rows        []provinceRow
	Known       bool
	Grouped     bool
	Tested      bool // some change against the year before can be told
	Map         string
	People      *peopleRow
	Absent      []absence
	Remarks     []absence // provinces, and what is known to be wrong with their figures
}

// partSummary is a part of a topic in short.
type partSummary struct{ Href, Mark, Name, Median, Range, Aside string }

func (p *Portal) topic(v *view) (*page, error) {
	code := normalCode(v.arg)
	open := v.year == 0
	c, err := v.content()
	if err != nil {
		return nil, err
	}
	n := c.Node(code)
	if n == nil && open {
		if year, err := p.lastWith(code); err != nil || year > 0 {
			return &page{to: v.with(func(w *view) { w.arg, w.year = code, year }).address()}, err
		}
	}
	if n == nil {
		return nil, fault.New(fault.NotFound, "The index of %d has no topic %s.", c.Year, shorten(v.arg))
	}
	v.arg = code
	a, cells, err := v.cells(c, n)
	if err != nil {
		return nil, err
	}
	k := count(cells)
	body := topicPage{Title: n.Names.In(v.lang), Lead: v.topicLead(c, n, a, k), Form: ui.Form{Action: v.bare(), Label: v.t("Choose a year"), Keep: v.keep(keyYear), Selects: []ui.Select{v.years()}},
		Facts: v.topicFacts(n), Note: n.Note.In(v.lang), Broken: v.comparable(n), Parts: v.partsOfTopic(c, n), PartsTitle: v.partsLevel(n),
		Known: k.known > 0, Grouped: len(n.Limits) > 0, Absent: v.absent(c, a, cells), Remarks: v.remarksAbout(c, a, cells)}
	if len(n.Limits) > 0 {
		body.Legend = v.legend(c, n, cells)
	}
	body.People = v.people(c, n)
	body.Map = v.to("map", "").with(func(w *view) { w.year, w.code, w.frame = c.Year, n.Code, v.frame }).address()
	if n == c.Root() {
		body.Title = v.t("Composite index")
	}
	strip := v.finish(v.stripFigure(c, n, a, cells, true), c)
	strip.Title = v.finding(a, n, cells)
	table := v.finish(v.topicTable(c, n, a, cells), c)
	series, err := v.seriesFigure(c, a, code, nil)
	if err != nil {
		return nil, err
	}
	body.Strip, body.Figure, body.Series, body.Breaks = strip, table, v.finish(series.figure, c), series.breaks
	body.Rows = v.rows(c, n, a, cells)
	v.order(body.Rows)
	body.Tested = slices.ContainsFunc(body.Rows, func(r provinceRow) bool { return r.Delta != nil && r.Delta.Text != "–" })
	crumb := body.Title
	if n.Level == "indicator" { // its name is a sentence
		crumb = n.Code
	}
	return &page{template: "content", title: strings.TrimPrefix(n.Code+" ", c.Root().Code+" ") + v.t("%s %d", body.Title, c.Year), name: crumb, desc: body.Lead, nav: "contents", figures: []*figure{strip, table, series.figure}, body: body, live: true,
		crumbs: v.topicCrumbs(c, n)}, nil
}

// lastWith is the last year whose index has a node, 0 for none.
func (p *Portal) lastWith(code string) (int, error) {
	p.Shelf.Open()
	for _, y := range slices.Backward(p.Shelf.Years()) {
		if c, err := p.Shelf.Content(y); err != nil || c.Node(code) != nil {
			return y, err
		}
	}
	return 0, nil
}

func (v *view) topicCrumbs(c *edition.Content, n *edition.Node) []ui.Link {
	way := []ui.Link{{Href: v.to("contents", "").with(func(w *view) { w.year = c.Year }).address(), Text: v.t("Topics")}}
	var up []ui.Link
	for q := c.Node(n.Parent); q != nil; q = c.Node(q.Parent) {
		up = append([]ui.Link{{Href: v.nodeAddress(c, q.Code), Text: strings.TrimSpace(strings.TrimPrefix(q.Code, "PAPI") + " " + v.short(q))}}, up...)
	}
	return append(way, up...)
}

func (v *view) topicLead(c *edition.Content, n *edition.Node, a *atlas, k counts) string {
	if k.scored == 0 {
		return v.t("No province has a value in %d.", c.Year)
	}
	return v.t("%d, %d provinces: median %s, from %s (%s) to %s (%s).", c.Year, k.scored, v.value(n, median(v.table(c).Of(n.Code))),
		v.value(n, k.from.Value), v.name(a.byCode[k.from.Unit]), v.value(n, k.top.Value), v.name(a.byCode[k.top.Unit]))
}

// topicFacts say what the number is and how it is made.
func (v *view) topicFacts(n *edition.Node) []fact {
	list := []fact{{v.t("Code"), n.Code}}
	if s := v.scale(n); s != "" && !isShare(n) {
		list = append(list, fact{v.t("Scale"), lang.Range(v.lang, n.Min, n.Max, scaleDecimals(n))})
	}
	switch n.Statistic {
	case "proportion":
		list = append(list, fact{v.t("Statistic"), v.t("share of respondents")})
	case "mean":
		list = append(list, fact{v.t("Statistic"), v.t("mean")})
	case "median":
		list = append(list, fact{v.t("Statistic"), v.t("median")})
	}
	switch n.Mark {
	case "exact":
		list = append(list, fact{v.t("Made"), v.t("computed from its parts, equal to the published value")})
	case "published", "approximate":
		list = append(list, fact{v.t("Made"), v.t("as published; its formula is not public")})
	}
	switch n.Direction {
	case "down":
		list = append(list, fact{v.t("Direction"), v.t("less is better")})
	case "unclear":
		list = append(list, fact{v.t("Direction"), v.t("not clear from the published tables")})
	}
	if n.Idle {
		list = append(list, fact{v.t("Weight"), v.t("published, but does not count in its whole")})
	}
	return list
}

func (v *view) partsOfTopic(c *edition.Content, n *edition.Node) []partSummary {
	var list []partSummary
	for _, q := range n.Parts {
		s := partSummary{Href: v.nodeAddress(c, q.Code), Mark: q.Code, Name: q.Names.In(v.lang)}
		if q.Median != nil {
			s.Median, s.Range = v.value(q, *q.Median), v.value(q, *q.Lowest)+"–"+v.value(q, *q.Highest)
		}
		if q.Idle {
			s.Aside = v.t("does not count")
		}
		list = append(list, s)
	}
	return list
}

func (v *view) partsLevel(n *edition.Node) string {
	switch n.Level {
	case "composite":
		return v.t("Its dimensions")
	case "dimension":
		return v.t("Its sub-dimensions")
	}
	return v.t("Its indicators")
}

// topicTable is the table of all provinces.
func (v *view) topicTable(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) *figure {
	f := v.intervalFigure(c, n, a, cells)
	f.ID, f.Title = "cac-tinh", v.t("All %d provinces with a value", count(cells).scored)
	f.records = func() *table.Records { return v.cellRecords(c, n, a, cells) }
	return f
}

func signed(v *view, x float64) string { return lang.Signed(v.lang, x, 2) }
