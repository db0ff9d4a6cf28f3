package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/plan"
	"thuoc/internal/sheet"
	"thuoc/internal/task"
	"thuoc/internal/ui"
)

// The routes by which tables of targets and lists of tasks are sent, each with its steps beside it.
const (
	planDoor = "plan-import"
	taskDoor = "task-import"
)

// exchangeRoutes are how plans and tasks come in from workbooks and go out as such.
var exchangeRoutes = append(append(listRoutes(planDoor, "nhap-ke-hoach", "import-plans", account.WritePlan),
	listRoutes(taskDoor, "nhap-nhiem-vu", "import-tasks", account.GiveTask)...),
	route{name: "plan-export", method: http.MethodGet, vi: "ke-hoach/{plan}/xuat", en: "plans/{plan}/export", needs: account.ReadPlans, handle: (*visit).exportPlan},
	route{name: "plan-below-export", method: http.MethodGet, vi: "ke-hoach/{plan}/cap-duoi/xuat", en: "plans/{plan}/below/export", needs: account.ReadPlans, handle: (*visit).exportBelow},
	route{name: "tasks-export", method: http.MethodGet, vi: "nhiem-vu/xuat", en: "tasks/export", needs: account.ReadTasks, handle: (*visit).exportTasks})

// listRoutes are the steps of taking one kind of list in.
func listRoutes(door, vi, en string, needs account.Action) []route {
	at := func(method, step, tail, tailEN string, handle func(*visit) (*page, error)) route {
		return route{name: door + step, method: method, vi: vi + tail, en: en + tailEN, needs: needs, handle: handle}
	}
	sent := at(http.MethodPost, "", "", "", (*visit).sendList)
	sent.upload = mostUpload
	return []route{
		at(http.MethodGet, "", "", "", (*visit).sendList), sent,
		at(http.MethodGet, "-template", "/mau", "/template", (*visit).importTemplate),
		at(http.MethodGet, "-check", "/{file}", "/{file}", (*visit).checkFile),
		at(http.MethodPost, "-columns", "/{file}/cot", "/{file}/columns", (*visit).chooseColumns),
		at(http.MethodPost, "-take", "/{file}/nhap", "/{file}/take", (*visit).takeFile),
	}
}

// planLists are the lists that come in by doors of their own: who writes plans or gives tasks may send them.
var planLists []importList

func init() { // their handlers link to their routes
	planLists = []importList{
		{key: "plan", door: planDoor, title: fault.T("Plans and their targets"), fields: plan.Fields, next: "plans", fileName: "mau-ke-hoach.xlsx",
			lead:     fault.T("A line for each target, of one plan or of many. A plan that is there keeps what the file does not speak of."),
			template: func(v *visit) []sheet.Sheet { return []sheet.Sheet{plan.Template(v.lang)} },
			ask:      (*visit).askOfPlans, read: (*form).ofPlans, run: (*visit).runPlans},
		{key: "task", door: taskDoor, title: fault.T("Tasks of a plan"), fields: task.Fields, next: "tasks", fileName: "mau-nhiem-vu.xlsx",
			lead:     fault.T("A line for each task. Tasks that are there stay as they are; only what is not there yet comes in."),
			template: func(v *visit) []sheet.Sheet { return []sheet.Sheet{task.Template(v.lang)} },
			ask:      (*visit).askOfTasks, read: (*form).ofTasks, run: (*visit).runTasks},
	}
}

// askOfPlans asks what a table of targets may leave unsaid.
func (v *visit) askOfPlans() ([]*ui.Field, error) {
	into, err := v.planField(v.t("Into the plan"), func(h plan.Head) bool { return h.State.Open() })
	if err != nil {
		return nil, err
	}
	into.Options[0].Text = v.t("a new plan, or the plans the file names")
	where := &ui.Field{Name: "place", Label: v.t("Whose plan"), Hint: v.t("Where the file does not name the place."), Kind: "select", Optional: true, Options: []ui.Choice{{Text: v.t("as the file says")}}}
	own, err := v.ownPlaces()
	if len(own) == 1 {
		where.Value = own[0].Value
	}
	where.Options = append(where.Options, own...)
	return []*ui.Field{into, where,
		{Name: "title", Label: v.t("Title"), Hint: v.t("Where the file does not give one."), Kind: "text", Most: 300, Optional: true},
		{Name: "year", Label: v.t("Year of the plan"), Hint: v.t("Where the file does not give one."), Kind: "text", Mode: "numeric", Most: 4, Optional: true}}, err
}

// ofPlans reads what askOfPlans asks.
func (f *form) ofPlans(w *waiting, faults *[]fault.Item) error {
	w.plan, w.place, w.title = f.get(keyPlan), f.get("place"), f.get("title")
	if text := f.get("year"); text != "" {
		var err error
		if w.year, err = strconv.Atoi(text); err != nil || w.year < 2000 || w.year > 2100 {
			*faults = append(*faults, fault.Item{Field: "year", What: fault.T("“%s” is no year.", text), Remedy: fault.T("Write the year in four digits.")})
		}
	}
	return nil
}

func (v *visit) runPlans(w waiting, dry bool) (checked, error) {
	rep, err := v.app.Plans.Import(v.ctx(), v.actor, plan.File{Name: w.name, Content: w.content, Plan: w.plan,
		Usual: plan.Head{Place: w.place, Title: w.title, Year: w.year}, Mapping: w.mapping}, dry)
	c := checked{mapping: rep.Mapping, headings: rep.Headings, unused: rep.Unused}
	if len(c.headings) == 0 {
		c.headings = headingsOf(w, plan.Fields)
	}
	if rep.Rows > 0 {
		c.facts = v.found(rep.Sheet, rep.Header, rep.Rows)
	}
	if err != nil {
		return c, err
	}
	added, changed, same := 0, 0, 0
	for _, t := range rep.Plans {
		added, changed, same = added+t.Added, changed+t.Changed, same+t.Same
		c.changes = c.changes || t.New || t.Added+t.Changed > 0
		name, err := v.placeName(t.Place)
		if err != nil {
			return c, err
		}
		effect := v.either(t.New, v.t("new"), v.either(t.Added+t.Changed > 0, v.t("changes"), v.t("stays")))
		c.effects = append(c.effects, effectRow{Line: strconv.Itoa(t.Line), Effect: effect, Before: t.Title + " · " + name,
			After: v.t("%d targets come in, %d change, %d stay", t.Added, t.Changed, t.Same)})
		c.to = v.to("plan", t.ID)
	}
	if len(rep.Plans) != 1 {
		c.to = v.to("plans")
	}
	c.facts = append(c.facts, fact{v.t("Plans"), count(v, len(rep.Plans))}, fact{v.t("Targets that come in"), count(v, added)},
		fact{v.t("Targets that change"), count(v, changed)}, fact{v.t("Rows that change nothing"), count(v, same)})
	c.said = v.t("%d plans: %d targets came in, %d changed.", len(rep.Plans), added, changed)
	return c, nil
}

// askOfTasks asks of which plan the tasks are.
func (v *visit) askOfTasks() ([]*ui.Field, error) {
	of, err := v.planField(v.t("Tasks of the plan"), nil)
	if err == nil {
		of.Optional = false
		of.Options[0].Text = v.t("Choose…")
	}
	return []*ui.Field{of}, err
}

// ofTasks reads what askOfTasks asks; the names in the list are those of the plan's day.
func (f *form) ofTasks(w *waiting, faults *[]fault.Item) error {
	id := f.get(keyPlan)
	if id == "" {
		*faults = append(*faults, fault.Item{Field: keyPlan, What: fault.T("No plan is chosen."), Remedy: fault.T("Choose the plan; begin it first where it is not there yet.")})
		return nil
	}
	p, err := f.v.app.Plans.Get(f.v.ctx(), f.v.actor, id)
	if err == nil {
		w.plan, w.place, w.on, w.year = p.ID, p.Place, p.Day(), p.Year
	}
	return err
}

// mostWords is how many leads that name no agency a check shows.
const mostWords = 12

func (v *visit) runTasks(w waiting, dry bool) (checked, error) {
	f := task.ListFile{Name: w.name, Content: w.content, Plan: w.plan, Place: w.place, On: w.on, Year: w.year, Mapping: w.mapping}
	if w.taking != nil {
		f.Tell = w.taking.tell
	}
	rep, err := v.app.Tasks.Import(v.ctx(), v.actor, f, dry)
	c := checked{mapping: rep.Mapping, headings: rep.Headings, unused: rep.Unused, changes: rep.Added > 0, to: v.at(url.Values{keyPlan: {w.plan}}, "tasks")}
	if len(c.headings) == 0 {
		c.headings = headingsOf(w, task.Fields)
	}
	if rep.Rows > 0 {
		c.facts = v.found(rep.Sheet, rep.Header, rep.Rows)
	}
	if err != nil {
		return c, err
	}
	c.facts = append(c.facts, fact{v.t("Tasks that come in"), count(v, rep.Added)}, fact{v.t("of these, led by an agency on record"), count(v, rep.Led)},
		fact{v.t("of these, with a last day"), count(v, rep.Dated)}, fact{v.t("Rows that change nothing"), count(v, rep.Same)})
	if n := len(rep.Words); n > 0 {
		c.facts = append(c.facts, fact{v.t("Leads that name no agency on record"), strings.Join(rep.Words[:min(n, mostWords)], "; ") + v.either(n > mostWords, " …", "")})
	}
	c.said = v.t("%d tasks came in.", rep.Added)
	if len(rep.Heads) > 0 {
		return c, v.nameHeads(&c, w.plan, rep.Heads, dry)
	}
	return c, nil
}

// nameHeads makes posts of the heads that a list speaks of in words, and says so among what is found.
func (v *visit) nameHeads(c *checked, of string, parts []string, dry bool) error {
	h, err := v.app.Plans.NameHeads(v.ctx(), v.actor, of, parts, task.TheHead, dry)
	says := v.t("%d duties name the post of the lead agency's head; of these %d are offered by function and wait to be confirmed", h.Named, h.Offered)
	switch kind := fault.KindOf(err); {
	case err != nil && (kind == fault.Forbidden || kind == fault.Conflict):
		says = v.t("the plan's duties stay as they are: %s", v.text(fault.TextOf(err)))
	case err != nil:
		return err
	default:
		if h.Posts > 0 {
			says += "; " + v.t("%d agencies get such a post, with nobody in it yet", h.Posts)
		}
		if len(h.Without) > 0 {
			says += "; " + v.t("nobody leads %s yet", strings.Join(h.Without, ", "))
		}
		c.changes = c.changes || h.Named+h.Offered > 0
	}
	c.facts = append(c.facts, fact{v.t("Heads answer for %s", strings.Join(parts, ", ")), says})
	return nil
}

// mostPlans is how many plans a choice offers, the newest first.
const mostPlans = 200

// planField chooses a plan that the actor may read; its first option is none of them.
func (v *visit) planField(label string, only func(plan.Head) bool) (*ui.Field, error) {
	list, err := v.app.Plans.List(v.ctx(), v.actor, plan.Filter{Limit: mostPlans})
	if err != nil {
		return nil, err
	}
	// The plans that carry out no other come first: those under them often bear the same title.
	slices.SortStableFunc(list, func(a, b plan.Head) int { return min(len(a.Parent), 1) - min(len(b.Parent), 1) })
	f := &ui.Field{Name: keyPlan, Label: label, Kind: "select", Value: v.ask(keyPlan), Optional: true, Options: []ui.Choice{{}}}
	of := make([]string, len(list))
	for i, h := range list {
		of[i] = h.Place
	}
	places, err := v.namesOfPlaces(of)
	for _, h := range list {
		if only != nil && !only(h) {
			continue
		}
		f.Options = append(f.Options, ui.Choice{Value: h.ID, Text: h.Title + " · " + years(h) + " · " + places[h.Place]})
	}
	if !slices.ContainsFunc(f.Options, func(c ui.Choice) bool { return c.Value == f.Value }) {
		f.Value = ""
	}
	return f, err
}

// exportPlan gives a plan as a workbook: targets, duties, and how far the plans under it are.
func (v *visit) exportPlan() (*page, error) {
	sheets, err := v.app.Plans.Export(v.ctx(), v.actor, v.arg("plan"), v.lang)
	if err != nil {
		return nil, err
	}
	return v.workbook("ke-hoach-"+v.actor.Day.String()+".xlsx", sheets)
}

// exportBelow gives the plans under one as a workbook.
func (v *visit) exportBelow() (*page, error) {
	sheets, err := v.app.Plans.Export(v.ctx(), v.actor, v.arg("plan"), v.lang)
	if err != nil {
		return nil, err
	}
	below := sheets[len(sheets)-1]
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	list, err := v.app.Plans.Following(v.ctx(), v.actor, p.ID)
	if err != nil {
		return nil, err
	}
	without, err := v.planless(p, list)
	for _, w := range without {
		below.Rows = append(below.Rows, []string{w.Full().In(v.lang), v.t("no plan yet"), "", ""})
	}
	if err != nil {
		return nil, err
	}
	return v.workbook("cap-duoi-"+v.actor.Day.String()+".xlsx", []sheet.Sheet{below})
}

// exportTasks gives the tasks that the filter of the address leaves, as a list that can be taken in again.
func (v *visit) exportTasks() (*page, error) {
	f, _, err := v.taskFilter()
	if err != nil {
		return nil, err
	}
	place, on := "", v.actor.Day
	if f.Plan != "" {
		p, err := v.app.Plans.Get(v.ctx(), v.actor, f.Plan)
		switch {
		case err == nil:
			place, on = p.Place, p.Day()
		case fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	list, err := v.app.Tasks.Export(v.ctx(), v.actor, f, place, on, v.lang)
	if err != nil {
		return nil, err
	}
	return v.workbook("nhiem-vu-"+clock.Of(v.app.Now()).String()+".xlsx", []sheet.Sheet{list})
}
