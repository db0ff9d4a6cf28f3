package svy

import (
	"fmt"
	"math"
)

// RankSet is a confidence set for a rank: every rank from Lo (best) to Hi. Zero for a unit that is not ranked.
type RankSet struct{ Lo, Hi int }

// Marginal gives for each unit a set that holds its true rank with the given coverage (0.95), taken by itself: the
// sets of Mogstad, Romano, Shaikh and Wilhelm (2023), "Inference for Ranks with Applications to Mobility across
// Neighbourhoods and Academic Achievements across Countries", Review of Economic Studies, doi 10.1093/restud/rdad006.
//
// For unit j every difference v_j − v_k is tested in both directions against the level-quantile c of
// max (e_j − e_k)/sd_jk over the directions not yet rejected, sd_jk² = S_jj + S_kk − 2 S_jk; rejected directions leave
// and c is taken anew until no more are rejected. The set runs from 1 + (units significantly above) to N − (units
// significantly below). The quantile is the ⌈level·(draws+1)⌉-th smallest, so that the coverage holds for finite
// draws as well.
func (d *RankDraws) Marginal(level float64) ([]RankSet, error) {
	if err := d.checkLevel(level); err != nil {
		return nil, err
	}
	sets := make([]RankSet, len(d.status))
	each(d.N(), d.workers, func(p int) {
		sets[d.order[p]] = d.set(p, d.critical(level, []int{p}, 1))
	})
	return sets, nil
}

// Simultaneous gives sets that hold the true ranks of all units at once with the given coverage: as Marginal, with
// all differences of all units in one family. They contain the marginal sets.
func (d *RankDraws) Simultaneous(level float64) ([]RankSet, error) {
	if err := d.checkLevel(level); err != nil {
		return nil, err
	}
	all := make([]int, d.N())
	for p := range all {
		all[p] = p
	}
	c := d.critical(level, all, d.workers)
	sets := make([]RankSet, len(d.status))
	for p, u := range d.order {
		sets[u] = d.set(p, c)
	}
	return sets, nil
}

// checkLevel refuses a level without meaning and one that the draws cannot resolve. Below one half the reverse of a
// rejected difference could itself be rejected.
func (d *RankDraws) checkLevel(level float64) error {
	if !(level >= 0.5 && level < 1) {
		return fmt.Errorf("svy: a coverage of %g is not between 0.5 and 1", level)
	}
	if draws := len(d.errs[0]); quantileRank(level, draws) > draws {
		return fmt.Errorf("svy: %d draws cannot resolve a coverage of %g: take at least %d", draws, level, int(math.Ceil(level/(1-level))))
	}
	return nil
}

// quantileRank is the rank of the order statistic that serves as the level-quantile of that many draws.
func quantileRank(level float64, draws int) int {
	return int(math.Ceil(level*float64(draws+1) - 1e-9))
}

// set counts who stands significantly above and below the unit at place p when |v_p − v_q|/sd must exceed c.
func (d *RankDraws) set(p int, c float64) RankSet {
	s := RankSet{1, d.N()}
	for q := range d.values {
		switch t := d.tstat(p, q); {
		case t > c:
			s.Hi--
		case t < -c:
			s.Lo++
		}
	}
	return s
}

// tstat is (v_p − v_q)/sd; infinite where values differ without error, 0 where they are equal.
func (d *RankDraws) tstat(p, q int) float64 {
	gap := d.values[p] - d.values[q]
	if gap == 0 {
		return 0
	}
	return gap / math.Sqrt(d.cov.DiffVar(p, q))
}

// pair is one comparison of a family: the units at places p above q, with 1/sd (0 when their difference has no
// error) and the observed statistic (v_p − v_q)/sd ≥ 0.
type pair struct {
	p, q    int
	inverse float64
	t       float64
}

// pairs lists the comparisons between the units at the given places (ascending) and all others, each once.
func (d *RankDraws) pairs(places []int) []pair {
	in := make([]bool, d.N())
	for _, p := range places {
		in[p] = true
	}
	var all []pair
	for p := range d.N() {
		for q := p + 1; q < d.N(); q++ {
			if !in[p] && !in[q] {
				continue
			}
			inverse := 0.0
			if v := d.cov.DiffVar(p, q); v > 0 {
				inverse = 1 / math.Sqrt(v)
			}
			all = append(all, pair{p, q, inverse, d.tstat(p, q)})
		}
	}
	return all
}

// critical gives the step-down critical value of the family of all comparisons that involve the units at the given
// places, both directions each.
//
// A rejected comparison keeps its reverse direction (e_q − e_p)/sd, so the value that would remain if everything were
// rejected, low, bounds the answer from below. Draws whose largest statistic is under low cannot matter after the
// first round: the rounds work on the few that are left.
func (d *RankDraws) critical(level float64, places []int, workers int) float64 {
	pairs := d.pairs(places)
	both, reverse := d.maxima(pairs, workers)
	k := quantileRank(level, len(both))
	low := smallest(reverse, k)
	var live []int
	for t, x := range both {
		if x >= low {
			live = append(live, t)
		}
	}
	idle := len(both) - len(live)
	c, rejected := smallest(both, k), 0 // reorders both: live is taken before
	left := make([]float64, len(live))
	for {
		n := 0
		for _, x := range pairs {
			if x.t > c {
				n++
			}
		}
		if n == rejected {
			return c
		}
		rejected = n
		d.step(pairs, c, live, left)
		c = smallest(left, k-idle)
	}
}

// maximumBlock is the number of draws whose maxima are taken together, so that they stay in the nearest cache.
const maximumBlock = 512

// maxima gives for each draw the largest |e_p − e_q|/sd and the largest (e_q − e_p)/sd over the pairs, at least 0.
//
// The bits of floats order as signed integers do among those that are not negative, and above all negative ones; as
// unsigned integers the most negative float comes first. Maxima of integers compile without branches, which halves the
// time of this innermost loop.
func (d *RankDraws) maxima(pairs []pair, workers int) (both, reverse []float64) {
	draws := len(d.errs[0])
	both, reverse = make([]float64, draws), make([]float64, draws)
	each((draws+maximumBlock-1)/maximumBlock, workers, func(b int) {
		lo, hi := b*maximumBlock, min((b+1)*maximumBlock, draws)
		var up [maximumBlock]int64
		var down [maximumBlock]uint64
		for _, x := range pairs {
			ep, eq := d.errs[x.p][lo:hi], d.errs[x.q][lo:hi]
			for t, e := range ep[:min(len(eq), maximumBlock)] {
				s := math.Float64bits((eq[t] - e) * x.inverse)
				up[t] = max(up[t], int64(s))
				down[t] = max(down[t], s)
			}
		}
		for t := range hi - lo {
			reverse[lo+t] = math.Float64frombits(uint64(up[t]))
			both[lo+t] = max(reverse[lo+t], math.Abs(math.Float64frombits(down[t])))
		}
	})
	return both, reverse
}

// step takes the maxima anew, for the live draws, over the directions that the critical value c leaves.
func (d *RankDraws) step(pairs []pair, c float64, live []int, left []float64) {
	clear(left)
	for _, x := range pairs {
		ep, eq := d.errs[x.p], d.errs[x.q]
		for i, t := range live {
			s := (eq[t] - ep[t]) * x.inverse
			if x.t <= c {
				s = math.Abs(s)
			}
			if s > left[i] {
				left[i] = s
			}
		}
	}
}

// smallest gives the k-th smallest of x (k from 1) and reorders x: Hoare's selection with the median of three.
func smallest(x []float64, k int) float64 {
	lo, hi, want := 0, len(x)-1, k-1
	for lo < hi {
		pivot := median(x[lo], x[(lo+hi)/2], x[hi])
		i, j := lo, hi
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case want <= j:
			hi = j
		case want >= i:
			lo = i
		default:
			return x[want]
		}
	}
	return x[want]
}

// median is the middle one of three numbers.
func median(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
