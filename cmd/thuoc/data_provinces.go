package main

import (
	"slices"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/table"
)

func dataProvinces() command {
	return command{
		name:    "provinces",
		summary: fault.T("the provinces on a day: 63 until 30 June 2025, 34 since"),
		examples: []string{
			"thuoc data provinces --on 2025-06-30",
			"thuoc data provinces --on 2025-07-01 --format csv",
		},
		setup: func(f *flags) action {
			on := f.date("on", fault.T("the day; the day of the merger, 2025-07-01, without it"))
			format := f.format()
			return func(c *call) error {
				if on.IsZero() {
					*on = gazetteer.Merger
				}
				list := gazetteer.Provinces(*on)
				if len(list) == 0 {
					return fault.New(fault.NotFound, "No provinces are on record for %s; the record begins on %s.", *on, firstRecord())
				}
				return c.write(*format, func() *table.Page { return provincesPage(c, list, *on) },
					func() *table.Records { return provincesRecords(list, *on) })
			}
		},
	}
}

// firstRecord is the first day on which any province is on record.
func firstRecord() clock.Date {
	var first clock.Date
	for _, p := range gazetteer.Provinces(run.Days[papiFrame]) {
		if d := p.State.Start(); first.IsZero() || d.Before(first) {
			first = d
		}
	}
	return first
}

func provincesPage(c *call, list []gazetteer.Place, on clock.Date) *table.Page {
	p := &table.Page{
		Title: c.text(fault.T("%d provinces on %s", len(list), on)),
		Columns: []table.Head{{Name: c.text(fault.T("Code"))}, {Name: c.text(fault.T("Name"))}, {Name: c.text(fault.T("Kind"))},
			{Name: c.text(fault.T("Region"))}, {Name: c.text(fault.T("Made of"))}},
		Sections: []table.Section{{}},
	}
	sorted := slices.Clone(list)
	collate := lang.Collation()
	slices.SortFunc(sorted, func(a, b gazetteer.Place) int { return collate(a.Name.VI, b.Name.VI) })
	for _, place := range sorted {
		var parts []string
		for _, part := range gazetteer.Parts(place) {
			parts = append(parts, part.Place.Name.In(c.lang))
		}
		p.Sections[0].Rows = append(p.Sections[0].Rows, []string{place.Code, place.Name.In(c.lang), place.Kind.Names().In(c.lang),
			place.Region.In(c.lang), strings.Join(parts, ", ")})
	}
	return p
}

func provincesRecords(list []gazetteer.Place, on clock.Date) *table.Records {
	r := &table.Records{Header: []string{"on", "id", "code", "name_vi", "name_en", "full_name_vi", "kind", "region_vi", "region_en", "since",
		"known_since", "until", "made_of"}}
	for _, p := range list {
		var parts []string
		for _, part := range gazetteer.Parts(p) {
			parts = append(parts, part.Place.ID)
		}
		r.Rows = append(r.Rows, []table.Cell{table.Str(on.String()), table.Str(p.ID), table.Str(p.Code), table.Str(p.Name.VI), table.Str(p.Name.EN),
			table.Str(p.Full().VI), table.Str(string(p.Kind)), table.Str(p.Region.VI), table.Str(p.Region.EN), table.Str(p.State.From.String()),
			table.Str(p.State.Known.String()), table.Str(p.State.To.String()), table.Str(strings.Join(parts, " "))})
	}
	return r
}
