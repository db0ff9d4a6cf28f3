package score

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

// National is the unit code of a country's own figures. They are kept apart: no rank, no group, no mean.
const National = "VN"

// Options say how to compute.
type Options struct {
	Year        int           // must be in force; 0 = not dated
	Units       []string      // every unit of the frame, in order; nil = those with figures, sorted
	Absent      Status        // of a figure that is not among the input: NotPublished or Missing (default)
	Compat      string        // a compatibility of the definition ("papi"); "" = proper: 95 % intervals, tested changes
	Independent bool          // the caller states that the parts' errors are independent, so that they may be added up
	WhatIf      bool          // lets approximate nodes be computed by their fits; the result is then marked WhatIf
	Previous    *Result       // the result to compare with
	Between     []*Definition // versions after Previous.Def up to def, oldest first (see Chain); nil = def follows it directly
	Ranks       *RankOptions  // nil = no rank ranges and no group probabilities
	Estimates   *Estimates    // what the errors of survey leaves share; nil = only their size is known
}

// properLevel is the level of the intervals when no compatibility is asked.
const properLevel = 0.95

// computation is one run of Compute.
type computation struct {
	def     *Definition
	opt     Options
	compat  *Compat
	figures []*Figure // by place, as Result.Rows; nil = none
	res     *Result
	t       map[float64]float64 // critical values by degrees of freedom
}

// Compute scores the units by the definition from figures of one year. Exact nodes are computed from their parts where
// these are present; published nodes take the published figure. A value recomputed within the definition's tolerance of
// the published one stands; beyond it the published one is kept and Why says so. A unit lacking a part of a node that
// refuses missing parts gets no value there.
//
// The error is a batch of all faults of the figures (unknown code, a code twice) or an Invalid fault of the options.
func Compute(def *Definition, figures []Figure, opt Options) (*Result, error) {
	c := &computation{def: def, opt: opt, t: map[float64]float64{}}
	if err := c.checkOptions(); err != nil {
		return nil, err
	}
	if c.opt.Absent == "" {
		c.opt.Absent = Missing
	}
	c.res = newResult(def, opt, figures)
	if err := c.admit(figures); err != nil {
		return nil, err
	}
	c.rows()
	if err := c.rankAll(); err != nil {
		return nil, err
	}
	c.compare()
	return c.res, nil
}

func (c *computation) checkOptions() error {
	if c.opt.Year != 0 && !c.def.InForce(c.opt.Year) {
		return fault.New(fault.Invalid, "%s is not in force in %d.", c.def.ID, c.opt.Year)
	}
	if c.opt.Compat != "" {
		i := slices.IndexFunc(c.def.Compat, func(x Compat) bool { return x.ID == c.opt.Compat })
		if i < 0 {
			return fault.New(fault.Invalid, "%s has no compatibility %q.", c.def.ID, c.opt.Compat)
		}
		c.compat = &c.def.Compat[i]
	}
	if c.opt.Previous != nil && c.opt.Previous.Def.Family != c.def.Family {
		return fault.New(fault.Invalid, "%s and %s are different indices: they do not compare.", c.opt.Previous.Def.ID, c.def.ID)
	}
	return nil
}

// rows fills every cell, parts before wholes.
func (c *computation) rows() {
	r := c.res
	units := len(r.Units)
	for i, n := range slices.Backward(c.def.nodes) {
		parts := make([]*Row, len(n.Parts))
		for j, u := range r.Units {
			for k, p := range n.Parts {
				parts[k] = &r.Rows[r.codes[p.Code]*units+j]
			}
			r.Rows[i*units+j] = c.row(n, u, c.figures[i*units+j], parts)
		}
	}
	for i, a := range c.def.Alternatives {
		for j, u := range r.Units {
			at := (len(c.def.nodes)+i)*units + j
			r.Rows[at] = c.alternative(a, u, c.figures[at], func(code string) *Row { return &r.Rows[r.codes[code]*units+j] })
		}
	}
}

// row makes one cell of the result. The parts' rows are done before.
func (c *computation) row(n *Node, unit string, fig *Figure, parts []*Row) Row {
	row := c.blank(n.Code, n.Level, unit, fig)
	switch {
	case n.Leaf():
		c.leaf(n, &row)
		c.leafSample(&row)
	case n.Mark == Exact, n.Mark == Approximate && c.opt.WhatIf:
		c.whole(n, &row, parts)
	default:
		c.published(&row)
		if row.Status == Missing {
			row.Why = n.notComputed()
		}
	}
	c.interval(&row, fig)
	return row
}

// notComputed says why a node cannot be made from its parts.
func (n *Node) notComputed() fault.Text {
	if n.Mark == Approximate {
		return fault.T("Its formula is not public, and its fit serves what-if questions alone.")
	}
	return fault.T("Its formula is not public.")
}

// blank makes a row that carries what was published and no value yet.
func (c *computation) blank(code, level, unit string, fig *Figure) Row {
	row := Row{Unit: unit, Code: code, Level: level, Value: math.NaN(), Published: math.NaN(), SE: math.NaN(), Status: c.opt.Absent}
	row.Interval = Interval{math.NaN(), math.NaN(), 0}
	if fig == nil {
		return row
	}
	row.Source, row.Note, row.N, row.Published = fig.Source, fig.Note, fig.N, fig.Value
	row.Status = cmp.Or(fig.Status, OK)
	if math.IsNaN(fig.Value) && (row.Status == OK || row.Status == Partial) {
		row.Status = c.opt.Absent
	}
	if fig.SE > 0 {
		row.SE = fig.SE
	}
	return row
}

// published takes the published value, where there is one.
func (c *computation) published(row *Row) {
	if math.IsNaN(row.Published) {
		return
	}
	row.Value, row.Mark = row.Published, Published
}

// leaf takes an indicator's figure, suppresses a survey estimate on too few answers, and scores a criterion.
func (c *computation) leaf(n *Node, row *Row) {
	c.published(row)
	if !row.OK() {
		return
	}
	row.Mark = n.Mark
	switch {
	case n.Survey != nil && row.N > 0 && row.N < c.def.AnswersBelow:
		row.Value, row.Mark, row.Status = math.NaN(), "", Suppressed
		row.Why = fault.T("Fewer than %d answers.", c.def.AnswersBelow)
	case n.Criterion != nil:
		points, ok := n.Criterion.Score(row.Value)
		if !ok {
			row.Value, row.Mark, row.Status = math.NaN(), "", Missing
			row.Why = fault.T("The criterion's rule does not know this fact.")
			return
		}
		row.Value = points
	}
}

// whole computes a node from its parts and holds it against the published value.
func (c *computation) whole(n *Node, row *Row, parts []*Row) {
	if row.Status == Suppressed {
		return // the publisher withheld it; the parts do not bring it back
	}
	status := row.Status
	made, ok := c.assemble(n, row, parts)
	switch {
	case !ok && math.IsNaN(row.Published):
		return
	case !ok:
		row.Status, row.Why = status, fault.Text{} // the published value needs no parts
		c.published(row)
	case math.IsNaN(row.Published), math.Abs(made.value-row.Published) <= c.def.Tolerance:
		c.accept(n, row, parts, made)
	default:
		c.published(row)
		row.Why = fault.T("Recomputed from its parts it would be %s.", plain(math.Round(made.value*1e6)/1e6))
	}
}

// assemble combines the parts by the node's formula or fit. It is false, with the reason in the row, when parts are
// missing that the node cannot do without.
func (c *computation) assemble(n *Node, row *Row, parts []*Row) (combined, bool) {
	x, answers := make([]float64, len(parts)), make([]int, len(parts))
	for i, p := range parts {
		x[i], answers[i] = p.Value, p.N
	}
	if needs, lacks := n.lacking(parts); len(lacks) > 0 {
		var codes []string
		for _, i := range lacks {
			codes = append(codes, parts[i].Code)
			x[i] = math.NaN()
			if n.Missing == Zero {
				x[i] = 0
			}
		}
		row.Why = fault.T("It lacks %s.", strings.Join(codes, ", "))
		if n.Fit != nil || n.Missing == Refuse || len(lacks) == needs {
			row.Status = parts[lacks[len(lacks)-1]].Status
			if row.Status == OK || row.Status == Partial {
				row.Status = Missing // a part without its number of answers
			}
			return combined{}, false
		}
	}
	if n.Fit != nil {
		return n.fit(x), true
	}
	made := n.combine(x, answers)
	return made, !math.IsNaN(made.value) && !math.IsInf(made.value, 0)
}

// lacking gives how many parts the node's formula or fit needs, and the places of those that are absent.
func (n *Node) lacking(parts []*Row) (needs int, lacks []int) {
	for i, p := range parts {
		needed := n.Parts[i].Counts()
		if n.Fit != nil {
			_, needed = n.Fit.Terms[p.Code]
		}
		if !needed {
			continue
		}
		needs++
		if !p.OK() || n.Aggregate.Answers && p.N == 0 {
			lacks = append(lacks, i)
		}
	}
	return needs, lacks
}

// fit applies the node's fit to its parts' values.
func (n *Node) fit(x []float64) combined {
	out := combined{value: n.Fit.Constant, slopes: make([]float64, len(x))}
	for i, p := range n.Parts {
		if b, ok := n.Fit.Terms[p.Code]; ok {
			out.value += b * x[i]
			out.slopes[i] = b
		}
	}
	return out
}

// accept puts a computed value into the row, with the weakest mark of its parts and what is known of its error.
func (c *computation) accept(n *Node, row *Row, parts []*Row, made combined) {
	row.Value, row.Mark, row.Status = made.value, n.Mark, OK
	if row.Why.Key != "" {
		row.Status = Partial
	}
	answers := 0
	for i, p := range parts {
		if !p.OK() || made.slopes[i] == 0 {
			continue
		}
		row.Mark = weakest(row.Mark, p.Mark)
		answers += p.N
		if p.Status == Partial {
			row.Status = Partial
		}
	}
	if n.Aggregate.Answers && row.N == 0 {
		row.N = answers
	}
	if math.IsNaN(row.SE) && n.Fit == nil && !c.wholeSample(n.Parts, row, parts, made.slopes) {
		c.propagate(n.Parts, row, parts, made.slopes)
	}
}

// alternative makes a cell of a second composite.
func (c *computation) alternative(a Alternative, unit string, fig *Figure, rowOf func(string) *Row) Row {
	row := c.blank(a.Code, c.def.Root.Level, unit, fig)
	value, mark, complete := a.Constant, Exact, true
	for _, t := range a.Weights {
		p := rowOf(t.Code)
		if complete = complete && p.OK(); complete {
			value += t.Weight * p.Value
			mark = weakest(mark, p.Mark)
		}
	}
	switch {
	case !complete:
		c.published(&row)
	case math.IsNaN(row.Published), math.Abs(value-row.Published) <= c.def.Tolerance:
		row.Value, row.Mark, row.Status = value, mark, OK
		c.alternativeSample(a, &row, rowOf)
	default:
		c.published(&row)
		row.Why = fault.T("Recomputed from its parts it would be %s.", plain(math.Round(value*1e6)/1e6))
	}
	c.interval(&row, fig)
	return row
}
