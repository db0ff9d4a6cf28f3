package portal

import (
	"cmp"
	"html/template"
	"slices"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// groupsPage is the table of all provinces with their intervals, ranges of ranks and probabilities of groups.
type groupsPage struct {
	Title, Lead string
	Chips       []ui.Choice
	Form        ui.Form
	Frames      []ui.Choice
	Sorts       []ui.Choice
	Figure      *figure
	HowTo       template.HTML
	Axis        template.HTML
	Known       bool
	Grouped     bool
	Sections    []groupSection
	Absent      []absence
	Joined      string
	RankNote    string
}

// groupSection is a run of provinces under one heading.
type groupSection struct {
	Class, Head, Aside string
	Rows               []provinceRow
}

func (p *Portal) groups(v *view) (*page, error) {
	c, n, err := v.subject()
	if err != nil {
		return nil, err
	}
	a, cells, err := v.cells(c, n)
	if err != nil {
		return nil, err
	}
	if _, err := v.chosen(a); err != nil {
		return nil, err
	}
	v.sort = cmp.Or(v.sort, sortGroup)
	k := count(cells)
	f := v.finish(v.intervalFigure(c, n, a, cells), c)
	me := ""
	if len(v.units) > 0 {
		me = v.units[0]
	}
	body := groupsPage{Title: v.t("Groups and intervals %d", c.Year), Lead: v.groupsLead(n, c, k), Chips: v.chips(c), Frames: v.frames(), Figure: f,
		Form: ui.Form{Action: v.bare(), Label: v.t("Choose a year and your province"), Keep: v.keep(keyYear, keyUnit),
			Selects: []ui.Select{v.years(), v.unitSelect(a, v.t("Your province"), me, v.t("none"))}},
		Sorts: v.sorts(n), Known: k.known > 0, Grouped: len(n.Limits) > 0, Absent: v.absent(c, a, cells)}
	if v.format == "" { // a file or an embedded figure holds no table
		body.Sections, body.Axis = v.sections(c, n, a, cells)
	}
	if body.Known {
		body.HowTo = howTo(v)
		body.RankNote = v.t("“Ranks”: the ranks a province may truly have, at %s for each by itself. “Group”: how likely it truly belongs to its group; hatched under %s.", v.level(), lang.Percent(v.lang, edition.UncertainBelow, 0))
		if s := v.assumption(n, cells); s != "" && a.frame == former {
			body.RankNote += " " + s
		}
	}
	if a.frame == present {
		body.Joined = v.joinNote(c)
	}
	return &page{template: "groups", title: f.Title + " – " + v.measure(n, c.Year), name: body.Title, desc: body.Lead, nav: "groups", figures: []*figure{f}, body: body, live: true}, nil
}

func (v *view) groupsLead(n *edition.Node, c *edition.Content, k counts) string {
	if k.known > 0 {
		return v.t("%s. Where two bands overlap much, nobody can say which province is ahead.", v.measure(n, c.Year))
	}
	return v.t("%s. The error of these values was not published: the order of near values means nothing.", v.measure(n, c.Year))
}

func (v *view) sorts(n *edition.Node) []ui.Choice {
	choice := func(sort, text string) ui.Choice {
		return ui.Choice{Href: v.with(func(w *view) { w.sort = sort }).address(), Text: text, Current: v.sort == sort}
	}
	first := v.t("By group")
	if len(n.Limits) == 0 {
		first = v.t("By value")
	}
	return []ui.Choice{choice(sortGroup, first), choice(sortRegion, v.t("By region")), choice(sortName, v.t("By name"))}
}

// howTo is the key to the intervals.
func howTo(v *view) template.HTML {
	s := chart.Interval("how", chart.Estimate{Value: 0, SE: 1}, -2.6, 2.6, 300, nil, v.t("The dark tick is the score, the dark band half of the chance, the pale band %s.", v.level()))
	return template.HTML(s.SVG())
}

// intervalWidth is the width of an interval in a row of the table.
const intervalWidth = 520

// sections sorts the rows under headings and draws every row on the same scale.
func (v *view) sections(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) ([]groupSection, template.HTML) {
	lo, hi, limits := v.scaleOf(n, a, cells)
	var rows []provinceRow
	for i := range cells {
		x := &cells[i]
		if !x.OK() {
			continue
		}
		r := v.row(c, n, a, x)
		d := drawn("", chart.Interval("i"+x.Unit, estimate(n, x), lo, hi, intervalWidth, limits, v.sayCell(r.Name, n, c, x)))
		r.Interval = &d
		if x.Shares != nil {
			b := drawn("", v.shareBar(x, c))
			r.Shares = &b
		}
		rows = append(rows, r)
	}
	v.order(rows)
	var out []groupSection
	for _, r := range rows {
		head, class := v.heading(r)
		if len(out) == 0 || out[len(out)-1].Head != head {
			out = append(out, groupSection{Class: class, Head: head})
		}
		s := &out[len(out)-1]
		s.Rows = append(s.Rows, r)
	}
	for i := range out {
		first, last := out[i].Rows[0].cell.Value, out[i].Rows[len(out[i].Rows)-1].cell.Value
		out[i].Aside = v.t("%d provinces", len(out[i].Rows))
		if v.sort == sortGroup && !isShare(n) {
			out[i].Aside = v.t("%d provinces, %s", len(out[i].Rows), v.span(last, first))
		}
	}
	return out, template.HTML(axis(lo, hi, v.lang).SVG())
}

// scaleOf is the scale all rows share, and the cuts between groups halfway between their nearest members.
func (v *view) scaleOf(n *edition.Node, a *atlas, cells []edition.Cell) (lo, hi float64, limits []float64) {
	var ends []float64
	for _, x := range cells {
		if x.OK() {
			ends = append(ends, x.Value)
		}
		if x.Known() {
			ends = append(ends, x.Lo, x.Hi)
		}
	}
	by := drawnBy(n)
	for i := range ends {
		ends[i] *= by
	}
	lo, hi = chart.Span(0.02, ends...)
	for g := 2; g <= 4; g++ {
		above, below := 0.0, 0.0
		found := 0
		for _, x := range cells {
			if x.Group == g && (above == 0 || x.Value < above) {
				above, found = x.Value, found|1
			}
			if x.Group == g-1 && (below == 0 || x.Value > below) {
				below, found = x.Value, found|2
			}
		}
		if found == 3 {
			limits = append(limits, by*(above+below)/2)
		}
	}
	return lo, hi, limits
}

func (v *view) shareBar(x *edition.Cell, c *edition.Content) *chart.Scene {
	shares := slices.Clone(x.Shares)
	slices.Reverse(shares)
	title := ""
	for g := len(shares); g >= 1; g-- {
		if shares[g-1] >= 0.005 {
			title += v.groupName(c, g) + " " + v.chance(shares[g-1]) + "; "
		}
	}
	return chart.GroupBar("p"+x.Unit, shares, chart.Groups[1:], 84, title)
}

// order sorts rows as the view asks.
func (v *view) order(rows []provinceRow) {
	compare := lang.Collation()
	slices.SortStableFunc(rows, func(p, q provinceRow) int {
		switch v.sort {
		case sortName:
			return compare(p.Name, q.Name)
		case sortRegion:
			return cmp.Or(compare(p.Region, q.Region), cmp.Compare(q.cell.Value, p.cell.Value))
		}
		return cmp.Or(q.cell.Group-p.cell.Group, cmp.Compare(q.cell.Value, p.cell.Value), compare(p.Name, q.Name))
	})
}

func (v *view) heading(r provinceRow) (head, class string) {
	switch {
	case v.sort == sortRegion:
		return r.Region, ""
	case v.sort == sortName, r.cell.Group == 0:
		return v.t("All provinces"), ""
	}
	return r.Group, "g" + string(rune('0'+r.cell.Group))
}

// axis is the scale over the column of intervals.
func axis(lo, hi float64, l lang.Lang) *chart.Scene {
	return chart.Ticks("ax", lo, hi, intervalWidth, "", l)
}

// intervalFigure is the table as one drawing and as data.
func (v *view) intervalFigure(c *edition.Content, n *edition.Node, a *atlas, cells []edition.Cell) *figure {
	f := &figure{Figure: ui.Figure{ID: "nhom", Title: v.finding(a, n, cells), Subtitle: v.measure(n, c.Year), Note: v.errorNote(c, cells)},
		records: func() *table.Records { return v.cellRecords(c, n, a, cells) }}
	f.scene = func() *chart.Scene {
		sections, _ := v.sections(c, n, a, cells)
		_, _, limits := v.scaleOf(n, a, cells)
		var rows []chart.IntervalRow
		for _, s := range sections {
			head := chart.IntervalRow{Name: s.Head + "  " + s.Aside, Head: true}
			if s.Class != "" {
				head.Fill = chart.Role(s.Class)
			}
			rows = append(rows, head)
			for _, r := range s.Rows {
				rows = append(rows, chart.IntervalRow{Name: r.Name, Text: r.Value, Note: r.Ranks, Est: estimate(n, r.cell), Strong: r.Me})
			}
		}
		return chart.Intervals("n", rows, limits, fileWidth, f.Title, v.lang)
	}
	return f
}
