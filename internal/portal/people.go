package portal

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
)

// peopleRow is a share as people of ten, drawn and said.
type peopleRow struct {
	Href, Name string
	Say        string
	Row        drawing
}

// peopleRows is how many shares the home page tells.
const peopleRows = 3

// people tells a share of the middle province, and between which shares the middle half of the provinces lies, as people
// of ten.
func (v *view) people(c *edition.Content, n *edition.Node) *peopleRow {
	cells := c.Former.Of(n.Code)
	if !isShare(n) || count(cells).scored == 0 {
		return nil
	}
	middle := median(cells)
	lower, upper := middleHalf(cells)
	say := v.t("In the middle province %d of 10 respondents; in half of the provinces %d to %d.", chart.OfTen(middle), chart.OfTen(lower), chart.OfTen(upper))
	if chart.OfTen(lower) == chart.OfTen(upper) {
		say = v.t("In the middle province, and in half of them, %d of 10 respondents.", chart.OfTen(middle))
	}
	return &peopleRow{Href: v.to("content", n.Code).with(func(w *view) { w.year = c.Year }).address(), Name: shareName(n.Names.In(v.lang)), Say: say, Row: drawn("", chart.People("o"+n.Code, middle, say))}
}

// middleHalf gives the values between which the middle half of the provinces lies. Single provinces at the ends, where a
// published file may hold a slip, do not move it.
func middleHalf(cells []edition.Cell) (lower, upper float64) {
	var list []float64
	for _, x := range cells {
		if x.OK() {
			list = append(list, x.Value)
		}
	}
	if len(list) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(list)
	quarter := (len(list) - 1) / 4
	return list[quarter], list[len(list)-1-quarter]
}

// peopleSay tells the shares in which the middle half of the provinces is widest, among those that count and of which
// more is better.
func (v *view) peopleSay(c *edition.Content) []peopleRow {
	if v.format != "" {
		return nil
	}
	nodes := slices.DeleteFunc(slices.Clone(c.Level("indicator")), func(n *edition.Node) bool {
		return !isShare(n) || n.Idle || n.Direction != "up" || count(c.Former.Of(n.Code)).scored == 0
	})
	width := func(n *edition.Node) float64 {
		lower, upper := middleHalf(c.Former.Of(n.Code))
		return upper - lower
	}
	slices.SortStableFunc(nodes, func(p, q *edition.Node) int { return cmp.Compare(width(q), width(p)) })
	var list []peopleRow
	for _, n := range nodes[:min(len(nodes), peopleRows)] {
		if row := v.people(c, n); row != nil {
			list = append(list, *row)
		}
	}
	return list
}

// shareName is an indicator's name without the sign of its unit, which people of ten do not carry.
func shareName(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(name, "(%)", "")), " ")
}
