package web

import (
	"cmp"
	"math"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/plan"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/target"
)

// houseIndex is an index of the house as its public editions tell it, up to the one that a plan starts from.
type houseIndex struct {
	release edition.Release
	def     *score.Definition
	units   []string
	names   map[string]string  // of the units
	years   []*target.Measured // ascending
	values  []run.Value        // of the edition itself
	key     string             // names what it was read from
}

// said names the edition.
func (h *houseIndex) said(v *visit) string {
	return v.t("the edition of %s, period %s", h.def.Names.In(v.lang), h.release.Period)
}

// wasPublic tells whether an edition has been shown to the public; whoever may read a plan may read what it starts from,
// but not what nobody else has seen.
func wasPublic(r edition.Release) bool {
	return r.Run != "" && (r.State == edition.Public || r.State == edition.Corrected)
}

// houseIndex reads the public edition that a plan names, with those before it; nil where it is none of the house's own.
func (v *visit) houseIndex(id string) (*houseIndex, error) {
	if id == "" {
		return nil, nil
	}
	program := account.Program("plan", v.actor.Day)
	r, _, err := v.app.Editions.Get(v.ctx(), program, id)
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil, err == nil && (!wasPublic(r) || r.Source == run.UNDP):
		return nil, nil
	case err != nil:
		return nil, err
	}
	h := &houseIndex{release: r, names: map[string]string{}}
	if h.def, err = v.definition(r.Run); err != nil {
		return nil, err
	}
	runs, err := v.runsUpTo(r)
	if err != nil {
		return nil, err
	}
	for i, of := range slices.Backward(runs) { // the last one names the units
		values, err := v.app.Runs.Results(v.ctx(), of)
		if err != nil {
			return nil, err
		}
		if i == len(runs)-1 {
			if err := v.readUnits(h, values); err != nil {
				return nil, err
			}
		}
		def, err := v.definition(of.ID)
		if err != nil {
			return nil, err
		}
		h.years = append(h.years, h.measured(of.Year(), def, values))
		h.key += of.ID + " "
	}
	slices.Reverse(h.years)
	return h, nil
}

// runsUpTo gives the runs of the public editions of an index up to one, a single one for a year, in their order.
func (v *visit) runsUpTo(r edition.Release) ([]run.Run, error) {
	program := account.Program("plan", v.actor.Day)
	all, err := v.app.Editions.List(v.ctx(), program, edition.Filter{Place: r.Place, Family: r.Family, Source: r.Source, State: edition.Public, Limit: mostEditions})
	if err != nil {
		return nil, err
	}
	last, err := v.app.Runs.Get(v.ctx(), program, r.Run)
	if err != nil {
		return nil, err
	}
	runs := []run.Run{last}
	for _, x := range all { // the newest first: of a year the one that was frozen last counts
		of, err := v.app.Runs.Get(v.ctx(), program, x.Run)
		if err != nil {
			return nil, err
		}
		if of.Year() < last.Year() && !slices.ContainsFunc(runs, func(o run.Run) bool { return o.Year() == of.Year() }) {
			runs = append(runs, of)
		}
	}
	slices.SortFunc(runs, func(a, b run.Run) int { return cmp.Compare(a.Year(), b.Year()) })
	return runs, nil
}

// mostEditions bounds how far back the history of an index is read.
const mostEditions = 60

// readUnits notes the units of an edition and what they are called.
func (v *visit) readUnits(h *houseIndex, values []run.Value) (err error) {
	h.values = values
	frame := run.NewFrame(h.def.Units)
	for _, x := range values {
		if _, known := h.names[x.Unit]; known {
			continue
		}
		h.units = append(h.units, x.Unit)
		if h.names[x.Unit], err = v.unitName(frame, x.Unit); err != nil {
			return err
		}
	}
	return nil
}

func (h *houseIndex) measured(year int, def *score.Definition, values []run.Value) *target.Measured {
	at := map[string]int{}
	for i, u := range h.units {
		at[u] = i
	}
	m := &target.Measured{Year: year, Def: def}
	for _, x := range values {
		if i, ok := at[x.Unit]; ok && !math.IsNaN(x.Value) {
			m.Put(x.Code, i, len(h.units), x.Value, x.SE)
		}
	}
	return m
}

// houseUnit gives the unit that a plan's place is: by its code on the day, or the only one there is; "" for none.
func (v *visit) houseUnit(h *houseIndex, p *plan.Plan) (string, error) {
	if len(h.units) == 1 {
		return h.units[0], nil
	}
	at, err := v.app.Places.ByID(v.ctx(), p.Place, clock.Date{Year: h.years[len(h.years)-1].Year, Month: 12, Day: 31})
	if fault.KindOf(err) == fault.NotFound && err != nil || !slices.Contains(h.units, at.Code) {
		return "", nil
	}
	return at.Code, err
}

// focusOf sorts the dimensions of a unit by both rules. A change is the one that the edition tested; where it tested none
// the editions are held against each other, which says that there is a difference and not that it is more than chance.
func (h *houseIndex) focusOf(unit string) (found []target.Finding) {
	if len(h.def.Levels) < 2 {
		return nil
	}
	for _, x := range h.values {
		if x.Unit != unit || x.Level != h.def.Levels[1].ID || math.IsNaN(x.Value) {
			continue
		}
		row := score.Row{Unit: x.Unit, Code: x.Code, Level: x.Level, Value: x.Value}
		if change := x.Change; !math.IsNaN(change) && x.Verdict != "" {
			row.Change = &score.Change{Abs: change, Verdict: x.Verdict}
		} else if pairs, at := target.History(h.years, x.Code), slices.Index(h.units, unit); len(pairs) > 0 {
			last := pairs[len(pairs)-1]
			row.Change = &score.Change{Abs: last.To[at] - last.From[at], Verdict: score.NotTestable}
		}
		found = append(found, target.Judge(row))
	}
	return found
}

// ownEditions are the public editions of the house's own indices from which the plans of a place can start, the newest
// first: those that the person may read, and the one that the plan names already.
func (v *visit) ownEditions(named string) (all []edition.Release, err error) {
	for _, source := range []run.Source{run.Own, run.Self} {
		some, err := v.app.Editions.List(v.ctx(), v.actor, edition.Filter{Source: source, State: edition.Public, Limit: mostEditions})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	if named == "" || slices.ContainsFunc(all, func(r edition.Release) bool { return r.ID == named }) {
		return all, nil
	}
	r, _, err := v.app.Editions.Get(v.ctx(), account.Program("plan", v.actor.Day), named)
	if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && !wasPublic(r) {
		return all, nil
	}
	return append(all, r), err
}
