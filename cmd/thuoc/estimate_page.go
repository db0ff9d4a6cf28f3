package main

import (
	"math"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/svy"
)

// page lays the estimates out for people: without domains one row a variable, else a section a variable.
func (e *estimates) page(c *call) *table.Page {
	l := c.lang
	p := &table.Page{Title: c.text(statTitle(e.stat)), Lead: e.lead(c)}
	for _, name := range e.by {
		p.Columns = append(p.Columns, table.Head{Name: name})
	}
	if len(e.by) == 0 {
		p.Columns = append(p.Columns, table.Head{Name: c.text(fault.T("Variable"))})
	}
	for _, head := range []fault.Text{fault.T("answers"), fault.T("estimate"), fault.T("SE"),
		fault.T("%s interval", lang.Percent(l, e.method.Level, 0)), fault.T("df"), fault.T("deff")} {
		p.Columns = append(p.Columns, table.Head{Name: c.text(head), Right: true})
	}
	p.Columns = append(p.Columns, table.Head{})
	digits := e.digits()
	for _, r := range e.rows {
		name := r.name
		if e.stat == svy.StatQuantile {
			name += " · " + r.stat
		}
		line := e.domainOf(r.Domain)
		if len(e.by) == 0 {
			line = []string{name}
			name = ""
		}
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Heading != name {
			p.Sections = append(p.Sections, table.Section{Heading: name})
		}
		d := digits[r.name]
		line = append(slices.Clone(line), lang.Count(l, r.N), number(l, r.Value, d), number(l, r.SE, d+1), interval(l, r.Lo, r.Hi, d),
			number(l, r.DF, dfDigits(r.DF)), number(l, r.Deff, 1), c.text(statusText(r.Status)))
		s := &p.Sections[len(p.Sections)-1]
		s.Rows = append(s.Rows, line)
	}
	p.Notes = e.notes(c)
	return p
}

func statTitle(s svy.Stat) fault.Text {
	switch s {
	case svy.StatTotal:
		return fault.T("Totals")
	case svy.StatProportion:
		return fault.T("Proportions")
	case svy.StatRatio:
		return fault.T("Ratios of totals")
	case svy.StatQuantile:
		return fault.T("Quantiles")
	}
	return fault.T("Means")
}

// lead says what the numbers rest on.
func (s *survey) lead(c *call) []string {
	d := s.design
	return []string{c.text(fault.T("%s rows, %s PSUs in %s strata, %s degrees of freedom.", lang.Count(c.lang, s.Rows), lang.Count(c.lang, d.PSUs()),
		lang.Count(c.lang, len(d.Strata())), lang.Count(c.lang, int(d.DF()))))}
}

func (e *estimates) notes(c *call) []string {
	notes := e.collapses(c)
	if how := e.errors(); how != "" {
		notes = append(notes, c.text(fault.T("How the errors were made: %s.", how)))
	}
	if e.method.DF == svy.DFPooled {
		notes = append(notes, c.text(fault.T("SE and df are smoothed over the domains of each variable; the SE of a domain's own data is se_design in --format csv.")))
	}
	return notes
}

// collapses names the strata that were joined.
func (s *survey) collapses(c *call) []string {
	var out []string
	for _, j := range s.design.Collapses() {
		out = append(out, c.text(fault.T("Stratum %s had one PSU and was joined to stratum %s.", j.Stratum, j.Into)))
	}
	return out
}

// digits chooses the decimals of a variable by its largest estimate, so that small shares and large totals both read
// well.
func (e *estimates) digits() map[string]int {
	out, most := map[string]int{}, map[string]float64{}
	for _, r := range e.rows {
		if v := math.Abs(r.Value); v == v {
			most[r.name] = max(most[r.name], v)
		}
	}
	for name, v := range most {
		out[name] = decimalsFor(v)
	}
	return out
}

func decimalsFor(v float64) int {
	switch {
	case v >= 1000:
		return 0
	case v >= 100:
		return 1
	case v >= 10:
		return 2
	}
	return 3
}

func dfDigits(df float64) int {
	if df == math.Trunc(df) {
		return 0
	}
	return 1
}

// number writes a number, a dash where there is none.
func number(l lang.Lang, v float64, digits int) string {
	if v != v {
		return "–"
	}
	return lang.Number(l, v, digits)
}

func interval(l lang.Lang, lo, hi float64, digits int) string {
	if lo != lo && hi != hi {
		return "–"
	}
	return "[" + number(l, lo, digits) + "; " + number(l, hi, digits) + "]"
}

func statusText(s svy.Status) fault.Text {
	switch s {
	case svy.NoAnswers:
		return fault.T("no answers")
	case svy.NoVariance:
		return fault.T("no error can be estimated")
	case svy.NoInterval:
		return fault.T("no interval")
	case svy.Boundary:
		return fault.T("one-sided interval")
	}
	return fault.Text{}
}
