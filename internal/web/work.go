package web

import (
	"cmp"
	"strings"

	"thuoc/internal/plan"
	"thuoc/internal/task"
)

// workPage is what waits for somebody: what they are to do, what they are to judge, what they are to decide.
type workPage struct {
	Title, Lead string
	Due         []workRow
	Judge       []taskRow
	Decide      []questionRow
	Urged       []urgingRow // letters that wait for the answer of their unit
	Plans       []planWait
	Reports     []reportRow
	Teams       []inspectionRow // in whose teams they are
	Remedy      []findingRow    // what inspections found, and is theirs to remedy
	Verify      []findingRow    // what others say is remedied
	Waits       bool
}

// workRow is a task with the form of its progress: open for the most urgent one, and for the one a message leads to.
type workRow struct {
	taskRow
	Send *sendForm
	Open bool
}

// questionRow is a request that waits for a decision.
type questionRow struct{ Title, What, Reason, Href string }

// planWait is a plan that waits for somebody, and for what.
type planWait struct{ Title, Href, What string }

// mostWork is how many entries of each kind the page shows: who has more works from the list.
const mostWork = 20

func (v *visit) work() (*page, error) {
	me, err := v.whoami()
	if err != nil {
		return nil, err
	}
	names, err := v.grantNames(me.Grants)
	if err != nil {
		return nil, err
	}
	body := &workPage{Title: v.t("My work"), Lead: cmp.Or(strings.Join(names, "; "), v.t("You have no role yet. An administrator of your agency gives you one."))}
	if err := v.waiting(body); err != nil {
		return nil, err
	}
	if body.Plans, err = v.waitingPlans(); err != nil {
		return nil, err
	}
	if body.Urged, err = v.waitingLetters(); err != nil {
		return nil, err
	}
	if body.Reports, err = v.dueReports(); err != nil {
		return nil, err
	}
	if err := v.waitingInspections(body); err != nil {
		return nil, err
	}
	body.Waits = len(body.Due)+len(body.Judge)+len(body.Decide)+len(body.Urged)+len(body.Plans)+len(body.Reports)+len(body.Teams)+len(body.Remedy)+len(body.Verify) > 0
	return &page{template: "work", title: body.Title, nav: "work", keep: true, body: body}, nil
}

// waiting reads what waits for the actor.
func (v *visit) waiting(body *workPage) error {
	tasks, err := v.app.Tasks.Mine(v.ctx(), v.actor, mostWork)
	if err != nil {
		return err
	}
	if body.Due, err = v.workRows(tasks); err != nil {
		return err
	}
	if tasks, err = v.app.Tasks.ToJudge(v.ctx(), v.actor, mostWork); err != nil {
		return err
	}
	if body.Judge, err = v.taskRows(tasks); err != nil {
		return err
	}
	questions, err := v.app.Tasks.ToDecide(v.ctx(), v.actor, mostWork)
	for _, q := range questions {
		body.Decide = append(body.Decide, questionRow{q.Title, v.asked(q.Request), q.Reason, v.to("task-decide", q.Task, q.ID)})
	}
	return err
}

// waitingPlans says which plans wait for the actor, and for what. A telephone opens no plans.
func (v *visit) waitingPlans() (rows []planWait, err error) {
	if v.actor.Device != "" {
		return nil, nil
	}
	list, err := v.app.Plans.Waits(v.ctx(), v.actor, mostWork)
	for _, w := range list {
		row := planWait{Title: w.Title, Href: v.to("plan", w.Plan)}
		switch w.Want {
		case plan.WantsProposal:
			row.What = v.t("%d parts wait for what your agency proposes", w.Count)
		case plan.WantsVerdict:
			row.What = v.t("%d proposals wait to be accepted or returned", w.Count)
		case plan.WantsAnswer:
			row.What = v.t("%d comments wait for an answer", w.Count)
		case plan.WantsApproval:
			row.What = v.t("submitted, waits for approval")
		}
		rows = append(rows, row)
	}
	return rows, err
}

// waitingLetters gives the letters that urge the actor's unit and have no answer. A telephone opens none.
func (v *visit) waitingLetters() ([]urgingRow, error) {
	if v.actor.Device != "" {
		return nil, nil
	}
	list, err := v.app.Follow.ToAnswer(v.ctx(), v.actor, mostWork)
	if err != nil {
		return nil, err
	}
	return v.urgingRows(list)
}

// workRows makes the cards of tasks that are to be done. A message leads to one of them by keyTask.
func (v *visit) workRows(tasks []task.Task) ([]workRow, error) {
	rows, err := v.taskRows(tasks)
	if err != nil {
		return nil, err
	}
	seen, err := v.app.Tasks.LastEvents(v.ctx(), tasks)
	asked := v.ask(keyTask)
	list := make([]workRow, len(rows))
	for i, r := range rows {
		list[i] = workRow{r, v.sendFormOf(&tasks[i], seen[r.ID], v.to("work")), r.ID == asked || asked == "" && i == 0}
	}
	return list, err
}
