package main

import (
	"bytes"
	"cmp"
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/published"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/sheet"
	"thuoc/internal/table"
	"thuoc/internal/target"
	"thuoc/internal/task"
)

func planCommand() command {
	return command{
		name: "plan", summary: fault.T("read improvement plans as offices write them"), sub: []command{planCheck()},
		examples: []string{"thuoc plan check ke-hoach.csv --unit \"Đồng Tháp\""},
	}
}

func planCheck() command {
	return command{
		name: "check", args: "FILE", summary: fault.T("check the table of a plan: its faults, its sums, and the chance of each target by luck alone"),
		detail: fault.T("The file is a workbook or CSV with the targets or the tasks of a plan, under the headings people use. Faults are told by cell." +
			" Targets are held against each other and against the published scores; beside each stands its chance by luck alone a year ahead," +
			" and the score that would do in 80 of 100 futures. Of tasks it shows how their deadlines are understood."),
		examples: []string{"thuoc plan check ke-hoach.csv --unit \"Đồng Tháp\"", "thuoc plan check muc-tieu.csv --unit 87 --year 2023 --aim-year 2024 --format csv"},
		setup: func(f *flags) action {
			unit := f.text("unit", "NAME|CODE", fault.T("the province whose plan it is, where the file does not say"))
			year := f.year("year", fault.T("the year of the results to start from; as the file says, or the year before, without it"))
			aim := f.year("aim-year", fault.T("the year of the plan, where the file does not say"))
			format := f.format()
			return func(c *call) error {
				if len(c.args) != 1 {
					return misuse(f.path, fault.T("Name one file."))
				}
				k := &checking{path: f.path, file: c.args[0], unit: *unit, base: *year, aim: *aim, frame: run.NewFrame(papiFrame)}
				return k.run(c, *format)
			}
		},
	}
}

// checking is one check of a file.
type checking struct {
	path, file, unit string
	base, aim        int
	frame            *run.Frame
	table            *sheet.Table
}

// checkedPlan is a plan of a file with what is known of its targets.
type checkedPlan struct {
	plan.Written
	unit  string // code of the province; "" where it is none that PAPI measures
	aims  []checkedAim
	sums  []fault.Item // contradictions
	bases []int        // the years of the published scores it was held against
}

// checkedAim is a target with what is known of it.
type checkedAim struct {
	plan.Aim
	line, base, of int
	published      float64 // in the base year
	known          bool
	answer         *targetAnswer // nil where no chance is computed
	why            fault.Text    // for that
}

func (k *checking) run(c *call, format string) error {
	data, err := readFile(k.file)
	if err != nil {
		return err
	}
	sheets, err := sheet.Read(bytes.NewReader(data), k.file)
	if err != nil {
		return err
	}
	tasks, noTasks := task.Find(k.file, sheets, nil, nil)
	k.table, err = plan.Find(k.file, sheets, nil, nil)
	if noTasks == nil && (err != nil || len(tasks.Mapping) > len(k.table.Mapping)) {
		return k.tasks(c, format, tasks)
	}
	if err != nil {
		return err
	}
	written := plan.Read(k.table, plan.Head{Year: k.aim, BaseYear: k.base})
	if err := k.table.Err(); err != nil {
		return err
	}
	var all []checkedPlan
	for _, w := range written {
		p, err := k.check(w)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	return k.write(c, format, all)
}

// check holds one plan against what is published.
func (k *checking) check(w plan.Written) (checkedPlan, error) {
	p := checkedPlan{Written: w}
	if name := cmp.Or(w.Named, k.unit); name != "" {
		found, ok := k.frame.Find(name)
		if !ok && w.Named == "" {
			return p, fault.New(fault.NotFound, "%s %s", found.What, found.Remedy)
		}
		p.unit = found.Code
	}
	for i, a := range w.Aims {
		of := cmp.Or(a.Year, k.aim, w.Year)
		x := checkedAim{Aim: a, line: w.Rows[i].Line, of: of, base: cmp.Or(k.base, w.BaseYear, of-1)}
		if _, ok := score.InForce("papi", x.base); !ok {
			x.base = w.Year - 1 // the aim lies beyond what is published
		}
		k.chance(p.unit, &x)
		p.aims = append(p.aims, x)
	}
	total, parts := w.Lines("papi", "PAPI")
	if p.unit == "" || total.Code == "" && len(parts) == 0 {
		return p, nil
	}
	p.bases = []int{cmp.Or(k.base, w.BaseYear, w.Year-1)}
	scores := map[string]float64{}
	for _, x := range p.aims {
		if x.known {
			scores[x.Code] = x.published
		}
	}
	p.sums = target.Check(total, parts, func(code string) (float64, bool) { v, ok := scores[code]; return v, ok })
	for i := range p.sums {
		it := &p.sums[i]
		it.File, it.Sheet = k.file, k.table.Sheet
		for _, x := range p.aims {
			if x.Family == "papi" && x.Code == it.Field {
				it.Line = x.line
			}
		}
	}
	return p, nil
}

// chance finds the published score of a target's base year, and its chance a year ahead; or says why there is none.
func (k *checking) chance(unit string, x *checkedAim) {
	if unit == "" || x.Family != "papi" {
		x.why = fault.T("No chance is computed for an index or a place of which no history is published on one scale.")
		return
	}
	if figures, err := published.Figures(x.base); err == nil {
		for _, f := range figures {
			if f.Unit == unit && f.Code == x.Code {
				x.published, x.known = f.Value, true
			}
		}
	}
	if x.Kind == "" {
		return
	}
	if x.of != x.base+1 {
		x.why = fault.T("Chances are computed for the year after the results; a target of a later year has none.")
		return
	}
	aim := aimText(x.Aim, x.base)
	answer, err := targetQuestion{path: k.path, unit: unit, code: x.Code, aim: aim, year: x.base, chance: usualChance}.ask()
	if err != nil {
		x.why = fault.T("%s %d: %s", x.Code, x.base, worded(err))
		return
	}
	x.answer = answer
}

// usualChance is the one for which a plan's check gives the score that would do.
const usualChance = 0.8

// aimText writes a target as the command target takes it.
func aimText(a plan.Aim, base int) string {
	kind := string(a.Kind)
	switch {
	case a.Kind == target.Hold && a.Value != nil:
		return string(target.Points) + ":" + formatFloat(*a.Value)
	case a.Kind == target.Hold:
		return kind
	case a.Kind == target.Group:
		return kind + ":" + groupID(a.Word, base)
	case a.Rank != nil:
		return kind + ":" + strconv.Itoa(*a.Rank)
	case a.Value != nil:
		return kind + ":" + formatFloat(*a.Value)
	}
	return kind
}

// groupID finds a group of PAPI by the words of a plan; words that name none come back as they are.
func groupID(words string, year int) string {
	entry, ok := score.InForce("papi", year)
	if !ok {
		return words
	}
	d, err := score.Open(entry.ID)
	if err != nil {
		return words
	}
	for _, g := range d.Groups {
		for _, n := range g.Names {
			for _, name := range []string{n.ID, n.Names.VI, n.Names.EN, "nhóm " + n.Names.VI} {
				if lang.Fold(name) == lang.Fold(words) {
					return n.ID
				}
			}
		}
	}
	return words
}

// tasks shows how a list of tasks is understood.
func (k *checking) tasks(c *call, format string, t *sheet.Table) error {
	written := task.Read(t, cmp.Or(k.aim, k.base+1))
	if err := t.Err(); err != nil {
		return err
	}
	return c.write(format, func() *table.Page { return tasksPage(c, written) }, func() *table.Records { return tasksRecords(written) })
}
