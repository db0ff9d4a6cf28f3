package target

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Futures are many possible next years of all units together.
type Futures struct {
	standing Standing
	scores   [][]float64 // by draw: the next score of every unit that is ranked, in the order of ranked
	sorted   [][]float64 // the same, best first
	place    []int       // of a unit among the ranked; −1 = not ranked
}

// Draws is the number of futures that is usual: a chance is then within one per cent of its limit in 95 of 100 seeds.
const Draws = 10_000

// Imagine draws futures. The same seed gives the same ones.
func (m *Movement) Imagine(s Standing, draws int, seed uint64) *Futures {
	f := &Futures{standing: s, place: make([]int, len(s.Units))}
	for i := range f.place {
		f.place[i] = -1
	}
	ranked := s.ranked()
	values := make([]float64, len(ranked))
	for k, i := range ranked {
		f.place[i], values[k] = k, s.Values[i]
	}
	middle := mean(values)
	expected, sd := make([]float64, len(ranked)), make([]float64, len(ranked))
	for k, i := range ranked {
		expected[k], sd[k] = m.forecast(s.Values[i], middle, s.se(i))
	}
	r := rand.New(rand.NewPCG(seed, 0x7468c6b0))
	shift := m.shifts(r)
	for range draws {
		a := shift()
		year := make([]float64, len(ranked))
		for k := range year {
			year[k] = a + expected[k] + sd[k]*m.Residuals[r.IntN(len(m.Residuals))]
		}
		best := slices.Clone(year)
		slices.SortFunc(best, func(x, y float64) int { return -cmpFloat(x, y) })
		f.scores, f.sorted = append(f.scores, year), append(f.sorted, best)
	}
	return f
}

// shifts draws the movement that all units share from the t distribution that k past shifts leave for the next one:
// mean ± s·√(1 + 1/k), k − 1 degrees of freedom. A single past shift says nothing of its spread and is repeated.
func (m *Movement) shifts(r *rand.Rand) func() float64 {
	k := float64(len(m.Shifts))
	middle := mean(m.Shifts)
	if k < 2 {
		return func() float64 { return middle }
	}
	ss := 0.0
	for _, a := range m.Shifts {
		ss += (a - middle) * (a - middle)
	}
	t := distuv.StudentsT{Mu: middle, Sigma: math.Sqrt(ss / (k - 1) * (1 + 1/k)), Nu: k - 1, Src: r}
	return t.Rand
}

// Reach is what it takes one unit to reach one target, over all futures.
type Reach struct {
	needs  []float64 // points beyond the ordinary movement, ascending, one a future
	scores []float64 // the score that would do, ascending, one a future
	Rank   int       // the rank aimed at; 0 where a score is aimed at
}

// Reach holds a unit's target against the futures.
func (f *Futures) Reach(t Target, unit int) (Reach, error) {
	a, err := t.aim(f.standing, unit)
	if err != nil {
		return Reach{}, err
	}
	r := Reach{Rank: a.rank, needs: make([]float64, len(f.scores)), scores: make([]float64, len(f.scores))}
	for d, year := range f.scores {
		own := year[f.place[unit]]
		r.scores[d] = a.score
		if a.rank > 0 {
			r.scores[d] = among(f.sorted[d], own, a.rank)
		}
		r.needs[d] = r.scores[d] - own
	}
	slices.Sort(r.needs)
	slices.Sort(r.scores)
	return r, nil
}

// among gives the score of the rank-th best of the others: all of a future but own. It is −Inf when there are fewer.
func among(best []float64, own float64, rank int) float64 {
	if rank >= len(best) {
		return math.Inf(-1)
	}
	if best[rank-1] <= own {
		return best[rank] // own stands among the first: the others move up by one
	}
	return best[rank-1]
}

// Chance is the share of futures in which the target is reached by a true gain of so many points beyond the ordinary
// movement. At 0 it is the chance of reaching it by luck alone.
func (r Reach) Chance(gain float64) float64 {
	n, _ := slices.BinarySearchFunc(r.needs, gain, func(need, gain float64) int {
		if need <= gain {
			return -1
		}
		return 1
	})
	return float64(n) / float64(len(r.needs))
}

// Gain is the least true gain beyond the ordinary movement that reaches the target with a chance; 0 when luck suffices.
func (r Reach) Gain(chance float64) float64 { return max(0, quantile(r.needs, chance)) }

// Score is the measured score that would do in a share of the futures: the score target that stands for a rank target.
func (r Reach) Score(chance float64) float64 { return quantile(r.scores, chance) }

// quantile gives the smallest of ascending values that a share of them does not exceed.
func quantile(sorted []float64, share float64) float64 {
	i := int(math.Ceil(share*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
