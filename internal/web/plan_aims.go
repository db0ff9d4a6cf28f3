package web

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/sheet"
	"thuoc/internal/target"
	"thuoc/internal/ui"
)

// aimRow is a target of a plan.
type aimRow struct {
	Code, Name, Says string
	Baseline, Change string
	Sorting, Note    string
	Drop             *ui.Act
}

// aimKinds are the kinds of target in people's words.
var aimKinds = map[target.Kind]fault.Text{
	target.Points: fault.T("points, at least"), target.Change: fault.T("a rise by at least"), target.Hold: fault.T("not below the last score"),
	target.Rank: fault.T("rank, or better"), target.Gain: fault.T("ranks gained, at least"), target.Group: fault.T("group, or a better one"),
}

// aimOrder is the order in which kinds are offered.
var aimOrder = []target.Kind{target.Points, target.Change, target.Hold, target.Rank, target.Gain, target.Group}

// families are the indices a target can speak of.
var families = []struct {
	id   string
	name fault.Text
}{{"papi", fault.T("PAPI")}, {"par-index", fault.T("PAR Index")}, {"sipas", fault.T("SIPAS")}, {"own", fault.T("an index of the province's own")}}

// planAims lists the targets, and what does not add up.
func (v *visit) planAims(body *planPage, p *plan.Plan, parts map[string]string) error {
	number := func(x *float64) string {
		if x == nil {
			return ""
		}
		return lang.Number(v.lang, *x, 2)
	}
	for i, a := range p.Aims {
		row := aimRow{Code: a.Code, Name: parts[a.Code], Says: v.aim(a), Baseline: number(a.Baseline), Change: number(a.Change), Note: a.Note}
		switch a.Sorting {
		case target.Keep:
			row.Sorting = v.t("keep")
		case target.Fix:
			row.Sorting = v.t("fix")
		}
		if p.State.Open() && v.byRole(account.WritePlan) {
			act := v.act(v.t("Take out"), "x", "", "plan-aim-drop", p.ID, strconv.Itoa(i))
			act.Label = v.t("Take out the target for %s", a.Code)
			row.Drop = &act
		}
		body.Aims = append(body.Aims, row)
	}
	total, lines := p.Lines("papi", "PAPI")
	known := func(string) (float64, bool) { return 0, false } // the place's own scores are not UNDP's to be compared here
	for _, it := range target.Check(total, lines, known) {
		body.Faults = append(body.Faults, it.Field+": "+v.text(it.What)+" "+v.text(it.Remedy))
	}
	return nil
}

// aim writes a target as a plan does.
func (v *visit) aim(a plan.Aim) string {
	says := ""
	switch {
	case a.Kind == target.Points && a.Value != nil:
		says = v.t("at least %s points", lang.Number(v.lang, *a.Value, 2))
	case a.Kind == target.Change && a.Value != nil:
		says = v.t("a rise by at least %s points", lang.Number(v.lang, *a.Value, 2))
	case a.Kind == target.Rank && a.Rank != nil:
		says = v.t("rank %d or better", *a.Rank)
	case a.Kind == target.Gain && a.Rank != nil:
		says = v.t("at least %d ranks up", *a.Rank)
	case a.Kind == target.Group:
		says = v.t("group “%s” or a better one", a.Word)
	case a.Kind == target.Hold:
		says = v.t("not below the last score")
	}
	if a.Family != "papi" && says != "" {
		says += " (" + v.familyName(a.Family) + ")"
	}
	return says
}

func (v *visit) familyName(id string) string {
	for _, f := range families {
		if f.id == id {
			return v.text(f.name)
		}
	}
	return strings.ToUpper(id)
}

func (v *visit) planAim() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	family := &ui.Field{Name: "family", Label: v.t("Index"), Kind: "select", Value: "papi"}
	for _, x := range families {
		family.Options = append(family.Options, ui.Choice{Value: x.id, Text: v.text(x.name)})
	}
	kind := &ui.Field{Name: "kind", Label: v.t("Kind of target"), Kind: "select", Value: string(target.Points)}
	for _, k := range aimOrder {
		kind.Options = append(kind.Options, ui.Choice{Value: string(k), Text: v.text(aimKinds[k])})
	}
	sorting := &ui.Field{Name: "sorting", Label: v.t("On the list"), Kind: "select", Optional: true, Options: []ui.Choice{{Text: "–"},
		{Value: string(target.Keep), Text: v.t("keep")}, {Value: string(target.Fix), Text: v.t("fix")}}}
	f, err := v.form(v.t("Add the target"), family,
		&ui.Field{Name: "code", Label: v.t("Part of the index"), Hint: v.t("PAPI for the whole, D1 to D8, or a sub-dimension as 2.2."), Kind: "text", Value: "PAPI", Most: 20}, kind,
		&ui.Field{Name: "value", Label: v.t("Number"), Hint: v.t("Points, rank or ranks gained; of a group its name."), Kind: "text", Most: 40, Optional: true},
		&ui.Field{Name: "baseline", Label: v.t("Score it starts from"), Kind: "text", Mode: "decimal", Most: 20, Optional: true},
		&ui.Field{Name: "change", Label: v.t("Change the plan states"), Kind: "text", Mode: "decimal", Most: 20, Optional: true},
		sorting, &ui.Field{Name: "note", Label: v.t("Note"), Kind: "text", Most: 300, Optional: true, Wide: true},
		&ui.Field{Name: "seen", Kind: "hidden", Value: strconv.Itoa(p.Rev)})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	title := v.t("Add a target")
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans", body: formPage{Title: title, Lead: p.Title, Form: f}}
	return f.send(pg, func() (*page, error) {
		a, err := f.aim()
		if err != nil {
			return nil, err
		}
		p.Aims = append(p.Aims, a)
		p.Rev, _ = strconv.Atoi(f.get("seen"))
		return v.done(v.to("plan", p.ID), "The target is added."), v.app.Plans.Save(v.ctx(), v.actor, *p)
	})
}

// aim reads a target from the form.
func (f *form) aim() (plan.Aim, error) {
	a := plan.Aim{Family: f.get("family"), Code: f.get("code"), Kind: target.Kind(f.get("kind")), Sorting: target.Sorting(f.get("sorting")), Note: f.get("note")}
	var items []fault.Item
	number := func(name string) *float64 {
		text := f.get(name)
		if text == "" {
			return nil
		}
		x, ok := sheet.ParseNumber(strings.TrimPrefix(text, "+"))
		if !ok || math.IsNaN(x) {
			items = append(items, fault.Item{Field: name, What: fault.T("“%s” is no number.", text), Remedy: fault.T("Write it as 42,41.")})
		}
		return &x
	}
	a.Baseline, a.Change = number("baseline"), number("change")
	switch a.Kind {
	case target.Points, target.Change:
		a.Value = number("value")
	case target.Rank, target.Gain:
		if n, err := strconv.Atoi(f.get("value")); err == nil {
			a.Rank = &n
		}
	case target.Group:
		a.Word = f.get("value")
	}
	return a, fault.Batch(items)
}

func (v *visit) dropAim() (*page, error) {
	return v.once(func() (*page, error) {
		p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
		if err != nil {
			return nil, err
		}
		i, err := strconv.Atoi(v.arg("line"))
		if err != nil || i < 0 || i >= len(p.Aims) {
			return nil, fault.New(fault.NotFound, "This target is not there any more.")
		}
		p.Aims = append(p.Aims[:i:i], p.Aims[i+1:]...)
		return v.done(v.to("plan", p.ID), "The target is taken out."), v.app.Plans.Save(v.ctx(), v.actor, *p)
	})
}

// dutyRow is who does what.
type dutyRow struct {
	Code, Name, Agency, Part, Words string
	State, Kind, Reason             string
	Offered                         bool
	To                              string
}

var dutyParts = map[plan.Part]fault.Text{plan.Lead: fault.T("leads"), plan.Coordinate: fault.T("coordinates"), plan.Verify: fault.T("verifies")}

var dutyStates = map[plan.DutyState]struct {
	name fault.Text
	kind string
}{
	plan.Asked: {fault.T("asked"), ""}, plan.Proposed: {fault.T("proposed"), "lua"},
	plan.Accepted: {fault.T("accepted"), "ngoc"}, plan.Returned: {fault.T("returned"), "son"},
}

func (v *visit) planDuties(body *planPage, p *plan.Plan, named, parts map[string]string) {
	for _, d := range p.Duties {
		row := dutyRow{Code: d.Code, Name: parts[d.Code], Agency: named[d.Agency], Part: v.text(dutyParts[d.Part]), Words: d.Words, State: v.text(dutyStates[d.State].name),
			Kind: dutyStates[d.State].kind, Reason: d.Reason, Offered: d.Offered}
		if v.byRole(account.WritePlan) || v.byRole(account.ProposeDuty) {
			row.To = v.to("duty", p.ID, d.ID)
		}
		body.Duties = append(body.Duties, row)
	}
}

func (v *visit) planDuty() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	who := &ui.Field{Name: "agency", Label: v.t("Agency"), Kind: "select"}
	if who.Options, err = v.agencyChoices(p.Place); err != nil {
		return nil, err
	}
	part := &ui.Field{Name: "part", Label: v.t("What it does"), Kind: "select", Value: string(plan.Lead)}
	for _, x := range []plan.Part{plan.Lead, plan.Coordinate, plan.Verify} {
		part.Options = append(part.Options, ui.Choice{Value: string(x), Text: v.text(dutyParts[x])})
	}
	f, err := v.form(v.t("Ask the agency"),
		&ui.Field{Name: "code", Label: v.t("Part of the index"), Hint: v.t("D1 to D8, or a sub-dimension as 2.2; several, parted by blanks."), Kind: "text", Most: 200}, who, part,
		&ui.Field{Name: "words", Label: v.t("What exactly"), Hint: v.t("Leave it empty to let the agency propose."), Kind: "area", Most: 2000, Optional: true, Wide: true})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	title := v.t("Ask an agency")
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans",
		body: formPage{Title: title, Lead: v.t("The agency is asked, proposes in its own words, and you accept or return it."), Form: f}}
	return f.send(pg, func() (*page, error) {
		var duties []plan.Duty
		for _, code := range strings.Fields(f.get("code")) {
			duties = append(duties, plan.Duty{Code: code, Agency: f.get("agency"), Part: plan.Part(f.get("part")), Words: f.get("words")})
		}
		if len(duties) == 0 {
			return nil, fault.Batch([]fault.Item{{Field: "code", What: fault.T("No part of the index is named."), Remedy: fault.T("Write D1 to D8, or a sub-dimension as 2.2.")}})
		}
		return v.done(v.to("plan", p.ID), "The agency is asked."), v.app.Plans.Ask(v.ctx(), v.actor, p.ID, duties)
	})
}

// duty is the page on which an agency proposes, and the owner of the plan accepts or returns.
func (v *visit) duty() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	var d *plan.Duty
	for i := range p.Duties {
		if p.Duties[i].ID == v.arg("duty") {
			d = &p.Duties[i]
		}
	}
	if d == nil {
		return nil, fault.New(fault.NotFound, "This duty is not there.")
	}
	step := &ui.Field{Name: "do", Label: v.t("Decision"), Kind: "radio"}
	if v.byRole(account.ProposeDuty) {
		step.Options = append(step.Options, ui.Choice{Value: "propose", Text: v.t("Propose this"), Aside: v.t("for the agency that was asked")})
	}
	if v.byRole(account.WritePlan) {
		step.Options = append(step.Options, ui.Choice{Value: "accept", Text: v.t("Accept into the plan")},
			ui.Choice{Value: "return", Text: v.t("Return with a reason")})
	}
	f, err := v.form(v.t("Send"), step,
		&ui.Field{Name: "words", Label: v.t("What the agency will do"), Kind: "area", Value: d.Words, Most: 2000, Optional: true, Wide: true},
		&ui.Field{Name: "reason", Label: v.t("Reason, when it is returned"), Kind: "area", Rows: 2, Most: 1000, Optional: true, Wide: true},
		&ui.Field{Name: "seen", Kind: "hidden", Value: strconv.Itoa(d.Rev)})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	title := v.t("%s: %s", d.Code, v.text(dutyParts[d.Part]))
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans", body: formPage{Title: title, Lead: cmp.Or(d.Reason, v.text(dutyStates[d.State].name)), Form: f}}
	return f.send(pg, func() (*page, error) {
		next := plan.Duty{ID: d.ID, Words: f.get("words"), Reason: f.get("reason"), Post: d.Post}
		next.Rev, _ = strconv.Atoi(f.get("seen"))
		switch f.get("do") {
		case "propose":
			return v.done(v.to("plan", p.ID), "The proposal is sent."), v.app.Plans.Propose(v.ctx(), v.actor, next)
		case "accept":
			return v.done(v.to("plan", p.ID), "The duty is in the plan."), v.app.Plans.Accept(v.ctx(), v.actor, next)
		case "return":
			return v.done(v.to("plan", p.ID), "The duty went back."), v.app.Plans.Return(v.ctx(), v.actor, next)
		}
		return nil, fault.Batch([]fault.Item{{Field: "do", What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose one.")}})
	})
}
