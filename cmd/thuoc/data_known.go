package main

import (
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/published"
	"thuoc/internal/table"
)

// What is known about the figures: their sources, defects, printed groups and national numbers. Each is a small table
// whose machine form carries both languages.

func dataSources() command {
	return listing("sources", fault.T("where the figures were taken from"), sourcesPage, sourcesRecords)
}

func dataDefects() command {
	return listing("defects", fault.T("what is wrong, derived or explained in the published figures"), defectsPage, defectsRecords)
}

func dataGroups() command {
	return listing("groups", fault.T("the groups that the reports print, with their limits"), groupsPage, groupsRecords)
}

func dataNational() command {
	return listing("national", fault.T("the printed figures for the whole country"), nationalPage, nationalRecords)
}

// listing is a command that prints one fixed table.
func listing(name string, summary fault.Text, page func(*call) *table.Page, records func() *table.Records) command {
	return command{
		name: name, summary: summary,
		examples: []string{"thuoc data " + name, "thuoc data " + name + " --format csv"},
		setup: func(f *flags) action {
			format := f.format()
			return func(c *call) error {
				return c.write(*format, func() *table.Page { return page(c) }, records)
			}
		},
	}
}

func dataSamples() command {
	return listing("samples", fault.T("how many people were interviewed each year, and where"), samplesPage, samplesRecords)
}

func samplesPage(c *call) *table.Page {
	p := &table.Page{
		Title: c.text(fault.T("Samples of PAPI by year")),
		Columns: []table.Head{{Name: c.text(fault.T("Year")), Right: true}, {Name: c.text(fault.T("Respondents")), Right: true},
			{Name: c.text(fault.T("Provinces")), Right: true}, {Name: c.text(fault.T("Districts")), Right: true},
			{Name: c.text(fault.T("Communes")), Right: true}, {Name: c.text(fault.T("Villages")), Right: true},
			{Name: c.text(fault.T("Sources"))}},
		Sections: []table.Section{{}},
		Notes:    []string{c.text(respondentsNote)},
	}
	for _, s := range published.Samples() {
		p.Sections[0].Rows = append(p.Sections[0].Rows, []string{strconv.Itoa(s.Year), respondentsText(c.lang, s), countOr(c.lang, s.Provinces),
			countOr(c.lang, s.Districts), countOr(c.lang, s.Communes), countOr(c.lang, s.Villages), strings.Join(s.Sources, ", ")})
		if note := s.Note.In(c.lang); note != "" {
			p.Notes = append(p.Notes, strconv.Itoa(s.Year)+": "+note)
		}
	}
	return p
}

func samplesRecords() *table.Records {
	r := &table.Records{Header: []string{"year", "respondents", "basis", "cumulative", "provinces", "districts", "communes", "villages",
		"fieldwork_vi", "fieldwork_en", "sources", "note_vi", "note_en"}}
	for _, s := range published.Samples() {
		r.Rows = append(r.Rows, []table.Cell{table.Int(s.Year), table.Count(s.Respondents), table.Str(string(s.Basis)), table.Count(s.Cumulative),
			table.Count(s.Provinces), table.Count(s.Districts), table.Count(s.Communes), table.Count(s.Villages), table.Str(s.Fieldwork.VI), table.Str(s.Fieldwork.EN),
			table.Str(strings.Join(s.Sources, " ")), table.Str(s.Note.VI), table.Str(s.Note.EN)})
	}
	return r
}

func sourcesPage(c *call) *table.Page {
	p := &table.Page{Title: c.text(fault.T("Sources of the figures"))}
	for _, s := range published.Sources() {
		p.Notes = append(p.Notes, s.Key+"  "+s.Title.In(c.lang)+". "+s.Address)
	}
	return p
}

func sourcesRecords() *table.Records {
	r := &table.Records{Header: []string{"source", "title_vi", "title_en", "address"}}
	for _, s := range published.Sources() {
		r.Rows = append(r.Rows, []table.Cell{table.Str(s.Key), table.Str(s.Title.VI), table.Str(s.Title.EN), table.Str(s.Address)})
	}
	return r
}

// kindNames says what the kinds of remark are called.
var kindNames = map[published.RemarkKind]fault.Text{
	published.Defect:  fault.T("defect"),
	published.Derived: fault.T("derived"),
	published.Reason:  fault.T("reason"),
}

func defectsPage(c *call) *table.Page {
	p := &table.Page{Title: c.text(fault.T("What a reader must know of the published figures"))}
	for _, r := range published.Remarks() {
		p.Notes = append(p.Notes, yearList(r.Years)+" · "+c.text(kindNames[r.Kind])+" · "+r.Text.In(c.lang)+
			" ["+r.Key+"; "+strings.Join(r.Sources, ", ")+"]")
	}
	return p
}

// yearList writes years as they are said: 2011–2017, or 2011, 2013, 2014.
func yearList(years []int) string {
	if n := len(years); n > 2 && years[n-1]-years[0] == n-1 {
		return strconv.Itoa(years[0]) + "–" + strconv.Itoa(years[n-1])
	}
	var all []string
	for _, y := range years {
		all = append(all, strconv.Itoa(y))
	}
	return strings.Join(all, ", ")
}

func defectsRecords() *table.Records {
	r := &table.Records{Header: []string{"key", "kind", "year", "unit", "code", "text_vi", "text_en", "sources"}}
	for _, m := range published.Remarks() {
		cells := m.Cells
		if len(cells) == 0 {
			for _, y := range m.Years {
				cells = append(cells, published.Cell{Year: y})
			}
		}
		for _, cell := range cells {
			r.Rows = append(r.Rows, []table.Cell{table.Str(m.Key), table.Str(string(m.Kind)), table.Int(cell.Year), table.Str(cell.Unit),
				table.Str(cell.Code), table.Str(m.Text.VI), table.Str(m.Text.EN), table.Str(strings.Join(m.Sources, " "))})
		}
	}
	return r
}

// printedGroups lists the printed groups of all years, the newest first.
func printedGroups() []published.Group {
	var all []published.Group
	for _, y := range slices.Backward(published.Years()) {
		all = append(all, published.Groups(y.Year)...)
	}
	return all
}

func groupsPage(c *call) *table.Page {
	p := &table.Page{
		Title: c.text(fault.T("Groups that the reports print")),
		Columns: []table.Head{{Name: c.text(fault.T("Year")), Right: true}, {Name: c.text(fault.T("Code"))}, {Name: c.text(fault.T("Group"))},
			{Name: c.text(fault.T("From"))}, {Name: c.text(fault.T("To"))}, {Name: c.text(fault.T("Provinces")), Right: true},
			{Name: c.text(fault.T("Source"))}, {Name: c.text(fault.T("Note"))}},
		Sections: []table.Section{{}},
	}
	for _, g := range printedGroups() {
		p.Sections[0].Rows = append(p.Sections[0].Rows, []string{strconv.Itoa(g.Year), g.Code, g.Name.In(c.lang),
			asPrinted(c.lang, g.Lo), asPrinted(c.lang, g.Hi), strconv.Itoa(g.Provinces), g.Source, g.Note.In(c.lang)})
	}
	return p
}

// asPrinted writes a number with the decimals its source printed, at least two.
func asPrinted(l lang.Lang, v float64) string {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	return lang.Number(l, v, max(2, len(decimals)))
}

func groupsRecords() *table.Records {
	r := &table.Records{Header: []string{"year", "code", "group", "name_vi", "name_en", "lo", "hi", "provinces", "source", "note_vi", "note_en"}}
	for _, g := range printedGroups() {
		r.Rows = append(r.Rows, []table.Cell{table.Int(g.Year), table.Str(g.Code), table.Str(g.Key), table.Str(g.Name.VI), table.Str(g.Name.EN),
			table.Num(g.Lo), table.Num(g.Hi), table.Int(g.Provinces), table.Str(g.Source), table.Str(g.Note.VI), table.Str(g.Note.EN)})
	}
	return r
}

// measureNames says what the national figures are called.
var measureNames = map[published.Measure]fault.Text{
	published.Mean:     fault.T("mean of the provinces"),
	published.Median:   fault.T("median of the provinces"),
	published.Max:      fault.T("highest province"),
	published.Min:      fault.T("lowest province"),
	published.National: fault.T("estimate for the country"),
}

// nationalStatistics lists the national figures of all years, the newest first.
func nationalStatistics() []published.Statistic {
	var all []published.Statistic
	for _, y := range slices.Backward(published.Years()) {
		all = append(all, published.Statistics(y.Year)...)
	}
	return all
}

func nationalPage(c *call) *table.Page {
	p := &table.Page{
		Title: c.text(fault.T("Printed figures for the whole country")),
		Lead:  []string{c.text(fault.T("No error was published for any of them."))},
		Columns: []table.Head{{Name: c.text(fault.T("Year")), Right: true}, {Name: c.text(fault.T("Code"))}, {Name: c.text(fault.T("What it is"))},
			{Name: c.text(fault.T("Value")), Right: true}, {Name: c.text(fault.T("Source"))}, {Name: c.text(fault.T("Note"))}},
		Sections: []table.Section{{}},
	}
	for _, s := range nationalStatistics() {
		p.Sections[0].Rows = append(p.Sections[0].Rows, []string{strconv.Itoa(s.Year), s.Code, c.text(measureNames[s.Measure]),
			asPrinted(c.lang, s.Value), s.Source, s.Remark})
	}
	for _, s := range nationalStatistics() {
		if m, ok := published.RemarkOf(s.Remark); ok {
			p.Notes = append(p.Notes, s.Remark+": "+m.Text.In(c.lang))
		}
	}
	return p
}

func nationalRecords() *table.Records {
	r := &table.Records{Header: []string{"year", "code", "measure", "called", "value", "source", "remark"}}
	for _, s := range nationalStatistics() {
		r.Rows = append(r.Rows, []table.Cell{table.Int(s.Year), table.Str(s.Code), table.Str(string(s.Measure)), table.Str(string(s.Called)),
			table.Num(s.Value), table.Str(s.Source), table.Str(s.Remark)})
	}
	return r
}
