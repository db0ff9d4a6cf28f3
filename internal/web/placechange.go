package web

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/ui"
)

// mostHeirs is how many new places the form of a division offers; a division into more is two.
const mostHeirs = 4

// proposals are the forms of the changes that a place can see: a province is not divided while communes lie in it, nor
// moved.
func (v *visit) proposals(of place.Version) (links []ui.Link) {
	for _, kind := range place.ChangeKinds {
		if of.Level == gazetteer.ProvinceLevel && (kind == place.Move || kind == place.Split) {
			continue
		}
		links = append(links, ui.Link{Href: v.to("place-propose", of.Place, string(kind)), Text: v.text(changeNames[kind])})
	}
	return links
}

// propose is the form of a boundary change.
func (v *visit) propose() (*page, error) {
	kind := place.ChangeKind(v.arg("kind"))
	p, err := v.app.Places.Page(v.ctx(), v.arg("place"), v.actor.Day)
	if err != nil {
		return nil, err
	}
	if _, known := changeNames[kind]; !known {
		return nil, fault.New(fault.NotFound, "There is no such kind of change.")
	}
	if err := v.app.Accounts.May(v.ctx(), v.actor, account.ProposePlace, account.Subject{Place: p.Version.Place}); err != nil {
		return nil, err
	}
	fields, err := v.proposalFields(kind, p.Version)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Send for review"), fields...)
	if err != nil {
		return nil, err
	}
	name := p.Version.Full().In(v.lang)
	title := v.t("Propose a change of %s", name)
	f.Cancel = ui.Link{Href: v.to("place", p.Version.Place), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, nav: "places",
		crumbs: append(v.toPlaces(v.actor.Day, p.Around), ui.Link{Href: f.Cancel.Href, Text: name}),
		body:   formPage{Title: title, Lead: v.t("%s. Somebody else reviews it; it takes effect on its day, and what held before stays on record.", v.text(changeNames[kind])), Form: f}}
	return f.send(pg, func() (*page, error) {
		what, err := f.proposal(kind, p.Version)
		if err != nil {
			return nil, err
		}
		id, err := v.app.Places.Propose(v.ctx(), v.actor, what)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("change", id), "The change is proposed. Somebody else has to review it."), nil
	})
}

// proposalFields are the fields of a kind of change. Their names are those that the store's faults speak of.
func (v *visit) proposalFields(kind place.ChangeKind, of place.Version) ([]*ui.Field, error) {
	fields := []*ui.Field{
		{Name: "since", Label: v.t("First day on which it holds"), Kind: "date"},
		{Name: "law", Label: v.t("Legal document"), Hint: v.t("Number and day, such as Resolution 30/2026/QH16."), Kind: "text", Most: 200, Wide: true},
	}
	switch kind {
	case place.Rename:
		fields = append(fields, &ui.Field{Name: "name", Label: v.t("New name"), Hint: v.t("Without the kind: “Mỹ Hào”."), Kind: "text", Most: 60, Value: of.Name})
	case place.Retype:
		fields = append(fields, v.kindField("type", of.Level, of.Type))
	case place.Recode:
		fields = append(fields, &ui.Field{Name: "code", Label: v.t("New code"), Hint: v.t("Of the statistics office."), Kind: "text", Mode: "numeric", Most: 5, Value: of.Code})
	case place.Move:
		provinces, err := v.app.Places.Children(v.ctx(), "", v.actor.Day)
		if err != nil {
			return nil, err
		}
		to := &ui.Field{Name: "parent", Label: v.t("Province it comes to lie in"), Kind: "select", Value: of.Parent}
		for _, p := range provinces {
			to.Options = append(to.Options, ui.Choice{Value: p.Place, Text: p.Full().In(v.lang)})
		}
		fields = append(fields, to)
	case place.Merge:
		fields = append(fields, &ui.Field{Name: "places", Label: v.t("Merged with"), Hint: v.t("The codes of the other places, one on a line."), Kind: "area", Rows: 3, Most: 400})
		fields = append(fields, v.heirFields(1, of, v.t("The new place"))...)
	case place.Split:
		fields = append(fields, &ui.Field{Name: "heirs", Kind: "hidden"})
		for i := range mostHeirs {
			fields = append(fields, v.heirFields(i+1, of, v.t("New place %d", i+1))...)
		}
	}
	return fields, nil
}

func (v *visit) kindField(name string, level gazetteer.Level, current gazetteer.Kind) *ui.Field {
	f := &ui.Field{Name: name, Label: v.t("Kind"), Kind: "select", Value: string(current)}
	kinds := []gazetteer.Kind{gazetteer.Commune, gazetteer.Ward, gazetteer.SpecialZone}
	if level == gazetteer.ProvinceLevel {
		kinds = []gazetteer.Kind{gazetteer.Province, gazetteer.City}
	}
	for _, k := range kinds {
		f.Options = append(f.Options, ui.Choice{Value: string(k), Text: k.Names().In(v.lang)})
	}
	return f
}

// heirFields ask for a new place: of a division also for its share of the people, from the third on only where it is
// wanted.
func (v *visit) heirFields(i int, of place.Version, head string) []*ui.Field {
	field := func(name string) string { return fmt.Sprintf("heirs.%d.%s", i, name) }
	kind := v.kindField(field("type"), of.Level, of.Type)
	fields := []*ui.Field{
		{Name: field("name"), Label: v.t("What it is called"), Hint: v.t("Without the kind: “Mỹ Hào”."), Kind: "text", Most: 60, Head: head, Optional: i > 2},
		kind,
		{Name: field("code"), Label: v.t("Code"), Kind: "text", Mode: "numeric", Most: 5, Optional: i > 2},
	}
	if of.Level != gazetteer.CommuneLevel || head == v.t("The new place") {
		return fields
	}
	basis := &ui.Field{Name: field("basis"), Label: v.t("The share is known from"), Kind: "select", Value: string(place.ByPopulation), Optional: true}
	for _, b := range []place.Basis{place.ByPopulation, place.ByVillages, place.ByArea, place.ByLaw} {
		basis.Options = append(basis.Options, ui.Choice{Value: string(b), Text: v.text(basisNames[b])})
	}
	return append(fields, &ui.Field{Name: field("share"), Label: v.t("Share of the people (per cent)"), Hint: v.t("Leave it empty where nobody knows."), Kind: "text", Mode: "decimal", Most: 8, Optional: true}, basis)
}

// proposal reads the form of a change.
func (f *form) proposal(kind place.ChangeKind, of place.Version) (place.Proposal, error) {
	var faults []fault.Item
	p := place.Proposal{Kind: kind, On: f.date("since", &faults), Law: f.get("law"), Places: []string{of.Place}}
	switch kind {
	case place.Rename:
		p.Name = f.get("name")
	case place.Retype:
		p.Type = gazetteer.Kind(f.get("type"))
	case place.Recode:
		p.Code = f.get("code")
	case place.Move:
		p.Parent = f.get("parent")
	case place.Merge:
		others, err := f.others(p.On, &faults)
		if err != nil {
			return p, err
		}
		p.Places = append(p.Places, others...)
		p.Heirs = f.heirs(1, of, &faults)
	case place.Split:
		p.Heirs = f.heirs(mostHeirs, of, &faults)
	}
	return p, fault.Batch(faults)
}

// others finds the places that are merged with one, by their codes on the day before the change.
func (f *form) others(on clock.Date, faults *[]fault.Item) (ids []string, err error) {
	if on.IsZero() {
		on = f.v.actor.Day.Add(1)
	}
	for _, code := range strings.FieldsFunc(f.get("places"), func(r rune) bool { return strings.ContainsRune(" ,;\r\n\t", r) }) {
		p, err := f.v.app.Places.At(f.v.ctx(), code, on.Add(-1))
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Invalid:
			*faults = append(*faults, fault.Item{Field: "places", What: fault.T("No place had the code “%s” on the day before.", code), Remedy: fault.T("Look the place up and take its code from there.")})
		default:
			if err != nil {
				return nil, err
			}
			ids = append(ids, p.Place)
		}
	}
	return ids, nil
}

// heirs reads the new places. A province's heir lies in none; a commune's where the commune lay.
func (f *form) heirs(most int, of place.Version, faults *[]fault.Item) (list []place.Heir) {
	for i := range most {
		field := func(name string) string { return fmt.Sprintf("heirs.%d.%s", i+1, name) }
		h := place.Heir{Name: f.get(field("name")), Code: f.get(field("code")), Type: gazetteer.Kind(f.get(field("type"))), Parent: of.Parent}
		if i >= 2 && h.Name == "" && h.Code == "" {
			continue
		}
		if f.field(field("share")) != nil && f.get(field("share")) != "" {
			percent, err := strconv.ParseFloat(strings.Replace(f.get(field("share")), ",", ".", 1), 64)
			if err != nil || math.IsNaN(percent) || math.IsInf(percent, 0) {
				*faults = append(*faults, fault.Item{Field: field("share"), What: fault.T("This is no number."), Remedy: fault.T("Write a share of 100, such as 62.5.")})
			}
			share := percent / 100
			h.Share, h.Basis = &share, place.Basis(f.get(field("basis")))
		}
		list = append(list, h)
	}
	return list
}

// keyStage is the query key of how far a change has come.
const keyStage = "tt"

// mostChanges is how many changes the list holds.
const mostChanges = 200

// changesPage lists boundary changes.
type changesPage struct {
	Title string
	Tabs  []ui.Link
	Rows  []changeRow
}

// changeRow is a change in a list.
type changeRow struct {
	Href, What, Kind, On, Law string
	State, Badge              string
}

func (v *visit) changes() (*page, error) {
	state := place.State(v.ask(keyStage))
	if _, known := changeStates[state]; !known {
		state = ""
	}
	list, err := v.app.Places.Changes(v.ctx(), v.actor, state, mostChanges)
	if err != nil {
		return nil, err
	}
	body := changesPage{Title: v.t("Boundary changes"), Tabs: []ui.Link{{Href: v.to("changes"), Text: v.t("All"), Current: state == ""}}}
	for _, s := range []place.State{place.Proposed, place.Approved, place.Applied, place.Rejected, place.Withdrawn} {
		body.Tabs = append(body.Tabs, ui.Link{Href: v.at(url.Values{keyStage: {string(s)}}, "changes"), Text: v.text(changeStates[s].name), Current: s == state})
	}
	for _, c := range list {
		names, err := v.placeNames(c.Places, c.On.Add(-1))
		if err != nil {
			return nil, err
		}
		body.Rows = append(body.Rows, changeRow{Href: v.to("change", c.ID), What: strings.Join(names, " + "), Kind: v.text(changeNames[c.Kind]),
			On: lang.Date(v.lang, c.On), Law: c.Law, State: v.text(changeStates[c.State].name), Badge: changeStates[c.State].kind})
	}
	return &page{template: "changes", title: body.Title, crumbs: v.toPlaces(v.actor.Day, nil), nav: "places", body: body}, nil
}

// placeNames names places as they were on a day.
func (v *visit) placeNames(ids []string, on clock.Date) (names []string, err error) {
	for _, id := range ids {
		p, err := v.app.Places.ByID(v.ctx(), id, on)
		if err != nil {
			return nil, err
		}
		names = append(names, p.Full().In(v.lang))
	}
	return names, nil
}

// changePage is one boundary change.
type changePage struct {
	Title, State, Badge string
	Of                  []ui.Link
	Facts               []factLink
	Heirs               []heirRow
	Review              string // address of the form; "" for who may not
	Own                 bool   // the actor proposed it, and so cannot review it
	Withdraw            *ui.Act
}

// heirRow is a new place of a change.
type heirRow struct{ Name, Code, Share, Basis string }

func (v *visit) change() (*page, error) {
	c, err := v.app.Places.Change(v.ctx(), v.actor, v.arg("change"))
	if err != nil {
		return nil, err
	}
	body := changePage{State: v.text(changeStates[c.State].name), Badge: changeStates[c.State].kind, Own: c.State == place.Proposed && c.Proposer == v.actor.User}
	names, err := v.placeNames(c.Places, c.On.Add(-1))
	if err != nil {
		return nil, err
	}
	for i, id := range c.Places {
		body.Of = append(body.Of, ui.Link{Href: v.to("place", id), Text: names[i]})
	}
	body.Title = v.text(changeNames[c.Kind]) + ": " + strings.Join(names, " + ")
	if body.Facts, err = v.changeFacts(c); err != nil {
		return nil, err
	}
	for _, h := range c.Heirs {
		row := heirRow{Name: place.Version{Name: h.Name, Type: h.Type}.Full().In(v.lang), Code: h.Code}
		if c.Kind == place.Split {
			row.Share, row.Basis = v.t("share not known"), v.text(basisNames[place.Unknown])
			if h.Share != nil {
				row.Share, row.Basis = lang.Percent(v.lang, *h.Share, 1), v.text(basisNames[h.Basis])
			}
		}
		body.Heirs = append(body.Heirs, row)
	}
	if c.State == place.Proposed && !body.Own {
		may, err := v.may(account.ReviewPlace, account.Subject{Place: c.Places[0]})
		if err != nil {
			return nil, err
		}
		if may {
			body.Review = v.to("change-review", c.ID)
		}
	}
	if body.Own {
		act := v.act(v.t("Withdraw the proposal"), "x", "danger", "change-withdraw", c.ID)
		body.Withdraw = &act
	}
	return &page{template: "change", title: body.Title, crumbs: v.toChanges(), nav: "places", body: body}, nil
}

func (v *visit) toChanges() []ui.Link {
	return append(v.toPlaces(v.actor.Day, nil), ui.Link{Href: v.to("changes"), Text: v.t("Boundary changes")})
}

// changeFacts say what a change makes, and who did what with it when.
func (v *visit) changeFacts(c place.Change) ([]factLink, error) {
	facts := []factLink{{Term: v.t("Holds"), Value: v.t("from %s", lang.Date(v.lang, c.On))}, {Term: v.t("Legal document"), Value: c.Law}}
	switch c.Kind {
	case place.Rename:
		facts = append(facts, factLink{Term: v.t("New name"), Value: c.Name})
	case place.Retype:
		facts = append(facts, factLink{Term: v.t("New kind"), Value: c.Type.Names().In(v.lang)})
	case place.Recode:
		facts = append(facts, factLink{Term: v.t("New code"), Value: c.Code})
	case place.Move:
		to, err := v.placeNames([]string{c.Parent}, c.On)
		if err != nil {
			return nil, err
		}
		facts = append(facts, factLink{v.t("Comes to lie in"), to[0], v.onDay(c.On, "place", c.Parent)})
	}
	called, err := v.app.Accounts.Called(v.ctx(), slices.DeleteFunc([]string{c.Proposer, c.Reviewer}, func(id string) bool { return id == "" })...)
	if err != nil {
		return nil, err
	}
	facts = append(facts, factLink{Term: v.t("Proposed"), Value: v.by(called[c.Proposer], v.moment(c.Proposed))})
	if c.Reviewer != "" {
		facts = append(facts, factLink{Term: v.t("Reviewed"), Value: v.by(called[c.Reviewer], v.moment(c.Reviewed))})
	}
	if c.Remark != "" {
		facts = append(facts, factLink{Term: v.t("Remark of the review"), Value: c.Remark})
	}
	if !c.Applied.IsZero() {
		facts = append(facts, factLink{Term: v.t("Applied"), Value: v.moment(c.Applied)})
	}
	return facts, nil
}

// by writes who did something and when; of an erased account no name is left.
func (v *visit) by(name, when string) string {
	if name == "" {
		name = v.t("an erased account")
	}
	return name + " · " + when
}

// The verdicts of a review.
const (
	verdictApprove = "approve"
	verdictReject  = "reject"
)

// reviewChange asks for a verdict. That somebody else was faster comes back as a conflict, in words.
func (v *visit) reviewChange() (*page, error) {
	c, err := v.app.Places.Change(v.ctx(), v.actor, v.arg("change"))
	if err != nil {
		return nil, err
	}
	for _, id := range c.Places {
		if err := v.app.Accounts.May(v.ctx(), v.actor, account.ReviewPlace, account.Subject{Place: id}); err != nil {
			return nil, err
		}
	}
	if c.State != place.Proposed && !v.posted() {
		return &page{to: v.to("change", c.ID)}, nil
	}
	names, err := v.placeNames(c.Places, c.On.Add(-1))
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Give the verdict"),
		&ui.Field{Name: "verdict", Label: v.t("Verdict"), Kind: "radio", Options: []ui.Choice{
			{Value: verdictApprove, Text: v.t("Approve"), Aside: v.t("It takes effect on %s.", lang.Date(v.lang, c.On))},
			{Value: verdictReject, Text: v.t("Reject"), Aside: v.t("The remark says why.")}}},
		&ui.Field{Name: "remark", Label: v.t("Remark"), Kind: "area", Most: 1000, Optional: true})
	if err != nil {
		return nil, err
	}
	title := v.t("Review: %s", v.text(changeNames[c.Kind])+", "+strings.Join(names, " + "))
	f.Cancel = ui.Link{Href: v.to("change", c.ID), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toChanges(), nav: "places", body: formPage{Title: title, Lead: c.Law, Form: f}}
	return f.send(pg, func() (*page, error) {
		verdict := f.get("verdict")
		if verdict != verdictApprove && verdict != verdictReject {
			return nil, fault.Batch([]fault.Item{{Field: "verdict", What: fault.T("There is no verdict."), Remedy: fault.T("Choose one of the two.")}})
		}
		if err := v.app.Places.Review(v.ctx(), v.actor, c.ID, verdict == verdictApprove, f.get("remark")); err != nil {
			return nil, err
		}
		if verdict == verdictReject {
			return v.done(v.to("change", c.ID), "The change is rejected."), nil
		}
		return v.done(v.to("change", c.ID), "The change is approved. It takes effect on %s.", lang.Date(v.lang, c.On)), nil
	})
}

func (v *visit) withdrawChange() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("change", v.arg("change")), "The proposal is withdrawn."), v.app.Places.Withdraw(v.ctx(), v.actor, v.arg("change"))
	})
}
