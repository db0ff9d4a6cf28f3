package web

import (
	"cmp"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// indexTitle is how people call the results of an index for a period: "PAPI 2024".
func indexTitle(family, period string) string { return strings.ToUpper(family) + " " + period }

// definition gives the index that a run computed: one that comes with the program, or the file that was handed in. A file
// is named by what is in it and never changes, so that each is read once.
func (v *visit) definition(id string) (*score.Definition, error) {
	r, err := v.app.Runs.Get(v.ctx(), account.Program("names", v.actor.Day), id)
	if err != nil {
		return nil, err
	}
	if known, ok := v.app.defs.Load(r.Inputs); ok {
		return known.(*score.Definition), nil
	}
	in, err := v.app.Runs.Inputs(v.ctx(), r)
	if err != nil {
		return nil, err
	}
	def, err := v.app.Runs.Definition(v.ctx(), in)
	if err == nil {
		v.app.defs.Store(r.Inputs, def)
	}
	return def, err
}

// labels gives the names of an index's nodes by their codes, in the visit's language.
func (v *visit) labels(def *score.Definition) map[string]string {
	names := map[string]string{}
	for n := range def.Nodes() {
		names[n.Code] = n.Names.In(v.lang)
	}
	for _, a := range def.Alternatives {
		names[a.Code] = a.Names.In(v.lang)
	}
	return names
}

// partNames names the parts of indices by their codes: of the newest version of each shipped index, and of the index of an
// edition, which goes before them. What the parts of an index are called is public; "" asks for no edition.
func (v *visit) partNames(of string) (map[string]string, error) {
	names := map[string]string{}
	add := func(def *score.Definition) {
		for code, name := range v.labels(def) {
			names[code] = cmp.Or(names[code], name)
		}
	}
	if of != "" {
		r, _, err := v.app.Editions.Get(v.ctx(), account.Program("names", v.actor.Day), of)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if err == nil {
			def, err := v.definition(r.Run)
			if err != nil {
				return nil, err
			}
			add(def)
		}
	}
	for _, e := range slices.Backward(score.Shipped()) {
		def, err := score.Open(e.ID)
		if err != nil {
			return nil, err
		}
		add(def)
	}
	return names, nil
}

// homeParts names the parts of every index that a place made public, in its newest form, and of the shipped ones.
func (v *visit) homeParts(place string) (map[string]string, error) {
	all, err := v.app.Editions.List(v.ctx(), account.Program("names", v.actor.Day), edition.Filter{Place: place, State: edition.Public, Source: run.Own})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return v.partNames("")
	}
	named := map[string]bool{}
	names := map[string]string{}
	for _, r := range all { // the newest first
		if named[r.Family] {
			continue
		}
		named[r.Family] = true
		more, err := v.partNames(r.ID)
		if err != nil {
			return nil, err
		}
		for code, name := range more {
			names[code] = cmp.Or(names[code], name)
		}
	}
	return names, nil
}

// unitName names a unit of an index: a province by its name, and the place of this house where the units have only codes.
func (v *visit) unitName(frame *run.Frame, unit string) (string, error) {
	name := frame.Name(unit).In(v.lang)
	if name != unit || v.app.Home == nil {
		return name, nil
	}
	home, err := v.app.Home(v.ctx())
	if err != nil || home.Code != unit {
		return name, err
	}
	return home.Full().In(v.lang), nil
}

// editionName is the index with its period: "PAPI 2024"; of a plan what it is, with its day.
func (v *visit) editionName(r edition.Release) string {
	if r.Source == edition.OfPlan {
		return edition.CommitmentsName.In(v.lang) + ", " + periodDay(v, r.Period)
	}
	return indexTitle(r.Family, r.Period)
}

// runName is the index with its period: "PAPI 2024".
func (v *visit) runName(r run.Run) string { return indexTitle(r.Family, r.Period) }
