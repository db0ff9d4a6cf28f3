package run

import (
	"slices"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/score"
	"thuoc/svy"
)

// The waves of a panel, as the domains of its cells begin.
const (
	thisWave   = "now"
	formerWave = "before"
)

// Answers says how an index is estimated from a file of answers.
type Answers struct {
	By     string // the column of units, such as provinces
	Sample Sample
}

// Surveyed is what must be said of the answers behind a result.
type Surveyed struct {
	Rows, PSUs, Strata int
	Lonely             svy.Lonely
	Collapses          []svy.Collapse
	Waves              int // 2 where the answers of the year before were given too
}

// Want names the columns of the answers that an index needs. An index without a variable of a questionnaire is Invalid.
func (a Answers) Want(def *score.Definition) (column.Want, error) {
	variables := def.Variables()
	if len(variables) == 0 {
		return column.Want{}, fault.New(fault.Invalid, "No leaf of %s names a variable of a questionnaire: nothing of it can be estimated from answers.", def.ID)
	}
	return a.Sample.Want(column.Want{Labels: []string{a.By}, Domains: []string{a.By}, Items: variables}), nil
}

// Score estimates an index from answers: this year's file and, stacked below it, that of the year before where changes
// are to be tested. Figures, of registers for instance, may stand beside the answers.
func (a Answers) Score(def *score.Definition, frame *Frame, data *column.Data, figures []score.Figure, opt score.Options) (*score.Result, *Surveyed, error) {
	units, err := frameUnits(frame, data, a.By)
	if err != nil {
		return nil, nil, err
	}
	design, err := a.Sample.Design(data, units)
	if err != nil {
		return nil, nil, err
	}
	cells, err := design.Cells(waves(data).Cross(units, "/"))
	if err != nil {
		return nil, nil, err
	}
	of := &Surveyed{data.Rows, design.PSUs(), len(design.Strata()), a.Sample.Lonely, design.Collapses(), 1}
	if data.Part(data.Rows-1) > 0 {
		of.Waves = 2
		former := score.Options{}
		if opt.Year != 0 && def.InForce(opt.Year-1) {
			former.Year = opt.Year - 1
		}
		if opt.Previous, err = scoreWave(def, cells, data, formerWave, nil, former); err != nil {
			return nil, nil, err
		}
	}
	result, err := scoreWave(def, cells, data, thisWave, figures, opt)
	return result, of, err
}

// waves names the wave of each row: the first file is this year's, the second the former.
func waves(data *column.Data) svy.Factor {
	f := Files(data)
	f.Levels = []string{thisWave, formerWave}
	return f
}

// scoreWave estimates the leaves of an index in one wave and scores it.
func scoreWave(def *score.Definition, cells *svy.Cells, data *column.Data, wave string, figures []score.Figure, opt score.Options) (*score.Result, error) {
	units := map[string]int{}
	for domain, label := range cells.Domains() {
		if unit, ok := strings.CutPrefix(label, wave+"/"); ok {
			units[unit] = domain
		}
	}
	var err error
	if opt.Estimates, err = def.Estimate(score.Answers{Cells: cells, Units: units, Column: data.Item}); err != nil {
		return nil, err
	}
	return score.Compute(def, slices.Concat(opt.Estimates.Figures(), figures), opt)
}

// frameUnits takes the labels of the units to the codes of the frame; units of no known frame go by their labels.
func frameUnits(frame *Frame, data *column.Data, by string) (svy.Factor, error) {
	labels := data.Labels[by]
	names := make([]string, len(labels.Levels))
	var items []fault.Item
	for i, label := range labels.Levels {
		got, ok := frame.Find(label)
		if !ok {
			it := fault.Item{Field: by, What: got.What, Remedy: got.Remedy}
			it.File, it.Line = data.Place(slices.Index(labels.Codes, int32(i)))
			items = append(items, it)
			continue
		}
		names[i] = got.Code
	}
	if err := fault.Batch(items); err != nil {
		return svy.Factor{}, err
	}
	codes := svy.NewFactor(names) // two labels of one place are one unit
	out := svy.Factor{Codes: slices.Clone(labels.Codes), Levels: codes.Levels}
	for row, c := range out.Codes {
		if c >= 0 {
			out.Codes[row] = codes.Codes[c]
		}
	}
	return out, nil
}
