package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
)

// inspectionRoutes are the screens of inspections. The proofs of draws are open to everybody.
var inspectionRoutes = []route{
	{name: "inspections", method: http.MethodGet, vi: "kiem-tra", en: "inspections", needs: account.ReadInspections, handle: (*visit).inspections},
	{name: "findings-export", method: http.MethodGet, vi: "kiem-tra/tai-xuong", en: "inspections/download", needs: account.ReadInspections, handle: (*visit).exportFindings},
	{name: "inspection-new", method: http.MethodGet, vi: "kiem-tra/moi", en: "inspections/new", needs: account.PlanInspection, handle: (*visit).newInspection},
	{name: "inspection-new", method: http.MethodPost, vi: "kiem-tra/moi", en: "inspections/new", needs: account.PlanInspection, handle: (*visit).newInspection},
	{name: "checklists", method: http.MethodGet, vi: "kiem-tra/bang-kiem", en: "inspections/checklists", needs: account.PlanInspection, handle: (*visit).checklists},
	{name: "checklists", method: http.MethodPost, vi: "kiem-tra/bang-kiem", en: "inspections/checklists", needs: account.PlanInspection, handle: (*visit).checklists},
	{name: "risk", method: http.MethodGet, vi: "kiem-tra/cong-thuc", en: "inspections/formula", needs: account.SetRisk, handle: (*visit).risk},
	{name: "risk", method: http.MethodPost, vi: "kiem-tra/cong-thuc", en: "inspections/formula", needs: account.SetRisk, handle: (*visit).risk},
	{name: "inspection", method: http.MethodGet, vi: "kiem-tra/{inspection}", en: "inspections/{inspection}", needs: account.ReadInspections, device: true, handle: (*visit).inspection},
	{name: "inspection-edit", method: http.MethodGet, vi: "kiem-tra/{inspection}/sua", en: "inspections/{inspection}/change", needs: account.PlanInspection, handle: (*visit).editInspection},
	{name: "inspection-edit", method: http.MethodPost, vi: "kiem-tra/{inspection}/sua", en: "inspections/{inspection}/change", needs: account.PlanInspection, handle: (*visit).editInspection},
	{name: "inspection-open", method: http.MethodPost, vi: "kiem-tra/{inspection}/mo", en: "inspections/{inspection}/open", needs: account.PlanInspection, handle: (*visit).openInspection},
	{name: "inspection-cancel", method: http.MethodGet, vi: "kiem-tra/{inspection}/huy", en: "inspections/{inspection}/cancel", needs: account.PlanInspection, handle: (*visit).cancelInspection},
	{name: "inspection-cancel", method: http.MethodPost, vi: "kiem-tra/{inspection}/huy", en: "inspections/{inspection}/cancel", needs: account.PlanInspection, handle: (*visit).cancelInspection},
	{name: "inspection-join", method: http.MethodGet, vi: "kiem-tra/{inspection}/doan", en: "inspections/{inspection}/team", needs: account.PlanInspection, handle: (*visit).joinTeam},
	{name: "inspection-join", method: http.MethodPost, vi: "kiem-tra/{inspection}/doan", en: "inspections/{inspection}/team", needs: account.PlanInspection, handle: (*visit).joinTeam},
	{name: "inspection-leave", method: http.MethodPost, vi: "kiem-tra/{inspection}/doan/{member}/roi", en: "inspections/{inspection}/team/{member}/leave", needs: account.PlanInspection, handle: (*visit).leaveTeam},
	{name: "inspection-unit", method: http.MethodGet, vi: "kiem-tra/{inspection}/don-vi", en: "inspections/{inspection}/units", needs: account.PlanInspection, handle: (*visit).addUnit},
	{name: "inspection-unit", method: http.MethodPost, vi: "kiem-tra/{inspection}/don-vi", en: "inspections/{inspection}/units", needs: account.PlanInspection, handle: (*visit).addUnit},
	{name: "inspection-themes", method: http.MethodGet, vi: "kiem-tra/{inspection}/chuyen-de", en: "inspections/{inspection}/themes", needs: account.PlanInspection, handle: (*visit).chooseThemes},
	{name: "inspection-themes", method: http.MethodPost, vi: "kiem-tra/{inspection}/chuyen-de", en: "inspections/{inspection}/themes", needs: account.PlanInspection, handle: (*visit).chooseThemes},
	{name: "inspection-conclude", method: http.MethodGet, vi: "kiem-tra/{inspection}/ket-luan", en: "inspections/{inspection}/conclusion", needs: account.ConcludeInspection, handle: (*visit).conclude},
	{name: "inspection-conclude", method: http.MethodPost, vi: "kiem-tra/{inspection}/ket-luan", en: "inspections/{inspection}/conclusion", needs: account.ConcludeInspection, handle: (*visit).conclude},

	{name: "draw", method: http.MethodGet, vi: "kiem-tra/{inspection}/boc-tham", en: "inspections/{inspection}/draw", needs: account.ReadInspections, handle: (*visit).draw},
	{name: "draw-prepare", method: http.MethodGet, vi: "kiem-tra/{inspection}/boc-tham/danh-sach", en: "inspections/{inspection}/draw/frame", needs: account.PrepareDraw, handle: (*visit).prepareDraw},
	{name: "draw-prepare", method: http.MethodPost, vi: "kiem-tra/{inspection}/boc-tham/danh-sach", en: "inspections/{inspection}/draw/frame", needs: account.PrepareDraw, handle: (*visit).prepareDraw},
	{name: "draw-seal", method: http.MethodPost, vi: "kiem-tra/{inspection}/boc-tham/niem-phong", en: "inspections/{inspection}/draw/seal", needs: account.SealDraw, handle: (*visit).sealDraw},
	{name: "draw-number", method: http.MethodGet, vi: "kiem-tra/{inspection}/boc-tham/con-so", en: "inspections/{inspection}/draw/number", needs: account.SealDraw, handle: (*visit).drawNumber},
	{name: "draw-number", method: http.MethodPost, vi: "kiem-tra/{inspection}/boc-tham/con-so", en: "inspections/{inspection}/draw/number", needs: account.SealDraw, handle: (*visit).drawNumber},
	{name: "draw-take", method: http.MethodGet, vi: "kiem-tra/{inspection}/boc-tham/rut", en: "inspections/{inspection}/draw/take", needs: account.SealDraw, handle: (*visit).takeDraw},
	{name: "draw-take", method: http.MethodPost, vi: "kiem-tra/{inspection}/boc-tham/rut", en: "inspections/{inspection}/draw/take", needs: account.SealDraw, handle: (*visit).takeDraw},
	{name: "draw-announce", method: http.MethodPost, vi: "kiem-tra/{inspection}/boc-tham/cong-bo", en: "inspections/{inspection}/draw/announce", needs: account.DoInspection, handle: (*visit).announceDraw},
	{name: "draw-drop", method: http.MethodGet, vi: "kiem-tra/{inspection}/boc-tham/huy", en: "inspections/{inspection}/draw/drop", needs: account.SealDraw, handle: (*visit).dropDraw},
	{name: "draw-drop", method: http.MethodPost, vi: "kiem-tra/{inspection}/boc-tham/huy", en: "inspections/{inspection}/draw/drop", needs: account.SealDraw, handle: (*visit).dropDraw},
	{name: "draws", method: http.MethodGet, vi: "boc-tham", en: "draws", handle: (*visit).draws},
	{name: "draw-proof", method: http.MethodGet, vi: "boc-tham/{draw}", en: "draws/{draw}", handle: (*visit).drawProof},
	{name: "draw-file", method: http.MethodGet, vi: "boc-tham/{draw}/tep", en: "draws/{draw}/file", handle: (*visit).drawFile},

	{name: "visit-begin", method: http.MethodPost, vi: "kiem-tra/{inspection}/bat-dau", en: "inspections/{inspection}/begin", needs: account.DoInspection, device: true, handle: (*visit).beginVisit},
	{name: "visit", method: http.MethodGet, vi: "luot-kiem-tra/{visit}", en: "visits/{visit}", needs: account.ReadInspections, device: true, handle: (*visit).unitVisit},
	{name: "visit-send", method: http.MethodPost, vi: "luot-kiem-tra/{visit}/gui", en: "visits/{visit}/send", needs: account.DoInspection, device: true, upload: mostSent, handle: (*visit).sendVisit},
	{name: "visit-photo", method: http.MethodGet, vi: "anh-kiem-tra/{photo}", en: "visit-photos/{photo}", needs: account.ReadInspections, device: true, handle: (*visit).visitPhoto},
	{name: "visit-record", method: http.MethodGet, vi: "luot-kiem-tra/{visit}/bien-ban", en: "visits/{visit}/record", needs: account.DoInspection, device: true, handle: (*visit).recordVisit},
	{name: "visit-record", method: http.MethodPost, vi: "luot-kiem-tra/{visit}/bien-ban", en: "visits/{visit}/record", needs: account.DoInspection, device: true, handle: (*visit).recordVisit},
	{name: "finding-add", method: http.MethodGet, vi: "luot-kiem-tra/{visit}/ton-tai", en: "visits/{visit}/findings", needs: account.DoInspection, device: true, handle: (*visit).addFinding},
	{name: "finding-add", method: http.MethodPost, vi: "luot-kiem-tra/{visit}/ton-tai", en: "visits/{visit}/findings", needs: account.DoInspection, device: true, handle: (*visit).addFinding},
	{name: "finding", method: http.MethodGet, vi: "ton-tai/{finding}", en: "findings/{finding}", needs: account.ReadInspections, device: true, handle: (*visit).finding},
	{name: "finding-remedy", method: http.MethodGet, vi: "ton-tai/{finding}/khac-phuc", en: "findings/{finding}/remedy", needs: account.RemedyFinding, device: true, handle: (*visit).remedyFinding},
	{name: "finding-remedy", method: http.MethodPost, vi: "ton-tai/{finding}/khac-phuc", en: "findings/{finding}/remedy", needs: account.RemedyFinding, device: true, upload: mostSent, handle: (*visit).remedyFinding},
	{name: "finding-verify", method: http.MethodGet, vi: "ton-tai/{finding}/xac-minh", en: "findings/{finding}/verify", needs: account.VerifyFinding, handle: (*visit).verifyFinding},
	{name: "finding-verify", method: http.MethodPost, vi: "ton-tai/{finding}/xac-minh", en: "findings/{finding}/verify", needs: account.VerifyFinding, handle: (*visit).verifyFinding},
	{name: "finding-again", method: http.MethodPost, vi: "ton-tai/{finding}/tai-kiem-tra", en: "findings/{finding}/again", needs: account.PlanInspection, handle: (*visit).inspectAgain},
	{name: "finding-file", method: http.MethodGet, vi: "khac-phuc/{shown}", en: "remedies/{shown}", needs: account.ReadInspections, device: true, handle: (*visit).findingFile},
}

var inspectionKinds = map[inspect.Kind]fault.Text{inspect.Planned: fault.T("Planned inspection"), inspect.Surprise: fault.T("Surprise inspection"), inspect.Again: fault.T("Inspection again")}

var joinedNames = map[inspect.Joined]fault.Text{inspect.Alone: fault.T("by itself"), inspect.Reform: fault.T("with the check of administrative reform"),
	inspect.PublicDuty: fault.T("with the check of public duty"), inspect.Both: fault.T("with the checks of reform and of public duty")}

// inspectionBadges are the badges of inspections' states, findingBadges those of findings'.
var (
	inspectionBadges = map[inspect.State]badge{inspect.Prepared: {"", "", "circle-dashed"}, inspect.Opened: {"", "cham", "play"}, inspect.Concluded: {"", "ngoc", "circle-check"}, inspect.Cancelled: {"", "", "circle-x"}}
	findingBadges    = map[inspect.Standing]badge{inspect.Open: {"", "lua", "clock"}, inspect.Remedied: {"", "cham", "clock"}, inspect.Closed: {"", "ngoc", "circle-check"}, inspect.Failed: {"", "son", "circle-x"}}
)

// inspectedNames names units, in the language of the visit.
func (v *visit) inspectedNames(units ...inspect.Unit) (func(inspect.Unit) string, error) {
	var places, agencies []string
	for _, u := range units {
		if u.Agency != "" {
			agencies = append(agencies, u.Agency)
		} else {
			places = append(places, u.Place)
		}
	}
	called, err := v.namesOfPlaces(places)
	if err != nil {
		return nil, err
	}
	names, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, distinct(agencies)...)
	return func(u inspect.Unit) string {
		if u.Agency != "" {
			return cmp.Or(names[u.Agency], v.t("an agency not known here"))
		}
		return called[u.Place]
	}, err
}

// inspectedName names one unit.
func (v *visit) inspectedName(u inspect.Unit) (string, error) {
	name, err := v.inspectedNames(u)
	if err != nil {
		return "", err
	}
	return name(u), nil
}

// findingRow is a finding of a list.
type findingRow struct {
	Href, Words, Unit, Due, Code string
	State                        badge
	Late                         string // "7 days late"; "" for in time
}

func (v *visit) findingRows(all []inspect.Finding) ([]findingRow, error) {
	units := make([]inspect.Unit, len(all))
	for i, f := range all {
		units[i] = f.Unit
	}
	name, err := v.inspectedNames(units...)
	if err != nil {
		return nil, err
	}
	rows := make([]findingRow, len(all))
	for i, f := range all {
		rows[i] = findingRow{Href: v.to("finding", f.ID), Words: f.Words, Unit: name(f.Unit), Due: lang.Date(v.lang, f.Due), Code: f.Code, State: findingBadges[f.State].said(v, f.State.Text())}
		if f.Late(v.actor.Day) {
			rows[i].Late = v.t("%d days late", days(f.Due, v.actor.Day))
		}
	}
	return rows, nil
}

// inspectionRow is an inspection of a list.
type inspectionRow struct {
	Href, Title, Kind, Basis, Days string
	With                           string // the checks it is joined to; "" for none
	State                          badge
	Begun, Visits, Found, Left     int
}

func (v *visit) inspectionRow(i inspect.Inspection) inspectionRow {
	r := inspectionRow{Href: v.to("inspection", i.ID), Title: i.Title, Kind: v.text(inspectionKinds[i.Kind]), Days: lang.DateRange(v.lang, i.Since, i.Until), State: inspectionBadges[i.State].said(v, i.State.Text())}
	if i.Joined != inspect.Alone {
		r.With = v.text(joinedNames[i.Joined])
	}
	if i.Decision != "" {
		r.Basis = v.t("Decision %s of %s", i.Decision, lang.Date(v.lang, i.Decided))
	}
	return r
}

// inspectionsPage lists what is open first, then the inspections.
type inspectionsPage struct {
	Title, Action, Unit, Export   string
	Open                          []findingRow
	Tally                         inspect.Tally
	Rows                          []inspectionRow
	New, Lists, Risk, Draws, Back string
	Narrowed                      bool
	States                        ui.Select
	Kept                          []ui.Choice // the plan or the place that the address names
}

// findingFilter reads the filter of the address: open findings, unless others are asked for.
func (v *visit) findingFilter() (f inspect.Filter, unit string, err error) {
	f = inspect.Filter{Plan: v.ask(keyPlan), Place: v.ask(keyPlace), Agency: v.ask(keyAgency), States: stillOpen}
	if s := inspect.Standing(v.ask(keyState)); slices.Contains(inspect.Standings, s) {
		f.States = []inspect.Standing{s}
	}
	unit = v.ask(keyWho)
	if unit != "" {
		var t taskHead
		t.Unit = unit
		if f.Place, f.Agency, err = v.unitTyped(&t); err != nil {
			return f, "", err
		}
		unit = t.Unit
	}
	return f, unit, nil
}

// unitTyped finds the place or agency that somebody typed; what nobody is called finds nothing.
func (v *visit) unitTyped(head *taskHead) (place, agency string, err error) {
	agencies, err := v.agenciesNamed(head.Unit)
	if err != nil {
		return "", "", err
	}
	places, err := v.placesNamed(head.Unit)
	switch {
	case err != nil:
		return "", "", err
	case len(agencies) > 0 && (agencies[0].exact || len(places) == 0 || !places[0].exact):
		head.Unit = agencies[0].name
		return "", agencies[0].id, nil
	case len(places) > 0:
		head.Unit = places[0].name
		return places[0].id, "", nil
	}
	return "-", "", nil
}

func (v *visit) inspections() (*page, error) {
	f, unit, err := v.findingFilter()
	if err != nil {
		return nil, err
	}
	found, err := v.app.Inspections.Findings(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	body := inspectionsPage{Title: v.t("Inspections"), Action: v.to("inspections"), Unit: unit, Export: v.at(v.r.URL.Query(), "findings-export"), Draws: v.to("draws"),
		Narrowed: v.r.URL.RawQuery != ""}
	body.States = ui.Select{Name: keyState, Label: v.t("State"), Options: []ui.Choice{{Text: v.t("All that is open"), Current: len(f.States) > 1}}}
	for _, key := range []string{keyPlan, keyPlace, keyAgency} {
		if is := v.ask(key); is != "" {
			body.Kept = append(body.Kept, ui.Choice{Mark: key, Value: is})
		}
	}
	for _, s := range inspect.Standings {
		body.States.Options = append(body.States.Options, ui.Choice{Value: string(s), Text: capital(v.text(s.Text())), Current: len(f.States) == 1 && f.States[0] == s})
	}
	if body.Tally, err = v.app.Inspections.Tally(v.ctx(), v.actor, f); err != nil {
		return nil, err
	}
	if body.Open, err = v.findingRows(found); err != nil {
		return nil, err
	}
	heads, err := v.app.Inspections.List(v.ctx(), v.actor, inspect.Filter{Plan: f.Plan})
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		r := v.inspectionRow(h.Inspection)
		r.Begun, r.Visits, r.Found, r.Left = h.Begun, h.Visits, h.Found, h.Left
		body.Rows = append(body.Rows, r)
	}
	if v.byRole(account.PlanInspection) {
		body.New, body.Lists = v.to("inspection-new"), v.to("checklists")
		if f.Plan != "" {
			body.New = v.at(url.Values{keyPlan: {f.Plan}}, "inspection-new")
		}
	}
	if v.byRole(account.SetRisk) {
		body.Risk = v.to("risk")
	}
	return &page{template: "inspections", title: body.Title, nav: "inspections", body: body}, nil
}

// exportFindings gives the findings of the filter, and the inspections, as a workbook.
func (v *visit) exportFindings() (*page, error) {
	f, _, err := v.findingFilter()
	if err != nil {
		return nil, err
	}
	if v.ask(keyState) == "" {
		f.States = nil // a workbook holds those that are closed too
	}
	f.Limit = 20_000
	found, err := v.app.Inspections.Findings(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	rows, err := v.findingRows(found)
	if err != nil {
		return nil, err
	}
	list := sheet.Sheet{Name: v.t("Findings"), Rows: [][]string{{v.t("Unit"), v.t("What was found"), v.t("What the unit is to do"), v.t("Last day"), v.t("State"), v.t("Late"), v.t("Code")}}}
	for i, r := range rows {
		list.Rows = append(list.Rows, []string{r.Unit, r.Words, found[i].Remedy, r.Due, r.State.Text, r.Late, r.Code})
	}
	heads, err := v.app.Inspections.List(v.ctx(), v.actor, inspect.Filter{Plan: f.Plan, Limit: 20_000})
	if err != nil {
		return nil, err
	}
	all := sheet.Sheet{Name: v.t("Inspections"), Rows: [][]string{{v.t("Title"), v.t("Kind"), v.t("Held together with"), v.t("Basis"), v.t("Days"), v.t("State"), v.t("Units visited"), v.t("Findings"), v.t("Open")}}}
	for _, h := range heads {
		r := v.inspectionRow(h.Inspection)
		all.Rows = append(all.Rows, []string{r.Title, r.Kind, r.With, r.Basis, r.Days, r.State.Text, count(v, h.Begun), count(v, h.Found), count(v, h.Left)})
	}
	return v.workbook("kiem-tra-"+v.actor.Day.String()+".xlsx", []sheet.Sheet{list, all})
}

func (v *visit) toInspections() []ui.Link {
	return []ui.Link{{Href: v.to("inspections"), Text: v.t("Inspections")}}
}

// entryPage is a page with one form; do is what it asks for.
func (v *visit) entryPage(title, lead, submit, cancel string, crumbs []ui.Link, fields []*ui.Field, do func(f *form) (*page, error)) (*page, error) {
	f, err := v.form(submit, fields...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: cancel, Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: crumbs, nav: "inspections", body: formPage{Title: title, Lead: lead, Form: f}}
	return f.send(pg, func() (*page, error) { return do(f) })
}

// dayOf reads a day of a form; what is none is a fault at its field.
func (f *form) dayOf(name string, items *[]fault.Item) clock.Date {
	text := f.get(name)
	if text == "" {
		return clock.Date{}
	}
	d, err := clock.ParseDate(text)
	if err != nil {
		*items = append(*items, fault.Item{Field: name, What: fault.T("This is not a day."), Remedy: fault.T("Write it as 2025-07-01.")})
	}
	return d
}

// calledAs gives who people are, by account, for pages that tell who did what.
func (v *visit) calledAs(ids []string) (func(id string) string, error) {
	slices.Sort(ids)
	names, err := v.app.Accounts.Names(v.ctx(), slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })...)
	return func(id string) string { return cmp.Or(names[id], v.t("Erased account %s", id[:min(8, len(id))])) }, err
}

// paragraphs parts a text into its lines.
func paragraphs(s string) (all []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
