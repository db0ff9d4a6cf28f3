package main

import (
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
)

// frameDay is a day on which the units of the published figures were in force: the 63 provinces before the merger.
var frameDay = clock.MustDate("2024-12-31")

// unitNames gives the names of the units of the published figures by their code.
var unitNames = sync.OnceValue(func() map[string]lang.Names {
	names := map[string]lang.Names{}
	for _, p := range gazetteer.Provinces(frameDay) {
		names[p.Code] = p.Name
	}
	return names
})

// unitName names a unit of the published figures; one of another frame goes by its code.
func unitName(code string) lang.Names {
	if n, ok := unitNames()[code]; ok {
		return n
	}
	return lang.Names{VI: code, EN: code}
}

// findUnit finds a province by its code or by a name in either language on a day.
func findUnit(s string, day clock.Date) (gazetteer.Place, error) {
	code := s
	if len(s) == 1 && s[0] >= '1' && s[0] <= '9' {
		code = "0" + s // Excel takes the zero off
	}
	if p, err := gazetteer.ProvinceByCode(code, day); err == nil {
		return p, nil
	}
	return gazetteer.ProvinceByName(s, day)
}

// unitRemedy says what was probably meant by a name that no province bears.
func unitRemedy(s string, day clock.Date) fault.Text {
	var known []string
	for _, p := range gazetteer.Provinces(day) {
		known = append(known, p.Name.VI)
	}
	if guess := lang.Nearest(s, known); guess != "" {
		return fault.T("Did you mean “%s”?", guess)
	}
	return fault.T("Write a province's name or two-digit code; see: thuoc data provinces --on %s", day.String())
}

// findUnits finds several provinces of the published figures; the items hold those that are none.
func findUnits(list []string) (codes []string, items []fault.Item) {
	for _, s := range list {
		p, err := findUnit(s, frameDay)
		if err != nil {
			items = append(items, fault.Item{Field: "--unit", What: sentence(err), Remedy: unitRemedy(s, frameDay)})
			continue
		}
		codes = append(codes, p.Code)
	}
	return codes, items
}

// sentence takes the sentence out of an error of ours.
func sentence(err error) fault.Text {
	if e, ok := err.(*fault.Error); ok {
		return e.Text
	}
	return fault.Text{Key: err.Error()}
}
