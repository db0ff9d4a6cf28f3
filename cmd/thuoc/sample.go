package main

import (
	"os"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/run"
	"thuoc/svy"
)

// sample declares the flags of a sample and gives what reads them.
func (f *flags) sample() func() run.Sample {
	weights := f.text("weights", "COLUMN", fault.T("the column of weights"))
	strata := f.text("strata", "COLUMN", fault.T("the column of strata; one stratum without it"))
	psu := f.text("psu", "COLUMN,…", fault.T("the columns of sampling units, from the first stage (PSUs) on; each row is a PSU without it"))
	nest := f.yes("nest", fault.T("PSU ids count within strata"))
	fpc := f.text("fpc", "COLUMN,…", fault.T("the columns with the number of units in the frame at each stage, or the sampled share up to 1"))
	lonely := f.choice("lonely", "fail", run.LonelyRules, fault.T("what to do with a stratum of a single PSU"))
	return func() run.Sample {
		rule, _ := svy.ParseLonely(*lonely)
		return run.Sample{Weights: *weights, Strata: *strata, PSU: fields(*psu), FPC: fields(*fpc), Nest: *nest, Lonely: rule}
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
