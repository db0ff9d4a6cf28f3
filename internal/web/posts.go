package web

import (
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

func (v *visit) addPost() (*page, error) {
	e, err := v.edit(account.ChangePosts)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Add"),
		&ui.Field{Name: "title", Label: v.t("Title of the post"), Hint: v.t("Such as Director, Deputy Director."), Kind: "text", Most: 200},
		&ui.Field{Name: "head", Label: v.t("Whoever exercises this post heads the agency"), Kind: "check"},
		&ui.Field{Name: "since", Label: v.t("Exists since"), Hint: v.t("Leave it empty where it is not known."), Kind: "date", Optional: true})
	if err != nil {
		return nil, err
	}
	return e.show(v.t("Add a post of %s", e.Name), "", f, v.t("The post is added."), func(seen int64) error {
		var faults []fault.Item
		p := agency.NewPost{Title: f.get("title"), Head: f.get("head") != "", Since: f.date("since", &faults)}
		if err := fault.Batch(faults); err != nil {
			return err
		}
		_, err := v.app.Agencies.AddPost(v.ctx(), v.actor, e.ID, seen, p)
		return err
	})
}

// post finds the post that the address names, which must be one of the agency.
func (e *editing) post() (agency.PostPage, error) {
	i := slices.IndexFunc(e.Posts, func(p agency.PostPage) bool { return p.ID == e.arg("post") })
	if i < 0 {
		return agency.PostPage{}, fault.New(fault.NotFound, "There is no such post.")
	}
	return e.Posts[i], nil
}

func (v *visit) closePost() (*page, error) {
	e, err := v.edit(account.ChangePosts)
	if err != nil {
		return nil, err
	}
	p, err := e.post()
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Close the post"), v.untilFields(false)...)
	if err != nil {
		return nil, err
	}
	f.Danger = true
	return e.show(v.t("Close the post: %s", p.Title), v.t("The tenures of who holds it end with it."), f, v.t("The post is closed."), func(seen int64) error {
		c, err := f.closing()
		if err != nil {
			return err
		}
		return v.app.Agencies.ClosePost(v.ctx(), v.actor, p.ID, seen, c)
	})
}

// appoint puts somebody into a post: somebody who held a post here before, or a new name.
func (v *visit) appoint() (*page, error) {
	e, err := v.edit(account.ChangePosts)
	if err != nil {
		return nil, err
	}
	p, err := e.post()
	if err != nil {
		return nil, err
	}
	capacity := &ui.Field{Name: "capacity", Label: v.t("How it is exercised"), Kind: "radio", Value: string(agency.Holder)}
	for _, c := range agency.Capacities {
		capacity.Options = append(capacity.Options, ui.Choice{Value: string(c), Text: c.Names().In(v.lang)})
	}
	fields := []*ui.Field{{Name: "name", Label: v.t("Full name"), Kind: "text", Most: 120, Complete: "off"}}
	if known := e.officials(); len(known) > 0 {
		who := &ui.Field{Name: "official", Label: v.t("Somebody on record here"), Kind: "select", Optional: true,
			Options: append([]ui.Choice{{Text: v.t("somebody else, by name")}}, known...)}
		fields[0].Label, fields[0].Optional = v.t("Or a new name"), true
		fields = append([]*ui.Field{who}, fields...)
	}
	f, err := v.form(v.t("Appoint"), append(fields, capacity, &ui.Field{Name: "since", Label: v.t("First day"), Kind: "date"},
		&ui.Field{Name: "law", Label: v.t("Appointment document"), Kind: "text", Most: 200, Wide: true, Optional: true})...)
	if err != nil {
		return nil, err
	}
	lead := ""
	if p.Head {
		lead = v.t("A new holder of the post that heads the agency ends the tenure before, on the day before. Somebody acting or in charge ends none.")
	}
	return e.show(v.t("Appoint to the post: %s", p.Title), lead, f, v.t("The appointment is on record."), func(seen int64) error {
		var faults []fault.Item
		a := agency.Appointment{Name: f.get("name"), Capacity: agency.Capacity(f.get("capacity")), Since: f.date("since", &faults), Law: f.get("law")}
		if f.field("official") != nil && f.get("official") != "" {
			if a.Official = f.get("official"); a.Name != "" {
				faults = append(faults, fault.Item{Field: "name", What: fault.T("Two people are named."), Remedy: fault.T("Choose one on record, or write a new name.")})
			}
		}
		if err := fault.Batch(faults); err != nil {
			return err
		}
		_, err := v.app.Agencies.Appoint(v.ctx(), v.actor, p.ID, seen, a)
		return err
	})
}

// officials are the people on record in the agency's posts.
func (e *editing) officials() (list []ui.Choice) {
	seen := map[string]bool{}
	for _, p := range e.Posts {
		for _, t := range p.Tenures {
			if t.Name != "" && !seen[t.Official] {
				seen[t.Official] = true
				list = append(list, ui.Choice{Value: t.Official, Text: t.Name})
			}
		}
	}
	return list
}

func (v *visit) endTenure() (*page, error) {
	e, err := v.edit(account.ChangePosts)
	if err != nil {
		return nil, err
	}
	for _, p := range e.Posts {
		for _, t := range p.Tenures {
			if t.ID == v.arg("tenure") {
				return e.endTenure(p, t)
			}
		}
	}
	return nil, fault.New(fault.NotFound, "There is no such tenure.")
}

func (e *editing) endTenure(p agency.PostPage, t agency.Tenure) (*page, error) {
	v := e.visit
	f, err := v.form(v.t("End the tenure"), v.untilFields(false)...)
	if err != nil {
		return nil, err
	}
	return e.show(v.t("End the tenure of %s", v.official(t.Name)), p.Title, f, v.t("The tenure is ended."), func(seen int64) error {
		c, err := f.closing()
		if err != nil {
			return err
		}
		return v.app.Agencies.EndTenure(v.ctx(), v.actor, t.ID, seen, c)
	})
}
