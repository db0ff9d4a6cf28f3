package web

import (
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/inspect"
	"thuoc/internal/ui"
	"thuoc/internal/workday"
)

func (v *visit) addFinding() (*page, error) {
	p, crumbs, unit, err := v.visitToDo()
	if err != nil {
		return nil, err
	}
	due, _ := workday.Add(v.actor.Day, 10)
	item := &ui.Field{Name: "item", Label: v.t("The question it answers"), Kind: "select", Optional: true, Options: []ui.Choice{{Text: v.t("none of the checklist")}}}
	for _, a := range p.Answers {
		item.Options = append(item.Options, ui.Choice{Value: a.Key, Text: a.Text})
	}
	scope := v.scopeFields()
	scope[2].Label, scope[2].Hint = v.t("Another agency that is to remedy it"), v.t("Left empty, it is the unit that is visited: %s.", unit)
	fields := []*ui.Field{
		{Name: "words", Label: v.t("What was found"), Kind: "area", Rows: 4, Most: 2000, Wide: true},
		{Name: "remedy", Label: v.t("What the unit is to do"), Kind: "area", Rows: 3, Most: 2000, Wide: true},
		{Name: "due", Label: v.t("Last day of remedy"), Hint: v.t("A working day. Ten working days from today are offered."), Kind: "date", Value: due.String()},
		item,
		{Name: "code", Label: v.t("Code of the sub-dimension or indicator"), Hint: v.t("For instance 2.3; several are parted by a semicolon."), Kind: "text", Most: 60, Optional: true},
		scope[2], scope[3],
	}
	return v.entryPage(v.t("Write down a finding"), unit, v.t("Save the finding"), v.to("visit", p.ID), crumbs, fields, func(f *form) (*page, error) {
		var items []fault.Item
		x := inspect.Finding{Visit: p.ID, Item: f.get("item"), Words: f.get("words"), Remedy: f.get("remedy"), Code: f.get("code"), Due: f.dayOf("due", &items)}
		found, err := v.agencyTyped(f)
		if err != nil {
			return nil, err
		}
		if found != "" {
			x.Unit = inspect.Unit{Place: p.Inspection.Place, Agency: found}
		}
		if err := fault.Batch(items); err != nil {
			return nil, err
		}
		if _, err := v.app.Inspections.AddFinding(v.ctx(), v.actor, x); err != nil {
			return nil, err
		}
		return v.done(v.to("visit", p.ID), "The finding is written down."), nil
	})
}

// agencyTyped finds the agency that a form asks for; "" where none was typed.
func (v *visit) agencyTyped(f *form) (string, error) {
	text := f.get("unit")
	if text == "" {
		return "", nil
	}
	found, err := v.agenciesNamed(text)
	if err != nil {
		return "", err
	}
	id, item := f.choose(f.field("agency"), found)
	if item != nil {
		if len(found) == 0 {
			item = &fault.Item{Field: "unit", What: fault.T("No agency of today has this name."), Remedy: fault.T("Try fewer letters; of a former one, take the one it belongs to now.")}
		}
		return "", fault.Batch([]fault.Item{*item})
	}
	return id, nil
}

// findingPage is one finding.
type findingPage struct {
	findingRow
	Remedy, Inspection, Href, Again string
	RemedyAt, Verify                string
	InspectAgain                    *ui.Act
	Steps                           []stepMark
	Events                          []findingEvent
}

type findingEvent struct{ At, Who, Did, Note, File string }

var findingDid = map[string]fault.Text{"found": fault.T("found it"), "remedy": fault.T("says that it is remedied"), "close": fault.T("verified and closed it"),
	"fail": fault.T("found it not remedied"), "again": fault.T("opened an inspection again")}

func (v *visit) finding() (*page, error) {
	p, err := v.app.Inspections.GetFinding(v.ctx(), v.actor, v.arg("finding"))
	if err != nil {
		return nil, err
	}
	rows, err := v.findingRows([]inspect.Finding{p.Finding})
	if err != nil {
		return nil, err
	}
	body := &findingPage{findingRow: rows[0], Remedy: p.Remedy, Inspection: p.Of.Title, Href: v.to("inspection", p.Of.ID)}
	if p.Again != "" {
		body.Again = v.to("inspection", p.Again)
	}
	now := map[inspect.Standing]int{inspect.Open: 1, inspect.Failed: 1, inspect.Remedied: 2, inspect.Closed: 3}[p.State]
	for n, text := range []string{v.t("Found"), v.t("To remedy"), v.t("To verify"), v.t("Closed")} {
		body.Steps = append(body.Steps, stepMark{Text: text, Done: n < now || p.State == inspect.Closed, Current: n == now && p.State != inspect.Closed})
	}
	var ids []string
	for _, e := range p.Events {
		ids = append(ids, e.Actor)
	}
	who, err := v.calledAs(ids)
	if err != nil {
		return nil, err
	}
	for _, e := range p.Events {
		row := findingEvent{At: v.moment(e.At), Who: who(e.Actor), Did: v.text(findingDid[e.Did]), Note: e.Note}
		if e.File != "" {
			row.File = v.to("finding-file", e.ID)
		}
		body.Events = append(body.Events, row)
	}
	if p.Can[inspect.Remedy] {
		body.RemedyAt = v.to("finding-remedy", p.ID)
	}
	if p.Can[inspect.Close] || p.Can[inspect.Fail] {
		body.Verify = v.to("finding-verify", p.ID)
	}
	if p.Can[inspect.Anew] {
		again := v.act(v.t("Inspect again"), "rotate-ccw", "primary", "finding-again", p.ID)
		again.Hidden = []ui.Choice{{Mark: versionField, Value: strconv.Itoa(p.Rev)}}
		body.InspectAgain = &again
	}
	title := v.t("Finding: %s", body.Unit)
	return &page{template: "finding", title: title, crumbs: append(v.toInspections(), ui.Link{Href: body.Href, Text: p.Of.Title}), nav: "inspections", body: body, keep: true}, nil
}

// findingForm makes a page with one form about a finding.
func (v *visit) findingForm(title string, fields []*ui.Field, can func(p *inspect.FindingPage) bool, move func(f *form, m *inspect.Move) error, said string) (*page, error) {
	p, err := v.app.Inspections.GetFinding(v.ctx(), v.actor, v.arg("finding"))
	if err != nil {
		return nil, err
	}
	if !can(&p) {
		return nil, forbidden()
	}
	f, err := v.form(title, fields...)
	if err != nil {
		return nil, err
	}
	f.editing(strconv.Itoa(p.Rev))
	f.Cancel = ui.Link{Href: v.to("finding", p.ID), Text: v.t("Cancel")}
	crumbs := append(v.toInspections(), ui.Link{Href: v.to("finding", p.ID), Text: p.Words})
	pg := &page{template: "form", title: title, crumbs: crumbs, nav: "inspections", body: formPage{Title: title, Lead: p.Words, Form: f}}
	return f.send(pg, func() (*page, error) {
		m := inspect.Move{Finding: p.ID}
		m.Rev, _ = strconv.Atoi(f.Version)
		if err := move(f, &m); err != nil {
			return nil, err
		}
		return v.done(v.to("finding", p.ID), said), v.app.Inspections.Take(v.ctx(), v.actor, m)
	})
}

func (v *visit) remedyFinding() (*page, error) {
	fields := []*ui.Field{
		{Name: "note", Label: v.t("What was done"), Kind: "area", Rows: 4, Most: 4000, Wide: true},
		{Name: "photo", Label: v.t("Photo"), Hint: v.t("JPEG, PNG or WebP. Do not photograph citizens' identity papers."), Kind: "file", Accept: "image/jpeg,image/png,image/webp", Optional: true},
		{Name: "file", Label: v.t("File"), Hint: v.t("PDF, DOCX, XLSX or PPTX, at most %d MB.", mostSent>>20), Kind: "file", Accept: ".pdf,.docx,.xlsx,.pptx", Optional: true},
	}
	return v.findingForm(v.t("Say that it is remedied"), fields, func(p *inspect.FindingPage) bool { return p.Can[inspect.Remedy] }, func(f *form, m *inspect.Move) error {
		m.Step, m.Note = inspect.Remedy, f.get("note")
		photos, err := v.photos()
		if err != nil {
			return err
		}
		paper, err := v.sentPaper()
		if err != nil {
			return err
		}
		switch {
		case paper != nil:
			m.Proofs = inspect.Proofs{File: paper.File, Mime: paper.Mime, Size: paper.Size}
		case len(photos) > 0:
			m.Proofs = inspect.Proofs{File: photos[0].File, Mime: photos[0].Mime, Size: photos[0].Size}
		default:
			return fault.Batch([]fault.Item{{Field: "photo", What: fault.T("Nothing shows it."), Remedy: fault.T("Attach a photo or a file.")}})
		}
		return nil
	}, "It waits for somebody else to verify it.")
}

func (v *visit) verifyFinding() (*page, error) {
	verdict := &ui.Field{Name: "verdict", Label: v.t("Seen with your own eyes"), Kind: "radio", Options: []ui.Choice{{Value: string(inspect.Close), Text: v.t("It is remedied: close it")}, {Value: string(inspect.Fail), Text: v.t("It is not remedied")}}}
	fields := []*ui.Field{
		verdict,
		{Name: "note", Label: v.t("What was seen; what is missing"), Kind: "area", Most: 4000, Optional: true, Wide: true},
	}
	may := func(p *inspect.FindingPage) bool {
		if !p.Can[inspect.Close] { // its owner has not said that it is remedied
			verdict.Options, verdict.Value = verdict.Options[1:], string(inspect.Fail)
		}
		return p.Can[inspect.Close] || p.Can[inspect.Fail]
	}
	return v.findingForm(v.t("Verify"), fields, may, func(f *form, m *inspect.Move) error {
		m.Step, m.Note = inspect.Step(f.get("verdict")), f.get("note")
		if m.Step != inspect.Close && m.Step != inspect.Fail {
			return fault.Batch([]fault.Item{{Field: "verdict", What: fault.T("This is empty."), Remedy: fault.T("Choose one.")}})
		}
		return nil
	}, "What you found is written down.")
}

func (v *visit) inspectAgain() (*page, error) {
	return v.once(func() (*page, error) {
		rev, _ := strconv.Atoi(v.r.PostForm.Get(versionField))
		id, err := v.app.Inspections.Reopen(v.ctx(), v.actor, inspect.Move{Finding: v.arg("finding"), Rev: rev})
		if err != nil {
			return nil, err
		}
		return v.done(v.to("inspection", id), "An inspection again is prepared. It needs a decision, a team and its days."), nil
	})
}

func (v *visit) findingFile() (*page, error) {
	e, err := v.app.Inspections.Shown(v.ctx(), v.actor, v.arg("shown"))
	if err != nil {
		return nil, err
	}
	return v.handOut(e.File, e.Mime, "khac-phuc-"+e.ID[:8]+suffixes[e.Mime], e.At)
}
