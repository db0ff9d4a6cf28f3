package web

import (
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/registry"
	"thuoc/internal/report"
	"thuoc/internal/ui"
)

// figureRow is a line of a report's figures.
type figureRow struct {
	Name, Value, Of, Before string
	Sub                     bool
}

// leverRow is the figures of one lever.
type leverRow struct{ Code, Given, Done, Overdue string }

// promiseRow is a promise with what became of it.
type promiseRow struct {
	Text, Due string
	Kept      badge
	Words     string
}

// scoreRow is a line of a score with its answer and what was decided.
type scoreRow struct {
	Name, Points, Most string
	Fact, Who, When    string
	Answer             string // address of the form; "" where it cannot be answered
	Said, SaidBy       string
	Decide             string
	Old                bool // another line has taken its place
}

// passageRow is a passage of a report.
type passageRow struct{ Head, Text string }

// reportPage is one report.
type reportPage struct {
	reportRow
	Title         string
	Word          string // address of the report as a document; "" while there is none
	First         string
	Live          bool
	Hash, Rows    string
	Write, Attach string
	Return, Score string
	Accept, Lock  *ui.Act
	Returned      []string // why, of a report that is returned
	ReturnedWords string
	Promises      []promiseRow
	Figures       []figureRow
	Levers        []leverRow
	Passages      []passageRow
	Next          []promiseRow
	Disputes      []passageRow
	Written       string // when and by whom what is shown was saved or sent
	Files         []ui.Link
	Lines         []scoreRow
	Points, Most  string
	Until         string // the last day for answering
	Events        []taskEvent
}

func (v *visit) report() (*page, error) {
	p, err := v.app.Reports.Get(v.ctx(), v.actor, v.arg("report"))
	if err != nil {
		return nil, err
	}
	unit, err := v.reportUnit(&p.Report, map[string]map[report.Unit]report.Party{})
	if err != nil {
		return nil, err
	}
	body := &reportPage{reportRow: v.reportRow(&p.Report, unit), First: lang.Date(v.lang, p.From), Live: p.Live, Hash: p.Hash, Rows: v.to("report-rows", p.ID)}
	if _, sent := p.SentVersion(); sent && !p.Live {
		body.Word = v.to("paper", string(registry.Report), p.ID)
	}
	body.Title = v.t("Report of %s", body.Period)
	who, err := v.peopleOf(&p)
	if err != nil {
		return nil, err
	}
	v.offerReport(body, &p)
	v.reportFigures(body, &p)
	if err := v.reportText(body, &p, who); err != nil {
		return nil, err
	}
	v.reportScore(body, &p, who)
	v.reportHistory(body, &p, who)
	return &page{template: "report", title: body.Title + " – " + unit, crumbs: v.toReports(), nav: "reports", body: body}, nil
}

func (v *visit) toReports() []ui.Link {
	return []ui.Link{{Href: v.to("reports"), Text: v.t("Periodic reports")}}
}

// peopleOf names everybody a report speaks of.
func (v *visit) peopleOf(p *report.Page) (func(string) string, error) {
	var ids []string
	for _, e := range p.Events {
		ids = append(ids, e.Actor)
	}
	for _, x := range p.Versions {
		ids = append(ids, x.Actor)
	}
	for _, l := range p.Lines {
		ids = append(ids, l.Actor)
	}
	for _, a := range p.Replies {
		ids = append(ids, a.Actor)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "system" })
	names, err := v.app.Accounts.Names(v.ctx(), ids...)
	return func(id string) string {
		if id == "system" {
			return v.t("The program")
		}
		return cmp.Or(names[id], v.t("Erased account %s", id[:min(8, len(id))]))
	}, err
}

// offerReport adds what the actor may do.
func (v *visit) offerReport(b *reportPage, p *report.Page) {
	button := func(text, icon, kind, name string) *ui.Act {
		a := v.act(text, icon, kind, name, p.ID)
		a.Hidden = []ui.Choice{{Mark: versionField, Value: strconv.Itoa(p.Rev)}}
		return &a
	}
	if p.Can[report.Write] {
		b.Write, b.Attach = v.to("report-write", p.ID), v.to("report-attach", p.ID)
	}
	if p.Can[report.Return] {
		b.Return = v.to("report-return", p.ID)
	}
	if p.Can[report.Accept] {
		b.Accept = button(v.t("Accept"), "circle-check", "primary", "report-accept")
	}
	if p.Can[report.Score] {
		b.Score = v.to("report-score", p.ID)
	}
	if p.Can[report.Lock] {
		b.Lock = button(v.t("Lock"), "lock", "", "report-lock")
	}
}

// reportFigures writes the figures of all, and of every lever.
func (v *visit) reportFigures(b *reportPage, p *report.Page) {
	before := map[report.Mark]string{}
	for _, f := range p.Before {
		if f.Code == "" {
			before[f.Mark] = count(v, f.Value)
		}
	}
	levers := map[string]*leverRow{}
	var codes []string
	for _, f := range p.Figures {
		if f.Code == "" {
			row := figureRow{Name: f.Names().In(v.lang), Value: count(v, f.Value), Before: cmp.Or(before[f.Mark], "–"), Sub: f.Of != ""}
			if f.Of != "" {
				row.Of = v.t("out of %s", count(v, f.Base))
			}
			b.Figures = append(b.Figures, row)
			continue
		}
		if levers[f.Code] == nil {
			levers[f.Code] = &leverRow{Code: f.Code, Given: "0", Done: "0", Overdue: "0"}
			codes = append(codes, f.Code)
		}
		switch row := levers[f.Code]; f.Mark {
		case report.Given:
			row.Given = count(v, f.Value)
		case report.Done:
			row.Done = count(v, f.Value)
		case report.Overdue:
			row.Overdue = count(v, f.Value)
		}
	}
	for _, code := range codes {
		b.Levers = append(b.Levers, *levers[code])
	}
}

// keptBadges are how what became of a promise looks.
var keptBadges = map[report.Kept]struct{ kind, icon string }{
	report.WasKept: {"ngoc", "circle-check"}, report.InPart: {"lua", "clock"}, report.NotKept: {"son", "circle-x"}, report.NotAnswer: {"", "circle-dashed"},
}

// reportText writes what people wrote: to whoever writes the newest draft, to others what was sent.
func (v *visit) reportText(b *reportPage, p *report.Page, who func(string) string) error {
	shown, ok := p.SentVersion()
	if n := len(p.Versions); n > 0 && p.Can[report.Write] {
		shown, ok = p.Versions[n-1], true
	}
	var e report.Entry
	if ok {
		var err error
		if e, err = shown.Entry(); err != nil {
			return err
		}
		if b.Written = v.t("Saved by %s, %s", who(shown.Actor), v.moment(shown.At)); !shown.Sent.IsZero() {
			b.Written = v.t("Sent by %s, %s", who(shown.Actor), v.moment(shown.Sent))
		}
	}
	for _, x := range p.Promised {
		row := promiseRow{Text: x.Text, Due: lang.Date(v.lang, x.Due)}
		kept := report.NotAnswer
		for _, a := range e.Answers {
			if a.ID == x.ID {
				kept, row.Words = a.Kept, a.Words
			}
		}
		row.Kept = badge{kept.Names().In(v.lang), keptBadges[kept].kind, keptBadges[kept].icon}
		b.Promises = append(b.Promises, row)
	}
	for _, x := range []passageRow{{v.t("Results"), e.Text.Results}, {v.t("Shortcomings"), e.Text.Shortcomings}, {v.t("Causes, in the unit's own words"), e.Text.Causes}, {v.t("Proposals"), e.Text.Proposals}} {
		if x.Text != "" {
			b.Passages = append(b.Passages, x)
		}
	}
	for _, x := range e.Text.Next {
		b.Next = append(b.Next, promiseRow{Text: x.Text, Due: lang.Date(v.lang, x.Due)})
	}
	for _, d := range e.Disputes {
		b.Disputes = append(b.Disputes, passageRow{d.Mark.Names().In(v.lang), d.Words})
	}
	for _, f := range p.Files {
		b.Files = append(b.Files, ui.Link{Href: v.to("report-file", f.ID), Text: f.Name + " (" + v.bytes(f.Size) + ")"})
	}
	return nil
}

// reportScore writes the ledger of a score.
func (v *visit) reportScore(b *reportPage, p *report.Page, who func(string) string) {
	if len(p.Lines) == 0 {
		return
	}
	now := report.Current(p.Lines)
	points, most := report.Total(p.Lines)
	b.Points, b.Most = plainNumber(v.lang, points), plainNumber(v.lang, most)
	until := report.AnswerUntil(p.Lines[0].At)
	b.Until = lang.Date(v.lang, until)
	scheme := report.SchemeOn(p.Cut)
	lines := slices.Clone(p.Lines)
	slices.SortStableFunc(lines, func(x, y report.Line) int { return rankOf(scheme, x) - rankOf(scheme, y) })
	for _, l := range lines {
		row := scoreRow{Points: plainNumber(v.lang, l.Points), Most: plainNumber(v.lang, l.Most), Fact: l.Fact, Who: who(l.Actor), When: v.moment(l.At),
			Old: !slices.ContainsFunc(now, func(c report.Line) bool { return c.ID == l.ID })}
		if c, ok := scheme.Criterion(l.Rule); ok {
			row.Name = c.Names.In(v.lang)
		}
		if t, ok := l.Says(); ok {
			row.Fact = v.text(t)
		}
		answered := false
		for _, a := range p.Replies {
			if a.Line != l.ID {
				continue
			}
			answered = true
			row.Said, row.SaidBy = a.Words, v.t("%s, %s", who(a.Actor), v.moment(a.At))
			if p.Can[report.Decide] && !slices.ContainsFunc(p.Lines, func(d report.Line) bool { return d.Decides == a.ID }) {
				row.Decide = v.to("report-decide", p.ID, a.ID)
			}
		}
		if p.Can[report.Answer] && !answered && !row.Old && l.Decides == "" && !until.Before(v.actor.Day) {
			row.Answer = v.to("report-answer", p.ID, l.ID)
		}
		b.Lines = append(b.Lines, row)
	}
}

func rankOf(s report.Scheme, l report.Line) int {
	return slices.IndexFunc(s.Criteria, func(c report.Criterion) bool { return c.ID == l.Rule })
}

// reportSteps are what the history tells.
var reportSteps = map[string]fault.Text{
	"open": fault.T("opened it"), "freeze": fault.T("froze its figures"), "void": fault.T("ended it: nobody owes it any more"), "write": fault.T("saved a draft"), "attach": fault.T("attached a file"),
	"send": fault.T("sent it"), "return": fault.T("returned it"), "accept": fault.T("accepted it"), "score": fault.T("scored it"), "answer": fault.T("answered a line of the score"),
	"decide": fault.T("decided about an answer"), "lock": fault.T("locked it"),
}

// reportHistory writes the steps, the newest first, and why the report is returned.
func (v *visit) reportHistory(b *reportPage, p *report.Page, who func(string) string) {
	for _, e := range slices.Backward(p.Events) {
		row := taskEvent{At: v.moment(e.At), Who: who(e.Actor), Did: v.text(reportSteps[e.Did]), Note: e.Note}
		switch e.Did {
		case "return":
			var kinds []string
			for reason := range strings.FieldsSeq(e.Reasons) {
				kinds = append(kinds, v.text(report.Reason(reason).Text()))
			}
			row.Done = strings.Join(kinds, "; ")
			if p.State == report.Returned && b.Returned == nil {
				b.Returned, b.ReturnedWords = kinds, e.Note
			}
		case "freeze", "score":
			row.Note = ""
		}
		b.Events = append(b.Events, row)
	}
}

// reportRowsPage shows what the figures of a report count.
type reportRowsPage struct {
	Title, Lead string
	Live        bool
	Good        bool // the hash comes out the same
	Hash        string
	Rows        []countedRow
	Figures     []hashedRow
}

// countedRow is a row that figures count.
type countedRow struct {
	Sort, Title, Code, Due, Href string
	Marks                        []string
}

// hashedRow is a figure with the hash of its rows.
type hashedRow struct{ Name, Code, Value, Hash string }

func (v *visit) reportRows() (*page, error) {
	p, err := v.app.Reports.Get(v.ctx(), v.actor, v.arg("report"))
	if err != nil {
		return nil, err
	}
	body := reportRowsPage{Title: v.t("What the figures count"), Live: p.Live, Hash: p.Hash, Good: p.Verify(),
		Lead: v.t("%s, from %s to %s, as of the end of the cut-off.", capital(p.Period().Names().In(v.lang)), lang.Date(v.lang, p.From), lang.Date(v.lang, p.Cut))}
	for _, r := range p.Rows {
		row := countedRow{Sort: v.rowSort(r.Source), Title: r.Title, Code: strings.Join(r.Codes(), ", ")}
		if !r.Due.IsZero() {
			row.Due = lang.Date(v.lang, r.Due)
		}
		if r.Source == "task" {
			row.Href = v.to("task", r.Item)
		}
		for mark := range strings.FieldsSeq(r.Marks) {
			row.Marks = append(row.Marks, report.Mark(mark).Names().In(v.lang))
		}
		body.Rows = append(body.Rows, row)
	}
	for _, f := range p.Figures {
		body.Figures = append(body.Figures, hashedRow{f.Names().In(v.lang), f.Code, count(v, f.Value), f.Hash})
	}
	crumbs := append(v.toReports(), ui.Link{Href: v.to("report", p.ID), Text: capital(p.Period().Names().In(v.lang))})
	return &page{template: "report-rows", title: body.Title, crumbs: crumbs, nav: "reports", body: body}, nil
}

// rowSorts are what rows are, in people's words.
var rowSorts = map[string]fault.Text{"task": fault.T("Task"), "evidence": fault.T("Evidence"), "inspection": fault.T("Inspection"), "finding": fault.T("Finding")}

func (v *visit) rowSort(source string) string {
	if t, ok := rowSorts[source]; ok {
		return v.text(t)
	}
	return source
}

// reportFile gives an attached paper.
func (v *visit) reportFile() (*page, error) {
	f, err := v.app.Reports.FindFile(v.ctx(), v.actor, v.arg("reportfile"))
	if err != nil {
		return nil, err
	}
	file, err := v.app.Blobs.Open(v.ctx(), f.File)
	if err != nil {
		return nil, err
	}
	defer file.Close() // it was only read
	h := v.w.Header()
	h.Set("Content-Type", f.Mime)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	http.ServeContent(v.w, v.r, "", f.At, file)
	return &page{written: true}, nil
}
