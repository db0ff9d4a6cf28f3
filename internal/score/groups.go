package score

import (
	"cmp"
	"math"
	"slices"

	"thuoc/svy"
)

// RankOptions ask for rank ranges and group probabilities, which cost Monte Carlo draws.
type RankOptions struct {
	Levels  []string // of the tree; nil = all
	Level   float64  // coverage of the rank ranges, each by itself; 0 = 0.95
	Draws   int      // 0 = svy.DefaultDraws
	Seed    uint64
	Workers int
}

// rankAll ranks, groups and describes every node.
func (c *computation) rankAll() error {
	units := len(c.res.Units)
	for i, n := range c.def.nodes {
		if err := c.rankNode(n, c.res.Rows[i*units:(i+1)*units]); err != nil {
			return err
		}
	}
	for i, a := range c.def.Alternatives {
		i += len(c.def.nodes)
		if err := c.rankNode(&Node{Code: a.Code, Level: c.def.Root.Level, Direction: Up}, c.res.Rows[i*units:(i+1)*units]); err != nil {
			return err
		}
	}
	return nil
}

func (c *computation) rankNode(n *Node, rows []Row) error {
	var order []*Row
	for i := range rows {
		if rows[i].OK() {
			order = append(order, &rows[i])
		}
	}
	if len(order) == 0 {
		return nil
	}
	c.res.Stats[n.Code] = describe(order)
	if n.Direction == Unclear {
		return nil
	}
	sign := 1.0
	if n.Direction == Down {
		sign = -1
	}
	slices.SortStableFunc(order, func(a, b *Row) int { return cmp.Compare(sign*b.Value, sign*a.Value) })
	for i, row := range order {
		row.Rank, row.RankedOf = i+1, len(order)
		if i > 0 && row.Value == order[i-1].Value {
			row.Rank = order[i-1].Rank
		}
	}
	if g := c.grouping(n.Level); g != nil {
		c.res.Groups[n.Code] = g.assign(order, len(rows)-len(order))
	}
	if c.opt.Ranks != nil && (c.opt.Ranks.Levels == nil || slices.Contains(c.opt.Ranks.Levels, n.Level)) {
		return c.rankRanges(order, sign, c.res.Groups[n.Code])
	}
	return nil
}

func describe(rows []*Row) Distribution {
	values := make([]float64, len(rows))
	var sum float64
	for i, r := range rows {
		values[i] = r.Value
		sum += r.Value
	}
	slices.Sort(values)
	n := len(values)
	return Distribution{N: n, Mean: sum / float64(n), Median: quantile(values, 0.5), Min: values[0], Max: values[n-1]}
}

// quantile interpolates linearly between the sorted values (type 7 of Hyndman and Fan).
func quantile(sorted []float64, p float64) float64 {
	h := p * float64(len(sorted)-1)
	i := int(h)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}

func (c *computation) grouping(level string) *Grouping {
	i := slices.IndexFunc(c.def.Groups, func(g Grouping) bool { return slices.Contains(g.Levels, level) })
	if i < 0 {
		return nil
	}
	return &c.def.Groups[i]
}

// assign puts the ordered units (best first) into groups and gives the groups' limits. Absent units are those without
// a value: rank cuts count them at the bottom.
func (g *Grouping) assign(order []*Row, absent int) []GroupLimits {
	groups := make([]GroupLimits, len(g.Names))
	for i, n := range g.Names {
		groups[i] = GroupLimits{ID: n.ID, Names: n.Names, Lo: math.NaN(), Hi: math.NaN()}
	}
	atLeast := g.thresholds(order)
	for _, row := range order {
		i := slices.IndexFunc(atLeast, func(t float64) bool { return row.Value > t || g.Cut.TieUp && row.Value == t })
		if i < 0 {
			i = len(groups) - 1
		}
		limits := &groups[i]
		if limits.Units == 0 {
			limits.Hi = row.Value
		}
		limits.Units++
		limits.Lo = row.Value
		row.Group = limits
	}
	if g.Cut.Method == ByRank {
		groups[len(groups)-1].Absent = absent
	}
	return groups
}

// thresholds gives the cut of every group but the last. A rank cut lies at the last unit of the group above when ties go
// up, and at the first of the group below when they go down.
func (g *Grouping) thresholds(order []*Row) []float64 {
	if g.Cut.Method == ByValue {
		return g.Cut.At
	}
	var cuts []float64
	if g.Cut.Method == ByQuartile {
		values := make([]float64, len(order))
		for i, r := range order {
			values[len(order)-1-i] = r.Value
		}
		for _, p := range []float64{0.75, 0.5, 0.25} {
			cuts = append(cuts, quantile(values, p))
		}
		return cuts
	}
	last := 0
	for _, size := range g.Cut.Sizes[:len(g.Cut.Sizes)-1] {
		last += size
		switch {
		case last >= len(order):
			cuts = append(cuts, math.Inf(-1))
		case g.Cut.TieUp:
			cuts = append(cuts, order[last-1].Value)
		default:
			cuts = append(cuts, order[last].Value)
		}
	}
	return cuts
}

// rankRanges asks svy for the ranks each unit may truly have. A unit of unknown error may stand anywhere: it has no range,
// and it widens everybody's by one place at the end. Group probabilities need every unit's error; assume says what is
// done where a few are not known.
func (c *computation) rankRanges(order []*Row, sign float64, groups []GroupLimits) error {
	values, se := make([]float64, len(order)), make([]float64, len(order))
	known := 0
	for i, r := range order {
		values[i], se[i] = sign*r.Value, r.SE
		if r.SE > 0 && (r.linear == nil || r.DF > 0) {
			known++
		}
	}
	if known < 2 {
		return nil
	}
	o := c.opt.Ranks
	cov, df, ok := c.covariance(order)
	if !ok {
		cov, df = svy.Diagonal(se), nil
	}
	ranking := svy.Ranking{Values: values, Cov: cov, DF: df, Draws: o.Draws, Seed: o.Seed, Workers: o.Workers}
	draws, err := ranking.Draw()
	if err != nil {
		return err
	}
	sets, err := draws.Marginal(cmp.Or(o.Level, properLevel))
	if err != nil {
		return err
	}
	for i, set := range sets {
		if set.Lo > 0 {
			order[i].RankLo, order[i].RankHi = set.Lo, set.Hi+len(order)-known
		}
	}
	switch {
	case len(groups) == 0:
		return nil
	case known == len(order):
		return shareGroups(draws, order, groups)
	case !ok && float64(len(order)-known) <= mostAssumed*float64(len(order)):
		ranking.Cov = svy.Diagonal(c.assume(order, se))
		if draws, err = ranking.Draw(); err != nil {
			return err
		}
		return shareGroups(draws, order, groups)
	}
	return nil
}

// mostAssumed is the largest share of units whose unknown error may be assumed so that the others get their group
// probabilities.
const mostAssumed = 0.1

// assume fills unknown standard errors with the median of the known ones, and says so in the result. It serves the
// group probabilities of the other units, which hardly depend on it; the units themselves get none.
func (c *computation) assume(order []*Row, se []float64) []float64 {
	var known []float64
	for _, v := range se {
		if v > 0 {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	middle := quantile(known, 0.5)
	c.res.AssumedSE[order[0].Code] = middle
	filled := slices.Clone(se)
	for i, v := range filled {
		if !(v > 0) {
			filled[i] = middle
		}
	}
	return filled
}

// shareGroups gives each unit of known error its probability of each group, the groups being as large as they came out.
func shareGroups(draws *svy.RankDraws, order []*Row, groups []GroupLimits) error {
	shares, err := draws.Groups(cutRanks(groups))
	for i, s := range shares {
		if order[i].SE > 0 {
			order[i].GroupShare = s
		}
	}
	return err
}

// cutRanks gives the last rank of every group but the last, as the groups came out.
func cutRanks(groups []GroupLimits) []int {
	var cuts []int
	last := 0
	for _, g := range groups[:len(groups)-1] {
		last += g.Units
		cuts = append(cuts, last)
	}
	return cuts
}
