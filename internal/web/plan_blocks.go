package web

import (
	"net/http"
	"net/url"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/plan"
	"thuoc/internal/task"
	"thuoc/internal/ui"
)

var blockRoutes = []route{
	{name: "plan-block", method: http.MethodGet, vi: "ke-hoach/{plan}/khoi-nhiem-vu", en: "plans/{plan}/blocks", needs: account.WritePlan, handle: (*visit).planBlock},
	{name: "plan-block", method: http.MethodPost, vi: "ke-hoach/{plan}/khoi-nhiem-vu", en: "plans/{plan}/blocks", needs: account.WritePlan, handle: (*visit).planBlock},
}

// keyBlocOf narrows a list of tasks to the blocks that are given to a bloc of agencies.
const keyBlocOf = "nhom"

// blockRow is a block of tasks of a plan.
type blockRow struct {
	Title, Bloc string
	Says        string // how far its tasks are
	Strange     string // that some are led from another bloc
	List        string // address of its tasks
	Change      string // address of the form; "" for who may not
	Rows        []taskRow
}

// planBlocks lists the tasks of a plan by the blocks they stand in.
func (v *visit) planBlocks(body *planPage, p *plan.Plan) error {
	if !v.byRole(account.ReadTasks) {
		return nil
	}
	if v.byRole(account.WritePlan) {
		body.AddBlock = v.to("plan-block", p.ID)
	}
	blocks, err := v.app.Tasks.Blocks(v.ctx(), v.actor, p.ID, v.actor.Day)
	if err != nil {
		return err
	}
	var all []task.Task
	for _, b := range blocks {
		all = append(all, b.Tasks...)
	}
	w, err := v.whoseTasks(all)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		row := blockRow{Title: b.Title, Bloc: b.Bloc.Names().In(v.lang), List: v.at(url.Values{keyPlan: {p.ID}, keyBlock: {b.Title}}, "tasks"),
			Says: v.t("%d tasks, %d confirmed, %d late", b.All, b.Confirmed, b.Late)}
		if b.Title == "" {
			row.Title, row.List = v.t("Under no heading"), v.at(url.Values{keyPlan: {p.ID}}, "tasks")
		} else if v.byRole(account.WritePlan) {
			row.Change = v.at(url.Values{keyBlock: {b.Title}}, "plan-block", p.ID)
		}
		if b.Strange > 0 {
			row.Strange = v.t("%d are led by an agency of another bloc", b.Strange)
		}
		for i := range b.Tasks {
			r := v.taskRow(&b.Tasks[i], w)
			if b.Tasks[i].Agency == "" && b.Tasks[i].Who != "" {
				r.Who = b.Tasks[i].Who // as the plan names it
			}
			row.Rows = append(row.Rows, r)
		}
		body.Blocks = append(body.Blocks, row)
	}
	return nil
}

// planBlock gives a block of tasks to a bloc of agencies, or begins one.
func (v *visit) planBlock() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("plan"))
	if err != nil {
		return nil, err
	}
	blocks, err := v.app.Tasks.Blocks(v.ctx(), v.actor, p.ID, v.actor.Day)
	if err != nil {
		return nil, err
	}
	title, bloc := v.ask(keyBlock), agency.Bloc("")
	if i := slices.IndexFunc(blocks, func(b task.BlockTasks) bool { return b.Title == title && title != "" }); i >= 0 {
		bloc = blocks[i].Bloc
	}
	whose := &ui.Field{Name: "bloc", Label: v.t("Whose block it is"), Kind: "select", Value: string(bloc), Optional: true, Options: v.blocSelect(bloc).Options}
	whose.Options[0].Text = v.t("of no bloc alone")
	f, err := v.form(v.t("Keep"),
		&ui.Field{Name: "title", Label: v.t("Heading of the block"), Hint: v.t("As it stands in the plan; tasks under this heading belong to the block."), Kind: "text", Value: title, Most: 200, Wide: true}, whose)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("plan", p.ID), Text: v.t("Cancel")}
	head := v.t("Block of tasks")
	pg := &page{template: "form", title: head, crumbs: v.toPlan(p), nav: "plans", body: formPage{Title: head, Lead: p.Title, Form: f}}
	return f.send(pg, func() (*page, error) {
		return v.done(v.to("plan", p.ID), "The block is kept."), v.app.Tasks.SetBlock(v.ctx(), v.actor, task.Block{Plan: p.ID, Title: f.get("title"), Bloc: agency.Bloc(f.get("bloc"))})
	})
}
