package web

import (
	"net/url"

	"thuoc/internal/account"
	"thuoc/internal/inspect"
)

// stillOpen are the states of findings that nobody else than their owner has closed.
var stillOpen = []inspect.Standing{inspect.Open, inspect.Remedied, inspect.Failed}

// openSection is what inspections left open of a plan or in a place, on its own page.
type openSection struct {
	inspect.Tally
	Rows []findingRow // the longest past first
	Href string       // all of them
}

// mostOpen is how many findings the page of a plan or a place shows: the rest stands behind its link.
const mostOpen = 5

// openFindings gives what is open and the actor may read of it; nil for whom no right lets read any inspection.
func (v *visit) openFindings(f inspect.Filter, list url.Values) (*openSection, error) {
	if !v.actor.MayAnywhere(account.ReadInspections) {
		return nil, nil
	}
	f.States, f.Limit = stillOpen, mostOpen
	s := &openSection{Href: v.at(list, "inspections")}
	var err error
	if s.Tally, err = v.app.Inspections.Tally(v.ctx(), v.actor, f); err != nil || s.Open == 0 {
		return s, err
	}
	found, err := v.app.Inspections.Findings(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	s.Rows, err = v.findingRows(found)
	return s, err
}

// openOfPlan gives what inspections of a plan left open.
func (v *visit) openOfPlan(id string) (*openSection, error) {
	return v.openFindings(inspect.Filter{Plan: id}, url.Values{keyPlan: {id}})
}

// openInPlace gives what inspections left open in a place and what lies within it.
func (v *visit) openInPlace(id string) (*openSection, error) {
	return v.openFindings(inspect.Filter{Place: id}, url.Values{keyPlace: {id}})
}

// waitingInspections reads in whose teams the actor is, and what is theirs to remedy and to verify.
func (v *visit) waitingInspections(body *workPage) error {
	teams, err := v.app.Inspections.InTeam(v.ctx(), v.actor)
	if err != nil {
		return err
	}
	for _, i := range teams {
		body.Teams = append(body.Teams, v.inspectionRow(i))
	}
	own, err := v.app.Inspections.ToRemedy(v.ctx(), v.actor, mostWork)
	if err != nil {
		return err
	}
	if body.Remedy, err = v.findingRows(own); err != nil {
		return err
	}
	others, err := v.app.Inspections.ToVerify(v.ctx(), v.actor, mostWork)
	if err != nil {
		return err
	}
	body.Verify, err = v.findingRows(others)
	return err
}
