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
	const h, mid = 30.0, 13.0
	s := &Scene{ID: id, Width: width, Height: h, Title: title}
	ends := append([]float64{e.Value}, others...)
	if e.known() {
		outer, _ := e.half()
		ends = append(ends, e.Value-outer, e.Value+outer)
	}
	lo, hi := Span(0.02, ends...)
	x := Scale{lo, hi, 4, width - 4}
	for i, g := range groups {
		a, b := lo, hi // bars meet half-way between the last unit of one group and the first of the next
		if i > 0 {
			a = (groups[i-1].Hi + g.Lo) / 2
		}
		if i < len(groups)-1 {
			b = (g.Hi + groups[i+1].Lo) / 2
		}
		s.add(rect{x: x.At(a), y: mid - 5, w: max(0, x.At(b)-x.At(a)), h: 10, role: g.Fill})
	}
	for _, v := range others {
		s.add(line{points: []at{{x.At(v), mid + 9}, {x.At(v), mid + 14}}, role: Quiet, width: 1})
	}
	if e.known() {
		outer, _ := e.half()
		a, b := x.At(e.Value-outer), x.At(e.Value+outer)
		s.add(capsule(a, b, mid, 8))
	}
	s.add(circle{at{x.At(e.Value), mid}, 5.5, Surface}, circle{at{x.At(e.Value), mid}, 4, Outline})
	return s
}

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

// GroupBar shows the probability of each group, lowest first, as parts of one bar.
func GroupBar(id string, share []float64, fills []Role, width float64, title string) *Scene {
	s := &Scene{ID: id, Width: width, Height: 12, Title: title}
	x := 0.0
	for i, p := range share {
		w := p * width
		if w >= 0.3 {
			s.add(rect{x: x, y: 1, w: w, h: 10, role: fills[i]})
		}
		x += w
	}
	return s
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
	s := &Scene{ID: id, Width: width, Height: mid + lift + r + axis, Title: title, Linked: true}
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
