package main

import (
	"slices"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/run"
	"thuoc/svy"
)

// surveyFlags are the flags of the commands that estimate from answers.
type surveyFlags struct {
	data        *[]string
	by, missing *string
	sample      func() run.Sample
	calibration func() (*calibration, error) // nil where weights are taken as they come
	replication *replication                 // nil where errors are linearised
}

func (f *flags) survey(data fault.Text) surveyFlags {
	return surveyFlags{
		data:    f.texts("data", "FILE", data),
		sample:  f.sample(),
		by:      f.text("by", "A[,B]", fault.T("columns whose values make domains; never cut the file instead")),
		missing: f.text("missing", "888,999", fault.T("cells that mean no answer, compared as text; empty and NA always do")),
	}
}

// survey is what was read: the rows of one file, or of waves laid under each other, with their design and domains.
type survey struct {
	*column.Data
	design *svy.Design
	by     []string
	domain svy.Factor          // of each row; no codes without --by
	parts  map[string][]string // the values of the by columns that make a domain's label

	calibration *calibration    // nil: weights as they come
	replicates  *svy.Replicates // nil: errors by linearisation
}

// read reads the files and builds the design. items are the names of the variables, or patterns.
func (s surveyFlags) read(path string, items []string) (*survey, error) {
	o := s.sample()
	out := &survey{by: fields(*s.by)}
	switch {
	case o.Weights == "":
		return nil, misuse(path, fault.T("--%s needs --%s.", "data", "weights"))
	case len(items) == 0:
		return nil, misuse(path, fault.T("--%s needs --%s.", "data", "vars"))
	case len(o.FPC) > len(o.PSU)+1:
		return nil, misuse(path, fault.T("--fpc names %d stages; --psu has %d, and after them come the rows.", len(o.FPC), len(o.PSU)))
	}
	var err error
	if s.calibration != nil {
		if out.calibration, err = s.calibration(); err != nil {
			return nil, err
		}
	}
	labels := slices.Clone(out.by)
	if out.calibration != nil {
		labels = append(labels, out.calibration.columns()...)
	}
	want := o.Want(column.Want{Labels: labels, Items: items, Missing: fields(*s.missing)})
	want.Domains = slices.DeleteFunc(slices.Clone(out.by), func(name string) bool { return name == o.Strata || slices.Contains(o.PSU, name) })
	if out.Data, err = readAnswers(*s.data, want); err != nil {
		return nil, err
	}
	out.cross()
	within := svy.Factor{}
	if o.Strata != "" && nests(out.Labels[o.Strata], out.domain) {
		within = out.domain
	}
	if out.design, err = o.Design(out.Data, within); err != nil {
		return nil, err
	}
	return out, s.adjust(out, o)
}

// adjust calibrates the weights and makes the replicates, where these are asked for.
func (s surveyFlags) adjust(out *survey, o run.Sample) (err error) {
	if out.calibration != nil {
		if out.design, err = out.calibration.of(out.design, out.Data, o.Weights); err != nil {
			return err
		}
	}
	if s.replication == nil {
		return nil
	}
	out.replicates, err = s.replication.of(out, o, out.calibration)
	return err
}

// errors names how the standard errors were made; empty for plain linearisation.
func (s *survey) errors() string {
	var parts []string
	if s.replicates != nil {
		parts = append(parts, s.replicates.Method(), "around the mean")
		if s.replicates.Centre == svy.AtEstimate {
			parts[1] = "around the estimate"
		}
	}
	if c := s.calibration; c != nil {
		parts = append(parts, "calibrated by "+c.Method.String())
		switch {
		case s.replicates != nil: // each is calibrated anew: there are no residuals
		case c.Residuals == svy.Unweighted:
			parts = append(parts, "unweighted residuals")
		default:
			parts = append(parts, "residuals by design weights")
		}
	}
	return strings.Join(parts, ", ")
}

// cross makes the domains of the by columns.
func (s *survey) cross() {
	for _, name := range s.by {
		s.domain = s.domain.Cross(s.Labels[name], "/")
	}
	s.parts = map[string][]string{}
	seen := make([]bool, len(s.domain.Levels))
	for row, code := range s.domain.Codes {
		if code < 0 || seen[code] {
			continue
		}
		seen[code] = true
		values := make([]string, len(s.by))
		for i, name := range s.by {
			f := s.Labels[name]
			values[i] = f.Label(f.Codes[row])
		}
		s.parts[s.domain.Label(code)] = values
	}
}

// nests tells whether every stratum lies in one domain, so that a collapse can stay inside.
func nests(strata, domain svy.Factor) bool {
	if domain.Codes == nil {
		return false
	}
	in := make([]int32, len(strata.Levels))
	for i := range in {
		in[i] = -1
	}
	for row, h := range strata.Codes {
		d := domain.Codes[row]
		if d < 0 || in[h] >= 0 && in[h] != d {
			return false
		}
		in[h] = d
	}
	return true
}
