package main

import (
	"math"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/svy"
)

// countCoverage takes surveys of made-up countries and says how often each rule's intervals held the truth.
func countCoverage(c *call, path string, s svy.Simulation, size string, seed uint64, format string) error {
	countries, surveys, ok := strings.Cut(size, ":")
	n, err := strconv.Atoi(countries)
	r, err2 := strconv.Atoi(surveys)
	if !ok || err != nil || err2 != nil || n < 1 || n > 1000 || r < 2 || r > 10_000 {
		return misuse(path, fault.T("--coverage cannot be “%s”; write the countries (1 to 1000) and the surveys of each (2 to 10000), as 12:60.", size))
	}
	bar := newBar("coverage", int64(n))
	defer bar.done()
	all, err := svy.CoverageTrial{Simulation: s, Populations: n, Surveys: r, Seed: seed,
		Progress: func(countries int) { bar.at(int64(countries)) }}.Run()
	if err != nil {
		return err
	}
	return c.write(format, func() *table.Page { return coveragePage(c, all, s, n, r) }, func() *table.Records { return coverageRecords(all) })
}

// intervalRuleNames say the rules of svy.IntervalRules in sentences to translate.
var intervalRuleNames = map[string]fault.Text{
	"pooled variance, capital apart":              fault.T("pooled variance, capital apart"),
	"pooled variance in one class, capital apart": fault.T("pooled variance in one class, capital apart"),
	"pooled variance, cascade, lonely collapsed":  fault.T("pooled variance, cascade, lonely collapsed"),
	"pooled variance, capital among districts":    fault.T("pooled variance, capital among districts"),
	"pooled variance, villages as PSUs":           fault.T("pooled variance, villages as PSUs"),
	"t, capital apart":                            fault.T("t, capital apart"),
	"t, capital among districts":                  fault.T("t, capital among districts"),
	"t, cascade, lonely collapsed":                fault.T("t, cascade, lonely collapsed"),
	"t, cascade, lonely adjusted":                 fault.T("t, cascade, lonely adjusted"),
	"t, cascade, lonely left out":                 fault.T("t, cascade, lonely left out"),
	"t, villages as PSUs":                         fault.T("t, villages as PSUs"),
	"Satterthwaite, capital apart":                fault.T("Satterthwaite, capital apart"),
	"1.96 SE, capital apart":                      fault.T("1.96 SE, capital apart"),
	"1.645 SE, capital apart":                     fault.T("1.645 SE, capital apart"),
	"1.645 SE, villages as PSUs":                  fault.T("1.645 SE, villages as PSUs"),
}

func coveragePage(c *call, all []svy.Coverage, s svy.Simulation, countries, surveys int) *table.Page {
	groups := len(s.Classes) + 1
	p := &table.Page{
		Title: c.text(fault.T("How often 95 percent intervals hold the truth")),
		Lead: []string{c.text(fault.T("%d made-up countries, %d surveys of each, %d items; variances between districts, communes and villages %s, which differ between provinces by %s (standard deviation of the logarithm).",
			countries, surveys, s.Items, components(c.lang, s), short(c.lang, s.Spread)))},
		Columns: []table.Head{{Name: c.text(fault.T("Rule"))}},
		Notes: []string{c.text(fault.T("Share of the intervals of item means that held the truth, in percent ± Monte Carlo error; in brackets the mean width" +
			" over that of ±1.96 times the true standard error. Capital apart: the capital's villages and the other districts are the PSUs" +
			" of two strata. Pooled variance: over the provinces with as many sampled districts."))},
		Sections: []table.Section{{}},
	}
	for _, x := range all[:groups] {
		name := x.Group
		if x.Group == "nation" {
			name = c.text(fault.T("nation"))
		}
		p.Columns = append(p.Columns, table.Head{Name: name, Right: true})
	}
	for i := 0; i < len(all); i += groups {
		line := []string{c.text(intervalRuleNames[all[i].Rule.Name])}
		for _, x := range all[i : i+groups] {
			line = append(line, coverageCell(c.lang, x))
		}
		p.Sections[0].Rows = append(p.Sections[0].Rows, line)
	}
	return p
}

func components(l lang.Lang, s svy.Simulation) string {
	out := make([]string, len(s.Components))
	for i, v := range s.Components {
		out[i] = short(l, v)
	}
	return strings.Join(out, " – ")
}

// coverageCell is a share in percent, its Monte Carlo error when it has one, and the relative width.
func coverageCell(l lang.Lang, x svy.Coverage) string {
	width := " (" + lang.Number(l, x.Width, 2) + ")"
	if math.IsNaN(x.SE) { // one country
		return lang.Number(l, 100*x.Share, 1) + width
	}
	return lang.Number(l, 100*x.Share, 1) + "±" + lang.Number(l, 100*x.SE, 1) + width
}

func coverageRecords(all []svy.Coverage) *table.Records {
	r := &table.Records{Header: []string{"rule", "group", "coverage", "mc_se", "worst", "width", "intervals", "none"}}
	for _, x := range all {
		r.Rows = append(r.Rows, []table.Cell{table.Str(x.Rule.Name), table.Str(x.Group), table.Num(x.Share), table.Num(x.SE),
			table.Num(x.Worst), table.Num(x.Width), table.Int(x.Intervals), table.Int(x.None)})
	}
	return r
}
