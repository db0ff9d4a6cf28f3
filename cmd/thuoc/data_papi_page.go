package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/published"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// widest is how many value columns a table for people may have.
const widest = 14

// page lays the cut out for people: what varies least across, provinces or codes down; a long list when neither fits.
func (ct *cut) page(l lang.Lang) *table.Page {
	years := distinct(ct.figures, func(f yearFigure) string { return strconv.Itoa(f.year) })
	codes := distinct(ct.figures, func(f yearFigure) string { return f.Code })
	units := distinct(ct.figures, func(f yearFigure) string { return f.Unit })
	p := &table.Page{Title: lang.Translate(l, fault.T("PAPI %s, published figures", spanText(years)))}
	name := func(f yearFigure) string { return ct.frame.Name(f.Unit).In(l) }
	switch {
	case len(years) == 1 && len(codes) <= widest:
		ct.pivot(p, l, fault.T("Province"), name, func(f yearFigure) string { return f.Code })
		p.Notes = append(p.Notes, codeNames(codes, ct.figures[0].year, l)...)
	case len(codes) == 1 && len(years) <= widest:
		p.Title = lang.Translate(l, fault.T("PAPI %s, %s, published figures", spanText(years), codes[0]))
		ct.pivot(p, l, fault.T("Province"), name, func(f yearFigure) string { return strconv.Itoa(f.year) })
	case len(units) == 1 && len(years) <= widest:
		p.Title = lang.Translate(l, fault.T("PAPI %s, %s, published figures", spanText(years), ct.frame.Name(units[0])))
		ct.pivot(p, l, fault.T("Code"), func(f yearFigure) string { return f.Code }, func(f yearFigure) string { return strconv.Itoa(f.year) })
	default:
		ct.long(p, l)
	}
	ct.notes(p, l)
	return p
}

// codeNames gives the codes of a year their names, as far as a definition of that year has them.
func codeNames(codes []string, year int, l lang.Lang) []string {
	def, err := definitionOf(papiFamily, year)
	if err != nil {
		return nil
	}
	var nodes []*score.Node
	for _, code := range codes {
		if n := def.Node(code); n != nil {
			nodes = append(nodes, n)
		}
	}
	return []string{legend(nodes, l)}
}

// distinct lists the values of a key in the order they first appear.
func distinct(figures []yearFigure, key func(yearFigure) string) []string {
	seen := map[string]bool{}
	var all []string
	for _, f := range figures {
		if k := key(f); !seen[k] {
			seen[k] = true
			all = append(all, k)
		}
	}
	return all
}

func spanText(years []string) string {
	if len(years) == 1 {
		return years[0]
	}
	return years[0] + "–" + years[len(years)-1]
}

// pivot lays the figures out as a grid. Provinces are sorted as the Vietnamese alphabet has them.
func (ct *cut) pivot(p *table.Page, l lang.Lang, corner fault.Text, down, across func(yearFigure) string) {
	rows, columns := distinct(ct.figures, down), distinct(ct.figures, across)
	if corner.Key == "Province" {
		slices.SortStableFunc(rows, lang.Collation())
	}
	cells := map[[2]string]string{}
	for _, f := range ct.figures {
		cells[[2]string{down(f), across(f)}] = valueText(l, f)
	}
	p.Columns = []table.Head{{Name: lang.Translate(l, corner)}}
	for _, c := range columns {
		p.Columns = append(p.Columns, table.Head{Name: c, Right: true})
	}
	body := table.Section{}
	for _, r := range rows {
		line := []string{r}
		for _, c := range columns {
			line = append(line, cells[[2]string{r, c}])
		}
		body.Rows = append(body.Rows, line)
	}
	p.Sections = []table.Section{body}
}

// long lists the figures one a line.
func (ct *cut) long(p *table.Page, l lang.Lang) {
	for _, h := range []fault.Text{fault.T("Year"), fault.T("Code"), fault.T("Province"), fault.T("Value"), fault.T("SE")} {
		p.Columns = append(p.Columns, table.Head{Name: lang.Translate(l, h), Right: h.Key == "Value" || h.Key == "SE"})
	}
	body := table.Section{}
	for _, f := range ct.figures {
		body.Rows = append(body.Rows, []string{strconv.Itoa(f.year), f.Code, ct.frame.Name(f.Unit).In(l), valueText(l, f), lang.Number(l, f.SE, 2)})
	}
	p.Sections = []table.Section{body}
}

// valueText writes a value for people: indicators, often shares, with one decimal more; "–" where none was published.
func valueText(l lang.Lang, f yearFigure) string {
	if math.IsNaN(f.Value) {
		return "–"
	}
	if published.LevelOf(f.Code) == published.Indicator {
		return lang.Number(l, f.Value, 3)
	}
	return lang.Number(l, f.Value, 2)
}

// notes explains the dashes and the remarks of the cut, and names its sources.
func (ct *cut) notes(p *table.Page, l lang.Lang) {
	remarks := distinct(ct.figures, func(f yearFigure) string { return f.Note })
	absent := slices.ContainsFunc(ct.figures, func(f yearFigure) bool { return math.IsNaN(f.Value) })
	if absent {
		p.Notes = append(p.Notes, lang.Translate(l, fault.T("– was not published.")))
	}
	for _, key := range remarks {
		if m, ok := published.RemarkOf(key); ok {
			p.Notes = append(p.Notes, m.Text.In(l)+" ["+key+"]")
		}
	}
	sources := slices.DeleteFunc(distinct(ct.figures, func(f yearFigure) string { return f.Source }), func(s string) bool { return s == "" })
	p.Notes = append(p.Notes, lang.Translate(l, fault.T("Sources: %s. See: thuoc data sources, thuoc data defects", strings.Join(sources, ", "))))
}

// yearsPage says what there is.
func yearsPage(c *call) *table.Page {
	p := &table.Page{
		Title: c.text(fault.T("PAPI figures by year")),
		Columns: []table.Head{{Name: c.text(fault.T("Year")), Right: true}, {Name: c.text(fault.T("Provinces scored")), Right: true},
			{Name: c.text(fault.T("Respondents")), Right: true}, {Name: c.text(fault.T("Intervals"))}, {Name: c.text(fault.T("Levels"))}},
		Sections: []table.Section{{}},
		Notes: []string{
			c.text(fault.T("Intervals: the coverage they truly have; the workbooks print 95% over them.")),
			c.text(respondentsNote),
		},
	}
	for _, y := range published.Years() {
		interval := "–"
		if y.Interval.Level > 0 {
			interval = lang.Percent(c.lang, y.Interval.Level, 0)
		}
		var levels []string
		for _, level := range y.Levels {
			levels = append(levels, c.text(levelNames[level]))
		}
		p.Sections[0].Rows = append(p.Sections[0].Rows, []string{strconv.Itoa(y.Year), strconv.Itoa(y.Scored),
			respondentsText(c.lang, y.Sample), interval, strings.Join(levels, ", ")})
	}
	return p
}

// respondentsNote explains respondentsText.
var respondentsNote = fault.T("Respondents: ≥ “more than” in the source; ~ not printed, by difference or unconfirmed; – not found in public sources.")

// levelNames says what the levels are called.
var levelNames = map[published.Level]fault.Text{
	published.Composite:    fault.T("composite"),
	published.Dimension:    fault.T("dimension"),
	published.Subdimension: fault.T("sub-dimension"),
	published.Indicator:    fault.T("indicator"),
}

func respondentsText(l lang.Lang, s published.Sample) string {
	n := lang.Count(l, s.Respondents)
	switch s.Basis {
	case published.NotKnown:
		return "–"
	case published.AtLeast:
		return "≥ " + n
	case published.ByDifference, published.Unconfirmed:
		return "~ " + n
	}
	return n
}

func yearsRecords() *table.Records {
	r := &table.Records{Header: []string{"year", "level", "codes", "figures", "scored", "interval_level", "interval_label", "respondents", "respondents_basis"}}
	for _, y := range published.Years() {
		for _, level := range y.Levels {
			figures, err := published.Figures(y.Year, level)
			if err != nil {
				panic(fmt.Sprintf("year %d is listed and has no figures: %v", y.Year, err))
			}
			codes := map[string]bool{}
			for _, f := range figures {
				codes[f.Code] = true
			}
			r.Rows = append(r.Rows, []table.Cell{table.Int(y.Year), table.Str(string(level)), table.Int(len(codes)), table.Int(len(figures)),
				table.Int(y.Scored), table.Known(y.Interval.Level), table.Known(y.Interval.Label), table.Count(y.Sample.Respondents), table.Str(string(y.Sample.Basis))})
		}
	}
	return r
}
