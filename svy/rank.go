package svy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Ranking describes units (provinces, schools) whose values are estimates, to ask where they stand. The largest value
// ranks first; negate Values to rank the other way.
//
// The joint distribution of the estimates is taken as Values + e, e normal with covariance Cov; a unit whose standard
// error rests on few degrees of freedom has its e divided by √(χ²_df / df), a chi-square of its own, which gives it
// a t margin.
type Ranking struct {
	Values  []float64  // one a unit, at least one; NaN = no value
	Cov     Covariance // of Values, in their order; NaN = error not known, 0 = known without error
	DF      []float64  // degrees of freedom of each unit's standard error; nil, 0 or +Inf = normal
	Draws   int        // Monte Carlo draws; 0 = DefaultDraws
	Seed    uint64     // the same seed gives the same bits on any number of goroutines
	Workers int        // goroutines; 0 = GOMAXPROCS
}

// DefaultDraws is the number of Monte Carlo draws when none is asked: a group probability is then within 0.01 of its
// limit in 95 of 100 runs.
const DefaultDraws = 10_000

// MaxDraws bounds the draws of a ranking, so that a slip of the keyboard cannot ask for more memory than a machine
// has: draws take 8 bytes a unit each.
const MaxDraws = 10_000_000

// RankStatus says whether a unit takes part in a ranking, and if not, why.
type RankStatus string

// The statuses of a unit in a ranking.
const (
	Ranked  RankStatus = "ok"
	NoValue RankStatus = "no-value" // its value is NaN
	NoError RankStatus = "no-error" // its standard error or df is unknown (NaN)
)

// RankDraws holds the draws of a ranking and answers questions about it. Units that cannot be compared (no value, no
// error) are left out: every rank, set and probability is among the units with status Ranked, whose number is N.
// It may be used from several goroutines.
type RankDraws struct {
	status  []RankStatus
	rank    []int      // point rank by unit, 0 where not ranked
	place   []int      // position in the order below by unit, −1 where not ranked
	order   []int      // ranked units by value, best first; all below is in this order
	values  []float64  // their values
	cov     Covariance // their covariance
	df      []float64  // their degrees of freedom, +Inf = normal
	errs    [][]float64
	workers int
}

// blockDraws is the number of draws that share a random stream. It is part of the result: another size gives other
// bits.
const blockDraws = 500

// Draw draws the errors. Time and memory grow with units × draws; with a full covariance, time also with its square
// a draw. It fails when lengths disagree, when no unit can be ranked, and when the covariance is not one.
func (r Ranking) Draw() (*RankDraws, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	d := &RankDraws{workers: r.Workers}
	d.admit(r)
	if len(d.order) == 0 {
		return nil, errors.New("svy: no unit of the ranking has both a value and a standard error")
	}
	draws := r.Draws
	if draws == 0 {
		draws = DefaultDraws
	}
	return d, d.draw(draws, r.Seed)
}

func (r Ranking) check() error {
	n := len(r.Values)
	var errs []error
	if r.Cov.Len() != n {
		errs = append(errs, fmt.Errorf("svy: Cov holds %d estimates and Values %d", r.Cov.Len(), n))
	}
	if r.DF != nil && len(r.DF) != n {
		errs = append(errs, fmt.Errorf("svy: DF has %d entries and Values %d", len(r.DF), n))
	}
	if r.Draws < 0 || r.Draws > MaxDraws {
		errs = append(errs, fmt.Errorf("svy: Draws is %d, not between 1 and %d", r.Draws, MaxDraws))
	}
	for i, v := range r.Values {
		if math.IsInf(v, 0) {
			errs = append(errs, fmt.Errorf("svy: Values[%d] is infinite", i))
		}
	}
	for i := range min(n, r.Cov.Len()) {
		if v := r.Cov.At(i, i); v < 0 || math.IsInf(v, 0) {
			errs = append(errs, fmt.Errorf("svy: the variance of Values[%d] is %g", i, v))
		}
	}
	for i, df := range r.DF {
		if df < 0 {
			errs = append(errs, fmt.Errorf("svy: DF[%d] is %g", i, df))
		}
	}
	return errors.Join(errs...)
}

// admit sorts out who is ranked and puts the units in the order of their values. That order decides which random
// numbers a unit gets, so that results do not depend on the order in which units arrive.
func (d *RankDraws) admit(r Ranking) {
	n := len(r.Values)
	df := make([]float64, n)
	d.status, d.rank, d.place = make([]RankStatus, n), make([]int, n), make([]int, n)
	for i, v := range r.Values {
		df[i] = math.Inf(1)
		if r.DF != nil && r.DF[i] != 0 {
			df[i] = r.DF[i]
		}
		d.place[i], d.status[i] = -1, Ranked
		switch {
		case math.IsNaN(v):
			d.status[i] = NoValue
		case math.IsNaN(r.Cov.SE(i)), math.IsNaN(df[i]):
			d.status[i] = NoError
		default:
			d.order = append(d.order, i)
		}
	}
	slices.SortStableFunc(d.order, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.Values[b], r.Values[a]), cmp.Compare(r.Cov.At(a, a), r.Cov.At(b, b)), cmp.Compare(df[a], df[b]))
	})
	d.cov = r.Cov.pick(d.order)
	for p, u := range d.order {
		d.place[u], d.rank[u] = p, p+1
		if p > 0 && r.Values[u] == d.values[p-1] {
			d.rank[u] = d.rank[d.order[p-1]]
		}
		d.values = append(d.values, r.Values[u])
		d.df = append(d.df, df[u])
	}
}

// draw fills errs, unit by unit, in blocks of draws that each have a random stream of their own.
func (d *RankDraws) draw(draws int, seed uint64) error {
	var l []float64
	if d.cov.full {
		var err error
		if l, err = d.cov.factor(); err != nil {
			return err
		}
	}
	d.errs = make([][]float64, len(d.order))
	for p := range d.errs {
		d.errs[p] = make([]float64, draws)
	}
	blocks := (draws + blockDraws - 1) / blockDraws
	master := rand.NewPCG(seed, 0x7468756f63) // any constant: the streams of the blocks come from the seed alone
	streams := make([]*rand.PCG, blocks)
	for b := range streams {
		streams[b] = rand.NewPCG(master.Uint64(), master.Uint64())
	}
	each(blocks, d.workers, func(b int) {
		d.block(streams[b], l, b*blockDraws, min((b+1)*blockDraws, draws))
	})
	return nil
}

// block draws the errors lo … hi−1 of every unit.
func (d *RankDraws) block(src *rand.PCG, l []float64, lo, hi int) {
	n, rng := len(d.order), rand.New(src)
	normal := make([]float64, n)
	for t := lo; t < hi; t++ {
		for p := range normal {
			normal[p] = rng.NormFloat64()
		}
		for p := range normal {
			if l != nil {
				d.errs[p][t] = dot(l[p*n:p*n+p+1], normal[:p+1])
			} else {
				d.errs[p][t] = normal[p] * d.cov.SE(p)
			}
		}
	}
	for p, df := range d.df {
		if math.IsInf(df, 1) {
			continue
		}
		chi := distuv.ChiSquared{K: df, Src: src}
		for t := lo; t < hi; t++ {
			d.errs[p][t] /= math.Sqrt(chi.Rand() / df)
		}
	}
}

// N gives the number of ranked units.
func (d *RankDraws) N() int { return len(d.order) }

// Status says whether a unit takes part.
func (d *RankDraws) Status(unit int) RankStatus { return d.status[unit] }

// Rank gives the unit's rank by its value alone, 1 for the largest; equal values share the better rank. It is 0 for
// a unit that is not ranked.
func (d *RankDraws) Rank(unit int) int { return d.rank[unit] }

// Above gives the probability that unit a's true value is above unit b's, given the estimates: exactly
// Φ((v_a − v_b) / √(S_aa + S_bb − 2 S_ab)) where both are normal, otherwise the share of draws in which it is. It is
// NaN when either is not ranked.
func (d *RankDraws) Above(a, b int) float64 {
	i, j := d.place[a], d.place[b]
	if i < 0 || j < 0 {
		return math.NaN()
	}
	gap, variance := d.values[i]-d.values[j], d.cov.DiffVar(i, j)
	if math.IsInf(d.df[i], 1) && math.IsInf(d.df[j], 1) && variance > 0 {
		return distuv.UnitNormal.CDF(gap / math.Sqrt(variance))
	}
	above, ei, ej := 0, d.errs[i], d.errs[j]
	for t, e := range ei {
		if gap+(e-ej[t]) > 0 {
			above++
		}
	}
	return float64(above) / float64(len(ei))
}

// EqualGroups gives the cuts of n ranks into g groups as equal as can be by the rule group = ⌈g·rank/n⌉: quartiles
// are EqualGroups(n, 4).
func EqualGroups(n, g int) []int {
	cuts := make([]int, 0, max(0, g-1))
	for i := 1; i < g; i++ {
		cuts = append(cuts, i*n/g)
	}
	return cuts
}

// Groups gives, for each unit, the probability of belonging to each group: the share of draws in which its rank
// among all units falls there. Cuts hold the last rank of every group but the last, ascending: 16, 32, 47 make four
// groups. Each row sums to 1; it is nil for a unit that is not ranked. Units that tie within a draw (only possible
// where errors are zero) share the better rank.
func (d *RankDraws) Groups(cuts []int) ([][]float64, error) {
	if len(cuts) > 0 && (cuts[0] < 0 || cuts[len(cuts)-1] > d.N()) || !slices.IsSorted(cuts) {
		return nil, fmt.Errorf("svy: the cuts %v do not ascend within 0 … %d", cuts, d.N())
	}
	group := make([]int, d.N()+1) // by rank, from 1
	for r := 1; r <= d.N(); r++ {
		group[r], _ = slices.BinarySearch(cuts, r)
	}
	out := make([][]float64, len(d.status))
	each(d.N(), d.workers, func(p int) {
		counts := make([]int, len(cuts)+1)
		for _, r := range d.ranks(p) {
			counts[group[r]]++
		}
		share := make([]float64, len(counts))
		for g, c := range counts {
			share[g] = float64(c) / float64(len(d.errs[p]))
		}
		out[d.order[p]] = share
	})
	return out, nil
}

// ranks gives the rank in every draw of the unit at place p: one more than the number of units above it.
func (d *RankDraws) ranks(p int) []int32 {
	own := d.errs[p]
	ranks := make([]int32, len(own))
	for t := range ranks {
		ranks[t] = 1
	}
	for q, errs := range d.errs {
		if q == p {
			continue
		}
		gap := d.values[p] - d.values[q]
		for t, e := range errs[:len(ranks)] {
			var above int32
			if e-own[t] > gap {
				above = 1
			}
			ranks[t] += above
		}
	}
	return ranks
}
