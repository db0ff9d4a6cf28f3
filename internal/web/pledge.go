package web

import (
	"errors"
	"net/http"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/ui"
)

var pledgeRoutes = []route{
	{name: "plan-pledge", method: http.MethodGet, vi: "ke-hoach/{plan}/cong-bo-tien-do", en: "plans/{plan}/publish-progress", needs: account.FreezeEdition, handle: (*visit).planPledge},
	{name: "plan-pledge", method: http.MethodPost, vi: "ke-hoach/{plan}/cong-bo-tien-do", en: "plans/{plan}/publish-progress", needs: account.FreezeEdition, handle: (*visit).planPledge},
}

// pledgePage previews what the public would be told of a plan, and takes it.
type pledgePage struct {
	Title, Lead string
	Wrong       string
	Faults      []string
	Pledge      *pledgeView
	Waiting     ui.Link // an edition of the plan that is on its way
	Form        *form
}

// pledgeView is what an edition of a plan tells, as those see it who decide on it.
type pledgeView struct {
	AsOf, Paper, Signer string
	Facts               []statFact
	Targets             []pledgeRow
	Parts               []pledgePart
	Trouble             []pledgeTrouble
	Since               string
	NamedBy             string // why people are named; "" where none are
	Changes             int
}

type statFact struct{ Term, Value string }

type pledgeRow struct{ Code, Name, Promise, Latest string }

type pledgePart struct{ Code, Name, Lead, Post, Done, Sufficient, Late, Extended string }

type pledgeTrouble struct {
	Title, Agency string
	Late          bool
	Reasons       []string
}

// keyCorrects names the field that says which public edition is corrected.
const keyCorrects = "corrects"

func (v *visit) planPledge() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	if !v.byRole(account.FreezeEdition) {
		return nil, fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	body := pledgePage{Title: v.t("Publish the progress of the plan"),
		Lead: v.t("This is what the public would be told, as of today. Freeze it; a second person reviews it, and publishes it at once or from a day on.")}
	all, err := v.app.Editions.List(v.ctx(), v.actor, edition.Filter{Place: p.Place, Source: edition.OfPlan, Family: p.ID})
	if err != nil {
		return nil, err
	}
	corrects := &ui.Field{Name: keyCorrects, Label: v.t("Which edition it is"), Kind: "select", Options: []ui.Choice{{Text: v.t("a new one, of today")}}}
	for _, r := range all {
		switch r.State {
		case edition.Public:
			corrects.Options = append(corrects.Options, ui.Choice{Value: r.Period, Text: v.t("corrects that of %s", periodDay(v, r.Period))})
		case edition.Frozen, edition.Reviewed, edition.Embargoed:
			body.Waiting = ui.Link{Href: v.to("edition", r.ID), Text: v.editionName(r)}
		}
	}
	naming := &ui.Field{Name: "naming", Label: v.t("Who is named as answering"), Kind: "select", Optional: true, Options: []ui.Choice{{Text: v.t("the post (usual)")},
		{Value: string(edition.NamesNobody), Text: v.t("the agency alone")}, {Value: string(edition.NamesPeople), Text: v.t("the post and who holds it")}}}
	f, err := v.form(v.t("Freeze and send to the second person"), corrects, naming,
		&ui.Field{Name: "naming_basis", Label: v.t("Why people are named"), Hint: v.t("Needed only where who holds a post is named: the rule or decision, or that each has consented. Everybody reads it."), Kind: "text", Optional: true, Most: 300, Wide: true},
		&ui.Field{Name: "reason", Label: v.t("What it corrects, and why"), Hint: v.t("Needed where an edition of the same day is public already. Everybody reads it."), Kind: "area", Optional: true, Most: mostNote, Wide: true})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	c, err := v.app.Pledges.Gather(v.ctx(), v.actor, p.ID, commitment.Naming{})
	e, worded := errors.AsType[*fault.Error](err)
	if err != nil && (!worded || e.Kind == fault.Internal || e.Kind == fault.Forbidden) {
		return nil, err
	}
	if err == nil {
		body.Pledge = v.pledgeView(c)
	}
	if err != nil && !v.posted() {
		body.Wrong = v.text(e.Text)
		for _, it := range e.Items {
			body.Faults = append(body.Faults, strings.TrimSpace(v.text(it.What)+" "+v.text(it.Remedy)))
		}
	} else if body.Waiting.Href == "" || v.posted() {
		body.Form = f
	}
	pg := &page{template: "pledge", title: body.Title, crumbs: v.toPlan(p), nav: "plans", body: body}
	return f.send(pg, func() (*page, error) {
		var day clock.Date
		if s := f.get(keyCorrects); s != "" {
			var err error
			if day, err = clock.ParseDate(s); err != nil {
				return nil, fault.Batch([]fault.Item{{Field: keyCorrects, What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose one of the two.")}})
			}
		}
		r, err := v.app.Pledges.Take(v.ctx(), v.actor, p.ID, commitment.Naming{Who: edition.Naming(f.get("naming")), Basis: f.get("naming_basis")}, day, f.get("reason"))
		if err != nil {
			return nil, err
		}
		return v.done(v.to("edition", r.ID), "The edition is frozen. Somebody else reviews it."), nil
	})
}

// periodDay writes the period of an edition of a plan as people write a day.
func periodDay(v *visit, period string) string {
	d, err := clock.ParseDate(period)
	if err != nil {
		return period
	}
	return lang.Date(v.lang, d)
}

// pledgeView writes commitments for those who decide on them.
func (v *visit) pledgeView(c *edition.Commitments) *pledgeView {
	n := c.Total()
	of := func(k, all int) string { return v.t("%s of %s", count(v, k), count(v, all)) }
	body := &pledgeView{AsOf: lang.Date(v.lang, c.AsOf.Date), Paper: strings.TrimSpace(c.Plan.Number + " " + dated(v, c.Plan.Signed.Date)), Signer: c.Plan.Signer, Changes: len(c.Changes), NamedBy: c.NamedBy,
		Facts: []statFact{{v.t("Tasks done and confirmed"), of(n.Done, n.All)}, {v.t("Evidence judged sufficient"), of(n.Sufficient, n.All)}, {v.t("Late"), of(n.Late, n.All)},
			{v.t("Given more time"), of(n.Extended, n.All)}, {v.t("Communes that issued their plan"), of(c.Issued(), len(c.Communes))}}}
	if c.Former != "" {
		body.Since = lang.Date(v.lang, c.FormerOn.Date)
	}
	for _, p := range c.Targets {
		body.Targets = append(body.Targets, v.pledgeRow(p))
	}
	for _, p := range c.Parts {
		row := pledgePart{Code: p.Code, Name: p.Name.In(v.lang), Done: of(p.Done, p.All), Sufficient: of(p.Sufficient, p.All), Late: of(p.Late, p.All), Extended: of(p.Extended, p.All)}
		if p.Lead != nil {
			row.Lead, row.Post = p.Lead.Agency, strings.TrimSpace(p.Lead.Post+" "+p.Lead.Person)
		}
		body.Parts = append(body.Parts, row)
	}
	for i := range c.Tasks {
		if d := &c.Tasks[i]; d.Late || len(d.Reasons) > 0 {
			t := pledgeTrouble{Title: d.Title, Agency: d.Agency, Late: d.Late}
			for _, g := range d.Reasons {
				t.Reasons = append(t.Reasons, g.Reason)
			}
			body.Trouble = append(body.Trouble, t)
		}
	}
	return body
}

func (v *visit) pledgeRow(p edition.Promise) pledgeRow {
	mark := v.familyName(p.Family)
	if !strings.Contains(mark, p.Code) { // the whole of an index bears its name
		mark += " " + p.Code
	}
	row := pledgeRow{Code: mark, Name: p.Name.In(v.lang), Promise: p.Word, Latest: "–"}
	switch {
	case p.Value != nil:
		row.Promise = lang.Number(v.lang, *p.Value, 2)
	case p.Rank != nil:
		row.Promise = count(v, *p.Rank)
	}
	for k, words := range aimKinds {
		if string(k) == p.Kind {
			row.Promise = strings.TrimSpace(v.text(words) + " " + row.Promise)
		}
	}
	if m := p.Latest; m != nil {
		row.Latest = lang.Number(v.lang, m.Value, 2) + " · " + m.Period
		if m.Lo != nil {
			row.Latest = lang.Number(v.lang, m.Value, 2) + " (" + lang.Range(v.lang, *m.Lo, *m.Hi, 2) + ") · " + m.Period
		}
	}
	return row
}

// offerPledge gives the plan's page the way to publish its progress.
func (v *visit) offerPledge(p *plan.Plan) string {
	if (p.State == plan.Issued || p.State == plan.Revised || p.State == plan.Closed) && v.byRole(account.FreezeEdition) {
		return v.to("plan-pledge", p.ID)
	}
	return ""
}
