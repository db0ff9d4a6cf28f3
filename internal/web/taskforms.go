package web

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/task"
	"thuoc/internal/ui"
	"thuoc/internal/upload"
	"thuoc/internal/workday"
)

// taskFields ask for what a task is.
func (v *visit) taskFields(t task.Task) []*ui.Field {
	number := func(n *float64) string {
		if n == nil {
			return ""
		}
		return lang.Entry(v.lang, *n)
	}
	day := ""
	if !t.Due.IsZero() {
		day = t.Due.String()
	}
	measure := &ui.Field{Name: "measure", Label: v.t("Counted by"), Kind: "select", Optional: true, Value: string(t.Measure), Options: []ui.Choice{
		{Text: v.t("not counted")}, {Value: string(task.Count), Text: v.t("a number of a number")}, {Value: string(task.Percent), Text: v.t("a share in %")}, {Value: string(task.YesNo), Text: v.t("done or not")}}}
	fields := []*ui.Field{
		{Name: "title", Label: v.t("What is to be done"), Kind: "area", Rows: 3, Most: 500, Value: t.Title, Wide: true},
		{Name: "product", Label: v.t("What shows that it is done"), Kind: "area", Rows: 2, Most: 500, Value: t.Product, Optional: true, Wide: true},
	}
	scope := v.scopeFields()
	scope[0].Label, scope[0].Hint, scope[0].Head = v.t("Place"), v.t("The commune or province where it is done: type its name, with or without marks."), v.t("Who and until when")
	scope[2].Hint = v.t("The agency that leads: type a part of its name.")
	fields = append(fields, scope...)
	return append(fields,
		&ui.Field{Name: "due", Label: v.t("Last day"), Kind: "date", Value: day, Optional: true},
		&ui.Field{Name: "within", Label: v.t("Or within so many working days"), Hint: v.t("Counted from tomorrow, without days off and holidays."), Kind: "text", Mode: "numeric", Most: 3, Optional: true},
		&ui.Field{Name: "helpers", Label: v.t("Agencies that coordinate"), Hint: v.t("One agency a line; what it does after a semicolon. As in: Sở Y tế; cung cấp số liệu."), Kind: "area", Rows: 3, Most: 2000, Optional: true, Wide: true},
		&ui.Field{Name: "code", Label: v.t("Code of the sub-dimension or indicator"), Hint: v.t("For instance 2.3; several are parted by a semicolon."), Kind: "text", Most: 60, Value: t.Code, Optional: true, Head: v.t("Why, and how it is counted")},
		&ui.Field{Name: "effect", Label: v.t("Expected effect, in points of the index"), Kind: "text", Mode: "decimal", Most: 12, Value: number(t.Effect), Optional: true},
		measure,
		&ui.Field{Name: "goal", Label: v.t("Number aimed at"), Kind: "text", Mode: "decimal", Most: 16, Value: number(t.Goal), Optional: true},
		&ui.Field{Name: "cost", Label: v.t("Cost, in million đồng"), Kind: "text", Mode: "decimal", Most: 16, Value: number(t.Cost), Optional: true},
		&ui.Field{Name: "block", Label: v.t("Block of the plan"), Kind: "text", Most: 200, Value: t.Block, Optional: true})
}

// task reads the fields of taskFields into a task.
func (f *form) task(t *task.Task) error {
	var faults []fault.Item
	t.Title, t.Product, t.Code, t.Block, t.Measure = f.get("title"), f.get("product"), f.get("code"), f.get("block"), task.Measure(f.get("measure"))
	for name, at := range map[string]**float64{"effect": &t.Effect, "goal": &t.Goal, "cost": &t.Cost} {
		*at = nil
		if s := f.get(name); s != "" {
			n, err := f.v.number(s)
			if err != nil {
				faults = append(faults, fault.Item{Field: name, What: fault.T("“%s” is not a number.", s), Remedy: fault.T("Write it as 12 or 0,5.")})
				continue
			}
			*at = &n
		}
	}
	if t.Title == "" {
		faults = append(faults, fault.Item{Field: "title", What: fault.T("This is missing."), Remedy: fault.T("Fill it in.")})
	}
	t.Due = clock.Date{}
	if s := f.get("due"); s != "" {
		day, err := clock.ParseDate(s)
		if err != nil {
			faults = append(faults, fault.Item{Field: "due", What: fault.T("This is not a day."), Remedy: fault.T("Write it as 2025-07-01.")})
		}
		t.Due = day
	}
	if s := f.get("within"); s != "" {
		n, err := strconv.Atoi(s)
		switch {
		case err != nil || n < 1:
			faults = append(faults, fault.Item{Field: "within", What: fault.T("“%s” is not a number.", s), Remedy: fault.T("Write a whole number of days.")})
		case !t.Due.IsZero():
			faults = append(faults, fault.Item{Field: "within", What: fault.T("The last day is given already."), Remedy: fault.T("Leave one of the two empty.")})
		default:
			t.Due, _ = workday.Add(f.v.actor.Day, n)
		}
	}
	var g account.Grant
	over, err := f.scoped(&g)
	if err != nil {
		return err
	}
	t.Place, t.Agency = g.Place, g.Agency
	if t.Place == "" && t.Agency != "" { // what an agency leads is done where the agency is
		a, err := f.v.app.Agencies.Get(f.v.ctx(), f.v.actor, t.Agency, f.v.actor.Day)
		if err != nil {
			return err
		}
		t.Place = a.Place
	}
	if t.Place == "" && t.Agency == "" && len(over) == 0 {
		over = append(over, fault.Item{Field: "where", What: fault.T("Nobody has this task."), Remedy: fault.T("Choose the agency or the commune that leads.")})
	}
	return fault.Batch(append(faults, over...))
}

// giveTask gives a task by itself or of a plan.
func (v *visit) giveTask() (*page, error) {
	of, err := v.planField(v.t("Plan it belongs to"), nil)
	if err != nil {
		return nil, err
	}
	of.Options[0].Text = v.t("none")
	f, err := v.form(v.t("Give the task"), append(v.taskFields(task.Task{}), of)...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("tasks"), Text: v.t("Cancel")}
	title := v.t("Give a task")
	pg := &page{template: "form", title: title, crumbs: v.toTasks(), nav: "tasks", body: formPage{Title: title, Form: f}}
	return f.send(pg, func() (*page, error) {
		var t task.Task
		helpers, err := f.taskAndHelpers(&t)
		if err != nil {
			return nil, err
		}
		if err := v.app.Tasks.Give(v.ctx(), v.actor, f.get(keyPlan), &t, helpers); err != nil {
			return nil, err
		}
		return v.done(v.to("task", t.ID), "The task is given."), nil
	})
}

func (v *visit) toTask(t *task.Page) []ui.Link {
	return append(v.toTasks(), ui.Link{Href: v.to("task", t.ID), Text: t.Title})
}

// taskForm makes a page with one form about a task.
func (v *visit) taskForm(t *task.Page, title, lead, submit string, fields ...*ui.Field) (*form, *page, error) {
	f, err := v.form(submit, fields...)
	if err != nil {
		return nil, nil, err
	}
	f.editing(strconv.Itoa(t.Rev))
	f.Cancel = ui.Link{Href: v.to("task", t.ID), Text: v.t("Cancel")}
	return f, &page{template: "form", title: title, crumbs: v.toTask(t), nav: "tasks", body: formPage{Title: title, Lead: lead, Form: f}}, nil
}

// taskOf reads the task of the address.
func (v *visit) taskOf() (*task.Page, error) {
	p, err := v.app.Tasks.Get(v.ctx(), v.actor, v.arg("task"))
	return &p, err
}

// forbidden is the answer to who may see a thing and not do this to it.
func forbidden() error { return fault.New(fault.Forbidden, "Your role does not allow this here.") }

func (v *visit) editTask() (*page, error) {
	p, err := v.taskOf()
	if err != nil {
		return nil, err
	}
	if !p.Give {
		return nil, forbidden()
	}
	fields := v.taskFields(p.Task)
	if !v.posted() {
		if err := v.fillScope(fields, p); err != nil {
			return nil, err
		}
	}
	f, pg, err := v.taskForm(p, v.t("Change the task"), v.t("A task can be changed until it is started; after that, ask for more time or cancel it."), v.t("Save"), fields...)
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		t := p.Task
		helpers, err := f.taskAndHelpers(&t)
		if err != nil {
			return nil, err
		}
		t.Rev, _ = strconv.Atoi(f.Version)
		return v.done(v.to("task", t.ID), "The task is changed."), v.app.Tasks.Edit(v.ctx(), v.actor, t, helpers)
	})
}

// fillScope writes into the form who has the task.
func (v *visit) fillScope(fields []*ui.Field, p *task.Page) error {
	w, err := v.whoseTasks([]task.Task{p.Task})
	for _, x := range fields {
		switch x.Name {
		case "where":
			x.Value = w.places[p.Place]
		case "place":
			x.Value = p.Place
		case "unit":
			x.Value = w.agencies[p.Agency]
		case "agency":
			x.Value = p.Agency
		case "helpers":
			x.Value, err = v.helpersText(p.Helpers)
		}
	}
	return err
}

// step takes a step that needs no words.
func (v *visit) step(do task.Step, said string) (*page, error) {
	return v.once(func() (*page, error) {
		rev, _ := strconv.Atoi(v.r.PostForm.Get(versionField))
		err := v.app.Tasks.Take(v.ctx(), v.actor, task.Move{Task: v.arg("task"), Rev: rev, Step: do})
		return v.done(v.to("task", v.arg("task")), said), err
	})
}

func (v *visit) startTask() (*page, error) { return v.step(task.Start, "The task is started.") }

func (v *visit) confirmTask() (*page, error) { return v.step(task.Confirm, "The task is confirmed.") }

func (v *visit) returnTask() (*page, error) {
	p, err := v.taskOf()
	if err != nil {
		return nil, err
	}
	if !p.Judge {
		return nil, forbidden()
	}
	reason := &ui.Field{Name: "reason", Label: v.t("Reason, and what is missing"), Hint: v.t("Whoever does the task reads it."), Kind: "area", Most: 2000, Wide: true}
	f, pg, err := v.taskForm(p, v.t("Return the task"), p.Title, v.t("Return"), reason)
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		if err := needed(f, "reason"); err != nil {
			return nil, err
		}
		rev, _ := strconv.Atoi(f.Version)
		err := v.app.Tasks.Take(v.ctx(), v.actor, task.Move{Task: p.ID, Rev: rev, Step: task.Return, Note: f.get("reason")})
		return v.done(v.to("task", p.ID), "The task is returned."), err
	})
}

// needed says that a field is empty.
func needed(f *form, name string) error {
	if f.get(name) != "" {
		return nil
	}
	return fault.Batch([]fault.Item{{Field: name, What: fault.T("This is empty."), Remedy: fault.T("Write the reason; it will be read.")}})
}

func (v *visit) showEvidence() (*page, error) {
	p, err := v.taskOf()
	if err != nil {
		return nil, err
	}
	if !p.Do {
		return nil, forbidden()
	}
	f, pg, err := v.taskForm(p, v.t("Add evidence"), p.Title, v.t("Add"),
		&ui.Field{Name: "photo", Label: v.t("Photo"), Hint: v.t("JPEG, PNG or WebP. Do not photograph citizens' identity papers."), Kind: "file", Accept: "image/jpeg,image/png,image/webp", Optional: true},
		&ui.Field{Name: "consent", Label: v.t("Keep when and where the photo was taken; otherwise both are removed"), Kind: "check", Optional: true},
		&ui.Field{Name: "file", Label: v.t("File"), Hint: v.t("PDF, DOCX, XLSX or PPTX, at most %d MB.", upload.MostBytes>>20), Kind: "file", Accept: ".pdf,.docx,.xlsx,.pptx", Optional: true},
		&ui.Field{Name: "link", Label: v.t("Link"), Kind: "url", Most: 500, Optional: true},
		&ui.Field{Name: "figure", Label: v.t("Figure"), Kind: "text", Mode: "decimal", Most: 20, Optional: true},
		&ui.Field{Name: "words", Label: v.t("What it shows"), Kind: "area", Rows: 2, Most: 500, Optional: true, Wide: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		all, err := f.exhibits()
		if err != nil {
			return nil, err
		}
		for i, e := range all {
			e.Task, e.Key, e.Words = p.ID, f.Key[:min(32, len(f.Key))]+strconv.Itoa(i), f.get("words")
			if err := v.app.Tasks.Show(v.ctx(), v.actor, e); err != nil {
				return nil, err
			}
		}
		return v.done(v.to("task", p.ID), "The evidence is added."), nil
	})
}

// exhibits reads what the form shows; each at its field is told what is wrong with it.
func (f *form) exhibits() (all []task.Evidence, err error) {
	v, faults := f.v, []fault.Item(nil)
	blame := func(field string, err error) error {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		faults = append(faults, fault.Item{Field: field, What: fault.TextOf(err)})
		return nil
	}
	if photos, err := v.photos(); err == nil {
		all = append(all, photos...)
	} else if err := blame("photo", err); err != nil {
		return nil, err
	}
	if e, err := v.sentPaper(); err == nil && e != nil {
		all = append(all, *e)
	} else if err != nil {
		if err := blame("file", err); err != nil {
			return nil, err
		}
	}
	if link := f.get("link"); link != "" {
		e := task.Evidence{Sort: task.Link, Link: link}
		if !e.Linked() {
			faults = append(faults, fault.Item{Field: "link", What: fault.T("This is no address of a page. Write it as https://….")})
		}
		all = append(all, e)
	}
	if s := f.get("figure"); s != "" {
		if n, err := v.number(s); err == nil {
			all = append(all, task.Evidence{Sort: task.Figure, Figure: &n})
		} else if err := blame("figure", err); err != nil {
			return nil, err
		}
	}
	if len(all)+len(faults) == 0 {
		faults = append(faults, fault.Item{Field: "photo", What: fault.T("Nothing is shown."), Remedy: fault.T("Choose a photo or a file, or give a link or a figure.")})
	}
	return all, fault.Batch(faults)
}

// sentPaper reads the file of a form; nil where none was chosen.
func (v *visit) sentPaper() (*task.Evidence, error) {
	name, b, err := v.sentFile("file")
	if err != nil || name == "" {
		return nil, err
	}
	p, err := upload.Look(name, b)
	if err != nil {
		return nil, err
	}
	ref, err := v.app.Blobs.Put(v.ctx(), bytes.NewReader(b))
	return &task.Evidence{Sort: task.File, File: ref.SHA256, Size: ref.Size, Mime: p.Mime}, err
}

// judgePage shows evidence beside the form that judges it.
type judgePage struct {
	formPage
	Exhibit exhibitRow
}

func (v *visit) judgeEvidence() (*page, error) {
	e, err := v.app.Tasks.Exhibit(v.ctx(), v.actor, v.arg("evidence"))
	if err != nil {
		return nil, err
	}
	p, err := v.app.Tasks.Get(v.ctx(), v.actor, e.Task)
	if err != nil {
		return nil, err
	}
	if !p.Judge {
		return nil, forbidden()
	}
	f, pg, err := v.taskForm(&p, v.t("Judge the evidence"), p.Title, v.t("Save the verdict"),
		&ui.Field{Name: "verdict", Label: v.t("Does it suffice?"), Kind: "radio", Options: []ui.Choice{
			{Value: string(task.Sufficient), Text: v.t("Sufficient")}, {Value: string(task.Insufficient), Text: v.t("Not sufficient")}}},
		&ui.Field{Name: "reason", Label: v.t("Reason"), Hint: v.t("Needed where it does not suffice; whoever does the task reads it."), Kind: "area", Rows: 3, Most: 2000, Optional: true, Wide: true})
	if err != nil {
		return nil, err
	}
	names, err := v.app.Accounts.Names(v.ctx(), e.Actor, e.Judge)
	if err != nil {
		return nil, err
	}
	pg.template, pg.body = "judge", judgePage{pg.body.(formPage), v.exhibitRow(&p, e, func(id string) string { return names[id] })}
	return f.send(pg, func() (*page, error) {
		verdict := task.Verdict(f.get("verdict"))
		if verdict == task.Insufficient {
			if err := needed(f, "reason"); err != nil {
				return nil, err
			}
		}
		return v.done(v.to("task", p.ID), "The verdict is kept."), v.app.Tasks.Judge(v.ctx(), v.actor, e.ID, verdict, f.get("reason"))
	})
}

func (v *visit) askOfTask() (*page, error) {
	p, err := v.taskOf()
	if err != nil {
		return nil, err
	}
	if !p.Do {
		return nil, forbidden()
	}
	what := &ui.Field{Name: "ask", Label: v.t("What do you ask for?"), Kind: "radio"}
	for _, a := range []task.Ask{task.Extend, task.Suspend, task.Resume, task.Cancel} {
		if (a == task.Resume) == (p.State == task.Suspended) || a == task.Cancel {
			what.Options = append(what.Options, ui.Choice{Value: string(a), Text: v.text(asks[a])})
		}
	}
	f, pg, err := v.taskForm(p, v.t("Ask whoever gave the task"), p.Title, v.t("Send the request"), what,
		&ui.Field{Name: "due", Label: v.t("New last day"), Hint: v.t("For more time."), Kind: "date", Optional: true},
		&ui.Field{Name: "reason", Label: v.t("Reason"), Kind: "area", Most: 2000, Wide: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		r := task.Request{Task: p.ID, Ask: task.Ask(f.get("ask")), Reason: f.get("reason")}
		var faults []fault.Item
		if r.Ask == "" {
			faults = append(faults, fault.Item{Field: "ask", What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose one.")})
		}
		if r.Reason == "" {
			faults = append(faults, fault.Item{Field: "reason", What: fault.T("This is empty."), Remedy: fault.T("Write the reason; it will be read.")})
		}
		if r.Ask == task.Extend {
			r.Due, _ = clock.ParseDate(f.get("due"))
			if !p.Due.Before(r.Due) {
				faults = append(faults, fault.Item{Field: "due", What: fault.T("Write a later day than %s.", p.Due)})
			}
		}
		if err := fault.Batch(faults); err != nil {
			return nil, err
		}
		return v.done(v.to("task", p.ID), "The request is sent."), v.app.Tasks.Request(v.ctx(), v.actor, r)
	})
}

func (v *visit) decideRequest() (*page, error) {
	p, err := v.taskOf()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.Requests, func(r task.Request) bool { return r.ID == v.arg("request") })
	switch {
	case !p.Give:
		return nil, forbidden()
	case i < 0:
		return nil, fault.New(fault.NotFound, "This request is not there.")
	}
	r := p.Requests[i]
	names, err := v.app.Accounts.Names(v.ctx(), r.Actor)
	if err != nil {
		return nil, err
	}
	lead := strings.Join([]string{p.Title, v.asked(r), v.t("%s, %s", names[r.Actor], v.moment(r.At)), r.Reason}, " · ")
	f, pg, err := v.taskForm(p, v.t("Decide the request"), lead, v.t("Decide"),
		&ui.Field{Name: "decision", Label: v.t("Decision"), Kind: "radio", Options: []ui.Choice{{Value: "yes", Text: v.t("Grant it")}, {Value: "no", Text: v.t("Refuse it")}}},
		&ui.Field{Name: "note", Label: v.t("Note"), Hint: v.t("Needed for a refusal; whoever asked reads it."), Kind: "area", Rows: 3, Most: 2000, Optional: true, Wide: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		choice := f.get("decision")
		if choice == "" {
			return nil, fault.Batch([]fault.Item{{Field: "decision", What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose one.")}})
		}
		if choice != "yes" {
			if err := needed(f, "note"); err != nil {
				return nil, err
			}
		}
		return v.done(v.to("task", p.ID), "The decision is kept."), v.app.Tasks.Decide(v.ctx(), v.actor, r.ID, choice == "yes", f.get("note"))
	})
}

// manyPage shows what a step with many tasks would do, before it is done.
type manyPage struct {
	formPage
	Rows []taskRow // the step takes these
	Left []taskRow // their states do not allow it
}

// mostMany is how many tasks one step takes along.
const mostMany = 100

func (v *visit) manyTasks() (*page, error) {
	ids := v.r.URL.Query()[keyTask]
	step := task.Step(v.ask(keyStep))
	names := map[task.Step]string{task.Start: v.t("Start"), task.Confirm: v.t("Confirm"), task.Return: v.t("Return")}
	if len(ids) == 0 || len(ids) > mostMany || names[step] == "" {
		return nil, fault.New(fault.Invalid, "Choose between 1 and %d tasks, and a step.", mostMany)
	}
	filter := task.Filter{Limit: mostMany}
	for _, id := range ids {
		filter.IDs = append(filter.IDs, id)
	}
	list, err := v.app.Tasks.List(v.ctx(), v.actor, filter)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "This task is not there.")
	}
	able, left := list[:0:0], list[:0:0]
	for _, t := range list {
		if v.posted() || slices.Contains(t.State.Steps(), step) { // who sends saw the list: the store says what has changed
			able = append(able, t)
		} else {
			left = append(left, t)
		}
	}
	body := &manyPage{}
	if body.Left, err = v.taskRows(left); err != nil {
		return nil, err
	}
	if len(able) == 0 {
		body.Title = v.t("%s: no task", names[step])
		return &page{template: "many", title: body.Title, crumbs: v.toTasks(), nav: "tasks", body: body}, nil
	}
	list = able
	var fields []*ui.Field
	if step == task.Return {
		fields = append(fields, &ui.Field{Name: "reason", Label: v.t("Reason, and what is missing"), Kind: "area", Most: 2000, Wide: true})
	}
	revs := make([]string, len(list))
	for i, t := range list {
		revs[i] = t.ID + "." + strconv.Itoa(t.Rev)
	}
	fields = append(fields, &ui.Field{Name: "revs", Kind: "hidden", Value: strings.Join(revs, " ")})
	f, err := v.form(v.t("%s: %d tasks", names[step], len(list)), fields...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("tasks"), Text: v.t("Cancel")}
	body.formPage = formPage{Title: v.t("%s: %d tasks", names[step], len(list)), Lead: v.t("All of them are taken, or none. Look at the list before you go on."), Form: f}
	if body.Rows, err = v.taskRows(list); err != nil {
		return nil, err
	}
	pg := &page{template: "many", title: body.Title, crumbs: v.toTasks(), nav: "tasks", body: body}
	return f.send(pg, func() (*page, error) { return v.takeMany(f, step, list) })
}

func (v *visit) takeMany(f *form, step task.Step, list []task.Task) (*page, error) {
	var moves []task.Move
	titles := map[string]string{}
	for _, t := range list {
		titles[t.ID] = t.Title
	}
	for pair := range strings.FieldsSeq(f.get("revs")) {
		id, rev, _ := strings.Cut(pair, ".")
		m := task.Move{Task: id, Step: step}
		m.Rev, _ = strconv.Atoi(rev)
		if step == task.Return {
			m.Note = f.get("reason")
		}
		if titles[id] != "" {
			moves = append(moves, m)
		}
	}
	err := v.app.Tasks.TakeAll(v.ctx(), v.actor, moves)
	if items := fault.Items(err); len(items) > 0 {
		for i := range items {
			items[i].What = fault.T("“%s”: %s", titles[items[i].Field], lang.Translate(v.lang, items[i].What))
		}
		err = fault.Batch(items)
	}
	return v.done(v.to("tasks"), "%d tasks are moved on.", len(moves)), err
}
