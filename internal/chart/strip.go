package chart

import (
	"math"
	"slices"

	"thuoc/internal/lang"
)

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
	ticks := x.Ticks(int(width / 80))
	write := tickWriter(ticks, l)
	for _, v := range ticks {
		s.add(line{points: []at{{x.At(v), top - 6}, {x.At(v), s.Height - 18}}, role: Grid, width: 1},
			text{at: at{x.At(v), s.Height - 4}, body: write(v), size: 11, anchor: middle, role: Ink3})
	}
	if marked.known() {
		outer, _ := marked.half()
		a, b := x.At(marked.Value-outer), x.At(marked.Value+outer)
		s.add(rect{x: a, y: mid - 9, w: max(b-a, 2), h: 18, r: 9, role: Band})
	}
	for i, c := range placed {
		placed[i].y = c.y + mid
		radius := r
		if units[i].Strong {
			radius = r + 2
		}
		s.add(link{units[i].Href, units[i].Name, []mark{circle{placed[i], radius + 0.8, Outline}, circle{placed[i], radius, units[i].Fill}}})
	}
	s.callouts(units, placed, top-12)
	return s
}

// callouts names the labelled units above the strip, each with a hairline down to its dot; the unit of the page first,
// the others where they find room.
func (s *Scene) callouts(units []StripDot, placed []at, y float64) {
	order := make([]int, 0, len(units))
	for i, u := range units {
		switch {
		case u.Label == "":
		case u.Strong:
			order = slices.Insert(order, 0, i)
		default:
			order = append(order, i)
		}
	}
	var taken []rect
	for _, i := range order {
		t := within([]text{{at: at{placed[i].x, y}, body: units[i].Label, size: 12, bold: units[i].Strong, anchor: middle, role: Ink}}, s.Width)[0]
		box := t.box().grow(2)
		if meetsAny(box, taken) {
			continue
		}
		taken = append(taken, box)
		s.add(line{points: []at{{placed[i].x, y + 4}, {placed[i].x, placed[i].y - 7}}, role: Ink3, width: 0.8}, t)
	}
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
