package web

import (
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// poolNames are the pools of draws in people's words.
var poolNames = map[inspect.Pool]fault.Text{inspect.Communes: fault.T("All communes"), inspect.Departments: fault.T("All departments of the province"),
	inspect.Everybody: fault.T("Communes and departments"), inspect.Chosen: fault.T("Units chosen for a theme")}

// basisOfFact says from which edition a fact of a frame was read, and of how many units it knows anything.
func (v *visit) basisOfFact(s draw.Basis, of int) string {
	if s.Edition == "" {
		return v.t("%s: no public edition of results tests any change; it is 0 of every unit.", v.factName(s.Key))
	}
	return v.t("%s: read from the edition of %s (%s), which tests a change of %d of the %d units; of the others it is 0.", v.factName(s.Key), s.Period, s.Edition[:12], s.Tested, of)
}

func (v *visit) prepareDraw() (*page, error) {
	p, _, err := v.inspectionToChange(account.PrepareDraw)
	if err != nil {
		return nil, err
	}
	crumbs, at := v.toDraw(p)
	pool := &ui.Field{Name: "pool", Label: v.t("Who can be drawn"), Kind: "radio", Value: string(inspect.Communes)}
	for _, x := range inspect.Pools {
		pool.Options = append(pool.Options, ui.Choice{Value: string(x), Text: v.text(poolNames[x])})
	}
	fields := []*ui.Field{
		pool,
		{Name: "units", Label: v.t("Chosen units, one a line"), Hint: v.t("Communes and agencies by their names, with or without marks. Only where units are chosen."), Kind: "area", Rows: 4, Most: 20_000, Optional: true, Wide: true},
		{Name: "theme", Label: v.t("Theme: why these units"), Hint: v.t("It stands in the public file: who checks the draw sees why others could not be drawn."), Kind: "text", Most: 300, Optional: true, Wide: true},
		{Name: "size", Label: v.t("How many units"), Kind: "text", Mode: "numeric", Most: 5, Value: "3"},
		{Name: "day", Label: v.t("Day on which the public number becomes known"), Hint: v.t("After today: the draw must be sealed before."), Kind: "date", Value: v.actor.Day.Add(1).String()},
		{Name: "source", Label: v.t("The public number, said exactly"), Hint: v.t("So that nobody can take another: which draw, which prize, whose site."), Kind: "text", Most: 300,
			Value: v.t("The special prize of the northern lottery of that day, all its digits"), Wide: true},
	}
	lead := v.t("The frame is made of units as they stand today, with the facts that the house has of each. Nobody of the team may have a role in one of them. Somebody else then seals it; after that nothing can be changed.")
	return v.entryPage(v.t("Prepare the frame"), lead, v.t("Make the frame"), at, crumbs, fields, func(f *form) (*page, error) {
		l, err := v.lot(f, p)
		if err != nil {
			return nil, err
		}
		return v.done(at, "The frame is made. Somebody else seals it now."), v.app.Inspections.PrepareDraw(v.ctx(), v.actor, l)
	})
}

// lot reads the form of a frame.
func (v *visit) lot(f *form, p *inspect.Page) (inspect.Lot, error) {
	var items []fault.Item
	l := inspect.Lot{Inspection: p.ID, Pool: inspect.Pool(f.get("pool")), Theme: f.get("theme"), Source: f.get("source"), Day: f.dayOf("day", &items)}
	n, err := strconv.Atoi(f.get("size"))
	if err != nil || n < 1 {
		items = append(items, fault.Item{Field: "size", What: fault.T("“%s” is not a number.", f.get("size")), Remedy: fault.T("Draw at least one and at most as many as there are.")})
	}
	l.Size = n
	if lines := paragraphs(f.get("units")); len(lines) > 0 {
		known, err := v.unitsOf(p.Place)
		if err != nil {
			return l, err
		}
		for _, line := range lines {
			switch found := known[lang.Fold(line)]; len(found) {
			case 1:
				l.Units = append(l.Units, found[0])
			case 0:
				items = append(items, fault.Item{Field: "units", What: fault.T("“%s” is no commune or agency of the place that inspects.", line), Remedy: fault.T("Write the whole name as it is today.")})
			default:
				items = append(items, fault.Item{Field: "units", What: fault.T("“%s” names %d units.", line, len(found)), Remedy: fault.T("Write its kind before its name, such as “xã” or “phường”.")})
			}
		}
	}
	return l, fault.Batch(items)
}

// unitsOf gives the communes and agencies of a place by what people call them, folded.
func (v *visit) unitsOf(where string) (map[string][]inspect.Unit, error) {
	known := map[string][]inspect.Unit{}
	communes, err := v.app.Places.Children(v.ctx(), where, v.actor.Day)
	if err != nil {
		return nil, err
	}
	for _, c := range communes {
		u := inspect.Unit{Place: c.Place}
		short, full := lang.Fold(c.Name), lang.Fold(c.Full().VI)
		known[full] = append(known[full], u)
		if short != full {
			known[short] = append(known[short], u)
		}
	}
	agencies, _, err := v.app.Agencies.List(v.ctx(), v.actor, agency.Filter{On: v.actor.Day, Place: where, Within: true, Limit: mostAgencies})
	for _, a := range agencies {
		name := lang.Fold(a.Name)
		known[name] = append(known[name], inspect.Unit{Place: a.Place, Agency: a.ID})
	}
	return known, err
}

// mostAgencies is more than any province has.
const mostAgencies = 5000
