package score

import (
	"math"
	"slices"

	"thuoc/internal/fault"
)

// nodeKeys are the keys of a node; which of them may stand together is checked after.
var nodeKeys = []string{"code", "names", "note", "scale", "mark", "aggregate", "missing", "fit", "parts",
	"weight", "goalposts", "direction", "survey", "administrative", "scored"}

func (d *Definition) readTree(o object) {
	d.byCode = map[string]*Node{}
	if !o.need("tree") {
		return
	}
	if t, ok := o.child("tree", nodeKeys...); ok {
		d.Root = d.readNode(t, nil)
	}
}

// readNode reads a node and its parts, and then checks what can only be seen with the parts at hand.
func (d *Definition) readNode(o object, whole *Node) *Node {
	n := &Node{Code: o.code("code"), Names: o.names("names", true), Note: o.names("note", false), parent: whole}
	if whole != nil {
		n.depth = whole.depth + 1
	}
	if n.depth < len(d.Levels) {
		n.Level = d.Levels[n.depth].ID
	} else if n.depth == len(d.Levels) {
		o.wrong("code", fault.T("The tree is deeper than its levels."), fault.T("Add a level for this depth, or flatten the tree."))
	}
	if n.Code != "" && d.byCode[n.Code] != nil {
		o.wrong("code", fault.T("The code stands twice."), fault.T("Give each node its own code."))
	}
	d.byCode[n.Code] = n
	d.nodes = append(d.nodes, n)
	n.Scale = o.span("scale")
	n.readAsPart(o)
	if o.has("parts") {
		d.readWhole(o, n)
	} else {
		d.readLeaf(o, n)
	}
	if !n.Goalposts.Known() {
		n.Goalposts = n.Scale
	}
	return n
}

// readAsPart reads what a node is to its whole.
func (n *Node) readAsPart(o object) {
	n.Weight = o.number("weight", 1, -1e6, 1e6)
	n.Goalposts = o.span("goalposts")
	n.Direction = Direction(o.choice("direction", string(Up), string(Down), string(Unclear)))
	rescaled := n.parent != nil && n.parent.Aggregate.Rescale
	if o.has("goalposts") && !rescaled {
		o.wrong("goalposts", fault.T("The key has no meaning here."), fault.T("It belongs to %s; remove it or change that.", "aggregate: {rescale: true}"))
	}
	if n.parent == nil {
		o.refuse("weight", "parts")
	}
}

func (d *Definition) readWhole(o object, n *Node) {
	for _, key := range []string{"survey", "administrative", "scored"} {
		if o.has(key) {
			o.wrong(key, fault.T("A node has either parts or a measurement."), fault.T("Remove one of the two."))
		}
	}
	n.Mark = Mark(o.choice("mark", string(Exact), string(Published), string(Approximate)))
	n.Missing = MissingRule(o.choice("missing", string(Refuse), string(Reweigh), string(Zero)))
	switch n.Mark {
	case Exact:
		o.refuse("fit", "mark: approximate")
		if o.need("aggregate") {
			n.readAggregation(o)
		}
	case Approximate:
		o.refuse("aggregate", "mark: exact")
		o.need("fit")
	default:
		o.refuse("fit", "mark: approximate")
		o.refuse("aggregate", "mark: exact")
	}
	for _, p := range o.objects("parts", nodeKeys...) {
		n.Parts = append(n.Parts, d.readNode(p, n))
	}
	if len(n.Parts) == 0 {
		o.wrong("parts", fault.T("A whole needs parts."), fault.T("Give at least one part, or remove the key."))
		return
	}
	if n.Mark == Approximate && o.has("fit") {
		n.readFit(o)
	}
	if n.Mark == Exact && n.Aggregate.Method != "" {
		n.checkWhole(o)
	}
}

func (n *Node) readAggregation(o object) {
	a, ok := o.child("aggregate", "method", "rescale", "constant", "divisor", "weigh_by")
	if !ok || !a.need("method") {
		return
	}
	n.Aggregate = Aggregation{
		Method:   Method(a.choice("method", string(Sum), string(Arithmetic), string(Geometric), string(Weighted))),
		Rescale:  a.flag("rescale"),
		Constant: a.number("constant", 0, -1e9, 1e9),
		Divisor:  a.number("divisor", 0, 1e-9, 1e9),
		Answers:  a.choice("weigh_by", "weight", "answers") == "answers",
	}
	if n.Aggregate.Method != Arithmetic {
		a.refuse("divisor", "method: arithmetic")
		a.refuse("weigh_by", "method: arithmetic")
	}
	if n.Aggregate.Method == Geometric {
		a.refuse("constant", "method: sum")
	}
	if n.Aggregate.Method == Sum {
		a.refuse("rescale", "method: arithmetic")
	}
	if n.Aggregate.Rescale && !n.Scale.Known() {
		o.wrong("scale", fault.T("A whole that rescales its parts needs its own scale."), fault.T("Add the key %s.", "scale"))
	}
}

func (n *Node) readFit(o object) {
	f, ok := o.child("fit", "constant", "terms", "max_error", "units")
	if !ok {
		return
	}
	f.need("max_error")
	n.Fit = &Fit{Constant: f.number("constant", 0, -1e9, 1e9), Terms: map[string]float64{}, MaxError: f.number("max_error", 0, 0, 1e9), Units: f.whole("units", 0, 0, 1e9)}
	for _, t := range f.terms("terms") {
		n.Fit.Terms[t.Code] = t.Weight
		if !slices.ContainsFunc(n.Parts, func(p *Node) bool { return p.Code == t.Code }) {
			f.wrong("terms", fault.T("%q is no part of this node.", t.Code), fault.T("Name parts of this node."))
		}
	}
}

// scaleSlack is how far the scale of a sum may stand from the sum of its parts' scales, as a share of its width: the
// scales printed for PAPI are rounded (three times 0.33-3.33 under 1-10).
const scaleSlack = 0.02

// checkWhole checks a computed whole against its parts.
func (n *Node) checkWhole(o object) {
	var sum Range
	var total float64
	scales := true
	for _, p := range n.Parts {
		total += p.Weight
		if p.Counts() {
			sum.Min, sum.Max = sum.Min+p.Scale.Min, sum.Max+p.Scale.Max
			scales = scales && p.Scale.Known()
		}
		n.checkPart(o, p)
	}
	switch {
	case n.Aggregate.Method == Arithmetic && n.Aggregate.Divisor == 0 && total <= 0:
		o.wrong("parts", fault.T("The weights add up to %s.", bound(total)), fault.T("Give at least one part a weight above 0."))
	case n.Aggregate.Method == Weighted && n.Aggregate.Rescale && math.Abs(total-1) > 1e-6:
		o.wrong("parts", fault.T("The weights add up to %s.", bound(total)), fault.T("Weights of rescaled parts add up to 1."))
	case n.Aggregate.Method == Sum && scales && n.Scale.Known():
		slack := scaleSlack * (n.Scale.Max - n.Scale.Min)
		if c := n.Aggregate.Constant; math.Abs(c+sum.Min-n.Scale.Min) > slack || math.Abs(c+sum.Max-n.Scale.Max) > slack {
			o.wrong("scale", fault.T("The scale is not the sum of the parts' scales, %s to %s.", bound(c+sum.Min), bound(c+sum.Max)), fault.T("Check the scales of this node and of its parts."))
		}
	}
}

// checkPart checks one part against the way its whole is made. The faults stand at the whole's list of parts, where
// a reader sees both.
func (n *Node) checkPart(o object, p *Node) {
	add := func(what, remedy fault.Text) { o.wrong("parts", what, remedy) }
	switch {
	case n.Aggregate.Method == Sum && p.Weight != 0 && p.Weight != 1:
		add(fault.T("The part %s of a sum has a weight.", p.Code), fault.T("A sum knows weights 1 and 0; use method: weighted."))
	case n.Aggregate.Method == Geometric && p.Weight < 0:
		add(fault.T("The part %s of a geometric mean has a weight below 0.", p.Code), fault.T("Use a weight of 0 or more."))
	case n.Aggregate.Rescale && p.Counts() && !p.Goalposts.Known():
		add(fault.T("The part %s has no goalposts.", p.Code), fault.T("Add goalposts: [min, max], or a scale, to the part."))
	case n.Aggregate.Rescale && p.Counts() && p.Direction == Unclear:
		add(fault.T("The direction of the part %s is unclear, yet it counts.", p.Code), fault.T("State up or down, or give it the weight 0."))
	case n.Aggregate.Method == Geometric && n.Aggregate.Rescale && n.Scale.Min <= 0:
		add(fault.T("A geometric mean needs values above 0."), fault.T("Start the scale of this node above 0."))
	}
}

func (d *Definition) readLeaf(o object, n *Node) {
	for _, key := range []string{"aggregate", "missing", "fit"} {
		o.refuse(key, "parts")
	}
	var kinds []string
	for _, key := range []string{"survey", "administrative", "scored"} {
		if o.has(key) {
			kinds = append(kinds, key)
		}
	}
	if o.has("mark") {
		if Mark(o.choice("mark", string(Published))) == Published && len(kinds) > 0 {
			o.wrong("mark", fault.T("A measured leaf has no mark."), fault.T("Remove the mark."))
		}
		n.Mark = Published
		return
	}
	n.Mark = Given
	if len(kinds) != 1 {
		o.wrong("code", fault.T("A leaf has exactly one measurement."), fault.T("Give it survey, administrative or scored, or mark: published."))
		return
	}
	switch kinds[0] {
	case "survey":
		d.readSurvey(o, n)
	case "administrative":
		if a, ok := o.child("administrative", "measure", "source"); ok {
			n.Administrative = &Administrative{Measure: a.text("measure", true), Source: a.names("source", false)}
		}
	case "scored":
		n.readCriterion(o)
	}
}

// readSurvey reads "survey: proportion" or the full mapping.
func (d *Definition) readSurvey(o object, n *Node) {
	n.Survey = &Survey{Missing: d.MissingCodes}
	if _, short := textOf(o.value("survey")); short {
		n.Survey.Statistic = Statistic(o.choice("survey", string(Proportion), string(Mean), string(Median)))
	} else if s, ok := o.child("survey", "statistic", "variable", "recode", "missing"); ok {
		s.need("statistic")
		n.Survey.Statistic = Statistic(s.choice("statistic", string(Proportion), string(Mean), string(Median)))
		n.Survey.Variable = s.text("variable", false)
		if s.has("missing") {
			n.Survey.Missing = s.numbers("missing")
		}
		if s.has("recode") {
			s.need("variable")
			n.Survey.Recode = s.recode("recode")
		}
	}
	if n.Survey.Statistic == Proportion && !o.has("scale") {
		n.Scale = Range{0, 1}
	}
}

func (o object) recode(key string) *Recode {
	text := o.text(key, true)
	if text == "" {
		return nil
	}
	recode, err := ParseRecode(text)
	for _, it := range fault.Items(err) {
		o.wrong(key, it.What, it.Remedy)
	}
	return recode
}

func (n *Node) readCriterion(o object) {
	s, ok := o.child("scored", "points", "rule", "each", "target", "steps")
	if !ok {
		return
	}
	s.need("points")
	c := &Criterion{
		Points: s.number("points", 1, 0, 1e6),
		Rule:   CriterionRule(s.choice("rule", string(Appraised), string(YesNo), string(Share), string(ShareSteps), string(DaysLate), string(Count))),
		Each:   s.number("each", 0, -1e6, 1e6),
		Target: s.number("target", 1, 1e-6, 1),
	}
	n.Criterion = c
	if !n.Scale.Known() {
		n.Scale = Range{0, c.Points}
	}
	if c.Rule == DaysLate || c.Rule == Count {
		if s.need("each") && (c.Each == 0 || c.Rule == DaysLate && c.Each < 0) {
			s.wrong("each", fault.T("The number is out of range."), fault.T("Give the points for each one; days late take off a number above 0."))
		}
	} else {
		s.refuse("each", "rule: days-late, count")
	}
	if c.Rule != Share {
		s.refuse("target", "rule: share")
	}
	if c.Rule == ShareSteps {
		c.readSteps(s)
	} else {
		s.refuse("steps", "rule: share-steps")
	}
}

func (c *Criterion) readSteps(s object) {
	if !s.need("steps") {
		return
	}
	for _, o := range s.objects("steps", "from", "points") {
		o.need("from")
		o.need("points")
		step := Step{o.number("from", 0, 0, 1), o.number("points", 0, 0, c.Points)}
		if n := len(c.Steps); n > 0 && (step.From >= c.Steps[n-1].From || step.Points >= c.Steps[n-1].Points) {
			o.wrong("from", fault.T("The steps are not in order."), fault.T("Begin with the highest share and its points, then go down in both."))
		}
		c.Steps = append(c.Steps, step)
	}
}
