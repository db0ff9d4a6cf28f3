package task

import (
	"context"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
)

// mostExported is how many tasks one list gives: as many rows as a sheet may have when it is read again.
const mostExported = 49_000

// Export gives the tasks of a filter that an actor may read as a sheet for sheet.Write, as Import reads them: those of
// one plan, taken in again, change nothing. Behind those columns stand the state and what is done. Names are those of a
// day, the plan's for Import; a place is named where it is not the usual one.
func (s *Store) Export(ctx context.Context, actor account.Actor, f Filter, usual string, on clock.Date, l lang.Lang) (sheet.Sheet, error) {
	list := sheet.Template(lang.Translate(l, fault.T("Tasks")), l, Fields)
	list.Rows[0] = append(list.Rows[0], lang.Translate(l, fault.T("State")), lang.Translate(l, fault.T("Done so far")))
	f.Limit = mostExported + 1
	tasks, err := s.List(ctx, actor, f)
	if err != nil {
		return list, err
	}
	if len(tasks) > mostExported {
		return list, fault.New(fault.TooLarge, "These are over %d tasks; narrow them by plan or place first.", mostExported)
	}
	m := &matcher{file: ListFile{Place: usual, On: on}, agencies: map[string]string{}, places: map[string]string{}}
	return list, s.db.View(ctx, func(q *db.Q) error {
		where := f.conditions(actor, account.ReadTasks, outlook{})
		helpers, err := helpersOf(ctx, q, where.String(), where.Args()...)
		if err != nil {
			return err
		}
		for i := range tasks {
			t := &tasks[i]
			c, err := m.cells(ctx, q, t, helpers[t.ID])
			if err != nil {
				return err
			}
			list.Rows = append(list.Rows, append(m.inLanguage(c, t, l), t.State.Names().In(l), decimal(t.Done)))
		}
		return nil
	})
}

// inLanguage writes the cells that are words of the program in a language.
func (m *matcher) inLanguage(c cells, t *Task, l lang.Lang) []string {
	row := []string(c)
	for i, f := range Fields {
		if f.Key == colMeasure {
			row[i] = t.Measure.Names().In(l)
		}
	}
	return row
}

// Beside gives who coordinates the tasks of a plan that an actor may read, by task.
func (s *Store) Beside(ctx context.Context, actor account.Actor, plan string) (all map[string][]Helper, err error) {
	where := Filter{Plan: plan}.conditions(actor, account.ReadTasks, outlook{})
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = helpersOf(ctx, q, where.String()+" ORDER BY h.task, h.agency", where.Args()...)
		return err
	})
	return all, err
}
