package main

import (
	"slices"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/svy"
)

// surveyFlags are the flags of the commands that estimate from answers.
type surveyFlags struct {
	data        *[]string
	by, missing *string
	sample      func() sampleOptions
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
}

// read reads the files and builds the design. items are the names of the variables, or patterns.
func (s surveyFlags) read(path string, items []string) (*survey, error) {
	o := s.sample()
	out := &survey{by: fields(*s.by)}
	switch {
	case o.weights == "":
		return nil, misuse(path, fault.T("--%s needs --%s.", "data", "weights"))
	case len(items) == 0:
		return nil, misuse(path, fault.T("--%s needs --%s.", "data", "vars"))
	case len(o.fpc) > len(o.psu)+1:
		return nil, misuse(path, fault.T("--fpc names %d stages; --psu has %d, and after them come the rows.", len(o.fpc), len(o.psu)))
	}
	want := o.want(column.Want{Labels: slices.Clone(out.by), Items: items, Missing: fields(*s.missing)})
	want.Domains = slices.DeleteFunc(slices.Clone(out.by), func(name string) bool { return name == o.strata || slices.Contains(o.psu, name) })
	var err error
	if out.Data, err = readAnswers(*s.data, want); err != nil {
		return nil, err
	}
	out.cross()
	within := svy.Factor{}
	if o.strata != "" && nests(out.Labels[o.strata], out.domain) {
		within = out.domain
	}
	out.design, err = o.design(out.Data, within)
	return out, err
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
