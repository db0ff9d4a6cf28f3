package main

import (
	"math"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/table"
	"thuoc/svy"
)

func changeCommand() command {
	return command{
		name:    "change",
		summary: fault.T("test what changed between two waves of a survey, through the areas they share"),
		detail: fault.T("The first --data is the earlier wave. Strata and PSUs of the same name are the same areas: what the waves share cancels" +
			" out of the error of the difference. The p-values of a variable's domains are adjusted together (Benjamini and Hochberg)," +
			" and a change is called one when the adjusted p-value is below 1 – level."),
		examples: []string{
			`thuoc change --data y1.csv --data y2.csv --weights w --strata s --psu p --vars "q*" --by prov --format csv`,
		},
		setup: func(f *flags) action {
			s, m := f.survey(fault.T("the earlier wave, then the later one")), f.method()
			format := f.format()
			return func(c *call) error {
				if len(*s.data) != 2 {
					return misuse(f.path, fault.T("Name two files: --data EARLIER.csv --data LATER.csv."))
				}
				req, err := m.request(f.path, *s.by != "")
				if err != nil {
					return err
				}
				if req.method.DF == svy.DFPooled {
					return misuse(f.path, fault.T("--df pooled is for levels; a change takes design, domain or satterthwaite."))
				}
				data, err := s.read(f.path, req.items())
				if err != nil {
					return err
				}
				ch, err := data.change(req)
				if err != nil {
					return err
				}
				return c.write(*format, func() *table.Page { return ch.page(c) }, ch.records)
			}
		},
	}
}

// changes are the differences between two waves, by variable and domain.
type changes struct {
	*survey
	request
	rows []changeRow
}

type changeRow struct {
	svy.Test
	name, stat   string
	domain       []string
	first, later svy.Linear
	adjusted     float64 // p-value
}

// verdicts of a change.
const (
	up         = "up"
	down       = "down"
	noEvidence = "no-evidence"
)

// verdict calls a change one only when the test does.
func (r changeRow) verdict(level float64) string {
	switch {
	case r.adjusted != r.adjusted:
		return ""
	case r.adjusted >= 1-level:
		return noEvidence
	case r.Value > 0:
		return up
	}
	return down
}

// change stacks the waves: a domain of the stacked design is a wave of a domain (statistics: Kish 1965, 12.4).
func (s *survey) change(r request) (*changes, error) {
	cells, err := s.design.Cells(run.Files(s.Data).Cross(s.domain, "/"))
	if err != nil {
		return nil, err
	}
	ch := &changes{survey: s, request: r}
	for _, col := range s.Items {
		if col.Name == r.denominator && !slices.Contains(r.vars, col.Name) {
			continue
		}
		if err := ch.variable(cells, col); err != nil {
			return nil, err
		}
	}
	return ch, nil
}

// estimator gives a statistic of a variable in a domain of the stacked design.
type estimator struct {
	name, stat string
	of         func(domain int) svy.Linear
}

func (ch *changes) estimators(cells *svy.Cells, col svy.Column) ([]estimator, error) {
	switch ch.stat {
	case svy.StatQuantile:
		var out []estimator
		for _, p := range ch.p {
			out = append(out, estimator{col.Name, quantileName(p, ch.rule), func(d int) svy.Linear { return cells.Quantile(col, ch.rule, p, d, ch.method) }})
		}
		return out, nil
	case svy.StatRatio:
		x, _ := ch.Item(ch.denominator)
		triple := svy.Paired(col, x)
		sums, err := cells.Scan(triple[:2]...)
		return []estimator{{col.Name + "/" + x.Name, "ratio", func(d int) svy.Linear { return sums.Ratio(0, 1, d) }}}, err
	case svy.StatProportion:
		sums, err := indicators(cells, col, ch.File)
		var out []estimator
		for v := 0; err == nil && v < sums.Vars(); v++ {
			out = append(out, estimator{sums.Name(v), "proportion", func(d int) svy.Linear { return sums.Mean(v, d) }})
		}
		return out, err
	}
	sums, err := cells.Scan(col)
	of := func(d int) svy.Linear { return sums.Mean(0, d) }
	if ch.stat == svy.StatTotal {
		of = func(d int) svy.Linear { return sums.Total(0, d) }
	}
	return []estimator{{col.Name, ch.stat.String(), of}}, err
}

func (ch *changes) variable(cells *svy.Cells, col svy.Column) error {
	estimators, err := ch.estimators(cells, col)
	if err != nil {
		return err
	}
	for _, e := range estimators {
		from := len(ch.rows)
		for _, label := range ch.domains() {
			ch.rows = append(ch.rows, ch.row(cells, e, label))
		}
		p := make([]float64, len(ch.rows)-from)
		for i := range p {
			p[i] = ch.rows[from+i].P
		}
		for i, adjusted := range svy.BenjaminiHochberg(p) {
			ch.rows[from+i].adjusted = adjusted
		}
	}
	return nil
}

// domains lists the domains of either wave in order, "" for the whole.
func (ch *changes) domains() []string {
	if len(ch.by) == 0 {
		return []string{""}
	}
	var out []string
	for label := range ch.parts {
		out = append(out, label)
	}
	slices.SortFunc(out, svy.CompareLabels)
	return out
}

func (ch *changes) row(cells *svy.Cells, e estimator, label string) changeRow {
	r := changeRow{name: e.name, stat: e.stat, domain: ch.parts[label]}
	var places []int
	for wave, to := range []*svy.Linear{&r.first, &r.later} {
		name := []string{"1", "2"}[wave]
		if label != "" {
			name += "/" + label
		}
		to.Value = math.NaN()
		if d, ok := cells.Domain(name); ok {
			*to = e.of(d)
			places = append(places, d)
		}
		if to.N == 0 {
			to.Value = math.NaN()
		}
	}
	df := cells.DF(places...)
	if ch.method.DF == svy.DFDesign {
		df = ch.design.DF()
	}
	r.Test = ch.design.Difference(r.later, r.first, df, ch.method)
	return r
}

// records writes the changes for programs.
func (ch *changes) records() *table.Records {
	out := &table.Records{Header: append(slices.Clone(ch.by), "var", "stat", "n1", "n2", "estimate1", "estimate2",
		"difference", "se", "df", "lo", "hi", "t", "p", "p_bh", "verdict", "status")}
	for _, r := range ch.rows {
		var line []table.Cell
		for _, v := range r.domain {
			line = append(line, table.Str(v))
		}
		out.Rows = append(out.Rows, append(line, table.Str(r.name), table.Str(r.stat), table.Int(r.first.N), table.Int(r.later.N),
			table.Num(r.first.Value), table.Num(r.later.Value), table.Num(r.Value), table.Num(r.SE), table.Num(r.DF), table.Num(r.Lo), table.Num(r.Hi),
			table.Num(r.T), table.Num(r.P), table.Num(r.adjusted), table.Str(r.verdict(ch.method.Level)), table.Str(string(r.Status))))
	}
	return out
}

// page lays the changes out for people.
func (ch *changes) page(c *call) *table.Page {
	l := c.lang
	p := &table.Page{Title: c.text(fault.T("Change between two waves")), Lead: ch.lead(c)}
	for _, name := range ch.by {
		p.Columns = append(p.Columns, table.Head{Name: name})
	}
	if len(ch.by) == 0 {
		p.Columns = append(p.Columns, table.Head{Name: c.text(fault.T("Variable"))})
	}
	for _, head := range []fault.Text{fault.T("earlier"), fault.T("later"), fault.T("difference"), fault.T("SE"),
		fault.T("%s interval", lang.Percent(l, ch.method.Level, 0)), fault.T("df"), fault.T("p, adjusted")} {
		p.Columns = append(p.Columns, table.Head{Name: c.text(head), Right: true})
	}
	p.Columns = append(p.Columns, table.Head{})
	for _, r := range ch.rows {
		name, line := r.name, r.domain
		if ch.stat == svy.StatQuantile {
			name += " · " + r.stat
		}
		if len(ch.by) == 0 {
			line, name = []string{name}, ""
		}
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Heading != name {
			p.Sections = append(p.Sections, table.Section{Heading: name})
		}
		d := decimalsFor(max(math.Abs(r.first.Value), math.Abs(r.later.Value)))
		signed := "–"
		if r.Value == r.Value {
			signed = lang.Signed(l, r.Value, d)
		}
		s := &p.Sections[len(p.Sections)-1]
		s.Rows = append(s.Rows, append(slices.Clone(line), number(l, r.first.Value, d), number(l, r.later.Value, d), signed, number(l, r.SE, d+1),
			interval(l, r.Lo, r.Hi, d), number(l, r.DF, dfDigits(r.DF)), number(l, r.adjusted, 4), c.text(ch.remark(r))))
	}
	p.Notes = append(ch.collapses(c), c.text(fault.T("“no evidence” does not mean that nothing changed.")))
	return p
}

func (ch *changes) remark(r changeRow) fault.Text {
	switch r.verdict(ch.method.Level) {
	case up:
		return fault.T("up")
	case down:
		return fault.T("down")
	case noEvidence:
		return fault.T("no evidence")
	}
	return statusText(r.Status)
}
