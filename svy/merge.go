package svy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Merge puts sums of several files together: shards of one survey (a province each, a day each), or waves. Strata,
// units and domains are the same where their labels are; rows that are units of their own never are. Where no unit is
// in two parts the result has the bits of one scan over everything; a unit that was split is right to about 1e-14,
// because floating-point sums depend on their order.
//
// Lonely PSUs are judged on the whole, by the rule of the first part; the parts of one design are made with
// Spec.Shard. Population sizes must agree. The merged design has no rows: nothing can be scanned with it.
func Merge(parts ...*Sums) (*Sums, error) {
	if len(parts) == 0 {
		return nil, errors.New("svy: nothing to merge")
	}
	first := parts[0]
	for _, p := range parts[1:] {
		if err := first.matches(p); err != nil {
			return nil, err
		}
	}
	m := merger{parts: parts}
	unitOf, levels, err := m.levels()
	if err != nil {
		return nil, err
	}
	d := &Design{levels: levels, lonely: first.Design().lonely, domain: first.Design().domain, workers: first.Design().workers}
	out := m.cells(d, unitOf)
	if d.lonely == LonelyCollapse {
		if len(levels) > 1 {
			return nil, errors.New("svy: strata of a design of several stages cannot be collapsed when shards are merged; collapse them in the data")
		}
		d.levels[0], d.merged = levels[0].collapse(out.cells.unit)
		out.sortCells()
	}
	out.cells.index()
	return out, d.settleLonely()
}

// matches says whether two parts can be merged.
func (s *Sums) matches(p *Sums) error {
	if len(p.vars) != len(s.vars) {
		return fmt.Errorf("svy: parts with %d and %d variables", len(s.vars), len(p.vars))
	}
	if s.fit != nil || p.fit != nil {
		return errors.New("svy: sums of calibrated designs cannot be merged; calibrate the whole, with a level for each part")
	}
	for v := range s.vars {
		if s.vars[v].name != p.vars[v].name {
			return fmt.Errorf("svy: variable %d is %q in one part and %q in another", v, s.vars[v].name, p.vars[v].name)
		}
	}
	if a, b := len(s.Design().levels), len(p.Design().levels); a != b {
		return fmt.Errorf("svy: parts with %d and %d stages", a, b)
	}
	return nil
}

type merger struct{ parts []*Sums }

// merged is a unit of one part on its way into the whole.
type merged struct {
	part, unit int
	parent     int32 // in the whole
	stratum    string
	label      string
	group      string
	frame, pi  float64
}

// levels merges the trees. It returns the new number of each unit of the last level, by part.
func (m *merger) levels() (unitOf [][]int32, levels []level, err error) {
	for j := range m.parts[0].Design().levels {
		units := m.units(j, unitOf)
		slices.SortStableFunc(units, func(a, b merged) int {
			return cmp.Or(cmp.Compare(a.parent, b.parent), CompareLabels(a.stratum, b.stratum), CompareLabels(a.label, b.label))
		})
		l, number, err := m.level(j, units)
		if err != nil {
			return nil, nil, err
		}
		var up *level
		if j > 0 {
			up = &levels[j-1]
		}
		l.weigh(up)
		levels, unitOf = append(levels, l), number
	}
	return unitOf, levels, nil
}

// level makes a level of sorted units, one of those with equal labels, and gives the number of each part's units in it.
func (m *merger) level(j int, units []merged) (level, [][]int32, error) {
	l := level{factor: Factor{Levels: []string{}}, strata: Factor{Levels: []string{}}}
	number := make([][]int32, len(m.parts))
	for p, s := range m.parts {
		number[p] = make([]int32, len(s.Design().levels[j].stratum))
	}
	var last merged
	for i, u := range units {
		fresh := i == 0 || u.parent != last.parent || u.stratum != last.stratum
		if fresh {
			l.strata.Levels, l.frame, l.group = append(l.strata.Levels, u.stratum), append(l.frame, u.frame), append(l.group, u.group)
			if j > 0 {
				l.parent = append(l.parent, u.parent)
			}
		} else if u.frame != last.frame {
			return l, nil, &DesignError{[]DesignFault{{Kind: VaryingFPC, Row: -1, Stage: j, Stratum: u.stratum, Value: u.frame, Want: last.frame}}}
		}
		if fresh || u.label != last.label {
			l.stratum = append(l.stratum, int32(len(l.frame)-1))
			l.factor.Levels = append(l.factor.Levels, u.label)
			l.pi = append(l.pi, u.pi)
		} else if u.pi != last.pi {
			return l, nil, &DesignError{[]DesignFault{{Kind: VaryingInclusion, Row: -1, Stage: j, Unit: u.label, Value: u.pi, Want: last.pi}}}
		}
		number[u.part][u.unit] = int32(len(l.stratum) - 1)
		last = u
	}
	if !slices.ContainsFunc(l.pi, func(pi float64) bool { return pi > 0 }) {
		l.pi = nil
	}
	l.code, l.strata.Codes = iota32(len(l.stratum)), iota32(len(l.frame))
	l.index(len(l.frame))
	l.takeFractions()
	return l, number, l.checkFrames(j)
}

// units lists the units of all parts at a level; a unit that is a row is named by its part as well.
func (m *merger) units(j int, above [][]int32) []merged {
	var out []merged
	for p, s := range m.parts {
		l := &s.Design().levels[j]
		for u, h := range l.stratum {
			x := merged{part: p, unit: u, parent: -1, stratum: l.strata.Levels[h], label: l.label(u), frame: l.frame[h]}
			if l.pi != nil {
				x.pi = l.pi[u]
			}
			if l.factor.Levels == nil {
				x.label = strconv.Itoa(p+1) + "/" + x.label
			}
			if j > 0 {
				x.parent = above[p][l.parent[h]]
			} else {
				x.group = l.group[h]
			}
			out = append(out, x)
		}
	}
	return out
}

func (l *level) checkFrames(j int) error {
	for h, v := range l.frame {
		if n := float64(l.size(h)); v > 1 && v < n {
			return &DesignError{[]DesignFault{{Kind: SmallFPC, Row: -1, Stage: j, Stratum: l.strata.Levels[h], Value: v, Want: n}}}
		}
	}
	return nil
}

// cells merges the cells and adds their sums, part by part.
func (m *merger) cells(d *Design, unitOf [][]int32) *Sums {
	c, at := m.place(d, unitOf)
	out := &Sums{cells: c}
	for v := range m.parts[0].vars {
		sum := newVarSums(m.parts[0].vars[v].name, len(c.unit))
		for p, s := range m.parts {
			for i, to := range at[p] {
				sum.n[to] += s.vars[v].n[i]
				sum.w[to] += s.vars[v].w[i]
				sum.wy[to] += s.vars[v].wy[i]
				sum.wyy[to] += s.vars[v].wyy[i]
			}
		}
		out.vars = append(out.vars, sum)
	}
	out.sortCells()
	return out
}

// place lists the cells of all parts, those of one unit and domain once, and gives the place of each part's cells.
func (m *merger) place(d *Design, unitOf [][]int32) (c *Cells, at [][]int32) {
	c = &Cells{design: d}
	for _, s := range m.parts {
		c.labels = append(c.labels, s.cells.labels...)
	}
	slices.SortFunc(c.labels, CompareLabels)
	c.labels = slices.Compact(c.labels)
	seen := map[[2]int32]int32{}
	at = make([][]int32, len(m.parts))
	for p, s := range m.parts {
		domain := []int32{-1} // of the part's domains, from none on
		for _, label := range s.cells.labels {
			k, _ := c.Domain(label)
			domain = append(domain, int32(k))
		}
		for i, u := range s.cells.unit {
			key := [2]int32{unitOf[p][u], domain[s.cells.domain[i]+1]}
			if _, ok := seen[key]; !ok {
				seen[key] = int32(len(c.unit))
				c.unit, c.domain = append(c.unit, key[0]), append(c.domain, key[1])
			}
			at[p] = append(at[p], seen[key])
		}
	}
	return c, at
}

// sortCells brings the cells into the order of units and domains.
func (s *Sums) sortCells() {
	c := s.cells
	order := iota32(len(c.unit))
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(c.unit[a], c.unit[b]), cmp.Compare(c.domain[a], c.domain[b]))
	})
	c.unit, c.domain = gather(nil, c.unit, order), gather(nil, c.domain, order)
	for v := range s.vars {
		x := &s.vars[v]
		x.n = gather(nil, x.n, order)
		x.w, x.wy, x.wyy = gather(nil, x.w, order), gather(nil, x.wy, order), gather(nil, x.wyy, order)
	}
}
