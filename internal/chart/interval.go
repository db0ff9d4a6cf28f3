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
	// Printed is the half-width in SEs of the interval the publisher printed, where it is not ours: PAPI prints
	// ± 1.645 SE under the words "95 %". It is drawn as two hairlines within the true capsule; 0 = none.
	Printed float64
}

func (e Estimate) known() bool { return e.SE > 0 && finite(e.SE) && finite(e.Value) }

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
	if !finite(e.Value) {
		return nil
	}
	tick := line{points: []at{{x.At(e.Value), y - tickH/2}, {x.At(e.Value), y + tickH/2}}, role: Tick, width: 2}
	if !e.known() { // an open dot: the error is not known
		return []mark{circle{at{x.At(e.Value), y}, 4.5, Dot}, circle{at{x.At(e.Value), y}, 2.5, Surface}}
	}
	outer, inner := e.half()
	a, b := x.At(e.Value-outer), x.At(e.Value+outer)
	c, d := x.At(e.Value-inner), x.At(e.Value+inner)
	marks := []mark{
		rect{x: a, y: y - outerH/2, w: max(b-a, 1), h: outerH, r: outerH / 2, role: Band},
		rect{x: c, y: y - innerH/2, w: max(d-c, 1), h: innerH, role: Core},
	}
	if e.Printed > 0 {
		for _, v := range []float64{e.Value - e.Printed*e.SE, e.Value + e.Printed*e.SE} {
			marks = append(marks, line{points: []at{{x.At(v), y - 4}, {x.At(v), y + 4}}, role: Ink3, width: 1})
		}
	}
	return append(marks, tick)
}

// Interval draws one estimate for a cell of a table; all cells of a column share lo and hi, and marks are the limits
// of the groups, drawn as dotted lines through all rows.
func Interval(id string, e Estimate, lo, hi, width float64, marks []float64, title string) *Scene {
	s := &Scene{ID: id, Width: width, Height: 22, Title: title}
	if !(hi > lo) || !finite(lo) || !finite(hi) {
		lo, hi = Span(0.1, e.Value)
	}
	x := Scale{lo, hi, 6, width - 6}
	for _, m := range marks {
		s.add(line{points: []at{{x.At(m), 0}, {x.At(m), 22}}, role: Axis, width: 0.8, dash: true})
	}
	s.add(interval(e, x, 11)...)
	return s
}

// Ticks draws the scale that a column of Interval drawings shares, for its head.
func Ticks(id string, lo, hi, width float64, title string, l lang.Lang) *Scene {
	s := &Scene{ID: id, Width: width, Height: 16, Title: title}
	x := Scale{lo, hi, 6, width - 6}
	ticks := x.Ticks(6)
	write := tickWriter(ticks, l)
	for _, v := range ticks {
		s.add(text{at: at{x.At(v), 12}, body: write(v), size: 12, anchor: middle, role: Ink3})
	}
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
	s := &Scene{ID: id, Width: width, Title: title, Height: f.axis + 8,
		Table: Table{Columns: []string{unitColumn.In(l), valueColumn.In(l), noteColumn.In(l)}}}
	for _, r := range rows {
		s.Height += f.height(r)
		if !r.Head {
			s.Table.Rows = append(s.Table.Rows, []string{r.Name, r.Text, r.Note})
		}
	}
	ticks := f.x.Ticks(max(2, int((f.x.To-f.x.From)/70)))
	write := tickWriter(ticks, l)
	for _, v := range ticks {
		s.add(text{at: at{f.x.At(v), 14}, body: write(v), size: 11, anchor: middle, role: Ink3})
	}
	for _, b := range f.bands(rows) {
		for _, v := range ticks {
			s.add(line{points: []at{{f.x.At(v), b[0]}, {f.x.At(v), b[1]}}, role: Grid, width: 1})
		}
		for _, v := range limits {
			s.add(line{points: []at{{f.x.At(v), b[0]}, {f.x.At(v), b[1]}}, role: Axis, width: 0.9, dash: true})
		}
	}
	y := f.axis
	for _, r := range rows {
		s.add(f.row(r, y)...)
		y += f.height(r)
	}
	return s
}

var (
	valueColumn = lang.Names{VI: "Điểm", EN: "Score"}
	noteColumn  = lang.Names{VI: "Ghi chú", EN: "Note"}
)

// frame is where the parts of a figure of intervals stand. On a narrow sheet the words of a row stand above its
// interval, so that the scale keeps the whole width.
type frame struct {
	x      Scale
	axis   float64 // height of the axis at the top
	names  float64 // room for names
	texts  float64 // right end of the values
	notes  float64 // left end of the notes; right end on a narrow sheet
	narrow bool
}

func intervalFrame(rows []IntervalRow, width float64) frame {
	names, texts, notes := 0.0, 0.0, 0.0
	var ends []float64
	for _, r := range rows {
		if r.Head {
			continue
		}
		names, texts, notes = max(names, TextWidth(r.Name, 13, r.Strong)), max(texts, TextWidth(r.Text, 13, true)), max(notes, TextWidth(r.Note, 12, false))
		outer := 0.0
		if r.Est.known() {
			outer, _ = r.Est.half()
		}
		ends = append(ends, r.Est.Value-outer, r.Est.Value+outer)
	}
	lo, hi := Span(0.03, ends...)
	if width < 520 {
		return frame{x: Scale{lo, hi, 16, width - 16}, axis: 26, names: width - notes - texts - 26, texts: width - notes - 14, notes: width - 2, narrow: true}
	}
	right := width - texts - notes - 36
	left := min(names+34, width*0.45)
	return frame{x: Scale{lo, hi, left, right}, axis: 26, names: left - 30, texts: right + 14 + texts, notes: right + 24 + texts}
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

// bands are the heights, top and foot, that lines of the scale may take: they keep clear of headings, and on a narrow
// sheet of the words above each interval.
func (f frame) bands(rows []IntervalRow) [][2]float64 {
	var out [][2]float64
	y, open := f.axis, false
	for _, r := range rows {
		top, foot := y, y+f.height(r)
		y = foot
		switch {
		case r.Head:
			open = false
		case f.narrow:
			out = append(out, [2]float64{top + 19, foot - 3})
		case open:
			out[len(out)-1][1] = foot
		default:
			out, open = append(out, [2]float64{top, foot}), true
		}
	}
	return out
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
		left, mid, side = 0, y+28, end
	}
	return append(interval(r.Est, f.x, mid),
		text{at: at{left, y + 15}, body: Shorten(r.Name, 13, r.Strong, f.names), size: 13, bold: r.Strong, role: Ink},
		text{at: at{f.texts, y + 15}, body: r.Text, size: 13, bold: true, anchor: end, role: Ink},
		text{at: at{f.notes, y + 15}, body: r.Note, size: 12, anchor: side, role: Ink2})
}

// tickWriter gives the words of ticks in a language: all of a scale with the same decimals, as few as tell each from
// the next.
func tickWriter(ticks []float64, l lang.Lang) func(float64) string {
	step := 1.0
	if len(ticks) > 1 {
		step = ticks[1] - ticks[0]
	}
	decimals := 0
	for p := 1.0; decimals < 6 && math.Abs(math.Round(step*p)/p-step) > step/100; p *= 10 {
		decimals++
	}
	return func(v float64) string { return lang.Number(l, v, decimals) }
}
