package edition

import (
	"math"

	"thuoc/internal/lang"
	"thuoc/internal/score"
)

// Content is what an edition says: one year of one index.
type Content struct {
	Edition *Edition `json:"-"`

	Year     int        `json:"year"`
	Index    string     `json:"index"`
	Names    lang.Names `json:"names"`
	Comments lang.Names `json:"comments"`
	Levels   []Level    `json:"levels"`
	Groups   []Named    `json:"groups"`  // best first
	Nodes    []*Node    `json:"nodes"`   // in tree order
	Sentence []Named    `json:"reasons"` // why a cell has no value, no error or no comparison, by id
	Sources  []Source   `json:"sources"`
	Remarks  []Remark   `json:"remarks"` // what is known to be wrong, derived or explained in this year
	Sample   Sample     `json:"sample"`
	Interval Interval   `json:"interval"`
	Derived  bool       `json:"derived"`     // no composite was printed: it is the sum of the dimensions
	Scored   int        `json:"scored"`      // provinces with a composite
	Least    int        `json:"least"`       // an indicator is blank where fewer people answered; 0 = no rule printed
	Rank     RankNote   `json:"rank"`        // how ranges of ranks and probabilities of groups were made
	National []National `json:"national"`    // published figures of the country
	Joined   *JoinNote  `json:"joined_note"` // how former provinces were joined; nil where they could not be

	// Of an edition of the province's own measure.
	UnitNames []Named `json:"units,omitempty"`  // of Units
	Survey    *Survey `json:"survey,omitempty"` // of answers
	Units     Table   `json:"-"`

	Former  Table `json:"-"` // the 63 provinces before 1 July 2025
	Present Table `json:"-"` // the 34 provinces since, joined from the former ones

	Texts map[string]string `json:"-"` // Markdown by "name.lang"

	node map[string]*Node
	said map[string]lang.Names
}

// Level is a floor of the tree; Named is an id with its name.
type (
	Level Named
	Named struct {
		ID    string     `json:"id"`
		Names lang.Names `json:"names"`
	}
)

// Node is one place of the index tree.
type Node struct {
	Code      string     `json:"code"`
	Parent    string     `json:"parent,omitempty"`
	Level     string     `json:"level"`
	Names     lang.Names `json:"names"`
	Note      lang.Names `json:"note,omitzero"`
	Min       float64    `json:"min"`
	Max       float64    `json:"max"` // Min = Max = 0: scale not known
	Mark      string     `json:"mark,omitempty"`
	Direction string     `json:"direction,omitempty"`
	Statistic string     `json:"statistic,omitempty"`
	Idle      bool       `json:"idle,omitempty"` // published but without weight in its whole
	Compare   Compare    `json:"compare,omitzero"`
	Limits    []Limits   `json:"limits,omitempty"`     // of the groups among the 63, best first
	AssumedSE float64    `json:"assumed_se,omitempty"` // what the probabilities of groups assume for the few provinces whose error is not known
	Mean      *float64   `json:"mean,omitempty"`
	Median    *float64   `json:"median,omitempty"`
	Lowest    *float64   `json:"lowest,omitempty"`
	Highest   *float64   `json:"highest,omitempty"`

	Parts []*Node `json:"-"`
}

// Compare says whether a node is the same as in the year before.
type Compare struct {
	Verdict string     `json:"verdict,omitempty"` // score.BridgeVerdict
	Was     string     `json:"was,omitempty"`
	Reason  lang.Names `json:"reason,omitzero"`
	Because string     `json:"because,omitempty"` // the part that changed
}

// Limits are the lowest and highest value of a group and how many units it holds.
type Limits struct {
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Units int     `json:"units"`
}

// Source, Remark, Sample, Interval, RankNote, National, JoinNote and Part are notes on the figures.
type (
	Source struct {
		Key     string     `json:"key"`
		Title   lang.Names `json:"title"`
		Address string     `json:"address"`
	}
	Remark struct {
		Key     string     `json:"key"`
		Kind    string     `json:"kind"`
		Text    lang.Names `json:"text"`
		Sources []string   `json:"sources"`
	}
	Sample struct {
		Respondents int        `json:"respondents"`
		Basis       string     `json:"basis"`
		Provinces   int        `json:"provinces"`
		Communes    int        `json:"communes"`
		Villages    int        `json:"villages"`
		Fieldwork   lang.Names `json:"fieldwork,omitzero"`
		Note        lang.Names `json:"note,omitzero"`
	}
	Interval struct {
		Label float64 `json:"label"` // the coverage its publisher prints, 0.95; 0 = none printed
		Level float64 `json:"level"` // the coverage it has, 0.90
	}
	RankNote struct {
		Level float64 `json:"level"`
		Draws int     `json:"draws"`
		Seed  uint64  `json:"seed"`
	}
	National struct {
		Code    string  `json:"code"`
		Measure string  `json:"measure"`
		Value   float64 `json:"value"`
		Source  string  `json:"source"`
	}
	JoinNote struct {
		PopulationYear int        `json:"population_year"`
		Basis          lang.Names `json:"basis"`
		Source         lang.Names `json:"source"`
		Parts          []Part     `json:"parts"` // by province of today, then by former province
	}

	// Part is a former province in a province of today; its people weigh it in a joined value.
	Part struct {
		Unit      string  `json:"unit"` // code of the province of today
		Part      string  `json:"part"` // code of the former province
		Thousands float64 `json:"thousands"`
	}
)

// Survey says of what answers an own measure was estimated.
type Survey struct {
	Answers int    `json:"answers"`
	PSUs    int    `json:"psus"`
	Strata  int    `json:"strata"`
	Lonely  string `json:"lonely"` // the rule for a stratum of a single PSU
	Waves   int    `json:"waves"`  // 2 where the answers of the year before were given too
}

// Table holds the cells of a set of provinces.
type Table struct {
	Units []string // codes, ascending
	Cells []Cell   // node by node in tree order, the units in their order within a node

	at map[string]int // where a node's cells begin, by its code
}

// Cell is one node of one province. Absent numbers are NaN, absent counts 0.
type Cell struct {
	Unit, Code string
	Status     score.Status
	Value      float64
	SE         float64
	Lo, Hi     float64 // at Level; proper limits, whatever was printed
	Level      float64
	PrintedLo  float64 // as published, at Content.Interval.Level under Content.Interval.Label
	PrintedHi  float64
	N          int
	Mark       score.Mark
	Group      int       // 1 = lowest to 4 = highest; 0 = none
	Sure       float64   // probability of that group; NaN where no error is known
	Shares     []float64 // probability of each group, the highest first; nil where not known
	Rank, Of   int
	RankLo     int // the ranks it may truly have; 0 = not known
	RankHi     int
	Change     Change
	Why        string // id of the reason without a value, or why it is partial
	ErrorWhy   string // id of the reason without an error
	Note       string // key of a remark
	Source     string // key of the source
}

// Change compares a cell with the year before.
type Change struct {
	Year    int // 0 = nothing to compare with
	From    float64
	Abs     float64
	Rel     float64
	SE      float64
	Verdict score.Verdict // by the test
	Five    score.Verdict // by the publisher's rule of five per cent, which is no test
	Why     string
}

// UncertainBelow is the probability of its group under which a unit's group is called uncertain.
const UncertainBelow = 0.60

// OK tells whether the cell has a value.
func (c *Cell) OK() bool { return c.Status == score.OK || c.Status == score.Partial }

// Known tells whether the cell has an error.
func (c *Cell) Known() bool { return c.SE > 0 }

// Uncertain tells whether the cell's error leaves its group open.
func (c *Cell) Uncertain() bool { return c.Sure < UncertainBelow } // false for NaN

// Printed tells whether the publisher printed limits.
func (c *Cell) Printed() bool { return !math.IsNaN(c.PrintedLo) }

// Node finds a node by its code, nil when there is none.
func (c *Content) Node(code string) *Node { return c.node[code] }

// Root is the composite.
func (c *Content) Root() *Node { return c.Nodes[0] }

// Level lists the nodes of a level.
func (c *Content) Level(id string) []*Node {
	var list []*Node
	for _, n := range c.Nodes {
		if n.Level == id {
			list = append(list, n)
		}
	}
	return list
}

// Reason gives the sentence behind an id, empty for none.
func (c *Content) Reason(id string) lang.Names { return c.said[id] }

// SourceOf finds a source by its key, which may carry a part after "#".
func (c *Content) SourceOf(key string) (Source, bool) {
	for _, s := range c.Sources {
		if s.Key == key || len(key) > len(s.Key) && key[:len(s.Key)+1] == s.Key+"#" {
			return s, true
		}
	}
	return Source{}, false
}

// RemarkOf finds a remark by its key.
func (c *Content) RemarkOf(key string) (Remark, bool) {
	for _, r := range c.Remarks {
		if r.Key == key {
			return r, true
		}
	}
	return Remark{}, false
}

// Of gives the cells of a node, in the order of the units; nil for a node the table lacks.
func (t *Table) Of(code string) []Cell {
	i, ok := t.at[code]
	if !ok {
		return nil
	}
	return t.Cells[i : i+len(t.Units)]
}

// Cell finds one cell, nil when there is none.
func (t *Table) Cell(code, unit string) *Cell {
	for i, c := range t.Of(code) {
		if c.Unit == unit {
			return &t.Of(code)[i]
		}
	}
	return nil
}
