package run

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/svy"
)

// Sample says how the rows of a file of answers were sampled. The columns are those of the file; "" where it has none.
type Sample struct {
	Weights, Strata string
	PSU, FPC        []string // by stage
	Nest            bool
	Lonely          svy.Lonely
}

// LonelyRules are the values of --lonely; collapse is the last.
var LonelyRules = []string{"fail", "certainty", "remove", "adjust", "average", "collapse"}

// Want adds the columns of the sample to those wanted.
func (o Sample) Want(w column.Want) column.Want {
	w.Numbers = slices.Concat([]string{o.Weights}, o.FPC, w.Numbers)
	w.Labels = slices.Concat(o.PSU, w.Labels)
	if o.Strata != "" {
		w.Labels = append(w.Labels, o.Strata)
	}
	slices.Sort(w.Labels)
	w.Labels = slices.Compact(w.Labels)
	return w
}

// Design makes the sampling design of the rows read. within keeps a collapse of strata inside groups, such as provinces.
func (o Sample) Design(data *column.Data, within svy.Factor) (*svy.Design, error) {
	spec := svy.Spec{Weights: data.Numbers[o.Weights], Nest: o.Nest, Lonely: o.Lonely, Within: within}
	for i := range max(1, len(o.PSU), len(o.FPC)) { // a population size beyond the last stage is that of its rows
		var s svy.Stage
		if i < len(o.PSU) {
			s.Units = data.Labels[o.PSU[i]]
		}
		if i == 0 && o.Strata != "" {
			s.Strata = data.Labels[o.Strata]
		}
		if i < len(o.FPC) {
			s.FPC = data.Numbers[o.FPC[i]]
		}
		if i == len(o.PSU) && data.Part(data.Rows-1) > 0 { // people are drawn anew in each wave: no stratum of theirs reaches over two
			s.Strata = s.Strata.Cross(Files(data), "/")
		}
		spec.Stages = append(spec.Stages, s)
	}
	d, err := svy.New(spec)
	if e, ok := errors.AsType[*svy.DesignError](err); ok {
		return nil, fault.Batch(o.faults(e, data))
	}
	return d, err
}

// Files is the file of each row: "1" for the first.
func Files(data *column.Data) svy.Factor {
	f := svy.Factor{Codes: make([]int32, data.Rows)}
	for row := range f.Codes {
		f.Codes[row] = int32(data.Part(row))
	}
	return f
}

// faults places the faults of a design in the files and says them in sentences to translate.
func (o Sample) faults(e *svy.DesignError, data *column.Data) []fault.Item {
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
func (o Sample) say(f svy.DesignFault) (column string, what, remedy fault.Text) {
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
		return o.Weights, fault.T("The weight %s is not above 0.", number(f.Value)), fault.T("Weights are numbers above 0; leave out rows that have none.")
	case svy.UnitInTwoStrata:
		return at(o.PSU), fault.T("The PSU “%s” stands in two strata, “%s” and “%s”.", f.Unit, f.Other, f.Stratum),
			fault.T("If ids count within strata, add --nest.")
	case svy.BadFPC:
		return at(o.FPC), fault.T("The frame of stratum “%s” has the size %s.", f.Stratum, number(f.Value)), frame
	case svy.VaryingFPC:
		return at(o.FPC), fault.T("The frame of stratum “%s” has the size %s, and %s further up.", f.Stratum, number(f.Value), number(f.Want)), frame
	case svy.SmallFPC:
		return at(o.FPC), fault.T("The frame of stratum “%s” has the size %s, but %s of its units are here.", f.Stratum, number(f.Value), number(f.Want)), frame
	case svy.LonelyPSU:
		what = fault.T("The stratum “%s” has a single PSU, “%s”: it shows no variation.", f.Stratum, f.Unit)
		others := strings.Join(LonelyRules[1:len(LonelyRules)-1], ", ")
		if f.Other == "" {
			return o.Strata, what, fault.T("Choose a rule with --lonely: %s.", others)
		}
		return o.Strata, what, fault.T("It could be joined to the stratum “%s”: --lonely collapse; other rules: %s.", f.Other, others)
	}
	return "", fault.Text{Key: f.String()}, fault.Text{}
}
