package task

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/sheet"
)

// kindOfList names lists of tasks among the mappings people are remembered by.
const kindOfList = "task"

// ListFile is a list of tasks to take in.
type ListFile struct {
	Name    string             // as the person named it
	Content []byte             // XLSX or CSV
	Plan    string             // id of the plan whose tasks they are
	Place   string             // id of the plan's place
	On      clock.Date         // the plan's day: agencies and places go by the names they bore on it
	Year    int                // of the plan, for deadlines that name none
	Mapping sheet.Mapping      // the columns chosen; nil: those remembered, or else found by their headings
	Tell    func(done, of int) // told how many tasks of how many are written so far; may be nil
}

// ListReport is what a list holds and would change, or has changed.
type ListReport struct {
	Sheet    string
	Header   int           // line of the header
	Mapping  sheet.Mapping // the heading of each field that was found
	Headings []string      // all of the file, to choose from
	Unused   []string      // those that no field took
	Rows     int
	Same     int      // rows that are tasks of the plan already
	Added    int      // tasks that come in
	Led      int      // of those, tasks whose lead is an agency on record
	Dated    int      // of those, tasks with a last day
	Words    []string // who leads in words that name no agency on record, each once
	Heads    []string // the parts of the index for which the list lets "the head" answer, of whichever agency leads them
}

// Import takes a list of tasks in: whole and visible at once, or not at all with every fault by sheet, line and column.
// Tasks that are there stay as they are: a row that says the same changes nothing, and a row that bears the id of a task
// and says otherwise is a fault. A dry run says what would come of it and writes nothing.
func (s *Store) Import(ctx context.Context, actor account.Actor, f ListFile, dry bool) (rep ListReport, err error) {
	sheets, err := sheet.Read(bytes.NewReader(f.Content), f.Name)
	if err != nil {
		return rep, err
	}
	m := &matcher{file: f, agencies: map[string]string{}, places: map[string]string{}}
	err = s.db.View(ctx, func(q *db.Q) error {
		remembered, err := agency.RememberedMapping(ctx, q, actor, kindOfList)
		if err != nil {
			return err
		}
		if m.table, err = Find(f.Name, sheets, f.Mapping, remembered); err != nil {
			return err
		}
		t := m.table
		rep = ListReport{Sheet: t.Sheet, Header: t.Header, Mapping: t.Mapping, Headings: t.Headings, Unused: t.Unused(), Rows: len(t.Rows)}
		if err := m.match(ctx, q, &rep); err != nil {
			return err
		}
		return t.Err()
	})
	if err != nil || dry {
		if err == nil {
			err = s.mayGive(ctx, actor, m.tasks)
		}
		return rep, err
	}
	if len(m.tasks) == 0 {
		return rep, s.db.Update(ctx, func(q *db.Q) error { return agency.RememberMapping(ctx, q, actor, kindOfList, rep.Mapping) })
	}
	return rep, s.give(ctx, actor, f.Plan, m.tasks, giving{
		with: func(q *db.Q, i int) error { return putHelpers(ctx, q, m.tasks[i].ID, m.helpers[i]) },
		last: func(q *db.Q) error { return agency.RememberMapping(ctx, q, actor, kindOfList, rep.Mapping) },
		tell: f.Tell,
	})
}

// Find finds the list of tasks in a file by the columns chosen, those remembered where the file has them, or headings.
func Find(file string, sheets []sheet.Sheet, chosen, remembered sheet.Mapping) (*sheet.Table, error) {
	if chosen == nil && remembered != nil {
		if t, err := sheet.Find(file, sheets, Fields, remembered); err == nil {
			return t, nil
		}
	}
	return sheet.Find(file, sheets, Fields, chosen)
}

// matcher holds a list against what is on record.
type matcher struct {
	file     ListFile
	table    *sheet.Table
	agencies map[string]string // id by folded words; "" = none
	places   map[string]string // id by words; "" = none
	children map[string]string // id by folded name; nil until asked for

	tasks   []Task
	helpers [][]Helper // of each task
}

// match works out which rows are new tasks, and reports the faults of the rest.
func (m *matcher) match(ctx context.Context, q *db.Q, rep *ListReport) error {
	there, known, err := m.onRecord(ctx, q)
	if err != nil {
		return err
	}
	lines := map[string]int{}
	words := map[string]bool{}
	for _, w := range Read(m.table, m.file.Year) {
		helpers, err := m.resolve(ctx, q, &w)
		if err != nil {
			return err
		}
		rep.heads(&w.Task)
		c, err := m.cells(ctx, q, &w.Task, helpers)
		if err != nil {
			return err
		}
		key := c.key()
		if was, ok := known[w.ID]; ok && w.ID != "" {
			m.holdAgainst(w.Row, was, c)
			rep.Same++
			continue
		}
		if there[key] > 0 {
			there[key]--
			rep.Same++
			continue
		}
		if line := lines[key]; line > 0 {
			m.table.Report(w.Row, colTitle, fault.T("Line %d is the same task.", line), fault.T("Keep one of the two rows."))
			continue
		}
		lines[key] = w.Row.Line
		m.tasks, m.helpers = append(m.tasks, w.Task), append(m.helpers, helpers)
		rep.Added++
		if w.Agency != "" {
			rep.Led++
		} else if w.Who != "" {
			words[w.Who] = true
		}
		if !w.Due.IsZero() {
			rep.Dated++
		}
	}
	rep.Words = slices.Sorted(maps.Keys(words))
	return nil
}

// TheHead is how plans name whoever heads the agency that leads, without saying which one it is.
const TheHead = "Người đứng đầu"

// heads notes the parts of the index of a task that the heads of the lead agencies have.
func (rep *ListReport) heads(t *Task) {
	if who := lang.Fold(t.Who) + " "; !strings.HasPrefix(who, lang.Fold(TheHead)+" ") {
		return
	}
	for code := range strings.SplitSeq(t.Code, ";") {
		if code != "" && !slices.Contains(rep.Heads, code) {
			rep.Heads = append(rep.Heads, code)
		}
	}
}

// onRecord gives the cells of the plan's tasks: how many there are of each, and those of each id.
func (m *matcher) onRecord(ctx context.Context, q *db.Q) (there map[string]int, known map[string]cells, err error) {
	tasks, err := db.All[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE t.plan = ? AND "+live, m.file.Plan)
	if err != nil {
		return nil, nil, err
	}
	helpers, err := helpersOf(ctx, q, "t.plan = ?", m.file.Plan)
	if err != nil {
		return nil, nil, err
	}
	there, known = map[string]int{}, map[string]cells{}
	for i := range tasks {
		c, err := m.cells(ctx, q, &tasks[i], helpers[tasks[i].ID])
		if err != nil {
			return nil, nil, err
		}
		there[c.key()]++
		known[tasks[i].ID] = c
	}
	return there, known, nil
}

// holdAgainst reports the first cell in which a row says otherwise than the task that bears its id.
func (m *matcher) holdAgainst(row sheet.Row, was, now cells) {
	for i, f := range Fields {
		if was[i] != now[i] && m.table.Has(f.Key) {
			m.table.Report(row, f.Key, fault.T("On record the task has “%s” here.", was[i]), fault.T("Change it on the task's page, or write what is on record."))
			return
		}
	}
}

// resolve finds the place, the lead and the coordinators of a row; what names none stays in words.
func (m *matcher) resolve(ctx context.Context, q *db.Q, w *Written) ([]Helper, error) {
	at, err := m.placeOf(ctx, q, w)
	if err != nil {
		return nil, err
	}
	w.Place = at
	if w.Who != "" {
		if w.Agency, err = m.agencyOf(ctx, q, w.Who); err != nil {
			return nil, err
		}
		if w.Agency != "" {
			w.Who = ""
		}
	}
	return m.coordinators(ctx, q, w)
}

// agencyOf gives the agency of the plan's place that words name; "" where they name none.
func (m *matcher) agencyOf(ctx context.Context, q *db.Q, words string) (string, error) {
	key := lang.Fold(words)
	if id, known := m.agencies[key]; known {
		return id, nil
	}
	id, _, err := agency.Match(ctx, q, m.file.Place, words, m.file.On)
	if err == nil {
		m.agencies[key] = id
	}
	return id, err
}

// longestName is how many parts between commas a name of an agency has at most.
const longestName = 5

// coordinators finds the agencies that a cell names: as a whole, or parted by semicolons, or by commas, where names hold
// commas too ("Sở Nội vụ, Sở Văn hóa, Thể thao và Du lịch"). What names none stays in words.
func (m *matcher) coordinators(ctx context.Context, q *db.Q, w *Written) (helpers []Helper, err error) {
	mark := ","
	if strings.Contains(w.Beside, ";") {
		mark = ";"
	}
	parts := strings.Split(w.Beside, mark)
	var rest []string
	for i := 0; i < len(parts); {
		found, end := "", i+1
		for j := min(len(parts), i+longestName); j > i && found == ""; j-- {
			if found, err = m.agencyOf(ctx, q, strings.TrimSpace(strings.Join(parts[i:j], mark))); err != nil {
				return nil, err
			}
			if found != "" {
				end = j
			}
		}
		switch part := strings.TrimSpace(strings.Join(parts[i:end], mark)); {
		case found == "":
			rest = append(rest, part)
		case found != w.Agency && !slices.ContainsFunc(helpers, func(h Helper) bool { return h.Agency == found }):
			helpers = append(helpers, Helper{Agency: found})
		}
		i = end
	}
	if len(helpers) > 0 {
		w.Beside = strings.Join(rest, "; ")
	}
	return helpers, nil
}

// placeOf finds where a row's task is done: by the code of the day, by the name of a place right within the plan's, or
// where the plan is. It reports a place that is not there.
func (m *matcher) placeOf(ctx context.Context, q *db.Q, w *Written) (string, error) {
	if w.Named == "" {
		return m.file.Place, nil
	}
	id, known := m.places[w.Named]
	if !known {
		v, err := place.At(ctx, q, w.Named, m.file.On)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return "", err
		}
		if id = v.Place; id == "" {
			if err := m.readChildren(ctx, q); err != nil {
				return "", err
			}
			id = m.children[gazetteer.SearchKey(w.Named)]
		}
		m.places[w.Named] = id
	}
	if id == "" {
		m.table.Report(w.Row, colPlace, fault.T("No place here had the name or code “%s” on %s.", w.Named, m.file.On), fault.T("Write the code the place had on that day."))
	}
	return id, nil
}

// readChildren notes the places right within the plan's by name, with and without their kind; what two bear names none.
func (m *matcher) readChildren(ctx context.Context, q *db.Q) error {
	if m.children != nil {
		return nil
	}
	m.children = map[string]string{}
	all, err := place.Children(ctx, q, m.file.Place, m.file.On)
	for _, v := range all {
		for _, name := range []string{v.Name, v.Full().VI} {
			key := gazetteer.SearchKey(name)
			if _, again := m.children[key]; again {
				m.children[key] = ""
				continue
			}
			m.children[key] = v.Place
		}
	}
	return err
}

// cells are a task as a row of a list, in the order of Fields: the one form in which lists and records are compared.
type cells []string

// key is what tells one task from another where no id does.
func (c cells) key() string { return strings.Join(c[1:], "\x00") }

// cells writes a task as a row.
func (m *matcher) cells(ctx context.Context, q *db.Q, t *Task, helpers []Helper) (cells, error) {
	lead, err := m.nameOf(ctx, q, t.Agency)
	if err != nil {
		return nil, err
	}
	var with []string
	for _, h := range helpers {
		name, err := m.nameOf(ctx, q, h.Agency)
		if err != nil {
			return nil, err
		}
		with = append(with, name)
	}
	slices.Sort(with)
	if t.Beside != "" {
		with = append(with, t.Beside)
	}
	at := ""
	if t.Place != m.file.Place && t.Place != "" {
		if at, err = m.codeOf(ctx, q, t.Place); err != nil {
			return nil, err
		}
	}
	if lead == "" {
		lead = t.Who
	}
	return cells{t.ID, t.Block, t.Code, t.Title, lead, strings.Join(with, "; "), t.Product, t.deadline(), t.Feeds, decimal(t.Effect), t.Measure.Names().VI,
		decimal(t.Goal), decimal(t.Cost), at, t.Note}, nil
}

// deadline gives the deadline as a cell: the plan's words while they hold, else the day.
func (t *Task) deadline() string {
	switch {
	case t.When != "" && !t.Extended():
		return t.When
	case t.Due.IsZero():
		return ""
	}
	return t.Due.String()
}

func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

// nameOf gives the name an agency bore on the plan's day.
func (m *matcher) nameOf(ctx context.Context, q *db.Q, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	key := "\x00" + id // apart from words
	name, known := m.agencies[key]
	if !known {
		var err error
		if name, err = agency.NameOn(ctx, q, id, m.file.On); err != nil {
			return "", err
		}
		m.agencies[key] = name
	}
	return name, nil
}

// codeOf gives the code a place had on the plan's day.
func (m *matcher) codeOf(ctx context.Context, q *db.Q, id string) (string, error) {
	key := "\x00" + id
	code, known := m.places[key]
	if !known {
		v, err := place.ByID(ctx, q, id, m.file.On)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return "", err
		}
		code = v.Code
		m.places[key] = code
	}
	return code, nil
}

func putHelpers(ctx context.Context, q *db.Q, task string, helpers []Helper) error {
	for _, h := range helpers {
		if _, err := q.Exec(ctx, "INSERT INTO task_helper (task, agency, words) VALUES (?, ?, ?)", task, h.Agency, h.Words); err != nil {
			return err
		}
	}
	return nil
}

// helpersOf gives the coordinators of the tasks that meet a condition on t, by task.
func helpersOf(ctx context.Context, q *db.Q, where string, args ...any) (map[string][]Helper, error) {
	type row struct {
		Task   string `db:"task"`
		Agency string `db:"agency"`
		Words  string `db:"words"`
	}
	all := map[string][]Helper{}
	for r, err := range db.Each[row](ctx, q, "SELECT h.task, h.agency, h.words FROM task_helper h JOIN task t ON t.id = h.task WHERE "+where, args...) {
		if err != nil {
			return nil, err
		}
		all[r.Task] = append(all[r.Task], Helper{r.Agency, r.Words})
	}
	return all, nil
}
