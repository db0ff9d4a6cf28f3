package score

import (
	"iter"
	"slices"

	"thuoc/internal/lang"
)

// Definition is one version of an index: what it measures, how it scores, and what may be compared with the version
// before. It comes from Load and is read-only.
type Definition struct {
	ID       string // "papi-2023"
	Family   string // "papi": the versions of one index
	Names    lang.Names
	First    int    // the first year in force
	Last     int    // the last year in force; 0 = still in force
	Units    string // the frame of its units, "province-63"
	Sources  []string
	Comments lang.Names // what a reader must know, such as what is not public; may be empty

	Levels        []Level   // from the composite down; a node's depth is its level
	Tolerance     float64   // how closely a recomputed value must meet the published one to stand for it
	MissingCodes  []float64 // answers that are no answer (888 does not know, 999 refuses)
	AnswersBelow  int       // fewer answers than this suppress a survey estimate; 0 = no rule
	Compat        []Compat
	Changes       []ChangeRule
	Groups        []Grouping
	Bridge        *Bridge // nil for the first version
	Alternatives  []Alternative
	Root          *Node
	nodes         []*Node // in tree order
	byCode        map[string]*Node
	bridgeVerdict map[string]Comparison
}

// Level is a floor of the tree with its name.
type Level struct {
	ID    string // "dimension"
	Names lang.Names
}

// Mark says how the value of a node is made.
type Mark string

// The marks, strongest first. A result carries the weakest of what it was built on.
const (
	Given       Mark = "given"       // an input: an indicator or a criterion as its source gave it
	Exact       Mark = "exact"       // computed from its parts by the definition's formula
	Published   Mark = "published"   // the published value is taken: the formula or a part is not public
	Approximate Mark = "approximate" // a fit with a known largest error: for what-if questions only
)

var markOrder = []Mark{Given, Exact, Published, Approximate}

// weakest gives the weaker of two marks.
func weakest(a, b Mark) Mark {
	return markOrder[max(slices.Index(markOrder, a), slices.Index(markOrder, b))]
}

// Range is a closed interval of values. Its zero value is "not known".
type Range struct{ Min, Max float64 }

// Known tells whether the range was given.
func (r Range) Known() bool { return r.Max > r.Min }

// Direction says which way an indicator is good.
type Direction string

// The directions.
const (
	Up      Direction = "up"      // more is better
	Down    Direction = "down"    // less is better
	Unclear Direction = "unclear" // the published tables do not tell
)

// MissingRule says what becomes of a whole that lacks a part.
type MissingRule string

// The rules for missing parts.
const (
	Refuse  MissingRule = "refuse"  // no value
	Reweigh MissingRule = "reweigh" // the parts that are there carry the whole; the status says partial
	Zero    MissingRule = "zero"    // the part counts as 0; the status says partial
)

// Node is one place in the tree. A node with parts is a whole; a leaf has a measurement (Survey, Administrative or
// Criterion) or is marked Published.
type Node struct {
	Code  string
	Names lang.Names
	Note  lang.Names // what a reader must know of this node; may be empty
	Level string     // the id of its level
	Mark  Mark       // Given for a measured leaf
	Scale Range      // the range of its values, as the tables obey it

	Aggregate Aggregation // of a whole
	Missing   MissingRule // of a whole
	Fit       *Fit        // of an approximate whole
	Parts     []*Node

	Weight    float64 // in its whole; 0 = published but does not count
	Goalposts Range   // of a part of a rescaling whole; its scale unless stated
	Direction Direction

	Survey         *Survey
	Administrative *Administrative
	Criterion      *Criterion

	parent *Node
	depth  int
}

// Leaf tells whether the node has no parts.
func (n *Node) Leaf() bool { return len(n.Parts) == 0 }

// Counts tells whether the node enters its whole.
func (n *Node) Counts() bool { return n.Weight != 0 }

// Method is a way of making a whole from its parts.
type Method string

// The methods. v are the parts' values, rescaled where the aggregation says so; w their weights.
const (
	Sum        Method = "sum"        // constant + Σ v, over parts that count
	Arithmetic Method = "arithmetic" // constant + Σ w·v / divisor; divisor Σ w unless stated
	Geometric  Method = "geometric"  // exp(Σ w·ln v / Σ w)
	Weighted   Method = "weighted"   // constant + Σ w·v
)

// Aggregation is how a whole is made from its parts.
type Aggregation struct {
	Method   Method
	Rescale  bool    // each part goes from its goalposts onto the whole's scale first, reversed where its direction is down
	Constant float64 // added at the end
	Divisor  float64 // of an arithmetic mean; 0 = the sum of the weights
	Answers  bool    // an arithmetic mean weighs each part by its number of answers (a pooled share)
}

// Fit approximates a whole from its parts: constant + Σ coefficient·part.
type Fit struct {
	Constant float64
	Terms    map[string]float64 // by the part's code
	MaxError float64            // the largest known absolute error, in the whole's scale
	Units    int                // units it was fitted on
}

// Predict gives the fit's value from the parts' values. It is false when a part is absent.
func (f *Fit) Predict(parts map[string]float64) (float64, bool) {
	value := f.Constant
	for code, c := range f.Terms {
		v, ok := parts[code]
		if !ok {
			return 0, false
		}
		value += c * v
	}
	return value, true
}

// Statistic is what a survey leaf estimates.
type Statistic string

// The statistics.
const (
	Mean       Statistic = "mean"
	Proportion Statistic = "proportion"
	Median     Statistic = "median"
)

// Survey is a leaf that takes its value from a survey. Variable and Recode are empty where the questionnaire is not
// public.
type Survey struct {
	Statistic Statistic
	Variable  string
	Recode    *Recode
	Missing   []float64 // codes that are no answer, the definition's unless stated
}

// Administrative is a leaf that takes its value from a register or a report.
type Administrative struct {
	Measure string // unit of measurement, "%"
	Source  lang.Names
}

// Alternative is a second composite over nodes of the tree: Constant + Σ weight·node.
type Alternative struct {
	Code     string
	Names    lang.Names
	Scale    Range
	Constant float64
	Weights  []Term
}

// Term is one weighted node.
type Term struct {
	Code   string
	Weight float64
}

// Compat is a named way of printing results as the publisher did.
type Compat struct {
	ID           string
	Multiplier   float64 // half-width of the interval in standard errors
	Level        float64 // the level such an interval truly has
	PrintedLevel float64 // the level its publisher prints over it
	Change       string  // the change rule in use
}

// ChangeRule decides whether a difference between years is called a change.
type ChangeRule struct {
	ID        string
	Tested    bool     // by a test at Level; otherwise relative to the former value, at Threshold
	Threshold float64  // 0.05 = five per cent, reached or passed
	Level     float64  // of the test
	Levels    []string // the levels of the tree it holds for; empty = all
}

// Grouping sorts the units of some levels into named groups, best first.
type Grouping struct {
	Levels []string
	Cut    Cut
	Names  []GroupName
}

// GroupName names a group.
type GroupName struct {
	ID    string
	Names lang.Names
}

// Cut says where one group ends and the next begins.
type Cut struct {
	Method CutMethod
	Sizes  []int     // ByRank: units in each group, best first; units without a value fill the bottom
	At     []float64 // ByValue: the smallest value of every group but the last, descending
	TieUp  bool      // a unit exactly at the cut goes up; otherwise down
}

// CutMethod is a way of cutting.
type CutMethod string

// The methods of cutting.
const (
	ByRank     CutMethod = "ranks"
	ByQuartile CutMethod = "quartiles" // of the values, linearly interpolated
	ByValue    CutMethod = "values"
)

// Nodes gives every node of the tree, a whole before its parts.
func (d *Definition) Nodes() iter.Seq[*Node] { return slices.Values(d.nodes) }

// Node finds a node of the tree by its code, nil when there is none.
func (d *Definition) Node(code string) *Node { return d.byCode[code] }

// InForce tells whether the definition is in force in a year.
func (d *Definition) InForce(year int) bool {
	return year >= d.First && (d.Last == 0 || year <= d.Last)
}

// Attainable gives the smallest and largest value a node can take when its indicators go through their scales, which
// may be narrower than its scale. It is not known (zero) for a whole that is not exact or pools answers, or on an
// indicator without a scale.
func (d *Definition) Attainable(code string) Range {
	if n := d.byCode[code]; n != nil {
		return n.attainable()
	}
	return Range{}
}

func (n *Node) attainable() Range {
	if n.Leaf() {
		return n.Scale
	}
	if n.Mark != Exact || n.Aggregate.Answers {
		return Range{}
	}
	lo, hi := make([]float64, len(n.Parts)), make([]float64, len(n.Parts))
	for i, p := range n.Parts {
		r := p.attainable()
		if !r.Known() && p.Counts() {
			return Range{}
		}
		lo[i], hi[i] = r.Min, r.Max
		if n.Aggregate.Rescale && p.Direction == Down || p.Weight < 0 {
			lo[i], hi[i] = hi[i], lo[i]
		}
	}
	return Range{n.combine(lo, nil).value, n.combine(hi, nil).value}
}
