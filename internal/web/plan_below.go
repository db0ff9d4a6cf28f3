package web

import (
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/ui"
)

// planBelow is how far the plans under one have come.
type belowPage struct {
	Title   string
	Lead    string
	Rows    []planRow
	Cascade *ui.Act
	Export  string
	Without []string // communes that have no plan under this one
}

func (v *visit) planBelow() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	list, err := v.app.Plans.Following(v.ctx(), v.actor, p.ID)
	if err != nil {
		return nil, err
	}
	body := belowPage{Title: v.t("Plans under this one"), Export: v.to("plan-below-export", p.ID)}
	if body.Rows, err = v.planRows(list); err != nil {
		return nil, err
	}
	for i, p := range list { // all bear one title: their places tell them apart
		body.Rows[i].Title, body.Rows[i].Place = body.Rows[i].Place, p.Title
	}
	without, err := v.planless(p, list)
	if err != nil {
		return nil, err
	}
	for _, w := range without {
		body.Without = append(body.Without, w.Full().In(v.lang))
	}
	body.Lead = v.t("%s have a plan, %s have issued it, %s have none.", count(v, len(list)), count(v, issuedOf(list)), count(v, len(without)))
	if p.State == plan.Issued && v.byRole(account.WritePlan) {
		act := v.act(v.t("Pass the plan down to every commune"), "git-fork", "primary", "plan-cascade", p.ID)
		body.Cascade = &act
	}
	return &page{template: "plan-below", title: body.Title, crumbs: v.toPlan(p), nav: "plans", body: body}, nil
}

// planless are the places right below a plan's own that have no plan under it, once one of them has.
func (v *visit) planless(p *plan.Plan, list []plan.Head) (none []place.Version, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	below, err := v.app.Places.Children(v.ctx(), p.Place, v.actor.Day)
	for _, b := range below {
		if !slices.ContainsFunc(list, func(h plan.Head) bool { return h.Place == b.Place }) {
			none = append(none, b)
		}
	}
	return none, err
}

func (v *visit) cascadePlan() (*page, error) {
	return v.once(func() (*page, error) {
		p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
		if err != nil {
			return nil, err
		}
		below, err := v.app.Places.Children(v.ctx(), p.Place, v.actor.Day)
		if err != nil {
			return nil, err
		}
		var places []string
		for _, b := range below {
			places = append(places, b.Place)
		}
		made, err := v.app.Plans.Cascade(v.ctx(), v.actor, p.ID, places)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("plan-below", p.ID), "%s communes have a draft of their own now.", count(v, made)), nil
	})
}
