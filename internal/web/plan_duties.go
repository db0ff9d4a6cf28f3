package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/ui"
)

// dutyRow is who does what.
type dutyRow struct {
	Code, Name, Agency, Part, Words string
	State, Kind, Reason             string
	Offered                         bool
	By                              string // who answers by name
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

func (v *visit) planDuties(body *planPage, p *plan.Plan, named, parts map[string]string) error {
	var posts []string
	for _, d := range p.Duties {
		posts = append(posts, d.Post)
	}
	body.Unconfirmed = unconfirmed(p)
	by, err := v.app.Agencies.Answering(v.ctx(), p.Answering(v.actor.Day), distinct(posts)...)
	if err != nil {
		return err
	}
	for _, d := range p.Duties {
		row := dutyRow{By: v.answersFor(d, by), Code: d.Code, Name: parts[d.Code], Agency: named[d.Agency], Part: v.text(dutyParts[d.Part]), Words: d.Words, State: v.text(dutyStates[d.State].name),
			Kind: dutyStates[d.State].kind, Reason: d.Reason, Offered: d.Offered}
		if len(v.dutySteps(p, &d)) > 0 {
			row.To = v.to("duty", p.ID, d.ID)
		}
		body.Duties = append(body.Duties, row)
	}
	if p.State.Open() && v.byRole(account.WritePlan) {
		offer := v.act(v.t("Offer the usual leads"), "users", "", "plan-duty-usual", p.ID)
		body.Offer = &offer
		if body.Unconfirmed > 0 {
			confirm := v.act(v.t("Confirm all %d offered ones", body.Unconfirmed), "check", "primary", "plan-duty-confirm", p.ID)
			body.Confirm = &confirm
		}
	}
	return nil
}

// unconfirmed counts the duties that are only offered.
func unconfirmed(p *plan.Plan) (n int) {
	for _, d := range p.Duties {
		if d.Offered {
			n++
		}
	}
	return n
}

// answersFor says who answers by name for a duty. For what an agency leads its head does, also where the post is not on
// record.
func (v *visit) answersFor(d plan.Duty, by map[string]agency.Answering) string {
	if says := v.answers(by[d.Post]); says != "" || d.Part != plan.Lead {
		return says
	}
	return v.t("The head of the agency (the post is not on record)")
}

// answers says who answers by name: post, person, since when.
func (v *visit) answers(a agency.Answering) string {
	if a.Title == "" {
		return ""
	}
	said := a.Title
	if a.Capacity != "" && a.Capacity != agency.Holder {
		said = a.Capacity.Names().In(v.lang) + " " + said
	}
	switch {
	case a.Name == "":
		return v.t("%s (nobody is on record)", said)
	case a.Since.IsZero():
		return said + " " + a.Name
	}
	return v.t("%s %s, since %s", said, a.Name, lang.Date(v.lang, a.Since))
}

// offerDuties offers the usual leads to the parts that have none.
func (v *visit) offerDuties() (*page, error) {
	return v.once(func() (*page, error) {
		o, err := v.app.Plans.OfferUsual(v.ctx(), v.actor, v.arg("plan"))
		pg := v.done(v.to("plan", v.arg("plan")), "%d duties are offered. Look at them, change what is otherwise here, and confirm the rest.", o.Duties)
		if len(o.Unnamed) > 0 {
			pg.flash.Text += " " + v.t("Not on record here: %s.", strings.Join(o.Unnamed, "; "))
		}
		return pg, err
	})
}

// confirmDuties confirms all duties that are only offered.
func (v *visit) confirmDuties() (*page, error) {
	return v.once(func() (*page, error) {
		n, err := v.app.Plans.ConfirmOffered(v.ctx(), v.actor, v.arg("plan"))
		return v.done(v.to("plan", v.arg("plan")), "%d duties are confirmed; the agencies are asked.", n), err
	})
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
	title := v.t("%s: %s", d.Code, v.text(dutyParts[d.Part]))
	step := &ui.Field{Name: "do", Label: v.t("Decision"), Kind: "radio", Options: v.dutySteps(p, d)}
	if len(step.Options) == 0 && !v.posted() {
		return &page{template: "said", title: title, crumbs: v.toPlan(p), nav: "plans",
			body: saidPage{Title: title, State: v.text(dutyStates[d.State].name), Words: d.Words, Reason: d.Reason, Back: v.to("plan", p.ID)}}, nil
	}
	reason := &ui.Field{Name: "reason", Label: v.t("Reason, when it is returned"), Kind: "area", Rows: 2, Most: 1000, Optional: true, Wide: true}
	if len(step.Options) == 1 { // an agency has nothing to choose: it proposes
		step.Kind, step.Value, step.Options = "hidden", step.Options[0].Value, nil
		reason.Kind = "hidden"
	}
	post, into, err := v.dutyChoices(p, d)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Send"), step,
		&ui.Field{Name: "words", Label: v.t("What the agency will do"), Kind: "area", Value: d.Words, Most: 2000, Optional: true, Wide: true},
		post, reason, into,
		&ui.Field{Name: "seen", Kind: "hidden", Value: strconv.Itoa(d.Rev)})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans", body: formPage{Title: title, Lead: cmp.Or(d.Reason, v.text(dutyStates[d.State].name)), Form: f}}
	return f.send(pg, func() (*page, error) {
		next := plan.Duty{ID: d.ID, Words: f.get("words"), Reason: f.get("reason"), Post: f.get("post")}
		next.Rev, _ = strconv.Atoi(f.get("seen"))
		switch f.get("do") {
		case "propose":
			return v.done(v.to("plan", p.ID), "The proposal is sent."), v.app.Plans.Propose(v.ctx(), v.actor, next)
		case "accept":
			return v.done(v.to("plan", p.ID), "The duty is in the plan."), v.app.Plans.Accept(v.ctx(), v.actor, next)
		case "return":
			return v.done(v.to("plan", p.ID), "The duty went back."), v.app.Plans.Return(v.ctx(), v.actor, next)
		case "merge":
			return v.done(v.to("plan", p.ID), "The proposal is part of the other duty now."), v.app.Plans.Merge(v.ctx(), v.actor, d.ID, next.Rev, f.get("into"))
		case "drop":
			return v.done(v.to("plan", p.ID), "The duty is taken back."), v.app.Plans.TakeBack(v.ctx(), v.actor, d.ID, next.Rev)
		}
		return nil, fault.Batch([]fault.Item{{Field: "do", What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose one.")}})
	})
}

// saidPage is a duty that the person can read and do nothing to.
type saidPage struct{ Title, State, Words, Reason, Back string }

// dutySteps are what the person may do to a duty as it stands; the store decides again.
func (v *visit) dutySteps(p *plan.Plan, d *plan.Duty) (steps []ui.Choice) {
	if !p.State.Open() {
		return nil
	}
	asked := slices.ContainsFunc(v.actor.Grants, func(g account.Grant) bool {
		return g.Agency == d.Agency && slices.Contains(account.ProposeDuty.Holders(), g.Role)
	})
	if asked && d.State != plan.Accepted {
		steps = append(steps, ui.Choice{Value: "propose", Text: v.t("Propose this"), Aside: v.t("for the agency that was asked")})
	}
	if v.byRole(account.WritePlan) {
		steps = append(steps, ui.Choice{Value: "accept", Text: v.t("Accept into the plan")})
		if d.State != plan.Asked {
			steps = append(steps, ui.Choice{Value: "return", Text: v.t("Return with a reason")}, ui.Choice{Value: "merge", Text: v.t("Merge into another duty")})
		}
		steps = append(steps, ui.Choice{Value: "drop", Text: v.t("Take the duty back")})
	}
	return steps
}

// dutyChoices offers the posts whose holder can answer by name, and the duties a proposal can be merged into.
func (v *visit) dutyChoices(p *plan.Plan, d *plan.Duty) (post, into *ui.Field, err error) {
	post = &ui.Field{Name: "post", Label: v.t("Who answers by name"), Hint: v.t("The post; whoever holds it answers."), Kind: "select", Value: d.Post, Optional: true, Options: []ui.Choice{{Text: v.t("not named")}}}
	on := p.Answering(v.actor.Day)
	posts, err := v.app.Agencies.PostsOf(v.ctx(), d.Agency, on)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, len(posts))
	for i, x := range posts {
		ids[i] = x.ID
	}
	by, err := v.app.Agencies.Answering(v.ctx(), on, ids...)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range posts {
		post.Options = append(post.Options, ui.Choice{Value: x.ID, Text: v.answers(by[x.ID])})
		if post.Value == "" && x.Head {
			post.Value = x.ID
		}
	}
	named, err := v.agencyNames(p)
	into = &ui.Field{Name: "into", Label: v.t("Merge into"), Kind: "select", Optional: true, Options: []ui.Choice{{Text: "–"}}}
	for _, x := range p.Duties {
		if x.ID != d.ID && (x.Part == plan.Lead || x.Code == d.Code) {
			into.Options = append(into.Options, ui.Choice{Value: x.ID, Text: x.Code + " · " + named[x.Agency] + " · " + v.text(dutyParts[x.Part])})
		}
	}
	if !v.byRole(account.WritePlan) {
		into.Kind = "hidden"
	}
	return post, into, err
}
