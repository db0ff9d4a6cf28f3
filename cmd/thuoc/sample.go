package main

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/svy"
)

// sampleOptions say how the rows of a file of answers were sampled. All commands on answers share their flags.
type sampleOptions struct {
	weights, strata string
	psu, fpc        []string // by stage
	nest            bool
	lonely          svy.Lonely
}

// lonelyRules are the values of --lonely; collapse is the last.
var lonelyRules = []string{"fail", "certainty", "remove", "adjust", "average", "collapse"}

// sample declares the flags of a sample and gives what reads them.
func (f *flags) sample() func() sampleOptions {
	weights := f.text("weights", "COLUMN", fault.T("the column of weights"))
	strata := f.text("strata", "COLUMN", fault.T("the column of strata; one stratum without it"))
	psu := f.text("psu", "COLUMN,…", fault.T("the columns of sampling units, from the first stage (PSUs) on; each row is a PSU without it"))
	nest := f.yes("nest", fault.T("PSU ids count within strata"))
	fpc := f.text("fpc", "COLUMN,…", fault.T("the columns with the number of units in the frame at each stage, or the sampled share up to 1"))
	lonely := f.choice("lonely", "fail", lonelyRules, fault.T("what to do with a stratum of a single PSU"))
	return func() sampleOptions {
		rule, _ := svy.ParseLonely(*lonely)
		return sampleOptions{weights: *weights, strata: *strata, psu: fields(*psu), fpc: fields(*fpc), nest: *nest, lonely: rule}
	}
}

// fields splits a list of column names.
func fields(list string) []string {
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// want adds the columns of the sample to those wanted.
func (o sampleOptions) want(w column.Want) column.Want {
	w.Numbers = slices.Concat([]string{o.weights}, o.fpc, w.Numbers)
	w.Labels = slices.Concat(o.psu, w.Labels)
	if o.strata != "" {
		w.Labels = append(w.Labels, o.strata)
	}
	slices.Sort(w.Labels)
	w.Labels = slices.Compact(w.Labels)
	return w
}

// readAnswers reads files of answers and lays them under each other. The error holds the faults of all files.
func readAnswers(files []string, want column.Want) (*column.Data, error) {
	var all []*column.Data
	var items []fault.Item
	for _, name := range files {
		d, err := readColumns(name, want)
		if more := fault.Items(err); len(more) > 0 {
			items = append(items, more...)
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	if err := fault.Batch(items); err != nil {
		return nil, err
	}
	return column.Stack(all...), nil
}

// readColumns reads one file of answers, "-" for standard input.
func readColumns(name string, want column.Want) (*column.Data, error) {
	if name == "-" {
		return column.Read(os.Stdin, "stdin", want)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		want.Size = info.Size()
	}
	b := newBar(name, want.Size)
	defer b.done()
	want.Progress = b.at
	return column.Read(f, name, want)
}

// design makes the sampling design of the rows read. within keeps a collapse of strata inside groups, such as provinces.
func (o sampleOptions) design(data *column.Data, within svy.Factor) (*svy.Design, error) {
	spec := svy.Spec{Weights: data.Numbers[o.weights], Nest: o.nest, Lonely: o.lonely, Within: within}
	for i := range max(1, len(o.psu), len(o.fpc)) { // a population size beyond the last stage is that of its rows
		var s svy.Stage
		if i < len(o.psu) {
			s.Units = data.Labels[o.psu[i]]
		}
		if i == 0 && o.strata != "" {
			s.Strata = data.Labels[o.strata]
		}
		if i < len(o.fpc) {
			s.FPC = data.Numbers[o.fpc[i]]
		}
		if i == len(o.psu) && data.Part(data.Rows-1) > 0 { // people are drawn anew in each wave: no stratum of theirs reaches over two
			s.Strata = s.Strata.Cross(files(data), "/")
		}
		spec.Stages = append(spec.Stages, s)
	}
	d, err := svy.New(spec)
	if e, ok := errors.AsType[*svy.DesignError](err); ok {
		return nil, fault.Batch(o.faults(e, data))
	}
	return d, err
}

// files is the file of each row: "1" for the first.
func files(data *column.Data) svy.Factor {
	f := svy.Factor{Codes: make([]int32, data.Rows)}
	for row := range f.Codes {
		f.Codes[row] = int32(data.Part(row))
	}
	return f
}

// faults places the faults of a design in the files and says them in sentences to translate.
func (o sampleOptions) faults(e *svy.DesignError, data *column.Data) []fault.Item {
	var items []fault.Item
	for _, f := range e.Faults {
		it := fault.Item{File: data.File}
		if f.Row >= 0 {
			it.File, it.Line = data.Place(f.Row)
		}
		it.Field, it.What, it.Remedy = o.say(f)
		items = append(items, it)
	}
	return items
}

// say gives the column, the sentence and the remedy of a fault of a design.
func (o sampleOptions) say(f svy.DesignFault) (column string, what, remedy fault.Text) {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	at := func(columns []string) string {
		if f.Stage < len(columns) {
			return columns[f.Stage]
		}
		return ""
	}
	frame := fault.T("Each row of a stratum holds the same number of units in its frame, or the share that was sampled.")
	switch f.Kind {
	case svy.BadWeight:
		return o.weights, fault.T("The weight %s is not above 0.", number(f.Value)), fault.T("Weights are numbers above 0; leave out rows that have none.")
	case svy.UnitInTwoStrata:
		return at(o.psu), fault.T("The PSU “%s” stands in two strata, “%s” and “%s”.", f.Unit, f.Other, f.Stratum),
			fault.T("If ids count within strata, add --nest.")
	case svy.BadFPC:
		return at(o.fpc), fault.T("The frame of stratum “%s” has the size %s.", f.Stratum, number(f.Value)), frame
	case svy.VaryingFPC:
		return at(o.fpc), fault.T("The frame of stratum “%s” has the size %s, and %s further up.", f.Stratum, number(f.Value), number(f.Want)), frame
	case svy.SmallFPC:
		return at(o.fpc), fault.T("The frame of stratum “%s” has the size %s, but %s of its units are here.", f.Stratum, number(f.Value), number(f.Want)), frame
	case svy.LonelyPSU:
		what = fault.T("The stratum “%s” has a single PSU, “%s”: it shows no variation.", f.Stratum, f.Unit)
		others := strings.Join(lonelyRules[1:len(lonelyRules)-1], ", ")
		if f.Other == "" {
			return o.strata, what, fault.T("Choose a rule with --lonely: %s.", others)
		}
		return o.strata, what, fault.T("It could be joined to the stratum “%s”: --lonely collapse; other rules: %s.", f.Other, others)
	}
	return "", fault.Text{Key: f.String()}, fault.Text{}
}
