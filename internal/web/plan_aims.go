package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/run"
	"thuoc/internal/target"
	"thuoc/internal/ui"
)

// aimRow is a target of a plan.
type aimRow struct {
	Code, Name, Says string
	Baseline, Change string
	Sorting, Note    string
	Luck             string // the chance to reach it though nothing is done
	Scale            string // that nothing is known of the index; "" where something is
	Worth            string // address of what it would take; "" where that cannot be asked
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
	bases, err := v.planBases(p)
	if err != nil {
		return err
	}
	for i, a := range p.Aims {
		row := aimRow{Scale: v.scaleOf(a, bases), Luck: v.luck(a, bases), Worth: v.worthAt(p, a, bases), Code: a.Code, Name: parts[a.Code], Says: v.aim(a), Baseline: number(a.Baseline), Change: number(a.Change), Note: a.Note}
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
	v.holdAgainst(body, p, bases)
	return nil
}

// scaleOf says of a target on an index of which nothing is on record, as of a district's own before 2025, that its scale is
// not known: it is held against nothing, and above all not against PAPI.
func (v *visit) scaleOf(a plan.Aim, bases []planBase) string {
	known := slices.ContainsFunc(bases, func(b planBase) bool { return b.family == a.Family }) || a.Family == "pci"
	for _, f := range families {
		known = known || f.id == a.Family
	}
	if known {
		return ""
	}
	return v.t("The scale of this index is not published; it is not compared with PAPI.")
}

// worthAt leads from a target to what it would take: the whole or a dimension, from the results it starts from.
func (v *visit) worthAt(p *plan.Plan, a plan.Aim, bases []planBase) string {
	i := slices.IndexFunc(bases, func(b planBase) bool { return b.family == a.Family })
	if i < 0 || bases[i].unit == "" || a.Kind == "" || a.Kind == target.Group || !bases[i].asks(a.Code) {
		return ""
	}
	from := strconv.Itoa(bases[i].year)
	if bases[i].house != nil {
		from = p.Edition
	}
	q := url.Values{keyYear: {from}, keyUnit: {bases[i].unit}, keyNode: {a.Code}, keyKind: {string(a.Kind)}}
	switch {
	case a.Rank != nil:
		q.Set(keyNumber, strconv.Itoa(*a.Rank))
	case a.Value != nil:
		q.Set(keyNumber, lang.Number(v.lang, *a.Value, 2))
	}
	return v.at(q, "plan-worth", p.ID)
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
	if a.Family == run.Family {
		return says
	}
	return strings.TrimSpace(says + " (" + v.familyName(a.Family) + ")")
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
	bases, err := v.planBases(p)
	if err != nil {
		return nil, err
	}
	for _, b := range bases {
		if !slices.ContainsFunc(families, func(f struct {
			id   string
			name fault.Text
		}) bool {
			return f.id == b.family
		}) {
			family.Options = append(family.Options, ui.Choice{Value: b.family, Text: b.said})
			family.Value = b.family
		}
	}
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
		&ui.Field{Name: "baseline", Label: v.t("Score it starts from"), Hint: v.t("Left empty, it is taken from the results the plan starts from."), Kind: "text", Mode: "decimal", Most: 20, Optional: true},
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
		if a.Baseline == nil {
			for _, b := range bases {
				if was, ok := b.at(a.Code); ok && b.family == a.Family {
					a.Baseline = &was
				}
			}
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
		x, ok := lang.ParseNumber(f.v.lang, text)
		if !ok {
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
