package portal

import (
	"math"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// ownLead says what was measured, by whom, when and on how many answers.
func (v *view) ownLead(c *edition.Content, l edition.Listing) string {
	by := v.t("Measured by: %s, period %s, public since %s.", l.PlaceName.In(v.lang), l.Period, v.day(l.Since))
	switch {
	case l.Source == run.Self:
		return by + " " + v.t("A score that the place gave its own work, not a survey of citizens.")
	case c.Survey != nil:
		return by + " " + v.t("n = %s answers from %d sampled areas in %d strata.", lang.Count(v.lang, c.Survey.Answers), c.Survey.PSUs, c.Survey.Strata)
	}
	return by
}

// ownSource is the line under every figure of an edition; one that was corrected says so wherever the figure goes.
func (v *view) ownSource(c *edition.Content, l edition.Listing) string {
	line := v.t("Source: %s, %s, own measure %s. Edition %s.", l.PlaceName.In(v.lang), c.Names.In(v.lang), l.Period, c.Edition.Short())
	if l.State == edition.Corrected {
		line += " " + v.t("Corrected on %s by edition %s: do not use these figures any more.", v.day(l.Ended), l.CorrectedBy[:min(12, len(l.CorrectedBy))])
	}
	return line
}

// ownStats are the head of a page: the whole of a single unit, or how many units were measured.
func (v *view) ownStats(c *edition.Content, unit string, n *edition.Node) []stat {
	if unit == "" {
		k := count(c.Units.Of(n.Code))
		return []stat{{Term: v.t("Units with a value"), Value: v.t("%d of %d", k.scored, len(c.Units.Units)), Big: true},
			{Term: v.t("With a known error"), Value: v.t("%d of %d", k.known, k.scored)}}
	}
	x := c.Units.Cell(n.Code, unit)
	if x == nil || !x.OK() {
		return []stat{{Term: v.measureOwn(n), Value: v.t("no value"), Aside: v.whyNot(c, x), Big: true}}
	}
	list := []stat{{Term: v.measureOwn(n), Value: v.value(n, x.Value), Aside: v.seAside(x), Big: true}}
	if x.Known() {
		list = append(list, stat{Term: v.t("Interval at %s", lang.Percent(v.lang, x.Level, 0)), Value: v.spanOf(n, x.Lo, x.Hi)})
	} else {
		list = append(list, stat{Term: v.t("Interval"), Value: v.t("not known"), Aside: c.Reason(x.ErrorWhy).In(v.lang)})
	}
	if x.N > 0 {
		list = append(list, stat{Term: v.t("Answers (n)"), Value: lang.Count(v.lang, x.N)})
	} else if c.Survey != nil {
		list = append(list, stat{Term: v.t("Answers (n)"), Value: lang.Count(v.lang, c.Survey.Answers)})
	}
	if v.ranked(c, n) && x.RankLo > 0 {
		list = append(list, stat{Term: v.t("Range of ranks"), Value: v.ranks(x), Aside: v.t("of %d, at 95%%", x.Of)})
	}
	if d := v.delta(x, c); d != nil {
		list = append(list, stat{Term: v.t("Since %d", x.Change.Year), Delta: d, Aside: d.Aside})
	}
	return list
}

func (v *view) measureOwn(n *edition.Node) string {
	name := n.Names.In(v.lang)
	if scale := v.scale(n); scale != "" {
		return v.t("%s (%s)", name, scale)
	}
	return name
}

func (v *view) seAside(x *edition.Cell) string {
	if !x.Known() {
		return ""
	}
	return v.t("SE %s", lang.Number(v.lang, x.SE, 3))
}

// spanOf writes an interval in the scale of its node.
func (v *view) spanOf(n *edition.Node, lo, hi float64) string {
	if isShare(n) {
		return lang.Range(v.lang, lo*100, hi*100, 0) + "%"
	}
	return v.span(lo, hi)
}

// whyNot says why a cell has no value.
func (v *view) whyNot(c *edition.Content, x *edition.Cell) string {
	if x == nil {
		return v.t("not measured")
	}
	if why := c.Reason(x.Why).In(v.lang); why != "" {
		return why
	}
	return lang.Translate(v.lang, statusWords[x.Status])
}

// statusWords are the statuses of a value in words.
var statusWords = map[score.Status]fault.Text{
	score.OK: fault.T("measured"), score.Partial: fault.T("in part"), score.NotPublished: fault.T("not published"),
	score.Suppressed: fault.T("withheld: too few answers"), score.Missing: fault.T("no value"),
}

// ranked tells whether a rank has a meaning: of several units with known errors.
func (v *view) ranked(c *edition.Content, n *edition.Node) bool {
	return len(c.Units.Units) > 1 && count(c.Units.Of(n.Code)).known > 1
}

// ownRow writes a value with its error, base and status.
func (v *view) ownRow(c *edition.Content, n *edition.Node, x *edition.Cell) ownRow {
	r := ownRow{Value: "–", SE: "–", Span: "–", N: "–", Ranks: "–"}
	if x == nil || !x.OK() {
		r.Status = v.whyNot(c, x)
		return r
	}
	r.Value, r.Status = v.value(n, x.Value), lang.Translate(v.lang, statusWords[x.Status])
	if x.Status == score.Partial {
		r.Status = v.whyNot(c, x)
	}
	if x.Known() {
		decimals, by := 3, 1.0
		if isShare(n) {
			decimals, by = 1, 100
		}
		r.SE, r.Span = lang.Number(v.lang, x.SE*by, decimals), v.spanOf(n, x.Lo, x.Hi)
	} else if why := c.Reason(x.ErrorWhy).In(v.lang); why != "" {
		r.Status = why
	}
	if x.N > 0 {
		r.N = lang.Count(v.lang, x.N)
	}
	if v.ranked(c, n) {
		r.Ranks = v.ranks(x)
	}
	r.Delta = v.delta(x, c)
	return r
}

// partsOf is one unit: a table of all parts of the index, and a drawing of those that share one scale.
func (v *view) partsOf(c *edition.Content, l edition.Listing, unit string) (*figure, ownTable) {
	t := ownTable{First: v.t("Part of the index"), Ranked: v.ranked(c, c.Root())}
	var drawn []*edition.Node
	for _, n := range c.Nodes {
		x := c.Units.Cell(n.Code, unit)
		if x == nil {
			continue
		}
		r := v.ownRow(c, n, x)
		r.Mark, r.Name, r.Class = n.Code, n.Names.In(v.lang), "l-"+n.Level
		if len(c.Units.Units) > 1 {
			r.Href = v.with(func(w *view) { w.unit, w.part = "", n.Code }).address()
		}
		t.Tested, t.Rows = t.Tested || r.Delta != nil, append(t.Rows, r)
		if first := c.Nodes[min(1, len(c.Nodes)-1)]; x.OK() && n.Min == first.Min && n.Max == first.Max {
			drawn = append(drawn, n)
		}
	}
	f := &figure{Figure: ui.Figure{ID: "cac-phan", Title: v.partsFinding(c, drawn, unit), Source: v.ownSource(c, l),
		Subtitle: v.t("%s, parts that share one scale", v.ownUnit(c, unit)), Note: v.ownErrorNote(c)}, records: func() *table.Records { return v.ownRecords(c, unit, "") }}
	if len(drawn) > 0 {
		f.scene = v.drawParts(c, drawn, unit, f, fileWidth)
		f.Subtitle += ", " + v.scale(drawn[0])
		f.Drawings = wideAndNarrow(func(width float64) *chart.Scene { return v.drawParts(c, drawn, unit, f, width)() })
	}
	t.Caption = v.t("Every part of the index, %s", v.ownUnit(c, unit))
	return v.finish(f, nil), t
}

func (v *view) drawParts(c *edition.Content, nodes []*edition.Node, unit string, f *figure, width float64) func() *chart.Scene {
	return func() *chart.Scene {
		var rows []chart.IntervalRow
		for _, n := range nodes {
			x := c.Units.Cell(n.Code, unit)
			rows = append(rows, chart.IntervalRow{Name: n.Code + "  " + n.Names.In(v.lang), Text: v.value(n, x.Value), Note: v.changeNote(x), Est: ownEstimate(n, x), Strong: n.Parent == c.Root().Code})
		}
		return chart.Intervals("p", rows, nil, width, f.Title, v.lang)
	}
}

// ownEstimate is a cell for drawing, its interval as wide as its degrees of freedom make it.
func ownEstimate(n *edition.Node, x *edition.Cell) chart.Estimate {
	e := estimate(n, x)
	if x.Known() {
		e.T95 = (x.Hi - x.Value) / x.SE
	}
	return e
}

// changeNote says beside a drawn value whether it changed beyond its error.
func (v *view) changeNote(x *edition.Cell) string {
	switch x.Change.Verdict {
	case score.Rose:
		return v.t("rose")
	case score.Fell:
		return v.t("fell")
	}
	return ""
}

// partsFinding states what was tested, and nothing where nothing was.
func (v *view) partsFinding(c *edition.Content, nodes []*edition.Node, unit string) string {
	rose, fell, tested := 0, 0, 0
	for _, n := range nodes {
		switch c.Units.Cell(n.Code, unit).Change.Verdict {
		case score.Rose:
			rose, tested = rose+1, tested+1
		case score.Fell:
			fell, tested = fell+1, tested+1
		case score.NoEvidence:
			tested++
		}
	}
	switch {
	case tested == 0:
		return v.t("Scores of %d parts with their intervals", len(nodes))
	case rose+fell == 0:
		return v.t("None of %d parts changed beyond its error", tested)
	}
	return v.t("%d of %d parts rose beyond their error, %d fell", rose, tested, fell)
}

// unitsOf is one part of the index in all units.
func (v *view) unitsOf(c *edition.Content, l edition.Listing, n *edition.Node) (*figure, ownTable) {
	t := ownTable{First: v.t("Unit"), Ranked: v.ranked(c, n), Caption: v.t("%s in all units", n.Names.In(v.lang))}
	cells := c.Units.Of(n.Code)
	for i := range cells {
		r := v.ownRow(c, n, &cells[i])
		r.Name, r.Href = v.ownUnit(c, cells[i].Unit), v.with(func(w *view) { w.unit, w.part = cells[i].Unit, "" }).address()
		t.Tested, t.Rows = t.Tested || r.Delta != nil, append(t.Rows, r)
	}
	f := &figure{Figure: ui.Figure{ID: "cac-don-vi", Title: v.unitsFinding(cells), Subtitle: v.measureOwn(n), Source: v.ownSource(c, l), Note: v.ownErrorNote(c)},
		records: func() *table.Records { return v.ownRecords(c, "", n.Code) }}
	if count(cells).scored > 0 {
		draw := func(width float64) *chart.Scene {
			var rows []chart.IntervalRow
			for i := range cells {
				if x := &cells[i]; x.OK() {
					rows = append(rows, chart.IntervalRow{Name: v.ownUnit(c, x.Unit), Text: v.value(n, x.Value), Est: ownEstimate(n, x)})
				}
			}
			return chart.Intervals("u", rows, nil, width, f.Title, v.lang)
		}
		f.scene = func() *chart.Scene { return draw(fileWidth) }
		f.Drawings = wideAndNarrow(draw)
	}
	return v.finish(f, nil), t
}

// unitsFinding says how far the units can be told apart.
func (v *view) unitsFinding(cells []edition.Cell) string {
	k := count(cells)
	switch {
	case k.scored == 0:
		return v.t("No unit has a value")
	case k.known < 2:
		return v.t("Values of %d units, error not known", k.scored)
	}
	if clear, all := neighbours(cells); 2*clear > all {
		return v.t("%d of %d neighbours differ beyond their error", clear, all)
	}
	return v.t("Neighbours mostly cannot be told apart")
}

// ownUnit names a unit. The single unit of an edition that goes by its code alone is the place that measured it.
func (v *view) ownUnit(c *edition.Content, code string) string {
	if l, ok := v.portal.Shelf.Listed(c.Edition.ID); ok && len(c.Units.Units) == 1 && c.UnitNames[0].Names.VI == code {
		return l.PlaceName.In(v.lang)
	}
	for _, u := range c.UnitNames {
		if u.ID == code {
			return u.Names.In(v.lang)
		}
	}
	return code
}

func (v *view) ownErrorNote(c *edition.Content) string {
	for i := range c.Units.Cells {
		if c.Units.Cells[i].Known() {
			return v.t("Intervals are at %s, with the degrees of freedom of the design.", v.level())
		}
	}
	return v.t("No error of these values is known: nothing is called higher or lower.")
}

// ownMethod says how the figures came about.
func (v *view) ownMethod(c *edition.Content) []fact {
	list := []fact{{v.t("Index"), c.Index}}
	if s := c.Survey; s != nil {
		list = append(list, fact{v.t("Answers (n)"), lang.Count(v.lang, s.Answers)}, fact{v.t("Sampled areas (PSUs)"), lang.Count(v.lang, s.PSUs)},
			fact{v.t("Strata"), lang.Count(v.lang, s.Strata)})
		if s.Waves > 1 {
			list = append(list, fact{v.t("Compared with"), v.t("the answers of the period before, through the areas both share")})
		}
	}
	return append(list, fact{v.t("Variance"), v.t("from the design: strata, sampled areas, weights")},
		fact{v.t("Computed by"), strings.TrimSpace("thuoc " + c.Edition.Manifest.Code)})
}

// ownNotes are what is said of the index itself.
func (v *view) ownNotes(c *edition.Content) (notes []string) {
	if s := c.Comments.In(v.lang); s != "" {
		notes = append(notes, s)
	}
	for _, r := range c.Remarks {
		notes = append(notes, r.Text.In(v.lang))
	}
	return notes
}

// ownHeader are the columns of every file of own cells, the same in both languages.
var ownHeader = strings.Fields("period index code part unit unit_name status why value se lo hi level n rank_lo rank_hi ranked change_from change change_se change_verdict edition state")

// ownRecords are the cells of one unit, or of one part, with all that must be said with them.
func (v *view) ownRecords(c *edition.Content, unit, code string) *table.Records {
	l, _ := v.portal.Shelf.Listed(c.Edition.ID)
	r := &table.Records{Header: ownHeader}
	for i := range c.Units.Cells {
		x := &c.Units.Cells[i]
		if unit != "" && x.Unit != unit || code != "" && x.Code != code {
			continue
		}
		name := ""
		if n := c.Node(x.Code); n != nil {
			name = n.Names.In(v.lang)
		}
		level := x.Level
		if !x.Known() {
			level = math.NaN()
		}
		r.Rows = append(r.Rows, []table.Cell{table.Str(l.Period), table.Str(c.Index), table.Str(x.Code), table.Str(name), table.Str(x.Unit), table.Str(v.ownUnit(c, x.Unit)),
			table.Str(string(x.Status)), table.Str(c.Reason(x.Why).In(v.lang)), table.Num(x.Value), table.Num(x.SE), table.Num(x.Lo), table.Num(x.Hi), table.Num(level),
			count0(x.N), count0(x.RankLo), count0(x.RankHi), count0(x.Of), count0(x.Change.Year), table.Num(x.Change.Abs), table.Num(x.Change.SE),
			table.Str(string(x.Change.Verdict)), table.Str(c.Edition.ID), table.Str(string(l.State))})
	}
	return r
}
