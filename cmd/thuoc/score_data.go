package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
	"thuoc/svy"
)

// The waves of a panel, as the domains of its cells begin.
const (
	thisWave   = "now"
	formerWave = "before"
)

// answersOptions are the flags of score that tell of answers.
type answersOptions struct {
	data, previous, by, out string
	sample                  sampleOptions
}

// answersFlags declares them and gives what reads them.
func (f *flags) answersFlags() func() answersOptions {
	data := f.text("data", "FILE", fault.T("answers to score from, one row a person; - reads standard input"))
	previous := f.text("previous", "FILE", fault.T("the answers of the year before, of the same columns: changes are tested through the PSUs that both years share"))
	by := f.text("by", "COLUMN", fault.T("the column of units, such as provinces"))
	out := f.text("out", "DIR", fault.T("write scores.csv, of all levels, and covariance.csv into this folder besides"))
	sample := f.sample()
	return func() answersOptions {
		return answersOptions{data: *data, previous: *previous, by: *by, out: *out, sample: sample()}
	}
}

// check refuses flags that need others.
func (o answersOptions) check(path string) error {
	needs := func(flag, other string) error {
		return misuse(path, fault.T("--%s needs --%s.", flag, other))
	}
	switch {
	case o.data == "" && (o.previous != "" || o.by != "" || o.sample.weights != "" || o.sample.strata != "" || o.sample.psu != nil):
		return misuse(path, fault.T("These flags tell of answers: give them with --%s.", "data"))
	case o.data == "":
		return nil
	case o.sample.weights == "":
		return needs("data", "weights")
	case o.by == "":
		return needs("data", "by")
	}
	return nil
}

// surveyed is what a page says of the answers behind it.
type surveyed struct {
	rows, psus, strata int
	lonely             svy.Lonely
	collapses          []svy.Collapse
	waves              int
}

// scoreAnswers scores an index from answers, and against the year before where its answers are given. Figures, of
// registers for instance, may stand beside the answers.
func (o scoreOptions) scoreAnswers(def *score.Definition, figures []score.Figure, opt score.Options, s *scored) error {
	variables := def.Variables()
	if len(variables) == 0 {
		return fault.New(fault.Invalid, "No leaf of %s names a variable of a questionnaire: nothing of it can be estimated from answers.", def.ID)
	}
	files := []string{o.data}
	if o.previous != "" {
		files = append(files, o.previous)
	}
	want := o.sample.want(column.Want{Labels: []string{o.by}, Domains: []string{o.by}, Items: variables})
	data, err := readAnswers(files, want)
	if err != nil {
		return err
	}
	units, err := frameUnits(s.frame, data, o.by)
	if err != nil {
		return err
	}
	design, err := o.sample.design(data, units)
	if err != nil {
		return err
	}
	cells, err := design.Cells(waves(data).Cross(units, "/"))
	if err != nil {
		return err
	}
	s.sample = &surveyed{data.Rows, design.PSUs(), len(design.Strata()), o.sample.lonely, design.Collapses(), len(files)}
	if o.previous != "" {
		former := score.Options{}
		if opt.Year != 0 && def.InForce(opt.Year-1) {
			former.Year = opt.Year - 1
		}
		if opt.Previous, err = scoreWave(def, cells, data, formerWave, nil, former); err != nil {
			return err
		}
	}
	s.Result, err = scoreWave(def, cells, data, thisWave, figures, opt)
	return err
}

// waves names the wave of each row: the first file is this year's, the second the former.
func waves(data *column.Data) svy.Factor {
	f := files(data)
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
func frameUnits(frame *frame, data *column.Data, by string) (svy.Factor, error) {
	labels := data.Labels[by]
	names := make([]string, len(labels.Levels))
	var items []fault.Item
	for i, label := range labels.Levels {
		got, ok := frame.find(label)
		if !ok {
			it := fault.Item{Field: by, What: got.what, Remedy: got.remedy}
			it.File, it.Line = data.Place(slices.Index(labels.Codes, int32(i)))
			items = append(items, it)
			continue
		}
		names[i] = got.code
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

// writeFolder writes the scores of all levels and the covariances inside each unit of the composite and its dimensions.
// Each file appears whole or not at all.
func (s *scored) writeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.New(fault.Internal, "The folder %s cannot be made: %s.", dir, reason(err))
	}
	all := *s
	all.level, all.unit = "all", ""
	for name, records := range map[string]*table.Records{"scores.csv": all.records(), "covariance.csv": s.covariances()} {
		var b bytes.Buffer
		if err := records.WriteCSV(&b); err != nil {
			return err
		}
		if err := replaceFile(filepath.Join(dir, name), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile puts a file in place of what was there, in one step.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".thuoc-*")
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Chmod(0o644), f.Close())
		if err == nil {
			err = os.Rename(f.Name(), name)
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}
	if err != nil {
		e := fault.New(fault.Internal, "The file %s cannot be written: %s.", name, reason(err))
		e.Err = err
		return e
	}
	return nil
}

// covariances writes the covariance of every two scores of the upper two levels, unit by unit.
func (s *scored) covariances() *table.Records {
	var codes []string
	for n := range s.Def.Nodes() {
		if n.Level == s.Def.Levels[0].ID || n.Level == s.Def.Levels[1].ID {
			codes = append(codes, n.Code)
		}
	}
	out := &table.Records{Header: []string{"unit", "a", "b", "covariance"}}
	for _, unit := range s.Units {
		for i, a := range codes {
			for _, b := range codes[i:] {
				if v, ok := s.Covariance(unit, a, b); ok {
					out.Rows = append(out.Rows, []table.Cell{table.Str(unit), table.Str(a), table.Str(b), table.Num(v)})
				}
			}
		}
	}
	return out
}

// sampleNotes says what the answers were and how the sample was taken.
func (s *scored) sampleNotes(l lang.Lang) []string {
	if s.sample == nil {
		return nil
	}
	count := func(n int) string { return lang.Count(l, n) }
	notes := []string{lang.Translate(l, fault.T("Sample: %s answers in %s PSUs of %s strata; a stratum of a single PSU: %s.",
		count(s.sample.rows), count(s.sample.psus), count(s.sample.strata), s.sample.lonely.String()))}
	if s.sample.waves > 1 {
		notes[0] = lang.Translate(l, fault.T("Sample of both years: %s answers in %s PSUs of %s strata; a stratum of a single PSU: %s.",
			count(s.sample.rows), count(s.sample.psus), count(s.sample.strata), s.sample.lonely.String()))
	}
	if len(s.sample.collapses) > 0 {
		var joined []string
		for _, c := range s.sample.collapses {
			joined = append(joined, c.Stratum+" → "+c.Into)
		}
		notes = append(notes, lang.Translate(l, fault.T("Strata joined: %s.", strings.Join(joined, ", "))))
	}
	return notes
}
