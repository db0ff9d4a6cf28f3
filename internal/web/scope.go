package web

import (
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/ui"
)

// scope names the place or agency over which a grant is held; "" where there is none.
func (v *visit) scope(g account.Grant) (string, error) {
	if g.Place == "" {
		return "", nil
	}
	p, err := v.app.Places.ByID(v.ctx(), g.Place, v.actor.Day)
	if fault.KindOf(err) == fault.NotFound {
		return v.t("a place not known here"), nil
	}
	return p.Full().In(v.lang), err
}

// scopeFields ask over what a role is held. A place is typed as people say it; when several answer, the form comes back
// with the choice among them.
func (v *visit) scopeFields() []*ui.Field {
	return []*ui.Field{
		{Name: "where", Label: v.t("Place"), Hint: v.t("Province or commune, for roles held over a place: type its name, with or without marks."), Kind: "search", Most: 120, Optional: true, Complete: "off"},
		{Name: "place", Kind: "hidden"},
	}
}

// mostPlaces is how many places a choice offers.
const mostPlaces = 8

// scoped finds the place that was typed. Faults say that none answers, or that one must be chosen.
func (f *form) scoped(g *account.Grant) ([]fault.Item, error) {
	typed, chosen := f.get("where"), f.field("place")
	if typed == "" {
		chosen.Value = ""
		return nil, nil
	}
	v := f.v
	found, err := v.app.Places.Search(v.ctx(), place.Query{Text: typed, On: v.actor.Day, Limit: mostPlaces})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(m place.Match) bool { return m.Former })
	exact := slices.DeleteFunc(slices.Clone(found), func(m place.Match) bool {
		return lang.Fold(m.Version.Name) != lang.Fold(typed) && lang.Fold(m.Version.Full().VI) != lang.Fold(typed)
	})
	switch {
	case slices.ContainsFunc(found, func(m place.Match) bool { return m.Version.Place == chosen.Value }):
		g.Place = chosen.Value
	case len(exact) == 1:
		g.Place = exact[0].Version.Place
	case len(found) == 0:
		return []fault.Item{{Field: "where", What: fault.T("No place of today has this name."), Remedy: fault.T("Try fewer letters; of a former place, take the one it belongs to now.")}}, nil
	default:
		chosen.Kind, chosen.Label, chosen.Value = "radio", v.t("Which of them?"), ""
		for _, m := range found {
			chosen.Options = append(chosen.Options, ui.Choice{Value: m.Version.Place, Text: m.Version.Full().In(v.lang), Aside: v.around(m)})
		}
		return []fault.Item{{Field: "place", What: fault.T("Several places answer to this name."), Remedy: fault.T("Choose one.")}}, nil
	}
	return nil, nil
}

// around names what a place lies in.
func (v *visit) around(m place.Match) string {
	var names []string
	for _, a := range m.Around {
		names = append(names, a.Full().In(v.lang))
	}
	return strings.Join(names, ", ")
}
