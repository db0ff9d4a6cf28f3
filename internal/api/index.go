package api

import (
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/ui"
)

// indexLine is a version of an index in the list of indices.
type indexLine struct {
	ID     string     `json:"id"`
	Href   string     `json:"href"`
	Family string     `json:"family"`
	Names  lang.Names `json:"names"`
	First  int        `json:"first_year"`
	Last   count      `json:"last_year"` // null = still in force
}

func lineOfIndex(d *score.Definition) indexLine {
	return indexLine{d.ID, Prefix + "/indices/" + d.ID, d.Family, d.Names, d.First, count(d.Last)}
}

func (q *request) indices() (*answer, error) {
	w := q.window()
	var items []indexLine
	for _, e := range score.Shipped() {
		if !w.takes() {
			continue
		}
		d, err := score.Open(e.ID)
		if err != nil {
			return nil, err
		}
		items = append(items, lineOfIndex(d))
	}
	return paged(q, w, items)
}

// indexWhole is a definition: its tree, how each node is made, and what may be compared.
type indexWhole struct {
	indexLine
	Units      string      `json:"units"`
	Sources    []string    `json:"sources"`
	Comments   *lang.Names `json:"comments"`
	Levels     []idNames   `json:"levels"`
	Tolerance  float64     `json:"tolerance"`
	Least      count       `json:"fewest_answers"`
	Groups     []grouping  `json:"groups"`
	Changes    []rule      `json:"change_rules"`
	Former     word        `json:"former"`
	Root       *node       `json:"root"`
	Beside     []beside    `json:"alternatives"`
	Definition string      `json:"definition"`
}

type (
	grouping struct {
		Levels []string  `json:"levels"`
		Method string    `json:"method"`
		Sizes  []int     `json:"sizes"`
		At     []float64 `json:"at"`
		TieUp  bool      `json:"ties_go_up"`
		Names  []idNames `json:"groups"`
	}
	rule struct {
		ID        string   `json:"id"`
		Tested    bool     `json:"tested"`
		Threshold *float64 `json:"threshold"`
		Level     *float64 `json:"level"`
		Levels    []string `json:"levels"` // [] = all
	}
	beside struct {
		Code     string     `json:"code"`
		Names    lang.Names `json:"names"`
		Scale    *scale     `json:"scale"`
		Constant float64    `json:"constant"`
		Weights  []term     `json:"weights"`
	}
	term struct {
		Code   string  `json:"code"`
		Weight float64 `json:"weight"`
	}
	scale struct {
		Min float64 `json:"min"`
		Max float64 `json:"max"`
	}
	node struct {
		Code      string      `json:"code"`
		Level     string      `json:"level"`
		Names     lang.Names  `json:"names"`
		Note      *lang.Names `json:"note"`
		Mark      string      `json:"mark"`
		Scale     *scale      `json:"scale"`
		Direction word        `json:"direction"`
		Weight    float64     `json:"weight"`
		Statistic word        `json:"statistic"`
		Formula   *formula    `json:"formula"`
		Fit       *fit        `json:"fit"`
		Criterion *criterion  `json:"criterion"`
		Bridge    *bridge     `json:"bridge"`
		Parts     []*node     `json:"parts"`
	}
	formula struct {
		Method   string   `json:"method"`
		Rescale  bool     `json:"rescale"`
		Constant float64  `json:"constant"`
		Divisor  *float64 `json:"divisor"` // null = the sum of the weights
		Answers  bool     `json:"weighed_by_answers"`
		Missing  string   `json:"missing_part"`
	}
	fit struct {
		Constant float64            `json:"constant"`
		Terms    map[string]float64 `json:"terms"`
		MaxError float64            `json:"largest_error"`
		Units    int                `json:"units"`
	}
	criterion struct {
		Points float64 `json:"points"`
		Rule   string  `json:"rule"`
	}
	bridge struct {
		Verdict string      `json:"verdict"`
		Was     word        `json:"was"`
		Reason  *lang.Names `json:"reason"`
		Because word        `json:"because"`
	}
)

// indexAsked opens the definition of the address.
func (q *request) indexAsked() (*score.Definition, error) {
	id := q.PathValue("index")
	if !slices.ContainsFunc(score.Shipped(), func(e score.Entry) bool { return e.ID == id }) {
		return nil, fault.New(fault.NotFound, "There is no index “%s”; %s lists them.", shown(id), Prefix+"/indices")
	}
	return score.Open(id)
}

func (q *request) index() (*answer, error) {
	d, err := q.indexAsked()
	if err != nil {
		return nil, err
	}
	whole := indexWhole{indexLine: lineOfIndex(d), Units: d.Units, Sources: listed(d.Sources), Comments: named(d.Comments), Tolerance: d.Tolerance,
		Least: count(d.AnswersBelow), Root: nodeOf(d, d.Root), Groups: []grouping{}, Changes: []rule{}, Beside: []beside{}, Definition: Prefix + "/indices/" + d.ID + "/definition.yaml"}
	for _, l := range d.Levels {
		whole.Levels = append(whole.Levels, idNames(l))
	}
	for _, g := range d.Groups {
		out := grouping{Levels: listed(g.Levels), Method: string(g.Cut.Method), Sizes: listed(g.Cut.Sizes), At: listed(g.Cut.At), TieUp: g.Cut.TieUp}
		for _, n := range g.Names {
			out.Names = append(out.Names, idNames(n))
		}
		whole.Groups = append(whole.Groups, out)
	}
	for _, r := range d.Changes {
		whole.Changes = append(whole.Changes, rule{r.ID, r.Tested, known(r.Threshold), known(r.Level), listed(r.Levels)})
	}
	for _, a := range d.Alternatives {
		out := beside{a.Code, a.Names, scaleOf(a.Scale), a.Constant, nil}
		for _, t := range a.Weights {
			out.Weights = append(out.Weights, term(t))
		}
		whole.Beside = append(whole.Beside, out)
	}
	if d.Bridge != nil {
		whole.Former = word(d.Bridge.Former)
	}
	return q.json(whole)
}

func nodeOf(d *score.Definition, n *score.Node) *node {
	out := &node{Code: n.Code, Level: n.Level, Names: n.Names, Note: named(n.Note), Mark: string(n.Mark), Scale: scaleOf(n.Scale),
		Direction: word(n.Direction), Weight: n.Weight, Parts: []*node{}}
	if n.Survey != nil {
		out.Statistic = word(n.Survey.Statistic)
	}
	if n.Criterion != nil {
		out.Criterion = &criterion{n.Criterion.Points, string(n.Criterion.Rule)}
	}
	if n.Fit != nil {
		out.Fit = &fit{n.Fit.Constant, n.Fit.Terms, n.Fit.MaxError, n.Fit.Units}
	}
	if !n.Leaf() && n.Aggregate.Method != "" {
		a := n.Aggregate
		out.Formula = &formula{string(a.Method), a.Rescale, a.Constant, known(a.Divisor), a.Answers, string(n.Missing)}
	}
	if d.Bridge != nil {
		v := d.Compare(n.Code)
		out.Bridge = &bridge{string(v.Verdict), word(v.Was), named(v.Reason), word(v.Because)}
	}
	for _, p := range n.Parts {
		out.Parts = append(out.Parts, nodeOf(d, p))
	}
	return out
}

// known gives a number, nil for 0.
func known(v float64) *float64 {
	if v == 0 {
		return nil
	}
	return &v
}

func scaleOf(r score.Range) *scale {
	if !r.Known() {
		return nil
	}
	return &scale{r.Min, r.Max}
}

func (q *request) definition() (*answer, error) {
	d, err := q.indexAsked()
	if err != nil {
		return nil, err
	}
	text, err := score.Source(d.ID)
	if err != nil {
		return nil, err
	}
	return &answer{body: ui.NewBody(typeYAML, text)}, nil
}
