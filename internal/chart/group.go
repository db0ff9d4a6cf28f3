package chart

import (
	"slices"

	"thuoc/internal/lang"
)

// Certain is the probability of a group from which on the group is printed without diagonals.
const Certain = 0.60

// GroupBar shows the probability of each group, lowest first, as parts of one bar. Where no group reaches Certain the
// bar has diagonals.
func GroupBar(id string, share []float64, fills []Role, width float64, title string) *Scene {
	s := &Scene{ID: id, Width: width, Height: 12, Title: title}
	s.add(shares(share, fills, rect{y: 1, w: width, h: 10})...)
	return s
}

// Progress shows shares of a whole, first to last, as parts of one bar: counts, which are certain.
func Progress(id string, share []float64, fills []Role, width float64, title string) *Scene {
	s := &Scene{ID: id, Width: width, Height: 12, Title: title}
	s.add(portions(share, fills, rect{y: 1, w: width, h: 10})...)
	return s
}

// shares fills a box with probabilities, hatched where none of them is Certain.
func shares(share []float64, fills []Role, box rect) []mark {
	out := portions(share, fills, box)
	if len(share) > 0 && slices.Max(share) < Certain {
		out = append(out, hatch{[][]at{box.ring()}})
	}
	return out
}

// portions fills a box from left to right in proportion.
func portions(share []float64, fills []Role, box rect) []mark {
	var out []mark
	x := box.x
	for i, p := range share {
		if !finite(p) {
			continue
		}
		w := max(0, min(p*box.w, box.x+box.w-x))
		if w >= 0.3 {
			out = append(out, rect{x: x, y: box.y, w: w, h: box.h, role: fills[i]})
		}
		x += w
	}
	return out
}

// GroupRow is one line of a figure of group probabilities.
type GroupRow struct {
	Name   string
	Href   string
	Shares []float64 // probability of each group, lowest first
	Text   string    // the printed group and its probability, as people read them
	Strong bool
}

// GroupBars draws rows of group probabilities on one scale from 0 to 1, for files and places without a table.
func GroupBars(id string, rows []GroupRow, fills []Role, width float64, title string, l lang.Lang) *Scene {
	s := &Scene{ID: id, Width: width, Title: title, Linked: true, Table: Table{Columns: []string{unitColumn.In(l), groupColumn.In(l)}}}
	g := newRows(width, 24, func(yield func(name, text string, strong bool)) {
		for _, r := range rows {
			yield(r.Name, r.Text, r.Strong)
		}
	})
	for i, r := range rows {
		bar := g.bar()
		marks := append(g.label(i, r.Name, r.Text, r.Strong), shares(r.Shares, fills, rect{x: bar.From, y: g.mid(i) - 6, w: bar.To - bar.From, h: 12})...)
		s.add(link{r.Href, r.Name + ": " + r.Text, marks})
		s.Table.Rows = append(s.Table.Rows, []string{r.Name, r.Text})
	}
	s.Height = g.height(len(rows))
	return s
}

var groupColumn = lang.Names{VI: "Nhóm, xác suất", EN: "Group, probability"}
