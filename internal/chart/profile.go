package chart

import (
	"math"
	"slices"

	"thuoc/internal/lang"
)

// Segment is one group on a scale: from Lo to Hi, lowest group first.
type Segment struct {
	Lo, Hi float64
	Fill   Role
}

// ProfileBar shows where one unit stands among the others at one node: a bar of the groups' limits, a tick for every
// other unit, and the unit's estimate: an outlined capsule for its 95 % interval where its error is known, a dot.
func ProfileBar(id string, e Estimate, groups []Segment, others []float64, width float64, title string) *Scene {
	s := &Scene{ID: id, Width: width, Height: 30, Title: title}
	s.add(standing(e, groups, others, 4, width-4, 13)...)
	return s
}

// standing draws one unit among others from left to right around a middle line, on a scale of its own.
func standing(e Estimate, groups []Segment, others []float64, left, right, mid float64) []mark {
	others = slices.DeleteFunc(slices.Clone(others), func(v float64) bool { return !finite(v) })
	ends := append([]float64{e.Value}, others...)
	outer := 0.0
	if e.known() {
		outer, _ = e.half()
		ends = append(ends, e.Value-outer, e.Value+outer)
	}
	lo, hi := Span(0.02, ends...)
	x := Scale{lo, hi, left, right}
	var marks []mark
	for i, g := range groups {
		a, b := lo, hi
		if i > 0 {
			a = (groups[i-1].Hi + g.Lo) / 2 // bars meet half-way between the last unit of one group and the first of the next
		}
		if i < len(groups)-1 {
			b = (g.Hi + groups[i+1].Lo) / 2
		}
		marks = append(marks, rect{x: x.At(a), y: mid - 5, w: max(0, x.At(b)-x.At(a)), h: 10, role: g.Fill})
	}
	for _, v := range others {
		marks = append(marks, line{points: []at{{x.At(v), mid + 9}, {x.At(v), mid + 14}}, role: Quiet, width: 1})
	}
	if e.known() {
		marks = append(marks, capsule(x.At(e.Value-outer), x.At(e.Value+outer), mid, 8))
	}
	return append(marks, circle{at{x.At(e.Value), mid}, 5.5, Surface}, circle{at{x.At(e.Value), mid}, 4, Outline})
}

// ProfileRow is one line of a unit's profile: where it stands among the others at one node.
type ProfileRow struct {
	Name   string
	Href   string
	Text   string // value and group as people read them
	Est    Estimate
	Groups []Segment
	Others []float64
}

// Profile draws a unit's standing at several nodes, each on a scale of its own, for files and places without a table.
// A row whose value is not a number keeps its name and text.
func Profile(id string, profile []ProfileRow, width float64, title string, l lang.Lang) *Scene {
	s := &Scene{ID: id, Width: width, Title: title, Linked: true, Table: Table{Columns: []string{partColumn.In(l), valueColumn.In(l)}}}
	g := newRows(width, 34, func(yield func(name, text string, strong bool)) {
		for _, r := range profile {
			yield(r.Name, r.Text, false)
		}
	})
	s.Height = g.height(len(profile))
	bar := g.bar()
	for i, r := range profile {
		marks := g.label(i, r.Name, r.Text, false)
		if finite(r.Est.Value) {
			marks = append(marks, standing(r.Est, r.Groups, r.Others, bar.From, bar.To, g.mid(i)-2)...)
		}
		s.add(link{r.Href, r.Name + ": " + r.Text, marks})
		s.Table.Rows = append(s.Table.Rows, []string{r.Name, r.Text})
	}
	return s
}

var partColumn = lang.Names{VI: "Nội dung", EN: "Dimension"}

// capsule is an outlined pill from a to b around a middle line.
func capsule(a, b, mid, r float64) line {
	b = max(b, a+2*r)
	var ring []at
	for i := range 9 {
		t := math.Pi/2 + math.Pi*float64(i)/8
		ring = append(ring, at{a + r + r*math.Cos(t), mid - r*math.Sin(t)})
	}
	for i := range 9 {
		t := -math.Pi/2 + math.Pi*float64(i)/8
		ring = append(ring, at{b - r + r*math.Cos(t), mid - r*math.Sin(t)})
	}
	return line{points: append(ring, ring[0]), role: Outline, width: 1.5}
}

// StripDot is one unit of a strip.
type StripDot struct {
	Value  float64
	Fill   Role
	Href   string
	Name   string // full, with its value
	Label  string // drawn above the strip when set; the few units that the finding is about
	Strong bool   // the unit the page is about
}

// Strip shows all units on one scale as dots that make room for each other, with the interval of the marked unit
// behind it: how far apart the provinces are, and how far their errors reach.
func Strip(id string, units []StripDot, marked Estimate, width float64, title string, l lang.Lang) *Scene {
	const r, axis = 4.2, 24.0
	units = slices.DeleteFunc(slices.Clone(units), func(u StripDot) bool { return !finite(u.Value) })
	values := make([]float64, 0, len(units)+2)
	for _, d := range units {
		values = append(values, d.Value)
	}
	if marked.known() {
		outer, _ := marked.half()
		values = append(values, marked.Value-outer, marked.Value+outer)
	}
	lo, hi := Span(0.04, values...)
	x := Scale{lo, hi, 10, width - 10}
	placed, lift := swarm(units, x, r)
	top := 34.0
	mid := top + lift + r
	s := &Scene{ID: id, Width: width, Height: mid + lift + r + axis, Title: title, Linked: true, Table: Table{Columns: []string{unitColumn.In(l)}}}
	for _, u := range units {
		s.Table.Rows = append(s.Table.Rows, []string{u.Name})
	}
	for _, v := range x.Ticks(int(width / 80)) {
		s.add(line{points: []at{{x.At(v), top - 6}, {x.At(v), s.Height - 18}}, role: Grid, width: 1},
			text{at: at{x.At(v), s.Height - 4}, body: tickText(v, l), size: 11, anchor: middle, role: Ink3})
	}
	if marked.known() {
		outer, _ := marked.half()
		a, b := x.At(marked.Value-outer), x.At(marked.Value+outer)
		s.add(rect{x: a, y: mid - 9, w: max(b-a, 2), h: 18, r: 9, role: Band})
	}
	var labels []text
	for i, d := range placed {
		c := at{d.x, mid + d.y}
		radius := r
		if units[i].Strong {
			radius = r + 2
		}
		s.add(link{units[i].Href, units[i].Name, []mark{circle{c, radius + 0.8, Outline}, circle{c, radius, units[i].Fill}}})
		if t := (text{at: at{c.x, top - 12}, body: units[i].Label, size: 12, bold: units[i].Strong, anchor: middle, role: Ink}); units[i].Strong {
			labels = append([]text{t}, labels...) // the unit of the page keeps its label
		} else if t.body != "" {
			labels = append(labels, t)
		}
	}
	for _, t := range apart(within(labels, width)) {
		s.add(t)
	}
	return s
}

// swarm places dots along the scale, each as near to the middle line as those before it allow. It gives the offsets
// in the order of the dots and the largest.
func swarm(units []StripDot, x Scale, r float64) ([]at, float64) {
	order := make([]int, len(units))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch va, vb := units[a].Value, units[b].Value; {
		case va < vb:
			return -1
		case va > vb:
			return 1
		}
		return 0
	})
	placed := make([]at, len(units))
	var done []at
	lift := 0.0
	for _, i := range order {
		c := at{x: x.At(units[i].Value)}
		for step := 0; ; step++ {
			c.y = float64((step+1)/2) * (r*2 + 1)
			if step%2 == 1 {
				c.y = -c.y
			}
			if !slices.ContainsFunc(done, func(o at) bool { return math.Hypot(o.x-c.x, o.y-c.y) < r*2+0.8 }) {
				break
			}
		}
		placed[i], done = c, append(done, c)
		lift = max(lift, math.Abs(c.y))
	}
	return placed, lift
}

// within moves labels that would leave the sheet back onto it.
func within(labels []text, width float64) []text {
	for i, t := range labels {
		w := TextWidth(t.body, t.size, t.bold)
		labels[i].x = max(w/2+1, min(width-w/2-1, t.x))
	}
	return labels
}
