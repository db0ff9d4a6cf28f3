package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/lang"
	"thuoc/internal/task"
	"thuoc/internal/ui"
)

// directiveRoutes are the routes of orders and of the meetings they come from.
var directiveRoutes = []route{
	{name: "directives", method: http.MethodGet, vi: "chi-dao", en: "directives", needs: account.ReadFollowing, handle: (*visit).directives},
	{name: "directive-new", method: http.MethodGet, vi: "chi-dao/moi", en: "directives/new", needs: account.GiveDirective, handle: (*visit).newDirective},
	{name: "directive-new", method: http.MethodPost, vi: "chi-dao/moi", en: "directives/new", needs: account.GiveDirective, handle: (*visit).newDirective},
	{name: "directive", method: http.MethodGet, vi: "chi-dao/{directive}", en: "directives/{directive}", needs: account.ReadFollowing, handle: (*visit).directive},
	{name: "directive-move", method: http.MethodGet, vi: "chi-dao/{directive}/chuyen/{step}", en: "directives/{directive}/move/{step}", needs: account.ReadFollowing, handle: (*visit).moveDirective},
	{name: "directive-move", method: http.MethodPost, vi: "chi-dao/{directive}/chuyen/{step}", en: "directives/{directive}/move/{step}", needs: account.ReadFollowing, handle: (*visit).moveDirective},
	{name: "directive-task", method: http.MethodGet, vi: "chi-dao/{directive}/giao-viec", en: "directives/{directive}/task", needs: account.GiveDirective, handle: (*visit).taskOfDirective},
	{name: "directive-task", method: http.MethodPost, vi: "chi-dao/{directive}/giao-viec", en: "directives/{directive}/task", needs: account.GiveDirective, handle: (*visit).taskOfDirective},
}

// directiveBadges are the signs of the states of an order.
var directiveBadges = map[follow.DirectiveState]badge{
	follow.Open: {"", "lua", "circle-dashed"}, follow.Reported: {"", "cham", "clock"}, follow.Finished: {"", "ngoc", "circle-check"}, follow.Withdrawn: {"", "", "circle-x"},
}

// directiveRow is an order of a list.
type directiveRow struct {
	Href, Words, Unit, Said, Due, Late string
	State                              badge
}

func (v *visit) directiveRows(list []follow.Directive) ([]directiveRow, error) {
	rows := make([]directiveRow, len(list))
	for i, d := range list {
		unit, err := v.unitOf(account.Subject{Place: d.Place, Agency: d.Agency})
		if err != nil {
			return nil, err
		}
		rows[i] = directiveRow{Href: v.to("directive", d.ID), Words: d.Words, Unit: unit, Said: v.t("%s, %s", d.Speaker, lang.Date(v.lang, d.Said)), State: directiveBadges[d.State].said(v, d.State.Text())}
		if !d.Due.IsZero() {
			rows[i].Due = lang.Date(v.lang, d.Due)
		}
		if d.Overdue(v.actor.Day) {
			rows[i].Late = v.t("%d days late", days(d.Due, v.actor.Day))
		}
	}
	return rows, nil
}

// directivesPage is the orders, what is open first.
type directivesPage struct {
	Title     string
	New       string
	All       ui.Link
	Rows      []directiveRow
	OpenAlone bool
}

func (v *visit) directives() (*page, error) {
	all := v.ask("tat-ca") != ""
	list, err := v.app.Follow.Directives(v.ctx(), v.actor, !all, "", mostFollowed)
	if err != nil {
		return nil, err
	}
	body := &directivesPage{Title: v.t("Orders of the leaders"), OpenAlone: !all, All: ui.Link{Href: v.to("directives"), Text: v.t("Open ones only")}}
	if !all {
		body.All = ui.Link{Href: v.at(map[string][]string{"tat-ca": {"1"}}, "directives"), Text: v.t("Finished ones too")}
	}
	if v.byRole(account.GiveDirective) {
		body.New = v.to("directive-new")
	}
	if body.Rows, err = v.directiveRows(list); err != nil {
		return nil, err
	}
	return &page{template: "directives", title: body.Title, nav: "directives", body: body}, nil
}

// directivePage is an order with its history and what came of it.
type directivePage struct {
	Title, Unit, Said, Number, Due, Late string
	Meeting                              ui.Link
	State                                badge
	Moves                                []ui.Link
	Give                                 string
	Tasks                                []taskRow
	Events                               []taskEvent
}

// directiveSteps are the moves of an order: which step of an address leads where, from which states, by whom, and how it is named.
var directiveSteps = []struct {
	step string
	from []follow.DirectiveState
	to   follow.DirectiveState
	unit bool
	name fault.Text
	did  fault.Text
}{
	{"report", []follow.DirectiveState{follow.Open}, follow.Reported, true, fault.T("Report it done"), fault.T("reported it done")},
	{"finish", []follow.DirectiveState{follow.Reported}, follow.Finished, false, fault.T("Finish it"), fault.T("finished it")},
	{"return", []follow.DirectiveState{follow.Reported}, follow.Open, false, fault.T("Return it"), fault.T("returned it")},
	{"reopen", []follow.DirectiveState{follow.Finished}, follow.Open, false, fault.T("Open it again"), fault.T("opened it again")},
	{"withdraw", []follow.DirectiveState{follow.Open, follow.Reported}, follow.Withdrawn, false, fault.T("Withdraw it"), fault.T("withdrew it")},
}

// directiveDeeds are what the history tells beside the moves.
var directiveDeeds = map[string]fault.Text{"give": fault.T("gave the order"), "task": fault.T("gave a task of it")}

func (v *visit) directive() (*page, error) {
	d, err := v.app.Follow.Directive(v.ctx(), v.actor, v.arg("directive"))
	if err != nil {
		return nil, err
	}
	body := &directivePage{Title: d.Words, Said: v.t("%s, %s", d.Speaker, lang.Date(v.lang, d.Said)), Number: d.Number, State: directiveBadges[d.State].said(v, d.State.Text())}
	if body.Unit, err = v.unitOf(account.Subject{Place: d.Place, Agency: d.Agency}); err != nil {
		return nil, err
	}
	if !d.Due.IsZero() {
		body.Due = lang.Date(v.lang, d.Due)
	}
	if d.Overdue(v.actor.Day) {
		body.Late = v.t("%d days late", days(d.Due, v.actor.Day))
	}
	for _, s := range directiveSteps {
		if slices.Contains(s.from, d.State) && (s.unit && d.Do || !s.unit && d.Finish) {
			body.Moves = append(body.Moves, ui.Link{Href: v.to("directive-move", d.ID, s.step), Text: v.text(s.name) + "…"})
		}
	}
	if d.Finish && d.State == follow.Open && v.byRole(account.GiveTask) {
		body.Give = v.to("directive-task", d.ID)
	}
	if d.Meeting != "" {
		if m, err := v.app.Follow.Meeting(v.ctx(), v.actor, d.Meeting); err == nil {
			body.Meeting = ui.Link{Href: v.to("meeting", m.ID), Text: m.Title}
		} else if fault.KindOf(err) != fault.Forbidden {
			return nil, err
		}
	}
	if err := v.directiveHistory(body, &d); err != nil {
		return nil, err
	}
	return &page{template: "directive", title: v.t("Order"), crumbs: v.toDirectives(), nav: "directives", body: body}, nil
}

func (v *visit) directiveHistory(body *directivePage, d *follow.DirectivePage) error {
	if len(d.Tasks) > 0 {
		f := task.Filter{Limit: len(d.Tasks)}
		for _, id := range d.Tasks {
			f.IDs = append(f.IDs, id)
		}
		tasks, err := v.app.Tasks.List(v.ctx(), v.actor, f)
		if err != nil {
			return err
		}
		if body.Tasks, err = v.taskRows(tasks); err != nil {
			return err
		}
	}
	var users []string
	for _, e := range d.Events {
		users = append(users, e.Actor)
	}
	slices.Sort(users)
	names, err := v.app.Accounts.Names(v.ctx(), slices.Compact(users)...)
	for _, e := range slices.Backward(d.Events) {
		did := v.text(directiveDeeds[e.Did])
		for _, s := range directiveSteps {
			if s.step == e.Did {
				did = v.text(s.did)
			}
		}
		body.Events = append(body.Events, taskEvent{At: v.moment(e.At), Who: cmp.Or(names[e.Actor], v.t("Erased account %s", e.Actor[:min(8, len(e.Actor))])), Did: did, Note: e.Note})
	}
	return err
}

func (v *visit) toDirectives() []ui.Link {
	return []ui.Link{{Href: v.to("directives"), Text: v.t("Orders of the leaders")}}
}

// newDirective gives an order: of a meeting, when the address names one, or by itself.
func (v *visit) newDirective() (*page, error) {
	issuer, err := v.placeField(v.t("Whose leaders"), account.GiveDirective)
	if err != nil {
		return nil, err
	}
	title, lead := v.t("Enter an order"), ""
	var m follow.Meeting
	if id := v.ask("hop"); id != "" {
		if m, err = v.app.Follow.Meeting(v.ctx(), v.actor, id); err != nil {
			return nil, err
		}
		lead = v.t("Of the meeting “%s” on %s.", m.Title, lang.Date(v.lang, m.Day))
	}
	where := v.scopeFields()
	where[0].Label, where[0].Hint = v.t("Commune that does it"), v.t("Type its name, with or without marks; or name an agency below.")
	where[2].Label, where[2].Hint = v.t("Agency that does it"), v.t("Type a part of its name.")
	fields := []*ui.Field{{Name: "words", Label: v.t("What is to be done"), Kind: "area", Rows: 4, Most: 2000, Wide: true}}
	fields = append(fields, where...)
	fields = append(fields, &ui.Field{Name: "due", Label: v.t("Last day"), Hint: v.t("Without one it stays open all the same."), Kind: "date", Optional: true},
		&ui.Field{Name: "speaker", Label: v.t("Post that gave it"), Kind: "text", Most: 200, Value: m.Chair},
		&ui.Field{Name: "said", Label: v.t("Day on which it was given"), Kind: "date", Value: cmp.Or(m.Day.String(), v.actor.Day.String())},
		&ui.Field{Name: "number", Label: v.t("Number of its paper"), Hint: v.t("As in: 12/TB-UBND. Leave it empty where it was only said."), Kind: "text", Most: 60, Optional: true})
	if m.ID == "" {
		fields = append(fields, issuer)
	}
	f, err := v.form(v.t("Give the order"), append(fields, &ui.Field{Name: "hop", Kind: "hidden", Value: m.ID})...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("directives"), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toDirectives(), nav: "directives", body: formPage{Title: title, Lead: lead, Form: f}}
	return f.send(pg, func() (*page, error) {
		d := []follow.Directive{{Meeting: m.ID, Issuer: m.Issuer, Speaker: f.get("speaker"), Number: f.get("number"), Words: f.get("words")}}
		if m.ID == "" {
			d[0].Issuer = f.get("issuer")
		}
		var g account.Grant
		faults, err := f.scoped(&g)
		if err != nil {
			return nil, err
		}
		if d[0].Place, d[0].Agency = g.Place, g.Agency; g.Agency != "" {
			d[0].Place = "" // the agency does it
		}
		d[0].Said, _ = clock.ParseDate(f.get("said"))
		d[0].Due, _ = clock.ParseDate(f.get("due"))
		if err := fault.Batch(faults); err != nil {
			return nil, err
		}
		if err := unlined(v.app.Follow.Direct(v.ctx(), v.actor, d)); err != nil {
			return nil, err
		}
		return v.done(v.to("directive", d[0].ID), "The order is given. It stays open until it is finished."), nil
	})
}

// unlined takes the line numbers off the faults of a batch of one.
func unlined(err error) error {
	items := fault.Items(err)
	if len(items) == 0 {
		return err
	}
	for i := range items {
		items[i].Line = 0
	}
	return fault.Batch(items)
}

// placeField asks in the name of which place somebody acts, of those over which they may.
func (v *visit) placeField(label string, do account.Action) (*ui.Field, error) {
	options, err := v.placesOf(do)
	f := &ui.Field{Name: "issuer", Label: label, Kind: "select", Options: options}
	if len(options) > 0 {
		f.Value = options[0].Value
	}
	return f, err
}

// placesOf are the places over which the person may do something.
func (v *visit) placesOf(do account.Action) (list []ui.Choice, err error) {
	for _, g := range v.actor.Grants {
		if g.Place == "" || slices.ContainsFunc(list, func(c ui.Choice) bool { return c.Value == g.Place }) || !slices.Contains(do.Holders(), g.Role) {
			continue
		}
		name, err := v.placeName(g.Place)
		if err != nil {
			return nil, err
		}
		list = append(list, ui.Choice{Value: g.Place, Text: name})
	}
	return list, nil
}

func (v *visit) moveDirective() (*page, error) {
	d, err := v.app.Follow.Directive(v.ctx(), v.actor, v.arg("directive"))
	if err != nil {
		return nil, err
	}
	for _, s := range directiveSteps {
		if s.step != v.arg("step") {
			continue
		}
		if s.unit && !d.Do || !s.unit && !d.Finish {
			return nil, forbidden()
		}
		title := v.text(s.name)
		f, err := v.form(title, &ui.Field{Name: "note", Label: v.t("Note"), Hint: v.t("What was done, what is missing, or why; it stays in the history."), Kind: "area", Rows: 4, Most: 2000, Optional: s.step == "finish", Wide: true})
		if err != nil {
			return nil, err
		}
		f.editing(strconv.Itoa(d.Rev))
		f.Cancel = ui.Link{Href: v.to("directive", d.ID), Text: v.t("Cancel")}
		pg := &page{template: "form", title: title, crumbs: append(v.toDirectives(), ui.Link{Href: v.to("directive", d.ID), Text: v.t("Order")}), nav: "directives", body: formPage{Title: title, Lead: d.Words, Form: f}}
		return f.send(pg, func() (*page, error) {
			rev, _ := strconv.Atoi(f.Version)
			return v.done(v.to("directive", d.ID), "Noted."), v.app.Follow.Move(v.ctx(), v.actor, follow.DirectiveStep{Directive: d.ID, Rev: rev, To: s.to, Note: f.get("note")})
		})
	}
	return nil, fault.New(fault.NotFound, "An order has no such step.")
}

// taskOfDirective gives a task that does a part of an order.
func (v *visit) taskOfDirective() (*page, error) {
	d, err := v.app.Follow.Directive(v.ctx(), v.actor, v.arg("directive"))
	if err != nil {
		return nil, err
	}
	if !d.Finish {
		return nil, forbidden()
	}
	t := task.Task{Title: d.Words, Place: d.Place, Agency: d.Agency, Due: d.Due}
	fields := v.taskFields(t)
	if err := v.fillScope(fields, &task.Page{Task: t}); err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Give the task"), fields...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("directive", d.ID), Text: v.t("Cancel")}
	title := v.t("Give a task of the order")
	pg := &page{template: "form", title: title, crumbs: append(v.toDirectives(), ui.Link{Href: v.to("directive", d.ID), Text: v.t("Order")}), nav: "directives", body: formPage{Title: title, Lead: d.Words, Form: f}}
	return f.send(pg, func() (*page, error) {
		var t task.Task
		helpers, err := f.taskAndHelpers(&t)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("directive", d.ID), "The task is given."), v.app.Follow.Give(v.ctx(), v.actor, d.ID, &t, helpers)
	})
}
