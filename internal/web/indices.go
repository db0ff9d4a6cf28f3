package web

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/ui"
)

// mostIndex bounds a definition that is checked, in bytes; the largest that is shipped has 60 KB.
const mostIndex = 1 << 20

var indexRoutes = []route{
	{name: "indices", method: http.MethodGet, vi: "bo-chi-so", en: "indices", needs: account.ReadIndices, handle: (*visit).indices},
	{name: "index-check", method: http.MethodGet, vi: "bo-chi-so/kiem-tra", en: "indices/check", needs: account.CheckIndex, handle: (*visit).checkIndex},
	{name: "index-check", method: http.MethodPost, vi: "bo-chi-so/kiem-tra", en: "indices/check", needs: account.CheckIndex, upload: 2 * mostIndex, handle: (*visit).checkIndex},
	{name: "index-compare", method: http.MethodGet, vi: "bo-chi-so/so-sanh", en: "indices/compare", needs: account.ReadIndices, handle: (*visit).compareIndices},
	{name: "index", method: http.MethodGet, vi: "bo-chi-so/xem/{index}", en: "indices/show/{index}", needs: account.ReadIndices, handle: (*visit).index},
}

// indicesPage lists the definitions that come with the program, by family.
type indicesPage struct {
	Title          string
	Check, Compare string
	Families       []indexFamily
}

// indexFamily is the versions of one index, the newest first.
type indexFamily struct {
	Name string
	Rows []indexRow
}

// indexRow is a version of the list.
type indexRow struct{ Href, ID, Force, Nodes, Exact, Published, Approximate, Given string }

func (v *visit) indices() (*page, error) {
	body := indicesPage{Title: v.t("Indices"), Check: v.to("index-check"), Compare: v.to("index-compare")}
	at := map[string]int{}
	for _, e := range slices.Backward(score.Shipped()) {
		d, err := score.Open(e.ID)
		if err != nil {
			return nil, err
		}
		i, ok := at[e.Family]
		if !ok {
			i = len(body.Families)
			at[e.Family] = i
			body.Families = append(body.Families, indexFamily{Name: d.Names.In(v.lang)})
		}
		marks, nodes := map[score.Mark]int{}, 0
		for n := range d.Nodes() {
			marks[n.Mark]++
			nodes++
		}
		body.Families[i].Rows = append(body.Families[i].Rows, indexRow{v.to("index", e.ID), e.ID, v.force(d), count(v, nodes),
			count(v, marks[score.Exact]), count(v, marks[score.Published]), count(v, marks[score.Approximate]), count(v, marks[score.Given])})
	}
	return &page{template: "indices", title: body.Title, nav: "indices", body: body}, nil
}

// force says in which years a definition is in force.
func (v *visit) force(d *score.Definition) string {
	switch d.Last {
	case 0:
		return v.t("from %d on", d.First)
	case d.First:
		return strconv.Itoa(d.First)
	}
	return strconv.Itoa(d.First) + "–" + strconv.Itoa(d.Last)
}

// frame says what the units of an index are.
func (v *visit) frame(units string) string {
	if day, ok := run.Days[units]; ok {
		return v.t("%d provinces, as of %s", len(gazetteer.Provinces(day)), lang.Date(v.lang, day))
	}
	return v.t("as its figures name them")
}

func (v *visit) toIndices() []ui.Link {
	return []ui.Link{{Href: v.to("indices"), Text: v.t("Indices")}}
}

// indexPage is one definition, from its composite to its indicators.
type indexPage struct {
	Title, ID, Force, Units string
	Comments                string
	Missing                 string // codes that are no answer
	Below                   string // fewer answers than this are withheld
	Former                  ui.Link
	Sources                 []string
	Rows                    []nodeRow
	Scored                  bool // some nodes are weighted or scored
}

// nodeRow is a node of the tree.
type nodeRow struct {
	Depth                int
	Code, Name, Note     string
	Weight, Scale, Made  string // Made says how its value comes about
	Mark, Missing, Level string
	Approximate          bool
}

func (v *visit) index() (*page, error) {
	d, err := score.Open(v.arg("index"))
	if err != nil {
		return nil, err
	}
	body := indexPage{Title: d.Names.In(v.lang), ID: d.ID, Force: v.force(d), Units: v.frame(d.Units), Comments: d.Comments.In(v.lang), Sources: d.Sources}
	for i, c := range d.MissingCodes {
		if i > 0 {
			body.Missing += ", "
		}
		body.Missing += lang.Number(v.lang, c, 0)
	}
	if d.AnswersBelow > 0 {
		body.Below = count(v, d.AnswersBelow)
	}
	if d.Bridge != nil {
		body.Former = ui.Link{Href: v.at(map[string][]string{keyFrom: {d.Bridge.Former}, keyTo: {d.ID}}, "index-compare"), Text: d.Bridge.Former}
	}
	body.Rows = v.nodeRows(nil, d, d.Root, 0)
	return &page{template: "index", title: body.Title, crumbs: v.toIndices(), nav: "indices", body: body}, nil
}

// nodeRows lists a node and what is below it.
func (v *visit) nodeRows(rows []nodeRow, d *score.Definition, n *score.Node, depth int) []nodeRow {
	row := nodeRow{Depth: min(depth, 4), Code: n.Code, Name: n.Names.In(v.lang), Note: n.Note.In(v.lang), Mark: v.text(markNames[n.Mark]), Made: v.made(n),
		Approximate: n.Mark == score.Approximate}
	if n.Scale.Known() {
		row.Scale = lang.Range(v.lang, n.Scale.Min, n.Scale.Max, decimals(n.Scale.Min, n.Scale.Max))
	}
	if depth > 0 {
		row.Weight = lang.Number(v.lang, n.Weight, decimals(n.Weight))
	}
	if !n.Leaf() {
		row.Missing = v.text(missingNames[n.Missing])
	}
	rows = append(rows, row)
	for _, p := range n.Parts {
		rows = v.nodeRows(rows, d, p, depth+1)
	}
	return rows
}

// decimals is how many decimals numbers need, at most four.
func decimals(values ...float64) int {
	n := 0
	for _, x := range values {
		for n < 4 && math.Abs(x*math.Pow10(n)-math.Round(x*math.Pow10(n))) > 1e-9 {
			n++
		}
	}
	return n
}

// markNames say how the value of a node is made.
var markNames = map[score.Mark]fault.Text{
	score.Given: fault.T("given"), score.Exact: fault.T("exact"), score.Published: fault.T("published"), score.Approximate: fault.T("approximate"),
}

// missingNames say what becomes of a whole that lacks a part.
var missingNames = map[score.MissingRule]fault.Text{
	score.Refuse:  fault.T("a part is missing: no value"),
	score.Reweigh: fault.T("a part is missing: the others carry it"),
	score.Zero:    fault.T("a part is missing: it counts as 0"),
}

// methodNames are the ways of making a whole.
var methodNames = map[score.Method]fault.Text{
	score.Sum: fault.T("sum"), score.Arithmetic: fault.T("arithmetic mean"), score.Geometric: fault.T("geometric mean"), score.Weighted: fault.T("weighted sum"),
}

// statisticNames are what a survey leaf estimates.
var statisticNames = map[score.Statistic]fault.Text{
	score.Mean: fault.T("mean"), score.Proportion: fault.T("share"), score.Median: fault.T("median"),
}

// made says how the value of a node comes about.
func (v *visit) made(n *score.Node) string {
	switch {
	case n.Survey != nil && n.Survey.Variable != "":
		return v.t("survey: %s of %s", v.text(statisticNames[n.Survey.Statistic]), n.Survey.Variable)
	case n.Survey != nil:
		return v.t("survey: %s", v.text(statisticNames[n.Survey.Statistic]))
	case n.Administrative != nil:
		return v.t("register: %s", n.Administrative.Measure)
	case n.Criterion != nil:
		return v.t("criterion: at most %s points", lang.Number(v.lang, n.Criterion.Points, decimals(n.Criterion.Points)))
	case !n.Leaf():
		return v.text(methodNames[n.Aggregate.Method])
	}
	return ""
}

// checkPage checks a definition of one's own.
type checkPage struct {
	Title, Lead string
	Form        *form
	Sound       string
	Faults      []faultRow
}

// faultRow is a fault of a file.
type faultRow struct{ Line, Column, Field, What, Remedy string }

// checkIndex reads a definition and says everything that is wrong with it. Nothing of it is kept.
func (v *visit) checkIndex() (*page, error) {
	text := &ui.Field{Name: "text", Label: v.t("Definition"), Hint: v.t("Paste it here, or choose a file below."), Kind: "area", Rows: 14, Optional: true, Wide: true}
	file := &ui.Field{Name: "file", Label: v.t("File"), Kind: "file", Accept: ".yaml,.yml", Optional: true}
	f := &form{v: v, EntryForm: &ui.EntryForm{ID: "nhap-lieu", Action: v.to("index-check"), Submit: v.t("Check"), Fields: []*ui.Field{text, file}, Multiple: true}}
	body := &checkPage{Title: v.t("Check a definition"), Lead: v.t("Every fault is named at once, with its place and its remedy. Nothing is kept."), Form: f}
	pg := &page{template: "index-check", title: body.Title, crumbs: v.toIndices(), nav: "indices", body: body}
	if !v.posted() {
		return pg, nil
	}
	f.fill(v.r.PostForm)
	given, err := v.upload("file")
	if err != nil {
		return nil, err
	}
	name, data := v.t("the text"), []byte(text.Value)
	if given != nil {
		if name, data, err = given.all(mostIndex); err != nil {
			return nil, err
		}
	}
	d, err := score.Load(name, data)
	if err == nil {
		nodes := 0
		for range d.Nodes() {
			nodes++
		}
		body.Sound = v.t("%s is sound: the index %s with %d nodes.", name, d.ID, nodes)
		return pg, nil
	}
	pg.status = http.StatusUnprocessableEntity
	for _, it := range fault.Items(err) {
		row := faultRow{Field: it.Field, What: v.text(it.What), Remedy: v.text(it.Remedy)}
		if it.Line > 0 {
			row.Line = count(v, it.Line)
		}
		if it.Column > 0 {
			row.Column = count(v, it.Column)
		}
		body.Faults = append(body.Faults, row)
	}
	if body.Faults == nil {
		return nil, err
	}
	f.Head = v.t("%d places need correcting", len(body.Faults))
	return pg, nil
}
