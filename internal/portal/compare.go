package portal

import (
	"math"
	"slices"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// comparePage sets two to five former provinces beside each other.
type comparePage struct {
	Title, Lead string
	Form        ui.Form
	Few         bool    // fewer than two are chosen
	Figure      *figure // the scores
	Apart       *figure // their differences; nil for one province
	Head        []ui.Link
	Rows        []compareRow
	Pairs       []pairRow
}

// compareRow is a node for all chosen provinces.
type compareRow struct {
	Href, Mark, Name string
	Level            string
	Cells            []string
	Median           string
}

// pairRow is the difference between two provinces.
type pairRow struct {
	First, Second, Difference, Span, Verdict string
	difference                               // nothing of it known where one has no score
	scored                                   bool
}

// difference is what may be said of two estimates of different provinces, whose samples are independent.
type difference struct {
	known, clear    bool
	value, se, half float64 // half-width of its interval
}

// contrast tests the difference of two cells at 95 %, divided by the number of pairs that are looked at (Bonferroni).
func contrast(a, b *edition.Cell, pairs int) difference {
	d := difference{value: a.Value - b.Value, se: math.NaN(), half: math.NaN()}
	if !a.Known() || !b.Known() {
		return d
	}
	d.known, d.se = true, math.Hypot(a.SE, b.SE)
	d.half = critical(pairs) * d.se
	d.clear = math.Abs(d.value) > d.half
	return d
}

// critical is the quantile behind a test at 95 % of so many comparisons together (Bonferroni).
func critical(looks int) float64 { return math.Sqrt2 * math.Erfinv(1-0.05/float64(looks)) }

// contrasts is what the tests of all pairs of some provinces say together. A pair with an unknown error is not tested.
type contrasts struct {
	pairs, known, clear int
	first, second       *edition.Cell // the last pair that differs, the higher one first
}

func contrastsOf(cells []*edition.Cell) contrasts {
	k := contrasts{pairs: len(cells) * (len(cells) - 1) / 2}
	for i, x := range cells {
		for _, y := range cells[i+1:] {
			if x == nil || y == nil || !x.OK() || !y.OK() {
				continue
			}
			d := contrast(x, y, k.pairs)
			if d.known {
				k.known++
			}
			if d.clear {
				k.clear++
				if k.first, k.second = x, y; x.Value < y.Value {
					k.first, k.second = y, x
				}
			}
		}
	}
	return k
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (p *Portal) compare(v *view) (*page, error) {
	c, err := v.content()
	if err != nil {
		return nil, err
	}
	v.frame = former
	a := v.atlas()
	places, err := v.chosen(a)
	if err != nil {
		return nil, err
	}
	form := v.unitsForm(a)
	form.Selects = append([]ui.Select{v.years()}, form.Selects...)
	form.Keep = v.keep(keyYear, keyUnit)
	body := comparePage{Title: v.t("Compare provinces"), Form: form, Few: len(places) < 2, Lead: v.t("Two to five of the former provinces. A difference counts only when it exceeds its own error.")}
	pg := &page{template: "compare", title: body.Title, desc: body.Lead, nav: "compare", live: true}
	if len(places) > 0 {
		f := v.finish(v.compareFigure(c, places), c)
		body.Figure, pg.figures = f, []*figure{f}
		body.Head, body.Rows = v.compareRows(c, places)
		body.Pairs = v.pairs(c, places)
		if len(places) > 1 {
			body.Apart = v.finish(v.differenceFigure(c, places, body.Pairs), c)
			pg.figures = append(pg.figures, body.Apart)
		}
	}
	pg.body = body
	return pg, nil
}

// compareFigure draws the composite of the chosen provinces.
func (v *view) compareFigure(c *edition.Content, places []gazetteer.Place) *figure {
	n := c.Root()
	f := &figure{Figure: ui.Figure{ID: "so-sanh", Title: v.scoresTitle(c, places), Subtitle: v.measure(n, c.Year)}}
	var rows []chart.IntervalRow
	for _, pl := range places {
		if x := c.Former.Cell(n.Code, pl.Code); x != nil && x.OK() {
			rows = append(rows, chart.IntervalRow{Name: v.name(pl), Text: v.num(x.Value), Note: v.groupName(c, x.Group), Est: estimate(n, x)})
		}
	}
	f.Note = v.errorNote(c, c.Former.Of(n.Code))
	f.records = func() *table.Records {
		r := &table.Records{Header: cellHeader}
		for _, m := range c.Nodes {
			for _, pl := range places {
				if x := c.Former.Cell(m.Code, pl.Code); x != nil {
					r.Rows = append(r.Rows, v.cellRow(c, m, v.name(pl), x))
				}
			}
		}
		return r
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

// scoresTitle states the scores from the lowest to the highest.
func (v *view) scoresTitle(c *edition.Content, places []gazetteer.Place) string {
	a := atlases[former]()
	var cells []edition.Cell
	for _, pl := range places {
		if x := c.Former.Cell(c.Root().Code, pl.Code); x != nil {
			cells = append(cells, *x)
		}
	}
	switch k := count(cells); k.scored {
	case 0:
		return v.t("No province has a value")
	case 1:
		return v.t("%s: %s", v.name(a.byCode[k.top.Unit]), v.num(k.top.Value))
	default:
		return v.t("From %s (%s) to %s (%s)", v.num(k.low.Value), v.name(a.byCode[k.low.Unit]), v.num(k.top.Value), v.name(a.byCode[k.top.Unit]))
	}
}

// differenceFigure draws every pair's difference around zero, and says what was tested.
func (v *view) differenceFigure(c *edition.Content, places []gazetteer.Place, pairs []pairRow) *figure {
	f := &figure{Figure: ui.Figure{ID: "chenh-lech", Title: v.compareTitle(c, places), Subtitle: v.measure(c.Root(), c.Year), Note: v.tested(pairs)}}
	var list []chart.Difference
	for _, r := range pairs {
		if !r.scored {
			continue
		}
		d := chart.Difference{Name: r.First + " – " + r.Second, Text: r.Difference, Clear: r.clear, Est: chart.Estimate{Value: r.value, SE: r.se, T95: critical(len(pairs))}}
		if r.known {
			d.Text = v.t("%s ± %s", r.Difference, v.num(r.half))
		}
		list = append(list, d)
	}
	f.records = func() *table.Records {
		r := &table.Records{Header: strings.Fields("year index code first second difference se lo hi pairs differs edition")}
		for _, p := range pairs {
			if p.scored {
				r.Rows = append(r.Rows, []table.Cell{table.Int(c.Year), table.Str(c.Index), table.Str(c.Root().Code), table.Str(p.First), table.Str(p.Second),
					table.Num(p.value), table.Num(p.se), table.Num(p.value - p.half), table.Num(p.value + p.half), table.Int(len(pairs)), table.Bool(p.clear), table.Str(c.Edition.ID)})
			}
		}
		return r
	}
	if len(list) == 0 {
		return f
	}
	draw := func(width float64) *chart.Scene { return chart.Compare("d", list, width, f.Title, v.lang) }
	f.scene = func() *chart.Scene { return draw(fileWidth) }
	if v.format == "" || v.format == "embed" {
		f.Drawings = wideAndNarrow(draw)
	}
	return f
}

// tested says in words what the test of the pairs asks.
func (v *view) tested(pairs []pairRow) string {
	switch {
	case !slices.ContainsFunc(pairs, func(r pairRow) bool { return r.known }):
		return v.t("First minus second. The error of these differences is not known, so none is tested.")
	case len(pairs) == 1:
		return v.t("First minus second. Tested at 95%: is the difference zero? The band is its 95% interval; a coloured tick says that zero lies outside. The samples are independent.")
	}
	return v.t("First minus second. Tested at 95%% for all %d pairs together (Bonferroni): is the difference zero? The pale band is that interval; a coloured tick says that zero lies outside. The samples are independent.", len(pairs))
}

// compareTitle claims a difference only where the test of all pairs supports one.
func (v *view) compareTitle(c *edition.Content, places []gazetteer.Place) string {
	var cells []*edition.Cell
	for _, pl := range places {
		cells = append(cells, c.Former.Cell(c.Root().Code, pl.Code))
	}
	a := atlases[former]()
	switch k := contrastsOf(cells); {
	case k.pairs == 0:
		return v.t("Choose a second province")
	case k.known == 0:
		return v.t("Errors unknown: no difference can be tested")
	case k.clear == 1:
		return v.t("%s is higher than %s", v.name(a.byCode[k.first.Unit]), v.name(a.byCode[k.second.Unit]))
	case k.clear > 1:
		return v.t("%d of %d differences exceed their error", k.clear, k.known)
	case k.known < k.pairs:
		return v.t("%d of %d differences can be tested; none exceeds its error", k.known, k.pairs)
	}
	return v.t("No difference exceeds its error")
}

func (v *view) compareRows(c *edition.Content, places []gazetteer.Place) ([]ui.Link, []compareRow) {
	var head []ui.Link
	a := atlases[former]()
	for _, pl := range places {
		head = append(head, ui.Link{Href: v.placeAddress(a, pl, c.Year), Text: v.name(pl)})
	}
	var rows []compareRow
	for _, n := range c.Nodes {
		if n.Level == "indicator" {
			continue
		}
		r := compareRow{Href: v.to("content", n.Code).with(func(w *view) { w.year = c.Year }).address(), Mark: strings.TrimPrefix(n.Code, "D"), Name: n.Names.In(v.lang), Level: n.Level}
		if n == c.Root() {
			r.Mark, r.Name = "", v.short(n)
		}
		for _, pl := range places {
			x := c.Former.Cell(n.Code, pl.Code)
			switch {
			case x == nil || !x.OK():
				r.Cells = append(r.Cells, "–")
			case x.Known():
				r.Cells = append(r.Cells, v.value(n, x.Value)+" ± "+v.num(x.Hi-x.Value))
			default:
				r.Cells = append(r.Cells, v.value(n, x.Value))
			}
		}
		if n.Median != nil {
			r.Median = v.value(n, *n.Median)
		}
		rows = append(rows, r)
	}
	return head, rows
}

// pairs tests every pair of the composite.
func (v *view) pairs(c *edition.Content, places []gazetteer.Place) []pairRow {
	n, count := c.Root(), len(places)*(len(places)-1)/2
	var rows []pairRow
	for i := range places {
		for j := i + 1; j < len(places); j++ {
			x, y := c.Former.Cell(n.Code, places[i].Code), c.Former.Cell(n.Code, places[j].Code)
			r := pairRow{First: v.name(places[i]), Second: v.name(places[j]), Difference: "–", Span: "–", Verdict: v.t("one has no score")}
			if x.OK() && y.OK() {
				d := contrast(x, y, count)
				r.difference, r.scored = d, true
				r.Difference, r.Verdict = signed(v, d.value), v.t("cannot be tested: an error is not known")
				if d.known {
					r.Span, r.Verdict = v.span(d.value-d.half, d.value+d.half), v.t("does not differ clearly")
				}
				switch {
				case d.clear && d.value > 0:
					r.Verdict = v.t("%s is higher", v.name(places[i]))
				case d.clear:
					r.Verdict = v.t("%s is higher", v.name(places[j]))
				}
			}
			rows = append(rows, r)
		}
	}
	return rows
}
