package svy

import (
	"math"
	"slices"
)

// builder turns a Spec into the tree of strata and units.
type builder struct {
	spec   Spec
	n      int
	faults []DesignFault
	shift  []int // certainty stages above the PSU of each row; nil without a cascade
	merged []Collapse
}

// tree builds the levels that add variance: the first, and each next one while a stratum above has a positive
// fraction (statistics: V = V1 + sum f_h V2, so a fraction of 0 ends the recursion; R survey, multistage).
func (b *builder) tree() (levels []level, leaf []int32) {
	stages := b.spec.Stages
	if len(stages) == 0 {
		stages = []Stage{{}}
	}
	for j, s := range stages {
		l, unit := b.level(j, s, leaf)
		if b.failed() {
			return nil, nil
		}
		var up *level
		if j > 0 {
			up = &levels[j-1]
		}
		if !l.weigh(up) {
			break
		}
		levels, leaf = append(levels, l), unit
		if j == 0 && b.spec.Lonely == LonelyCollapse && !b.spec.Shard {
			levels[0], b.merged = l.collapse(leaf)
		}
	}
	return levels, leaf
}

// level numbers the strata and units of one stage. parent is the unit of each row at the stage above, nil at the
// first. It returns the unit of each row.
func (b *builder) level(j int, s Stage, parent []int32) (level, []int32) {
	b.checkLabels(j, s)
	if b.failed() {
		return level{}, nil
	}
	rowStratum, strataOf := groupRows(b.n, parent, s.Strata.Codes)
	sortGroups(rowStratum, strataOf, s.Strata, parent)
	rowUnit, unitOf := groupRows(b.n, rowStratum, s.Units.Codes)
	if s.Units.Codes == nil {
		rowUnit, unitOf = iota32(b.n), iota32(b.n)
	}
	sortGroups(rowUnit, unitOf, s.Units, rowStratum)

	l := level{factor: Factor{Levels: s.Units.Levels}, stratum: make([]int32, len(unitOf)), code: make([]int32, len(unitOf))}
	for u, row := range unitOf {
		l.stratum[u] = rowStratum[row]
		l.code[u] = row
		if s.Units.Codes != nil {
			l.code[u] = s.Units.Codes[row]
		}
	}
	l.index(len(strataOf))
	l.nameStrata(s.Strata, strataOf, parent)
	if j == 0 {
		b.checkNesting(s, &l, unitOf)
		l.group = b.groups(strataOf)
	}
	b.inclusions(j, s, &l, rowUnit)
	b.fractions(j, s, &l, rowStratum)
	return l, rowUnit
}

// inclusions reads the inclusion probabilities of the units from their rows.
func (b *builder) inclusions(j int, s Stage, l *level, rowUnit []int32) {
	if s.Inclusion == nil {
		return
	}
	l.pi = make([]float64, len(l.stratum))
	for i := range l.pi {
		l.pi[i] = math.NaN()
	}
	for i, v := range s.Inclusion {
		u := rowUnit[i]
		f := DesignFault{Row: i, Stage: j, Unit: l.label(int(u)), Value: v}
		switch {
		case !(v >= 0 && v <= 1):
			f.Kind = BadInclusion
		case l.pi[u] == l.pi[u] && l.pi[u] != v:
			f.Kind, f.Want = VaryingInclusion, l.pi[u]
		}
		if f.Kind != 0 {
			b.fault(f)
		}
		if l.pi[u] != l.pi[u] {
			l.pi[u] = v
		}
	}
}

// index fills first from stratum.
func (l *level) index(strata int) {
	l.first = make([]int32, strata+1)
	for _, h := range l.stratum {
		l.first[h+1]++
	}
	for h := range strata {
		l.first[h+1] += l.first[h]
	}
}

func (l *level) nameStrata(f Factor, rows, parent []int32) {
	l.strata = Factor{Codes: iota32(len(rows)), Levels: make([]string, len(rows))}
	if parent != nil {
		l.parent = make([]int32, len(rows))
	}
	for h, row := range rows {
		if f.Codes != nil {
			l.strata.Levels[h] = f.Label(f.Codes[row])
		}
		if parent != nil {
			l.parent[h] = parent[row]
		}
	}
}

// groups names the groups of strata that a collapse does not leave; strata made from certainty units keep apart.
func (b *builder) groups(strataOf []int32) []string {
	out := make([]string, len(strataOf))
	for h, row := range strataOf {
		out[h] = b.spec.Within.labelAt(int(row))
		if b.shift != nil && b.shift[row] > 0 {
			out[h] += "/certain"
		}
	}
	return out
}

func (b *builder) checkLabels(j int, s Stage) {
	for _, f := range []Factor{s.Strata, s.Units} {
		for i, c := range f.Codes {
			if c < 0 {
				b.fault(DesignFault{Kind: MissingLabel, Row: i, Stage: j})
			}
		}
	}
}

// checkNesting refuses a PSU id that stands in two strata when ids are not said to be nested.
func (b *builder) checkNesting(s Stage, l *level, unitOf []int32) {
	if b.spec.Nest || s.Units.Codes == nil {
		return
	}
	seen := make([]int32, codes(l.code)) // stratum of each id plus one
	for u, c := range l.code {
		if seen[c] == 0 {
			seen[c] = l.stratum[u] + 1
			continue
		}
		b.fault(DesignFault{
			Kind: UnitInTwoStrata, Row: int(unitOf[u]), Unit: s.Units.Label(c),
			Stratum: l.strata.Levels[l.stratum[u]], Other: l.strata.Levels[seen[c]-1],
		})
	}
}

// fractions reads the population sizes of the strata from their rows and takes the sampled fractions f = n/N.
func (b *builder) fractions(j int, s Stage, l *level, rowStratum []int32) {
	l.frame = make([]float64, len(l.strata.Levels))
	told := make([]bool, len(l.frame)) // one fault a stratum, not one a row
	for i, v := range s.FPC {
		h := rowStratum[i]
		if told[h] {
			continue
		}
		f := DesignFault{Row: i, Stage: j, Stratum: l.strata.Levels[h], Value: v}
		switch {
		case !(v > 0):
			f.Kind = BadFPC
		case l.frame[h] != 0 && l.frame[h] != v:
			f.Kind, f.Want = VaryingFPC, l.frame[h]
		case l.frame[h] == 0 && v > 1 && v < float64(l.size(int(h))):
			f.Kind, f.Want = SmallFPC, float64(l.size(int(h)))
		}
		if told[h] = f.Kind != 0; told[h] {
			b.fault(f)
		}
		if l.frame[h] == 0 {
			l.frame[h] = v
		}
	}
	l.takeFractions()
}

// takeFractions makes the sampled fractions from the frames.
func (l *level) takeFractions() {
	l.fraction = make([]float64, len(l.frame))
	for h, v := range l.frame {
		if l.fraction[h] = v; v > 1 {
			l.fraction[h] = float64(l.size(h)) / v
		}
	}
	for h := range l.fraction {
		if l.pi == nil {
			return
		}
		if slices.Min(l.pi[l.first[h]:l.first[h+1]]) == 1 { // all of the frame
			l.fraction[h] = 1
		}
	}
}

// sampled is the probability with which a unit was drawn: its own, or the sampled fraction of its stratum.
func (l *level) sampled(unit int32) float64 {
	if l.pi != nil && l.pi[unit] > 0 {
		return l.pi[unit]
	}
	return l.fraction[l.stratum[unit]]
}

// weigh fills the weight and the factors of each stratum, and tells whether the level adds anything to a variance.
func (l *level) weigh(up *level) (reached bool) {
	l.weight, l.by = make([]float64, len(l.fraction)), make([]factors, len(l.fraction))
	for h := range l.weight {
		l.weight[h] = 1
		if up != nil {
			p := up.stratum[l.parent[h]]
			l.weight[h] = up.weight[p] * up.sampled(l.parent[h])
		}
		reached = reached || l.weight[h] > 0
		n, scale := float64(l.size(h)), l.weight[h]*(1-l.fraction[h])
		if n > 1 {
			scale *= n / (n - 1)
		}
		l.by[h] = factors{scale: scale, unit: 1 / n, df: 1 / max(n-1, 1), fair: 1 / (n + 1)}
	}
	return reached
}

// groupRows numbers the distinct pairs (a[row], b[row]) in order of first appearance; a nil column is constant. It
// returns the group of each row and the first row of each group.
func groupRows(n int, a, b []int32) (group, first []int32) {
	group = make([]int32, n)
	if a == nil {
		a, b = b, a
	}
	if b == nil {
		return groupCodes(group, a)
	}
	seen := make(map[[2]int32]int32, codes(b))
	g, x, y := int32(0), int32(math.MinInt32), int32(0)
	for i, p := range a[:n] {
		if q := b[i]; p != x || q != y { // rows of a unit mostly stand together: one look-up a run
			var ok bool
			if g, ok = seen[[2]int32{p, q}]; !ok {
				g = int32(len(first))
				seen[[2]int32{p, q}] = g
				first = append(first, int32(i))
			}
			x, y = p, q
		}
		group[i] = g
	}
	return group, first
}

// groupCodes is groupRows for one column, or none.
func groupCodes(group, a []int32) (_, first []int32) {
	if len(group) == 0 {
		return group, nil
	}
	if a == nil {
		return group, []int32{0}
	}
	place := make([]int32, codes(a)+1) // by code from -1 on: group plus one
	for i, c := range a {
		if place[c+1] == 0 {
			first = append(first, int32(i))
			place[c+1] = int32(len(first))
		}
		group[i] = place[c+1] - 1
	}
	return group, first
}

// codes is one more than the largest code of a column.
func codes(column []int32) int {
	top := int32(-1)
	for _, c := range column {
		top = max(top, c)
	}
	return int(top) + 1
}

// sortGroups renumbers groups by (outer, label): outer is a column by row or nil, labels come from f.
func sortGroups(group, first []int32, f Factor, outer []int32) {
	order := iota32(len(first))
	if f.Codes != nil {
		rank := f.ranks()
		order = countingSort(order, len(rank), func(g int32) int32 { return rank[f.Codes[first[g]]] })
	}
	if outer != nil {
		order = countingSort(order, codes(outer), func(g int32) int32 { return outer[first[g]] })
	}
	place := make([]int32, len(order))
	rows := make([]int32, len(order))
	for to, g := range order {
		place[g], rows[to] = int32(to), first[g]
	}
	copy(first, rows)
	for i, g := range group {
		group[i] = place[g]
	}
}

// countingSort orders items stably by a key in 0..n-1.
func countingSort(items []int32, n int, key func(int32) int32) []int32 {
	start := make([]int32, n+1)
	for _, v := range items {
		start[key(v)+1]++
	}
	for k := range n {
		start[k+1] += start[k]
	}
	out := make([]int32, len(items))
	for _, v := range items {
		k := key(v)
		out[start[k]] = v
		start[k]++
	}
	return out
}

func iota32(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}
