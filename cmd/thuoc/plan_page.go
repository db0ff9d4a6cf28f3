package main

import (
	"errors"
	"slices"
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/table"
	"thuoc/internal/target"
	"thuoc/internal/task"
)

// worded gives the sentence of an error.
func worded(err error) fault.Text {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Text
	}
	return fault.T("%s", err.Error())
}

func (k *checking) write(c *call, format string, all []checkedPlan) error {
	if format != formatTable {
		return c.writeRecords(format, k.records(all))
	}
	var pages []*table.Page
	for i := range all {
		pages = append(pages, k.page(c, &all[i]))
	}
	return c.writePages(pages)
}

func (k *checking) page(c *call, p *checkedPlan) *table.Page {
	l := c.lang
	title := p.Title
	if p.unit != "" {
		title = k.frame.Name(p.unit).In(l) + ": " + title
	} else if p.Named != "" {
		title = p.Named + ": " + title
	}
	page := &table.Page{Title: title, Columns: []table.Head{{Name: c.text(fault.T("Part"))}, {Name: c.text(fault.T("target"))},
		{Name: c.text(fault.T("baseline stated")), Right: true}, {Name: c.text(fault.T("published")), Right: true}, {Name: c.text(fault.T("change"))}, {Name: c.text(fault.T("chance by luck")), Right: true},
		{Name: c.text(fault.T("score that would do")), Right: true}}}
	var rows table.Section
	for _, x := range p.aims {
		row := []string{x.Code, x.words(l), "", "–", "", "–", "–"}
		if x.Baseline != nil {
			row[2] = lang.Number(l, *x.Baseline, 2)
		}
		if x.known {
			row[3] = lang.Number(l, x.published, 2)
		}
		if x.Change != nil {
			row[4] = lang.Signed(l, *x.Change, 2)
		}
		if x.answer != nil {
			row[5], row[6] = lang.Percent(l, x.answer.reach.Chance(0), 0), lang.Number(l, x.answer.reach.Score(usualChance), 2)
		}
		rows.Rows = append(rows.Rows, row)
		if why := c.text(x.why); why != "" && !slices.Contains(page.Notes, why) {
			page.Notes = append(page.Notes, why)
		}
	}
	page.Sections = []table.Section{rows}
	page.Lead = k.arithmetic(c, p)
	return page
}

// arithmetic says whether the numbers agree, or where they do not.
func (k *checking) arithmetic(c *call, p *checkedPlan) []string {
	if len(p.bases) == 0 {
		return nil
	}
	if len(p.sums) == 0 {
		return []string{c.text(fault.T("The numbers agree with each other and with the published scores of %d.", p.bases[0]))}
	}
	var lines []string
	for _, it := range p.sums {
		lines = append(lines, it.Place()+": "+it.Field+": "+c.text(it.What)+" "+c.text(it.Remedy))
	}
	return lines
}

// words are the target for a page.
func (x *checkedAim) words(l lang.Lang) string {
	switch {
	case x.Kind == "":
		return plan.SortingNames(x.Sorting).In(l)
	case x.Kind == target.Points && x.Word == "":
		return lang.Number(l, *x.Value, 2)
	case x.Word == "" && x.Value != nil:
		return plan.KindNames(x.Kind).In(l) + " " + lang.Number(l, *x.Value, 2)
	}
	return plan.KindNames(x.Kind).In(l) + " " + x.Cell()
}

func (k *checking) records(all []checkedPlan) *table.Records {
	r := &table.Records{Header: []string{"line", "unit", "index", "code", "aim_year", "base_year", "kind", "sorting", "target", "change", "published", "chance", "score"}}
	for i := range all {
		for _, x := range all[i].aims {
			row := []table.Cell{table.Int(x.line), table.Str(all[i].unit), table.Str(x.Family), table.Str(x.Code), table.Int(x.of), table.Int(x.base),
				table.Str(string(x.Kind)), table.Str(string(x.Sorting)), table.Str(x.Cell()), table.Str(""), table.Str(""), table.Str(""), table.Str("")}
			if x.Change != nil {
				row[9] = table.Num(*x.Change)
			}
			if x.known {
				row[10] = table.Num(x.published)
			}
			if x.answer != nil {
				row[11], row[12] = table.Num(x.answer.reach.Chance(0)), table.Num(x.answer.reach.Score(usualChance))
			}
			r.Rows = append(r.Rows, row)
		}
	}
	return r
}

func tasksPage(c *call, written []task.Written) *table.Page {
	p := &table.Page{Title: c.text(fault.T("%s tasks", lang.Count(c.lang, len(written)))), Columns: []table.Head{{Name: c.text(fault.T("Row")), Right: true},
		{Name: c.text(fault.T("Task"))}, {Name: c.text(fault.T("Lead"))}, {Name: c.text(fault.T("Deadline"))}, {Name: c.text(fault.T("last day"))}}}
	var rows table.Section
	for _, w := range written {
		day := ""
		if !w.Due.IsZero() {
			day = lang.Date(c.lang, w.Due)
		}
		rows.Rows = append(rows.Rows, []string{strconv.Itoa(w.Row.Line), clipped(w.Title), clipped(w.Who), w.When, day})
	}
	p.Sections = []table.Section{rows}
	return p
}

// clipped shortens a cell of a page for people; the records hold all of it.
func clipped(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func tasksRecords(written []task.Written) *table.Records {
	r := &table.Records{Header: []string{"line", "block", "code", "task", "lead", "coordinators", "deadline", "due"}}
	for _, w := range written {
		due := ""
		if !w.Due.IsZero() {
			due = w.Due.String()
		}
		r.Rows = append(r.Rows, []table.Cell{table.Int(w.Row.Line), table.Str(w.Block), table.Str(w.Code), table.Str(w.Title), table.Str(w.Who), table.Str(w.Beside),
			table.Str(w.When), table.Str(due)})
	}
	return r
}
