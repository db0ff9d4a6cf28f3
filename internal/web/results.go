package web

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/ui"
)

// resultsTable is a page of the results of a run.
type resultsTable struct {
	To     string
	Text   string
	Level  ui.Select
	Scope  bool // the filter hides some
	Clear  string
	Count  string
	Rows   []resultRow
	Pager  []ui.Link
	Source string // whose measure the values are
}

// resultRow is one result, with everything that must be said with it.
type resultRow struct {
	Node, Code, Unit string
	Value, SE, N, DF string
	Interval, At     string // and the level it holds at
	Status           string
}

// statusNames are the statuses of a result that is not plainly a value.
var statusNames = map[score.Status]fault.Text{
	score.Partial:      fault.T("partial"),
	score.NotPublished: fault.T("not published"),
	score.Suppressed:   fault.T("withheld"),
	score.Missing:      fault.T("missing"),
}

// results gives the page of results that the address asks for: of one level of the index, of nodes and units that answer
// to a word.
func (v *visit) results(r run.Run, in *run.Inputs) (t resultsTable, err error) {
	def, err := v.app.Runs.Definition(v.ctx(), in)
	if err != nil {
		return t, err
	}
	all, err := v.app.Runs.Results(v.ctx(), r)
	if err != nil {
		return t, err
	}
	t = resultsTable{To: v.to("run", r.ID), Clear: v.to("run", r.ID), Text: v.ask(keyText), Source: v.text(sourceNames[r.Source])}
	level := v.ask(keyDepth)
	if !slices.ContainsFunc(def.Levels, func(l score.Level) bool { return l.ID == level }) {
		level = ""
	}
	t.Level = ui.Select{Name: keyDepth, Label: v.t("Level"), Options: []ui.Choice{{Text: v.t("All levels"), Current: level == ""}}}
	for _, l := range def.Levels {
		t.Level.Options = append(t.Level.Options, ui.Choice{Value: l.ID, Text: l.Names.In(v.lang), Current: l.ID == level})
	}
	t.Scope = t.Text != "" || level != ""
	frame := run.NewFrame(def.Units)
	nodes := v.labels(def)
	wanted := lang.Fold(t.Text)
	all = slices.DeleteFunc(all, func(x run.Value) bool {
		named := lang.Fold(x.Code + " " + nodes[x.Code] + " " + frame.Name(x.Unit).In(v.lang))
		return level != "" && x.Level != level || !strings.Contains(named, wanted)
	})
	number, _ := strconv.Atoi(v.ask(keyPage))
	number = min(max(number, 1), len(all)/perPage+1)
	t.Count, t.Pager = v.t("%d results", len(all)), v.pager(number, len(all))
	for _, x := range all[min((number-1)*perPage, len(all)):min(number*perPage, len(all))] {
		unit, err := v.unitName(frame, x.Unit)
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, v.resultRow(x, nodes[x.Code], unit))
	}
	return t, nil
}

func (v *visit) resultRow(x run.Value, node, unit string) resultRow {
	row := resultRow{Node: node, Code: x.Code, Unit: unit, Value: v.known(x.Value, 3), SE: v.known(x.SE, 3), DF: v.known(x.DF, 1), N: "–", Interval: "–",
		Status: v.text(statusNames[x.Status])}
	if x.N > 0 {
		row.N = count(v, x.N)
	}
	if !math.IsNaN(x.Lo) && !math.IsNaN(x.Hi) {
		row.Interval, row.At = lang.Range(v.lang, x.Lo, x.Hi, 3), lang.Percent(v.lang, x.IntervalAt, 0)
	}
	return row
}

// known writes a number, or a dash for one that is not known. A whole number of degrees of freedom has no decimals.
func (v *visit) known(x float64, decimals int) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case decimals == 1 && x == math.Trunc(x):
		decimals = 0
	}
	return lang.Number(v.lang, x, decimals)
}
