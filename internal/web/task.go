package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/task"
	"thuoc/internal/ui"
)

// taskPage is one task.
type taskPage struct {
	taskRow
	Product, Block, Effect, Cost, FirstDue string
	Helpers                                []string
	Steps                                  []stepMark
	Edit, Show, Ask, Return                string   // addresses of forms; "" for who may not
	Plan                                   *ui.Link // it belongs to, where the actor may read it
	Start, Confirm                         *ui.Act
	Send                                   *sendForm
	Evidence                               []exhibitRow
	Requests                               []requestRow
	Events                                 []taskEvent
}

// stepMark is a step of a task's way.
type stepMark struct {
	Text          string
	Done, Current bool
}

// exhibitRow is a piece of evidence.
type exhibitRow struct {
	Title, Href, Icon string
	Photo             bool
	About             []string
	Map               string // where a photo was taken
	Verdict           badge
	Reason, Judge     string
	Judged            string
}

// requestRow is something asked for.
type requestRow struct {
	What, Reason, Who, At string
	Decision              badge
	Note                  string
	Decide                string
}

// taskEvent is a step of a task's history.
type taskEvent struct{ At, Who, Did, Note, Done string }

func (v *visit) task() (*page, error) {
	p, err := v.app.Tasks.Get(v.ctx(), v.actor, v.arg("task"))
	if err != nil {
		return nil, err
	}
	return v.taskAs(&p, v.sendForm(&p))
}

// taskAs shows a task with a form of progress.
func (v *visit) taskAs(p *task.Page, send *sendForm) (*page, error) {
	w, err := v.whoseTasks([]task.Task{p.Task})
	if err != nil {
		return nil, err
	}
	body := &taskPage{taskRow: v.taskRow(&p.Task, w), Product: p.Product, Block: p.Block, Send: send}
	if p.Effect != nil {
		body.Effect = lang.Signed(v.lang, *p.Effect, 2)
	}
	if p.Cost != nil {
		body.Cost = v.t("%s million đồng", plainNumber(v.lang, *p.Cost))
	}
	if p.Extended() {
		body.FirstDue = lang.Date(v.lang, p.FirstDue)
	}
	if err := v.taskHelpers(body, p); err != nil {
		return nil, err
	}
	if p.Plan != "" {
		of, err := v.app.Plans.Get(v.ctx(), v.actor, p.Plan)
		switch fault.KindOf(err) {
		case fault.Forbidden, fault.NotFound:
		default:
			if err != nil {
				return nil, err
			}
			body.Plan = &ui.Link{Href: v.to("plan", of.ID), Text: of.Title}
		}
	}
	body.Steps = v.stepMarks(p.State)
	v.offerTask(body, p)
	return &page{template: "task", title: p.Title, crumbs: v.toTasks(), nav: "tasks", keep: true, body: body}, v.taskHistory(body, p)
}

func (v *visit) taskHelpers(body *taskPage, p *task.Page) error {
	var ids []string
	for _, h := range p.Helpers {
		ids = append(ids, h.Agency)
	}
	names, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, ids...)
	for _, h := range p.Helpers {
		name := cmp.Or(names[h.Agency], v.t("an agency not known here"))
		if h.Words != "" {
			name += " (" + h.Words + ")"
		}
		body.Helpers = append(body.Helpers, name)
	}
	return err
}

// stepMarks shows how far a task has come.
func (v *visit) stepMarks(s task.State) []stepMark {
	now := map[task.State]int{task.Waiting: 0, task.Doing: 1, task.Returned: 1, task.Suspended: 1, task.Submitted: 2, task.Confirmed: 4, task.Cancelled: -1}[s]
	marks := []stepMark{{Text: v.t("Given")}, {Text: v.t("In progress")}, {Text: v.t("Judging")}, {Text: v.t("Confirmed")}}
	for i := range marks {
		marks[i].Done, marks[i].Current = i < now, i == now
	}
	return marks
}

// offerTask adds what the actor may do, where the state allows it.
func (v *visit) offerTask(body *taskPage, p *task.Page) {
	can := p.State.Steps()
	if p.Do && slices.Contains(can, task.Start) {
		start := v.act(v.t("Start"), "play", "", "task-start", p.ID)
		start.Hidden = []ui.Choice{{Mark: versionField, Value: strconv.Itoa(p.Rev)}}
		body.Start = &start
	}
	if p.Do && (p.State.Running() || p.State == task.Submitted) {
		body.Show = v.to("task-show", p.ID)
	}
	if p.Do && p.State != task.Confirmed && p.State != task.Cancelled && p.State != task.Submitted {
		body.Ask = v.to("task-ask", p.ID)
	}
	if p.Give && p.State == task.Waiting {
		body.Edit = v.to("task-edit", p.ID)
	}
	if p.Judge && slices.Contains(can, task.Confirm) {
		confirm := v.act(v.t("Confirm"), "circle-check", "primary", "task-confirm", p.ID)
		confirm.Hidden = []ui.Choice{{Mark: versionField, Value: strconv.Itoa(p.Rev)}}
		body.Confirm = &confirm
	}
	if p.Judge && slices.Contains(can, task.Return) {
		body.Return = v.to("task-return", p.ID)
	}
}

// taskHistory writes evidence, requests and steps, with who did them.
func (v *visit) taskHistory(body *taskPage, p *task.Page) error {
	var ids []string
	for _, e := range p.Events {
		ids = append(ids, e.Actor)
	}
	for _, e := range p.Evidence {
		ids = append(ids, e.Actor, e.Judge)
	}
	slices.Sort(ids)
	names, err := v.app.Accounts.Names(v.ctx(), slices.Compact(ids)...)
	if err != nil {
		return err
	}
	who := func(id string) string { return cmp.Or(names[id], v.t("Erased account %s", id[:min(8, len(id))])) }
	for _, e := range p.Evidence {
		body.Evidence = append(body.Evidence, v.exhibitRow(p, e, who))
	}
	for _, r := range p.Requests {
		row := requestRow{What: v.asked(r), Reason: r.Reason, Who: who(r.Actor), At: v.moment(r.At), Note: r.Note, Decision: decisions[r.Decision].in(v)}
		if r.Decision == "" && p.Give && r.Actor != v.actor.User {
			row.Decide = v.to("task-decide", p.ID, r.ID)
		}
		body.Requests = append(body.Requests, row)
	}
	for _, e := range slices.Backward(p.Events) {
		row := taskEvent{At: v.moment(e.At), Who: who(e.Actor), Did: v.stepName(e.Did), Note: e.Note}
		if e.Done != nil {
			row.Done = plainNumber(v.lang, *e.Done)
		}
		body.Events = append(body.Events, row)
	}
	return nil
}

// wordedBadge is a badge before it is in a language.
type wordedBadge struct {
	text fault.Text
	kind string
	icon string
}

func (b wordedBadge) in(v *visit) badge { return badge{v.text(b.text), b.kind, b.icon} }

var decisions = map[string]wordedBadge{
	"":        {fault.T("waits for a decision"), "lua", "clock"},
	"granted": {fault.T("granted"), "ngoc", "circle-check"},
	"refused": {fault.T("refused"), "son", "circle-x"},
}

var verdicts = map[task.Verdict]wordedBadge{
	"":                {fault.T("not judged yet"), "lua", "clock"},
	task.Sufficient:   {fault.T("sufficient"), "ngoc", "circle-check"},
	task.Insufficient: {fault.T("not sufficient"), "son", "circle-x"},
}

// asks are what can be asked for, in people's words.
var asks = map[task.Ask]fault.Text{
	task.Extend: fault.T("More time"), task.Suspend: fault.T("A pause"), task.Resume: fault.T("To go on"), task.Cancel: fault.T("To cancel it"),
}

func (v *visit) asked(r task.Request) string {
	if r.Ask == task.Extend {
		return v.t("More time, until %s", lang.Date(v.lang, r.Due))
	}
	return v.text(asks[r.Ask])
}

// stepNames are what the history tells.
var stepNames = map[string]fault.Text{
	"start": fault.T("started"), "report": fault.T("reported progress"), "submit": fault.T("submitted it"), "confirm": fault.T("confirmed it"),
	"return": fault.T("returned it"), "edit": fault.T("changed it"), "judge-sufficient": fault.T("found evidence sufficient"),
	"judge-insufficient": fault.T("found evidence not sufficient"),
	"ask-extend":         fault.T("asked for more time"), "ask-suspend": fault.T("asked for a pause"), "ask-resume": fault.T("asked to go on"), "ask-cancel": fault.T("asked to cancel it"),
	"granted-extend": fault.T("gave more time"), "granted-suspend": fault.T("suspended it"), "granted-resume": fault.T("let it go on"), "granted-cancel": fault.T("cancelled it"),
	"refused-extend": fault.T("refused more time"), "refused-suspend": fault.T("refused a pause"), "refused-resume": fault.T("refused to let it go on"), "refused-cancel": fault.T("refused to cancel it"),
}

func (v *visit) stepName(did string) string {
	if t, ok := stepNames[did]; ok {
		return v.text(t)
	}
	return did
}

// sorts are the signs and names of evidence.
var sorts = map[task.Sort]wordedBadge{
	task.Photo: {fault.T("Photo"), "", "image"}, task.File: {fault.T("File"), "", "paperclip"}, task.Link: {fault.T("Link"), "", "link"}, task.Figure: {fault.T("Figure"), "", "equal"},
}

func (v *visit) exhibitRow(p *task.Page, e task.Evidence, who func(string) string) exhibitRow {
	sort := sorts[e.Sort].in(v)
	row := exhibitRow{Title: cmp.Or(e.Words, sort.Text), Icon: sort.Icon, Photo: e.Sort == task.Photo, Verdict: verdicts[e.Verdict].in(v), Reason: e.Reason,
		About: []string{v.t("%s, %s", who(e.Actor), v.moment(e.At))}}
	var file []string
	switch e.Sort {
	case task.Photo, task.File:
		row.Href = v.to("evidence", e.ID)
		file = append(file, v.bytes(e.Size))
	case task.Link:
		row.Href = e.Link
	case task.Figure:
		row.Title = plainNumber(v.lang, *e.Figure) + " " + e.Words
	}
	if !e.Taken.IsZero() {
		file = append(file, v.t("taken %s", v.moment(e.Taken)))
	}
	if len(file) > 0 {
		row.About = append(row.About, strings.Join(file, " · "))
	}
	if e.Lat != nil && e.Lon != nil {
		row.Map = fmt.Sprintf("%s; %s", lang.Number(v.lang, *e.Lat, 5), lang.Number(v.lang, *e.Lon, 5))
	}
	if e.Judge != "" {
		row.Judged = v.t("%s, %s", who(e.Judge), v.moment(e.Judged))
	}
	if p.Judge && e.Actor != v.actor.User && p.Reporter != v.actor.User && (p.State == task.Submitted || p.State.Running()) {
		row.Judge = v.to("evidence-judge", e.ID)
	}
	return row
}
