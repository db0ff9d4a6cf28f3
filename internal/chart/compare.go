package chart

import (
	"math"

	"thuoc/internal/lang"
)

// Difference is one line of a comparison: how far one value lies from another, with the error of the difference.
type Difference struct {
	Name  string
	Href  string
	Est   Estimate // of the difference; its SE counts what the two values share
	Text  string   // as people read it: "+0,42 ± 0,71"
	Clear bool     // the test calls it a difference; only then is it coloured
}

var differenceColumn = lang.Names{VI: "Chênh lệch", EN: "Difference"}

// Compare draws differences around a line at zero: the capsule of 95 %, the core of 50 %, and a tick that is coloured
// only where the test is clear. A difference whose error is not known is an open dot.
func Compare(id string, differences []Difference, width float64, title string, l lang.Lang) *Scene {
	s := &Scene{ID: id, Width: width, Title: title, Linked: true, Table: Table{Columns: []string{unitColumn.In(l), differenceColumn.In(l)}}}
	g := newRows(width, 26, func(yield func(name, text string, strong bool)) {
		for _, d := range differences {
			yield(d.Name, d.Text, d.Clear)
		}
	})
	g.top = 28
	s.Height = g.height(len(differences))
	reach := reach(differences) * 1.04
	x := g.scale(-reach, reach)
	ticks := x.Ticks(max(2, int((x.To-x.From)/70)))
	write := tickWriter(ticks, l)
	for _, v := range ticks {
		role, w := Grid, 1.0
		if v == 0 {
			role, w = Axis, 1.4
		}
		for i := range differences {
			top, foot := g.clear(i)
			s.add(line{points: []at{{x.At(v), top}, {x.At(v), foot}}, role: role, width: w})
		}
		s.add(text{at: at{x.At(v), 16}, body: signed(v, write(v)), size: 11, anchor: middle, role: Ink3})
	}
	for i, d := range differences {
		marks := g.label(i, d.Name, d.Text, d.Clear)
		if finite(d.Est.Value) {
			marks = append(marks, difference(d, x, g.mid(i))...)
		}
		s.add(link{d.Href, d.Name + ": " + d.Text, marks})
		s.Table.Rows = append(s.Table.Rows, []string{d.Name, d.Text})
	}
	return s
}

// reach is how far from zero the widest interval goes, 1 where nothing is known.
func reach(differences []Difference) float64 {
	far := 0.0
	for _, d := range differences {
		outer := 0.0
		if d.Est.known() {
			outer, _ = d.Est.half()
		}
		if finite(d.Est.Value) {
			far = max(far, math.Abs(d.Est.Value)+outer)
		}
	}
	if far == 0 {
		return 1
	}
	return far
}

// difference paints one interval; the tick of a clear one takes the colour of its direction.
func difference(d Difference, x Scale, y float64) []mark {
	marks := interval(d.Est, x, y)
	if !d.Clear || !d.Est.known() {
		return marks
	}
	role := Up
	if d.Est.Value < 0 {
		role = Down
	}
	at1 := x.At(d.Est.Value)
	return append(marks[:len(marks)-1], line{points: []at{{at1, y - 8}, {at1, y + 8}}, role: role, width: 3.5})
}

// signed writes a tick of differences with its sign.
func signed(v float64, text string) string {
	switch {
	case v == 0:
		return "0"
	case v > 0:
		return "+" + text
	}
	return text
}
