package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/published"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

func dataPAPI() command {
	return command{
		name:    "papi",
		summary: fault.T("the published PAPI figures of 2011 to 2024, any cut of them"),
		detail: fault.T("Cells that were not published stand in the cut with their status and, where a source says why, the reason." +
			" Without a flag, or with --list, it says what there is."),
		examples: []string{
			"thuoc data papi --list",
			"thuoc data papi --year 2023 --level dimension --format csv",
			"thuoc data papi --year 2011-2024 --code PAPI --unit \"Trà Vinh\"",
		},
		setup: func(f *flags) action {
			list := f.yes("list", fault.T("say what there is, by year"))
			years := f.text("year", "YYYY[-YYYY]", fault.T("a year or a run of years; every year without it"))
			level := f.choice("level", "all", []string{"composite", "dimension", "subdimension", "indicator", "all"}, fault.T("one level of the index"))
			codes := f.text("code", "D1,1.1", fault.T("codes of the index, in the framework of their year"))
			units := f.text("unit", "NAME|CODE", fault.T("provinces by name or code, several separated by commas"))
			format := f.format()
			return func(c *call) error {
				if *list || *years+*codes+*units == "" && *level == "all" {
					return c.write(*format, func() *table.Page { return yearsPage(c) }, yearsRecords)
				}
				first, last, ok := yearSpan(*years)
				if !ok {
					return misuse(f.path, fault.T("--%s cannot be “%s”; write %s.", "year", *years, "2023 | 2019-2023"))
				}
				cut, err := newCut(first, last, *level, split(*codes), split(*units))
				if err != nil {
					return err
				}
				return c.write(*format, func() *table.Page { return cut.page(c.lang) }, cut.records)
			}
		},
	}
}

// yearFigure is a figure and its year.
type yearFigure struct {
	year int
	score.Figure
}

// cut is a part of the published figures.
type cut struct {
	frame   *run.Frame
	figures []yearFigure
}

// newCut takes the figures that the flags name. Names that no figure bears are the caller's mistakes, all told at once.
func newCut(first, last int, level string, codes, units []string) (*cut, error) {
	ct := &cut{frame: run.NewFrame(papiFrame)}
	wanted, items := findAll(ct.frame, units)
	all, err := figuresOf(first, last, level)
	if err != nil {
		return nil, err
	}
	items = append(items, unknownCodes(codes, all)...)
	if err := fault.Batch(items); err != nil {
		return nil, err
	}
	for _, f := range all {
		if (len(codes) == 0 || slices.Contains(codes, f.Code)) && (len(units) == 0 || slices.Contains(wanted, f.Unit)) {
			ct.figures = append(ct.figures, f)
		}
	}
	if len(ct.figures) == 0 {
		return nil, fault.New(fault.NotFound, "Nothing was published of this level in %d–%d. See: thuoc data papi --list", first, last)
	}
	return ct, nil
}

// split takes a list apart at its commas.
func split(list string) []string {
	if list == "" {
		return nil
	}
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// yearSpan reads --year: "2023", "2019-2023", or nothing for all years.
func yearSpan(s string) (first, last int, ok bool) {
	if s == "" {
		known := published.Years()
		return known[0].Year, known[len(known)-1].Year, true
	}
	from, to, run := strings.Cut(s, "-")
	if !run {
		to = from
	}
	first, errFirst := strconv.Atoi(from)
	last, errLast := strconv.Atoi(to)
	return first, last, errFirst == nil && errLast == nil && first <= last
}

// figuresOf reads the figures of the years that have any, published or not, in the order of year, code and unit.
func figuresOf(first, last int, level string) ([]yearFigure, error) {
	var all []yearFigure
	for _, y := range published.Years() {
		if y.Year < first || y.Year > last {
			continue
		}
		figures, err := published.Figures(y.Year)
		if err != nil {
			return nil, err
		}
		absences, err := published.Absences(y.Year)
		if err != nil {
			return nil, err
		}
		all = append(all, merged(y.Year, level, figures, absences)...)
	}
	if len(all) == 0 {
		_, err := published.Figures(last) // says which years there are
		return nil, err
	}
	return all, nil
}

// merged brings the figures and the absences of a year together: by code in the order of the figures, then by unit.
func merged(year int, level string, figures, absences []score.Figure) []yearFigure {
	place := map[string]int{}
	var all []yearFigure
	for _, f := range slices.Concat(figures, absences) {
		if _, ok := place[f.Code]; !ok {
			place[f.Code] = len(place)
		}
		if level == "all" || string(published.LevelOf(f.Code)) == level {
			all = append(all, yearFigure{year, f})
		}
	}
	slices.SortStableFunc(all, func(a, b yearFigure) int {
		return cmp.Or(cmp.Compare(place[a.Code], place[b.Code]), cmp.Compare(a.Unit, b.Unit))
	})
	return all
}

// unknownCodes reports the codes that none of the figures bears.
func unknownCodes(codes []string, figures []yearFigure) []fault.Item {
	var known []string
	for _, f := range figures {
		if len(known) == 0 || known[len(known)-1] != f.Code {
			known = append(known, f.Code)
		}
	}
	var items []fault.Item
	for _, code := range codes {
		if slices.Contains(known, code) {
			continue
		}
		it := fault.Item{Field: "--code", What: fault.T("“%s” is not a code of these years and level.", code), Remedy: fault.T("See: thuoc data papi --list")}
		if guess := lang.Nearest(code, known); guess != "" {
			it.Remedy = fault.T("Did you mean “%s”?", guess)
		}
		items = append(items, it)
	}
	return items
}

func (ct *cut) records() *table.Records {
	r := &table.Records{Header: []string{"year", "level", "code", "unit", "unit_name", "value", "se", "lo", "hi", "interval_level", "n",
		"status", "group", "source", "note"}}
	for _, f := range ct.figures {
		r.Rows = append(r.Rows, []table.Cell{table.Int(f.year), table.Str(string(published.LevelOf(f.Code))), table.Str(f.Code),
			table.Str(f.Unit), table.Str(ct.frame.Name(f.Unit).VI), table.Num(f.Value), table.Num(f.SE), table.Num(f.Lo), table.Num(f.Hi),
			table.Known(f.Level), table.Count(f.N), table.Str(string(f.Status)), table.Str(f.Group), table.Str(f.Source), table.Str(f.Note)})
	}
	return r
}
