package chart

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"thuoc/internal/lang"
)

// YearValue is one year of a series.
type YearValue struct {
	Year  int
	Value float64 // NaN = no value that year: the line stops and begins anew
	SE    float64 // NaN or 0 = not known
}

// band is the 95 % interval of the year, or the value alone where its error is not known; nothing without a value.
func (v YearValue) band() []float64 {
	switch {
	case !finite(v.Value):
		return nil
	case v.SE > 0 && finite(v.SE):
		return []float64{v.Value - 1.959964*v.SE, v.Value + 1.959964*v.SE}
	}
	return []float64{v.Value}
}

// Run is one line of a series chart.
type Run struct {
	Name   string // drawn at the end of the line
	Text   string // the last value as people read it, under the name
	Points []YearValue
	Role   Role
	Dash   bool // a reference, such as the median of the units
	thin   bool // without dots, where there is no room for them
}

// Break is a year from which values are not of the same kind as before: the line is cut and the reason is named.
type Break struct {
	Year  int    // first year of the new kind
	Label string // why, short
	Past  bool   // another territory: what lies before is shaded
}

// Series draws values over years with bands of 95 % where errors are known. At a break of method or territory lines
// are cut, a dashed upright marks it, and its reason stands beside it. On a narrow sheet the lines' names stand above
// them, else at their ends.
func Series(id string, runs []Run, breaks []Break, width float64, title string, l lang.Lang) *Scene {
	const bottom = 26.0
	stacked := width < narrowRows
	years, y := extents(runs)
	years.From, years.To = 40, width-16
	if !stacked {
		names := 0.0
		for _, r := range runs {
			names = max(names, TextWidth(r.Name, 12, true), TextWidth(r.Text, 12, false))
		}
		years.To = max(width-names-18, width*0.55)
	}
	reasons, rows := reasons(breaks, years, width)
	head := 18 + 12*float64(rows)
	if stacked {
		head += 20 * float64(len(runs))
	}
	height := head + max(180, min(300, width*0.42)) + bottom
	s := &Scene{ID: id, Width: width, Height: height, Title: title, Table: yearTable(runs, l)}
	y.From, y.To = height-bottom, head
	if stacked {
		s.keys(runs)
	}
	s.axes(years, y, l)
	s.breaks(breaks, years, y)
	for _, t := range reasons {
		t.y += head - 8 - 12*float64(rows)
		s.add(t)
	}
	var ends []text
	for _, r := range runs {
		if last, ok := s.run(r, breaks, years, y); ok && !stacked {
			if broken(breaks, int(math.Round(years.Lo+(last.x-years.From)/(years.To-years.From)*(years.Hi-years.Lo))), int(years.Hi)) {
				last.x = years.To // a name does not stand across an upright
			}
			ends = append(ends, text{at: at{last.x + 8, last.y + 4}, body: r.Name, size: 12, bold: true, role: Ink})
		}
	}
	s.names(ends, runs)
	return s
}

// extents gives the years and the values, with their intervals, that runs span.
func extents(runs []Run) (years, values Scale) {
	years = Scale{Lo: math.Inf(1), Hi: math.Inf(-1)}
	var all []float64
	for _, r := range runs {
		for _, v := range r.Points {
			years.Lo, years.Hi = min(years.Lo, float64(v.Year)), max(years.Hi, float64(v.Year))
			all = append(all, v.band()...)
		}
	}
	if years.Lo > years.Hi {
		years.Lo, years.Hi = 0, -1 // no year at all
	}
	values.Lo, values.Hi = Span(0.08, all...)
	return years, values
}

// axes draws the lines of round values and names the years, as many as find room, the last always.
func (s *Scene) axes(years, y Scale, l lang.Lang) {
	ticks := y.Ticks(5)
	write := tickWriter(ticks, l)
	for _, v := range ticks {
		s.add(line{points: []at{{years.From - 8, y.At(v)}, {years.To, y.At(v)}}, role: Grid, width: 1},
			text{at: at{years.From - 12, y.At(v) + 4}, body: write(v), size: 11, anchor: end, role: Ink3})
	}
	every := 1
	for (years.To-years.From)/(years.Hi-years.Lo+1)*float64(every) < 34 {
		every++
	}
	for v := int(years.Lo); v <= int(years.Hi); v++ {
		if (int(years.Hi)-v)%every == 0 {
			s.add(text{at: at{years.At(float64(v)), s.Height - 8}, body: strconv.Itoa(v), size: 11, anchor: middle, role: Ink3})
		}
	}
}

// keys sets the names and last values of the lines under each other, each after a piece of its line.
func (s *Scene) keys(runs []Run) {
	for i, r := range runs {
		y := 12 + 20*float64(i)
		s.add(line{points: []at{{0, y - 4}, {22, y - 4}}, role: r.Role, width: 2.2, dash: r.Dash},
			text{at: at{30, y}, body: Shorten(r.Name, 12, true, s.Width-40-TextWidth(r.Text, 12, false)), size: 12, bold: true, role: Ink},
			text{at: at{s.Width, y}, body: r.Text, size: 12, anchor: end, role: Ink2})
	}
}

// yearTable gives the values of runs by year.
func yearTable(runs []Run, l lang.Lang) Table {
	t := Table{Columns: []string{yearColumn.In(l)}}
	byYear := map[int][]string{}
	for i, r := range runs {
		t.Columns = append(t.Columns, r.Name)
		for _, p := range r.Points {
			if byYear[p.Year] == nil {
				byYear[p.Year] = make([]string, len(runs)+1)
				byYear[p.Year][0] = strconv.Itoa(p.Year)
			}
			if finite(p.Value) {
				byYear[p.Year][i+1] = lang.Number(l, p.Value, 2)
			}
		}
	}
	for _, year := range slices.Sorted(maps.Keys(byYear)) {
		t.Rows = append(t.Rows, byYear[year])
	}
	return t
}

var yearColumn = lang.Names{VI: "Năm", EN: "Year"}

// breaks shades the past of another territory and marks every break.
func (s *Scene) breaks(breaks []Break, years, y Scale) {
	for _, b := range breaks {
		x := years.At(float64(b.Year) - 0.5)
		if b.Past {
			s.marks = append([]mark{rect{x: years.From - 8, y: y.To, w: x - years.From + 8, h: y.From - y.To, role: Past}}, s.marks...)
		}
		s.add(line{points: []at{{x, y.To - 4}, {x, y.From}}, role: Axis, width: 1, dash: true})
	}
}

// reasons sets the labels of breaks in as many rows as they need, at most three; the page lists all breaks below the
// figure, so that a label without room may be left out.
func reasons(breaks []Break, years Scale, width float64) (labels []text, rows int) {
	ends := [3]float64{-6, -6, -6} // the right end of the labels on each row
	for _, b := range breaks {
		if b.Label == "" {
			continue
		}
		w := TextWidth(b.Label, 10.5, false)
		left := max(2, min(width-w-2, years.At(float64(b.Year)-0.5)-w/2))
		for row, end := range ends {
			if left >= end+6 {
				ends[row] = left + w
				labels = append(labels, text{at: at{left, 12 * float64(row+1)}, body: b.Label, size: 10.5, role: Ink2, halo: groundHalo})
				rows = max(rows, row+1)
				break
			}
		}
	}
	return labels, rows
}

// run draws the bands, the line cut at gaps and breaks, and the points; it gives the last point.
func (s *Scene) run(r Run, breaks []Break, years, y Scale) (at, bool) {
	var pieces [][]YearValue
	for i, p := range r.Points {
		if !finite(p.Value) {
			continue
		}
		if i == 0 || len(pieces) == 0 || !finite(r.Points[i-1].Value) || broken(breaks, r.Points[i-1].Year, p.Year) {
			pieces = append(pieces, nil)
		}
		pieces[len(pieces)-1] = append(pieces[len(pieces)-1], p)
	}
	if len(pieces) == 0 {
		return at{}, false
	}
	var last at
	for _, piece := range pieces {
		pts := make([]at, len(piece))
		for i, p := range piece {
			pts[i] = at{years.At(float64(p.Year)), y.At(p.Value)}
			if b := p.band(); len(b) == 2 && !r.Dash {
				s.add(rect{x: pts[i].x - 3.5, y: y.At(b[1]), w: 7, h: max(1, y.At(b[0])-y.At(b[1])), r: 3.5, role: Band})
			}
		}
		switch {
		case r.Dash && len(pts) > 1:
			s.add(line{points: pts, role: r.Role, width: 1.4, dash: true})
		case r.thin && len(pts) > 1:
			s.add(line{points: pts, role: r.Role, width: 1.8})
		default:
			s.add(line{points: pts, role: r.Role, width: 2.2}, dots{pts, r.Role, 3})
		}
		last = pts[len(pts)-1]
	}
	return last, true
}

// broken tells whether a break lies between two years.
func broken(breaks []Break, from, to int) bool {
	for _, b := range breaks {
		if from < b.Year && b.Year <= to {
			return true
		}
	}
	return false
}

// names sets the names of the lines at their ends, pushed apart so that none covers another.
func (s *Scene) names(ends []text, runs []Run) {
	const gap = 28.0
	for range 24 {
		for i := range ends {
			for j := range ends {
				if i != j && math.Abs(ends[i].y-ends[j].y) < gap && (ends[i].y < ends[j].y || ends[i].y == ends[j].y && i < j) {
					push := (gap - math.Abs(ends[i].y-ends[j].y)) / 2
					ends[i].y, ends[j].y = ends[i].y-push, ends[j].y+push
				}
			}
		}
	}
	for _, t := range ends {
		t.y = max(14, min(s.Height-18, t.y))
		s.add(t)
		for _, r := range runs {
			if r.Name == t.body && r.Text != "" {
				s.add(text{at: at{t.x, t.y + 14}, body: r.Text, size: 12, role: Ink2})
			}
		}
	}
}
