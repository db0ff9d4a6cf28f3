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
