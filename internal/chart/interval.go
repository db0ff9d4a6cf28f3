package chart

import (
	"math"

	"thuoc/internal/lang"
)

// Estimate is a value with what is known of its error. Without an SE only the value is drawn, as an open tick, and
// the reader is told by the page that the error is not known.
type Estimate struct {
	Value float64
	SE    float64 // NaN or 0 = not known
	T95   float64 // half-width of the 95 % interval in SEs; 0 = 1.96
	T50   float64 // of the 50 % interval; 0 = 0.674
}

func (e Estimate) known() bool { return e.SE > 0 }

// half gives the half-widths of the 95 % and the 50 % interval.
func (e Estimate) half() (outer, inner float64) {
	t95, t50 := e.T95, e.T50
	if t95 == 0 {
		t95 = 1.959964
	}
	if t50 == 0 {
		t50 = 0.674490
	}
	return t95 * e.SE, t50 * e.SE
}

// interval paints one estimate: pale capsule 95 %, dark core 50 %, dark tick the estimate.
func interval(e Estimate, x Scale, y float64) []mark {
	const outerH, innerH, tickH = 10.0, 10.0, 16.0
	tick := line{points: []at{{x.At(e.Value), y - tickH/2}, {x.At(e.Value), y + tickH/2}}, role: Tick, width: 2}
	if !e.known() {
		return []mark{circle{at{x.At(e.Value), y}, 4.5, Dot}, circle{at{x.At(e.Value), y}, 2.5, Surface}}
	}
	outer, inner := e.half()
	a, b := x.At(e.Value-outer), x.At(e.Value+outer)
	c, d := x.At(e.Value-inner), x.At(e.Value+inner)
	return []mark{
		rect{x: a, y: y - outerH/2, w: max(b-a, 1), h: outerH, r: outerH / 2, role: Band},
		rect{x: c, y: y - innerH/2, w: max(d-c, 1), h: innerH, role: Core},
		tick,
	}
}

// Interval draws one estimate for a cell of a table; all cells of a column share lo and hi, and marks are the limits
// of the groups, drawn as dotted lines through all rows.
func Interval(id string, e Estimate, lo, hi, width float64, marks []float64, title string) *Scene {
	s := &Scene{ID: id, Width: width, Height: 22, Title: title}
	x := Scale{lo, hi, 6, width - 6}
	for _, m := range marks {
		s.add(line{points: []at{{x.At(m), 0}, {x.At(m), 22}}, role: Axis, width: 0.8, dash: true})
	}
	s.add(interval(e, x, 11)...)
	return s
}

// IntervalRow is one line of a figure of intervals.
type IntervalRow struct {
	Name   string
	Text   string // the value as people read it
	Note   string // beside it: the range of ranks, or why there is none
	Est    Estimate
	Fill   Role // swatch of the group; empty = none
	Strong bool // the unit the page is about
	Head   bool // a heading: only Name is drawn
}

// Intervals draws rows of estimates on one scale, for files and for places without a table: the twin of the table on
// the page. Limits are the cuts between groups.
func Intervals(id string, rows []IntervalRow, limits []float64, width float64, title string, l lang.Lang) *Scene {
	f := intervalFrame(rows, width)
	s := &Scene{ID: id, Width: width, Title: title, Height: f.axis + 8}
	for _, r := range rows {
		s.Height += f.height(r)
	}
	for _, v := range f.x.Ticks(max(2, int((f.x.To-f.x.From)/70))) {
		s.add(line{points: []at{{f.x.At(v), f.axis - 6}, {f.x.At(v), s.Height}}, role: Grid, width: 1},
			text{at: at{f.x.At(v), 14}, body: tickText(v, l), size: 11, anchor: middle, role: Ink3})
	}
	for _, v := range limits {
		s.add(line{points: []at{{f.x.At(v), f.axis - 6}, {f.x.At(v), s.Height}}, role: Axis, width: 0.9, dash: true})
	}
	y := f.axis
	for _, r := range rows {
		s.add(f.row(r, y)...)
		y += f.height(r)
	}
	return s
}

// frame is where the parts of a figure of intervals stand. On a narrow sheet the words of a row stand above its
// interval, so that the scale keeps the whole width.
type frame struct {
	x      Scale
	axis   float64 // height of the axis at the top
	texts  float64 // right end of the values
	notes  float64 // left end of the notes; right end on a narrow sheet
	narrow bool
}

func intervalFrame(rows []IntervalRow, width float64) frame {
	names, texts, notes := 0.0, 0.0, 0.0
	var ends []float64
	for _, r := range rows {
		names, texts, notes = max(names, TextWidth(r.Name, 13, r.Strong || r.Head)), max(texts, TextWidth(r.Text, 13, true)), max(notes, TextWidth(r.Note, 12, false))
		if r.Head {
			continue
		}
		outer := 0.0
		if r.Est.known() {
			outer, _ = r.Est.half()
		}
		ends = append(ends, r.Est.Value-outer, r.Est.Value+outer)
	}
	lo, hi := Span(0.03, ends...)
	if width < 520 {
		return frame{x: Scale{lo, hi, 16, width - 16}, axis: 26, texts: width - notes - 14, notes: width - 2, narrow: true}
	}
	right := width - texts - notes - 36
	return frame{x: Scale{lo, hi, min(names+30, width*0.45), right}, axis: 26, texts: right + 14 + texts, notes: right + 24 + texts}
}

func (f frame) height(r IntervalRow) float64 {
	switch {
	case r.Head:
		return 30
	case f.narrow:
		return 40
	}
	return 22
}

// row draws one row whose top is at y.
func (f frame) row(r IntervalRow, y float64) []mark {
	if r.Head {
		marks := []mark{text{at: at{20, y + 20}, body: r.Name, size: 14, bold: true, role: Ink}}
		if r.Fill != "" {
			marks = append(marks, rect{x: 0, y: y + 9, w: 12, h: 12, r: 2, role: r.Fill})
		}
		return marks
	}
	left, mid, side := 20.0, y+11, start
	if f.narrow {
		left, mid, side = 2, y+28, end
	}
	return append(interval(r.Est, f.x, mid),
		text{at: at{left, y + 15}, body: r.Name, size: 13, bold: r.Strong, role: Ink},
		text{at: at{f.texts, y + 15}, body: r.Text, size: 13, bold: true, anchor: end, role: Ink},
		text{at: at{f.notes, y + 15}, body: r.Note, size: 12, anchor: side, role: Ink2})
}

// tickText writes a tick in a language, with as many decimals as it needs, at most two.
func tickText(v float64, l lang.Lang) string {
	for d := range 2 {
		if p := math.Pow10(d); math.Abs(math.Round(v*p)/p-v) < 1e-9 {
			return lang.Number(l, v, d)
		}
	}
	return lang.Number(l, v, 2)
}
