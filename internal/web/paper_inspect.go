package web

import (
	"thuoc/internal/account"
	"thuoc/internal/docx"
	"thuoc/internal/inspect"
	"thuoc/internal/paper"
)

// inspectionNames gives the names that the papers of an inspection need.
func (v *visit) inspectionNames(d inspect.Decision, found []inspect.Finding) (paper.Called, error) {
	c := paper.Called{Units: map[inspect.Unit]string{}}
	var who []string
	for _, m := range d.Team {
		who = append(who, m.User)
	}
	var err error
	if c.People, err = v.app.Accounts.Called(v.ctx(), who...); err != nil {
		return c, err
	}
	for _, f := range found {
		if c.Units[f.Unit], err = v.unitOf(account.Subject{Place: f.Place, Agency: f.Agency}); err != nil {
			return c, err
		}
	}
	if d.Plan != "" {
		if p, err := v.app.Plans.Get(v.ctx(), account.Program("names", v.actor.Day), d.Plan); err == nil && p.Number != "" {
			office, err := v.committee(p.Place, p.Day())
			if err != nil {
				return c, err
			}
			c.Plan = "Kế hoạch số " + p.Number + " " + docx.Day(p.Signed) + " của " + office.Issuer
		}
	}
	return c, nil
}

// decisionPaper makes the decision to inspect.
func (v *visit) decisionPaper(id string) (*madePaper, error) {
	d, err := v.app.Inspections.DecisionPaper(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	office, err := v.committee(d.Place, v.actor.Day)
	if err != nil {
		return nil, err
	}
	called, err := v.inspectionNames(d, nil)
	return &madePaper{place: d.Place, on: v.actor.Day, doc: paper.Decision(d, office, called), back: d.Title}, err
}

// recordPaper makes the record of a visit.
func (v *visit) recordPaper(id string) (*madePaper, error) {
	r, err := v.app.Inspections.RecordPaper(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	office, err := v.committee(r.Place, v.actor.Day)
	if err != nil {
		return nil, err
	}
	called, err := v.inspectionNames(r.Decision, r.Findings)
	return &madePaper{place: r.Place, on: v.actor.Day, doc: paper.Record(r, office, called), back: r.Title}, err
}

// conclusionPaper makes the notice of what an inspection concludes.
func (v *visit) conclusionPaper(id string) (*madePaper, error) {
	c, err := v.app.Inspections.ConclusionPaper(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	office, err := v.committee(c.Place, v.actor.Day)
	if err != nil {
		return nil, err
	}
	var found []inspect.Finding
	for _, one := range c.Visited {
		found = append(found, one.Findings...)
	}
	office.Recipients = []string{"Các cơ quan, đơn vị được kiểm tra (để thực hiện)"}
	called, err := v.inspectionNames(c.Decision, found)
	return &madePaper{place: c.Place, on: v.actor.Day, doc: paper.Conclusion(c, office, called), back: c.Title}, err
}
