package score

import (
	"slices"

	"thuoc/internal/fault"
)

func (d *Definition) readGroups(o object) {
	grouped := map[string]bool{}
	for _, e := range o.objects("groups", "levels", "cut", "names") {
		for _, key := range []string{"levels", "cut", "names"} {
			e.need(key)
		}
		g := Grouping{Levels: d.levels(e, "levels")}
		for _, l := range g.Levels {
			if grouped[l] {
				e.wrong("levels", fault.T("The level %q is grouped twice.", l), fault.T("Keep one of the two."))
			}
			grouped[l] = true
		}
		for _, n := range e.objects("names", "id", "names") {
			name := GroupName{n.id("id"), n.names("names", true)}
			if slices.ContainsFunc(g.Names, func(x GroupName) bool { return x.ID == name.ID }) {
				n.wrong("id", fault.T("The group stands twice."), fault.T("Give each group its own id."))
			}
			g.Names = append(g.Names, name)
		}
		if c, ok := e.object("cut"); ok {
			g.readCut(c)
		}
		d.Groups = append(d.Groups, g)
	}
}

// object reads the cut's mapping when it is there.
func (o object) object(key string) (object, bool) {
	if !o.has(key) {
		return object{}, false
	}
	return o.child(key, "method", "sizes", "at", "tie")
}

func (g *Grouping) readCut(c object) {
	c.need("method")
	g.Cut = Cut{
		Method: CutMethod(c.choice("method", string(ByRank), string(ByQuartile), string(ByValue))),
		At:     c.numbers("at"),
		TieUp:  c.choice("tie", "up", "down") == "up",
	}
	for _, size := range c.numbers("sizes") {
		if size < 1 || size != float64(int(size)) {
			c.wrong("sizes", fault.T("A whole number is expected here."), fault.T("Give the number of units in each group."))
			return
		}
		g.Cut.Sizes = append(g.Cut.Sizes, int(size))
	}
	if g.Cut.Method != ByRank {
		c.refuse("sizes", "method: ranks")
	}
	if g.Cut.Method != ByValue {
		c.refuse("at", "method: values")
	}
	want := map[CutMethod]int{ByRank: len(g.Cut.Sizes), ByQuartile: 4, ByValue: len(g.Cut.At) + 1}[g.Cut.Method]
	if want != len(g.Names) {
		c.wrong("method", fault.T("The cut makes %d groups, the names are %d.", want, len(g.Names)), fault.T("Name each group once, best first."))
	}
	for i := 1; i < len(g.Cut.At); i++ {
		if g.Cut.At[i] >= g.Cut.At[i-1] {
			c.wrong("at", fault.T("The values are not in order."), fault.T("Begin with the highest."))
			break
		}
	}
}
