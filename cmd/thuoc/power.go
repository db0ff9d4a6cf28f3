package main

import (
	"math"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/svy"
)

func powerCommand() command {
	return command{
		name: "power", summary: fault.T("the smallest change that a design can show"),
		detail: fault.T("Two waves of equal size, a two-sided t test. The design effect, the degrees of freedom and the correlation of" +
			" areas come from an earlier survey; the presets are those of a small province of PAPI and an item near one half."),
		examples: []string{"thuoc power", "thuoc power --n 240 --deff 2.5 --df 25 --overlap 0.9 --correlation 0.7 --sd 0.5"},
		setup: func(f *flags) action {
			const large = 1e9
			p := svy.Power{}
			sd := f.number("sd", 0.5, 0, large, fault.T("standard deviation of the answers among people; 0.5 for a share of one half"))
			n := f.number("n", 192, 1, large, fault.T("answers in each wave"))
			deff := f.number("deff", 3, 0.01, large, fault.T("design effect of a wave's mean"))
			df := f.number("df", 25, 0.5, large, fault.T("degrees of freedom of the change"))
			overlap := f.number("overlap", 1, 0, 1, fault.T("share of the PSUs that both waves visit"))
			correlation := f.number("correlation", 0.6, -1, 1, fault.T("correlation of a PSU's means in the two waves"))
			level := f.share("level", 0.95, fault.T("level of the test's interval"))
			power := f.share("power", 0.8, fault.T("probability that a true change is called one"))
			format := f.format()
			return func(c *call) error {
				p.SD, p.N, p.Deff, p.DF = *sd, *n, *deff, *df
				p.Overlap, p.Correlation, p.Level, p.Power = *overlap, *correlation, *level, *power
				if *sd == 0 || *power <= 1-*level || p.Overlap*p.Correlation >= 1 {
					return misuse(f.path, fault.T("Give a standard deviation above 0, an overlap or a correlation below 1, and a power above 1 − level."))
				}
				return powerOf(c, p, *format)
			}
		},
	}
}

// powerOf writes what a design can show, with the areas it shares and without.
func powerOf(c *call, p svy.Power, format string) error {
	apart := p
	apart.Overlap = 0
	var cells [][]float64
	for _, q := range []svy.Power{p, apart} {
		se, err := q.SE()
		if err != nil {
			return err
		}
		least, err := q.MinimumDetectable()
		if err != nil {
			return err
		}
		cells = append(cells, []float64{q.Overlap, se, svy.TQuantile(q.Level, q.DF) * se, least})
	}
	return c.write(format, func() *table.Page {
		page := &table.Page{
			Title: c.text(fault.T("The smallest change this design can show")),
			Lead: []string{c.text(fault.T("%s answers in each wave, standard deviation %s, design effect %s, %s degrees of freedom; level %s, power %s.",
				short(c.lang, p.N), short(c.lang, p.SD), short(c.lang, p.Deff), short(c.lang, p.DF), short(c.lang, p.Level), short(c.lang, p.Power)))},
			Columns: []table.Head{{Name: c.text(fault.T("Shared PSUs"))}, {Name: c.text(fault.T("SE of the change")), Right: true},
				{Name: c.text(fault.T("called from")), Right: true}, {Name: c.text(fault.T("detectable")), Right: true}},
			Sections: []table.Section{{}},
			Notes: []string{c.text(fault.T("Called from: the observed change at which the test calls one. Detectable: the true change that is called" +
				" with the power asked; a smaller one may well be there and go unnoticed."))},
		}
		for _, row := range cells {
			line := []string{short(c.lang, row[0])}
			for _, v := range row[1:] {
				line = append(line, short(c.lang, v))
			}
			page.Sections[0].Rows = append(page.Sections[0].Rows, line)
		}
		return page
	}, func() *table.Records {
		r := &table.Records{Header: []string{"overlap", "se", "called_from", "detectable"}}
		for _, row := range cells {
			r.Rows = append(r.Rows, []table.Cell{table.Num(row[0]), table.Num(row[1]), table.Num(row[2]), table.Num(row[3])})
		}
		return r
	})
}

// short writes a number with four significant digits at most, without trailing zeros.
func short(l lang.Lang, x float64) string {
	decimals := 0
	if x != 0 {
		decimals = max(0, 3-int(math.Floor(math.Log10(math.Abs(x)))))
	}
	for ; decimals > 0; decimals-- {
		if scale := math.Pow(10, float64(decimals-1)); math.Abs(math.Round(x*scale)/scale-x) > 1e-3*math.Abs(x)/2 {
			break
		}
	}
	return lang.Number(l, x, decimals)
}
