package chart

import (
	"strconv"

	"thuoc/internal/lang"
)

// Sparkline is a small series without axes, for a cell of a table; gaps and breaks cut it.
func Sparkline(id string, values []YearValue, breaks []Break, width, height float64, title string) *Scene {
	s := &Scene{ID: id, Width: width, Height: height, Title: title}
	plain := Run{Points: make([]YearValue, len(values)), Role: Line1, thin: true} // without bands
	for i, v := range values {
		plain.Points[i] = YearValue{Year: v.Year, Value: v.Value}
	}
	years, y := extents([]Run{plain})
	years.From, years.To, y.From, y.To = 4, width-5, height-4, 4
	if last, ok := s.run(plain, breaks, years, y); ok {
		s.add(circle{last, 3, Accent})
	}
	return s
}

// Panel is one small chart of many: the lines of one unit or one node.
type Panel struct {
	Name string
	Href string
	Text string // the last value and what changed, as people read it
	Runs []Run
}

// Multiples draws panels of the same size side by side, all years on one scale; the values share one scale too, so that
// panels can be compared, unless each is given its own, which the page must then say.
func Multiples(id string, panels []Panel, breaks []Break, ownScale bool, width float64, title string, l lang.Lang) *Scene {
	const gap, head, plot, foot = 20.0, 40.0, 64.0, 38.0
	columns := max(1, int((width+gap)/(170+gap)))
	w := (width - gap*float64(columns-1)) / float64(columns)
	rows := (len(panels) + columns - 1) / columns
	s := &Scene{ID: id, Width: width, Height: float64(rows)*(head+plot+foot) - 16, Title: title, Linked: true,
		Table: Table{Columns: []string{partColumn.In(l), valueColumn.In(l)}}}
	var every []Run
	for _, p := range panels {
		every = append(every, p.Runs...)
	}
	years, y := extents(every)
	years.From, years.To = 4, w-6
	for i, p := range panels {
		if ownScale {
			_, y = extents(p.Runs)
		}
		y.From, y.To = head+plot-4, head+4
		inner := &Scene{Width: w, Height: head + plot + foot}
		inner.panel(p, breaks, years, y)
		at := at{float64(i%columns) * (w + gap), float64(i/columns) * (head + plot + foot)}
		s.add(moved{at.x, at.y, []mark{link{p.Href, p.Name + ": " + p.Text, inner.marks}}})
		s.Table.Rows = append(s.Table.Rows, []string{p.Name, p.Text})
	}
	return s
}

// panel draws one small chart: name, text, the first and last year, the lines.
func (s *Scene) panel(p Panel, breaks []Break, years, y Scale) {
	s.add(text{at: at{0, 12}, body: Shorten(p.Name, 12.5, true, s.Width), size: 12.5, bold: true, role: Ink},
		text{at: at{0, 28}, body: Shorten(p.Text, 12, false, s.Width), size: 12, role: Ink2},
		line{points: []at{{0, y.From + 4}, {s.Width, y.From + 4}}, role: Grid, width: 1})
	for _, b := range breaks {
		if x := years.At(float64(b.Year) - 0.5); float64(b.Year) > years.Lo {
			s.add(line{points: []at{{x, y.To - 4}, {x, y.From + 4}}, role: Axis, width: 0.8, dash: true})
		}
	}
	for _, r := range p.Runs {
		s.run(r, breaks, years, y)
	}
	if years.Lo > years.Hi {
		return
	}
	s.add(text{at: at{0, y.From + 19}, body: strconv.Itoa(int(years.Lo)), size: 11, role: Ink3},
		text{at: at{s.Width, y.From + 19}, body: strconv.Itoa(int(years.Hi)), size: 11, anchor: end, role: Ink3})
}
