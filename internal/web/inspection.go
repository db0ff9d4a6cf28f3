package web

import (
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/registry"
	"thuoc/internal/ui"
)

// inspectionPage is one inspection.
type inspectionPage struct {
	inspectionRow
	Signer, Joined, Parent, ParentHref string
	Plan                               *ui.Link
	Team                               []memberRow
	Themes                             []themeRow
	Visits                             []visitRow
	Hidden                             bool // whom it visits is drawn, and not told yet
	Findings, Rechecks                 []findingRow
	Conclusion                         *paperRow
	Events                             []taskEvent
	Edit, Join, Unit, Choose, Cancel   string
	Conclude, Draw                     string
	Open                               *ui.Act
	Papers                             []ui.Link // as documents
	Again                              []inspectionRow
}

type memberRow struct {
	Name, Post string
	Chief      bool
	Gone       string // when they left
	Leave      *ui.Act
}

type themeRow struct {
	Theme, Version string
	Questions      int
}

type visitRow struct {
	Unit, Href, Day, Record string
	Begin                   *ui.Act
}

type paperRow struct {
	Number, Date, Signer, Who string
	Words, Opinion, Present   []string
}

func (v *visit) paperRow(p *inspect.Paper) *paperRow {
	return &paperRow{Number: p.Number, Date: lang.Date(v.lang, p.Dated), Signer: p.Signer, Words: paragraphs(p.Words), Opinion: paragraphs(p.Opinion), Present: paragraphs(p.Present)}
}

// inspectionDid are the steps of an inspection's history in people's words.
var inspectionDid = map[string]fault.Text{
	"prepare": fault.T("prepared the inspection"), "edit": fault.T("changed the inspection"), "open": fault.T("opened the inspection"), "cancel": fault.T("cancelled the inspection"), "unit": fault.T("added a unit"),
	"join": fault.T("put somebody into the team"), "leave": fault.T("took somebody out of the team"), "themes": fault.T("chose the checklists"), "visit": fault.T("began a visit"),
	"record": fault.T("wrote the record of a visit"), "conclusion": fault.T("wrote the conclusion"), "end": fault.T("concluded it"), "frame": fault.T("prepared the draw"),
	"draw-seal": fault.T("sealed the draw"), "draw-number": fault.T("entered the public number"), "draw-take": fault.T("made the draw"), "draw-announce": fault.T("announced the draw"), "draw-drop": fault.T("dropped the draw"),
}

func (v *visit) inspection() (*page, error) {
	p, err := v.app.Inspections.Get(v.ctx(), v.actor, v.arg("inspection"))
	if err != nil {
		return nil, err
	}
	body := &inspectionPage{inspectionRow: v.inspectionRow(p.Inspection), Signer: p.Signer, Joined: v.text(joinedNames[p.Joined])}
	if p.Parent != "" {
		body.Parent, body.ParentHref = v.t("The inspection before"), v.to("inspection", p.Parent)
	}
	on := account.Subject{Place: p.Place}
	if plans, err := v.may(account.ReadPlans, on); err != nil {
		return nil, err
	} else if plans && p.Plan != "" {
		if of, err := v.app.Plans.Get(v.ctx(), v.actor, p.Plan); err == nil {
			body.Plan = &ui.Link{Href: v.to("plan", of.ID), Text: of.Title}
		} else if fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
	}
	ids := []string{}
	for _, m := range p.Team {
		ids = append(ids, m.User)
	}
	for _, e := range p.Events {
		ids = append(ids, e.Actor)
	}
	who, err := v.calledAs(ids)
	if err != nil {
		return nil, err
	}
	v.inspectionTeam(body, &p, who)
	if err := v.inspectionVisits(body, &p); err != nil {
		return nil, err
	}
	if body.Findings, err = v.findingRows(p.Findings); err != nil {
		return nil, err
	}
	if body.Rechecks, err = v.findingRows(p.Rechecks); err != nil {
		return nil, err
	}
	for _, a := range p.Reopened {
		body.Again = append(body.Again, v.inspectionRow(a))
	}
	v.offerInspection(body, &p)
	papers, err := v.may(account.ReadPapers, on)
	if err != nil {
		return nil, err
	}
	if papers {
		body.Papers = append(body.Papers, ui.Link{Href: v.to("paper", string(registry.Decision), p.ID), Text: v.t("Decision (Word)")})
		if body.Conclusion != nil {
			body.Papers = append(body.Papers, ui.Link{Href: v.to("paper", string(registry.Conclusion), p.ID), Text: v.t("Conclusion (Word)")})
		}
	}
	return &page{template: "inspection", title: p.Title, crumbs: v.toInspections(), nav: "inspections", body: body, keep: true}, nil
}

// inspectionTeam writes the team, the checklists and the history.
func (v *visit) inspectionTeam(body *inspectionPage, p *inspect.Page, who func(string) string) {
	changes := p.Can[account.PlanInspection] && !p.State.Ended()
	for _, m := range p.Team {
		row := memberRow{Name: who(m.User), Post: m.Post, Chief: m.Chief}
		if !m.Left.IsZero() {
			row.Gone = v.t("until %s", v.moment(m.Left))
		} else if changes {
			leave := v.act("", "x", "quiet", "inspection-leave", p.ID, m.ID)
			leave.Label = v.t("Take %s out of the team", row.Name)
			row.Leave = &leave
		}
		body.Team = append(body.Team, row)
	}
	for _, c := range p.Themes {
		body.Themes = append(body.Themes, themeRow{c.Theme, v.t("version %d, from %s", c.Version, lang.Date(v.lang, c.Since)), len(c.Items)})
	}
	for _, e := range slices.Backward(p.Events) {
		did := e.Did
		if t, ok := inspectionDid[did]; ok {
			did = v.text(t)
		}
		body.Events = append(body.Events, taskEvent{At: v.moment(e.At), Who: who(e.Actor), Did: did, Note: e.Note})
	}
}

// inspectionVisits writes whom it visits: what is on the list, and for those who may know it what was drawn.
func (v *visit) inspectionVisits(body *inspectionPage, p *inspect.Page) error {
	var units []inspect.Unit
	for _, x := range p.Visits {
		units = append(units, x.Unit)
	}
	for _, d := range p.Drawn {
		units = append(units, d.Unit)
	}
	name, err := v.inspectedNames(units...)
	if err != nil {
		return err
	}
	add := func(u inspect.Unit, visit string, planned clock.Date, begun string) {
		row := visitRow{Unit: name(u), Day: begun}
		switch {
		case begun != "":
			row.Href = v.to("visit", visit)
		case p.Member && !p.State.Ended() && (p.State == inspect.Opened || p.Kind == inspect.Surprise):
			begin := v.act(v.t("The team is here"), "play", "primary", "visit-begin", p.ID)
			begin.Hidden = []ui.Choice{{Mark: "place", Value: u.Place}, {Mark: "agency", Value: u.Agency}}
			row.Begin = &begin
		}
		if begun == "" && !planned.IsZero() {
			row.Day = lang.Date(v.lang, planned)
		}
		for _, x := range p.Papers {
			if x.Visit == visit && visit != "" {
				row.Record = lang.Date(v.lang, x.Dated)
			}
		}
		body.Visits = append(body.Visits, row)
	}
	for _, x := range p.Visits {
		begun := ""
		if !x.Began.IsZero() {
			begun = v.moment(x.Began)
		}
		add(x.Unit, x.ID, x.Planned, begun)
	}
	for _, d := range p.Drawn {
		if !slices.ContainsFunc(p.Visits, func(x inspect.Visit) bool { return x.Unit == d.Unit }) {
			add(d.Unit, "", clock.Date{}, "")
		}
	}
	body.Hidden = p.Kind == inspect.Surprise && p.Drawn == nil && !p.State.Ended()
	for _, x := range p.Papers {
		if x.Kind == inspect.ConclusionPaper {
			body.Conclusion = v.paperRow(&x)
		}
	}
	return nil
}

// offerInspection adds what the actor may do, where the state allows it.
func (v *visit) offerInspection(body *inspectionPage, p *inspect.Page) {
	if p.Can[account.PlanInspection] {
		switch p.State {
		case inspect.Prepared:
			body.Edit, body.Choose = v.to("inspection-edit", p.ID), v.to("inspection-themes", p.ID)
			if p.Kind != inspect.Surprise {
				open := v.act(v.t("Open the inspection"), "play", "primary", "inspection-open", p.ID)
				body.Open = &open
			}
			fallthrough
		case inspect.Opened:
			body.Join, body.Cancel = v.to("inspection-join", p.ID), v.to("inspection-cancel", p.ID)
			if p.Kind != inspect.Surprise {
				body.Unit = v.to("inspection-unit", p.ID)
			}
		}
	}
	if p.Can[account.ConcludeInspection] && p.State == inspect.Opened {
		body.Conclude = v.to("inspection-conclude", p.ID)
	}
	if p.Kind == inspect.Surprise && p.Can != nil {
		body.Draw = v.to("draw", p.ID)
	}
}

// inspectionFields ask for what an inspection is.
func (v *visit) inspectionFields(i inspect.Inspection) []*ui.Field {
	day := func(d clock.Date) string { return d.String() }
	joined := &ui.Field{Name: "joined", Label: v.t("Held together with"), Kind: "select", Optional: true, Value: string(i.Joined)}
	for _, j := range []inspect.Joined{inspect.Alone, inspect.Reform, inspect.PublicDuty, inspect.Both} {
		joined.Options = append(joined.Options, ui.Choice{Value: string(j), Text: v.text(joinedNames[j])})
	}
	return []*ui.Field{
		{Name: "title", Label: v.t("What is inspected"), Hint: v.t("The title is seen by many: it names no unit of a surprise inspection."), Kind: "text", Most: 200, Value: i.Title, Wide: true},
		joined,
		{Name: "since", Label: v.t("First day"), Kind: "date", Value: day(i.Since)},
		{Name: "until", Label: v.t("Last day"), Kind: "date", Value: day(i.Until)},
		{Name: "decision", Label: v.t("Number of the decision"), Hint: v.t("For instance 41/QĐ-UBND. It can follow, before the first visit."), Kind: "text", Most: 60, Value: i.Decision, Optional: true, Head: v.t("Basis")},
		{Name: "decided", Label: v.t("Date of the decision"), Kind: "date", Value: day(i.Decided), Optional: true},
		{Name: "signer", Label: v.t("Signed by, with the post"), Kind: "text", Most: 200, Value: i.Signer, Optional: true},
	}
}

// inspection reads the fields of inspectionFields.
func (f *form) inspection(i *inspect.Inspection) error {
	var items []fault.Item
	i.Title, i.Joined, i.Decision, i.Signer = f.get("title"), inspect.Joined(f.get("joined")), f.get("decision"), f.get("signer")
	i.Since, i.Until, i.Decided = f.dayOf("since", &items), f.dayOf("until", &items), f.dayOf("decided", &items)
	return fault.Batch(items)
}

// inspectingPlace is the place whose offices inspect.
func (v *visit) inspectingPlace() (string, error) {
	home, err := v.app.Home(v.ctx())
	return home.Place, err
}

func (v *visit) newInspection() (*page, error) {
	home, err := v.inspectingPlace()
	if err != nil {
		return nil, err
	}
	kind := &ui.Field{Name: "kind", Label: v.t("How"), Kind: "radio", Value: string(inspect.Planned), Options: []ui.Choice{
		{Value: string(inspect.Planned), Text: v.text(inspectionKinds[inspect.Planned]), Aside: v.t("You choose whom it visits; they are told.")},
		{Value: string(inspect.Surprise), Text: v.text(inspectionKinds[inspect.Surprise]), Aside: v.t("Whom it visits is drawn by lot; the team alone knows.")}}}
	fields := append([]*ui.Field{kind}, v.inspectionFields(inspect.Inspection{Since: v.actor.Day, Until: v.actor.Day.Add(30)})...)
	plans, err := v.plansOf(home)
	if err != nil {
		return nil, err
	}
	fields = append(fields, plans)
	return v.entryPage(v.t("A new inspection"), "", v.t("Prepare the inspection"), v.to("inspections"), v.toInspections(), fields, func(f *form) (*page, error) {
		i := inspect.Inspection{Place: home, Kind: inspect.Kind(f.get("kind")), Plan: f.get(keyPlan)}
		if err := f.inspection(&i); err != nil {
			return nil, err
		}
		id, err := v.app.Inspections.Create(v.ctx(), v.actor, i)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("inspection", id), "The inspection is prepared. Now the team, the checklists, and whom it visits."), nil
	})
}

// plansOf asks which of the place's plans an inspection looks at; the address may say it.
func (v *visit) plansOf(home string) (*ui.Field, error) {
	f := &ui.Field{Name: keyPlan, Label: v.t("The plan whose carrying out it checks"), Kind: "select", Optional: true, Value: v.ask(keyPlan), Options: []ui.Choice{{Text: v.t("none")}}}
	all, err := v.app.Plans.List(v.ctx(), v.actor, plan.Filter{Place: home, Limit: perPage})
	for _, p := range all {
		f.Options = append(f.Options, ui.Choice{Value: p.ID, Text: p.Title + ", " + years(p)})
	}
	return f, err
}

// inspectionToChange reads the inspection of the address for who may plan it.
func (v *visit) inspectionToChange(do account.Action) (*inspect.Page, []ui.Link, error) {
	p, err := v.app.Inspections.Get(v.ctx(), v.actor, v.arg("inspection"))
	if err == nil && !p.Can[do] {
		err = forbidden()
	}
	return &p, append(v.toInspections(), ui.Link{Href: v.to("inspection", p.ID), Text: p.Title}), err
}

func (v *visit) editInspection() (*page, error) {
	p, crumbs, err := v.inspectionToChange(account.PlanInspection)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Save"), v.inspectionFields(p.Inspection)...)
	if err != nil {
		return nil, err
	}
	f.editing(strconv.Itoa(p.Rev))
	f.Cancel = ui.Link{Href: v.to("inspection", p.ID), Text: v.t("Cancel")}
	title := v.t("Change the inspection")
	pg := &page{template: "form", title: title, crumbs: crumbs, nav: "inspections", body: formPage{Title: title, Form: f}}
	return f.send(pg, func() (*page, error) {
		i := p.Inspection
		if err := f.inspection(&i); err != nil {
			return nil, err
		}
		i.Rev, _ = strconv.Atoi(f.Version)
		return v.done(v.to("inspection", i.ID), "The inspection is changed."), v.app.Inspections.Edit(v.ctx(), v.actor, i)
	})
}

func (v *visit) openInspection() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("inspection", v.arg("inspection")), "The inspection is opened."), v.app.Inspections.Open(v.ctx(), v.actor, v.arg("inspection"))
	})
}

func (v *visit) cancelInspection() (*page, error) {
	p, crumbs, err := v.inspectionToChange(account.PlanInspection)
	if err != nil {
		return nil, err
	}
	fields := []*ui.Field{{Name: "reason", Label: v.t("Reason"), Kind: "area", Most: 2000, Wide: true}}
	return v.entryPage(v.t("Cancel the inspection"), p.Title, v.t("Cancel the inspection"), v.to("inspection", p.ID), crumbs, fields, func(f *form) (*page, error) {
		return v.done(v.to("inspection", p.ID), "The inspection is cancelled."), v.app.Inspections.Cancel(v.ctx(), v.actor, p.ID, f.get("reason"))
	})
}

func (v *visit) joinTeam() (*page, error) {
	p, crumbs, err := v.inspectionToChange(account.PlanInspection)
	if err != nil {
		return nil, err
	}
	fields := []*ui.Field{
		{Name: "who", Label: v.t("Person"), Hint: v.t("Type a part of the name, with or without marks."), Kind: "search", Most: 120, Complete: "off"},
		{Name: "user", Kind: "hidden"},
		{Name: "post", Label: v.t("What they are in the team"), Hint: v.t("For instance: Deputy chief, Inspectorate of the province."), Kind: "text", Most: 200},
		{Name: "chief", Label: v.t("Chief of the team"), Kind: "check", Optional: true},
	}
	lead := v.t("Nobody inspects their own unit: whoever has a role in a unit that is visited, or may be drawn, is refused. After two inspections of a unit in a row, somebody else goes.")
	return v.entryPage(v.t("Put somebody into the team"), lead, v.t("Put into the team"), v.to("inspection", p.ID), crumbs, fields, func(f *form) (*page, error) {
		found, err := v.peopleNamed(p.ID, f.get("who"))
		if err != nil {
			return nil, err
		}
		user, item := f.choose(f.field("user"), found)
		if item != nil {
			if item.Field = "who"; len(found) > 0 {
				item.Field = "user"
			}
			return nil, fault.Batch([]fault.Item{*item})
		}
		return v.done(v.to("inspection", p.ID), "The team is changed."), v.app.Inspections.Join(v.ctx(), v.actor,
			inspect.Member{Inspection: p.ID, User: user, Post: f.get("post"), Chief: f.get("chief") != ""})
	})
}

// peopleNamed finds active people of an inspection's province by their names, with their roles; who names a team may know
// who there is.
func (v *visit) peopleNamed(inspection, text string) (list []candidate, err error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	found, _, err := v.app.Accounts.Users(v.ctx(), account.Program("names", v.actor.Day), account.UserFilter{Text: text, State: account.Active, Limit: 10 * mostChoices})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, u := range found {
		ids[i] = u.ID
	}
	eligible, err := v.app.Inspections.Eligible(v.ctx(), v.actor, inspection, ids)
	for _, u := range found {
		if len(list) == mostChoices || !slices.Contains(eligible, u.ID) {
			continue
		}
		roles, err := v.grantNames(u.Grants)
		if err != nil {
			return nil, err
		}
		list = append(list, candidate{id: u.ID, name: u.Name, aside: strings.Join(roles, "; "), exact: lang.Fold(u.Name) == lang.Fold(text)})
	}
	return list, err
}

func (v *visit) leaveTeam() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("inspection", v.arg("inspection")), "The team is changed."), v.app.Inspections.Leave(v.ctx(), v.actor, v.arg("inspection"), v.arg("member"))
	})
}

func (v *visit) addUnit() (*page, error) {
	p, crumbs, err := v.inspectionToChange(account.PlanInspection)
	if err != nil {
		return nil, err
	}
	fields := v.scopeFields()
	fields[0].Label, fields[0].Hint = v.t("Commune"), v.t("Type its name, with or without marks. Of an agency, leave it empty.")
	fields[2].Hint = v.t("Where an agency is inspected: type a part of its name.")
	fields = append(fields, &ui.Field{Name: "day", Label: v.t("Day of the visit"), Kind: "date", Value: p.Since.String(), Optional: true})
	return v.entryPage(v.t("Add a unit to be visited"), p.Title, v.t("Add"), v.to("inspection", p.ID), crumbs, fields, func(f *form) (*page, error) {
		var g account.Grant
		items, err := f.scoped(&g)
		if err != nil {
			return nil, err
		}
		day := f.dayOf("day", &items)
		if g.Place == "" && g.Agency == "" && len(items) == 0 {
			items = append(items, fault.Item{Field: "where", What: fault.T("This is empty."), Remedy: fault.T("Choose the unit.")})
		}
		if err := fault.Batch(items); err != nil {
			return nil, err
		}
		if g.Place == "" {
			g.Place = p.Place
		}
		return v.done(v.to("inspection", p.ID), "The unit is added."), v.app.Inspections.AddUnit(v.ctx(), v.actor, p.ID, inspect.Unit{Place: g.Place, Agency: g.Agency}, day)
	})
}

func (v *visit) chooseThemes() (*page, error) {
	p, crumbs, err := v.inspectionToChange(account.PlanInspection)
	if err != nil {
		return nil, err
	}
	all, err := v.app.Inspections.Checklists(v.ctx(), v.actor, p.Place)
	if err != nil {
		return nil, err
	}
	field := &ui.Field{Name: "themes", Label: v.t("Checklists in force on the first day"), Kind: "checks"}
	for _, c := range inspect.InForce(all, p.Since) {
		field.Options = append(field.Options, ui.Choice{Value: c.ID, Text: c.Theme, Aside: v.t("version %d, %d questions", c.Version, len(c.Items))})
	}
	for _, c := range p.Themes {
		field.Chosen = append(field.Chosen, c.ID)
	}
	return v.entryPage(v.t("Choose the checklists"), p.Title, v.t("Save"), v.to("inspection", p.ID), crumbs, []*ui.Field{field}, func(*form) (*page, error) {
		return v.done(v.to("inspection", p.ID), "The checklists are chosen."), v.app.Inspections.Choose(v.ctx(), v.actor, p.ID, field.Chosen)
	})
}

// paperFields ask for a record or a conclusion.
func (v *visit) paperFields(kind inspect.PaperKind, was *inspect.Paper) []*ui.Field {
	if was == nil {
		was = &inspect.Paper{Dated: v.actor.Day}
	}
	fields := []*ui.Field{
		{Name: "number", Label: v.t("Number"), Kind: "text", Most: 60, Value: was.Number, Optional: kind == inspect.RecordPaper},
		{Name: "dated", Label: v.t("Date"), Kind: "date", Value: was.Dated.String()},
	}
	if kind == inspect.RecordPaper {
		fields = append(fields, &ui.Field{Name: "present", Label: v.t("Present for the unit, one a line"), Kind: "area", Rows: 2, Most: 2000, Value: was.Present, Wide: true})
	}
	fields = append(fields, &ui.Field{Name: "words", Label: v.t("What was seen and found"), Kind: "area", Rows: 8, Most: 20_000, Value: was.Words, Wide: true})
	if kind == inspect.RecordPaper {
		fields = append(fields, &ui.Field{Name: "opinion", Label: v.t("What the unit says to it"), Kind: "area", Rows: 3, Most: 4000, Value: was.Opinion, Optional: true, Wide: true})
	} else {
		fields[2].Label = v.t("What is concluded")
	}
	return append(fields, &ui.Field{Name: "signer", Label: v.t("Signed by, with the post"), Kind: "text", Most: 200, Value: was.Signer})
}

// paper reads the fields of paperFields.
func (f *form) paper(p *inspect.Paper) error {
	var items []fault.Item
	p.Number, p.Words, p.Signer, p.Dated = f.get("number"), f.get("words"), f.get("signer"), f.dayOf("dated", &items)
	if f.field("present") != nil {
		p.Present, p.Opinion = f.get("present"), f.get("opinion")
	}
	return fault.Batch(items)
}

func (v *visit) conclude() (*page, error) {
	p, crumbs, err := v.inspectionToChange(account.ConcludeInspection)
	if err != nil {
		return nil, err
	}
	lead := v.t("Every visit that began has its record first. After the conclusion nothing is added; the findings stay open until they are verified.")
	return v.entryPage(v.t("Conclude the inspection"), lead, v.t("Conclude"), v.to("inspection", p.ID), crumbs, v.paperFields(inspect.ConclusionPaper, nil), func(f *form) (*page, error) {
		x := inspect.Paper{Inspection: p.ID}
		if err := f.paper(&x); err != nil {
			return nil, err
		}
		return v.done(v.to("inspection", p.ID), "The inspection is concluded."), v.app.Inspections.Conclude(v.ctx(), v.actor, x)
	})
}
