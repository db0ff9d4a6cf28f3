package web

import (
	"slices"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

// editing is the frame of every form that changes one agency: the right is asked before the form is shown, the version
// that was seen goes with it, and who comes second reads so.
type editing struct {
	*visit
	agency.Page
}

// edit opens the agency of the address for somebody who may do something to it.
func (v *visit) edit(do account.Action) (*editing, error) {
	p, err := v.app.Agencies.Get(v.ctx(), v.actor, v.arg("agency"), v.actor.Day)
	if err != nil {
		return nil, err
	}
	if err := v.app.Accounts.May(v.ctx(), v.actor, do, account.Subject{Place: p.Place, Agency: p.ID}); err != nil {
		return nil, err
	}
	return &editing{v, p}, nil
}

// show makes the page of a form and sends it. do gets the version that was seen and reports what the form holds wrongly
// itself through faults.
func (e *editing) show(title, lead string, f *form, said string, do func(seen int64) error) (*page, error) {
	v, back := e.visit, e.to("agency", e.ID)
	f.editing(strconv.FormatInt(e.Page.Version, 10))
	f.Cancel = ui.Link{Href: back, Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: append(v.toAgencies(v.actor.Day), ui.Link{Href: back, Text: e.Name}), nav: "agencies",
		body: formPage{Title: title, Lead: lead, Form: f}}
	seen, err := strconv.ParseInt(f.Version, 10, 64)
	if err != nil {
		seen = -1 // no version has it: a conflict
	}
	pg, err = f.send(pg, func() (*page, error) {
		if err := do(seen); err != nil {
			return nil, err
		}
		return &page{to: back, flash: &ui.Notice{Kind: "done", Text: said}}, nil
	})
	if err == nil && f.Clash != "" {
		if seen == e.Page.Version { // nobody was faster: it stands against something else on record
			f.Head, f.Clash = f.Clash, ""
		}
		f.Version = strconv.FormatInt(e.Page.Version, 10)
	}
	return pg, err
}

func (v *visit) lawField(hint string) *ui.Field {
	return &ui.Field{Name: "law", Label: v.t("Legal document"), Hint: hint, Kind: "text", Most: 200, Wide: true}
}

// agencyNameField asks for a name.
func (v *visit) agencyNameField(value string) *ui.Field {
	return &ui.Field{Name: "name", Label: v.t("Name of the agency"), Kind: "text", Most: 200, Wide: true, Value: value}
}

// siblings are the agencies of a place on a day, to choose from.
func (v *visit) siblings(place, but string, on clock.Date) ([]ui.Choice, error) {
	list, _, err := v.app.Agencies.List(v.ctx(), v.actor, agency.Filter{On: on, Place: place, Limit: 1000})
	var all []ui.Choice
	for _, a := range list {
		if a.ID != but {
			all = append(all, ui.Choice{Value: a.ID, Text: a.Name, Group: a.Bloc.Names().In(v.lang)})
		}
	}
	return all, err
}

// parentField asks to which agency one belongs.
func (v *visit) parentField(place, but, current string) (*ui.Field, error) {
	f := &ui.Field{Name: "parent", Label: v.t("Belongs to"), Kind: "select", Value: current, Optional: true, Options: []ui.Choice{{Text: v.t("no other agency")}}}
	choices, err := v.siblings(place, but, v.actor.Day)
	f.Options = append(f.Options, choices...)
	return f, err
}

// addAgency adds an agency to the place that the address or one's role names, or to one that is typed.
func (v *visit) addAgency() (*page, error) {
	of, err := v.addTo()
	if err != nil {
		return nil, err
	}
	bloc := &ui.Field{Name: "bloc", Label: v.t("Bloc"), Kind: "select"}
	for _, b := range agency.Blocs {
		bloc.Options = append(bloc.Options, ui.Choice{Value: string(b), Text: b.Names().In(v.lang)})
	}
	fields := []*ui.Field{v.agencyNameField(""), bloc}
	title := v.t("Add an agency")
	if of == "" {
		fields = append(v.scopeFields()[:2], fields...)
		fields[0].Optional = false
		fields[0].Hint = v.t("The province or commune that the agency serves: type its name, with or without marks.")
	} else {
		parent, err := v.parentField(of, "", "")
		if err != nil {
			return nil, err
		}
		name, err := v.placeOn(of, v.actor.Day)
		if err != nil {
			return nil, err
		}
		fields, title = append(fields, parent), v.t("Add an agency of %s", name)
	}
	law := v.lawField(v.t("By which it was set up."))
	law.Optional = true
	f, err := v.form(v.t("Add"), append(fields, &ui.Field{Name: "since", Label: v.t("Exists since"), Hint: v.t("Leave it empty where it is not known."), Kind: "date", Optional: true}, law)...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("agencies"), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toAgencies(v.actor.Day), nav: "agencies", body: formPage{Title: title, Form: f}}
	return f.send(pg, func() (*page, error) {
		var faults []fault.Item
		in := agency.Addition{Place: of, Bloc: agency.Bloc(f.get("bloc")), Name: f.get("name"), Law: f.get("law"), Since: f.date("since", &faults)}
		if of != "" {
			in.Parent = f.get("parent")
		} else if err := f.placed(&in.Place, &faults); err != nil {
			return nil, err
		}
		if err := fault.Batch(faults); err != nil {
			return nil, err
		}
		id, err := v.app.Agencies.Add(v.ctx(), v.actor, in)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("agency", id), "%s is added.", in.Name), nil
	})
}

// addTo is the place to which an agency is added: the one asked for, or that of one's only province.
func (v *visit) addTo() (string, error) {
	if asked := v.ask(keyPlace); asked != "" {
		return asked, v.app.Accounts.May(v.ctx(), v.actor, account.ChangeAgency, account.Subject{Place: asked})
	}
	provinces, err := v.provinces(account.ChangeAgency, "")
	if err != nil || len(provinces) != 1 {
		return "", err
	}
	return provinces[0].Place, nil
}

// placed finds the place that was typed.
func (f *form) placed(id *string, faults *[]fault.Item) error {
	var g account.Grant
	found, err := f.scoped(&g)
	*faults = append(*faults, found...)
	if *id = g.Place; *id == "" && len(found) == 0 && err == nil {
		*faults = append(*faults, fault.Item{Field: "where", What: fault.T("This is missing."), Remedy: fault.T("Fill it in.")})
	}
	return err
}

// confirmAgency confirms an agency that the program offered, under its name here.
func (v *visit) confirmAgency() (*page, error) {
	e, err := v.edit(account.ChangeAgency)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Confirm"), v.agencyNameField(e.Name))
	if err != nil {
		return nil, err
	}
	return e.show(v.t("Confirm %s", e.Name), v.t("The program offered this agency because provinces usually have it. Confirm it under the name it bears here."), f,
		v.t("The agency is confirmed."), func(seen int64) error {
			name := f.get("name")
			if name == e.Name {
				name = ""
			}
			return v.app.Agencies.Confirm(v.ctx(), v.actor, e.ID, seen, name)
		})
}

func (v *visit) dismissAgency() (*page, error) {
	return v.once(func() (*page, error) {
		seen, err := strconv.ParseInt(v.arg("version"), 10, 64)
		if err != nil {
			return nil, fault.New(fault.NotFound, "There is no page at this address.")
		}
		return v.done(v.to("agencies"), "The agency is dismissed."), v.app.Agencies.Dismiss(v.ctx(), v.actor, v.arg("agency"), seen)
	})
}

func (v *visit) reviseAgency() (*page, error) {
	e, err := v.edit(account.ChangeAgency)
	if err != nil {
		return nil, err
	}
	parent, err := v.parentField(e.Place, e.ID, e.Parent)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Save"), v.agencyNameField(e.Name), parent, &ui.Field{Name: "since", Label: v.t("First day on which it holds"), Kind: "date"}, v.lawField(""))
	if err != nil {
		return nil, err
	}
	return e.show(v.t("Another name or parent of %s", e.Name), v.t("What it was before stays on record."), f, v.t("Saved."), func(seen int64) error {
		var faults []fault.Item
		r := agency.Revision{Since: f.date("since", &faults), Law: f.get("law")}
		if name := f.get("name"); name != e.Name {
			r.Name = name
		}
		if parent := f.get("parent"); parent != e.Parent {
			r.Parent = &parent
		}
		if r.Name == "" && r.Parent == nil {
			faults = append(faults, fault.Item{Field: "name", What: fault.T("Nothing would change."), Remedy: fault.T("Give another name or another parent.")})
		}
		if err := fault.Batch(faults); err != nil {
			return err
		}
		return v.app.Agencies.Revise(v.ctx(), v.actor, e.ID, seen, r)
	})
}

// untilFields ask for a last day and the document that sets it.
func (v *visit) untilFields(lawNeeded bool) []*ui.Field {
	law := v.lawField("")
	law.Optional = !lawNeeded
	return []*ui.Field{{Name: "until", Label: v.t("Last day"), Kind: "date"}, law}
}

// closing reads untilFields.
func (f *form) closing() (agency.Closing, error) {
	var faults []fault.Item
	c := agency.Closing{Until: f.date("until", &faults), Law: f.get("law")}
	return c, fault.Batch(faults)
}

func (v *visit) closeAgency() (*page, error) {
	e, err := v.edit(account.ChangeAgency)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Close"), v.untilFields(true)...)
	if err != nil {
		return nil, err
	}
	f.Danger = true
	return e.show(v.t("Close %s", e.Name), v.t("Its posts and the tenures of who held them end with it. The page stays."), f, v.t("The agency is closed."), func(seen int64) error {
		c, err := f.closing()
		if err != nil {
			return err
		}
		return v.app.Agencies.Close(v.ctx(), v.actor, e.ID, seen, c)
	})
}

func (v *visit) succeedAgency() (*page, error) {
	e, err := v.edit(account.ChangeAgency)
	if err != nil {
		return nil, err
	}
	heirs := &ui.Field{Name: "heirs", Label: v.t("Taken over by"), Hint: v.t("An agency that is not here yet is added first. Tick the agency itself too where it goes on."), Kind: "checks"}
	if heirs.Options, err = v.siblings(e.Place, "", v.actor.Day); err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Save"), heirs,
		&ui.Field{Name: "since", Label: v.t("First day on which it holds"), Kind: "date"},
		&ui.Field{Name: "part", Label: v.t("Only these tasks"), Hint: v.t("Empty: everything goes over, and the agency ends the day before."), Kind: "text", Most: 200, Wide: true, Optional: true},
		v.lawField(""))
	if err != nil {
		return nil, err
	}
	return e.show(v.t("Who takes over from %s", e.Name), "", f, v.t("The succession is on record."), func(seen int64) error {
		var faults []fault.Item
		c := agency.Succession{Former: []agency.Seen{{ID: e.ID, Version: seen}}, Heirs: slices.Clone(heirs.Chosen), Since: f.date("since", &faults), Part: f.get("part"), Law: f.get("law")}
		if err := fault.Batch(faults); err != nil {
			return err
		}
		return v.app.Agencies.Succeed(v.ctx(), v.actor, c)
	})
}
