package score

import (
	"math"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

// newResult lays out the cells: every node, then the alternatives, each by every unit.
func newResult(def *Definition, opt Options, figures []Figure) *Result {
	r := &Result{Def: def, Year: opt.Year, Compat: opt.Compat, WhatIf: opt.WhatIf, Units: opt.Units,
		Groups: map[string][]GroupLimits{}, Stats: map[string]Distribution{}, AssumedSE: map[string]float64{}, National: map[string]Figure{},
		codes: map[string]int{}, units: map[string]int{}, estimates: opt.Estimates}
	if r.Units == nil {
		for _, f := range figures {
			if _, seen := r.units[f.Unit]; !seen && f.Unit != National && f.Unit != "" {
				r.units[f.Unit] = 0
				r.Units = append(r.Units, f.Unit)
			}
		}
		slices.Sort(r.Units)
	}
	for i, u := range r.Units {
		r.units[u] = i
	}
	for i, n := range def.nodes {
		r.codes[n.Code] = i
	}
	for i, a := range def.Alternatives {
		r.codes[a.Code] = len(def.nodes) + i
	}
	r.Rows = make([]Row, len(r.codes)*len(r.Units))
	return r
}

// admit puts the figures into their cells. Every fault is collected.
func (c *computation) admit(figures []Figure) error {
	c.figures = make([]*Figure, len(c.res.Rows))
	var items []fault.Item
	for i := range figures {
		f := &figures[i]
		it, ok := c.def.check(*f)
		if ok && f.Unit == National {
			c.res.National[f.Code] = *f
			continue
		}
		at, framed := c.res.place(f.Code, f.Unit)
		switch {
		case !ok:
		case !framed:
			it.What, it.Remedy = fault.T("There is no unit %q in the frame.", f.Unit), fault.T("Use the unit codes of the figures' year.")
		case c.figures[at] != nil:
			it.What, it.Remedy = fault.T("The figure stands twice."), fault.T("Keep one of the two.")
		default:
			c.figures[at] = f
			continue
		}
		items = append(items, it)
	}
	return fault.Batch(items)
}

// Check tells what is wrong with a figure that a person supplies: what Compute refuses, and a value outside the scale of
// its node (45 for a share of 0.45). It is true when nothing is. The item has no place; a reader of files adds it.
// Compute itself takes such values, because published tables hold some (a share of 1.048 in 2019).
func (d *Definition) Check(f Figure) (fault.Item, bool) {
	item, ok := d.check(f)
	if !ok {
		return item, false
	}
	var scale Range
	if n := d.byCode[f.Code]; n != nil && (n.Criterion == nil || n.Criterion.Rule == Appraised) {
		scale = n.Scale
	}
	if scale.Known() && (f.Value < scale.Min || f.Value > scale.Max) {
		item.What, item.Remedy = fault.T("%s is outside the scale.", plain(f.Value)), fault.T("It lies between %s and %s.", bound(scale.Min), bound(scale.Max))
		return item, false
	}
	if n := d.byCode[f.Code]; n != nil && n.Criterion != nil && !math.IsNaN(f.Value) {
		if _, ok := n.Criterion.Score(f.Value); !ok {
			item.What, item.Remedy = fault.T("The criterion's rule does not know this fact."), fault.T("The rule is %s.", string(n.Criterion.Rule))
			return item, false
		}
	}
	return item, true
}

// check tells what Compute refuses in one figure: no unit, an unknown code, an infinite value, a standard error below 0.
func (d *Definition) check(f Figure) (fault.Item, bool) {
	item := fault.Item{Field: strings.TrimSpace(f.Unit + " " + f.Code)}
	known := d.byCode[f.Code] != nil || slices.ContainsFunc(d.Alternatives, func(a Alternative) bool { return a.Code == f.Code })
	switch {
	case f.Unit == "":
		item.What, item.Remedy = fault.T("The figure names no unit."), fault.T("Give the code of the province or unit.")
	case !known:
		item.What, item.Remedy = fault.T("%s has no code %q.", d.ID, f.Code), fault.T("Codes are those of this definition; see: thuoc index show %s", d.ID)
	case math.IsInf(f.Value, 0) || f.SE < 0:
		item.What, item.Remedy = fault.T("This is no value."), fault.T("A value is finite and its standard error is 0 or more.")
	default:
		return item, true
	}
	return item, false
}
