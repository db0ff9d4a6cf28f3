package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
	"thuoc/internal/task"
	"thuoc/internal/ui"
	"thuoc/internal/workday"
)

// boardPage counts tasks by heading and state.
type boardPage struct {
	taskHead
	By      []ui.Link
	What    string // what the rows are
	Columns []badge
	Rows    []boardRow
	Total   boardRow
	Bar     []barPart
}

// boardRow is a heading with how many of its tasks stand where.
type boardRow struct {
	key   string // "" of all
	Text  string
	Href  string
	Cells []boardCell
	Late  boardCell
	All   int
}

// boardCell is a number that leads to its tasks.
type boardCell struct {
	N    int
	Href string
}

// barPart is a part of the bar that shows how all stand, X tasks from its left.
type barPart struct {
	Text, Kind string
	N, X       int
}

// keyOf is the query key by which a heading of a board narrows the list.
var keyOf = map[task.By]string{task.ByAgency: keyAgency, task.ByPlace: keyPlace, task.ByCode: keyCode, task.ByBlock: keyBlock}

func (v *visit) taskBoard() (*page, error) {
	f, head, err := v.taskFilter()
	if err != nil {
		return nil, err
	}
	by := task.By(v.ask(keyBy))
	if keyOf[by] == "" {
		by = task.ByAgency
	}
	tallies, err := v.app.Tasks.Board(v.ctx(), v.actor, by, f, v.actor.Day)
	if err != nil {
		return nil, err
	}
	body := boardPage{taskHead: head}
	for _, x := range []struct {
		by   task.By
		text string
	}{{task.ByAgency, v.t("Agency")}, {task.ByPlace, v.t("Place")}, {task.ByCode, v.t("Part of the index")}, {task.ByBlock, v.t("Group of tasks")}} {
		q := v.keptQuery()
		q.Set(keyBy, string(x.by))
		body.By = append(body.By, ui.Link{Href: v.at(q, "task-board"), Text: x.text, Current: x.by == by})
		if x.by == by {
			body.What = x.text
		}
	}
	for _, s := range task.States {
		body.Columns = append(body.Columns, taskBadges[s].said(v, s.Text()))
	}
	names, err := v.headings(by, tallies)
	if err != nil {
		return nil, err
	}
	v.layOut(&body, by, tallies, names)
	return &page{template: "board", title: v.t("Tasks: board"), crumbs: v.toTasks(), nav: "tasks", body: body}, nil
}

func (v *visit) toTasks() []ui.Link { return []ui.Link{{Href: v.to("tasks"), Text: v.t("Tasks")}} }

// headings names the headings of a board.
func (v *visit) headings(by task.By, tallies []task.Tally) (names map[string]string, err error) {
	var keys []string
	for _, t := range tallies {
		if !slices.Contains(keys, t.Key) {
			keys = append(keys, t.Key)
		}
	}
	names = map[string]string{}
	switch by {
	case task.ByAgency:
		names, err = v.app.Agencies.Names(v.ctx(), v.actor.Day, keys...)
	case task.ByPlace:
		return v.namesOfPlaces(keys)
	default:
		for _, k := range keys {
			names[k] = k
		}
	}
	return names, err
}

// layOut makes rows of tallies: those with most that is late first.
func (v *visit) layOut(body *boardPage, by task.By, tallies []task.Tally, names map[string]string) {
	at := map[string]int{}
	row := func(key, text string) boardRow {
		return boardRow{key: key, Text: text, Cells: make([]boardCell, len(task.States))}
	}
	body.Total = row("", v.t("All"))
	for _, t := range tallies {
		i, ok := at[t.Key]
		if !ok {
			i, at[t.Key] = len(body.Rows), len(body.Rows)
			body.Rows = append(body.Rows, row(t.Key, cmp.Or(names[t.Key], v.t("(none)"))))
		}
		for _, r := range []*boardRow{&body.Rows[i], &body.Total} {
			r.All += t.Tasks
			r.Late.N += t.Late
			if s := slices.Index(task.States, t.State); s >= 0 {
				r.Cells[s].N += t.Tasks
			}
		}
	}
	kept := v.keptQuery()
	v.leads(&body.Total, keyOf[by], kept)
	for i := range body.Rows {
		v.leads(&body.Rows[i], keyOf[by], kept)
	}
	order := lang.Collation()
	slices.SortStableFunc(body.Rows, func(a, b boardRow) int { return cmp.Or(cmp.Compare(b.Late.N, a.Late.N), order(a.Text, b.Text)) })
	count := func(states ...task.State) (n int) {
		for _, s := range states {
			n += body.Total.Cells[slices.Index(task.States, s)].N
		}
		return n
	}
	late := body.Total.Late.N
	for _, p := range []barPart{{v.t("overdue"), "son", late, 0}, {v.t("not finished, in time"), "cham", count(task.Waiting, task.Doing, task.Returned) - late, 0},
		{v.text(task.Submitted.Text()), "lua", count(task.Submitted), 0}, {v.text(task.Confirmed.Text()), "ngoc", count(task.Confirmed), 0}} {
		if p.N > 0 {
			for _, before := range body.Bar {
				p.X += before.N
			}
			body.Bar = append(body.Bar, p)
		}
	}
}

// leads makes every number of a row lead to its tasks, by what the filter keeps.
func (v *visit) leads(r *boardRow, heading string, kept url.Values) {
	link := func(key, val string) string {
		q := maps.Clone(kept)
		if r.key != "" {
			q.Set(heading, r.key)
		}
		if key != "" {
			q.Set(key, val)
		}
		return v.at(q, "tasks")
	}
	r.Href, r.Late.Href = link("", ""), link(keyLate, "1")
	for i, s := range task.States {
		if r.Cells[i].N > 0 {
			r.Cells[i].Href = link(keyState, string(s))
		}
	}
}

// calendarPage shows the days of a month with what is due.
type calendarPage struct {
	taskHead
	Month        string
	Before, Next string
	Week         []string
	Weeks        [][]dayCell
	Any          bool
}

// dayCell is a day of the calendar.
type dayCell struct {
	Number      int
	Text        string // the day as it is said
	Outside     bool   // of another month
	Free        bool   // offices do not work
	Today       bool
	Tasks, Late int
	Open        int
	Href        string
}

func (v *visit) taskCalendar() (*page, error) {
	f, head, err := v.taskFilter()
	if err != nil {
		return nil, err
	}
	first := clock.Date{Year: v.actor.Day.Year, Month: v.actor.Day.Month, Day: 1}
	if asked, err := clock.ParseDate(v.ask(keyMonth) + "-01"); err == nil {
		first = asked
	}
	start := first
	for weekday(start) != time.Monday {
		start = start.Add(-1)
	}
	end := start.Add(41)
	if f.From.IsZero() {
		f.From, f.DueBy = start, end
	}
	tallies, err := v.app.Tasks.Board(v.ctx(), v.actor, task.ByDay, f, v.actor.Day)
	if err != nil {
		return nil, err
	}
	to := func(d clock.Date) string {
		q := v.keptQuery()
		q.Set(keyMonth, fmt.Sprintf("%04d-%02d", d.Year, d.Month))
		return v.at(q, "task-calendar")
	}
	body := calendarPage{taskHead: head, Month: v.t("Month %d/%d", int(first.Month), first.Year), Before: to(first.Add(-1)), Next: to(first.Add(31)),
		Week: []string{v.t("Mon"), v.t("Tue"), v.t("Wed"), v.t("Thu"), v.t("Fri"), v.t("Sat"), v.t("Sun")}, Any: len(tallies) > 0}
	byDay := map[string]dayCell{}
	for _, t := range tallies {
		c := byDay[t.Key]
		c.Tasks += t.Tasks
		c.Late += t.Late
		if t.State.Running() || t.State == task.Submitted {
			c.Open += t.Tasks
		}
		byDay[t.Key] = c
	}
	for d := start; !end.Before(d) && (d.Month == first.Month || d.Before(first) || weekday(d) != time.Monday); {
		var week []dayCell
		for range 7 {
			week = append(week, v.dayCell(d, first, byDay[d.String()]))
			d = d.Add(1)
		}
		body.Weeks = append(body.Weeks, week)
	}
	return &page{template: "calendar", title: v.t("Tasks: calendar"), crumbs: v.toTasks(), nav: "tasks", body: body}, nil
}

func (v *visit) dayCell(d, first clock.Date, c dayCell) dayCell {
	c.Number, c.Text, c.Outside, c.Free, c.Today = int(d.Day), lang.Date(v.lang, d), d.Month != first.Month, !workday.Works(d), d == v.actor.Day
	q := v.keptQuery()
	q.Set(keyDue, d.String())
	c.Href = v.at(q, "tasks")
	return c
}

func weekday(d clock.Date) time.Weekday {
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, time.UTC).Weekday()
}
