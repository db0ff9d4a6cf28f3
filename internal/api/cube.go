package api

import (
	"math"
	"strconv"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/score"
)

// cube is an edition as JSON-stat 2.0 (json-stat.org/full): year × measure × node × unit, with the status of every
// number that is not there.
type cube struct {
	Version   string               `json:"version"`
	Class     string               `json:"class"`
	Label     string               `json:"label"`
	Source    string               `json:"source"`
	Href      string               `json:"href"`
	Note      []string             `json:"note"`
	ID        []string             `json:"id"`
	Size      []int                `json:"size"`
	Role      map[string][]string  `json:"role"`
	Dimension map[string]dimension `json:"dimension"`
	Value     []number             `json:"value"`
	Status    map[string]string    `json:"status"` // by the place of the value
	Extension cubeExtension        `json:"extension"`
}

type (
	dimension struct {
		Label    string   `json:"label"`
		Category category `json:"category"`
	}
	category struct {
		Index []string            `json:"index"`
		Label map[string]string   `json:"label"`
		Child map[string][]string `json:"child,omitempty"`
	}
	cubeExtension struct {
		Edition  string            `json:"edition"`
		Frame    int               `json:"frame"`
		Statuses map[string]string `json:"statuses"` // what each status says
	}
)

// The dimensions and measures of a cube.
const (
	dimYear    = "year"
	dimMeasure = "measure"
	dimNode    = "node"
	dimUnit    = "unit"

	measureValue = "value"
	measureSE    = "se"

	errorUnknown = "error-unknown" // there is a value, its error was not published
)

// statuses says what the statuses of cells mean.
var statuses = map[string]fault.Text{
	string(score.Partial):      fault.T("made from fewer parts than the definition names"),
	string(score.NotPublished): fault.T("not published"),
	string(score.Suppressed):   fault.T("withheld, by a rule or by the publisher"),
	string(score.Missing):      fault.T("not in the input"),
	errorUnknown:               fault.T("there is a value, but its error is not known"),
}

func (q *request) cube() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	c, t := all[0], tableOf(all[0], q.frame)
	year := strconv.Itoa(c.Year)
	b := &cube{Version: "2.0", Class: "dataset", Label: c.Names.In(q.lang) + " " + year, Source: q.say(publishedBy), Href: addressOf(c.Edition) + "/cube.json",
		ID: []string{dimYear, dimMeasure, dimNode, dimUnit}, Note: []string{},
		Role:   map[string][]string{"time": {dimYear}, "metric": {dimMeasure}, "geo": {dimUnit}},
		Status: map[string]string{}, Extension: cubeExtension{c.Edition.ID, q.frame, map[string]string{}}}
	if q.frame == present {
		b.Href += "?" + keyFrame + "=34"
		b.Note = append(b.Note, q.say(joiningNote))
	}
	for id, text := range statuses {
		b.Extension.Statuses[id] = q.say(text)
	}
	nodes := q.nodes(c, t)
	b.Dimension = map[string]dimension{
		dimYear: {q.say(fault.T("Year")), category{[]string{year}, map[string]string{year: year}, nil}},
		dimMeasure: {q.say(fault.T("Measure")), category{[]string{measureValue, measureSE},
			map[string]string{measureValue: q.say(fault.T("value on the scale of the node")), measureSE: q.say(fault.T("standard error of the value"))}, nil}},
		dimNode: nodes,
		dimUnit: q.provinces(t),
	}
	b.Size = []int{1, 2, len(nodes.Category.Index), len(t.Units)}
	b.fill(t)
	return q.json(b)
}

func (q *request) say(t fault.Text) string { return lang.Translate(q.lang, t) }

// nodes is the dimension of the nodes of the index, a whole before its parts.
func (q *request) nodes(c *edition.Content, t *edition.Table) dimension {
	d := dimension{q.say(fault.T("Topic")), category{Label: map[string]string{}, Child: map[string][]string{}}}
	for i := 0; i < len(t.Cells); i += len(t.Units) {
		code := t.Cells[i].Code
		d.Category.Index = append(d.Category.Index, code)
		d.Category.Label[code] = code
		n := c.Node(code)
		if n == nil {
			continue
		}
		d.Category.Label[code] = n.Names.In(q.lang)
		if n.Parent != "" {
			d.Category.Child[n.Parent] = append(d.Category.Child[n.Parent], code)
		}
	}
	return d
}

// provinces is the dimension of the units, by their codes on the frame's day.
func (q *request) provinces(t *edition.Table) dimension {
	d := dimension{q.say(fault.T("Province")), category{Index: t.Units, Label: map[string]string{}, Child: nil}}
	for _, p := range gazetteer.Provinces(dayOf(q.frame)) {
		d.Category.Label[p.Code] = p.Name.In(q.lang)
	}
	return d
}

// fill writes the values, then the standard errors, each node by node.
func (b *cube) fill(t *edition.Table) {
	b.Value = make([]number, 0, 2*len(t.Cells))
	for i := range t.Cells {
		b.Value = append(b.Value, number(t.Cells[i].Value))
		if s := t.Cells[i].Status; s != score.OK {
			b.Status[strconv.Itoa(i)] = string(s)
		}
	}
	for i := range t.Cells {
		cell := &t.Cells[i]
		b.Value = append(b.Value, number(cell.SE))
		switch {
		case !cell.OK():
			b.Status[strconv.Itoa(len(t.Cells)+i)] = string(cell.Status)
		case math.IsNaN(cell.SE):
			b.Status[strconv.Itoa(len(t.Cells)+i)] = errorUnknown
		}
	}
}
