package web

import (
	"cmp"
	"strings"

	"thuoc/internal/task"
)

// workPage is what waits for somebody: what they are to do, what they are to judge, what they are to decide.
type workPage struct {
	Title, Lead string
	Due, Judge  []taskRow
	Decide      []questionRow
	Waits       bool
}

// questionRow is a request that waits for a decision.
type questionRow struct{ Title, What, Reason, Href string }

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
	body.Waits = len(body.Due)+len(body.Judge)+len(body.Decide) > 0
	return &page{template: "work", title: body.Title, nav: "work", body: body}, nil
}

// waiting reads what waits for the actor.
func (v *visit) waiting(body *workPage) error {
	for _, list := range []struct {
		rows *[]taskRow
		read func() ([]task.Task, error)
	}{
		{&body.Due, func() ([]task.Task, error) { return v.app.Tasks.Mine(v.ctx(), v.actor, mostWork) }},
		{&body.Judge, func() ([]task.Task, error) { return v.app.Tasks.ToJudge(v.ctx(), v.actor, mostWork) }},
	} {
		tasks, err := list.read()
		if err != nil {
			return err
		}
		if *list.rows, err = v.taskRows(tasks); err != nil {
			return err
		}
	}
	questions, err := v.app.Tasks.ToDecide(v.ctx(), v.actor, mostWork)
	for _, q := range questions {
		body.Decide = append(body.Decide, questionRow{q.Title, v.asked(q.Request), q.Reason, v.to("task-decide", q.Task, q.ID)})
	}
	return err
}
