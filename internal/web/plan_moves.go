package web

import (
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/plan"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
)

func (v *visit) movePlan() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	to := plan.State(v.arg("state"))
	named, ok := planStates[to]
	if !ok {
		return nil, fault.New(fault.NotFound, "A plan has no such state.")
	}
	if do := plan.Needs(p.State, to); do != "" && !v.byRole(do) {
		return nil, fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	fields := []*ui.Field{{Name: "note", Label: v.t("Note"), Hint: v.t("A reason is needed to return, to revise and to close; it stays in the history."), Kind: "area", Optional: true, Most: 2000, Wide: true}}
	if to == plan.Issued {
		fields = []*ui.Field{
			{Name: "number", Label: v.t("Number and sign"), Hint: v.t("As on the paper: 41/KH-UBND."), Kind: "text", Most: 60},
			{Name: "signed", Label: v.t("Date of signing"), Kind: "date"},
			{Name: "signer", Label: v.t("Post that signed"), Kind: "text", Most: 200},
			{Name: "paper", Label: v.t("The signed file"), Hint: v.t("PDF, at most 20 MB."), Kind: "file", Accept: "application/pdf"},
		}
	}
	f, err := v.form(v.text(named.act), append(fields, &ui.Field{Name: "seen", Kind: "hidden", Value: strconv.Itoa(p.Rev)})...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	title := v.text(named.act)
	lead := p.Title
	if n := unconfirmed(p); n > 0 && to == plan.Submitted {
		lead += ". " + v.t("%d duties are offered only and will not be part of what is submitted; confirm them first if they are to be.", n)
	}
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans", body: formPage{Title: title, Lead: lead, Form: f}}
	return f.send(pg, func() (*page, error) {
		m := plan.Move{Plan: p.ID, To: to}
		m.Rev, _ = strconv.Atoi(f.get("seen"))
		if to == plan.Issued {
			if err := v.issued(f, &m); err != nil {
				return nil, err
			}
		} else {
			m.Note = f.get("note")
		}
		return v.done(v.to("plan", p.ID), "The plan is now: %s.", to.Names().In(v.lang)), v.app.Plans.Go(v.ctx(), v.actor, m)
	})
}

// issued reads the issued paper and keeps its file.
func (v *visit) issued(f *form, m *plan.Move) error {
	m.Number, m.Signer = f.get("number"), f.get("signer")
	m.Signed, _ = sheet.ParseDate(f.get("signed"))
	var err error
	m.Paper, err = v.signedFile("paper") // that it is missing the store says
	return err
}

// planHistoryPage is the way of a plan and what its versions say.
type planHistoryPage struct {
	Title    string
	Events   []eventLine
	Versions []frozenRow
}

// eventLine is a step in a history.
type eventLine struct{ When, Who, What, Note string }

// frozenRow is a frozen version with what it changed.
type frozenRow struct {
	Number, When, Who, Hash string
	First                   bool
	Differences             []changeLine
}

func (v *visit) planHistory() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	events, versions, err := v.app.Plans.History(v.ctx(), v.actor, p.ID)
	if err != nil {
		return nil, err
	}
	named, err := v.app.Plans.People(v.ctx(), v.actor, p.ID)
	if err != nil {
		return nil, err
	}
	body := planHistoryPage{Title: v.t("History of the plan")}
	for _, e := range events {
		body.Events = append(body.Events, eventLine{v.moment(e.At), named[e.Actor], e.Now.Names().In(v.lang), e.Note})
	}
	for i, x := range versions {
		row := frozenRow{Number: strconv.Itoa(x.Number), When: v.moment(x.At), Who: named[x.Actor], Hash: x.SHA256[:12], First: i == 0}
		if i > 0 {
			changed, err := plan.Compare(versions[i-1], x)
			if err != nil {
				return nil, err
			}
			for _, d := range changed {
				line, err := v.changeLine(d)
				if err != nil {
					return nil, err
				}
				row.Differences = append(row.Differences, line)
			}
		}
		body.Versions = append(body.Versions, row)
	}
	return &page{template: "plan-history", title: body.Title, crumbs: v.toPlan(p), nav: "plans", body: body}, nil
}

func (v *visit) commentPlan() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Send the comment"),
		&ui.Field{Name: "code", Label: v.t("Part of the index"), Hint: v.t("As D3 or 2.2; leave it empty to speak of the whole plan."), Kind: "text", Most: 20, Optional: true},
		&ui.Field{Name: "words", Label: v.t("Comment"), Kind: "area", Most: 4000, Wide: true})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	title := v.t("Comment on the plan")
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans",
		body: formPage{Title: title, Lead: v.t("Whoever answers for the plan must answer; comment and answer stay with the plan."), Form: f}}
	return f.send(pg, func() (*page, error) {
		return v.done(v.to("plan", p.ID), "The comment is kept and waits for an answer."), v.app.Plans.Say(v.ctx(), v.actor, p.ID, f.get("code"), f.get("words"))
	})
}

func (v *visit) answerComment() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	list, err := v.app.Plans.Comments(v.ctx(), v.actor, p.ID)
	if err != nil {
		return nil, err
	}
	said := ""
	for _, c := range list {
		if c.ID == v.arg("comment") {
			said = c.Words
		}
	}
	if said == "" {
		return nil, fault.New(fault.NotFound, "This comment is not there.")
	}
	f, err := v.form(v.t("Send the answer"), &ui.Field{Name: "words", Label: v.t("Answer"), Kind: "area", Most: 4000, Wide: true})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	title := v.t("Answer a comment")
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans", body: formPage{Title: title, Lead: "“" + said + "”", Form: f}}
	return f.send(pg, func() (*page, error) {
		return v.done(v.to("plan", p.ID), "The answer is kept."), v.app.Plans.Answer(v.ctx(), v.actor, v.arg("comment"), f.get("words"))
	})
}
