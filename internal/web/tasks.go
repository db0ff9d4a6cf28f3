package web

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/task"
	"thuoc/internal/ui"
	"thuoc/internal/workday"
)

// taskRoutes are the routes of tasks and of what is shown for them.
var taskRoutes = []route{
	{name: "tasks", method: http.MethodGet, vi: "nhiem-vu", en: "tasks", needs: account.ReadTasks, handle: (*visit).tasks},
	{name: "task-board", method: http.MethodGet, vi: "nhiem-vu/bang", en: "tasks/board", needs: account.ReadTasks, handle: (*visit).taskBoard},
	{name: "task-calendar", method: http.MethodGet, vi: "nhiem-vu/lich", en: "tasks/calendar", needs: account.ReadTasks, handle: (*visit).taskCalendar},
	{name: "task-new", method: http.MethodGet, vi: "nhiem-vu/giao", en: "tasks/give", needs: account.GiveTask, handle: (*visit).giveTask},
	{name: "task-new", method: http.MethodPost, vi: "nhiem-vu/giao", en: "tasks/give", needs: account.GiveTask, handle: (*visit).giveTask},
	{name: "task-many", method: http.MethodGet, vi: "nhiem-vu/hang-loat", en: "tasks/many", needs: account.ReadTasks, handle: (*visit).manyTasks},
	{name: "task-many", method: http.MethodPost, vi: "nhiem-vu/hang-loat", en: "tasks/many", needs: account.ReadTasks, handle: (*visit).manyTasks},
	{name: "task-view", method: http.MethodPost, vi: "cach-xem-nhiem-vu", en: "task-views", needs: account.ReadTasks, handle: (*visit).keepView},
	{name: "task-view-drop", method: http.MethodPost, vi: "cach-xem-nhiem-vu/{view}/bo", en: "task-views/{view}/drop", needs: account.ReadTasks, handle: (*visit).dropView},
	{name: "task", method: http.MethodGet, vi: "nhiem-vu/{task}", en: "tasks/{task}", needs: account.ReadTasks, device: true, handle: (*visit).task},
	{name: "task-edit", method: http.MethodGet, vi: "nhiem-vu/{task}/sua", en: "tasks/{task}/change", needs: account.GiveTask, handle: (*visit).editTask},
	{name: "task-edit", method: http.MethodPost, vi: "nhiem-vu/{task}/sua", en: "tasks/{task}/change", needs: account.GiveTask, handle: (*visit).editTask},
	{name: "task-send", method: http.MethodPost, vi: "nhiem-vu/{task}/tien-do", en: "tasks/{task}/progress", needs: account.DoTask, device: true, upload: mostSent, handle: (*visit).sendProgress},
	{name: "task-start", method: http.MethodPost, vi: "nhiem-vu/{task}/bat-dau", en: "tasks/{task}/start", needs: account.DoTask, device: true, handle: (*visit).startTask},
	{name: "task-confirm", method: http.MethodPost, vi: "nhiem-vu/{task}/xac-nhan", en: "tasks/{task}/confirm", needs: account.JudgeTask, handle: (*visit).confirmTask},
	{name: "task-return", method: http.MethodGet, vi: "nhiem-vu/{task}/tra-lai", en: "tasks/{task}/return", needs: account.JudgeTask, handle: (*visit).returnTask},
	{name: "task-return", method: http.MethodPost, vi: "nhiem-vu/{task}/tra-lai", en: "tasks/{task}/return", needs: account.JudgeTask, handle: (*visit).returnTask},
	{name: "task-show", method: http.MethodGet, vi: "nhiem-vu/{task}/minh-chung", en: "tasks/{task}/evidence", needs: account.DoTask, device: true, handle: (*visit).showEvidence},
	{name: "task-show", method: http.MethodPost, vi: "nhiem-vu/{task}/minh-chung", en: "tasks/{task}/evidence", needs: account.DoTask, device: true, upload: mostSent, handle: (*visit).showEvidence},
	{name: "task-ask", method: http.MethodGet, vi: "nhiem-vu/{task}/de-nghi", en: "tasks/{task}/ask", needs: account.DoTask, handle: (*visit).askOfTask},
	{name: "task-ask", method: http.MethodPost, vi: "nhiem-vu/{task}/de-nghi", en: "tasks/{task}/ask", needs: account.DoTask, handle: (*visit).askOfTask},
	{name: "task-decide", method: http.MethodGet, vi: "nhiem-vu/{task}/de-nghi/{request}", en: "tasks/{task}/requests/{request}", needs: account.GiveTask, handle: (*visit).decideRequest},
	{name: "task-decide", method: http.MethodPost, vi: "nhiem-vu/{task}/de-nghi/{request}", en: "tasks/{task}/requests/{request}", needs: account.GiveTask, handle: (*visit).decideRequest},
	{name: "evidence", method: http.MethodGet, vi: "minh-chung/{evidence}", en: "evidence/{evidence}", needs: account.ReadTasks, device: true, handle: (*visit).evidence},
	{name: "evidence-judge", method: http.MethodGet, vi: "minh-chung/{evidence}/danh-gia", en: "evidence/{evidence}/judge", needs: account.JudgeTask, handle: (*visit).judgeEvidence},
	{name: "evidence-judge", method: http.MethodPost, vi: "minh-chung/{evidence}/danh-gia", en: "evidence/{evidence}/judge", needs: account.JudgeTask, handle: (*visit).judgeEvidence},
}

// The query keys of lists of tasks.
const (
	keyPlan   = "kh"
	keyCode   = "ma"
	keyBlock  = "khoi"
	keyAgency = "cq"
	keyPlace  = "noi"
	keyWho    = "dv" // an agency or a commune as somebody types it
	keyLate   = "tre"
	keyDue    = "han"
	keyAfter  = "sau"
	keyBy     = "theo"
	keyBelow  = "duoi"
	keyMonth  = "thang"
	keyTask   = "nv"
	keyStep   = "buoc"
)

// kept are the keys that stay when somebody goes from one way to look at tasks to another.
var kept = []string{keyPlan, keyCode, keyBlock, keyBlocOf, keyAgency, keyPlace, keyWho, keyState, keyLate, keyText}

// taskBadges are the badges of the states of tasks: a state is never told by its colour alone.
var taskBadges = map[task.State]badge{
	task.Waiting: {"", "", "circle-dashed"}, task.Doing: {"", "cham", "play"}, task.Submitted: {"", "lua", "clock"}, task.Returned: {"", "son", "rotate-ccw"},
	task.Confirmed: {"", "ngoc", "circle-check"}, task.Suspended: {"", "", "ban"}, task.Cancelled: {"", "", "circle-x"},
}

// badge is a state as it is shown.
type badge struct{ Text, Kind, Icon string }

// said is the badge with the words of what it is the sign of.
func (b badge) said(v *visit, text fault.Text) badge {
	b.Text = capital(v.text(text))
	return b
}

// capital begins a text with a large letter.
func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// taskRow is a task of a list.
type taskRow struct {
	ID, Href, Title string
	Codes           []string
	Who             string // agency, place
	Due             string // "" for none
	State           badge
	Late            string // "7 days late"; "" for in time
	Soon            bool   // due within three working days
	Extended        bool
	Done            string // "12 of 40"
	Share           int    // of it done, in percent; -1 where nothing is counted
	Running         bool
}

// whose names the agencies and places of tasks.
type whose struct {
	agencies, places map[string]string
}

func (w whose) of(t *task.Task) string {
	var names []string
	for _, n := range []string{w.agencies[t.Agency], w.places[t.Place]} {
		if n != "" {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

// whoseTasks asks for the names that tasks need, all at once.
func (v *visit) whoseTasks(tasks []task.Task) (w whose, err error) {
	var agencies, places []string
	for i := range tasks {
		agencies, places = append(agencies, tasks[i].Agency), append(places, tasks[i].Place)
	}
	if w.places, err = v.namesOfPlaces(places); err == nil {
		w.agencies, err = v.app.Agencies.Names(v.ctx(), v.actor.Day, distinct(agencies)...)
	}
	return w, err
}

// namesOfPlaces names many places of today, by id.
func (v *visit) namesOfPlaces(ids []string) (map[string]string, error) {
	names := map[string]string{}
	ids = distinct(ids)
	called, err := v.app.Places.Called(v.ctx(), v.actor.Day, ids...)
	for _, id := range ids {
		names[id] = v.t("a place not known here")
		if p, ok := called[id]; ok {
			names[id] = p.Full().In(v.lang)
		}
	}
	return names, err
}

// distinct gives what is in a list once, without what is empty.
func distinct(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}

func (v *visit) taskRows(tasks []task.Task) ([]taskRow, error) {
	w, err := v.whoseTasks(tasks)
	rows := make([]taskRow, len(tasks))
	for i := range tasks {
		rows[i] = v.taskRow(&tasks[i], w)
	}
	return rows, err
}

func (v *visit) taskRow(t *task.Task, w whose) taskRow {
	r := taskRow{ID: t.ID, Href: v.to("task", t.ID), Title: t.Title, Codes: codes(t.Code), Who: w.of(t), State: taskBadges[t.State].said(v, t.State.Text()),
		Extended: t.Extended(), Running: t.State.Running()}
	if !t.Due.IsZero() {
		r.Due = lang.Date(v.lang, t.Due)
		r.Soon = t.State.Running() && !t.Overdue(v.actor.Day) && workday.Between(v.actor.Day, t.Due) <= 3
	}
	if t.Overdue(v.actor.Day) {
		r.Late = v.t("%d days late", days(t.Due, v.actor.Day))
	}
	r.Done, r.Share = v.doneOf(t)
	return r
}

// codes parts the levers of a task.
func codes(s string) (list []string) {
	for part := range strings.SplitSeq(s, ";") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// days counts the days from one date to another.
func days(from, to clock.Date) (n int) {
	for n = 0; from.Before(to) && n < 9999; n++ {
		from = from.Add(1)
	}
	return n
}

// doneOf writes how much of a task is done.
func (v *visit) doneOf(t *task.Task) (text string, share int) {
	done := 0.0
	if t.Done != nil {
		done = *t.Done
	}
	switch {
	case t.Measure == task.Count && t.Goal != nil:
		return v.t("%s of %s", plainNumber(v.lang, done), plainNumber(v.lang, *t.Goal)), int(min(100, 100*done / *t.Goal))
	case t.Measure == task.Percent:
		return lang.Percent(v.lang, done/100, 0), int(done)
	case t.Done != nil && t.Measure == task.NoMeasure:
		return plainNumber(v.lang, done), -1
	}
	return "", -1
}

// plainNumber writes a number with the decimals it has, at most two.
func plainNumber(l lang.Lang, n float64) string {
	for d := range 2 {
		if scaled := n * math.Pow10(d); scaled == math.Trunc(scaled) {
			return lang.Number(l, n, d)
		}
	}
	return lang.Number(l, n, 2)
}

// taskHead stands above every way to look at tasks.
type taskHead struct {
	Title, Action string
	Ways          []ui.Link // list, board, calendar
	Chips         []ui.Link // narrowings in force, each leading to the list without it
	Text, Unit    string
	Code, Block   string
	States, Plans ui.Select
	Blocs         ui.Select
	Late          bool
	Hidden        []ui.Choice
	Clear         string
	Give, Import  string // addresses; "" for who may not
	Export        string
	Views         []viewRow
	Keep          ui.Act
	Filtered      bool
}

// viewRow is a view that somebody keeps.
type viewRow struct {
	ui.Link
	Drop ui.Act
}

// taskFilter reads the filter of the address, and the head that shows it.
func (v *visit) taskFilter() (f task.Filter, head taskHead, err error) {
	f = task.Filter{Plan: v.ask(keyPlan), Code: v.ask(keyCode), Block: v.ask(keyBlock), Agency: v.ask(keyAgency), Place: v.ask(keyPlace), Text: v.ask(keyText)}
	head = taskHead{Title: v.t("Tasks"), Action: v.to(v.route.name), Text: f.Text, Unit: v.ask(keyWho), Code: f.Code, Block: f.Block, Late: v.ask(keyLate) != "", Clear: v.to(v.route.name)}
	if s := task.State(v.ask(keyState)); slices.Contains(task.States, s) {
		f.States = []task.State{s}
	}
	if head.Late {
		f.Late = v.actor.Day
	}
	if day, err := clock.ParseDate(v.ask(keyDue)); err == nil {
		f.From, f.DueBy = day, day
		head.Chips = append(head.Chips, v.without(keyDue, v.t("due on %s", lang.Date(v.lang, day))))
	}
	if err := v.taskUnit(&f, &head); err != nil {
		return f, head, err
	}
	head.States = ui.Select{Name: keyState, Label: v.t("State"), Options: []ui.Choice{{Text: v.t("All states"), Current: len(f.States) == 0}}}
	for _, s := range task.States {
		head.States.Options = append(head.States.Options, ui.Choice{Value: string(s), Text: capital(v.text(s.Text())), Current: len(f.States) == 1 && f.States[0] == s})
	}
	if b := agency.Bloc(v.ask(keyBlocOf)); b.Known() {
		f.Bloc = b
	}
	head.Blocs = v.blocSelect(f.Bloc)
	head.Blocs.Name, head.Blocs.Label = keyBlocOf, v.t("Block given to")
	if head.Plans, err = v.planSelect(f.Plan); err != nil {
		return f, head, err
	}
	query := v.keptQuery()
	head.Filtered = len(query) > 0 || len(head.Chips) > 0
	for _, w := range []struct{ route, text string }{{"tasks", v.t("Task list")}, {"task-board", v.t("Board")}, {"task-calendar", v.t("Calendar")}} {
		head.Ways = append(head.Ways, ui.Link{Href: v.at(query, w.route), Text: w.text, Current: v.route.name == w.route})
	}
	for _, key := range []string{keyAgency, keyPlace} {
		if val := v.ask(key); val != "" {
			head.Hidden = append(head.Hidden, ui.Choice{Mark: key, Value: val})
		}
	}
	if v.byRole(account.GiveTask) {
		head.Give, head.Import = v.at(onlyPlan(f.Plan), "task-new"), v.at(onlyPlan(f.Plan), taskDoor)
	}
	head.Export = v.at(v.r.URL.Query(), "tasks-export")
	return f, head, v.taskViews(&head, query)
}

// mostPlansOffered is how many plans the filter offers, the newest first.
const mostPlansOffered = 20

// planSelect narrows to a plan: one of the newest that carry out no other, or the one that is chosen.
func (v *visit) planSelect(current string) (ui.Select, error) {
	s := ui.Select{Name: keyPlan, Label: v.t("Plan"), Options: []ui.Choice{{Text: v.t("All plans"), Current: current == ""}}}
	list, err := v.app.Plans.List(v.ctx(), v.actor, plan.Filter{Top: true, Limit: mostPlansOffered})
	if err != nil {
		return s, err
	}
	if current != "" && !slices.ContainsFunc(list, func(h plan.Head) bool { return h.ID == current }) {
		p, err := v.app.Plans.Get(v.ctx(), v.actor, current)
		switch fault.KindOf(err) {
		case fault.Forbidden, fault.NotFound: // their tasks may be read all the same
			list = append(list, plan.Head{ID: current, Title: v.t("a plan not shown to you")})
		default:
			if err != nil {
				return s, err
			}
			list = append(list, p.Head)
		}
	}
	for _, h := range list {
		text := h.Title
		if h.Year > 0 {
			text += " · " + years(h)
		}
		s.Options = append(s.Options, ui.Choice{Value: h.ID, Text: text, Current: h.ID == current})
	}
	return s, nil
}

// onlyPlan is the query that names a plan.
func onlyPlan(id string) url.Values {
	if id == "" {
		return nil
	}
	return url.Values{keyPlan: {id}}
}

// keptQuery is what of the address narrows every way to look at tasks.
func (v *visit) keptQuery() url.Values {
	query := url.Values{}
	for _, key := range kept {
		if val := v.ask(key); val != "" {
			query.Set(key, val)
		}
	}
	return query
}

// without is a chip that leads to the page without one narrowing.
func (v *visit) without(key, text string) ui.Link {
	q := v.r.URL.Query()
	q.Del(key)
	q.Del(keyAfter)
	return ui.Link{Href: v.at(q, v.route.name), Text: text}
}

// taskUnit narrows to an agency or a commune: by id, as the board links do, or by name, as people type.
func (v *visit) taskUnit(f *task.Filter, head *taskHead) error {
	if head.Unit != "" {
		agencies, err := v.agenciesNamed(head.Unit)
		if err != nil {
			return err
		}
		places, err := v.placesNamed(head.Unit)
		if err != nil {
			return err
		}
		switch {
		case len(agencies) > 0 && (agencies[0].exact || len(places) == 0 || !places[0].exact):
			f.Agency, head.Unit = agencies[0].id, agencies[0].name
		case len(places) > 0:
			f.Place, head.Unit = places[0].id, places[0].name
		default:
			f.IDs = []any{""} // nobody has this name: nothing is theirs
		}
		return nil
	}
	if f.Agency != "" {
		names, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, f.Agency)
		if err != nil {
			return err
		}
		head.Chips = append(head.Chips, v.without(keyAgency, cmp.Or(names[f.Agency], v.t("an agency not known here"))))
	}
	if f.Place != "" {
		name, err := v.scope(account.Grant{Place: f.Place})
		if err != nil {
			return err
		}
		head.Chips = append(head.Chips, v.without(keyPlace, name))
	}
	return nil
}

// taskViews offers the views that the actor keeps, and to keep this one.
func (v *visit) taskViews(head *taskHead, query url.Values) error {
	views, err := v.app.Tasks.Views(v.ctx(), v.actor)
	for _, x := range views {
		drop := v.act("", "x", "quiet", "task-view-drop", x.ID)
		drop.Label = v.t("Drop the view “%s”", x.Name)
		head.Views = append(head.Views, viewRow{ui.Link{Href: v.to("tasks") + "?" + x.Query, Text: x.Name, Current: len(query) > 0 && x.Query == query.Encode()}, drop})
	}
	head.Keep = v.act(v.t("Keep this view"), "save", "", "task-view")
	head.Keep.Hidden = []ui.Choice{{Mark: "cau", Value: query.Encode()}}
	return err
}

// keepView keeps a view under a name.
func (v *visit) keepView() (*page, error) {
	return v.once(func() (*page, error) {
		query, err := url.ParseQuery(v.r.PostForm.Get("cau"))
		if err != nil {
			return nil, fault.New(fault.Invalid, "The form could not be read. Load the page again and send it once more.")
		}
		err = v.app.Tasks.KeepView(v.ctx(), v.actor, task.View{Name: strings.TrimSpace(v.r.PostForm.Get("name")), Query: query.Encode()})
		return v.done(v.at(query, "tasks"), "The view is kept."), err
	})
}

func (v *visit) dropView() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("tasks"), "The view is dropped."), v.app.Tasks.DropView(v.ctx(), v.actor, v.arg("view"))
	})
}

// tasksPage lists tasks.
type tasksPage struct {
	taskHead
	Rows  []taskRow
	Pager []ui.Link
	Many  string // address of the preview of steps with many
	Steps []ui.Choice
}

// taskPageSize is how many tasks a page of the list holds.
const taskPageSize = 50

func (v *visit) tasks() (*page, error) {
	f, head, err := v.taskFilter()
	if err != nil {
		return nil, err
	}
	due, id, _ := strings.Cut(v.ask(keyAfter), "~")
	f.After.ID = id
	f.After.Due, _ = clock.ParseDate(due) // none: the tasks without a day
	f.Limit = taskPageSize + 1
	list, err := v.app.Tasks.List(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	body := tasksPage{taskHead: head, Many: v.to("task-many")}
	if len(list) > taskPageSize {
		list = list[:taskPageSize]
		last := list[taskPageSize-1]
		after := ""
		if !last.Due.IsZero() {
			after = last.Due.String()
		}
		q := v.r.URL.Query()
		q.Set(keyAfter, after+"~"+last.ID)
		body.Pager = append(body.Pager, ui.Link{Href: v.at(q, "tasks"), Text: v.t("Next page")})
	}
	if id != "" {
		body.Pager = append([]ui.Link{v.without(keyAfter, v.t("First page"))}, body.Pager...)
	}
	body.Rows, err = v.taskRows(list)
	if v.byRole(account.DoTask) {
		body.Steps = append(body.Steps, ui.Choice{Value: string(task.Start), Text: v.t("Start")})
	}
	if v.byRole(account.JudgeTask) {
		body.Steps = append(body.Steps, ui.Choice{Value: string(task.Confirm), Text: v.t("Confirm")}, ui.Choice{Value: string(task.Return), Text: v.t("Return")})
	}
	return &page{template: "tasks", title: head.Title, nav: "tasks", body: body}, err
}
