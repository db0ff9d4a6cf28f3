package web

import (
	"strconv"
	"strings"

	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// checklistsPage lists the checklists, and takes the next version of one.
type checklistsPage struct {
	Title, Lead string
	Form        *form
	Rows        []checklistRow
}

type checklistRow struct {
	themeRow
	Items []string
	Since string
}

var sortWords = map[inspect.Sort]fault.Text{inspect.YesNo: fault.T("yes/no"), inspect.Number: fault.T("number"), inspect.Words: fault.T("words"), inspect.Photo: fault.T("photo")}

// sortOf reads how a question is answered, before its text: "number: how many…". Without it the answer is yes or no.
func (v *visit) sortOf(line string) inspect.Item {
	head, rest, ok := strings.Cut(line, ":")
	for sort, word := range sortWords {
		if ok && (lang.Fold(strings.TrimSpace(head)) == lang.Fold(v.text(word)) || strings.TrimSpace(head) == string(sort)) {
			return inspect.Item{Sort: sort, Text: strings.TrimSpace(rest)}
		}
	}
	return inspect.Item{Sort: inspect.YesNo, Text: line}
}

func (v *visit) checklists() (*page, error) {
	home, err := v.inspectingPlace()
	if err != nil {
		return nil, err
	}
	all, err := v.app.Inspections.Checklists(v.ctx(), v.actor, home)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Keep the checklist"),
		&ui.Field{Name: "theme", Label: v.t("Theme"), Hint: v.t("Of a theme that is there, this becomes its next version; those before stay."), Kind: "text", Most: 120},
		&ui.Field{Name: "since", Label: v.t("In force from"), Kind: "date", Value: v.actor.Day.String()},
		&ui.Field{Name: "items", Label: v.t("Questions, one a line"), Hint: v.t("A line begins with “number:”, “words:” or “photo:” where it is answered so; otherwise with yes or no."), Kind: "area", Rows: 8, Most: 20_000, Wide: true})
	if err != nil {
		return nil, err
	}
	body := checklistsPage{Title: v.t("Checklists"), Lead: v.t("What teams ask, by theme. An inspection keeps the version it was prepared with."), Form: f}
	for _, c := range all {
		row := checklistRow{themeRow: themeRow{c.Theme, v.t("version %d", c.Version), len(c.Items)}, Since: lang.Date(v.lang, c.Since)}
		for _, it := range c.Items {
			row.Items = append(row.Items, it.Text+" ("+v.text(sortWords[it.Sort])+")")
		}
		body.Rows = append(body.Rows, row)
	}
	pg := &page{template: "checklists", title: body.Title, crumbs: v.toInspections(), nav: "inspections", body: &body}
	return f.send(pg, func() (*page, error) {
		var items []fault.Item
		c := inspect.Checklist{Place: home, Theme: f.get("theme"), Since: f.dayOf("since", &items)}
		if err := fault.Batch(items); err != nil {
			return nil, err
		}
		for _, line := range paragraphs(f.get("items")) {
			c.Items = append(c.Items, v.sortOf(line))
		}
		_, err := v.app.Inspections.Write(v.ctx(), v.actor, c)
		return v.done(v.to("checklists"), "The checklist is kept."), err
	})
}

func (v *visit) risk() (*page, error) {
	home, err := v.inspectingPlace()
	if err != nil {
		return nil, err
	}
	all, err := v.app.Inspections.Formulas(v.ctx(), v.actor, home)
	if err != nil {
		return nil, err
	}
	now := inspect.FormulaOn(all, v.actor.Day)
	text := func(n int64) string { return strconv.FormatInt(n, 10) }
	fields := []*ui.Field{
		{Name: "since", Label: v.t("In force from"), Kind: "date", Value: v.actor.Day.Add(1).String()},
		{Name: "decision", Label: v.t("Paper that sets it"), Kind: "text", Most: 200},
		{Name: "base", Label: v.t("What every unit has"), Hint: v.t("At least 1: every unit can be drawn."), Kind: "text", Mode: "numeric", Most: 7, Value: text(now.Base)},
	}
	for _, key := range inspect.Facts {
		each, most := int64(0), int64(0)
		for _, t := range now.Terms {
			if t.Key == key {
				each, most = t.Each, t.Most
			}
		}
		fields = append(fields, &ui.Field{Name: key, Label: v.t("Each adds"), Head: v.factName(key), Kind: "text", Mode: "numeric", Most: 7, Value: text(each)},
			&ui.Field{Name: key + "-most", Label: v.t("At most so many count"), Kind: "text", Mode: "numeric", Most: 7, Value: text(most)})
	}
	lead := v.t("The weight of a unit is what every unit has, and what its facts add. Twice the weight is about twice the chance. Draws that are prepared keep the formula they were prepared with.")
	if !now.Since.IsZero() {
		lead += " " + v.t("Now in force: %s, from %s.", now.Decision, lang.Date(v.lang, now.Since))
	}
	return v.entryPage(v.t("Formula of the weights"), lead, v.t("Set the formula"), v.to("inspections"), v.toInspections(), fields, func(f *form) (*page, error) {
		set, err := f.formula()
		if err != nil {
			return nil, err
		}
		set.Place = home
		return v.done(v.to("inspections"), "The formula is set."), v.app.Inspections.SetFormula(v.ctx(), v.actor, set)
	})
}

// formula reads the form of risk.
func (f *form) formula() (set inspect.Formula, err error) {
	var items []fault.Item
	whole := func(name string) int64 {
		n, err := strconv.ParseInt(f.get(name), 10, 64)
		if err != nil || n < 0 {
			items = append(items, fault.Item{Field: name, What: fault.T("“%s” is not a number.", f.get(name)), Remedy: fault.T("Write a whole number.")})
		}
		return n
	}
	set.Since, set.Decision, set.Base = f.dayOf("since", &items), f.get("decision"), whole("base")
	for _, key := range inspect.Facts {
		t := draw.Term{Key: key, Each: whole(key), Most: whole(key + "-most")}
		set.Terms = append(set.Terms, t)
	}
	return set, fault.Batch(items)
}
