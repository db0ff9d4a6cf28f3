package web

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/report"
	"thuoc/internal/ui"
	"thuoc/internal/upload"
)

// reportFormPage is a form about a report, with its figures beside it.
type reportFormPage struct {
	formPage
	Figures []figureRow
	Note    string
}

// reportOf reads the report of the address, for a step that the actor may take on it in some state.
func (v *visit) reportOf(step report.Step) (*report.Page, error) {
	p, err := v.app.Reports.Get(v.ctx(), v.actor, v.arg("report"))
	if err != nil {
		return nil, err
	}
	may, err := v.may(step.Needs(), account.Subject{Place: p.Place, Agency: p.Agency})
	if err == nil && !may {
		err = forbidden()
	}
	return &p, err
}

// reportForm makes a page with one form about a report, opened on its version.
func (v *visit) reportForm(p *report.Page, title, lead, submit string, fields ...*ui.Field) (*form, *page, error) {
	f, err := v.form(submit, fields...)
	if err != nil {
		return nil, nil, err
	}
	f.editing(strconv.Itoa(p.Rev))
	f.Cancel = ui.Link{Href: v.to("report", p.ID), Text: v.t("Cancel")}
	body := reportFormPage{formPage: formPage{Title: title, Lead: lead, Form: f}}
	var b reportPage
	v.reportFigures(&b, p)
	body.Figures = b.Figures
	crumbs := append(v.toReports(), ui.Link{Href: v.to("report", p.ID), Text: capital(p.Period().Names().In(v.lang))})
	return f, &page{template: "report-form", title: title, crumbs: crumbs, nav: "reports", body: body}, nil
}

// fewestSteps is how many next steps the form asks for at least.
const fewestSteps = 3

// writeFields ask for what a report says: the promises of last time first.
func (v *visit) writeFields(p *report.Page) (fields []*ui.Field) {
	e := p.Entry
	for i, x := range p.Promised {
		var a report.Answered
		if at := slices.IndexFunc(e.Answers, func(a report.Answered) bool { return a.ID == x.ID }); at >= 0 {
			a = e.Answers[at]
		}
		kept := &ui.Field{Name: fmt.Sprintf("kept-%d", i+1), Label: x.Text, Hint: v.t("Promised until %s.", lang.Date(v.lang, x.Due)), Kind: "radio", Value: string(a.Kept)}
		if i == 0 {
			kept.Head = v.t("First: what was promised last time")
		}
		for _, k := range []report.Kept{report.WasKept, report.InPart, report.NotKept} {
			kept.Options = append(kept.Options, ui.Choice{Value: string(k), Text: k.Names().In(v.lang)})
		}
		fields = append(fields, kept, &ui.Field{Name: fmt.Sprintf("answer-%d", i+1), Label: v.t("What shows it, or why not"), Kind: "area", Rows: 2, Most: 8000, Value: a.Words, Wide: true})
	}
	area := func(name, label, hint, value string, optional bool) *ui.Field {
		return &ui.Field{Name: name, Label: label, Hint: hint, Kind: "area", Rows: 4, Most: 8000, Value: value, Optional: optional, Wide: true}
	}
	results := area("results", v.t("Results"), v.t("What was reached, each with its figure or evidence."), e.Text.Results, false)
	results.Head = v.t("Beside the figures")
	fields = append(fields, results,
		area("shortcomings", v.t("Shortcomings"), v.t("What was not reached; where there is nothing, say so."), e.Text.Shortcomings, false),
		area("causes", v.t("Causes"), v.t("As your unit knows them. The program claims none."), e.Text.Causes, true),
		area("proposals", v.t("Proposals"), "", e.Text.Proposals, true))
	for i := range max(fewestSteps, len(e.Text.Next)+1) {
		var x report.Promise
		if i < len(e.Text.Next) {
			x = e.Text.Next[i]
		}
		next := area(fmt.Sprintf("next-%d", i+1), v.t("Next step %d", i+1), "", x.Text, i > 0)
		if next.Rows = 2; i == 0 {
			next.Head, next.Hint = v.t("Next steps: next time each is answered first"), v.t("The work, and who does it.")
		}
		fields = append(fields, next, &ui.Field{Name: fmt.Sprintf("next-due-%d", i+1), Label: v.t("Until"), Kind: "date", Value: x.Due.String(), Optional: i > 0})
	}
	return append(fields, v.disputeFields(p)...)
}

// disputeFields ask for a figure that the unit does not agree with, and whether all is sent now.
func (v *visit) disputeFields(p *report.Page) []*ui.Field {
	mark := &ui.Field{Name: "mark", Label: v.t("A figure you do not agree with"), Kind: "select", Optional: true, Head: v.t("Figures"), Options: []ui.Choice{{Text: v.t("none")}}}
	words := &ui.Field{Name: "dispute", Label: v.t("What it should be, and what shows it"), Kind: "area", Rows: 2, Most: 2000, Optional: true, Wide: true}
	if len(p.Entry.Disputes) > 0 {
		mark.Value, words.Value = string(p.Entry.Disputes[0].Mark), p.Entry.Disputes[0].Words
	}
	for _, f := range p.Figures {
		if f.Code == "" {
			mark.Options = append(mark.Options, ui.Choice{Value: string(f.Mark), Text: f.Names().In(v.lang)})
		}
	}
	fields := []*ui.Field{mark, words}
	if p.Can[report.Send] && !p.Live {
		fields = append(fields, &ui.Field{Name: "send", Label: v.t("Send it now; without the mark it is only saved"), Kind: "check", Optional: true})
	}
	return fields
}

// entry reads the fields of writeFields. Next steps that are quite empty are left out.
func (f *form) entry(p *report.Page) (e report.Entry, faults []fault.Item) {
	for i, x := range p.Promised {
		e.Answers = append(e.Answers, report.Answered{Promise: x, Kept: report.Kept(f.get(fmt.Sprintf("kept-%d", i+1))), Words: f.get(fmt.Sprintf("answer-%d", i+1))})
	}
	e.Text = report.Narrative{Results: f.get("results"), Shortcomings: f.get("shortcomings"), Causes: f.get("causes"), Proposals: f.get("proposals")}
	for i := 1; f.field(fmt.Sprintf("next-%d", i)) != nil; i++ {
		due := fmt.Sprintf("next-due-%d", i)
		x := report.Promise{Text: f.get(fmt.Sprintf("next-%d", i)), Due: f.date(due, &faults)}
		if x.Text != "" || f.get(due) != "" {
			e.Text.Next = append(e.Text.Next, x)
		}
	}
	if mark := f.get("mark"); mark != "" {
		e.Disputes = []report.Dispute{{Mark: report.Mark(mark), Words: f.get("dispute")}}
	}
	return e, faults
}

func (v *visit) writeReport() (*page, error) {
	p, err := v.reportOf(report.Write)
	if err != nil {
		return nil, err
	}
	lead := v.t("Figures until %s; last day for sending %s.", lang.Date(v.lang, p.Cut), lang.Date(v.lang, p.Due))
	f, pg, err := v.reportForm(p, v.t("Write the report of %s", p.Period().Names().In(v.lang)), lead, v.t("Save"), v.writeFields(p)...)
	if err != nil {
		return nil, err
	}
	if p.Live {
		body := pg.body.(reportFormPage)
		body.Note = v.t("The figures are those of now. They are frozen at the end of %s; from the day after, the report can be sent.", lang.Date(v.lang, p.Cut))
		pg.body = body
	}
	return f.send(pg, func() (*page, error) {
		e, faults := f.entry(p)
		if err := fault.Batch(faults); err != nil {
			return nil, err
		}
		if f.field("send") != nil && f.get("send") != "" {
			return v.done(v.to("report", p.ID), "The report is sent."), v.app.Reports.Send(v.ctx(), v.actor, p.ID, f.rev(), e)
		}
		return v.done(v.to("report", p.ID), "What is written is saved."), v.app.Reports.Save(v.ctx(), v.actor, p.ID, f.rev(), e)
	})
}

func (v *visit) attachToReport() (*page, error) {
	p, err := v.reportOf(report.Attach)
	if err != nil {
		return nil, err
	}
	f, pg, err := v.reportForm(p, v.t("Attach a file"), "", v.t("Attach"),
		&ui.Field{Name: "file", Label: v.t("File"), Hint: v.t("PDF, DOCX, XLSX or PPTX, at most %d MB.", upload.MostBytes>>20), Kind: "file", Accept: ".pdf,.docx,.xlsx,.pptx"})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		name, b, err := v.sentFile("file")
		if err == nil && name == "" {
			err = fault.Batch([]fault.Item{{Field: "file", What: fault.T("No file is chosen."), Remedy: fault.T("Choose one.")}})
		}
		if err != nil {
			return nil, err
		}
		look, err := upload.Look(name, b)
		if err != nil {
			return nil, err
		}
		ref, err := v.app.Blobs.Put(v.ctx(), bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		return v.done(v.to("report", p.ID), "The file is attached."), v.app.Reports.AttachFile(v.ctx(), v.actor,
			report.File{Report: p.ID, Name: name, File: ref.SHA256, Mime: look.Mime, Size: ref.Size}, f.rev())
	})
}

func (v *visit) returnReport() (*page, error) {
	p, err := v.reportOf(report.Return)
	if err != nil {
		return nil, err
	}
	kinds := &ui.Field{Name: "reasons", Label: v.t("Kinds of reasons"), Kind: "checks"}
	for _, r := range report.Reasons {
		kinds.Options = append(kinds.Options, ui.Choice{Value: string(r), Text: capital(v.text(r.Text()))})
	}
	f, pg, err := v.reportForm(p, v.t("Return the report"), v.t("What was sent stays readable; the unit mends it and sends it again."), v.t("Return"), kinds,
		&ui.Field{Name: "words", Label: v.t("What is to be mended"), Kind: "area", Most: 4000, Wide: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		var reasons []report.Reason
		for _, r := range kinds.Chosen {
			reasons = append(reasons, report.Reason(r))
		}
		return v.done(v.to("report", p.ID), "The report is returned."), v.app.Reports.Return(v.ctx(), v.actor, p.ID, f.rev(), reasons, f.get("words"))
	})
}

// acceptReport and lockReport are buttons: the version they were shown on comes with them.
func (v *visit) acceptReport() (*page, error) {
	return v.once(func() (*page, error) {
		id := v.arg("report")
		return v.done(v.to("report", id), "The report is accepted."), v.app.Reports.Accept(v.ctx(), v.actor, id, v.sentRev(), "")
	})
}

func (v *visit) lockReport() (*page, error) {
	return v.once(func() (*page, error) {
		id := v.arg("report")
		return v.done(v.to("report", id), "The report is locked."), v.app.Reports.Lock(v.ctx(), v.actor, id, v.sentRev())
	})
}

// sentRev is the version that a button was shown on.
func (v *visit) sentRev() int {
	n, _ := strconv.Atoi(v.r.PostForm.Get(versionField)) // none fits no report
	return n
}

func (v *visit) scoreReport() (*page, error) {
	p, err := v.reportOf(report.Score)
	if err != nil {
		return nil, err
	}
	var fields []*ui.Field
	var given []string
	for _, c := range report.SchemeOn(p.Cut).Criteria {
		if c.Computed {
			given = append(given, c.Names.In(v.lang))
			continue
		}
		points := &ui.Field{Name: "points-" + c.ID, Head: c.Names.In(v.lang), Label: v.t("Level"), Kind: "radio"}
		for _, l := range c.Levels {
			points.Options = append(points.Options, ui.Choice{Value: plainNumber(lang.En, l.Points), Text: v.t("%s points: %s", plainNumber(v.lang, l.Points), v.text(l.Says))})
		}
		fields = append(fields, points, &ui.Field{Name: "words-" + c.ID, Label: v.t("What in the report earns it"), Kind: "area", Rows: 2, Most: 2000, Wide: true})
	}
	lead := v.t("Computed from days and returns: %s. The unit can answer every line for 14 days; somebody above decides.", strings.Join(given, ", "))
	f, pg, err := v.reportForm(p, v.t("Score the report"), lead, v.t("Keep the score"), fields...)
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		var grades []report.Grade
		for _, x := range fields {
			rule, ok := strings.CutPrefix(x.Name, "points-")
			n, err := strconv.ParseFloat(x.Value, 64)
			if ok && err == nil {
				grades = append(grades, report.Grade{Rule: rule, Points: n, Words: f.get("words-" + rule)})
			}
		}
		return v.done(v.to("report", p.ID), "The score is kept."), v.app.Reports.Score(v.ctx(), v.actor, p.ID, f.rev(), grades)
	})
}

func (v *visit) answerScore() (*page, error) {
	p, err := v.reportOf(report.Answer)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.Lines, func(l report.Line) bool { return l.ID == v.arg("scoreline") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "This line of the score is not there, or another has taken its place.")
	}
	f, pg, err := v.reportForm(p, v.t("Answer the score"), v.lineSays(p, p.Lines[i]), v.t("Send the answer"),
		&ui.Field{Name: "words", Label: v.t("What should count, and what shows it"), Kind: "area", Most: 4000, Wide: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		return v.done(v.to("report", p.ID), "The answer is sent."), v.app.Reports.Answer(v.ctx(), v.actor, p.ID, f.rev(), v.arg("scoreline"), f.get("words"))
	})
}

// lineSays tells what a line of a score says.
func (v *visit) lineSays(p *report.Page, l report.Line) string {
	c, _ := report.SchemeOn(p.Cut).Criterion(l.Rule)
	fact := l.Fact
	if t, ok := l.Says(); ok {
		fact = v.text(t)
	}
	return v.t("%s: %s of %s points. %s", c.Names.In(v.lang), plainNumber(v.lang, l.Points), plainNumber(v.lang, l.Most), fact)
}

func (v *visit) decideScore() (*page, error) {
	p, err := v.reportOf(report.Decide)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.Replies, func(a report.Reply) bool { return a.ID == v.arg("scorereply") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "This answer is not there.")
	}
	a := p.Replies[i]
	l := p.Lines[slices.IndexFunc(p.Lines, func(l report.Line) bool { return l.ID == a.Line })]
	f, pg, err := v.reportForm(p, v.t("Decide about the answer"), v.lineSays(p, l)+" "+v.t("The unit answers: %s", a.Words), v.t("Decide"),
		&ui.Field{Name: "points", Label: v.t("Points, from 0 to %s", plainNumber(v.lang, l.Most)), Kind: "text", Mode: "decimal", Most: 6, Value: lang.Entry(v.lang, l.Points)},
		&ui.Field{Name: "words", Label: v.t("Reason"), Kind: "area", Most: 4000, Wide: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		points, err := v.number(f.get("points"))
		if err != nil {
			return nil, fault.Batch([]fault.Item{{Field: "points", What: fault.T("“%s” is not a number.", f.get("points")), Remedy: fault.T("Write it as 12 or 0,5.")}})
		}
		return v.done(v.to("report", p.ID), "The decision is kept."), v.app.Reports.Decide(v.ctx(), v.actor, p.ID, f.rev(), a.ID, points, f.get("words"))
	})
}
