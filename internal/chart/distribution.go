package chart

import (
	"math"
	"slices"
	"strconv"

	"thuoc/internal/lang"
)

// Distribution counts units by value in bins of one round width, coloured by where the bin's middle lies, and marks
// one unit. Bars start at zero; each carries its count.
func Distribution(id string, values []float64, fill func(v float64) Role, marked float64, label string, width float64, title string, l lang.Lang) *Scene {
	const top, bar, axis = 26.0, 96.0, 22.0
	b := bins(values, int(max(4, min(14, width/44))))
	x := Scale{b.first, b.edge(len(b.counts)), 8, width - 8}
	s := &Scene{ID: id, Width: width, Height: top + bar + axis, Title: title, Table: Table{Columns: []string{rangeColumn.In(l), countColumn.In(l)}}}
	known := finite(marked) && label != ""
	if known {
		s.add(within([]text{{at: at{x.At(marked), 11}, body: label, size: 12, bold: true, anchor: middle, role: Ink}}, width)[0])
	}
	var numbers []mark
	write := tickWriter([]float64{b.edge(0), b.edge(1)}, l)
	edges := b.labels(x, write)
	for k, count := range b.counts {
		from, to := b.edge(k), b.edge(k+1)
		s.Table.Rows = append(s.Table.Rows, []string{write(from) + "–" + write(to), strconv.Itoa(count)})
		if k > 0 && k%edges == 0 {
			s.add(text{at: at{x.At(from), s.Height - 6}, body: write(from), size: 11, anchor: middle, role: Ink3})
		}
		if count == 0 {
			continue
		}
		h := bar * float64(count) / float64(slices.Max(b.counts))
		left, right := x.At(from), x.At(to)
		s.add(rect{x: left + 1, y: top + bar - h, w: right - left - 2, h: h, role: fill((from + to) / 2)})
		numbers = append(numbers, text{at: at{(left + right) / 2, top + bar - h - 4}, body: strconv.Itoa(count), size: 11, anchor: middle, role: Ink2, halo: groundHalo})
	}
	s.add(line{points: []at{{x.From, top + bar}, {x.To, top + bar}}, role: Axis, width: 1})
	if known {
		s.add(line{points: []at{{x.At(marked), 15}, {x.At(marked), top + bar}}, role: Outline, width: 1.6})
	}
	s.add(numbers...)
	return s
}

// histogram is counts in bins of equal, round width.
type histogram struct {
	first, step float64
	counts      []int
}

// edge is the lower edge of bin k.
func (h histogram) edge(k int) float64 { return h.first + float64(k)*h.step }

// labels says which edges carry a label: every first, second or further one, so that none touches the next.
func (h histogram) labels(x Scale, write func(float64) string) int {
	widest := 0.0
	for k := range h.counts {
		widest = max(widest, TextWidth(write(h.edge(k)), 11, false))
	}
	every := 1
	for float64(every)*(x.At(h.edge(1))-x.At(h.edge(0))) < widest+8 && every < len(h.counts) {
		every++
	}
	return every
}

// bins counts values, those that are numbers, in about n bins.
func bins(values []float64, n int) histogram {
	lo, hi := Span(0, values...)
	h := histogram{step: hi - lo}
	if ticks := (Scale{Lo: lo, Hi: hi}).Ticks(n); len(ticks) > 1 {
		h.step = ticks[1] - ticks[0]
	}
	bin := func(v float64) int { return int(math.Floor(v/h.step + 1e-9)) }
	if n := bin(hi) - bin(lo); n < 0 || n > 200 { // a scale too narrow for its distance from zero
		h.step = 2 * max(math.Abs(lo), math.Abs(hi))
	}
	h.first = float64(bin(lo)) * h.step
	h.counts = make([]int, bin(hi)-bin(lo)+1)
	for _, v := range values {
		if finite(v) {
			h.counts[bin(v)-bin(lo)]++
		}
	}
	return h
}

var (
	rangeColumn = lang.Names{VI: "Khoảng điểm", EN: "Range"}
	countColumn = lang.Names{VI: "Số tỉnh, thành phố", EN: "Provinces"}
)
