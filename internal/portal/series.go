package portal

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// breakRow is a year in which what is measured changed, and why.
type breakRow struct {
	Year int
	Why  string
}

// drawnSeries is a figure over years with the breaks it draws.
type drawnSeries struct {
	figure *figure
	breaks []breakRow
	runs   []chart.Run
}

// step is one year of a node: its edition and its code there.
type step struct {
	content *edition.Content
	node    *edition.Node
	broken  string // why it does not compare with the year before, empty when it does
}

// steps follows a node through the years from one of them, oldest first, by the code it had in each. A sub-dimension or
// an indicator ends where its code was given to other content; the composite and the dimensions go on, cut by a break.
func (p *Portal) steps(from *edition.Content, code string) ([]step, error) {
	n := from.Node(code)
	if n == nil {
		return nil, nil
	}
	p.Shelf.Open()
	back, err := p.stepsBack(from, n)
	if err != nil {
		return nil, err
	}
	ahead, err := p.stepsAhead(from, code)
	return append(back, ahead...), err
}

// stepsBack is the node and what it was in the years before, oldest first.
func (p *Portal) stepsBack(c *edition.Content, n *edition.Node) ([]step, error) {
	var list []step
	for n != nil {
		list = append(list, step{content: c, node: n})
		was := n.Compare.Was
		if n.Compare.Verdict == "" || ends(n) || !p.has(c.Year-1) {
			break
		}
		var err error
		if c, err = p.Shelf.Content(c.Year - 1); err != nil {
			return nil, err
		}
		n = c.Node(was)
	}
	slices.Reverse(list)
	return list, nil
}

// stepsAhead is what became of a node in the years after.
func (p *Portal) stepsAhead(c *edition.Content, code string) ([]step, error) {
	var list []step
	for p.has(c.Year + 1) {
		var err error
		if c, err = p.Shelf.Content(c.Year + 1); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(c.Nodes, func(n *edition.Node) bool { return n.Compare.Was == code && !ends(n) })
		if i < 0 {
			break
		}
		code = c.Nodes[i].Code
		list = append(list, step{content: c, node: c.Nodes[i]})
	}
	return list, nil
}

// has tells whether a year is on the shelf.
func (p *Portal) has(year int) bool { return slices.Contains(p.Shelf.Years(), year) }

// ends tells whether a node is another one than that of the same code in the year before.
func ends(n *edition.Node) bool {
	return n.Compare.Verdict == string(score.Broken) && n.Level != "composite" && n.Level != "dimension"
}

// seriesFigure draws a node over the years for some provinces of a map, beside the median of all.
func (v *view) seriesFigure(c *edition.Content, a *atlas, code string, places []gazetteer.Place) (*drawnSeries, error) {
	steps, err := v.portal.steps(c, code)
	if err != nil {
		return nil, err
	}
	if len(steps) == 0 {
		return nil, fault.New(fault.NotFound, "No year has a topic %s.", code)
	}
	for i := range steps {
		if i > 0 && steps[i].node.Compare.Verdict != string(score.Same) {
			steps[i].broken = v.brokenBecause(steps[i].node)
		}
	}
	s := &drawnSeries{}
	cells := func(st step) *edition.Table {
		if a.frame == present {
			return &st.content.Present
		}
		return &st.content.Former
	}
	for i, pl := range places {
		s.runs = append(s.runs, v.run(steps, v.name(pl), chart.Lines[i%len(chart.Lines)], func(st step) (float64, float64) {
			x := cells(st).Cell(st.node.Code, pl.Code)
			if x == nil || !x.OK() {
				return math.NaN(), math.NaN()
			}
			return x.Value, x.SE
		}))
	}
	middle := v.run(steps, v.t("Median of the provinces"), chart.Quiet, func(st step) (float64, float64) { return median(cells(st).Of(st.node.Code)), math.NaN() })
	if middle.Dash = len(places) > 0; !middle.Dash { // nothing else is drawn
		middle.Role = chart.Line1
	}
	s.runs = append(s.runs, middle)
	breaks := v.breaksOf(steps, a, s)
	last := steps[len(steps)-1]
	title := v.seriesTitle(steps, s.runs, last.node)
	f := &figure{Figure: ui.Figure{ID: "theo-nam", Title: title, Subtitle: v.seriesSubtitle(steps, last.node, len(places))}}
	plot := plotted(s.runs, drawnBy(last.node))
	draw := func(width float64) *chart.Scene { return chart.Series("y", plot, breaks, width, title, v.lang) }
	f.scene = func() *chart.Scene { return draw(fileWidth) }
	if v.format == "" || v.format == "embed" {
		f.Drawings = wideAndNarrow(draw)
	}
	f.records = func() *table.Records { return v.seriesRecords(steps, places, a, middle) }
	f.Source = v.t("Source: PAPI %d–%d (UNDP, CECODES, VFF-CRT, RTA), one edition a year; the newest is %s.", steps[0].content.Year, last.content.Year, last.content.Edition.Short())
	s.figure = f
	return s, nil
}

// plotted gives runs with their values multiplied, as an axis in per cent needs them.
func plotted(runs []chart.Run, by float64) []chart.Run {
	if by == 1 {
		return runs
	}
	runs = slices.Clone(runs)
	for i := range runs {
		runs[i].Points = slices.Clone(runs[i].Points)
		for j := range runs[i].Points {
			runs[i].Points[j].Value *= by
			runs[i].Points[j].SE *= by
		}
	}
	return runs
}

func (v *view) run(steps []step, name string, role chart.Role, at func(step) (value, se float64)) chart.Run {
	r := chart.Run{Name: name, Role: role}
	for _, st := range steps {
		value, se := at(st)
		r.Points = append(r.Points, chart.YearValue{Year: st.content.Year, Value: value, SE: se})
		if !math.IsNaN(value) {
			r.Text = v.value(st.node, value) + " (" + strconv.Itoa(st.content.Year) + ")"
		}
	}
	return r
}

// brokenBecause says why a node does not compare with the year before.
func (v *view) brokenBecause(n *edition.Node) string {
	why := n.Compare.Reason.In(v.lang)
	if n.Compare.Because != "" && n.Compare.Because != n.Code {
		return n.Compare.Because + ": " + why
	}
	return why
}

// breaksOf gives the breaks of method and, where provinces are joined, that of territory.
func (v *view) breaksOf(steps []step, a *atlas, s *drawnSeries) []chart.Break {
	var list []chart.Break
	for _, st := range steps {
		if st.broken == "" {
			continue
		}
		s.breaks = append(s.breaks, breakRow{st.content.Year, st.broken})
		list = append(list, chart.Break{Year: st.content.Year, Label: strconv.Itoa(st.content.Year)})
	}
	if a.frame == present {
		list = append(list, chart.Break{Year: 2025, Label: v.t("joined from the former provinces"), Past: true})
		s.breaks = append(s.breaks, breakRow{2025, v.t("Since 1 July 2025 there are 34 provinces. All values before are joined from the former ones, weighted by population.")})
		for i := range s.runs {
			s.runs[i].Points = append(s.runs[i].Points, chart.YearValue{Year: 2025, Value: math.NaN(), SE: math.NaN()})
		}
	}
	return list
}

// seriesTitle says how often the measure was altered; of one and the same measure, where the median began and ended.
func (v *view) seriesTitle(steps []step, runs []chart.Run, n *edition.Node) string {
	first, last := steps[0].content.Year, steps[len(steps)-1].content.Year
	breaks := 0
	for _, st := range steps {
		if st.broken != "" {
			breaks++
		}
	}
	if breaks > 0 {
		return v.t("%d–%d: the measure changed %d times", first, last, breaks)
	}
	known := slices.DeleteFunc(slices.Clone(runs[len(runs)-1].Points), func(p chart.YearValue) bool { return math.IsNaN(p.Value) })
	if len(known) < 2 {
		return v.t("%d–%d on one measure", first, last)
	}
	from, to := known[0], known[len(known)-1]
	return v.t("Median %s in %d, %s in %d, error unknown", v.value(n, from.Value), from.Year, v.value(n, to.Value), to.Year)
}

func (v *view) seriesSubtitle(steps []step, n *edition.Node, places int) string {
	known := 0
	for _, st := range steps {
		if count(st.content.Former.Of(st.node.Code)).known > 0 {
			known++
		}
	}
	s := v.measure(n, steps[len(steps)-1].content.Year)
	switch {
	case places == 0:
		s = v.t("%s. Median of the provinces, its error not known.", s)
	case known == 0:
		s = v.t("%s. No error of any year was published.", s)
	default:
		s = v.t("%s. Bars: 95%% intervals, known for %d of %d years.", s, known, len(steps))
	}
	if slices.ContainsFunc(steps, func(st step) bool { return st.broken != "" }) {
		s += " " + v.t("Dashed upright: the measure changed, values do not compare across it.")
	}
	return s
}

// seriesRecords are the drawn values: the chosen provinces, and the median of all, which is of no unit.
func (v *view) seriesRecords(steps []step, places []gazetteer.Place, a *atlas, middle chart.Run) *table.Records {
	r := &table.Records{Header: append(slices.Clone(cellHeader), "compares_with_year_before")}
	for _, pl := range places {
		for _, st := range steps {
			t := &st.content.Former
			if a.frame == present {
				t = &st.content.Present
			}
			if x := t.Cell(st.node.Code, pl.Code); x != nil {
				r.Rows = append(r.Rows, append(v.cellRow(st.content, st.node, v.name(pl), x), table.Bool(st.broken == "" && x.Change.Year > 0)))
			}
		}
	}
	for i, st := range steps {
		row := make([]table.Cell, len(r.Header))
		for j := range row {
			row[j] = table.None
		}
		for key, cell := range map[string]table.Cell{"year": table.Int(st.content.Year), "index": table.Str(st.content.Index), "code": table.Str(st.node.Code),
			"topic": table.Str(st.node.Names.In(v.lang)), "province": table.Str(middle.Name), "value": table.Num(middle.Points[i].Value),
			"edition": table.Str(st.content.Edition.ID), "compares_with_year_before": table.Bool(st.broken == "" && i > 0)} {
			row[slices.Index(r.Header, key)] = cell
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// seriesPage is a topic over the years for up to five provinces.
type seriesPage struct {
	Title, Lead string
	Chips       []ui.Choice
	Frames      []ui.Choice
	Form        ui.Form
	Figure      *figure
	Breaks      []breakRow
	Head        []string
	Rows        []seriesRow
}

// seriesRow is one year of the table.
type seriesRow struct {
	Year   int
	Cells  []string
	Median string
	Broken bool // what is measured changed in it
}

func (p *Portal) series(v *view) (*page, error) {
	c, n, err := v.subject()
	if err != nil {
		return nil, err
	}
	a, _, err := v.cells(c, n)
	if err != nil {
		return nil, err
	}
	places, err := v.chosen(a)
	if err != nil {
		return nil, err
	}
	s, err := v.seriesFigure(c, a, n.Code, places)
	if err != nil {
		return nil, err
	}
	body := seriesPage{Title: v.t("Over time"), Lead: v.t("Up to five provinces beside the median of all. Where the measure changed the line is cut."), Chips: v.chips(c), Frames: v.frames(),
		Form: v.unitsForm(a), Figure: v.finish(s.figure, c), Breaks: s.breaks}
	body.Head, body.Rows = v.seriesTable(s, places, n)
	return &page{template: "series", title: body.Title, desc: body.Lead, nav: "series", figures: []*figure{s.figure}, body: body, live: true}, nil
}

// unitsForm asks for up to five provinces.
func (v *view) unitsForm(a *atlas) ui.Form {
	f := ui.Form{Action: v.bare(), Label: v.t("Choose provinces"), Keep: v.keep(keyUnit)}
	for i := range mostUnits {
		current := ""
		if i < len(v.units) {
			current = v.units[i]
		}
		f.Selects = append(f.Selects, v.unitSelect(a, v.t("Province %d", i+1), current, v.t("none")))
	}
	return f
}

func (v *view) seriesTable(s *drawnSeries, places []gazetteer.Place, n *edition.Node) ([]string, []seriesRow) {
	var head []string
	for _, pl := range places {
		head = append(head, v.name(pl))
	}
	var rows []seriesRow
	for i := len(s.runs[0].Points) - 1; i >= 0; i-- {
		year := s.runs[0].Points[i].Year
		if year > v.portal.Shelf.Newest() {
			continue
		}
		r := seriesRow{Year: year}
		for j, run := range s.runs {
			pt, middle := run.Points[i], j == len(s.runs)-1
			text := "–"
			switch {
			case math.IsNaN(pt.Value):
			case pt.SE > 0 && !middle:
				text = fmt.Sprintf("%s ± %s", v.value(n, pt.Value), lang.Number(v.lang, 1.959964*pt.SE, 2))
			default:
				text = v.value(n, pt.Value)
			}
			if middle {
				r.Median = text
			} else {
				r.Cells = append(r.Cells, text)
			}
		}
		for _, b := range s.breaks {
			if b.Year == year {
				r.Broken = true
			}
		}
		rows = append(rows, r)
	}
	return head, rows
}
