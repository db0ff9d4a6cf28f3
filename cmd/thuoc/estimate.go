package main

import (
	"math"
	"slices"
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/table"
	"thuoc/svy"
)

// methodFlags are the flags that say what is estimated and how.
type methodFlags struct {
	vars, stat, denominator, rule, ci, df *string
	p                                     *[]float64
	level                                 *float64
}

// The values of the flags; the first is the default.
var (
	statNames     = []string{"mean", "total", "proportion", "ratio", "quantile"}
	intervalNames = []string{"wald", "logit", "xlogit", "asin", "beta", "wilson"}
	dfNames       = []string{"design", "domain", "satterthwaite", "pooled"}
	ruleNames     = []string{"math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"}
)

func (f *flags) method() methodFlags {
	return methodFlags{
		vars:        f.text("vars", "Q1,Q2|\"Q*\"", fault.T("variables, or patterns of their names; each is estimated on its own answers")),
		stat:        f.choice("stat", statNames[0], statNames, fault.T("what is estimated; a proportion of a variable that is not 0 and 1 is given for each of its values")),
		denominator: f.text("denominator", "X", fault.T("the variable below the line of --stat ratio")),
		p:           f.shares("p", []float64{0.5}, fault.T("the quantiles of --stat quantile")),
		rule:        f.choice("rule", ruleNames[0], ruleNames, fault.T("how a quantile is read off the data: math is the smallest value that reaches p, hf1…hf9 are R's")),
		ci:          f.choice("ci", intervalNames[0], intervalNames, fault.T("interval of a proportion, and of the proportion behind a quantile; wald is the estimate ± t SE")),
		level:       f.share("level", 0.95, fault.T("level of the intervals; the default is 0.95")),
		df:          f.choice("df", "", dfNames, fault.T("degrees of freedom: those of the design, with --by those of the domain; pooled smooths the variances over the domains")),
	}
}

// request is what was asked for.
type request struct {
	stat        svy.Stat
	rule        svy.QuantileRule
	method      svy.Method
	p           []float64
	vars        []string
	denominator string
}

func (m methodFlags) request(path string, by bool) (request, error) {
	r := request{p: *m.p, vars: fields(*m.vars), denominator: *m.denominator, method: svy.Method{Level: *m.level}}
	r.stat, _ = svy.ParseStat(*m.stat)
	r.rule, _ = svy.ParseQuantileRule(*m.rule)
	r.method.Interval, _ = svy.ParseInterval(*m.ci)
	df := *m.df
	if df == "" {
		if df = "design"; by {
			df = "domain"
		}
	}
	r.method.DF, _ = svy.ParseDFRule(df)
	switch {
	case r.stat == svy.StatRatio && r.denominator == "":
		return r, misuse(path, fault.T("A ratio needs --denominator X."))
	case r.stat != svy.StatRatio && r.denominator != "":
		return r, misuse(path, fault.T("--denominator belongs to --stat ratio."))
	case r.method.DF == svy.DFPooled && r.stat == svy.StatQuantile:
		return r, misuse(path, fault.T("--df pooled smooths design effects, and a quantile has none."))
	case r.method.DF == svy.DFPooled && !by:
		return r, misuse(path, fault.T("--df pooled smooths over domains: name them with --by."))
	}
	return r, nil
}

// items are the variables to read.
func (r request) items() []string {
	if r.denominator == "" {
		return r.vars
	}
	return append(slices.Clone(r.vars), r.denominator)
}

func estimateCommand() command {
	return command{
		name:    "estimate",
		summary: fault.T("estimate means, totals, proportions, ratios and quantiles of a survey, with their errors"),
		detail: fault.T("The design is told by columns of the file. Every variable is estimated on its own answers; a domain is never cut out" +
			" of the design. A domain without an answer is a row with a status. The formulas, their sources and the comparison with R" +
			" stand in svy/README.md."),
		examples: []string{
			`thuoc estimate --data y1.csv --weights w --strata s --psu p --vars "q*" --by prov --format csv`,
			"thuoc estimate --data y1.csv --weights w --strata s --psu p --vars q1 --stat proportion --ci beta",
			"thuoc estimate --data y1.csv --weights w --vars q1 --stat quantile --p 0.25,0.5,0.75 --rule hf7",
			"thuoc estimate --data y1.csv --weights w --strata s --psu p --vars q1 --calibrate rake --margins margins.csv",
			"thuoc estimate --data y1.csv --weights w --strata s --psu p --vars q1 --replicates raowu:500:1 --factors factors.csv",
		},
		setup: func(f *flags) action {
			s, m := f.survey(fault.T("the answers: a CSV file with a header, one row a respondent")), f.method()
			s.calibration = f.calibration("calibrate")
			replication := f.replication()
			format := f.format()
			return func(c *call) error {
				if len(*s.data) != 1 {
					return misuse(f.path, fault.T("One file at a time; two waves are compared with thuoc change."))
				}
				req, err := m.request(f.path, *s.by != "")
				if err != nil {
					return err
				}
				s := s
				if s.replication, err = replication(); err != nil {
					return err
				}
				if err := s.replication.check(f.path, req); err != nil {
					return err
				}
				data, err := s.read(f.path, req.items())
				if err != nil {
					return err
				}
				e, err := data.estimate(req)
				if err != nil {
					return err
				}
				if err := c.write(*format, func() *table.Page { return e.page(c) }, e.records); err != nil {
					return err
				}
				return s.replication.export(data.replicates)
			}
		},
	}
}

// estimates are the results of a request, in the order of its variables and, within one, of the domains.
type estimates struct {
	*survey
	request
	labels []string // of the domains
	rows   []estimateRow
}

type estimateRow struct {
	svy.Estimate
	name, stat string
}

func (s *survey) estimate(r request) (*estimates, error) {
	cells, err := s.design.Cells(s.domain)
	if err != nil {
		return nil, err
	}
	e := &estimates{survey: s, request: r, labels: cells.Domains()}
	for _, col := range s.Items {
		if col.Name == r.denominator && r.stat == svy.StatRatio && !slices.Contains(r.vars, col.Name) {
			continue
		}
		if r.stat == svy.StatMean || r.stat == svy.StatTotal {
			continue // all at once, below
		}
		if err := e.one(cells, col); err != nil {
			return nil, err
		}
	}
	if r.stat == svy.StatMean || r.stat == svy.StatTotal {
		return e, e.table(cells)
	}
	return e, nil
}

// replicatedAtOnce bounds the variables whose sums are held at a time: where rows are PSUs they are as large as the file.
const replicatedAtOnce = 16

// table estimates the means or totals of all variables.
func (e *estimates) table(cells *svy.Cells) error {
	if e.replicates == nil {
		es, err := cells.Estimates(e.stat, e.method, e.Items...)
		e.add(es, e.stat.String(), func(v int) string { return e.Items[v].Name })
		return err
	}
	for items := range slices.Chunk(e.Items, replicatedAtOnce) {
		sums, err := cells.Scan(items...)
		if err != nil {
			return err
		}
		es, err := e.replicates.Estimates(sums, e.stat, e.method)
		if err != nil {
			return err
		}
		e.add(es, e.stat.String(), sums.Name)
	}
	return nil
}

// one estimates a statistic that takes the variables one by one.
func (e *estimates) one(cells *svy.Cells, col svy.Column) error {
	switch e.stat {
	case svy.StatRatio:
		x, _ := e.Item(e.denominator)
		es, err := e.ratios(cells, col, x)
		e.add(es, e.stat.String(), func(int) string { return col.Name + "/" + x.Name })
		return err
	case svy.StatQuantile:
		for _, p := range e.p {
			es, err := e.quantiles(cells, col, p)
			if err != nil {
				return err
			}
			e.add(es, quantileName(p, e.rule), func(int) string { return col.Name })
		}
		return nil
	}
	sums, err := indicators(cells, col, e.File)
	if err != nil {
		return err
	}
	es, err := e.proportions(sums)
	e.add(es, e.stat.String(), sums.Name)
	return err
}

func (e *estimates) ratios(cells *svy.Cells, y, x svy.Column) ([]svy.Estimate, error) {
	if e.replicates != nil {
		return e.replicates.Ratios(cells, y, x, e.method)
	}
	return cells.Ratios(y, x, e.method)
}

func (e *estimates) quantiles(cells *svy.Cells, col svy.Column, p float64) ([]svy.Estimate, error) {
	if e.replicates != nil {
		return e.replicates.Quantiles(cells, col, e.rule, []float64{p}, e.method)
	}
	return cells.Quantiles(col, e.rule, []float64{p}, e.method)
}

func (e *estimates) proportions(sums *svy.Sums) ([]svy.Estimate, error) {
	if e.replicates != nil {
		return e.replicates.Estimates(sums, e.stat, e.method)
	}
	return sums.Estimates(e.stat, e.method), nil
}

// quantileName names a quantile with its rule, which belongs to the number.
func quantileName(p float64, rule svy.QuantileRule) string {
	return "quantile " + strconv.FormatFloat(p, 'g', -1, 64) + " " + rule.String()
}

// indicators are the 0/1 variables whose means are the proportions of a column: the column itself, or one a value.
func indicators(cells *svy.Cells, col svy.Column, file string) (*svy.Sums, error) {
	if col.Binary() {
		return cells.Scan(col)
	}
	if col.Codes == nil {
		return nil, fault.Batch([]fault.Item{{File: file, Field: col.Name,
			What:   fault.T("The variable has more than %d different values: their proportions say nothing.", 256),
			Remedy: fault.T("Take --stat mean or quantile, or group the values.")}})
	}
	return cells.Shares(col)
}

// add takes the estimates of the domains, or those of the whole where there are none.
func (e *estimates) add(es []svy.Estimate, stat string, name func(v int) string) {
	for _, x := range es {
		if (x.Domain == svy.Whole) == (len(e.by) == 0) {
			e.rows = append(e.rows, estimateRow{x, name(x.Var), stat})
		}
	}
}

// domainOf gives the values of the by columns of a row.
func (e *estimates) domainOf(domain int) []string {
	if domain == svy.Whole {
		return nil
	}
	return e.parts[e.labels[domain]]
}

// records writes the estimates for programs.
func (e *estimates) records() *table.Records {
	out := &table.Records{Header: append(slices.Clone(e.by), "var", "stat", "n", "sumw", "estimate", "se", "df", "lo", "hi", "deff", "status")}
	if e.method.DF == svy.DFPooled {
		out.Header = append(out.Header, "se_design")
	}
	how := e.errors()
	if how != "" {
		out.Header = append(out.Header, "se_method")
	}
	for _, r := range e.rows {
		var line []table.Cell
		for _, v := range e.domainOf(r.Domain) {
			line = append(line, table.Str(v))
		}
		df := r.DF
		if r.Status == svy.NoAnswers {
			df = math.NaN()
		}
		line = append(line, table.Str(r.name), table.Str(r.stat), table.Int(r.N), table.Num(r.SumW), table.Num(r.Value), table.Num(r.SE),
			table.Num(df), table.Num(r.Lo), table.Num(r.Hi), table.Num(r.Deff), table.Str(string(r.Status)))
		if e.method.DF == svy.DFPooled {
			line = append(line, table.Num(r.DesignSE))
		}
		if how != "" {
			line = append(line, table.Str(how))
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}
