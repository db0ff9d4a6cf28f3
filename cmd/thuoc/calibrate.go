package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/table"
	"thuoc/svy"
)

func calibrateCommand() command {
	return command{
		name:    "calibrate",
		summary: fault.T("bring the weights of a survey to known populations"),
		detail: fault.T("Wishes that cannot be met are named before anything is calculated; afterwards every total is met to a relative 1e-10, or" +
			" nothing is written. What goes to standard output is the trail: what each step did to the weights. Standard errors that take" +
			" the calibration into account come from thuoc estimate --calibrate."),
		examples: []string{
			"thuoc calibrate --data y1.csv --weights w --margins margins.csv --method rake --out weights.csv",
			"thuoc calibrate --data y1.csv --weights w --margins margins.csv --use prov --method logit --bounds 0.01,100 --out weights.csv",
		},
		setup: func(f *flags) action {
			data := f.text("data", "FILE", fault.T("the answers: a CSV file with a header, one row a respondent"))
			weights := f.text("weights", "COLUMN", fault.T("the column of weights"))
			id := f.text("id", "COLUMN", fault.T("the column that names the rows of --out; they are numbered without it"))
			cal := f.calibration("method")
			out := f.text("out", "FILE", fault.T("write the weights here: the row, its weight, the factor on it, and the calibrated weight"))
			format := f.format()
			return func(c *call) error {
				for _, needed := range []struct{ name, value string }{{"data", *data}, {"weights", *weights}, {"out", *out}} {
					if needed.value == "" {
						return misuse(f.path, fault.T("--%s is needed.", needed.name))
					}
				}
				asked, err := cal()
				if err != nil {
					return err
				}
				if asked == nil {
					return misuse(f.path, fault.T("--%s is needed.", "method"))
				}
				if sameFile(*out, *data) || sameFile(*out, asked.file) {
					return misuse(f.path, fault.T("--out would write over what it reads."))
				}
				return calibrate(c, asked, *data, *weights, *id, *out, *format)
			}
		},
	}
}

// sameFile tells whether two names are one file that exists.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// calibrate reads, calibrates, writes the weights and tells the trail.
func calibrate(c *call, asked *calibration, name, weights, id, out, format string) error {
	labels := asked.columns()
	if id != "" {
		labels = append(labels, id)
	}
	o := run.Sample{Weights: weights}
	data, err := readAnswers([]string{name}, o.Want(column.Want{Labels: labels}))
	if err != nil {
		return err
	}
	design, err := o.Design(data, svy.Factor{})
	if err != nil {
		return err
	}
	done, err := asked.of(design, data, weights)
	if err != nil {
		return err
	}
	t := trail{asked, data.Rows, done.Trail()}
	if err := c.write(format, func() *table.Page { return t.page(c) }, t.records); err != nil {
		return err
	}
	return replaceFile(out, weightsCSV(design, done, data, id))
}

// weightsCSV writes one line a row: its name or number, weight, factor and calibrated weight.
func weightsCSV(before, after *svy.Design, data *column.Data, id string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b) // into memory: it cannot fail
	name, label := "row", func(row int) string { return strconv.Itoa(row + 1) }
	if id != "" {
		f := data.Labels[id]
		name, label = id, func(row int) string { return f.Label(f.Codes[row]) }
	}
	w.Write([]string{name, "weight", "factor", "calibrated"})
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for row := range data.Rows {
		from, to := before.Weight(row), after.Weight(row)
		w.Write([]string{label(row), number(from), number(to / from), number(to)})
	}
	w.Flush()
	return b.Bytes()
}

// trail is the way of the weights, for people and for programs.
type trail struct {
	*calibration
	rows  int
	steps []svy.WeightStep
}

// records has one row a step, with the largest deviation of each margin.
func (t trail) records() *table.Records {
	out := &table.Records{Header: []string{"step", "rounds", "trimmed", "factor_min", "factor_max", "weight_min", "weight_max", "sum", "deff"}}
	for _, m := range t.margins {
		out.Header = append(out.Header, "error_"+m.name)
	}
	for _, s := range t.steps {
		line := []table.Cell{table.Str(s.Name), table.Int(s.Rounds), table.Int(s.Trimmed), table.Num(s.MinFactor), table.Num(s.MaxFactor),
			table.Num(s.Min), table.Num(s.Max), table.Num(s.Sum), table.Num(s.Deff)}
		for _, e := range s.Errors {
			line = append(line, table.Num(e))
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

func (t trail) page(c *call) *table.Page {
	l := c.lang
	names, levels := make([]string, len(t.margins)), 0
	for i, m := range t.margins {
		names[i] = m.name
		levels += len(m.totals)
	}
	p := &table.Page{
		Title: c.text(fault.T("Calibration")),
		Lead: []string{c.text(fault.T("%s rows to %s levels of %s; every total is met to a relative 1e-10.",
			lang.Count(l, t.rows), lang.Count(l, levels), strings.Join(names, ", ")))},
		Columns: []table.Head{{Name: c.text(fault.T("Step"))}},
	}
	for _, head := range []fault.Text{fault.T("rounds"), fault.T("factors"), fault.T("weights"), fault.T("sum"), fault.T("deff of the weights"), fault.T("furthest from a total")} {
		p.Columns = append(p.Columns, table.Head{Name: c.text(head), Right: true})
	}
	var section table.Section
	for _, s := range t.steps {
		section.Rows = append(section.Rows, []string{
			c.text(stepText(l, s)), lang.Count(l, s.Rounds), lang.Range(l, s.MinFactor, s.MaxFactor, 3), lang.Range(l, s.Min, s.Max, decimalsFor(s.Max)),
			lang.Number(l, s.Sum, 0), lang.Number(l, s.Deff, 2), lang.Percent(l, slices.Max(s.Errors), 1)})
	}
	p.Sections = []table.Section{section}
	p.Notes = []string{c.text(fault.T("The design effect of the weights is Kish's: how much variance unequal weights cost by themselves."))}
	return p
}

// stepText says what a step was.
func stepText(l lang.Lang, s svy.WeightStep) fault.Text {
	switch s.Name {
	case "design":
		return fault.T("weights of the sample")
	case "scale":
		return fault.T("scaled to the population")
	case "rake":
		return fault.T("raked")
	case "poststrat":
		return fault.T("post-stratified")
	case "linear":
		return fault.T("calibrated, linear")
	case "logit":
		return fault.T("calibrated, logit")
	case "trim":
		return fault.T("held within limits: %s rows", lang.Count(l, s.Trimmed))
	}
	return fault.Text{Key: s.Name}
}
