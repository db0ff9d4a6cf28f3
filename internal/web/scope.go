package web

import (
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/ui"
)

// scope names the place or agency over which a grant is held; "" where there is none.
func (v *visit) scope(g account.Grant) (string, error) {
	switch {
	case g.Agency != "":
		p, err := v.app.Agencies.Get(v.ctx(), v.actor, g.Agency, v.actor.Day)
		if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Forbidden {
			return v.t("an agency not known here"), nil
		}
		return p.Name, err
	case g.Place != "":
		p, err := v.app.Places.ByID(v.ctx(), g.Place, v.actor.Day)
		if fault.KindOf(err) == fault.NotFound {
			return v.t("a place not known here"), nil
		}
		return p.Full().In(v.lang), err
	}
	return "", nil
}

// scopeFields ask over what a role is held. A place or an agency is typed as people say it; when several answer, the
// form comes back with the choice among them.
func (v *visit) scopeFields() []*ui.Field {
	return []*ui.Field{
		{Name: "where", Label: v.t("Place"), Hint: v.t("Province or commune, for roles held over a place: type its name, with or without marks."), Kind: "search", Most: 120, Optional: true, Complete: "off"},
		{Name: "place", Kind: "hidden"},
		{Name: "unit", Label: v.t("Agency"), Hint: v.t("For roles held in an agency: type a part of its name."), Kind: "search", Most: 120, Optional: true, Complete: "off"},
		{Name: "agency", Kind: "hidden"},
	}
}

// typedIn gives the field in which somebody types what a field of ids holds.
func typedIn(field string) string {
	switch field {
	case "place":
		return "where"
	case "agency":
		return "unit"
	}
	return field
}

// mostChoices is how many places or agencies a choice offers.
const mostChoices = 8

// candidate is a place or an agency that answers to what was typed.
type candidate struct {
	id, name, aside string
	exact           bool
}

// scoped finds the place and the agency that were typed, as far as the form asks for them. Faults say that none answers, or that one must be chosen.
func (f *form) scoped(g *account.Grant) (faults []fault.Item, err error) {
	for _, s := range []struct {
		typed, chosen string
		at            *string
		find          func(text string) ([]candidate, error)
		none          fault.Text
	}{
		{"where", "place", &g.Place, f.v.placesNamed, fault.T("No place of today has this name.")},
		{"unit", "agency", &g.Agency, f.v.agenciesNamed, fault.T("No agency of today has this name.")},
	} {
		if f.field(s.typed) == nil {
			continue
		}
		text, chosen := f.get(s.typed), f.field(s.chosen)
		if text == "" {
			chosen.Value = ""
			continue
		}
		found, err := s.find(text)
		if err != nil {
			return nil, err
		}
		var item *fault.Item
		if *s.at, item = f.choose(chosen, found); item != nil {
			if len(found) == 0 {
				item = &fault.Item{Field: s.typed, What: s.none, Remedy: fault.T("Try fewer letters; of a former one, take the one it belongs to now.")}
			}
			faults = append(faults, *item)
		}
	}
	return faults, nil
}

// choose takes the candidate that was chosen, or the only one whose name was typed in full; else the field becomes the
// choice among them.
func (f *form) choose(chosen *ui.Field, found []candidate) (id string, fail *fault.Item) {
	var exact []candidate
	for _, c := range found {
		if c.id == chosen.Value {
			return c.id, nil
		}
		if c.exact {
			exact = append(exact, c)
		}
	}
	if len(exact) == 1 {
		return exact[0].id, nil
	}
	chosen.Kind, chosen.Label, chosen.Value = "radio", f.v.t("Which of them?"), ""
	for _, c := range found {
		chosen.Options = append(chosen.Options, ui.Choice{Value: c.id, Text: c.name, Aside: c.aside})
	}
	if len(found) == 0 {
		chosen.Kind = "hidden"
	}
	return "", &fault.Item{Field: chosen.Name, What: fault.T("Several answer to this name, or none has it in full."), Remedy: fault.T("Choose one.")}
}

// placesNamed finds the places of today that answer to a text.
func (v *visit) placesNamed(text string) (list []candidate, err error) {
	found, err := v.app.Places.Search(v.ctx(), place.Query{Text: text, On: v.actor.Day, Limit: mostChoices})
	for _, m := range found {
		if m.Former {
			continue
		}
		full := m.Version.Full()
		list = append(list, candidate{id: m.Version.Place, name: full.In(v.lang), aside: v.around(m),
			exact: lang.Fold(m.Version.Name) == lang.Fold(text) || lang.Fold(full.VI) == lang.Fold(text)})
	}
	return list, err
}

// agenciesNamed finds the agencies of today that answer to a text.
func (v *visit) agenciesNamed(text string) (list []candidate, err error) {
	found, _, err := v.app.Agencies.List(v.ctx(), v.actor, agency.Filter{On: v.actor.Day, Text: text, Limit: mostChoices})
	for _, a := range found {
		where, err := v.scope(account.Grant{Place: a.Place})
		if err != nil {
			return nil, err
		}
		list = append(list, candidate{id: a.ID, name: a.Name, aside: where, exact: lang.Fold(a.Name) == lang.Fold(text)})
	}
	return list, err
}

// around names what a place lies in.
func (v *visit) around(m place.Match) string {
	var names []string
	for _, a := range m.Around {
		names = append(names, a.Full().In(v.lang))
	}
	return strings.Join(names, ", ")
}
