package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// answersOptions are the flags of score that tell of answers.
type answersOptions struct {
	data, previous, by, out string
	sample                  run.Sample
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
	case o.data == "" && (o.previous != "" || o.by != "" || o.sample.Weights != "" || o.sample.Strata != "" || o.sample.PSU != nil):
		return misuse(path, fault.T("These flags tell of answers: give them with --%s.", "data"))
	case o.data == "":
		return nil
	case o.sample.Weights == "":
		return needs("data", "weights")
	case o.by == "":
		return needs("data", "by")
	}
	return nil
}

// scoreAnswers scores an index from answers, and against the year before where its answers are given. Figures, of
// registers for instance, may stand beside the answers.
func (o scoreOptions) scoreAnswers(def *score.Definition, figures []score.Figure, opt score.Options, s *scored) error {
	answers := run.Answers{By: o.by, Sample: o.sample}
	want, err := answers.Want(def)
	if err != nil {
		return err
	}
	files := []string{o.data}
	if o.previous != "" {
		files = append(files, o.previous)
	}
	data, err := readAnswers(files, want)
	if err != nil {
		return err
	}
	s.Result, s.sample, err = answers.Score(def, s.frame, data, figures, opt)
	return err
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
		count(s.sample.Rows), count(s.sample.PSUs), count(s.sample.Strata), s.sample.Lonely.String()))}
	if s.sample.Waves > 1 {
		notes[0] = lang.Translate(l, fault.T("Sample of both years: %s answers in %s PSUs of %s strata; a stratum of a single PSU: %s.",
			count(s.sample.Rows), count(s.sample.PSUs), count(s.sample.Strata), s.sample.Lonely.String()))
	}
	if len(s.sample.Collapses) > 0 {
		var joined []string
		for _, c := range s.sample.Collapses {
			joined = append(joined, c.Stratum+" → "+c.Into)
		}
		notes = append(notes, lang.Translate(l, fault.T("Strata joined: %s.", strings.Join(joined, ", "))))
	}
	return notes
}
