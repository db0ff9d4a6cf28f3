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
	frame      float64
}

// levels merges the trees. It returns the new number of each unit of the last level, by part.
func (m *merger) levels() (unitOf [][]int32, levels []level, err error) {
	for j := range m.parts[0].Design().levels {
		units := m.units(j, unitOf)
		slices.SortStableFunc(units, func(a, b merged) int {
			return cmp.Or(cmp.Compare(a.parent, b.parent), CompareLabels(a.stratum, b.stratum), cmp.Compare(a.stratum, b.stratum),
				CompareLabels(a.label, b.label), cmp.Compare(a.label, b.label))
		})
		l := level{factor: Factor{Levels: []string{}}, strata: Factor{Levels: []string{}}}
		next := make([][]int32, len(m.parts))
		for p, s := range m.parts {
			next[p] = make([]int32, len(s.Design().levels[j].stratum))
		}
		for i, u := range units {
			if i == 0 || u.parent != units[i-1].parent || u.stratum != units[i-1].stratum {
				l.strata.Levels = append(l.strata.Levels, u.stratum)
				l.frame, l.group = append(l.frame, u.frame), append(l.group, u.group)
				if j > 0 {
					l.parent = append(l.parent, u.parent)
				}
			} else if frame := l.frame[len(l.frame)-1]; frame != u.frame {
				return nil, nil, &DesignError{[]DesignFault{{Kind: VaryingFPC, Row: -1, Stage: j, Stratum: u.stratum, Value: u.frame, Want: frame}}}
			}
			h := int32(len(l.strata.Levels) - 1)
			if i == 0 || l.stratum[len(l.stratum)-1] != h || l.factor.Levels[len(l.factor.Levels)-1] != u.label {
				l.stratum = append(l.stratum, h)
				l.factor.Levels = append(l.factor.Levels, u.label)
			}
			next[u.part][u.unit] = int32(len(l.stratum) - 1)
		}
		l.code, l.strata.Codes = iota32(len(l.stratum)), iota32(len(l.frame))
		l.index(len(l.frame))
		if err := l.checkFrames(j); err != nil {
			return nil, nil, err
		}
		l.takeFractions()
		var up *level
		if j > 0 {
			up = &levels[j-1]
		}
		l.weigh(up)
		levels, unitOf = append(levels, l), next
	}
	return unitOf, levels, nil
}

// units lists the units of all parts at a level; a unit that is a row is named by its part as well.
func (m *merger) units(j int, above [][]int32) []merged {
	var out []merged
	for p, s := range m.parts {
		l := &s.Design().levels[j]
		for u, h := range l.stratum {
			x := merged{part: p, unit: u, parent: -1, stratum: l.strata.Levels[h], label: l.label(u), frame: l.frame[h]}
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
	c := &Cells{design: d}
	for _, s := range m.parts {
		c.labels = append(c.labels, s.cells.labels...)
	}
	slices.SortFunc(c.labels, func(a, b string) int { return cmp.Or(CompareLabels(a, b), cmp.Compare(a, b)) })
	c.labels = slices.Compact(c.labels)
	place := map[[2]int32]int32{}
	at := make([][]int32, len(m.parts))
	for p, s := range m.parts {
		domain := make([]int32, len(s.cells.labels)+1)
		domain[0] = -1
		for i, label := range s.cells.labels {
			k, _ := c.Domain(label)
			domain[i+1] = int32(k)
		}
		for i, u := range s.cells.unit {
			key := [2]int32{unitOf[p][u], domain[s.cells.domain[i]+1]}
			if _, ok := place[key]; !ok {
				place[key] = int32(len(c.unit))
				c.unit, c.domain = append(c.unit, key[0]), append(c.domain, key[1])
			}
			at[p] = append(at[p], place[key])
		}
	}
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
