package target

import (
	"math"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/score"
)

// Basis is all that is known to answer what a target for one node of an index asks: where the units stand, how they have
// moved, and the parts of the node.
type Basis struct {
	Year     int
	Def      *score.Definition
	Node     *score.Node
	Standing Standing
	History  []Pair
	Years    [][2]int // the two years of each pair
	ErrorsOf int      // the year whose errors were the model of the assumed one; 0 = every error is known

	parts []part
}

// part is a part of the node with what is known of it.
type part struct {
	node   *score.Node
	worth  float64
	values []float64
	gains  []float64 // of past years; nil where these are too few
}

// Measured is one measurement of an index for units in one order: what each scored, and how sure that is.
type Measured struct {
	Year int
	Def  *score.Definition

	values, errors map[string][]float64 // by code; NaN = not known
}

// Put enters the score of one of n units, with its standard error where that is known.
func (m *Measured) Put(code string, unit, n int, value, se float64) {
	if m.values == nil {
		m.values, m.errors = map[string][]float64{}, map[string][]float64{}
	}
	if m.values[code] == nil {
		m.values[code], m.errors[code] = unknown(n), unknown(n)
	}
	m.values[code][unit] = value
	if se > 0 {
		m.errors[code][unit] = se
	}
}

func unknown(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// Of gathers what measurements of any index say for a target that starts from the last of them; the years ascend. Errors
// that are not known are assumed as for PAPI.
func Of(units []string, years []*Measured, code string) (*Basis, error) {
	if len(years) == 0 {
		return nil, fault.New(fault.NotFound, "There is no measurement to start from.")
	}
	return basis(units, years, len(years)-1, code)
}

// basis gathers what is known for a target that starts from the at-th of ascending years.
func basis(units []string, years []*Measured, at int, code string) (b *Basis, err error) {
	now := years[at]
	node := now.Def.Node(code)
	if node == nil || now.values[code] == nil {
		return nil, fault.New(fault.NotFound, "%s has no published value in %d; name the composite, a dimension or a sub-dimension.", code, now.Year)
	}
	b = &Basis{Year: now.Year, Def: now.Def, Node: node}
	b.Standing = Standing{Units: units, Values: now.values[code], SE: now.errors[code]}
	if b.Standing.Assumed, b.ErrorsOf, err = assumed(years, now, code); err != nil {
		return nil, err
	}
	b.History, b.Years = history(years[:at+1], code)
	b.readParts(years[:at+1])
	return b, nil
}

// assumed gives the median known error of a node in the nearest year that has some.
func assumed(years []*Measured, now *Measured, code string) (median float64, of int, err error) {
	near := slices.Clone(years)
	slices.SortStableFunc(near, func(x, y *Measured) int { return distance(x.Year, now.Year) - distance(y.Year, now.Year) })
	for _, m := range near {
		known := slices.DeleteFunc(slices.Clone(m.errors[code]), math.IsNaN)
		if len(known) == 0 {
			continue
		}
		slices.Sort(known)
		if of = m.Year; m == now && len(known) == len(slices.DeleteFunc(slices.Clone(m.values[code]), math.IsNaN)) {
			of = 0
		}
		return known[len(known)/2], of, nil
	}
	return 0, 0, fault.New(fault.NotFound, "No error was ever published for %s; state one to assume.", code)
}

// distance orders years by how near they are, the earlier of two as near ones first.
func distance(y, from int) int {
	if y > from {
		return 2*(y-from) + 1
	}
	return 2 * (from - y)
}

// history follows a node backwards through the versions of the index and takes every two measurements after each other
// between which it kept its definition. For the composite only the years within a version compare. Movements are taken in
// points as they were: provinces moved by 1.3 to 1.5 points a year under six dimensions of PAPI and under eight.
func history(years []*Measured, code string) (pairs []Pair, of [][2]int) {
	for i := len(years) - 1; i > 0; i-- {
		now, before := years[i], years[i-1]
		link := score.Comparison{Verdict: score.Same, Was: code}
		if now.Def.ID != before.Def.ID {
			if now.Def.Bridge == nil {
				break // nothing says what became of what
			}
			link = now.Def.Compare(code)
		}
		if before.Def.Node(link.Was) == nil {
			break
		}
		if link.Verdict == score.Same && now.values[code] != nil && before.values[link.Was] != nil {
			pairs = append(pairs, Pair{before.values[link.Was], now.values[code]})
			of = append(of, [2]int{before.Year, now.Year})
		}
		code = link.Was
	}
	slices.Reverse(pairs)
	slices.Reverse(of)
	return pairs, of
}

// History gives the movements of a node between measurements that compare, as a target's basis takes them.
func History(years []*Measured, code string) []Pair {
	pairs, _ := history(years, code)
	return pairs
}

// Movement gives how the units move: as their history says, or, where this is too short to learn from, as Still assumes.
func (b *Basis) Movement() (m *Movement, learnt bool) {
	if m, err := Learn(b.Standing, b.History); err == nil {
		return m, true
	}
	return Still(b.Standing), false
}

// readParts gathers the parts beneath the node that a plan can raise.
func (b *Basis) readParts(years []*Measured) {
	now := years[len(years)-1]
	for n, worth := range below(b.Node, leverLevel(b.Def), 1) {
		values := now.values[n.Code]
		if values == nil {
			continue
		}
		pairs, _ := history(years, n.Code)
		s := Standing{Units: b.Standing.Units, Values: values, SE: unknown(len(values))}
		p := part{node: n, worth: worth, values: values}
		if m, err := Learn(s, pairs); err == nil {
			for _, z := range m.Residuals {
				p.gains = append(p.gains, z*m.Spread)
			}
			slices.Sort(p.gains)
		}
		b.parts = append(b.parts, p)
	}
}

// leverLevel is the level of the parts that plans raise: the sub-dimensions, or the deepest of an index without them.
func leverLevel(def *score.Definition) string { return def.Levels[min(2, len(def.Levels)-1)].ID }

// below yields the parts of a level beneath a node with what a point of each is worth in the node.
func below(n *score.Node, level string, worth float64) func(func(*score.Node, float64) bool) {
	return func(yield func(*score.Node, float64) bool) {
		for _, p := range n.Parts {
			w := worth * pointOf(n, p)
			switch {
			case w == 0:
			case p.Level == level || p.Leaf():
				if !yield(p, w) {
					return
				}
			default:
				for q, w := range below(p, level, w) {
					if !yield(q, w) {
						return
					}
				}
			}
		}
	}
}

// pointOf gives what a point of a part is worth in its whole; 0 where it does not count, or where that depends on the
// other parts (a geometric mean), so that no lever can be stated.
func pointOf(n, p *score.Node) float64 {
	if !p.Counts() || n.Aggregate.Method == score.Geometric {
		return 0
	}
	worth := 1.0
	if n.Aggregate.Method != score.Sum {
		worth = p.Weight
	}
	if n.Aggregate.Method == score.Arithmetic {
		divisor := n.Aggregate.Divisor
		if divisor == 0 {
			for _, q := range n.Parts {
				divisor += q.Weight
			}
		}
		worth /= divisor
	}
	if n.Aggregate.Rescale {
		worth *= (n.Scale.Max - n.Scale.Min) / (p.Goalposts.Max - p.Goalposts.Min)
		if p.Direction == score.Down {
			worth = -worth
		}
	}
	return worth
}

// Levers are the parts that a unit could raise. Where no gains of past years are known, what others stand above it today
// is taken as what can be gained; seen tells which it is.
func (b *Basis) Levers(unit int) (levers []Lever, seen bool) {
	seen = slices.ContainsFunc(b.parts, func(p part) bool { return len(p.gains) > 0 })
	for _, p := range b.parts {
		v := p.values[unit]
		if math.IsNaN(v) || seen && len(p.gains) == 0 {
			continue
		}
		known := slices.DeleteFunc(slices.Clone(p.values), math.IsNaN)
		l := Lever{Code: p.node.Code, Value: v, Best: slices.Max(known), Worth: p.worth, Gains: p.gains}
		if !seen {
			for _, other := range known {
				l.Gains = append(l.Gains, other-v)
			}
			slices.Sort(l.Gains)
		}
		levers = append(levers, l)
	}
	return levers, seen
}

// Unit finds a unit among those of the standing; −1 when it is not there.
func (b *Basis) Unit(code string) int { return slices.Index(b.Standing.Units, code) }
