package web

import (
	"math"

	"thuoc/internal/account"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/paper"
	"thuoc/internal/task"
)

// mostPaperTasks is how many tasks an appendix lists.
const mostPaperTasks = 2000

// planTasks reads the tasks of a plan for its appendix, and who coordinates them.
func (v *visit) planTasks(w *paper.PlanPaper) (err error) {
	if w.Tasks, err = v.app.Tasks.List(v.ctx(), v.actor, task.Filter{Plan: w.Plan.ID, Limit: mostPaperTasks + 1}); err != nil {
		return err
	}
	if len(w.Tasks) > mostPaperTasks {
		return fault.New(fault.TooLarge, "The plan has over %d tasks; export it by place.", mostPaperTasks)
	}
	beside, err := v.app.Tasks.Beside(v.ctx(), v.actor, w.Plan.ID)
	if err != nil {
		return err
	}
	for id, helpers := range beside {
		for _, h := range helpers {
			name := h.Words
			if h.Agency != "" {
				if name, err = v.agencyOn(h.Agency, w.Plan.Day()); err != nil {
					return err
				}
			}
			w.Beside[id] = append(w.Beside[id], name)
		}
	}
	return nil
}

// planBaseline says of the results a plan starts from which edition holds them, and how sure they are.
func (v *visit) planBaseline(w *paper.PlanPaper) error {
	if w.Plan.Edition == "" {
		return nil
	}
	program := account.Program("names", v.actor.Day)
	r, _, err := v.app.Editions.Get(v.ctx(), program, w.Plan.Edition)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	w.Edition, w.Hash = v.editionName(r), r.Hash
	e, err := v.app.Editions.Edition(v.ctx(), program, r.ID)
	if err != nil {
		return err
	}
	content, err := e.Content()
	if err != nil {
		return err
	}
	home, err := v.app.Places.ByID(v.ctx(), w.Plan.Place, w.Plan.Day())
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	w.Errors = map[string]string{}
	for _, a := range w.Plan.Aims {
		if a.Baseline != nil {
			if says := v.sureness(content, a.Code, home.Code, *a.Baseline); says != "" {
				w.Errors[a.Code] = says
			}
		}
	}
	return nil
}

// sureness says how sure a published result is, where it is the one a plan states; "" where the edition has none.
func (v *visit) sureness(c *edition.Content, code, unit string, stated float64) string {
	for _, t := range []*edition.Table{&c.Units, &c.Present, &c.Former} {
		cell := t.Cell(code, unit)
		switch {
		case cell == nil || math.IsNaN(cell.Value):
			continue
		case math.Abs(cell.Value-stated) > .0051:
			return "Bản công bố ghi " + lang.Number(lang.Vi, cell.Value, 2) + ", khác kế hoạch"
		case math.IsNaN(cell.Lo) || math.IsNaN(cell.Hi) || cell.Level == 0:
			return "Sai số: không công bố"
		}
		says := "Khoảng tin cậy " + lang.Percent(lang.Vi, cell.Level, 0) + ": " + lang.Range(lang.Vi, cell.Lo, cell.Hi, 2)
		if cell.N > 0 {
			says += "; n = " + lang.Count(lang.Vi, cell.N)
		}
		return says
	}
	return ""
}
