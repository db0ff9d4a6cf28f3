package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
)

var planRoutes = []route{
	{name: "plans", method: http.MethodGet, vi: "ke-hoach", en: "plans", needs: account.ReadPlans, handle: (*visit).plans},
	{name: "plan-new", method: http.MethodGet, vi: "ke-hoach/moi", en: "plans/new", needs: account.WritePlan, handle: (*visit).newPlan},
	{name: "plan-new", method: http.MethodPost, vi: "ke-hoach/moi", en: "plans/new", needs: account.WritePlan, handle: (*visit).newPlan},
	{name: "plan", method: http.MethodGet, vi: "ke-hoach/{plan}", en: "plans/{plan}", needs: account.ReadPlans, handle: (*visit).plan},
	{name: "plan-head", method: http.MethodGet, vi: "ke-hoach/{plan}/sua", en: "plans/{plan}/change", needs: account.WritePlan, handle: (*visit).planHead},
	{name: "plan-head", method: http.MethodPost, vi: "ke-hoach/{plan}/sua", en: "plans/{plan}/change", needs: account.WritePlan, handle: (*visit).planHead},
	{name: "plan-move", method: http.MethodGet, vi: "ke-hoach/{plan}/chuyen/{state}", en: "plans/{plan}/move/{state}", needs: account.ReadPlans, handle: (*visit).movePlan},
	{name: "plan-move", method: http.MethodPost, vi: "ke-hoach/{plan}/chuyen/{state}", en: "plans/{plan}/move/{state}", needs: account.ReadPlans, upload: 20 << 20, handle: (*visit).movePlan},
	{name: "plan-history", method: http.MethodGet, vi: "ke-hoach/{plan}/lich-su", en: "plans/{plan}/history", needs: account.ReadPlans, handle: (*visit).planHistory},
	{name: "plan-comment", method: http.MethodGet, vi: "ke-hoach/{plan}/gop-y", en: "plans/{plan}/comment", needs: account.CommentPlan, handle: (*visit).commentPlan},
	{name: "plan-comment", method: http.MethodPost, vi: "ke-hoach/{plan}/gop-y", en: "plans/{plan}/comment", needs: account.CommentPlan, handle: (*visit).commentPlan},
	{name: "plan-answer", method: http.MethodGet, vi: "ke-hoach/{plan}/gop-y/{comment}", en: "plans/{plan}/comments/{comment}", needs: account.WritePlan, handle: (*visit).answerComment},
	{name: "plan-answer", method: http.MethodPost, vi: "ke-hoach/{plan}/gop-y/{comment}", en: "plans/{plan}/comments/{comment}", needs: account.WritePlan, handle: (*visit).answerComment},
	{name: "plan-below", method: http.MethodGet, vi: "ke-hoach/{plan}/cap-duoi", en: "plans/{plan}/below", needs: account.ReadPlans, handle: (*visit).planBelow},
	{name: "plan-aim", method: http.MethodGet, vi: "ke-hoach/{plan}/chi-tieu", en: "plans/{plan}/targets", needs: account.WritePlan, handle: (*visit).planAim},
	{name: "plan-aim", method: http.MethodPost, vi: "ke-hoach/{plan}/chi-tieu", en: "plans/{plan}/targets", needs: account.WritePlan, handle: (*visit).planAim},
	{name: "plan-aim-drop", method: http.MethodPost, vi: "ke-hoach/{plan}/chi-tieu/{line}/bo", en: "plans/{plan}/targets/{line}/drop", needs: account.WritePlan, handle: (*visit).dropAim},
	{name: "plan-duty", method: http.MethodGet, vi: "ke-hoach/{plan}/phan-cong", en: "plans/{plan}/duties", needs: account.WritePlan, handle: (*visit).planDuty},
	{name: "plan-duty", method: http.MethodPost, vi: "ke-hoach/{plan}/phan-cong", en: "plans/{plan}/duties", needs: account.WritePlan, handle: (*visit).planDuty},
	{name: "plan-duty-usual", method: http.MethodPost, vi: "ke-hoach/{plan}/phan-cong-thuong-gap", en: "plans/{plan}/usual-duties", needs: account.WritePlan, handle: (*visit).offerDuties},
	{name: "plan-duty-confirm", method: http.MethodPost, vi: "ke-hoach/{plan}/xac-nhan-phan-cong", en: "plans/{plan}/confirm-duties", needs: account.WritePlan, handle: (*visit).confirmDuties},
	{name: "duty", method: http.MethodGet, vi: "ke-hoach/{plan}/phan-cong/{duty}", en: "plans/{plan}/duties/{duty}", needs: account.ReadPlans, handle: (*visit).duty},
	{name: "duty", method: http.MethodPost, vi: "ke-hoach/{plan}/phan-cong/{duty}", en: "plans/{plan}/duties/{duty}", needs: account.ReadPlans, handle: (*visit).duty},
	{name: "plan-worth", method: http.MethodGet, vi: "ke-hoach/{plan}/can-gi", en: "plans/{plan}/what-it-takes", needs: account.ReadPlans, handle: (*visit).planWorth},
	{name: "plan-cascade", method: http.MethodPost, vi: "ke-hoach/{plan}/giao-xuong", en: "plans/{plan}/cascade", needs: account.WritePlan, handle: (*visit).cascadePlan},
}

// planStates are how the states of a plan are shown: what moves it there, and the badge.
var planStates = map[plan.State]struct {
	act  fault.Text
	kind string
}{
	plan.Draft:     {fault.T("Take back to the draft"), ""},
	plan.Comments:  {fault.T("Open to comments"), "cham"},
	plan.Submitted: {fault.T("Submit"), "lua"},
	plan.Approved:  {fault.T("Approve"), "cham"},
	plan.Issued:    {fault.T("Enter the issued paper"), "ngoc"},
	plan.Revised:   {fault.T("Open a revision"), "lua"},
	plan.Closed:    {fault.T("Close the plan"), ""},
}

// planKinds are the kinds of paper.
var planKinds = map[plan.Kind]fault.Text{
	plan.Scheme: fault.T("plan"), plan.Decision: fault.T("decision with a plan attached"), plan.Dispatch: fault.T("official dispatch"),
	plan.Directive: fault.T("directive"), plan.Programme: fault.T("action programme"),
}

// plansPage lists plans.
type plansPage struct {
	Title       string
	To          string
	State       ui.Select
	All         bool // also those that follow from another
	Filtered    bool
	New, Import string // addresses; "" for who may not
	Rows        []planRow
	Older       string
}

// planRow is a plan of a list.
type planRow struct {
	Href, Title, Place, Years string
	State, Kind               string
	Number                    string
	Below, BelowSays          string // the plans that follow from it, where they are told
	Open                      string // comments that wait for an answer; "" for none
}

func (v *visit) plans() (*page, error) {
	f := plan.Filter{State: plan.State(v.ask(keyState)), Before: v.ask(keyBefore), Limit: perPage + 1}
	if _, ok := planStates[f.State]; !ok {
		f.State = ""
	}
	all := v.ask(keyBelow) != ""
	if f.Top = !all; f.Top {
		for _, g := range v.actor.Grants {
			if g.Place != "" {
				f.Own = append(f.Own, g.Place)
			}
		}
	}
	list, err := v.app.Plans.List(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	body := plansPage{All: all, Filtered: all || f.State != "", Title: v.t("Plans"), To: v.to("plans"), State: v.planStateSelect(f.State)}
	if v.byRole(account.WritePlan) {
		body.New, body.Import = v.to("plan-new"), v.to(planDoor)
	}
	if len(list) > perPage {
		list = list[:perPage]
		q := v.r.URL.Query()
		q.Set(keyBefore, list[perPage-1].ID)
		body.Older = v.at(q, "plans")
	}
	if body.Rows, err = v.planRows(list); err != nil {
		return nil, err
	}
	if !all {
		if err := v.tellBelow(body.Rows, list); err != nil {
			return nil, err
		}
	}
	return &page{template: "plans", title: body.Title, nav: "plans", body: body}, nil
}

func (v *visit) planRows(list []plan.Head) ([]planRow, error) {
	rows := make([]planRow, len(list))
	places := make([]string, len(list))
	for i, p := range list {
		places[i] = p.Place
	}
	names, err := v.namesOfPlaces(places)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	open, err := v.app.Plans.Unanswered(v.ctx(), ids...)
	for i, p := range list {
		number := strings.TrimSpace(p.Number + " " + dated(v, p.Signed))
		rows[i] = planRow{Href: v.to("plan", p.ID), Title: p.Title, Place: names[p.Place], Years: years(p), Number: number,
			State: p.State.Names().In(v.lang), Kind: planStates[p.State].kind}
		if n := open[p.ID]; n > 0 {
			rows[i].Open = v.t("%d comments wait for an answer", n)
		}
	}
	return rows, err
}

// tellBelow says of plans how far those that follow from them have come.
func (v *visit) tellBelow(rows []planRow, list []plan.Head) error {
	for i, p := range list {
		below, err := v.app.Plans.Following(v.ctx(), v.actor, p.ID)
		if err != nil {
			return err
		}
		if len(below) > 0 {
			rows[i].Below, rows[i].BelowSays = v.to("plan-below", p.ID), v.t("%s have a plan, %s have issued it.", count(v, len(below)), count(v, issuedOf(below)))
		}
	}
	return nil
}

// issuedOf counts the plans that were issued.
func issuedOf(list []plan.Head) (n int) {
	for _, p := range list {
		if p.State == plan.Issued || p.State == plan.Closed {
			n++
		}
	}
	return n
}

func years(p plan.Head) string {
	if p.Until == p.Year {
		return strconv.Itoa(p.Year)
	}
	return strconv.Itoa(p.Year) + "–" + strconv.Itoa(p.Until)
}

// placeName names a place as it is today, or was last.
func (v *visit) placeName(id string) (string, error) {
	p, err := v.app.Places.ByID(v.ctx(), id, v.actor.Day)
	if fault.KindOf(err) == fault.NotFound {
		return v.t("a place not known here"), nil
	}
	return p.Full().In(v.lang), err
}

func (v *visit) planStateSelect(current plan.State) ui.Select {
	s := ui.Select{Name: keyState, Label: v.t("State"), Options: []ui.Choice{{Text: v.t("All states"), Current: current == ""}}}
	for _, x := range plan.States {
		s.Options = append(s.Options, ui.Choice{Value: string(x), Text: x.Names().In(v.lang), Current: x == current})
	}
	return s
}

// planPage is one plan.
type planPage struct {
	Pledge      string // publishes the progress
	Title       string
	Plan        *plan.Plan
	Place       string
	Paper       string // the kind of paper, with number and date once issued
	State, Kind string
	Years       string
	Parent      *ui.Link
	Owner       string
	Bases       []string
	Aims        []aimRow
	AddAim      string // addresses of forms; "" = not now, or not by this person
	Faults      []string
	Against     []string // results that the targets were held against
	Duties      []dutyRow
	Unconfirmed int // of them are only offered
	Offer       *ui.Act
	Confirm     *ui.Act
	AddDuty     string
	Change      string
	Moves       []ui.Link
	Blocks      []blockRow
	AddBlock    string
	Comments    []saidRow
	Open        *openSection // what inspections of it left open; nil for who may read none
	Unanswered  int          // of them wait for an answer
	Comment     string
	History     string
	Below       string
	Worth       string
	Tasks       string
	Export      string
	Word        string // address of the plan as a document
	Import      string // addresses of forms; "" for who may not
	ImportTasks string
}

// saidRow is a comment with its answer.
type saidRow struct {
	Who, When, Code, Words string
	Answer, AnsweredBy     string
	To                     string // address of the answer's form
	Waits                  string // for how long there is none
}

func (v *visit) plan() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	body := planPage{Title: p.Title, Plan: p, State: p.State.Names().In(v.lang), Kind: planStates[p.State].kind, Years: years(p.Head),
		Paper: v.paper(p), Worth: v.to("plan-worth", p.ID), History: v.to("plan-history", p.ID), Below: v.to("plan-below", p.ID)}
	if body.Place, err = v.placeName(p.Place); err != nil {
		return nil, err
	}
	if p.Parent != "" {
		if above, err := v.app.Plans.Get(v.ctx(), v.actor, p.Parent); err == nil {
			body.Parent = &ui.Link{Href: v.to("plan", above.ID), Text: above.Title}
		}
	}
	for _, b := range p.Bases {
		body.Bases = append(body.Bases, v.basis(b))
	}
	named, err := v.agencyNames(p)
	if err != nil {
		return nil, err
	}
	body.Owner = named[p.Agency]
	parts, err := v.partNames(p.Edition)
	if err != nil {
		return nil, err
	}
	if err := v.planAims(&body, p, parts); err != nil {
		return nil, err
	}
	if err := v.planDuties(&body, p, named, parts); err != nil {
		return nil, err
	}
	if body.Open, err = v.openOfPlan(p.ID); err != nil {
		return nil, err
	}
	if err := v.planBlocks(&body, p); err != nil {
		return nil, err
	}
	v.offerPlan(&body, p)
	return &page{template: "plan", title: body.Title, crumbs: v.toPlans(), nav: "plans", body: body}, v.planComments(&body, p)
}

func dated(v *visit, d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return v.t("of %s", lang.Date(v.lang, d))
}

// paper names the paper: "plan 41/KH-UBND of 19/02/2021".
func (v *visit) paper(p *plan.Plan) string {
	return strings.TrimSpace(v.text(planKinds[p.Kind]) + " " + p.Number + " " + dated(v, p.Signed))
}

// agencyNames names the agencies a plan speaks of, as they are called today. Whoever may read the plan may read who does
// what.
func (v *visit) agencyNames(p *plan.Plan) (map[string]string, error) {
	ids := []string{p.Agency}
	for _, d := range p.Duties {
		ids = append(ids, d.Agency)
	}
	ids = distinct(ids)
	named, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, ids...)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		named[id] = cmp.Or(named[id], v.t("an agency not known here"))
	}
	return named, nil
}

// offerPlan gives the page what this person may do to the plan in its state; the store decides again.
func (v *visit) offerPlan(body *planPage, p *plan.Plan) {
	of := url.Values{keyPlan: {p.ID}}
	body.Tasks, body.Export, body.Word = v.at(of, "tasks"), v.to("plan-export", p.ID), v.to("paper", "plan", p.ID)
	body.Pledge = v.offerPledge(p)
	if v.byRole(account.GiveTask) {
		body.ImportTasks = v.at(of, taskDoor)
	}
	if p.State.Open() && v.byRole(account.WritePlan) {
		body.Import = v.at(of, planDoor)
		body.Change, body.AddAim, body.AddDuty = v.to("plan-head", p.ID), v.to("plan-aim", p.ID), v.to("plan-duty", p.ID)
	}
	if p.State != plan.Draft && p.State != plan.Closed && v.byRole(account.CommentPlan) {
		body.Comment = v.to("plan-comment", p.ID)
	}
	for _, next := range p.State.Next() {
		if v.byRole(plan.Needs(p.State, next)) && !(next == plan.Approved && p.Submitter == v.actor.User) {
			body.Moves = append(body.Moves, ui.Link{Href: v.to("plan-move", p.ID, string(next)), Text: v.text(planStates[next].act)})
		}
	}
}

// planComments reads what was said of a plan.
func (v *visit) planComments(body *planPage, p *plan.Plan) error {
	list, err := v.app.Plans.Comments(v.ctx(), v.actor, p.ID)
	if err != nil {
		return err
	}
	named, err := v.app.Plans.People(v.ctx(), v.actor, p.ID)
	if err != nil {
		return err
	}
	for _, c := range list {
		row := saidRow{Who: named[c.Actor], When: v.moment(c.At), Code: c.Code, Words: c.Words, Answer: c.Answer, AnsweredBy: named[c.Answerer]}
		if c.Answered.IsZero() {
			body.Unanswered++
			row.Waits = v.t("waits for an answer for %d days", days(clock.Of(c.At.In(job.VietnamTime)), v.actor.Day))
			if v.byRole(account.WritePlan) {
				row.To = v.to("plan-answer", p.ID, c.ID)
			}
		}
		body.Comments = append(body.Comments, row)
	}
	return nil
}

func (v *visit) toPlans() []ui.Link { return []ui.Link{{Href: v.to("plans"), Text: v.t("Plans")}} }

func (v *visit) toPlan(p *plan.Plan) []ui.Link {
	return append(v.toPlans(), ui.Link{Href: v.to("plan", p.ID), Text: p.Title})
}

// planFields ask for the head of a plan.
func (v *visit) planFields(p plan.Plan) ([]*ui.Field, error) {
	kind := &ui.Field{Name: "kind", Label: v.t("Kind of paper"), Kind: "select", Value: string(cmp.Or(p.Kind, plan.Scheme))}
	for _, k := range plan.Kinds {
		kind.Options = append(kind.Options, ui.Choice{Value: string(k), Text: v.text(planKinds[k])})
	}
	own, err := v.ownEditions(p.Edition)
	if err != nil {
		return nil, err
	}
	from := &ui.Field{Name: startEdition, Label: v.t("Own edition it starts from"), Hint: v.t("A published edition of an index of the house: targets, keep and fix lists, and what they would take are held against it."),
		Kind: "select", Value: p.Edition, Optional: true, Options: []ui.Choice{{Text: v.t("none")}}}
	for _, r := range own {
		from.Options = append(from.Options, ui.Choice{Value: r.ID, Text: v.editionName(r)})
	}
	place := &ui.Field{Name: "place", Label: v.t("Whose plan"), Kind: "select", Value: p.Place}
	if place.Options, err = v.ownPlaces(); err != nil {
		return nil, err
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return []*ui.Field{
		{Name: "title", Label: v.t("Title"), Kind: "text", Value: p.Title, Most: 300, Wide: true}, kind, place,
		{Name: "year", Label: v.t("First year"), Kind: "text", Mode: "numeric", Value: number(p.Year), Most: 4},
		{Name: "until", Label: v.t("Last year"), Hint: v.t("Leave it empty for a plan of one year."), Kind: "text", Mode: "numeric", Value: number(p.Until), Most: 4, Optional: true},
		{Name: "base", Label: v.t("Results it starts from"), Hint: v.t("The year of the published results."), Kind: "text", Mode: "numeric", Value: number(p.BaseYear), Most: 4, Optional: true}, from,
		{Name: "bases", Label: v.t("What it rests on"), Hint: v.t("One document a line: number; date; issuer; title. As in: 12-CTr/TU; 26/03/2021; Tỉnh ủy; Chương trình cải cách hành chính."), Kind: "area", Value: v.basesText(p.Bases), Rows: 4, Most: 4000, Optional: true, Wide: true},
	}, nil
}

// ownPlaces are the places in which the person may write plans.
func (v *visit) ownPlaces() (list []ui.Choice, err error) {
	for _, g := range v.actor.Grants {
		if g.Place == "" || slices.ContainsFunc(list, func(c ui.Choice) bool { return c.Value == g.Place }) || !slices.Contains(account.WritePlan.Holders(), g.Role) {
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

func (v *visit) basesText(bases []plan.Basis) string {
	var lines []string
	for _, b := range bases {
		day := ""
		if !b.Dated.IsZero() {
			day = lang.Date(v.lang, b.Dated)
		}
		lines = append(lines, strings.Join([]string{b.Number, day, b.Issuer, b.Title}, "; "))
	}
	return strings.Join(lines, "\n")
}

// plan reads the head of a plan from the form.
func (f *form) plan(p *plan.Plan) error {
	var items []fault.Item
	year := func(name string, otherwise int) int {
		text := f.get(name)
		if text == "" {
			return otherwise
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			items = append(items, fault.Item{Field: name, What: fault.T("“%s” is no year.", text), Remedy: fault.T("Write the year in four digits.")})
		}
		return n
	}
	p.Title, p.Kind, p.Place = f.get("title"), plan.Kind(f.get("kind")), f.get("place")
	p.Year = year("year", 0)
	p.Until, p.BaseYear = year("until", p.Year), year("base", 0)
	if err := f.from(p, &items); err != nil {
		return err
	}
	p.Bases = nil
	for i, line := range strings.Split(f.get("bases"), "\n") {
		b, ok := basisOf(line)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if !ok {
			items = append(items, fault.Item{Field: "bases", What: fault.T("Line %d is not understood.", i+1), Remedy: fault.T("Write number; date; issuer; title.")})
		}
		p.Bases = append(p.Bases, b)
	}
	return fault.Batch(items)
}

// startEdition names the field of the house's own edition that a plan starts from.
const startEdition = "edition"

// from reads the house's own edition a plan starts from; its year is the plan's base where none is written.
func (f *form) from(p *plan.Plan, items *[]fault.Item) error {
	asked := f.get(startEdition)
	own, err := f.v.ownEditions(p.Edition)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(r edition.Release) bool { return r.ID == asked })
	if asked != "" && i < 0 {
		*items = append(*items, fault.Item{Field: startEdition, What: fault.T("This edition is not there, or not public."), Remedy: fault.T("Choose one of the list.")})
		return nil
	}
	if p.Edition = asked; i >= 0 && p.BaseYear == 0 {
		of, err := f.v.app.Runs.Get(f.v.ctx(), account.Program("plan", f.v.actor.Day), own[i].Run)
		if err != nil {
			return err
		}
		p.BaseYear = of.Year()
	}
	return nil
}

// basisOf reads "number; date; issuer; title"; all but the number may be empty.
func basisOf(line string) (b plan.Basis, ok bool) {
	part := strings.SplitN(line, ";", 4)
	for len(part) < 4 {
		part = append(part, "")
	}
	for i := range part {
		part[i] = strings.TrimSpace(part[i])
	}
	b, ok = plan.Basis{Number: part[0], Issuer: part[2], Title: part[3]}, part[0] != ""
	if part[1] != "" {
		var known bool
		b.Dated, known = sheet.ParseDate(part[1])
		ok = ok && known
	}
	return b, ok
}

func (v *visit) newPlan() (*page, error) {
	fields, err := v.planFields(plan.Plan{Head: plan.Head{Year: v.actor.Day.Year}})
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Begin the plan"), fields...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plans"), Text: v.t("Cancel")}
	title := v.t("A new plan")
	pg := &page{template: "form", title: title, crumbs: v.toPlans(), nav: "plans",
		body: formPage{Title: title, Lead: v.t("Targets and duties follow on the page of the plan."), Form: f}}
	return f.send(pg, func() (*page, error) {
		var p plan.Plan
		if err := f.plan(&p); err != nil {
			return nil, err
		}
		id, err := v.app.Plans.Create(v.ctx(), v.actor, p)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("plan", id), "The plan is begun as a draft."), nil
	})
}

func (v *visit) planHead() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	fields, err := v.planFields(*p)
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Save"), fields...)
	if err != nil {
		return nil, err
	}
	f.editing(strconv.Itoa(p.Rev))
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	title := v.t("Edit the plan")
	pg := &page{template: "form", title: title, crumbs: v.toPlan(p), nav: "plans", body: formPage{Title: title, Form: f}}
	return f.send(pg, func() (*page, error) {
		if err := f.plan(p); err != nil {
			return nil, err
		}
		p.Rev = f.rev()
		return v.done(v.to("plan", p.ID), "The plan is saved."), v.app.Plans.Save(v.ctx(), v.actor, *p)
	})
}

// rev is the version that the form was opened on.
func (f *form) rev() int {
	n, _ := strconv.Atoi(f.Version)
	return n
}

// agencyChoices are the agencies of a place and within it that a duty can be given to.
func (v *visit) agencyChoices(place string) ([]ui.Choice, error) {
	list, _, err := v.app.Agencies.List(v.ctx(), v.actor, agency.Filter{On: v.actor.Day, Place: place, Limit: 500})
	if err != nil {
		return nil, err
	}
	choices := []ui.Choice{{Text: v.t("Choose…")}}
	for _, a := range list {
		choices = append(choices, ui.Choice{Value: a.ID, Text: a.Name})
	}
	return choices, nil
}
